"""Features of the base map, as GeoJSON dicts by layer, for a tile builder.

A second reading of the extract, because what a map shows is more than what is driven or searched,
and a city's buildings would not fit in memory beside the roads: features come one at a time. Which
zoom levels show what, and how, is decided by the tiles and the style.

Not drawn: the sea. An extract has the coast as a line only, and a line does not say where its water
ends; the line itself is in the layer ``water`` as class "coastline".
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from osmium.geom import GeoJSONFactory, WKBFactory

from maps.osm import tags as meaning
from maps.osm.extract import area_middle, tags_of
from maps.osm.kinds import kind_of, population
from maps.osm.source import Progress, Source

LAYERS: Final = (
    "roads", "water", "green", "buildings", "railways", "boundaries", "places", "pois",
)  # fmt: skip
"""Names of the layers; each feature's properties are listed at the function that makes them."""

Feature = dict[str, Any]
Tags = dict[str, str]

_DRAWN_ROADS: Final = frozenset(
    {"motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
     "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street",
     "service", "track", "pedestrian", "path", "footway", "cycleway", "bridleway", "steps", "road",
     "busway", "construction"}
)  # fmt: skip
_WATERWAYS: Final = frozenset({"river", "canal", "stream", "ditch", "drain", "tidal_channel"})
_RAILS: Final = frozenset(
    {"rail", "light_rail", "subway", "tram", "narrow_gauge", "monorail", "funicular"}
)
_GREEN: Final = {
    "natural": frozenset({"wood", "scrub", "heath", "grassland", "beach", "sand", "bare_rock"}),
    "landuse": frozenset(
        {"forest", "grass", "meadow", "farmland", "orchard", "vineyard", "cemetery",
         "village_green", "recreation_ground", "allotments", "plant_nursery"}
    ),
    "leisure": frozenset({"park", "garden", "golf_course", "nature_reserve", "pitch"}),
}  # fmt: skip
_WATER: Final = {
    "natural": frozenset({"water", "bay", "wetland"}),
    "waterway": frozenset({"riverbank", "dock"}),
    "landuse": frozenset({"reservoir", "basin", "aquaculture", "salt_pond"}),
}
# Kinds that a dispatcher looks for on a map; shops and the like are found by search.
_SHOWN: Final = frozenset(
    {"hospital", "clinic", "doctors", "health", "pharmacy", "nursing_home", "school",
     "kindergarten", "university", "police", "fire_station", "government", "station",
     "bus_station", "bus_stop", "ferry_terminal", "airport", "helipad", "fuel", "market", "hotel",
     "worship", "sight", "sport", "park", "bridge", "kilometre_post", "junction", "company",
     "estate"}
)  # fmt: skip
_AREA_KEYS: Final = ("building", "natural", "waterway", "landuse", "leisure", "place", "name",
                     "amenity", "healthcare")  # fmt: skip


def map_features(path: Path, progress: Progress) -> Iterator[tuple[str, Feature]]:
    """(layer, feature) of everything the base map draws, in the order of the file.

    Raises BadPayload as `maps.osm.extract.read_extract` does.
    """
    source = Source(path, progress, "map")
    drawing = _Drawing()
    for relation in source.relations():
        drawing.borders(relation)
    for node in source.nodes():
        if not node.deleted and node.location.valid():
            yield from _points(tags_of(node), partial(_where, node))
    for one in source.ways_and_areas(*_AREA_KEYS):
        yield from drawing.area(one) if one.is_area() else drawing.way(one)


