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

# Imported maps. The longest real names are under 100 characters; longer is a description, and rows
# of the search index and labels of the map stay small.
MAX_MAP_NAME_CHARS: Final = 200

# --- search (maps.search) ---------------------------------------------------------------------
# A character has at most this many sounds that occur in names; the dictionaries list more, all of
# them of literary words. Each costs two bytes a character of the index.
MAX_READINGS: Final = 4

# A row of letters can be cut into syllables and initials in many ways; the shortest twelve hold
# every reading that people mean.
MAX_PARSES: Final = 12

# Places of the text that are compared with a misspelt word; a common syllable in 100,000 names has
# about as many. One comparison is some nanoseconds, all of them a few milliseconds.
MAX_SLIP_STARTS: Final = 30_000

# A hospital drawn as an area and as a point of the same name is one hospital; two of one name in
# one county (a main house and its branch) are further apart than the grounds of either.
MAX_SAME_FACILITY_M: Final = 300.0

# The entrance of a hospital lies on its grounds; a facility further from any road that leads on is
# drawn wrongly, or a road is missing: someone must look at it.
MAX_FACILITY_OFF_ROAD_M: Final = 100.0

# Beyond this a facility is not near any road at all, and searching further only costs time.
MAX_FACILITY_SEARCH_M: Final = 5_000.0

# A town's point may be 5 to 10 km off (approximate towns of the demonstration county); a map on
# which no town has a road within that is not a map of the county.
MAX_COUNTY_TOWN_OFF_ROAD_M: Final = 10_000.0

# Landmarks of one name around which something is looked for; namesakes beyond say nothing.
MAX_ANCHORS: Final = 8

# --- base map (maps.tiles) --------------------------------------------------------------------
# A city of 20,000 features takes some seconds, a province of some millions under an hour on two
# processors; longer means a machine without room, and a person waits for the answer.
MAX_TILE_BUILD_S: Final = 7_200

# Parsed directories kept of one tile file: each covers some thousand tiles and takes about a
# megabyte; a county has one or none, a province about ten.
MAX_TILE_DIRECTORIES: Final = 32

# The map in force and the one before, which pages opened earlier still draw.
MAX_TILE_VERSIONS: Final = 2

# --- coverage (maps.coverage) -----------------------------------------------------------------
# The grid on which isochrones are drawn: a county of 40 x 45 km in squares of 17 m, 24 MB while it
# is drawn. Larger areas are drawn in larger squares, and say so.
MAX_RASTER_CELLS: Final = 6_000_000

# A map key shows five or so; each is an outline of thousands of corners.
MAX_ISOCHRONES: Final = 12

# No emergency drive is planned over four hours; beyond it every county is reached anyway.
MAX_ISOCHRONE_MIN: Final = 240.0

# A county of 100 x 200 km in cells of 1 km; each has a demand for every hour of the week.
MAX_CELLS: Final = 20_000

# Calls of ten years; before that the county was another one, and the loop over its hours ends.
MAX_DEMAND_DAYS: Final = 3_660

# --- map matching (maps.matching) -------------------------------------------------------------
# A day of one vehicle at one fix a second; more is several vehicles or days in one trace.
MAX_TRACE_FIXES: Final = 90_000

# A month of a fleet as CSV; the longest line is a hundred characters or so.
MAX_TRACE_BYTES: Final = 200_000_000
MAX_TRACE_LINE_BYTES: Final = 2_000

# Lengths between junctions that are remembered, some 20 MB; the next fix asks for the same ones.
MAX_MATCH_WAYS: Final = 200_000

# Fixes of a drive that are read in every datum; a kilometre or two, and milliseconds each time.
MAX_DATUM_FIXES: Final = 200

# --- learned travel times (maps.network.drives) ------------------------------------------------
# Ten years of a county's drives; each is routed twice, a minute for every 30,000.
MAX_DRIVES: Final = 200_000
