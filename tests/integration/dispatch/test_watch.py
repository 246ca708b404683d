"""The online check over a real database: all is well, and each planted fault is named."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from dispatch.domain import commands as c
from dispatch.domain.views import CONSOLE
from dispatch.live.hub import Hub
from dispatch.live.journeys import Journeys
from dispatch.live.plane import LivePlane
from dispatch.live.watch import Watch
from maps.travel import StraightLineTravel
from tests.integration.dispatch.support import Worker, configured
from tests.support.desk import CALLER, DISPATCHER


@asynccontextmanager
async def watched(dsn: str) -> AsyncIterator[tuple[Worker, Hub, Watch]]:
    """A worker with one console connected, and its watch."""
    async with configured(dsn) as one:
        plane = LivePlane(Journeys(StraightLineTravel(detour_factor=1.3, speed_kmh=60.0)))
        hub = Hub(one.follower, plane)
        hub.join(DISPATCHER, CONSOLE, b"session")
        log = one.follower.log
        watch = Watch(one.follower, hub, log, one.pool, lambda: datetime.now(UTC))
        for _ in range(3):
            await one.incident()
        assert await watch.check(with_log=True) == []
        yield one, hub, watch


async def test_all_is_well_and_is_reported(postgres_dsn: str) -> None:
    async with watched(postgres_dsn) as (one, _, watch):
        await one.must(c.SendUnit, incident_id="I-1001", unit_id="N01")
        assert await watch.check(with_log=True) == []
        assert watch.report()["invariants"] == {"checked": 2, "broken": []}


async def test_a_tampered_and_a_lost_and_a_foreign_document(postgres_dsn: str) -> None:
    async with watched(postgres_dsn) as (_, hub, watch):
        held = hub.held[CONSOLE]
        true = held["incident", "I-1001"]
        held["incident", "I-1001"] = true.replace(b"I-1001", b"I-9999")
        assert await watch.check(with_log=False) == ["5: console holds an old incident I-1001"]
        del held["incident", "I-1001"]
        assert await watch.check(with_log=False) == ["5: console does not hold incident I-1001"]
        held["incident", "I-1001"] = true
        held["inbound", "x"] = b"{}"
        assert await watch.check(with_log=False) == ["5: console still holds inbound x"]


async def test_a_deleted_event_whichever_it_is(postgres_dsn: str) -> None:
    async with watched(postgres_dsn) as (one, _, watch):
        newest = one.world.seq
        await one.pool.execute("DELETE FROM event WHERE seq = $1", newest)
        found = await watch.check(with_log=True)
        assert found[0].startswith(f"6: the log ends at {newest - 1}")
        assert "7: 1 events are missing from the log" in found
        opened = await one.pool.fetchval(
            "DELETE FROM event WHERE seq = (SELECT min(seq) FROM event"
            " WHERE type = 'incident_opened') RETURNING seq"
        )
        found = await watch.check(with_log=True)
        assert found[0].startswith("6: the log does not fold after"), found
        assert opened > 1
        await one.pool.execute("DELETE FROM event")
        found = await watch.check(with_log=True)
        assert any(one.startswith("7: command") and "not in the log" in one for one in found)


async def test_a_changed_event(postgres_dsn: str) -> None:
    async with watched(postgres_dsn) as (one, _, watch):
        await one.pool.execute(
            "UPDATE event SET body = jsonb_set(body, '{priority}', '\"P4\"')"
            " WHERE type = 'incident_opened'"
        )
        found = await watch.check(with_log=True)
        assert found == [f"6: the log folded to {one.world.seq} is not the live world"]


async def test_an_acknowledged_sample_that_is_not_stored(postgres_dsn: str) -> None:
    async with watched(postgres_dsn) as (one, _, watch):
        await one.pool.execute(
            "INSERT INTO device_cursor (device_id, boot_id, contiguous, updated_at)"
            " VALUES ('m1', 'b1', 2, clock_timestamp())"
        )
        await one.pool.execute(
            "INSERT INTO device_status (device_id, boot_id, seq, unit_id, observed_at, received_at,"
            " true_at, is_late, state)"
            " SELECT 'm1', 'b1', 1, 'N01', now(), now(), now(), false, 'on'"
        )
        assert await watch.check(with_log=True) == ["7: device m1 was told 2, 1 are stored"]
        await one.must(c.ReceiveCall, caller=CALLER)
        assert watch.report()["invariants"]["broken"] == ["7: device m1 was told 2, 1 are stored"]
