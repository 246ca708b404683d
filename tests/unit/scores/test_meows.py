"""MEOWS: three colours by configurable limits, one red or two yellow (CEMACH; Singh 2012)."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.scores.meows import Colours, MeowsInput, MeowsResult, MeowsThresholds, score

NORMAL = MeowsInput(
    resp_rate_per_min=16,
    spo2_pct=98,
    temperature_cel=37.0,
    systolic_mmhg=120,
    diastolic_mmhg=75,
    pulse_per_min=80,
    acvpu="A",
)
FIELDS = {
    "resp_rate_per_min": "rr",
    "spo2_pct": "spo2",
    "temperature_cel": "temp",
    "systolic_mmhg": "sbp",
    "diastolic_mmhg": "dbp",
    "pulse_per_min": "pulse",
    "acvpu": "alert",
}


def found(**changes: Any) -> MeowsResult:
    return score(msgspec.structs.replace(NORMAL, **changes))


def test_normal_findings_in_full() -> None:
    assert score(NORMAL) == MeowsResult(
        red=0,
        yellow=0,
        is_triggered=False,
        missing=(),
        colours=dict.fromkeys(("rr", "spo2", "temp", "sbp", "dbp", "pulse", "alert"), "W"),
    )


@pytest.mark.parametrize(
    ("field", "red", "yellow", "white"),
    [
        ("resp_rate_per_min", (0, 9, 9.9, 30.1, 31), (20.5, 21, 30), (10, 20)),
        ("spo2_pct", (0, 70, 94, 94.9), (), (95, 100)),
        ("temperature_cel", (34.9, 38.05, 38.1, 41), (35, 35.0, 36, 36.05), (36.1, 37, 38, 38.0)),
        (
            "systolic_mmhg",
            (0, 89, 89.9, 160.1, 161),
            (90, 95, 100, 100.9, 149.1, 150, 160),
            (101, 149),
        ),
        ("diastolic_mmhg", (100.1, 101, 140), (89.5, 90, 100), (0, 40, 89)),
        (
            "pulse_per_min",
            (0, 39, 39.9, 120.1, 121),
            (40, 50, 50.9, 99.1, 100, 120),
            (51, 99),
        ),
        ("acvpu", ("P", "U"), ("C", "V"), ("A",)),
    ],
)
def test_colours(
    field: str, red: tuple[Any, ...], yellow: tuple[Any, ...], white: tuple[Any, ...]
) -> None:
    for values, colour, counts in (
        (red, "R", (1, 0, True)),
        (yellow, "Y", (0, 1, False)),
        (white, "W", (0, 0, False)),
    ):
        for value in values:
            result = found(**{field: value})
            assert result.colours[FIELDS[field]] == colour, value  # type: ignore[index]
            assert (result.red, result.yellow, result.is_triggered) == counts, value


def test_two_yellow_trigger() -> None:
    result = found(resp_rate_per_min=21, temperature_cel=36.0)
    assert (result.red, result.yellow, result.is_triggered) == (0, 2, True)


@pytest.mark.parametrize(("field", "name"), FIELDS.items())
def test_trap_08_one_missing_finding_leaves_it_open(field: str, name: str) -> None:
    result = found(**{field: None})
    assert (result.is_triggered, result.missing) == (None, (name,))
    assert result.colours[name] is None  # type: ignore[index]


def test_a_trigger_needs_nothing_else() -> None:
    assert score(MeowsInput(systolic_mmhg=85)).is_triggered is True
    assert score(MeowsInput(systolic_mmhg=95, acvpu="V")).is_triggered is True
    assert score(MeowsInput(systolic_mmhg=95)).is_triggered is None


@pytest.mark.parametrize(("field", "colour"), [("systolic_mmhg", "R"), ("diastolic_mmhg", "W")])
def test_trap_09_a_pressure_of_zero_is_scored(field: str, colour: str) -> None:
    result = found(**{field: 0})
    assert (result.colours[FIELDS[field]], result.missing) == (colour, ())  # type: ignore[index]


def test_trap_10_thresholds_are_configuration() -> None:
    chart = MeowsThresholds(
        spo2=Colours(red_below=92, white_from=96),
        temp=Colours(red_below=35, white_from=36, white_to=37.4, red_above=38),
        yellow_alert=(),
        red_alert=("C", "V", "P", "U"),
    )
    observed = msgspec.structs.replace(NORMAL, spo2_pct=94, temperature_cel=37.5, acvpu="V")
    result = score(observed, chart)
    assert result.colours == {**score(NORMAL).colours, "spo2": "Y", "temp": "Y", "alert": "R"}
    assert (result.red, result.yellow) == (1, 2)


def test_a_chart_without_an_alert_colour_is_white_there() -> None:
    chart = MeowsThresholds(yellow_alert=())
    assert score(msgspec.structs.replace(NORMAL, acvpu="V"), chart).colours["alert"] == "W"


@pytest.mark.parametrize(
    "limits",
    [
        {"red_below": 50, "white_from": 40},
        {"white_from": 100, "white_to": 90},
        {"white_to": 90, "red_above": 80},
        {"red_below": 50, "red_above": 40},
    ],
)
def test_limits_that_do_not_rise_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"^limits must rise from red to white to red, got"):
        Colours(**limits)


def test_limits_may_touch() -> None:
    touching = Colours(red_below=10, white_from=10, white_to=10, red_above=10)
    assert (touching.red_below, touching.red_above) == (10, 10)


NUMBER = st.none() | st.integers(0, 300) | st.floats(min_value=-1e308, max_value=1e308)
OBSERVED = st.builds(
    MeowsInput,
    resp_rate_per_min=NUMBER,
    spo2_pct=NUMBER,
    temperature_cel=NUMBER,
    systolic_mmhg=NUMBER,
    diastolic_mmhg=NUMBER,
    pulse_per_min=NUMBER,
    acvpu=st.sampled_from([None, "A", "C", "V", "P", "U"]),
)


@given(OBSERVED, st.sampled_from(sorted(FIELDS)))
def test_a_finding_removed_only_widens(observed: MeowsInput, field: str) -> None:
    complete = score(observed)
    less = score(msgspec.structs.replace(observed, **{field: None}))
    assert less.red <= complete.red
    assert less.yellow <= complete.yellow
    assert set(complete.missing) <= set(less.missing)
    assert less.is_triggered in {None, complete.is_triggered}


@given(OBSERVED)
def test_the_counts_are_those_of_the_colours(observed: MeowsInput) -> None:
    result = score(observed)
    each = list(result.colours.values())
    assert (result.red, result.yellow) == (each.count("R"), each.count("Y"))
    assert result.missing == tuple(p for p, colour in result.colours.items() if colour is None)


@given(st.floats(0, 300), st.floats(0, 300))
def test_the_further_from_white_the_worse(one: float, other: float) -> None:
    near, far = sorted((one, other))
    for field, centre in (
        ("resp_rate_per_min", 15),
        ("temperature_cel", 37),
        ("systolic_mmhg", 120),
        ("pulse_per_min", 75),
    ):
        for sign in (-1, 1):
            nearer = _colour(field, centre + sign * near)
            farther = _colour(field, centre + sign * far)
            assert "WYR".index(nearer) <= "WYR".index(farther)


def _colour(field: str, value: float) -> str:
    colours: dict[Any, Any] = dict(found(**{field: value}).colours)
    return str(colours[FIELDS[field]])
