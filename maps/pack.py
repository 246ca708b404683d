"""The imported map on disk: one folder a version, one small file that says which is in force.

::

    map/current                      the name of the version folder
    map/<version>/map.json           the manifest: what, from which file, and the sum of every file
    map/<version>/graph.npz          the road graph
    map/<version>/places.jsonl.gz    rows of the gazetteer
    map/<version>/facilities.jsonl.gz
    map/<version>/report.json
    map/<version>/tiles.pmtiles      the base map, where tiles were built

A version is written beside, under a name that begins with ``part-``, and renamed when it is whole;
only then is ``current`` replaced. Whoever dies in between leaves the old map in force, and what he
left is removed by the next. The version is named after what it is made of (the file's hash, the
county, this program's format), so that the same import again finds itself done.

The version before the one in force is kept: a worker that has not yet changed over still reads it.
Two imports at one time are the caller's to prevent. What is in the files is not looked into here.
"""

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal
from zipfile import BadZipFile

import msgspec
import numpy as np

from dispatch.errors import BadPayload
from maps.areas import Bounds
from maps.network.graph import RoadGraph, as_arrays, from_arrays

FORMAT: Final = 1
"""Raised when this program could not read what an older one wrote."""

BUILD: Final = 2
"""Raised when the same extract would now become another map: the next import then makes it anew."""

ATTRIBUTION: Final = "© OpenStreetMap contributors, ODbL 1.0"

MANIFEST, GRAPH, PLACES, FACILITIES, REPORT, TILES = (
    "map.json", "graph.npz", "places.jsonl.gz", "facilities.jsonl.gz", "report.json",
    "tiles.pmtiles",
)  # fmt: skip
_CURRENT: Final = "current"
_PART: Final = "part-"
_VERSION_CHARS: Final = 16  # 64 bits of a hash; a county imports a few maps a year
_AGAIN: Final = "import the map again: greenlane map import FILE"

Row = dict[str, Any]
Sync = Callable[[Path], None]
"""Makes a file or folder safe against a power cut; the caller's, because it needs the system."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The extract a map was made from; ``timestamp`` is when its data was current, if it says."""

    file: str
    sha256: str
    bytes: int
    timestamp: str | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a version."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What ``map.json`` says; ``county`` is the code of the county it was checked against."""

    format: Literal[1]
    build: int
    version: str
    imported_at: str
    source: Origin
    attribution: str
    bounds: Bounds
    county: str | None
    tiles: bool
    counts: dict[str, int]
    files: dict[str, Part]


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into a version, but for its tiles."""

    graph: RoadGraph
    places: Iterable[Row]
    facilities: Iterable[Row]
    report: Row
    source: Origin
    bounds: Bounds
    county: str | None
    imported_at: str


class Pack:
    """An imported map that was found whole."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @property
    def tiles(self) -> Path | None:
        """The file of vector tiles, where the import made one."""
        return self.folder / TILES if self.manifest.tiles else None

    def graph(self) -> RoadGraph:
        """The road graph; raises BadPayload when its file is not one."""
        try:
            with np.load(self.folder / GRAPH, allow_pickle=False) as columns:
                return from_arrays({name: columns[name] for name in columns.files})
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise BadPayload("map_pack", f"{GRAPH}: {error}; {_AGAIN}") from error

    def places(self) -> Iterator[Row]:
        """The rows of the gazetteer (see `maps.osm.places.place_rows`)."""
        return _rows(self.folder / PLACES)

    def facilities(self) -> Iterator[Row]:
        """The health facilities found (see `maps.osm.places.facility_rows`)."""
        return _rows(self.folder / FACILITIES)

    def report(self) -> Row:
        """What the import found out about the quality of the map."""
        found: Row = json.loads((self.folder / REPORT).read_bytes())
        return found


def version_of(source_sha256: str, *, county: str | None, tiles: bool) -> str:
    """The name of the version that an import makes: the same things have the same name."""
    made_of = f"{FORMAT} {BUILD} {source_sha256} {county} {tiles}"
    return hashlib.sha256(made_of.encode()).hexdigest()[:_VERSION_CHARS]


def open_pack(folder: Path) -> Pack | None:
    """The map in force under ``folder``; None where none was ever imported.

    Raises BadPayload for one that is damaged, incomplete or of a newer program: a map that is half
    right must not be driven by.
    """
    version = in_force(folder)
    return None if version is None else _checked(folder / version)


