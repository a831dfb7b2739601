-- The sales within the filters by one attribute: category, country, region, city or age group.
-- grain: part, empty where the data do not say it
-- parameters: age_groups, as_of, by_line, cancelled, categories, cities, countries, duplicates, mark, part, regions, returns, segments, since, spread, until
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
        is_split,
        amount
    from chosen_sales

),

chosen_orders as (

    select
        part,
        customer_id,
        is_purchase as n_orders,
        amount
    from parted
    where is_split = 0
    union all
    select
        part,
        customer_id,
        1 as n_orders,
        sum(amount) as amount
    from parted
    where is_split = 1
    group by
        part,
        customer_id,
        order_key

),

by_customer as (

    select
        part,
        sum(amount) as amount,
        sum(n_orders) as n_orders
    from chosen_orders
    group by
        part,
        customer_id

)

select
    part,
    cast(sum(amount) as double) as total_spend,
    cast(sum(n_orders) as bigint) as n_orders,
    count(case when n_orders > 0 then 1 end) as n_customers
from by_customer
group by part
