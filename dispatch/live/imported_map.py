"""The imported map made ready for this process, and taken anew whenever another one is imported.

One map is three things that must belong together: roads to drive on, tiles to draw, and what places
are found in. They are opened in a thread (seconds for a city), and change over in one turn of the
event loop, so that no question meets half of two maps. A running server looks at the small file
that names the map in force every few seconds; whoever imported it need tell nobody.

The places hold the county's own list, the map's rows, and the facilities and stations of the
county's configuration; a new configuration makes them anew under the same map. A map that cannot be
used changes nothing: what was in force stays, and the log says why.

What is in the files is `maps.pack`; how words are matched, `maps.search`.
"""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec
import structlog

from dispatch.domain.config import CountyConfig
from dispatch.errors import BadPayload
from dispatch.limits import MAP_LOOK_EVERY_S
from maps.coordinates import Wgs84
from maps.gazetteer import place_index
from maps.geography import CountyGeography
from maps.network.learned_file import NAME as LEARNED
from maps.network.learned_file import as_driven
from maps.network.speeds import unknown_ferries
from maps.network.travel import RoadPolicy, Roads
from maps.pack import Pack, in_force, open_pack
from maps.search.entries import Entry, named_entry
from maps.search.index import PlaceIndex
from maps.search.reverse import Surroundings
from maps.tiles.archive import TileArchive

log = structlog.get_logger("map")

_KINDS: Final = {"hospital": "hospital", "city": "hospital"}
"""The kind of place that a kind of facility is; smaller ones are clinics."""


class ImportedMap(msgspec.Struct, frozen=True, kw_only=True):
    """A whole map; ``tiles`` is open and its user's to close."""

    version: str
    roads: Roads
    tiles: TileArchive | None


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """What words are searched in, and positions described by."""

    index: PlaceIndex
    around: Surroundings


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of one map under one configuration; without a map only the county's places."""

    map: ImportedMap | None
    places: Places


class MapInForce:
    """The map of a serving process: looked for at the start, and then for as long as it runs."""

    def __init__(
        self,
        folder: Path,
        geography: CountyGeography,
        config: Callable[[], CountyConfig | None],
        take: Callable[[ImportedMap], None],
    ) -> None:
        """``config`` says the county's configuration now; ``take`` is given each map that comes
        into force, on the event loop, in the turn in which the places change too.
        """
        self._folder = folder
        self._geography = geography
        self._config = config
        self._take = take
        self._seen: tuple[object, ...] | None = None
        self._made = Made(map=None, places=_places(geography, None, None, None))
        self._trouble = ""

    @property
    def version(self) -> str | None:
        """The version in force; None while no usable map was found."""
        return None if self._made.map is None else self._made.map.version

    @property
    def places(self) -> Places:
        """What to search in, now."""
        return self._made.places

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(MAP_LOOK_EVERY_S)
            try:
                await self.look()
            except Exception:  # a bug: the desk stays up, on the map it has
                log.exception("map_look_failed")

    async def look(self) -> bool:
        """Take what changed since the last look; whether anything did.

        Cheap when nothing did: one small file is read. Never raises for a bad map, and tries one
        only once: mending it names it anew. What vanished while it was read is looked for again.
        """
        config = self._config()
        before = self._made.map
        try:
            mark = await asyncio.to_thread(_mark, self._folder)
            seen = (mark, None if config is None else config.digest)
            if seen == self._seen:
                return False
            self._seen = seen
            made = await asyncio.to_thread(make, self._folder, self._geography, config, before)
        except BadPayload as error:
            self._say(error.detail)
            made = None
        except OSError as error:  # an import put another one in force and took this one away
            self._say(f"{self._folder}: {error.strerror or error}")
            self._seen, made = None, None
        if made is not None and made.map is None and before is not None:
            self._say(f"{self._folder}: the map was taken away")
            made = None
        if made is None:
            return await self._without(config)
        self._trouble = ""
        self._made = made
        if made.map is not None and made.map is not before:
            self._take(made.map)
            log.info("map_in_use", version=made.map.version, roads=made.map.roads.graph.arcs)
        return True

    async def _without(self, config: CountyConfig | None) -> bool:
        """No usable map: what is in memory stays; without any, the county's places as they are."""
        if self._made.map is not None:
            return False
        places = await asyncio.to_thread(_places, self._geography, config, None, None)
        self._made = Made(map=None, places=places)
        return True

    def _say(self, detail: str) -> None:
        """Once for each trouble, not every few seconds."""
        if detail != self._trouble:
            instead = "the map in memory" if self._made.map else "straight-line estimates"
            log.warning("map_not_used", detail=detail, instead=instead)
        self._trouble = detail


