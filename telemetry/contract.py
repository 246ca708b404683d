"""Contract v1 between a vehicle and the core: the JSON over MQTT 5, as types.

Only the shape lives here. Reading bytes strictly is `telemetry.decode`; the contract in prose, with
examples and what a device must do, is docs/contracts/mqtt.md. Fields are only ever added, with
defaults; a changed meaning is a new version.
"""

from datetime import datetime
from typing import Annotated, Final, Literal, get_args

import msgspec

from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry.codes import Code
from telemetry.limits import (
    ECG_BYTES_MAX,
    ECG_PART_CHARS_MAX,
    ECG_PARTS_MAX,
    SEQ_MAX,
    VALUE_MAX,
    WAVEFORM_CHARS_MAX,
    WAVEFORM_HZ_MAX,
)

VERSION: Final = 1
ROOT: Final = "greenlane"

Kind = Literal["vitals", "position", "status", "link", "waveform", "ecg"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
Quality = Literal["ok", "leads_off", "probe_off", "artefact", "asystole"]
Datum = Literal["WGS84", "CGCS2000", "GCJ02", "BD09"]
Acvpu = Literal["A", "C", "V", "P", "U"]
Source = Literal["device", "recording", "generator"]
DeviceState = Literal["online", "offline", "monitor_unplugged", "monitor_plugged"]
Network = Literal["5g", "4g", "3g", "2g", "wifi", "wired", "satellite", "unknown"]
Channel = Literal[
    "ecg_i", "ecg_ii", "ecg_iii", "ecg_avr", "ecg_avl", "ecg_avf",
    "ecg_v1", "ecg_v2", "ecg_v3", "ecg_v4", "ecg_v5", "ecg_v6",
    "pleth", "resp", "co2", "abp", "fetal_heart_rate", "uterine_activity",
]  # fmt: skip
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
WAVEFORM_UNITS: Final[dict[str, frozenset[str]]] = {
    "ecg": frozenset({"uV"}),
    "pleth": frozenset({"1"}),
    "resp": frozenset({"Ohm", "1"}),
    "co2": frozenset({"mm[Hg]"}),
    "abp": frozenset({"mm[Hg]"}),
    "fetal_heart_rate": frozenset({"/min"}),
    "uterine_activity": frozenset({"1", "mm[Hg]"}),
}
"""UCUM units by channel ("ecg": all its leads); "1" is what a device draws without a scale."""
NOT_MEASURED: Final = -32768
"""The int16 that stands for no sample, as in WFDB."""

BootId = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9-]{8,36}\Z")]
Seq = Annotated[int, msgspec.Meta(ge=1, le=SEQ_MAX)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Value = Annotated[float, msgspec.Meta(ge=-VALUE_MAX, le=VALUE_MAX)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=36)]
Recording = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks and of what: identity is the topic's, because the broker's ACL guards it."""

    county_id: CountyId
    unit_id: UnitId
    device_id: DeviceId
    kind: Kind


class Payload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every message carries.

    ``seq`` counts one by one per (device, boot) across all kinds; ``observed_at`` is the device's
    own clock, in UTC, and never orders anything.
    """

    v: Literal[1]
    boot_id: BootId
    seq: Seq
    observed_at: Instant
    unit_id: Name | None = None
    device_id: Name | None = None


