"""The place of a kilometre of a road: "S204 K12+300".

A caller on a country road knows one thing for certain, the number on the last post. Where that post
is known, it is the place. Otherwise the place is found between the two nearest known posts, along
the road's own line: the share of the kilometres between them is the share of the way. Nothing is
extrapolated beyond the last known post, and nothing is said where the line and the posts disagree,
because posts of a road that was rebuilt can be kilometres off; the answer then is the reason.

The direction of travel chooses no place here: the carriageways of one road lie closer together than
the posts are known. It is handed on in words. Not here: how the words are read (`spoken`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
import numpy as np
from shapely import LineString, MultiLineString, Point, line_merge

from maps.coordinates import Wgs84
from maps.distance import haversine_m, path_length_m, place_along
from maps.geography import ROAD_KINDS, MapLine
from maps.network.graph import RoadGraph
from maps.search.entries import Entry
from maps.search.spoken import RoadKilometre, road_key
from maps.search.text import folded

Code = Literal[
    "post",  # the post itself
    "between_posts",  # interpolated
    "road_missing",  # a kilometre without a road
    "posts_unknown",  # no post of this road is known
    "posts_too_few",  # one post, and another kilometre was said
    "beyond_posts",  # outside the known posts
    "road_line_missing",  # posts, but no line of the road that joins them
    "posts_disagree",  # the way between the posts is not what their numbers say
]

Path = tuple[Wgs84, ...]

_POST_KM: Final = 0.05  # half of the hundred metres between small posts: this one is meant


class KilometrePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Local policy. ``off_line_m``: a post farther from the road's line is not on it.

    ``same_post_m``: posts of one number within this are one post (both sides of the road).
    ``least_ratio``, ``most_ratio``: way between two posts divided by what their numbers say.
    ``widest_km``: posts farther apart than this say nothing about what lies between them.
    """

    off_line_m: float = 150.0
    same_post_m: float = 300.0
    least_ratio: float = 0.8
    most_ratio: float = 1.25
    widest_km: float = 50.0


class KilometreAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one kilometre; ``places`` is empty where nothing is, and ``code`` says why.

    Several places: posts of this number stand on several roads of this name. ``posts_km``: the
    posts it rests on, or the first and last known. ``between_m``: the way between them.
    """

    code: Code
    road: str
    km: float
    direction: str = ""
    places: tuple[Wgs84, ...] = ()
    posts_km: tuple[float, ...] = ()
    between_m: float = 0.0


class _Post(msgspec.Struct, frozen=True, kw_only=True):
    km: float
    place: Wgs84


class RoadLines:
    """The lines of roads by name; made from a graph or a county's drawn roads, used on demand."""

    def __init__(self, pieces: Mapping[str, Sequence[Path]]) -> None:
        self._pieces = {folded(name): tuple(paths) for name, paths in pieces.items() if name}
        self._merged: dict[str, tuple[Path, ...]] = {}

    @classmethod
    def of_county(cls, lines: Iterable[MapLine]) -> "RoadLines":
        """The roads that a county folder draws, by both their names."""
        pieces: dict[str, list[Path]] = defaultdict(list)
        for line in lines:
            if line.kind in ROAD_KINDS:
                pieces[line.name_zh].append(line.path)
                pieces[line.name_en].append(line.path)
        return cls(pieces)

    @classmethod
    def of_graph(cls, graph: RoadGraph, names: Iterable[str]) -> "RoadLines":
        """The roads of a graph with one of these names (of any spelling), each way once."""
        wanted = {folded(name) for name in names}
        numbers = [i for i, name in enumerate(graph.names) if name and folded(name) in wanted]
        own = (graph.twin < 0) | (graph.twin > np.arange(graph.arcs))
        pieces: dict[str, list[Path]] = defaultdict(list)
        for arc in np.flatnonzero(own & np.isin(graph.name, numbers)).tolist():
            lons, lats = graph.shape(arc)
            path = tuple(
                Wgs84(lon=x, lat=y) for x, y in zip(lons.tolist(), lats.tolist(), strict=True)
            )
            pieces[graph.names[int(graph.name[arc])]].append(path)
        return cls(pieces)

    def of(self, names: Iterable[str]) -> list[Path]:
        """The lines of a road under any of its names, put together where they meet."""
        return [path for name in dict.fromkeys(map(folded, names)) for path in self._of(name)]

    def _of(self, name: str) -> tuple[Path, ...]:
        if name not in self._merged:
            self._merged[name] = _merged(self._pieces.get(name, ()))
        return self._merged[name]


