-- What one customer bought, by category and product; those that are not known are empty.
-- grain: category, product
-- parameters: as_of, cancelled, customer, duplicates, returns, undone
select
    category,
    product,
    count(distinct case when fate = 'kept' then ordered_on end) as n_purchase_days,
    max(case when fate = 'kept' then ordered_on end) as last_ordered_on,
    cast(sum(amount) as double) as total_spend
from judged_rows
where
    customer_id = :customer
    and (fate = 'kept' or (fate = 'return' and :returns = 'net'))
group by
    category,
    product
