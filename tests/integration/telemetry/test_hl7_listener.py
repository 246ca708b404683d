"""The MLLP listener against the client of the `hl7` package, on real sockets."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from hl7.mllp import open_hl7_connection

from dispatch.errors import Unavailable
from telemetry.hl7v2.listener import ListenerConfig, run_listener
from telemetry.hl7v2.model import Report
from tests.unit.telemetry_hl7v2.messages import BEATS, HEART, PCD_01, message, obx

WAIT_S = 20.0


class Clock:
    """A day that stands still, and the loop's own seconds."""

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

    def monotonic_s(self) -> float:
        return asyncio.get_running_loop().time()


class Store:
    """Keeps reports, or fails."""

    def __init__(self) -> None:
        self.kept: list[Report] = []
        self.broken = False

    async def __call__(self, _sender: str, report: Report) -> None:
        if self.broken:
            raise Unavailable("store", "as the test asked for")
        self.kept.append(report)


@asynccontextmanager
async def listening(store: Store, **config: float) -> AsyncIterator[int]:
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    numbers = itertools.count(1)
    settings = ListenerConfig(host="127.0.0.1", port=0, **config)  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as group:
        task = group.create_task(
            run_listener(settings, store, Clock(), lambda: f"G{next(numbers)}", port.set_result),
            name="listener",
        )
        yield await port
        task.cancel()


async def ask(port: int, *texts: str) -> list[str]:
    reader, writer = await open_hl7_connection("127.0.0.1", port, encoding="utf-8")
    answers = []
    async with asyncio.timeout(WAIT_S):
        for text in texts:
            writer.writemessage(text)
            await writer.drain()
            answers.append(str((await reader.readmessage()).segment("MSA")))
    writer.close()
    await writer.wait_closed()
    return answers


async def test_a_report_is_stored_and_then_acknowledged() -> None:
    store = Store()
    async with listening(store) as port:
        answers = await ask(port, PCD_01, PCD_01.replace("MSG-1", "MSG-2"))
    assert answers == ["MSA|AA|MSG-1", "MSA|AA|MSG-2"]
    assert [len(report.vitals) for report in store.kept] == [4, 4]


async def test_what_is_refused_is_answered_and_the_line_stays() -> None:
    store = Store()
    admission = message("PID|1", kind="ADT^A01", control="ADT-1")
    async with listening(store) as port:
        answers = await ask(port, admission, message(obx(HEART, "72", BEATS)))
    assert answers == ["MSA|AR|ADT-1", "MSA|AA|MSG-1"]
    assert len(store.kept) == 1


async def test_what_cannot_be_stored_is_never_acknowledged() -> None:
    store = Store()
    store.broken = True
    async with listening(store) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\x0b" + PCD_01.encode() + b"\x1c\r")
        said = b""
        async with asyncio.timeout(WAIT_S):
            with suppress(ConnectionError):
                said = await reader.read()
        writer.transport.abort()
    assert said == b""


async def test_silence_and_garbage_end_only_their_own_line() -> None:
    store = Store()
    async with listening(store, idle_s=0.2) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\x00\xff garbage \x1c\r")
        assert await ask(port, PCD_01) == ["MSA|AA|MSG-1"]
        async with asyncio.timeout(WAIT_S):
            with suppress(ConnectionError):
                assert await reader.read() == b""
        writer.transport.abort()
