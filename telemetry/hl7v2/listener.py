"""MLLP over TCP: takes messages of monitors, stores what they say, then acknowledges.

Durable before acknowledged: AA is sent after the given ``store`` has returned. If it cannot store,
the sender gets no answer and loses its connection; it sends the message again. A message that is
refused is answered with AE or AR and costs nothing else.

Not here: what a message means (`read`) and what becomes of a report (the port). The server's other
side in tests is the client of the `hl7` package.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from prometheus_client import Counter, Gauge

from dispatch.errors import BadPayload, Unavailable
from telemetry.hl7v2 import limits
from telemetry.hl7v2.answer import accept, refuse
from telemetry.hl7v2.mllp import Framer, framed
from telemetry.hl7v2.model import Report
from telemetry.hl7v2.read import read
from telemetry.hl7v2.times import Zones
from telemetry.ports import Clock

Store = Callable[[str, Report], Awaitable[None]]
"""Given the sender's address and the report; returns when it is durable, or raises Unavailable."""

MESSAGES: Final = Counter("greenlane_hl7_messages_total", "HL7 messages by answer", ["answer"])
CONNECTIONS: Final = Gauge("greenlane_hl7_connections", "HL7 senders connected")
ENDED: Final = Counter("greenlane_hl7_ended_total", "HL7 connections ended by us", ["why"])
_LOG: Final = logging.getLogger(__name__)


class ListenerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Where to listen (port 0 takes a free one), and the bounds of `telemetry.hl7v2.limits`.

    ``zones``: the zone of times that state none. The usual host is the vehicle's own network.
    """

    host: str = "127.0.0.1"
    port: int = 2575
    zones: Zones = Zones()
    connections_max: int = limits.CONNECTIONS_MAX
    idle_s: float = limits.IDLE_TIMEOUT_S
    store_s: float = limits.STORE_TIMEOUT_S
    write_s: float = limits.WRITE_TIMEOUT_S


async def run_listener(
    config: ListenerConfig,
    store: Store,
    clock: Clock,
    new_control_id: Callable[[], str],
    listening: Callable[[int], None] | None = None,
) -> None:
    """Serve senders until cancelled; ``listening`` is told the port.

    Raises Unavailable when the port cannot be had.
    """
    async with asyncio.TaskGroup() as group:
        listener = _Listener(config, store, clock, new_control_id, group)
        try:
            server = await asyncio.start_server(listener.accept, config.host, config.port)
        except OSError as error:
            raise Unavailable("hl7", f"{config.host}:{config.port}: {error}") from error
        async with server:
            port = int(server.sockets[0].getsockname()[1])
            _LOG.info("HL7 senders on %s:%d", config.host, port)
            if listening is not None:
                listening(port)
            await server.serve_forever()


class _Listener:
    def __init__(
        self,
        config: ListenerConfig,
        store: Store,
        clock: Clock,
        new_control_id: Callable[[], str],
        group: asyncio.TaskGroup,
    ) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._new_control_id = new_control_id
        self._group = group
        self._open = 0

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One more connection, or none beyond the limit."""
        if self._open >= self._config.connections_max:
            ENDED.labels("too_many").inc()
            writer.transport.abort()
            return
        self._open += 1
        CONNECTIONS.inc()
        self._group.create_task(self._serve(reader, writer), name="hl7 sender")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        why = "left"
        try:
            why = await self._talk(reader, writer)
        except TimeoutError:
            why = "timeout"
        except ConnectionError:
            why = "lost"
        except Unavailable as error:
            why = "not_stored"
            _LOG.warning("a message is left unanswered: %s", error)
        except Exception:
            why = "bug"
            _LOG.exception("a sender's connection failed")  # the other senders go on
        finally:
            self._open -= 1
            CONNECTIONS.dec()
            ENDED.labels(why).inc()
            writer.close() if why == "refused" else writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        framer, refusals = Framer(), 0
        sender = str((writer.get_extra_info("peername") or ("?",))[0])
        while True:
            async with asyncio.timeout(self._config.idle_s):
                data = await reader.read(limits.READ_BYTES)
            if not data:
                return "left"
            for message in framer.feed(data):
                answer, is_taken = await self._answer(sender, message)
                writer.write(framed(answer))
                async with asyncio.timeout(self._config.write_s):
                    await writer.drain()
                refusals = 0 if is_taken else refusals + 1
                if refusals >= limits.REFUSALS_MAX:
                    return "refused"

    async def _answer(self, sender: str, message: bytes) -> tuple[bytes, bool]:
        control_id, now = self._new_control_id(), self._clock.now()
        try:
            report = read(message, self._config.zones)
        except BadPayload as bad:
            MESSAGES.labels(bad.reason).inc()
            return refuse(message, bad, control_id, now), False
        try:
            async with asyncio.timeout(self._config.store_s):
                await self._store(sender, report)
        except TimeoutError:
            raise Unavailable("store", f"nothing in {self._config.store_s} s") from None
        MESSAGES.labels("AA").inc()
        return accept(message, report, control_id, now), True
