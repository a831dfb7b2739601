-- One customer's orders: a row per order and day; returns are rows of their own.
-- grain: fate, order_id, ordered_on
-- parameters: as_of, cancelled, customer, duplicates, undone
select
    fate,
    order_id,
    ordered_on,
    cast(sum(n_rows) as bigint) as n_rows,
    cast(sum(amount) as double) as amount
from orders
where
    customer_id = :customer
    and (fate = 'kept' or fate = 'return')
group by
    fate,
    order_id,
    ordered_on
