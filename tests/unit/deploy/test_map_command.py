"""`greenlane map` over a small map: what it answers, and what it says of what it cannot."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.map_commands import maps_app
from maps.areas import Bounds
from maps.coordinates import Wgs84
from maps.pack import Content, Origin, write_pack
from tests.support.roads import grid

CLINIC = {"id": "n7", "name": "卫生院", "names": ["卫生院"], "kind": "clinic",
          "lon": 112.403, "lat": 29.303}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    content = Content(
        graph=grid(4, 4),
        places=[],
        facilities=[CLINIC],
        report={"ways": 8},
        source=Origin(file="town.osm", sha256="a" * 64, bytes=1),
        bounds=Bounds(west=112.4, south=29.3, east=112.403, north=29.303),
        county=None,
        imported_at="2026-11-23T00:00:00+00:00",
    )
    write_pack(folder / "map", content, None)
    return folder


def ask(data: Path, *words: str) -> Any:
    done = CliRunner().invoke(maps_app, [*words, "--data", str(data)])
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def refused(data: Path, *words: str) -> str:
    done = CliRunner().invoke(maps_app, [*words, "--data", str(data)])
    assert done.exit_code == 1
    return done.stderr


def test_a_route_has_time_way_and_how_it_is_known(data: Path) -> None:
    found = ask(data, "route", "112.4,29.3", "112.403,29.303", "--priority", "P3")
    assert found["method"] == "road" and found["is_estimate"] is False
    assert found["duration_p80_s"] > found["duration_s"] > 0
    assert found["path"]["coordinates"][0] == [112.4, 29.3]
    assert found["path"]["coordinates"][-1] == [112.403, 29.303]


def test_a_facility_goes_by_its_id(data: Path) -> None:
    by_id = ask(data, "route", "112.4,29.3", "n7")
    assert by_id == ask(data, "route", "112.4,29.3", "112.403,29.303")


def test_sirens_and_the_hour_count(data: Path) -> None:
    way = ("route", "112.4,29.3", "112.403,29.303", "--at")
    noon = ask(data, *way, "2026-11-23T12:00", "--priority", "P3")["duration_s"]
    assert ask(data, *way, "2026-11-23T12:00", "--priority", "P1")["duration_s"] < noon
    assert ask(data, *way, "2026-11-22T18:00+00:00", "--priority", "P3")["duration_s"] > noon


@pytest.mark.parametrize(
    "to",
    [
        ["--to", "112.403,29.303", "--to", "112.401,29.3"],
        ["--to", "112.403,29.303;112.401,29.3"],
        ["--to", "112.403,29.303,112.401,29.3"],
        ["--to", "112.403,29.303 112.401,29.3"],
    ],
)
def test_many_times_however_the_places_are_given(data: Path, to: list[str]) -> None:
    found = ask(data, "eta", "--from", "112.4,29.3", *to)
    assert found["to"] == ["112.403,29.303", "112.401,29.3"]
    (row,) = found["times"]
    assert [one["method"] for one in row] == ["road", "road"]
    assert row[0]["duration_s"] > row[1]["duration_s"]


def test_ids_stay_ids(data: Path) -> None:
    assert ask(data, "eta", "--from", "n7", "--to", "n7,n7")["to"] == ["n7", "n7"]


def test_off_the_map_is_an_estimate_not_a_failure(data: Path) -> None:
    assert ask(data, "route", "112.4,29.3", "-76.6,39.29")["method"] == "straight_line"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["route", "here", "n7"], "here: write lon,lat in degrees"),
        (["route", "1,2,3", "n7"], "1,2,3: write lon,lat in degrees"),
        (["route", "29.3,112.4", "n7"], "outside -90..90 (lon and lat swapped?)"),
        (["route", "n7", "n7", "--at", "noon"], "noon: write 2026-11-23T08:30"),
    ],
)
def test_what_cannot_be_read_is_named(data: Path, words: list[str], said: str) -> None:
    assert said in refused(data, *words)


def test_without_a_map_the_way_out_is_said(tmp_path: Path) -> None:
    assert "greenlane map import FILE" in refused(tmp_path, "route", "112.4,29.3", "112.4,29.3")


def test_the_report_and_a_conversion(data: Path) -> None:
    assert ask(data, "report")["report"] == {"ways": 8}
    done = CliRunner().invoke(maps_app, ["convert", "wgs84", "gcj02", "112.4", "29.3"])
    shifted = json.loads(done.stdout)["to"]
    assert Wgs84(lon=112.4, lat=29.3) != Wgs84(lon=shifted["lon"], lat=shifted["lat"])


def test_a_trace_is_laid_onto_the_roads(data: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace.csv"
    rows = [f"0,{29.30001},{112.4 + 0.0003 * k:.5f}," for k in range(10)]
    trace.write_text("\n".join(["TrackID,Latitude,Longitude,Time", *rows]), "utf-8")
    (found,) = ask(data, "match", str(trace), "--datum", "wgs84")["traces"]
    assert (found["fixes"], found["breaks"]) == (10, [])
    (segment,) = found["segments"]
    assert segment["roads"] == ["0街"]
    assert segment["length_m"] == pytest.approx(0.0027 * 111_195 * 0.872, abs=40)
    assert {lat for _lon, lat in segment["path"]["coordinates"]} == {29.3}


def test_a_trace_that_cannot_be_read(data: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace.csv"
    trace.write_text("TrackID,Latitude,Longitude,Time\n0,north,112.4,\n", "utf-8")
    assert "line 2" in refused(data, "match", str(trace), "--datum", "wgs84")
    assert "no datum" in refused(data, "match", str(trace), "--datum", "utm")
    assert "gone.csv" in refused(data, "match", str(tmp_path / "gone.csv"), "--datum", "wgs84")
