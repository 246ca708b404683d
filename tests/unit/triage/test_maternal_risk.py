"""The colours of pregnancy risk, and who is a maternal patient."""

import pytest

from dispatch.errors import BadPayload
from dispatch.triage.maternal import PLANS
from dispatch.triage.maternal_risk import (
    GUANGZHOU,
    NATIONAL,
    RiskPolicy,
    assess,
    is_maternal,
    mark_of,
)
from hospital_gateway.prealert import Colour
from tests.unit.triage.maternal_cases import decided, healthy

POLICY = RiskPolicy()
SIX = RiskPolicy(marks=GUANGZHOU)


def test_trap_22_purple_is_a_flag_beside_the_colours_and_never_the_worst() -> None:
    alone = assess(("purple",), POLICY)
    assert (alone.severity, alone.is_infectious, alone.is_high) == (None, True, None)
    both = assess(("purple", "green"), POLICY)
    assert (both.severity, both.is_infectious, both.is_high) == ("green", True, False)
    assert assess(("purple", "red"), POLICY).severity == "red"
    assert healthy(risk_marks=("purple",)).needs[0].alert is Colour.GREEN


@pytest.mark.parametrize(
    ("marks", "severity", "high", "infectious", "level_2", "managed"),
    [
        ((), None, None, None, None, None),
        (("green",), "green", False, False, False, False),
        (("yellow",), "yellow", False, False, True, False),
        (("orange",), "orange", True, False, True, True),
        (("red",), "red", True, False, True, True),
        (("purple",), None, None, True, True, True),
        (("green", "purple"), "green", False, True, True, True),
        (("yellow", "purple"), "yellow", False, True, True, True),
        (("red", "yellow"), "red", True, False, True, True),
        (("mauve",), None, None, None, None, None),
    ],
)
def test_what_colours_mean_together(
    marks: tuple[str, ...],
    severity: str | None,
    high: bool | None,
    infectious: bool | None,
    level_2: bool | None,
    managed: bool | None,
) -> None:
    risk = assess(marks, POLICY)
    assert risk.severity == severity
    assert (risk.is_high, risk.is_infectious) == (high, infectious)
    assert (risk.wants_level_2, risk.is_managed) == (level_2, managed)


def test_colours_stand_in_the_order_of_the_county() -> None:
    assert assess(("purple", "red", "green"), POLICY).marks == ("green", "red", "purple")


def test_six_colours_are_configuration() -> None:
    assert assess(("pink",), SIX).severity == "pink"
    assert assess(("pink", "red"), SIX).severity == "red"
    assert assess(("pink",), SIX).is_high is True
    assert mark_of("粉红色", SIX) == "pink"
    with pytest.raises(BadPayload, match=r"colours: expected some of green .绿.*got 'pink'"):
        mark_of("pink", POLICY)


@pytest.mark.parametrize(
    ("word", "code"),
    [("绿", "green"), ("黄色", "yellow"), ("橙", "orange"), (" RED ", "red"), ("紫色", "purple")],
)
def test_colours_by_any_name(word: str, code: str) -> None:
    assert mark_of(word, POLICY) == code


def test_the_words_of_the_colours() -> None:
    meanings = {mark.code: (mark.zh_meaning, mark.en_meaning) for mark in NATIONAL}
    assert meanings == {
        "green": ("低风险", "low risk"),
        "yellow": ("一般风险", "general risk"),
        "orange": ("较高风险", "higher risk"),
        "red": ("高风险", "high risk"),
        "purple": ("传染病", "infectious disease"),
    }
    six = {mark.code: (mark.zh, mark.zh_meaning, mark.en_meaning) for mark in GUANGZHOU}
    assert six["pink"] == ("粉红", "高风险", "high risk")
    assert six["red"] == ("红", "极高风险", "very high risk")


@pytest.mark.parametrize(
    ("pregnant", "days", "belongs"),
    [
        (True, None, True),
        (None, None, None),
        (False, None, None),
        (None, 0, True),
        (None, 42, True),
        (None, 42.9, True),
        (None, 43, False),
        (False, 42, True),
        (False, 43, False),
    ],
)
def test_maternal_until_day_42(
    pregnant: bool | None, days: float | None, belongs: bool | None
) -> None:
    assert is_maternal(pregnant, days, POLICY) is belongs


def test_pregnant_and_after_birth_is_a_contradiction() -> None:
    with pytest.raises(BadPayload, match=r"days_after_birth: .* while pregnant is true .* got 3"):
        is_maternal(True, 3, POLICY)


def test_r28_day_40_is_maternal() -> None:
    answer = decided(days_after_birth=40, mewc_trigger=True)
    assert (answer.is_maternal, answer.stage) == (True, "postpartum")
    assert answer.decision == "maternal_centre"
    assert answer.needs[0].alert is Colour.RED


def test_r29_day_43_is_an_adult() -> None:
    answer = decided(days_after_birth=43, mewc_trigger=True, trauma=True)
    assert (answer.is_maternal, answer.decision) == (False, "adult_pathway")
    assert (answer.needs, answer.asks, answer.nemsis) == ((), (), ())


def test_nothing_known_asks() -> None:
    answer = decided()
    assert (answer.is_maternal, answer.stage, answer.decision) == (None, None, "ask_pregnancy")
    assert answer.needs == ()
    assert answer.asks == ("pregnant", "weeks", "mewc_trigger", "stable", "colours")
    assert "days_after_birth" in decided(pregnant=False).asks
    assert "pregnant" not in decided(pregnant=False).asks


@pytest.mark.parametrize(
    "found", [{"mewc_trigger": True}, {"stable": False}, {"shoulder_dystocia": True}]
)
def test_a_finding_in_one_of_whom_nobody_asked_counts_here(found: dict[str, bool]) -> None:
    answer = decided(**found)
    assert answer.is_maternal is None
    assert answer.decision in PLANS
    assert answer.needs and "pregnant" in answer.asks


@pytest.mark.parametrize(
    "sign", ["labour", "crowning", "urge_to_push", "fully_dilated", "cord_prolapse"]
)
def test_signs_of_pregnancy(sign: str) -> None:
    assert decided(**{sign: True}).stage == "pregnant"
    assert decided(**{sign: True}).is_maternal is True
    assert decided(**{sign: False}).stage is None
    assert decided(pregnant=False, **{sign: True}).stage is None


@pytest.mark.parametrize("sign", ["retained_placenta", "uterine_inversion"])
def test_signs_of_birth_just_now(sign: str) -> None:
    assert (decided(**{sign: True}).stage, decided(**{sign: True}).is_maternal) == (
        "postpartum",
        True,
    )
    assert decided(pregnant=True, **{sign: True}).stage == "pregnant"


def test_weeks_mean_pregnant_unless_denied() -> None:
    assert decided(gestation_weeks=30).stage == "pregnant"
    assert decided(days_since_last_period=210).stage == "pregnant"
    assert decided(fundal_height_cm=30).stage == "pregnant"
    assert decided(pregnant=False, gestation_weeks=30).stage is None
    assert decided(days_after_birth=1, gestation_weeks=30).stage == "postpartum"