def in_force(folder: Path) -> str | None:
    """The name of the version in force, whole or not; None where none was ever imported."""
    try:
        version = (folder / _CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BadPayload("map_pack", f"{folder / _CURRENT}: {error}; {_AGAIN}") from error
    if not version.isalnum():
        raise BadPayload("map_pack", f"{folder / _CURRENT} names no version; {_AGAIN}")
    return version


def write_pack(
    folder: Path,
    content: Content,
    build_tiles: Callable[[Path], None] | None,
    sync: Sync = lambda _path: None,
) -> Pack:
    """Write a version whole and put it in force; returns it.

    ``build_tiles`` is given the file to write. Whatever it or the disk raises leaves the map in
    force as it was.
    """
    version = version_of(
        content.source.sha256, county=content.county, tiles=build_tiles is not None
    )
    folder.mkdir(parents=True, exist_ok=True)
    clear_leftovers(folder)
    part = folder / f"{_PART}{version}"
    part.mkdir()
    counts = _write_files(part, content)
    if build_tiles is not None:
        build_tiles(part / TILES)
    manifest = Manifest(
        format=FORMAT,
        build=BUILD,
        version=version,
        imported_at=content.imported_at,
        source=content.source,
        attribution=ATTRIBUTION,
        bounds=content.bounds,
        county=content.county,
        tiles=build_tiles is not None,
        counts=counts,
        files={path.name: _sum(path) for path in sorted(part.iterdir())},
    )
    _write_json(part / MANIFEST, msgspec.to_builtins(manifest))
    for path in (*part.iterdir(), part):
        sync(path)
    pack = _put_in_force(folder, part, version, sync)
    _forget_old(folder, version)
    return pack


def use_again(folder: Path, version: str, sync: Sync = lambda _path: None) -> Pack | None:
    """Put a version that is still there whole in force; None where there is none such."""
    try:
        pack = _checked(folder / version)
    except BadPayload:
        return None  # not there, or damaged and to be made anew
    clear_leftovers(folder)
    _point_at(folder, version, sync)
    return pack


def clear_leftovers(folder: Path) -> None:
    """Remove what interrupted imports left; never touches a whole version."""
    for path in folder.glob(f"{_PART}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _put_in_force(folder: Path, part: Path, version: str, sync: Sync) -> Pack:
    target = folder / version
    if target.exists():  # only a damaged one is ever made anew: whole, it was nothing to do
        target.rename(folder / f"{_PART}damaged-{version}")
    part.rename(target)
    pack = _checked(target)
    _point_at(folder, version, sync)
    return pack


def _point_at(folder: Path, version: str, sync: Sync) -> None:
    new = folder / f"{_PART}{_CURRENT}"
    new.write_text(f"{version}\n", encoding="utf-8")
    sync(new)
    new.replace(folder / _CURRENT)
    sync(folder)


def _forget_old(folder: Path, version: str) -> None:
    """Keep the version in force and the newest other one."""
    clear_leftovers(folder)
    others = [path for path in folder.iterdir() if path.is_dir() and path.name != version]
    others.sort(key=lambda path: (path.stat().st_mtime_ns, path.name))
    for path in others[:-1]:
        if (path / MANIFEST).exists():
            shutil.rmtree(path)


def _checked(folder: Path) -> Pack:
    """The version in a folder, every file compared with the sum in its manifest."""
    try:
        raw = json.loads((folder / MANIFEST).read_bytes())
        wrote = raw.get("format") if isinstance(raw, dict) else None
        if isinstance(wrote, int) and wrote > FORMAT:
            raise BadPayload(
                "map_pack",
                f"{folder} was written by a newer Greenlane (format {wrote}, this one reads "
                f"{FORMAT}); update Greenlane, or {_AGAIN}",
            )
        manifest = msgspec.convert(raw, Manifest)
        for name, part in manifest.files.items():
            if _sum(folder / name) != part:
                raise BadPayload("map_pack", f"{folder / name} is damaged; {_AGAIN}")
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise BadPayload("map_pack", f"{folder}: {error}; {_AGAIN}") from error
    wanted = {GRAPH, PLACES, FACILITIES, REPORT} | ({TILES} if manifest.tiles else set())
    if missing := sorted(wanted - set(manifest.files)):
        raise BadPayload("map_pack", f"{folder}: {missing[0]} is missing; {_AGAIN}")
    return Pack(folder, manifest)


def _write_files(part: Path, content: Content) -> dict[str, int]:
    """All files but manifest and tiles; returns how many of what."""
    with (part / GRAPH).open("wb") as file:
        columns: dict[str, Any] = dict(as_arrays(content.graph))
        np.savez(file, **columns)
    _write_json(part / REPORT, content.report)
    return {
        "nodes": content.graph.nodes,
        "arcs": content.graph.arcs,
        "places": _write_rows(part / PLACES, content.places),
        "facilities": _write_rows(part / FACILITIES, content.facilities),
    }


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_rows(path: Path, rows: Iterable[Row]) -> int:
    """One JSON object a line; without name or time in the header, so that equal is equal."""
    count = 0
    with path.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            count += 1
    return count


def _rows(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rb") as file:
        for line in file:
            yield json.loads(line)


def _sum(path: Path) -> Part:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return Part(bytes=path.stat().st_size, sha256=digest.hexdigest())
