-- The sales summed up by order and day, the categories together.
-- grain: order_key of a customer on a day, place, age_group, is_purchase
-- parameters: as_of, cancelled, duplicates, returns, undone
select
    customer_id,
    order_key,
    ordered_on,
    country,
    region,
    city,
    age_group,
    is_purchase,
    sum(amount) as amount
from sales_sums
group by
    customer_id,
    order_key,
    ordered_on,
    country,
    region,
    city,
    age_group,
    is_purchase
