-- One row per customer with a purchase before :as_of: when they bought, how often, how much.
-- grain: customer_id
-- parameters: as_of, cancelled, duplicates, returns
with measured as (

    select
        customer_id,
        count(distinct case when fate = 'kept' then order_id end)
        + count(distinct case when fate = 'kept' and order_id is null then ordered_on end)
            as n_orders,
        sum(case when fate = 'kept' then n_orders end) as n_orders_given,
        count(distinct case when fate = 'kept' then ordered_on end) as n_purchase_days,
        sum(amount) as total_spend,
        -- With one row a customer the day is that of the last order: the first is not known.
        min(
            case
                when fate = 'kept' and n_orders is not null then first_ordered_on
                when fate = 'kept' then ordered_on
            end
        ) as first_ordered_on,
        max(case when fate = 'kept' then ordered_on end) as last_ordered_on
    from orders
    where
        fate = 'kept'
        or (fate = 'return' and :returns = 'net')
    group by customer_id

)

select
    customer_id,
    cast(coalesce(n_orders_given, n_orders) as bigint) as n_orders,
    n_purchase_days,
    cast(total_spend as double) as total_spend,
    first_ordered_on,
    last_ordered_on,
    date_diff('day', last_ordered_on, cast(:as_of as date)) as recency_days,
    date_diff('day', first_ordered_on, cast(:as_of as date)) as tenure_days
from measured
where last_ordered_on is not null
