"""Time that passes in the run: how long a fault lasts, and how long something may take to come.

A chaos run measures what happens in time, so it does wait by the clock; it never does so in place
of an event it could wait for. Every wait ends early when the run is given up.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

LOOK_S: Final = 0.1  # how soon a change in another process is noticed


class GaveUpError(RuntimeError):
    """Something that had to happen did not happen in time."""


class Pace:
    """The clock of one run; times are monotonic seconds."""

    def __init__(self) -> None:
        self._over = asyncio.Event()

    def now_s(self) -> float:
        return time.monotonic()

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def end(self) -> None:
        """Let every wait return at once."""
        self._over.set()

    async def last(self, seconds: float) -> None:
        """As long as a fault lasts."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._over.wait()

    async def until(self, is_so: Callable[[], bool], within_s: float, what: str) -> float:
        """Wait until it is so; returns the seconds it took.

        Raises GaveUpError with ``what`` when it is not so in time.
        """

        async def look() -> bool:
            return is_so()

        return await self.until_found(look, within_s, what)

    async def until_found(
        self, look: Callable[[], Awaitable[bool]], within_s: float, what: str
    ) -> float:
        """As `until`, for what has to be asked for."""
        begun_s = self.now_s()
        while not await look():
            if self._over.is_set() or self.now_s() - begun_s > within_s:
                raise GaveUpError(f"not within {within_s:g} s: {what}")
            await self.last(LOOK_S)
        return self.now_s() - begun_s
