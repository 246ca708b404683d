"""The connection of one worker to the database, with everything that can happen to it.

The statement leaves the process: from then on it takes effect or not, whatever becomes of whoever
asked. So a cancelled, timed-out, paused or killed worker may have committed, a commit may come
after the client gave up and tried again, and an answer may be lost: outcomes are unknown.
"""

import asyncio
import random
from typing import Any

import asyncpg

from tests.campaign.faults import Faults, Server
from tests.campaign.loop import VirtualLoop
from tests.support.memory_log import Execute, Row

NEVER_S = 1e9


class FaultyWire:
    """A `tests.support.memory_log.Wire`."""

    def __init__(self, loop: VirtualLoop, server: Server, faults: Faults, seed: str) -> None:
        self._loop = loop
        self._server = server
        self._faults = faults
        self._chance = random.Random(seed)

    async def carry(self, execute: Execute, *, is_append: bool, timeout_s: float) -> list[Row]:
        """Rows, or what asyncpg raises."""
        answer: asyncio.Future[Any] = self._loop.create_future()

        def heard(found: Any) -> None:
            if not answer.done():
                answer.set_result(found)

        if self._server.is_away:
            self._loop.later(self._travel_s(), heard, ConnectionRefusedError("the server is away"))
        else:
            self._send(execute, heard, is_append)
        async with asyncio.timeout(timeout_s):
            found = await answer
        if isinstance(found, BaseException):
            raise found
        rows: list[Row] = found
        return rows

    def _send(self, execute: Execute, heard: Any, is_append: bool) -> None:
        fault = self._faults.of_statement()
        there_s, work_s = self._travel_s(), self._travel_s()
        if fault == "slow statement":
            there_s = self._chance.uniform(0.2, 3.0)
        elif fault == "commit after the client gave up":
            there_s = self._chance.uniform(5.5, 20.0)
        elif fault == "lock held long":
            work_s = self._chance.uniform(0.5, 3.0)
        elif fault.startswith("request lost"):
            there_s = NEVER_S
        if fault.endswith("reset"):
            self._loop.later(self._travel_s(), heard, ConnectionResetError("reset by peer"))
        if fault == "statement refused":
            refusal = asyncpg.exceptions.AdminShutdownError("terminating connection")
            self._loop.later(there_s, heard, refusal)
            return
        if there_s < NEVER_S:
            self._travel(execute, heard, is_append, there_s, work_s, fault)

    def _travel(
        self, execute: Execute, heard: Any, is_append: bool, there_s: float, work_s: float,
        fault: str,
    ) -> None:  # fmt: skip
        """There, through the lock if it writes, and back."""
        back_s = self._travel_s()

        def reply(found: Any) -> None:
            if not fault.startswith("answer lost"):
                self._loop.later(back_s, heard, found)

        if is_append:
            self._loop.later(there_s, self._server.append, execute, work_s, reply)
        else:
            self._loop.later(there_s, self._server.read, execute, reply)

    def _travel_s(self) -> float:
        return self._chance.uniform(0.0005, 0.02)
