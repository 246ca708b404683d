"""What is computed before a decision: which unit, which hospital.

Pure functions over values. The routes show the result, and the same computation goes into the
command as evidence, so that replay can show why. Positions are the newest trusted fixes; a unit
without one is taken to be at its station, and the recommendation says so.
"""

from datetime import datetime

import msgspec

from dispatch.domain import commands as c
from dispatch.domain.capacity import capacity_of
from dispatch.domain.config import CountyConfig, UnitConfig
from dispatch.domain.deciding.registry import config_of, incident_of, patient_of
from dispatch.domain.rendering.incident import UNIT_STATUS
from dispatch.domain.states import Readiness
from dispatch.domain.world import Patient, World
from dispatch.live.journeys import Journeys
from dispatch.live.plane import LivePlane
from dispatch.recommend.shapes import destination_evidence, to_evidence
from dispatch.recommend.units import (
    Recommendation,
    UnitCandidate,
    UnitRequest,
    is_position_known,
    rank,
)
from hospital_gateway.advice import Travel
from hospital_gateway.destination import Advice, Candidate, Case, choose
from maps.coordinates import Wgs84
from maps.travel import TravelEstimate


def recommend_units(
    world: World, plane: LivePlane, travel: Journeys, incident_id: str, now: datetime
) -> Recommendation:
    """Which unit to send to an incident; raises ``Refused("unknown_incident")``."""
    config = config_of(world)
    incident = incident_of(world, incident_id, must_be_open=False)
    scene = Wgs84(lon=incident.lon, lat=incident.lat)
    patients = [world.patients[key] for key in incident.patient_ids]
    request = UnitRequest(
        priority=incident.priority,
        computed_at=now,
        centres=incident.centres,
        is_pregnant=any(patient.is_pregnant for patient in patients),
    )
    units = [unit for unit in config.units if unit.unit_id in world.units]
    seen = [_seen(config, plane, unit, now) for unit in units]
    journeys = travel.at(world.closures, now, incident.priority)
    drives = journeys.many([one.place for one in seen], scene)  # all at once: one question
    candidates = [
        _candidate(world, unit, one, drive)
        for unit, one, drive in zip(units, seen, drives, strict=True)
    ]
    return rank(request, candidates)


class _Seen(msgspec.Struct, frozen=True, kw_only=True):
    """From where a unit would start, and how well that is known."""

    place: Wgs84
    fix_age_s: int | None
    is_doubtful: bool


def _seen(config: CountyConfig, plane: LivePlane, unit: UnitConfig, now: datetime) -> _Seen:
    fix = plane.positions.get(unit.unit_id)
    fix_age_s = None if fix is None else max(0, round((now - fix.at).total_seconds()))
    is_doubtful = fix is not None and fix.doubtful is not None
    station = next(s for s in config.stations if s.station_id == unit.station_id)
    here = Wgs84(lon=station.lon, lat=station.lat)
    if fix is not None and is_position_known(fix_age_s, is_doubtful):
        here = Wgs84(lon=fix.lon, lat=fix.lat)
    return _Seen(place=here, fix_age_s=fix_age_s, is_doubtful=is_doubtful)


def _drive(estimate: TravelEstimate) -> Travel:
    """A journey in the words of advice."""
    return Travel(
        duration_s=estimate.duration_s,
        distance_m=estimate.distance_m,
        method=estimate.method,
        duration_p80_s=estimate.duration_p80_s,
    )


def _candidate(
    world: World, unit: UnitConfig, seen: _Seen, estimate: TravelEstimate
) -> UnitCandidate:
    state = world.units[unit.unit_id]
    assignment = world.assignments.get(state.assignment_id) if state.assignment_id else None
    is_in_service = state.readiness == Readiness.IN_SERVICE
    idle = "idle" if is_in_service else "out_of_service"
    return UnitCandidate(
        unit_id=unit.unit_id,
        call_sign=unit.call_sign,
        kind=unit.kind,
        station_id=unit.station_id,
        crew_skills=unit.crew_skills,
        equipment=unit.equipment,
        status=UNIT_STATUS[assignment.state] if assignment else idle,
        is_idle=assignment is None and is_in_service,
        travel=_drive(estimate),
        fix_age_s=seen.fix_age_s,
        is_fix_doubtful=seen.is_doubtful,
    )


def advise_destination(
    world: World, plane: LivePlane, travel: Journeys, patient_id: str, now: datetime
) -> Advice:
    """Where a patient should go; raises ``Refused("unknown_patient")``."""
    config = config_of(world)
    patient = patient_of(world, patient_id)
    here, is_stale = _where(world, plane, patient, now)
    places = [Wgs84(lon=facility.lon, lat=facility.lat) for facility in config.facilities]
    urgency = world.incidents[patient.incident_id].priority
    estimates = travel.at(world.closures, now, urgency).to_many(here, places)
    candidates = [
        Candidate(
            facility=facility,
            capacity=capacity_of(world, facility, besides=patient.patient_id),
            travel=_drive(estimate),
        )
        for facility, estimate in zip(config.facilities, estimates, strict=True)
    ]
    case = Case(
        centres=patient.centres,
        is_pregnant=patient.is_pregnant,
        age_years=patient.age_years,
        wants_eicu=patient.level is not None and patient.level.level == "emergency",
        since_contact_s=_since_contact_s(world, patient, now),
        is_position_stale=is_stale,
    )
    return choose(case, candidates, config.centres, config.gateway)


def _since_contact_s(world: World, patient: Patient, now: datetime) -> int:
    """First medical contact is when the crew reached the patient; before that it is still ahead."""
    incident = world.incidents[patient.incident_id]
    work = [world.assignments[key] for key in incident.assignment_ids]
    reached = [a.step_at["at_patient"] for a in work if "at_patient" in a.step_at]
    return max(0, round((now - min(reached)).total_seconds())) if reached else 0


def _where(world: World, plane: LivePlane, patient: Patient, now: datetime) -> tuple[Wgs84, bool]:
    """Where the journey starts, and whether that is an old fix.

    Under way the last good fix since boarding stands, however old it is (X14); else the scene.
    """
    fix = plane.positions.get(patient.unit_id) if patient.unit_id else None
    if fix is not None:
        here = Wgs84(lon=fix.lon, lat=fix.lat)
        age_s = max(0, round((now - fix.at).total_seconds()))
        if is_position_known(age_s, fix.doubtful is not None):
            return here, False
        if patient.boarded_at is not None and fix.at >= patient.boarded_at:
            return here, True
    incident = world.incidents[patient.incident_id]
    return Wgs84(lon=incident.lon, lat=incident.lat), patient.boarded_at is not None


def with_evidence(
    world: World, plane: LivePlane, travel: Journeys, command: c.Command, now: datetime
) -> c.Command:
    """The command with what the server itself computed; a client's own evidence never counts."""
    if isinstance(command, c.SendUnit):
        advice = recommend_units(world, plane, travel, command.incident_id, now)
        return msgspec.structs.replace(command, evidence=to_evidence(advice, command.unit_id))
    if isinstance(command, c.ChooseDestination):
        where = advise_destination(world, plane, travel, command.patient_id, now)
        evidence = destination_evidence(where, now, command.facility_id)
        return msgspec.structs.replace(command, evidence=evidence)
    if isinstance(command, c.SendPreAlert | c.HoldBed):
        patient = patient_of(world, command.patient_id)
        eta = plane.etas.get(patient.unit_id) if patient.unit_id else None
        is_theirs = eta is not None and eta.target_id == patient.facility_id
        return msgspec.structs.replace(command, eta_at=eta.arrive_at if eta and is_theirs else None)
    return command
