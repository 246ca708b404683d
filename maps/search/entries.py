"""What the index holds: one entry for each thing that has a name and a place.

Entries come from the county folder, from the imported map (rows as `maps.osm.features` writes
them), and from whoever knows facilities, stations and units. Not here: the index itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

import msgspec

from dispatch.errors import BadPayload
from maps.coordinates import CoordinateError, Wgs84
from maps.geography import CountyGeography
from maps.search.text import clean

Source = Literal["county", "map", "facility", "station", "unit"]

SETTLEMENT_KINDS: Final = frozenset(
    {
        "city", "county", "district", "borough", "town", "township", "village", "community",
        "suburb", "quarter", "neighbourhood", "hamlet", "isolated_dwelling", "island", "admin",
        "locality",
    }
)  # fmt: skip
"""Kinds that people name to say where something else is ("the clinic of Maocaojie")."""

# Local policy: an entry of the county's own list is what its dispatchers mean.
_COUNTY_IMPORTANCE: Final = {"town": 1.0, "community": 0.7, "village": 0.7, "landmark": 0.6}
_OWN_IMPORTANCE: Final = {"facility": 0.9, "station": 0.7, "unit": 0.5}
_DEFAULT_IMPORTANCE: Final = 0.3


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be found. ``names``: all it is called, the one to show first.

    ``source``: who says it is there; "map" of everything imported, for it must be credited.
    ``importance`` 0 to 1. ``town``: the town it belongs to where its source says so, else "".
    ``is_schematic``: its position was drawn by hand, not surveyed. ``extra``: what the source
    says beside that (address, road and kilometre of a post), as it says it.
    """

    id: str
    kind: str
    names: tuple[str, ...]
    place: Wgs84
    importance: float = _DEFAULT_IMPORTANCE
    town: str = ""
    source: Source = "map"
    is_schematic: bool = False
    extra: Mapping[str, Any] = {}


def county_entries(county: CountyGeography) -> Iterator[Entry]:
    """The towns, then the places of the county folder, in its own order."""
    for town in county.area.towns:
        yield Entry(
            id=f"county:{town.code}",
            kind="town",
            names=_names([town.name_zh, town.name_en]),
            place=town.position,
            importance=_COUNTY_IMPORTANCE["town"],
            town=town.name_zh,
            source="county",
            is_schematic=town.approximate,
        )
    for place in county.places:
        yield Entry(
            id=f"county:{place.id}",
            kind=place.kind,
            names=_names([place.name_zh, place.name_en]),
            place=place.position,
            importance=_COUNTY_IMPORTANCE[place.kind],
            town=place.town.name_zh,
            source="county",
            is_schematic=place.schematic,
        )


def map_entries(rows: Iterable[Mapping[str, Any]]) -> Iterator[Entry]:
    """Rows {id, kind, names, lon, lat, importance, extra} of an imported map.

    A row without a name is left out (there is nothing to find it by), but for kilometre posts.
    Raises BadPayload for a row that is no place.
    """
    return _entries(rows, _DEFAULT_IMPORTANCE)


def facility_entries(rows: Iterable[Mapping[str, Any]]) -> Iterator[Entry]:
    """Rows of an imported map's facilities, with ``names`` or ``name``; as `map_entries`."""
    return _entries(rows, _OWN_IMPORTANCE["facility"])


def named_entry(
    source: Literal["facility", "station", "unit"],
    id: str,  # noqa: A002  (the word of every row)
    names: Iterable[str],
    place: Wgs84,
    *,
    kind: str = "",
) -> Entry:
    """A facility, station or unit that the system itself knows; a unit where it is now.

    ``kind`` where it is not the usual one: a hospital for a facility, else the source's own word.
    """
    return Entry(
        id=f"{source}:{id}",
        kind=kind or ("hospital" if source == "facility" else source),
        names=_names(names),
        place=place,
        importance=_OWN_IMPORTANCE[source],
        source=source,
    )


def _entries(rows: Iterable[Mapping[str, Any]], importance: float) -> Iterator[Entry]:
    for row in rows:
        try:
            entry = _entry(row, importance)
        except (KeyError, TypeError, ValueError, CoordinateError) as wrong:
            what = f"{row.get('id', 'a row without an id')}: {type(wrong).__name__} {wrong}"
            raise BadPayload("place_row", what) from wrong
        if entry.names:
            yield entry


def _entry(row: Mapping[str, Any], fallback: float) -> Entry:
    kind = str(row["kind"])
    extra = row.get("extra") or {}
    return Entry(
        id=str(row["id"]),
        kind=kind,
        names=_names(row["names"] if "names" in row else [row["name"]]) or _post_names(kind, extra),
        place=Wgs84(lon=float(row["lon"]), lat=float(row["lat"])),
        importance=min(1.0, max(0.0, float(row.get("importance", fallback)))),
        town=clean(str(extra.get("town") or "")),
        extra=extra,
    )


def _post_names(kind: str, extra: Mapping[str, Any]) -> tuple[str, ...]:
    """A kilometre post is called by its road and number: nobody names it."""
    if kind != "kilometre_post" or extra.get("km") is None:
        return ()
    roads = [*(extra.get("refs") or ()), *(extra.get("roads") or ())]
    return _names([f"{road} K{float(extra['km']):g}" for road in roads])


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in map(clean, names) if name))
