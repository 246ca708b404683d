"""CDC-0 cell by cell, and its limits on both sides."""

import re
from typing import Any

import pytest

from dispatch.triage.criteria import Decision, Report, decide
from dispatch.triage.criteria_table import CRITERIA, OPENS, ROWS
from dispatch.triage.criterion import CriteriaPolicy
from dispatch.triage.findings import FINDINGS
from dispatch.triage.need import PATHWAYS

POLICY = CriteriaPolicy()


def found(complaint: str, *present: str, **measures: Any) -> Decision:
    """The decision on one complaint with findings that are present."""
    answers = dict.fromkeys(present, True)
    return decide(Report(complaints=(complaint,), answers=answers, measures=measures), POLICY)


# Complaint, findings that are present, priority: the cells of the table, written out once more.
CELLS = [
    ("unconscious_faint", "not_rousable", "P1"),
    ("unconscious_faint", "chest_pain", "P2"),
    ("unconscious_faint", "pregnant", "P2"),
    ("unconscious_faint", "repeated", "P2"),
    ("breathing_difficulty", "cannot_speak_words", "P1"),
    ("breathing_difficulty", "blue", "P1"),
    ("breathing_difficulty", "silent_chest", "P1"),
    ("breathing_difficulty", "stridor", "P1"),
    ("breathing_difficulty", "speaks_phrases", "P2"),
    ("breathing_difficulty", "asthma_copd_worse", "P2"),
    ("breathing_difficulty", "breathing_fast", "P2"),
    ("breathing_difficulty", "breathing_mild_long", "P3"),
    ("breathing_difficulty", "chronic_unchanged", "P4"),
    ("chest_pain", "fainted", "P1"),
    ("chest_pain", "grey sweating", "P1"),
    ("chest_pain", "breathing_difficulty", "P1"),
    ("stroke", "not_rousable", "P1"),
    ("stroke", "fitting", "P1"),
    ("seizure", "fitting_long", "P1"),
    ("seizure", "repeated", "P1"),
    ("seizure", "blue", "P1"),
    ("seizure", "pregnant", "P1"),
    ("seizure", "first_seizure not_waking", "P1"),
    ("seizure", "seizure_stopped drowsy", "P2"),
    ("seizure", "diabetic", "P2"),
    ("seizure", "known_epilepsy recovering", "P3"),
    ("allergy", "breathing_difficulty", "P1"),
    ("allergy", "voice_change", "P1"),
    ("allergy", "fainted", "P1"),
    ("allergy", "spreading_rash swelling", "P2"),
    ("allergy", "spreading_rash vomiting", "P2"),
    ("allergy", "local_rash", "P3"),
    ("abdominal_pain", "fainted", "P1"),
    ("abdominal_pain", "grey", "P1"),
    ("abdominal_pain", "suspected_aaa", "P1"),
    ("abdominal_pain", "suspected_ectopic", "P1"),
    ("abdominal_pain", "severe_pain", "P2"),
    ("abdominal_pain", "vomiting_blood", "P2"),
    ("abdominal_pain", "pregnant", "P2"),
    ("abdominal_pain", "moderate_pain", "P3"),
    ("abdominal_pain", "chronic_unchanged", "P4"),
    ("diabetes", "not_rousable", "P1"),
    ("diabetes", "confused", "P2"),
    ("diabetes", "cannot_swallow", "P2"),
    ("diabetes", "awake glucose_abnormal", "P3"),
    ("fever_infection", "not_rousable", "P1"),
    ("fever_infection", "mottled", "P1"),
    ("fever_infection", "confused", "P2"),
    ("fever_infection", "breathing_fast", "P2"),
    ("fever_infection", "immunosuppressed", "P2"),
    ("fever_infection", "fever_alone", "P3"),
    ("fever_infection", "fever well", "P3"),
    ("psychiatric", "hanging", "P1"),
    ("psychiatric", "overdose", "P2"),
    ("psychiatric", "overdose not_rousable", "P1"),
    ("psychiatric", "weapon", "P2"),
    ("psychiatric", "active_self_harm", "P2"),
    ("psychiatric", "violent", "P2"),
    ("psychiatric", "calm_wants_help", "P3"),
    ("bleeding_wound", "spurting_soaking", "P1"),
    ("bleeding_wound", "stab_shot_core", "P1"),
    ("bleeding_wound", "limb_wound_controlled", "P2"),
    ("bleeding_wound", "large_wound", "P2"),
    ("bleeding_wound", "minor_wound", "P3"),
    ("bleeding_wound", "dressing", "P4"),
    ("trauma", "trapped", "P1"),
    ("trauma", "ejected", "P1"),
    ("trauma", "not_rousable", "P1"),
    ("trauma", "penetrating", "P1"),
    ("trauma", "amputation", "P1"),
    ("trauma", "high_fall", "P1"),
    ("trauma", "head_injury_awake", "P2"),
    ("trauma", "spine_pelvis_femur", "P2"),
    ("trauma", "several_hurt", "P2"),
    ("trauma", "isolated_limb", "P3"),
    ("trauma", "bruise", "P4"),
    ("burns", "face_airway_burn", "P1"),
    ("burns", "high_voltage", "P1"),
    ("burns", "fire_closed_room", "P1"),
    ("burns", "small_deep_burn", "P2"),
    ("burns", "co_symptoms", "P2"),
    ("burns", "small_burn", "P3"),
    ("drowning_hanging_choking", "", "P1"),
    ("drowning_hanging_choking", "not_fully_recovered", "P1"),
    ("drowning_hanging_choking", "fully_recovered", "P2"),
    ("poisoning", "not_rousable", "P1"),
    ("poisoning", "fitting", "P1"),
    ("poisoning", "breathing_difficulty", "P1"),
    ("poisoning", "significant_ingestion", "P2"),
    ("poisoning", "pesticide", "P2"),
    ("poisoning", "co_symptoms", "P2"),
    ("poisoning", "minor_exposure well", "P3"),
    ("poisoning", "advice_only", "P4"),
    ("hazmat_mci", "unknown_agent", "P1"),
    ("hazmat_mci", "", "P1"),
    ("pregnancy", "presenting_part", "P1"),
    ("pregnancy", "cord_prolapse", "P1"),
    ("pregnancy", "fitting", "P1"),
    ("pregnancy", "heavy_bleeding", "P1"),
    ("pregnancy", "not_rousable", "P1"),
    ("pregnancy", "urge_to_push", "P2"),
    ("pregnancy", "severe_headache_visual", "P2"),
    ("pregnancy", "transfer", "P3"),
    ("newborn", "blue", "P1"),
    ("newborn", "limp", "P1"),
    ("newborn", "not_breathing", "P1"),
    ("newborn", "fitting", "P1"),
    ("newborn", "cold", "P1"),
    ("newborn", "fever", "P2"),
    ("newborn", "poor_feeding", "P2"),
    ("newborn", "breathing_fast", "P2"),
    ("newborn", "jaundiced drowsy", "P2"),
    ("newborn", "other_illness", "P3"),
    ("child", "not_rousable", "P1"),
    ("child", "blue", "P1"),
    ("child", "fitting_long", "P1"),
    ("child", "stridor", "P1"),
    ("child", "purple_rash", "P1"),
    ("child", "fever drowsy", "P2"),
    ("child", "moderate_breathing_trouble", "P2"),
    ("child", "dehydrated", "P2"),
    ("child", "fever well", "P3"),
    ("scheduled_transfer", "", "P4"),
    *((row, "", "P2") for row in ("unconscious_faint", "breathing_difficulty", "chest_pain")),
    *((row, "", "P2") for row in ("stroke", "seizure", "allergy", "abdominal_pain", "diabetes")),
    *((row, "", "P2") for row in ("fever_infection", "psychiatric", "bleeding_wound", "trauma")),
    *((row, "", "P2") for row in ("burns", "poisoning", "pregnancy", "newborn", "child")),
]


