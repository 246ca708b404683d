"""Extracts as strangers have them: broken, odd, or of places no map was tried on.

Each is either refused in one sentence that names the file and what to do, or imported and answered,
and then the report says what it lacks. Whole extracts: `test_every_extract`; downloads cut short:
`test_import`.
"""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import osmium
import pytest
from osmium.osm.mutable import Node, Way
from typer.testing import CliRunner

from deploy.map_commands import maps_app
from maps.pack import open_pack
from tests.support.osm import Osm, cross

RESIDENTIAL = {"highway": "residential"}


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(maps_app, [str(word) for word in words], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr.replace("\n", " ")


def imported(path: Path, data: Path) -> dict[str, Any]:
    """The summary of an import that must succeed."""
    code, out, err = run("import", path, "--data", data)
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def ask(data: Path, *words: str) -> dict[str, Any]:
    code, out, err = run(*words, "--data", data)
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def text_of(osm: Osm, folder: Path) -> bytes:
    return osm.write(folder / "made.osm").read_bytes()


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("county.osm", "<osm/>")
    return held.getvalue()


def new_nodes(_folder: Path) -> Osm:
    return Osm().line((-1, 112.4, 29.3), (-2, 112.41, 29.3)).way(-1, (-1, -2), RESIDENTIAL)


def dateline(_folder: Path) -> Osm:
    """Two streets that meet at the 180th meridian, as the map cuts them there."""
    osm = Osm().line((1, 179.98, -16.8), (2, 180.0, -16.8), (3, -180.0, -16.8), (4, -179.98, -16.8))
    return osm.way(1, (1, 2), RESIDENTIAL).way(2, (3, 4), RESIDENTIAL)


def over_the_dateline(_folder: Path) -> Osm:
    return Osm().line((1, 179.98, -16.8), (2, -179.98, -16.8)).way(1, (1, 2), RESIDENTIAL)


def footways(_folder: Path) -> Osm:
    return Osm().line((1, 112.4, 29.3), (2, 112.41, 29.3)).way(1, (1, 2), {"highway": "footway"})


def no_length(_folder: Path) -> Osm:
    return Osm().line((1, 112.4, 29.3), (2, 112.4, 29.3)).way(1, (1, 2), RESIDENTIAL)


def beyond_the_globe(_folder: Path) -> Osm:
    return Osm().line((1, 999, 29.3), (2, 112.4, 29.3)).way(1, (1, 2), RESIDENTIAL)


REFUSED: dict[str, tuple[bytes | Callable[[Path], Osm], str]] = {
    "empty": (b"", "is empty; download the extract again"),
    "packed emptiness": (gzip.compress(b""), "broken or cut short"),
    "an osm file of nothing": (b'<osm version="0.6"></osm>', "holds no road"),
    "a page of a web server": (b"<!DOCTYPE html><html>404</html>", "broken or cut short"),
    "json": (b'{"version": 0.6, "elements": []}', "is no OpenStreetMap extract"),
    "a zip": (zipped(), "is no OpenStreetMap extract"),
    "places without roads": (
        lambda _folder: Osm().node(1, 112.4, 29.3, amenity="hospital", name="卫生院"),
        "holds no road: give an extract of the whole county",
    ),
    "footways only": (footways, "only footpaths and the like"),
    "ways without nodes": (lambda _f: Osm().way(1, (1, 2), RESIDENTIAL), "its roads have no nodes"),
    "not uploaded yet": (new_nodes, "negative ids"),
    "a road without length": (no_length, "holds no road of any length"),
    "beyond the globe": (beyond_the_globe, "wrong format for coordinate: '999'"),
    "on both sides of the date line": (dateline, "both sides of the 180th meridian"),
    "across the date line": (over_the_dateline, "give the extract of one side"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_map_can_be_made_of_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    made, sentence = REFUSED[name]
    path = tmp_path / "county.osm"
    path.write_bytes(made if isinstance(made, bytes) else text_of(made(tmp_path), tmp_path))
    code, out, err = run("import", path, "--data", tmp_path / "data")
    assert (code, out) == (1, "")
    assert sentence in err
    assert str(path) in err
    assert open_pack(tmp_path / "data" / "map") is None


@pytest.mark.parametrize("name", ["nowhere.osm.pbf", "."])
def test_what_is_no_file_is_named(tmp_path: Path, name: str) -> None:
    code, _, err = run("import", tmp_path / name, "--data", tmp_path / "data")
    assert code == 1
    assert "cannot be read" in err
    assert str(tmp_path) in err


def test_a_broken_file_leaves_the_map_in_force(tmp_path: Path) -> None:
    before = imported(cross().write(tmp_path / "good.osm"), tmp_path)["version"]
    broken = gzip.compress(text_of(cross(maxspeed="30"), tmp_path))[:-12]
    path = tmp_path / "new.osm.gz"
    path.write_bytes(broken)
    assert run("import", path, "--data", tmp_path)[0] == 1
    assert ask(tmp_path, "report")["version"] == before


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: b"\r\n \r\n" + text,
        gzip.compress,
    ],
    ids=["CRLF", "a byte order mark", "empty lines first", "packed, and not named so"],
)
def test_the_same_map_however_it_is_written(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    text = text_of(cross(), tmp_path)
    sums = []
    for folder, content in (("plain", text), ("other 县", change(text))):
        path = tmp_path / folder / "南 县.osm"
        path.parent.mkdir()
        path.write_bytes(content)
        imported(path, path.parent)
        pack = open_pack(path.parent / "map")
        assert pack is not None
        sums.append(pack.manifest.files)
    assert sums[0]["graph.npz"] == sums[1]["graph.npz"]
    assert sums[0]["places.jsonl.gz"] == sums[1]["places.jsonl.gz"]


def test_a_pbf_whose_ids_are_in_no_order(tmp_path: Path) -> None:
    path = tmp_path / "mixed.osm.pbf"
    ids = (5, 3, 9, 1)
    with osmium.SimpleWriter(str(path)) as writer:
        for number in ids:
            place = (112.4 + number * 0.001, 29.36)
            writer.add_node(Node(id=number, version=1, location=place))
        for way in (20, 10):
            tags = {**RESIDENTIAL, "name": f"第{way}街"}
            writer.add_way(Way(id=way, version=1, nodes=sorted(ids), tags=tags))
    imported(path, tmp_path)
    assert ask(tmp_path, "search", "第10街")["hits"][0]["match"] == "exact"
    assert ask(tmp_path, "route", "112.401,29.36", "112.409,29.36")["method"] == "road"


def test_a_straight_street_without_names_is_a_map_and_the_report_says_what_it_lacks(
    tmp_path: Path,
) -> None:
    osm = Osm().line((1, 112.4, 29.36), (2, 112.41, 29.36)).way(1, (1, 2), RESIDENTIAL)
    report = imported(osm.write(tmp_path / "street.osm"), tmp_path)["report"]
    assert report["roads"]["share_km_without_name"] == 1.0
    told = {one["code"]: one for one in report["notices"]}
    assert {"facilities_none", "roads_unnamed", "limits_unknown", "posts_none",
            "settlements_none"} <= set(told)  # fmt: skip
    assert "100 %" in told["roads_unnamed"]["zh"]
    assert all(one["zh"] and one["en"] for one in told.values())
    assert ask(tmp_path, "search", "人民路")["total"] == 0
    assert ask(tmp_path, "where", "112.4", "29.36")["phrases"][0]["code"] == "nothing"
    assert ask(tmp_path, "route", "112.4,29.36", "112.41,29.36")["method"] == "road"


def test_what_was_never_placed_is_left_out_and_counted(tmp_path: Path) -> None:
    """0, 0 is what a failed conversion writes; one such hospital must not cost the whole map."""
    osm = cross().node(90, 0, 0, amenity="hospital", name="零岛医院")
    osm.line((91, 0, 0)).way(12, (5, 91), RESIDENTIAL)
    report = imported(osm.write(tmp_path / "zero.osm"), tmp_path)["report"]
    assert report["places_at_zero"] == 1
    assert "places_at_zero" in {one["code"] for one in report["notices"]}
    assert [row["name"] for row in report["facilities"]["list"]] == ["南县人民医院"]
    assert report["roads_bounds"][1] > 29
    assert ask(tmp_path, "search", "零岛医院")["total"] == 0


def test_a_town_in_the_high_north(tmp_path: Path) -> None:
    """At 78 degrees a degree of longitude is a fifth of one at the equator."""
    osm = Osm().line((1, 15.6, 78.22), (2, 15.65, 78.22), (3, 15.65, 78.225))
    osm.way(1, (1, 2, 3), RESIDENTIAL | {"name": "Vei 500"})
    osm.node(9, 15.64, 78.221, amenity="hospital", name="Longyearbyen sykehus")
    imported(osm.write(tmp_path / "north.osm"), tmp_path)
    way = ask(tmp_path, "route", "15.6,78.22", "15.65,78.225")
    assert way["method"] == "road"
    assert way["distance_m"] == pytest.approx(1_135 + 556, rel=0.01)
    assert ask(tmp_path, "search", "sykehus")["hits"][0]["kind"] == "hospital"
    (drawn,) = ask(tmp_path, "isochrone", "15.6,78.22", "--minutes", "10")["features"]
    assert drawn["properties"]["road_km"] == pytest.approx(1.69, abs=0.02)


def test_names_and_tags_of_a_chinese_county(tmp_path: Path) -> None:
    """Kilometre posts, both languages, and what is called a hospital and is none."""
    osm = cross(ref="S204", name="南茅公路")
    osm.node(30, 112.4, 29.3605, amenity="hospital", name="明山头镇卫生院", emergency="yes")
    osm.node(31, 112.4, 29.3595, place="village", name="耕余堂村", **{"name:en": "Gengyutang"})
    osm.node(1, 112.399, 29.36, highway="milestone", distance="12")
    osm.node(32, 112.39, 29.36, highway="milestone", distance="13")
    osm.parts["node"] = osm.parts["node"][1:]  # the post is the node of the road itself
    report = imported(osm.write(tmp_path / "county.osm"), tmp_path)["report"]
    assert report["facilities"]["smaller_than_tagged"] == ["明山头镇卫生院"]
    assert report["facilities"]["emergency"] == {"yes": 1, "no": 0, "unsaid": 1}
    assert report["places"]["kilometre_posts"] == {"found": 2, "without_road": 1}
    assert report["places"]["names"]["in_both"] == 1
    assert report["places"]["settlements"] == 1
    codes = [one["code"] for one in report["notices"]]
    assert {"facilities_smaller_than_tagged", "posts_without_road"} <= set(codes)
    assert "posts_none" not in codes and "settlements_none" not in codes
    hit = ask(tmp_path, "search", "S204 12公里")["hits"][0]
    assert (hit["match"], hit["lon"], hit["lat"]) == ("kilometre", 112.399, 29.36)
