-- One row per customer with returns: how much, and until when.
-- grain: customer_id
-- parameters: as_of, cancelled, duplicates
select
    customer_id,
    sum(amount) as amount,
    max(ordered_on) as last_returned_on
from orders
where fate = 'return'
group by customer_id
