"""Limits of the maps package, each with its reason.

What lives here: the largest input each function of this package accepts, and the ranges outside
which a county is a mistake. What does not: waits and queues (maps waits for nobody).
"""

from typing import Final

# A hand-drawn county is under 200 kB; a real one with every village stays under 5 MB. A larger file
# is a road network, which has its own importer, and would only slow the start of every worker.
MAX_COUNTY_FILE_BYTES: Final = 8_000_000
MAX_FEATURES_PER_FILE: Final = 5_000
MAX_VERTICES_PER_SHAPE: Final = 20_000

# The largest counties of China are about 4 degrees across; wider means mixed-up files.
MAX_COUNTY_SPAN_DEG: Final = 8.0

# Rivers and roads may leave the county so that the map does not end in stumps, but not the region.
MAX_OUTSIDE_COUNTY_DEG: Final = 0.5

# One recommendation compares every unit of a city with one place; ten times a large city's fleet.
MAX_TRAVEL_ORIGINS: Final = 2_000

# The dispatcher reads a short list; more hits mean that the words must become longer.
MAX_GAZETTEER_HITS: Final = 20
MAX_GAZETTEER_QUERY_CHARS: Final = 64
