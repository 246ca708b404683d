"""Up freely; down only with a reason and a second person, and never by what was lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.triage.criterion import PRIORITIES
from dispatch.triage.retriage import FAULTS, Proposal, judge

DOWN = {"current": "P1", "proposed": "P3", "reason": "seen by crew", "by": "Li", "second": "Wang"}


def judged(**changes: Any) -> Any:
    return judge(Proposal(**{**DOWN, **changes}))


@pytest.mark.parametrize("current", PRIORITIES)
@pytest.mark.parametrize("proposed", PRIORITIES)
def test_every_change_with_and_without_what_a_downgrade_needs(current: Any, proposed: Any) -> None:
    bare = judge(Proposal(current=current, proposed=proposed))
    full = judged(current=current, proposed=proposed)
    assert full.is_allowed and full.priority == proposed and full.faults == ()
    assert bare.is_allowed == (proposed <= current)
    assert bare.priority == min(current, proposed)
    words = {True: "upgrade", False: "downgrade"}
    assert bare.change == full.change
    assert bare.change == ("same" if current == proposed else words[proposed < current])


def test_what_a_downgrade_needs() -> None:
    assert judged().is_allowed
    assert judged(reason=" \n").faults == ("reason_needed",)
    assert judged(second="").faults == ("second_person_needed",)
    assert judged(by="").faults == ("second_person_needed",)
    assert judged(by=" ", second=" ").faults == ("second_person_needed",)
    assert judged(reason="", second="").faults == ("reason_needed", "second_person_needed")
    assert judged(reason="").priority == "P1" and not judged(reason="").is_allowed


@pytest.mark.parametrize("second", ["Li", " li ", "LI", "Ｌｉ", "Li\t"])
def test_one_person_written_in_two_ways_is_not_two(second: str) -> None:
    assert judged(second=second).faults == ("second_person_needed",)


def test_lost_answers_never_lower() -> None:
    assert judged(is_answers_lost=True).faults == ("answers_lost",)
    up = judged(proposed="P1", current="P3", is_answers_lost=True, is_reported_worse=True)
    assert up.is_allowed and up.priority == "P1"


def test_reported_worse_demands_a_triage_and_refuses_a_downgrade() -> None:
    worse = judged(is_reported_worse=True)
    assert worse.faults == ("reported_worse",) and worse.is_triage_due
    again = judged(is_repeat_call=True)
    assert again.is_allowed and again.is_triage_due
    assert not judged().is_triage_due


def test_a_report_without_a_proposal_changes_nothing() -> None:
    found = judge(Proposal(current="P3", is_reported_worse=True))
    assert (found.change, found.priority, found.is_allowed) == ("none", "P3", True)
    assert found.is_triage_due


def test_all_faults_at_once_in_order() -> None:
    bare = judge(
        Proposal(current="P1", proposed="P2", is_reported_worse=True, is_answers_lost=True)
    )
    assert bare.faults == tuple(FAULTS)


@given(st.text(max_size=4), st.text(max_size=4), st.text(max_size=4), st.booleans())
def test_a_downgrade_needs_everything(reason: str, by: str, second: str, is_lost: bool) -> None:
    found = judged(reason=reason, by=by, second=second, is_answers_lost=is_lost)
    assert found.is_allowed == (not found.faults)
    if found.is_allowed:
        assert reason.strip() and by.strip() and second.strip() and by != second and not is_lost
    assert found.priority == ("P3" if found.is_allowed else "P1")
