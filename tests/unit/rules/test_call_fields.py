"""How the fields of a call are read: spellings, units of age, contradictions, refusals."""

from typing import Any

import pytest

from dispatch.errors import BadPayload
from dispatch.rules.call_triage import CALL_TRIAGE
from dispatch.rules.read import read_case


def ask(**given: Any) -> dict[str, Any]:
    values, ignored = read_case(CALL_TRIAGE, given)
    assert ignored == ()
    return CALL_TRIAGE.evaluate(values)


def test_spellings() -> None:
    assert ask(conscious="叫不醒", breathing="没有呼吸")["arrest"] is True
    assert ask(conscious="清醒", breathing="正常")["arrest"] is False
    assert ask(is_conscious="Unsure", breathing_normal="?")["arrest"] is True
    assert ask(age_y=62, complaint="胸痛")["priority"] == "P2"
    assert ask(complaint="Allergy", findings=["RASH is spreading", "swollen"])["priority"] == "P2"
    assert ask(complaints=["trauma", "stroke"], findings=["bruise"])["priority"] == "P2"
    assert ask(findings=["stroke signs"], lkw=30)["priority"] == "P3"
    assert ask(findings=["high_fall"])["priority"] == "P1"
    assert ask(complaint=" ")["priority"] is None
    assert ask(complaint="child of 5 with face droop, LKW 2 h")["priority"] == "P2"


def test_answers() -> None:
    base = {"complaint": "wound", "findings": ["minor cut"]}
    assert ask(**base)["priority"] == "P3"
    for unknown in (None, "unknown", " Unknown"):
        result = ask(**base, answers={"large wound": unknown})
        assert result["priority"] == "P2"
        assert result["unknown"] == ["bleeding_wound.P2.large_wound"]
    for no in (False, "no", "FALSE"):
        assert ask(**base, answers={"large wound": no})["priority"] == "P3"
    for yes in (True, "yes", "true"):
        assert ask(**base, answers={"large wound": yes})["priority"] == "P2"
    assert ask(answers={"stroke": True})["priority"] == "P2"
    assert ask(answers={"stroke": False})["priority"] is None
    assert ask(findings=["grey"], answers={"grey": True})["priority"] is None


def test_answers_come_before_notes() -> None:
    result = ask(
        complaint="chest pain", age=30, extra="45 M, grey, sweating", answers={"grey": False}
    )
    assert result["priority"] == "P2" and result["decided_by"] == [
        "chest_pain.P2.chest_pain_cardiac"
    ]
    assert (
        ask(complaint="wound", findings=["dressing"], answers={"large_wound": False})["priority"]
        == "P4"
    )


def test_what_nobody_can_read_is_named_and_never_reassures() -> None:
    result = ask(complaint="trauma", findings=["bruise", "glimmers", "glimmers"])
    assert result["priority"] == "P2" and result["unrecognised"] == ["glimmers"]
    assert result["actions"] == ["dispatch_first_unit", "clarify"]
    assert ask(complaint="xyzzy")["unrecognised"] == ["xyzzy"]
    assert ask(complaint="xyzzy")["priority"] == "P2"
    assert ask(answers={"xyzzy": None})["unrecognised"] == ["xyzzy"]
    assert ask(extra="xyzzy")["priority"] is None


@pytest.mark.parametrize(
    ("age", "is_newborn"),
    [
        ({"age_days": 27}, True),
        ({"age_days": 28}, False),
        ({"age_months": 1}, False),
        ({"age_months": 0}, True),
        ({"age": 0}, True),
        ({"age": 0, "age_days": 40}, False),
        ({"age": 0, "age_months": 3}, False),
        ({"age": 0.05}, True),
        ({"age": 1}, False),
        ({"age": 40}, False),
        ({}, False),
    ],
)
def test_a_newborn_by_any_unit_of_age(age: dict[str, float], is_newborn: bool) -> None:
    result = ask(complaint="trauma", findings=["bruise", "limp"], **age)
    assert (result["priority"] == "P1") is is_newborn


@pytest.mark.parametrize(
    ("age", "is_infant"),
    [
        ({"age_months": 5}, True),
        ({"age_months": 6}, False),
        ({"age_days": 182}, True),
        ({"age_days": 183}, False),
        ({"age": 0.4}, True),
        ({"age": 0.5}, False),
        ({"age": 1}, False),
        ({"age": 30}, False),
    ],
)
def test_an_infant_of_under_six_months_by_any_unit(age: dict[str, float], is_infant: bool) -> None:
    result = ask(complaint="seizure", findings=["known epilepsy", "recovering"], **age)
    assert (result["priority"] == "P2") is is_infant


def test_years_from_months_and_days() -> None:
    burn = {"complaint": "burns", "burn_pct": 15, "findings": ["small burn"]}
    assert ask(**burn, age_months=191)["priority"] == "P1"
    assert ask(**burn, age_months=192)["priority"] == "P3"
    assert ask(**burn, age_days=5843)["priority"] == "P1"
    assert ask(**burn, age_days=5845)["priority"] == "P3"


def test_contradictions_are_refused() -> None:
    for case in (
        {"age": 30, "age_days": 10},
        {"age": 2, "age_months": 11},
        {"age": 0, "age_months": 24},
        {"sex": "M", "pregnant": True},
        {"findings": ["grey"], "answers": {"grey": False}},
        {"findings": ["grey"], "answers": {"grey": None}},
    ):
        with pytest.raises(BadPayload):
            ask(**case)
    assert ask(age=1, age_months=11)["priority"] is None
    assert ask(sex="M", pregnant=False)["priority"] is None
    assert ask(sex="F", pregnant=True)["priority"] is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"findings": [3]}, "findings: expected a list of texts, got 3"),
        ({"complaints": [None]}, "complaints: expected a list of texts, got None"),
        ({"answers": {"grey": 3}}, "answers.grey: expected true, false or null, got 3"),
        ({"answers": {"grey": "maybe"}}, "answers.grey: expected true, false or null, got 'maybe'"),
        ({"age": 30, "age_days": 10}, "age: expected one age, got two that contradict"),
        ({"sex": "M", "pregnant": True}, "pregnant: expected false or null for sex M, got true"),
        ({"findings": ["grey"], "answers": {"grey": None}}, "grey: expected one answer, got two"),
        ({"lkw_h": -1}, "lkw_h: expected a number in h from 0"),
        ({"conscious": 3}, "conscious: expected one of yes, no, unknown"),
    ],
)
def test_refusals_name_field_expectation_and_value(given: dict[str, Any], words: str) -> None:
    with pytest.raises(BadPayload) as refused:
        ask(**given)
    assert words in str(refused.value)
