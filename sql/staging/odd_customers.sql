-- The customers who bought in several places, or one order on several days, or brought back.
-- grain: customer_id
-- parameters: as_of, cancelled, duplicates, returns, undone
with places as (

    select
        customer_id,
        case
            when
                min(country) <> max(country)
                or min(region) <> max(region)
                or min(city) <> max(city)
                or min(age_group) <> max(age_group)
                then 1
            else 0
        end as is_moved,
        case when min(is_purchase) = 0 then 1 else 0 end as has_returned
    from order_sums
    group by customer_id
    union all
    select
        customer_id,
        1 as is_moved,
        0 as has_returned
    from split_orders

)

select
    customer_id,
    max(is_moved) as is_moved,
    max(has_returned) as has_returned
from places
where
    is_moved = 1
    or has_returned = 1
group by customer_id
