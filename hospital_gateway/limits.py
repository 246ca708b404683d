"""Limits of hospital_gateway, each with its reason.

What lives here: the largest input or longest promise each function of this package accepts. What
does not: clinical and operational times, which have an owner and stand in `policy.py`.
"""

from typing import Final

# A prefecture has about 100 hospitals that take ambulances; more candidates than this are a
# mistake of the caller, and the nearest ones are what a crew can use. Only these are compared.
MAX_CANDIDATES: Final = 200

# Nobody weighs more than a few "what if"s while driving; each costs one more comparison of all.
MAX_WHAT_IFS: Final = 4

# A hold is a promise about an inbound patient. No drive inside a prefecture takes longer than this,
# so a later expiry is a wrong clock or a wrong ETA and must not lock a bed for a day.
MAX_BED_HOLD_S: Final = 4 * 3600
