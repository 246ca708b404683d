"""A TCP proxy that can lose what goes through it: answers, requests, connections, everything.

For cutting a connection at a chosen moment: what the far side did by then is done, and the near
side cannot know. It understands nothing of what it carries.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CHUNK_BYTES = 65_536


class Proxy:
    """Carries bytes between a port of its own and a target, until told otherwise."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.loses_requests = False
        self.loses_answers = False
        self.is_shut = False
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
        self._server.close()
        self.reset()
        await self._server.wait_closed()

    def reset(self) -> None:
        """Break every connection, with a reset, not an end."""
        for writer in self._writers:
            writer.transport.abort()

    def shut(self) -> None:
        """As if nobody listened: what is connected breaks, what connects breaks at once."""
        self.is_shut = True
        self.reset()

    def mend(self) -> None:
        """Carry everything again, for connections made from now on too."""
        self.loses_requests = self.loses_answers = self.is_shut = False
        self.lost.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_shut:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(*self._target)
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

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_request: bool
    ) -> None:
        while data := await reader.read(CHUNK_BYTES):
            if self.loses_requests if is_request else self.loses_answers:
                self.lost.set()
                continue
            writer.write(data)
            await writer.drain()
        writer.transport.abort()


@asynccontextmanager
async def proxy(host: str, port: int) -> AsyncIterator[Proxy]:
    """A proxy in front of a server, gone at the end."""
    found = Proxy(host, port)
    await found.open()
    try:
        yield found
    finally:
        await found.close()
