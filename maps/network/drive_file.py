"""Recorded drives from a CSV file, one row a drive, so that any county can be tried cold.

Columns, found by name in the first line, in any order; others are ignored:

==================  ==============================================================================
``started_at``      when the wheels rolled: ISO 8601; without an offset the county's own time
``arrived_at``      when they stood at the end; or ``driven_s``, the seconds between
``from_lon/_lat``   where it began, degrees
``to_lon/_lat``     where it ended, degrees
``priority``        P1 to P4, empty where not known (optional)
``leg``             to_scene or to_hospital (optional)
``driven_m``        metres by the odometer (optional)
``longest_stop_s``  the longest stand on the way, seconds (optional)
==================  ==============================================================================

A row that cannot be read (letters for numbers, a missing cell) is a wrong file: BadPayload with the
line. A row whose numbers are no place is what receivers do: it is left out and counted. The datum
is not in the file and has to be said. Which drives count is decided in `drives`.
"""

import csv
import math
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import BinaryIO, Final
from zoneinfo import ZoneInfo

import msgspec

from dispatch.errors import BadPayload
from maps.coordinates import CoordinateError, Datum, to_wgs84
from maps.limits import MAX_DRIVES, MAX_TRACE_LINE_BYTES
from maps.network.drives import Recorded
from maps.network.policy import PRIORITIES

LEGS: Final = ("to_scene", "to_hospital")
_PLACES: Final = ("from_lon", "from_lat", "to_lon", "to_lat")
_YEARS: Final = range(1970, 2200)
_EXAMPLE: Final = "started_at,arrived_at,from_lon,from_lat,to_lon,to_lat,priority"

Cells = dict[str, str]


class DriveRows(msgspec.Struct, frozen=True, kw_only=True):
    """The drives of a file in its order; ``lost`` are lines with a place that is none."""

    drives: tuple[Recorded, ...]
    lost: tuple[int, ...]


def read_drives(file: BinaryIO, *, datum: Datum, zone: ZoneInfo) -> DriveRows:
    """The drives of a CSV file; raises BadPayload("drives", "line 7: ...")."""
    drives: list[Recorded] = []
    lost: list[int] = []
    try:
        rows = csv.reader(_lines(file), strict=True)
        header = [name.strip().lower() for name in next(rows, [])]
        _check_header(header)
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            line = rows.line_num
            if len(row) != len(header):
                raise _wrong(line, f"{len(row)} cells under {len(header)} columns")
            cells = dict(zip(header, (cell.strip() for cell in row), strict=True))
            try:
                drives.append(_drive(cells, line, datum, zone))
            except CoordinateError:
                lost.append(line)
            if len(drives) > MAX_DRIVES:
                raise _wrong(line, f"more than {MAX_DRIVES} drives; cut the file into years")
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadPayload("drives", f"this is no CSV file in UTF-8: {error}") from error
    if not drives and not lost:
        raise _wrong(2, "there is no drive in this file")
    return DriveRows(drives=tuple(drives), lost=tuple(lost))


def _lines(file: BinaryIO) -> Iterator[str]:
    number = 0
    while raw := file.readline(MAX_TRACE_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_TRACE_LINE_BYTES:
            raise _wrong(number, f"longer than {MAX_TRACE_LINE_BYTES} bytes")
        yield raw.decode("utf-8-sig" if number == 1 else "utf-8")


def _check_header(header: list[str]) -> None:
    missing = [name for name in ("started_at", *_PLACES) if name not in header]
    if "arrived_at" not in header and "driven_s" not in header:
        missing.append("arrived_at (or driven_s)")
    if missing:
        found = ",".join(header)[:200]
        what = f"no column {', '.join(missing)}; expected such as {_EXAMPLE}, found {found!r}"
        raise _wrong(1, what)
    twice = [name for name in header if name and header.count(name) > 1]
    if twice:
        raise _wrong(1, f"the column {twice[0]} stands twice")


def _drive(cells: Cells, line: int, datum: Datum, zone: ZoneInfo) -> Recorded:
    """Raises BadPayload for what cannot be read, CoordinateError for numbers that are no place."""
    started = _moment(cells, "started_at", line, zone)
    if cells.get("arrived_at"):
        ended = _moment(cells, "arrived_at", line, zone)
    else:
        ended = started + timedelta(seconds=_needed(cells, "driven_s", line))
    from_lon, from_lat, to_lon, to_lat = (_needed(cells, name, line) for name in _PLACES)
    return Recorded(
        started_at=started,
        ended_at=ended,
        origin=to_wgs84(from_lon, from_lat, datum),
        destination=to_wgs84(to_lon, to_lat, datum),
        priority=_one_of(cells, "priority", PRIORITIES, line),
        leg=_one_of(cells, "leg", LEGS, line),
        driven_m=_number(cells, "driven_m", line),
        longest_stop_s=_number(cells, "longest_stop_s", line),
    )


def _moment(cells: Cells, name: str, line: int, zone: ZoneInfo) -> datetime:
    text = cells.get(name, "")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        what = f"{name} {text[:40]!r} is no time; write 2026-11-23T08:30:00+08:00"
        raise _wrong(line, what) from None
    if at.year not in _YEARS:
        raise _wrong(line, f"{name} {text[:40]!r} is no year of recorded drives")
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _needed(cells: Cells, name: str, line: int) -> float:
    number = _number(cells, name, line)
    if number is None:
        raise _wrong(line, f"no {name}")
    return number


def _number(cells: Cells, name: str, line: int) -> float | None:
    text = cells.get(name, "")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        raise _wrong(line, f"{name} {text[:40]!r} is no number") from None
    if not (math.isfinite(number) and abs(number) < 1e9):
        raise _wrong(line, f"{name} {text[:40]!r} is beyond reason")
    return number


def _one_of(cells: Cells, name: str, known: Iterable[str], line: int) -> str:
    text = cells.get(name, "")
    if text and text not in known:
        raise _wrong(line, f"{name} {text[:40]!r} is none of {', '.join(known)}")
    return text


def _wrong(line: int, what: str) -> BadPayload:
    return BadPayload("drives", f"line {line}: {what}")
