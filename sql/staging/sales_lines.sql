-- The sales by order, day and category, each with the customer's purchases of it before.
-- grain: order_key of a customer on a day, category, place, age_group, is_purchase
-- parameters: as_of, cancelled, duplicates, returns, undone
select
    sales_sums.customer_id,
    sales_sums.order_key,
    ordered_on,
    category,
    country,
    region,
    city,
    age_group,
    is_purchase,
    case when split_orders.order_key is not null and is_purchase = 1 then 1 else 0 end as is_split,
    coalesce(is_moved, 0) as is_moved,
    case when odd_customers.customer_id is not null then 1 else 0 end as is_odd,
    -- Who is counted once counts where the purchase before is not within the days looked at.
    lag(ordered_on) over (
        partition by sales_sums.customer_id, category, is_purchase
        order by ordered_on, sales_sums.order_key, country, region, city, age_group
    ) as previous_on,
    lag(ordered_on, 2) over (
        partition by sales_sums.customer_id, category, is_purchase
        order by ordered_on, sales_sums.order_key, country, region, city, age_group
    ) as earlier_on,
    amount
from sales_sums
left join split_orders
    on sales_sums.customer_id = split_orders.customer_id
    and sales_sums.order_key = split_orders.order_key
left join odd_customers
    on sales_sums.customer_id = odd_customers.customer_id
