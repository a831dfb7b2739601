-- The rows that count, or would but for what their order's status says, by that status.
-- grain: status
-- parameters: as_of, cancelled, duplicates, undone
select
    status,
    count(*) as n_rows,
    cast(sum(amount) as double) as amount,
    cast(coalesce(sum(case when amount < 0 then amount end), 0) as double) as paid_back,
    count(distinct customer_id) as n_customers
from judged_rows
where
    fate = 'kept'
    or fate = 'return'
    or fate = 'nothing paid'
    or fate = 'undone order'
group by status
