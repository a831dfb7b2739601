-- The shop's sales, a row a line of an order, as an analyst needs them to start from nothing.
-- grain: Sale_ID
-- dialect: mysql
--
-- Texts compare to the letter (utf8mb4_bin): `a` and `A` are two customers, `A` and `Ä` two
-- categories. What a shop does not know stays null. Rows may be the same in all cells: the key is a
-- number of the table's own.
create table if not exists customer_sales (
    Sale_ID bigint unsigned not null auto_increment,
    Order_ID varchar(64),
    Customer_ID varchar(191),
    Customer_Name varchar(191),
    Email varchar(191),
    Phone varchar(64),
    Order_Date datetime,
    Product varchar(255),
    Category varchar(191),
    Quantity double,
    Unit_Price decimal(18, 4),
    Sales decimal(18, 4),
    Order_Status varchar(191),
    Currency varchar(16),
    Customer_Age double,
    Age_Group varchar(64),
    Customer_City varchar(191),
    Customer_Region varchar(191),
    Country varchar(191),
    primary key (Sale_ID),
    -- All that the grouping by customer reads: the server answers from the index alone.
    key sales_by_customer (Customer_ID, Order_ID, Order_Date, Sales, Quantity, Order_Status),
    key sales_by_day (Order_Date)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
