-- What each customer bought within the filters; an order counts once, whatever it is spread over.
-- grain: customer_id
-- parameters: age_groups, as_of, by_line, cancelled, categories, cities, countries, duplicates, mark, regions, returns, segments, since, undone, until
with chosen_orders as (

    select
        customer_id,
        is_purchase as n_orders,
        case when is_purchase = 1 then ordered_on end as ordered_on,
        amount
    from chosen_sales
    where is_split = 0
    union all
    select
        customer_id,
        1 as n_orders,
        max(ordered_on) as ordered_on,
        sum(amount) as amount
    from chosen_sales
    where is_split = 1
    group by
        customer_id,
        order_key

)

select
    customer_id,
    cast(sum(n_orders) as bigint) as n_orders,
    max(ordered_on) as last_ordered_on,
    sum(amount) as amount
from chosen_orders
group by customer_id