class _Drawing:
    """Lines and areas; remembers which ways are borders of which level."""

    def __init__(self) -> None:
        self._shape = GeoJSONFactory()
        self._binary = WKBFactory()
        self._level: dict[int, int] = {}

    def borders(self, relation: Any) -> None:
        """A border's level stands on its relation; a way has the highest of those it is in."""
        tags = tags_of(relation)
        level = _level(tags)
        if level is None:
            return
        for member in relation.members:
            if member.type == "w":
                self._level[member.ref] = min(level, self._level.get(member.ref, level))

    def way(self, way: Any) -> Iterator[tuple[str, Feature]]:
        """The lines that one way is."""
        if way.deleted:
            return
        tags = tags_of(way)
        found = list(self._lines(way.id, tags))
        parts = list(_located(way)) if found else []
        for layer, properties in found:
            for part in parts:
                yield layer, _feature(properties, "LineString", part)

    def area(self, area: Any) -> Iterator[tuple[str, Feature]]:
        """The areas and the points that one area is."""
        if not area.num_rings()[0]:
            return
        tags = tags_of(area)
        layer, value = _area_layer(tags)
        if layer:
            shape = json.loads(self._shape.create_multipolygon(area))
            yield (
                layer,
                _feature(_labelled(tags, {"class": value}), shape["type"], shape["coordinates"]),
            )
        yield from _points(tags, lambda: area_middle(self._binary, area))

    def _lines(self, way: int, tags: Tags) -> Iterator[tuple[str, Feature]]:
        highway = tags.get("highway", "")
        if highway in _DRAWN_ROADS and tags.get("area") != "yes":
            yield "roads", _road(tags, highway)
        if tags.get("route") == "ferry":
            yield "roads", _labelled(tags, {"class": "ferry"})
        if tags.get("waterway") in _WATERWAYS:
            yield "water", _labelled(tags, {"class": tags["waterway"]} | _level_of(tags))
        if tags.get("natural") == "coastline":
            yield "water", {"class": "coastline"}
        if tags.get("railway") in _RAILS:
            yield "railways", _labelled(tags, {"class": tags["railway"]} | _level_of(tags))
        level = self._level.get(way, _level(tags))
        if level is not None:
            yield "boundaries", {"admin_level": level}


def _road(tags: Tags, highway: str) -> Feature:
    """class, name, name_en, name_zh, ref, bridge, tunnel, oneway (1, -1 or left out), driven."""
    found: Feature = {"class": highway} | _level_of(tags)
    if refs := meaning.refs(tags):
        found["ref"] = refs[0]
    road_class = meaning.road_class(tags)
    found["driven"] = road_class is not None
    ahead, back = meaning.directions(tags)
    if road_class is not None and ahead != back:
        found["oneway"] = 1 if ahead else -1
    return _labelled(tags, found)


def _area_layer(tags: Tags) -> tuple[str, str]:
    """The layer and class of an area; ("", "") for what is not drawn as one."""
    if tags.get("building", "no") != "no":
        return "buildings", tags["building"]
    for layer, words in (("water", _WATER), ("green", _GREEN)):
        for key, values in words.items():
            if tags.get(key) in values:
                return layer, tags[key]
    return "", ""


def _points(
    tags: Tags, middle: Callable[[], tuple[float, float] | None]
) -> Iterator[tuple[str, Feature]]:
    """A settlement (class, population) or a point of interest (kind, class, emergency)."""
    found = kind_of(tags)
    names = meaning.names(tags)
    if found is None:
        return
    kind, tag = found
    is_settlement = tag.startswith("place=") and bool(names)
    is_shown = kind in _SHOWN and (bool(names) or kind in {"hospital", "clinic"})
    at = middle() if is_settlement or is_shown else None
    if at is None:
        return
    if is_settlement:
        people = population(tags)
        properties: Feature = {"class": kind} | ({} if people is None else {"population": people})
    else:
        properties = {"kind": kind, "class": tag.partition("=")[2]}
        if tags.get("emergency") in {"yes", "no"}:
            properties["emergency"] = tags["emergency"]
    layer = "places" if is_settlement else "pois"
    yield layer, _feature(_labelled(tags, properties), "Point", at)


def _labelled(tags: Tags, properties: Feature) -> Feature:
    """The properties with name (as on the signs), name_zh and name_en where they are known."""
    names = {
        "name": next(iter(meaning.names(tags)), ""),
        "name_zh": meaning.clean(tags.get("name:zh") or tags.get("name:zh-Hans") or ""),
        "name_en": meaning.clean(tags.get("name:en", "")),
    }
    return properties | {key: name for key, name in names.items() if name}


def _level_of(tags: Tags) -> Feature:
    """bridge and tunnel, where they are true."""
    return {key: True for key in ("bridge", "tunnel") if tags.get(key, "no") != "no"}


def _level(tags: Tags) -> int | None:
    """The level of an administrative border; None for anything else."""
    if tags.get("boundary") != "administrative":
        return None
    text = tags.get("admin_level", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 2 else None


def _located(way: Any) -> Iterator[list[tuple[float, float]]]:
    """The stretches of a way whose nodes the file has."""
    part: list[tuple[float, float]] = []
    for node in way.nodes:
        if node.location.valid():
            part.append((node.location.lon, node.location.lat))
            continue
        if len(part) > 1:
            yield part
        part = []
    if len(part) > 1:
        yield part


def _where(node: Any) -> tuple[float, float]:
    return node.location.lon, node.location.lat


def _feature(properties: Feature, kind: str, coordinates: Any) -> Feature:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}
