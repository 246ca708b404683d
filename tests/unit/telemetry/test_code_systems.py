"""The code table of the clinical reference, and MDC's two forms of one code."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from telemetry.code_systems import (
    BY_NAME,
    CODED,
    SYSTEMS,
    System,
    context_free,
    items_with,
    split,
)
from telemetry.codes import ITEMS, LIMITS

_NO_CODE = {"fio2", "weight"}  # the reference names no codes for these two


def codes(name: str, system: System) -> list[str]:
    return [one.code + ("*" if one.mark == "GK" else "") for one in BY_NAME[name].of(system)]


TABLE: list[tuple[str, list[str], list[str], list[str]]] = [
    # LOINC and MDC; * is GK
    ("heart_rate", ["8867-4"], ["147842"], ["eVitals.10"]),
    ("pulse_rate", ["8889-8*"], ["149530", "149546"], ["eVitals.10", "eVitals.11"]),
    ("spo2", ["59408-5", "2708-6"], ["150456"], ["eVitals.12"]),
    ("systolic", ["8480-6", "85354-9", "55284-4"], ["150021"], ["eVitals.06"]),
    ("diastolic", ["8462-4"], ["150022"], ["eVitals.07"]),
    ("mean", ["8478-0"], ["150023"], ["eVitals.09"]),
    ("resp_rate", ["9279-1"], ["151562*"], ["eVitals.14"]),
    ("temperature", ["8310-5"], ["150364"], ["eVitals.24", "eVitals.25"]),
    (
        "etco2",
        ["19889-5", "19891-1*"],
        ["151708*"],
        ["eVitals.16", "3340001", "3340003", "3340005"],
    ),
    ("glucose", ["2339-0", "15074-8*"], ["160184*"], ["eVitals.18"]),
    ("gcs", ["9269-2"], [], ["eVitals.23"]),
    ("gcs_eye", ["9267-6"], [], ["eVitals.19"]),
    ("gcs_verbal", ["9270-0"], [], ["eVitals.20"]),
    ("gcs_motor", ["9268-4"], [], ["eVitals.21"]),
    ("avpu", ["67775-7", "11454-6"], [], ["eVitals.26", "3326001", "3326007"]),
    ("carbon_monoxide", ["20563-3"], [], ["eVitals.17"]),
    ("pain", ["38208-5"], [], ["eVitals.27"]),
    ("capillary_refill", ["44963-7"], [], []),
    ("stroke_scale", ["72089-6", "67521-5"], [], ["eVitals.29", "eVitals.30", "eVitals.34"]),
    ("apgar_1_min", ["48334-7"], [], ["eVitals.32"]),
    ("apgar_5_min", ["48333-9"], [], ["eVitals.32"]),
    ("apgar_10_min", ["48332-1"], [], ["eVitals.32"]),
    ("news2", ["88330-6*"], [], []),
    ("ems_report", ["67796-3"], [], []),
]


@pytest.mark.parametrize(("name", "loinc", "mdc", "nemsis"), TABLE)
def test_the_table(name: str, loinc: list[str], mdc: list[str], nemsis: list[str]) -> None:
    found = (codes(name, "LOINC"), codes(name, "MDC"), codes(name, "NEMSIS"))
    assert found == (loinc, mdc, nemsis)


def test_the_table_is_whole() -> None:
    assert [row[0] for row in TABLE] == [item.name for item in CODED]
    assert set(ITEMS) - set(BY_NAME) == _NO_CODE
    assert codes("news2", "SNOMED") == ["1104051000000101"]
    assert all(item.zh and item.en and item.codes for item in CODED)


def test_units_agree_with_the_limits() -> None:
    for item in set(ITEMS) - _NO_CODE:
        assert codes(item, "UCUM")[0] == LIMITS[item].unit
    assert codes("etco2", "UCUM") == ["mm[Hg]", "kPa"]
    assert codes("glucose", "UCUM") == ["mmol/L", "mg/dL"]


def test_loinc_codes_end_in_their_check_digit() -> None:
    for item in CODED:
        for one in item.of("LOINC"):
            body, digit = one.code.split("-")
            twice = [int(c) * (2 if place % 2 == 0 else 1) for place, c in enumerate(body[::-1])]
            total = sum(n // 10 + n % 10 for n in twice)
            assert (10 - total % 10) % 10 == int(digit), one.code


@pytest.mark.parametrize(
    ("term", "code"), [(19384, 150456), (18949, 150021), (19292, 150364), (16770, 147842)]
)
def test_trap_25_the_short_and_the_long_mdc_code_are_the_same(term: int, code: int) -> None:
    assert context_free(2, term) == code == 131_072 + term
    assert split(code) == (2, term)
    assert items_with("MDC", str(term)) == items_with("MDC", str(code)) != ()


def test_trap_24_the_three_stroke_elements_are_not_mixed_up() -> None:
    notes = {one.code: one.note for one in BY_NAME["stroke_scale"].of("NEMSIS")}
    assert notes == {
        "eVitals.29": "result: positive or negative, not the score",
        "eVitals.30": "type of scale",
        "eVitals.34": "numeric score",
    }


def test_trap_12_words_that_nemsis_allows_for_numbers() -> None:
    notes = {
        name: BY_NAME[name].of("NEMSIS")[0].note for name in ("glucose", "diastolic", "systolic")
    }
    assert notes == {
        "glucose": 'in mg/dL; may be "High" or "Low"',
        "diastolic": 'may be "P": palpated',
        "systolic": "",
    }


@pytest.mark.parametrize(
    ("system", "code", "names"),
    [
        ("LOINC", " 8867-4 ", ["heart_rate"]),
        ("LOINC", "0000-0", []),
        ("LOINC", "", []),
        ("LOINC", "19384", []),
        ("MDC", "mdc_puls_oxim_sat_o2", ["spo2"]),
        ("MDC", "150456", ["spo2"]),
        ("MDC", "1", []),
        ("MDC", "84920", []),  # term 19384 of partition 1 is something else
        ("MDC", "²", []),
        ("NEMSIS", "evitals.10", ["heart_rate", "pulse_rate"]),
        ("NEMSIS", "3340003", ["etco2"]),
        ("UCUM", "kPa", ["etco2"]),
        ("SNOMED", "1104051000000101", ["news2"]),
    ],
)
def test_looking_up_a_code(system: System, code: str, names: list[str]) -> None:
    assert [item.name for item in items_with(system, code)] == names


@pytest.mark.parametrize("digits", ["99999999999", "4294967296", "9" * 5000])
def test_more_than_32_bits_is_no_mdc_code(digits: str) -> None:
    with pytest.raises(BadPayload) as refused:
        items_with("MDC", digits)
    assert refused.value.reason == "invalid_field"


@pytest.mark.parametrize(
    ("partition", "term", "said"),
    [
        (-1, 0, "partition: expected 0 to 65535, got -1"),
        (65536, 0, "partition: expected 0 to 65535, got 65536"),
        (0, -1, "term: expected 0 to 65535, got -1"),
        (0, 65536, "term: expected 0 to 65535, got 65536"),
    ],
)
def test_parts_beyond_16_bits(partition: int, term: int, said: str) -> None:
    with pytest.raises(BadPayload, match=re.escape(said)):
        context_free(partition, term)


def test_the_ends_of_32_bits() -> None:
    assert (context_free(0, 0), context_free(65535, 65535)) == (0, 2**32 - 1)
    assert (split(0), split(2**32 - 1)) == ((0, 0), (65535, 65535))
    for code in (-1, 2**32):
        with pytest.raises(BadPayload):
            split(code)


@given(st.integers(0, 65535), st.integers(0, 65535))
def test_both_directions(partition: int, term: int) -> None:
    assert split(context_free(partition, term)) == (partition, term)


@given(st.sampled_from(SYSTEMS), st.text())
def test_any_text_is_looked_up_or_refused(system: System, text: str) -> None:
    try:
        assert set(items_with(system, text)) <= set(CODED)
    except BadPayload as refused:
        assert refused.reason == "invalid_field"
