"""Places on the wire: how a hit of the search is told to a screen, and how a position is read.

A hit says why it is one (``match``), whether it is only a resemblance (``is_doubtful``), whose word
it is (``source``) and whom to credit. Positions go out in WGS-84 and say so; they come in with
their datum. Not here: what is found (`maps.search`), the words on the screen (the front end).
"""

from typing import Final, cast, get_args

import msgspec

from dispatch.errors import BadPayload
from maps.areas import CountyArea
from maps.coordinates import CoordinateError, Datum, Wgs84, to_wgs84
from maps.pack import ATTRIBUTION
from maps.search.index import Answer, Context, Hit
from maps.search.kilometre import KilometreAnswer
from maps.search.ranking import DOUBTFUL

_DATUMS: Final = get_args(Datum)


class PlaceFound(msgspec.Struct, frozen=True, kw_only=True):
    """One place that may be meant; WGS-84 degrees, metres.

    ``name`` is the one to show, ``matched`` the name that matched. ``town``: the county's town it
    belongs to, None outside the county. ``beside``: the place it was looked for at, where two were
    named. ``context``: the settlement nearest to it. ``distance_m``: from where the caller is
    thought to be. ``others``: entries of the same name at the same spot. ``source``: county (its
    own list, facilities, stations) or map.
    """

    id: str
    name: str
    names: tuple[str, ...]
    matched: str
    kind: str
    town: str | None
    lon: float
    lat: float
    match: str
    is_doubtful: bool
    is_schematic: bool
    slips: int
    others: int
    beside: str
    context: Context | None
    distance_m: int | None
    source: str
    datum: str = "WGS84"


class PlacesFound(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to some words, best first; ``total`` counts what is not listed too.

    ``kilometre`` is there where a kilometre of a road was said, also where its place is not known:
    its code says why. ``attribution`` names whose map the hits are from.
    """

    words: str
    hits: tuple[PlaceFound, ...]
    total: int
    kilometre: KilometreAnswer | None
    attribution: tuple[str, ...]


def found_shape(words: str, found: Answer, area: CountyArea) -> PlacesFound:
    """An answer of the search as a screen gets it."""
    hits = tuple(_hit(hit, area) for hit in found.hits)
    is_of_map = any(hit.source == "map" for hit in hits)
    return PlacesFound(
        words=words,
        hits=hits,
        total=found.total,
        kilometre=found.kilometre,
        attribution=(ATTRIBUTION,) if is_of_map else (),
    )


def _hit(hit: Hit, area: CountyArea) -> PlaceFound:
    entry = hit.entry
    town = area.town_of(entry.place)
    return PlaceFound(
        id=entry.id,
        name=entry.names[0],
        names=entry.names,
        matched=hit.name,
        kind=entry.kind,
        town=entry.town or (None if town is None else town.name_zh),
        lon=entry.place.lon,
        lat=entry.place.lat,
        match=hit.match,
        is_doubtful=hit.match in DOUBTFUL,
        is_schematic=entry.is_schematic,
        slips=hit.slips,
        others=hit.others,
        beside=hit.anchor,
        context=hit.context,
        distance_m=hit.distance_m,
        source="map" if entry.source == "map" else "county",
    )


def place_in(text: str, datum: str) -> Wgs84:
    """A position given as "lon,lat" degrees in a datum; raises ``BadPayload`` naming the fault."""
    if datum not in _DATUMS:
        raise BadPayload("malformed", f"datum {datum!r}: one of {', '.join(_DATUMS)}")
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadPayload("malformed", f"{text!r} is no place: write lon,lat in degrees") from error
    try:
        return to_wgs84(lon, lat, cast("Datum", datum))
    except CoordinateError as error:
        raise BadPayload("malformed", str(error)) from error
