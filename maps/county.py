"""Loading the geographic part of a county folder: strict, and clear about what is wrong where.

A county is a folder of plain files that an administrator copies and edits. Here are read
`county.toml`, `boundary.geojson`, `towns.geojson`, `roads.geojson`, `rivers.geojson` and
`places.geojson`. Hospitals, stations, units, centres and policies lie in the same folder but are
read by the packages whose words they are (hospital_gateway, dispatch). All errors are CountyError.

Everything is refused that would show a wrong map without saying so: unknown keys, a town or place
outside the boundary, lines far from the county, two things with one name, a schematic line in a
county that does not call itself schematic. Reading files is the only effect of this module.
"""

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from shapely import MultiPolygon, Polygon
from shapely.validation import explain_validity

from maps.areas import CountyArea, Town
from maps.coordinates import CoordinateError, Wgs84
from maps.geography import (
    RIVER_KINDS,
    ROAD_KINDS,
    Code,
    CountyGeography,
    CountySettings,
    LineKind,
    MapLine,
    Name,
    Place,
    PlaceKind,
    Written,
)
from maps.geojson import (
    CountyError,
    FeatureCollection,
    LineShape,
    MultiPolygonShape,
    PointShape,
    PolygonShape,
    Position,
    Ring,
    convert,
    read_bytes,
    read_json,
)
from maps.limits import (
    MAX_COUNTY_SPAN_DEG,
    MAX_FEATURES_PER_FILE,
    MAX_OUTSIDE_COUNTY_DEG,
    MAX_VERTICES_PER_SHAPE,
)

__all__ = ["CountyError", "load_county"]


class _CountyFile(Written, frozen=True, kw_only=True):
    county: CountySettings


class _BoundaryProperties(Written, frozen=True, kw_only=True):
    name_zh: Name
    code: Code
    source: Annotated[str, msgspec.Meta(max_length=200)]


class _TownProperties(Written, frozen=True, kw_only=True):
    code: Code
    name_zh: Name
    name_en: Name
    label_radius_m: Annotated[int, msgspec.Meta(ge=100, le=20_000)]
    approximate: bool
    source: Annotated[str, msgspec.Meta(max_length=200)]


class _LineProperties(Written, frozen=True, kw_only=True):
    name_zh: Annotated[str, msgspec.Meta(max_length=60)]
    name_en: Annotated[str, msgspec.Meta(max_length=60)]
    kind: LineKind
    schematic: bool


class _PlaceProperties(Written, frozen=True, kw_only=True):
    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9-]{2,32}$")]
    name_zh: Name
    name_en: Name
    kind: PlaceKind
    town: Code
    schematic: bool


FileT = TypeVar("FileT")


def load_county(folder: Path) -> CountyGeography:
    """Read and check the geographic files of a county folder; CountyError at the first mistake."""
    if not folder.is_dir():
        raise CountyError(folder, "is not a folder", "Name the county's folder")
    settings = _settings(folder / "county.toml")
    boundary = _boundary(folder / "boundary.geojson", settings)
    towns_path = folder / "towns.geojson"
    towns = _towns(towns_path)
    area = CountyArea(boundary=boundary, towns=towns)
    for index, town in enumerate(towns):
        _inside(towns_path, f"$.features[{index}] {town.name_zh}", town.position, area)
    seat = settings.seat_inset.bounds
    if not any(seat.contains(town.position) for town in towns):
        raise CountyError(
            folder / "county.toml",
            "$.county.seat_inset holds no town",
            "Put the box around the county seat",
        )
    return CountyGeography(
        settings=settings,
        area=area,
        roads=_lines(folder / "roads.geojson", area, settings, ROAD_KINDS),
        rivers=_lines(folder / "rivers.geojson", area, settings, RIVER_KINDS),
        places=_places(folder / "places.geojson", area, settings),
    )


