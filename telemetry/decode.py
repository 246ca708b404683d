"""Bytes and a topic in, a message of contract v1 out, or BadPayload: nothing else, for any bytes.

Why two readers: msgspec is fast and typed but keeps the last of two equal keys without a word, so
that `{"value":72,"value":27}` would be 27. The standard reader runs first and tells duplicate keys,
NaN and Infinity apart (measured: 8 microseconds for a 600-byte message, beside 2 for msgspec).
Reasons are stable codes: they label the quarantine and its counters.

Not here: whether the unit is known (`telemetry.core`) and whether a value can be true
(`telemetry.plausibility`).
"""

import base64
import json
import math
import re
from datetime import timedelta
from typing import Any, Final, NoReturn, cast

import msgspec

from dispatch.errors import BadPayload
from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry.codes import RULES
from telemetry.contract import (
    KINDS,
    ROOT,
    VERSION,
    WAVEFORM_UNITS,
    EcgPart,
    Kind,
    Link,
    Message,
    Position,
    Status,
    Topic,
    Vitals,
    Waveform,
)
from telemetry.limits import ECG_PART_BYTES_MAX, PAYLOAD_MAX_BYTES, SEQ_MAX, TOPIC_MAX_CHARS

_UNIT_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
_DEVICE_ID: Final = re.compile(r"[A-Z0-9-]{3,32}")
_BOOT_FIELD: Final = re.compile(rb'"boot_id"\s*:\s*"([A-Za-z0-9-]{8,36})"')
_SEQ_FIELD: Final = re.compile(rb'"seq"\s*:\s*([1-9][0-9]{0,15})\s*[,}]')


def read_topic(topic: str, county_id: CountyId) -> Topic:
    """The identity in a topic `greenlane/{county}/{unit}/{device}/{kind}`.

    Raises BadPayload `wrong_topic`.
    """
    parts = topic[: TOPIC_MAX_CHARS + 1].split("/")
    if len(topic) > TOPIC_MAX_CHARS or len(parts) != 5:
        raise BadPayload("wrong_topic", f"{len(parts)} levels, {len(topic)} characters")
    root, county, unit, device, kind = parts
    if root != ROOT or county != county_id:
        raise BadPayload("wrong_topic", "another root or county")
    if not _UNIT_ID.fullmatch(unit) or not _DEVICE_ID.fullmatch(device):
        raise BadPayload("wrong_topic", "unit or device id is not of the allowed characters")
    if kind not in KINDS:
        raise BadPayload("wrong_topic", f"the last level is none of {', '.join(KINDS)}")
    return Topic(
        county_id=county_id,
        unit_id=UnitId(unit),
        device_id=DeviceId(device),
        kind=kind,
    )


def decode(topic: Topic, raw: bytes) -> Message:
    """One message of contract v1.

    Raises BadPayload with one of: oversize, nul_character, not_utf8, malformed_json, too_deep,
    duplicate_key, not_a_number, number_out_of_range, not_an_object, unknown_version,
    invalid_field, not_utc, identity_mismatch, missing_unit, wrong_unit, missing_value,
    empty_vitals, not_base64, wrong_length.
    """
    if len(raw) > PAYLOAD_MAX_BYTES:
        raise BadPayload("oversize", f"{len(raw)} bytes, {PAYLOAD_MAX_BYTES} are allowed")
    if b"\\u0000" in raw or b"\0" in raw:
        raise BadPayload("nul_character", "NUL cannot be stored as text")
    plain = read_plain(raw)
    _check_version(plain)
    _check_units_present(topic.kind, plain)
    message = _read_typed(topic.kind, raw)
    _check_envelope(topic, message)
    if isinstance(message, Vitals):
        _check_vitals(message)
    elif isinstance(message, Waveform):
        _check_waveform(message)
    elif isinstance(message, EcgPart):
        _check_ecg_part(message)
    return message


def samples_of(block: Waveform) -> bytes:
    """The samples of a block that was decoded: little-endian int16."""
    return base64.b64decode(block.samples)


def bytes_of(part: EcgPart) -> bytes:
    """The bytes of a part that was decoded."""
    return base64.b64decode(part.data)


def salvage(raw: bytes) -> tuple[str, int] | None:
    """The (boot id, seq) of a message that failed to decode, when each stands there exactly once.

    Lets a poison message that is kept in quarantine be acknowledged, so that one bad message does
    not hold up the acknowledgement of everything after it.
    """
    head = raw[:PAYLOAD_MAX_BYTES]
    boots, seqs = _BOOT_FIELD.findall(head), _SEQ_FIELD.findall(head)
    if len(boots) != 1 or len(seqs) != 1 or int(seqs[0]) > SEQ_MAX:
        return None
    return boots[0].decode("ascii"), int(seqs[0])


class _Found(Exception):
    def __init__(self, reason: str, detail: str) -> None:
        self.reason, self.detail = reason, detail
        super().__init__(reason)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _Found("duplicate_key", twice[:50])
    return fields


def _no_constant(word: str) -> NoReturn:
    raise _Found("not_a_number", word)


