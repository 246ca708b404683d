"""The TCP side of JT/T 808: accepts terminals, runs a `Session` for each, stores, then answers.

Everything that judges is in `session`; this file reads, waits and counts. A terminal that stays
silent, sends too much garbage, does not read its answers, or whose reports cannot be stored loses
its connection and comes again; all others keep theirs. Of two connections of one terminal the older
is closed: it is the half-open one.

Not here: who is enrolled and where positions go. Both are given: see `run_listener`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec

from dispatch.errors import Unavailable
from dispatch.ids import DeviceId, UnitId
from telemetry.contract import Position
from telemetry.jt808 import limits, metrics
from telemetry.jt808.session import Enrolled, Memory, Session, State, Step
from telemetry.ports import Clock
from telemetry.window import Arrival

Store = Callable[[UnitId, DeviceId, tuple[Position, ...]], Awaitable[None]]
"""Returns when the positions are durable; raises Unavailable when they cannot be made so."""

_LOG: Final = logging.getLogger(__name__)


class ListenerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Where to listen (port 0 takes a free one) and the bounds of `telemetry.jt808.limits`."""

    host: str = "0.0.0.0"  # noqa: S104 - terminals come over the mobile network
    port: int = 6808
    connections_max: int = limits.CONNECTIONS_MAX
    idle_s: float = limits.IDLE_TIMEOUT_S
    store_s: float = limits.STORE_TIMEOUT_S
    write_s: float = limits.WRITE_TIMEOUT_S
    frames_per_s: float = limits.FRAMES_PER_S_MAX
    frames_burst: int = limits.FRAMES_BURST


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """What the listener is given.

    ``enrolled`` answers at once, from memory, with the terminals of this moment. ``new_boot_id``
    names the run of sequence numbers that a terminal gets in this process.
    """

    enrolled: Callable[[], Mapping[str, Enrolled]]
    store: Store
    new_boot_id: Callable[[], str]


class Pace:
    """How many frames a terminal may send: a burst, then so many a second."""

    def __init__(self, per_s: float, burst: int, now_s: float) -> None:
        self._per_s = per_s
        self._burst = float(burst)
        self._left = float(burst)
        self._at_s = now_s

    def wait_s(self, now_s: float) -> float:
        """Take one frame; how long to wait before the next is read, 0.0 for not at all."""
        gained = (now_s - self._at_s) * self._per_s
        self._left = min(self._burst, self._left + gained) - 1
        self._at_s = now_s
        return max(0.0, -self._left / self._per_s)


async def run_listener(
    config: ListenerConfig,
    ports: Ports,
    clock: Clock,
    listening: Callable[[int], None] | None = None,
) -> None:
    """Serve terminals until cancelled; ``listening`` is told the port.

    Raises Unavailable when the port cannot be had.
    """
    async with asyncio.TaskGroup() as group:
        listener = _Listener(config, ports, clock, group)
        try:
            server = await asyncio.start_server(
                listener.accept, config.host, config.port, limit=limits.READ_BYTES
            )
        except OSError as error:
            raise Unavailable("jt808", f"{config.host}:{config.port}: {error}") from error
        async with server:
            port = int(server.sockets[0].getsockname()[1])
            _LOG.info("JT/T 808 terminals on %s:%d", config.host, port)
            if listening is not None:
                listening(port)
            await server.serve_forever()


class _Listener:
    def __init__(
        self, config: ListenerConfig, ports: Ports, clock: Clock, group: asyncio.TaskGroup
    ) -> None:
        self._config = config
        self._ports = ports
        self._clock = clock
        self._group = group
        self._open = 0
        self._lines: dict[str, asyncio.StreamWriter] = {}
        self._memories: dict[str, Memory] = {}

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One more connection, or none beyond the limit."""
        if self._open >= self._config.connections_max:
            metrics.ENDED.labels("too_many").inc()
            writer.transport.abort()
            return
        self._open += 1
        metrics.CONNECTIONS.inc()
        self._group.create_task(self._serve(reader, writer), name="jt808 terminal")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(self._ports.enrolled(), self._memory_of)
        why = "left"
        try:
            why = await self._talk(session, reader, writer)
        except TimeoutError:
            why = "timeout"
        except ConnectionError:
            why = "lost"
        except Unavailable as error:
            why = "not_stored"
            metrics.UNSTORED.inc()
            _LOG.warning("a report is left unanswered: %s", error)
        except Exception:
            why = "bug"
            _LOG.exception("a terminal's connection failed")  # the other terminals go on
        finally:
            self._open -= 1
            metrics.CONNECTIONS.dec()
            metrics.ENDED.labels(why).inc()
            metrics.GARBAGE.inc(session.garbage_bytes)
            self._forget(session, writer)
            writer.transport.abort() if why != "closed" else writer.close()

    async def _talk(
        self, session: Session, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> str:
        config = self._config
        pace = Pace(config.frames_per_s, config.frames_burst, self._clock.monotonic_s())
        while True:
            async with asyncio.timeout(config.idle_s):
                data = await reader.read(limits.READ_BYTES)
            if not data:
                return "left"
            arrival = Arrival(received_at=self._clock.now(), now_s=self._clock.monotonic_s())
            for step in session.receive(data, arrival):
                await self._do(step, session, writer)
                if step.close:
                    return "closed"
                wait_s = pace.wait_s(self._clock.monotonic_s())
                if wait_s > 0:
                    await asyncio.sleep(wait_s)  # unread bytes slow the terminal down

    async def _do(self, step: Step, session: Session, writer: asyncio.StreamWriter) -> None:
        if step.refused:
            metrics.REFUSED.labels(step.refused).inc()
        else:
            metrics.FRAMES.labels(step.event).inc()
        if session.state is State.OPEN and session.terminal is not None:
            self._take_over(session.terminal.terminal_id, writer)
        if step.positions and session.terminal is not None:
            await self._store(session.terminal, step.positions)
            session.stored(step)
            metrics.POSITIONS.inc(len(step.positions))
        if step.answer:
            writer.write(step.answer)
            async with asyncio.timeout(self._config.write_s):
                await writer.drain()

    async def _store(self, terminal: Enrolled, positions: tuple[Position, ...]) -> None:
        try:
            async with asyncio.timeout(self._config.store_s):
                await self._ports.store(terminal.unit_id, terminal.device_id, positions)
        except TimeoutError:
            raise Unavailable("store", f"nothing in {self._config.store_s} s") from None

    def _take_over(self, terminal_id: str, writer: asyncio.StreamWriter) -> None:
        older = self._lines.get(terminal_id)
        if older is writer:
            return
        if older is not None:
            metrics.ENDED.labels("replaced").inc()
            older.transport.abort()
        self._lines[terminal_id] = writer

    def _forget(self, session: Session, writer: asyncio.StreamWriter) -> None:
        terminal = session.terminal
        if terminal is not None and self._lines.get(terminal.terminal_id) is writer:
            del self._lines[terminal.terminal_id]

    def _memory_of(self, terminal_id: str) -> Memory:
        """Of enrolled terminals only, so there are no more than of those."""
        memory = self._memories.get(terminal_id)
        if memory is None:
            memory = self._memories[terminal_id] = Memory(self._ports.new_boot_id())
        return memory
