"""Shock index: adult, obstetric, trauma and SIPA, each on both sides of every cut."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.scores.shock_index import ShockIndex, Sipa, shock_index, sipa


def test_one_index_in_full() -> None:
    assert shock_index(70, 120, 40) == ShockIndex(
        index=0.583,
        obstetric="reassuring",
        adult="reassuring",
        is_rate_above_pressure=False,
        is_trauma_red=False,
        missing=(),
    )


@pytest.mark.parametrize(
    ("rate", "index", "obstetric", "adult"),
    [
        (0, 0.0, "reassuring", "reassuring"),
        (89, 0.89, "reassuring", "reassuring"),
        (89.99, 0.9, "reassuring", "reassuring"),
        (90, 0.9, "alert", "alert"),
        (99.99, 1.0, "alert", "alert"),
        (100, 1.0, "alert", "strong"),
        (169, 1.69, "alert", "strong"),
        (169.99, 1.7, "alert", "strong"),
        (170, 1.7, "urgent", "strong"),
        (300, 3.0, "urgent", "strong"),
    ],
)
def test_trap_11_classes_go_by_the_exact_ratio(
    rate: float, index: float, obstetric: str, adult: str
) -> None:
    found = shock_index(rate, 100)
    assert (found.index, found.obstetric, found.adult) == (index, obstetric, adult)


@pytest.mark.parametrize(
    ("rate", "pressure", "obstetric"),
    [(80.1, 89, "alert"), (63, 70, "alert"), (151.3, 89, "urgent"), (62.9, 70, "reassuring")],
)
def test_the_ratio_is_decimal(rate: float, pressure: float, obstetric: str) -> None:
    assert shock_index(rate, pressure).obstetric == obstetric


@pytest.mark.parametrize(
    ("rate", "pressure", "missing"),
    [
        (110, None, ("sbp",)),
        (80, 0, ("sbp",)),
        (80, 0.99, ("sbp",)),
        (80, -5, ("sbp",)),
        (None, 120, ("hr",)),
        (None, None, ("hr", "sbp")),
    ],
)
def test_without_two_values_there_is_no_index(
    rate: float | None, pressure: float | None, missing: tuple[str, ...]
) -> None:
    assert shock_index(rate, pressure, 40) == ShockIndex(
        index=None,
        obstetric=None,
        adult=None,
        is_rate_above_pressure=None,
        is_trauma_red=None,
        missing=missing,  # type: ignore[arg-type]
    )


def test_a_pressure_of_1_is_one() -> None:
    assert shock_index(80, 1).index == 80.0


@pytest.mark.parametrize(
    ("age", "rate", "is_above", "is_red"),
    [
        (10, 101, True, True),
        (10, 100.1, True, True),
        (10, 100, False, False),
        (9.99, 101, True, None),
        (9, 101, True, None),
        (9, 99, False, None),
        (None, 101, True, None),
        (None, 100, False, None),
        (0, 150, True, None),
        (80, 99, False, False),
    ],
)
def test_trap_14_rate_above_pressure_is_red_from_10_years(
    age: float | None, rate: float, is_above: bool, is_red: bool | None
) -> None:
    found = shock_index(rate, 100, age)
    assert (found.is_rate_above_pressure, found.is_trauma_red) == (is_above, is_red)


@pytest.mark.parametrize(
    ("age", "cut"),
    [(4, 1.22), (6, 1.22), (6.99, 1.22), (7, 1.0), (12, 1.0), (12.9, 1.0), (13, 0.9), (16.9, 0.9)],
)
def test_sipa_cuts(age: float, cut: float) -> None:
    at_cut = sipa(age, cut * 100, 100)
    assert at_cut == Sipa(status="normal", index=cut, cut=cut, is_elevated=False)
    above = sipa(age, round(cut * 100 + 1), 100)
    assert above == Sipa(status="elevated", index=round(cut + 0.01, 3), cut=cut, is_elevated=True)
    barely = sipa(age, cut * 100 + 0.01, 100)
    assert (barely.status, barely.index, barely.is_elevated) == ("elevated", cut, True)


def test_sipa_is_decimal() -> None:
    assert sipa(4, 109.8, 90).status == "normal"
    assert sipa(4, 80.52, 66).status == "normal"


@pytest.mark.parametrize("age", [0, 1, 3, 3.99, 17, 17.5, 90])
def test_sipa_is_for_4_to_16_years(age: float) -> None:
    assert sipa(age, 150, 90) == Sipa(status="not_applicable")
    assert sipa(age, None, None) == Sipa(status="not_applicable")


@pytest.mark.parametrize(
    ("age", "rate", "pressure", "expected"),
    [
        (5, None, 90, Sipa(status="incomplete", cut=1.22, missing=("hr",))),
        (7, 90, None, Sipa(status="incomplete", cut=1.0, missing=("sbp",))),
        (13, 90, 0, Sipa(status="incomplete", cut=0.9, missing=("sbp",))),
        (None, 90, 100, Sipa(status="incomplete", index=0.9, missing=("age",))),
        (None, None, None, Sipa(status="incomplete", missing=("age", "hr", "sbp"))),
    ],
)
def test_sipa_incomplete(
    age: float | None, rate: float | None, pressure: float | None, expected: Sipa
) -> None:
    assert sipa(age, rate, pressure) == expected


RATE = st.none() | st.floats(0, 1e308) | st.integers(0, 300)
AGE = st.none() | st.floats(0, 120) | st.integers(0, 120)


@given(RATE, RATE, AGE)
def test_no_input_raises_and_missing_says_why(
    rate: float | None, pressure: float | None, age: float | None
) -> None:
    found = shock_index(rate, pressure, age)
    assert (found.index is None) == bool(found.missing)
    child = sipa(age, rate, pressure)
    assert (child.is_elevated is None) == (child.status in {"incomplete", "not_applicable"})
    assert bool(child.missing) == (child.status == "incomplete")


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 300))
def test_a_faster_rate_is_never_a_milder_class(one: int, other: int, pressure: int) -> None:
    slow, fast = sorted((one, other))
    order = ("reassuring", "alert", "strong", "urgent")
    below, above = shock_index(slow, pressure, 40), shock_index(fast, pressure, 40)
    assert order.index(below.obstetric or "") <= order.index(above.obstetric or "")
    assert order.index(below.adult or "") <= order.index(above.adult or "")
    assert (below.is_trauma_red or False) <= (above.is_trauma_red or False)
    assert above.index == round(fast / pressure, 3)
    assert above.is_trauma_red == (Fraction(fast, pressure) > 1)
