-- The sales summed up by order, day and category: what a server is asked for once.
-- grain: order_key of a customer on a day, category, place, age_group, is_purchase
-- parameters: as_of, cancelled, duplicates, returns, undone
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