class Numeric(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number of a monitor with the unit it is in; a unit is checked, never converted.

    ``value`` may be null only with leads_off or probe_off. ``measured_at`` is when a cuff pressure
    was taken, on the device's clock; without it an unchanged value counts as the old one.
    """

    value: Value | None
    unit: str
    quality: Quality = "ok"
    measured_at: Instant | None = None


class Oxygen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Supplementary oxygen as entered on the monitor; flow in litres per minute."""

    on: bool
    litres_per_min: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None


class Vitals(Payload, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Numerics of one instant, and what the crew entered on the monitor."""

    numerics: dict[Code, Numeric]
    oxygen: Oxygen | None = None
    acvpu: Acvpu | None = None
    source: Source = "device"
    recording: Recording | None = None


class Position(Payload, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fix in degrees of the named datum.

    ``lat`` may reach 180 so that a swapped pair arrives, is kept and is called doubtful.
    """

    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    lat: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    datum: Datum
    speed_kmh: Annotated[float, msgspec.Meta(ge=0, le=2000)] | None = None
    heading_deg: Annotated[float, msgspec.Meta(ge=0, le=360)] | None = None
    accuracy_m: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] | None = None


class Status(Payload, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The state of the gateway or its monitor; the last will is a status `offline`."""

    state: DeviceState
    battery_pct: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None


class Link(Payload, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a gateway says of itself and its radio link, some times a minute.

    ``queued`` and ``dropped`` count messages by kind: waiting now, and let go of ever because the
    disk was full. ``oldest_s`` is the age of the oldest that waits, ``confirmed_s`` the time since
    the core last acknowledged anything, ``round_trip_ms`` from publish to acknowledgement.
    """

    queued: dict[Kind, Annotated[int, msgspec.Meta(ge=0)]]
    dropped: dict[Kind, Annotated[int, msgspec.Meta(ge=0)]] = {}
    queued_bytes: Annotated[int, msgspec.Meta(ge=0)] = 0
    oldest_s: Annotated[float, msgspec.Meta(ge=0)] | None = None
    confirmed_s: Annotated[float, msgspec.Meta(ge=0)] | None = None
    round_trip_ms: Annotated[float, msgspec.Meta(ge=0, le=VALUE_MAX)] | None = None
    network: Network = "unknown"
    version: Name | None = None


class Waveform(Payload, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One block of one channel, a second long; ``observed_at`` is its first sample's time.

    ``samples`` is base64 of little-endian int16; -32768 is not measured. A sample is worth
    ``offset + per_lsb * sample`` in ``unit``.
    """

    channel: Channel
    hz: Annotated[float, msgspec.Meta(gt=0, le=WAVEFORM_HZ_MAX)]
    unit: str
    per_lsb: Annotated[float, msgspec.Meta(gt=0, le=VALUE_MAX)]
    offset: Value = 0.0
    samples: Annotated[str, msgspec.Meta(min_length=4, max_length=WAVEFORM_CHARS_MAX)]
    source: Source = "device"
    recording: Recording | None = None


class EcgPart(Payload, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of an ECG file as the machine wrote it, in any format; ``observed_at`` is when the
    gateway found it.

    ``sha256`` (hex) and ``size_bytes`` are of the whole file, ``part`` counts from 1 to ``parts``,
    ``data`` is base64. The same file sent twice has the same hash, and is one ECG.
    """

    sha256: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    size_bytes: Annotated[int, msgspec.Meta(ge=1, le=ECG_BYTES_MAX)]
    part: Annotated[int, msgspec.Meta(ge=1, le=ECG_PARTS_MAX)]
    parts: Annotated[int, msgspec.Meta(ge=1, le=ECG_PARTS_MAX)]
    data: Annotated[str, msgspec.Meta(min_length=4, max_length=ECG_PART_CHARS_MAX)]
    source: Source = "device"
    recording: Recording | None = None


Message = Vitals | Position | Status | Link | Waveform | EcgPart


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """What a device may forget: every seq up to ``contiguous`` and those in ``selective``.

    Sent only after the rows are committed in PostgreSQL. ``at`` is the core's clock, UTC.
    """

    v: int = VERSION
    boot_id: str
    contiguous: int
    selective: tuple[int, ...] = ()
    at: datetime


def ack_topic(county_id: CountyId, unit_id: UnitId, device_id: DeviceId) -> str:
    """Where the acknowledgements of one device are published."""
    return f"{ROOT}/{county_id}/{unit_id}/{device_id}/ack"
