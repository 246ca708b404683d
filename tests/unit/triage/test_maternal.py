"""The maternal pathway: what makes her unstable, and every decision on both sides."""

from typing import Any

import pytest

from dispatch.triage.maternal import decide
from dispatch.triage.maternal_flags import DEFAULT_POLICY, MaternalPolicy, Woman
from dispatch.triage.maternal_risk import GUANGZHOU, RiskPolicy
from hospital_gateway.prealert import Colour
from tests.unit.triage.maternal_cases import BORN, OPERATING, decided, healthy, woman

SIX = RiskPolicy(marks=GUANGZHOU)


@pytest.mark.parametrize(
    "found",
    [
        {"seizure": True},
        {"cord_prolapse": True},
        {"uterine_inversion": True},
        {"amniotic_embolism": True},
        {"shock_class": "urgent"},
        {"bleeding": True, "shock_class": "alert"},
        {"bleeding": True, "mewc_trigger": True},
        {"stable": False},
    ],
)
def test_unstable_whatever_anybody_said(found: dict[str, Any]) -> None:
    answer = healthy(**found)
    assert answer.is_unstable
    assert answer.decision == "nearest_operating_obstetrics"
    need = answer.needs[0]
    assert (need.requires, need.prefers, need.alert) == (OPERATING, (), Colour.RED)
    assert not need.may_bypass and not need.is_immediate
    assert need.notify == ("maternal_centre",)


@pytest.mark.parametrize(
    "found",
    [
        {"bleeding": True},
        {"bleeding": True, "shock_class": "reassuring"},
        {"shock_class": "alert"},
        {"mewc_trigger": True},
        {"sepsis": True},
        {"systolic_mmhg": 160},
    ],
)
def test_a_flag_alone_is_not_unstable(found: dict[str, Any]) -> None:
    answer = healthy(**found)
    assert not answer.is_unstable
    assert answer.decision == "maternal_centre"
    assert answer.needs[0].alert is Colour.RED
    assert answer.needs[0].requires == OPERATING and not answer.needs[0].may_bypass


def test_haemorrhage_after_birth_with_a_sign_of_shock_is_unstable() -> None:
    assert decided(**BORN, blood_loss_ml=500, shock_class="alert", stable=True).is_unstable
    assert not decided(**BORN, blood_loss_ml=500, shock_class="reassuring").is_unstable


@pytest.mark.parametrize(
    "finding", ["crowning", "urge_to_push", "fully_dilated", "shoulder_dystocia"]
)
def test_imminent_delivery(finding: str) -> None:
    answer = healthy(**{finding: True})
    assert answer.is_imminent and answer.decision == "deliver_or_closest_obstetrics"
    need = answer.needs[0]
    assert (need.requires, need.may_bypass, need.alert) == (("ob_emergency",), False, Colour.RED)
    assert need.do == ("prepare_delivery",)
    assert need.notify == ("maternal_centre",)
    assert not healthy(days_after_birth=0, gestation_weeks=None, **{finding: True}).is_imminent


def test_unstable_and_imminent_prepares_delivery_too() -> None:
    answer = healthy(crowning=True, seizure=True)
    assert answer.decision == "nearest_operating_obstetrics"
    assert answer.needs[0].do == ("prepare_delivery",)


def test_r23_fully_dilated_at_31_weeks_brings_the_newborn_team() -> None:
    answer = healthy(gestation_weeks=31, fully_dilated=True)
    assert answer.decision == "deliver_or_closest_obstetrics"
    assert answer.needs[0].notify == ("maternal_centre", "newborn_team")
    assert answer.needs[0].prefers == ("nicu_3", "nicu_2")


@pytest.mark.parametrize(
    ("weeks", "extra_min", "decision"),
    [
        (31.9, 40, "city_in_utero"),
        (31.9, 60, "city_in_utero"),
        (31.9, 60.1, "maternal_centre"),
        (31.9, None, "city_in_utero"),
        (32, 0, "maternal_with_nicu"),
        (33.9, 60, "maternal_with_nicu"),
        (33.9, 61, "maternal_centre"),
        (33.9, None, "maternal_with_nicu"),
        (34, 10, "unit_of_choice"),
        (19.9, 10, "unit_of_choice"),
    ],
)
def test_newborn_care_by_weeks_and_extra_drive(
    weeks: float, extra_min: float | None, decision: str
) -> None:
    assert healthy(gestation_weeks=weeks, nicu_extra_min=extra_min).decision == decision


