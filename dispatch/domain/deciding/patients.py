"""What is found on a patient: the crew's assessment, and what telemetry concludes from the feed."""

import msgspec

from dispatch.domain import commands as c
from dispatch.domain import events as e
from dispatch.domain.alarms import alarms
from dispatch.domain.deciding.registry import (
    Context,
    config_of,
    decides,
    patient_of,
    subject,
)
from dispatch.domain.states import PatientState
from dispatch.domain.world import Patient, World
from dispatch.errors import Refused

CARED_FOR = (PatientState.ATTENDED, PatientState.ABOARD, PatientState.ARRIVED)


@decides(c.AssessPatient)
def assess(world: World, command: c.AssessPatient, context: Context) -> list[e.Event]:
    """The event carries the whole assessment, so that a reader needs no history."""
    patient = patient_of(world, command.patient_id)
    if patient.state in (PatientState.HANDED_OVER, PatientState.LEFT_ON_SCENE):
        raise Refused("patient_gone", patient_id=patient.patient_id)
    known = {centre.centre_id for centre in config_of(world).centres}
    for centre in command.centres or ():
        if centre not in known:
            raise Refused("unknown_centre", centre=centre)
    lines = ("onset_at", "mechanism", "injuries", "signs", "treatment", "caution")
    said = {name: value for name in lines if (value := getattr(command, name)) is not None}
    plain = ("centres", "age_years", "sex", "is_pregnant", "acvpu", "on_oxygen", "spo2_scale")
    values = {
        name: getattr(patient, name) if getattr(command, name) is None else getattr(command, name)
        for name in plain
    }
    person = subject(command, "patient:0") if command.person is not None else patient.person_id
    return [
        e.PatientAssessed(
            patient_id=patient.patient_id,
            atmist=msgspec.structs.replace(patient.atmist, **said),
            person_id=person,
            **values,
        )
    ]


def fed_patient(world: World, patient_id: str, unit_id: str) -> Patient:
    """The patient whom this unit cares for; Refused when it does not (any more)."""
    patient = patient_of(world, patient_id)
    if patient.unit_id != unit_id or patient.state not in CARED_FOR:
        raise Refused("not_this_units_patient", patient_id=patient_id, unit_id=unit_id)
    return patient


@decides(c.ReportTriageLevel)
def report_level(world: World, command: c.ReportTriageLevel, context: Context) -> list[e.Event]:
    """A change of level or of the score behind it, never a repetition."""
    patient = fed_patient(world, command.patient_id, command.unit_id)
    last = patient.level
    same = (command.level, command.total, command.lower_bound)
    if last is not None and (last.level, last.total, last.lower_bound) == same:
        raise Refused("level_unchanged", patient_id=patient.patient_id)
    return [
        e.TriageLevelChanged(
            unit_id=command.unit_id,
            patient_id=patient.patient_id,
            level=command.level,
            total=command.total,
            lower_bound=command.lower_bound,
            missing=command.missing,
            parts=command.parts,
            rule=command.rule,
        )
    ]


@decides(c.ReportFeedLost)
def feed_lost(world: World, command: c.ReportFeedLost, context: Context) -> list[e.Event]:
    """Once per silence."""
    patient = fed_patient(world, command.patient_id, command.unit_id)
    if patient.feed_lost_at is not None:
        raise Refused("feed_already_lost", patient_id=patient.patient_id)
    return [
        e.FeedLost(
            unit_id=command.unit_id,
            patient_id=patient.patient_id,
            last_sample_at=command.last_sample_at,
        )
    ]


@decides(c.ReportFeedRestored)
def feed_restored(world: World, command: c.ReportFeedRestored, context: Context) -> list[e.Event]:
    """Only after a loss."""
    patient = patient_of(world, command.patient_id)
    if patient.feed_lost_at is None:
        raise Refused("feed_not_lost", patient_id=patient.patient_id)
    return [e.FeedRestored(unit_id=command.unit_id, patient_id=patient.patient_id)]


@decides(c.AcknowledgeAlarm)
def acknowledge_alarm(world: World, command: c.AcknowledgeAlarm, context: Context) -> list[e.Event]:
    """An alarm that is open and not yet taken note of."""
    if command.alarm_id not in {alarm.id for alarm in alarms(world)}:
        raise Refused("unknown_alarm", alarm_id=command.alarm_id)
    note = world.alarm_notes.get(command.alarm_id)
    if note is not None:
        raise Refused("alarm_taken", alarm_id=command.alarm_id, by=note.by)
    return [e.AlarmAcknowledged(alarm_id=command.alarm_id)]
