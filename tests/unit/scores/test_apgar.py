"""The Apgar score: items, bounds, and the red flag that waits for what is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.scores.apgar import LOINC, PARTS, ApgarInput, is_at_most, score


def test_reference_vectors() -> None:
    dead = score(ApgarInput(heart_rate_per_min=0, breathing=0, tone=0, reflex=0, colour=0))
    well = score(ApgarInput(heart_rate_per_min=120, breathing=2, tone=2, reflex=2, colour=1))
    assert (dead.total, dead.missing) == (0, ())
    assert (well.total, well.lower_bound, well.upper_bound) == (9, 9, 9)
    assert well.parts == {"hr": 2, "resp": 2, "tone": 2, "reflex": 2, "colour": 1}


@pytest.mark.parametrize(
    ("rate", "points"), [(0, 0), (0.5, 1), (1, 1), (60, 1), (99, 1), (99.9, 1), (100, 2), (180, 2)]
)
def test_heart_rate(rate: float, points: int) -> None:
    assert score(ApgarInput(heart_rate_per_min=rate)).parts["hr"] == points


def test_trap_08_missing_items_leave_two_bounds() -> None:
    found = score(ApgarInput(heart_rate_per_min=60, breathing=1))
    assert (found.total, found.lower_bound, found.upper_bound) == (None, 2, 8)
    assert found.missing == ("tone", "reflex", "colour")
    assert score(ApgarInput()).missing == PARTS


def test_a_limit_is_decided_only_when_missing_points_cannot_change_it() -> None:
    three = score(ApgarInput(heart_rate_per_min=60, breathing=1, tone=1, reflex=0, colour=0))
    assert (is_at_most(three, 3), is_at_most(three, 2)) == (True, False)
    one_open = score(ApgarInput(heart_rate_per_min=0, breathing=0, tone=1, reflex=0))
    assert (is_at_most(one_open, 3), is_at_most(one_open, 2)) == (True, None)
    assert (is_at_most(one_open, 1), is_at_most(one_open, 0)) == (None, False)


def test_codes_by_minute() -> None:
    assert LOINC == {1: "48334-7", 5: "48333-9", 10: "48332-1"}


@given(st.lists(st.none() | st.integers(0, 2), min_size=4, max_size=4), st.integers(0, 10))
def test_removing_an_item_only_widens(items: list[int | None], limit: int) -> None:
    breathing, tone, reflex, colour = items
    whole = score(
        ApgarInput(
            heart_rate_per_min=120, breathing=breathing, tone=tone, reflex=reflex, colour=colour
        )
    )
    less = score(ApgarInput(heart_rate_per_min=120, breathing=breathing, tone=tone, reflex=reflex))
    assert less.lower_bound <= whole.lower_bound
    assert less.upper_bound >= whole.upper_bound
    assert is_at_most(less, limit) in {None, is_at_most(whole, limit)}
