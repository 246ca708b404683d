"""The schematic base map as one GeoJSON FeatureCollection for the browser's MapLibre.

One document, made once at the start and served by this system, so that a map needs no request to
anyone else. Each feature has a `layer`: boundary, river, road, town, seat_inset; style filters by
it. Units, incidents and hospitals are not here: they move or change, and come as documents. Pure.
"""

from collections.abc import Iterable

from shapely.geometry import mapping

from maps.areas import Bounds, Town
from maps.coordinates import Wgs84
from maps.geography import CountyGeography, MapLine


def base_map(county: CountyGeography) -> dict[str, object]:
    """The whole base map, back to front; `schematic` and `attribution` must be shown on it."""
    settings, area = county.settings, county.area
    features = [
        _feature(
            "boundary",
            dict(mapping(area.boundary)),
            name_zh=settings.name_zh,
            name_en=settings.name_en,
        ),
        *_lines("river", county.rivers),
        *_lines("road", county.roads),
        *(_town(town) for town in area.towns),
        _feature(
            "seat_inset",
            _box(settings.seat_inset.bounds),
            name_zh=settings.seat_inset.name_zh,
            name_en=settings.seat_inset.name_en,
            magnification=settings.seat_inset.magnification,
        ),
    ]
    bounds = area.bounds
    return {
        "type": "FeatureCollection",
        "bbox": [bounds.west, bounds.south, bounds.east, bounds.north],
        "county": settings.id,
        "schematic": settings.schematic,
        "attribution": settings.attribution,
        "features": features,
    }


def _lines(layer: str, lines: Iterable[MapLine]) -> list[dict[str, object]]:
    return [
        _feature(
            layer,
            {"type": "LineString", "coordinates": [_pair(place) for place in line.path]},
            name_zh=line.name_zh,
            name_en=line.name_en,
            kind=line.kind,
            schematic=line.schematic,
        )
        for line in lines
    ]


def _town(town: Town) -> dict[str, object]:
    return _feature(
        "town",
        {"type": "Point", "coordinates": _pair(town.position)},
        code=town.code,
        name_zh=town.name_zh,
        name_en=town.name_en,
        label_radius_m=town.label_radius_m,
        approximate=town.approximate,
    )


def _box(bounds: Bounds) -> dict[str, object]:
    corners = [
        [bounds.west, bounds.south],
        [bounds.east, bounds.south],
        [bounds.east, bounds.north],
        [bounds.west, bounds.north],
        [bounds.west, bounds.south],
    ]
    return {"type": "Polygon", "coordinates": [corners]}


def _pair(place: Wgs84) -> list[float]:
    return [place.lon, place.lat]


def _feature(
    layer: str, geometry: dict[str, object], **properties: str | float | bool
) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"layer": layer, **properties},
        "geometry": geometry,
    }