@pytest.mark.parametrize(("complaint", "present", "priority"), CELLS)
def test_cell(complaint: str, present: str, priority: str) -> None:
    assert found(complaint, *present.split()).priority == priority


def test_every_criterion_of_the_table_has_a_case() -> None:
    tried = {code for _row, present, _priority in CELLS for code in present.split()}
    tried |= {code for row in LIMITS for code in (row[0], row[1], *row[2].split())}
    for criterion in CRITERIA.values():
        measures = {limit.measure for limit in criterion.limits}
        assert {criterion.code, *criterion.any_of, *criterion.all_of, *measures} & tried


# Complaint, field of the measure, findings, value: priority, other measures.
LIMITS: list[tuple[str, str, str, dict[float, str], dict[str, float]]] = [
    ("unconscious_faint", "age_years", "well", {49: "P3", 50: "P2"}, {}),
    ("breathing_difficulty", "duration_h", "mild", {24: "P2", 24.1: "P3"}, {}),
    ("chest_pain", "age_years", "sharp_on_movement", {34: "P3", 35: "P2"}, {}),
    ("chest_pain", "age_years", "chest_pressure sharp_on_movement", {34: "P2", 35: "P2"}, {}),
    ("chest_pain", "age_years", "radiation sharp_on_movement", {34: "P2"}, {}),
    ("chest_pain", "age_years", "sweating sharp_on_movement", {34: "P2"}, {}),
    ("stroke", "lkw_h", "", {0: "P2", 23.9: "P2", 24: "P3", 30: "P3"}, {}),
    ("seizure", "fit_min", "fitting known_epilepsy recovering", {5: "P3", 5.1: "P1"}, {}),
    ("seizure", "age_months", "known_epilepsy recovering", {5: "P2", 6: "P3"}, {}),
    ("fever_infection", "resp_rate_per_min", "fever_alone", {24: "P3", 25: "P2"},
     {"age_years": 16}),
    ("fever_infection", "resp_rate_per_min", "fever_alone", {40: "P3"}, {"age_years": 15}),
    ("fever_infection", "resp_rate_per_min", "fever_alone", {24: "P3", 25: "P2"}, {}),
    ("trauma", "fall_height_m", "bruise", {3: "P4", 3.1: "P1"}, {}),
    ("trauma", "persons_hurt", "bruise", {1: "P4", 2: "P2"}, {}),
    ("burns", "burn_pct", "small_burn", {20: "P3", 20.5: "P1"}, {"age_years": 16}),
    ("burns", "burn_pct", "small_burn", {10: "P3", 10.5: "P1"}, {"age_years": 15}),
    ("burns", "burn_pct", "small_burn", {10: "P3", 10.5: "P1"}, {}),
    ("poisoning", "age_years", "advice_only", {15: "P2", 16: "P4"}, {}),
    ("hazmat_mci", "seriously_hurt", "", {2: "P2", 3: "P1"}, {}),
    ("trauma", "seriously_hurt", "bruise", {2: "P4", 3: "P1"}, {}),
    ("pregnancy", "contraction_interval_min", "", {5: "P2", 5.5: "P3"}, {"gestation_weeks": 39}),
    ("pregnancy", "gestation_weeks", "vaginal_bleeding transfer", {19.9: "P3", 20: "P2"}, {}),
    ("pregnancy", "gestation_weeks", "membranes_ruptured", {36.9: "P2", 37: "P3"}, {}),
    ("pregnancy", "gestation_weeks", "early_labour", {36.9: "P2", 37: "P3"}, {}),
    ("newborn", "temperature_cel", "other_illness", {35.9: "P1", 36: "P3"}, {}),
    ("newborn", "temperature_cel", "other_illness", {37.9: "P3", 38: "P2"}, {}),
    ("newborn", "resp_rate_per_min", "other_illness", {60: "P3", 61: "P2"}, {}),
    ("child", "temperature_cel", "well", {37.9: "P2", 38: "P3"}, {"age_years": 5}),
    ("child", "temperature_cel", "drowsy", {38: "P2"}, {"age_years": 5}),
]  # fmt: skip


