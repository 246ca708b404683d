"""Bounds of dispatch.simulation, each with its reason."""

from typing import Final

# 2.9 million: a million service times of the closed-form cases, thrice over, fit into one process.
MAX_CALLS: Final = 3_000_000

# A municipality's fleet; the published policies compare every unit with every call.
MAX_UNITS: Final = 3_000

# A call that no policy serves would keep the clock running for ever: three days after the last
# call the run ends with an error that names it.
MAX_IDLE_TAIL_MS: Final = 3 * 24 * 3_600_000

# A diverted unit that is diverted again at the same instant, and again, is a policy that cycles.
MAX_ORDERS_AT_ONCE: Final = 10_000

# Ways through a road network that are kept: one an ongoing journey, with room for those to come.
MAX_WAYS_KEPT: Final = 50_000

# Days one run may have: ten years, beyond which a typing error is likelier than a wish.
MAX_DAYS: Final = 3_660

# Replications of one comparison.
MAX_REPLICATIONS: Final = 1_000

# Rows of a call log that are read: ten years of a large city.
MAX_LOG_ROWS: Final = 5_000_000
