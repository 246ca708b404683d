"""`greenlane map import` of real extracts: repeated, replaced, interrupted and cut short.

What each of them becomes: `test_every_extract`; odd and broken files: `test_cold_extracts`.
"""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.maps import maps_app
from dispatch.errors import BadPayload
from maps.osm.extract import read_extract
from maps.osm.importing import import_extract
from maps.pack import Pack, open_pack
from tests.support.osm import cross
from tests.support.shared_data import shared

ROOT = Path(__file__).parents[3]
COUNTY = ROOT / "deploy" / "counties" / "nanxian"


@dataclass
class Said:
    out: str
    err: str
    code: int

    @property
    def answer(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


def greenlane(*words: str | Path) -> Said:
    done = CliRunner().invoke(maps_app, [str(word) for word in words], catch_exceptions=False)
    return Said(done.stdout, done.stderr, done.exit_code)


def quiet(_step: str, _done: int) -> None: ...


def opened(data: Path) -> Pack:
    pack = open_pack(data / "map")
    assert pack is not None
    return pack


def test_chinese_names_survive_the_import(tmp_path: Path) -> None:
    greenlane("import", shared("roads/beijing_tsinghua_2017.osm"), "--data", tmp_path)
    pack = opened(tmp_path)
    assert "清华大学医院" in {row["name"] for row in pack.facilities()}
    roads = {name for row in pack.places() if row["kind"] == "road" for name in row["names"]}
    assert "成府路" in roads
    assert "成府路" in pack.graph().names


def test_the_same_file_makes_the_same_bytes(tmp_path: Path) -> None:
    path = shared("roads/krems.osm.gz")
    for name in "ab":
        greenlane("import", path, "--data", tmp_path / name)
    assert opened(tmp_path / "a").manifest.files == opened(tmp_path / "b").manifest.files


def test_another_extract_replaces_the_map_and_the_first_can_be_had_back(tmp_path: Path) -> None:
    first, second = shared("roads/krems.osm.gz"), shared("roads/beatty.osm")
    versions = [
        greenlane("import", path, "--data", tmp_path).answer["version"]
        for path in (first, second, first)
    ]
    assert versions[0] == versions[2] != versions[1]
    assert opened(tmp_path).manifest.version == versions[0]


@pytest.mark.parametrize("step", ["read nodes", "read ways", "build", "write", "tiles"])
def test_a_killed_import_leaves_the_old_map_and_the_next_one_is_whole(
    tmp_path: Path, step: str
) -> None:
    old = cross().write(tmp_path / "old.osm")
    folder = tmp_path / "map"
    import_extract(old, folder, county=None, build_tiles=None, imported_at="then", progress=quiet)
    before = opened(tmp_path).manifest
    new = cross(maxspeed="40").write(tmp_path / "new.osm")
    program = f"""
import os, signal
from pathlib import Path
from maps.osm.importing import import_extract
def step(name, done):
    if name == {step!r}:
        os.kill(os.getpid(), signal.SIGKILL)
import_extract(Path({str(new)!r}), Path({str(folder)!r}), county=None,
    build_tiles=lambda layers, target: target.write_bytes(b"tiles"), imported_at="now",
    progress=step)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=dict(os.environ), check=False, timeout=120
    )
    assert done.returncode == -signal.SIGKILL
    assert opened(tmp_path).manifest == before
    outcome = import_extract(
        new, folder, county=None, build_tiles=lambda _layers, target: target.write_bytes(b"t"),
        imported_at="now", progress=quiet,
    )  # fmt: skip
    assert outcome.changed
    assert opened(tmp_path).manifest.source.file == "new.osm"
    assert not list(folder.glob("part-*"))


def test_tiles_are_built_from_layers_that_can_be_read_twice(tmp_path: Path) -> None:
    counts: dict[str, int] = {}

    def build(layers: Any, target: Path) -> None:
        for layer, features in layers.items():
            assert list(features) == list(features)
            counts[layer] = len(list(features))
        target.write_bytes(b"tiles")

    path = shared("roads/krems.osm.gz")
    outcome = import_extract(
        path, tmp_path, county=None, build_tiles=build, imported_at="now", progress=quiet
    )
    assert outcome.pack.tiles is not None
    assert counts["roads"] > 500
    assert counts["buildings"] > 100
    assert min(counts.values()) > 0


def test_a_file_in_no_order_is_sorted_first(tmp_path: Path) -> None:
    """As query services write them: ways first, ids mixed, no versions."""
    straight, mixed = cross(), cross()
    mixed.order = ("way", "relation", "node")
    for kind in mixed.parts:
        mixed.parts[kind] = [row.replace(' version="1"', "") for row in mixed.parts[kind][::-1]]
    graphs = []
    for name, osm in (("a", straight), ("b", mixed)):
        path = osm.write(tmp_path / f"{name}.osm")
        said = greenlane("import", path, "--data", tmp_path / name)
        assert said.code == 0, said.err
        graphs.append(opened(tmp_path / name).manifest.files)
    assert graphs[0]["graph.npz"] == graphs[1]["graph.npz"]
    assert graphs[0]["places.jsonl.gz"] == graphs[1]["places.jsonl.gz"]


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9, 0.999])
@pytest.mark.parametrize("name", ["monaco.osm.pbf", "beatty.osm", "krems.osm.gz"])
def test_a_download_cut_short_is_refused_and_changes_nothing(
    tmp_path: Path, name: str, share: float
) -> None:
    whole = shared(f"roads/{name}").read_bytes()
    cut = tmp_path / name
    cut.write_bytes(whole[: int(len(whole) * share)])
    said = greenlane("import", cut, "--data", tmp_path / "data")
    assert said.code == 1
    assert said.out == ""
    assert str(cut) in said.err.replace("\n", "")
    assert open_pack(tmp_path / "data" / "map") is None


def test_a_map_of_another_place_is_refused_with_both_places(tmp_path: Path) -> None:
    path = shared("roads/krems.osm.gz")
    said = greenlane("import", path, "--county", COUNTY, "--data", tmp_path)
    assert said.code == 1
    sentence = said.err.replace("\n", " ")
    assert "南县" in sentence
    assert "longitude 15.5" in sentence
    assert "longitude 112.1" in sentence
    assert open_pack(tmp_path / "map") is None


def test_a_map_of_the_county_says_which_towns_it_has_no_road_for(tmp_path: Path) -> None:
    path = cross().write(tmp_path / "here.osm")
    said = greenlane("import", path, "--county", COUNTY, "--data", tmp_path)
    assert said.code == 0, said.err
    county = said.answer["report"]["county"]
    assert county["nodes_inside_share"] == 1.0
    assert 0 < len(county["towns_without_road"]) < county["towns"] == 12
    assert opened(tmp_path).manifest.county == "430921"


def test_without_a_map_the_report_says_how_to_get_one(tmp_path: Path) -> None:
    said = greenlane("report", "--data", tmp_path)
    assert said.code == 1
    assert "greenlane map import FILE" in said.err.replace("\n", " ")


def test_a_second_import_at_the_same_time_is_refused(tmp_path: Path) -> None:
    from deploy.lock import data_folder

    path = cross().write(tmp_path / "here.osm")
    with data_folder(tmp_path / "map"):
        said = greenlane("import", path, "--data", tmp_path)
    assert said.code == 1
    assert "is importing" in said.err


def test_trash_is_refused_before_a_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "trash.osm.pbf"
    path.write_bytes(bytes(range(256)) * 4)
    assert greenlane("import", path, "--data", tmp_path / "data").code == 1
    assert not (tmp_path / "data").exists()
    with pytest.raises(BadPayload):
        read_extract(path, quiet)
