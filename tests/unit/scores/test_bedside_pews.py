"""Bedside PEWS against table 1 of Parshuram 2009: limits on both sides, what is missing."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.scores.bedside_pews import (
    BANDS,
    PARTS,
    BedsideInput,
    BedsideResult,
    band_of,
    score,
)
from telemetry.scores.whom import Age

NORMAL = BedsideInput(
    band="1-4y",
    heart_rate_per_min=100,
    systolic_mmhg=100,
    capillary_refill_s=2,
    resp_rate_per_min=30,
    effort="normal",
    spo2_pct=98,
    oxygen="air",
)
# (from here 1, 2, 4) and (to here 1, 2, 4), retyped from the reference for the test.
TABLE: dict[str, dict[str, tuple[tuple[int, int, int], tuple[int, int, int]]]] = {
    "hr": {
        "0-<3m": ((150, 180, 190), (110, 90, 80)),
        "3-<12m": ((150, 170, 180), (100, 80, 70)),
        "1-4y": ((120, 150, 170), (90, 70, 60)),
        ">4-12y": ((110, 130, 150), (70, 60, 50)),
        ">12y": ((100, 120, 140), (60, 50, 40)),
    },
    "sbp": {
        "0-<3m": ((80, 100, 130), (60, 50, 45)),
        "3-<12m": ((100, 120, 150), (80, 70, 60)),
        "1-4y": ((110, 125, 160), (90, 75, 65)),
        ">4-12y": ((120, 140, 170), (90, 80, 70)),
        ">12y": ((130, 150, 190), (100, 85, 75)),
    },
    "rr": {
        "0-<3m": ((61, 81, 91), (29, 19, 15)),
        "3-<12m": ((51, 71, 81), (24, 19, 15)),
        "1-4y": ((41, 61, 71), (19, 15, 12)),
        ">4-12y": ((31, 41, 51), (19, 14, 10)),
        ">12y": ((17, 23, 30), (11, 10, 9)),
    },
}
_FIELD = {"rr": "resp_rate_per_min", "hr": "heart_rate_per_min", "sbp": "systolic_mmhg"}
_POINTS = (0, 1, 2, 4)


def scored(**changes: Any) -> BedsideResult:
    return score(msgspec.structs.replace(NORMAL, **changes))


@pytest.mark.parametrize("part", TABLE)
@pytest.mark.parametrize("band", BANDS)
def test_every_limit_on_both_sides(part: str, band: str) -> None:
    highs, lows = TABLE[part][band]
    for value in range(260):
        place = max(sum(value >= high for high in highs), sum(value <= low for low in lows))
        found = scored(band=band, **{_FIELD[part]: value}).parts[part]  # type: ignore[index]
        assert found == _POINTS[place], value
    just_inside = scored(band=band, **{_FIELD[part]: highs[0] - 0.5})
    assert just_inside.parts[part] == 0  # type: ignore[index]


def test_items_at_every_age() -> None:
    for seconds, points in {0: 0, 2.9: 0, 3: 4, 5: 4}.items():
        assert scored(capillary_refill_s=seconds).parts["crt"] == points, seconds
    for word, points in {"normal": 0, "mild": 1, "moderate": 2, "severe": 4}.items():
        assert scored(effort=word).parts["effort"] == points
    for pct, points in {0: 2, 90: 2, 90.9: 2, 91: 1, 94: 1, 94.1: 0, 95: 0}.items():
        assert scored(spo2_pct=pct).parts["spo2"] == points, pct
    for word, points in {"air": 0, "<4L": 2, ">=4L": 4}.items():
        assert scored(oxygen=word).parts["o2"] == points


def test_the_highest_score_is_26() -> None:
    found = scored(heart_rate_per_min=200, systolic_mmhg=40, capillary_refill_s=4,
                   resp_rate_per_min=90, effort="severe", spo2_pct=80, oxygen=">=4L")  # fmt: skip
    assert (found.total, found.is_high) == (26, True)


def test_high_from_8() -> None:
    seven = {"oxygen": ">=4L", "effort": "moderate", "spo2_pct": 92}
    assert (scored(**seven).total, scored(**seven).is_high) == (7, False)
    assert scored(**seven, heart_rate_per_min=120).is_high is True


def test_trap_08_missing_has_a_lower_bound_and_may_still_be_high() -> None:
    found = scored(systolic_mmhg=None, oxygen="<4L")
    assert (found.total, found.lower_bound, found.missing) == (None, 2, ("sbp",))
    assert found.parts["sbp"] is None
    assert found.is_high is False
    assert scored(systolic_mmhg=None, oxygen=">=4L").is_high is None
    assert scored(spo2_pct=None, oxygen=">=4L", heart_rate_per_min=120).is_high is False
    assert scored(spo2_pct=None, oxygen=">=4L", heart_rate_per_min=150).is_high is None
    assert scored(spo2_pct=None, oxygen=">=4L", capillary_refill_s=3).is_high is True
    assert score(BedsideInput()).missing == PARTS
    assert scored(band=None).missing == ("hr", "sbp", "rr")


def test_trap_09_zero_is_measured() -> None:
    found = scored(heart_rate_per_min=0, systolic_mmhg=0, resp_rate_per_min=0, spo2_pct=0)
    assert (found.total, found.missing) == (14, ())


def test_bands_by_age() -> None:
    for months, band in {0: "0-<3m", 2: "0-<3m", 3: "3-<12m", 11: "3-<12m", 12: "1-4y"}.items():
        assert band_of(Age(years=months // 12, months=months)) == band, months
    for years, band in {1: "1-4y", 4: "1-4y", 5: ">4-12y", 12: ">4-12y", 13: ">12y"}.items():
        assert band_of(Age(years=years)) == band, years
    assert band_of(Age()) is None
    assert band_of(Age(years=0)) is None


_numbers = st.none() | st.floats(0, 300)


@given(
    st.builds(
        BedsideInput,
        band=st.none() | st.sampled_from(BANDS),
        heart_rate_per_min=_numbers,
        systolic_mmhg=_numbers,
        capillary_refill_s=_numbers,
        resp_rate_per_min=_numbers,
        effort=st.none() | st.sampled_from(["normal", "mild", "moderate", "severe"]),
        spo2_pct=_numbers,
        oxygen=st.none() | st.sampled_from(["air", "<4L", ">=4L"]),
    ),
    st.sampled_from(BedsideInput.__struct_fields__),
)
def test_removing_a_value_only_widens(observed: BedsideInput, name: str) -> None:
    whole, less = score(observed), score(msgspec.structs.replace(observed, **{name: None}))
    assert less.lower_bound <= whole.lower_bound <= 26
    assert less.is_high in {None, whole.is_high}
