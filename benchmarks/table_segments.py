"""A table of a server to segments, as the app does it; arguments: its URL, its name and a file.

The file gets the seconds from the open connection on.  Where it is given, libraries are loaded
before, as in the running app; else while the server works.
"""

import sys
import time
from pathlib import Path

from segmentation.engine.server import load_server_rows
from segmentation.marts.customers import build_customers
from segmentation.marts.quality import build_overview
from segmentation.outputs.lists import build_segment_table
from segmentation.recipe import Policies, Recipe
from segmentation.segments.rfm import count_measures
from segmentation.segments.segmenter import build_segmenter
from segmentation.sources.servers import open_server, read_address

clock = sys.argv[3:]
if clock:
    import duckdb  # noqa: F401
    import pandas  # noqa: F401
    import pyarrow.compute  # noqa: F401

address, password = read_address(sys.argv[1])
server = open_server(address, password or "", 600)
start = time.perf_counter()
loaded = load_server_rows(server, server.read_table(sys.argv[2]), Recipe())
policies = loaded.recipe.policies or Policies()
overview = build_overview(loaded.database, policies)
customers = build_customers(loaded.database, overview.day_after, policies)
segmenter = build_segmenter(loaded.recipe).fit(count_measures(customers))
table = build_segment_table(customers, segmenter)
seconds = time.perf_counter() - start
print(len(customers), round(float(customers["total_spend"].sum()), 2), len(table))
for file in clock:
    Path(file).write_text(str(seconds))