def make(
    folder: Path,
    geography: CountyGeography,
    config: CountyConfig | None,
    before: ImportedMap | None = None,
) -> Made:
    """The map in force under ``folder`` with its places; ``before`` is used again where it still is
    the one in force.

    Heavy. Raises BadPayload for a map that is damaged: one that is half right must not be driven
    by.
    """
    pack = open_pack(folder)
    if pack is None:
        return Made(map=None, places=_places(geography, config, None, None))
    is_same = before is not None and before.version == pack.manifest.version
    found = before if before is not None and is_same else _opened(pack)
    try:
        places = _places(geography, config, pack, found.roads)
    except (BadPayload, OSError):
        if found is not before and found.tiles is not None:
            found.tiles.close()
        raise
    return Made(map=_driven(found, config, folder), places=places)


def _driven(found: ImportedMap, config: CountyConfig | None, folder: Path) -> ImportedMap:
    """The map by the county's speeds and learned correction; the same one where they are the same.

    A correction that cannot be used is named in the log, and the times go uncorrected.
    """
    policy = RoadPolicy() if config is None else config.roads
    roads, fault = as_driven(found.roads, policy, folder)
    if fault:
        log.warning("learned_not_used", detail=fault, instead="uncorrected travel times")
    for ferry in unknown_ferries(roads.graph, policy.speeds):
        log.warning("ferry_not_on_map", ferry=ferry)
    return found if roads is found.roads else msgspec.structs.replace(found, roads=roads)


def _opened(pack: Pack) -> ImportedMap:
    version = pack.manifest.version
    try:
        roads = Roads(pack.graph(), RoadPolicy())
    except (ValueError, IndexError) as error:
        detail = f"{pack.folder}: its roads cannot be used ({error}); import the map again"
        raise BadPayload("map_pack", detail) from error
    tiles = None if pack.tiles is None else TileArchive(pack.tiles, version)
    return ImportedMap(version=version, roads=roads, tiles=tiles)


def _places(
    geography: CountyGeography,
    config: CountyConfig | None,
    pack: Pack | None,
    roads: Roads | None,
) -> Places:
    graph = None if roads is None else roads.graph
    index = place_index(
        geography,
        places=() if pack is None else pack.places(),
        facilities=() if pack is None else pack.facilities(),
        others=() if config is None else _own(config),
        graph=graph,
    )
    snapper = None if roads is None else roads.snapper
    around = Surroundings(index, graph=graph, snapper=snapper, area=geography.area)
    return Places(index=index, around=around)


def _own(config: CountyConfig) -> Iterator[Entry]:
    """The facilities and stations that the system itself knows."""
    for one in config.facilities:
        names, place = (one.name_zh, one.name_en), Wgs84(lon=one.lon, lat=one.lat)
        kind = _KINDS.get(one.kind, "clinic")
        yield named_entry("facility", one.facility_id, names, place, kind=kind)
    for post in config.stations:
        place = Wgs84(lon=post.lon, lat=post.lat)
        yield named_entry("station", post.station_id, (post.name,), place)


def _mark(folder: Path) -> tuple[str, int, int] | None:
    """Which map is named as in force, and when it was; an import that mends one names it anew.

    Beside it when its travel times were last corrected by recorded drives.
    """
    version = in_force(folder)
    if version is None:
        return None
    return version, _written_ns(folder / "current"), _written_ns(folder / LEARNED)


def _written_ns(path: Path) -> int:
    """When it was written; 0 while it is not there, or replaced: the next look sees the new one."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
