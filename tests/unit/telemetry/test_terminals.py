"""Fixes of terminals between their line and their commit, without line and database."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from dispatch.errors import Unavailable
from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry.contract import Position
from telemetry.decode import decode, read_topic
from telemetry.jt808.session import Enrolled
from telemetry.session import Inbound
from telemetry.terminals import Terminals, TerminalsConfig, with_codes

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
UNIT, DEVICE = UnitId("N07"), DeviceId("N07-GPS")
COUNTY = CountyId("nanxian")
TERMINAL = Enrolled(terminal_id="139", unit_id=UNIT, device_id=DEVICE, code="")


def fix(second: int) -> Position:
    """The session numbers each fix 1 until one is stored: the numbers given here are not its."""
    return Position(
        v=1,
        boot_id="boot-0001",
        seq=1,
        observed_at=AT + timedelta(seconds=second),
        lon=112.4,
        lat=29.36,
        datum="WGS84",
    )


class Inbox:
    """What the ingest would receive."""

    def __init__(self) -> None:
        self.got: list[Inbound] = []
        self.terminals = Terminals(
            TerminalsConfig(enrolled=(TERMINAL,)), COUNTY, None, self.got.append
        )

    @property
    def seqs(self) -> list[int]:
        return [decode(read_topic(one.topic, COUNTY), one.raw).seq for one in self.got]

    def commit(self) -> None:
        for one in self.got:
            if not one.done.done():
                one.done.set_result(None)


async def test_a_fix_is_a_message_of_the_contract_with_a_number_of_its_own() -> None:
    inbox = Inbox()
    async with asyncio.TaskGroup() as group:
        stored = inbox.terminals.store(UNIT, DEVICE, (fix(0), fix(1)))
        task = group.create_task(stored, name="store")
        await asyncio.sleep(0)
        assert inbox.seqs == [1, 2]
        assert not task.done()
        inbox.commit()
    message = decode(read_topic(inbox.got[1].topic, COUNTY), inbox.got[1].raw)
    assert message == msgspec.structs.replace(fix(1), seq=2)
    assert DEVICE in inbox.terminals
    assert DeviceId("N08-GPS") not in inbox.terminals


async def test_a_fix_given_up_by_its_line_is_committed_once_all_the_same() -> None:
    inbox = Inbox()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await inbox.terminals.store(UNIT, DEVICE, (fix(0),))
    async with asyncio.TaskGroup() as group:
        again = inbox.terminals.store(UNIT, DEVICE, (fix(0), fix(1)))
        group.create_task(again, name="sent again")
        await asyncio.sleep(0)
        inbox.commit()
    await inbox.terminals.store(UNIT, DEVICE, (fix(0), fix(1)))  # known: nothing to wait for
    assert inbox.seqs == [1, 2]


async def test_what_the_committer_forgot_is_given_to_it_again_under_the_same_number() -> None:
    inbox = Inbox()
    async with asyncio.TaskGroup() as group:
        group.create_task(inbox.terminals.store(UNIT, DEVICE, (fix(0), fix(1))), name="store")
        await asyncio.sleep(0)
        inbox.got[0].done.set_result(None)
        await asyncio.sleep(0)
        inbox.terminals.send_again()
        assert inbox.seqs == [1, 2, 2]
        inbox.commit()
        inbox.terminals.send_again()
    assert inbox.seqs == [1, 2, 2]


async def test_no_more_fixes_wait_than_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telemetry.terminals.TERMINAL_FIXES_WAITING_MAX", 2)
    inbox = Inbox()
    with pytest.raises(Unavailable, match="2 fixes wait"):
        await inbox.terminals.store(UNIT, DEVICE, (fix(0), fix(1), fix(2)))
    assert inbox.seqs == [1, 2]
    inbox.commit()
    await asyncio.sleep(0)
    async with asyncio.TaskGroup() as group:
        group.create_task(inbox.terminals.store(UNIT, DEVICE, (fix(2),)), name="store")
        await asyncio.sleep(0)
        inbox.commit()
    assert inbox.seqs == [1, 2, 3]


async def test_only_so_many_stored_fixes_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telemetry.terminals.FIXES_REMEMBERED", 2)
    inbox = Inbox()
    for second in (0, 1, 2, 2, 1, 0):
        async with asyncio.TaskGroup() as group:
            group.create_task(inbox.terminals.store(UNIT, DEVICE, (fix(second),)), name="store")
            await asyncio.sleep(0)
            inbox.commit()
    assert inbox.seqs == [1, 2, 3, 4]  # the oldest was forgotten: it is stored again


def test_a_terminal_without_a_code_gets_one_that_stays_and_is_secret() -> None:
    own = Enrolled(terminal_id="140", unit_id=UNIT, device_id=DeviceId("N07-TWO"), code="makers")
    first, kept = with_codes((TERMINAL, own), b"k" * 32)
    again, _ = with_codes((TERMINAL, own), b"k" * 32)
    other, _ = with_codes((TERMINAL, own), b"j" * 32)
    assert kept.code == "makers"
    assert len(first.code) == 16
    assert first.code == again.code
    assert first.code != other.code
