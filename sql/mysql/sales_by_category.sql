-- Total sales by category, returns taken off, the largest first.
-- grain: Category
-- dialect: mysql
select
    coalesce(Category, 'no category') as Category,
    sum(Sales) as Total_Sales,
    sum(Quantity) as Pieces,
    count(distinct case when Sales > 0 then Customer_ID end) as Customers
from clean_sales
group by coalesce(Category, 'no category')
order by
    Total_Sales desc,
    Category;
