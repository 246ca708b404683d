"""One behaviour of the event log, whether PostgreSQL or the campaign's database in memory keeps it.

The randomised campaign (`tests/campaign`) believes its database; here the real one is asked the
same questions through the same `EventLog`.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import asyncpg
import pytest

from dispatch.domain import events as e
from dispatch.domain.fold import apply
from dispatch.domain.rendering.people import Identity
from dispatch.domain.world import World
from dispatch.ids import CommandId, SubjectId
from dispatch.limits import SNAPSHOTS_KEPT
from dispatch.log.database import migrate, open_pool
from dispatch.log.events import EventLog, Outcome, Settled
from dispatch.log.identity import IdentityStore
from tests.support.desk import DISPATCHER, START, Desk
from tests.support.memory_log import MemoryDatabase, MemoryPool

KEY = bytes(range(32))


@pytest.fixture(params=["postgresql", "memory"])
def dsn(request: pytest.FixtureRequest) -> str:
    """A fresh database's address; empty for the one in memory, which has none."""
    is_real = request.param == "postgresql"
    return str(request.getfixturevalue("postgres_dsn")) if is_real else ""


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Any]:
    if not dsn:
        yield MemoryPool(MemoryDatabase())
        return
    await migrate(dsn, "testcounty")
    opened = await open_pool(dsn, "testcounty", 2)
    yield opened
    opened.terminate()


@pytest.fixture
def log(pool: Any) -> EventLog:
    return EventLog(pool)


def ring(seq: int, command_id: str = "", at: datetime = START, **fields: Any) -> e.Envelope:
    event = {"call_id": f"C-{seq}", "caller_id": SubjectId(f"s{seq}"), **fields}
    return e.Envelope(
        seq=seq,
        recorded_at=START + timedelta(microseconds=seq),
        occurred_at=at,
        actor=DISPATCHER,
        command_id=CommandId(command_id or f"c{seq}"),
        incident_id=None,
        event=e.CallRang(**event),
    )


def settled(command_id: str, seq: int = 0, outcome: str = "accepted") -> Settled:
    found = Outcome(
        outcome=outcome,
        command_id=CommandId(command_id),
        seq=seq,
        events=("call_rang",),
        made={"call_id": f"C-{seq}"},
        params={"wait_s": 1.5, "who": "陈晓芳", "none": None},
    )
    return Settled(command_id=CommandId(command_id), recorded_at=START, outcome=found)


async def put(log: EventLog, *numbers: int) -> None:
    for number in numbers:
        envelope = ring(number)
        made = settled(envelope.command_id, number)
        assert (await log.append(number - 1, [envelope], [made], [])).done


async def test_what_is_appended_is_read_back(log: EventLog) -> None:
    await put(log, 1, 2, 3)
    assert await log.read_after(0) == [ring(1), ring(2), ring(3)]
    assert await log.read_after(1, limit=1) == [ring(2)]
    assert await log.read_after(3) == []
    assert await log.read_between(0, 2) == [ring(1), ring(2)]
    assert await log.head() == 3


async def test_a_head_that_has_moved_takes_nothing(log: EventLog) -> None:
    await put(log, 1)
    late = await log.append(0, [ring(1, "late")], [settled("late", 1)], [])
    assert (late.done, late.seq, late.known) == (False, 1, None)
    early = await log.append(7, [ring(8, "early")], [settled("early", 8)], [])
    assert (early.done, early.seq) == (False, 1)
    assert await log.outcome("late") is None
    assert await log.head() == 1


async def test_a_known_command_takes_nothing_and_is_told(log: EventLog) -> None:
    await put(log, 1)
    both = [settled("new", 2), settled("c1", 3)]
    again = await log.append(1, [ring(2, "new"), ring(3, "c1")], both, [])
    assert (again.done, again.seq) == (False, 1)
    assert again.known == {"c1": settled("c1", 1).outcome}
    assert await log.outcome("new") is None
    assert await log.head() == 1


async def test_refusals_and_emptiness_move_no_head(log: EventLog) -> None:
    assert (await log.append(0, [], [settled("no", 0, "refused")], [])).done
    assert (await log.append(0, [], [], [])).done
    assert await log.outcome("no") == settled("no", 0, "refused").outcome
    assert await log.outcome("never") is None
    assert await log.head() == 0


async def test_several_events_enter_together_or_not_at_all(log: EventLog, pool: Any) -> None:
    rows = IdentityStore(KEY).seal({SubjectId("s1"): Identity(name="王建国")})
    made = [settled("c1", 2)]
    assert (await log.append(0, [ring(1), ring(2, "c1")], made, rows)).seq == 2
    for broken in (
        ([ring(3), ring(3)], [settled("c3", 3)], []),  # a number twice
        ([ring(3)], [settled("c3", 3), settled("c3", 3)], []),  # a command twice
        ([ring(3)], [settled("c3", 3)], rows),  # an identity twice
        ([ring(2)], [settled("c3", 3)], []),  # a number that is taken
    ):
        with pytest.raises(asyncpg.UniqueViolationError):
            await log.append(2, *broken)
    assert await log.head() == 2
    assert await log.outcome("c3") is None
    store = IdentityStore(KEY)
    await store.load(pool, [SubjectId("s1"), SubjectId("s2")])
    assert store.people == {SubjectId("s1"): Identity(name="王建国"), SubjectId("s2"): Identity()}


async def test_what_the_database_cannot_hold_is_raised(log: EventLog) -> None:
    with pytest.raises(asyncpg.DataError):
        await log.append(0, [ring(1, town_id="\x00")], [settled("c1", 1)], [])
    assert await log.head() == 0


async def test_times_come_back_in_utc(log: EventLog) -> None:
    there = START.astimezone(timezone(timedelta(hours=8)))
    assert (await log.append(0, [ring(1, at=there)], [settled("c1", 1)], [])).done
    (found,) = await log.read_after(0)
    assert found.occurred_at == START
    assert found.occurred_at.tzinfo is UTC


async def test_the_events_of_an_incident(log: EventLog) -> None:
    desk = Desk()
    first, other = desk.incident(), desk.incident()
    made = [settled(env.command_id) for env in {env.command_id: env for env in desk.log}.values()]
    assert (await log.append(0, desk.log, made, [])).done
    found = await log.of_incident(first)
    assert found == [env for env in desk.log if env.incident_id == first]
    assert found != await log.of_incident(other)


async def test_the_newest_snapshot_that_fits(log: EventLog) -> None:
    assert await log.snapshot_before() == World()
    desk = Desk()
    for _ in range(5):
        desk.incident()
        await log.save_snapshot(desk.world)
        await log.save_snapshot(desk.world)  # again: the first stands
    assert await log.snapshot_before() == desk.world
    older = await log.snapshot_before(desk.world.seq - 1)
    assert 0 < older.seq < desk.world.seq
    whole, _ = apply(older, [env for env in desk.log if env.seq > older.seq])
    assert whole == desk.world
    kept = [await log.snapshot_before(env.seq) for env in desk.log]
    assert len({world.seq for world in kept} - {0}) <= SNAPSHOTS_KEPT + 1
