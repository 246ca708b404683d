"""The documents that screens receive: one Struct per kind, whole, keyed by (kind, id).

The front end's TypeScript types are generated from this file (`frontend/src/wire/documents.ts`).
Who may see a document is `views.py`; when it changed is the fold's to say. Decision documents come
from the world; live documents (position, vitals, eta) come from the data plane and are conflated.
Times are UTC datetimes; ages are the screen's to compute, against the server clock of the frames.
"""

from datetime import datetime
from typing import Literal

import msgspec

from dispatch.domain.document_parts import (
    AlarmLimit,
    AssignmentView,
    Atmist,
    BedView,
    CallerView,
    CentreLook,
    Diversion,
    EcgView,
    EscalationView,
    Eta,
    NamedPoint,
    Numeric,
    Param,
    PatientView,
    PlaceView,
    ScoreView,
    Standards,
    TimelineEntry,
    VitalAlarm,
)

__all__ = [
    "AlarmDoc",
    "AlarmLimit",
    "AnyDoc",
    "Arrival",
    "AssignmentView",
    "Atmist",
    "BedView",
    "CallDoc",
    "CallerView",
    "CentreLook",
    "ClosureDoc",
    "CountyDoc",
    "Diversion",
    "Doc",
    "EcgView",
    "EscalationView",
    "Eta",
    "EtaDoc",
    "FacilityDoc",
    "InboundDoc",
    "IncidentDoc",
    "JobDoc",
    "NamedPoint",
    "Numeric",
    "PatientView",
    "PlaceView",
    "PositionDoc",
    "PreAlertDoc",
    "ScoreView",
    "Standards",
    "TimelineEntry",
    "UnitDoc",
    "VitalAlarm",
    "VitalsDoc",
    "WrongDatum",
]


