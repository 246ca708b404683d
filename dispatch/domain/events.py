"""Every event that can ever be in the log. Events are for ever: fields are only added, with
defaults; a changed meaning is a new event; `tests/contract/events` keeps one of each kind that was
ever written, and they must keep decoding.

Events hold no personal data: names, numbers and address text live in the identity store under a
subject id. Two times belong to each event and stand in its envelope: `occurred_at` (when it was so)
and `recorded_at` (when the log took it).
"""

from datetime import datetime

import msgspec

from dispatch.domain.commands import Actor, Evidence
from dispatch.domain.config import CountyConfig
from dispatch.domain.documents import Atmist
from dispatch.domain.ecg_events import EcgArrived
from dispatch.domain.event_base import Event
from dispatch.ids import (
    AssignmentId,
    BedHoldId,
    BedId,
    CallId,
    CentreId,
    ClosureId,
    CommandId,
    FacilityId,
    IncidentId,
    PatientId,
    PreAlertId,
    SubjectId,
    UnitId,
)
from telemetry.alarms.model import Alarm, Quantity, Side

__all__ = ["EcgArrived", "Event"]


class CountyConfigured(Event, frozen=True, kw_only=True, tag="county_configured"):
    config: CountyConfig


class CallRang(Event, frozen=True, kw_only=True, tag="call_rang"):
    call_id: CallId
    caller_id: SubjectId
    lon: float | None = None
    lat: float | None = None
    town_id: str | None = None


class CallAnswered(Event, frozen=True, kw_only=True, tag="call_answered"):
    call_id: CallId


class CallEnded(Event, frozen=True, kw_only=True, tag="call_ended"):
    call_id: CallId


class IncidentOpened(Event, frozen=True, kw_only=True, tag="incident_opened"):
    incident_id: IncidentId
    priority: str
    complaint: str
    centres: tuple[CentreId, ...]
    place_id: SubjectId
    lon: float
    lat: float
    town_id: str | None
    is_read_back: bool
    caller_id: SubjectId | None
    call_id: CallId | None
    rang_at: datetime | None


class IncidentReprioritised(Event, frozen=True, kw_only=True, tag="incident_reprioritised"):
    incident_id: IncidentId
    priority: str
    centres: tuple[CentreId, ...]
    reason: str


class PlaceCorrected(Event, frozen=True, kw_only=True, tag="place_corrected"):
    incident_id: IncidentId
    place_id: SubjectId
    lon: float
    lat: float
    town_id: str | None
    is_read_back: bool


class IncidentClosed(Event, frozen=True, kw_only=True, tag="incident_closed"):
    incident_id: IncidentId
    outcome: str


class PatientReported(Event, frozen=True, kw_only=True, tag="patient_reported"):
    patient_id: PatientId
    incident_id: IncidentId
    person_id: SubjectId
    age_years: int | None
    sex: str
    is_pregnant: bool
    centres: tuple[CentreId, ...]


class PatientAssessed(Event, frozen=True, kw_only=True, tag="patient_assessed"):
    """The whole assessment as it stands after this report, not the difference."""

    patient_id: PatientId
    centres: tuple[CentreId, ...]
    age_years: int | None
    sex: str
    is_pregnant: bool
    acvpu: str | None
    on_oxygen: bool | None
    spo2_scale: int
    atmist: Atmist
    person_id: SubjectId


class PatientAttended(Event, frozen=True, kw_only=True, tag="patient_attended"):
    patient_id: PatientId
    unit_id: UnitId


class PatientBoarded(Event, frozen=True, kw_only=True, tag="patient_boarded"):
    patient_id: PatientId
    unit_id: UnitId


class PatientArrived(Event, frozen=True, kw_only=True, tag="patient_arrived"):
    patient_id: PatientId
    facility_id: FacilityId


class PatientLeftOnScene(Event, frozen=True, kw_only=True, tag="patient_left_on_scene"):
    patient_id: PatientId


class PatientStepUndone(Event, frozen=True, kw_only=True, tag="patient_step_undone"):
    patient_id: PatientId
    happening: str


