"""What telemetry concludes of a patient's vital signs, and what people answer to its alarms.

Part of `commands`, which gives them on; apart only because files are kept short. An alarm is known
by its key (`spo2:low`) and the instant it was raised; limits are in the contract's units.
"""

from typing import Annotated

import msgspec

from dispatch.domain.command_types import Command, Instant
from dispatch.ids import PatientId, UnitId
from telemetry.alarms.model import Alarm, Change, Quantity, Side
from telemetry.limits import VALUE_MAX


class ReportTriageLevel(Command, frozen=True, kw_only=True, tag="report_triage_level"):
    """The early-warning level of a patient changed."""

    unit_id: UnitId
    patient_id: PatientId
    level: str
    total: int | None
    lower_bound: int
    missing: tuple[str, ...]
    parts: dict[str, int | None]
    at: Instant
    rule: str = "news2/1"


class ReportFeedLost(Command, frozen=True, kw_only=True, tag="report_feed_lost"):
    """A monitor that was sending has fallen silent while the unit has a patient."""

    unit_id: UnitId
    patient_id: PatientId
    last_sample_at: Instant


class ReportFeedRestored(Command, frozen=True, kw_only=True, tag="report_feed_restored"):
    """Samples arrive again."""

    unit_id: UnitId
    patient_id: PatientId
    at: Instant


class AcknowledgeAlarm(Command, frozen=True, kw_only=True, tag="acknowledge_alarm"):
    """A dispatcher has taken note: the sound stops, the mark stays until the cause goes."""

    alarm_id: Annotated[str, msgspec.Meta(max_length=100)]


class ReportVitalAlarm(Command, frozen=True, kw_only=True, tag="report_vital_alarm"):
    """An alarm was raised, escalated, ended or cleared; ``alarm`` is as it stands after that."""

    unit_id: UnitId
    patient_id: PatientId
    change: Change
    alarm: Alarm


class AcknowledgeVitalAlarm(Command, frozen=True, kw_only=True, tag="acknowledge_vital_alarm"):
    """A named person beside the patient, or waiting for them, has seen this very alarm."""

    patient_id: PatientId
    key: Annotated[str, msgspec.Meta(max_length=40)]
    raised_at: Instant


class SetAlarmLimit(Command, frozen=True, kw_only=True, tag="set_alarm_limit"):
    """A limit for this patient in place of the published one; ``value`` None: no alarm there."""

    patient_id: PatientId
    quantity: Quantity
    side: Side
    value: Annotated[float, msgspec.Meta(ge=0, le=VALUE_MAX)] | None
