"""A closure through the real log: every worker's ETAs and advice heed it at once, and alike."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec

from dispatch.advice import recommend_units
from dispatch.domain import commands as c
from dispatch.domain.views import CONSOLE, Audience
from dispatch.live.hub import Connection, Hub
from dispatch.live.journeys import Journeys
from dispatch.live.plane import LivePlane
from dispatch.live.watch import Watch
from maps.travel import StraightLineTravel
from tests.integration.dispatch.support import Worker, configured, worker
from tests.support.desk import ADMIN, DISPATCHER, crew, staff
from tests.support.town import CLOSED, EAST, WEST, fix, roads

NOW = datetime(2099, 3, 1, 4, 0, tzinfo=UTC)  # later than whatever the recorder says is now
CREW = Audience(kind="unit", scope="N01")
BOARD = Audience(kind="facility", scope="H1")
ROADS = roads()


class Site:
    """A worker with screens over the town's roads, and a clock that stands."""

    def __init__(self, core: Worker) -> None:
        self.core = core
        self.travel = Journeys(StraightLineTravel(), ROADS)
        self.plane = LivePlane(self.travel)
        self.hub = Hub(core.follower, self.plane, lambda: NOW)
        self.console = self.join(DISPATCHER, CONSOLE)
        self.join(crew("N01"), CREW)
        self.join(staff("H1"), BOARD)

    def join(self, actor: c.Actor, audience: Audience) -> Connection:
        return self.hub.join(actor, audience, b"session")[0]

    def report(self) -> None:
        """N01 is in the west, N02 in the east."""
        self.hub.on_live(fix("N01", WEST, NOW))
        self.hub.on_live(fix("N02", EAST, NOW))

    def eta_s(self, audience: Audience = CONSOLE) -> int:
        """What the screens hold of N01's arrival."""
        position = msgspec.json.decode(self.hub.held[audience]["position", "N01"])
        eta = position["eta"]
        assert eta["method"] == "road"
        return int(eta["duration_s"])

    def offered(self, incident_id: str) -> tuple[list[tuple[str, int, int | None]], str]:
        """The advice: units in order with their times, and the first one's id."""
        world = self.core.world
        found = recommend_units(world, self.plane, self.travel, incident_id, NOW)
        rows = [(one.unit_id, one.duration_s, one.duration_p80_s) for one in found.options]
        return rows, rows[0][0]

    async def check(self) -> None:
        """Screens are those of a fresh rendering, the world is the log's."""
        follower = self.core.follower
        watch = Watch(follower, self.hub, follower.log, self.core.pool, lambda: datetime.now(UTC))
        assert await watch.check(with_log=True) == []


@asynccontextmanager
async def two_sites(dsn: str) -> AsyncIterator[tuple[Site, Site]]:
    async with configured(dsn) as first, worker(dsn) as second:
        await second.follower.catch_up()
        yield Site(first), Site(second)


async def started(here: Site, there: Site) -> tuple[str, str]:
    """N01 is on its way to one incident; another one waits at the same place."""
    under_way = await here.core.incident()
    await here.core.must(c.SendUnit, incident_id=under_way, unit_id="N01")
    waiting = await here.core.incident()
    await there.core.follower.catch_up()
    here.report()
    there.report()
    return under_way, waiting


async def test_two_workers_heed_a_closure_at_once_and_agree(postgres_dsn: str) -> None:
    async with two_sites(postgres_dsn) as (here, there):
        await started(here, there)
        before = here.eta_s()
        assert there.eta_s() == there.eta_s(CREW) == before
        await there.core.must(c.DrawClosure, **CLOSED)
        assert there.eta_s() > 2 * before, "no fix came: the closure alone moved it"
        await here.core.follower.catch_up()
        assert here.eta_s() == here.eta_s(CREW) == there.eta_s()
        for site in (here, there):
            assert ("closure", "bridge") in site.hub.held[CONSOLE]
            assert ("closure", "bridge") in site.hub.held[CREW]
            assert ("closure", "bridge") not in site.hub.held[BOARD]
            await site.check()
        await here.core.must(c.LiftClosure, ADMIN, closure_id="bridge")
        await there.core.follower.catch_up()
        assert here.eta_s() == there.eta_s() == before
        for site in (here, there):
            assert ("closure", "bridge") not in site.hub.held[CONSOLE]
            await site.check()


async def test_the_order_of_the_advice_turns_and_turns_back(postgres_dsn: str) -> None:
    async with two_sites(postgres_dsn) as (here, there):
        incident_id = await here.core.incident()
        await there.core.follower.catch_up()
        here.report()
        there.report()
        said = []
        for kind, fields in ((c.DrawClosure, CLOSED), (c.LiftClosure, {"closure_id": "bridge"})):
            said.append(here.offered(incident_id))
            assert there.offered(incident_id) == said[-1]
            await here.core.must(kind, **fields)
            await there.core.follower.catch_up()
        said.append(here.offered(incident_id))
        assert [first for _, first in said] == ["N01", "N02", "N01"]
        assert said[2] == said[0]


async def test_a_new_priority_and_a_corrected_place_move_the_eta_without_a_fix(
    postgres_dsn: str,
) -> None:
    async with two_sites(postgres_dsn) as (here, there):
        incident_id, _ = await started(here, there)
        before = here.eta_s()
        rank = {"priority": "P4", "centres": (), "reason": "calmer"}
        await here.core.must(c.ReprioritiseIncident, incident_id=incident_id, **rank)
        assert here.eta_s() > before, "without sirens it takes longer"
        place = c.Place(lon=EAST[0], lat=EAST[1])
        slower = here.eta_s()
        await here.core.must(c.CorrectPlace, incident_id=incident_id, place=place)
        assert here.eta_s() > slower
        await here.check()


async def test_a_worker_that_starts_later_knows_the_closure(postgres_dsn: str) -> None:
    async with configured(postgres_dsn) as first:
        incident_id = await first.incident()
        await first.must(c.DrawClosure, **CLOSED)
        here = Site(first)
        here.report()
        async with worker(postgres_dsn) as second:
            there = Site(second)
            there.report()
            assert there.offered(incident_id) == here.offered(incident_id)
            assert there.offered(incident_id)[1] == "N02"
            assert ("closure", "bridge") in there.hub.held[CONSOLE]
