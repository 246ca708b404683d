"""Burns and poisons: who needs a burn unit, a pressure chamber or toxicology, as rule too."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.read import read_case
from dispatch.rules.respiratory import BURN_TOX
from dispatch.triage.burn_tox import (
    POISONS,
    BurnToxFindings,
    BurnToxPolicy,
    burn_criteria,
    burn_need,
    hyperbaric_criteria,
    tox_need,
)
from hospital_gateway.advice import reason
from hospital_gateway.prealert import Colour

POLICY = BurnToxPolicy()
BURN: dict[str, Any] = {
    "age_years": 40,
    "burn_pct": 5,
    "has_face_or_airway_burn": False,
    "is_high_voltage": False,
    "is_closed_room_fire": False,
    "has_other_trauma": False,
    "is_stable": True,
    "airway": "safe",
}
CO: dict[str, Any] = {
    "poison": "co",
    "gcs_total": 15,
    "has_lost_consciousness": False,
    "has_cardiac_ischaemia": False,
    "is_pregnant": False,
    "cohb_pct": 5,
    "hyperbaric_min": 40,
    "airway": "safe",
    "is_stable": True,
}


def burnt(**changes: Any) -> Any:
    return burn_need(BurnToxFindings(**(BURN | changes)), POLICY)


def poisoned(**changes: Any) -> Any:
    return tox_need(BurnToxFindings(**(CO | changes)), POLICY)


@pytest.mark.parametrize(
    ("changes", "criterion"),
    [
        ({"burn_pct": 20.1}, "burn_area"),
        ({"burn_pct": 10.1, "age_years": 15.9}, "burn_area"),
        ({"burn_pct": 10.1, "age_years": 0}, "burn_area"),
        ({"burn_pct": 20.1, "age_years": None}, "burn_area"),
        ({"has_face_or_airway_burn": True}, "face_airway"),
        ({"is_high_voltage": True}, "high_voltage"),
        ({"is_closed_room_fire": True}, "closed_room"),
    ],
)
def test_each_criterion_wants_a_burn_unit(changes: dict[str, Any], criterion: str) -> None:
    follows = burnt(**changes)
    assert (follows.pathway, follows.decision, follows.alert) == ("burn", "burn_unit", Colour.RED)
    assert (follows.requires, follows.prefers) == (("burn",), ())
    assert (follows.may_bypass, follows.is_immediate, follows.asks) == (True, False, ())
    assert follows.reasons == (reason("burn_criterion", criterion=criterion),)


@pytest.mark.parametrize(
    "changes",
    [{}, {"burn_pct": 0}, {"burn_pct": 20}, {"burn_pct": 20, "age_years": 16},
     {"burn_pct": 10, "age_years": 15}, {"burn_pct": 10, "age_years": None}],
)  # fmt: skip
def test_a_small_burn_asks_for_nothing(changes: dict[str, Any]) -> None:
    assert burnt(**changes) is None


def test_x10_burn_of_25_percent_goes_to_a_burn_unit_only_when_stable() -> None:
    stable = burn_need(BurnToxFindings(burn_pct=25, has_other_trauma=False, is_stable=True), POLICY)
    assert stable is not None
    assert (stable.decision, stable.requires, stable.asks) == ("burn_unit", ("burn",), ())
    unstable = burnt(burn_pct=25, is_stable=False)
    assert (unstable.decision, unstable.requires, unstable.prefers) == (
        "burn_nearest", (), ("burn",),
    )  # fmt: skip
    assert (unstable.may_bypass, unstable.alert, unstable.asks) == (False, Colour.RED, ())


@pytest.mark.parametrize(
    ("changes", "decision", "asks"),
    [
        ({"is_stable": None}, "burn_nearest", ("stable",)),
        ({"has_other_trauma": None}, "burn_nearest", ("other_trauma",)),
        ({"is_stable": None, "has_other_trauma": None}, "burn_nearest",
         ("stable", "other_trauma")),
        ({"airway": "threatened"}, "burn_nearest", ()),
        ({"airway": None}, "burn_unit", ()),
        ({"has_other_trauma": True}, "burn_with_trauma", ()),
        ({"has_other_trauma": True, "is_stable": False}, "burn_with_trauma", ()),
        ({"airway": "lost", "has_other_trauma": True}, "airway_lost", ()),
    ],
)  # fmt: skip
def test_what_keeps_from_the_burn_unit(
    changes: dict[str, Any], decision: str, asks: tuple[str, ...]
) -> None:
    follows = burnt(burn_pct=25, is_high_voltage=None, **changes)
    assert (follows.decision, follows.asks) == (decision, asks)
    assert follows.requires == (("burn",) if decision == "burn_unit" else ())
    assert follows.may_bypass == (decision in {"burn_unit", "burn_with_trauma"})
    assert follows.is_immediate == (decision == "airway_lost")
    assert follows.alert is Colour.RED


@pytest.mark.parametrize(
    ("changes", "undecided", "missing"),
    [
        ({"burn_pct": None}, ("burn_area",), ("burn_pct",)),
        ({"burn_pct": None, "age_years": None}, ("burn_area",), ("burn_pct",)),
        ({"burn_pct": 10.1, "age_years": None}, ("burn_area",), ("age",)),
        ({"burn_pct": 20, "age_years": None}, ("burn_area",), ("age",)),
        ({"has_face_or_airway_burn": None}, ("face_airway",), ("face_airway",)),
        ({"is_high_voltage": None}, ("high_voltage",), ("high_voltage",)),
        ({"is_closed_room_fire": None}, ("closed_room",), ("closed_room",)),
    ],
)
def test_an_open_criterion_is_asked_for(
    changes: dict[str, Any], undecided: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    criteria = burn_criteria(BurnToxFindings(**(BURN | changes)), POLICY)
    assert criteria is not None
    assert (criteria.met, criteria.undecided, criteria.missing) == ((), undecided, missing)
    follows = burnt(**changes)
    assert (follows.decision, follows.asks) == ("burn_indeterminate", missing)
    assert (follows.alert, follows.may_bypass, follows.prefers) == (None, False, ("burn",))


def test_an_airway_is_lost_even_with_a_small_burn() -> None:
    follows = burnt(airway="lost")
    assert (follows.decision, follows.is_immediate, follows.alert) == (
        "airway_lost", True, Colour.RED,
    )  # fmt: skip


def test_nothing_said_of_a_burn_is_no_burn() -> None:
    silent = BurnToxFindings(age_years=40, airway="lost", is_stable=False)
    assert burn_criteria(silent, POLICY) is None and burn_need(silent, POLICY) is None
    for field in ("has_face_or_airway_burn", "is_high_voltage", "is_closed_room_fire"):
        assert burn_criteria(BurnToxFindings(**{field: False}), POLICY) is not None
    assert burn_criteria(BurnToxFindings(burn_pct=0), POLICY) is not None


@pytest.mark.parametrize(
    ("changes", "criterion"),
    [
        ({"gcs_total": 14}, "neurological"), ({"gcs_total": 3}, "neurological"),
        ({"has_lost_consciousness": True}, "lost_consciousness"),
        ({"has_cardiac_ischaemia": True}, "cardiac_ischaemia"),
        ({"is_pregnant": True}, "pregnant"), ({"cohb_pct": 25}, "cohb"),
    ],
)  # fmt: skip
def test_each_criterion_wants_a_pressure_chamber(changes: dict[str, Any], criterion: str) -> None:
    follows = poisoned(**changes)
    assert (follows.pathway, follows.decision, follows.alert) == (
        "tox", "hyperbaric", Colour.YELLOW,
    )  # fmt: skip
    assert (follows.requires, follows.prefers, follows.do) == (
        ("hyperbaric",), (), ("high_flow_oxygen",),
    )  # fmt: skip
    assert (follows.may_bypass, follows.is_immediate, follows.asks) == (True, False, ())
    assert follows.reasons == (reason("hyperbaric_criterion", criterion=criterion),)


def test_mild_carbon_monoxide_poisoning_gets_oxygen() -> None:
    follows = poisoned(cohb_pct=24.9)
    assert (follows.decision, follows.alert, follows.asks) == ("co_oxygen", None, ())
    assert (follows.do, follows.may_bypass) == (("high_flow_oxygen",), False)
    assert (follows.requires, follows.prefers) == ((), ("hyperbaric",))


def test_x11_carbon_monoxide_gcs_10_within_the_limit_with_a_safe_airway() -> None:
    assert poisoned(gcs_total=10, hyperbaric_min=60).decision == "hyperbaric"
    assert poisoned(gcs_total=10, hyperbaric_min=0).decision == "hyperbaric"
    far = poisoned(gcs_total=10, hyperbaric_min=60.1)
    assert (far.decision, far.requires, far.prefers) == ("co_nearest", (), ("hyperbaric",))
    assert (far.may_bypass, far.alert, far.asks) == (False, Colour.YELLOW, ())
    assert poisoned(gcs_total=10, airway="threatened").decision == "co_nearest"


@pytest.mark.parametrize(
    ("changes", "decision", "asks"),
    [
        ({"airway": None}, "co_nearest", ("airway",)),
        ({"hyperbaric_min": None}, "co_nearest", ("hyperbaric_min",)),
        ({"airway": None, "hyperbaric_min": None}, "co_nearest", ("airway", "hyperbaric_min")),
        ({"is_stable": False}, "co_nearest", ()),
        ({"is_stable": None}, "hyperbaric", ()),
        ({"airway": "lost"}, "airway_lost", ()),
    ],
)
def test_what_keeps_from_the_chamber(
    changes: dict[str, Any], decision: str, asks: tuple[str, ...]
) -> None:
    follows = poisoned(gcs_total=10, cohb_pct=None, **changes)
    assert (follows.decision, follows.asks) == (decision, asks)
    assert follows.is_immediate == (decision == "airway_lost")
    assert follows.alert is (Colour.RED if decision == "airway_lost" else Colour.YELLOW)


@pytest.mark.parametrize(
    ("field", "criterion", "name"),
    [
        ("gcs_total", "neurological", "gcs"), ("is_pregnant", "pregnant", "pregnant"),
        ("has_lost_consciousness", "lost_consciousness", "lost_consciousness"),
        ("has_cardiac_ischaemia", "cardiac_ischaemia", "cardiac_ischaemia"),
        ("cohb_pct", "cohb", "cohb"),
    ],
)  # fmt: skip
def test_an_open_chamber_criterion_is_asked_for(field: str, criterion: str, name: str) -> None:
    found = BurnToxFindings(**(CO | {field: None}))
    criteria = hyperbaric_criteria(found, POLICY)
    assert criteria is not None
    assert (criteria.met, criteria.undecided, criteria.missing) == ((), (criterion,), (name,))
    follows = poisoned(**{field: None})
    assert (follows.decision, follows.asks, follows.alert) == (
        "co_indeterminate", (name,), None,
    )  # fmt: skip


@pytest.mark.parametrize("poison", [one for one in POISONS if one != "co"])
def test_other_poisons_prefer_toxicology(poison: str) -> None:
    follows = poisoned(poison=poison, gcs_total=3)
    assert (follows.pathway, follows.decision, follows.alert) == ("tox", "poisoned", None)
    assert (follows.prefers, follows.requires, follows.do) == (("tox",), (), ())
    assert (follows.may_bypass, follows.is_immediate) == (False, False)
    assert follows.reasons == (reason("poison", poison=poison),)
    lost = poisoned(poison=poison, airway="lost")
    assert (lost.decision, lost.alert, lost.is_immediate) == ("airway_lost", Colour.RED, True)


def test_no_poison_no_need() -> None:
    assert poisoned(poison=None) is None


def test_the_policy_is_used() -> None:
    policy = BurnToxPolicy(
        burn_above_pct=30,
        child_burn_above_pct=15,
        child_below_years=14,
        gcs_below=9,
        cohb_from_pct=40,
        hyperbaric_limit_min=30,
    )
    assert burn_need(BurnToxFindings(**(BURN | {"burn_pct": 30})), policy) is None
    child = BurnToxFindings(**(BURN | {"burn_pct": 16, "age_years": 14}))
    assert burn_need(child, policy) is None
    mild = tox_need(BurnToxFindings(**(CO | {"gcs_total": 9, "cohb_pct": 39})), policy)
    assert mild is not None and mild.decision == "co_oxygen"
    far = tox_need(BurnToxFindings(**(CO | {"gcs_total": 8, "hyperbaric_min": 31})), policy)
    assert far is not None and far.decision == "co_nearest"


def ask(**given_: Any) -> dict[str, Any]:
    return BURN_TOX.evaluate(read_case(BURN_TOX, given_)[0])


def said(**given_: Any) -> tuple[str, str]:
    values, _ignored = read_case(BURN_TOX, given_)
    words = BURN_TOX.explain(values, BURN_TOX.evaluate(values))
    return words.zh, words.en


FIRE: dict[str, Any] = {
    "age": 40, "burn_pct": 25, "face_airway": False, "high_voltage": False, "closed_room": True,
    "other_trauma": False, "stable": True, "airway": "safe", "poison": "carbon_monoxide",
    "gcs": 15, "lost_consciousness": False, "cardiac_ischaemia": False, "pregnant": False,
    "cohb": 30, "hyperbaric_min": 40,
}  # fmt: skip


def test_a_house_fire_is_both() -> None:
    result = ask(**FIRE)
    burn, tox = result.pop("needs")
    assert result == {
        "burn": "burn_unit",
        "tox": "hyperbaric",
        "criteria": ["burn_area", "closed_room", "cohb"],
        "undecided": [],
        "missing": [],
    }
    assert (burn["requires"], tox["requires"], burn["alert"]) == (["burn"], ["hyperbaric"], "red")
    assert {*result, "needs"} == {answer.name for answer in BURN_TOX.answers}


def test_open_answers_are_listed() -> None:
    result = ask(**FIRE | {"burn_pct": None, "closed_room": False, "cohb": None, "stable": None})
    assert (result["burn"], result["tox"]) == ("burn_indeterminate", "co_indeterminate")
    assert (result["undecided"], result["missing"]) == (["burn_area", "cohb"], ["burn_pct", "cohb"])


@pytest.mark.parametrize(
    ("changes", "criteria"),
    [
        ({"face_airway": True}, ["face_airway"]), ({"high_voltage": True}, ["high_voltage"]),
        ({"age": 10, "burn_pct": 11}, ["burn_area"]), ({"gcs": 10}, ["neurological"]),
        ({"lost_consciousness": True}, ["lost_consciousness"]),
        ({"cardiac_ischaemia": True}, ["cardiac_ischaemia"]), ({"pregnant": True}, ["pregnant"]),
    ],
)  # fmt: skip
def test_fields_reach_their_criterion(changes: dict[str, Any], criteria: list[str]) -> None:
    mild = FIRE | {"burn_pct": 1, "closed_room": False, "cohb": 1}
    assert ask(**mild | changes)["criteria"] == criteria


def test_circumstances_reach_the_decision() -> None:
    assert ask(**FIRE | {"other_trauma": True})["burn"] == "burn_with_trauma"
    assert ask(**FIRE | {"stable": False})["burn"] == "burn_nearest"
    assert ask(**FIRE | {"airway": "lost"})["tox"] == "airway_lost"
    assert ask(**FIRE | {"hyperbaric_min": 61})["tox"] == "co_nearest"
    assert ask(poison="paraquat")["tox"] == "poisoned"
    assert ask() == {
        "burn": None, "tox": None, "criteria": [], "undecided": [], "missing": [], "needs": [],
    }  # fmt: skip
    with pytest.raises(BadPayload, match="gcs"):
        ask(gcs=2)


def test_words() -> None:
    assert said() == (
        "没有需要专科能力的烧伤或中毒。",
        "No burn or poison that asks for a special place.",
    )
    assert said(**FIRE) == (
        "烧伤：送有烧伤救治能力的医院。一氧化碳中毒：吸氧，送有高压氧的医院"
        "（面积 >20%（16 岁以下 >10%）；密闭空间火灾；COHb ≥25%）。",
        "Burn: to a hospital with a burn unit. Carbon monoxide: oxygen, to a pressure chamber "
        "(more than 20 % of the body (below 16 years more than 10 %); fire in a closed room; "
        "COHb 25 % or more).",
    )
    zh, en = said(poison="co")
    assert zh.endswith("。缺：gcs, lost_consciousness, cardiac_ischaemia, pregnant, cohb。")
    assert en.endswith("Missing: gcs, lost_consciousness, cardiac_ischaemia, pregnant, cohb.")


def test_every_decision_has_words() -> None:
    cases: tuple[dict[str, Any], ...] = (
        {"burn_pct": 25}, {"burn_pct": 25, "other_trauma": True}, {"burn_pct": 1},
        {"burn_pct": 1, "airway": "lost"}, FIRE | {"hyperbaric_min": 90}, FIRE | {"cohb": 1},
        {"poison": "venom"},
    )  # fmt: skip
    assert len({said(**case)[1] for case in cases}) == len(cases)


def test_the_page() -> None:
    burn, chamber = BURN_TOX.tables
    assert [row[0] for row in burn.rows] == [
        "burn_area", "face_airway", "high_voltage", "closed_room",
    ]  # fmt: skip
    assert [row[0] for row in chamber.rows] == [
        "neurological", "lost_consciousness", "cardiac_ischaemia", "pregnant", "cohb",
    ]  # fmt: skip
    assert chamber.rows[0][2] == "GCS below 15"
    assert "within 60 min" in BURN_TOX.notes[2].text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = [name for field in BURN_TOX.fields for name in (field.name, *field.aliases)]


@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=5))
def test_any_input_is_answered_or_refused(case: dict[str, Any]) -> None:
    try:
        zh, en = said(**case)
    except BadPayload:
        return
    assert zh and en


@given(
    st.dictionaries(st.sampled_from(sorted(FIRE)), st.none(), max_size=4),
    st.floats(0, 100),
    st.integers(3, 15),
)
def test_what_is_not_known_never_allows_a_bypass(
    dropped: dict[str, None], burn_pct: float, gcs: int
) -> None:
    whole = FIRE | {"burn_pct": burn_pct, "gcs": gcs}
    allowed = {one["pathway"] for one in ask(**whole)["needs"] if one["may_bypass"]}
    less = {one["pathway"] for one in ask(**whole | dropped)["needs"] if one["may_bypass"]}
    assert less <= allowed
