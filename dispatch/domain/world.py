"""The world: everything that the log says, as values, and the draft through which folds change it.

The world is immutable; `Draft` copies a table on the first write to it and remembers which entities
it touched, so that a batch of events costs one copy per table and yields what screens must redraw.
Rules live in `decide`, what an event does to the world in `fold`. Nothing here reads a clock.
"""

from datetime import datetime
from typing import Any

import msgspec

from dispatch.domain.config import CountyConfig
from dispatch.domain.documents import Atmist
from dispatch.domain.states import (
    AssignmentState,
    CallState,
    IncidentState,
    PatientState,
    Readiness,
)
from dispatch.ids import (
    AssignmentId,
    BedHoldId,
    BedId,
    CallId,
    CentreId,
    ClosureId,
    FacilityId,
    IncidentId,
    PatientId,
    PreAlertId,
    SubjectId,
    UnitId,
)
from hospital_gateway.beds import HoldState
from hospital_gateway.facilities import BedKind, BedState, Traffic
from hospital_gateway.handover import HandoverState
from hospital_gateway.prealert import PreAlertState
from telemetry.alarms.model import Alarm, PatientLimit


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the world's records."""


class Call(Entity, frozen=True, kw_only=True):
    call_id: CallId
    state: CallState
    caller_id: SubjectId
    rang_at: datetime
    lon: float | None
    lat: float | None
    town_id: str | None
    answered_at: datetime | None = None
    answered_by: str = ""
    incident_id: IncidentId | None = None


class TimelineItem(Entity, frozen=True, kw_only=True):
    seq: int
    at: datetime
    type: str
    by: str
    params: dict[str, str | int | float | bool | None]


class Incident(Entity, frozen=True, kw_only=True):
    incident_id: IncidentId
    state: IncidentState
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
    rang_at: datetime
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None = None
    outcome: str | None = None
    patient_ids: tuple[PatientId, ...] = ()
    assignment_ids: tuple[AssignmentId, ...] = ()
    timeline: tuple[TimelineItem, ...] = ()
    unassigned_since: datetime | None = None


class Assignment(Entity, frozen=True, kw_only=True):
    assignment_id: AssignmentId
    incident_id: IncidentId
    unit_id: UnitId
    state: AssignmentState
    since: datetime
    since_recorded: datetime
    notified_recorded: datetime
    step_at: dict[str, datetime]
    overdue: str | None = None


class LevelNote(Entity, frozen=True, kw_only=True):
    """One triage level with the score behind it."""

    level: str
    total: int | None
    lower_bound: int
    at: datetime


class DiversionNote(Entity, frozen=True, kw_only=True):
    """That an announced patient went elsewhere, and who has seen it at the former destination."""

    from_facility_id: FacilityId
    to_facility_id: FacilityId
    at: datetime
    by: str
    reason: str
    seen_by: str = ""
    seen_at: datetime | None = None


class EcgNote(Entity, frozen=True, kw_only=True):
    """An ECG file of a patient; ``fault`` not "": the bytes are kept and no reader takes them."""

    ecg_id: int
    at: datetime
    sha256: str
    source: str
    leads: int
    hz: float | None
    duration_s: float
    has_statements: bool
    fault: str


class Patient(Entity, frozen=True, kw_only=True):
    patient_id: PatientId
    incident_id: IncidentId
    person_id: SubjectId
    state: PatientState
    age_years: int | None
    sex: str
    is_pregnant: bool
    centres: tuple[CentreId, ...]
    acvpu: str | None = None
    on_oxygen: bool | None = None
    spo2_scale: int = 1
    assessed_at: datetime | None = None
    atmist: Atmist = Atmist()
    unit_id: UnitId | None = None
    boarded_at: datetime | None = None
    arrived_at: datetime | None = None
    level: LevelNote | None = None
    previous_level: LevelNote | None = None
    feed_lost_at: datetime | None = None
    alarms: tuple[Alarm, ...] = ()
    limits: tuple[PatientLimit, ...] = ()
    ecgs: tuple[EcgNote, ...] = ()
    facility_id: FacilityId | None = None
    chosen_for: tuple[CentreId, ...] = ()
    is_choice_signed: bool = False
    prealert_id: PreAlertId | None = None
    prealert_count: int = 0
    hold_id: BedHoldId | None = None
    hold_count: int = 0
    handover: HandoverState = HandoverState.NONE
    handover_offered_at: datetime | None = None
    handover_by: str = ""
    handover_at: datetime | None = None
    diversions: tuple[DiversionNote, ...] = ()


