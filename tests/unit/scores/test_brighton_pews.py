"""Brighton PEWS against the vectors of the reference (Monaghan 2005) and its boundaries."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.scores.brighton_pews import (
    BEHAVIOUR,
    COLOUR,
    EFFORT,
    PARTS,
    BrightonInput,
    BrightonResult,
    score,
)

NORMAL = BrightonInput(behaviour="playing", colour="pink", capillary_refill_s=2, effort="normal")


def scored(**changes: Any) -> BrightonResult:
    return score(msgspec.structs.replace(NORMAL, **changes))


@pytest.mark.parametrize(
    ("observed", "total"),
    [
        (NORMAL, 0),
        (BrightonInput(behaviour="sleeping", colour="pale", resp_rate_over_per_min=11), 3),
        (
            BrightonInput(behaviour="irritable", capillary_refill_s=4, resp_rate_over_per_min=21),
            6,
        ),
        (
            BrightonInput(
                behaviour="lethargic",
                capillary_refill_s=5,
                effort="grunting",
                resp_rate_over_per_min=-5,
            ),
            9,
        ),
        (
            BrightonInput(
                behaviour="lethargic",
                capillary_refill_s=5,
                effort="grunting",
                resp_rate_over_per_min=-5,
                is_nebulised_quarter_hourly=True,
            ),
            11,
        ),
    ],
)
def test_reference_vectors(observed: BrightonInput, total: int) -> None:
    found = score(observed)
    assert (found.total, found.lower_bound, found.missing) == (total, total, ())


def test_heart_rate_over_normal() -> None:
    for over, points in {-50: 0, 0: 0, 19: 0, 19.9: 0, 20: 2, 29.9: 2, 30: 3, 60: 3}.items():
        found = scored(heart_rate_over_per_min=over)
        assert found.parts["cardiovascular"] == points, over
    assert scored(is_bradycardic=True).parts["cardiovascular"] == 3
    assert scored(is_bradycardic=False).parts["cardiovascular"] == 0


def test_words_and_refill() -> None:
    for word, points in {"playing": 0, "sleeping": 1, "irritable": 2, "lethargic": 3}.items():
        assert scored(behaviour=word).parts["behaviour"] == points
    for word, points in {"pink": 0, "pale": 1, "grey": 2, "mottled": 3}.items():
        assert scored(colour=word).parts["cardiovascular"] == points
    for seconds, points in {0: 0, 1: 0, 2: 0, 2.1: 1, 3: 1, 3.1: 2, 4: 2, 4.1: 3, 5: 3}.items():
        assert scored(capillary_refill_s=seconds).parts["cardiovascular"] == points, seconds


def test_breathing() -> None:
    for over, points in {-9: 0, 0: 0, 10: 0, 10.1: 1, 20: 1, 20.1: 2, 50: 2}.items():
        assert scored(resp_rate_over_per_min=over).parts["respiratory"] == points, over
    words = {"normal": 0, "accessory": 1, "recession": 2, "tracheal_tug": 2}
    for word, points in {**words, "sternal_recession": 2, "grunting": 2}.items():
        assert scored(effort=word).parts["respiratory"] == points, word
        tiring = scored(effort=word, resp_rate_over_per_min=-5).parts["respiratory"]
        assert tiring == (3 if word in {"sternal_recession", "grunting"} else points), word
        assert scored(effort=word, resp_rate_over_per_min=-4.9).parts["respiratory"] == points
    for pct, points in {21: 0, 29.9: 0, 30: 1, 39.9: 1, 40: 2, 49.9: 2, 50: 3, 100: 3}.items():
        assert scored(oxygen_pct=pct).parts["respiratory"] == points, pct


def test_two_more_points_once() -> None:
    assert scored(is_vomiting_after_surgery=True).extra == 2
    both = scored(is_vomiting_after_surgery=True, is_nebulised_quarter_hourly=True)
    assert (both.extra, both.total) == (2, 2)
    no = scored(is_vomiting_after_surgery=False, is_nebulised_quarter_hourly=False)
    assert (no.extra, no.total) == (0, 0)


def test_trap_08_what_tells_nothing_leaves_the_part_missing() -> None:
    found = score(BrightonInput(heart_rate_over_per_min=19, is_bradycardic=False, oxygen_pct=21))
    assert (found.total, found.lower_bound, found.missing) == (None, 0, PARTS)
    scoring = score(BrightonInput(heart_rate_over_per_min=20, oxygen_pct=30))
    assert scoring.parts == {"behaviour": None, "cardiovascular": 2, "respiratory": 1}
    assert (scoring.total, scoring.lower_bound) == (None, 3)
    assert score(BrightonInput(effort="grunting")).parts["respiratory"] == 2


_numbers = st.none() | st.floats(-100, 100)
_words = BrightonInput.__struct_fields__


@given(
    st.builds(
        BrightonInput,
        behaviour=st.none() | st.sampled_from(sorted(BEHAVIOUR)),
        colour=st.none() | st.sampled_from(sorted(COLOUR)),
        capillary_refill_s=st.none() | st.floats(0, 10),
        heart_rate_over_per_min=_numbers,
        is_bradycardic=st.none() | st.booleans(),
        resp_rate_over_per_min=_numbers,
        effort=st.none() | st.sampled_from(sorted(EFFORT)),
        oxygen_pct=st.none() | st.floats(0, 100),
        is_nebulised_quarter_hourly=st.none() | st.booleans(),
        is_vomiting_after_surgery=st.none() | st.booleans(),
    ),
    st.sampled_from(_words),
)
def test_removing_a_value_never_raises_the_lower_bound(observed: BrightonInput, name: str) -> None:
    whole, less = score(observed), score(msgspec.structs.replace(observed, **{name: None}))
    assert less.lower_bound <= whole.lower_bound <= 11
    assert set(whole.missing) <= set(less.missing)
