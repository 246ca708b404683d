"""Bands and rounding: decimal halves go up, missing stays missing, raw columns equal rounding."""

import math
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from telemetry.scores.bands import Bands, column, half_up, points, raw_points, to_tenth

WHOLE: Bands = ((8, 3), (11, 1), (20, 0), (math.inf, 2))
TENTHS: Bands = ((35.0, 3), (36.0, 1), (38.0, 0), (math.inf, 2))
ANY_VALUE = st.floats(min_value=-1e9, max_value=1e9) | st.integers(0, 60_000).map(
    lambda hundredths: hundredths / 100
)


@pytest.mark.parametrize(
    ("value", "score"), [(-5, 3), (8, 3), (9, 1), (11, 1), (12, 0), (20, 0), (21, 2), (1e300, 2)]
)
def test_points(value: float, score: int) -> None:
    assert points(WHOLE, value) == score
    assert raw_points(column(WHOLE, "0.5"), value) == score


def test_missing_stays_missing() -> None:
    assert points(WHOLE, None) is None
    assert raw_points(column(WHOLE, "0.5"), None) is None
    assert half_up(None) is None
    assert to_tenth(None) is None


def test_no_band_for_no_number_still_answers() -> None:
    assert points(WHOLE, math.nan) == 2


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (8, 8),
        (8.4, 8),
        (8.49, 8),
        (8.5, 9),
        (9.5, 10),
        (0, 0),
        (0.49999999999999994, 0),
        (-1.5, -1),
        (-1.6, -2),
        (1e300, 1e300),
        (math.inf, math.inf),
        (-math.inf, -math.inf),
    ],
)
def test_half_up(value: float, rounded: float) -> None:
    assert half_up(value) == rounded


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (36, 36.0),
        (36.04, 36.0),
        (36.05, 36.1),
        (38.95, 39.0),
        (35.15, 35.2),
        (35.25, 35.3),
        (0.05, 0.1),
        (0, 0),
        (1e15, 1e15),
        (1e300, 1e300),
        (math.inf, math.inf),
        (-math.inf, -math.inf),
    ],
)
def test_to_tenth(value: float, rounded: float) -> None:
    assert to_tenth(value) == rounded


@given(st.integers(0, 10_000_000))
def test_tenths_are_decimal_whatever_the_binary_form(hundredths: int) -> None:
    rounded = to_tenth(hundredths / 100)
    assert rounded is not None
    assert Fraction(repr(rounded)) == Fraction((hundredths + 5) // 10, 10)


def test_a_column_ends_beyond_its_printed_top() -> None:
    assert column(WHOLE, "0.5") == ((8.5, 11.5, 20.5), (3, 1, 0, 2))
    assert column(TENTHS, "0.05").ends == (35.05, 36.05, 38.05)
    assert column(WHOLE, "1").ends == (9, 12, 21)


@given(ANY_VALUE)
@example(8.5)
@example(8.499999999999998)
@example(36.05)
@example(36.049999999999994)
def test_a_raw_column_equals_rounding_first(value: float) -> None:
    assert raw_points(column(WHOLE, "0.5"), value) == points(WHOLE, half_up(value))
    assert raw_points(column(TENTHS, "0.05"), value) == points(TENTHS, to_tenth(value))
    assert raw_points(column(WHOLE, "1"), value) == points(WHOLE, math.floor(value))


@pytest.mark.parametrize(
    ("value", "whole"), [(1.2, 1), (1.49, 1), (1.5, 2), (1.7, 2), (-1.5, -1), (-1.7, -2), (3, 3)]
)
def test_half_up_rounds_at_and_above_the_half(value: float, whole: int) -> None:
    assert half_up(value) == whole
