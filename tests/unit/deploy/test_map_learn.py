"""`greenlane map learn` as a stranger uses it: a map, a file of drives, an answer in JSON."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.map_commands import maps_app
from maps.areas import Bounds
from maps.network.learned_file import NAME
from maps.pack import Content, Origin, write_pack
from tests.support.roads import graph_of

START = datetime(2026, 3, 1, tzinfo=UTC)
WEST, BANK, FAR_BANK, EAST = (112.40, 29.30), (112.44, 29.30), (112.45, 29.30), (112.50, 29.30)
HEAD = "started_at,driven_s,from_lon,from_lat,to_lon,to_lat,priority"
WAY = ("--at", "2026-11-23T12:00", "--priority", "P3")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A road, a ferry, and another road."""
    graph = graph_of(
        [WEST, BANK, FAR_BANK, EAST],
        [
            {"nodes": [0, 1]},
            {"nodes": [1, 2], "road_class": "ferry", "name": "渡口", "minutes": 10.0},
            {"nodes": [2, 3]},
        ],
    )
    content = Content(
        graph=graph,
        places=[],
        facilities=[],
        report={},
        source=Origin(file="town.osm", sha256="b" * 64, bytes=1),
        bounds=Bounds(west=112.4, south=29.3, east=112.5, north=29.31),
        county=None,
        imported_at="2026-11-23T00:00:00+00:00",
    )
    write_pack(tmp_path / "map", content, None)
    return tmp_path


def ask(data: Path, *words: str) -> Any:
    done = CliRunner().invoke(maps_app, [*words, "--data", str(data)])
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def refused(data: Path, *words: str) -> str:
    done = CliRunner().invoke(maps_app, [*words, "--data", str(data)])
    assert done.exit_code == 1, done.stdout
    return done.stderr


def drives(data: Path, count: int, ratio: float, **columns: object) -> Path:
    """Drives along the western road, P3 by day, that take ``ratio`` times as long as estimated."""
    one = ask(data, "route", "112.40,29.30", "112.44,29.30", *WAY)["duration_s"]
    path = data / "drives.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*HEAD.split(","), *columns])
        for k in range(count):
            at = START + timedelta(days=k, hours=4)  # noon in China
            rows.writerow([at.isoformat(), one * ratio, *WEST, *BANK, "P3", *columns.values()])
    return path


def test_what_is_learned_is_told_kept_and_used(data: Path) -> None:
    before = ask(data, "route", "112.40,29.30", "112.44,29.30", *WAY)
    assert before["learned"] is None
    told = ask(data, "learn", "--drives", str(drives(data, 200, 1.5)))
    assert (told["said"], told["drives"], told["used"]) == ("in force", 200, 200)
    assert told["file"] == str(data / "map" / NAME)
    groups = {one["group"]: one for one in told["bias_before"]}
    assert groups["P3"]["median_log_error"] == pytest.approx(0.4055, abs=0.01)
    assert groups["P3"]["is_alarming"] and told["alarms"] == []
    assert told["held_out"]["asked_about"] == 40
    after = ask(data, "route", "112.40,29.30", "112.44,29.30", *WAY)
    assert after["learned"] == told["version"]
    assert after["duration_s"] == pytest.approx(1.5 * before["duration_s"], rel=0.05)
    report = ask(data, "report")["learned"]
    assert report["version"] == told["version"] and report["bias_after"] == told["bias_after"]


def test_a_dry_run_and_drives_that_teach_nothing_write_nothing(data: Path) -> None:
    file = str(drives(data, 30, 1.2))
    assert ask(data, "learn", "--drives", file, "--no-write")["said"] == "not written"
    stopped = str(drives(data, 30, 1.2, longest_stop_s=1000))
    told = ask(data, "learn", "--drives", stopped)
    assert told["said"].startswith("no drive can be learned from")
    assert told["left_out"]["stopped"]["drives"] == 30
    assert "stood for over 300 s" in told["left_out"]["stopped"]["because"]
    assert not (data / "map" / NAME).exists()
    assert ask(data, "report")["learned"] is None


def test_only_the_drives_of_a_time_are_used(data: Path) -> None:
    file = str(drives(data, 30, 1.2))
    spell = ("--since", "2026-03-11", "--until", "2026-03-21")
    assert ask(data, "learn", "--drives", file, *spell)["drives"] == 10


