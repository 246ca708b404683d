"""What a county folder says about its geography, as values: settings, lines, places.

The words of `county.toml` and of the GeoJSON files after they were checked. What does not live
here: reading and checking files (`maps.county`), questions about areas (`maps.areas`). Pure.
"""

from typing import Annotated, Literal

import msgspec

from dispatch.ids import CountyId
from maps.areas import Bounds, CountyArea, Town
from maps.coordinates import Wgs84

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{1,31}$")]
Code = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6,12}$")]
PlaceKind = Literal["village", "community", "landmark"]
LineKind = Literal[
    "expressway", "main_road", "local_road", "street", "river", "branch", "canal", "stream"
]
ROAD_KINDS: frozenset[str] = frozenset({"expressway", "main_road", "local_road", "street"})
RIVER_KINDS: frozenset[str] = frozenset({"river", "branch", "canal", "stream"})


class Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what an administrator writes: an unknown key is a typing error."""


class SeatInset(Written, frozen=True, kw_only=True):
    """The magnified inset of the county seat, where units and hospitals stand too close."""

    name_zh: Name
    name_en: Name
    magnification: Annotated[int, msgspec.Meta(ge=2, le=20)]
    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        self.bounds  # noqa: B018  (a wrong box must fail while its key is known)

    @property
    def bounds(self) -> Bounds:
        """The box of the inset in WGS-84 degrees."""
        return Bounds(west=self.west, south=self.south, east=self.east, north=self.north)


class CountySettings(Written, frozen=True, kw_only=True):
    """The table [county] of county.toml."""

    id: Slug
    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$")]  # GB/T 2260
    name_zh: Name
    name_en: Name
    zone: str
    schematic: bool
    call_sign_prefix: Name
    language: Literal["zh-CN", "en"]
    attribution: Annotated[str, msgspec.Meta(max_length=200)]
    seat_inset: SeatInset

    @property
    def county_id(self) -> CountyId:
        """The county's id, typed."""
        return CountyId(self.id)


class MapLine(msgspec.Struct, frozen=True, kw_only=True):
    """A road or a river of the base map; `schematic` lines are drawn by hand, not surveyed."""

    name_zh: str
    name_en: str
    kind: LineKind
    schematic: bool
    path: tuple[Wgs84, ...]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the gazetteer: a village, a community or a landmark with its town."""

    id: str
    name_zh: str
    name_en: str
    kind: PlaceKind
    town: Town
    position: Wgs84
    schematic: bool


class CountyGeography(msgspec.Struct, frozen=True, kw_only=True):
    """Everything geographic that a county folder says."""

    settings: CountySettings
    area: CountyArea
    roads: tuple[MapLine, ...]
    rivers: tuple[MapLine, ...]
    places: tuple[Place, ...]
