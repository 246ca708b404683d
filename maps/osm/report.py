"""How good an imported map is: what its administrator must know before anyone drives by it.

Numbers and lists, each under a name that says its unit; the sentences are `maps.osm.notices`.
Nothing is refused here for being poor; refused is a map of somewhere else, and roads of which none
can be made.
"""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np

from dispatch.errors import BadPayload, Refused
from maps.areas import Bounds
from maps.coordinates import Wgs84
from maps.geography import CountyGeography
from maps.limits import MAX_COUNTY_TOWN_OFF_ROAD_M, MAX_FACILITY_OFF_ROAD_M
from maps.network.graph import CLASSES, RESTRICTED, TOLL, UNPAVED, RoadGraph
from maps.network.snap import Snapper, components
from maps.osm.extract import Extract
from maps.osm.places import Row
from maps.search.entries import SETTLEMENT_KINDS

Report = dict[str, Any]

_LISTED: Final = 50  # of each list of things to look at; the count beside it is of all
_TOLD: Final = ("id", "kind", "name", "names", "emergency", "beds", "phone", "road_m")
_SHARE_DIGITS: Final = 4
_SETTLED: Final = SETTLEMENT_KINDS - {"admin", "island", "isolated_dwelling", "locality"}
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_LATIN: Final = re.compile(r"[A-Za-z]{2}")
_SMALLER: Final = re.compile(r"卫生(院|室|所|站|服务)|诊所|门诊|医务室|校医院|社区")
"""In the name of what is no general hospital, whatever its tag says."""

_LEAST_BOX_DEG: Final = 1e-5  # a metre
_HALF_GLOBE_DEG: Final = 180.0  # no extract is as wide; roads that far apart meet at the other side


def describe(
    extract: Extract, graph: RoadGraph, facilities: list[Row], places: Iterable[Row]
) -> Report:
    """The report of one import; lengths count a two-way road once.

    roads: ways, km and km without a posted limit or a name by class. network: nodes, arcs, parts
    (strongly connected: one gets everywhere and back), share of the largest. facilities: found, by
    kind, off the network, and a list. places: by kind, how many are named in Chinese, in Latin
    letters, in both; kilometre posts. border: ways cut because the file has no more of them.
    not_applied: what the file says and routing does not use, by kind and count.
    """
    seen = extract.seen
    barriers = {key.removeprefix("barrier_"): count for key, count in seen.items()
                if key.startswith("barrier_")}  # fmt: skip
    box = graph_bounds(graph)
    return {
        "bounds": _box(extract.bounds or box),
        "roads_bounds": _box(box),
        "timestamp": extract.timestamp,
        "roads": _roads(extract, graph),
        "network": _network(graph),
        "facilities": _facilities(facilities),
        "places": _places(places),
        "border": {
            "ways_cut": seen.get("border_gaps", 0),
            "ways_without_nodes": seen.get("roads_outside", 0),
        },
        "not_applied": {
            "turn_restrictions": seen.get("turn_restrictions", 0),
            "size_and_weight_limits": seen.get("size_limits", 0),
            "barriers_on_roads": barriers,
        },
        "not_driven": {
            "footways_and_others": seen.get("ways_not_driven", 0),
            "ferries_without_vehicles": seen.get("ferries_not_driven", 0),
        },
        "lanes_that_change_direction": seen.get("reversible", 0),
        "ways_not_uploaded": seen.get("ways_not_uploaded", 0),
        "places_at_zero": seen.get("at_zero", 0),
    }


def county_cover(graph: RoadGraph, county: CountyGeography) -> Report:
    """How far the roads are those of the county: nodes inside it, towns without a road near.

    Raises Refused("map_not_of_county") where no road lies in its boundary, or none near its towns.
    """
    area = county.area
    where = (graph.node_lon, graph.node_lat)
    in_box = (where[0] >= area.bounds.west) & (where[0] <= area.bounds.east)
    in_box &= (where[1] >= area.bounds.south) & (where[1] <= area.bounds.north)
    inside = sum(
        area.contains(Wgs84(lon=lon, lat=lat))
        for lon, lat in zip(where[0][in_box].tolist(), where[1][in_box].tolist(), strict=True)
    )
    snapper = Snapper(graph)
    off = [town.name_zh for town in area.towns
           if snapper.nearest(town.position, MAX_COUNTY_TOWN_OFF_ROAD_M) is None]  # fmt: skip
    if inside == 0 or len(off) == len(area.towns):
        raise Refused(
            "map_not_of_county",
            county=county.settings.name_zh,
            county_box=in_words(area.bounds),
            map_box=in_words(graph_bounds(graph)),
        )
    return {
        "code": county.settings.code,
        "name_zh": county.settings.name_zh,
        "nodes_inside": inside,
        "nodes_inside_share": round(inside / graph.nodes, _SHARE_DIGITS),
        "towns": len(area.towns),
        "towns_without_road": off,
        "town_limit_m": MAX_COUNTY_TOWN_OFF_ROAD_M,
    }


def graph_bounds(graph: RoadGraph) -> Bounds:
    """The box around all roads, in degrees; a straight street has one, too."""
    lon, lat = graph.shape_lon, graph.shape_lat
    west, south, east, north = (float(n) for n in (lon.min(), lat.min(), lon.max(), lat.max()))
    wide, high = (
        _LEAST_BOX_DEG if low == top else 0.0 for low, top in ((west, east), (south, north))
    )
    return Bounds(west=west - wide, south=south - high, east=east + wide, north=north + high)


