"""Hints between the processes of one county: a doorbell for the log, the newest live values.

Nothing here is the truth: a lost ring costs at most the poll interval, a lost live value is
replaced by the next. In one process the bus is a direct call; across processes it is Redis pub/sub
by URL, with the newest live value of each unit kept so that a new worker starts with a picture.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec
import redis.asyncio as redis_asyncio
import structlog
from redis.exceptions import RedisError

from dispatch.ids import CountyId
from telemetry.ports import Live, LivePosition, LiveVitals, LiveWaveform

log = structlog.get_logger("bus")
OnRing = Callable[[int], None]
OnLive = Callable[[Live], None]

RECONNECT_S = 1.0
OUTGOING_MAX = 10_000  # unsent hints; beyond it the oldest live values are dropped, newest wins
WAVES_UNSENT_MAX = 2_000  # unsent waveform blocks: shed long before any number is
LIVE_KEPT_S = 3600


class LiveMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three on the wire."""

    vitals: LiveVitals | None = None
    position: LivePosition | None = None
    waveform: LiveWaveform | None = None


class Bus(Protocol):
    """What ingest and serve need of each other."""

    def ring(self, seq: int) -> None:
        """Say that the log has reached ``seq``; never blocks."""
        ...

    def publish(self, live: Live) -> None:
        """Say the newest live value; never blocks."""
        ...

    def subscribe(self, on_ring: OnRing, on_live: OnLive) -> None:
        """Hear both; called once before `run`."""
        ...

    async def run(self) -> None:
        """Carry hints until cancelled."""
        ...

    def is_up(self) -> bool:
        """Whether hints travel now; false costs latency, never data."""
        ...


class InProcessBus:
    """Everything in one process: a hint is a call."""

    def __init__(self) -> None:
        self._heard: list[tuple[OnRing, OnLive]] = []

    def ring(self, seq: int) -> None:
        """Call the listeners."""
        for on_ring, _ in self._heard:
            on_ring(seq)

    def publish(self, live: Live) -> None:
        """Call the listeners."""
        for _, on_live in self._heard:
            on_live(live)

    def subscribe(self, on_ring: OnRing, on_live: OnLive) -> None:
        """Add a listener."""
        self._heard.append((on_ring, on_live))

    async def run(self) -> None:
        """Nothing to carry."""
        await asyncio.Event().wait()

    def is_up(self) -> bool:
        """A call always arrives."""
        return True


class RedisBus:
    """Hints over Redis pub/sub; truth stays in PostgreSQL."""

    def __init__(self, url: str, county_id: CountyId) -> None:
        self._redis = redis_asyncio.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        self._bell = f"greenlane:{county_id}:bell"
        self._live = f"greenlane:{county_id}:live"
        self._newest = f"greenlane:{county_id}:newest"
        self._heard: list[tuple[OnRing, OnLive]] = []
        self._seq = 0
        self._unsent: dict[str, LiveVitals | LivePosition] = {}
        self._waves: dict[str, LiveWaveform] = {}
        self._something = asyncio.Event()
        self._is_up = False
        self._decoder = msgspec.json.Decoder(LiveMessage)

    def ring(self, seq: int) -> None:
        """Tell this process at once, the others by Redis."""
        self._seq = max(self._seq, seq)
        self._something.set()
        for on_ring, _ in self._heard:
            on_ring(seq)

    def publish(self, live: Live) -> None:
        """Keep the newest of each unit, and of each of its channels, until it is sent."""
        if isinstance(live, LiveWaveform):
            place = f"{live.unit_id}:{live.channel}"
            if len(self._waves) < WAVES_UNSENT_MAX or place in self._waves:
                self._waves[place] = live
            self._something.set()
            return
        key = f"{type(live).__name__}:{live.unit_id}"
        if len(self._unsent) < OUTGOING_MAX or key in self._unsent:
            self._unsent[key] = live
        self._something.set()

    def subscribe(self, on_ring: OnRing, on_live: OnLive) -> None:
        """Add a listener."""
        self._heard.append((on_ring, on_live))

    def is_up(self) -> bool:
        """Whether the subscription stands."""
        return self._is_up

    async def run(self) -> None:
        """Send and receive, reconnecting for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep(self._send), name="bus sender")
            group.create_task(self._keep(self._receive), name="bus receiver")

    async def _keep(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            _end_if_cancelled()
            try:
                await work()
            except (RedisError, OSError, TimeoutError) as error:
                self._is_up = False
                log.warning("bus_down", detail=str(error))
                await asyncio.sleep(RECONNECT_S)

    async def _send(self) -> None:
        rung = 0
        while True:
            _end_if_cancelled()
            await self._something.wait()
            self._something.clear()
            if self._seq > rung:
                rung = self._seq
                await self._redis.publish(self._bell, str(rung))
            while self._unsent or self._waves:
                await self._send_newest()
                await self._send_wave()
            await self._redis.expire(self._newest, LIVE_KEPT_S)

    async def _send_newest(self) -> None:
        """Every number and position that waits."""
        while self._unsent:
            key, live = next(iter(self._unsent.items()))
            body = msgspec.json.encode(_message(live))
            await self._redis.hset(self._newest, key, body)
            await self._redis.publish(self._live, body)
            if self._unsent.get(key) is live:
                del self._unsent[key]

    async def _send_wave(self) -> None:
        """One block, then numbers again; one that fails is lost and not sent late."""
        if self._waves:
            wave = self._waves.pop(next(iter(self._waves)))
            await self._redis.publish(self._live, msgspec.json.encode(_message(wave)))

    async def _receive(self) -> None:
        async with self._redis.pubsub() as channel:
            await channel.subscribe(self._bell, self._live)
            for body in (await self._redis.hgetall(self._newest)).values():
                self._hear_live(body)
            self._is_up = True
            while True:
                _end_if_cancelled()
                message = await channel.get_message(ignore_subscribe_messages=True, timeout=1.0)
                if message is None:
                    await self._redis.ping()  # pub/sub notices a dead link only by asking
                elif message["channel"].decode() == self._bell:
                    self._hear_ring(int(message["data"]))
                else:
                    self._hear_live(message["data"])

    def _hear_ring(self, seq: int) -> None:
        for on_ring, _ in self._heard:
            on_ring(seq)

    def _hear_live(self, body: bytes | str) -> None:
        message = self._decoder.decode(body)
        live = message.vitals or message.position or message.waveform
        if live is not None:
            for _, on_live in self._heard:
                on_live(live)


def _end_if_cancelled() -> None:
    """redis-py may swallow a cancellation in mid-command; without this the program hangs."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _message(live: Live) -> LiveMessage:
    if isinstance(live, LiveVitals):
        return LiveMessage(vitals=live)
    if isinstance(live, LiveWaveform):
        return LiveMessage(waveform=live)
    return LiveMessage(position=live)
