"""NEWS2 against the reference vectors and against boundary tables of our own (RCP 2017)."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from telemetry.scores.news2 import News2Input, News2Result, score

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
        (True, {83: 3, 85: 2, 87: 1, 88: 0, 92: 0, 93: 1, 94: 1, 95: 2, 96: 2, 97: 3, 100: 3}),
        (None, {83: 3, 85: 2, 87: 1, 88: 0, 92.9: 0, 93: None, 97: None}),
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
