-- What the data cover: purchases and days.
-- grain: one row
-- parameters: as_of, cancelled, duplicates
select
    count(*) as n_purchase_rows,
    cast(coalesce(sum(amount), 0) as double) as amount,
    min(ordered_on) as first_on,
    max(ordered_on) as last_on,
    count(order_id) as n_rows_with_order,
    count(n_orders) as n_rows_of_customers
from judged_rows
where fate = 'kept'
