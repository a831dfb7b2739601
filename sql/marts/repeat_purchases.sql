-- One row per customer: purchases after the first one, when the last was, how long each is known.
-- grain: customer_id
-- parameters: as_of, cancelled, duplicates, returns, undone
with days as (

    select
        customer_id,
        ordered_on,
        -- With one row a customer the day is that of the last order, and the first one is given.
        min(case when n_orders is null then ordered_on else first_ordered_on end) as first_on,
        sum(n_orders) as n_orders_given,
        count(case when fate = 'kept' then 1 end) as n_purchases,
        sum(amount) as amount
    from orders
    where
        fate = 'kept'
        or (fate = 'return' and :returns = 'net')
    group by
        customer_id,
        ordered_on

),

known as (

    select
        customer_id,
        min(case when n_purchases > 0 then first_on end) as first_on,
        max(case when n_purchases > 0 then ordered_on end) as last_on,
        count(case when n_purchases > 0 then 1 end) as n_days,
        sum(n_orders_given) as n_orders_given
    from days
    group by customer_id

)

select
    days.customer_id,
    max(cast(coalesce(known.n_orders_given, known.n_days) as bigint)) - 1 as x,
    max(date_diff('day', known.first_on, known.last_on)) as t_x,
    -- The as-of day does not count, so the last day that was observed is the one before it.
    max(date_diff('day', known.first_on, cast(:as_of as date))) - 1 as age_days,
    cast(max(known.n_orders_given) as bigint) as n_orders_given,
    cast(sum(days.amount) as double) as total_spend,
    cast(sum(case when days.ordered_on > known.first_on then days.amount else 0 end) as double)
        as repeat_spend
from days
inner join known on days.customer_id = known.customer_id
where known.last_on is not null
group by days.customer_id
