-- The ten customers with the highest sales, returns taken off.
-- grain: Customer_ID
-- dialect: mysql
select
    Customer_ID,
    max(Customer_Name) as Customer_Name,
    sum(Sales) as Total_Sales,
    count(distinct case when Sales > 0 then Order_ID end) as Orders,
    cast(max(case when Sales > 0 then Order_Date end) as date) as Last_Order_On
from clean_sales
group by Customer_ID
order by
    Total_Sales desc,
    Customer_ID
limit 10;
