"""The entry of a call: the arrest rule in every combination, the questions, the first actions."""

from typing import Any, get_args

import pytest

from dispatch.triage.call import STEPS, Breathing, Call, Conscious, arrest, next_question, triage
from dispatch.triage.criteria import Report
from dispatch.triage.criterion import CriteriaPolicy

POLICY = CriteriaPolicy()


def called(
    conscious: Any = None, breathing: Any = None, *complaints: str, answers: Any = None, **rest: Any
) -> Any:
    report = Report(complaints=complaints, answers=answers or {}, **rest)
    return triage(Call(conscious=conscious, breathing=breathing, report=report), POLICY)


@pytest.mark.parametrize("breathing", get_args(Breathing))
@pytest.mark.parametrize("conscious", [*get_args(Conscious), None])
def test_arrest_rule(conscious: Any, breathing: Any) -> None:
    is_arrest = conscious != "yes" and breathing != "yes"
    assert arrest(conscious, breathing) is is_arrest
    found = called(conscious, breathing)
    assert found.is_arrest is is_arrest and found.is_tcpr is is_arrest
    if is_arrest:
        assert found.priority == "P1" and found.decided_by == ("entry.arrest",)
        assert found.actions == ("dispatch_first_unit", "tcpr", "keep_on_line")
        assert found.method == "compressions_only"
    else:
        assert found.method is None and "tcpr" not in found.actions


def test_breathing_not_asked_is_undecided_but_never_ruled_out() -> None:
    assert arrest("yes", None) is False
    assert arrest("no", None) is None
    assert arrest("unknown", None) is None
    assert arrest(None, None) is None
    found = called("no")
    assert (found.priority, found.is_arrest, found.is_tcpr) == ("P1", None, False)
    assert found.decided_by == ("entry.unconscious",) and found.unknown == ()
    assert found.actions == ("dispatch_first_unit",)


@pytest.mark.parametrize("conscious", ["no", "unknown"])
def test_unconscious_and_breathing_is_watched(conscious: str) -> None:
    found = called(conscious, "yes")
    assert (found.priority, found.is_arrest) == ("P1", False)
    assert found.decided_by == ("entry.unconscious",) and found.unknown == ()
    assert found.actions == (
        "dispatch_first_unit",
        "keep_on_line",
        "recheck_breathing_every_minute",
    )


@pytest.mark.parametrize(
    "breathing", [one for one in get_args(Breathing) if one not in ("yes", "going_blue")]
)
def test_awake_and_not_breathing_normally_is_p1_or_p2(breathing: Any) -> None:
    found = called("yes", breathing)
    assert (found.priority, found.is_arrest) == ("P1", False)
    assert found.decided_by == ("breathing_difficulty.otherwise",)
    assert found.tags == ("respiratory",)
    phrases = called("yes", breathing, answers={"speaks_phrases": True})
    assert phrases.priority == "P2"


def test_going_blue_is_blue() -> None:
    found = called("yes", "going_blue", answers={"speaks_phrases": True})
    assert found.priority == "P1" and found.decided_by == ("breathing_difficulty.P1.blue",)


def test_trap_20_agonal_breathing_is_not_breathing_normally() -> None:
    for breathing in ("unsure", "gasping", "snoring", "occasional", "going_blue", "agonal"):
        assert called("no", breathing).is_arrest is True
    assert called("no", "yes", answers={"agonal": True}).is_arrest is True
    assert called("no", "yes", answers={"agonal": None}).is_arrest is True
    assert called("no", None, answers={"agonal": True}).is_arrest is True
    assert called("no", "yes", answers={"agonal": False}).is_arrest is False
    assert called("no", "no", answers={"agonal": False}).is_arrest is True


def test_findings_answer_the_entry_questions_that_nobody_asked() -> None:
    assert called(None, None, answers={"not_rousable": True, "not_breathing": True}).is_arrest
    found = called(None, None, answers={"not_rousable": True})
    assert found.is_arrest is None and found.decided_by == ("entry.unconscious",)
    assert called(None, "yes", answers={"not_rousable": None}).priority == "P1"
    assert called(None, None, answers={"not_rousable": False}).priority is None
    assert called(None, None, answers={"awake": True}).is_arrest is False
    assert called(None, None, answers={"awake": False}).is_arrest is None
    assert called(None, None, answers={"not_breathing": False}).is_arrest is None
    assert called("yes", "yes", answers={"not_breathing": True}).is_arrest is False
    assert called("yes", "no", answers={"not_rousable": True}).is_arrest is False


def test_the_entry_speaks_to_the_table() -> None:
    found = called("yes", "yes", "diabetes", answers={"glucose_abnormal": True})
    assert found.priority == "P3"
    assert called("no", "yes", "diabetes").decided_by == (
        "entry.unconscious",
        "diabetes.P1.not_rousable",
    )
    assert called("no", "no", "newborn").decided_by == (
        "entry.arrest",
        "newborn.P1.not_breathing",
    )
    baby = called("yes", "no", "newborn", answers={"other_illness": True, "speaks_phrases": True})
    assert baby.priority == "P2"
    assert called("no", "no", "bleeding_wound", answers={"dressing": True}).decided_by == (
        "entry.arrest",
    )


