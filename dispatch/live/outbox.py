"""One viewer's outbox: a dict keyed by (kind, id), newest wins.

It is bounded by what the viewer may see and cannot overflow: a slow client skips intermediate
states and is never cut off for being slow, only for not reading at all (the send's time limit).
"""

import asyncio
from datetime import datetime

import msgspec

from dispatch.domain.views import Key
from dispatch.limits import DOCS_PER_FRAME_MAX
from dispatch.live.waves import WaveBox
from telemetry.ports import LiveWaveform

_GONE = b""


class Outbox:
    """Documents waiting for one connection."""

    def __init__(self) -> None:
        self._waiting: dict[Key, bytes] = {}
        self.waves = WaveBox()
        self._wake = asyncio.Event()
        self.is_closed = False
        self.bye = ""

    def put(self, key: Key, document: bytes) -> None:
        """Replace whatever waited under this key."""
        self._waiting[key] = document
        self._wake.set()

    def gone(self, key: Key) -> None:
        """Say that the document left the view."""
        self.put(key, _GONE)

    def wave(self, block: LiveWaveform, encoded: bytes) -> None:
        """A block of a waveform that this viewer watches."""
        self.waves.put(block, encoded)
        self._wake.set()

    def take_waves(self) -> list[bytes]:
        """Blocks of waveforms, once no document waits; documents always go first."""
        found = [] if self._waiting else self.waves.take()
        self._rest()
        return found

    def close(self, code: str) -> None:
        """End the connection with a reason the page can show."""
        self.bye = code
        self.is_closed = True
        self._wake.set()

    async def wait(self, timeout_s: float) -> bool:
        """Wait until something is here; False when the time ran out."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._wake.wait()
        except TimeoutError:
            return False
        return True

    def take(self) -> tuple[list[bytes], list[Key], list[Key]]:
        """Up to a frame's worth: documents, their keys, and the keys of those gone."""
        documents: list[bytes] = []
        keys: list[Key] = []
        gone: list[Key] = []
        while self._waiting and len(documents) + len(gone) < DOCS_PER_FRAME_MAX:
            key = next(iter(self._waiting))
            document = self._waiting.pop(key)
            if document is _GONE:
                gone.append(key)
            else:
                documents.append(document)
                keys.append(key)
        self._rest()
        return documents, keys, gone

    def _rest(self) -> None:
        if not self._waiting and self.waves.is_empty and not self.is_closed:
            self._wake.clear()


def frame(
    kind: str, seq: int, now: datetime, documents: list[bytes], gone: list[Key], extra: bytes = b""
) -> bytes:
    """A frame of already encoded documents; ``extra`` is further JSON members, comma first."""
    head = f'{{"t":"{kind}","seq":{seq},"now":"{_stamp(now)}"'.encode()
    left = b',"gone":' + msgspec.json.encode(gone) if gone else b""
    return head + extra + b',"docs":[' + b",".join(documents) + b"]" + left + b"}"


def wave_frame(now: datetime, blocks: list[bytes]) -> bytes:
    """Blocks of waveforms; no sequence number, they belong to no state of the log."""
    return f'{{"t":"waves","now":"{_stamp(now)}","blocks":['.encode() + b",".join(blocks) + b"]}"


def beat(seq: int, now: datetime) -> bytes:
    """The heartbeat: the newest sequence number and the server's clock."""
    return f'{{"t":"beat","seq":{seq},"now":"{_stamp(now)}"}}'.encode()


def _stamp(now: datetime) -> str:
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
