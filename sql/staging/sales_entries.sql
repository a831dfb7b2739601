-- The sales by category where :by_line is 1, else by order; of the chosen categories where it is 2.
-- grain: order_key of a customer on a day, category, place, age_group, is_purchase
-- parameters: as_of, by_line, cancelled, categories, duplicates, mark, returns, undone
select
    customer_id,
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
from sales_orders
where :by_line = 0
union all
select
    customer_id,
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
from sales_lines
where :by_line = 1
union all
select
    customer_id,
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
from category_orders
where :by_line = 2
