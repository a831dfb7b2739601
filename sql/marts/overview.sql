-- What the data cover: purchases and days.
-- grain: one row
-- parameters: as_of, cancelled, duplicates
select
    count(*) as n_purchase_rows,
    cast(coalesce(sum(amount), 0) as double) as amount,
    min(ordered_on) as first_on,
    max(ordered_on) as last_on,
    coalesce(max(case when order_id is not null then 1 else 0 end), 0) as has_order_ids,
    coalesce(max(case when n_orders is not null then 1 else 0 end), 0) as has_order_counts
from judged_rows
where fate = 'kept'
