"""`greenlane simulate` as a program: files in, tables and files out, one sentence when refused."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.osm import cross

SCENARIO = """name = "a few days"
county = "nanxian"
[demand]
calls_a_day = 40
[[demand.mass]]
at_h = 30
town = "430921125"
calls = 10
"""


def simulate(*arguments: str | Path, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "deploy.simulate", *map(str, arguments)]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture
def rio(tmp_path: Path) -> Path:
    """Two scenarios of three calls each."""
    (tmp_path / "bases.csv").write_text("base,lat,lon\n0,-22.9,-43.2\n1,-22.8,-43.3\n")
    (tmp_path / "hospitals.csv").write_text("hospital,lat,lon\n0,-22.91,-43.19\n")
    header = "scenario,call,time_s,region,priority,on_scene_s,lat,lon,at_hospital_s,hospital\n"
    rows = [
        f"{scenario},{k},{100 * k + scenario},0,{k},600,-22.{85 + k},-43.2{k},600,0\n"
        for scenario in (0, 3)
        for k in range(3)
    ]
    (tmp_path / "calls_us_A.csv").write_text(header + "".join(rows))
    (tmp_path / "demand_train_us_A.csv").write_text("lat,lon,priority\n-22.9,-43.2,0\n")
    return tmp_path


@pytest.mark.slow
def test_rio_writes_a_row_a_call_and_prints_the_summary(rio: Path, tmp_path: Path) -> None:
    out, numbers, plot = tmp_path / "o.csv", tmp_path / "o.json", tmp_path / "o.png"
    done = simulate("rio", "--data", rio, "--policy", "queue", "--fleet", "3", "--bases", "2",
                    "--out", out, "--json", numbers, "--plot", plot)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "queue" in done.stdout
    assert "high mean" in done.stdout
    rows = list(csv.DictReader(out.open()))
    assert [(row["scenario"], row["call"]) for row in rows] == [
        (scenario, call) for scenario in "03" for call in "012"
    ]
    assert {"ambulance", "response_s"} <= set(rows[0])
    report = json.loads(numbers.read_text())["reports"][0]
    mean = sum(float(row["response_s"]) for row in rows) / len(rows)
    assert report["mean_s"] == pytest.approx(mean, abs=0.001)
    assert plot.read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_several_policies_share_one_table_and_one_file(rio: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.csv"
    done = simulate("rio", "--data", rio, "--policy", "queue", "--policy", "reassign",
                    "--policy", "P3", "--fleet", "2", "--bases", "2", "--out", out)  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(out.open()))
    assert {row["policy"] for row in rows} == {"queue", "reassign", "P3"}
    assert len(rows) == 18


@pytest.mark.slow
def test_a_scenario_is_the_same_in_every_process(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(SCENARIO)
    texts = []
    for hash_seed in ("0", "1"):
        out = tmp_path / f"{hash_seed}.csv"
        done = simulate(file, "--policy", "closest", "--policy", "P3", "--days", "3", "--runs",
                        "2", "--seed", "7", "--out", out, hash_seed=hash_seed)  # fmt: skip
        assert done.returncode == 0, done.stderr
        texts.append(out.read_text())
    assert texts[0] == texts[1]
    assert "paired differences" in done.stdout
    assert "南洲镇" in done.stdout


@pytest.mark.slow
def test_a_log_is_replayed(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO.replace("40\n", '40\nlog = "calls.csv"\n', 1))
    lines = [f"2026-03-01T0{k}:00:00+08:00,112.4,29.36,P{k}" for k in (1, 2, 3)]
    (tmp_path / "calls.csv").write_text("at,lon,lat,priority\n" + "\n".join(lines) + "\n")
    out = tmp_path / "o.csv"
    done = simulate(tmp_path / "s.toml", "--policy", "closest", "--out", out)
    assert done.returncode == 0, done.stderr
    assert [row["priority"] for row in csv.DictReader(out.open())] == ["0", "1", "2"]


@pytest.mark.slow
def test_a_forecast_is_learned_from_a_log(tmp_path: Path) -> None:
    """All calls of the log come at eight in the evening near one town; so do those to come."""
    learn = 'learn = "log.csv"\nlearn_from = 2026-01-05T00:00:00+08:00\n'
    learn += "learn_until = 2026-02-02T00:00:00+08:00\n"
    (tmp_path / "s.toml").write_text(f'name = "learned"\ncounty = "nanxian"\n[demand]\n{learn}')
    lines = [
        f"2026-01-{day:02}T20:{minute:02}:00+08:00,112.658,29.298"
        for day in range(5, 32)
        for minute in range(30)
    ]
    (tmp_path / "log.csv").write_text("at,lon,lat\n" + "\n".join(lines) + "\n")
    out = tmp_path / "o.csv"
    done = simulate(tmp_path / "s.toml", "--policy", "closest", "--days", "7", "--out", out)
    assert done.returncode == 0, done.stderr
    assert f"learned from {27 * 30} calls; 0 lay outside the county" in done.stderr
    hours = [float(row["at_s"]) / 3600 % 24 for row in csv.DictReader(out.open())]
    assert len(hours) > 150
    assert sum(20 <= hour < 21 for hour in hours) > 0.5 * len(hours)


@pytest.mark.slow
def test_a_scenario_drives_on_an_imported_map(tmp_path: Path) -> None:
    extract = cross().write(tmp_path / "cross.osm")
    data = tmp_path / "data"
    made = subprocess.run(
        [sys.executable, "-P", "-m", "deploy.map_commands", "import", extract, "--data", data,
         "--no-tiles"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    road = '[travel]\nkind = "road"\nmap = "data"\n'
    (tmp_path / "s.toml").write_text(SCENARIO + road)
    out = tmp_path / "o.csv"
    done = simulate(tmp_path / "s.toml", "--policy", "closest", "--days", "1", "--out", out)
    assert done.returncode == 0, done.stderr
    assert all(float(row["response_s"]) > 0 for row in csv.DictReader(out.open()))
    far = simulate(tmp_path / "s.toml", "--policy", "P3", "--days", "1")
    assert far.returncode == 1  # two streets: to most towns one would walk, beyond P3's range
    assert "calls wait: no unit that it would send" in far.stderr
    assert "Traceback" not in far.stderr
    (tmp_path / "s.toml").write_text(SCENARIO + road.replace('"data"', '"elsewhere"'))
    refused = simulate(tmp_path / "s.toml", "--policy", "P3")
    assert refused.returncode == 1
    assert "no map was imported" in refused.stderr


@pytest.mark.slow
def test_the_production_core_can_be_told_everything(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO)
    done = simulate(tmp_path / "s.toml", "--policy", "P2", "--days", "0.2", "--warm-up-days", "0",
                    "--core")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "P2, seed 1: the core agrees" in done.stdout


@pytest.mark.slow
def test_synthetic_counties_in_pairs(tmp_path: Path) -> None:
    out, numbers = tmp_path / "o.csv", tmp_path / "o.json"
    done = simulate("county", "--units", "10", "--calls", "20", "--days", "7", "--runs", "2",
                    "--bias", "1.3", "--seed", "3", "--policy", "closest", "--policy", "P3+moveup",
                    "--out", out, "--json", numbers)  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(out.open()))
    assert {row["scenario"] for row in rows} == {"3", "4"}
    assert {row["policy"] for row in rows} == {"closest", "P3+moveup"}
    found = {one["measure"]: one for one in json.loads(numbers.read_text())["differences"]}
    assert found["priority_0_p90_s"]["replications"] == 2
    assert "township 1" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["rio", "--data", "nowhere", "--policy", "queue", "--fleet", "1", "--bases", "1"],
         "nowhere is no folder"),
        (["nowhere.toml", "--policy", "queue"], "nowhere.toml: No such file"),
        (["county", "--policy", "nearest"], "'nearest': one of queue"),
        (["{s}", "--policy", "nearest"], "'nearest': one of queue"),
        (["jemss", "--data", "{empty}", "--policy", "closest"], "no genConfig"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(
    arguments: list[str], told: str, tmp_path: Path
) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO)
    (tmp_path / "empty").mkdir()
    known = {"s": tmp_path / "s.toml", "empty": tmp_path / "empty"}
    done = simulate(*(word.format(**known) for word in arguments))
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_closed_forms_are_printed_beside_the_simulation() -> None:
    done = simulate("closed-form", "--services", "1500", "--seeds", "1")
    assert done.returncode == 0, done.stderr
    assert "hypercube workload 1, with a line" in done.stdout
    assert "0.557364" in done.stdout
