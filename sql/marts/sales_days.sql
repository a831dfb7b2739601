-- The sales of each day within the filters.
-- grain: ordered_on
-- parameters: age_groups, as_of, by_line, cancelled, categories, cities, countries, duplicates, mark, regions, returns, segments, since, spread, until
select
    ordered_on,
    cast(sum(amount) as double) as total_spend,
    cast(
        sum(case when is_split = 0 then is_purchase else 0 end)
        + count(distinct case when is_split = 1 then concat(customer_id, :mark, order_key) end)
        as bigint
    ) as n_orders
from chosen_sales
group by ordered_on
