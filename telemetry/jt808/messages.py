"""The body of each JT/T 808 message but the transparent one, by its id. Pure.

JT/T 808-2019 clause 8; where an edition differs the length or the header tells which one it is. A
message that is not known is kept in hex under its id.
"""

from collections.abc import Callable
from typing import Any, Final

from dispatch.errors import BadPayload
from telemetry.jt808.fields import ascii_of, exactly, signed_by_bit, text, u8, u16, u32, utc_of
from telemetry.jt808.header import Header
from telemetry.jt808.limits import BATCH_FIXES_MAX
from telemetry.jt808.location import BASE_BYTES, read_location
from telemetry.jt808.locks import read_lock_report
from telemetry.jt808.model import Fix
from telemetry.jt808.parameters import read_parameters
from telemetry.jt808.transparent import Said, read_transparent

_REGISTER_2013_MIN: Final = 37  # plate of 2011 is shorter than the twelve more bytes of a model
_COLOURS: Final = {
    0: "no plate",
    1: "blue",
    2: "yellow",
    3: "black",
    4: "white",
    5: "green",
    9: "other",
}
_CARD_BYTES: Final = 20


def read_body(header: Header, body: bytes, model: str = "") -> Said:
    """What the body says. Raises BadPayload, or what a short value raises."""
    reader = _READERS.get(header.message_id)
    if reader is None:
        return Said(fields={"body": body.hex()} if body else {})
    return reader(header, body, model)


def _report(_header: Header, body: bytes, model: str) -> Said:
    return Said(fixes=(read_location(body, model),))


def _asked_report(_header: Header, body: bytes, model: str) -> Said:
    return Said(fixes=(read_location(body[2:], model),), fields={"answer_to": u16(body)})


def _lock_report(header: Header, body: bytes, _model: str) -> Said:
    return Said(fixes=(read_lock_report(body, header.message_id),))


def _batch(_header: Header, body: bytes, model: str) -> Said:
    """0x0704: count, kind (0: of now), then reports with a WORD for their length."""
    count, kind = u16(body), u8(body, 2)
    fixes = _reports(body[3:], 2, model, is_late=kind > 0)
    notes = () if count == len(fixes) else (f"{count} reports announced, {len(fixes)} are there",)
    return Said(
        fixes=fixes, fields={"count": count, "kind": "late" if kind else "normal"}, notes=notes
    )


def _short_batch(_header: Header, body: bytes, model: str) -> Said:
    """0x0210 of some makers: reports with a BYTE for their length, or a battery's level."""
    if len(body) == 7:
        attributes = {"battery_level": u8(body)}
        return Said(fields={"time": utc_of(body[1:])}, attributes=attributes)
    fixes = _reports(body, 1, model, is_late=False)
    return Said(fixes=fixes, fields={"count": len(fixes)})


def _reports(rest: bytes, size: int, model: str, *, is_late: bool) -> tuple[Fix, ...]:
    fixes: list[Fix] = []
    at = 0
    while at + size <= len(rest):
        length = int.from_bytes(rest[at : at + size], "big")
        report = rest[at + size : at + size + length]
        if len(report) < length:
            raise BadPayload("too_short", f"report {len(fixes) + 1} of a batch is cut off")
        if len(fixes) >= BATCH_FIXES_MAX:
            raise BadPayload("oversize", f"more than {BATCH_FIXES_MAX} reports in a batch")
        fix = read_location(report, model, is_late=is_late)
        if is_late:
            fix.attributes["archive"] = True
        fixes.append(fix)
        at += size + length
    return tuple(fixes)


def _register(header: Header, body: bytes, _model: str) -> Said:
    """0x0100: 2011 has a model of 8 bytes, 2013 of 20, 2019 maker 11, model 30 and id 30."""
    if header.version is not None:
        edition, sizes = "2019", (11, 30, 30)
    elif len(body) >= _REGISTER_2013_MIN:
        edition, sizes = "2013", (5, 20, 7)
    else:
        edition, sizes = "2011", (5, 8, 7)
    fields: dict[str, Any] = {"edition": edition, "province": u16(body), "city": u16(body, 2)}
    at = 4
    for name, size in zip(("maker", "model", "terminal_id"), sizes, strict=True):
        fields[name] = text(exactly(body, size, at))
        at += size
    colour = u8(body, at)
    fields["plate_colour"] = _COLOURS.get(colour, colour)
    fields["plate" if colour else "vin"] = text(body[at + 1 :])
    return Said(fields=fields)


