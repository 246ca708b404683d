"""Finding a place of the county by its name, as the dispatcher types it.

The county's own list (`places.geojson` and the towns) asked through the one search
(`maps.search.index`), in the words that the console's form uses. With two matches both are shown
and the dispatcher chooses; the search never picks one silently. `place_index` puts the imported
map, facilities and stations into the same search. Pure; an index is made when first asked for.
"""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

import msgspec

from maps.areas import CountyArea, Town
from maps.coordinates import Wgs84
from maps.geography import CountyGeography, Place
from maps.network.graph import RoadGraph
from maps.search.entries import Entry, county_entries, facility_entries, map_entries
from maps.search.index import Hit, PlaceIndex
from maps.search.kilometre import RoadLines
from maps.search.ranking import Match


class GazetteerHit(msgspec.Struct, frozen=True, kw_only=True):
    """One place that matches; `match` says how, for the dispatcher to judge it."""

    name_zh: str
    name_en: str
    kind: Literal["town", "village", "community", "landmark"]
    town: Town
    position: Wgs84
    schematic: bool
    match: Match


_INDEXES: Final[WeakKeyDictionary[CountyArea, tuple[tuple[Place, ...], PlaceIndex]]] = (
    WeakKeyDictionary()
)
"""What `find_places` made for each county that is alive: the same answer as making it again."""


def find_places(county: CountyGeography, words: str, limit: int = 10) -> list[GazetteerHit]:
    """Places whose name fits the words, best match first.

    By name, pinyin, initials, sound and with slips (`maps.search.index`); words longer than
    MAX_GAZETTEER_QUERY_CHARS are cut; `limit` is held to 1..MAX_GAZETTEER_HITS.
    """
    answer = _index_of(county).search(words, limit=limit)
    by_id: dict[str, Town | Place] = {
        **{f"county:{town.code}": town for town in county.area.towns},
        **{f"county:{place.id}": place for place in county.places},
    }
    listed = (hit for hit in answer.hits if hit.entry.source == "county")
    return [_hit(hit, by_id[hit.entry.id]) for hit in listed]


def place_index(
    county: CountyGeography | None,
    *,
    places: Iterable[Mapping[str, Any]] = (),
    facilities: Iterable[Mapping[str, Any]] = (),
    others: Iterable[Entry] = (),
    graph: RoadGraph | None = None,
) -> PlaceIndex:
    """The search over a county's list, an imported map's rows and graph, and whatever else.

    A facility that the map lists as a place too is one entry, the facility's. Raises BadPayload for
    a row that is no place.
    """
    known = list(facility_entries(facilities))
    own = {entry.id for entry in known}
    rows = (entry for entry in map_entries(places) if entry.id not in own)
    entries = list(chain(county_entries(county) if county else (), others, known, rows))
    lines = RoadLines.of_county(county.roads) if county else RoadLines({})
    if graph is not None:
        lines = RoadLines.of_graph(graph, _names_with_posts(entries))
    return PlaceIndex(entries, lines=lines)


def _names_with_posts(entries: Iterable[Entry]) -> set[str]:
    """Names and numbers of roads that have a kilometre post, and of roads that share them."""
    posts: set[str] = set()
    roads: list[set[str]] = []
    for entry in entries:
        refs = {str(ref) for ref in entry.extra.get("refs") or ()}
        if entry.kind == "kilometre_post":
            posts |= refs | {str(name) for name in entry.extra.get("roads") or ()}
        elif entry.kind == "road":
            roads.append({*entry.names, *refs})
    return posts.union(*(names for names in roads if names & posts))


def _index_of(county: CountyGeography) -> PlaceIndex:
    known = _INDEXES.get(county.area)
    if known is not None and known[0] is county.places:
        return known[1]
    index = place_index(county)
    _INDEXES[county.area] = (county.places, index)
    return index


def _hit(hit: Hit, entry: Town | Place) -> GazetteerHit:
    return GazetteerHit(
        name_zh=entry.name_zh,
        name_en=entry.name_en,
        kind="town" if isinstance(entry, Town) else entry.kind,
        town=entry if isinstance(entry, Town) else entry.town,
        position=entry.position,
        schematic=entry.approximate if isinstance(entry, Town) else entry.schematic,
        match=hit.match,
    )
