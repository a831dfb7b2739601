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

ranked as (

    select
        customer_id,
        category,
        row_number() over (
            partition by customer_id
            order by amount desc, category
        ) as place
    from paid

)

select
    customer_id,
    category as favourite_category
from ranked
where place = 1