def check_roads(path: Path, graph: RoadGraph) -> None:
    """Refuse roads that no map can be made of, though the file is whole; raises BadPayload."""
    if graph.arcs == 0:
        raise BadPayload("map_file", f"{path} holds no road of any length; give another extract")
    box = graph_bounds(graph)
    if box.east - box.west > _HALF_GLOBE_DEG:
        raise BadPayload(
            "map_file",
            f"the roads of {path} lie on both sides of the 180th meridian ({in_words(box)}), "
            "where the map has its edge; give the extract of one side",
        )


def in_words(box: Bounds) -> str:
    """A box as a person reads it: "longitude 112.1 to 112.8, latitude 29.0 to 29.5"."""
    return (f"longitude {box.west:.3f} to {box.east:.3f}, "
            f"latitude {box.south:.3f} to {box.north:.3f}")  # fmt: skip


def _box(box: Bounds) -> list[float]:
    return [box.west, box.south, box.east, box.north]


def _roads(extract: Extract, graph: RoadGraph) -> Report:
    ways = np.bincount([road.road_class for road in extract.roads], minlength=len(CLASSES))
    once = (graph.twin < 0) | (graph.twin > np.arange(graph.arcs))
    km = graph.length_m[once] / 1000.0
    kind = graph.road_class[once]
    no_limit = graph.max_speed_kmh[once] == 0
    no_name = graph.name[once] == 0
    all_km, unknown_km, unnamed_km = (
        np.bincount(kind, weights=km * mask, minlength=len(CLASSES))
        for mask in (np.ones(len(km)), no_limit, no_name)
    )
    by_class = {
        name: {
            "ways": int(ways[place]),
            "km": round(float(all_km[place]), 2),
            "km_without_limit": round(float(unknown_km[place]), 2),
            "km_without_name": round(float(unnamed_km[place]), 2),
        }
        for place, name in enumerate(CLASSES)
        if ways[place]
    }
    total = float(km.sum())
    flags = graph.flags[once]
    return {
        "ways": len(extract.roads),
        "km": round(total, 2),
        "share_km_without_limit": _share(float(km[no_limit].sum()), total),
        "share_km_without_name": _share(float(km[no_name].sum()), total),
        "km_unpaved": round(float(km[(flags & UNPAVED) > 0].sum()), 2),
        "km_restricted": round(float(km[(flags & RESTRICTED) > 0].sum()), 2),
        "km_toll": round(float(km[(flags & TOLL) > 0].sum()), 2),
        "by_class": by_class,
    }


def _network(graph: RoadGraph) -> Report:
    sizes = np.bincount(components(graph))
    return {
        "nodes": graph.nodes,
        "arcs": graph.arcs,
        "parts": len(sizes),
        "largest_part_nodes": int(sizes[0]),
        "largest_part_share": _share(float(sizes[0]), graph.nodes),
        "nodes_off_largest_part": int(graph.nodes - sizes[0]),
        "next_parts_nodes": [int(size) for size in sizes[1:6]],
    }


def _facilities(rows: list[Row]) -> Report:
    kinds: dict[str, int] = {}
    for row in rows:
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + 1
    off = [row for row in rows
           if row["road_m"] is None or row["road_m"] > MAX_FACILITY_OFF_ROAD_M]  # fmt: skip
    listed = [{key: row[key] for key in ("id", "kind", "name", "road_m")} for row in off[:_LISTED]]
    said = [row["emergency"] or "unsaid" for row in rows]
    return {
        "found": len(rows),
        "by_kind": dict(sorted(kinds.items())),
        "emergency": {word: said.count(word) for word in ("yes", "no", "unsaid")},
        "smaller_than_tagged": [row["name"] for row in rows
                                if row["kind"] == "hospital" and _SMALLER.search(row["name"])],
        "list": [{key: row[key] for key in _TOLD} for row in rows[:_LISTED]],
        "without_name": sum(not row["name"] for row in rows),
        "off_network": len(off),
        "off_network_limit_m": MAX_FACILITY_OFF_ROAD_M,
        "off_network_list": listed,
    }  # fmt: skip


def _places(rows: Iterable[Row]) -> Report:
    """What can be searched for: kinds, languages, kilometre posts."""
    kinds: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    posts = settlements = 0
    for row in rows:
        kinds[row["kind"]] += 1
        settlements += row["kind"] in _SETTLED
        if row["kind"] == "kilometre_post":
            posts += not (row["extra"]["roads"] or row["extra"]["refs"])
            continue
        names = " ".join(row["names"])
        in_chinese, in_latin = bool(_CHINESE.search(names)), bool(_LATIN.search(names))
        languages["named"] += bool(names)
        languages["in_chinese"] += in_chinese
        languages["in_latin"] += in_latin
        languages["in_both"] += in_chinese and in_latin
    return {
        "found": kinds.total(),
        "by_kind": dict(sorted(kinds.items())),
        "settlements": settlements,
        "names": {key: languages[key] for key in ("named", "in_chinese", "in_latin", "in_both")},
        "kilometre_posts": {"found": kinds["kilometre_post"], "without_road": posts},
    }


def _share(part: float, whole: float) -> float:
    return round(part / whole, _SHARE_DIGITS) if whole else 0.0
