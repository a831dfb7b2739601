-- The rows summed up by order and day, those of one fate and one set of attributes together.
-- grain: customer_id, order_id, ordered_on, fate, attributes
-- parameters: as_of, cancelled, duplicates, undone
select
    customer_id,
    order_id,
    ordered_on,
    fate,
    country,
    region,
    city,
    age_group,
    customer_age,
    customer_name,
    email,
    phone,
    count(*) as n_rows,
    sum(amount) as amount,
    max(ordered_at) as last_ordered_at,
    sum(n_orders) as n_orders,
    min(cast(first_ordered_at as date)) as first_ordered_on
from judged_rows
group by
    customer_id,
    order_id,
    ordered_on,
    fate,
    country,
    region,
    city,
    age_group,
    customer_age,
    customer_name,
    email,
    phone
