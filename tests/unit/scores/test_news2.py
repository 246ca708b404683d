"""NEWS2 against the reference vectors and against boundary tables of our own (RCP 2017)."""

import json
import math
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.scores import bands, news2
from telemetry.scores.bands import half_up, to_tenth
from telemetry.scores.news2 import PARTS, News2Input, News2Result, score

VECTORS = Path(__file__).parents[3].parent / "shared" / "clinical" / "vectors.json"
_FIELDS = {
    "rr": "resp_rate_per_min",
    "spo2": "spo2_pct",
    "scale": "spo2_scale",
    "o2": "on_oxygen",
    "sbp": "systolic_mmhg",
    "hr": "pulse_per_min",
    "acvpu": "acvpu",
    "temp": "temperature_cel",
}
NORMAL = News2Input(
    resp_rate_per_min=16,
    spo2_pct=97,
    on_oxygen=False,
    systolic_mmhg=120,
    pulse_per_min=70,
    acvpu="A",
    temperature_cel=36.8,
)


def scored(**changes: Any) -> News2Result:
    return score(msgspec.structs.replace(NORMAL, **changes))


def test_reference_vectors() -> None:
    if not VECTORS.exists():
        pytest.skip("the reference vectors are not beside this checkout")
    rows = [row for row in json.loads(VECTORS.read_text()) if row["rule"] == "news2"]
    assert len(rows) >= 10
    for row in rows:
        given = {_FIELDS[name]: value for name, value in row["input"].items()}
        result = score(News2Input(**given))
        expected = row["expected"]
        found = {
            "total": result.total,
            "lower_bound": result.lower_bound,
            "red": result.is_any_red,
            "level": result.response,
            "missing": list(result.missing),
            "parts": result.parts,
        }
        assert found == expected, row["id"]


@pytest.mark.parametrize(
    ("field", "part", "table"),
    [
        (
            "resp_rate_per_min",
            "rr",
            {0: 3, 8: 3, 8.4: 3, 8.5: 1, 9: 1, 11: 1, 12: 0, 20: 0, 21: 2, 24: 2, 25: 3, 60: 3},
        ),
        (
            "spo2_pct",
            "spo2",
            {50: 3, 91: 3, 91.9: 3, 92: 2, 93: 2, 93.9: 2, 94: 1, 95: 1, 95.9: 1, 96: 0, 100: 0},
        ),
        (
            "systolic_mmhg",
            "sbp",
            {40: 3, 90: 3, 90.4: 3, 91: 2, 100: 2, 101: 1, 110: 1, 111: 0, 219: 0, 220: 3, 300: 3},
        ),
        (
            "pulse_per_min",
            "hr",
            {0: 3, 40: 3, 41: 1, 50: 1, 51: 0, 90: 0, 91: 1, 110: 1, 111: 2, 130: 2, 131: 3},
        ),
        (
            "temperature_cel",
            "temp",
            {
                24.0: 3,
                35.0: 3,
                35.04: 3,
                35.05: 1,
                36.0: 1,
                36.04: 1,
                36.05: 0,
                36.1: 0,
                38.0: 0,
                38.05: 1,
                39.0: 1,
                39.04: 1,
                39.05: 2,
                41.0: 2,
            },
        ),
    ],
)
def test_boundaries(field: str, part: str, table: dict[float, int]) -> None:
    for value, points in table.items():
        assert scored(**{field: value}).parts[part] == points, value  # type: ignore[index]


@pytest.mark.parametrize(
    ("on_oxygen", "table"),
    [
        (False, {83: 3, 84: 2, 85: 2, 86: 1, 87: 1, 88: 0, 92: 0, 93: 0, 95: 0, 97: 0, 100: 0}),
        (
            True,
            {
                83: 3,
                84: 2,
                85: 2,
                86: 1,
                87: 1,
                88: 0,
                92: 0,
                93: 1,
                94: 1,
                95: 2,
                96: 2,
                97: 3,
                100: 3,
            },
        ),
        (None, {83: 3, 84: 2, 85: 2, 86: 1, 87: 1, 88: 0, 92.9: 0, 93: None, 97: None}),
    ],
)
def test_scale_2(on_oxygen: bool | None, table: dict[float, int | None]) -> None:
    for spo2_pct, points in table.items():
        result = scored(spo2_pct=spo2_pct, spo2_scale=2, on_oxygen=on_oxygen)
        assert result.parts["spo2"] == points, spo2_pct
        assert ("spo2" in result.missing) == (points is None)


@pytest.mark.parametrize(("acvpu", "points"), [("A", 0), ("C", 3), ("V", 3), ("P", 3), ("U", 3)])
def test_consciousness(acvpu: str, points: int) -> None:
    result = scored(acvpu=acvpu)
    assert (result.parts["acvpu"], result.is_any_red) == (points, points == 3)


def test_oxygen_adds_two() -> None:
    assert scored(on_oxygen=True).total == 2


def test_missing_is_never_zero() -> None:
    result = scored(temperature_cel=None, systolic_mmhg=None, pulse_per_min=131)
    assert (result.total, result.lower_bound, result.missing) == (None, 3, ("sbp", "temp"))
    assert result.response == "urgent_ward"


