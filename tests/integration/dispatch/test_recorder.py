"""The write path over a real PostgreSQL: once, in order, without gaps, whoever else writes."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest

from dispatch.domain import commands as c
from dispatch.domain.deadlines import SYSTEM
from dispatch.errors import Unavailable
from dispatch.ids import CommandId
from dispatch.log.database import migrate
from tests.integration.dispatch.support import COUNTY, configured, encode, worker
from tests.support.desk import CALLER, DISPATCHER

WRITERS = 4
EACH = 40


async def test_the_same_command_twice_takes_effect_once(postgres_dsn: str) -> None:
    async with configured(postgres_dsn) as one, worker(postgres_dsn) as other:
        command_id = CommandId(str(uuid.uuid4()))
        fields = {"command_id": command_id, "caller": CALLER}
        first = await one.tell(c.ReceiveCall, **fields)
        again = await one.tell(c.ReceiveCall, **fields)
        elsewhere = await other.tell(c.ReceiveCall, **fields)
        assert first.outcome == "accepted"
        assert first == again == elsewhere
        assert len(one.world.calls) == len(other.world.calls) == 1
        await one.assert_true()


async def test_a_refusal_is_remembered_too(postgres_dsn: str) -> None:
    async with configured(postgres_dsn) as one, worker(postgres_dsn) as other:
        command_id = CommandId(str(uuid.uuid4()))
        fields = {"command_id": command_id, "call_id": "C-1001"}
        first = await one.tell(c.AnswerCall, **fields)
        assert (first.outcome, first.code) == ("refused", "unknown_call")
        made = await one.must(c.ReceiveCall, caller=CALLER)
        assert made == {"call_id": "C-1001"}
        assert await one.tell(c.AnswerCall, **fields) == first
        assert await other.tell(c.AnswerCall, **fields) == first
        assert one.world.calls["C-1001"].state == "ringing"  # type: ignore[index]


async def test_one_command_sent_to_all_at_once_takes_effect_once(postgres_dsn: str) -> None:
    async with configured(postgres_dsn) as one, worker(postgres_dsn) as other:
        fields = {"command_id": CommandId(str(uuid.uuid4())), "caller": CALLER}
        sent = [who.tell(c.ReceiveCall, **fields) for who in (one, other) * 10]
        outcomes = await asyncio.gather(*sent)
        assert len({encode(outcome) for outcome in outcomes}) == 1
        await other.follower.catch_up()
        assert len(other.world.calls) == 1
        await other.assert_true()


async def test_many_writers_leave_no_gap_and_agree(postgres_dsn: str) -> None:
    async with (
        configured(postgres_dsn) as a,
        worker(postgres_dsn) as b,
        worker(postgres_dsn) as d,
        worker(postgres_dsn) as f,
    ):
        writers = (a, b, d, f)
        sent = [who.tell(c.ReceiveCall, caller=CALLER) for who in writers for _ in range(EACH)]
        outcomes = await asyncio.gather(*sent)
        assert all(outcome.outcome == "accepted" for outcome in outcomes)
        assert len({outcome.seq for outcome in outcomes}) == WRITERS * EACH
        for who in writers:
            await who.follower.catch_up()
            await who.assert_true()
        assert len({encode(who.world) for who in writers}) == 1
        assert a.world.call_count == WRITERS * EACH


async def test_a_snapshot_and_its_tail_are_the_whole_log(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.log.follower.SNAPSHOT_EVERY_EVENTS", 10)
    async with configured(postgres_dsn) as one:
        for _ in range(12):
            await one.incident()
        saved = await one.follower.log.snapshot_before()
        assert 0 < saved.seq <= one.world.seq
        async with worker(postgres_dsn) as newcomer:
            assert encode(newcomer.world) == encode(one.world)
            assert newcomer.follower.identities.people == one.follower.identities.people
            await newcomer.incident()
            await newcomer.assert_true()
        kept = await one.pool.fetchval("SELECT count(*) FROM snapshot")
        assert kept <= 4  # SNAPSHOTS_KEPT and the one being saved


async def test_a_snapshot_of_another_shape_is_not_used(postgres_dsn: str) -> None:
    async with configured(postgres_dsn) as one:
        await one.incident()
        await one.follower.log.save_snapshot(one.world)
        await one.pool.execute("UPDATE snapshot SET form = 'older', body = 'not json at all'")
        async with worker(postgres_dsn) as newcomer:
            assert encode(newcomer.world) == encode(one.world)


async def test_times_come_back_as_they_went_in(postgres_dsn: str) -> None:
    """A tablet's own zone must not make the live world differ from the log (invariant 6)."""
    async with configured(postgres_dsn) as one:
        await one.incident()
        china = timezone(timedelta(hours=8))
        ago = datetime.now(china) - timedelta(minutes=5)
        fields = {"incident_id": "I-1001", "unit_id": "N01"}
        await one.must(c.SendUnit, occurred_at=ago, **fields)
        assert one.world.assignments["I-1001.A1"].since == ago  # type: ignore[index]
        later = datetime.now(UTC) + timedelta(days=400)
        advance = {"assignment_id": "I-1001.A1", "step": "en_route", "occurred_at": later}
        await one.must(c.AdvanceAssignment, c.Actor(role="crew", unit_id="N01"), **advance)
        assert one.world.assignments["I-1001.A1"].since < later  # type: ignore[index]
        ancient = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
        outcome = await one.tell(c.ReceiveCall, caller=CALLER, occurred_at=ancient)
        assert (outcome.outcome, outcome.code) == ("refused", "occurred_too_long_ago")
        await one.assert_true()


async def test_a_bug_fails_its_own_command_and_nobody_elses(postgres_dsn: str) -> None:
    """Text the database cannot hold, a time without a zone: decoding refuses both; if one comes
    through all the same, its neighbours in the batch are settled and the desk stays up."""
    async with configured(postgres_dsn) as one:
        naive = datetime(2026, 1, 1)
        bad = [
            one.tell(c.ReceiveCall, caller=CALLER, occurred_at=naive),
            one.tell(c.ReceiveCall, caller=c.Person(phone="1\x002"), command_id="nul\x00command"),
        ]
        good = [one.tell(c.ReceiveCall, caller=CALLER) for _ in range(3)]
        found = await asyncio.gather(*bad, *good, return_exceptions=True)
        assert [type(one) for one in found[:2]] == [Unavailable, Unavailable]
        assert [one.outcome for one in found[2:]] == ["accepted"] * 3  # type: ignore[union-attr]
        await one.must(c.ReceiveCall, caller=CALLER)
        await one.assert_true()


async def test_migrations_are_applied_once_and_a_changed_one_is_refused(postgres_dsn: str) -> None:
    first = await migrate(postgres_dsn, COUNTY)
    assert first[0] == "0001_core.sql"
    assert await migrate(postgres_dsn, COUNTY) == []
    async with worker(postgres_dsn) as one:
        await one.pool.execute("UPDATE migration SET checksum = 'x' WHERE name = $1", first[0])
        with pytest.raises(Unavailable, match="was changed after it was applied"):
            await migrate(postgres_dsn, COUNTY)
        outcome = await one.tell(c.ExpireBedHold, SYSTEM, hold_id="x")
        assert outcome.code == "not_due"
        assert DISPATCHER.name
