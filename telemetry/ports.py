"""What telemetry and the coordinating core say to each other, as types; nothing runs here.

Telemetry knows no patient and no incident: it asks `context_of` who is in a unit, and tells a
`Decision` only when one changes, or when an ECG has come whole. Everything else is `Live`: lossy,
newest wins, never an event. The core owns the lasting state, so `PatientContext` also brings back
what it last knew (level, feed) and a restarted ingest goes on from there.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from dispatch.ids import DeviceId, PatientId, UnitId
from telemetry.alarms.model import (
    Alarm,
    AlarmChange,
    AlarmPolicy,
    LimitInForce,
    PatientLimit,
)
from telemetry.codes import Code
from telemetry.contract import Acvpu, Channel, Datum, DeviceState, Source
from telemetry.plausibility import State
from telemetry.scores.newborn import NewbornPolicy
from telemetry.scores.news2 import Part

Level = Literal["emergency", "urgent", "low", "none", "unknown", "unscored"]
Feed = Literal["none", "live", "lost"]
NotApplicable = Literal["", "no_patient", "age_unknown", "child", "pregnant"]
Doubt = Literal["null_island", "swapped", "out_of_county", "jump", "not_a_place"]
StoredDoubt = Doubt | Literal["datum"]  # the last one hides no fix
FeedCause = Literal["silent", "monitor_unplugged", "offline"]


class PatientContext(msgspec.Struct, frozen=True, kw_only=True):
    """Who is in a unit now, and what the crew said; `patient_id` None is an empty unit.

    ``acvpu`` and ``on_oxygen`` were entered at ``observed_at`` (None: valid now). Samples observed
    before ``patient_since`` belong to somebody else. ``level`` and ``feed_lost`` are the core's;
    ``alarms`` are those it knows to stand, with their acknowledgements, ``limits`` those a person
    set for this patient. The policies are the county's of this moment.
    """

    unit_id: UnitId
    patient_id: PatientId | None = None
    age_years: float | None = None
    pregnant: bool = False
    spo2_scale: Literal[1, 2] = 1
    acvpu: Acvpu | None = None
    on_oxygen: bool | None = None
    observed_at: datetime | None = None
    patient_since: datetime | None = None
    level: Level = "unknown"
    feed_lost: bool = False
    alarms: tuple[Alarm, ...] = ()
    limits: tuple[PatientLimit, ...] = ()
    alarm_policy: AlarmPolicy = AlarmPolicy()
    newborn_policy: NewbornPolicy = NewbornPolicy()


class News2View(msgspec.Struct, frozen=True, kw_only=True):
    """A NEWS2 result as shown; `not_applicable` says why there is none."""

    total: int | None = None
    lower_bound: int = 0
    missing: tuple[Part, ...] = ()
    parts: dict[Part, int | None] = {}
    is_any_red: bool = False
    not_applicable: NotApplicable = ""


class TriageLevelChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The early-warning level of a patient changed and has held long enough."""

    unit_id: UnitId
    patient_id: PatientId
    at: datetime
    level: Level
    previous: Level
    score: News2View
    last_sample_at: datetime | None


class FeedLost(msgspec.Struct, frozen=True, kw_only=True):
    """A monitor that was sending has fallen silent while the unit has a patient."""

    unit_id: UnitId
    patient_id: PatientId
    at: datetime
    last_sample_at: datetime
    cause: FeedCause


class FeedRestored(msgspec.Struct, frozen=True, kw_only=True):
    """Live numerics arrive again, and have for long enough."""

    unit_id: UnitId
    patient_id: PatientId
    at: datetime
    last_sample_at: datetime


