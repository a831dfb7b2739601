-- Each day with sales, the period that it lies in, and the first day with sales of that.
-- grain: ordered_on
-- parameters: as_of, cancelled, duplicates, grain, returns, undone
with days as (

    select
        ordered_on,
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
        end as period
    from sales_orders
    group by ordered_on

),

starts as (

    select
        period,
        min(ordered_on) as starts_on
    from days
    group by period

)

select
    ordered_on,
    days.period,
    starts_on
from days
inner join starts on days.period = starts.period
