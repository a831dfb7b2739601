-- What the customers spent within the filters, one after the other without saying who.
-- grain: a customer
-- parameters: age_groups, as_of, by_line, cancelled, categories, cities, countries, duplicates, mark, regions, returns, segments, since, undone, until
select
    cast(amount as double) as total_spend,
    n_orders
from customer_sales
