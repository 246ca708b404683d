"""What the drive needs to know of a county folder: units with devices, stations, hospitals, places.

The folder's full reader is the server's (`dispatch.county`), which refuses what is wrong. The drive
stands outside the server, as vehicles do, and reads for itself only where things are.
"""

import json
import random
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from deploy.drive import limits
from dispatch.ids import CountyId, DeviceId, FacilityId, UnitId
from maps.coordinates import CoordinateError, Wgs84
from maps.distance import haversine_m


class CountyFolderError(ValueError):
    """A county folder without what a drive needs; names the file."""


class Vehicle(msgspec.Struct, frozen=True, kw_only=True):
    """One ambulance as configured, with its station's place; either device may be missing."""

    unit_id: UnitId
    call_sign: str
    station: Wgs84
    monitor_id: DeviceId | None
    gps_id: DeviceId | None


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A named place where somebody may fall ill."""

    name: str
    place: Wgs84


class County(msgspec.Struct, frozen=True, kw_only=True):
    """The county as a drive sees it."""

    county_id: CountyId
    vehicles: tuple[Vehicle, ...]
    facilities: dict[FacilityId, Wgs84]
    centres: tuple[str, ...]
    spots: tuple[Spot, ...]

    def nearest_spot(self, place: Wgs84) -> Spot:
        """The named place that a caller there would give."""
        return min(self.spots, key=lambda spot: haversine_m(spot.place, place))


def load(folder: Path) -> County:
    """Read a county folder; raises CountyFolderError naming the file and what is missing."""
    stations = {str(row["id"]): _place(row) for row in _rows(folder, "stations", "station")}
    vehicles = tuple(_vehicle(row, stations) for row in _rows(folder, "units", "unit"))
    facilities = {
        FacilityId(str(row["id"])): _place(row) for row in _rows(folder, "facilities", "facility")
    }
    spots = tuple(_spots(folder / "places.geojson")) or tuple(_spots(folder / "towns.geojson"))
    if not (vehicles and facilities and spots):
        raise CountyFolderError(f"{folder}: no units, no facilities or no places to play with")
    return County(
        county_id=CountyId(str(_toml(folder / "county.toml")["county"]["id"])),
        vehicles=vehicles,
        facilities=facilities,
        centres=tuple(str(row["id"]) for row in _rows(folder, "centres", "centre")),
        spots=spots,
    )


def where_somebody_calls(county: County, rng: random.Random) -> Spot:
    """A place for the next call: most calls come from near a station, as most people live there.

    The weight falls to a half at 4 km from the nearest station (POLICY of the demonstration).
    """
    stations = {vehicle.station for vehicle in county.vehicles}
    weights = [
        1.0 / (1.0 + (min(haversine_m(spot.place, s) for s in stations) / 4_000.0) ** 2)
        for spot in county.spots
    ]
    return rng.choices(county.spots, weights)[0]


def nearest_call(county: County) -> Spot:
    """The named place nearest to any hospital: one incident to watch is over in minutes there."""
    return min(
        county.spots,
        key=lambda spot: min(haversine_m(spot.place, one) for one in county.facilities.values()),
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise CountyFolderError(f"{path}: {error}") from None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > limits.COUNTY_FILE_BYTES_MAX:
            raise CountyFolderError(f"{path}: too large for a county file")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CountyFolderError(f"{path}: {error.strerror}") from None


def _rows(folder: Path, stem: str, key: str) -> Sequence[dict[str, Any]]:
    path = folder / f"{stem}.toml"
    rows = _toml(path).get(key, [])
    if not all(isinstance(row, dict) and "id" in row for row in rows):
        raise CountyFolderError(f"{path}: every [[{key}]] needs an id")
    return list(rows)


def _place(row: dict[str, Any]) -> Wgs84:
    try:
        return Wgs84(lon=float(row["lon"]), lat=float(row["lat"]))
    except (KeyError, CoordinateError) as error:
        raise CountyFolderError(f"{row['id']}: no place ({error})") from None


def _vehicle(row: dict[str, Any], stations: dict[str, Wgs84]) -> Vehicle:
    station = stations.get(str(row.get("station")))
    if station is None:
        raise CountyFolderError(f"units.toml: {row['id']} stands at an unknown station")
    by_kind = {str(one["kind"]): DeviceId(str(one["id"])) for one in row.get("devices", [])}
    return Vehicle(
        unit_id=UnitId(str(row["id"])),
        call_sign=str(row.get("call_sign", row["id"])),
        station=station,
        monitor_id=by_kind.get("monitor"),
        gps_id=by_kind.get("gps"),
    )


def _spots(path: Path) -> list[Spot]:
    if not path.exists():
        return []
    try:
        features = json.loads(_text(path))["features"]
        return [
            Spot(name=str(one["properties"]["name_zh"]), place=_point(one["geometry"]))
            for one in features
            if one["geometry"]["type"] == "Point"
        ]
    except (json.JSONDecodeError, KeyError, TypeError, CoordinateError) as error:
        raise CountyFolderError(f"{path}: not a GeoJSON of named points ({error})") from None


def _point(geometry: dict[str, Any]) -> Wgs84:
    lon, lat = geometry["coordinates"][:2]
    return Wgs84(lon=float(lon), lat=float(lat))
