-- How many of the reader's rows, and how much money, met which fate.
-- grain: fate
-- parameters: as_of, cancelled, duplicates, undone
with by_customer as (

    select
        customer_id,
        fate,
        sum(n_rows) as n_rows,
        sum(amount) as amount
    from orders
    group by
        customer_id,
        fate

),

purchasers as (

    select customer_id
    from by_customer
    where fate = 'kept'

)

select
    case
        when by_customer.fate = 'return' and purchasers.customer_id is null then 'returns only'
        else by_customer.fate
    end as fate,
    cast(sum(by_customer.n_rows) as bigint) as n_rows,
    cast(coalesce(sum(by_customer.amount), 0) as double) as amount,
    count(by_customer.customer_id) as n_customers
from by_customer
left join purchasers on by_customer.customer_id = purchasers.customer_id
group by
    case
        when by_customer.fate = 'return' and purchasers.customer_id is null then 'returns only'
        else by_customer.fate
    end
