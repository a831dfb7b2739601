"""A table of a server to segments, as the app does it; arguments: its URL and its name."""

import sys

from segmentation.engine.server import load_server_rows
from segmentation.marts.customers import build_customers
from segmentation.marts.quality import build_overview
from segmentation.outputs.lists import build_segment_table
from segmentation.recipe import Policies, Recipe
from segmentation.segments.rfm import count_measures
from segmentation.segments.segmenter import build_segmenter
from segmentation.sources.servers import open_server, read_address

address, password = read_address(sys.argv[1])
server = open_server(address, password or "", 600)
loaded = load_server_rows(server, server.read_table(sys.argv[2]), Recipe())
policies = loaded.recipe.policies or Policies()
overview = build_overview(loaded.database, policies)
customers = build_customers(loaded.database, overview.day_after, policies)
segmenter = build_segmenter(loaded.recipe).fit(count_measures(customers))
table = build_segment_table(customers, segmenter)
print(len(customers), round(float(customers["total_spend"].sum()), 2), len(table))
