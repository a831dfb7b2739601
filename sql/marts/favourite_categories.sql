-- The category for which each customer paid most; of several the first by name.
-- grain: customer_id
-- parameters: as_of, cancelled, duplicates
with paid as (

    select
        customer_id,
        category,
        sum(amount) as amount
    from judged_rows
    where
        fate = 'kept'
        and category is not null
    group by
        customer_id,
        category

),

most as (

    select
        customer_id,
        max(amount) as amount
    from paid
    group by customer_id

)

select
    paid.customer_id,
    min(paid.category) as favourite_category
from paid
inner join most
    on paid.customer_id = most.customer_id
    and paid.amount = most.amount
group by paid.customer_id
