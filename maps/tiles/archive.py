"""Reading one tile out of a PMTiles file, and the files that are being served.

The file is mapped into memory, so the system's page cache is the cache of tiles; header and
directories are parsed once (the parsing is the library's). Tiles stay compressed as they are in the
file: browsers unpack gzip themselves. Nothing here locks: an archive belongs to one event loop.

What does not live here: making the file (`maps.tiles.build`), which version is in force
(`maps.pack`), HTTP (`dispatch.http.tiles`).
"""

import gzip
import json
import mmap
import zlib
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

from pmtiles.tile import (
    Compression,
    Entry,
    HeaderDict,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from dispatch.errors import BadPayload, Unavailable
from maps.limits import MAX_TILE_DIRECTORIES, MAX_TILE_VERSIONS

_HEADER_BYTES: Final = 127
_DEPTH: Final = 4  # root and leaves; the format's own readers follow no deeper
_BROKEN: Final = (EOFError, OSError, ValueError, IndexError, zlib.error)
"""What parsing a damaged directory ends in; OSError is gzip's word for bad data."""


class TileArchive:
    """One open PMTiles file of gzip-compressed vector tiles; close it when it is replaced."""

    def __init__(self, path: Path, version: str) -> None:
        """``version`` names the map in addresses. Raises BadPayload for a file that is none."""
        self.path = path
        self.version = version
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
            raise BadPayload("map_tiles", f"{path} cannot be read ({error})") from error
        self._leaves: OrderedDict[int, list[Entry]] = OrderedDict()
        try:
            self._header = self._checked()
            root = self._header["root_offset"], self._header["root_length"]
            self._root = deserialize_directory(self._slice(*root))
        except (MagicNumberNotFound, SpecVersionUnsupported, *_BROKEN) as error:
            self.close()
            detail = f"{path} is no file of vector tiles ({error or type(error).__name__})"
            raise BadPayload("map_tiles", f"{detail}; import the map again") from error

    @property
    def min_zoom(self) -> int:
        """The first zoom that has tiles."""
        return self._header["min_zoom"]

    @property
    def max_zoom(self) -> int:
        """The last zoom that has tiles; deeper ones are drawn from these."""
        return self._header["max_zoom"]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of everything in it, WGS-84 degrees."""
        head = self._header
        west, east = head["min_lon_e7"] / 1e7, head["max_lon_e7"] / 1e7
        return west, head["min_lat_e7"] / 1e7, east, head["max_lat_e7"] / 1e7

    def metadata(self) -> dict[str, Any]:
        """The file's own description: layers with their fields, attribution."""
        start, length = self._header["metadata_offset"], self._header["metadata_length"]
        found: dict[str, Any] = json.loads(gzip.decompress(self._slice(start, length)))
        return found

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """One gzip-compressed vector tile; None where there is none.

        Raises Unavailable when the file is damaged at that place.
        """
        is_there = 0 <= x < 1 << max(z, 0) and 0 <= y < 1 << max(z, 0)
        if not is_there or not self.min_zoom <= z <= self.max_zoom:
            return None
        wanted = zxy_to_tileid(z, x, y)
        try:
            return self._find(wanted)
        except _BROKEN as error:
            raise Unavailable("map_tiles", f"{self.path} is damaged: {error}") from error

    def close(self) -> None:
        """Let go of the file; no tile can be read afterwards."""
        self._bytes.close()

    def _find(self, wanted: int) -> bytes | None:
        entries = self._root
        for _ in range(_DEPTH):
            entry = find_tile(entries, wanted)
            if entry is None:
                return None
            if entry.run_length:
                return self._slice(self._header["tile_data_offset"] + entry.offset, entry.length)
            entries = self._leaf(entry)
        raise ValueError("its directories lie too deep")

    def _leaf(self, entry: Entry) -> list[Entry]:
        """The directory of some thousand tiles, kept while it is used."""
        known = self._leaves.get(entry.offset)
        if known is None:
            start = self._header["leaf_directory_offset"] + entry.offset
            known = self._leaves[entry.offset] = deserialize_directory(
                self._slice(start, entry.length)
            )
            if len(self._leaves) > MAX_TILE_DIRECTORIES:
                self._leaves.popitem(last=False)
        self._leaves.move_to_end(entry.offset)
        return known

    def _slice(self, start: int, length: int) -> bytes:
        found = self._bytes[start : start + length]
        if len(found) != length:
            raise ValueError("it is cut short")
        return found

    def _checked(self) -> HeaderDict:
        """The header; ValueError where this program cannot serve what it announces."""
        header = deserialize_header(self._slice(0, _HEADER_BYTES))
        ends = (
            header["root_offset"] + header["root_length"],
            header["metadata_offset"] + header["metadata_length"],
            header["leaf_directory_offset"] + header["leaf_directory_length"],
            header["tile_data_offset"] + header["tile_data_length"],
        )
        if max(ends) > len(self._bytes):
            raise ValueError("it is cut short")
        kinds = header["tile_type"], header["tile_compression"], header["internal_compression"]
        if kinds != (TileType.MVT, Compression.GZIP, Compression.GZIP):
            raise ValueError("its tiles are not gzip-compressed vector tiles")
        return header


class Shelf:
    """The tile files being served: the one in force, and the one before for open pages."""

    def __init__(self) -> None:
        self._archives: list[TileArchive] = []
        self._is_drawn = False

    @property
    def current(self) -> TileArchive | None:
        """The file in force; None while the map in force has none."""
        return self._archives[0] if self._is_drawn else None

    def put(self, archive: TileArchive | None) -> None:
        """Take a file into force; one of the same version takes the place of the old.

        None: the map now in force was made without tiles. Those before stay for open pages.
        """
        self._is_drawn = archive is not None
        if archive is None:
            return
        gone = [old for old in self._archives if old.version == archive.version]
        kept = [old for old in self._archives if old.version != archive.version]
        self._archives = [archive, *kept][:MAX_TILE_VERSIONS]
        for old in (*gone, *kept):
            if old not in self._archives and old is not archive:
                old.close()

    def of(self, version: str) -> TileArchive | None:
        """The file of a version that a page still asks for."""
        return next((one for one in self._archives if one.version == version), None)

    def close(self) -> None:
        """Let go of all files."""
        for archive in self._archives:
            archive.close()
        self._archives, self._is_drawn = [], False