class UnitAssigned(Event, frozen=True, kw_only=True, tag="unit_assigned"):
    assignment_id: AssignmentId
    incident_id: IncidentId
    unit_id: UnitId
    override_reason: str = ""
    evidence: Evidence | None = None


class AssignmentAcknowledged(Event, frozen=True, kw_only=True, tag="assignment_acknowledged"):
    assignment_id: AssignmentId


class AssignmentAdvanced(Event, frozen=True, kw_only=True, tag="assignment_advanced"):
    assignment_id: AssignmentId
    step: str


class AssignmentStepUndone(Event, frozen=True, kw_only=True, tag="assignment_step_undone"):
    assignment_id: AssignmentId
    step: str
    back_to: str


class AssignmentCancelled(Event, frozen=True, kw_only=True, tag="assignment_cancelled"):
    assignment_id: AssignmentId
    reason: str


class AssignmentOverdue(Event, frozen=True, kw_only=True, tag="assignment_overdue"):
    assignment_id: AssignmentId
    what: str


class IncidentOverdue(Event, frozen=True, kw_only=True, tag="incident_overdue"):
    """No unit was sent within the standard."""

    incident_id: IncidentId


class UnitReadinessSet(Event, frozen=True, kw_only=True, tag="unit_readiness_set"):
    unit_id: UnitId
    readiness: str
    reason: str


class DestinationChosen(Event, frozen=True, kw_only=True, tag="destination_chosen"):
    patient_id: PatientId
    facility_id: FacilityId
    override_reason: str = ""
    evidence: Evidence | None = None


class PreAlertCreated(Event, frozen=True, kw_only=True, tag="prealert_created"):
    prealert_id: PreAlertId
    patient_id: PatientId
    unit_id: UnitId
    facility_id: FacilityId
    colour: str
    eta_at: datetime | None


class PreAlertSent(Event, frozen=True, kw_only=True, tag="prealert_sent"):
    prealert_id: PreAlertId


class PreAlertDelivered(Event, frozen=True, kw_only=True, tag="prealert_delivered"):
    prealert_id: PreAlertId


class PreAlertDisplayed(Event, frozen=True, kw_only=True, tag="prealert_displayed"):
    prealert_id: PreAlertId


class PreAlertAcknowledged(Event, frozen=True, kw_only=True, tag="prealert_acknowledged"):
    prealert_id: PreAlertId


class PreAlertRejected(Event, frozen=True, kw_only=True, tag="prealert_rejected"):
    prealert_id: PreAlertId
    reason: str


class PreAlertEscalated(Event, frozen=True, kw_only=True, tag="prealert_escalated"):
    prealert_id: PreAlertId
    step: str
    tells: str
    name: str


class PreAlertStoodDown(Event, frozen=True, kw_only=True, tag="prealert_stood_down"):
    prealert_id: PreAlertId
    reason: str


class PatientDiverted(Event, frozen=True, kw_only=True, tag="patient_diverted"):
    patient_id: PatientId
    from_facility_id: FacilityId
    to_facility_id: FacilityId
    reason: str


class DiversionSeen(Event, frozen=True, kw_only=True, tag="diversion_seen"):
    patient_id: PatientId
    facility_id: FacilityId


class FacilityReported(Event, frozen=True, kw_only=True, tag="facility_reported"):
    facility_id: FacilityId
    traffic: str
    reason: str
    is_internal_disaster: bool


class BedReported(Event, frozen=True, kw_only=True, tag="bed_reported"):
    facility_id: FacilityId
    bed_id: BedId
    state: str


class BedHeld(Event, frozen=True, kw_only=True, tag="bed_held"):
    hold_id: BedHoldId
    bed_id: BedId
    facility_id: FacilityId
    patient_id: PatientId
    expires_at: datetime


class BedHoldReleased(Event, frozen=True, kw_only=True, tag="bed_hold_released"):
    hold_id: BedHoldId
    reason: str


class BedHoldExpired(Event, frozen=True, kw_only=True, tag="bed_hold_expired"):
    hold_id: BedHoldId


