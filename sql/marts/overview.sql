-- What the data cover: purchases and days, and since when rows are part of the spend.
-- grain: one row
-- parameters: as_of, cancelled, duplicates, returns, undone
with covered as (

    select
        sum(case when fate = 'kept' then n_rows end) as n_purchase_rows,
        coalesce(sum(case when fate = 'kept' then amount end), 0) as amount,
        min(case when fate = 'kept' then ordered_on end) as first_on,
        max(case when fate = 'kept' then ordered_on end) as last_on,
        coalesce(max(case when fate = 'kept' and order_id is not null then 1 end), 0)
            as has_order_ids,
        coalesce(max(case when fate = 'kept' and n_orders is not null then 1 end), 0)
            as has_order_counts,
        min(case when fate = 'return' and :returns = 'net' then ordered_on end) as returned_on
    from orders

),

early_returns as (

    -- Mostly there are none, and the orders are not read again.
    select
        customer_id,
        min(ordered_on) as returned_on
    from orders
    inner join covered
        on orders.ordered_on < covered.first_on
        and covered.returned_on < covered.first_on
    where fate = 'return'
    group by customer_id

),

counted_returns as (

    -- What is brought back counts for customers who have bought something, before or after.
    select min(early_returns.returned_on) as returned_on
    from early_returns
    inner join orders on early_returns.customer_id = orders.customer_id
    where fate = 'kept'

)

select
    cast(coalesce(n_purchase_rows, 0) as bigint) as n_purchase_rows,
    cast(amount as double) as amount,
    first_on,
    last_on,
    coalesce(counted_returns.returned_on, first_on) as sales_from,
    has_order_ids,
    has_order_counts
from covered
left join counted_returns on counted_returns.returned_on < covered.first_on
