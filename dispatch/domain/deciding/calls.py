"""Calls, incidents and the configuration: what may be opened, changed and closed."""

from dispatch.domain import commands as c
from dispatch.domain import events as e
from dispatch.domain.deciding.hospital import leave_on_scene
from dispatch.domain.deciding.registry import (
    Context,
    active_assignments,
    config_of,
    decides,
    degrees,
    incident_of,
    subject,
    town_at,
)
from dispatch.domain.states import CALL, CallState, PatientState
from dispatch.domain.world import Call, World
from dispatch.errors import Refused
from dispatch.ids import CallId, CentreId, IncidentId, PatientId
from dispatch.lifecycle import may, next_state

FIRST_INCIDENT = 1001  # a number that reads as a number, never as an age or a bed


@decides(c.ConfigureCounty)
def configure(world: World, command: c.ConfigureCounty, context: Context) -> list[e.Event]:
    """Take over a configuration that differs from the present one."""
    if world.config is not None and world.config.digest == command.config.digest:
        raise Refused("county_unchanged", digest=command.config.digest)
    gone = set(world.units) - {unit.unit_id for unit in command.config.units}
    working = [unit_id for unit_id in gone if world.units[unit_id].assignment_id is not None]
    if working:
        raise Refused("unit_busy", unit_id=sorted(working)[0])
    return [e.CountyConfigured(config=command.config)]


def _call(world: World, call_id: str) -> Call:
    call: Call | None = world.calls.get(call_id)  # type: ignore[call-overload]
    if call is None:
        raise Refused("unknown_call", call_id=call_id)
    return call


@decides(c.ReceiveCall)
def receive(world: World, command: c.ReceiveCall, context: Context) -> list[e.Event]:
    """A line rings."""
    config = config_of(world)
    town = None
    if command.lon is not None and command.lat is not None:
        town = town_at(config, command.lon, command.lat)
    call_id = CallId(f"C-{world.call_count + FIRST_INCIDENT}")
    return [
        e.CallRang(
            call_id=call_id,
            caller_id=subject(command, "caller"),
            lon=None if command.lon is None else degrees(command.lon),
            lat=None if command.lat is None else degrees(command.lat),
            town_id=town,
        )
    ]


@decides(c.AnswerCall)
def answer(world: World, command: c.AnswerCall, context: Context) -> list[e.Event]:
    """Exactly one dispatcher gets the call."""
    call = _call(world, command.call_id)
    if call.state == CallState.ANSWERED:
        raise Refused("call_taken", call_id=call.call_id, by=call.answered_by)
    next_state(CALL, call.state, "answer")
    return [e.CallAnswered(call_id=call.call_id)]


@decides(c.EndCall)
def end(world: World, command: c.EndCall, context: Context) -> list[e.Event]:
    """The line is closed."""
    call = _call(world, command.call_id)
    next_state(CALL, call.state, "end")
    return [e.CallEnded(call_id=call.call_id)]


@decides(c.OpenIncident)
def open_incident(world: World, command: c.OpenIncident, context: Context) -> list[e.Event]:
    """One emergency at one place, with the patients known so far."""
    config = config_of(world)
    call = _call(world, command.call_id) if command.call_id is not None else None
    if call is not None and call.incident_id is not None:
        raise Refused("call_has_incident", call_id=call.call_id, incident_id=call.incident_id)
    _known_centres(world, command.centres)
    incident_id = IncidentId(f"I-{world.incident_count + FIRST_INCIDENT}")
    place = command.place
    has_caller = bool(command.caller.name or command.caller.phone)
    caller_id = call.caller_id if call is not None else None
    opened = e.IncidentOpened(
        incident_id=incident_id,
        priority=command.priority,
        complaint=command.complaint,
        centres=command.centres,
        place_id=subject(command, "place"),
        lon=degrees(place.lon),
        lat=degrees(place.lat),
        town_id=town_at(config, place.lon, place.lat),
        is_read_back=place.is_read_back,
        caller_id=subject(command, "caller") if has_caller else caller_id,
        call_id=command.call_id,
        rang_at=call.rang_at if call is not None else None,
    )
    reports = [
        _report(command, incident_id, number, patient, command.centres)
        for number, patient in enumerate(command.patients)
    ]
    return [opened, *reports]


def _report(
    command: c.Command,
    incident_id: IncidentId,
    number: int,
    patient: c.NewPatient,
    centres: tuple[CentreId, ...],
    first: int = 1,
) -> e.PatientReported:
    return e.PatientReported(
        patient_id=PatientId(f"{incident_id}.P{number + first}"),
        incident_id=incident_id,
        person_id=subject(command, f"patient:{number}"),
        age_years=patient.age_years,
        sex=patient.sex,
        is_pregnant=patient.is_pregnant,
        centres=centres,
    )


def _known_centres(world: World, centres: tuple[str, ...]) -> None:
    known = {centre.centre_id for centre in config_of(world).centres}
    for centre in centres:
        if centre not in known:
            raise Refused("unknown_centre", centre=centre)


@decides(c.AddPatient)
def add_patient(world: World, command: c.AddPatient, context: Context) -> list[e.Event]:
    """One more patient at an open incident."""
    incident = incident_of(world, command.incident_id)
    number = len(incident.patient_ids) + 1
    return [
        _report(command, incident.incident_id, 0, command.patient, incident.centres, first=number)
    ]


@decides(c.ReprioritiseIncident)
def reprioritise(world: World, command: c.ReprioritiseIncident, context: Context) -> list[e.Event]:
    """Upgrades are free; a downgrade needs a reason (clinical reference §2.4)."""
    incident = incident_of(world, command.incident_id)
    _known_centres(world, command.centres)
    if command.priority > incident.priority and not command.reason.strip():
        raise Refused("reason_needed", what="downgrade")
    return [
        e.IncidentReprioritised(
            incident_id=incident.incident_id,
            priority=command.priority,
            centres=command.centres,
            reason=command.reason,
        )
    ]


@decides(c.CorrectPlace)
def correct_place(world: World, command: c.CorrectPlace, context: Context) -> list[e.Event]:
    """A better address for an open incident."""
    incident = incident_of(world, command.incident_id)
    place = command.place
    return [
        e.PlaceCorrected(
            incident_id=incident.incident_id,
            place_id=subject(command, "place"),
            lon=degrees(place.lon),
            lat=degrees(place.lat),
            town_id=town_at(config_of(world), place.lon, place.lat),
            is_read_back=place.is_read_back,
        )
    ]


@decides(c.CloseIncident)
def close(world: World, command: c.CloseIncident, context: Context) -> list[e.Event]:
    """Nobody may still be working on it; patients nobody carried are left on the scene."""
    incident = incident_of(world, command.incident_id)
    working = active_assignments(world, incident)
    if working:
        raise Refused(
            "incident_has_units", incident_id=incident.incident_id, unit_id=working[0].unit_id
        )
    patients = [world.patients[key] for key in incident.patient_ids]
    if any(patient.state == PatientState.ARRIVED for patient in patients):
        raise Refused("handover_open", incident_id=incident.incident_id)
    waiting = [p for p in patients if p.state in (PatientState.REPORTED, PatientState.ATTENDED)]
    events = leave_on_scene(world, waiting)
    call = world.calls.get(incident.call_id) if incident.call_id is not None else None
    if call is not None and may(CALL, call.state, "end"):
        events.append(e.CallEnded(call_id=call.call_id))
    return [*events, e.IncidentClosed(incident_id=incident.incident_id, outcome=command.outcome)]
