"""A patient monitor that numbers its samples and remembers which of them the gateway took.

It speaks GL1 over TCP, the gateway's own line protocol, one line at a time: the next one follows
when the last was answered, so that what is acknowledged is known for each. A line that was not
answered, because the gateway died, is never said again: a monitor does not repeat itself.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from telemetry.lineprotocol import accepted, write_line
from tests.chaos.history import History, Outcome, Sample, temperature_of
from tests.chaos.pace import Pace

ANSWER_S: Final = 15.0  # a disk that needs longer to take one line is an outage of its own
ALARMING: Final = (152, 84)  # beyond the limits that alarm for an adult, by pulse and saturation
HEART_RATES: Final = (68, 88)
SATURATIONS: Final = (96, 99)


class Monitor:
    """One patient's monitor; the gateway connects to ``port``."""

    def __init__(self, unit_id: str, history: History, pace: Pace, rng: random.Random) -> None:
        self.unit_id = unit_id
        self.device_id = f"NX{unit_id[1:]}-MON"
        self.hz = 2.0
        self.is_alarming = False
        self.is_quiet = False
        self.states_no_time = False
        """Says "-" for the time: the gateway then takes its own clock's."""
        self.clock_offset_s = 0.0
        self._history = history
        self._pace = pace
        self._rng = rng
        self._number = 0
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Monitor"]:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        try:
            yield self
        finally:
            self._server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the gateway, until either side ends it."""
        with suppress(OSError, TimeoutError, EOFError):
            while True:
                begun_s = self._pace.now_s()
                if not self.is_quiet:
                    await self._say(reader, writer)
                await self._pace.last(1 / self.hz - (self._pace.now_s() - begun_s))
                if self._pace.is_over:
                    break
        writer.transport.abort()

    async def _say(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sample = self._next()
        self._history.add(sample)
        writer.write(self._line(sample))
        async with asyncio.timeout(ANSWER_S):
            answer = await reader.readline()
        if not answer:
            raise EOFError
        outcome: Outcome = "acknowledged" if answer == accepted() else "refused"
        sample.outcome, sample.acknowledged_s = outcome, self._pace.now_s()

    def _next(self) -> Sample:
        self._number += 1
        heart_rate, spo2 = ALARMING
        if not self.is_alarming:
            heart_rate = self._rng.randint(*HEART_RATES)
            spo2 = self._rng.randint(*SATURATIONS)
        return Sample(
            unit_id=self.unit_id,
            number=self._number,
            heart_rate=heart_rate,
            spo2=spo2,
            sent_s=self._pace.now_s(),
        )

    def _line(self, sample: Sample) -> bytes:
        at = datetime.now(UTC) + timedelta(seconds=self.clock_offset_s)
        when = "-" if self.states_no_time else at.isoformat().replace("+00:00", "Z")
        values = (
            f"heart_rate={sample.heart_rate} /min",
            f"spo2={sample.spo2} %",
            f"temperature={temperature_of(sample.number)} Cel",
        )
        return write_line(";".join(("GL1", when, *values)))