def test_r22_city_in_utero_after_a_call() -> None:
    need = healthy(gestation_weeks=31, labour=True, nicu_extra_min=40).needs[0]
    assert need.requires == (*OPERATING, "nicu_3") and need.prefers == ()
    assert need.do == ("call_county_obstetrician",)
    assert need.notify == ("maternal_centre",) and need.alert is Colour.YELLOW
    open_drive = healthy(gestation_weeks=31).needs[0]
    assert (open_drive.requires, open_drive.prefers) == (OPERATING, ("nicu_3",))
    assert open_drive.may_bypass and not need.may_bypass
    assert open_drive.asks == ("nicu_extra_min",)


def test_newborn_care_before_34_weeks() -> None:
    need = healthy(gestation_weeks=33, nicu_extra_min=10).needs[0]
    assert (need.requires, need.may_bypass) == ((*OPERATING, "nicu_2"), False)
    assert (need.do, need.notify) == ((), ("maternal_centre",))
    open_drive = healthy(gestation_weeks=33).needs[0]
    assert (open_drive.requires, open_drive.prefers) == (OPERATING, ("nicu_2", "nicu_3"))
    assert open_drive.may_bypass


def test_stability_unknown_passes_no_hospital() -> None:
    answer = decide(Woman(gestation_weeks=31, mewc_trigger=False, risk_marks=("green",)))
    assert answer.decision == "maternal_centre"
    assert answer.asks == ("stable",)
    assert answer.needs[0].notify == ("maternal_centre", "newborn_team")
    assert not answer.needs[0].may_bypass


@pytest.mark.parametrize("disease", ["cardiac_disease", "respiratory_disease", "accreta"])
@pytest.mark.parametrize(
    ("marks", "goes_far"),
    [(("red",), True), (("orange",), True), ((), True), (("purple",), True), (("yellow",), False)],
)
def test_r26_grave_disease_goes_to_the_city_when_stable(
    disease: str, marks: tuple[str, ...], goes_far: bool
) -> None:
    answer = healthy(gestation_weeks=36, risk_marks=marks, **{disease: True})
    near = "maternal_level_2" if disease == "accreta" else "maternal_centre"
    assert answer.decision == ("city_maternal" if goes_far else near)
    unknown = decide(Woman(gestation_weeks=36, risk_marks=marks, findings={disease: True}))
    assert unknown.decision == ("maternal_centre" if goes_far else near)
    assert ("stable" in unknown.asks) is goes_far


def test_r26_trigger_city_if_stable_else_county() -> None:
    ill = {"gestation_weeks": 36, "risk_marks": ("red",), "cardiac_disease": True}
    stable = healthy(**ill, mewc_trigger=True)
    assert (stable.decision, stable.needs[0].alert) == ("city_maternal", Colour.RED)
    assert stable.needs[0].may_bypass
    assert stable.needs[0].prefers == ("nicu_3", "eicu")
    assert stable.needs[0].requires == OPERATING
    assert stable.needs[0].do == ("call_county_obstetrician",)
    county = healthy(**ill, mewc_trigger=True, stable=False)
    assert county.decision == "nearest_operating_obstetrics"


def test_very_preterm_goes_before_disease() -> None:
    answer = healthy(gestation_weeks=31, risk_marks=("red",), cardiac_disease=True)
    assert answer.decision == "city_in_utero"
    later = healthy(gestation_weeks=33, risk_marks=("red",), cardiac_disease=True)
    assert later.decision == "city_maternal"
    assert later.needs[0].prefers == ("nicu_3", "eicu", "nicu_2")
    assert later.needs[0].notify == ("maternal_centre", "newborn_team")


@pytest.mark.parametrize(
    ("marks", "decision"),
    [
        (("green",), "unit_of_choice"),
        (("yellow",), "maternal_level_2"),
        (("red",), "maternal_level_2"),
        (("green", "purple"), "maternal_level_2"),
        ((), "maternal_level_2"),
    ],
)
def test_r21_by_colour(marks: tuple[str, ...], decision: str) -> None:
    need = healthy(risk_marks=marks).needs[0]
    assert need.decision == decision
    assert need.requires == (("ob_emergency",) if decision == "unit_of_choice" else OPERATING)
    assert not need.may_bypass and need.pathway == "maternal"