def test_nothing_measured_is_not_none() -> None:
    result = score(News2Input())
    assert (result.total, result.lower_bound, len(result.missing)) == (None, 0, 7)
    assert result.response == "unknown"


@pytest.mark.parametrize(
    ("changes", "response"),
    [
        ({}, "none"),
        ({"pulse_per_min": 95}, "low"),
        ({"systolic_mmhg": 85}, "urgent_ward"),
        ({"on_oxygen": True, "pulse_per_min": 115, "temperature_cel": 38.5}, "urgent"),
        ({"acvpu": "V", "pulse_per_min": 135, "spo2_pct": 95}, "emergency"),
    ],
)
def test_responses(changes: dict[str, Any], response: str) -> None:
    assert scored(**changes).response == response


def test_the_result_in_full() -> None:
    result = scored(on_oxygen=True, resp_rate_per_min=25, temperature_cel=None)
    assert result == News2Result(
        total=None,
        lower_bound=5,
        missing=("temp",),
        parts={"rr": 3, "spo2": 0, "o2": 2, "sbp": 0, "hr": 0, "acvpu": 0, "temp": None},
        is_any_red=True,
        response="urgent",
    )
    assert scored().total == 0
    assert scored().missing == ()


@pytest.mark.parametrize(
    ("lower_bound", "response"), [(1, "low"), (4, "low"), (5, "urgent"), (6, "urgent")]
)
def test_response_limits(lower_bound: int, response: str) -> None:
    ones = {"spo2_pct": 95, "systolic_mmhg": 105, "pulse_per_min": 95, "temperature_cel": 38.5}
    given_ones = dict(list(ones.items())[: min(lower_bound, 4)])
    rate = {5: 11, 6: 22}.get(lower_bound, 16)
    result = scored(resp_rate_per_min=rate, **given_ones)
    assert (result.total, result.response) == (lower_bound, response)


def test_seven_is_an_emergency_without_any_red() -> None:
    result = scored(on_oxygen=True, resp_rate_per_min=22, pulse_per_min=115, temperature_cel=38.5)
    assert (result.total, result.is_any_red, result.response) == (7, False, "emergency")


def test_every_single_parameter_at_three_calls() -> None:
    for changes in (
        {"resp_rate_per_min": 8},
        {"spo2_pct": 91},
        {"systolic_mmhg": 90},
        {"pulse_per_min": 131},
        {"acvpu": "C"},
        {"temperature_cel": 35.0},
    ):
        result = scored(**changes)
        assert (result.total, result.is_any_red, result.response) == (3, True, "urgent_ward")


def test_the_parts_that_are_measured_as_numbers() -> None:
    assert {"rr", "spo2", "sbp", "hr", "temp"} == news2.NUMERIC_PARTS
    assert PARTS == ("rr", "spo2", "o2", "sbp", "hr", "acvpu", "temp")


def test_nothing_but_one_value_is_no_unknown() -> None:
    result = score(News2Input(pulse_per_min=70))
    assert (result.total, result.lower_bound, result.response) == (None, 0, "none")
    assert result.missing == ("rr", "spo2", "o2", "sbp", "acvpu", "temp")


def test_unrecordable_pressure_scores_three_and_is_not_missing() -> None:
    for systolic_mmhg in (None, 120):
        result = scored(systolic_mmhg=systolic_mmhg, is_systolic_unrecordable=True)
        assert (result.parts["sbp"], result.total, result.missing) == (3, 3, ())
        assert result.is_any_red


def test_trap_01_scale_2_from_93_on_air_scores_0() -> None:
    for spo2_pct in (93, 94, 95, 96, 97, 100):
        result = scored(spo2_pct=spo2_pct, spo2_scale=2, on_oxygen=False)
        assert result.total == 0


def test_trap_01_scale_1_unless_a_clinician_chose_2() -> None:
    assert News2Input().spo2_scale == 1
    assert scored(spo2_pct=88).parts["spo2"] == 3
    assert scored(spo2_pct=88, spo2_scale=2).parts["spo2"] == 0


@pytest.mark.parametrize("scale", [1, 2])
def test_trap_02_oxygen_adds_2_on_both_scales(scale: int) -> None:
    on_air = scored(spo2_pct=90, spo2_scale=scale, on_oxygen=False)
    on_oxygen = scored(spo2_pct=90, spo2_scale=scale, on_oxygen=True)
    assert (on_air.parts["o2"], on_oxygen.parts["o2"]) == (0, 2)
    assert on_oxygen.lower_bound - on_air.lower_bound == 2


def test_trap_03_systolic_from_220_scores_3() -> None:
    assert [scored(systolic_mmhg=mmhg).parts["sbp"] for mmhg in (219, 219.4, 219.5, 220)] == [
        0,
        0,
        3,
        3,
    ]


def test_trap_04_new_confusion_scores_3() -> None:
    assert scored(acvpu="C").parts["acvpu"] == 3


