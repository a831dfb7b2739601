-- Every row of the reader's data, with its fate: the one place that decides it.
-- grain: a row of mapped_rows
-- parameters: as_of, cancelled, duplicates, undone
select
    file_index,
    line,
    customer_id,
    ordered_at,
    cast(ordered_at as date) as ordered_on,
    amount,
    order_id,
    quantity,
    unit_price,
    currency,
    status,
    product,
    category,
    region,
    city,
    country,
    case
        when age_group is not null or customer_age is null then age_group
        when customer_age < 18 then 'Under 18'
        when customer_age < 25 then '18–24'
        when customer_age < 35 then '25–34'
        when customer_age < 45 then '35–44'
        when customer_age < 55 then '45–54'
        when customer_age < 65 then '55–64'
        else '65 and over'
    end as age_group,
    customer_age,
    customer_name,
    email,
    phone,
    n_orders,
    -- Who ordered first after they ordered last did so on a day that is not known.
    case
        when cast(first_ordered_at as date) <= cast(ordered_at as date) then first_ordered_at
    end as first_ordered_at,
    unreadable,
    case
        when customer_id is null then 'no customer'
        when ordered_at is null then 'no date'
        when order_amount is null then 'no amount'
        when n_orders < 1 then 'no orders'
        when :duplicates = 'drop' and copy_number > 1 then 'exact duplicate'
        when ordered_at >= cast(:as_of as date) then 'after as-of'
        when strpos(lower(:undone), lower(concat('|', status, '|'))) > 0 then 'undone order'
        when order_amount < 0 or quantity < 0 or strpos(order_id, :cancelled) = 1
            then 'return'
        when order_amount = 0 then 'nothing paid'
        else 'kept'
    end as fate
from mapped_rows
