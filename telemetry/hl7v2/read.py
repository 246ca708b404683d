"""A device's message to numerics: HL7 v2 ORU^R01, IHE PCD-01; PCD-04 (ORU^R40) as statements. Pure.

Strict where a wrong number could come of it: a number without a unit, with a unit of another
quantity, withdrawn (OBX-11 W, D), not obtained (X, N, I) or marked invalid is refused by name, and
the rest of the message is taken. Everything else that was said is listed as unmapped.

A laboratory's or a ward's message is refused as a whole: it is no device's observation. What makes
it one: an ORU (or the R42 of an observation in time) with at least one OBX that holds a value.
"""

import re
from typing import Any, Final

from dispatch.errors import BadPayload
from telemetry.codes import RULES
from telemetry.contract import Quality
from telemetry.hl7v2.alarms import read_alarms
from telemetry.hl7v2.charset import text_of
from telemetry.hl7v2.codes import (
    Identifier,
    code_of,
    identifiers_of,
    in_our_unit,
    unit_of,
)
from telemetry.hl7v2.limits import MESSAGE_MAX_BYTES, TEXT_MAX_CHARS
from telemetry.hl7v2.model import Device, Problem, Report, Unmapped, Vital
from telemetry.hl7v2.syntax import Message, Segment
from telemetry.hl7v2.times import Instant, Zones, read_time, zone_of
from telemetry.limits import VALUE_MAX

_NUMBER: Final = re.compile(r"[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})([eE][+-]?\d{1,2})?", re.ASCII)
_ALARM_TRIGGERS: Final = ("R40",)
_TRIGGERS: Final = ("R01", "R30", "R31", "R32", "R42", "")
_TAKEN: Final = ("F", "P", "R", "C", "S", "V", "")
_STATUS: Final = {
    "W": ("withdrawn", "OBX-11 W: the result was wrong"),
    "D": ("withdrawn", "OBX-11 D: the result is deleted"),
    "X": ("not_obtained", "OBX-11 X: the value cannot be obtained"),
    "N": ("not_obtained", "OBX-11 N: the value was not asked for"),
    "I": ("not_obtained", "OBX-11 I: the value is pending"),
    "O": ("not_obtained", "OBX-11 O: there is no value, only a description"),
}
_INVALID: Final = frozenset({"INV", "NAV", "OFF", "NOT", "TEST", "CALIB"})
_QUESTIONABLE: Final = frozenset({"QUES", "EARLY"})
_NUMERIC: Final = ("NM", "SN", "ST")
_CODED: Final = ("CE", "CWE", "CNE", "CF", "IS", "ID")


def read(raw: bytes, supplied: Zones | None = None) -> Report:
    """One message, in bytes as it came without its frame.

    Raises BadPayload: oversize, unknown_charset, wrong_charset, not_hl7, bad_delimiters,
    bad_segment, too_many_segments, not_an_observation, empty_observation.
    """
    if len(raw) > MESSAGE_MAX_BYTES:
        raise BadPayload("oversize", f"{len(raw)} bytes, {MESSAGE_MAX_BYTES} are allowed")
    text, charset = text_of(raw)
    return read_message(Message(text), charset, supplied or Zones())


def read_message(message: Message, charset: str, supplied: Zones) -> Report:
    """The same for a message that was parsed; raises BadPayload."""
    header = message.header
    kind, trigger = header.text(9, 1), header.text(9, 2)
    if kind != "ORU" or trigger not in (*_TRIGGERS, *_ALARM_TRIGGERS):
        what = "^".join(part for part in header.components(9)[:2] if part) or "a message of no type"
        raise BadPayload("not_an_observation", f"{_short(what)} is not a device's observation")
    zones = Zones(of_message=zone_of(header.text(7)), supplied=supplied.supplied)
    reader = _Reader(message, zones)
    is_alarm = trigger in _ALARM_TRIGGERS
    if not is_alarm:
        reader.read()
    alarms = read_alarms(message, zones) if is_alarm else ()
    if not (alarms or reader.vitals or reader.unmapped or reader.refused):
        raise BadPayload("empty_observation", "no OBX with a value, and no alarm")
    return Report(
        kind="alarms" if is_alarm else "observations",
        type=_short("^".join(header.components(9))),
        control_id=_short(header.text(10)),
        version=_short(header.text(12)),
        sender={"application": _short(header.text(3)), "facility": _short(header.text(4))},
        charset=charset,
        sent_at=read_time(header.text(7), zones),
        patient="yes" if _has_patient(message) else "no",
        devices=_devices(message),
        vitals=tuple(reader.vitals),
        unmapped=tuple(reader.unmapped),
        alarms=alarms,
        refused=tuple(reader.refused),
    )


