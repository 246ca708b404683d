"""kill -9 of the ingest process in mid-stream, again and again: nothing acknowledged is lost."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from dispatch.ids import CountyId
from tests.integration.telemetry.support import WAIT_S, Device, device, vitals
from tests.support.services import Mosquitto

CHECKOUT = Path(__file__).parents[3]
MESSAGES = 1_500
KILLS = 3


@asynccontextmanager
async def _child(
    dsn: str, broker: Mosquitto, county: CountyId
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.integration.telemetry.ingest_child",
        dsn,
        county,
        broker.host,
        str(broker.port),
        broker.core_user,
        broker.core_password,
        cwd=CHECKOUT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(WAIT_S):
            assert await process.stdout.readline() == b"subscribed\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _send_all(unit: Device) -> None:
    for seq in range(1, MESSAGES + 1):
        unit.send("vitals", vitals(seq))
        if seq % 25 == 0:
            await asyncio.sleep(0)  # let the acks in


async def _killed_at_the_next_ack(process: asyncio.subprocess.Process, unit: Device) -> int:
    """How far the device was told to forget when the process died."""
    ack = await unit.any_ack()
    process.kill()
    await process.wait()
    return int(ack["contiguous"])


async def test_kill_9_in_mid_stream(
    mosquitto: Mosquitto, pool: Any, postgres_dsn: str, county: CountyId
) -> None:
    acknowledged: list[int] = []
    async with device(mosquitto, county) as unit, asyncio.TaskGroup() as group:
        # The first ingest makes the session; from then on the broker keeps what nobody fetches.
        async with _child(postgres_dsn, mosquitto, county) as process:
            group.create_task(_send_all(unit), name="device sends")
            acknowledged.append(await _killed_at_the_next_ack(process, unit))
        for _ in range(KILLS - 1):
            async with _child(postgres_dsn, mosquitto, county) as process:
                acknowledged.append(await _killed_at_the_next_ack(process, unit))
            found = await _seqs(pool)
            assert found[: max(acknowledged)] == list(range(1, max(acknowledged) + 1))
        async with _child(postgres_dsn, mosquitto, county):
            await _all_rows(pool)  # from the broker's session alone, nothing is sent again
            # An ack lost in the kill is said again when the device sends again, as it must.
            unit.send("vitals", vitals(MESSAGES))
            ack = await unit.acked(MESSAGES)
    assert (ack["contiguous"], ack["selective"]) == (MESSAGES, [])
    assert await _seqs(pool) == list(range(1, MESSAGES + 1))
    assert min(acknowledged) < MESSAGES, "every kill came after the end of the stream: send more"


async def _all_rows(pool: Any) -> None:
    async with asyncio.timeout(WAIT_S):
        while await pool.fetchval("select count(*) from vital_sample") < MESSAGES:
            pass  # each turn is a round trip to the server


async def _seqs(pool: Any) -> list[int]:
    rows = await pool.fetch("select seq from vital_sample order by seq")
    return [row["seq"] for row in rows]