class Doc(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """Base of all documents; ``kind`` is the tag, ``id`` the key within the kind."""

    id: str


class CountyDoc(Doc, frozen=True, kw_only=True, tag="county"):
    """The county as every screen knows it; id is the county id."""

    name_zh: str
    name_en: str
    zone: str
    is_schematic: bool
    digest: str
    towns: list[NamedPoint]
    stations: list[NamedPoint]
    centres: list[CentreLook]
    standards: Standards


class CallDoc(Doc, frozen=True, kw_only=True, tag="call"):
    """One telephone contact; shown to the console only."""

    state: Literal["ringing", "answered", "ended", "abandoned"]
    rang_at: datetime
    number_masked: str
    town: str | None
    lon: float | None
    lat: float | None
    answered_at: datetime | None
    answered_by: str | None
    incident_id: str | None


class IncidentDoc(Doc, frozen=True, kw_only=True, tag="incident"):
    """One emergency at one place, as the console sees it."""

    state: Literal["waiting", "assigned", "responding", "on_scene", "transporting",
                   "at_hospital", "finished", "closed", "cancelled"]  # fmt: skip
    priority: Literal["P1", "P2", "P3", "P4"]
    complaint: str
    note: str
    centres: list[str]
    place: PlaceView
    caller: CallerView
    rang_at: datetime
    opened_at: datetime
    opened_by: str
    first_sent_at: datetime | None
    first_on_scene_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    assignments: list[AssignmentView]
    patients: list[PatientView]
    timeline: list[TimelineEntry]


class UnitDoc(Doc, frozen=True, kw_only=True, tag="unit"):
    """One ambulance; ``status`` is derived from readiness and assignment, never stored."""

    call_sign: str
    unit_kind: str
    station_id: str
    crew_skills: list[str]
    equipment: list[str]
    readiness: Literal["in_service", "out_of_service"]
    readiness_reason: str
    status: Literal["idle", "assigned", "en_route", "on_scene", "transporting", "at_hospital",
                    "out_of_service"]  # fmt: skip
    status_since: datetime
    assignment_id: str | None
    incident_id: str | None
    priority: str | None
    destination_id: str | None


class FacilityDoc(Doc, frozen=True, kw_only=True, tag="facility"):
    """One hospital or clinic; bed details go to the console and to its own staff."""

    name_zh: str
    name_en: str
    facility_kind: str
    lon: float
    lat: float
    phone: str
    capabilities: list[str]
    centres: list[str]
    traffic: Literal["normal", "advisory", "closed"]
    traffic_reason: str
    traffic_at: datetime | None
    traffic_by: str
    reported_at: datetime | None
    beds: list[BedView]
    inbound: int


class JobDoc(Doc, frozen=True, kw_only=True, tag="job"):
    """A crew's job; id is the assignment id. The only document with unmasked caller and names."""

    assignment: AssignmentView
    next_step: str | None
    undo_step: str | None
    undo_until: datetime | None
    incident_id: str
    priority: str
    complaint: str
    note: str
    centres: list[str]
    place: PlaceView
    caller: CallerView
    opened_at: datetime
    rang_at: datetime
    patients: list[PatientView]


class PreAlertDoc(Doc, frozen=True, kw_only=True, tag="prealert"):
    """One pre-alert; its own document so that none is merged away."""

    patient_id: str
    unit_id: str
    facility_id: str
    colour: Literal["red", "yellow", "green"]
    state: Literal["created", "sent", "delivered", "displayed", "acknowledged", "rejected",
                   "stood_down"]  # fmt: skip
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    displayed_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    rejected_at: datetime | None
    rejected_by: str
    reason: str
    escalations: list[EscalationView]
    next_step: str | None
    next_step_at: datetime | None
    next_step_tells: str
    is_escalated: bool


class InboundDoc(Doc, frozen=True, kw_only=True, tag="inbound"):
    """A patient announced to one hospital; id is the patient id."""

    facility_id: str
    incident_id: str
    unit_id: str
    call_sign: str
    priority: str
    centres: list[str]
    complaint: str
    name: str
    age_years: int | None
    sex: Literal["male", "female", "unknown"]
    is_pregnant: bool
    town: str | None
    state: Literal["inbound", "arrived", "handed_over", "diverted"]
    rang_at: datetime
    boarded_at: datetime | None
    arrived_at: datetime | None
    level: str
    level_at: datetime | None
    previous_level: str
    news2: int | None
    news2_lower_bound: int | None
    previous_news2: int | None
    previous_news2_at: datetime | None
    feed_lost_at: datetime | None
    acvpu: str | None
    on_oxygen: bool | None
    atmist: Atmist
    prealert_id: str | None
    bed: BedView | None
    handover: Literal["none", "offered", "accepted"]
    handover_offered_at: datetime | None
    handover_by: str
    handover_at: datetime | None
    diverted: Diversion | None
    ecgs: list[EcgView] = []


class AlarmDoc(Doc, frozen=True, kw_only=True, tag="alarm"):
    """Something that needs a dispatcher; stays until its cause goes."""

    alarm_kind: Literal["feed_lost", "prealert_unanswered", "assignment_unanswered",
                        "turnout_overdue", "level_emergency", "unassigned_overdue"]  # fmt: skip
    urgency: Literal["high", "medium"]
    since: datetime
    incident_id: str | None
    unit_id: str | None
    patient_id: str | None
    facility_id: str | None
    params: dict[str, Param]
    acknowledged_by: str
    acknowledged_at: datetime | None


class ClosureDoc(Doc, frozen=True, kw_only=True, tag="closure"):
    """A closure or slow zone; corners are [longitude, latitude], two are a line, more an area.

    It counts from ``from_at`` until ``until_at``; afterwards it stays listed until it is lifted or
    a day has passed.
    """

    closure_kind: Literal["closed", "slow"]
    factor: float
    outline: list[tuple[float, float]]
    reason: str
    from_at: datetime
    until_at: datetime | None
    drawn_at: datetime
    drawn_by: str


class WrongDatum(msgspec.Struct, frozen=True, kw_only=True):
    """The datum that a unit's device declares, and the one in which its drive fits the roads."""

    declared: str
    suspected: str


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """The fixes say that a unit stands at its target; a question to its crew, never a status.

    Yes is the status ``step`` with ``since`` as its time; ``distance_m`` is from the target.
    """

    assignment_id: str
    step: Literal["on_scene", "at_destination"]
    target: Literal["scene", "hospital"]
    target_id: str
    since: datetime
    distance_m: int


class PositionDoc(Doc, frozen=True, kw_only=True, tag="position"):
    """A unit's last trusted fix (live); id is the unit id.

    ``doubtful`` "datum" is of this fix, which counts all the same; the others are of newer ones.
    """

    lon: float
    lat: float
    heading_deg: float | None
    speed_kmh: float | None
    fixed_at: datetime
    received_at: datetime
    doubtful: str | None
    eta: Eta | None
    arrival: Arrival | None = None
    wrong_datum: WrongDatum | None = None


class EtaDoc(Doc, frozen=True, kw_only=True, tag="eta"):
    """An inbound patient's ETA for the receiving hospital (live); id is the patient id."""

    facility_id: str
    unit_id: str
    eta: Eta


class VitalsDoc(Doc, frozen=True, kw_only=True, tag="vitals"):
    """The latest vital signs of the patient a unit cares for (live); id is the unit id.

    ``is_level_held``: measurements for the level are missing now, the last one is kept.
    """

    patient_id: str | None
    values: dict[str, Numeric]
    score: ScoreView
    level: str
    is_level_held: bool
    acvpu: str | None
    on_oxygen: bool | None
    feed: Literal["none", "live", "lost"]
    feed_since: datetime | None
    last_sample_at: datetime | None
    source: Literal["device", "recording", "generator"]
    recording: str
    gaps: int
    clock_skew_s: float | None
    monitor: str | None
    alarms: list[VitalAlarm] = []
    limits: list[AlarmLimit] = []


AnyDoc = (
    CountyDoc
    | CallDoc
    | IncidentDoc
    | UnitDoc
    | FacilityDoc
    | JobDoc
    | PreAlertDoc
    | InboundDoc
    | AlarmDoc
    | ClosureDoc
    | PositionDoc
    | EtaDoc
    | VitalsDoc
)
