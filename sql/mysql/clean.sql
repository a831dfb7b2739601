-- The sales trimmed, typed and with an age group; rows without customer or date are set apart.
-- grain: Sale_ID
-- dialect: mysql
--
-- normal_sales   every row; Set_Apart says what is missing, if anything
-- clean_sales    the rows with a customer and a date
-- set_apart      the others
create or replace view normal_sales as
select
    typed.*,
    case
        when typed.Age_Group_Given is not null or typed.Customer_Age is null
            then typed.Age_Group_Given
        when typed.Customer_Age < 18 then 'Under 18'
        when typed.Customer_Age < 25 then '18–24'
        when typed.Customer_Age < 35 then '25–34'
        when typed.Customer_Age < 45 then '35–44'
        when typed.Customer_Age < 55 then '45–54'
        when typed.Customer_Age < 65 then '55–64'
        else '65 and over'
    end as Age_Group,
    case
        when typed.Customer_ID is null then 'no customer'
        when typed.Order_Date is null then 'no date'
    end as Set_Apart
from (
    select
        Sale_ID,
        nullif(trim(Order_ID), '') as Order_ID,
        nullif(trim(Customer_ID), '') as Customer_ID,
        nullif(trim(Customer_Name), '') as Customer_Name,
        lower(nullif(trim(Email), '')) as Email,
        nullif(trim(Phone), '') as Phone,
        -- A zero date is how some servers say that there is none.
        case when year(Order_Date) > 0 then cast(Order_Date as datetime) end as Order_Date,
        nullif(trim(Product), '') as Product,
        nullif(trim(Category), '') as Category,
        Quantity,
        cast(Unit_Price as decimal(18, 4)) as Unit_Price,
        cast(coalesce(Sales, Quantity * Unit_Price) as decimal(18, 4)) as Sales,
        nullif(trim(Order_Status), '') as Order_Status,
        nullif(trim(Currency), '') as Currency,
        case when Customer_Age between 0 and 130 then Customer_Age end as Customer_Age,
        nullif(trim(Age_Group), '') as Age_Group_Given,
        nullif(trim(Customer_City), '') as Customer_City,
        nullif(trim(Customer_Region), '') as Customer_Region,
        nullif(trim(Country), '') as Country
    from customer_sales
) as typed;

create or replace view clean_sales as
select *
from normal_sales
where Set_Apart is null;

create or replace view set_apart as
select *
from normal_sales
where Set_Apart is not null;
