-- The rows that do not count, each with its fate and where it stands.
-- grain: a row of mapped_rows that was left out
-- parameters: as_of, cancelled, duplicates, reason, returns, undone
with purchasers as (

    select distinct customer_id
    from orders
    where fate = 'kept'

),

others as (

    select
        judged_rows.*,
        case
            when judged_rows.fate = 'return' and purchasers.customer_id is null then 'returns only'
            else judged_rows.fate
        end as final_fate
    from judged_rows
    left join purchasers on judged_rows.customer_id = purchasers.customer_id
    where judged_rows.fate <> 'kept'

)

select
    final_fate as fate,
    file_index,
    line,
    customer_id,
    ordered_at,
    cast(amount as double) as amount,
    quantity,
    unit_price,
    order_id,
    status,
    currency,
    product,
    category,
    region,
    city,
    country,
    age_group,
    customer_age,
    customer_name,
    email,
    phone,
    unreadable
from others
where
    (final_fate <> 'return' or :returns = 'ignore')
    and coalesce(:reason, final_fate) = final_fate
