-- The currencies of the purchases.
-- grain: currency
-- parameters: as_of, cancelled, duplicates, undone
select
    currency,
    count(*) as n_rows,
    cast(sum(amount) as double) as amount
from judged_rows
where
    fate = 'kept'
    and currency is not null
group by currency