def _authenticate(header: Header, body: bytes, _model: str) -> Said:
    """0x0102: the code; in 2019 behind its length, with IMEI and software version."""
    if header.version is None:
        return Said(fields={"code": text(body)})
    size = u8(body)
    fields = {"code": text(exactly(body, size, 1))}
    rest = body[1 + size :]
    if rest:
        fields["imei"], fields["software"] = ascii_of(rest[:15]), ascii_of(rest[15:35])
    return Said(fields=fields)


def _heartbeat(_header: Header, body: bytes, _model: str) -> Said:
    if len(body) < 3:
        return Said(fields={"body": body.hex()} if body else {})
    values = {"battery_level": u8(body), "rssi": u8(body, 1), "status": u8(body, 2)}
    return Said(attributes=values)


def _general_answer(_header: Header, body: bytes, _model: str) -> Said:
    results = ("done", "failed", "wrong_message", "unsupported", "alarm_confirmed")
    result = u8(body, 4)
    word = results[result] if result < len(results) else result
    return Said(fields={"answer_to": u16(body), "of": f"0x{u16(body, 2):04X}", "result": word})


def _register_answer(_header: Header, body: bytes, _model: str) -> Said:
    return Said(fields={"answer_to": u16(body), "result": u8(body, 2), "code": text(body[3:])})


def _attributes(header: Header, body: bytes, _model: str) -> Said:
    """0x0107: kind, maker, model, id, ICCID, then hardware and firmware behind their lengths."""
    model_bytes, id_bytes = (30, 30) if header.version is not None else (20, 7)
    fields: dict[str, Any] = {"kind": u16(body), "maker": text(exactly(body, 5, 2))}
    at = 7
    fields["model"], at = text(exactly(body, model_bytes, at)), at + model_bytes
    fields["terminal_id"], at = text(exactly(body, id_bytes, at)), at + id_bytes
    attributes = {"iccid": exactly(body, 10, at).hex()}
    at += 10
    for name in ("hardware", "firmware"):
        if at < len(body):
            fields[name] = text(body[at + 1 : at + 1 + body[at]])
            at += 1 + body[at]
    if at + 2 <= len(body):
        fields["gnss"], fields["network"] = u8(body, at), u8(body, at + 1)
    return Said(fields=fields, attributes=attributes)


def _driver(_header: Header, body: bytes, _model: str) -> Said:
    """0x0702: state, time, result, name, certificate, agency, valid until; 2011 has no state."""
    attributes: dict[str, Any] = {"cardstatus": u8(body)}
    fields = {"time": utc_of(body[1:7]), "card": "inserted" if u8(body) == 1 else "removed"}
    if len(body) == 7:
        return Said(fields=fields, attributes=attributes)
    attributes["cardresult"] = u8(body, 7)
    at = 9 + u8(body, 8)
    attributes["driver"] = text(body[9:at])
    attributes["cardcode"] = ascii_of(exactly(body, _CARD_BYTES, at))
    at += _CARD_BYTES
    stop = at + 1 + u8(body, at)
    attributes["cardagency"] = text(body[at + 1 : stop])
    attributes["cardvalidity"] = exactly(body, 4, stop).hex()
    return Said(fields=fields, attributes=attributes)


def _waybill(_header: Header, body: bytes, _model: str) -> Said:
    words = text(exactly(body, u32(body), 4))
    return Said(attributes={"result": words})


def _text_report(_header: Header, body: bytes, _model: str) -> Said:
    """0x6006: one byte of encoding, then the answer of a terminal in text."""
    return Said(fields={"encoding": u8(body)}, attributes={"result": text(body[1:])})


def _text_answer(_header: Header, body: bytes, _model: str) -> Said:
    words = body[2:].decode("utf-16-be", "replace").strip("\0 \r\n")
    return Said(fields={"answer_to": u16(body)}, attributes={"result": words})


