"""What the sample store keeps: one row per message, one per distinct bad payload. Pure values.

Rows are written by `telemetry.unit` and `telemetry.core`, saved and read by `telemetry.store`.
"""

from datetime import datetime

import msgspec

from dispatch.ids import DeviceId, PatientId, UnitId
from telemetry.codes import Code
from telemetry.contract import (
    Acvpu,
    Channel,
    Datum,
    DeviceState,
    Kind,
    Network,
    Quality,
    Source,
)
from telemetry.plausibility import State
from telemetry.ports import StoredDoubt


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
    """A row of position_fix: WGS-84 degrees, and the pair as sent in its datum.

    The doubt "datum" (roads say that the device means another one) stands where the fix itself
    raises none; such a fix counts all the same.
    """

    stamp: Stamp
    lon: float
    lat: float
    sent_lon: float
    sent_lat: float
    datum: Datum
    speed_kmh: float | None
    heading_deg: float | None
    accuracy_m: float | None
    doubtful: StoredDoubt | None


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


class LinkRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of device_link: what a gateway says of its queue and its radio link."""

    stamp: Stamp
    queued: dict[Kind, int]
    dropped: dict[Kind, int]
    queued_bytes: int
    oldest_s: float | None
    confirmed_s: float | None
    round_trip_ms: float | None
    network: Network
    version: str | None


class WaveformRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of waveform_block; ``samples`` are little-endian int16, -32768 not measured.

    A sample is worth ``zero + per_lsb * sample`` in ``unit``.
    """

    stamp: Stamp
    patient_id: PatientId | None
    channel: Channel
    hz: float
    unit: str
    per_lsb: float
    zero: float
    samples: bytes
    source: Source
    recording: str | None


class EcgPartRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ecg_part; hash (hex) and size are of the whole file."""

    stamp: Stamp
    patient_id: PatientId | None
    sha256: str
    size_bytes: int
    part: int
    parts: int
    data: bytes
    source: Source
    recording: str | None


class EcgHead(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file of ecg_file without its bytes; ``patient_id`` was in the unit when it came."""

    ecg_id: int
    unit_id: UnitId
    sha256: str
    patient_id: PatientId | None
    true_at: datetime
    source: Source


class EcgFile(EcgHead, frozen=True, kw_only=True):
    """A row of ecg_file; ``content`` is what the machine wrote."""

    device_id: DeviceId
    observed_at: datetime
    received_at: datetime
    content: bytes
    recording: str | None


DeviceRow = VitalRow | FixRow | StatusRow | LinkRow | WaveformRow | EcgPartRow
Row = DeviceRow | BadRow