def test_a_county_drives_by_its_own_numbers(data: Path, tmp_path: Path) -> None:
    county = tmp_path / "county"
    nanxian = Path(__file__).resolve().parents[3] / "deploy" / "counties" / "nanxian"
    county.mkdir()
    for one in ("county.toml", "boundary.geojson", "towns.geojson", "places.geojson",
                "roads.geojson", "rivers.geojson"):  # fmt: skip
        (county / one).write_bytes((nanxian / one).read_bytes())
    roads = county / "roads.toml"
    roads.write_text("[speeds.class_kmh]\nresidential = 14\n", "utf-8")
    ends = ("112.40,29.30", "112.44,29.30")
    usual = ask(data, "route", *ends, *WAY)
    slow = ask(data, "route", *ends, *WAY, "--county", str(county))
    assert slow["duration_s"] == pytest.approx(2 * usual["duration_s"], rel=0.01)
    (row,) = ask(data, "eta", "--from", ends[0], "--to", ends[1], *WAY,
                 "--county", str(county))["times"]  # fmt: skip
    assert row[0]["duration_s"] == slow["duration_s"]
    ask(data, "learn", "--drives", str(drives(data, 40, 1.2)))
    other = ask(data, "route", *ends, *WAY, "--county", str(county))
    assert other["duration_s"] == slow["duration_s"]
    assert "other speeds" in other["learned_not_used"]
    roads.write_text("[speeds]\nslip = 1\n", "utf-8")
    said = refused(data, "route", *ends, "--county", str(county))
    assert f"{roads}: speeds.slip is unknown; known here: class_kmh" in said


def test_a_ferry_s_hours_shut_the_way_and_one_that_is_not_there_is_named(
    data: Path, tmp_path: Path
) -> None:
    folder = Path(__file__).resolve().parents[3] / "deploy" / "counties" / "mingxi"
    county = tmp_path / "mingxi"
    county.mkdir()
    for one in folder.iterdir():
        (county / one.name).write_bytes(one.read_bytes())
    ferry = '[[speeds.ferries]]\nname = "渡口"\nhours = [8, 9, 10, 11, 12]\ncrossing_min = 6\n'
    gone = '[[speeds.ferries]]\nname = "老渡口"\n'
    (county / "roads.toml").write_text(ferry + gone, "utf-8")
    ends = ("112.40,29.30", "112.50,29.30", "--county", str(county), "--at")
    day = ask(data, "route", *ends, "2026-11-23T12:00")
    assert day["method"] == "road" and day["ferries_not_on_map"] == ["老渡口"]
    plain = ask(data, "route", *ends[:2], "--at", "2026-11-23T12:00")
    assert plain["duration_s"] - day["duration_s"] == pytest.approx(240, abs=1)
    night = ask(data, "route", *ends, "2026-11-23T13:00")
    assert night["method"] == "straight_line", "no ferry: told by the method"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--drives", "gone.csv"], "gone.csv"),
        (["--drives", "{file}", "--datum", "utm"], "no datum"),
        (["--drives", "{bad}"], "line 2: no from_lon"),
        (["--since", "noon", "--drives", "{file}"], "noon: write 2026-11-23T08:30"),
        ([], "holds no database of recorded drives"),
    ],
)
def test_what_cannot_be_learned_from_is_named(
    data: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.delenv("GREENLANE_DATABASE_URL", raising=False)
    bad = data / "bad.csv"
    bad.write_text(f"{HEAD}\n2026-03-01,600,,29.3,112.4,29.3,P1\n", "utf-8")
    filled = [word.format(file=drives(data, 3, 1.0), bad=bad) for word in words]
    assert said in refused(data, "learn", *filled)


def test_a_damaged_correction_is_named_by_the_report_and_not_used(data: Path) -> None:
    ask(data, "learn", "--drives", str(drives(data, 40, 1.3)))
    (data / "map" / NAME).write_text("{", "utf-8")
    assert "learn again" in ask(data, "report")["learned"]["fault"]
    found = ask(data, "route", "112.40,29.30", "112.44,29.30", *WAY)
    assert found["learned"] is None and NAME in found["learned_not_used"]
