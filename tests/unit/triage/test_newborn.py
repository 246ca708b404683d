"""The newborn pathway: who, level of care, team, first actions, both sides of every number."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.triage.newborn import (
    ACTIONS,
    FINDINGS,
    RED_FLAGS,
    STABLE_CHECKLIST,
    Newborn,
    NewbornAnswer,
    NewbornPathwayPolicy,
    decide,
)
from hospital_gateway.prealert import Colour

DAY = 24 * 60
READY = (*STABLE_CHECKLIST, "keep_warm")


def decided(**given: Any) -> NewbornAnswer:
    """One hour old, everything looked at and well, unless given otherwise."""
    fields = {name: given.pop(name) for name in Newborn.__struct_fields__ if name in given}
    assert set(given) <= set(FINDINGS), given
    return decide(Newborn(**{"age_min": 60, "missing": (), **fields}, findings=given))


@pytest.mark.parametrize(
    ("age_min", "belongs", "decision"),
    [
        (0, True, "no_indication"),
        (28 * DAY, True, "no_indication"),
        (29 * DAY - 1, True, "no_indication"),
        (29 * DAY, False, "child_pathway"),
        (None, None, "no_indication"),
    ],
)
def test_r36_from_day_29_a_child(
    age_min: float | None, belongs: bool | None, decision: str
) -> None:
    answer = decided(age_min=age_min)
    assert (answer.is_newborn, answer.decision, answer.needs) == (belongs, decision, ())
    assert answer.asks == (("age",) if age_min is None else ())


def test_a_child_takes_nothing_from_this_pathway() -> None:
    answer = decided(
        age_min=30 * DAY, arrest=True, red_flags=("seizure",), actions=("rewarm",),
        missing=RED_FLAGS, gestation_weeks=28,
    )  # fmt: skip
    assert (answer.decision, answer.nicu_level, answer.priority) == ("child_pathway", None, None)
    assert (answer.level_3_reasons, answer.indications) == ((), ())
    assert (answer.needs, answer.do, answer.asks, answer.sends_team) == ((), (), (), False)


@pytest.mark.parametrize(
    ("known", "reasons"),
    [
        ({"gestation_weeks": 31.9}, ("very_preterm",)),
        ({"gestation_weeks": 32}, ()),
        ({"weight_g": 1499}, ("very_light",)),
        ({"weight_g": 1500}, ()),
        ({"oxygen_pct": 40.1}, ("high_oxygen",)),
        ({"oxygen_pct": 40}, ()),
        ({"ventilated": True}, ("ventilated",)),
        ({"asphyxia": True}, ("asphyxia",)),
        ({"shock": True}, ("shock",)),
        ({"duct_dependent_heart": True}, ("duct_dependent_heart",)),
        ({"surgical_malformation": True}, ("surgical_malformation",)),
        ({"red_flags": ("seizure",)}, ("seizure",)),
        ({"red_flags": ("apgar_1",)}, ("apgar_1",)),
        ({"red_flags": ("apgar_5",)}, ("apgar_5",)),
        ({"red_flags": ("glucose",)}, ()),
        ({"cpap": True}, ()),
        ({"shock": False}, ()),
    ],
)
def test_level_3(known: dict[str, Any], reasons: tuple[str, ...]) -> None:
    answer = decided(**known)
    assert answer.level_3_reasons == reasons
    assert (answer.nicu_level == 3) is bool(reasons)
    assert answer.sends_team is bool(reasons)
    if reasons:
        need = answer.needs[0]
        assert (answer.decision, need.alert) == ("city_nicu", Colour.RED)
        assert (need.requires, need.prefers, need.may_bypass) == (("nicu_3",), (), True)
        assert need.notify == ("newborn_centre", "newborn_team")
        assert not need.is_immediate and need.pathway == "newborn"


@pytest.mark.parametrize(
    ("known", "indications"),
    [
        ({"gestation_weeks": 33.9}, ("gestation",)),
        ({"gestation_weeks": 34}, ()),
        ({"weight_g": 1999}, ("weight",)),
        ({"weight_g": 2000}, ()),
        ({"gestation_weeks": 31}, ("very_preterm",)),
        ({"weight_g": 1000, "gestation_weeks": 33}, ("very_light", "gestation")),
        ({"severe_jaundice": True}, ("severe_jaundice",)),
        ({"red_flags": ("spo2", "resp_rate"), "cpap": True}, ("resp_rate", "spo2", "cpap")),
        ({"red_flags": ("seizure",)}, ("seizure",)),
    ],
)
def test_indications(known: dict[str, Any], indications: tuple[str, ...]) -> None:
    answer = decided(**known)
    assert answer.indications == indications
    assert bool(answer.needs) is bool(indications)


@pytest.mark.parametrize("finding", FINDINGS)
def test_every_finding_is_an_indication(finding: str) -> None:
    assert finding in decided(**{finding: True}).indications
    assert decided(**{finding: False}).indications == ()


@pytest.mark.parametrize("flag", RED_FLAGS)
def test_every_red_flag_is_an_indication(flag: str) -> None:
    answer = decided(red_flags=(flag,))
    assert answer.indications == (flag,)
    is_quiet = flag in ("gestation", "weight")
    assert answer.needs[0].alert is (Colour.YELLOW if is_quiet else Colour.RED)


def test_r30_a_cold_newborn_is_rewarmed_in_the_newborn_centre() -> None:
    answer = decided(age_min=120, red_flags=("temperature",), actions=("rewarm",))
    assert (answer.decision, answer.nicu_level) == ("newborn_centre", 2)
    need = answer.needs[0]
    assert (need.requires, need.prefers, need.may_bypass) == (("nicu_2",), (), False)
    assert need.do == answer.do == ("rewarm", *READY)
    assert need.notify == ("newborn_centre",)
    assert need.asks == answer.asks == ("stable",)


def test_r31_saturation_inside_the_target_is_no_indication() -> None:
    assert decided(age_min=3).decision == "no_indication"


def test_r32_saturation_below_the_target_is_one() -> None:
    assert decided(age_min=10, red_flags=("spo2",)).decision == "newborn_centre"


def test_r33_compressions_are_p1_at_the_closest() -> None:
    answer = decided(age_min=2, red_flags=("heart_rate",), actions=("compressions_3_to_1",))
    assert (answer.decision, answer.priority, answer.sends_team) == ("resuscitate", "P1", True)
    need = answer.needs[0]
    assert (need.is_immediate, need.requires, need.may_bypass) == (True, (), False)
    assert (need.prefers, need.do) == (("nicu_2",), ("compressions_3_to_1",))
    assert need.alert is Colour.RED
    assert need.notify == ("newborn_centre", "newborn_team")


def test_r34_30_weeks_1300_g_on_cpap_go_to_level_3_with_a_team() -> None:
    answer = decided(gestation_weeks=30, weight_g=1300, cpap=True)
    assert (answer.decision, answer.nicu_level, answer.sends_team) == ("city_nicu", 3, True)
    assert answer.indications == ("very_preterm", "very_light", "cpap")
    assert answer.needs[0].do == READY


def test_r35_low_glucose_is_treated() -> None:
    answer = decided(red_flags=("glucose",), actions=("treat_glucose",))
    assert answer.do == ("treat_glucose", *READY)
    assert answer.needs[0].alert is Colour.RED


@pytest.mark.parametrize("finding", ["arrest", "airway_unmanageable"])
def test_immediate(finding: str) -> None:
    answer = decided(**{finding: True}, stable=False)
    assert (answer.decision, answer.do) == ("resuscitate", ("resuscitate",))
    assert answer.needs[0].is_immediate and answer.needs[0].alert is Colour.RED
    assert decided(**{finding: True}).needs[0].alert is Colour.RED


def test_compressions_alone_are_immediate_without_a_level() -> None:
    answer = decided(actions=("compressions_3_to_1",))
    assert (answer.decision, answer.nicu_level) == ("resuscitate", None)
    assert (answer.needs[0].prefers, answer.needs[0].alert) == ((), Colour.RED)
    assert decided(actions=("ventilate",)).needs == ()
    assert decided(actions=("ventilate", "rewarm")).do == ("ventilate", "rewarm")


@pytest.mark.parametrize(
    ("known", "wanted"), [({"cpap": True}, "nicu_2"), ({"ventilated": True}, "nicu_3")]
)
def test_not_stable_waits_near_for_the_team(known: dict[str, Any], wanted: str) -> None:
    answer = decided(**known, stable=False)
    assert (answer.decision, answer.sends_team) == ("nearest_then_team", True)
    need = answer.needs[0]
    assert (need.requires, need.prefers, need.may_bypass) == ((), (wanted,), False)
    assert need.alert is Colour.RED and not need.is_immediate
    assert need.notify == ("newborn_centre", "newborn_team")
    assert need.do == READY and answer.asks == ()


@pytest.mark.parametrize("finding", ["bleeding", "sepsis"])
def test_grave_findings_are_red(finding: str) -> None:
    assert decided(**{finding: True}).needs[0].alert is Colour.RED
    assert decided(severe_jaundice=True).needs[0].alert is Colour.YELLOW


def test_stable_and_nothing_found() -> None:
    assert decided(stable=False).decision == "no_indication"
    assert decided(stable=False).needs == ()
    assert decided(stable=True, cpap=True).asks == ()


def test_trap_08_what_was_not_looked_at_is_not_normal() -> None:
    nothing = decide(Newborn())
    assert (nothing.decision, nothing.needs) == ("undecided", ())
    assert nothing.asks == ("age", *RED_FLAGS)
    assert decided(missing=("glucose",)).decision == "undecided"
    sized = decide(Newborn(gestation_weeks=40, weight_g=3000))
    assert "gestation" not in sized.asks and "weight" not in sized.asks
    assert "temperature" in sized.asks
    small = decided(gestation_weeks=33, missing=("gestation", "weight"))
    assert small.asks == ("stable", "weight")


@pytest.mark.parametrize(
    ("celsius", "arrived_warm"),
    [(None, None), (36.4, False), (36.5, True), (37.5, True), (37.6, False)],
)
def test_temperature_on_arrival(celsius: float | None, arrived_warm: bool | None) -> None:
    assert decided(arrival_temperature_cel=celsius).arrived_warm is arrived_warm


def test_numbers_are_the_countys() -> None:
    generous = NewbornPathwayPolicy(level_3_below_weeks=28, last_day=27)
    assert decide(Newborn(gestation_weeks=30), generous).nicu_level == 2
    assert decide(Newborn(age_min=28 * DAY), generous).is_newborn is False


@given(
    st.builds(
        Newborn,
        age_min=st.none() | st.floats(0, 1e6),
        gestation_weeks=st.none() | st.floats(0, 45),
        weight_g=st.none() | st.floats(0, 9000),
        oxygen_pct=st.none() | st.floats(21, 100),
        stable=st.none() | st.booleans(),
        red_flags=st.lists(st.sampled_from(RED_FLAGS), unique=True).map(tuple),
        actions=st.lists(st.sampled_from(ACTIONS), unique=True).map(tuple),
        findings=st.dictionaries(st.sampled_from(FINDINGS), st.booleans()),
    ),
    st.sampled_from(["gestation_weeks", "weight_g", "oxygen_pct"]),
)
def test_less_known_never_finds_more(baby: Newborn, name: str) -> None:
    kept = {field: getattr(baby, field) for field in Newborn.__struct_fields__ if field != name}
    whole, less = decide(baby), decide(Newborn(**kept))
    assert set(less.level_3_reasons) <= set(whole.level_3_reasons)
    assert (less.nicu_level or 0) <= (whole.nicu_level or 0)
    assert (less.decision == "resuscitate") is (whole.decision == "resuscitate")