def _acceleration(_header: Header, body: bytes, _model: str) -> Said:
    """0x2070: a time and three axes, again and again; the highest bit is the sign."""
    samples = [
        [signed_by_bit(u16(body, at + axis)) for axis in (6, 8, 10)]
        for at in range(0, len(body) - 11, 12)
    ]
    listed = ",".join("[" + ",".join(map(str, sample)) + "]" for sample in samples)
    fields = {"time": utc_of(body[:6]), "samples": len(samples)}
    return Said(fields=fields, attributes={"g_sensor": f"[{listed}]"})


def _media_event(_header: Header, body: bytes, _model: str) -> Said:
    return Said(fields=_media(body))


def _media(body: bytes) -> dict[str, Any]:
    kinds = ("picture", "sound", "video")
    kind = u8(body, 4)
    return {
        "media_id": u32(body),
        "media": kinds[kind] if kind < len(kinds) else kind,
        "format": u8(body, 5),
        "event": u8(body, 6),
        "channel": u8(body, 7),
    }


def _media_data(_header: Header, body: bytes, model: str) -> Said:
    """0x0801: since 2013 with a report; whether one is there shows in its time."""
    fields = _media(body)
    report = body[8 : 8 + BASE_BYTES]
    if len(report) == BASE_BYTES and utc_of(report[22:28]) is not None:
        fields["content_bytes"] = len(body) - 8 - BASE_BYTES
        return Said(fixes=(read_location(report, model),), fields=fields)
    fields["content_bytes"] = len(body) - 8
    return Said(fields=fields)


def _can(_header: Header, body: bytes, _model: str) -> Said:
    """0x0705: count, time of day BCD 5, then frames of a CAN bus with an id and 8 bytes."""
    frames = [
        {"id": f"0x{u32(body, at):08X}", "data": body[at + 4 : at + 12].hex()}
        for at in range(7, len(body) - 11, 12)
    ]
    return Said(fields={"count": u16(body), "frames": frames})


def _event_report(_header: Header, body: bytes, _model: str) -> Said:
    return Said(fields={"event": u8(body)})


def _question_answer(_header: Header, body: bytes, _model: str) -> Said:
    return Said(fields={"answer_to": u16(body), "answer": u8(body, 2)})


def _upgrade(_header: Header, body: bytes, _model: str) -> Said:
    results = {0: "done", 1: "failed", 2: "cancelled"}
    return Said(fields={"kind": u8(body), "result": results.get(u8(body, 1), u8(body, 1))})


def _resend(header: Header, body: bytes, _model: str) -> Said:
    """0x0005 and 0x8003: which parts are missing; the count is a WORD since 2019."""
    at = 3 if header.version is None else 4
    parts = [u16(body, place) for place in range(at, len(body) - 1, 2)]
    return Said(fields={"serial": u16(body), "parts": parts})


_TransparentReader = Callable[[Header, bytes, str], Said]
_READERS: Final[dict[int, _TransparentReader]] = {
    0x0001: _general_answer,
    0x0002: _heartbeat,
    0x0005: _resend,
    0x0100: _register,
    0x0102: _authenticate,
    0x0104: lambda _h, body, _m: Said(
        fields={"answer_to": u16(body)}, attributes=read_parameters(body)
    ),
    0x0107: _attributes,
    0x0108: _upgrade,
    0x0200: _report,
    0x0201: _asked_report,
    0x0210: _short_batch,
    0x0301: _event_report,
    0x0302: _question_answer,
    0x0500: _asked_report,
    0x0506: _heartbeat,
    0x0701: _waybill,
    0x0702: _driver,
    0x0704: _batch,
    0x0705: _can,
    0x0800: _media_event,
    0x0801: _media_data,
    0x0900: lambda _h, body, _m: read_transparent(body),
    0x1300: _text_answer,
    0x2070: _acceleration,
    0x5501: _lock_report,
    0x5502: _lock_report,
    0x6006: _text_report,
    0x8001: _general_answer,
    0x8003: _resend,
    0x8100: _register_answer,
}
