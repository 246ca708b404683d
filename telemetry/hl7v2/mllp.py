"""Messages of a stream (MLLP) and of a file. Pure.

    0B | message | 1C 0D      HL7 v2.5.1 appendix C, Minimal Lower Layer Protocol
A file may hold frames, or bare messages one after the other with any kind of line end, with or
without the envelopes of a batch (FHS, BHS, BTS, FTS).
"""

import re
from collections.abc import Iterator
from typing import Final

from dispatch.errors import BadPayload
from telemetry.hl7v2.limits import BUFFER_MAX_BYTES, FILE_MAX_BYTES

START: Final = b"\x0b"
END: Final = b"\x1c\x0d"
_LINE_ENDS: Final = re.compile(rb"\r\n|\n\r|\n|\r")
_ENVELOPES: Final = (b"FHS", b"BHS", b"BTS", b"FTS")


def framed(message: bytes) -> bytes:
    """The message in its frame."""
    return START + message + END


class Framer:
    """Bytes of a stream in, messages out; bytes between frames are counted.

    Holds one message at most: a longer one is given up, and the search goes on for the next start.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._inside = False
        self.garbage_bytes = 0

    def __len__(self) -> int:
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Each whole message, without its frame."""
        for at in range(0, len(data), BUFFER_MAX_BYTES):
            self._buffer += data[at : at + BUFFER_MAX_BYTES]
            while (message := self._next()) is not None:
                yield message

    def _next(self) -> bytes | None:
        buffer = self._buffer
        if not self._inside:
            start = buffer.find(START)
            self._drop(start + 1 if start >= 0 else len(buffer))
            if start < 0:
                return None
            self.garbage_bytes -= 1  # the start itself is none
            self._inside = True
        end = buffer.find(END)
        again = buffer.find(START, 0, end if end >= 0 else len(buffer))
        if again >= 0:  # the sender began anew: what came before never ends
            self._drop(again)
            self._inside = False
            return self._next()
        if end < 0:
            if len(buffer) > BUFFER_MAX_BYTES:
                self._drop(len(buffer))
                self._inside = False
            return None
        message = bytes(buffer[:end])
        del buffer[: end + len(END)]
        self._inside = False
        return message

    def _drop(self, count: int) -> None:
        self.garbage_bytes += count
        del self._buffer[:count]


def messages_of(content: bytes) -> list[bytes]:
    """The messages of a file, each with its segments ended by CR.

    Raises BadPayload: oversize, no_message (nothing in it begins with MSH).
    """
    if len(content) > FILE_MAX_BYTES:
        raise BadPayload("oversize", f"{len(content)} bytes, {FILE_MAX_BYTES} are allowed")
    if START in content:
        framer = Framer()
        found = [_with_cr(message) for message in framer.feed(content)]
    else:
        found = _bare(content)
    if not found:
        raise BadPayload("no_message", "nothing here begins with MSH")
    return found


def _bare(content: bytes) -> list[bytes]:
    found: list[list[bytes]] = []
    for line in _LINE_ENDS.split(content.removeprefix(b"\xef\xbb\xbf")):
        if line.startswith(b"MSH"):
            found.append([line])
        elif found and line.strip() and line[:3] not in _ENVELOPES:
            found[-1].append(line)
    return [b"\r".join(lines) + b"\r" for lines in found]


def _with_cr(message: bytes) -> bytes:
    lines = [line for line in _LINE_ENDS.split(message) if line.strip()]
    return b"\r".join(lines) + b"\r"
