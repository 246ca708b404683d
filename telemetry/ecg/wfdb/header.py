"""A WFDB header (PhysioNet, header(5)): record, segments, signals, comments; text in, structs out.

Signal line, left to right, everything behind the format optional:

    file format[xFRAME][:SKEW][+OFFSET] gain[(baseline)][/units] bits zero first sum block name

Left out: gain 200 per mV, baseline = ADC zero = 0, units mV, bits 12 (8 or 10 for some formats).
Comments may hold anything, also a name, so only age, sex and Dx are taken from them.
"""

import re
from fractions import Fraction
from typing import Final, Literal

import msgspec

from dispatch.errors import BadPayload
from telemetry.ecg.limits import LEADS_MAX, SAMPLES_MAX, SEGMENTS_MAX
from telemetry.ecg.model import Acquired, PatientContext, Statement
from telemetry.ecg.numbers import exact, positive, rate

_GAIN: Final = Fraction(200)
_RATE_HZ: Final = Fraction(250)
_NAME: Final = re.compile(r"\A[A-Za-z0-9_.-]{1,120}\Z")
_FORMAT: Final = re.compile(r"\A(\d{1,4})(?:x(\d{1,4}))?(?::(\d{1,9}))?(?:\+(\d{1,12}))?\Z")
_SCALE: Final = re.compile(r"\A([-+.0-9eE]{1,40})(?:\((-?\d{1,10})\))?(?:/(\S{1,40}))?\Z")
_COMMENT: Final = re.compile(r"\A#\s*<?(age|sex|gender|dx)>?\s*[:=]\s*(.{1,200})\Z", re.I)
_DATE: Final = re.compile(r"\A(\d{1,2})/(\d{1,2})/(\d{4})\Z")
_TIME: Final = re.compile(r"\A(?:(\d{1,2}):)?(?:(\d{1,2}):)?(\d{1,2})(\.\d{1,6})?\Z")
_AGE: Final = re.compile(r"\A(\d{1,3})")
_SEX: Final[dict[str, Literal["male", "female"]]] = {
    "m": "male", "male": "male", "f": "female", "female": "female",
}  # fmt: skip


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One signal line. ``scale`` is adu per unit; ``per_frame`` samples in each frame."""

    file: str
    format: int
    per_frame: int
    skew: int
    offset: int
    scale: Fraction
    is_calibrated: bool
    baseline: int
    unit: str
    first: int | None
    checksum: int | None
    name: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One header. ``segments`` are (record or "~", frames) of a multi-segment record."""

    name: str
    frame_hz: Fraction
    frames: int | None
    signals: tuple[Signal, ...]
    segments: tuple[tuple[str, int], ...]
    acquired: Acquired | None
    context: PatientContext
    statements: tuple[Statement, ...]


def is_header(data: bytes) -> bool:
    """Whether the bytes read as a WFDB header: text whose record line and next line fit."""
    head = data[:4096]
    if not head or b"\0" in head or head.lstrip()[:1] in (b"<", b"{"):
        return False
    lines = _lines(head.decode("latin-1"))
    if len(lines) < 1:
        return False
    record = lines[0].split()
    name = record[0].split("/")[0]
    if len(record) < 2 or not _NAME.match(name) or not record[1].isdigit():
        return False
    if "/" in record[0]:
        return record[0].split("/")[1].isdigit()
    fields = lines[1].split() if len(lines) > 1 else []
    return len(fields) >= 2 and _FORMAT.match(fields[1]) is not None


def files_of(record: Record) -> tuple[str, ...]:
    """The signal files a record needs, each once."""
    return tuple(dict.fromkeys(one.file for one in record.signals if one.file != "~"))


def read_header(data: bytes) -> Record:
    """The header in ``data``; BadPayload names the line that cannot be read."""
    text = data.decode("utf-8", "replace")
    lines = _lines(text)
    if not lines:
        raise BadPayload("ecg_header", "the WFDB header has no record line")
    fields = lines[0].split()
    name, _, segments = fields[0].partition("/")
    if not _NAME.match(name) or len(fields) < 2:
        raise BadPayload("ecg_header", f"the record line cannot be read: {lines[0][:60]!r}")
    count = _whole(fields[1], "the number of signals", LEADS_MAX)
    frame_hz = _frame_hz(fields[2]) if len(fields) > 2 else _RATE_HZ
    frames = _whole(fields[3], "the number of samples", SAMPLES_MAX) if len(fields) > 3 else None
    comments = [line.strip() for line in text.splitlines() if line.lstrip().startswith("#")]
    return Record(
        name=name,
        frame_hz=frame_hz,
        frames=frames or None,
        signals=() if segments else _signals(lines[1:], count),
        segments=_segments(lines[1:], segments) if segments else (),
        acquired=_acquired(fields[4:]),
        context=_context(comments),
        statements=_statements(comments),
    )


