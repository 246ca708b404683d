"""The imported map made ready for this process: roads to drive on, tiles to draw.

Heavy (seconds for a city): `dispatch.app` calls it once, in a thread, before anybody is served. A
map that is imported later is taken at the next start. What is in the files is `maps.pack`.
"""

from pathlib import Path

import msgspec

from dispatch.errors import BadPayload
from maps.network.travel import RoadPolicy, Roads
from maps.pack import open_pack
from maps.tiles.archive import TileArchive


class ImportedMap(msgspec.Struct, frozen=True, kw_only=True):
    """A whole map; ``tiles`` is open and its user's to close."""

    version: str
    roads: Roads
    tiles: TileArchive | None


def open_imported(folder: Path) -> ImportedMap | None:
    """The map in force under ``folder``, None where none was imported.

    Raises BadPayload for one that is damaged: a map that is half right must not be driven by.
    """
    pack = open_pack(folder)
    if pack is None:
        return None
    version = pack.manifest.version
    try:
        roads = Roads(pack.graph(), RoadPolicy())
    except (ValueError, IndexError) as error:
        detail = f"{pack.folder}: its roads cannot be used ({error}); import the map again"
        raise BadPayload("map_pack", detail) from error
    tiles = None if pack.tiles is None else TileArchive(pack.tiles, version)
    return ImportedMap(version=version, roads=roads, tiles=tiles)
