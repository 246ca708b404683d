"""How a report meets the criteria table: what is unknown, who the patient is, what only raises."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.triage.criteria import Decision, Report, decide, is_child, state_of, worst
from dispatch.triage.criteria_table import CRITERIA, REFERS, ROWS
from dispatch.triage.criterion import PRIORITIES, CriteriaPolicy, Criterion, Limit, Row
from dispatch.triage.findings import FINDINGS

POLICY = CriteriaPolicy()


def found(
    complaint: str | None = None, *present: str, report: Report | None = None, **measures: Any
) -> Decision:
    """The decision on one complaint with findings that are present."""
    base = report or Report()
    return decide(
        msgspec.structs.replace(
            base,
            complaints=(complaint,) if complaint else (),
            answers={**dict.fromkeys(present, True), **base.answers},
            measures=measures,
        ),
        POLICY,
    )


@pytest.mark.parametrize(
    ("complaint", "present", "criterion"),
    [
        ("chest_pain", "sharp_on_movement", "chest_pain.P2.chest_pain_older"),
        ("stroke", "", "stroke.P2.stroke_recent"),
        ("seizure", "fitting", "seizure.P1.fitting_long"),
        ("unconscious_faint", "well", "unconscious_faint.P2.faint_older"),
        ("pregnancy", "contractions", "pregnancy.P2.contractions_close"),
        ("pregnancy", "vaginal_bleeding", "pregnancy.P2.late_bleed"),
        ("pregnancy", "membranes_ruptured", "pregnancy.P2.early_rupture"),
        ("hazmat_mci", "", "hazmat_mci.P1.many_seriously_hurt"),
    ],
)
def test_a_number_nobody_gave_counts_as_the_higher_cell(
    complaint: str, present: str, criterion: str
) -> None:
    case = found(complaint, *present.split())
    assert case.decided_by == (criterion,) and case.unknown == (criterion,)
    assert criterion.split(".")[1] == case.priority


def test_a_burn_of_an_unknown_age_counts_as_a_child_s() -> None:
    case = found("burns", "small_burn", burn_pct=15)
    assert case.priority == "P1"
    assert case.decided_by == case.unknown == ("burns.P1.large_burn_child",)
    assert found("burns", "small_burn", burn_pct=15, age_years=40).priority == "P3"


def test_unknown_answers_count_and_answers_not_asked_do_not() -> None:
    assert found("bleeding_wound", "minor_wound").priority == "P3"
    unknown = found("bleeding_wound", "minor_wound", report=Report(answers={"large_wound": None}))
    assert unknown.priority == "P2"
    assert unknown.unknown == ("bleeding_wound.P2.large_wound",)
    denied = found("bleeding_wound", "minor_wound", report=Report(answers={"large_wound": False}))
    assert denied.priority == "P3" and denied.unknown == ()


def test_one_of_two_unknown_or_not_asked_does_not_make_a_combination_certain() -> None:
    half = Report(answers={"sweating": None})
    assert found("chest_pain", "grey", report=half, age_years=20).priority == "P1"
    assert found("chest_pain", "grey", age_years=20).priority == "P2"
    assert found("chest_pain", "grey", age_years=20).decided_by == ("chest_pain.otherwise",)
    denied = Report(answers={"sweating": False})
    assert found("chest_pain", "grey", report=denied, age_years=20).unknown == ()


def test_unknown_never_reassures() -> None:
    report = Report(answers={"minor_wound": None})
    case = found("bleeding_wound", report=report)
    assert case.priority == "P2" and case.decided_by == ("bleeding_wound.otherwise",)
    assert found("bleeding_wound", report=Report(answers={"dressing": None})).priority == "P2"
    both = found("bleeding_wound", "dressing", report=report)
    assert both.priority == "P3" and both.unknown == ("bleeding_wound.P3.minor_wound",)


def test_an_unknown_fourth_cell_is_no_answer() -> None:
    report = Report(answers={"dressing": None})
    assert found("bleeding_wound", "minor_wound", report=report).unknown == ()


def test_all_of_p1_and_p2_denied_is_p3_where_there_is_a_p3() -> None:
    denied = dict.fromkeys(
        ("spurting_soaking", "stab_shot_core", "limb_wound_controlled", "large_wound"), False
    )
    assert found("bleeding_wound", report=Report(answers=denied)).priority == "P3"
    open_one = {name: answer for name, answer in denied.items() if name != "large_wound"}
    assert found("bleeding_wound", report=Report(answers=open_one)).priority == "P2"
    recovered = {"not_fully_recovered": False, "fully_recovered": False}
    assert found("drowning_hanging_choking", report=Report(answers=recovered)).priority == "P1"


def test_several_complaints_the_worst() -> None:
    report = Report(
        complaints=("bleeding_wound", "breathing_difficulty"), answers={"dressing": True}
    )
    case = decide(report, POLICY)
    assert case.priority == "P2" and case.decided_by == ("breathing_difficulty.otherwise",)


def test_nothing_known_is_no_priority() -> None:
    assert decide(Report(), POLICY) == Decision(priority=None)
    assert found(None, age_years=30).priority is None
    assert found(None, "pregnant").priority is None
    assert found(None, age_days=3).priority is None
    assert found(None, "well", "mild", "swelling", "diabetic").priority is None


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("face_droop", "stroke"),
        ("chest_pressure", "chest_pain"),
        ("fainted", "unconscious_faint"),
        ("blue", "breathing_difficulty"),
        ("fitting", "seizure"),
        ("overdose", "poisoning"),
        ("choking", "drowning_hanging_choking"),
        ("high_fall", "trauma"),
        ("transfer", "scheduled_transfer"),
        ("contractions_close", "pregnancy"),
        ("fitting_long", "seizure"),
        ("fever", "fever_infection"),
    ],
)
def test_a_finding_leads_to_its_complaint(code: str, row: str) -> None:
    case = found(None, code)
    assert case.priority is not None
    assert row in {by.split(".")[0] for by in case.decided_by}


def test_an_unknown_finding_leads_to_its_complaint_and_a_denied_one_does_not() -> None:
    assert found(None, report=Report(answers={"blue": None})).priority == "P1"
    assert found(None, report=Report(answers={"blue": False})).priority is None


def test_a_number_leads_to_its_complaint() -> None:
    assert found(None, fall_height_m=4).decided_by == ("trauma.P1.high_fall",)
    assert found(None, fall_height_m=1).decided_by == ("trauma.otherwise",)
    assert found(None, contraction_interval_min=3).decided_by == (
        "pregnancy.P2.contractions_close",
    )


def test_a_finding_of_another_complaint_only_raises() -> None:
    assert found("trauma", "bruise", "face_droop", lkw_h=2).priority == "P2"
    assert found("trauma", "bruise", "face_droop", lkw_h=2).tags == ("stroke",)
    assert found("trauma", "bruise", "face_droop", lkw_h=30).priority == "P4"
    assert found("trauma", "bruise", "dressing").priority == "P4"
    assert found("trauma", "bruise", "large_wound").priority == "P2"


def test_a_hanging_is_a_complaint_of_its_own() -> None:
    assert {"drowning", "hanging", "choking", "overdose"} == REFERS
    assert found("psychiatric", "calm_wants_help", "hanging").priority == "P1"
    case = found("psychiatric", "calm_wants_help", "overdose")
    assert case.priority == "P2" and case.decided_by == ("poisoning.otherwise",)
    denied = Report(answers={"hanging": False})
    assert found("psychiatric", "calm_wants_help", report=denied).priority == "P3"
    unknown = Report(answers={"hanging": None})
    assert found("psychiatric", "calm_wants_help", report=unknown).priority == "P1"


def test_who_the_patient_is_adds_rows() -> None:
    assert found("trauma", "bruise", "limp", age_days=27).priority == "P1"
    assert found("trauma", "bruise", "limp", age_days=28, age_years=0).priority == "P4"
    assert found("trauma", "bruise", "limp", age_years=0).priority == "P1"
    assert found("trauma", "bruise", "limp", age_years=1).priority == "P4"
    assert found("trauma", "bruise", "limp").priority == "P4"
    assert found("trauma", "bruise", "dehydrated", age_years=15).priority == "P2"
    assert found("trauma", "bruise", "dehydrated", age_years=16).priority == "P4"
    assert found("trauma", "bruise", "dehydrated", age_days=27, age_years=0).priority == "P3"
    assert found("trauma", "bruise", "dehydrated", age_years=0).priority == "P2"
    assert found("trauma", "bruise", "pregnant", "urge_to_push").priority == "P2"


def test_a_person_row_beside_a_complaint_never_reassures() -> None:
    assert found("breathing_difficulty", "fever", "well", age_years=5).priority == "P2"


def test_tags() -> None:
    assert found("chest_pain", age_years=60).tags == ("chest_pain",)
    assert found("chest_pain", "sharp_on_movement", age_years=20).tags == ()
    assert found("stroke", lkw_h=30).tags == ("stroke",)
    assert found("burns", "co_symptoms").tags == ("burn", "tox")
    assert found("trauma", "isolated_limb").tags == ()
    assert found("pregnancy", "early_labour", gestation_weeks=39).tags == ("maternal",)
    assert found("trauma", "isolated_limb", "pregnant").tags == ()
    assert found("trauma", "head_injury_awake", "pregnant").tags == ("trauma", "maternal")
    assert found("trauma", "head_injury_awake", postpartum_days=42).tags == ("trauma", "maternal")
    assert found("trauma", "head_injury_awake", postpartum_days=43).tags == ("trauma",)
    assert found("fever_infection", "fever_alone", age_days=10).tags == ("newborn",)
    assert found("trauma", "isolated_limb", age_days=10, age_years=0).tags == ("newborn",)
    assert found("trauma", "isolated_limb", age_years=5).tags == ()
    assert found("trauma", "head_injury_awake", age_years=5).tags == ("trauma", "child")
    assert found("trauma", "head_injury_awake", age_years=0).tags == ("trauma", "newborn", "child")
    assert found("trauma", "head_injury_awake", age_days=28, age_years=0).tags == (
        "trauma",
        "child",
    )


def test_actions() -> None:
    for code in ("spurting_soaking", "stab_shot_core"):
        assert found("bleeding_wound", code).actions == ("bleeding_control",)
    assert found("trauma", "amputation", "trapped").actions == ("bleeding_control",)
    for complaint, code in (
        ("burns", "high_voltage"),
        ("burns", "fire_closed_room"),
        ("burns", "co_symptoms"),
        ("psychiatric", "violent"),
        ("psychiatric", "weapon"),
    ):
        assert found(complaint, code).actions == ("scene_safety",)
    assert found("hazmat_mci", "unknown_agent").actions == ("mci_plan", "scene_safety")
    assert found("hazmat_mci", seriously_hurt=3).actions == ("mci_plan",)
    assert found("hazmat_mci", seriously_hurt=2).actions == ()


@pytest.mark.parametrize("code", ["pregnant", "immunosuppressed", "newborn"])
@pytest.mark.parametrize("answer", [True, None])
def test_the_vulnerable_are_never_below_p3(code: str, answer: bool | None) -> None:
    case = found("trauma", "bruise", report=Report(answers={code: answer}))
    assert case.priority == "P3" and case.decided_by == (f"never_below.{code}",)
    assert found("trauma", "bruise", report=Report(answers={code: False})).priority == "P4"
    worse = found("trauma", "isolated_limb", report=Report(answers={code: answer}))
    assert worse.decided_by == ("trauma.P3.isolated_limb",)


def test_floors_name_themselves_only_where_they_raise() -> None:
    unread = Report(has_unrecognised=True)
    assert found("trauma", "bruise", report=unread).decided_by == ("never_below.unrecognised",)
    assert found("trauma", "bruise", report=unread).priority == "P2"
    assert found("trauma", "trapped", report=unread).decided_by == ("trauma.P1.trapped",)
    nothing = found(None, report=unread)
    assert nothing.priority == "P2" and nothing.decided_by == ("never_below.unrecognised",)


def test_bad_breathing_of_unknown_severity_is_p1_and_never_below_p2() -> None:
    bad = Report(is_breathing_bad=True)
    assert found(None, report=bad).priority == "P1"
    assert found(None, report=bad).decided_by == ("breathing_difficulty.otherwise",)
    assert found(None, "speaks_phrases", report=bad).priority == "P2"
    mild = found(None, "mild", report=bad, duration_h=30)
    assert mild.priority == "P2" and mild.decided_by == ("never_below.breathing",)
    pain = found("chest_pain", "speaks_phrases", report=bad, age_years=20)
    assert pain.priority == "P1" and pain.decided_by == ("chest_pain.P1.breathing_difficulty",)
    denied = dict.fromkeys(
        ("cannot_speak_words", "blue", "silent_chest", "stridor", "speaks_phrases",
         "asthma_copd_worse", "breathing_fast"), False,
    )  # fmt: skip
    case = found(None, report=Report(is_breathing_bad=True, answers=denied))
    assert case.priority == "P1"
    assert found("breathing_difficulty", report=Report(answers=denied)).priority == "P3"


def test_numbers_never_take_back_a_yes_but_settle_an_unknown() -> None:
    assert found("newborn", "fever", "other_illness", temperature_cel=37).priority == "P2"
    unknown = Report(answers={"fever": None})
    assert found("newborn", "other_illness", report=unknown, temperature_cel=37).priority == "P3"
    assert found("newborn", "other_illness", report=unknown).priority == "P2"
    height = Report(answers={"high_fall": None})
    assert found("trauma", "bruise", report=height).priority == "P1"
    assert found("trauma", "bruise", report=height, fall_height_m=2).priority == "P4"
    denied = Report(answers={"high_fall": False})
    assert found("trauma", "bruise", report=denied, fall_height_m=4).priority == "P1"
    assert found("trauma", "high_fall", "bruise", fall_height_m=1).priority == "P1"


def test_pregnancy_by_weeks_or_by_the_complaint() -> None:
    assert found("seizure", "known_epilepsy", "recovering", gestation_weeks=30).priority == "P1"
    assert found("pregnancy", "transfer").priority == "P3"
    assert found("pregnancy", "transfer", postpartum_days=3).priority == "P4"
    no = Report(answers={"pregnant": False})
    assert found("pregnancy", "transfer", report=no).priority == "P4"


def test_states_of_a_criterion() -> None:
    criterion = Criterion(
        code="c", zh="", en="", all_of=("a", "b"), any_of=("x", "y"),
        limits=(Limit(measure="lkw_h", comparison="<=", bound="lkw_h"),),
    )  # fmt: skip
    full: dict[str, bool | None] = {"a": True, "b": True, "x": True, "y": False}

    def state(hours: float | None = 24, **changes: Any) -> str:
        facts = {
            name: answer for name, answer in {**full, **changes}.items() if answer != "unasked"
        }
        return state_of(criterion, facts, {} if hours is None else {"lkw_h": hours}, POLICY)

    assert state() == "yes"
    assert state(24.1) == "no"
    assert state(None) == "unknown"
    assert state(a=False) == state(x=False) == "no"
    assert state(a=None) == state(x=None) == "unknown"
    assert state(a="unasked") == state(x="unasked") == "unasked"
    assert state(x="unasked", y=None) == "unknown"
    assert state(a=None, b="unasked") == "unasked"
    assert state(x=False, y=True) == "yes"
    assert state(None, a="unasked") == "unasked"
    assert state(30, a="unasked") == "no"
    assert state(30, c=True) == "yes"
    assert state(c=False) == "yes"
    assert state(None, c=False) == "no"
    assert state(a="unasked", c=None) == "unknown"


def test_worst_and_children() -> None:
    assert worst(("P3", "P1", None)) == "P1"
    assert worst((None,)) is None
    assert is_child({"age_years": 15.9}, POLICY) and not is_child({"age_years": 16}, POLICY)
    assert not is_child({}, POLICY)


def test_the_policy_is_obeyed() -> None:
    other = CriteriaPolicy(chest_pain_age_years=30, otherwise="P1", all_denied="P2")
    report = Report(
        complaints=("chest_pain",), answers={"sharp_on_movement": True}, measures={"age_years": 30}
    )
    assert decide(report, other).priority == "P2"
    assert decide(report, POLICY).priority == "P3"
    assert decide(Report(complaints=("trauma",)), other).priority == "P1"


_ROWS = st.lists(st.sampled_from(sorted(ROWS)), max_size=3)
_ANSWERS = st.dictionaries(
    st.sampled_from(sorted({*FINDINGS, *CRITERIA})),
    st.sampled_from([True, False, None]),
    max_size=8,
)
_MEASURES = st.dictionaries(
    st.sampled_from(["age_years", "lkw_h", "burn_pct", "gestation_weeks", "temperature_cel"]),
    st.floats(0, 100),
    max_size=4,
)


def _grave(row: Row) -> set[str]:
    return {criterion.code for criterion in (*row.p1, *row.p2)}


@given(_ROWS, _ANSWERS, _MEASURES)
def test_any_report_is_decided_and_a_complaint_always_has_a_priority(
    complaints: list[str], answers: dict[str, bool | None], measures: dict[Any, float]
) -> None:
    case = decide(Report(complaints=tuple(complaints), answers=answers, measures=measures), POLICY)
    assert case.priority in PRIORITIES or (case.priority is None and not complaints)
    assert (case.priority is None) == (not case.decided_by)
    assert set(case.unknown) <= set(case.decided_by)


@given(_ROWS, _ANSWERS, _MEASURES, st.data())
def test_an_answer_that_becomes_unknown_never_lowers(
    complaints: list[str], answers: dict[str, bool | None], measures: dict[Any, float], data: Any
) -> None:
    if not answers:
        return
    lost = data.draw(st.sampled_from(sorted(answers)))
    before = decide(
        Report(complaints=tuple(complaints), answers=answers, measures=measures), POLICY
    )
    after = decide(
        Report(complaints=tuple(complaints), answers={**answers, lost: None}, measures=measures),
        POLICY,
    )
    if before.priority is not None:
        assert after.priority is not None and after.priority <= before.priority


@given(_ROWS, _ANSWERS, _MEASURES, st.data())
def test_a_grave_finding_never_lowers(
    complaints: list[str], answers: dict[str, bool | None], measures: dict[Any, float], data: Any
) -> None:
    row = ROWS[data.draw(st.sampled_from(sorted(ROWS)))]
    if not _grave(row):
        return
    code = data.draw(st.sampled_from(sorted(_grave(row))))
    report = Report(complaints=(*complaints, row.code), answers=answers, measures=measures)
    graver = msgspec.structs.replace(report, answers={**answers, code: True})
    worse = decide(graver, POLICY).priority
    assert worse is not None and worse <= "P2"
