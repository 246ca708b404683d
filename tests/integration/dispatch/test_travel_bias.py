"""`GET /api/travel/bias`, and a running server that takes a correction learned beside it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.postgres import Postgres
from dispatch.county import read_county
from maps.network.learned import Drive, biases, learn
from maps.network.learned_file import NAME, learned_file, write_learned
from maps.network.learning import Lesson, calibration
from tests.integration.dispatch.test_road_travel import SCENE, write_map
from tests.support import services
from tests.support.serving import KEY, Served, database, open_incident
from tests.support.serving import place as place_at
from tests.support.system import COUNTY, Person

TAKEN_WITHIN_S = 60.0
BIAS = "/api/travel/bias"


@pytest.fixture(scope="module")
def site(postgres_server: Postgres) -> Iterator[tuple[Served, Path]]:
    with database(postgres_server) as dsn, services.service_folder() as folder:
        environment = {"GREENLANE_DATABASE_URL": dsn, "GREENLANE_IDENTITY_KEY": KEY}
        write_map(folder / "data" / "map")
        served = Served(folder / "data", environment)
        try:
            served.wait_ready()
            yield served, folder / "data" / "map"
        finally:
            served.stop()


def lesson(ratio: float) -> Lesson:
    drives = [
        Drive(estimated_s=600, observed_s=600 * ratio, hour=hour, priority="P2", leg="to_scene")
        for hour in range(24)
        for _ in range(200)
    ]
    learned = learn(drives)
    return Lesson(
        learned=learned,
        used=len(drives),
        left_out={"stopped": 7},
        since="2026-03-01T00:00:00+00:00",
        until="2026-04-01T00:00:00+00:00",
        bias_before=biases(drives, learn([])),
        bias_after=biases(drives, learned),
        calibration=calibration(drives, learned),
        held_out=None,
    )


def put(folder: Path, ratio: float) -> str:
    """Put a correction in force; returns its version."""
    policy = read_county(COUNTY).config.roads.speeds
    at = "2026-11-23T00:00:00+00:00"
    file = learned_file(lesson(ratio), map_version="m", policy=policy, made_at=at)
    write_learned(folder, file)
    return file.version


def times(desk: Person, incident_id: str) -> list[int]:
    body: dict[str, Any] = desk.get(f"/api/incidents/{incident_id}/recommendation")
    assert body["method"] == "road"
    return sorted(option["duration_s"] for option in body["options"])


def test_the_bias_is_for_those_who_send_units(site: tuple[Served, Path]) -> None:
    served, folder = site
    (folder / NAME).unlink(missing_ok=True)
    for role, scope in (("crew", "N11"), ("hospital", "H1")):
        assert served.person(role, scope).http.get(BIAS).status_code == 403
    assert served.person("dispatcher").get(BIAS) == {"version": None, "fault": None}


def test_a_correction_is_taken_while_the_server_runs_and_its_bias_is_told(
    site: tuple[Served, Path],
) -> None:
    served, folder = site
    desk = served.person("dispatcher")
    incident_id = open_incident(desk, place=place_at(**SCENE), priority="P2")
    before = times(desk, incident_id)
    version = put(folder, 2.0)
    until = time.monotonic() + TAKEN_WITHIN_S
    while (after := times(desk, incident_id)) == before:
        assert time.monotonic() < until, "the correction was not taken"
    assert after == pytest.approx([2.0 * one for one in before], rel=0.02)
    told = desk.get(BIAS)
    assert (told["version"], told["used"], told["alarms"]) == (version, 4800, [])
    groups = {one["group"]: one for one in told["bias_before"]}
    assert groups["P2"]["median_log_error"] == pytest.approx(0.693, abs=0.001)
    assert groups["leg:to_scene"]["is_alarming"]
    assert told["left_out"] == {"stopped": 7}


def test_a_damaged_correction_is_named_and_the_times_go_uncorrected(
    site: tuple[Served, Path],
) -> None:
    served, folder = site
    desk = served.person("dispatcher")
    incident_id = open_incident(desk, place=place_at(**SCENE), priority="P2")
    put(folder, 1.5)
    corrected = times(desk, incident_id)
    (folder / NAME).write_text("{", "utf-8")
    assert NAME in desk.get(BIAS)["fault"]
    until = time.monotonic() + TAKEN_WITHIN_S
    while not any("learned_not_used" in line for line in served.log):
        assert time.monotonic() < until, "the log does not name it"
        desk.get(BIAS)
    while times(desk, incident_id) >= corrected:
        assert time.monotonic() < until, "the old correction stayed"
    assert served.troubles() == []
