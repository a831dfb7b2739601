-- The rows that count: purchases, and the returns that are taken off them when :returns is net.
-- grain: a row of mapped_rows that was kept
-- parameters: as_of, cancelled, duplicates, returns
select
    customer_id,
    ordered_at,
    ordered_on,
    amount,
    order_id,
    quantity,
    product,
    category,
    region,
    city,
    country,
    age_group,
    customer_age,
    customer_name,
    email,
    phone,
    n_orders,
    first_ordered_at,
    fate
from judged_rows
where
    fate = 'kept'
    or (fate = 'return' and :returns = 'net')
