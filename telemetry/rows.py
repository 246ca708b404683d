"""What the sample store keeps: one row per message, one per distinct bad payload. Pure values.

Rows are written by `telemetry.unit` and `telemetry.core`, saved and read by `telemetry.store`.
"""

from datetime import datetime

import msgspec

from dispatch.ids import DeviceId, PatientId, UnitId
from telemetry.codes import Code
from telemetry.contract import Acvpu, Datum, DeviceState, Quality, Source
from telemetry.plausibility import State
from telemetry.ports import Doubt


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """Identity and times of a message; see the migration for what the three times mean."""

    device_id: DeviceId
    boot_id: str
    seq: int
    unit_id: UnitId
    observed_at: datetime
    received_at: datetime
    true_at: datetime
    skew_ms: int | None
    is_late: bool


class StoredNumeric(msgspec.Struct, frozen=True, kw_only=True):
    """One value as sent (never changed) and what was thought of it."""

    value: float | None
    unit: str
    quality: Quality
    state: State
    reason: str = ""
    measured_at: datetime | None = None


class VitalRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of vital_sample; ``patient_id`` None when it may be another patient's."""

    stamp: Stamp
    patient_id: PatientId | None
    numerics: dict[Code, StoredNumeric]
    acvpu: Acvpu | None
    on_oxygen: bool | None
    oxygen_litres_per_min: float | None
    source: Source
    recording: str | None


class FixRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of position_fix: WGS-84 degrees, and the pair as sent in its datum."""

    stamp: Stamp
    lon: float
    lat: float
    sent_lon: float
    sent_lat: float
    datum: Datum
    speed_kmh: float | None
    heading_deg: float | None
    accuracy_m: float | None
    doubtful: Doubt | None


class StatusRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of device_status; battery in percent."""

    stamp: Stamp
    state: DeviceState
    battery_pct: float | None


class BadRow(msgspec.Struct, frozen=True, kw_only=True):
    """A payload for quarantine; boot and seq when they could be salvaged and it is kept whole."""

    source: str
    reason: str
    detail: str
    topic: str
    raw: bytes
    raw_bytes: int
    received_at: datetime
    device_id: DeviceId | None
    boot_id: str | None
    seq: int | None


Row = VitalRow | FixRow | StatusRow | BadRow
