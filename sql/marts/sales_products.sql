-- The sales of each product within the filters, each order once.
-- grain: product
-- parameters: age_groups, as_of, cancelled, categories, cities, countries, duplicates, mark, regions, returns, segments, since, undone, until
with chosen_rows as (

    select
        product,
        product_sums.customer_id,
        order_key,
        is_purchase,
        quantity,
        amount
    from product_sums
    left join segmented on product_sums.customer_id = segmented.customer_id
    where
        ordered_on >= cast(:since as date)
        and ordered_on < cast(:until as date)
        and (:countries is null or strpos(:countries, concat(:mark, country, :mark)) > 0)
        and (:regions is null or strpos(:regions, concat(:mark, region, :mark)) > 0)
        and (:cities is null or strpos(:cities, concat(:mark, city, :mark)) > 0)
        and (:age_groups is null or strpos(:age_groups, concat(:mark, age_group, :mark)) > 0)
        and (:segments is null or strpos(:segments, concat(:mark, segment, :mark)) > 0)

),

by_order as (

    select
        product,
        customer_id,
        order_key,
        max(is_purchase) as n_orders,
        sum(quantity) as quantity,
        sum(amount) as amount
    from chosen_rows
    group by
        product,
        customer_id,
        order_key

)

select
    product,
    cast(sum(amount) as double) as total_spend,
    cast(sum(n_orders) as bigint) as n_orders,
    count(distinct case when n_orders > 0 then customer_id end) as n_customers,
    cast(sum(quantity) as double) as n_pieces
from by_order
group by product
