-- What each customer bought within the filters.
-- grain: customer_id
-- parameters: age_groups, as_of, by_line, cancelled, categories, cities, countries, duplicates, mark, regions, returns, segments, since, undone, until
select
    customer_id,
    cast(amount as double) as total_spend,
    n_orders,
    last_ordered_on
from customer_sales