def _settings(path: Path) -> CountySettings:
    try:
        data = tomllib.loads(read_bytes(path).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CountyError(path, "is not UTF-8", "Save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise CountyError(path, str(error), "Correct the TOML there") from error
    settings = convert(path, data, _CountyFile).county
    try:
        ZoneInfo(settings.zone)
    except (KeyError, ValueError, OSError) as error:
        raise CountyError(
            path,
            f"$.county.zone {settings.zone!r} is no IANA time zone",
            'Write one such as "Asia/Shanghai"',
        ) from error
    return settings


def _boundary(path: Path, settings: CountySettings) -> Polygon | MultiPolygon:
    file = _collection(
        path, FeatureCollection[_BoundaryProperties, PolygonShape | MultiPolygonShape]
    )
    _few(path, file.features)
    if len(file.features) != 1:
        raise CountyError(
            path, f"$.features has {len(file.features)} shapes", "Give one (Multi)Polygon"
        )
    feature = file.features[0]
    if feature.properties.code != settings.code:
        raise CountyError(
            path,
            f"$.features[0].properties.code is {feature.properties.code}, "
            f"county.toml says {settings.code}",
            "Make the two agree",
        )
    shape = feature.geometry
    rings = [shape.coordinates] if isinstance(shape, PolygonShape) else shape.coordinates
    polygons = [_polygon(path, f"polygon {number}", parts) for number, parts in enumerate(rings)]
    boundary = polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)
    if not boundary.is_valid:
        raise CountyError(path, explain_validity(boundary), "Untangle the outline")
    west, south, east, north = boundary.bounds
    if max(east - west, north - south) > MAX_COUNTY_SPAN_DEG:
        raise CountyError(
            path, f"is wider than {MAX_COUNTY_SPAN_DEG} degrees", "Give one county only"
        )
    return boundary


def _polygon(path: Path, name: str, rings: Sequence[Ring]) -> Polygon:
    """One checked polygon; a closed outline that crosses itself is named with its place."""
    if not rings:
        raise CountyError(path, f"{name} has no outline", "Give at least one ring")
    for number, ring in enumerate(rings):
        _path(path, f"{name} ring {number}", ring)
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise CountyError(path, f"{name} ring {number} is not closed", "End it where it begins")
    polygon = Polygon(rings[0], rings[1:])
    if not polygon.is_valid:
        raise CountyError(path, f"{name}: {explain_validity(polygon)}", "Untangle the outline")
    return polygon


def _towns(path: Path) -> tuple[Town, ...]:
    file = _collection(path, FeatureCollection[_TownProperties, PointShape])
    _few(path, file.features)
    if not file.features:
        raise CountyError(path, "$.features is empty", "Give at least the county seat")
    towns = tuple(
        Town(
            code=feature.properties.code,
            name_zh=feature.properties.name_zh,
            name_en=feature.properties.name_en,
            position=_place(path, f"$.features[{index}]", feature.geometry.coordinates),
            label_radius_m=feature.properties.label_radius_m,
            approximate=feature.properties.approximate,
        )
        for index, feature in enumerate(file.features)
    )
    _unique(path, "properties.code", (town.code for town in towns))
    _unique(path, "properties.name_zh", (town.name_zh for town in towns))
    return towns


def _lines(
    path: Path, area: CountyArea, settings: CountySettings, kinds: frozenset[str]
) -> tuple[MapLine, ...]:
    file = _collection(path, FeatureCollection[_LineProperties, LineShape])
    _few(path, file.features)
    region = area.bounds.grown(MAX_OUTSIDE_COUNTY_DEG)
    lines = []
    for index, feature in enumerate(file.features):
        key, said = f"$.features[{index}]", feature.properties
        if said.kind not in kinds:
            raise CountyError(
                path, f"{key}.properties.kind is {said.kind!r}", f"Use one of {sorted(kinds)}"
            )
        _honest(path, key, said.schematic, settings)
        places = _path(path, key, feature.geometry.coordinates)
        if any(not region.contains(place) for place in places):
            raise CountyError(
                path,
                f"{key} leaves the county by more than {MAX_OUTSIDE_COUNTY_DEG} degrees",
                "Check the order longitude, latitude, or cut the line",
            )
        lines.append(
            MapLine(
                name_zh=said.name_zh,
                name_en=said.name_en,
                kind=said.kind,
                schematic=said.schematic,
                path=places,
            )
        )
    return tuple(lines)


def _places(path: Path, area: CountyArea, settings: CountySettings) -> tuple[Place, ...]:
    file = _collection(path, FeatureCollection[_PlaceProperties, PointShape])
    _few(path, file.features)
    towns = {town.code: town for town in area.towns}
    places = []
    for index, feature in enumerate(file.features):
        key, said = f"$.features[{index}]", feature.properties
        if said.town not in towns:
            raise CountyError(
                path,
                f"{key}.properties.town {said.town} is no town of towns.geojson",
                "Use a town's code",
            )
        _honest(path, key, said.schematic, settings)
        position = _place(path, key, feature.geometry.coordinates)
        _inside(path, f"{key} {said.name_zh}", position, area)
        places.append(
            Place(
                id=said.id,
                name_zh=said.name_zh,
                name_en=said.name_en,
                kind=said.kind,
                town=towns[said.town],
                position=position,
                schematic=said.schematic,
            )
        )
    _unique(path, "properties.id", (place.id for place in places))
    return tuple(places)


def _collection(path: Path, into: type[FileT]) -> FileT:
    return convert(path, read_json(path), into)


def _few(path: Path, features: Sequence[object]) -> None:
    if len(features) > MAX_FEATURES_PER_FILE:
        raise CountyError(
            path,
            f"$.features has {len(features)} shapes, at most {MAX_FEATURES_PER_FILE}",
            "Leave out the smallest",
        )


def _path(path: Path, key: str, positions: Sequence[Position]) -> tuple[Wgs84, ...]:
    if not 2 <= len(positions) <= MAX_VERTICES_PER_SHAPE:
        raise CountyError(
            path,
            f"{key} has {len(positions)} vertices",
            f"Give 2 to {MAX_VERTICES_PER_SHAPE}",
        )
    return tuple(_place(path, key, position) for position in positions)


def _place(path: Path, key: str, position: Position) -> Wgs84:
    try:
        return Wgs84(lon=position[0], lat=position[1])
    except CoordinateError as error:
        raise CountyError(path, f"{key}: {error}", "Write longitude, then latitude") from error


def _inside(path: Path, key: str, position: Wgs84, area: CountyArea) -> None:
    if not area.contains(position):
        raise CountyError(
            path,
            f"{key} at {position.lon}, {position.lat} lies outside the boundary",
            "Move it inside, or correct boundary.geojson",
        )


def _honest(path: Path, key: str, schematic: bool, settings: CountySettings) -> None:
    if schematic and not settings.schematic:
        raise CountyError(
            path,
            f"{key}.properties.schematic is true in a county that says it is surveyed",
            "Set schematic = true in county.toml, so that the map says so",
        )


def _unique(path: Path, key: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise CountyError(path, f"{key} {value!r} stands twice", "Keep one of them")
        seen.add(value)
