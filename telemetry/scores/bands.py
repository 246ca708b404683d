"""What the score tables share: bands with points, and rounding as people round. Pure.

A table is written as it is printed, the highest value of each band with its points, in the steps in
which the chart counts (whole beats, tenths of a degree). Missing stays missing: None in, None out.
Rounding is decimal: what counts is the number the device sent (36.05), not its binary neighbour.

A score that is asked on every sample does not round at all: it compares the raw value with the
first number that would no longer round into a band (`column`), which comes to the same.

Not here: the tables themselves, which stand in the module of their score.
"""

import math
from bisect import bisect_right
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

Bands = tuple[tuple[float, int], ...]
"""(highest value of the band, points), rising; the last band is open (``math.inf``)."""

_NO_TENTHS_FROM = 1e15  # a float from here on has no tenths worth the name


class Column(NamedTuple):
    """Bands for raw values: band ``n`` ends below ``ends[n]``; the last one has no end."""

    ends: tuple[float, ...]
    points: tuple[int, ...]


def points(bands: Bands, value: float | None) -> int | None:
    """The points of ``value``, already rounded to the steps of ``bands``; None stays None."""
    if value is None:
        return None
    return next((score for top, score in bands if value <= top), bands[-1][1])


def half_up(value: float | None) -> float | None:
    """To a whole number, halves upwards: 8.5 is 9, 8.4 is 8; None and infinity stay."""
    if value is None or not math.isfinite(value):
        return value
    whole = math.floor(value)
    return whole + (value - whole >= 0.5)


def to_tenth(value: float | None) -> float | None:
    """To 0.1, halves upwards on the decimal number: 36.05 is 36.1; None and infinity stay."""
    if value is None or not abs(value) < _NO_TENTHS_FROM:
        return value
    return float(Decimal(repr(value)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def column(bands: Bands, beyond: str) -> Column:
    """``bands`` for values that were not rounded.

    ``beyond`` is how far past its printed top a band ends: half a step ("0.5", "0.05") rounds half
    up, a whole step ("1") rounds down.
    """
    ends = tuple(float(Decimal(repr(top)) + Decimal(beyond)) for top, _points in bands[:-1])
    return Column(ends, tuple(score for _top, score in bands))


def raw_points(bands: Column, value: float | None) -> int | None:
    """The points of a raw ``value``; None stays None."""
    return None if value is None else bands.points[bisect_right(bands.ends, value)]
