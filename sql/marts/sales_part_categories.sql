-- The revenue within the filters by category and a place: country, region or city.
-- grain: part, category
-- parameters: age_groups, as_of, by_line, cancelled, categories, cities, countries, duplicates, mark, part, regions, returns, segments, since, undone, until
select
    case
        when :part = 'country' then country
        when :part = 'region' then region
        else city
    end as part,
    category,
    cast(sum(amount) as double) as total_spend
from chosen_sales
group by
    case
        when :part = 'country' then country
        when :part = 'region' then region
        else city
    end,
    category
