-- The sales that the filters let through: by category where :by_line is 1, else by order.
-- grain: order_key of a customer on a day, category, place, age_group, is_purchase
-- parameters: age_groups, as_of, by_line, cancelled, categories, cities, countries, duplicates, mark, regions, returns, segments, since, undone, until
select
    sales_entries.customer_id,
    order_key,
    ordered_on,
    category,
    country,
    region,
    city,
    age_group,
    is_purchase,
    is_split,
    is_moved,
    is_odd,
    previous_on,
    earlier_on,
    amount
from sales_entries
left join segmented on sales_entries.customer_id = segmented.customer_id
where
    ordered_on >= cast(:since as date)
    and ordered_on < cast(:until as date)
    -- Where it is 2, what stands there is of these categories only.
    and (
        :categories is null
        or :by_line = 2
        or strpos(:categories, concat(:mark, category, :mark)) > 0
    )
    and (:countries is null or strpos(:countries, concat(:mark, country, :mark)) > 0)
    and (:regions is null or strpos(:regions, concat(:mark, region, :mark)) > 0)
    and (:cities is null or strpos(:cities, concat(:mark, city, :mark)) > 0)
    and (:age_groups is null or strpos(:age_groups, concat(:mark, age_group, :mark)) > 0)
    and (:segments is null or strpos(:segments, concat(:mark, segment, :mark)) > 0)
