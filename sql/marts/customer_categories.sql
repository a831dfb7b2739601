-- Each customer's favourite category, by what they spent, and the category they bought last.
-- grain: customer_id
-- parameters: as_of, cancelled, duplicates, returns, undone
with bought as (

    select
        customer_id,
        category,
        sum(amount) as amount,
        max(case when fate = 'kept' then ordered_at end) as bought_at
    from judged_rows
    where
        category is not null
        and (
            fate = 'kept'
            or (fate = 'return' and :returns = 'net')
        )
    group by
        customer_id,
        category

),

best as (

    select
        customer_id,
        max(amount) as amount,
        max(bought_at) as bought_at
    from bought
    where bought_at is not null
    group by customer_id

)

select
    bought.customer_id,
    -- Of several with the same spend, or bought at one moment, the last by name.
    max(case when bought.amount = best.amount then bought.category end) as favourite_category,
    max(case when bought.bought_at = best.bought_at then bought.category end) as last_category
from bought
inner join best on bought.customer_id = best.customer_id
where bought.bought_at is not null
group by bought.customer_id
