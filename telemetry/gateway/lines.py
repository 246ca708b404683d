"""Bytes of a receiver or a monitor, over TCP or a serial line, for as long as the vehicle runs.

A source that goes away is tried again for ever, with a wait; a cable that was pulled is no reason
to stop the others. Serial ports are set raw with `termios`: 8 data bits, no parity, no echo.
"""

import asyncio
import logging
import os
import termios
import tty
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import parse_qs, urlsplit

from telemetry.gateway.config import address_of

_LOG: Final = logging.getLogger(__name__)
RETRY_S: Final = 2.0  # a cable is plugged in again within seconds; two tries a second help nobody
CONNECT_S: Final = 5.0
READ_BYTES: Final = 4_096
SILENT_S: Final = 30.0  # a receiver speaks each second: a half-open connection is given up
_BAUD: Final = {
    4800: termios.B4800,
    9600: termios.B9600,
    19200: termios.B19200,
    38400: termios.B38400,
    57600: termios.B57600,
    115200: termios.B115200,
}
BAUD_DEFAULT: Final = 9600


class Line:
    """One connection to a receiver or a monitor: bytes come in, answers may go out."""

    def __init__(self, reader: asyncio.StreamReader, write: Callable[[bytes], object]) -> None:
        self._reader = reader
        self.write = write

    async def chunks(self) -> AsyncIterator[bytes]:
        """What it sends until it ends; raises TimeoutError after `SILENT_S` without a byte."""
        while data := await asyncio.wait_for(self._reader.read(READ_BYTES), SILENT_S):
            yield data


async def keep_open(source: str, talk: Callable[[Line], Awaitable[None]]) -> None:
    """Connect, hand the line to ``talk``, and connect again when it ends, for ever.

    Raises ValueError for a source that is neither tcp: nor serial:.
    """
    check(source)
    while True:
        try:
            async with _opened(source) as line:
                await talk(line)
            _LOG.warning("%s ended", source)
        except (OSError, TimeoutError, termios.error) as error:
            _LOG.warning("%s: %r, again in %g s", source, error, RETRY_S)
        await asyncio.sleep(RETRY_S)


def check(source: str) -> None:
    """ValueError, with what to write, for a source that cannot be opened by its very name."""
    parts = urlsplit(source)
    if parts.scheme == "tcp":
        address_of(parts.netloc)
        return
    if parts.scheme == "serial" and parts.path.startswith("/"):
        _baud(parts.query)
        return
    raise ValueError(f"source {source!r}: write tcp://host:port or serial:/dev/ttyS0?baud=9600")


@asynccontextmanager
async def _opened(source: str) -> AsyncIterator[Line]:
    parts = urlsplit(source)
    if parts.scheme == "serial":
        async with _serial(parts.path, _baud(parts.query)) as line:
            yield line
        return
    host, port = address_of(parts.netloc)
    async with asyncio.timeout(CONNECT_S):
        reader, writer = await asyncio.open_connection(host, port)
    try:
        yield Line(reader, writer.write)
    finally:
        writer.close()


@asynccontextmanager
async def _serial(path: str, baud: int) -> AsyncIterator[Line]:
    file = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    with os.fdopen(file, "r+b", buffering=0) as port:
        if os.isatty(file):
            tty.setraw(file)
            settings = termios.tcgetattr(file)
            settings[4] = settings[5] = _BAUD[baud]
            termios.tcsetattr(file, termios.TCSANOW, settings)
        reader = asyncio.StreamReader(limit=READ_BYTES * 4)
        loop = asyncio.get_running_loop()
        loop.add_reader(file, _feed, loop, file, reader)
        try:
            yield Line(reader, port.write)
        finally:
            loop.remove_reader(file)


def _feed(loop: asyncio.AbstractEventLoop, file: int, reader: asyncio.StreamReader) -> None:
    """A serial port has bytes; one that was pulled out ends the line."""
    try:
        data = os.read(file, READ_BYTES)
    except BlockingIOError:
        return
    except OSError:
        data = b""
    if data:
        reader.feed_data(data)
        return
    loop.remove_reader(file)
    reader.feed_eof()


def _baud(query: str) -> int:
    said = parse_qs(query).get("baud", [str(BAUD_DEFAULT)])[0]
    if not said.isdigit() or int(said) not in _BAUD:
        raise ValueError(f"baud {said!r}: one of {', '.join(map(str, _BAUD))}")
    return int(said)
