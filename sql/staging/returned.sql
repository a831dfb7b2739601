-- One row per customer with returns: how much, from when to when.
-- grain: customer_id
-- parameters: as_of, cancelled, duplicates, undone
select
    customer_id,
    sum(amount) as amount,
    min(ordered_on) as first_returned_on,
    max(ordered_on) as last_returned_on
from orders
where fate = 'return'
group by customer_id
