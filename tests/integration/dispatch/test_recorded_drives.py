"""Recorded drives out of a real database: a leg of the log, the fixes of its vehicle, a lesson."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from typer.testing import CliRunner

from deploy.embedded import secrets
from deploy.embedded.postgres import Postgres, postgres
from deploy.lock import data_folder
from deploy.map_commands import maps_app
from deploy.recorded_drives import database, drives_of_log
from dispatch.domain import commands as c
from dispatch.domain.deadlines import SYSTEM
from dispatch.errors import BadPayload
from dispatch.ids import CommandId, DeviceId, UnitId
from dispatch.log.database import migrate, open_pool
from dispatch.log.events import EventLog
from dispatch.log.follower import Follower
from dispatch.log.identity import IdentityStore
from dispatch.recorder import Recorder
from maps.coordinates import Wgs84
from maps.network.drives import Recorded
from maps.network.learning import lesson_of
from maps.network.travel import RoadPolicy, Roads, RoadTravel
from maps.travel import StraightLineTravel
from telemetry.rows import FixRow, Stamp
from telemetry.store import SampleStore
from tests.integration.dispatch.support import COUNTY, KEY
from tests.integration.dispatch.test_road_travel import write_map
from tests.support.county import county
from tests.support.desk import CALLER, DISPATCHER, SCENE, crew
from tests.support.roads import graph_of
from tests.support.services import service_folder
from tests.support.serving import database as empty_database

START = datetime(2026, 3, 1, 4, tzinfo=UTC)  # noon in China
WEST = (112.35, 29.37)
ROADS = Roads(graph_of([WEST, (SCENE.lon, SCENE.lat)], [{"nodes": [0, 1]}]), RoadPolicy())
ZONE = ZoneInfo("Asia/Shanghai")
LENGTH_M = float(ROADS.graph.length_m[0])
EVERY_S = 5


class Day:
    """A recorder whose clock the test moves, and the samples beside it."""

    def __init__(self, pool: asyncpg.Pool, follower: Follower) -> None:
        self.now = START
        self.recorder = Recorder(follower, lambda _seq: None, lambda: self.now)
        self.store = SampleStore(pool)
        self._sent = 0

    async def tell(self, kind: type[c.Command], actor: c.Actor, **fields: Any) -> dict[str, str]:
        self._sent += 1
        command = kind(command_id=CommandId(f"drive-{self._sent}"), **fields)
        outcome = await self.recorder.submit(command, actor)
        assert outcome.outcome == "accepted", outcome
        return outcome.made

    async def sent(self, priority: str) -> tuple[str, str]:
        """A unit on its way to the scene; returns incident and assignment."""
        made = await self.tell(c.OpenIncident, DISPATCHER, place=SCENE, priority=priority,
                               complaint="胸痛", caller=CALLER)  # fmt: skip
        incident_id = made["incident_id"]
        fields = {"incident_id": incident_id, "unit_id": "N01"}
        assignment_id = (await self.tell(c.SendUnit, DISPATCHER, **fields))["assignment_id"]
        await self.step(assignment_id, "en_route")
        return incident_id, assignment_id

    async def step(self, assignment_id: str, step: str) -> None:
        await self.tell(c.AdvanceAssignment, crew("N01"), assignment_id=assignment_id, step=step)

    async def drive(self, seconds: int, stop_s: int = 0) -> None:
        """From the west to the scene in so many seconds, with a stop half way."""
        rows = []
        began = self.now
        for at_s in range(0, seconds + stop_s + 1, EVERY_S):
            rolled_s = min(at_s, seconds // 2) + max(0, at_s - seconds // 2 - stop_s)
            lon = WEST[0] + (SCENE.lon - WEST[0]) * min(1.0, rolled_s / seconds)
            rows.append(_fix(began + timedelta(seconds=at_s), lon))
        await self.store.commit(rows, {})
        self.now += timedelta(seconds=seconds + stop_s)


def _fix(at: datetime, lon: float) -> FixRow:
    stamp = Stamp(device_id=DeviceId("N01-GPS"), boot_id="b", seq=int(at.timestamp()),
                  unit_id=UnitId("N01"), observed_at=at, received_at=at, true_at=at, skew_ms=0,
                  is_late=False)  # fmt: skip
    return FixRow(stamp=stamp, lon=lon, lat=SCENE.lat, sent_lon=lon, sent_lat=SCENE.lat,
                  datum="WGS84", speed_kmh=None, heading_deg=None, accuracy_m=None,
                  doubtful=None)  # fmt: skip


@asynccontextmanager
async def a_day(dsn: str) -> AsyncIterator[Day]:
    await migrate(dsn, COUNTY)
    pool = await open_pool(dsn, COUNTY, 3)
    try:
        follower = Follower(EventLog(pool), pool, IdentityStore(KEY))
        await follower.start()
        day = Day(pool, follower)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(day.recorder.run(), name="recorder")
            await day.tell(c.ConfigureCounty, SYSTEM, config=county())
            yield day
            task.cancel()
    finally:
        pool.terminate()


async def test_a_driven_leg_is_found_with_what_its_vehicle_did(postgres_dsn: str) -> None:
    async with a_day(postgres_dsn) as day:
        _incident, assignment = await day.sent("P2")
        began = day.now
        await day.drive(600)
        day.now += timedelta(seconds=90)  # the crew says so a minute and a half late
        await day.store.commit([_fix(day.now, SCENE.lon)], {})
        await day.step(assignment, "on_scene")
    (found,) = await drives_of_log(postgres_dsn, COUNTY, None, None)
    assert isinstance(found, Recorded)
    assert (found.priority, found.leg, found.is_changed) == ("P2", "to_scene", False)
    assert found.started_at == began
    assert found.observed_s == pytest.approx(600, abs=2 * EVERY_S), "not the tap but the wheels"
    assert found.driven_m == pytest.approx(LENGTH_M, rel=0.01)
    assert found.off_target_m == pytest.approx(0, abs=1)
    assert found.largest_gap_s == 90


async def test_drives_of_the_log_are_learned_from_and_odd_ones_named(postgres_dsn: str) -> None:
    async with a_day(postgres_dsn) as day:
        travel = RoadTravel(ROADS, StraightLineTravel(), ZONE).when(START, "P1")
        west, scene = Wgs84(lon=WEST[0], lat=WEST[1]), Wgs84(lon=SCENE.lon, lat=SCENE.lat)
        expected_s = travel.estimate(west, scene).duration_s
        for stop_s, has_fixes in ((0, True), (0, True), (400, True), (0, False)):
            incident, assignment = await day.sent("P1")
            seconds = round(1.5 * expected_s / 10) * 10
            if has_fixes:
                await day.drive(seconds, stop_s)
            else:
                day.now += timedelta(seconds=seconds)
            await day.step(assignment, "on_scene")
            await day.step(assignment, "cleared")
            fields = {"incident_id": incident, "outcome": "no_patient"}
            await day.tell(c.CloseIncident, DISPATCHER, **fields)
            day.now += timedelta(minutes=10)
    found = await drives_of_log(postgres_dsn, COUNTY, None, None)
    lesson = lesson_of(found, ROADS, ZONE)
    assert lesson.left_out == {"fixes_missing": 1, "stopped": 1}
    assert lesson.used == 2
    before = {bias.group: bias.median_log_error for bias in lesson.bias_before}
    assert before["leg:to_scene"] == pytest.approx(0.405, abs=0.02)
    assert lesson.learned.factor(12, "P1") > 1.0
    later = await drives_of_log(postgres_dsn, COUNTY, START + timedelta(minutes=1), None)
    earlier = await drives_of_log(postgres_dsn, COUNTY, None, START + timedelta(minutes=1))
    assert (len(earlier), len(later)) == (1, 3)


@pytest.fixture
def folder() -> Iterator[Path]:
    with service_folder() as path:
        yield path / "data"


async def _seen(url: str) -> str:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return str(await connection.fetchval("SELECT current_database()"))
    finally:
        await connection.close()


async def test_the_embedded_database_is_asked_whether_it_runs_or_not(folder: Path) -> None:
    with data_folder(folder) as held:
        ours = secrets.load(held / "secrets")
        async with (
            postgres(
                held / "postgres", admin_password=ours.postgres_admin, password=ours.postgres
            ) as server,
            database(None, folder) as url,
        ):
            assert url == server.dsn, "the running one, as it is"
            assert await _seen(url) == "greenlane"
    async with database(None, folder) as url:
        assert await _seen(url) == "greenlane"


async def test_a_given_url_is_used_and_without_one_a_folder_must_hold_a_database(
    tmp_path: Path,
) -> None:
    async with database("postgresql://elsewhere", tmp_path) as url:
        assert url == "postgresql://elsewhere"
    with pytest.raises(BadPayload, match=r"--drives FILE\.csv"):
        async with database(None, tmp_path):
            pass


def test_the_command_asks_the_database_of_a_county(
    postgres_server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GREENLANE_COUNTY_FOLDER", raising=False)
    write_map(tmp_path / "map")
    with empty_database(postgres_server) as dsn:
        words = ["learn", "--data", str(tmp_path), "--database", dsn]
        unknown = CliRunner().invoke(maps_app, words)
        assert unknown.exit_code == 1, "nobody ever migrated it"
        assert unknown.stderr.startswith("greenlane: database: ")
        asyncio.run(migrate(dsn, "nanxian"))
        done = CliRunner().invoke(maps_app, words)
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["drives"], told["used"], told["file"]) == (0, 0, None)
