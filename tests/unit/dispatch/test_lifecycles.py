"""Every (state, happening) pair of the core's tables: the legal ones reach the listed state, all
others are refused. The expectation is written out once more, so that a slip in a table does not
agree with itself; and the core's commands are walked through each pair of an assignment for real.
"""

from enum import StrEnum
from itertools import product

import msgspec
import pytest

from dispatch.domain import commands as c
from dispatch.domain.states import (
    ASSIGNMENT,
    CALL,
    ENDED,
    INCIDENT,
    NEXT_STEP,
    PATIENT,
    READINESS,
    UNDO,
    AssignmentState,
    CallState,
    IncidentState,
    PatientState,
    Readiness,
)
from dispatch.errors import Refused
from dispatch.lifecycle import Table, may, next_state
from tests.support.desk import DISPATCHER, Desk, crew

EXPECTED: dict[str, dict[str, dict[str, str]]] = {
    "call": {
        "ringing": {"answer": "answered", "end": "abandoned"},
        "answered": {"end": "ended"},
    },
    "incident": {"open": {"close": "closed", "cancel": "cancelled"}},
    "assignment": {
        "notified": {
            "acknowledge": "acknowledged",
            "en_route": "en_route",
            "cancel": "cancelled",
        },
        "acknowledged": {"en_route": "en_route", "cancel": "cancelled"},
        "en_route": {"on_scene": "on_scene", "cancel": "cancelled"},
        "on_scene": {"at_patient": "at_patient", "cleared": "cleared", "cancel": "cancelled"},
        "at_patient": {
            "transporting": "transporting",
            "cleared": "cleared",
            "cancel": "cancelled",
        },
        "transporting": {"at_destination": "at_destination"},
        "at_destination": {"cleared": "cleared"},
    },
    "patient": {
        "reported": {"attend": "attended", "leave": "left_on_scene"},
        "attended": {"board": "aboard", "leave": "left_on_scene", "unattend": "reported"},
        "aboard": {"arrive": "arrived", "unboard": "attended"},
        "arrived": {"hand_over": "handed_over", "unarrive": "aboard"},
    },
    "readiness": {
        "in_service": {"take_out": "out_of_service"},
        "out_of_service": {"return": "in_service"},
    },
}
TABLES: dict[str, tuple[Table[StrEnum], type[StrEnum]]] = {
    "call": (CALL, CallState),  # type: ignore[dict-item]
    "incident": (INCIDENT, IncidentState),  # type: ignore[dict-item]
    "assignment": (ASSIGNMENT, AssignmentState),  # type: ignore[dict-item]
    "patient": (PATIENT, PatientState),  # type: ignore[dict-item]
    "readiness": (READINESS, Readiness),  # type: ignore[dict-item]
}
HAPPENINGS = {
    name: sorted({step for steps in EXPECTED[name].values() for step in steps} | {"nonsense"})
    for name in EXPECTED
}
PAIRS = [
    (name, state, happening)
    for name, (_, states) in TABLES.items()
    for state, happening in product(states, HAPPENINGS[name])
]


@pytest.mark.parametrize(("name", "state", "happening"), PAIRS)
def test_each_pair(name: str, state: StrEnum, happening: str) -> None:
    table, _ = TABLES[name]
    wanted = EXPECTED[name].get(state.value, {}).get(happening)
    assert may(table, state, happening) == (wanted is not None)
    if wanted is not None:
        assert next_state(table, state, happening) == wanted
        return
    with pytest.raises(Refused) as refusal:
        next_state(table, state, happening, who="x")
    assert refusal.value.code == "illegal_step"
    assert refusal.value.params == {"state": state.value, "step": happening, "who": "x"}


def test_undo_leads_back_along_the_table_only() -> None:
    assert {state.value: {s.value for s in back} for state, back in UNDO.items()} == {
        "en_route": {"notified", "acknowledged"},
        "on_scene": {"en_route"},
        "at_patient": {"on_scene"},
        "transporting": {"at_patient"},
        "at_destination": {"transporting"},
    }
    for state, earlier in UNDO.items():
        assert all(state in ASSIGNMENT[before].values() for before in earlier)
    assert set(NEXT_STEP) | ENDED == set(AssignmentState)


