"""What people, devices and deadlines ask of the core: imperative, checked by `decide`.

A command may be refused; an event (`events.py`) is what happened. Commands carry personal data
(`Person`, `Place`) which the recorder puts into the identity store: events hold only subject ids.
`evidence` is what was computed before the command (ETAs, rankings) and is kept with the event, so
that replay can show why. Times are UTC.
"""

from typing import Annotated, Literal

import msgspec

from dispatch.domain.command_types import (
    Actor,
    AgeYears,
    Command,
    Evidence,
    Instant,
    Latitude,
    Line,
    Longitude,
    NewPatient,
    Option,
    Person,
    Place,
    Priority,
    Sex,
    Words,
)
from dispatch.domain.config import CountyConfig
from dispatch.domain.ecg_commands import ReportEcg
from dispatch.domain.road_commands import DrawClosure, LiftClosure
from dispatch.domain.vital_commands import (
    AcknowledgeAlarm,
    AcknowledgeVitalAlarm,
    ReportFeedLost,
    ReportFeedRestored,
    ReportTriageLevel,
    ReportVitalAlarm,
    SetAlarmLimit,
)
from dispatch.ids import (
    AssignmentId,
    BedHoldId,
    BedId,
    CallId,
    CentreId,
    FacilityId,
    IncidentId,
    PatientId,
    PreAlertId,
    UnitId,
)
from maps.coordinates import Wgs84

__all__ = ["AcknowledgeAlarm", "AcknowledgeVitalAlarm", "Actor", "Command", "DrawClosure",
           "Evidence", "LiftClosure", "NewPatient", "Option", "Person", "Place", "ReportEcg",
           "ReportFeedLost", "ReportFeedRestored", "ReportTriageLevel",
           "ReportVitalAlarm", "SetAlarmLimit"]  # fmt: skip

# Configuration


class ConfigureCounty(Command, frozen=True, kw_only=True, tag="configure_county"):
    """Make ``config`` the county from now on."""

    config: CountyConfig


# Calls and incidents


class ReceiveCall(Command, frozen=True, kw_only=True, tag="receive_call"):
    """A line rings; the point is the network's, if it gave one."""

    caller: Person
    lon: Longitude | None = None
    lat: Latitude | None = None

    def __post_init__(self) -> None:
        if self.lon is not None and self.lat is not None:
            Wgs84(lon=self.lon, lat=self.lat)  # 0,0 is a lost fix: refused where it is decoded


class AnswerCall(Command, frozen=True, kw_only=True, tag="answer_call"):
    """Claim a ringing call; the second claimant is refused."""

    call_id: CallId


class EndCall(Command, frozen=True, kw_only=True, tag="end_call"):
    """The line is closed, answered or not."""

    call_id: CallId


class OpenIncident(Command, frozen=True, kw_only=True, tag="open_incident"):
    """Turn a call (or a radio message, without one) into an incident with its first patient."""

    place: Place
    priority: Priority
    complaint: Line
    centres: tuple[CentreId, ...] = ()
    note: Words = ""
    call_id: CallId | None = None
    caller: Person = Person()
    patients: Annotated[tuple[NewPatient, ...], msgspec.Meta(max_length=50)] = (NewPatient(),)


class ReprioritiseIncident(Command, frozen=True, kw_only=True, tag="reprioritise_incident"):
    """Change priority or centres; a downgrade wants a reason."""

    incident_id: IncidentId
    priority: Priority
    centres: tuple[CentreId, ...]
    reason: Line = ""


class CorrectPlace(Command, frozen=True, kw_only=True, tag="correct_place"):
    """Replace the place of an open incident."""

    incident_id: IncidentId
    place: Place


class CloseIncident(Command, frozen=True, kw_only=True, tag="close_incident"):
    """Close an incident whose units are all clear; ``cancelled`` when nobody was treated."""

    incident_id: IncidentId
    outcome: Literal["completed", "cancelled", "false_call", "no_patient"]


class AddPatient(Command, frozen=True, kw_only=True, tag="add_patient"):
    """One more patient at the scene."""

    incident_id: IncidentId
    patient: NewPatient


class AssessPatient(Command, frozen=True, kw_only=True, tag="assess_patient"):
    """What the crew found; fields that are None stay as they were.

    ``acvpu`` and ``on_oxygen`` complete NEWS2; ``spo2_scale`` 2 only by a clinician's decision
    (RCP 2017).
    """

    patient_id: PatientId
    centres: tuple[CentreId, ...] | None = None
    age_years: AgeYears | None = None
    sex: Sex | None = None
    is_pregnant: bool | None = None
    acvpu: Literal["A", "C", "V", "P", "U"] | None = None
    on_oxygen: bool | None = None
    spo2_scale: Literal[1, 2] | None = None
    onset_at: Instant | None = None
    mechanism: Line | None = None
    injuries: Line | None = None
    signs: Line | None = None
    treatment: Line | None = None
    caution: Line | None = None
    person: Person | None = None


# Units and assignments


class SendUnit(Command, frozen=True, kw_only=True, tag="send_unit"):
    """Give a unit the work of an incident; any other than the first recommended wants a reason."""

    incident_id: IncidentId
    unit_id: UnitId
    override_reason: Line = ""
    evidence: Evidence | None = None


class AcknowledgeAssignment(Command, frozen=True, kw_only=True, tag="acknowledge_assignment"):
    """The crew has the job."""

    assignment_id: AssignmentId


class AdvanceAssignment(Command, frozen=True, kw_only=True, tag="advance_assignment"):
    """The crew's next status; ``patient_ids`` are those taken aboard (all if empty)."""

    assignment_id: AssignmentId
    step: Literal["en_route", "on_scene", "at_patient", "transporting", "at_destination", "cleared"]
    patient_ids: tuple[PatientId, ...] = ()


