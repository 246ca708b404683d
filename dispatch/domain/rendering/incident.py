"""Documents of calls, incidents, units and jobs."""

from datetime import datetime, timedelta

from dispatch.domain import documents as d
from dispatch.domain.config import CountyConfig, UnitConfig
from dispatch.domain.rendering.people import People, caller, identity, masked_name, masked_phone
from dispatch.domain.states import (
    ENDED,
    NEXT_STEP,
    UNDO,
    AssignmentState,
    IncidentState,
    PatientState,
    Readiness,
)
from dispatch.domain.world import Assignment, Call, Incident, Patient, Unit, World

_A = AssignmentState
UNIT_STATUS = {
    _A.NOTIFIED: "assigned",
    _A.ACKNOWLEDGED: "assigned",
    _A.EN_ROUTE: "en_route",
    _A.ON_SCENE: "on_scene",
    _A.AT_PATIENT: "on_scene",
    _A.TRANSPORTING: "transporting",
    _A.AT_DESTINATION: "at_hospital",
}
INCIDENT_STATE = {**UNIT_STATUS, _A.EN_ROUTE: "responding"}
_ORDER = list(_A)


def unit_config(config: CountyConfig, unit_id: str | None) -> UnitConfig | None:
    """A unit as configured, or None when it no longer is."""
    return next((unit for unit in config.units if unit.unit_id == unit_id), None)


def call_sign(config: CountyConfig, unit_id: str | None) -> str:
    """The call sign of a unit, or its id when it is no longer configured."""
    unit = unit_config(config, unit_id)
    return unit.call_sign if unit is not None else (unit_id or "")


def town_name(config: CountyConfig, town_id: str | None) -> str | None:
    """The name of a township."""
    return next((town.name for town in config.towns if town.town_id == town_id), None)


def call_doc(world: World, config: CountyConfig, people: People, call: Call) -> d.CallDoc:
    """One telephone contact."""
    return d.CallDoc(
        id=call.call_id,
        state=call.state.value,
        rang_at=call.rang_at,
        number_masked=masked_phone(identity(people, call.caller_id).phone),
        town=town_name(config, call.town_id),
        lon=call.lon,
        lat=call.lat,
        answered_at=call.answered_at,
        answered_by=call.answered_by or None,
        incident_id=call.incident_id,
    )


def assignment_view(config: CountyConfig, assignment: Assignment) -> d.AssignmentView:
    """One unit's work."""
    return d.AssignmentView(
        assignment_id=assignment.assignment_id,
        unit_id=assignment.unit_id,
        call_sign=call_sign(config, assignment.unit_id),
        state=assignment.state.value,
        since=assignment.since,
        step_at=assignment.step_at,
        overdue=assignment.overdue,
    )


def place_view(config: CountyConfig, people: People, incident: Incident) -> d.PlaceView:
    """Where it is."""
    where = identity(people, incident.place_id)
    return d.PlaceView(
        address=where.address,
        landmark=where.landmark,
        town=town_name(config, incident.town_id),
        lon=incident.lon,
        lat=incident.lat,
        is_read_back=incident.is_read_back,
    )


def patient_view(
    people: People, patient: Patient, complaint: str, is_masked: bool
) -> d.PatientView:
    """One patient for console (masked) or crew."""
    name = identity(people, patient.person_id).name
    level = patient.level
    return d.PatientView(
        patient_id=patient.patient_id,
        state=patient.state.value,
        name=masked_name(name) if is_masked else name,
        age_years=patient.age_years,
        sex=patient.sex,  # type: ignore[arg-type]
        is_pregnant=patient.is_pregnant,
        complaint=complaint,
        centres=list(patient.centres),
        level=level.level if level else "unknown",
        level_at=level.at if level else None,
        news2=level.total if level else None,
        news2_lower_bound=level.lower_bound if level else None,
        acvpu=patient.acvpu,
        on_oxygen=patient.on_oxygen,
        atmist=patient.atmist,
        unit_id=patient.unit_id,
        facility_id=patient.facility_id,
        prealert_id=patient.prealert_id,
        hold_id=patient.hold_id,
        handover=patient.handover.value,
        ecgs=ecg_views(patient),
    )


def ecg_views(patient: Patient) -> list[d.EcgView]:
    """The patient's ECGs, oldest first."""
    return [
        d.EcgView(
            id=note.ecg_id,
            at=note.at,
            leads=note.leads,
            hz=note.hz,
            duration_s=note.duration_s,
            has_statements=note.has_statements,
            source=note.source,
            fault=note.fault,
        )
        for note in patient.ecgs
    ]


