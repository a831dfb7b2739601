-- The sales of each period within the filters, and who bought once or more often in it.
-- grain: period, numbered through by year, quarter, month or week; 0 where :grain is 'all'
-- parameters: age_groups, as_of, by_line, cancelled, categories, cities, countries, duplicates, grain, mark, regions, returns, segments, since, undone, until
with dated as (

    select
        period,
        customer_id,
        order_key,
        is_purchase,
        is_odd,
        amount,
        -- Purchases of the period that are looked at and came before: none, one, or more.
        case
            when previous_on >= starts_on and previous_on >= cast(:since as date)
                then
                case
                    when earlier_on >= starts_on and earlier_on >= cast(:since as date) then 2
                    else 1
                end
            else 0
        end as n_before
    from chosen_sales
    inner join period_days on chosen_sales.ordered_on = period_days.ordered_on

),

by_order as (

    select
        period,
        customer_id,
        is_purchase as n_orders,
        sum(amount) as amount
    from dated
    where is_odd = 1
    group by
        period,
        customer_id,
        order_key,
        is_purchase

),

by_customer as (

    select
        period,
        sum(amount) as amount,
        sum(n_orders) as n_orders,
        case when sum(n_orders) > 0 then 1 else 0 end as n_customers,
        case when sum(n_orders) > 1 then 1 else 0 end as n_repeaters
    from by_order
    group by
        period,
        customer_id
    union all
    select
        period,
        sum(amount) as amount,
        count(*) as n_orders,
        sum(case when n_before = 0 then 1 else 0 end) as n_customers,
        sum(case when n_before = 1 then 1 else 0 end) as n_repeaters
    from dated
    where is_odd = 0
    group by period

)

select
    cast(period as bigint) as period,
    cast(sum(amount) as double) as total_spend,
    -- Without those who only brought something back.
    cast(sum(case when n_customers > 0 then amount else 0 end) as double) as buyers_spend,
    cast(sum(n_orders) as bigint) as n_orders,
    cast(sum(n_customers) as bigint) as n_customers,
    cast(sum(n_repeaters) as bigint) as n_repeaters
from by_customer
group by period
