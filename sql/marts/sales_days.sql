-- The sales of each day within the filters.
-- grain: ordered_on
-- parameters: age_groups, as_of, by_line, cancelled, categories, cities, countries, duplicates, mark, regions, returns, segments, since, undone, until
with split_days as (

    select
        ordered_on,
        1 as n_orders,
        sum(amount) as amount
    from chosen_sales
    where is_split = 1
    group by
        ordered_on,
        customer_id,
        order_key

),

counted as (

    select
        ordered_on,
        sum(is_purchase) as n_orders,
        sum(amount) as amount
    from chosen_sales
    where is_split = 0
    group by ordered_on
    union all
    select
        ordered_on,
        sum(n_orders) as n_orders,
        sum(amount) as amount
    from split_days
    group by ordered_on

)

select
    ordered_on,
    cast(sum(amount) as double) as total_spend,
    cast(sum(n_orders) as bigint) as n_orders
from counted
group by ordered_on
