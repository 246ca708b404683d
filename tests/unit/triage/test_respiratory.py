"""The respiratory pathway: triggers on both sides, what is open, what follows, as rule too."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.read import read_case
from dispatch.rules.respiratory import BURN_TOX, RESPIRATORY, RULES
from dispatch.triage.respiratory import (
    DISEASES,
    TRIGGERS,
    RespiratoryFindings,
    RespiratoryPolicy,
    RespiratoryResult,
    assess,
    need,
    news2_scale,
)
from hospital_gateway.advice import reason
from hospital_gateway.prealert import Colour

POLICY = RespiratoryPolicy()
NORMAL: dict[str, Any] = {
    "spo2_pct": 97,
    "on_oxygen": True,
    "resp_rate_per_min": 16,
    "has_silent_chest": False,
    "etco2_mmhg": 40,
    "is_drowsy": False,
    "suspected": frozenset(),
    "airway": "safe",
}


def assessed(**changes: Any) -> RespiratoryResult:
    return assess(RespiratoryFindings(**(NORMAL | changes)), POLICY)


def followed(**changes: Any) -> Any:
    found = RespiratoryFindings(**(NORMAL | changes))
    return need(found, assess(found, POLICY), POLICY)


@pytest.mark.parametrize(
    ("changes", "trigger"),
    [
        ({"spo2_pct": 89.9}, "spo2_on_oxygen"),
        ({"spo2_pct": 0}, "spo2_on_oxygen"),
        ({"resp_rate_per_min": 30}, "rr"),
        ({"has_silent_chest": True}, "silent_chest"),
        ({"etco2_mmhg": 50.1, "is_drowsy": True}, "etco2_drowsy"),
        ({"suspected": frozenset({"massive_haemoptysis"})}, "massive_haemoptysis"),
    ],
)
def test_each_trigger_is_severe(changes: dict[str, Any], trigger: str) -> None:
    result = assessed(**changes)
    assert (result.level, result.triggers, result.undecided, result.missing) == (
        "severe", (trigger,), (), (),
    )  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"spo2_pct": 90},
        {"spo2_pct": 80, "on_oxygen": False},
        {"resp_rate_per_min": 29.9},
        {"etco2_mmhg": 50, "is_drowsy": True},
        {"etco2_mmhg": 80, "is_drowsy": False},
        {"etco2_mmhg": 30, "is_drowsy": None},
        {"spo2_pct": None, "on_oxygen": False},
        {"spo2_pct": 95, "on_oxygen": None},
    ],
)
def test_on_the_other_side_nothing_is_met(changes: dict[str, Any]) -> None:
    result = assessed(**changes)
    assert (result.level, result.triggers, result.undecided) == ("none", (), ())
    assert followed(**changes) is None


@pytest.mark.parametrize(
    ("changes", "undecided", "missing"),
    [
        ({"spo2_pct": None}, ("spo2_on_oxygen",), ("spo2",)),
        ({"spo2_pct": 80, "on_oxygen": None}, ("spo2_on_oxygen",), ("o2",)),
        ({"spo2_pct": None, "on_oxygen": None}, ("spo2_on_oxygen",), ("spo2", "o2")),
        ({"resp_rate_per_min": None}, ("rr",), ("rr",)),
        ({"has_silent_chest": None}, ("silent_chest",), ("silent_chest",)),
        ({"etco2_mmhg": None, "is_drowsy": True}, ("etco2_drowsy",), ("etco2",)),
        ({"etco2_mmhg": 60, "is_drowsy": None}, ("etco2_drowsy",), ("drowsy",)),
        ({"suspected": None}, ("massive_haemoptysis",), ("suspected",)),
    ],
)
def test_what_is_missing_decides_nothing(
    changes: dict[str, Any], undecided: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    result = assessed(**changes)
    assert (result.level, result.undecided, result.missing) == (
        "indeterminate", undecided, missing,
    )  # fmt: skip
    follows = followed(**changes)
    assert (follows.decision, follows.alert, follows.asks) == (
        "respiratory_indeterminate", None, missing,
    )  # fmt: skip
    assert (follows.may_bypass, follows.reasons) == (False, ())


@pytest.mark.parametrize("disease", [one for one in DISEASES if one != "massive_haemoptysis"])
def test_a_suspected_disease_belongs_to_the_pathway(disease: str) -> None:
    assert assessed(suspected=frozenset({disease})).level == "suspected"
    follows = followed(suspected=frozenset({disease}), airway=None)
    assert (follows.decision, follows.alert) == ("respiratory_suspected", None)
    assert (follows.may_bypass, follows.asks, follows.reasons) == (False, (), ())
    assert follows.prefers == ("respiratory_icu", "eicu")


def test_severe_with_a_safe_airway_may_pass() -> None:
    follows = followed(resp_rate_per_min=30)
    assert (follows.pathway, follows.decision) == ("respiratory", "respiratory_severe")
    assert (follows.may_bypass, follows.is_immediate, follows.asks) == (True, False, ())
    assert follows.alert is Colour.YELLOW
    assert follows.reasons == (
        reason("respiratory_trigger", trigger="rr"),
        reason("may_need", what="niv"),
        reason("may_need", what="bronchoscopy"),
        reason("may_need", what="icu"),
    )


@pytest.mark.parametrize(
    ("airway", "asks"), [("threatened", ("spo2",)), (None, ("spo2", "airway"))]
)
def test_without_a_safe_airway_nothing_is_passed(airway: str | None, asks: tuple[str, ...]) -> None:
    follows = followed(resp_rate_per_min=30, airway=airway, spo2_pct=None)
    assert (follows.may_bypass, follows.is_immediate, follows.asks) == (False, False, asks)


@pytest.mark.parametrize("changes", [{}, {"resp_rate_per_min": 30}])
def test_a_lost_airway_is_immediate(changes: dict[str, Any]) -> None:
    follows = followed(airway="lost", **changes)
    assert (follows.decision, follows.alert) == ("airway_lost", Colour.RED)
    assert (follows.is_immediate, follows.may_bypass) == (True, False)


def test_red_triggers_alert_red() -> None:
    assert followed(has_silent_chest=True).alert is Colour.RED
    assert followed(suspected=frozenset({"massive_haemoptysis"})).alert is Colour.RED
    assert followed(spo2_pct=80).alert is Colour.YELLOW
    assert followed(etco2_mmhg=60, is_drowsy=True).alert is Colour.YELLOW


def test_the_policy_is_used() -> None:
    policy = RespiratoryPolicy(
        spo2_below_pct=85,
        resp_rate_from_per_min=40,
        etco2_above_mmhg=70,
        red_triggers=("rr",),
        prefers=("a",),
    )
    found = RespiratoryFindings(
        **(NORMAL | {"spo2_pct": 86, "resp_rate_per_min": 39, "etco2_mmhg": 60, "is_drowsy": True})
    )
    assert assess(found, policy).level == "none"
    fast = RespiratoryFindings(**(NORMAL | {"resp_rate_per_min": 40}))
    follows = need(fast, assess(fast, policy), policy)
    assert follows is not None
    assert (follows.alert, follows.prefers) == (Colour.RED, ("a",))


def test_scale_2_only_when_documented() -> None:
    assert [news2_scale(one) for one in (True, False, None)] == [2, 1, 1]


def ask(**given_: Any) -> dict[str, Any]:
    return RESPIRATORY.evaluate(read_case(RESPIRATORY, given_)[0])


def said(**given_: Any) -> tuple[str, str]:
    values, _ignored = read_case(RESPIRATORY, given_)
    words = RESPIRATORY.explain(values, RESPIRATORY.evaluate(values))
    return words.zh, words.en


CASE: dict[str, Any] = {
    "spo2": 97, "o2": True, "rr": 16, "silent_chest": False, "etco2": 40, "drowsy": False,
    "suspected": [], "airway": "safe",
}  # fmt: skip


def test_a_whole_answer() -> None:
    result = ask(**CASE | {"spo2": 85, "hypercapnia_documented": True, "etco2": None,
                           "drowsy": True})  # fmt: skip
    (follows,) = result.pop("needs")
    assert result == {
        "level": "severe",
        "triggers": ["spo2_on_oxygen"],
        "undecided": ["etco2_drowsy"],
        "missing": ["etco2"],
        "news2_scale": 2,
    }
    assert (follows["decision"], follows["alert"]) == ("respiratory_severe", "yellow")
    assert (ask(**CASE)["needs"], ask(**CASE)["news2_scale"]) == ([], 1)
    assert set(ask(**CASE)) == {answer.name for answer in RESPIRATORY.answers}


def test_fields_reach_their_trigger() -> None:
    assert ask(**CASE | {"rr": 30})["triggers"] == ["rr"]
    assert ask(**CASE | {"silent_chest": True})["triggers"] == ["silent_chest"]
    assert ask(**CASE | {"etco2": 51, "drowsy": True})["triggers"] == ["etco2_drowsy"]
    assert ask(**CASE | {"suspected": ["Massive_Haemoptysis"]})["triggers"] == [
        "massive_haemoptysis"
    ]
    assert ask(**CASE | {"airway": "unmanageable"})["needs"][0]["is_immediate"] is True
    with pytest.raises(BadPayload, match=r"suspected: expected any of severe_asthma, .*'flu'"):
        ask(**CASE | {"suspected": ["flu"]})


def test_words() -> None:
    assert said(**CASE) == ("无呼吸中心触发条件。", "No trigger of the respiratory pathway.")
    assert said(**CASE | {"rr": 30, "silent_chest": True, "etco2": None, "drowsy": True}) == (
        "重症呼吸：可能需无创通气、支气管镜或 ICU（呼吸 ≥30 次/分；沉默肺）。缺：etco2。",
        "Severe: may need NIV, bronchoscopy or intensive care (breathing 30/min or more; "
        "silent chest). Missing: etco2.",
    )
    assert said(**CASE | {"airway": "lost"}) == (
        "气道无法维持：送最近可复苏的急诊。无呼吸中心触发条件。",
        "Airway lost: closest resuscitation. No trigger of the respiratory pathway.",
    )
    assert said(**CASE | {"suspected": ["severe_asthma"]})[1] == (
        "A disease of the respiratory centre is suspected."
    )


def test_the_page() -> None:
    assert RULES == (RESPIRATORY, BURN_TOX)
    (table,) = RESPIRATORY.tables
    assert [row[0] for row in table.rows] == list(TRIGGERS)
    assert [row[3] for row in table.rows] == ["yellow", "yellow", "red", "yellow", "red"]
    assert table.rows[0][2] == "SpO2 < 90 % on oxygen"
    assert table.rows[3][2] == "drowsy with EtCO2 > 50 mmHg"


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


FINDINGS = st.fixed_dictionaries(
    {
        "spo2_pct": maybe(st.integers(80, 100)),
        "on_oxygen": maybe(st.booleans()),
        "resp_rate_per_min": maybe(st.integers(0, 60)),
        "has_silent_chest": maybe(st.booleans()),
        "etco2_mmhg": maybe(st.integers(0, 100)),
        "is_drowsy": maybe(st.booleans()),
        "suspected": maybe(st.frozensets(st.sampled_from(DISEASES))),
    }
)


@given(FINDINGS, st.data())
def test_a_missing_value_never_contradicts(full: dict[str, Any], data: st.DataObject) -> None:
    dropped = data.draw(st.sampled_from(sorted(full)))
    whole = assess(RespiratoryFindings(**full), POLICY)
    less = assess(RespiratoryFindings(**full | {dropped: None}), POLICY)
    assert set(less.triggers) <= set(whole.triggers)
    assert set(whole.undecided) <= set(less.undecided)
    assert less.level != "none" or whole.level == "none"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = [name for field in RESPIRATORY.fields for name in (field.name, *field.aliases)]


@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=5))
def test_any_input_is_answered_or_refused(case: dict[str, Any]) -> None:
    try:
        zh, en = said(**case)
    except BadPayload:
        return
    assert zh and en
