"""Random numbers by key: the same key gives the same number, in any order, on any machine.

Theory. Two policies can be compared call by call only if both meet the same calls, scene times and
journeys. A generator that is drawn from in turn cannot give that: one question more and everything
after it differs. Here a number is a hash (BLAKE2b, 64 bits) of what it is for: the seed, a stream
("gap", "on_scene", "road"...), and two whole numbers such as call and leg. Nothing is kept between
questions, so there is no state to seed, share or spoil.

Hashing costs a microsecond a number, about what the rest of an event costs; that is the price.
"""

import math
from collections.abc import Sequence
from hashlib import blake2b
from statistics import NormalDist
from typing import Final

_STEPS: Final = float(2**53)
_NORMAL: Final = NormalDist()


class Chance:
    """The random numbers of one seed."""

    def __init__(self, seed: int) -> None:
        if not 0 <= seed < 2**63:
            raise ValueError(f"seed {seed} is outside 0..2**63-1")
        self._seed = seed
        self._streams: dict[str, bytes] = {}

    def uniform(self, stream: str, a: int, b: int = 0) -> float:
        """A number in (0, 1), never its ends."""
        key = self._streams.get(stream)
        if key is None:
            key = self._streams[stream] = f"{self._seed}/{stream}/".encode()
        word = blake2b(key + b"%d/%d" % (a, b), digest_size=8).digest()
        return ((int.from_bytes(word, "big") >> 11) + 0.5) / _STEPS

    def exponential(self, stream: str, a: int, b: int = 0) -> float:
        """Mean 1."""
        return -math.log(self.uniform(stream, a, b))

    def normal(self, stream: str, a: int, b: int = 0) -> float:
        """Mean 0, standard deviation 1."""
        return _NORMAL.inv_cdf(self.uniform(stream, a, b))

    def index(self, stream: str, cumulative: Sequence[float], a: int, b: int = 0) -> int:
        """Which of several, by their running totals (not necessarily up to 1)."""
        wanted = self.uniform(stream, a, b) * cumulative[-1]
        low, high = 0, len(cumulative) - 1
        while low < high:
            middle = (low + high) // 2
            if cumulative[middle] > wanted:
                high = middle
            else:
                low = middle + 1
        return low
