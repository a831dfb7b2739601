-- The sales of the chosen categories summed up by order, day and product.
-- grain: order_key of a customer on a day, product, category, place, age_group, is_purchase
-- parameters: as_of, cancelled, categories, duplicates, mark, returns, undone
select
    customer_id,
    order_key,
    ordered_on,
    product,
    category,
    country,
    region,
    city,
    age_group,
    is_purchase,
    sum(quantity) as quantity,
    sum(amount) as amount
from sales_rows
where :categories is null or strpos(:categories, concat(:mark, category, :mark)) > 0
group by
    customer_id,
    order_key,
    ordered_on,
    product,
    category,
    country,
    region,
    city,
    age_group,
    is_purchase