class BedHoldConverted(Event, frozen=True, kw_only=True, tag="bed_hold_converted"):
    hold_id: BedHoldId


class HandoverOffered(Event, frozen=True, kw_only=True, tag="handover_offered"):
    patient_id: PatientId


class HandoverAccepted(Event, frozen=True, kw_only=True, tag="handover_accepted"):
    patient_id: PatientId


class TriageLevelChanged(Event, frozen=True, kw_only=True, tag="triage_level_changed"):
    unit_id: UnitId
    patient_id: PatientId
    level: str
    total: int | None
    lower_bound: int
    missing: tuple[str, ...]
    parts: dict[str, int | None]
    rule: str = "news2/1"


class FeedLost(Event, frozen=True, kw_only=True, tag="feed_lost"):
    unit_id: UnitId
    patient_id: PatientId
    last_sample_at: datetime


class FeedRestored(Event, frozen=True, kw_only=True, tag="feed_restored"):
    unit_id: UnitId
    patient_id: PatientId


class VitalAlarmRaised(Event, frozen=True, kw_only=True, tag="vital_alarm_raised"):
    """Also an escalation: the same key again with a higher priority."""

    unit_id: UnitId
    patient_id: PatientId
    alarm: Alarm


class VitalAlarmEnded(Event, frozen=True, kw_only=True, tag="vital_alarm_ended"):
    """What alarmed is over; ``is_latched``: it stays on the screens until somebody has seen it."""

    unit_id: UnitId
    patient_id: PatientId
    alarm: Alarm
    is_latched: bool


class VitalAlarmAcknowledged(Event, frozen=True, kw_only=True, tag="vital_alarm_acknowledged"):
    patient_id: PatientId
    key: str
    raised_at: datetime


class AlarmLimitSet(Event, frozen=True, kw_only=True, tag="alarm_limit_set"):
    patient_id: PatientId
    quantity: Quantity
    side: Side
    value: float | None


class AlarmAcknowledged(Event, frozen=True, kw_only=True, tag="alarm_acknowledged"):
    alarm_id: str


class ClosureDrawn(Event, frozen=True, kw_only=True, tag="closure_drawn"):
    """Roads inside the outline (longitude, latitude) are closed or slow from ``from_at`` on."""

    closure_id: ClosureId
    kind: str
    factor: float
    outline: tuple[tuple[float, float], ...]
    reason: str
    from_at: datetime
    until_at: datetime | None = None


class ClosureLifted(Event, frozen=True, kw_only=True, tag="closure_lifted"):
    closure_id: ClosureId
    reason: str = ""


AnyEvent = (
    CountyConfigured | CallRang | CallAnswered | CallEnded
    | IncidentOpened | IncidentReprioritised | PlaceCorrected | IncidentClosed
    | PatientReported | PatientAssessed | PatientAttended | PatientBoarded | PatientArrived
    | PatientLeftOnScene | PatientStepUndone
    | UnitAssigned | AssignmentAcknowledged | AssignmentAdvanced | AssignmentStepUndone
    | AssignmentCancelled | AssignmentOverdue | IncidentOverdue | UnitReadinessSet
    | DestinationChosen | PreAlertCreated | PreAlertSent | PreAlertDelivered | PreAlertDisplayed
    | PreAlertAcknowledged | PreAlertRejected | PreAlertEscalated | PreAlertStoodDown
    | PatientDiverted | DiversionSeen | FacilityReported
    | BedReported | BedHeld | BedHoldReleased | BedHoldExpired | BedHoldConverted
    | HandoverOffered | HandoverAccepted
    | TriageLevelChanged | FeedLost | FeedRestored | AlarmAcknowledged
    | VitalAlarmRaised | VitalAlarmEnded | VitalAlarmAcknowledged | AlarmLimitSet
    | ClosureDrawn | ClosureLifted | EcgArrived
)  # fmt: skip


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its place in the log; ``seq`` is dense, without gaps, in commit order."""

    seq: int
    recorded_at: datetime
    occurred_at: datetime
    actor: Actor
    command_id: CommandId
    incident_id: IncidentId | None
    event: AnyEvent
