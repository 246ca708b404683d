"""Waveforms on their way to screens: ten seconds of each channel, for those who watch a unit now.

Lossy on purpose and in this order: a screen that cannot keep up loses its oldest blocks and shows a
gap; nothing else waits for them. They are never documents, never in a snapshot, never in the log;
what is stored is the sample store's. Whether somebody may see a block is `views.sees_feed`, asked
of each block anew.
"""

from collections import deque
from collections.abc import Iterable
from datetime import datetime

import msgspec

from dispatch.limits import (
    WATCHED_UNITS_MAX,
    WAVE_BLOCKS_MAX,
    WAVE_FRAME_BYTES,
    WAVES_KEPT_S,
    WAVES_WAITING_MAX,
)
from telemetry.contract import Channel
from telemetry.ports import LiveWaveform

_encode = msgspec.json.Encoder().encode


class Ring:
    """The newest blocks of one channel; the oldest go as soon as they are too many or too old."""

    def __init__(self) -> None:
        self._blocks: deque[LiveWaveform] = deque(maxlen=WAVE_BLOCKS_MAX)

    def put(self, block: LiveWaveform) -> None:
        """Take a newer block."""
        self._blocks.append(block)
        while (block.at - self._blocks[0].at).total_seconds() >= WAVES_KEPT_S:
            self._blocks.popleft()

    def since(self, at: datetime) -> list[LiveWaveform]:
        """What is not older than that, oldest first."""
        return [block for block in self._blocks if block.at >= at]


class Waves:
    """The rings of every unit of the county; as many as units have channels."""

    def __init__(self) -> None:
        self._rings: dict[str, dict[Channel, Ring]] = {}

    def put(self, block: LiveWaveform) -> None:
        """Take a newer block."""
        self._rings.setdefault(block.unit_id, {}).setdefault(block.channel, Ring()).put(block)

    def recent(self, unit_id: str, channels: Iterable[Channel], at: datetime) -> list[LiveWaveform]:
        """What a screen that begins to look is filled with: not older than ``at``."""
        rings = self._rings.get(unit_id, {})
        return [block for one in channels if one in rings for block in rings[one].since(at)]


class WaveBox:
    """What one viewer watches, and the blocks that wait for it; as long as a ring, oldest lost."""

    def __init__(self) -> None:
        self.watched: dict[str, frozenset[Channel]] = {}
        self._waiting: dict[tuple[str, Channel], deque[bytes]] = {}

    def watch(self, unit_id: str, channels: frozenset[Channel]) -> bool:
        """From now on these channels of this unit, none to end it; False beyond the limit."""
        self._waiting = {key: held for key, held in self._waiting.items() if key[0] != unit_id}
        self.watched.pop(unit_id, None)
        if not channels:
            return True
        if len(self.watched) >= WATCHED_UNITS_MAX:
            return False
        self.watched[unit_id] = channels
        return True

    def wants(self, block: LiveWaveform) -> bool:
        """Whether this very channel is watched."""
        return block.channel in self.watched.get(block.unit_id, ())

    def put(self, block: LiveWaveform, encoded: bytes) -> None:
        """Wait for the writer; a block that finds no room pushes the oldest out."""
        key = (str(block.unit_id), block.channel)
        self._waiting.setdefault(key, deque(maxlen=WAVES_WAITING_MAX)).append(encoded)

    def take(self) -> list[bytes]:
        """A frame's worth of what waits, one block of each channel after the other."""
        found: list[bytes] = []
        size = 0
        while self._waiting and size < WAVE_FRAME_BYTES:
            key = next(iter(self._waiting))
            held = self._waiting.pop(key)
            found.append(held.popleft())
            size += len(found[-1])
            if held:
                self._waiting[key] = held  # at the end: the other channels have their turn
        return found

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting


def encoded(block: LiveWaveform) -> bytes:
    """A block as it goes to screens: samples in base64, as they came."""
    return _encode(block)