class _Reader:
    """Walks the segments: an OBR sets the time of the OBX that follow it."""

    def __init__(self, message: Message, zones: Zones) -> None:
        self._message = message
        self._zones = zones
        self._group_at: Instant | None = None
        self.vitals: list[Vital] = []
        self.unmapped: list[Unmapped] = []
        self.refused: list[Problem] = []

    def read(self) -> None:
        sent_at = read_time(self._message.header.text(7), self._zones)
        self._group_at = sent_at
        for number, segment in enumerate(self._message.segments, start=1):
            if segment.name == "OBR":
                self._group_at = read_time(segment.text(7), self._zones) or sent_at
            elif segment.name == "OBX":
                self._take(number, segment)

    def _take(self, number: int, obx: Segment) -> None:
        try:
            self._observe(number, obx)
        except BadPayload as bad:
            problem = Problem(segment=number, reason=bad.reason, sentence=bad.detail)
            self.refused.append(problem)

    def _observe(self, number: int, obx: Segment) -> None:
        identifiers = identifiers_of(obx.components(3))
        known = code_of(identifiers)
        kind, status = obx.text(2).strip(), obx.text(11).strip()
        if known is None or kind not in _NUMERIC:
            self._list(number, obx, identifiers)
            return
        quality = _quality(obx, status)
        value = _number(obx, kind)
        unit = unit_of(obx.components(6))
        ours = in_our_unit(known[0], value, unit)
        self.vitals.append(
            Vital(
                code=known[0],
                value=ours if ours == value else round(ours, 2),
                unit=RULES[known[0]].unit,
                quality=quality,
                at=read_time(obx.text(14), self._zones) or self._group_at,
                mapped_by=known[1],
                given=_given(obx, identifiers, value, unit, status),
                place=_short(obx.text(4)),
                device=_short(obx.text(18)),
            )
        )

    def _list(self, number: int, obx: Segment, identifiers: tuple[Identifier, ...]) -> None:
        """An observation of no code of ours; a device's own line without a value is none."""
        kind = obx.text(2).strip()
        if not identifiers or (not kind and not obx.raw(5)):
            return
        first = identifiers[0]
        unit = next((word for word in obx.components(6) if word), "")
        self.unmapped.append(
            Unmapped(
                segment=number,
                type=_short(kind),
                code=_short(first.code),
                text=_short(first.text),
                system=_short(first.system),
                value=_harmless(obx, kind),
                unit=_short(unit),
                place=_short(obx.text(4)),
                status=_short(obx.text(11)),
            )
        )


def _given(
    obx: Segment, identifiers: tuple[Identifier, ...], value: float, unit: str, status: str
) -> dict[str, Any]:
    first = identifiers[0]
    return {
        "code": _short(first.code),
        "text": _short(first.text),
        "system": _short(first.system),
        "value": value,
        "unit": unit,
        "status": status,
        "flags": [_short(parts[0]) for parts in obx.repetitions(8)],
    }


def _quality(obx: Segment, status: str) -> Quality:
    if status not in _TAKEN:
        reason, sentence = _STATUS.get(status, ("unknown_status", f"OBX-11 {status[:10]!r}"))
        raise BadPayload(reason, sentence)
    flags = {parts[0].strip().upper() for parts in obx.repetitions(8)}
    if flags & _INVALID:
        raise BadPayload("invalid_value", f"OBX-8 {' '.join(sorted(flags & _INVALID))}")
    return "artefact" if flags & _QUESTIONABLE else "ok"


def _number(obx: Segment, kind: str) -> float:
    """OBX-5 as one number; raises BadPayload: no_value, not_a_number, not_exact, out_of_range, …"""
    values = obx.repetitions(5)
    if not values or not any(part.strip() for part in values[0]):
        raise BadPayload("no_value", "OBX-5 is empty")
    if len(values) > 1:
        raise BadPayload("several_values", f"OBX-5 has {len(values)} repetitions")
    words = [part.strip() for part in values[0]]
    if kind == "SN":
        comparator, *rest = words
        if comparator not in ("", "=") or any(rest[1:]):
            raise BadPayload("not_exact", "OBX-5 is a comparison, a ratio or a range")
        words = rest[:1] or [""]
    if not _NUMBER.fullmatch(words[0]) or any(words[1:]):
        raise BadPayload("not_a_number", "OBX-5 is not one decimal number")
    number = float(words[0])
    if not abs(number) <= VALUE_MAX:
        raise BadPayload("out_of_range", f"OBX-5 is beyond {VALUE_MAX:g}")
    return number


def _harmless(obx: Segment, kind: str) -> Any:
    """A value that cannot be a person's: a number or a code; of others only how much there is."""
    values = obx.repetitions(5)
    if not values:
        return None
    word = values[0][0].strip()
    if kind in ("NM", "SN", "ST") and len(values) == 1 and _NUMBER.fullmatch(word):
        return float(word)
    if kind in _CODED:
        return [_short(part) for part in values[0][:3]]
    if kind == "NA":
        return f"{sum(len(parts) for parts in values)} numbers"
    return f"withheld: {len(obx.raw(5))} characters"


def _has_patient(message: Message) -> bool:
    pid = message.first("PID")
    return pid is not None and any(pid.raw(field).strip() for field in (2, 3, 4, 5, 7, 18, 19))


def _devices(message: Message) -> tuple[Device, ...]:
    """Entity identifiers of OBX-18, of PRT-10 and of MSH-3, each once."""
    found: dict[tuple[str, str], Device] = {}
    for segment in message.segments:
        field = {"OBX": 18, "PRT": 10}.get(segment.name)
        for parts in segment.repetitions(field) if field is not None else ():
            padded = [_short(part) for part in (*parts, "", "", "", "")[:4]]
            if any(padded):
                device = Device(
                    id=padded[0],
                    namespace=padded[1],
                    universal_id=padded[2],
                    universal_id_type=padded[3],
                    by=f"{segment.name}-{field}",
                )
                found.setdefault((padded[0], padded[2]), device)
    sender = [_short(part) for part in (*message.header.components(3), "", "", "")[:3]]
    if sender[1]:
        key = (sender[0], sender[1])
        found.setdefault(
            key,
            Device(id=sender[0], universal_id=sender[1], universal_id_type=sender[2], by="MSH-3"),
        )
    return tuple(found.values())


def _short(text: str) -> str:
    return text.strip()[:TEXT_MAX_CHARS]