def _state(incident: Incident, assignments: list[Assignment]) -> str:
    """Waiting until a unit goes; finished when units were there and all have cleared."""
    working = [a for a in assignments if a.state not in ENDED]
    is_done = any(a.state == AssignmentState.CLEARED for a in assignments)
    if incident.state != IncidentState.OPEN:
        return incident.state.value
    if not working:
        return "finished" if is_done else "waiting"
    furthest = max(working, key=lambda assignment: _ORDER.index(assignment.state))
    return INCIDENT_STATE[furthest.state]


def _first(assignments: list[Assignment], step: AssignmentState) -> datetime | None:
    times = [a.step_at[step.value] for a in assignments if step.value in a.step_at]
    return min(times, default=None)


def incident_doc(
    world: World, config: CountyConfig, people: People, incident: Incident
) -> d.IncidentDoc:
    """One emergency for the console."""
    assignments = [world.assignments[key] for key in incident.assignment_ids]
    patients = [world.patients[key] for key in incident.patient_ids]
    shown = [patient_view(people, p, incident.complaint, is_masked=True) for p in patients]
    return d.IncidentDoc(
        id=incident.incident_id,
        state=_state(incident, assignments),  # type: ignore[arg-type]
        priority=incident.priority,  # type: ignore[arg-type]
        complaint=incident.complaint,
        note=identity(people, incident.place_id).note,
        centres=list(incident.centres),
        place=place_view(config, people, incident),
        caller=caller(people, incident.caller_id, is_masked=True),
        rang_at=incident.rang_at,
        opened_at=incident.opened_at,
        opened_by=incident.opened_by,
        first_sent_at=_first(assignments, _A.NOTIFIED),
        first_on_scene_at=_first(assignments, _A.ON_SCENE),
        closed_at=incident.closed_at,
        outcome=incident.outcome,
        assignments=[assignment_view(config, a) for a in assignments],
        patients=shown,
        timeline=[
            d.TimelineEntry(seq=t.seq, at=t.at, type=t.type, by=t.by, params=t.params)
            for t in incident.timeline
        ],
    )


def unit_doc(world: World, config: CountyConfig, unit: Unit) -> d.UnitDoc | None:
    """One ambulance; its status derived here and nowhere stored."""
    planned = unit_config(config, unit.unit_id)
    if planned is None:
        return None
    assignment = world.assignments.get(unit.assignment_id) if unit.assignment_id else None
    incident = world.incidents[assignment.incident_id] if assignment else None
    out = unit.readiness == Readiness.OUT_OF_SERVICE
    status = UNIT_STATUS[assignment.state] if assignment else "out_of_service" if out else "idle"
    carried = [world.patients[key] for key in incident.patient_ids] if incident else []
    aboard = (PatientState.ABOARD, PatientState.ARRIVED)
    going = [p.facility_id for p in carried if p.unit_id == unit.unit_id and p.state in aboard]
    return d.UnitDoc(
        id=unit.unit_id,
        call_sign=planned.call_sign,
        unit_kind=planned.kind,
        station_id=planned.station_id,
        crew_skills=list(planned.crew_skills),
        equipment=list(planned.equipment),
        readiness=unit.readiness.value,
        readiness_reason=unit.reason,
        status=status,  # type: ignore[arg-type]
        status_since=assignment.since if assignment else unit.since,
        assignment_id=unit.assignment_id,
        incident_id=incident.incident_id if incident else None,
        priority=incident.priority if incident else None,
        destination_id=going[0] if going else None,
    )


def job_doc(world: World, config: CountyConfig, people: People, assignment: Assignment) -> d.JobDoc:
    """A crew's job, with the caller's number to ring back."""
    incident = world.incidents[assignment.incident_id]
    patients = [world.patients[key] for key in incident.patient_ids]
    mine = [p for p in patients if p.unit_id in (None, assignment.unit_id)]
    can_undo = assignment.state in UNDO
    undo_until = assignment.since_recorded + timedelta(seconds=config.dispatch.undo_s)
    return d.JobDoc(
        id=assignment.assignment_id,
        assignment=assignment_view(config, assignment),
        next_step=NEXT_STEP.get(assignment.state),
        undo_step=assignment.state.value if can_undo else None,
        undo_until=undo_until if can_undo else None,
        incident_id=incident.incident_id,
        priority=incident.priority,
        complaint=incident.complaint,
        note=identity(people, incident.place_id).note,
        centres=list(incident.centres),
        place=place_view(config, people, incident),
        caller=caller(people, incident.caller_id, is_masked=False),
        opened_at=incident.opened_at,
        rang_at=incident.rang_at,
        patients=[patient_view(people, p, incident.complaint, is_masked=False) for p in mine],
    )
