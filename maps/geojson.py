"""Strict reading of the GeoJSON files of a county folder, with errors that name file and key.

Stricter than RFC 7946 on purpose: an administrator edits these files by hand, and a key with a
typing error must be refused, not ignored. Unknown keys, duplicate keys, NaN, heights and geometry
types a file has no use for are all errors. What the shapes mean is in `maps.county`.
"""

import json
from pathlib import Path
from typing import Generic, Literal, NoReturn, TypeVar

import msgspec

from maps.limits import MAX_COUNTY_FILE_BYTES

Position = tuple[float, float]  # longitude, latitude in WGS-84 degrees
Ring = list[Position]


class CountyError(ValueError):
    """A county folder that cannot be used: which file, what is wrong, what to do about it."""

    def __init__(self, path: Path, what: str, do: str) -> None:
        self.path = path
        self.what = what
        self.do = do
        super().__init__(f"{path}: {what}. {do}.")


class PointShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="Point"):
    """One place."""

    coordinates: Position


class LineShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="LineString"):
    """One line of at least two places."""

    coordinates: list[Position]


class PolygonShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="Polygon"):
    """One outer ring, then its holes."""

    coordinates: list[Ring]


class MultiPolygonShape(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="MultiPolygon"
):
    """Several polygons: a county with an exclave."""

    coordinates: list[list[Ring]]


ShapeT = TypeVar("ShapeT")
PropertiesT = TypeVar("PropertiesT")


class Feature(
    msgspec.Struct, Generic[PropertiesT, ShapeT], frozen=True, forbid_unknown_fields=True
):
    """One shape and what is said about it."""

    type: Literal["Feature"]
    properties: PropertiesT
    geometry: ShapeT


class FeatureCollection(
    msgspec.Struct, Generic[PropertiesT, ShapeT], frozen=True, forbid_unknown_fields=True
):
    """One file: `name` says what it is, `attribution` who made it."""

    type: Literal["FeatureCollection"]
    features: list[Feature[PropertiesT, ShapeT]]
    name: str = ""
    attribution: str = ""


def read_bytes(path: Path) -> bytes:
    """The content of a county file; CountyError when it is missing, unreadable or too large."""
    try:
        size_bytes = path.stat().st_size
        if size_bytes > MAX_COUNTY_FILE_BYTES:
            raise CountyError(
                path,
                f"{size_bytes} bytes, more than {MAX_COUNTY_FILE_BYTES}",
                "Simplify the lines; a road network is imported, not kept here",
            )
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise CountyError(
            path, f"cannot be read ({reason})", "Create it or allow reading"
        ) from error


def read_json(path: Path) -> object:
    """The JSON of a county file; refuses duplicate keys, NaN and Infinity by name."""

    def no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in pairs:
            if key in found:
                raise CountyError(path, f"the key {key!r} stands twice", "Keep one of them")
            found[key] = value
        return found

    def no_constants(word: str) -> NoReturn:
        raise CountyError(path, f"{word} is not a number", "Write the coordinate in degrees")

    try:
        text = read_bytes(path).decode("utf-8")
        parsed: object = json.loads(
            text, object_pairs_hook=no_duplicates, parse_constant=no_constants
        )
    except UnicodeDecodeError as error:
        raise CountyError(path, "is not UTF-8", "Save it as UTF-8") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise CountyError(path, f"{where}: {error.msg}", "Correct the JSON there") from error
    except RecursionError as error:
        raise CountyError(path, "is nested too deep", "It is not a GeoJSON file") from error
    return parsed


def convert(path: Path, data: object, into: type[PropertiesT]) -> PropertiesT:
    """`data` as the given type; CountyError with the JSON path of the first key that is wrong."""
    try:
        return msgspec.convert(data, into)
    except msgspec.ValidationError as error:
        raise CountyError(
            path, str(error), "Correct this key; docs/counties.md lists all"
        ) from error
