-- Total sales by region, returns taken off, the largest first.
-- grain: Customer_Region
-- dialect: mysql
select
    coalesce(Customer_Region, 'no region') as Customer_Region,
    sum(Sales) as Total_Sales,
    count(distinct case when Sales > 0 then Customer_ID end) as Customers,
    count(distinct case when Sales > 0 then Order_ID end) as Orders
from clean_sales
group by coalesce(Customer_Region, 'no region')
order by
    Total_Sales desc,
    Customer_Region;
