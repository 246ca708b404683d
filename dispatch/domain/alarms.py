"""Which alarms are open: derived from the world, never stored; they end when their cause ends.

An incident nobody was sent to in time, a feed lost, a pre-alert that reached the dispatcher's rung
unanswered, an assignment nobody answered or that does not roll, a patient at the emergency level
that no hospital has been told of.
"""

from collections.abc import Iterator

import msgspec

from dispatch.domain.documents import AlarmDoc
from dispatch.domain.states import ENDED, IncidentState, PatientState
from dispatch.domain.world import Assignment, Incident, Patient, PreAlert, World
from hospital_gateway.prealert import PreAlertState

OPEN_ALERT = (PreAlertState.SENT, PreAlertState.DELIVERED, PreAlertState.DISPLAYED)
CARED_FOR = (PatientState.ATTENDED, PatientState.ABOARD)


def alarms(world: World) -> Iterator[AlarmDoc]:
    """All open alarms."""
    for incident in world.incidents.values():
        yield from of_incident(world, incident)
    for patient in world.patients.values():
        yield from of_patient(world, patient)
    for alert in world.prealerts.values():
        yield from of_prealert(world, alert)
    for assignment in world.assignments.values():
        yield from of_assignment(world, assignment)


def of_incident(world: World, incident: Incident) -> Iterator[AlarmDoc]:
    """Nobody was sent within the standard."""
    if incident.unassigned_since is None or incident.state != IncidentState.OPEN:
        return
    yield _noted(
        world,
        AlarmDoc(
            id=f"unassigned:{incident.incident_id}",
            alarm_kind="unassigned_overdue",
            urgency="high" if incident.priority in ("P1", "P2") else "medium",
            since=incident.unassigned_since,
            incident_id=incident.incident_id,
            unit_id=None,
            patient_id=None,
            facility_id=None,
            params={},
            acknowledged_by="",
            acknowledged_at=None,
        ),
    )


def of_patient(world: World, patient: Patient) -> Iterator[AlarmDoc]:
    """A lost feed; an emergency level that no pre-alert has told of."""
    if patient.feed_lost_at is not None:
        yield _noted(
            world,
            AlarmDoc(
                id=f"feed_lost:{patient.patient_id}",
                alarm_kind="feed_lost",
                urgency="medium",
                since=patient.feed_lost_at,
                incident_id=patient.incident_id,
                unit_id=patient.unit_id,
                patient_id=patient.patient_id,
                facility_id=patient.facility_id,
                params={},
                acknowledged_by="",
                acknowledged_at=None,
            ),
        )
    level = patient.level
    untold = patient.state in CARED_FOR and patient.prealert_id is None
    if level is not None and level.level == "emergency" and untold:
        yield _noted(
            world,
            AlarmDoc(
                id=f"level_emergency:{patient.patient_id}",
                alarm_kind="level_emergency",
                urgency="high",
                since=level.at,
                incident_id=patient.incident_id,
                unit_id=patient.unit_id,
                patient_id=patient.patient_id,
                facility_id=patient.facility_id,
                params={"news2": level.total, "lower_bound": level.lower_bound},
                acknowledged_by="",
                acknowledged_at=None,
            ),
        )


def of_prealert(world: World, alert: PreAlert) -> Iterator[AlarmDoc]:
    """An unanswered pre-alert whose ladder has reached the dispatcher; rejected, until rechosen."""
    patient = world.patients.get(alert.patient_id)
    is_current = patient is not None and patient.prealert_id == alert.prealert_id
    rejected = alert.state == PreAlertState.REJECTED and is_current
    told = [rung for rung in alert.escalations if rung.tells == "dispatcher"]
    if not rejected and (alert.state not in OPEN_ALERT or not told):
        return
    last = told[-1] if told else None
    yield _noted(
        world,
        AlarmDoc(
            id=f"prealert:{alert.prealert_id}",
            alarm_kind="prealert_unanswered",
            urgency="high",
            since=alert.rejected_at or alert.sent_at or alert.created_at,
            incident_id=patient.incident_id if patient is not None else None,
            unit_id=alert.unit_id,
            patient_id=alert.patient_id,
            facility_id=alert.facility_id,
            params={"step": "rejected" if rejected else last.step if last else ""},
            acknowledged_by="",
            acknowledged_at=None,
        ),
    )


def of_assignment(world: World, assignment: Assignment) -> Iterator[AlarmDoc]:
    """Work that is late: unanswered, or not rolling."""
    if assignment.overdue is None or assignment.state in ENDED:
        return
    unanswered = assignment.overdue == "unanswered"
    yield _noted(
        world,
        AlarmDoc(
            id=f"overdue:{assignment.assignment_id}",
            alarm_kind="assignment_unanswered" if unanswered else "turnout_overdue",
            urgency="high" if unanswered else "medium",
            since=assignment.notified_recorded,
            incident_id=assignment.incident_id,
            unit_id=assignment.unit_id,
            patient_id=None,
            facility_id=None,
            params={},
            acknowledged_by="",
            acknowledged_at=None,
        ),
    )


def _noted(world: World, alarm: AlarmDoc) -> AlarmDoc:
    note = world.alarm_notes.get(alarm.id)
    if note is None:
        return alarm
    return msgspec.structs.replace(alarm, acknowledged_by=note.by, acknowledged_at=note.at)
