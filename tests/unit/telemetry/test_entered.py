"""Values that a person entered: the rows V1-V14 of the clinical reference, and every edge."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from telemetry.codes import ITEMS, LIMITS, Item
from telemetry.entered import (
    Measured,
    Situation,
    Verdict,
    judge_entered,
)

UNKNOWN = Situation()
CPR = Situation(is_cpr=True)
CHILD = Situation(is_child=True)
TALKING = Situation(is_talking=True)
ORDER = ("reject", "flag", "keep", "flag", "reject")


def one(item: Item, value: Any, situation: Situation = UNKNOWN, **more: Any) -> Verdict:
    return judge_entered({item: Measured(value=value, **more)}, situation)[item]


def several(situation: Situation = UNKNOWN, **values: Any) -> dict[Item, Verdict]:
    measured: dict[Item, Measured] = {
        item: Measured(value=values[item]) for item in ITEMS if item in values
    }
    return judge_entered(measured, situation)


def told(verdict: Verdict) -> tuple[Any, ...]:
    return verdict.opinion, verdict.is_scored, verdict.reasons, verdict.ask, verdict.hint


# --- the rows of the reference ---------------------------------------------------------------


def test_v1_nothing_on_the_finger() -> None:
    assert told(one("spo2", 0, quality="probe_off")) == (
        "missing", False, ("probe_off",), None, None,
    )  # fmt: skip


def test_v2_more_than_all() -> None:
    assert told(one("spo2", 101)) == ("reject", False, ("impossible",), "repeat", None)


def test_v3_asystole_is_a_value_and_p1() -> None:
    found = one("heart_rate", 0, quality="asystole")
    assert told(found) == ("keep", True, ("asystole",), None, None)
    assert (found.value, found.priority) == (0, "P1")
    assert one("pulse_rate", 0, quality="asystole").priority == "P1"


def test_v4_leads_off_is_missing_and_not_asystole() -> None:
    found = one("heart_rate", 0, quality="leads_off")
    assert told(found) == ("missing", False, ("leads_off",), None, None)
    assert (found.value, found.priority) == (0, None)


def test_v5_hypothermia_is_kept() -> None:
    assert told(one("temperature", 24.0)) == ("flag", True, ("unusual",), "confirm", None)


def test_v6_fahrenheit_is_asked_about_and_never_converted() -> None:
    found = one("temperature", 98.6)
    assert told(found) == ("reject", False, ("impossible",), "unit", "fahrenheit?")
    assert (found.value, found.unit) == (98.6, "Cel")


def test_v7_a_pair_that_cannot_be() -> None:
    found = several(systolic=80, diastolic=95)
    for item in ("systolic", "diastolic"):
        assert told(found[item]) == ("reject", False, ("pulse_pressure",), "repeat", None)
    assert [verdict.value for verdict in found.values()] == [80, 95]


def test_v8_low_co2_during_compressions() -> None:
    kept = one("etco2", 8, CPR, unit="mm[Hg]")
    assert told(kept) == ("keep", True, ("cpr",), None, None)
    flagged = one("etco2", 8, unit="mm[Hg]")
    assert told(flagged) == ("flag", True, ("unusual",), "unit", "kPa?")


def test_v9_glucose_in_the_wrong_unit() -> None:
    assert told(one("glucose", 90, unit="mmol/L")) == (
        "reject", False, ("impossible",), "unit", "mg/dL?",
    )  # fmt: skip


def test_v10_low_is_kept_as_text() -> None:
    low, high = one("glucose", "Low"), one("glucose", "High")
    assert told(low) == ("keep", False, ("below_meter",), None, None)
    assert (low.value, low.critical) == ("Low", "low")
    assert (high.value, high.critical, high.reasons) == ("High", "high", ("above_meter",))


def test_v11_who_talks_breathes() -> None:
    assert told(one("resp_rate", 0, TALKING)) == (
        "flag", False, ("unusual", "artefact"), "confirm", None,
    )  # fmt: skip
    assert told(one("resp_rate", 0)) == ("flag", True, ("unusual",), "confirm", None)
    assert told(one("resp_rate", 1, TALKING)) == ("flag", True, ("unusual",), "confirm", None)
    assert one("heart_rate", 0, TALKING).is_scored


def test_v12_an_old_cuff_pressure() -> None:
    found = one("systolic", 120, age_s=720)
    assert told(found) == ("stale", False, ("too_old",), "repeat", None)
    assert found.value == 120


def test_v13_rates_apart_spoil_the_saturation_only() -> None:
    found = several(heart_rate=160, pulse_rate=80, spo2=97)
    assert told(found["heart_rate"]) == ("keep", True, (), None, None)
    assert told(found["pulse_rate"]) == ("keep", True, (), None, None)
    assert told(found["spo2"]) == ("flag", True, ("rates_differ",), "confirm", None)


def test_v14_a_newborn_of_900_grams() -> None:
    assert told(one("weight", 0.9)) == ("keep", True, (), None, None)


def test_trap_26_hypothermia_resuscitation_and_preterms_stay() -> None:
    assert one("temperature", 20.0).opinion == "flag"
    assert one("etco2", 0, CPR, unit="mm[Hg]").opinion == "keep"
    assert one("weight", 0.3).opinion == "keep"


def test_trap_12_words_units_and_palpation() -> None:
    palpated = one("diastolic", "P")
    assert told(palpated) == ("keep", False, ("palpated",), None, None)
    assert (palpated.value, palpated.critical) == ("P", None)
    assert one("glucose", 5.5).ask == "unit"
    assert one("etco2", 40).ask == "unit"
    assert one("glucose", 5.5, unit="mmol/L").ask is None
    assert one("etco2", 40, unit="mm[Hg]").ask is None
    assert one("temperature", 37.0).ask is None


def test_trap_9_zero_is_a_value() -> None:
    assert one("heart_rate", 0).opinion == "flag"
    assert one("etco2", 0, unit="mm[Hg]").opinion == "flag"
    assert one("spo2", 0).opinion == "reject"
    assert one("heart_rate", None).opinion == "missing"


# --- limits ----------------------------------------------------------------------------------

EDGES: list[tuple[Item, list[tuple[float, str]]]] = [
    ("heart_rate", [(-1, "reject"), (0, "flag"), (19, "flag"), (20, "keep"), (250, "keep"),
                    (251, "flag"), (350, "flag"), (351, "reject")]),
    ("pulse_rate", [(-1, "reject"), (19, "flag"), (20, "keep"), (250, "keep"), (251, "flag")]),
    ("spo2", [(0.9, "reject"), (1, "flag"), (49, "flag"), (50, "keep"), (100, "keep"),
              (100.1, "reject")]),
    ("systolic", [(19, "reject"), (20, "flag"), (49, "flag"), (50, "keep"), (260, "keep"),
                  (261, "flag"), (300, "flag"), (301, "reject")]),
    ("diastolic", [(4, "reject"), (5, "flag"), (19, "flag"), (20, "keep"), (160, "keep"),
                   (161, "flag"), (225, "flag"), (226, "reject")]),
    ("mean", [(9, "reject"), (10, "keep"), (260, "keep"), (261, "reject")]),
    ("resp_rate", [(-1, "reject"), (0, "flag"), (3, "flag"), (4, "keep"), (80, "keep"),
                   (81, "flag"), (120, "flag"), (121, "reject")]),
    ("temperature", [(19.9, "reject"), (20, "flag"), (31.9, "flag"), (32, "keep"), (42, "keep"),
                     (42.1, "flag"), (45, "flag"), (45.1, "reject")]),
    ("etco2", [(-0.1, "reject"), (0, "flag"), (9.9, "flag"), (10, "keep"), (80, "keep"),
               (80.1, "flag"), (150, "flag"), (150.1, "reject")]),
    ("glucose", [(0.2, "reject"), (0.3, "flag"), (2.1, "flag"), (2.2, "keep"), (33, "keep"),
                 (33.1, "flag"), (60, "flag"), (60.1, "reject")]),
    ("gcs", [(2, "reject"), (3, "keep"), (15, "keep"), (16, "reject")]),
    ("fio2", [(20, "reject"), (21, "keep"), (100, "keep"), (101, "reject")]),
    ("weight", [(0.2, "reject"), (0.3, "keep"), (300, "keep"), (300.1, "reject")]),
]  # fmt: skip


def test_every_item_has_its_edges_here() -> None:
    assert tuple(item for item, _ in EDGES) == ITEMS == tuple(LIMITS)


@pytest.mark.parametrize(("item", "edges"), EDGES)
def test_both_sides_of_every_limit(item: Item, edges: list[tuple[float, str]]) -> None:
    for value, opinion in edges:
        found = one(item, value)
        assert (found.opinion, found.is_scored) == (opinion, opinion != "reject"), value


@pytest.mark.parametrize("item", ["heart_rate", "pulse_rate"])
def test_a_childs_heart_is_flagged_elsewhere(item: Item) -> None:
    opinions = [one(item, value, CHILD).opinion for value in (0, 39, 40, 300, 301, 350, 351)]
    assert opinions == ["flag", "flag", "keep", "keep", "flag", "flag", "reject"]


def test_a_child_is_as_an_adult_elsewhere() -> None:
    for item in set(ITEMS) - {"heart_rate", "pulse_rate"}:
        assert LIMITS[item].child_flag is None
    assert one("systolic", 49, CHILD).opinion == "flag"


@given(st.sampled_from(ITEMS), st.lists(st.floats(-500, 1000), min_size=2, max_size=9))
def test_opinions_go_from_reject_over_keep_to_reject(item: Item, values: list[float]) -> None:
    place = 0
    for value in sorted(values):
        opinion = one(item, value).opinion
        place = ORDER.index(opinion, place)


# --- hints and units -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "value", "ask", "hint"),
    [
        ("temperature", 43.0, "confirm", None),
        ("temperature", 67.9, "repeat", None),  # 19.9 degrees
        ("temperature", 68.0, "unit", "fahrenheit?"),  # 20
        ("temperature", 113.0, "unit", "fahrenheit?"),  # 45
        ("temperature", 113.1, "repeat", None),
        ("systolic", 16, "unit", "kPa?"),  # 120
        ("systolic", 2, "repeat", None),  # 15
        ("systolic", 34.7, "confirm", None),  # 260.3 would be flagged as well
        ("systolic", 34.6, "unit", "kPa?"),  # 259.5
        ("glucose", 1081, "unit", None),  # 60.004
        ("glucose", 1080, "unit", "mg/dL?"),  # 59.9
        ("glucose", 39, "unit", None),  # flagged; 2.16 would be flagged as well
        ("glucose", 40, "unit", "mg/dL?"),  # 2.22
        ("etco2", 1.3, "unit", None),  # 9.75
        ("etco2", 1.4, "unit", "kPa?"),  # 10.5
        ("heart_rate", 400, "repeat", None),
    ],
)
def test_hints(item: Item, value: float, ask: str, hint: str | None) -> None:
    found = one(item, value)
    assert (found.ask, found.hint) == (ask, hint)


def test_another_unit_is_judged_as_such_and_not_scored() -> None:
    glucose = one("glucose", 90, unit="mg/dL")
    assert told(glucose) == ("keep", False, ("unit_to_convert",), "convert", None)
    assert (glucose.value, glucose.unit) == (90, "mg/dL")
    warm = one("temperature", 98.6, unit="[degF]")
    assert told(warm) == ("keep", False, ("unit_to_convert",), "convert", None)
    cold = one("temperature", 75.2, unit="[degF]")
    assert told(cold) == ("flag", False, ("unusual", "unit_to_convert"), "confirm", None)
    wrong = one("temperature", 37.0, unit="[degF]")
    assert told(wrong) == (
        "reject", False, ("impossible", "unit_to_convert"), "unit", "celsius?",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("item", "value", "unit", "hint"),
    [
        ("glucose", 5, "mg/dL", "mmol/L?"),
        ("systolic", 120, "kPa", "mmHg?"),
        ("etco2", 40, "kPa", "mmHg?"),
    ],
)
def test_hints_the_other_way(item: Item, value: float, unit: Any, hint: str) -> None:
    assert one(item, value, unit=unit).hint == hint


def test_glucose_rejected_in_either_unit_is_asked_about() -> None:
    assert told(one("glucose", 2000, unit="mmol/L")) == (
        "reject", False, ("impossible",), "unit", None,
    )  # fmt: skip
    assert one("etco2", 500, unit="mm[Hg]").ask == "unit"


@pytest.mark.parametrize("value", [80, None, "Low"])
def test_a_unit_of_another_quantity_is_refused(value: Any) -> None:
    with pytest.raises(BadPayload) as refused:
        one("glucose", value, unit="kPa")
    assert refused.value.detail == "unit: glucose is in mmol/L or mg/dL, got kPa"


@pytest.mark.parametrize(
    ("item", "word"), [("glucose", "P"), ("diastolic", "Low"), ("systolic", "P"), ("spo2", "High")]
)
def test_a_word_of_another_item_is_refused(item: Item, word: str) -> None:
    with pytest.raises(BadPayload) as refused:
        one(item, word)
    assert refused.value.detail == f"value: {item} is a number, got {word!r}"


# --- the device's word -----------------------------------------------------------------------


@pytest.mark.parametrize("quality", ["leads_off", "probe_off", "artefact"])
@pytest.mark.parametrize("value", [0, 80, None])
def test_what_the_device_did_not_measure(quality: Any, value: float | None) -> None:
    found = one("heart_rate", value, quality=quality)
    assert told(found) == ("missing", False, (quality,), None, None)
    assert (found.value, found.priority) == (value, None)


def test_asystole_with_a_rate_is_a_contradiction() -> None:
    found = one("heart_rate", 40, quality="asystole")
    assert told(found) == ("reject", False, ("asystole_with_value",), "repeat", None)
    assert found.priority is None


def test_asystole_without_a_number_stays_p1() -> None:
    found = one("heart_rate", None, quality="asystole")
    assert told(found) == ("missing", False, ("asystole",), None, None)
    assert found.priority == "P1"


def test_poor_perfusion_is_shown_and_not_scored() -> None:
    poor = {"is_perfusion_poor": True}
    assert told(one("spo2", 97, **poor)) == ("flag", False, ("poor_perfusion",), "confirm", None)
    assert told(one("spo2", 45, **poor)) == (
        "flag", False, ("unusual", "poor_perfusion"), "confirm", None,
    )  # fmt: skip
    assert told(one("spo2", 101, **poor)) == ("reject", False, ("impossible",), "repeat", None)
    assert told(one("heart_rate", 70, **poor)) == ("keep", True, (), None, None)


def test_compressions_explain_nothing_else() -> None:
    assert one("etco2", 81, CPR, unit="mm[Hg]").opinion == "flag"
    assert one("etco2", -1, CPR).opinion == "reject"
    assert one("systolic", 45, CPR).opinion == "flag"
    kilopascals = one("etco2", 1.0, CPR, unit="kPa")
    assert told(kilopascals) == ("keep", False, ("cpr", "unit_to_convert"), "convert", None)
