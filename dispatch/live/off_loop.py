"""Computations that take longer than a heartbeat: one at a time, in a thread, few waiting.

A road search over a large map takes tens of milliseconds, cover of a county seconds; on the event
loop either would hold up every screen. What is computed belongs to whoever gives it.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from dispatch.errors import Unavailable

T = TypeVar("T")


class OffLoop:
    """A door to one thread's work at a time."""

    def __init__(self, name: str, waiting_max: int) -> None:
        self._name, self._waiting_max = name, waiting_max
        self._turn = asyncio.Lock()
        # Whoever gave up waiting left its work running; the next one must not run beside it.
        self._working = threading.Lock()
        self._waiting = 0

    async def run(self, work: Callable[[], T]) -> T:
        """The result of ``work``; raises ``Unavailable`` when too many wait already."""
        if self._waiting >= self._waiting_max:
            raise Unavailable(self._name, f"{self._waiting} wait already")
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(self._alone, work)
        finally:
            self._waiting -= 1

    def _alone(self, work: Callable[[], T]) -> T:
        with self._working:
            return work()
