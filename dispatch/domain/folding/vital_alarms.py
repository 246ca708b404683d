"""The alarms that stand for a patient, and the limits that are their own."""

from datetime import datetime

import msgspec

from dispatch.domain import events as e
from dispatch.domain.folding.registry import folds
from dispatch.domain.world import Draft, Patient
from telemetry.alarms.model import Alarm, PatientLimit


def _alarms(draft: Draft, patient_id: str) -> tuple[Alarm, ...]:
    patient: Patient = draft.table("patients")[patient_id]
    return patient.alarms


def _put(draft: Draft, patient_id: str, alarm: Alarm) -> None:
    others = (one for one in _alarms(draft, patient_id) if one.key != alarm.key)
    draft.change("patients", patient_id, alarms=(*others, alarm))


def _take(draft: Draft, patient_id: str, key: str) -> None:
    left = tuple(one for one in _alarms(draft, patient_id) if one.key != key)
    draft.change("patients", patient_id, alarms=left)


@folds(e.VitalAlarmRaised)
def _raised(draft: Draft, event: e.VitalAlarmRaised, envelope: e.Envelope) -> None:
    _put(draft, event.patient_id, event.alarm)


@folds(e.VitalAlarmEnded)
def _ended(draft: Draft, event: e.VitalAlarmEnded, envelope: e.Envelope) -> None:
    if event.is_latched:
        _put(draft, event.patient_id, event.alarm)
    else:
        _take(draft, event.patient_id, event.alarm.key)


@folds(e.VitalAlarmAcknowledged)
def _acknowledged(draft: Draft, event: e.VitalAlarmAcknowledged, envelope: e.Envelope) -> None:
    for alarm in _alarms(draft, event.patient_id):
        if (alarm.key, alarm.raised_at) != (event.key, event.raised_at):
            continue
        if alarm.ended_at is not None:
            _take(draft, event.patient_id, event.key)
            return
        _put(draft, event.patient_id, _seen(alarm, envelope.actor.name, envelope.occurred_at))


@folds(e.AlarmLimitSet)
def _limit_set(draft: Draft, event: e.AlarmLimitSet, envelope: e.Envelope) -> None:
    patient: Patient = draft.table("patients")[event.patient_id]
    limit = PatientLimit(
        quantity=event.quantity,
        side=event.side,
        value=event.value,
        set_by=envelope.actor.name,
        set_at=envelope.occurred_at,
    )
    place = (event.quantity, event.side)
    others = (one for one in patient.limits if (one.quantity, one.side) != place)
    draft.change("patients", event.patient_id, limits=(*others, limit))


def _seen(alarm: Alarm, who: str, at: datetime) -> Alarm:
    return msgspec.structs.replace(alarm, acknowledged_by=who, acknowledged_at=at)