class Unit(Entity, frozen=True, kw_only=True):
    unit_id: UnitId
    readiness: Readiness
    reason: str
    since: datetime
    assignment_id: AssignmentId | None = None


class Escalation(Entity, frozen=True, kw_only=True):
    step: str
    at: datetime
    tells: str
    name: str


class PreAlert(Entity, frozen=True, kw_only=True):
    prealert_id: PreAlertId
    patient_id: PatientId
    unit_id: UnitId
    facility_id: FacilityId
    colour: str
    state: PreAlertState
    created_at: datetime
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    displayed_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    rejected_at: datetime | None = None
    rejected_by: str = ""
    reason: str = ""
    escalations: tuple[Escalation, ...] = ()


class BedHold(Entity, frozen=True, kw_only=True):
    hold_id: BedHoldId
    bed_id: BedId
    facility_id: FacilityId
    patient_id: PatientId
    state: HoldState
    expires_at: datetime


class BedRecord(Entity, frozen=True, kw_only=True):
    bed_id: BedId
    facility_id: FacilityId
    bed_kind: BedKind
    label: str
    state: BedState
    since: datetime | None = None
    hold_id: BedHoldId | None = None
    patient_id: PatientId | None = None


class FacilityRecord(Entity, frozen=True, kw_only=True):
    facility_id: FacilityId
    traffic: Traffic = Traffic.NORMAL
    reason: str = ""
    is_internal_disaster: bool = False
    traffic_at: datetime | None = None
    traffic_by: str = ""
    reported_at: datetime | None = None


class AlarmNote(Entity, frozen=True, kw_only=True):
    alarm_id: str
    by: str
    at: datetime


class ClosureRecord(Entity, frozen=True, kw_only=True):
    """A closure or slow zone that was drawn and not lifted; it may lie ahead or be over."""

    closure_id: ClosureId
    kind: str
    factor: float
    outline: tuple[tuple[float, float], ...]
    reason: str
    from_at: datetime
    until_at: datetime | None
    drawn_at: datetime
    drawn_by: str


class World(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. ``seq`` is the last event folded; tables are never changed in place."""

    seq: int = 0
    recorded_at: datetime | None = None
    incident_count: int = 0
    call_count: int = 0
    config: CountyConfig | None = None
    calls: dict[CallId, Call] = {}
    incidents: dict[IncidentId, Incident] = {}
    patients: dict[PatientId, Patient] = {}
    assignments: dict[AssignmentId, Assignment] = {}
    units: dict[UnitId, Unit] = {}
    prealerts: dict[PreAlertId, PreAlert] = {}
    holds: dict[BedHoldId, BedHold] = {}
    beds: dict[BedId, BedRecord] = {}
    facilities: dict[FacilityId, FacilityRecord] = {}
    alarm_notes: dict[str, AlarmNote] = {}
    closures: dict[ClosureId, ClosureRecord] = {}


Touched = set[tuple[str, str]]
"""(table name, key) of every entity a fold wrote or removed."""


class Draft:
    """A world being changed by a run of events; `close` gives the next immutable world."""

    def __init__(self, world: World) -> None:
        self._fields: dict[str, Any] = {name: getattr(world, name) for name in FIELDS}
        self._own: set[str] = set()
        self.touched: Touched = set()

    def table(self, name: str) -> dict[Any, Any]:
        """The present content of a table, for reading."""
        found: dict[Any, Any] = self._fields[name]
        return found

    def value(self, name: str) -> Any:
        """A plain field of the world."""
        return self._fields[name]

    def set_value(self, name: str, value: Any) -> None:
        """Replace a plain field of the world."""
        self._fields[name] = value

    def put(self, name: str, key: str, entity: Entity) -> None:
        """Write one entity."""
        self._writable(name)[key] = entity
        self.touched.add((name, key))

    def drop(self, name: str, key: str) -> None:
        """Remove one entity if it is there."""
        if key in self._fields[name]:
            del self._writable(name)[key]
            self.touched.add((name, key))

    def change(self, name: str, key: str, **fields: Any) -> Any:
        """Replace some fields of one entity and return the new one."""
        entity = msgspec.structs.replace(self._fields[name][key], **fields)
        self.put(name, key, entity)
        return entity

    def close(self) -> World:
        """The world after all writes."""
        self._own.clear()
        return World(**self._fields)

    def _writable(self, name: str) -> dict[Any, Any]:
        if name not in self._own:
            self._fields[name] = dict(self._fields[name])
            self._own.add(name)
        table: dict[Any, Any] = self._fields[name]
        return table


FIELDS = tuple(World.__struct_fields__)