def test_trap_08_the_lower_bound_alone_calls_for_help() -> None:
    result = score(News2Input(resp_rate_per_min=25, spo2_pct=91, pulse_per_min=115, acvpu="A"))
    assert (result.total, result.lower_bound, result.response) == (None, 8, "emergency")
    assert result.missing == ("o2", "sbp", "temp")


@pytest.mark.parametrize(
    ("field", "part", "expected"),
    [
        ("resp_rate_per_min", "rr", 3),
        ("spo2_pct", "spo2", 3),
        ("systolic_mmhg", "sbp", 3),
        ("pulse_per_min", "hr", 3),
        ("temperature_cel", "temp", 3),
        ("on_oxygen", "o2", 0),
    ],
)
def test_trap_09_zero_is_a_value(field: str, part: str, expected: int) -> None:
    result = scored(**{field: False if field == "on_oxygen" else 0})
    assert result.parts[part] == expected  # type: ignore[index]
    assert result.missing == ()


NUMBER = st.none() | st.floats(min_value=-1e308, max_value=1e308) | st.integers(-10, 300)
OBSERVED = st.builds(
    News2Input,
    resp_rate_per_min=NUMBER | st.integers(0, 400).map(lambda tenths: tenths / 10),
    spo2_pct=NUMBER | st.integers(700, 1000).map(lambda tenths: tenths / 10),
    spo2_scale=st.sampled_from([1, 2]),
    on_oxygen=st.sampled_from([None, False, True]),
    systolic_mmhg=NUMBER,
    is_systolic_unrecordable=st.booleans(),
    pulse_per_min=NUMBER,
    acvpu=st.sampled_from([None, "A", "C", "V", "P", "U"]),
    temperature_cel=NUMBER | st.integers(3300, 4100).map(lambda hundredths: hundredths / 100),
)


@given(OBSERVED)
def test_comparing_raw_values_equals_rounding_them(observed: News2Input) -> None:
    parts = score(observed).parts
    assert parts["rr"] == bands.points(news2.RESP_RATE, half_up(observed.resp_rate_per_min))
    assert parts["hr"] == bands.points(news2.PULSE, half_up(observed.pulse_per_min))
    assert parts["temp"] == bands.points(news2.TEMPERATURE, to_tenth(observed.temperature_cel))
    if not observed.is_systolic_unrecordable:
        assert parts["sbp"] == bands.points(news2.SYSTOLIC, half_up(observed.systolic_mmhg))
    if observed.spo2_scale == 1 and observed.spo2_pct is not None:
        assert parts["spo2"] == bands.points(news2.SPO2_SCALE_1, math.floor(observed.spo2_pct))


@given(OBSERVED)
def test_the_sum_stays_within_the_score(observed: News2Input) -> None:
    result = score(observed)
    known = [found for found in result.parts.values() if found is not None]
    assert result.lower_bound == sum(known)
    assert 0 <= result.lower_bound <= 20
    assert result.total == (result.lower_bound if len(known) == 7 else None)
    assert result.missing == tuple(part for part in PARTS if result.parts[part] is None)
    assert result.is_any_red == (3 in known)


GRAVITY = ["none", "low", "urgent_ward", "urgent", "emergency"]


@given(OBSERVED, st.sampled_from(sorted(set(_FIELDS.values()) - {"spo2_scale"})))
def test_a_value_removed_only_widens(observed: News2Input, field: str) -> None:
    complete = score(observed)
    less = score(msgspec.structs.replace(observed, **{field: None}))
    assert less.lower_bound <= complete.lower_bound
    assert set(complete.missing) <= set(less.missing)
    assert not less.is_any_red or complete.is_any_red
    if "unknown" not in {less.response, complete.response}:
        assert GRAVITY.index(less.response) <= GRAVITY.index(complete.response)


@given(OBSERVED, st.floats(0, 400), st.floats(0, 400))
def test_the_further_from_normal_the_more_points(
    observed: News2Input, one: float, other: float
) -> None:
    near, far = sorted((one, other))
    for field, centre in (
        ("resp_rate_per_min", 16),
        ("systolic_mmhg", 165),
        ("pulse_per_min", 70),
        ("temperature_cel", 37),
    ):
        for sign in (-1, 1):
            nearer = msgspec.structs.replace(observed, **{field: centre + sign * near})
            farther = msgspec.structs.replace(observed, **{field: centre + sign * far})
            assert score(nearer).lower_bound <= score(farther).lower_bound


@given(st.floats(0, 100), st.floats(0, 100))
def test_lower_saturation_never_scores_less_on_scale_1(one: float, other: float) -> None:
    low, high = sorted((one, other))
    found = scored(spo2_pct=low).total, scored(spo2_pct=high).total
    assert found[0] is not None
    assert found[1] is not None
    assert found[0] >= found[1]


def test_no_number_raises() -> None:
    for value in (-1e308, -1, 1e308, math.inf, -math.inf, math.nan, 10**400):
        for field in ("resp_rate_per_min", "spo2_pct", "systolic_mmhg", "temperature_cel"):
            assert scored(**{field: value}).total is not None