@pytest.mark.parametrize(("complaint", "measure", "present", "table", "others"), LIMITS)
def test_limit(
    complaint: str, measure: str, present: str, table: dict[float, str], others: dict[str, float]
) -> None:
    for value, priority in table.items():
        case = found(complaint, *present.split(), **{measure: value}, **others)
        assert case.priority == priority, value


def test_the_table_is_complete_and_consistent() -> None:
    names = set(FINDINGS) | set(CRITERIA) | set(ROWS)
    assert len(ROWS) == 20
    for row in ROWS.values():
        for _priority, cell in row.cells:
            for criterion in cell:
                assert {*criterion.any_of, *criterion.all_of} <= names
                assert all(hasattr(POLICY, limit.bound) for limit in criterion.limits)
                assert re.search(r"[\u4e00-\u9fff]", criterion.zh) and criterion.en.isascii()
        assert set(row.tags) <= set(PATHWAYS)
    assert set(OPENS.values()) <= set(ROWS)


def test_the_wording_carries_the_numbers_of_the_policy() -> None:
    other = CriteriaPolicy(fall_height_m=6.5, child_burn_pct=5)
    assert CRITERIA["high_fall"].said(POLICY) == ("坠落高度超过 3 米", "fall from over 3 m")
    assert CRITERIA["high_fall"].said(other) == ("坠落高度超过 6.5 米", "fall from over 6.5 m")
    assert CRITERIA["large_burn_child"].said(other)[1] == "child, over 5 % burnt"
    assert CRITERIA["blue"].said(other) == ("口唇发紫", "blue lips or face")
    for criterion in CRITERIA.values():
        assert not any(sign.isdigit() for sign in criterion.en.replace("{0}", ""))


def test_trap_21_nothing_of_a_licensed_protocol_is_in_the_table() -> None:
    """No determinant codes (a number, a letter, a number) and no name of a protocol."""
    texts = [FINDINGS[code].en for code in FINDINGS] + [*FINDINGS, *CRITERIA, *ROWS]
    texts += [word for found in FINDINGS.values() for word in found.words]
    texts += [text for criterion in CRITERIA.values() for text in (criterion.en, criterion.zh)]
    texts += [text for row in ROWS.values() for text in (row.en, row.zh, *row.words)]
    determinant = re.compile(r"\b\d{1,2}[- ]?[A-EΩ][- ]?\d{1,2}\b", re.IGNORECASE)
    names = re.compile(r"mpds|cbd|retts|pathways|norwegian|echo|omega|determinant", re.IGNORECASE)
    assert [text for text in texts if determinant.search(text) or names.search(text)] == []
    assert determinant.search("9-E-1") and determinant.search("10d2")
