"""The parts that documents are made of: small values without a key of their own."""

from datetime import datetime
from typing import Literal

import msgspec

Param = str | int | float | bool | None


class NamedPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A named place in WGS-84 degrees."""

    id: str
    name: str
    lon: float
    lat: float


class CentreLook(msgspec.Struct, frozen=True, kw_only=True):
    """What a screen needs to draw a centre's tag."""

    id: str
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    icon: str
    colour: str


class Standards(msgspec.Struct, frozen=True, kw_only=True):
    """The times against which clocks run, in seconds."""

    send_s: dict[str, int]
    arrive_s: dict[str, int]
    answer_s: int
    turnout_s: int
    undo_s: int
    acknowledge_s: int
    offload_s: int
    numerics_fresh_s: int
    position_fresh_s: int
    beds_fresh_s: int
    nibp_fresh_s: int
    cover_minutes: int


class PlaceView(msgspec.Struct, frozen=True, kw_only=True):
    """Where an incident is; address and landmark come from the identity store."""

    address: str
    landmark: str
    town: str | None
    lon: float
    lat: float
    is_read_back: bool


class CallerView(msgspec.Struct, frozen=True, kw_only=True):
    """Who called; masked except on the tablet of the crew that drives there."""

    name: str
    phone: str


class AssignmentView(msgspec.Struct, frozen=True, kw_only=True):
    """One unit's work for one incident; ``step_at`` maps each reached state to its time."""

    assignment_id: str
    unit_id: str
    call_sign: str
    state: Literal[
        "notified",
        "acknowledged",
        "en_route",
        "on_scene",
        "at_patient",
        "transporting",
        "at_destination",
        "cleared",
        "cancelled",
    ]
    since: datetime
    step_at: dict[str, datetime]
    overdue: str | None


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an incident's history, put into words by the screen."""

    seq: int
    at: datetime
    type: str
    by: str
    params: dict[str, Param]


class Atmist(msgspec.Struct, frozen=True, kw_only=True):
    """The crew's words: time of onset, mechanism, injuries, signs, treatment, caution."""

    onset_at: datetime | None = None
    mechanism: str = ""
    injuries: str = ""
    signs: str = ""
    treatment: str = ""
    caution: str = ""


class EcgView(msgspec.Struct, frozen=True, kw_only=True):
    """An ECG file of a patient; its drawing is read by ``id`` (`/api/ecg/{id}`).

    ``at`` is when the vehicle had it, ``hz`` None where leads differ. ``has_statements``: the
    machine wrote its own opinion into the file. ``fault``: why it cannot be read, "" when it can.
    """

    id: int
    at: datetime
    leads: int
    hz: float | None
    duration_s: float
    has_statements: bool
    source: str
    fault: str


class PatientView(msgspec.Struct, frozen=True, kw_only=True):
    """One patient of an incident, as console and crew see him or her."""

    patient_id: str
    state: Literal["reported", "attended", "aboard", "arrived", "handed_over", "left_on_scene"]
    name: str
    age_years: int | None
    sex: Literal["male", "female", "unknown"]
    is_pregnant: bool
    complaint: str
    centres: list[str]
    level: str
    level_at: datetime | None
    news2: int | None
    news2_lower_bound: int | None
    acvpu: str | None
    on_oxygen: bool | None
    atmist: Atmist
    unit_id: str | None
    facility_id: str | None
    prealert_id: str | None
    hold_id: str | None
    handover: str
    ecgs: list[EcgView] = []


class BedView(msgspec.Struct, frozen=True, kw_only=True):
    """One bed with the age of its state and, when held, for whom and until when."""

    bed_id: str
    label: str
    bed_kind: Literal["resus", "eicu"]
    state: Literal["free", "held", "occupied", "cleaning", "blocked"]
    since: datetime | None
    hold_id: str | None
    held_for: str | None
    hold_expires_at: datetime | None
    patient: str


class EscalationView(msgspec.Struct, frozen=True, kw_only=True):
    """One rung that was taken: which, when, who was told."""

    step: str
    at: datetime
    tells: str
    name: str


class Diversion(msgspec.Struct, frozen=True, kw_only=True):
    """Why a patient who was announced here is not coming any more."""

    to_name: str
    at: datetime
    by: str
    reason: str
    seen_by: str
    seen_at: datetime | None


class Eta(msgspec.Struct, frozen=True, kw_only=True):
    """When a unit reaches what it drives to; ``method`` says how it was computed.

    ``duration_p80_s`` is what four drives of five stay below; None where nobody reckoned it.
    """

    target: Literal["scene", "hospital"]
    target_id: str
    arrive_at: datetime
    duration_s: int
    distance_m: int
    method: str
    from_fix_at: datetime
    computed_at: datetime
    duration_p80_s: int | None = None


class Numeric(msgspec.Struct, frozen=True, kw_only=True):
    """One value with its own time; scored when ``state`` is ok, suspect or asystole."""

    value: float | None
    unit: str
    at: datetime
    state: Literal["ok", "suspect", "invalid", "leads_off", "probe_off", "artefact", "asystole"]


class ScoreView(msgspec.Struct, frozen=True, kw_only=True):
    """A NEWS2 result with missing values done right (RCP 2017); 3 in a part is a red one.

    ``not_applicable`` says why there is none: "child", "pregnant", "age_unknown", "no_patient".
    """

    total: int | None
    lower_bound: int
    missing: list[str]
    parts: dict[str, int | None]
    is_any_red: bool
    not_applicable: str


class AlarmLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A limit in force (live); ``value`` None: ``set_by`` switched that side off."""

    quantity: str
    side: Literal["low", "high"]
    value: float | None
    is_inclusive: bool
    source: str
    set_by: str


class VitalAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm of streamed vital signs (live); acknowledged by its key and the instant it began.

    ``quantity``, ``side``, ``limit`` and ``value`` (the worst so far) are None for a device's own
    word (asystole) and for technical ones. ``ended_at``: over, and kept until somebody has seen it.
    ``is_held``: what alarmed is not measured any more. ``source``: whose limit it is.
    """

    key: str
    priority: Literal["high", "medium", "low"]
    quantity: str | None
    side: Literal["low", "high"] | None
    limit: float | None
    source: str
    value: float | None
    raised_at: datetime
    ended_at: datetime | None
    is_held: bool
    acknowledged_by: str
    acknowledged_at: datetime | None
