"""What telemetry needs to know of a unit's patient, from the world."""

from datetime import datetime

from dispatch.domain.states import PatientState
from dispatch.domain.world import Patient, World
from dispatch.ids import PatientId, UnitId
from telemetry.ports import PatientContext

CARED_FOR = (PatientState.ATTENDED, PatientState.ABOARD, PatientState.ARRIVED)


def context_of(world: World, unit_id: UnitId) -> PatientContext | None:
    """The unit's present patient; None for a unit that the county does not have."""
    unit = world.units.get(unit_id)
    if unit is None or world.config is None:
        return None
    if all(planned.unit_id != unit_id for planned in world.config.units):
        return None
    patient = _patient_of(world, unit_id)
    if patient is None:
        return PatientContext(unit_id=unit_id)
    return PatientContext(
        unit_id=unit_id,
        patient_id=patient.patient_id,
        age_years=patient.age_years,
        pregnant=patient.is_pregnant,
        spo2_scale=2 if patient.spo2_scale == 2 else 1,
        acvpu=patient.acvpu,  # type: ignore[arg-type]
        on_oxygen=patient.on_oxygen,
        observed_at=patient.assessed_at,
        patient_since=_since(world, patient),
        level=patient.level.level if patient.level else "unknown",  # type: ignore[arg-type]
        feed_lost=patient.feed_lost_at is not None,
        alarms=patient.alarms,
        limits=patient.limits,
        alarm_policy=world.config.clinical.alarms,
        newborn_policy=world.config.clinical.newborn_flags,
    )


def knows_ecg(world: World, patient_id: PatientId, ecg_id: int) -> bool:
    """Whether this ECG is on the patient's list, or there is no such patient to list it for."""
    patient = world.patients.get(patient_id)
    return patient is None or any(note.ecg_id == ecg_id for note in patient.ecgs)


def _patient_of(world: World, unit_id: UnitId) -> Patient | None:
    unit = world.units[unit_id]
    assignment = world.assignments.get(unit.assignment_id) if unit.assignment_id else None
    if assignment is None:
        return None
    mine = [
        world.patients[key]
        for key in world.incidents[assignment.incident_id].patient_ids
        if world.patients[key].unit_id == unit_id and world.patients[key].state in CARED_FOR
    ]
    return mine[0] if mine else None  # one monitor, one patient: the first that was attended


def _since(world: World, patient: Patient) -> datetime | None:
    incident = world.incidents[patient.incident_id]
    for key in incident.assignment_ids:
        assignment = world.assignments[key]
        if assignment.unit_id == patient.unit_id:
            return assignment.step_at.get("at_patient")
    return None
