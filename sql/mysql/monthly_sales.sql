-- The monthly trend: sales, orders and customers of each month that has any, the earliest first.
-- grain: Month
-- dialect: mysql
select
    date_format(Order_Date, '%Y-%m') as Month,
    sum(Sales) as Total_Sales,
    count(distinct case when Sales > 0 then Order_ID end) as Orders,
    count(distinct case when Sales > 0 then Customer_ID end) as Customers
from clean_sales
group by date_format(Order_Date, '%Y-%m')
order by Month;
