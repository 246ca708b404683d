"""The imported map on disk: whole or not at all, and never half right."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dispatch.errors import BadPayload
from maps import pack as packs
from maps.areas import Bounds
from maps.network.graph import as_arrays
from maps.pack import Content, Origin, Pack, open_pack, use_again, version_of, write_pack
from tests.support.roads import grid

ROWS = [{"id": "n1", "names": ["人民路"]}, {"id": "n2", "names": ["沱江"]}]


def content(sha256: str = "a" * 64, **other: Any) -> Content:
    fields: dict[str, Any] = {
        "graph": grid(3, 3), "places": iter(ROWS), "facilities": [{"name": "医院"}],
        "report": {"roads": {"km": 1.5}},
        "source": Origin(file="x.osm.pbf", sha256=sha256, bytes=7),
        "bounds": Bounds(west=112, south=29, east=113, north=30), "county": "430921",
        "imported_at": "2026-11-23T05:00:00+00:00",
    }  # fmt: skip
    return Content(**fields | other)


def opened(folder: Path) -> Pack:
    pack = open_pack(folder)
    assert pack is not None
    return pack


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    assert open_pack(tmp_path / "map") is None
    write_pack(tmp_path / "map", content(), lambda target: target.write_bytes(b"tiles"))
    pack = opened(tmp_path / "map")
    here, there = as_arrays(pack.graph()), as_arrays(grid(3, 3))
    assert all(np.array_equal(here[name], there[name]) for name in there)
    assert list(pack.places()) == ROWS
    assert list(pack.facilities()) == [{"name": "医院"}]
    assert pack.report() == {"roads": {"km": 1.5}}
    assert pack.tiles is not None
    assert pack.tiles.read_bytes() == b"tiles"
    assert pack.manifest.counts == {"nodes": 9, "arcs": 24, "places": 2, "facilities": 1}
    assert pack.manifest.attribution == "© OpenStreetMap contributors, ODbL 1.0"
    assert (tmp_path / "map" / "current").read_text().strip() == pack.manifest.version


def test_a_map_without_tiles_says_so(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, content(), None)
    assert (pack.tiles, pack.manifest.tiles) == (None, False)


def test_the_same_content_is_the_same_bytes(tmp_path: Path) -> None:
    sums = [write_pack(tmp_path / name, content(), None).manifest.files for name in "ab"]
    assert sums[0] == sums[1]


def test_the_name_of_a_version_is_what_it_is_made_of() -> None:
    def name(sha256: str = "a", county: str | None = None, *, tiles: bool = True) -> str:
        return version_of(sha256, county=county, tiles=tiles)

    assert name() == name()
    assert len({name(), name("b"), name(county="430921"), name(tiles=False)}) == 4


def broken_tiles(_target: Path) -> None:
    raise OSError("disk full")


def test_a_failed_import_leaves_the_old_map_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    old = write_pack(tmp_path, content(), None).manifest
    with pytest.raises(OSError, match="disk full"):
        write_pack(tmp_path, content("b" * 64), broken_tiles)
    assert opened(tmp_path).manifest == old
    assert list(tmp_path.glob("part-*")), "what a crash leaves"
    new = write_pack(tmp_path, content("c" * 64), None).manifest
    assert opened(tmp_path).manifest == new
    assert not list(tmp_path.glob("part-*"))


class Crash(BaseException):
    """The process ends here: nothing catches it and nothing is tidied up."""


def crash_at(number: int) -> Callable[[Path], None]:
    """A sync that ends the process at its n-th call; the calls stand between all the renames."""
    calls = iter(range(1000))

    def sync(_path: Path) -> None:
        if next(calls) == number:
            raise Crash

    return sync


def test_a_crash_at_any_moment_leaves_a_whole_map_in_force(tmp_path: Path) -> None:
    old = write_pack(tmp_path, content(), None).manifest.version
    new = version_of("b" * 64, county="430921", tiles=False)
    finished = False
    number = 0
    while not finished:
        try:
            write_pack(tmp_path, content("b" * 64), None, crash_at(number))
            finished = True
        except Crash:
            number += 1
            assert opened(tmp_path).manifest.version in {old, new}
            use_again(tmp_path, old)
    assert number >= 7, "five files, the folder, the pointer"
    assert opened(tmp_path).manifest.version == new


def test_the_map_before_is_kept_and_older_ones_are_not(tmp_path: Path) -> None:
    versions = [write_pack(tmp_path, content(c * 64), None).manifest.version for c in "abc"]
    kept = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    assert kept == set(versions[1:])


def test_a_version_still_there_is_used_again_and_a_damaged_one_is_made_anew(tmp_path: Path) -> None:
    first = write_pack(tmp_path, content(), None)
    write_pack(tmp_path, content("b" * 64), None)
    again = use_again(tmp_path, first.manifest.version)
    assert again is not None
    assert opened(tmp_path).manifest == first.manifest
    (first.folder / "graph.npz").write_bytes(b"")
    assert use_again(tmp_path, first.manifest.version) is None
    assert use_again(tmp_path, "neverthere") is None
    write_pack(tmp_path, content(), None)
    assert opened(tmp_path).manifest.files == first.manifest.files


@pytest.mark.parametrize("name", ["graph.npz", "places.jsonl.gz", "report.json", "map.json"])
def test_a_damaged_or_missing_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    pack = write_pack(tmp_path, content(), None)
    path = pack.folder / name
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(BadPayload, match=r"import the map again") as caught:
        open_pack(tmp_path)
    assert pack.manifest.version in caught.value.detail
    path.unlink()
    with pytest.raises(BadPayload, match=name):
        open_pack(tmp_path)


def change(pack: Pack, **fields: Any) -> None:
    path = pack.folder / "map.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def test_a_map_of_a_newer_program_is_refused_as_that(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, content(), None)
    change(pack, format=packs.FORMAT + 1, what_is_this=True)
    with pytest.raises(BadPayload, match="newer Greenlane"):
        open_pack(tmp_path)


@pytest.mark.parametrize(
    "fields", [{"format": 0}, {"format": "1"}, {"files": {}}, {"tiles": True}, {"counts": None}]
)
def test_a_manifest_that_does_not_hold_is_refused(tmp_path: Path, fields: dict[str, Any]) -> None:
    pack = write_pack(tmp_path, content(), None)
    change(pack, **fields)
    with pytest.raises(BadPayload):
        open_pack(tmp_path)


@pytest.mark.parametrize("text", ["", "../elsewhere", "gone", "\x00"])
def test_a_pointer_to_nothing_is_refused_and_never_followed_outside(
    tmp_path: Path, text: str
) -> None:
    write_pack(tmp_path, content(), None)
    (tmp_path / "current").write_text(text)
    with pytest.raises(BadPayload, match="import the map again"):
        open_pack(tmp_path)
