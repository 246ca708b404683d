"""Weeks of pregnancy and red flags: there, not there, or not known."""

from typing import Any

import pytest

from dispatch.triage.maternal_flags import FINDINGS, RED_FLAGS, gestation
from tests.unit.triage.maternal_cases import BORN, decided, healthy, woman


@pytest.mark.parametrize(
    ("known", "weeks", "how"),
    [
        ({}, None, "assumed"),
        ({"gestation_weeks": 0, "days_since_last_period": 70}, 0, "weeks"),
        ({"days_since_last_period": 0, "fundal_height_cm": 30}, 0, "last_period"),
        ({"days_since_last_period": 238}, 34, "last_period"),
        ({"fundal_height_cm": 30}, 30, "fundal_height"),
        ({"fundal_height_cm": 30, "multiple": False}, 30, "fundal_height"),
        ({"fundal_height_cm": 36, "multiple": True}, None, "assumed"),
    ],
)
def test_weeks_by_the_best_that_is_known(
    known: dict[str, Any], weeks: float | None, how: str
) -> None:
    assert gestation(woman(**known)) == (weeks, how)


def test_trap_08_weeks_unknown_are_never_term() -> None:
    answer = decided(pregnant=True, stable=True, mewc_trigger=False, risk_marks=("green",))
    assert answer.is_preterm and answer.known_by == "assumed"
    assert answer.decision == "maternal_with_nicu"
    assert answer.asks == ("weeks", "nicu_extra_min")


@pytest.mark.parametrize(
    ("known", "is_preterm"),
    [
        ({"gestation_weeks": 19.9}, False),
        ({"gestation_weeks": 20}, True),
        ({"gestation_weeks": 33.9}, True),
        ({"gestation_weeks": 34}, False),
        ({"gestation_weeks": 36, "estimated_weight_g": 1999}, True),
        ({"gestation_weeks": 36, "estimated_weight_g": 2000}, False),
        ({"gestation_weeks": 19, "estimated_weight_g": 300}, False),
        ({"pregnant": True, "estimated_weight_g": 3000}, True),
        ({"days_after_birth": 1}, False),
    ],
)
def test_preterm(known: dict[str, Any], is_preterm: bool) -> None:
    assert decided(**known).is_preterm is is_preterm


TERM = {"gestation_weeks": 39}


@pytest.mark.parametrize(
    ("flag", "known", "is_there"),
    [
        ("mewc_trigger", {"mewc_trigger": True}, True),
        ("mewc_trigger", {"mewc_trigger": False}, False),
        ("mewc_trigger", {}, None),
        ("antepartum_bleeding", {**TERM, "bleeding": True}, True),
        ("antepartum_bleeding", {**TERM, "bleeding": False}, False),
        ("antepartum_bleeding", {**TERM, "heavy_bleeding": True}, True),
        ("antepartum_bleeding", {**TERM, "heavy_bleeding": False}, None),
        ("antepartum_bleeding", {**TERM, "blood_loss_ml": 1}, True),
        ("antepartum_bleeding", {**TERM, "blood_loss_ml": 0}, False),
        ("antepartum_bleeding", {**TERM, "blood_loss_ml": 0, "bleeding": True}, True),
        ("antepartum_bleeding", TERM, None),
        ("antepartum_bleeding", {"gestation_weeks": 20, "bleeding": True}, True),
        ("antepartum_bleeding", {"gestation_weeks": 19.9, "bleeding": True}, False),
        ("antepartum_bleeding", {"pregnant": True, "bleeding": True}, True),
        ("antepartum_bleeding", {**BORN, "bleeding": True}, False),
        ("postpartum_haemorrhage", {**BORN, "blood_loss_ml": 500}, True),
        ("postpartum_haemorrhage", {**BORN, "blood_loss_ml": 499, "heavy_bleeding": False}, False),
        ("postpartum_haemorrhage", {**BORN, "blood_loss_ml": 499}, None),
        ("postpartum_haemorrhage", {**BORN, "blood_loss_ml": 500, "caesarean": False}, True),
        ("postpartum_haemorrhage", {**BORN, "blood_loss_ml": 1000, "caesarean": True}, True),
        (
            "postpartum_haemorrhage",
            {**BORN, "blood_loss_ml": 999, "caesarean": True, "heavy_bleeding": False},
            False,
        ),
        ("postpartum_haemorrhage", {**BORN, "heavy_bleeding": True}, True),
        ("postpartum_haemorrhage", BORN, None),
        ("postpartum_haemorrhage", {**TERM, "heavy_bleeding": True}, False),
        ("shock_index", {"shock_class": "reassuring"}, False),
        ("shock_index", {"shock_class": "alert"}, True),
        ("shock_index", {"shock_class": "urgent"}, True),
        ("shock_index", {}, None),
        ("severe_hypertension", {"systolic_mmhg": 160}, True),
        ("severe_hypertension", {"systolic_mmhg": 159, "diastolic_mmhg": 109}, False),
        ("severe_hypertension", {"diastolic_mmhg": 110}, True),
        ("severe_hypertension", {"systolic_mmhg": 120}, None),
        ("severe_hypertension", {"systolic_mmhg": 0, "diastolic_mmhg": 0}, False),
        ("preeclampsia_symptoms", {"headache": True}, True),
        ("preeclampsia_symptoms", {"visual_disturbance": True}, True),
        ("preeclampsia_symptoms", {"ruq_pain": True, "preeclampsia": True}, True),
        ("preeclampsia_symptoms", {"headache": True, "preeclampsia": False}, False),
        ("preeclampsia_symptoms", {"preeclampsia": True}, None),
        ("preeclampsia_symptoms", {"headache": False}, None),
        (
            "preeclampsia_symptoms",
            {"headache": False, "visual_disturbance": False, "ruq_pain": False},
            False,
        ),
        ("trauma_over_20_weeks", {"gestation_weeks": 20, "trauma": True}, False),
        ("trauma_over_20_weeks", {"gestation_weeks": 20.1, "trauma": True}, True),
        ("trauma_over_20_weeks", {"gestation_weeks": 30, "trauma": False}, False),
        ("trauma_over_20_weeks", {"pregnant": True, "trauma": True}, True),
        ("trauma_over_20_weeks", {**BORN, "trauma": True}, False),
        ("trauma_over_20_weeks", TERM, None),
    ],
)
def test_flags(flag: str, known: dict[str, Any], is_there: bool | None) -> None:
    answer = decided(**known)
    assert (flag in answer.flags) is (is_there is True)
    assert (flag in answer.undecided) is (is_there is None)


@pytest.mark.parametrize(
    "finding",
    [
        "arrest",
        "seizure",
        "cord_prolapse",
        "shoulder_dystocia",
        "breech",
        "retained_placenta",
        "uterine_inversion",
        "sepsis",
        "amniotic_embolism",
        "cardiac_disease",
        "respiratory_disease",
    ],
)
def test_findings_that_are_flags(finding: str) -> None:
    assert finding in healthy(**{finding: True}).flags
    no = healthy(**{finding: False})
    assert finding not in no.flags and finding not in no.undecided
    assert finding in healthy().undecided


def test_every_flag_once_and_in_order() -> None:
    codes = [code for code, _check in RED_FLAGS]
    assert len(codes) == len(set(codes)) == 18
    everything = decided(
        pregnant=True, gestation_weeks=30, mewc_trigger=True, shock_class="urgent",
        systolic_mmhg=200,
        **dict.fromkeys(FINDINGS, True),
    )  # fmt: skip
    assert everything.flags == tuple(c for c in codes if c != "postpartum_haemorrhage")
