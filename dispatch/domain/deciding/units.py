"""Units and their work: who may be sent, how a crew steps on, what may be taken back."""

from datetime import datetime, timedelta

from dispatch.domain import commands as c
from dispatch.domain import events as e
from dispatch.domain.deciding.hospital import (
    end_waiting,
    leave_hospital,
    leave_on_scene,
    mark_not_coming,
)
from dispatch.domain.deciding.registry import (
    Context,
    assignment_of,
    config_of,
    decides,
    incident_of,
)
from dispatch.domain.states import (
    ASSIGNMENT,
    READINESS,
    UNDO,
    AssignmentState,
    IncidentState,
    PatientState,
    Readiness,
)
from dispatch.domain.world import Assignment, Incident, Patient, Unit, World
from dispatch.errors import Refused
from dispatch.ids import AssignmentId
from dispatch.lifecycle import next_state
from hospital_gateway.handover import HandoverState


def _unit(world: World, unit_id: str) -> Unit:
    unit: Unit | None = world.units.get(unit_id)  # type: ignore[call-overload]
    configured = {unit.unit_id for unit in config_of(world).units}
    if unit is None or unit_id not in configured:
        raise Refused("unknown_unit", unit_id=unit_id)
    return unit


@decides(c.SendUnit)
def send(world: World, command: c.SendUnit, context: Context) -> list[e.Event]:
    """A unit has at most one active assignment (invariant 1); an override wants its reason."""
    incident = incident_of(world, command.incident_id)
    unit = _unit(world, command.unit_id)
    if unit.readiness != Readiness.IN_SERVICE:
        raise Refused("unit_out_of_service", unit_id=unit.unit_id, reason=unit.reason)
    if unit.assignment_id is not None:
        busy_with = world.assignments[unit.assignment_id].incident_id
        raise Refused("unit_busy", unit_id=unit.unit_id, incident_id=busy_with)
    evidence = command.evidence
    advised = evidence.options[0].id if evidence and evidence.options else unit.unit_id
    is_first = not incident.assignment_ids
    if is_first and advised != unit.unit_id and not command.override_reason.strip():
        raise Refused("reason_needed", what="not_recommended", recommended=advised)
    number = len(incident.assignment_ids) + 1
    return [
        e.UnitAssigned(
            assignment_id=AssignmentId(f"{incident.incident_id}.A{number}"),
            incident_id=incident.incident_id,
            unit_id=unit.unit_id,
            override_reason=command.override_reason,
            evidence=evidence,
        )
    ]


@decides(c.AcknowledgeAssignment)
def acknowledge(world: World, command: c.AcknowledgeAssignment, context: Context) -> list[e.Event]:
    """The crew has the job."""
    assignment = assignment_of(world, command.assignment_id)
    _may_step(assignment, "acknowledge")
    return [e.AssignmentAcknowledged(assignment_id=assignment.assignment_id)]


def _may_step(assignment: Assignment, step: str) -> None:
    next_state(ASSIGNMENT, assignment.state, step, assignment_id=assignment.assignment_id)


@decides(c.AdvanceAssignment)
def advance(world: World, command: c.AdvanceAssignment, context: Context) -> list[e.Event]:
    """The crew's next status, with what it means for the patients."""
    assignment = assignment_of(world, command.assignment_id)
    _may_step(assignment, command.step)
    advanced = e.AssignmentAdvanced(assignment_id=assignment.assignment_id, step=command.step)
    return [advanced, *_patients_of_step(world, assignment, command)]


def _patients_of_step(
    world: World, assignment: Assignment, command: c.AdvanceAssignment
) -> list[e.Event]:
    patients = _patients(world, assignment)
    mine = [p for p in patients if p.unit_id == assignment.unit_id]
    if command.step == "at_patient":
        return [
            e.PatientAttended(patient_id=p.patient_id, unit_id=assignment.unit_id)
            for p in patients
            if p.state == PatientState.REPORTED
        ]
    if command.step == "transporting":
        return _board(assignment, patients, command)
    if command.step == "at_destination":
        return _arrive(world, mine)
    if command.step == "cleared":
        return leave_on_scene(world, [p for p in mine if p.state == PatientState.ATTENDED])
    return []


def _patients(world: World, assignment: Assignment) -> list[Patient]:
    incident = world.incidents[assignment.incident_id]
    return [world.patients[key] for key in incident.patient_ids]


def _board(
    assignment: Assignment, patients: list[Patient], command: c.AdvanceAssignment
) -> list[e.Event]:
    here = [p for p in patients if p.state == PatientState.ATTENDED]
    mine = [p for p in here if p.unit_id == assignment.unit_id]
    chosen = [p for p in here if p.patient_id in command.patient_ids] or mine
    unknown = set(command.patient_ids) - {p.patient_id for p in chosen}
    if unknown:
        raise Refused("patient_not_here", patient_id=sorted(unknown)[0])
    if not chosen:
        raise Refused("no_patient_to_board", assignment_id=assignment.assignment_id)
    return [e.PatientBoarded(patient_id=p.patient_id, unit_id=assignment.unit_id) for p in chosen]


def _arrive(world: World, mine: list[Patient]) -> list[e.Event]:
    events: list[e.Event] = []
    for patient in mine:
        if patient.state != PatientState.ABOARD:
            continue
        if patient.facility_id is None:
            raise Refused("no_destination", patient_id=patient.patient_id)
        events.append(
            e.PatientArrived(patient_id=patient.patient_id, facility_id=patient.facility_id)
        )
        events.extend(end_waiting(world, patient, "arrived"))
    return events


