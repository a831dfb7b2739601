-- The orders with purchases on several days or in several places: those that are several rows.
-- grain: customer_id, order_key
-- parameters: as_of, cancelled, duplicates, returns, undone
select
    customer_id,
    order_key
from order_sums
where is_purchase = 1
group by
    customer_id,
    order_key
having
    count(*) > 1
