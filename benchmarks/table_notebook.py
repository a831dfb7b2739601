"""What a user would write instead: pandas.read_sql of the rows, and the recipe in pandas.

Arguments: the URL, the table's name and a file, which gets the seconds from the open connection on.
"""

import sys
import time
from pathlib import Path

import pandas as pd
import sqlalchemy

engine = sqlalchemy.create_engine(sys.argv[1].replace("mysql://", "mysql+pymysql://"))
columns = "Customer_ID, Order_ID, Order_Date, Quantity, Sales"
with engine.connect() as connection:
    start = time.perf_counter()
    rows = pd.read_sql(sqlalchemy.text(f"select {columns} from {sys.argv[2]}"), connection)
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
seconds = time.perf_counter() - start
print(len(rfm), round(float(rfm["monetary"].sum()), 2))
for file in sys.argv[3:]:
    Path(file).write_text(str(seconds))
