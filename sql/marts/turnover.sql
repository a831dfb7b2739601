-- Revenue by month, category and region (the country where there is no region), returns as chosen.
-- grain: month_number, category, region
-- parameters: as_of, cancelled, duplicates, returns, undone
with purchasers as (

    select distinct customer_id
    from judged_rows
    where fate = 'kept'

)

select
    12 * extract(year from judged_rows.ordered_on)
    + extract(month from judged_rows.ordered_on) - 1 as month_number,
    judged_rows.category,
    coalesce(judged_rows.region, judged_rows.country) as region,
    cast(sum(judged_rows.amount) as double) as total_spend
from judged_rows
inner join purchasers on judged_rows.customer_id = purchasers.customer_id
where
    judged_rows.fate = 'kept'
    or (judged_rows.fate = 'return' and :returns = 'net')
group by
    12 * extract(year from judged_rows.ordered_on)
    + extract(month from judged_rows.ordered_on) - 1,
    judged_rows.category,
    coalesce(judged_rows.region, judged_rows.country)