@decides(c.UndoAssignmentStep)
def undo(world: World, command: c.UndoAssignmentStep, context: Context) -> list[e.Event]:
    """The last status only, within the undo time, counted from when it was recorded."""
    assignment = assignment_of(world, command.assignment_id)
    if assignment.state != command.step:
        raise Refused("undo_not_last", step=command.step, state=assignment.state.value)
    window = timedelta(seconds=config_of(world).dispatch.undo_s)
    if context.now - assignment.since_recorded > window:
        raise Refused("undo_too_late", step=command.step)
    allowed = UNDO.get(assignment.state, frozenset())
    earlier = [s for s in AssignmentState if s in allowed and s.value in assignment.step_at]
    if not earlier:
        raise Refused("undo_not_possible", step=command.step)
    undone = e.AssignmentStepUndone(
        assignment_id=assignment.assignment_id, step=command.step, back_to=earlier[-1].value
    )
    return [undone, *_patients_of_undo(world, assignment)]


def _patients_of_undo(world: World, assignment: Assignment) -> list[e.Event]:
    reversal = {
        AssignmentState.AT_PATIENT: (PatientState.ATTENDED, "unattend"),
        AssignmentState.TRANSPORTING: (PatientState.ABOARD, "unboard"),
        AssignmentState.AT_DESTINATION: (PatientState.ARRIVED, "unarrive"),
    }
    if assignment.state not in reversal:
        return []
    state, happening = reversal[assignment.state]
    mine = [p for p in _patients(world, assignment) if p.unit_id == assignment.unit_id]
    if any(p.handover != HandoverState.NONE for p in mine):
        raise Refused("undo_not_possible", step=assignment.state.value)
    events: list[e.Event] = []
    for patient in (p for p in mine if p.state == state):
        events.append(e.PatientStepUndone(patient_id=patient.patient_id, happening=happening))
        if happening == "unattend":  # nobody is with the patient whom a hospital expects
            events.extend(leave_hospital(world, patient, "undone"))
    return events


@decides(c.CancelAssignment)
def cancel(world: World, command: c.CancelAssignment, context: Context) -> list[e.Event]:
    """Before a patient is aboard; patients the unit attended wait again for another."""
    assignment = assignment_of(world, command.assignment_id)
    if not command.reason.strip():
        raise Refused("reason_needed", what="cancel")
    _may_step(assignment, "cancel")
    cancelled = e.AssignmentCancelled(assignment_id=assignment.assignment_id, reason=command.reason)
    attended = [
        p
        for p in _patients(world, assignment)
        if p.unit_id == assignment.unit_id and p.state == PatientState.ATTENDED
    ]
    events: list[e.Event] = [cancelled]
    for patient in attended:
        events.append(e.PatientStepUndone(patient_id=patient.patient_id, happening="unattend"))
        events.extend(leave_hospital(world, patient, "unit_cancelled"))
        events.extend(mark_not_coming(patient, "unit_cancelled"))
    return events


@decides(c.SetUnitReadiness)
def readiness(world: World, command: c.SetUnitReadiness, context: Context) -> list[e.Event]:
    """A unit at work cannot be taken out of service."""
    unit = _unit(world, command.unit_id)
    if unit.assignment_id is not None:
        busy_with = world.assignments[unit.assignment_id].incident_id
        raise Refused("unit_busy", unit_id=unit.unit_id, incident_id=busy_with)
    step = "return" if command.readiness == "in_service" else "take_out"
    if step == "take_out" and not command.reason.strip():
        raise Refused("reason_needed", what="out_of_service")
    next_state(READINESS, unit.readiness, step, unit_id=unit.unit_id)
    return [
        e.UnitReadinessSet(unit_id=unit.unit_id, readiness=command.readiness, reason=command.reason)
    ]


@decides(c.FlagUnassigned)
def flag_unassigned(world: World, command: c.FlagUnassigned, context: Context) -> list[e.Event]:
    """Only while it is true and not yet said."""
    incident = incident_of(world, command.incident_id)
    if incident.unassigned_since is not None or not is_unassigned_too_long(
        world, incident, context.now
    ):
        raise Refused("not_due", incident_id=incident.incident_id)
    return [e.IncidentOverdue(incident_id=incident.incident_id)]


def is_unassigned_too_long(world: World, incident: Incident, now: datetime) -> bool:
    """Whether nobody goes, or went, and the send standard of the priority has passed."""
    work = [world.assignments[key] for key in incident.assignment_ids]
    standard_s = config_of(world).dispatch.send_s.get(incident.priority)
    nobody = all(a.state == AssignmentState.CANCELLED for a in work)
    if incident.state != IncidentState.OPEN or not nobody or standard_s is None:
        return False
    waits_since = max([incident.opened_at, *(a.since_recorded for a in work)])
    return (now - waits_since).total_seconds() >= standard_s


@decides(c.FlagOverdue)
def flag_overdue(world: World, command: c.FlagOverdue, context: Context) -> list[e.Event]:
    """Only while it is true and not yet said."""
    assignment = assignment_of(world, command.assignment_id)
    if assignment.overdue == command.what or overdue(world, assignment, context) != command.what:
        raise Refused("not_due", assignment_id=assignment.assignment_id)
    return [e.AssignmentOverdue(assignment_id=assignment.assignment_id, what=command.what)]


def overdue(world: World, assignment: Assignment, context: Context) -> str | None:
    """What an assignment is late with: ``unanswered``, ``turnout`` or nothing."""
    policy = config_of(world).dispatch
    waited_s = (context.now - assignment.notified_recorded).total_seconds()
    rolling_not_yet = (AssignmentState.NOTIFIED, AssignmentState.ACKNOWLEDGED)
    if assignment.state in rolling_not_yet and waited_s >= policy.turnout_s:
        return "turnout"
    if assignment.state == AssignmentState.NOTIFIED and waited_s >= policy.assignment_unanswered_s:
        return "unanswered"
    return None