def test_r27_purple_alone_asks_for_precautions() -> None:
    answer = healthy(risk_marks=("purple",), labour=True)
    assert answer.decision == "maternal_level_2"
    assert answer.needs[0].do == ("infection_precautions",)
    assert answer.needs[0].notify == ("infection_control",)
    assert healthy().needs[0].notify == () and healthy().needs[0].do == ()


@pytest.mark.parametrize(
    ("known", "alert"),
    [
        ({}, Colour.GREEN),
        ({"risk_marks": ("yellow",)}, Colour.GREEN),
        ({"risk_marks": ("orange",)}, Colour.YELLOW),
        ({"mewc_trigger": None}, Colour.YELLOW),
        ({"gestation_weeks": 33}, Colour.YELLOW),
        ({"cardiac_disease": True}, Colour.YELLOW),
        ({"respiratory_disease": True}, Colour.YELLOW),
        ({"breech": True}, Colour.RED),
        ({"cardiac_disease": True, "breech": True}, Colour.RED),
    ],
)
def test_alert(known: dict[str, Any], alert: Colour) -> None:
    need = healthy(**known).needs[0]
    assert need.alert is alert
    assert ("maternal_centre" in need.notify) is (alert is not Colour.GREEN)


@pytest.mark.parametrize(
    ("known", "is_gravid"),
    [
        ({"gestation_weeks": 20}, True),
        ({"gestation_weeks": 19.9}, False),
        ({"pregnant": True}, True),
        ({"days_after_birth": 3}, False),
        ({}, False),
    ],
)
def test_arrest(known: dict[str, Any], is_gravid: bool) -> None:
    answer = decided(arrest=True, seizure=True, crowning=False, **known)
    need = answer.needs[0]
    assert (answer.decision, need.is_immediate, need.alert) == ("resuscitate", True, Colour.RED)
    assert need.requires == () and not need.may_bypass
    assert need.prefers[:3] == OPERATING
    relief = ("displace_uterus_by_hand", "perimortem_caesarean_5_min") if is_gravid else ()
    assert need.do == ("cpr", *relief)


def test_arrest_at_term_brings_the_newborn_team() -> None:
    assert healthy(arrest=True).needs[0].notify == ("maternal_centre", "newborn_team")
    assert healthy(arrest=False).needs[0].notify == ()


def test_trauma_above_20_weeks_is_a_second_need() -> None:
    answer = healthy(trauma=True)
    assert [need.pathway for need in answer.needs] == ["maternal", "trauma"]
    second = answer.needs[1]
    assert second.decision == "pregnancy_over_20_weeks"
    assert (second.alert, second.may_bypass) == (Colour.YELLOW, False)
    assert second.notify == ("trauma_team",)
    assert answer.nemsis == ("2904021",)
    assert healthy(trauma=False).nemsis == () and len(healthy().needs) == 1


@pytest.mark.parametrize(
    ("known", "asks"),
    [
        ({}, ()),
        ({"risk_marks": ()}, ("colours",)),
        ({"mewc_trigger": None}, ("mewc_trigger",)),
        ({"gestation_weeks": 33}, ("nicu_extra_min",)),
        ({"gestation_weeks": 33, "nicu_extra_min": 0}, ()),
        ({"gestation_weeks": 33, "seizure": True}, ()),
        ({"gestation_weeks": 33, "crowning": True}, ()),
        ({"gestation_weeks": 33, "arrest": True}, ()),
        ({"gestation_weeks": None, "days_after_birth": 1, "bleeding": True}, ("blood_loss_ml",)),
        (
            {
                "gestation_weeks": None,
                "days_after_birth": 1,
                "bleeding": True,
                "blood_loss_ml": 0,
            },
            (),
        ),
        ({"bleeding": True}, ()),
    ],
)
def test_asks(known: dict[str, Any], asks: tuple[str, ...]) -> None:
    answer = healthy(**known)
    assert answer.asks == asks
    assert answer.needs[0].asks == asks


def test_numbers_are_the_countys() -> None:
    strict = MaternalPolicy(nicu_below_weeks=36, nicu_extra_limit_min=10)
    near = woman(gestation_weeks=35, stable=True, nicu_extra_min=10)
    assert decide(near, strict).decision == "maternal_with_nicu"
    assert decide(near).decision != "maternal_with_nicu"
    assert strict.with_colours(SIX).risk is SIX
    assert strict.with_colours(SIX).nicu_below_weeks == 36
    assert MaternalPolicy() == DEFAULT_POLICY
