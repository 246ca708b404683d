"""The file itself: its format by content, its passes, and one sentence for whatever is wrong.

An extract is read in passes, relations, then nodes, then ways, whatever order it has on disk: some
tools write ways before the nodes they use, and the area assembler wants relations first. Node
locations and the assembly of areas are libosmium's; nothing here interprets a tag.

Not found out here: a PBF cut exactly between two of its blocks reads as a shorter file.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import osmium
from osmium import osm
from osmium.filter import EmptyTagFilter, KeyFilter
from osmium.io import File, Reader

from dispatch.errors import BadPayload
from maps.areas import Bounds

Progress = Callable[[str, int], None]
"""Told the name of the step and how many objects (or rows) of it are done."""

UNSORTED: Final = "map_file_unsorted"
"""The reason of the BadPayload for a file whose ids are in no order; see `sorted_copy`."""

_TELL_EVERY: Final = 5_000  # objects; a person wants to see movement, not to wait for it
_MAGIC_BYTES: Final = 64
_BROKEN: Final = (RuntimeError, ValueError, IndexError, OverflowError, osmium.InvalidLocationError)
"""What libosmium's complaints become in Python: broken syntax, and numbers that are none."""

_TIMESTAMPS: Final = ("osmosis_replication_timestamp", "timestamp")


def format_of(path: Path) -> str:
    """The format libosmium must be told, from the first bytes; the name of the file is not asked.

    Raises BadPayload when the file is missing, empty or no OpenStreetMap format.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_MAGIC_BYTES)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadPayload("map_file", f"{path} cannot be read ({reason})") from error
    if not start:
        raise BadPayload("map_file", f"{path} is empty; download the extract again")
    if start.startswith(b"\x1f\x8b"):
        return "osm.gz"
    if start.startswith(b"BZh"):
        return "osm.bz2"
    if b"OSMHeader" in start:
        return "osm.pbf"
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return "osm"
    raise BadPayload(
        "map_file",
        f"{path} is no OpenStreetMap extract; give an .osm.pbf, .osm, .osm.gz or .osm.bz2 file",
    )


@contextmanager
def sorted_copy(path: Path) -> Iterator[Path]:
    """The same objects in the order of their ids, in a file that is there inside ``with`` only.

    Query services write files in no order. libosmium sorts them in memory; the header's box and
    time are lost on the way. Of several versions of one object the newest is kept.
    """
    with TemporaryDirectory(prefix="greenlane-map-") as folder:
        target = Path(folder) / "sorted.osm.pbf"
        merged = osmium.MergeInputReader()
        merged.add_buffer(path.read_bytes(), format_of(path))
        writer = osmium.WriteHandler(str(target))
        try:
            merged.apply(writer, simplify=True)
        finally:
            writer.close()
        yield target


class Source:
    """One extract, to be read in the order relations, nodes, ways; each pass once."""

    def __init__(self, path: Path, progress: Progress, step: str = "read") -> None:
        """``step`` is the word the progress is told with, followed by the pass."""
        self._path = path
        self._progress = progress
        self._step = step
        self._file = File(str(path), format_of(path))
        # One handler for both passes: it knows whether the nodes came in order and must be sorted.
        self._located = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
        self._located.ignore_errors()  # nodes beyond the border: the way says which are missing
        self._areas = osmium.area.AreaManager()

    def bounds(self) -> Bounds | None:
        """The box that the file's own header gives, if it gives one."""
        with self._said():
            box = self._header().box()
        if not box.valid() or box.size() <= 0:
            return None
        low, high = box.bottom_left, box.top_right
        try:
            return Bounds(west=low.lon, south=low.lat, east=high.lon, north=high.lat)
        except ValueError:
            return None  # a header is not worth refusing a file for

    def timestamp(self) -> str | None:
        """When the data was current, as the file's header says it (ISO 8601), or None."""
        with self._said():
            header = self._header()
        return next((header.get(key) for key in _TIMESTAMPS if header.get(key)), None)

    def relations(self) -> Iterator[Any]:
        """Every relation; remembers those that are areas."""
        yield from self._pass("relations", osm.RELATION, self._areas.first_pass_handler())

    def nodes(self) -> Iterator[Any]:
        """Every node with a tag; remembers where all of them are."""
        yield from self._pass("nodes", osm.NODE, self._located, EmptyTagFilter())

    def ways_and_areas(self, *keys: str) -> Iterator[Any]:
        """Every way, its nodes located where the file has them, and every area once it is whole.

        With ``keys`` only areas that have one of them (a city has a million buildings).
        """
        filters = [KeyFilter(*keys)] if keys else []
        whole = osmium.BufferIterator(*filters)
        handler = self._areas.second_pass_to_buffer(whole)
        for way in self._pass("ways", osm.WAY, self._located, handler):
            yield way
            if whole:
                yield from whole
        if whole:
            yield from whole

    def _header(self) -> Any:
        with Reader(self._file, osm.NOTHING) as reader:
            return reader.header()

    def _pass(self, name: str, entities: Any, *handlers: Any) -> Iterator[Any]:
        done = 0
        step = f"{self._step} {name}"
        self._progress(step, 0)
        with self._said(), Reader(self._file, entities) as reader:
            for one in osmium.OsmFileIterator(reader, *handlers):
                yield one
                done += 1
                if done % _TELL_EVERY == 0:
                    self._progress(step, done)
        self._progress(step, done)

    @contextmanager
    def _said(self) -> Iterator[None]:
        """What libosmium complains of, as one sentence with the file's name."""
        try:
            yield
        except _BROKEN as error:
            if "out of order" in str(error):
                raise BadPayload(
                    UNSORTED,
                    f"the objects of {self._path} are not in the order of their ids ({error}); "
                    "sort it first: osmium sort FILE -o SORTED.osm.pbf",
                ) from error
            raise BadPayload(
                "map_file",
                f"{self._path} is broken or cut short ({error}); download the extract again",
            ) from error