@pytest.mark.parametrize(
    ("report", "method"),
    [
        (Report(measures={"age_years": 15}), "compressions_and_breaths"),
        (Report(measures={"age_years": 16}), "compressions_only"),
        (Report(complaints=("child",)), "compressions_and_breaths"),
        (Report(complaints=("newborn",)), "compressions_and_breaths"),
        (Report(answers={"newborn": True}), "compressions_and_breaths"),
        (Report(answers={"drowning": True}), "compressions_and_breaths"),
        (Report(answers={"drowning": False}), "compressions_only"),
        (Report(complaints=("stroke",)), "compressions_only"),
    ],
)
def test_breaths_for_children_newborns_and_the_drowned(report: Report, method: str) -> None:
    found = triage(Call(conscious="no", breathing="no", report=report), POLICY)
    assert found.method == method


def test_obvious_death() -> None:
    found = called("no", "no", answers={"obvious_death": True})
    assert (found.priority, found.is_tcpr, found.method) == ("P1", False, None)
    assert found.decided_by == ("entry.obvious_death",)
    assert found.actions == ("dispatch_first_unit", "supervisor", "keep_on_line")
    assert called(None, None, answers={"obvious_death": True}).priority == "P1"
    assert called("yes", "yes", answers={"obvious_death": True}).priority is None
    assert called("no", "no", answers={"obvious_death": None}).is_tcpr is True


def test_line_lost_and_second_hand() -> None:
    lost = called("no", None, answers={"line_lost": True})
    assert lost.priority == "P1" and lost.actions == ("dispatch_first_unit", "call_back")
    assert called(None, None, answers={"line_lost": True}).actions == ("call_back",)
    assert "call_back" not in called("no", None, answers={"line_lost": False}).actions
    far = called("unknown", "no", answers={"second_hand": True})
    assert far.actions == ("dispatch_first_unit", "tcpr", "reach_the_patient", "keep_on_line")
    assert "clarify" in called("yes", "yes", has_unrecognised=True).actions


def test_the_first_unit_goes_at_the_third_question_or_with_a_priority() -> None:
    assert "dispatch_first_unit" not in called("yes").actions
    assert called("yes", "yes").actions == ("dispatch_first_unit",)
    assert called(None, None, "stroke").actions == ("dispatch_first_unit",)
    assert called("yes", "yes", "scheduled_transfer").actions == ()


def test_the_questions_in_order() -> None:
    assert [step for step, _zh, _en in STEPS] == [
        "location", "callback", "conscious", "breathing", "person", "complaint", "scene",
    ]  # fmt: skip
    known: dict[str, Any] = {}
    answers: dict[str, bool | None] = {"pregnant": False}
    person = Report(answers=answers, measures={"age_years": 30})
    stated = Report(complaints=("stroke",), answers=answers, measures={"age_years": 30})
    many = Report(
        complaints=("stroke",), answers=answers, measures={"age_years": 30, "persons_hurt": 1}
    )
    for step, answer in (
        ("location", {"is_location_known": True}),
        ("callback", {"is_callback_known": True}),
        ("conscious", {"conscious": "yes"}),
        ("breathing", {"breathing": "yes"}),
        ("person", {"report": person, "sex": "F"}),
        ("complaint", {"report": stated}),
        ("scene", {"report": many, "is_scene_safe": False}),
    ):
        assert next_question(Call(**known)) == step
        known |= answer
    assert next_question(Call(**known)) is None
    assert next_question(Call(**{**known, "report": stated})) == "scene"
    assert next_question(Call(**{**known, "is_scene_safe": None})) == "scene"
    assert next_question(Call(**{**known, "is_location_known": False})) == "location"
    assert next_question(Call(**{**known, "is_callback_known": False})) == "callback"


def test_age_sex_and_pregnancy_are_one_question() -> None:
    first = {
        "is_location_known": True, "is_callback_known": True, "conscious": "yes",
        "breathing": "yes",
    }  # fmt: skip

    def asked(sex: Any, measures: Any, answers: Any = None) -> Any:
        report = Report(measures=measures, answers=answers or {})
        return next_question(Call(**first, sex=sex, report=report))

    assert asked("M", {"age_years": 30}) == "complaint"
    assert asked("M", {"age_days": 3}) == asked("M", {"age_months": 3}) == "complaint"
    assert asked("M", {}) == asked(None, {"age_years": 30}) == "person"
    assert asked("F", {"age_years": 30}) == "person"
    assert asked("F", {"age_years": 30}, {"pregnant": None}) == "person"
    assert asked("F", {"age_years": 30}, {"pregnant": True}) == "complaint"
