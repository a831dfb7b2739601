-- The sales by order and day, each with the customer's purchases before.
-- grain: order_key of a customer on a day, place, age_group, is_purchase
-- parameters: as_of, cancelled, duplicates, returns, undone
select
    order_sums.customer_id,
    order_sums.order_key,
    ordered_on,
    -- As in sales_lines, so that the same questions can be asked of both.
    '' as category,
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
        partition by order_sums.customer_id, is_purchase
        order by ordered_on, order_sums.order_key, country, region, city, age_group
    ) as previous_on,
    lag(ordered_on, 2) over (
        partition by order_sums.customer_id, is_purchase
        order by ordered_on, order_sums.order_key, country, region, city, age_group
    ) as earlier_on,
    amount
from order_sums
left join split_orders
    on order_sums.customer_id = split_orders.customer_id
    and order_sums.order_key = split_orders.order_key
left join odd_customers
    on order_sums.customer_id = odd_customers.customer_id