def _lines(text: str) -> list[str]:
    return [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]


def _whole(text: str, what: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 12 or int(text) > most:
        raise BadPayload("ecg_header", f"{what} is {text[:40]!r}; 0 to {most} can be read")
    return int(text)


def _frame_hz(text: str) -> Fraction:
    """Frames a second; a counter frequency may follow behind a slash."""
    number = text.split("/", maxsplit=1)[0].split("(", maxsplit=1)[0]
    return rate(positive(number, "the sampling frequency"), "the record line")


def _segments(lines: list[str], wanted: str) -> tuple[tuple[str, int], ...]:
    count = _whole(wanted, "the number of segments", SEGMENTS_MAX)
    if len(lines) < count:
        raise BadPayload("ecg_header", f"the header lists {len(lines)} of {count} segments")
    found = []
    for line in lines[:count]:
        fields = line.split()
        if len(fields) < 2 or (fields[0] != "~" and not _NAME.match(fields[0])):
            raise BadPayload("ecg_header", f"a segment line cannot be read: {line[:60]!r}")
        found.append((fields[0], _whole(fields[1], "the length of a segment", SAMPLES_MAX)))
    if sum(length for _, length in found) > SAMPLES_MAX:
        raise BadPayload("ecg_header", f"the segments are longer than {SAMPLES_MAX} samples")
    return tuple(found)


def _signals(lines: list[str], count: int) -> tuple[Signal, ...]:
    if len(lines) < count:
        raise BadPayload("ecg_header", f"the header describes {len(lines)} of {count} signals")
    return tuple(_signal(line) for line in lines[:count])


def _signal(line: str) -> Signal:
    fields = line.split(maxsplit=8)
    form = _FORMAT.match(fields[1]) if len(fields) > 1 else None
    if form is None or not (fields[0] == "~" or _NAME.match(fields[0])):
        raise BadPayload("ecg_header", f"a signal line cannot be read: {line[:60]!r}")
    gain, baseline, unit = _scale_of(fields[2]) if len(fields) > 2 else (Fraction(0), None, "mV")
    zero = _integer(fields, 4, 0)
    return Signal(
        file=fields[0],
        format=int(form[1]),
        per_frame=int(form[2] or 1) or 1,
        skew=int(form[3] or 0),
        offset=int(form[4] or 0),
        scale=gain or _GAIN,
        is_calibrated=gain != 0,
        baseline=(zero or 0) if baseline is None else baseline,
        unit=unit,
        first=_integer(fields, 5, None),
        checksum=_integer(fields, 6, None),
        name=fields[8].strip() if len(fields) > 8 else "",
    )


def _scale_of(text: str) -> tuple[Fraction, int | None, str]:
    """Gain, baseline, unit; a gain of 0 means "not calibrated"."""
    found = _SCALE.match(text)
    if found is None:
        raise BadPayload("ecg_header", f"a gain cannot be read: {text[:40]!r}")
    return exact(found[1], "a gain"), int(found[2]) if found[2] else None, found[3] or "mV"


def _integer(fields: list[str], place: int, default: int | None) -> int | None:
    if len(fields) <= place:
        return default
    text = fields[place]
    if not re.fullmatch(r"-?\d{1,11}", text):
        raise BadPayload("ecg_header", f"a number cannot be read: {text[:40]!r}")
    return int(text)


def _acquired(fields: list[str]) -> Acquired | None:
    """Date and time of the record line; a record has no zone, and often no date."""
    time = _TIME.match(fields[0]) if fields else None
    date = _DATE.match(fields[1]) if len(fields) > 1 else None
    if time is None or date is None:
        return None
    hours, minutes = (time[1], time[2]) if time[2] else (None, time[1])
    if not (1 <= int(date[2]) <= 12 and 1 <= int(date[1]) <= 31 and int(hours or 0) < 24):
        return None
    day = f"{date[3]}-{int(date[2]):02d}-{int(date[1]):02d}"
    clock = f"{int(hours or 0):02d}:{int(minutes or 0):02d}:{int(time[3]):02d}{time[4] or ''}"
    return Acquired(local=f"{day}T{clock}")


def _context(comments: list[str]) -> PatientContext:
    said = dict(_said(comments))
    age = _AGE.match(said.get("age", ""))
    sex = _SEX.get((said.get("sex") or said.get("gender") or "").strip().lower())
    return PatientContext(
        age=float(age[1]) if age else None, age_unit="years" if age else None, sex=sex
    )


def _statements(comments: list[str]) -> tuple[Statement, ...]:
    """``Dx``: the labels the record was published with, not a device's words."""
    return tuple(
        Statement(text=f"Dx: {value}", by="record") for key, value in _said(comments) if key == "dx"
    )


def _said(comments: list[str]) -> list[tuple[str, str]]:
    found = (_COMMENT.match(line) for line in comments)
    return [(one[1].lower(), one[2].strip()) for one in found if one]
