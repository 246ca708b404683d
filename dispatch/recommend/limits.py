"""Limits of dispatch.recommend, each with its reason."""

from typing import Final

# A dispatcher reads one advice and a few alternatives; the contract promises at most six options.
MAX_UNIT_OPTIONS: Final = 6

# Evidence stays in the log for ever; the options that anybody could have been shown are enough.
MAX_EVIDENCE_OPTIONS: Final = 8

# Beyond a large city's fleet ten times over; only the nearest ones are compared.
MAX_UNIT_CANDIDATES: Final = 2_000

# Kinds, skills and equipment together, as the bits of one signed 64-bit number.
MAX_WORDS: Final = 62

# A municipality's worst hour; a dense problem of 1,000 rows and 3,000 units is solved in 20 ms.
MAX_OPEN_ROWS: Final = 2_000
MAX_UNITS: Final = 10_000

# A fixed plan for a municipality: the greedy one takes a second for 600 posts and 20,000 cells.
MAX_PLAN_UNITS: Final = 3_000

# Beyond this HiGHS may take minutes; a person waits for a plan, but not so long.
MAX_EXACT_VARIABLES: Final = 20_000

# Vehicles that one call can ask for; beyond, a major incident is led by its own plan.
MAX_ROLES: Final = 60
