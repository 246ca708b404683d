"""What the chaos run found, small enough for every run of the tests.

The whole run (`python -m tests.chaos --quick`) starts a dozen processes and measures in real time;
on a machine that is busy with the other tests it would fail for want of seconds, so it is no test.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from deploy.embedded.process import free_port
from dispatch.errors import Unavailable
from telemetry.session import Link, Session
from tests.support.proxy import proxy

WAIT_S = 30.0  # a bound, for a machine that is busy with other tests


async def test_a_broker_that_is_away_is_tried_again_and_not_died_of() -> None:
    session = Session(Link(host="127.0.0.1", port=free_port(), client_id="c"), lambda _: None)
    with pytest.raises(Unavailable):
        await session.open("greenlane/#")
    await session.close()


@asynccontextmanager
async def echo() -> AsyncIterator[int]:
    """The port of a server that says everything again; its connections have ended at the end."""
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        with suppress(OSError):
            while data := await reader.read(100):
                writer.write(data)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
    async with asyncio.timeout(WAIT_S):
        await asyncio.gather(*talks)


async def is_over(reader: asyncio.StreamReader) -> bool:
    """Whether the connection ends, and without another byte."""
    try:
        async with asyncio.timeout(WAIT_S):
            return await reader.read() == b""
    except ConnectionError:
        return True


async def test_a_half_open_proxy_swallows_ends_too_and_counts() -> None:
    async with echo() as port, proxy("127.0.0.1", port) as between:
        reader, writer = await asyncio.open_connection("127.0.0.1", between.port)
        writer.write(b"one")
        assert await reader.readexactly(3) == b"one"
        between.is_half_open = True
        writer.write(b"lost")
        await between.lost.wait()
        assert between.tally.lost_request_bytes == 4
        assert between.tally.carried_bytes == 6
        assert not reader.at_eof()
        between.mend()
        between.reset()
        assert await is_over(reader)
        assert between.tally.broken == 1
        writer.close()


async def test_a_proxy_before_nobody_refuses_and_counts() -> None:
    async with proxy("127.0.0.1", free_port()) as between:
        reader, writer = await asyncio.open_connection("127.0.0.1", between.port)
        assert await is_over(reader)
        assert between.tally.refused == 1
        writer.close()


async def test_a_slowed_proxy_says_for_how_long() -> None:
    async with echo() as port, proxy("127.0.0.1", port) as between:
        between.bytes_per_s = 100_000.0
        reader, writer = await asyncio.open_connection("127.0.0.1", between.port)
        writer.write(bytes(1_000))
        assert await reader.readexactly(1_000) == bytes(1_000)
        assert between.tally.slowed_s == pytest.approx(2 * 1_000 / 100_000)
        writer.close()
