"""What a device's HL7 message says, as types; nothing runs here. None of it names a patient."""

from typing import Any, Literal

import msgspec

from telemetry.codes import Code
from telemetry.contract import Quality
from telemetry.hl7v2.codes import MappedBy
from telemetry.hl7v2.times import Instant

Kind = Literal["observations", "alarms"]


class Device(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who measured: an entity identifier (EI) and where in the message it stands."""

    id: str
    namespace: str = ""
    universal_id: str = ""
    universal_id_type: str = ""
    by: str = ""


class Vital(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One number under our code and in our unit; ``given`` is what the device sent.

    ``at`` is None when neither OBX-14 nor OBR-7 nor MSH-7 hold a time. ``place`` is OBX-4.
    """

    code: Code
    value: float
    unit: str
    quality: Quality
    at: Instant | None
    mapped_by: MappedBy
    given: dict[str, Any]
    place: str = ""
    device: str = ""


class Unmapped(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An observation that is none of our numerics; texts are withheld, a patient may be in them."""

    segment: int
    type: str
    code: str
    text: str
    system: str
    value: Any = None
    unit: str = ""
    place: str = ""
    status: str = ""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """An observation that was not taken: which segment, a stable reason, one sentence."""

    segment: int
    reason: str
    sentence: str


class AlarmStatement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An alarm as the device states it (IHE PCD-04); it is not ours and raises none of ours."""

    event: str
    text: str
    source: str = ""
    phase: str = ""
    state: str = ""
    inactivation: str = ""
    priority: str = ""
    at: Instant | None = None
    place: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message of a device."""

    kind: Kind
    type: str
    control_id: str
    version: str
    sender: dict[str, str]
    charset: str
    sent_at: Instant | None
    patient: Literal["yes", "no"]
    devices: tuple[Device, ...] = ()
    vitals: tuple[Vital, ...] = ()
    unmapped: tuple[Unmapped, ...] = ()
    alarms: tuple[AlarmStatement, ...] = ()
    refused: tuple[Problem, ...] = ()
