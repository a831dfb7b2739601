-- The sales by order, day and category, marked where an order has several days or places.
-- grain: order_key of a customer on a day, category, place, age_group, is_purchase
-- parameters: as_of, cancelled, duplicates, returns
with summed as (

    select
        customer_id,
        order_key,
        ordered_on,
        category,
        country,
        region,
        city,
        age_group,
        is_purchase,
        sum(amount) as amount
    from sales_rows
    group by
        customer_id,
        order_key,
        ordered_on,
        category,
        country,
        region,
        city,
        age_group,
        is_purchase

),

split as (

    select
        customer_id,
        order_key
    from summed
    where is_purchase = 1
    group by
        customer_id,
        order_key
    having
        min(ordered_on) <> max(ordered_on)
        or min(country) <> max(country)
        or min(region) <> max(region)
        or min(city) <> max(city)
        or min(age_group) <> max(age_group)

)

select
    summed.customer_id,
    summed.order_key,
    ordered_on,
    category,
    country,
    region,
    city,
    age_group,
    is_purchase,
    case when split.order_key is not null and is_purchase = 1 then 1 else 0 end as is_split,
    amount
from summed
left join split
    on summed.customer_id = split.customer_id
    and summed.order_key = split.order_key
