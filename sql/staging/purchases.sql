-- One row per customer with a purchase: how many, how much, from when to when.
-- grain: customer_id
-- parameters: as_of, cancelled, duplicates, undone
select
    customer_id,
    cast(sum(n_rows) as bigint) as n_rows,
    count(distinct order_id) as n_numbered_orders,
    count(distinct case when order_id is null then ordered_on end) as n_days_without_number,
    cast(sum(n_orders) as bigint) as n_orders_given,
    sum(amount) as amount,
    -- With one row a customer the day is that of the last order: the first is not known.
    min(case when n_orders is not null then first_ordered_on else ordered_on end)
        as first_ordered_on,
    max(ordered_on) as last_ordered_on
from orders
where fate = 'kept'
group by customer_id
