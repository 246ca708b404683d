"""What is found in an extract: the ways an ambulance can drive, the places, and what was seen.

Tags become values here and are not asked again. A way at the border of the extract loses the nodes
that the file does not have: it is cut there into the pieces that are left, and counted. Geometry
between junctions is `maps.osm.build`'s, the rows of the gazetteer are `maps.osm.places`'s, the base
map reads the file itself (`maps.osm.features`).

A place drawn as an area is where the area's middle is. Where the area cannot be put together (part
of it lies beyond the border) its middle is that of the corners which are there.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from osmium.geom import WKBFactory
from shapely import from_wkb

from dispatch.errors import BadPayload
from maps.areas import Bounds
from maps.osm import tags as meaning
from maps.osm.kinds import GONE_KEYS, KIND_KEYS, facility_kind, kind_of
from maps.osm.source import Progress, Source

_NAMED: Final = frozenset(meaning.NAME_KEYS)
# What a spot keeps of its tags: a city has 10^5 addresses, and most tags say nothing here.
_KEPT: Final = frozenset(
    (*KIND_KEYS, *GONE_KEYS, *meaning.NAME_KEYS, "ref", "population", "admin_level", "emergency",
     "beds", "capacity:beds", "phone", "contact:phone", "emergency:phone", "operator", "distance",
     "pk", "direction", "opening_hours")
)  # fmt: skip
_SHUTTING: Final = frozenset(
    {"bollard", "block", "chain", "cycle_barrier", "debris", "gate", "height_restrictor",
     "jersey_barrier", "lift_gate", "log", "motorcycle_barrier", "sliding_gate", "swing_gate"}
)  # fmt: skip
"""Values of ``barrier`` that can stop an ambulance; a bollard may be locked, a height bar never."""

_SIZES: Final = ("maxheight", "maxwidth", "maxweight", "maxaxleload")


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of one way whose nodes the file has: node ids and degrees, at least two."""

    nodes: tuple[int, ...]
    lon: tuple[float, ...]
    lat: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RoadWay:
    """One way that can be driven. Limits in km/h as drawn and against it, 0 unknown."""

    way: int
    road_class: int
    flags: int
    directions: tuple[bool, bool]
    limits_kmh: tuple[int, int]
    minutes: float
    name: str
    names: tuple[str, ...]
    refs: tuple[str, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Something with a place: ``key`` is n, w or r with the id; tags are those of use here."""

    key: str
    tags: dict[str, str]
    lon: float
    lat: float


@dataclass(frozen=True, kw_only=True)
class Extract:
    """Everything read from one file; ``seen`` counts what a report must say.

    ``milestones`` gives, for a spot's key, the names and numbers of the road its node lies on.
    """

    roads: tuple[RoadWay, ...]
    spots: tuple[Spot, ...]
    milestones: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    seen: dict[str, int]
    bounds: Bounds | None
    timestamp: str | None


def read_extract(path: Path, progress: Progress) -> Extract:
    """Read roads and places of an OpenStreetMap file.

    Raises BadPayload for a file that is no extract, is cut short, or has no road in it.
    """
    source = Source(path, progress)
    found = _Found()
    bounds, timestamp = source.bounds(), source.timestamp()
    for relation in source.relations():
        found.relation(relation)
    for node in source.nodes():
        found.node(node)
    for one in source.ways_and_areas("name", "name:zh", "name:en", "amenity", "healthcare",
                                     "place", "addr:housenumber"):  # fmt: skip
        if one.is_area():
            found.area(one)
        else:
            found.way(one)
    found.unplaced_relations()
    if not found.roads:
        raise BadPayload("map_file", f"{path} holds no road: {found.why_none()}")
    return Extract(
        roads=tuple(found.roads[way] for way in sorted(found.roads)),
        spots=tuple(found.spots[key] for key in sorted(found.spots, key=_by_number)),
        milestones=found.on_road,
        seen=dict(sorted(found.seen.items())),
        bounds=bounds,
        timestamp=timestamp,
    )


def tags_of(thing: Any) -> dict[str, str]:
    """The tags of an osmium object as a dict, which outlives it."""
    return {tag.k: tag.v for tag in thing.tags}


def area_middle(factory: WKBFactory, area: Any) -> tuple[float, float] | None:
    """The centroid of an area, or a point in it where that lies outside; None for a broken one."""
    if not area.num_rings()[0]:  # its ring crosses itself or is not closed
        return None
    shape = from_wkb(bytes.fromhex(factory.create_multipolygon(area)))
    inside = shape.centroid if shape.contains(shape.centroid) else shape.representative_point()
    return inside.x, inside.y


def is_spot(tags: dict[str, str]) -> bool:
    """Whether it is kept as a place: a kind and a name, a facility, a post, or a house number."""
    if "addr:housenumber" in tags or tags.get("highway") == "milestone" or facility_kind(tags):
        return True
    return not _NAMED.isdisjoint(tags) and kind_of(tags) is not None


@dataclass
class _Found:
    """What the passes over the file gather; the order of the calls is the order of the passes."""

    roads: dict[int, RoadWay] = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)
    on_road: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    barriers: dict[int, str] = field(default_factory=dict)
    posts: set[int] = field(default_factory=set)
    waiting: dict[str, tuple[dict[str, str], set[int]]] = field(default_factory=dict)
    members: dict[int, tuple[float, float]] = field(default_factory=dict)
    wanted: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.shape = WKBFactory()

    def relation(self, relation: Any) -> None:
        tags = tags_of(relation)
        if tags.get("type", "").startswith("restriction"):
            self.seen["turn_restrictions"] += 1
        elif tags.get("type") in {"multipolygon", "site", "boundary"} and is_spot(tags):
            ways = {member.ref for member in relation.members if member.type == "w"}
            self.waiting[f"r{relation.id}"] = (tags, ways)
            self.wanted |= ways

    def node(self, node: Any) -> None:
        if node.deleted or not node.location.valid():
            return
        tags = tags_of(node)
        if tags.get("barrier") in _SHUTTING:
            self.barriers[node.id] = tags["barrier"]
        if tags.get("highway") == "milestone":
            self.posts.add(node.id)
        if is_spot(tags):
            self._spot(f"n{node.id}", tags, node.location.lon, node.location.lat)

    def way(self, way: Any) -> None:
        if way.deleted:
            return
        tags = tags_of(way)
        road_class = meaning.road_class(tags)
        if road_class is not None:
            self._road(way, tags, road_class)
        elif "highway" in tags:
            self.seen["ways_not_driven"] += 1
        elif tags.get("route") == "ferry":
            self.seen["ferries_not_driven"] += 1
        if way.id in self.wanted and (middle := _middle(way)):
            self.members[way.id] = middle
        if (road_class is None and is_spot(tags)) and (middle := _middle(way)):
            self._spot(f"w{way.id}", tags, *middle)  # until its area is whole

    def area(self, area: Any) -> None:
        tags = tags_of(area)
        if not is_spot(tags) or meaning.road_class(tags) is not None:
            return
        key = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
        middle = area_middle(self.shape, area)
        if middle is not None:
            self._spot(key, tags, *middle)

    def unplaced_relations(self) -> None:
        """Relations whose area is not whole: the middle of the members that are there."""
        for key, (tags, ways) in self.waiting.items():
            known = [self.members[way] for way in sorted(ways) if way in self.members]
            if key not in self.spots and known:
                lon, lat = (sum(numbers) / len(known) for numbers in zip(*known, strict=True))
                self._spot(key, tags, lon, lat)

    def why_none(self) -> str:
        """A sentence on where the roads could be, for a file without any."""
        if self.seen["roads_of_new_nodes"]:
            return (
                "its roads are made of nodes with negative ids, as an editor saves them before "
                "they are uploaded; give an extract of the published map"
            )
        if self.seen["roads_outside"]:
            return "its roads have no nodes; export it again with the nodes of its ways"
        if self.seen["ways_not_driven"]:
            return "only footpaths and the like; give an extract of the whole county"
        return "give an extract of the whole county, not of one kind of thing"

    def _spot(self, key: str, tags: dict[str, str], lon: float, lat: float) -> None:
        if not lon and not lat:  # what is there was never placed
            self.seen["at_zero"] += 1
            return
        kept = {k: v for k, v in tags.items() if k in _KEPT or k.startswith("addr:")}
        self.spots[key] = Spot(key=key, tags=kept, lon=round(lon, 7), lat=round(lat, 7))

    def _road(self, way: Any, tags: dict[str, str], road_class: int) -> None:
        pieces, gaps = _pieces(way)
        self.seen["border_gaps"] += gaps
        if way.id < 0:
            self.seen["ways_not_uploaded"] += 1
        if not pieces:
            self.seen["roads_outside"] += 1
            self.seen["roads_of_new_nodes"] += any(node.ref < 0 for node in way.nodes)
            return
        road = RoadWay(
            way=way.id,
            road_class=road_class,
            flags=meaning.flags(tags),
            directions=meaning.directions(tags),
            limits_kmh=meaning.limits_kmh(tags),
            minutes=meaning.minutes(tags) if tags.get("route") == "ferry" else 0.0,
            name=meaning.display_name(tags),
            names=meaning.names(tags),
            refs=meaning.refs(tags),
            pieces=pieces,
        )
        self.roads[way.id] = road
        self.seen["size_limits"] += any(key in tags for key in _SIZES)
        self.seen["reversible"] += tags.get("oneway") in {"reversible", "alternating"}
        self._along(road, tags)

    def _along(self, road: RoadWay, tags: dict[str, str]) -> None:
        """What stands on the road's nodes: bars across it, and kilometre posts."""
        if bridge := meaning.clean(tags.get("bridge:name", "")):
            middle = road.pieces[0]
            at = len(middle.nodes) // 2
            named = {"man_made": "bridge", "name": bridge}
            self._spot(f"w{road.way}", named, middle.lon[at], middle.lat[at])
        for piece in road.pieces:
            for node in piece.nodes:
                if barrier := self.barriers.get(node):
                    self.seen[f"barrier_{barrier}"] += 1
                if node in self.posts:
                    self.on_road[f"n{node}"] = (road.names, road.refs)


def _pieces(way: Any) -> tuple[tuple[Piece, ...], int]:
    """The stretches whose nodes are there, and at how many places the way is cut."""
    runs: list[list[tuple[int, float, float]]] = [[]]
    gaps = 0
    for node in way.nodes:
        if not _is_placed(node.location):
            gaps += bool(runs[-1])
            runs.append([])
        elif not runs[-1] or runs[-1][-1][0] != node.ref:
            runs[-1].append((node.ref, node.location.lon, node.location.lat))
    starts_outside = not runs[0] and len(runs) > 1
    kept = [run for run in runs if len(run) > 1]
    pieces = tuple(_piece(run) for run in kept)
    return pieces, gaps + (starts_outside and bool(kept))


def _piece(run: Iterable[tuple[int, float, float]]) -> Piece:
    nodes, lon, lat = zip(*run, strict=True)
    return Piece(nodes=nodes, lon=lon, lat=lat)


def _middle(way: Any) -> tuple[float, float] | None:
    """The mean of the corners that are there."""
    there = {node.ref: node.location for node in way.nodes if _is_placed(node.location)}
    if not there:
        return None
    lon = sum(location.lon for location in there.values()) / len(there)
    return lon, sum(location.lat for location in there.values()) / len(there)


def _is_placed(location: Any) -> bool:
    """Whether the file says where it is; 0, 0 is what a failed conversion leaves."""
    return bool(location.valid() and (location.x or location.y))


def _by_number(key: str) -> tuple[str, int]:
    return key[0], int(key[1:])
