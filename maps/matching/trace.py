"""Reading traces of position fixes from CSV, plain or gzip, one row a fix.

Columns are found by their names in the first line, whatever their order: a track, a latitude, a
longitude, and if known a time, heading, speed and accuracy (`_NAMES`). Times are ISO 8601 or
seconds; they only order fixes and measure the time between them, so one without a zone is taken as
UTC. Empty times are allowed: such a trace is in the order of the file.

A row that is no row (letters for numbers, a missing column) is a wrong file: BadPayload with the
line. A row whose numbers are no place (0,0 of a lost receiver, a latitude of 112) is what receivers
do: it is left out and named in ``lost``. The datum is not in these files and has to be said.
"""

import csv
import gzip
import math
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import BinaryIO, Final, cast

import msgspec

from dispatch.errors import BadPayload
from maps.coordinates import CoordinateError, Datum, to_wgs84
from maps.limits import MAX_TRACE_BYTES, MAX_TRACE_LINE_BYTES
from maps.matching.model import Fix

_NAMES: Final = {
    "track": ("trackid", "track_id", "track", "trace", "trace_id", "id", "unit", "vehicle"),
    "lat": ("latitude", "lat", "y"),
    "lon": ("longitude", "lon", "lng", "long", "x"),
    "time": ("time", "timestamp", "at", "at_s", "datetime", "date_time"),
    "heading": ("heading", "heading_deg", "course", "bearing"),
    "speed": ("speed_kmh",),  # a "speed" without its unit is not guessed at
    "accuracy": ("accuracy_m", "accuracy"),
}
_GZIP: Final = b"\x1f\x8b"
_MILLISECONDS_FROM: Final = 1e11  # seconds reach this in the year 5138; milliseconds did in 1973


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is no place: its line in the file and why."""

    line: int
    reason: str


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """The fixes of one track in order of time where every one has a time, else as in the file.

    ``lines`` are theirs in the file. ``reordered`` fixes came after a newer one; ``repeated`` ones,
    with the time of another, were left out.
    """

    track: str
    fixes: tuple[Fix, ...]
    lines: tuple[int, ...]
    lost: tuple[Lost, ...]
    reordered: int
    repeated: int


class _Track:
    def __init__(self) -> None:
        self.rows: list[tuple[int, Fix]] = []
        self.lost: list[Lost] = []


def read_traces(file: BinaryIO, *, datum: Datum) -> list[Trace]:
    """The traces of a file (one that can be wound back), in the order of their first fixes.

    Raises BadPayload("trace", "line 7: ...") for what is no trace file, an empty one, or one larger
    than MAX_TRACE_BYTES when unpacked.
    """
    tracks: dict[str, _Track] = {}
    try:
        rows = csv.reader(_lines(file))
        columns = _columns(next(rows, []))
        for row in rows:
            if row:
                _take(tracks, columns, row, rows.line_num, datum)
    except (csv.Error, UnicodeDecodeError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadPayload("trace", f"this is no whole CSV file in UTF-8 or its gzip: {error}") from (
            error
        )
    if not tracks:
        raise BadPayload("trace", "line 2: there is no fix in this file")
    return [_trace(name, track) for name, track in tracks.items()]


def _lines(file: BinaryIO) -> Iterator[str]:
    """The lines as text, unpacked, with an end to their number and length."""
    is_packed = file.read(len(_GZIP)) == _GZIP
    file.seek(0)
    raw = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if is_packed else file
    seen = number = 0
    while raw_line := raw.readline(MAX_TRACE_LINE_BYTES + 1):
        number, seen = number + 1, seen + len(raw_line)
        if len(raw_line) > MAX_TRACE_LINE_BYTES:
            what = f"line {number}: longer than {MAX_TRACE_LINE_BYTES} bytes: this is no trace"
            raise BadPayload("trace", what)
        if seen > MAX_TRACE_BYTES:
            what = f"line {number}: more than {MAX_TRACE_BYTES} bytes; cut the file into parts"
            raise BadPayload("trace", what)
        yield raw_line.decode("utf-8-sig" if number == 1 else "utf-8")


def _columns(header: list[str]) -> dict[str, int]:
    """Where each column is. Raises BadPayload without latitude and longitude."""
    names = [name.strip().lower() for name in header]
    columns: dict[str, int] = {}
    for meaning, spellings in _NAMES.items():
        found = [names.index(spelling) for spelling in spellings if spelling in names]
        if found:
            columns[meaning] = found[0]
    missing = [word for word in ("lat", "lon") if word not in columns]
    if missing:
        raise BadPayload(
            "trace",
            f"line 1: no column {' and '.join(missing)}; expected a header such as "
            f"TrackID,Latitude,Longitude,Time, found {','.join(header)[:200]!r}",
        )
    return columns


def _take(
    tracks: dict[str, _Track], columns: dict[str, int], row: list[str], line: int, datum: Datum
) -> None:
    cells = {
        meaning: row[place].strip() if place < len(row) else ""
        for meaning, place in columns.items()
    }
    track = tracks.setdefault(cells.get("track", ""), _Track())
    lon, lat = _number(cells, "lon", line), _number(cells, "lat", line)
    if lon is None or lat is None:
        raise BadPayload("trace", f"line {line}: no {'longitude' if lon is None else 'latitude'}")
    try:
        place = to_wgs84(lon, lat, datum)
    except CoordinateError as error:
        track.lost.append(Lost(line=line, reason=str(error)))
        return
    fix = Fix(
        place=place,
        at_s=_seconds(cells.get("time", ""), line),
        heading_deg=_number(cells, "heading", line),
        speed_kmh=_number(cells, "speed", line),
        accuracy_m=_number(cells, "accuracy", line),
    )
    track.rows.append((line, fix))


def _number(cells: dict[str, str], meaning: str, line: int) -> float | None:
    """The number in a cell, None for an empty one. Raises BadPayload."""
    text = cells.get(meaning, "")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        raise BadPayload("trace", f"line {line}: {meaning} {text[:40]!r} is no number") from None
    if not math.isfinite(number):
        raise BadPayload("trace", f"line {line}: {meaning} {text[:40]!r} is not finite")
    return number


def _seconds(text: str, line: int) -> float | None:
    """A time as seconds; None for an empty one. Raises BadPayload."""
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        pass
    else:
        if not math.isfinite(number):
            raise BadPayload("trace", f"line {line}: time {text[:40]!r} is not finite")
        return number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        what = f"line {line}: time {text[:40]!r} is neither ISO 8601 nor seconds"
        raise BadPayload("trace", what) from None
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()


def _trace(name: str, track: _Track) -> Trace:
    rows = track.rows
    reordered = repeated = 0
    if rows and all(fix.at_s is not None for _line, fix in rows):
        reordered = sum(_at_s(two) < _at_s(one) for one, two in pairwise(rows))
        ordered = sorted(rows, key=_at_s)
        rows = ordered[:1]
        rows += [two for one, two in pairwise(ordered) if _at_s(two) > _at_s(one)]
        repeated = len(ordered) - len(rows)
    return Trace(
        track=name,
        fixes=tuple(fix for _line, fix in rows),
        lines=tuple(line for line, _fix in rows),
        lost=tuple(track.lost),
        reordered=reordered,
        repeated=repeated,
    )


def _at_s(row: tuple[int, Fix]) -> float:
    return row[1].at_s or 0.0
