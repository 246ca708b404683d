"""The sample store against a real PostgreSQL: once each, cursors back, quarantine bounded."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from dispatch.errors import BadPayload, Unavailable
from dispatch.ids import DeviceId, PatientId, UnitId
from telemetry import committer as committer_module
from telemetry import store as store_module
from telemetry.committer import Committer, Pending
from telemetry.contract import Ack
from telemetry.core import bad_row
from telemetry.ports import Decision
from telemetry.rows import BadRow, FixRow, Row, Stamp, StatusRow, StoredNumeric, VitalRow
from telemetry.store import SampleStore
from tests.integration.telemetry.support import SystemClock
from tests.unit.telemetry.support import MONITOR, UNIT, at

KEY = (MONITOR, "b00t-0001")


def stamp(seq: int) -> Stamp:
    return Stamp(
        device_id=MONITOR,
        boot_id="b00t-0001",
        seq=seq,
        unit_id=UNIT,
        observed_at=at(seq),
        received_at=at(seq + 0.5),
        true_at=at(seq),
        skew_ms=-3,
        is_late=False,
    )


def sample(seq: int) -> VitalRow:
    return VitalRow(
        stamp=stamp(seq),
        patient_id=PatientId("I-1.P1"),
        numerics={
            "nibp_mean": StoredNumeric(
                value=75.5, unit="mm[Hg]", quality="ok", state="ok", measured_at=at(-60)
            )
        },
        acvpu="A",
        on_oxygen=True,
        oxygen_litres_per_min=4.0,
        source="recording",
        recording="s00001",
    )


def fix(seq: int) -> FixRow:
    return FixRow(
        stamp=stamp(seq),
        lon=112.4,
        lat=29.3,
        sent_lon=112.405,
        sent_lat=29.297,
        datum="GCJ02",
        speed_kmh=60.0,
        heading_deg=None,
        accuracy_m=5.0,
        doubtful="jump",
    )


def state(seq: int) -> StatusRow:
    return StatusRow(stamp=stamp(seq), state="online", battery_pct=None)


def bad(raw: bytes, seq: int | None = None) -> BadRow:
    row = bad_row(BadPayload("malformed_json", "x"), "a/topic", raw, at(0), None)
    if seq is None:
        return row
    return msgspec.structs.replace(row, device_id=MONITOR, boot_id="b00t-0001", seq=seq)


async def test_what_is_read_is_what_was_written(pool: Any) -> None:
    store = SampleStore(pool)
    rows: list[Row] = [sample(1), fix(2), state(3), bad(b"\x00\xff")]
    kept = await store.commit(rows, {})
    assert kept == {(*KEY, 1), (*KEY, 2), (*KEY, 3)}
    since, until = at(0), at(100)
    assert await store.samples_of_patient(PatientId("I-1.P1"), since, until, 10) == [sample(1)]
    assert await store.samples_of_unit(UNIT, since, until, 10) == [sample(1)]
    assert await store.samples_of_unit(UNIT, at(1.1), until, 10) == []
    assert await store.fixes(UNIT, since, until, 10) == [fix(2)]
    assert await store.last_samples([UNIT, UnitId("X99")], since) == {UNIT: at(1)}


async def test_again_is_harmless(pool: Any) -> None:
    store = SampleStore(pool)
    rows: list[Row] = [sample(1), sample(1), fix(2), state(3)]
    for _ in range(3):
        assert len(await store.commit(rows, {KEY: 3})) == 3
    assert await pool.fetchval("select count(*) from vital_sample") == 1


async def test_a_cursor_is_recovered_from_all_kinds_and_from_quarantine(pool: Any) -> None:
    store = SampleStore(pool)
    await store.commit([sample(1), fix(2), state(3), bad(b"?", 4), sample(7), sample(8)], {})
    ranges = await store.cursor(KEY)
    assert (ranges.contiguous, ranges.above()) == (4, (7, 8))
    await store.commit([sample(5)], {KEY: 4})
    await store.commit([sample(6)], {KEY: 2})  # another process behind us: never backwards
    assert await pool.fetchval("select contiguous from device_cursor") == 4
    assert (await store.cursor(KEY)).contiguous == 8
    assert (await store.cursor((DeviceId("MON-99"), "b00t-0001"))).contiguous == 0


async def test_quarantine_counts_and_is_bounded(pool: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "QUARANTINE_ROWS_MAX", 3)
    store = SampleStore(pool)
    assert await store.commit([bad(b"a", 1), bad(b"a", 1), bad(b"b", 2)], {}) == {
        (*KEY, 1),
        (*KEY, 2),
    }
    # two more than there is room for: they are counted and not acknowledged
    kept = await store.commit([bad(raw, seq) for seq, raw in enumerate([b"c", b"d", b"e"], 3)], {})
    assert len(kept) == 1
    assert await store.commit([bad(b"a", 1)], {}) == {(*KEY, 1)}  # there already
    assert await pool.fetchval("select count(*) from quarantine") == 4
    assert await store.quarantine_counts() == {("-", "malformed_json"): 7}
    overflow = await pool.fetchrow("select * from quarantine where digest = ''::bytea")
    assert (overflow["count"], overflow["raw"], overflow["seq"]) == (2, b"", None)


async def test_an_outage_is_unavailable_and_a_refusal_is_not(pool: Any) -> None:
    store = SampleStore(pool)
    unstorable = msgspec.structs.replace(sample(1), recording="a\0b")
    with pytest.raises(BadPayload):
        await store.commit([unstorable], {})
    await pool.execute("drop table vital_sample")
    with pytest.raises(Unavailable):
        await store.commit([sample(1)], {})


async def test_one_row_that_postgresql_refuses_does_not_stop_the_others(pool: Any) -> None:
    acks: list[Ack] = []
    told: list[Decision] = []

    def refuse(row: Row, error: BadPayload) -> BadRow:
        assert isinstance(row, VitalRow)
        return msgspec.structs.replace(bad(b"as understood", row.stamp.seq), reason=error.reason)

    committer = Committer(
        SampleStore(pool),
        SystemClock(),
        lambda _unit, _device, ack: acks.append(ack),
        told.extend,
        refuse,
    )
    loop = asyncio.get_running_loop()
    rows = [sample(seq) for seq in range(1, 8)]
    rows[3] = msgspec.structs.replace(rows[3], recording="a\0b")
    done = [loop.create_future() for _ in rows]
    for row, future in zip(rows, done, strict=True):
        committer.put(Pending(row=row, unit_id=UNIT, done=future), ())
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        task = group.create_task(committer.run(), name="committer")
        await asyncio.gather(*done)
        task.cancel()
    assert (acks[-1].contiguous, acks[-1].selective) == (7, ())
    assert await pool.fetchval("select count(*) from vital_sample") == 6
    assert await SampleStore(pool).quarantine_counts() == {("-", "store_refused"): 1}


async def test_more_holes_than_are_remembered(pool: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shuffled redelivery leaves many holes; what was forgotten is read again from the store."""
    monkeypatch.setattr(committer_module, "CURSOR_RELOAD_S", 0.0)
    acks: list[Ack] = []
    clock = SystemClock()
    committer = Committer(
        SampleStore(pool), clock, lambda _u, _d, ack: acks.append(ack), lambda _: None, _never
    )
    loop = asyncio.get_running_loop()
    numbers = [*range(1, 2000, 2), *range(2, 2000, 2)]
    done = [loop.create_future() for _ in numbers]
    for seq, future in zip(numbers, done, strict=True):
        row = msgspec.structs.replace(state(1), stamp=_at_once(stamp(seq)))
        committer.put(Pending(row=row, unit_id=UNIT, done=future), ())
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        task = group.create_task(committer.run(), name="committer")
        await asyncio.gather(*done)
        task.cancel()
    assert (await SampleStore(pool).cursor(KEY)).contiguous == 1999
    assert acks[-1].contiguous == 1999


def _never(_row: Row, error: BadPayload) -> BadRow:
    raise error


def _at_once(found: Stamp) -> Stamp:
    return msgspec.structs.replace(found, true_at=at(0) + timedelta(milliseconds=found.seq))
