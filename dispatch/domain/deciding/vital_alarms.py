"""Alarms of vital signs: what the engine raises and ends, who has seen it, whose limits differ.

The engine (`telemetry.alarms`) decides when; here each change enters the log once, a repetition is
refused, and an acknowledgement must be of the alarm that stands now, not of one before it.
"""

from dispatch.domain import commands as c
from dispatch.domain import events as e
from dispatch.domain.deciding.patients import CARED_FOR, fed_patient
from dispatch.domain.deciding.registry import Context, decides, patient_of
from dispatch.domain.world import Patient, World
from dispatch.errors import Refused
from telemetry.alarms.model import Alarm, Quantity
from telemetry.codes import LIMITS, Item

_ITEM_OF: dict[Quantity, Item] = {
    "heart_rate": "heart_rate",
    "spo2": "spo2",
    "resp_rate": "resp_rate",
    "systolic": "systolic",
    "diastolic": "diastolic",
    "temperature": "temperature",
    "etco2": "etco2",
}


@decides(c.ReportVitalAlarm)
def report_alarm(world: World, command: c.ReportVitalAlarm, context: Context) -> list[e.Event]:
    """Raised and escalated once each; an end brings its beginning where that was never told."""
    patient = fed_patient(world, command.patient_id, command.unit_id)
    known = _standing(patient, command.alarm.key)
    if known is not None and known.raised_at != command.alarm.raised_at:
        known = None  # another one under the same key: the end of the last was never told
    raised = e.VitalAlarmRaised(
        unit_id=command.unit_id, patient_id=command.patient_id, alarm=command.alarm
    )
    same = Refused("alarm_unchanged", patient_id=patient.patient_id, key=command.alarm.key)
    if command.change in ("raised", "escalated"):
        if known is not None:
            raise same
        return [raised]
    if command.change not in ("ended", "cleared"):
        raise same
    over = e.VitalAlarmEnded(
        unit_id=command.unit_id,
        patient_id=command.patient_id,
        alarm=command.alarm,
        is_latched=command.change == "ended",
    )
    if known is not None:
        if known.ended_at is not None and over.is_latched:
            raise same
        return [over]
    if command.alarm.acknowledged_by:
        raise same  # somebody saw it, the core knew, and has let it go already
    return [raised, over]


@decides(c.AcknowledgeVitalAlarm)
def acknowledge(world: World, command: c.AcknowledgeVitalAlarm, context: Context) -> list[e.Event]:
    """Of the alarm that stands, once; one raised anew since is another alarm."""
    patient = patient_of(world, command.patient_id)
    known = _standing(patient, command.key)
    if known is None or known.raised_at != command.raised_at:
        raise Refused("unknown_alarm", alarm_id=command.key)
    if known.acknowledged_by:
        raise Refused("alarm_taken", alarm_id=command.key, by=known.acknowledged_by)
    return [
        e.VitalAlarmAcknowledged(
            patient_id=patient.patient_id, key=command.key, raised_at=command.raised_at
        )
    ]


@decides(c.SetAlarmLimit)
def set_limit(world: World, command: c.SetAlarmLimit, context: Context) -> list[e.Event]:
    """A limit inside what can be measured, for a patient who is being cared for."""
    patient = patient_of(world, command.patient_id)
    if patient.state not in CARED_FOR:
        raise Refused("patient_gone", patient_id=patient.patient_id)
    low, high = LIMITS[_ITEM_OF[command.quantity]].reject
    if command.value is not None and not low <= command.value <= high:
        raise Refused("limit_impossible", quantity=command.quantity, low=low, high=high)
    return [
        e.AlarmLimitSet(
            patient_id=patient.patient_id,
            quantity=command.quantity,
            side=command.side,
            value=command.value,
        )
    ]


def _standing(patient: Patient, key: str) -> Alarm | None:
    return next((alarm for alarm in patient.alarms if alarm.key == key), None)