class AlarmChanged(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm of a patient was raised, escalated, held, ended or cleared."""

    unit_id: UnitId
    patient_id: PatientId
    at: datetime
    change: AlarmChange


class EcgGlance(msgspec.Struct, frozen=True, kw_only=True):
    """What can be said of an ECG file without showing it; no word of the file is in it.

    ``fault`` is the reader's stable reason where the bytes are no ECG that can be read, else "".
    ``hz`` is None where leads differ. ``has_statements``: the device wrote some of its own.
    """

    format: str = ""
    leads: int = 0
    hz: float | None = None
    duration_s: float = 0.0
    has_statements: bool = False
    acquired: str = ""
    fault: str = ""


class EcgArrived(msgspec.Struct, frozen=True, kw_only=True):
    """A whole ECG file is committed; ``at`` is when the vehicle had it, on the core's clock.

    Told again after a restart: ``ecg_id`` and ``sha256`` (hex) say which one it is.
    """

    unit_id: UnitId
    patient_id: PatientId
    ecg_id: int
    sha256: str
    at: datetime
    source: Source
    glance: EcgGlance


Decision = TriageLevelChanged | FeedLost | FeedRestored | AlarmChanged | EcgArrived


class LiveValue(msgspec.Struct, frozen=True, kw_only=True):
    """One value as shown: the number as sent, with its state and its times.

    ``at`` is when it was true, on the core's clock (age = now - at); ``observed_at`` and
    ``measured_at`` are the device's own words.
    """

    value: float | None
    unit: str
    state: State
    reason: str
    at: datetime
    observed_at: datetime
    measured_at: datetime | None
    device_id: DeviceId


class LiveVitals(msgspec.Struct, frozen=True, kw_only=True):
    """The latest vital signs of a unit; `is_level_held`: measurements for it are missing now."""

    unit_id: UnitId
    patient_id: PatientId | None
    values: dict[Code, LiveValue]
    score: News2View
    level: Level
    is_level_held: bool
    acvpu: Acvpu | None
    on_oxygen: bool | None
    feed: Feed
    feed_since: datetime | None
    last_sample_at: datetime | None
    received_at: datetime | None
    source: Source
    recording: str
    gaps: int
    clock_skew_s: float | None
    monitor: DeviceState | None
    alarms: tuple[Alarm, ...] = ()
    limits: tuple[LimitInForce, ...] = ()


class Drive(msgspec.Struct, frozen=True, kw_only=True):
    """Where a unit drove, as its device said it: (lon, lat) in degrees of ``declared``."""

    declared: Datum
    pairs: tuple[tuple[float, float], ...]


class DatumOpinion(msgspec.Struct, frozen=True, kw_only=True):
    """What the roads say of a drive. ``is_known`` False: nothing, and what was said before holds.

    ``suspected`` None: the declared datum fits.
    """

    suspected: Datum | None
    is_known: bool


class WrongDatum(msgspec.Struct, frozen=True, kw_only=True):
    """A device declares one datum, and its drive fits the roads only in another one."""

    declared: Datum
    suspected: Datum


class LivePosition(msgspec.Struct, frozen=True, kw_only=True):
    """The last good fix of a unit in WGS-84 degrees; `doubtful`: newer fixes cannot be believed.

    ``wrong_datum`` is of this fix itself, which is used all the same: it may be some 500 m off, and
    that is nearer than nothing. ``at`` is when the fix was true on the core's clock.
    """

    unit_id: UnitId
    lon: float
    lat: float
    heading_deg: float | None
    speed_kmh: float | None
    accuracy_m: float | None
    at: datetime
    observed_at: datetime
    received_at: datetime
    doubtful: Doubt | None
    wrong_datum: WrongDatum | None = None


class LiveWaveform(msgspec.Struct, frozen=True, kw_only=True):
    """One block of one channel as it came: little-endian int16, -32768 not measured.

    A sample is worth ``zero + per_lsb * sample`` in ``unit``. ``at`` is when the first one was true
    on the core's clock, ``observed_at`` the same by the device's: blocks join by the latter.
    """

    unit_id: UnitId
    patient_id: PatientId | None
    channel: Channel
    at: datetime
    observed_at: datetime
    hz: float
    unit: str
    per_lsb: float
    zero: float
    samples: bytes
    source: Source


Live = LiveVitals | LivePosition | LiveWaveform


class Clock(Protocol):
    """Time as a dependency: wall time for what is stored, monotonic time for every wait."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that never jump."""
        ...


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """What ingest is given by whoever composes it.

    ``context_of`` answers at once from memory; None means that the unit does not exist.
    ``decide`` may raise Refused (dropped) or Unavailable (tried again, newest wins).
    ``publish_live`` must not block. ``judge_datum`` compares a drive with the roads; it takes a
    while and is called in a thread, one drive at a time. None: there are no roads. ``knows_ecg``
    says whether an ECG, by patient and number, need not be told again.
    """

    context_of: Callable[[UnitId], PatientContext | None]
    decide: Callable[[Decision], Awaitable[None]]
    publish_live: Callable[[Live], None]
    judge_datum: Callable[[Drive], DatumOpinion] | None = None
    knows_ecg: Callable[[PatientId, int], bool] = lambda _patient_id, _ecg_id: False
