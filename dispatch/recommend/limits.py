"""Limits of dispatch.recommend, each with its reason."""

from typing import Final

# A dispatcher reads one advice and a few alternatives; the contract promises at most six options.
MAX_UNIT_OPTIONS: Final = 6

# Evidence stays in the log for ever; the options that anybody could have been shown are enough.
MAX_EVIDENCE_OPTIONS: Final = 8

# Beyond a large city's fleet ten times over; only the nearest ones are compared.
MAX_UNIT_CANDIDATES: Final = 2_000
