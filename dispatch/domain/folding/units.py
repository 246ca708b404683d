"""What happens to units and their assignments."""

from dispatch.domain import events as e
from dispatch.domain.folding.registry import folds
from dispatch.domain.states import ASSIGNMENT, ENDED, READINESS, AssignmentState, Readiness
from dispatch.domain.world import AlarmNote, Assignment, Draft, Incident, Unit
from dispatch.lifecycle import next_state


@folds(e.UnitAssigned)
def _assigned(draft: Draft, event: e.UnitAssigned, envelope: e.Envelope) -> None:
    assignment = Assignment(
        assignment_id=event.assignment_id,
        incident_id=event.incident_id,
        unit_id=event.unit_id,
        state=AssignmentState.NOTIFIED,
        since=envelope.occurred_at,
        since_recorded=envelope.recorded_at,
        notified_recorded=envelope.recorded_at,
        step_at={AssignmentState.NOTIFIED.value: envelope.occurred_at},
    )
    draft.put("assignments", event.assignment_id, assignment)
    draft.change("units", event.unit_id, assignment_id=event.assignment_id)
    incident: Incident = draft.table("incidents")[event.incident_id]
    ids = (*incident.assignment_ids, event.assignment_id)
    draft.change("incidents", event.incident_id, assignment_ids=ids, unassigned_since=None)
    draft.drop("alarm_notes", f"unassigned:{event.incident_id}")


def _assignment_step(draft: Draft, assignment_id: str, step: str, envelope: e.Envelope) -> None:
    assignment: Assignment = draft.table("assignments")[assignment_id]
    state = next_state(ASSIGNMENT, assignment.state, step)
    at = max(envelope.occurred_at, assignment.since)  # times on a timeline never run backwards
    moved = draft.change(
        "assignments",
        assignment_id,
        state=state,
        since=at,
        since_recorded=envelope.recorded_at,
        step_at={**assignment.step_at, state.value: at},
        overdue=None,
    )
    draft.drop("alarm_notes", f"overdue:{assignment_id}")
    if state in ENDED:
        draft.change("units", moved.unit_id, assignment_id=None, since=at)


@folds(e.AssignmentAcknowledged)
def _acknowledged(draft: Draft, event: e.AssignmentAcknowledged, envelope: e.Envelope) -> None:
    _assignment_step(draft, event.assignment_id, "acknowledge", envelope)


@folds(e.AssignmentAdvanced)
def _advanced(draft: Draft, event: e.AssignmentAdvanced, envelope: e.Envelope) -> None:
    _assignment_step(draft, event.assignment_id, event.step, envelope)


@folds(e.AssignmentCancelled)
def _cancelled(draft: Draft, event: e.AssignmentCancelled, envelope: e.Envelope) -> None:
    _assignment_step(draft, event.assignment_id, "cancel", envelope)


@folds(e.AssignmentStepUndone)
def _undone(draft: Draft, event: e.AssignmentStepUndone, envelope: e.Envelope) -> None:
    assignment: Assignment = draft.table("assignments")[event.assignment_id]
    steps = {name: at for name, at in assignment.step_at.items() if name != event.step}
    draft.change(
        "assignments",
        event.assignment_id,
        state=AssignmentState(event.back_to),
        since=steps[event.back_to],
        since_recorded=envelope.recorded_at,
        step_at=steps,
    )


@folds(e.IncidentOverdue)
def _unassigned(draft: Draft, event: e.IncidentOverdue, envelope: e.Envelope) -> None:
    incident: Incident = draft.table("incidents")[event.incident_id]
    draft.change("incidents", event.incident_id, unassigned_since=incident.opened_at)


@folds(e.AssignmentOverdue)
def _overdue(draft: Draft, event: e.AssignmentOverdue, envelope: e.Envelope) -> None:
    draft.change("assignments", event.assignment_id, overdue=event.what)


@folds(e.UnitReadinessSet)
def _readiness(draft: Draft, event: e.UnitReadinessSet, envelope: e.Envelope) -> None:
    unit: Unit = draft.table("units")[event.unit_id]
    step = "return" if event.readiness == Readiness.IN_SERVICE else "take_out"
    draft.change(
        "units",
        event.unit_id,
        readiness=next_state(READINESS, unit.readiness, step),
        reason=event.reason,
        since=envelope.occurred_at,
    )


@folds(e.AlarmAcknowledged)
def _alarm_noted(draft: Draft, event: e.AlarmAcknowledged, envelope: e.Envelope) -> None:
    note = AlarmNote(alarm_id=event.alarm_id, by=envelope.actor.name, at=envelope.recorded_at)
    draft.put("alarm_notes", event.alarm_id, note)
