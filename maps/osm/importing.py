"""One import from the file to the map in force: read, build, check, write.

The same file for the same county is done already when its version is there and whole. Everything
that can be wrong with the file is found before anything is written.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from dispatch.errors import BadPayload
from maps.coordinates import Wgs84
from maps.geography import CountyGeography
from maps.limits import MAX_FACILITY_SEARCH_M
from maps.network.graph import RoadGraph
from maps.network.snap import Snapper, main_arcs
from maps.osm.build import build_graph
from maps.osm.extract import read_extract
from maps.osm.features import LAYERS, Feature, map_features
from maps.osm.notices import notices_of
from maps.osm.places import Distance, facility_rows, place_rows
from maps.osm.report import check_roads, county_cover, describe, graph_bounds
from maps.osm.source import UNSORTED, Progress, format_of, sorted_copy
from maps.pack import Content, Origin, Pack, Sync, in_force, use_again, version_of, write_pack

TilesBuilder = Callable[[Mapping[str, Iterable[Feature]], Path], object]
"""Makes the vector tiles out of the features of each layer; the layers may be read repeatedly."""

STEPS: Final = (
    "sum", "sort", "read relations", "read nodes", "read ways", "build", "check", "write",
    "map relations", "map nodes", "map ways", "tiles", "done",
)  # fmt: skip
"""The steps that progress is told of, in order; those from "map" on only where tiles are built."""

_LAYERS: Final = "part-layers"  # `maps.pack` removes it after an import that was interrupted
_CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The map now in force, and whether this import changed anything."""

    pack: Pack
    changed: bool


def import_extract(
    path: Path,
    folder: Path,
    *,
    county: CountyGeography | None,
    build_tiles: TilesBuilder | None,
    imported_at: str,
    progress: Progress,
    sync: Sync = lambda _path: None,
) -> Outcome:
    """Make the map of an extract the one in force under ``folder``.

    ``imported_at`` is ISO 8601 and goes into the manifest only. Raises BadPayload for a file that
    is no usable extract, Refused for one of another place; nothing is changed then.
    """
    format_of(path)
    source = _origin(path, progress)
    code = county.settings.code if county is not None else None
    version = version_of(source.sha256, county=code, tiles=build_tiles is not None)
    before = _named(folder)
    if (known := use_again(folder, version, sync)) is not None:
        return Outcome(pack=known, changed=before != version)
    with ExitStack() as copies:
        try:
            content = _content(path, county, source, imported_at, progress)
        except BadPayload as error:
            if error.reason != UNSORTED:
                raise
            progress("sort", 0)
            path = copies.enter_context(sorted_copy(path))
            content = _content(path, county, source, imported_at, progress)
        progress("write", 0)
        tiles = None if build_tiles is None else partial(_tiles, path, build_tiles, progress)
        pack = write_pack(folder, content, tiles, sync)
    progress("done", 0)
    return Outcome(pack=pack, changed=True)


def _named(folder: Path) -> str | None:
    """The version in force; a broken pointer is what an import is there to replace."""
    try:
        return in_force(folder)
    except BadPayload:
        return None


def _origin(path: Path, progress: Progress) -> Origin:
    """The file's name, size and SHA-256; the timestamp is filled in when it has been read."""
    digest, size = hashlib.sha256(), 0
    progress("sum", 0)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadPayload("map_file", f"{path} cannot be read ({reason})") from error
    return Origin(file=path.name, sha256=digest.hexdigest(), bytes=size)


def _content(
    path: Path,
    county: CountyGeography | None,
    source: Origin,
    imported_at: str,
    progress: Progress,
) -> Content:
    """Everything of a version but its tiles, built and checked in memory."""
    extract = read_extract(path, progress)
    progress("build", 0)
    graph = build_graph(extract)
    progress("check", 0)
    check_roads(path, graph)
    report: dict[str, object] = {}
    if county is not None:
        report["county"] = county_cover(graph, county)
    facilities = facility_rows(extract, _off_network(graph))
    report = describe(extract, graph, facilities, place_rows(extract)) | report
    report = {"notices": notices_of(report)} | report
    return Content(
        graph=graph,
        places=place_rows(extract),
        facilities=facilities,
        report=report,
        source=msgspec.structs.replace(source, timestamp=extract.timestamp),
        bounds=extract.bounds or graph_bounds(graph),
        county=county.settings.code if county is not None else None,
        imported_at=imported_at,
    )


def _off_network(graph: RoadGraph) -> Distance:
    """Metres to the nearest road of the largest part, the one that leads everywhere."""
    snapper = Snapper(graph, main_arcs(graph))

    def distance_m(place: Wgs84) -> float | None:
        found = snapper.nearest(place, MAX_FACILITY_SEARCH_M)
        return None if found is None else found.distance_m

    return distance_m


def _tiles(path: Path, build: TilesBuilder, progress: Progress, target: Path) -> None:
    """Write each layer's features to a file, because there are too many to hold, then build."""
    folder = target.parent.parent / _LAYERS
    folder.mkdir()
    with ExitStack() as files:
        open_files: dict[str, BinaryIO] = {}
        for layer, feature in map_features(path, progress):
            if layer not in open_files:
                file = (folder / f"{layer}.jsonl").open("wb")
                open_files[layer] = files.enter_context(file)
            open_files[layer].write(json.dumps(feature, ensure_ascii=False).encode() + b"\n")
    progress("tiles", 0)
    layers: dict[str, Iterable[Feature]] = {
        layer: _Lines(folder / f"{layer}.jsonl") for layer in LAYERS if layer in open_files
    }
    build(layers, target)
    shutil.rmtree(folder)


class _Lines:
    """The features of one layer, read from its file each time they are asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[Feature]:
        with self._path.open("rb") as file:
            for line in file:
                yield json.loads(line)