class KilometrePosts:
    """The known posts by road; ``entries`` are those of an index, of which posts and roads count.

    A post says its kilometre and the names and numbers of its road in ``extra`` (km, roads, refs);
    a road's own entry says which names and numbers belong together.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        lines: RoadLines | None = None,
        policy: KilometrePolicy | None = None,
    ) -> None:
        self._lines = lines or RoadLines({})
        self._policy = policy or KilometrePolicy()
        self._names: dict[str, dict[str, None]] = defaultdict(dict)
        posts: dict[str, list[_Post]] = defaultdict(list)
        for entry in entries:
            if entry.kind == "road":
                self._know_together((*entry.names, *_texts(entry.extra, "refs")))
            elif entry.kind == "kilometre_post" and entry.extra.get("km") is not None:
                roads = (*_texts(entry.extra, "refs"), *_texts(entry.extra, "roads"))
                self._know_together(roads)
                post = _Post(km=float(entry.extra["km"]), place=entry.place)
                for key in dict.fromkeys(map(_key, roads)):
                    posts[key].append(post)
        self._posts = {
            key: sorted(set(found), key=lambda post: (post.km, post.place.lon, post.place.lat))
            for key, found in posts.items()
        }

    def locate(self, said: RoadKilometre) -> KilometreAnswer:
        """The place of a kilometre, or why there is none."""
        if not said.road:
            return self._answer(said, "road_missing")
        posts = self._posts.get(_key(said.road), [])
        if not posts:
            return self._answer(said, "posts_unknown")
        nearest_km = min(abs(post.km - said.km) for post in posts)
        if nearest_km <= _POST_KM:
            meant = [post for post in posts if abs(post.km - said.km) <= nearest_km + 1e-6]
            places = tuple(self._apart([post.place for post in meant]))
            return self._answer(said, "post", places=places, posts_km=(meant[0].km,))
        kms = sorted({post.km for post in posts})
        if len(kms) < 2:
            return self._answer(said, "posts_too_few", posts_km=(kms[0],))
        if not kms[0] <= said.km <= kms[-1]:
            return self._answer(said, "beyond_posts", posts_km=(kms[0], kms[-1]))
        return self._between(said, posts)

    def _between(self, said: RoadKilometre, posts: Sequence[_Post]) -> KilometreAnswer:
        paths = self._lines.of(self._names[_key(said.road)])
        pairs = self._pairs(said.km, posts)
        code: Code = "road_line_missing"
        for before, after in pairs:
            for path in paths:
                ends = [_along_m(path, post.place) for post in (before, after)]
                if any(off_m > self._policy.off_line_m for _, off_m in ends):
                    continue
                way_m = ends[1][0] - ends[0][0]
                ratio = abs(way_m) / ((after.km - before.km) * 1000.0)
                if not self._policy.least_ratio <= ratio <= self._policy.most_ratio:
                    code = "posts_disagree"
                    continue
                share = (said.km - before.km) / (after.km - before.km)
                place = place_along(path, ends[0][0] + share * way_m)
                return self._answer(
                    said,
                    "between_posts",
                    places=(place,),
                    posts_km=(before.km, after.km),
                    between_m=round(abs(way_m), 1),
                )
        return self._answer(said, code, posts_km=(pairs[0][0].km, pairs[0][1].km) if pairs else ())

    def _pairs(self, km: float, posts: Sequence[_Post]) -> list[tuple[_Post, _Post]]:
        """Posts before and after, the narrowest pair first; a number can stand on several posts."""
        before = [post for post in posts if post.km < km]
        after = [post for post in posts if post.km > km]
        numbers = [(a.km, b.km, a, b) for a in before[-4:] for b in after[:4]]
        numbers.sort(key=lambda row: row[1] - row[0])
        return [(a, b) for low, high, a, b in numbers if high - low <= self._policy.widest_km]

    def _apart(self, places: Sequence[Wgs84]) -> list[Wgs84]:
        kept: list[Wgs84] = []
        for place in places:
            if all(haversine_m(place, other) > self._policy.same_post_m for other in kept):
                kept.append(place)
        return kept

    def _know_together(self, names: Sequence[str]) -> None:
        for name in names:
            self._names[_key(name)].update(dict.fromkeys(names))

    @staticmethod
    def _answer(said: RoadKilometre, code: Code, **rest: Any) -> KilometreAnswer:
        return KilometreAnswer(
            code=code, road=said.road, km=said.km, direction=said.direction, **rest
        )


def _key(name: str) -> str:
    """The road's number where it has one, its folded name otherwise."""
    number = road_key(name)
    is_number = number[:1].isalpha() and number[1:].isdigit() and number.isascii()
    return number if is_number else folded(number or name)


def _texts(extra: Mapping[str, Any], key: str) -> list[str]:
    found = extra.get(key) or []
    return [str(one) for one in found]


def _merged(pieces: Sequence[Path]) -> tuple[Path, ...]:
    lines = [LineString([(p.lon, p.lat) for p in path]) for path in pieces if len(path) > 1]
    if not lines:
        return ()
    together = line_merge(MultiLineString(lines))
    parts = getattr(together, "geoms", [together])
    paths = [tuple(Wgs84(lon=x, lat=y) for x, y in part.coords) for part in parts]
    return tuple(sorted(paths, key=path_length_m, reverse=True))


def _along_m(path: Path, place: Wgs84) -> tuple[float, float]:
    """How far along the path the place's nearest point is, and how far off it, in metres.

    Measured on a plane around the place, with the longitude shrunk by its latitude: exact enough
    for the metres near it, which are the ones that count.
    """
    shrink = float(np.cos(np.radians(place.lat)))
    plane = LineString([((p.lon - place.lon) * shrink, p.lat - place.lat) for p in path])
    spot = plane.interpolate(plane.project(Point(0.0, 0.0)))
    on_line = Wgs84(lon=place.lon + spot.x / shrink, lat=place.lat + spot.y)
    corners = np.array(plane.coords)
    legs = np.hypot(*np.diff(corners, axis=0).T)
    after = np.searchsorted(np.cumsum(legs), plane.project(spot))
    corner = path[: int(after) + 1]
    return path_length_m((*corner, on_line)), haversine_m(on_line, place)
