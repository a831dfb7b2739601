"""What a user would write instead: pandas.read_sql of the rows, and the recipe in pandas."""

import sys

import pandas as pd
import sqlalchemy

engine = sqlalchemy.create_engine(sys.argv[1].replace("mysql://", "mysql+pymysql://"))
columns = "Customer_ID, Order_ID, Order_Date, Quantity, Sales"
rows = pd.read_sql(f"select {columns} from {sys.argv[2]}", engine)
rows = rows.dropna(subset=["Customer_ID"])
rows["Sales"] = rows["Sales"].astype(float)
bought = rows[(rows["Sales"] > 0) & (rows["Quantity"] > 0)]
returned = rows[(rows["Sales"] < 0) | (rows["Quantity"] < 0)]
as_of = bought["Order_Date"].max().normalize() + pd.Timedelta(days=1)
rfm = bought.groupby("Customer_ID").agg(
    last=("Order_Date", "max"), frequency=("Order_ID", "nunique"), monetary=("Sales", "sum")
)
rfm["monetary"] += returned.groupby("Customer_ID")["Sales"].sum().reindex(rfm.index).fillna(0)
rfm["recency"] = (as_of - rfm["last"].dt.normalize()).dt.days
for score, measure in {"R": "recency", "F": "frequency", "M": "monetary"}.items():
    rfm[score] = pd.qcut(rfm[measure].rank(method="first"), 5, labels=False)
print(len(rfm), round(float(rfm["monetary"].sum()), 2))