WALK = ("en_route", "on_scene", "at_patient", "transporting", "at_destination", "cleared")


def at(state: AssignmentState) -> tuple[Desk, str]:
    """A desk with one assignment in the state, its patient bound for H1."""
    desk = Desk()
    assignment_id = desk.send(desk.incident(), "N01")
    if state == AssignmentState.ACKNOWLEDGED:
        desk.tell(c.AcknowledgeAssignment, crew("N01"), assignment_id=assignment_id)
    if state == AssignmentState.CANCELLED:
        desk.tell(c.CancelAssignment, DISPATCHER, assignment_id=assignment_id, reason="x")
    if state.value not in WALK:
        return desk, assignment_id
    for step in WALK[: WALK.index(state.value) + 1]:
        desk.drive(assignment_id, step)
        if step == "at_patient":
            patient_id = next(iter(desk.world.patients))
            fields = {"patient_id": patient_id, "facility_id": "H1"}
            desk.tell(c.ChooseDestination, crew("N01"), **fields)
    return desk, assignment_id


@pytest.mark.parametrize("step", ["acknowledge", *WALK, "cancel"])
@pytest.mark.parametrize("state", list(AssignmentState))
def test_a_command_takes_each_step_or_changes_nothing(state: AssignmentState, step: str) -> None:
    desk, assignment_id = at(state)
    assert desk.world.assignments[assignment_id].state == state  # type: ignore[index]
    before, wanted = desk.world, EXPECTED["assignment"].get(state.value, {}).get(step)
    kind, actor, fields = c.AdvanceAssignment, crew("N01"), {"step": step}
    if step == "acknowledge":
        kind, fields = c.AcknowledgeAssignment, {}  # type: ignore[assignment]
    if step == "cancel":
        kind, actor, fields = c.CancelAssignment, DISPATCHER, {"reason": "x"}
    if wanted is None:
        with pytest.raises(Refused) as refusal:
            desk.tell(kind, actor, assignment_id=assignment_id, **fields)
        assert refusal.value.code == "illegal_step"
        assert desk.world is before
        return
    desk.tell(kind, actor, assignment_id=assignment_id, **fields)
    assert desk.world.assignments[assignment_id].state == wanted  # type: ignore[index]
    is_free = wanted in ("cleared", "cancelled")
    assert (desk.world.units["N01"].assignment_id is None) == is_free  # type: ignore[index]


@pytest.mark.parametrize("state", list(AssignmentState))
def test_undo_takes_back_one_step_in_time(state: AssignmentState) -> None:
    desk, assignment_id = at(state)
    undo = {"assignment_id": assignment_id, "step": state.value}
    desk.wait(9)
    if state not in UNDO:
        with pytest.raises(Refused, match="undo_not_possible"):
            desk.tell(c.UndoAssignmentStep, crew("N01"), **undo)
        return
    desk.tell(c.UndoAssignmentStep, crew("N01"), **undo)
    assignment = desk.world.assignments[assignment_id]  # type: ignore[index]
    assert assignment.state in UNDO[state]
    assert state.value not in assignment.step_at
    desk.tell(c.AdvanceAssignment, crew("N01"), **undo)
    assert desk.world.assignments[assignment_id].state == state  # type: ignore[index]
    desk.wait(11)
    with pytest.raises(Refused, match="undo_too_late"):
        desk.tell(c.UndoAssignmentStep, crew("N01"), **undo)
    with pytest.raises(Refused, match="undo_not_last"):
        desk.tell(c.UndoAssignmentStep, crew("N01"), assignment_id=assignment_id, step="notified")


def test_readiness_is_walked_both_ways_and_no_other() -> None:
    desk = Desk()
    fields = {"unit_id": "N01", "reason": "tyre"}
    for readiness, again in (("out_of_service", "in_service"), ("in_service", "out_of_service")):
        desk.tell(c.SetUnitReadiness, DISPATCHER, readiness=readiness, **fields)
        with pytest.raises(Refused, match="illegal_step"):
            desk.tell(c.SetUnitReadiness, DISPATCHER, readiness=readiness, **fields)
        assert desk.world.units["N01"].readiness == readiness != again  # type: ignore[index]
    assert msgspec.json.encode(desk.world)
