-- Each customer's latest value of every attribute; of several at one moment the last by name.
-- grain: customer_id
-- parameters: as_of, cancelled, duplicates, undone
with profiles as (

    select
        customer_id,
        country,
        region,
        city,
        age_group,
        customer_age,
        customer_name,
        email,
        phone,
        max(last_ordered_at) as seen_at
    from orders
    where fate = 'kept'
    group by
        customer_id,
        country,
        region,
        city,
        age_group,
        customer_age,
        customer_name,
        email,
        phone

),

latest as (

    select
        customer_id,
        max(case when country is not null then seen_at end) as country_at,
        max(case when region is not null then seen_at end) as region_at,
        max(case when city is not null then seen_at end) as city_at,
        max(case when age_group is not null then seen_at end) as age_group_at,
        max(case when customer_age is not null then seen_at end) as customer_age_at,
        max(case when customer_name is not null then seen_at end) as customer_name_at,
        max(case when email is not null then seen_at end) as email_at,
        max(case when phone is not null then seen_at end) as phone_at
    from profiles
    group by customer_id

)

select
    profiles.customer_id,
    max(case when seen_at = country_at then country end) as country,
    max(case when seen_at = region_at then region end) as region,
    max(case when seen_at = city_at then city end) as city,
    max(case when seen_at = age_group_at then age_group end) as age_group,
    max(case when seen_at = customer_age_at then customer_age end) as customer_age,
    max(case when seen_at = customer_name_at then customer_name end) as customer_name,
    max(case when seen_at = email_at then email end) as email,
    max(case when seen_at = phone_at then phone end) as phone
from profiles
inner join latest on profiles.customer_id = latest.customer_id
group by profiles.customer_id
