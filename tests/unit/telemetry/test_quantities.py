"""Units and conversion on request: factors, spellings, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from telemetry.codes import ITEMS, LIMITS, Item
from telemetry.quantities import (
    SPELLINGS,
    UNITS,
    Unit,
    convert,
    in_own_unit,
    read_unit,
    units_of,
)


@pytest.mark.parametrize(
    ("value", "source", "target", "item", "found"),
    [
        (1, "mmol/L", "mg/dL", "glucose", 18.0156),
        (18.0156, "mg/dL", "mmol/L", "glucose", 1.0),
        (2.6, "mmol/L", "mg/dL", "glucose", 46.84056),
        (1, "kPa", "mm[Hg]", None, 7.50062),
        (7.50062, "mm[Hg]", "kPa", "etco2", 1.0),
        (16, "kPa", "mm[Hg]", "systolic", 120.00992),
        (98.6, "[degF]", "Cel", None, 37.0),
        (32, "[degF]", "Cel", "temperature", 0.0),
        (24, "Cel", "[degF]", "temperature", 75.2),
        (0, "kPa", "mm[Hg]", None, 0.0),
    ],
)
def test_factors(value: float, source: Unit, target: Unit, item: Item | None, found: float) -> None:
    assert convert(value, source, target, item) == pytest.approx(found, abs=1e-9)


def test_the_same_unit_is_the_same_number() -> None:
    assert convert(5.5, "mmol/L", "mmol/L") == 5.5
    assert convert(98.6, "[degF]", "[degF]", "temperature") == 98.6


@pytest.mark.parametrize(
    ("source", "target", "item", "said"),
    [
        ("mmol/L", "mg/dL", None, "mmol/L to mg/dL is known for glucose only"),
        ("mg/dL", "mmol/L", "etco2", "mg/dL to mmol/L is known for glucose only"),
        ("mg/dL", "kPa", None, "mg/dL and kPa measure different things"),
        ("Cel", "kPa", "temperature", "temperature is in Cel and [degF], not Cel to kPa"),
        ("kPa", "kPa", "heart_rate", "heart_rate is in /min, not kPa to kPa"),
        ("%", "mm[Hg]", "etco2", "etco2 is in mm[Hg] and kPa, not % to mm[Hg]"),
        ("/min", "%", None, "/min and % measure different things"),
    ],
)
def test_what_cannot_be_converted(source: Unit, target: Unit, item: Item | None, said: str) -> None:
    with pytest.raises(BadPayload) as refused:
        convert(1, source, target, item)
    assert (refused.value.reason, refused.value.detail) == ("cannot_convert", said)


def test_a_number_that_no_number_holds() -> None:
    with pytest.raises(BadPayload, match=r"1e\+308 kPa is beyond any number"):
        convert(1e308, "kPa", "mm[Hg]")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("mmHg", "mm[Hg]"),
        (" MM[HG] ", "mm[Hg]"),
        ("kpa", "kPa"),
        ("°C", "Cel"),
        ("c", "Cel"),
        ("℃", "Cel"),
        ("°F", "[degF]"),
        ("fahrenheit", "[degF]"),
        ("MMOL/L", "mmol/L"),
        ("mg/dl", "mg/dL"),
        ("bpm", "/min"),
        ("次/分", "/min"),
        ("%", "%"),
        ("KG", "kg"),
        ("score", "{score}"),
    ],
)
def test_spellings(text: str, unit: Unit) -> None:
    assert read_unit(text) == unit


def test_every_unit_reads_itself_and_no_spelling_means_two() -> None:
    words = [word.casefold() for unit, also in SPELLINGS.items() for word in (unit, *also)]
    assert len(words) == len(set(words))
    assert set(SPELLINGS) == set(UNITS)
    assert [read_unit(unit) for unit in UNITS] == list(UNITS)


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(BadPayload) as refused:
        read_unit("x" * 60)
    assert refused.value.reason == "invalid_field"
    assert refused.value.detail == f"unit: one of {', '.join(UNITS)}, got '{'x' * 40}'"


def test_units_of_items() -> None:
    assert all(units_of(item)[0] == LIMITS[item].unit for item in ITEMS)
    two = {item for item in ITEMS if len(units_of(item)) == 2}
    assert two == {"systolic", "diastolic", "mean", "etco2", "temperature", "glucose"}
    assert units_of("glucose") == ("mmol/L", "mg/dL")
    assert units_of("spo2") == ("%",)


def test_in_own_unit() -> None:
    assert in_own_unit("glucose", 180.156, "mg/dL") == pytest.approx(10)
    assert in_own_unit("temperature", 24.0, "Cel") == 24.0
    with pytest.raises(BadPayload):
        in_own_unit("spo2", 97, "kPa")


def test_trap_12_units_are_never_changed_in_silence() -> None:
    with pytest.raises(BadPayload):
        convert(90, "mg/dL", "mmol/L")
    assert convert(90, "mg/dL", "mg/dL", "glucose") == 90


@given(st.floats(-1e6, 1e6), st.sampled_from(["etco2", "temperature", "glucose"]))
def test_there_and_back(value: float, item: Item) -> None:
    own, other = units_of(item)
    there = convert(value, own, other, item)
    assert convert(there, other, own, item) == pytest.approx(value, rel=1e-9, abs=1e-9)
    assert convert(value + 1, own, other, item) > there


@given(st.text())
def test_any_text_is_a_unit_or_refused(text: str) -> None:
    try:
        assert read_unit(text) in UNITS
    except BadPayload as refused:
        assert refused.reason == "invalid_field"
