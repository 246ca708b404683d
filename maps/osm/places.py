"""Rows of the gazetteer and of the health facilities, out of what an extract holds.

A row of the gazetteer is a dict ``{id, kind, names, lon, lat, importance, extra}``: degrees in
WGS-84, every name the place goes by with the one on its signs first. ``extra`` holds what its kind
has to say (docs in `place_rows`). Which name is meant when several places share it is for the
search and the dispatcher; nothing is left out here for being a namesake.

Roads of one name are one row a road, not one a way: ways of the same name whose corners come within
about a kilometre of each other are the same road, others are namesakes in another town.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from maps.coordinates import Wgs84
from maps.distance import haversine_m, path_length_m
from maps.limits import MAX_SAME_FACILITY_M
from maps.network.graph import CLASSES
from maps.osm import tags as meaning
from maps.osm.extract import Extract, RoadWay, Spot
from maps.osm.kinds import facility_kind, importance, kind_of, population

Row = dict[str, Any]
Distance = Callable[[Wgs84], float | None]
"""Metres from a place to the nearest road that is connected to the rest; None when far away."""

_CELL_DEG: Final = 0.01  # about a kilometre: ways of one name this near each other are one road
_PHONES: Final = ("emergency:phone", "phone", "contact:phone")
_CJK_FIRST, _CJK_LAST = "\u4e00", "\u9fff"
_KILOMETRES: Final = ("distance", "pk", "ref", "name")


def place_rows(extract: Extract) -> Iterator[Row]:
    """Every row of the gazetteer, settlements and points first, then roads, then addresses.

    ``extra`` of a point: tag, and population, admin_level, operator, address where known. Of a
    kilometre post: km, road names, road refs. Of a road: extent [west, south, east, north] degrees,
    length_m, class, refs. Of an address: street, number.
    """
    for spot in extract.spots:
        if row := _point(spot, extract):
            yield row
    yield from _roads(extract.roads)
    yield from _addresses(extract.spots)


def facility_rows(extract: Extract, distance_m: Distance) -> list[Row]:
    """Hospitals, clinics, doctors and other places of treatment, each once.

    {id, kind, name, names, emergency ("yes", "no", None), beds, phone, operator, lon, lat, road_m}.
    A point and an area of the same kind and name close together are one facility; of unnamed ones
    nothing is merged, because nothing says that they are the same.
    """
    found: list[Row] = []
    # Areas first: their middle is the house, a point is sometimes only its label.
    for spot in sorted(extract.spots, key=lambda spot: spot.key[0] == "n"):
        row = _facility(spot)
        if row is None:
            continue
        twin = next((other for other in found if _is_same(row, other)), None)
        if twin is None:
            found.append(row)
            continue
        for key in ("emergency", "beds", "phone", "operator"):
            twin[key] = row[key] if twin[key] is None else twin[key]
    for row in found:
        off_m = distance_m(Wgs84(lon=row["lon"], lat=row["lat"]))
        row["road_m"] = None if off_m is None else round(off_m, 1)
    return sorted(found, key=lambda row: (row["name"] == "", row["name"], row["id"]))


def _facility(spot: Spot) -> Row | None:
    kind = facility_kind(spot.tags)
    if kind is None:
        return None
    said = spot.tags.get("emergency", "")
    beds = spot.tags.get("beds") or spot.tags.get("capacity:beds", "")
    names = meaning.names(spot.tags)
    return {
        "id": spot.key,
        "kind": kind,
        "name": next(iter(names), ""),
        "names": list(names),
        "emergency": {"yes": "yes", "designated": "yes", "no": "no"}.get(said),
        "beds": int(beds) if beds.isascii() and beds.isdecimal() and len(beds) < 6 else None,
        "phone": next((spot.tags[key] for key in _PHONES if key in spot.tags), None),
        "operator": spot.tags.get("operator"),
        "lon": spot.lon,
        "lat": spot.lat,
    }


def _is_same(row: Row, other: Row) -> bool:
    if not row["name"] or (row["name"], row["kind"]) != (other["name"], other["kind"]):
        return False
    here, there = (Wgs84(lon=one["lon"], lat=one["lat"]) for one in (row, other))
    return haversine_m(here, there) <= MAX_SAME_FACILITY_M


def _point(spot: Spot, extract: Extract) -> Row | None:
    """One named place; None for what has neither a name nor, as a post, its kilometre."""
    found = kind_of(spot.tags)
    if found is None:
        return None
    kind, tag = found
    names = meaning.names(spot.tags)
    extra: Row = {"tag": tag}
    if kind == "kilometre_post":
        road_names, road_refs = extract.milestones.get(spot.key, ((), ()))
        extra |= {"km": _kilometre(spot.tags), "roads": list(road_names), "refs": list(road_refs)}
        if extra["km"] is None:
            return None
    elif not names:
        return None
    extra |= {key: spot.tags[key] for key in ("admin_level", "operator") if key in spot.tags}
    if (people := population(spot.tags)) is not None:
        extra["population"] = people
    if address := _address(spot.tags):
        extra["address"] = address
    return _row(spot.key, kind, names, spot.lon, spot.lat, importance(kind, spot.tags), extra)


def _row(
    key: str, kind: str, names: Sequence[str], lon: float, lat: float, rank: float, extra: Row
) -> Row:
    return {"id": key, "kind": kind, "names": list(names), "lon": lon, "lat": lat,
            "importance": rank, "extra": extra}  # fmt: skip


def _kilometre(tags: dict[str, str]) -> float | None:
    """The kilometre on a post ("12", "12.3", "K12+300", "12 km"); None when it has no number."""
    for text in (tags.get(key, "").strip().upper() for key in _KILOMETRES):
        whole, plus, rest = text.removeprefix("K").removesuffix("KM").strip().partition("+")
        try:
            km = float(whole.replace(",", ".")) + (float(rest) / 1000 if plus else 0.0)
        except ValueError:
            continue
        if math.isfinite(km) and km >= 0:
            return round(km, 3)
    return None


def _roads(roads: Sequence[RoadWay]) -> Iterator[Row]:
    """One row a road and name, and one a road and number."""
    by_name: dict[str, list[RoadWay]] = {}
    for road in roads:
        for key in (*road.names[:1], *road.refs):
            by_name.setdefault(key, []).append(road)
    for name in sorted(by_name):
        for part in _parts(by_name[name]):
            yield _road(name, part)


def _parts(roads: Sequence[RoadWay]) -> list[list[RoadWay]]:
    """Ways of one name put together where they share a cell of the grid or neighbour one."""
    leader = list(range(len(roads)))

    def root(place: int) -> int:
        while leader[place] != place:
            place = leader[place]
        return place

    owner: dict[tuple[int, int], int] = {}
    for place, road in enumerate(roads):
        for x, y in _cells(road):
            near = ((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
            touched = {root(owner[cell]) for cell in near if cell in owner} | {root(place)}
            first = min(touched)
            leader[place] = first
            for other in touched:
                leader[other] = first
            owner.setdefault((x, y), place)
    parts: dict[int, list[RoadWay]] = {}
    for place, road in enumerate(roads):
        parts.setdefault(root(place), []).append(road)
    return list(parts.values())


def _cells(road: RoadWay) -> Iterable[tuple[int, int]]:
    places = ((x, y) for piece in road.pieces for x, y in zip(piece.lon, piece.lat, strict=True))
    return dict.fromkeys((math.floor(x / _CELL_DEG), math.floor(y / _CELL_DEG)) for x, y in places)


def _road(name: str, roads: Sequence[RoadWay]) -> Row:
    paths = [
        [Wgs84(lon=x, lat=y) for x, y in zip(piece.lon, piece.lat, strict=True)]
        for road in roads
        for piece in road.pieces
    ]
    lengths_m = [path_length_m(path) for path in paths]
    longest = paths[lengths_m.index(max(lengths_m))]
    middle = longest[len(longest) // 2]  # a corner of the road, so that it lies on the road
    lons, lats = ([getattr(p, axis) for path in paths for p in path] for axis in ("lon", "lat"))
    best = min(road.road_class for road in roads)
    is_ref = all(name not in road.names for road in roads)
    also = [] if is_ref else [other for road in roads for other in road.names]
    extra = {
        "extent": [min(lons), min(lats), max(lons), max(lats)],
        "length_m": round(sum(lengths_m)),
        "class": CLASSES[best],
        "refs": list(dict.fromkeys(ref for road in roads for ref in road.refs)),
    }
    # Of two roads of equal name the one of the better class is more often meant.
    rank = round(importance("road", {}) + 0.01 * (len(CLASSES) - best), 3)
    names = list(dict.fromkeys((name, *also)))
    return _row(f"road:{roads[0].way}:{name}", "road", names, middle.lon, middle.lat, rank, extra)


def _addresses(spots: Iterable[Spot]) -> Iterator[Row]:
    """House numbers, each once: a house and the shop in it often carry the same one."""
    seen: set[tuple[str, int, int]] = set()
    for spot in spots:
        text = _address(spot.tags)
        key = text, math.floor(spot.lon / _CELL_DEG), math.floor(spot.lat / _CELL_DEG)
        if not text or key in seen:
            continue
        seen.add(key)
        extra = {"street": _street(spot.tags), "number": spot.tags["addr:housenumber"]}
        rank = importance("address", {})
        yield _row(f"addr:{spot.key}", "address", [text], spot.lon, spot.lat, rank, extra)


def _street(tags: dict[str, str]) -> str:
    keys = ("addr:street", "addr:place", "addr:hamlet", "addr:village")
    return next((clean for key in keys if (clean := meaning.clean(tags.get(key, "")))), "")


def _address(tags: dict[str, str]) -> str:
    """人民路12号, or "Main Street 12": as it is said where the street's name is written so."""
    street, number = _street(tags), meaning.clean(tags.get("addr:housenumber", ""))
    if not street or not number:
        return ""
    if any(_CJK_FIRST <= letter <= _CJK_LAST for letter in street):
        return f"{street}{number}" if number.endswith("号") else f"{street}{number}号"
    return f"{street} {number}"
