"""Rows of a CSV as typed columns, with errors that name the file, the line and the column."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from dispatch.errors import BadPayload

_BOM: Final = "\ufeff"


class Row:
    """One line of a table; each question names its column."""

    def __init__(self, source: str, line: int, cells: dict[str, str]) -> None:
        self._source = source
        self._line = line
        self._cells = cells

    def text(self, column: str, default: str | None = None) -> str:
        """The cell without surrounding blanks; ``default`` where it is empty or missing."""
        found = (self._cells.get(column) or "").strip()
        if found:
            return found
        if default is None:
            raise self.fault(column, "is empty")
        return default

    def number(self, column: str, default: float | None = None) -> float:
        """A finite number."""
        found = self.text(column, None if default is None else "")
        if not found and default is not None:
            return default
        try:
            value = float(found)
        except ValueError:
            raise self.fault(column, f"{found!r} is not a number") from None
        if not math.isfinite(value):
            raise self.fault(column, f"{found!r} is not a finite number")
        return value

    def whole(self, column: str, default: int | None = None) -> int:
        """A whole number."""
        value = self.number(column, default)
        if value != int(value):
            raise self.fault(column, f"{value} is not a whole number")
        return int(value)

    def not_negative(self, column: str, default: float | None = None) -> float:
        """A number from 0 on."""
        value = self.number(column, default)
        if value < 0:
            raise self.fault(column, f"{value} is negative")
        return value

    def index(self, column: str, count: int, default: int | None = None) -> int:
        """A whole number from 0 to ``count`` - 1."""
        value = self.whole(column, default)
        if not 0 <= value < count and value != default:
            raise self.fault(column, f"{value} is not in 0..{count - 1}")
        return value

    def place(self, lon: str = "lon", lat: str = "lat") -> tuple[float, float]:
        """Longitude and latitude in degrees."""
        x, y = self.number(lon), self.number(lat)
        if not (-180 <= x <= 180 and -90 <= y <= 90):
            raise self.fault(lon, f"{x}, {y} is no place on Earth (degrees WGS-84)")
        return x, y

    def fault(self, column: str, what: str) -> BadPayload:
        """The error of a cell, to be raised."""
        return BadPayload("table", f"{self._source} line {self._line}, column {column}: {what}")


def rows(source: str, text: str, needed: Sequence[str], *, most: int) -> Iterator[Row]:
    """The rows of a CSV with a header; raises BadPayload for missing columns or too many rows."""
    reader = csv.DictReader(io.StringIO(text.removeprefix(_BOM)), restkey="")
    header = [name.strip() for name in reader.fieldnames or ()]
    reader.fieldnames = header
    missing = [name for name in needed if name not in header]
    if missing:
        raise BadPayload("table", f"{source}: no column {', '.join(missing)} in {header}")
    yield from _rows(source, reader, most)


def _rows(source: str, reader: "csv.DictReader[str]", most: int) -> Iterator[Row]:
    for count, cells in enumerate(reader):
        if count >= most:
            raise BadPayload("table", f"{source}: more than {most} rows")
        if any((cell or "").strip() for name, cell in cells.items() if name):
            yield Row(source, reader.line_num, cells)


def numbered(source: str, found: Iterable[int]) -> None:
    """Ids that must be 0, 1, 2 … in their order."""
    for want, given in enumerate(found):
        if want != given:
            raise BadPayload("table", f"{source}: id {given} where {want} was due")
