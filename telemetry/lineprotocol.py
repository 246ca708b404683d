"""GL1: numerics as lines of text, for monitors without HL7, over a serial line or TCP. Pure.

    GL1;<time or ->;<code>=<value> <unit>[!quality][@measured];…*<checksum>

    GL1;2026-11-23T04:00:00Z;heart_rate=72 /min;spo2=97 %;nibp_systolic=16.0 kPa@…*hh
    GL1;-;heart_rate=- /min!leads_off;acvpu=A;oxygen=on 4*1C

The checksum is the XOR of all bytes before the ``*``, in two hexadecimal digits, as in NMEA 0183:
a serial line has none of its own. Strict: a line with one fault is refused as a whole, with a
sentence that names the place, because a monitor's program is written once and has to be right.
Units are in every line and are converted to ours on the way (kPa to mm[Hg], [degF] to Cel).

The description for whoever writes the sender is docs/contracts/gateway_inputs.md. Not here: the
serial port, and whether a value can be true (`telemetry.plausibility`).
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, cast, get_args

import msgspec

from dispatch.errors import BadPayload
from telemetry.codes import CODES, RULES, Code, Item
from telemetry.contract import Acvpu, Numeric, Oxygen, Quality
from telemetry.limits import VALUE_MAX
from telemetry.quantities import convert, read_unit

LINE_MAX_BYTES: Final = 1_024  # twelve numerics with all they may say are 600
_PREFIX: Final = "GL1"
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?")
_ITEM: Final = re.compile(r"([a-z0-9_]+)=(\S+) ([^!@]{1,20})(?:!([a-z_]+))?(?:@(\S+))?")
_OXYGEN: Final = re.compile(r"oxygen=(off|on(?: ([0-9]{1,3}(?:\.[0-9])?))?)")
_ACVPU: Final = re.compile(r"acvpu=([ACVPU])")
_CHECKSUM: Final = re.compile(r"[0-9A-Fa-f]{2}")
_QUALITIES: Final = get_args(Quality)
_WITHOUT_VALUE: Final = ("leads_off", "probe_off")
_OXYGEN_MAX: Final = 100.0  # of contract v1, litres per minute

_ITEMS: Final[dict[str, Item]] = {
    "nibp_systolic": "systolic",
    "nibp_diastolic": "diastolic",
    "nibp_mean": "mean",
    "abp_systolic": "systolic",
    "abp_diastolic": "diastolic",
    "abp_mean": "mean",
}


class SampleSet(msgspec.Struct, frozen=True, kw_only=True):
    """What one line says; ``observed_at`` in UTC, None for "-": the moment it arrives."""

    observed_at: datetime | None
    numerics: dict[Code, Numeric]
    oxygen: Oxygen | None = None
    acvpu: Acvpu | None = None


def checksum(text: bytes) -> int:
    """XOR of all bytes."""
    total = 0
    for byte in text:
        total ^= byte
    return total


def read_line(line: bytes) -> SampleSet:
    """One line without its end.

    Raises BadPayload: oversize, not_ascii, not_gl1, no_checksum, wrong_checksum, bad_time,
    bad_item, unknown_code, twice, not_a_number, out_of_range, unknown_unit, wrong_unit,
    unknown_quality, missing_value, empty.
    """
    if len(line) > LINE_MAX_BYTES:
        raise BadPayload("oversize", f"a line has {LINE_MAX_BYTES} bytes at most")
    body = _checked(line.rstrip(b"\r\n"))
    prefix, *fields = body.split(";")
    if prefix != _PREFIX or not fields:
        raise BadPayload("not_gl1", f"a line begins with {_PREFIX}; and a time")
    observed_at = None if fields[0] == "-" else _time(fields[0])
    numerics: dict[Code, Numeric] = {}
    oxygen: Oxygen | None = None
    acvpu: Acvpu | None = None
    for field in fields[1:]:
        if field.startswith("oxygen="):
            _once(oxygen is None, "oxygen")
            oxygen = _oxygen(field)
        elif field.startswith("acvpu="):
            _once(acvpu is None, "acvpu")
            acvpu = _acvpu(field)
        else:
            code, numeric = _numeric(field)
            _once(code not in numerics, code)
            numerics[code] = numeric
    if not numerics and oxygen is None and acvpu is None:
        raise BadPayload("empty", "a line holds at least one value")
    return SampleSet(observed_at=observed_at, numerics=numerics, oxygen=oxygen, acvpu=acvpu)


def write_line(body: str) -> bytes:
    """``body`` with its checksum and line end; for senders written in Python, and for tests."""
    raw = body.encode("ascii")
    return raw + b"*%02X\r\n" % checksum(raw)


def accepted() -> bytes:
    """What the sender is told of a line once its values are durable."""
    return write_line("GL1;OK")


def refused(bad: BadPayload) -> bytes:
    """What the sender is told of a line that was refused."""
    words = f"{bad.reason};{bad.detail}".encode("ascii", "replace").decode("ascii")
    return write_line("GL1;NO;" + words.replace("*", "?").replace("\n", " ").replace("\r", " "))


class LineFramer:
    """Bytes of a stream in, lines out; a line beyond ``limit`` is thrown away and counted."""

    def __init__(self, limit: int = LINE_MAX_BYTES) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._is_too_long = False
        self.dropped_bytes = 0

    def __len__(self) -> int:
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Each whole line that holds anything, without its end."""
        for piece in re.split(rb"(\r\n|\n|\r)", data):
            if piece in (b"\r\n", b"\n", b"\r"):
                line = bytes(self._buffer)
                self._buffer.clear()
                if not self._is_too_long and line.strip():
                    yield line
                self._is_too_long = False
                continue
            self._hold(piece)

    def _hold(self, piece: bytes) -> None:
        if self._is_too_long or len(self._buffer) + len(piece) > self._limit:
            self.dropped_bytes += len(piece) + len(self._buffer)
            self._buffer.clear()
            self._is_too_long = True
            return
        self._buffer += piece


