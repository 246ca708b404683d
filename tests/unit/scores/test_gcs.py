"""GCS: no total without three tested components; motor below 6 for trauma."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.scores.gcs import AVPU_NEAR_GCS, Gcs, Score, score

NOTE = "component not testable/missing: report E,V,M separately"


@pytest.mark.parametrize(
    ("eyes", "verbal", "motor", "total"),
    [(4, 5, 6, 15), (1, 1, 1, 3), (3, 4, 5, 12), (1, 5, 6, 12)],
)
def test_totals(eyes: int, verbal: int, motor: int, total: int) -> None:
    assert score(eyes, verbal, motor) == Gcs(
        total=total, missing=(), is_motor_below_6=motor < 6, note=None
    )


@pytest.mark.parametrize(
    ("given_scores", "missing", "is_below"),
    [
        ((4, 5, None), ("m",), None),
        ((4, "NT", 6), ("v",), False),
        (("NT", 5, 5), ("e",), True),
        ((4, 5, "NT"), ("m",), None),
        ((None, "NT", 1), ("e", "v"), True),
        ((None, None, None), ("e", "v", "m"), None),
    ],
)
def test_no_total_without_three_components(
    given_scores: tuple[Score | None, Score | None, Score | None],
    missing: tuple[str, ...],
    is_below: bool | None,
) -> None:
    assert score(*given_scores) == Gcs(
        total=None,
        missing=missing,  # type: ignore[arg-type]
        is_motor_below_6=is_below,
        note=NOTE,
    )


@pytest.mark.parametrize(
    ("given_scores", "said"),
    [
        ((5, 5, 6), "e: expected 1 to 4, got 5"),
        ((0, 5, 6), "e: expected 1 to 4, got 0"),
        ((4, 6, 6), "v: expected 1 to 5, got 6"),
        ((4, 0, None), "v: expected 1 to 5, got 0"),
        ((4, 5, 7), "m: expected 1 to 6, got 7"),
        (("NT", 5, 0), "m: expected 1 to 6, got 0"),
    ],
)
def test_out_of_range_is_refused(
    given_scores: tuple[Score | None, Score | None, Score | None], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        score(*given_scores)


def test_trap_13_motor_below_6_and_not_the_total_counts() -> None:
    assert score(4, 5, 5).is_motor_below_6 is True
    assert score(1, 1, 6).is_motor_below_6 is False
    assert score(4, 5, 1).is_motor_below_6 is True
    assert score(1, 1, None).is_motor_below_6 is None


def test_avpu_beside_gcs() -> None:
    assert AVPU_NEAR_GCS == {"A": 15, "V": 13, "P": 8, "U": 3}


def component(highest: int) -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(1, highest)


@given(component(4), component(5), component(6))
def test_every_reading_is_answered(eyes: int | None, verbal: int | None, motor: int | None) -> None:
    found = score(eyes, verbal, motor)
    is_whole = None not in (eyes, verbal, motor)
    assert (found.total is not None, found.note is None, not found.missing) == (is_whole,) * 3
    assert found.total is None or 3 <= found.total <= 15
