"""Where a position is, in words: the road, the place, the town, "300 m east of ...".

What is said are codes with their parameters, distances in metres and eight directions, so that a
screen says them in its own language; `WORDS` holds both languages for the command line. Distances
are rounded as far as they can be trusted by someone reading them out. Whatever is not known is not
said: far from any road there is no road, outside the map there is nothing.
"""

from typing import Final, Literal

import msgspec

from maps.areas import CountyArea
from maps.coordinates import Wgs84
from maps.distance import bearing_deg, haversine_m
from maps.network.graph import RoadGraph
from maps.network.snap import Snapper
from maps.search.entries import SETTLEMENT_KINDS, Entry
from maps.search.index import PlaceIndex

Direction = Literal["n", "ne", "e", "se", "s", "sw", "w", "nw"]
Language = Literal["zh", "en"]
PhraseCode = Literal[
    "at_place", "off_place", "on_road", "near_road", "in_town", "near_town", "off_town", "nothing"
]

_DIRECTIONS: Final[tuple[Direction, ...]] = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
_NO_LANDMARKS: Final = frozenset({"road", "address", "unit", "kilometre_post"}) | SETTLEMENT_KINDS
_NEAR_ROADS: Final = 12  # slip roads and service roads have no name; one of the near ones has

DIRECTION_WORDS: Final[dict[Direction, tuple[str, str]]] = {
    "n": ("北", "north"), "ne": ("东北", "north-east"), "e": ("东", "east"),
    "se": ("东南", "south-east"), "s": ("南", "south"), "sw": ("西南", "south-west"),
    "w": ("西", "west"), "nw": ("西北", "north-west"),
}  # fmt: skip
WORDS: Final[dict[PhraseCode, tuple[str, str]]] = {
    "at_place": ("在{name}", "at {name}"),
    "off_place": ("{name}以{direction}{distance}", "{distance} {direction} of {name}"),
    "on_road": ("在{name}上", "on {name}"),
    "near_road": ("距{name}{distance}", "{distance} from {name}"),
    "in_town": ("{name}一带", "around {name}"),  # the nearest town: no county draws their borders
    "near_town": ("在{name}", "in or beside {name}"),
    "off_town": ("{name}以{direction}{distance}", "{distance} {direction} of {name}"),
    "nothing": ("附近没有已知的地名或道路", "no known place or road nearby"),
}
"""Chinese and English of each phrase; the blanks are name, direction and distance."""


class ReversePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Local policy, metres: how far something may be to be worth naming.

    ``at_m``: no direction is given so near. ``on_road_m``: a road so near is the one stood on.
    """

    at_m: float = 30.0
    place_m: float = 3_000.0
    on_road_m: float = 25.0
    road_m: float = 1_000.0
    near_town_m: float = 300.0
    town_m: float = 20_000.0


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """One statement about a position. ``distance_m`` is rounded; "" and None where not said."""

    code: PhraseCode
    name: str = ""
    kind: str = ""
    distance_m: int | None = None
    direction: Direction | None = None


class Whereabouts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a position, the most useful first: place, road, town."""

    place: Wgs84
    phrases: tuple[Phrase, ...]


class Surroundings:
    """What positions are described by; ``snapper`` belongs to ``graph``; both or neither."""

    def __init__(
        self,
        index: PlaceIndex,
        *,
        graph: RoadGraph | None = None,
        snapper: Snapper | None = None,
        area: CountyArea | None = None,
        policy: ReversePolicy | None = None,
    ) -> None:
        self._index = index
        self._graph = graph
        self._snapper = snapper
        self._area = area
        self._policy = policy or ReversePolicy()

    def describe(self, place: Wgs84) -> Whereabouts:
        """A position in words; never empty: "nothing" is said where nothing is known."""
        found = (self._landmark(place), self._road(place), self._town(place))
        phrases = tuple(phrase for phrase in found if phrase is not None)
        return Whereabouts(place=place, phrases=phrases or (Phrase(code="nothing"),))

    def _landmark(self, place: Wgs84) -> Phrase | None:
        near = self._index.nearest(place, self._policy.place_m, without=_NO_LANDMARKS)
        if near is None:
            return None
        is_at = haversine_m(near.place, place) <= self._policy.at_m
        return _phrase("at_place" if is_at else "off_place", near, place)

    def _road(self, place: Wgs84) -> Phrase | None:
        if self._snapper is None or self._graph is None:
            return None
        for near in self._snapper.candidates(place, self._policy.road_m, _NEAR_ROADS):
            name = self._graph.names[int(self._graph.name[near.arc])]
            if name and near.distance_m <= self._policy.on_road_m:
                return Phrase(code="on_road", name=name, kind="road")
            if name:
                distance_m = rounded_m(near.distance_m)
                return Phrase(code="near_road", name=name, kind="road", distance_m=distance_m)
        return None

    def _town(self, place: Wgs84) -> Phrase | None:
        town = self._area.town_of(place) if self._area is not None else None
        if town is not None:
            return Phrase(code="in_town", name=town.name_zh, kind="town")
        near = self._index.nearest(place, self._policy.town_m, only=SETTLEMENT_KINDS - {"admin"})
        if near is None:
            return None
        is_near = haversine_m(near.place, place) <= self._policy.near_town_m
        return _phrase("near_town" if is_near else "off_town", near, place)


def direction_of(origin: Wgs84, place: Wgs84) -> Direction:
    """In which of eight directions a place lies from the origin."""
    return _DIRECTIONS[round(bearing_deg(origin, place) / 45.0) % len(_DIRECTIONS)]


def rounded_m(distance_m: float) -> int:
    """A distance as it is read out: tens to 200 m, fifties to 1 km, hundreds beyond."""
    step_m = 10 if distance_m < 200.0 else 50 if distance_m < 1_000.0 else 100
    return max(step_m, round(distance_m / step_m) * step_m)


def in_words(phrase: Phrase, language: Language) -> str:
    """A phrase in Chinese or English."""
    column = ("zh", "en").index(language)
    direction = DIRECTION_WORDS[phrase.direction][column] if phrase.direction else ""
    distance_m = phrase.distance_m or 0
    is_far = distance_m >= 1_000
    units = ("公里", " km") if is_far else ("米", " m")
    distance = f"{distance_m / 1000 if is_far else distance_m:g}{units[column]}"
    return WORDS[phrase.code][column].format(
        name=phrase.name, direction=direction, distance=distance
    )


def _phrase(code: PhraseCode, near: Entry, place: Wgs84) -> Phrase:
    is_there = code in ("at_place", "near_town")
    return Phrase(
        code=code,
        name=near.names[0],
        kind=near.kind,
        distance_m=None if is_there else rounded_m(haversine_m(near.place, place)),
        direction=None if is_there else direction_of(near.place, place),
    )
