"""The county as an area: its boundary, its towns, and which town a place belongs to.

A town here is a named point with a label radius, because town polygons of a county are rarely to be
had; `town_of` therefore answers with the nearest town inside the boundary, which is right near the
town and a guess near the limit of two. Where real polygons exist they replace this rule, not its
callers. What does not live here: reading files (`maps.county`) and drawing (`maps.basemap`).
"""

import msgspec
from shapely import MultiPolygon, Point, Polygon

from maps.coordinates import Wgs84
from maps.distance import haversine_m


class Bounds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A box in WGS-84 degrees; west < east and south < north."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        Wgs84(lon=self.west, lat=self.south)
        Wgs84(lon=self.east, lat=self.north)
        if not (self.west < self.east and self.south < self.north):
            raise ValueError("bounds need west < east and south < north")

    def contains(self, place: Wgs84) -> bool:
        """Whether the place lies in the box or on its edge."""
        return self.west <= place.lon <= self.east and self.south <= place.lat <= self.north

    def grown(self, margin_deg: float) -> "Bounds":
        """The same box with a margin in degrees on every side."""
        return Bounds(
            west=self.west - margin_deg,
            south=self.south - margin_deg,
            east=self.east + margin_deg,
            north=self.north + margin_deg,
        )


class Town(msgspec.Struct, frozen=True, kw_only=True):
    """A town of the county; `label_radius_m` is the room its name takes on the map, in metres."""

    code: str
    name_zh: str
    name_en: str
    position: Wgs84
    label_radius_m: int
    approximate: bool


class CountyArea:
    """Boundary and towns of one county, ready for questions about places."""

    def __init__(self, *, boundary: Polygon | MultiPolygon, towns: tuple[Town, ...]) -> None:
        """`boundary` in WGS-84 degrees, valid and not empty; at least one town."""
        if boundary.is_empty or not boundary.is_valid:
            raise ValueError("the boundary is empty or crosses itself")
        if not towns:
            raise ValueError("a county needs at least one town")
        self.boundary = boundary
        self.towns = towns
        west, south, east, north = boundary.bounds
        self.bounds = Bounds(west=west, south=south, east=east, north=north)

    def contains(self, place: Wgs84) -> bool:
        """Whether the place lies in the county; its boundary counts as inside."""
        if not self.bounds.contains(place):
            return False
        return bool(self.boundary.covers(Point(place.lon, place.lat)))

    def town_of(self, place: Wgs84) -> Town | None:
        """The nearest town to a place in the county (the first listed at a tie); None outside."""
        if not self.contains(place):
            return None
        return min(self.towns, key=lambda town: haversine_m(place, town.position))
