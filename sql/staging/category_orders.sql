-- The sales of the chosen categories together, by order and day, as sales_orders has those of all.
-- grain: order_key of a customer on a day, place, age_group, is_purchase
-- parameters: as_of, cancelled, categories, duplicates, mark, returns, undone
with chosen_orders as (

    select
        customer_id,
        order_key,
        ordered_on,
        country,
        region,
        city,
        age_group,
        is_purchase,
        is_split,
        is_moved,
        is_odd,
        sum(amount) as amount
    from sales_lines
    where :categories is null or strpos(:categories, concat(:mark, category, :mark)) > 0
    group by
        customer_id,
        order_key,
        ordered_on,
        country,
        region,
        city,
        age_group,
        is_purchase,
        is_split,
        is_moved,
        is_odd

)

select
    customer_id,
    order_key,
    ordered_on,
    '' as category,
    country,
    region,
    city,
    age_group,
    is_purchase,
    is_split,
    is_moved,
    is_odd,
    lag(ordered_on) over (
        partition by customer_id, is_purchase
        order by ordered_on, order_key, country, region, city, age_group
    ) as previous_on,
    lag(ordered_on, 2) over (
        partition by customer_id, is_purchase
        order by ordered_on, order_key, country, region, city, age_group
    ) as earlier_on,
    amount
from chosen_orders
