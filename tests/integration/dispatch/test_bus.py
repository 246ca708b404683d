"""The same contract for both buses; and Redis away: boards follow by polling, then hints again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec
import pytest

from dispatch.domain import commands as c
from dispatch.ids import CountyId, UnitId
from dispatch.limits import DOORBELL_POLL_S
from dispatch.live.bus import Bus, InProcessBus, RedisBus
from dispatch.live.hub import Doorbell
from telemetry.contract import Channel
from telemetry.ports import Live, LivePosition, LiveWaveform
from tests.integration.dispatch.support import COUNTY, configured, worker
from tests.support.desk import CALLER
from tests.support.proxy import Proxy, proxy

WAIT_S = 15


def fix(unit_id: str, lon: float) -> LivePosition:
    now = datetime.now(UTC)
    return LivePosition(
        unit_id=UnitId(unit_id),
        lon=lon,
        lat=29.4,
        heading_deg=None,
        speed_kmh=None,
        accuracy_m=None,
        at=now,
        observed_at=now,
        received_at=now,
        doubtful=None,
    )


class Ear(msgspec.Struct, kw_only=True, eq=False):
    """What one listener has heard."""

    rings: asyncio.Queue[int] = msgspec.field(default_factory=asyncio.Queue)
    lives: asyncio.Queue[Live] = msgspec.field(default_factory=asyncio.Queue)


def listening(bus: Bus) -> Ear:
    ear = Ear()
    bus.subscribe(ear.rings.put_nowait, ear.lives.put_nowait)
    return ear


@asynccontextmanager
async def running(*buses: Bus) -> AsyncIterator[None]:
    """Carry, and wait until all of them hear."""
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        tasks = [group.create_task(bus.run(), name="bus") for bus in buses]
        await until(lambda: all(bus.is_up() for bus in buses))
        yield
        for task in tasks:
            task.cancel()
    for bus in buses:
        if isinstance(bus, RedisBus):
            await bus._redis.aclose()


async def until(is_so: Callable[[], bool]) -> None:
    """Give way until it is so; the caller bounds the time."""
    while not is_so():  # noqa: ASYNC110 - what it waits for has no event
        await asyncio.sleep(0)


def pair(kind: str, url: str) -> tuple[Bus, Bus]:
    """Where things are said and where they are heard."""
    if kind == "in process":
        bus = InProcessBus()
        return bus, bus
    county = CountyId(COUNTY)
    return RedisBus(url, county), RedisBus(url, county)


@pytest.mark.parametrize("kind", ["in process", "redis"])
async def test_what_is_said_here_is_heard_there(kind: str, redis_url: str) -> None:
    said, heard = pair(kind, redis_url)
    ear, second = listening(heard), listening(heard)
    async with running(*{said, heard}):
        for seq in (1, 5, 9):
            said.ring(seq)
        said.publish(fix("N01", 112.4))
        said.publish(fix("N02", 112.5))
        for one in (ear, second):
            newest = 0
            while newest < 9:  # a bus may skip rings, never the last one
                newest = await one.rings.get()
            units = {(await one.lives.get()).unit_id for _ in range(2)}
            assert units == {"N01", "N02"}


def wave(channel: Channel, number: int) -> LiveWaveform:
    now = datetime.now(UTC)
    return LiveWaveform(
        unit_id=UnitId("N01"),
        patient_id=None,
        channel=channel,
        at=now,
        observed_at=now,
        hz=250.0,
        unit="uV",
        per_lsb=2.5,
        zero=1.0,
        samples=number.to_bytes(2, "little"),
        source="device",
    )


@pytest.mark.parametrize("kind", ["in process", "redis"])
async def test_waveforms_travel_bit_by_bit_the_newest_of_each_channel(
    kind: str, redis_url: str
) -> None:
    said, heard = pair(kind, redis_url)
    ear = listening(heard)
    channels: tuple[Channel, ...] = ("ecg_ii", "pleth")
    async with running(*{said, heard}):
        last = [wave(channel, 299) for channel in channels]
        for number in range(299):
            for channel in channels:
                said.publish(wave(channel, number))
        said.publish(fix("N01", 112.4))
        for one in last:
            said.publish(one)
        came: list[Live] = []
        while not all(one in came for one in last) or not any(
            isinstance(one, LivePosition) for one in came
        ):
            came.append(await ear.lives.get())
    for channel in channels:
        own = [
            one.samples for one in came if isinstance(one, LiveWaveform) and one.channel == channel
        ]
        assert own == sorted(own, key=lambda raw: int.from_bytes(raw, "little"))


async def test_unsent_waveforms_are_shed_and_numbers_are_not(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.live.bus.WAVES_UNSENT_MAX", 1)
    said, heard = pair("redis", redis_url)
    ear = listening(heard)
    for channel in ("ecg_i", "ecg_ii", "pleth"):  # nobody carries yet
        said.publish(wave(channel, 1))
    for unit_id in ("N01", "N02", "N03"):
        said.publish(fix(unit_id, 112.4))
    async with running(said, heard):
        said.publish(fix("N04", 112.4))
        came: list[Live] = []
        while len({one.unit_id for one in came if isinstance(one, LivePosition)}) < 4:
            came.append(await ear.lives.get())
    assert [one for one in came if isinstance(one, LiveWaveform) and one.channel != "ecg_i"] == []


@pytest.mark.parametrize("kind", ["in process", "redis"])
async def test_nothing_said_blocks_and_newest_wins(kind: str, redis_url: str) -> None:
    said, heard = pair(kind, redis_url)
    ear = listening(heard)
    async with running(*{said, heard}):
        for number in range(500):
            newest = 112 + number / 1000
            said.publish(fix("N01", newest))
            said.ring(number)
        while getattr(await ear.lives.get(), "lon", 0) != newest:
            pass


async def test_a_newcomer_starts_with_the_newest_of_each_unit(redis_url: str) -> None:
    said, heard = pair("redis", redis_url)
    ear = listening(heard)
    async with running(said, heard):
        for lon in (112.1, 112.2):
            said.publish(fix("N01", lon))
            while getattr(await ear.lives.get(), "lon", 0) != lon:
                pass
        newcomer = RedisBus(redis_url, CountyId(COUNTY))
        late = listening(newcomer)
        async with running(newcomer):
            assert getattr(await late.lives.get(), "lon", 0) == 112.2


async def test_two_counties_on_one_redis_hear_only_themselves(redis_url: str) -> None:
    here, there = RedisBus(redis_url, CountyId(COUNTY)), RedisBus(redis_url, CountyId("other"))
    ear, stranger = listening(here), listening(there)
    async with running(here, there):
        here.ring(7)
        here.publish(fix("N01", 112.4))
        await ear.lives.get()
        there.ring(8)
        assert await stranger.rings.get() == 8
        assert stranger.lives.empty()


@asynccontextmanager
async def redis_between(url: str) -> AsyncIterator[tuple[Proxy, str]]:
    parts = urlsplit(url)
    async with proxy(parts.hostname or "", parts.port or 0) as between:
        login = parts.netloc.rpartition("@")[0]
        yield between, parts._replace(netloc=f"{login}@127.0.0.1:{between.port}").geturl()


async def test_without_redis_boards_follow_by_polling_and_with_it_again_by_hint(
    postgres_dsn: str, redis_url: str
) -> None:
    loop = asyncio.get_running_loop()
    async with redis_between(redis_url) as (between, url), configured(postgres_dsn):
        said, heard = pair("redis", url)
        async with worker(postgres_dsn, bus=said) as one, worker(postgres_dsn) as other:
            doorbell, step = Doorbell(other.follower), asyncio.Event()
            other.follower.listen(lambda *_: step.set())
            heard.subscribe(doorbell.ring, lambda _: None)

            async def delay_s() -> float:
                """From the commit here to the fold there."""
                await one.must(c.ReceiveCall, caller=CALLER)
                began = loop.time()
                while other.world.seq < one.world.seq:
                    step.clear()
                    await step.wait()
                return loop.time() - began

            async with running(said, heard), asyncio.TaskGroup() as group:
                follow = group.create_task(doorbell.run(DOORBELL_POLL_S, print), name="doorbell")
                assert min([await delay_s() for _ in range(3)]) < DOORBELL_POLL_S / 2
                between.shut()
                await until(lambda: not heard.is_up())
                assert max([await delay_s() for _ in range(2)]) < 2 * DOORBELL_POLL_S
                between.mend()
                await until(heard.is_up)
                await one.must(c.ReceiveCall, caller=CALLER)
                assert min([await delay_s() for _ in range(3)]) < DOORBELL_POLL_S / 2
                follow.cancel()
