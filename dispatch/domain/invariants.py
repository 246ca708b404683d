"""The invariants of ARCHITECTURE.md as checks over a world: each returns what is broken, in words.

Pure; run after every event in tests and every few seconds in production (`dispatch.live.watch`,
which adds the checks that need the log, the screens and the sample store).
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from dispatch.domain.states import ENDED, IncidentState, PatientState, Readiness
from dispatch.domain.world import World
from dispatch.recommend.needs import missing, requirement
from hospital_gateway.beds import HoldState
from hospital_gateway.facilities import BedState, Capacity
from hospital_gateway.gate import gate
from hospital_gateway.prealert import is_answered_for

SLACK = timedelta(seconds=5)
"""How late a deadline's command may be before it counts as broken: a tick and a slow commit."""


def broken(world: World, now: datetime) -> list[str]:
    """Every violated invariant that the world alone can show; empty when all hold."""
    return [
        *_one_assignment_each(world),
        *_one_holder_a_bed(world),
        *_no_p1_waits(world),
        *_every_prealert_answered(world, now),
        *_one_list_each(world),
        *_times_forward(world),
        *_destinations_signed(world),
    ]


def _one_assignment_each(world: World) -> Iterator[str]:
    active = [a for a in world.assignments.values() if a.state not in ENDED]
    for unit_id, count in Counter(a.unit_id for a in active).items():
        if count > 1:
            yield f"1: unit {unit_id} has {count} active assignments"
    for assignment in active:
        unit = world.units[assignment.unit_id]
        if unit.assignment_id != assignment.assignment_id:
            yield f"1: unit {unit.unit_id} does not know its assignment {assignment.assignment_id}"
        if unit.readiness != Readiness.IN_SERVICE:
            yield f"1: unit {unit.unit_id} works while out of service"
        if world.incidents[assignment.incident_id].state != IncidentState.OPEN:
            yield f"1: {assignment.assignment_id} works for a closed incident"


def _one_holder_a_bed(world: World) -> Iterator[str]:
    active = [hold for hold in world.holds.values() if hold.state == HoldState.ACTIVE]
    for bed_id, count in Counter(hold.bed_id for hold in active).items():
        if count > 1:
            yield f"1: bed {bed_id} has {count} holds"
    held = {hold.bed_id: hold.hold_id for hold in active}
    for bed in world.beds.values():
        if (bed.state == BedState.HELD) != (bed.bed_id in held):
            yield f"1: bed {bed.bed_id} is {bed.state.value}, its hold says otherwise"
        elif bed.state == BedState.HELD and bed.hold_id != held[bed.bed_id]:
            yield f"1: bed {bed.bed_id} is held by {bed.hold_id} and {held[bed.bed_id]}"


def _no_p1_waits(world: World) -> Iterator[str]:
    """2: past its send standard no P1 waits while a unit that could treat it is idle."""
    config = world.config
    for incident in world.incidents.values():
        is_late = incident.unassigned_since is not None and incident.state == IncidentState.OPEN
        if config is None or incident.priority != "P1" or not is_late:
            continue
        needed = requirement(incident.priority, incident.centres)
        for planned in config.units:
            unit = world.units[planned.unit_id]
            is_idle = unit.assignment_id is None and unit.readiness == Readiness.IN_SERVICE
            if is_idle and not missing(
                needed, planned.kind, planned.crew_skills, planned.equipment
            ):
                yield f"2: P1 {incident.incident_id} waits while {unit.unit_id} is idle"
                break


def _every_prealert_answered(world: World, now: datetime) -> Iterator[str]:
    if world.config is None:
        return
    for alert in world.prealerts.values():
        taken = tuple(rung.step for rung in alert.escalations)
        policy = world.config.gateway
        if not is_answered_for(policy, alert.state, alert.sent_at, taken, now - SLACK):
            yield f"4: pre-alert {alert.prealert_id} is unanswered and not escalated"


def _one_list_each(world: World) -> Iterator[str]:
    for alert in world.prealerts.values():
        patient = world.patients.get(alert.patient_id)
        if patient is None or patient.prealert_id != alert.prealert_id:
            continue
        if patient.facility_id != alert.facility_id:
            yield f"5: {patient.patient_id} is announced to {alert.facility_id}, not where it goes"


def _times_forward(world: World) -> Iterator[str]:
    for assignment in world.assignments.values():
        times = list(assignment.step_at.values())
        if times != sorted(times):
            yield f"7: the steps of {assignment.assignment_id} run backwards"
    for incident in world.incidents.values():
        numbers = [item.seq for item in incident.timeline]
        if numbers != sorted(numbers):
            yield f"7: the timeline of {incident.incident_id} runs backwards"


def _destinations_signed(world: World) -> Iterator[str]:
    """3, checked again apart from `decide`: the gate as it was for the centres of the choice."""
    if world.config is None:
        return
    known = {facility.facility_id: facility for facility in world.config.facilities}
    for patient in world.patients.values():
        if patient.state != PatientState.ABOARD or patient.facility_id is None:
            continue
        facility = known.get(patient.facility_id)
        if facility is None:
            yield f"3: {patient.patient_id} goes to {patient.facility_id}, which does not exist"
        elif not patient.is_choice_signed:
            wanted, centres = patient.chosen_for, world.config.centres
            failed = gate(facility, wanted, centres, Capacity(), world.config.gateway)
            if failed:
                yield f"3: {patient.patient_id} goes to {facility.facility_id}: {failed[0].code}"
