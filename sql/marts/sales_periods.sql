-- The sales of each period within the filters, and who bought once or more often in it.
-- grain: period, numbered through by year, quarter, month or week; 0 where :grain is 'all'
-- parameters: age_groups, as_of, by_line, cancelled, categories, cities, countries, duplicates, grain, mark, regions, returns, segments, since, spread, until
with dated as (

    select
        case
            when :grain = 'year' then extract(year from ordered_on)
            when :grain = 'quarter'
                then 4 * extract(year from ordered_on) + extract(quarter from ordered_on) - 1
            when :grain = 'month'
                then 12 * extract(year from ordered_on) + extract(month from ordered_on) - 1
            -- Weeks begin on Monday, as the first of these days did.
            when :grain = 'week'
                then date_diff('day', cast('1900-01-01' as date), ordered_on) // 7
            else 0
        end as period,
        customer_id,
        order_key,
        is_purchase,
        is_split,
        amount
    from chosen_sales

),

chosen_orders as (

    select
        period,
        customer_id,
        is_purchase as n_orders,
        amount
    from dated
    where is_split = 0
    union all
    select
        period,
        customer_id,
        1 as n_orders,
        sum(amount) as amount
    from dated
    where is_split = 1
    group by
        period,
        customer_id,
        order_key

),

by_customer as (

    select
        period,
        sum(amount) as amount,
        sum(n_orders) as n_orders
    from chosen_orders
    group by
        period,
        customer_id

)

select
    cast(period as bigint) as period,
    cast(sum(amount) as double) as total_spend,
    -- Without those who only brought something back.
    cast(sum(case when n_orders > 0 then amount else 0 end) as double) as buyers_spend,
    cast(sum(n_orders) as bigint) as n_orders,
    count(case when n_orders > 0 then 1 end) as n_customers,
    count(case when n_orders > 1 then 1 end) as n_repeaters
from by_customer
group by period