class UndoAssignmentStep(Command, frozen=True, kw_only=True, tag="undo_assignment_step"):
    """Take the last status back within the undo time; ``step`` names what is undone."""

    assignment_id: AssignmentId
    step: str


class CancelAssignment(Command, frozen=True, kw_only=True, tag="cancel_assignment"):
    """Stop a unit's work before it has a patient aboard."""

    assignment_id: AssignmentId
    reason: Line


class SetUnitReadiness(Command, frozen=True, kw_only=True, tag="set_unit_readiness"):
    """Take a unit out of service or back."""

    unit_id: UnitId
    readiness: Literal["in_service", "out_of_service"]
    reason: Line = ""


class FlagOverdue(Command, frozen=True, kw_only=True, tag="flag_overdue"):
    """Deadline: an assignment was not answered, or a unit has not rolled, in time."""

    assignment_id: AssignmentId
    what: Literal["unanswered", "turnout"]


class FlagUnassigned(Command, frozen=True, kw_only=True, tag="flag_unassigned"):
    """Deadline: an incident has waited for a unit beyond the standard of its priority."""

    incident_id: IncidentId


# Hospital side


class ChooseDestination(Command, frozen=True, kw_only=True, tag="choose_destination"):
    """Where a patient goes; a facility that fails its gate wants a signed reason.

    A pre-alert at another facility is stood down and its bed hold released with the choice.
    """

    patient_id: PatientId
    facility_id: FacilityId
    override_reason: Line = ""
    evidence: Evidence | None = None


class SendPreAlert(Command, frozen=True, kw_only=True, tag="send_prealert"):
    """Announce a patient to the chosen destination, as its crew or a dispatcher."""

    patient_id: PatientId
    eta_at: Instant | None = None


class MarkPreAlertDelivered(Command, frozen=True, kw_only=True, tag="mark_prealert_delivered"):
    """A board of the facility has received it."""

    prealert_id: PreAlertId


class MarkPreAlertDisplayed(Command, frozen=True, kw_only=True, tag="mark_prealert_displayed"):
    """A visible page of the facility has drawn it."""

    prealert_id: PreAlertId


class AcknowledgePreAlert(Command, frozen=True, kw_only=True, tag="acknowledge_prealert"):
    """A named person at the facility takes it."""

    prealert_id: PreAlertId


class RejectPreAlert(Command, frozen=True, kw_only=True, tag="reject_prealert"):
    """The facility cannot take the patient; the crew must choose again."""

    prealert_id: PreAlertId
    reason: Line


class EscalatePreAlert(Command, frozen=True, kw_only=True, tag="escalate_prealert"):
    """Deadline: a rung of the ladder is due; each rung is taken once."""

    prealert_id: PreAlertId
    step: str


class MarkDiversionSeen(Command, frozen=True, kw_only=True, tag="mark_diversion_seen"):
    """A named person at the former destination has seen that the patient is not coming."""

    patient_id: PatientId
    facility_id: FacilityId


class ReportFacility(Command, frozen=True, kw_only=True, tag="report_facility"):
    """Traffic status as the facility itself reports it."""

    facility_id: FacilityId
    traffic: Literal["normal", "advisory", "closed"]
    reason: Line = ""
    is_internal_disaster: bool = False


class ReportBed(Command, frozen=True, kw_only=True, tag="report_bed"):
    """The state of a bed that nobody holds, as seen at the bedside."""

    facility_id: FacilityId
    bed_id: BedId
    state: Literal["free", "occupied", "cleaning", "blocked"]


class HoldBed(Command, frozen=True, kw_only=True, tag="hold_bed"):
    """Hold a free bed for an inbound patient until ``eta_at`` plus the policy's time."""

    patient_id: PatientId
    facility_id: FacilityId
    bed_id: BedId
    eta_at: Instant | None = None


class ReleaseBedHold(Command, frozen=True, kw_only=True, tag="release_bed_hold"):
    """Give a held bed back."""

    hold_id: BedHoldId
    reason: Line = ""


class ExpireBedHold(Command, frozen=True, kw_only=True, tag="expire_bed_hold"):
    """Deadline: a hold has run out; refused while it has not."""

    hold_id: BedHoldId


class OfferHandover(Command, frozen=True, kw_only=True, tag="offer_handover"):
    """The crew is ready to hand the patient over at the destination."""

    patient_id: PatientId
    summary: Words = ""


class AcceptHandover(Command, frozen=True, kw_only=True, tag="accept_handover"):
    """A named person of the facility signs for the patient."""

    patient_id: PatientId


# Telemetry's decisions


FROM_PEOPLE: tuple[type[Command], ...] = (
    ReceiveCall,
    AnswerCall,
    EndCall,
    OpenIncident,
    ReprioritiseIncident,
    CorrectPlace,
    CloseIncident,
    AddPatient,
    AssessPatient,
    SendUnit,
    AcknowledgeAssignment,
    AdvanceAssignment,
    UndoAssignmentStep,
    CancelAssignment,
    SetUnitReadiness,
    ChooseDestination,
    SendPreAlert,
    MarkPreAlertDisplayed,
    AcknowledgePreAlert,
    RejectPreAlert,
    MarkDiversionSeen,
    ReportFacility,
    ReportBed,
    HoldBed,
    ReleaseBedHold,
    OfferHandover,
    AcceptHandover,
    AcknowledgeAlarm,
    AcknowledgeVitalAlarm,
    SetAlarmLimit,
    DrawClosure,
    LiftClosure,
)
"""Commands with an HTTP route of their own (`/api/commands/<tag with dashes>`)."""
