"""Where a stroke goes, as a case meets it: the reference's table, wrong input, the words."""

from typing import Any

import pytest

from dispatch.errors import BadPayload
from dispatch.rules.read import read_case
from dispatch.rules.stroke_destination import STROKE_DESTINATION


def ask(**case: Any) -> dict[str, Any]:
    return STROKE_DESTINATION.evaluate(read_case(STROKE_DESTINATION, case)[0])


def said(**case: Any) -> tuple[str, str]:
    values, _ignored = read_case(STROKE_DESTINATION, case)
    words = STROKE_DESTINATION.explain(values, STROKE_DESTINATION.evaluate(values))
    return words.zh, words.en


def test_limit_tables_are_made_of_the_policy() -> None:
    limits, targets = STROKE_DESTINATION.tables
    assert limits.rows == (
        ("lysis after last known well", "<= 4.5 h"),
        ("thrombectomy", "<= 6 h"),
        ("thrombectomy, selected", "<= 24 h"),
        ("whole drive past the county", "< 30 min"),
        ("door to needle, allowed for", "60 min"),
        ("glucose mimic", "< 2.8 or > 22.2 mmol/L"),
        ("glucose corrected", "< 3.3 mmol/L"),
        ("coma", "GCS <= 8"),
    )
    assert [row[:2] for row in targets.rows] == [
        ("door_to_ct", "<= 25 min"),
        ("door_to_needle", "<= 60 min"),
        ("door_to_puncture", "<= 90 min"),
        ("door_in_to_door_out", "<= 90 min"),
    ]


KNOWN = {"glucose": 6.0, "lysis_contraindicated": False, "airway_failing": False, "gcs": 15}


@pytest.mark.parametrize(
    ("row", "case", "expected"),
    [
        (
            "R11",
            {**KNOWN, "lvo": False, "lkw_h": 1},
            {"decision": "county_stroke_centre", "notify": [], "alert": "red"},
        ),
        (
            "R12",
            {**KNOWN, "lvo": True, "lkw_h": 1, "evt_min": 29, "county": 10},
            {"decision": "evt_direct", "requires": [], "may_bypass": True},
        ),
        (
            "R13",
            {**KNOWN, "lvo": True, "lkw_h": 1, "evt_min": 30, "county_min": 10},
            {
                "decision": "county_stroke_centre",
                "why": "evt_too_far",
                "notify": ["evt_hospital"],
                "may_bypass": False,
            },
        ),
        (
            "R14",
            {**KNOWN, "lvo": True, "lkw_h": 4 + 10 / 60, "evt_min": 25, "county_min": 10},
            {"decision": "county_stroke_centre", "why": "lysis_would_be_lost"},
        ),
        (
            "R15",
            {**KNOWN, "lvo": True, "lkw_h": 10, "evt_min": 70, "county_min": 10},
            {
                "decision": "evt_direct",
                "why": "no_lysis_to_lose",
                "requires": ["evt"],
                "notify": ["evt_hospital"],
                "window": "evt_selected",
                "alert": "red",
            },
        ),
        (
            "R16",
            {**KNOWN, "lvo": True, "lkw_h": 26},
            {
                "decision": "nearest_stroke_centre",
                "alert": "green",
                "notify": [],
                "may_bypass": False,
            },
        ),
        (
            "R17",
            {**KNOWN, "deficits": True, "lvo": True, "evt_min": 20},
            {
                "decision": "county_stroke_centre",
                "window": "unknown",
                "alert": "red",
                "lysis_possible": None,
            },
        ),
        (
            "R18",
            {**KNOWN, "glucose": 2.1, "lvo": True, "lkw_h": 1},
            {
                "decision": "correct_glucose",
                "do": ["correct_glucose", "rescreen"],
                "notify": [],
                "alert": None,
            },
        ),
        (
            "R19",
            {**KNOWN, "lvo": True, "lkw_h": 1, "gcs": 6, "airway_failing": True, "evt_min": 5},
            {"decision": "immediate", "immediate": True, "alert": "red"},
        ),
    ],
)
def test_reference_table(row: str, case: dict[str, Any], expected: dict[str, Any]) -> None:
    result = ask(**case)
    assert {name: result[name] for name in expected} == expected, row


def test_r12_whole() -> None:
    case = {**KNOWN, "lvo": True, "lkw_h": 1, "evt_min": 29, "county_min": 10}
    assert ask(**case) == {
        "decision": "evt_direct",
        "why": "evt_within_limit",
        "window": "lysis",
        "lysis_possible": True,
        "do": [],
        "notify": ["evt_hospital"],
        "asks": [],
        "requires": [],
        "may_bypass": True,
        "immediate": False,
        "alert": "red",
    }


def test_not_suspected_needs_nothing() -> None:
    result = ask(suspected=False)
    assert (result["decision"], result["alert"]) == ("no_stroke_pathway", None)
    assert (result["requires"], result["may_bypass"], result["immediate"]) == ([], False, False)


