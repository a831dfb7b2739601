-- The sales by order and day, the categories together: what most figures are worked out from.
-- grain: order_key of a customer on a day, place, age_group, is_purchase
-- parameters: as_of, cancelled, duplicates, returns
select
    customer_id,
    order_key,
    ordered_on,
    country,
    region,
    city,
    age_group,
    is_purchase,
    is_split,
    sum(amount) as amount
from sales_lines
group by
    customer_id,
    order_key,
    ordered_on,
    country,
    region,
    city,
    age_group,
    is_purchase,
    is_split
