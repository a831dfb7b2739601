-- The rows that make up the customers' spend: what purchasers bought and brought back.
-- grain: a row of mapped_rows that counts
-- parameters: as_of, cancelled, duplicates, returns, undone
with purchasers as (

    select distinct customer_id
    from orders
    where fate = 'kept'

)

select
    judged_rows.customer_id,
    -- Without a number, what a customer buys on a day is one order.
    coalesce(order_id, cast(ordered_on as varchar)) as order_key,
    ordered_on,
    coalesce(product, '') as product,
    coalesce(category, '') as category,
    coalesce(country, '') as country,
    coalesce(region, '') as region,
    coalesce(city, '') as city,
    coalesce(age_group, '') as age_group,
    quantity,
    case when fate = 'kept' then 1 else 0 end as is_purchase,
    amount
from judged_rows
inner join purchasers on judged_rows.customer_id = purchasers.customer_id
where
    fate = 'kept'
    or (fate = 'return' and :returns = 'net')