def test_what_is_unknown_is_asked_for_by_the_field_names() -> None:
    result = ask()
    assert result["decision"] == "county_stroke_centre"
    assert result["asks"] == ["lkw_h", "glucose"]
    known = ask(lkw_h=1, lvo=True, evt_min=40)
    assert known["asks"] == ["lysis_contraindicated", "county_min", "glucose"]
    assert ask(lkw_h=1, lvo=True)["asks"] == [
        "lysis_contraindicated",
        "evt_min",
        "glucose",
    ]
    assert set(known["asks"]) <= {field.name for field in STROKE_DESTINATION.fields}


NOW = "2026-03-01T08:00:00+08:00"
LVO = {**KNOWN, "lvo": True, "evt_min": 70, "county_min": 10, "at": NOW}


def test_trap_16_last_known_well_is_not_when_he_was_found() -> None:
    _values, ignored = read_case(STROKE_DESTINATION, {"found": NOW, "discovered_at": NOW})
    assert ignored == ("found", "discovered_at")
    woke = ask(**LVO, wake_up=True, bedtime="2026-02-28T22:00:00+08:00")
    assert (woke["window"], woke["decision"]) == ("evt_selected", "evt_direct")
    only_woke = ask(**LVO, woke_with_deficit=True)
    assert (only_woke["window"], only_woke["decision"]) == ("unknown", "county_stroke_centre")


def test_times_in_any_zone() -> None:
    result = ask(**LVO, last_known_well="2026-02-28T19:30:00+00:00")
    assert result["window"] == "lysis"
    later = ask(**LVO, lkw="2026-02-28T19:29:59+00:00")
    assert later["window"] == "evt"
    just_now = ask(**LVO, lkw="2026-03-01T00:00:00+00:00")
    assert just_now["window"] == "lysis"
    assert ask(**KNOWN, lkw_h=0)["window"] == "lysis"


@pytest.mark.parametrize(
    ("case", "reason", "detail"),
    [
        (
            {"lkw_h": 1, "last_known_well": NOW},
            "invalid_field",
            "lkw_h: give either hours or times, not both",
        ),
        ({"lkw": NOW}, "missing_field", "at: the time of the question is needed beside a time"),
        (
            {"lkw": "2026-03-01T08:00:01+08:00", "at": NOW},
            "invalid_field",
            "last_known_well: 2026-03-01 08:00:01+08:00 is later than at: 2026-03-01 08:00:00",
        ),
        ({"lkw": "2026-03-01T08:00:00"}, "invalid_field", "last_known_well: expected a time"),
        (
            {"glucose": 90},
            "invalid_field",
            "glucose: expected a number in mmol/L from 0.3 to 60, got 90",
        ),
        ({"glucose": 0.2}, "invalid_field", "glucose: expected a number in mmol/L"),
        (
            {"glucose": 5, "glucose_word": "Low"},
            "invalid_field",
            "glucose: give either a number or the meter's word",
        ),
        ({"gcs": 2}, "invalid_field", "gcs: expected a"),
        ({"evt_min": -1}, "invalid_field", "evt_min: expected a number in min from 0 to 10000"),
    ],
)
def test_wrong_destination_input_is_named(case: dict[str, Any], reason: str, detail: str) -> None:
    with pytest.raises(BadPayload) as caught:
        ask(**case)
    assert caught.value.reason == reason
    assert caught.value.detail.startswith(detail)


def test_trap_12_glucose_in_mg_is_refused_and_a_word_is_critical() -> None:
    with pytest.raises(BadPayload, match="mmol/L"):
        ask(glucose=90)
    low = ask(lvo=True, lkw_h=1, glucose_word="Low")
    assert (low["decision"], low["why"]) == ("correct_glucose", "glucose_low")
    assert ask(glucose_word="hi")["why"] == "glucose_high"


@pytest.mark.parametrize(
    ("case", "zh", "en"),
    [
        (
            {**KNOWN, "lvo": True, "lkw_h": 1, "evt_min": 30, "county_min": 10},
            "送县卒中中心（取栓医院车程超限）。同时电话通知取栓医院。",
            "County stroke centre (the thrombectomy hospital is too far). "
            "Call the thrombectomy hospital at the same time.",
        ),
        (
            {"lvo": False, "lkw_h": 25},
            "送最近的卒中中心，非紧急预警（超过所有时间窗）。测血糖。尚需：glucose。",
            "Nearest stroke centre, no emergency alert (every window has closed). "
            "Measure glucose. Still to be found out: glucose.",
        ),
        (
            {**KNOWN, "lvo": False, "lkw_h": 1, "glucose": 3.0},
            "送县卒中中心（未提示大血管闭塞）。途中纠正血糖并复查。",
            "County stroke centre (no large-vessel occlusion suggested). "
            "Correct the glucose on the way and screen again.",
        ),
        (
            {**KNOWN, "lvo": True, "lkw_h": 1, "glucose": 2.1},
            "先纠正血糖再复查，暂不发大血管闭塞预警（低血糖可似卒中）。",
            "Correct the glucose, screen again, no LVO alert (low glucose looks like stroke).",
        ),
    ],
)
def test_destination_in_words(case: dict[str, Any], zh: str, en: str) -> None:
    assert said(**case) == (zh, en)