def _checked(line: bytes) -> str:
    body, mark, stated = line.rpartition(b"*")
    if not line.isascii():
        raise BadPayload("not_ascii", "a line is ASCII")
    if not mark or not _CHECKSUM.fullmatch(stated.decode("ascii")):
        raise BadPayload("no_checksum", "a line ends with * and two hexadecimal digits")
    due = checksum(body)
    if int(stated, 16) != due:
        raise BadPayload(
            "wrong_checksum", f"stated {stated.decode()}, the line adds up to {due:02X}"
        )
    return body.decode("ascii")


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadPayload("bad_time", f"an ISO 8601 time or -, got {text[:30]!r}") from None
    if at.tzinfo is None:
        raise BadPayload("bad_time", f"a time with Z or an offset, got {text[:30]!r}")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise BadPayload("bad_time", f"beyond the calendar: {text[:30]!r}") from None


def _once(is_first: bool, name: str) -> None:
    if not is_first:
        raise BadPayload("twice", f"{name} stands twice in a line")


def _numeric(field: str) -> tuple[Code, Numeric]:
    found = _ITEM.fullmatch(field)
    if found is None:
        raise BadPayload("bad_item", f"code=value unit[!quality][@time], got {field[:40]!r}")
    name, word, unit_word, quality, measured = found.groups()
    if name not in CODES:
        raise BadPayload("unknown_code", f"{name[:30]!r} is none of {', '.join(CODES)}")
    code = cast(Code, name)
    quality = quality or "ok"
    if quality not in _QUALITIES:
        raise BadPayload("unknown_quality", f"{quality[:20]!r} is none of {', '.join(_QUALITIES)}")
    return code, Numeric(
        value=_value(code, word, unit_word, quality),
        unit=RULES[code].unit,
        quality=cast(Quality, quality),
        measured_at=None if measured is None else _time(measured),
    )


def _value(code: Code, word: str, unit_word: str, quality: str) -> float | None:
    try:
        unit = read_unit(unit_word)
    except BadPayload as bad:
        raise BadPayload("unknown_unit", f"{code}: {bad.detail}") from None
    item = _ITEMS.get(code, cast(Item, code))
    if word == "-":
        if quality not in _WITHOUT_VALUE:
            raise BadPayload(
                "missing_value", f"{code}: only {' or '.join(_WITHOUT_VALUE)} has none"
            )
        number = 0.0
    elif _NUMBER.fullmatch(word):
        number = float(word)
        if abs(number) > VALUE_MAX:
            raise BadPayload("out_of_range", f"{code}: beyond {VALUE_MAX:g}")
    else:
        raise BadPayload("not_a_number", f"{code}: {word[:20]!r}")
    try:
        ours = convert(number, unit, read_unit(RULES[code].unit), item)
    except BadPayload as bad:
        raise BadPayload("wrong_unit", f"{code}: {bad.detail}") from None
    if word == "-":
        return None
    return ours if ours == number else round(ours, 2)


def _oxygen(field: str) -> Oxygen:
    found = _OXYGEN.fullmatch(field)
    if found is None:
        raise BadPayload("bad_item", f"oxygen=off, oxygen=on or oxygen=on 4, got {field[:30]!r}")
    litres = None if found[2] is None else float(found[2])
    if litres is not None and litres > _OXYGEN_MAX:
        raise BadPayload("bad_item", f"oxygen beyond {_OXYGEN_MAX:g} L/min")
    return Oxygen(on=found[1] != "off", litres_per_min=litres)


def _acvpu(field: str) -> Acvpu:
    found = _ACVPU.fullmatch(field)
    if found is None:
        raise BadPayload("bad_item", f"acvpu is one of A C V P U, got {field[:20]!r}")
    return cast(Acvpu, found[1])
