"""The listener on real sockets: a hundred terminals, garbage, half-open lines, a broken store."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from dispatch.errors import Unavailable
from dispatch.ids import DeviceId, UnitId
from telemetry.contract import Position
from telemetry.jt808.frame import Framer
from telemetry.jt808.listener import ListenerConfig, Ports, run_listener
from telemetry.jt808.session import Enrolled
from tests.unit.telemetry_jt808.frames import frame, report

WAIT_S = 20.0
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class Clock:
    """The real monotonic clock, and a day that stands still."""

    def now(self) -> datetime:
        return AT

    def monotonic_s(self) -> float:
        return asyncio.get_running_loop().time()


class Store:
    """Keeps positions; ``broken`` makes it fail, ``gate`` makes it wait."""

    def __init__(self) -> None:
        self.kept: dict[str, list[Position]] = defaultdict(list)
        self.broken = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.waiting = asyncio.Event()

    async def __call__(
        self, unit_id: UnitId, _device: DeviceId, positions: tuple[Position, ...]
    ) -> None:
        self.waiting.set()
        await self.gate.wait()
        if self.broken:
            raise Unavailable("store", "as the test asked for")
        self.kept[unit_id] += positions


def phone(number: int) -> str:
    return f"0139{number:08d}"


def enrolled(numbers: Iterable[int]) -> dict[str, Enrolled]:
    return {
        phone(n).lstrip("0"): Enrolled(
            terminal_id=phone(n).lstrip("0"),
            unit_id=UnitId(f"U{n}"),
            device_id=DeviceId(f"GPS-{n:03d}"),
            code=f"code-{n}",
        )
        for n in numbers
    }


@asynccontextmanager
async def listening(store: Store, **config: float) -> AsyncIterator[int]:
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    terminals = enrolled(range(100))
    ports = Ports(enrolled=lambda: terminals, store=store, new_boot_id=lambda: "boot-test")
    settings = ListenerConfig(host="127.0.0.1", port=0, **config)  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as group:
        task = group.create_task(
            run_listener(settings, ports, Clock(), port.set_result), name="listener"
        )
        yield await port
        task.cancel()


class Terminal:
    """A terminal of the outside world: sends frames, waits for the answer to each."""

    def __init__(self, number: int, port: int) -> None:
        self.number, self._port, self._serial = number, port, 0
        self._framer = Framer()
        self._answers: list[bytes] = []

    async def __aenter__(self) -> "Terminal":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()

    def write(self, message_id: int, body: bytes = b"") -> None:
        self._serial += 1
        sent = frame(message_id, body, phone=phone(self.number), serial=self._serial)
        self.writer.write(sent)

    async def ask(self, message_id: int, body: bytes = b"") -> bytes:
        self.write(message_id, body)
        return await self.answer()

    async def answer(self) -> bytes:
        async with asyncio.timeout(WAIT_S):
            while not self._answers:
                data = await self.reader.read(4096)
                if not data:
                    raise EOFError
                self._answers += self._framer.feed(data)
        return self._answers.pop(0)

    async def greet(self) -> None:
        assert (await self.ask(0x0100, bytes(37)))[1:3] == b"\x81\x00"
        answer = await self.ask(0x0102, f"code-{self.number}".encode())
        assert answer[-3] == 0, "authenticated"

    async def is_closed(self) -> bool:
        async with asyncio.timeout(WAIT_S):
            try:
                while await self.reader.read(4096):
                    pass
            except ConnectionError:
                pass
        return True


def place(minute: int) -> bytes:
    return report(at=AT + timedelta(minutes=minute))


async def test_a_hundred_terminals_are_stored_each_once_and_in_order(seed: int) -> None:
    store = Store()
    chance = random.Random(seed)

    async def drive(number: int, port: int) -> None:
        async with Terminal(number, port) as terminal:
            await terminal.greet()
            for minute in range(10):
                if chance.random() < 0.3:
                    terminal.writer.write(chance.randbytes(8))
                await terminal.ask(0x0200, place(minute))

    async with listening(store) as port, asyncio.TaskGroup() as group:
        for number in range(100):
            group.create_task(drive(number, port), name=f"terminal {number}")
    assert len(store.kept) == 100
    for kept in store.kept.values():
        assert [one.seq for one in kept] == list(range(1, 11))
        assert [one.observed_at for one in kept] == [
            AT + timedelta(minutes=minute) for minute in range(10)
        ]


async def test_nothing_is_answered_before_it_is_stored() -> None:
    store = Store()
    async with listening(store) as port, Terminal(1, port) as terminal:
        await terminal.greet()
        store.gate.clear()
        store.waiting.clear()
        terminal.write(0x0200, place(0))
        await store.waiting.wait()
        assert not store.kept
        store.gate.set()
        assert (await terminal.answer())[1:3] == b"\x80\x01"
        assert len(store.kept["U1"]) == 1


async def test_a_report_that_cannot_be_stored_is_left_unanswered_and_comes_again() -> None:
    store = Store()
    async with listening(store) as port:
        async with Terminal(1, port) as terminal:
            await terminal.greet()
            store.broken = True
            terminal.write(0x0200, place(0))
            assert await terminal.is_closed()
        store.broken = False
        async with Terminal(1, port) as terminal:
            await terminal.greet()
            await terminal.ask(0x0200, place(0))
            await terminal.ask(0x0200, place(0))
    assert [one.seq for one in store.kept["U1"]] == [1]


async def test_a_silent_line_is_closed_and_the_others_stay() -> None:
    async with (
        listening(Store(), idle_s=0.2) as port,
        Terminal(1, port) as silent,
        Terminal(2, port) as busy,
    ):
        busy.write(0x0100, bytes(37))
        assert await silent.is_closed()
        assert (await busy.answer())[1:3] == b"\x81\x00"


async def test_of_two_lines_of_one_terminal_the_older_is_closed() -> None:
    store = Store()
    async with (
        listening(store) as port,
        Terminal(1, port) as half_open,
        Terminal(1, port) as again,
    ):
        await half_open.greet()
        await again.greet()
        assert await half_open.is_closed()
        await again.ask(0x0200, place(0))
    assert len(store.kept["U1"]) == 1


async def test_garbage_costs_only_its_own_line(seed: int) -> None:
    store = Store()
    noise = random.Random(seed).randbytes(50_000)
    async with listening(store) as port, Terminal(1, port) as terminal:
        await terminal.greet()
        async with Terminal(2, port) as noisy:
            noisy.writer.write(noise)
            await terminal.ask(0x0200, place(0))
    assert [one.seq for one in store.kept["U1"]] == [1]


async def test_there_are_no_more_connections_than_the_limit() -> None:
    async with listening(Store(), connections_max=1) as port, Terminal(1, port) as first:
        await first.greet()
        async with Terminal(2, port) as second:
            assert await second.is_closed()
        await first.ask(0x0002)


async def test_a_port_that_is_taken_is_said() -> None:
    async with listening(Store()) as port:
        ports = Ports(enrolled=dict, store=Store(), new_boot_id=lambda: "boot-test")
        with pytest.raises(BaseExceptionGroup) as caught:
            await run_listener(ListenerConfig(host="127.0.0.1", port=port), ports, Clock())
    assert caught.group_contains(Unavailable)
