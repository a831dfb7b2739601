-- One row per customer with a purchase before :as_of: when they bought, how often, how much.
-- grain: customer_id
-- parameters: as_of, cancelled, duplicates, returns, undone
select
    purchases.customer_id,
    coalesce(
        purchases.n_orders_given, purchases.n_numbered_orders + purchases.n_days_without_number
    ) as n_orders,
    cast(
        purchases.amount + case when :returns = 'net' then coalesce(returned.amount, 0) else 0 end
        as double
    ) as total_spend,
    purchases.first_ordered_on,
    purchases.last_ordered_on,
    date_diff('day', purchases.last_ordered_on, cast(:as_of as date)) as recency_days,
    date_diff('day', purchases.first_ordered_on, cast(:as_of as date)) as tenure_days
from purchases
left join returned on purchases.customer_id = returned.customer_id