_PLAIN: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def read_plain(raw: bytes) -> dict[str, Any]:
    """One JSON object as plain Python, to find what msgspec would pass in silence.

    Raises BadPayload. Lone surrogates and 1e999 pass here: the typed reader that follows refuses
    them, so never use this one alone.
    """
    try:
        plain = _PLAIN.decode(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadPayload("not_utf8", f"byte {error.start}") from None
    except _Found as found:
        raise BadPayload(found.reason, found.detail) from None
    except RecursionError:
        raise BadPayload("too_deep", "nested beyond the reader's depth") from None
    except json.JSONDecodeError as error:
        raise BadPayload("malformed_json", f"{error.msg} at {error.pos}") from None
    except ValueError:  # an integer of thousands of digits
        raise BadPayload("number_out_of_range", "integer has too many digits") from None
    if not isinstance(plain, dict):
        raise BadPayload("not_an_object", type(plain).__name__)
    return plain


def _check_version(plain: dict[str, Any]) -> None:
    version = plain.get("v")
    if type(version) is not int:
        raise BadPayload("invalid_field", "v is not an integer")
    if version != VERSION:
        # Kept raw in quarantine: a newer core can read it later.
        raise BadPayload("unknown_version", str(version)[:20])


def _check_units_present(kind: Kind, plain: dict[str, Any]) -> None:
    """A missing unit has a reason of its own: it is the commonest mistake of an integration."""
    numerics = plain.get("numerics")
    if kind != "vitals" or not isinstance(numerics, dict):
        return
    for code, numeric in numerics.items():
        if isinstance(numeric, dict) and numeric.get("unit") is None:
            raise BadPayload("missing_unit", code[:50])


_READERS: Final[dict[Kind, msgspec.json.Decoder[Any]]] = {
    "vitals": msgspec.json.Decoder(Vitals),
    "position": msgspec.json.Decoder(Position),
    "status": msgspec.json.Decoder(Status),
    "link": msgspec.json.Decoder(Link),
    "waveform": msgspec.json.Decoder(Waveform),
    "ecg": msgspec.json.Decoder(EcgPart),
}


def _read_typed(kind: Kind, raw: bytes) -> Message:
    try:
        return cast(Message, _READERS[kind].decode(raw))
    except msgspec.ValidationError as error:
        words = str(error)
        reason = "number_out_of_range" if "out of range" in words else "invalid_field"
        raise BadPayload(reason, words[:200]) from None
    except msgspec.DecodeError as error:  # lone surrogates end here
        raise BadPayload("malformed_json", str(error)[:200]) from None
    except RecursionError:
        raise BadPayload("too_deep", "nested beyond the reader's depth") from None


def _check_envelope(topic: Topic, message: Message) -> None:
    if message.observed_at.utcoffset() != timedelta(0):
        raise BadPayload("not_utc", "observed_at is not in UTC")
    for field, inside, outside in (
        ("unit_id", message.unit_id, topic.unit_id),
        ("device_id", message.device_id, topic.device_id),
    ):
        if inside is not None and inside != outside:
            raise BadPayload("identity_mismatch", f"{field} is not the topic's")


def _check_vitals(message: Vitals) -> None:
    if not message.numerics and message.oxygen is None and message.acvpu is None:
        raise BadPayload("empty_vitals", "neither numerics nor an observation")
    for code, numeric in message.numerics.items():
        if numeric.unit != RULES[code].unit:
            raise BadPayload("wrong_unit", f"{code} must be in {RULES[code].unit}")
        if numeric.value is None and numeric.quality not in ("leads_off", "probe_off"):
            raise BadPayload("missing_value", code)
        if numeric.measured_at is not None and numeric.measured_at.utcoffset() != timedelta(0):
            raise BadPayload("not_utc", f"measured_at of {code} is not in UTC")


def _check_waveform(block: Waveform) -> None:
    family = "ecg" if block.channel.startswith("ecg_") else block.channel
    allowed = WAVEFORM_UNITS[family]
    if block.unit not in allowed:
        wanted = " or ".join(sorted(allowed))
        raise BadPayload("wrong_unit", f"{block.channel} must be in {wanted}")
    size = len(_from_base64(block.samples, "samples"))
    most = 2 * 2 * math.ceil(block.hz)
    if size % 2 or not 2 <= size <= most:
        raise BadPayload("wrong_length", f"{size} bytes: whole int16 samples, at most 2 s of them")


def _check_ecg_part(part: EcgPart) -> None:
    size = len(_from_base64(part.data, "data"))
    is_last = part.part == part.parts
    if part.part > part.parts:
        raise BadPayload("invalid_field", f"part {part.part} of {part.parts}")
    before = (part.parts - 1) * ECG_PART_BYTES_MAX
    wanted = part.size_bytes - before if is_last else ECG_PART_BYTES_MAX
    if size != wanted or wanted > ECG_PART_BYTES_MAX:
        raise BadPayload(
            "wrong_length",
            f"{size} bytes, {wanted} are expected: parts are {ECG_PART_BYTES_MAX} bytes, the last "
            "one what is left",
        )


def _from_base64(text: str, field: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise BadPayload("not_base64", field) from None
