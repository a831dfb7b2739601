"""What a user would write instead: a plain pandas notebook, vectorised, as a script."""

import sys

import pandas as pd

source, target = sys.argv[1:3]
if source.endswith(".xlsx"):
    rows = pd.read_excel(source, engine="openpyxl", dtype={"CustomerID": "str", "InvoiceNo": "str"})
else:
    rows = pd.read_csv(
        source, parse_dates=["InvoiceDate"], dtype={"CustomerID": "str", "InvoiceNo": "str"}
    )
rows = rows.dropna(subset=["CustomerID"])
rows = rows[~rows["InvoiceNo"].str.startswith("C")]
rows = rows[(rows["Quantity"] > 0) & (rows["UnitPrice"] > 0)]
rows = rows.drop_duplicates()
rows["Amount"] = rows["Quantity"] * rows["UnitPrice"]
as_of = rows["InvoiceDate"].max() + pd.Timedelta(days=1)
rfm = rows.groupby("CustomerID").agg(
    last=("InvoiceDate", "max"), frequency=("InvoiceNo", "nunique"), monetary=("Amount", "sum")
)
rfm["recency"] = (as_of - rfm["last"]).dt.days
rfm["R"] = pd.qcut(rfm["recency"].rank(method="first"), 5, labels=[5, 4, 3, 2, 1]).astype(int)
rfm["F"] = pd.qcut(rfm["frequency"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5]).astype(int)
rfm["M"] = pd.qcut(rfm["monetary"], 5, labels=[1, 2, 3, 4, 5]).astype(int)
names = {
    "[1-2][1-2]": "Hibernating",
    "[1-2][3-4]": "At risk",
    "[1-2]5": "Can't lose them",
    "3[1-2]": "About to sleep",
    "33": "Need attention",
    "[3-4][4-5]": "Loyal customers",
    "41": "Promising",
    "51": "New customers",
    "[4-5][2-3]": "Potential loyalists",
    "5[4-5]": "Champions",
}
rfm["segment"] = (rfm["R"].astype(str) + rfm["F"].astype(str)).replace(names, regex=True)
rfm.to_csv(target)
print(len(rfm), round(float(rfm["monetary"].sum()), 2))
