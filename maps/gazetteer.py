"""Finding a place of the county by its name, as the dispatcher types it.

The gazetteer is the county's own list (`places.geojson` and the towns), searched by plain text:
no ranking by popularity, no guess at what was meant. With two matches both are shown and the
dispatcher chooses; the search never picks one silently. Pure.
"""

from typing import Final, Literal

import msgspec

from maps.areas import Town
from maps.coordinates import Wgs84
from maps.geography import CountyGeography, Place
from maps.limits import MAX_GAZETTEER_HITS, MAX_GAZETTEER_QUERY_CHARS

_EXACT: Final = 0
_PREFIX: Final = 1
_INSIDE: Final = 2
_WITH_TOWN: Final = 3


class GazetteerHit(msgspec.Struct, frozen=True, kw_only=True):
    """One place that matches; `match` says how, for the dispatcher to judge it."""

    name_zh: str
    name_en: str
    kind: Literal["town", "village", "community", "landmark"]
    town: Town
    position: Wgs84
    schematic: bool
    match: Literal["exact", "prefix", "inside", "with_town"]


_WORDS: Final[dict[int, Literal["exact", "prefix", "inside", "with_town"]]] = {
    _EXACT: "exact",
    _PREFIX: "prefix",
    _INSIDE: "inside",
    _WITH_TOWN: "with_town",
}


def find_places(county: CountyGeography, words: str, limit: int = 10) -> list[GazetteerHit]:
    """Places whose name holds the words, best match first, then in the county's own order.

    Spaces and letter case do not count, so "明山头 耕余" and "gengyutang" both work. Words longer
    than MAX_GAZETTEER_QUERY_CHARS are cut; `limit` is held to 1..MAX_GAZETTEER_HITS.
    """
    wanted = _plain(words[:MAX_GAZETTEER_QUERY_CHARS])
    if not wanted:
        return []
    found: list[tuple[int, int, GazetteerHit]] = []
    entries: list[Town | Place] = [*county.area.towns, *county.places]
    for order, entry in enumerate(entries):
        town = entry if isinstance(entry, Town) else entry.town
        rank = _rank(wanted, entry, town)
        if rank is not None:
            found.append((rank, order, _hit(entry, town, rank)))
    found.sort(key=lambda item: item[:2])
    return [hit for _, _, hit in found[: max(1, min(limit, MAX_GAZETTEER_HITS))]]


def _rank(wanted: str, entry: Town | Place, town: Town) -> int | None:
    """How well the words fit, smaller is better; None when they do not."""
    names = [_plain(entry.name_zh), _plain(entry.name_en)]
    if wanted in names:
        return _EXACT
    if any(name.startswith(wanted) for name in names):
        return _PREFIX
    if any(wanted in name for name in names):
        return _INSIDE
    short_zh = town.name_zh.rstrip("镇乡")  # people say 明山头, not 明山头镇
    with_town = [
        _plain(town.name_zh) + names[0],
        _plain(short_zh) + names[0],
        _plain(town.name_en) + names[1],
    ]
    return _WITH_TOWN if any(name.startswith(wanted) for name in with_town) else None


def _hit(entry: Town | Place, town: Town, rank: int) -> GazetteerHit:
    return GazetteerHit(
        name_zh=entry.name_zh,
        name_en=entry.name_en,
        kind="town" if isinstance(entry, Town) else entry.kind,
        town=town,
        position=entry.position,
        schematic=entry.approximate if isinstance(entry, Town) else entry.schematic,
        match=_WORDS[rank],
    )


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
