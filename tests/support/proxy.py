"""A TCP proxy that can lose or slow what goes through it: answers, requests, connections, all.

For cutting a connection at a chosen moment: what the far side did by then is done, and the near
side cannot know. It understands nothing of what it carries, and counts what it did to it, so that
a test can say that the fault has happened.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec

CHUNK_BYTES = 65_536
END_S = 5.0  # to let go of connections that were broken
CHUNK_S = 0.1  # a slowed connection is carried in pieces of this length, so that it flows


class Tally(msgspec.Struct):
    """What a proxy did since it was opened: connections, and bytes of both ways together.

    ``slowed_s``: how long bytes were held back to keep to the rate, added up over the connections.
    """

    opened: int = 0
    refused: int = 0
    broken: int = 0
    carried_bytes: int = 0
    lost_request_bytes: int = 0
    lost_answer_bytes: int = 0
    slowed_s: float = 0.0


class Proxy:
    """Carries bytes between a port of its own and a target, until told otherwise."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._writers: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._closed = asyncio.Event()
        self.loses_requests = False
        self.loses_answers = False
        self.is_shut = False
        self.is_half_open = False
        """Loses everything both ways, the ends of connections too: neither side learns anything."""
        self.bytes_per_s: float | None = None
        """The most it carries each way; None: as fast as it comes."""
        self.tally = Tally()
        self.lost = asyncio.Event()
        """Set when something was lost: from here on the outcome is unknown."""

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)

    async def close(self) -> None:
        assert self._server is not None
        self._closed.set()
        self._server.close()
        self.reset()
        await self._server.wait_closed()
        if self._carrying:
            await asyncio.wait(self._carrying, timeout=END_S)

    def reset(self) -> None:
        """Break every connection at once, whatever is still on its way."""
        self.tally.broken += len(self._writers) // 2
        for writer in self._writers:
            writer.transport.abort()

    def shut(self) -> None:
        """As if nobody listened: what is connected breaks, what connects breaks at once."""
        self.is_shut = True
        self.reset()

    def mend(self) -> None:
        """Carry everything again, for connections made from now on too."""
        self.loses_requests = self.loses_answers = self.is_shut = self.is_half_open = False
        self.bytes_per_s = None
        self.lost.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)
        if self.is_shut:
            self._refuse(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:  # nobody listens behind it: the near side learns that as a reset
            self._refuse(writer)
            return
        self.tally.opened += 1
        both = {writer, far_writer}
        self._writers |= both
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, far_writer, True), name="proxy requests")
                group.create_task(self._pump(far_reader, writer, False), name="proxy answers")
        except* OSError:
            pass  # a broken connection is what this is for
        finally:
            self._writers -= both
            for one in both:
                one.transport.abort()

    def _refuse(self, writer: asyncio.StreamWriter) -> None:
        self.tally.refused += 1
        writer.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_request: bool
    ) -> None:
        while data := await reader.read(self._chunk_bytes()):
            if self._loses(is_request):
                self._lose(len(data), is_request)
                continue
            await self._hold_back(len(data))
            writer.write(data)
            self.tally.carried_bytes += len(data)
            await writer.drain()
        if not self.is_half_open:
            writer.transport.abort()

    def _loses(self, is_request: bool) -> bool:
        return self.is_half_open or (self.loses_requests if is_request else self.loses_answers)

    def _lose(self, size: int, is_request: bool) -> None:
        if is_request:
            self.tally.lost_request_bytes += size
        else:
            self.tally.lost_answer_bytes += size
        self.lost.set()

    def _chunk_bytes(self) -> int:
        rate = self.bytes_per_s
        return CHUNK_BYTES if rate is None else max(1, int(rate * CHUNK_S))

    async def _hold_back(self, size: int) -> None:
        """For as long as a line of that rate takes to carry so much; not beyond its own end."""
        if self.bytes_per_s is None:
            return
        wait_s = size / self.bytes_per_s
        self.tally.slowed_s += wait_s
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._closed.wait()


@asynccontextmanager
async def proxy(host: str, port: int) -> AsyncIterator[Proxy]:
    """A proxy in front of a server, gone at the end."""
    found = Proxy(host, port)
    await found.open()
    try:
        yield found
    finally:
        await found.close()
