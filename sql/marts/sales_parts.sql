-- The sales within the filters by one attribute: category, country, region, city or age group.
-- grain: part, empty where the data do not say it
-- parameters: age_groups, as_of, by_line, cancelled, categories, cities, countries, duplicates, mark, part, regions, returns, segments, since, undone, until
with parted as (

    select
        case
            when :part = 'category' then category
            when :part = 'country' then country
            when :part = 'region' then region
            when :part = 'city' then city
            else age_group
        end as part,
        customer_id,
        order_key,
        is_purchase,
        is_moved,
        previous_on,
        amount
    from chosen_sales

),

by_order as (

    select
        part,
        customer_id,
        is_purchase as n_orders,
        sum(amount) as amount
    from parted
    where is_moved = 1
    group by
        part,
        customer_id,
        order_key,
        is_purchase

),

counted as (

    select
        part,
        sum(amount) as amount,
        sum(is_purchase) as n_orders,
        -- Not where there is one before; without one, nothing is to be compared.
        sum(
            case when previous_on >= cast(:since as date) then 0 else is_purchase end
        ) as n_customers
    from parted
    where is_moved = 0
    group by part
    union all
    select
        part,
        sum(amount) as amount,
        sum(n_orders) as n_orders,
        max(n_orders) as n_customers
    from by_order
    group by
        part,
        customer_id

)

select
    part,
    cast(sum(amount) as double) as total_spend,
    cast(sum(n_orders) as bigint) as n_orders,
    cast(sum(n_customers) as bigint) as n_customers
from counted
group by part
