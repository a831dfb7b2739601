-- Each customer's purchases and returns before :as_of, in money, whatever the returns policy.
-- grain: customer_id
-- parameters: as_of, cancelled, duplicates, undone
select
    customer_id,
    cast(sum(case when fate = 'kept' then amount end) as double) as bought,
    cast(sum(case when fate = 'return' then amount end) as double) as returned
from orders
where
    fate = 'kept'
    or fate = 'return'
group by customer_id
