-- The sales by order, day and category, marked where an order has several days or places.
-- grain: order_key of a customer on a day, category, place, age_group, is_purchase
-- parameters: as_of, cancelled, duplicates, returns
with split as (

    select
        customer_id,
        order_key
    from sales_sums
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
    sales_sums.customer_id,
    sales_sums.order_key,
    ordered_on,
    category,
    country,
    region,
    city,
    age_group,
    is_purchase,
    case when split.order_key is not null and is_purchase = 1 then 1 else 0 end as is_split,
    amount
from sales_sums
left join split
    on sales_sums.customer_id = split.customer_id
    and sales_sums.order_key = split.order_key
