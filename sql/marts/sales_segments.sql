-- The customers within the filters by segment, and what they spent.
-- grain: segment, null for customers of none
-- parameters: age_groups, as_of, by_line, cancelled, categories, cities, countries, duplicates, mark, regions, returns, segments, since, undone, until
select
    segment,
    count(*) as n_customers,
    cast(sum(amount) as double) as total_spend
from customer_sales
left join segmented on customer_sales.customer_id = segmented.customer_id
group by segment
