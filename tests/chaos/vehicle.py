"""One vehicle: its monitor, the real gateway program as a process, and its own way to the broker.

The gateway is `python -m deploy.gateway` with a configuration file, as in a car; what it says of
itself is read from its standard output, and how much still waits from its outbox file.
"""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.chaos.history import number_of
from tests.chaos.monitor import Monitor
from tests.chaos.pace import GaveUpError, Pace
from tests.support.processes import ROOT
from tests.support.proxy import Proxy

START_S: Final = 180.0
STOP_S: Final = 15.0
LOG_CHARS: Final = 2_000
CONFIG: Final = """\
county_id = "nanxian"
unit_id = "{unit_id}"
broker = "mqtt://127.0.0.1:{port}"
password_file = "password"
state = "state"

[[inputs]]
type = "line"
device = "{device_id}"
source = "tcp://127.0.0.1:{monitor_port}"
"""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One report of a gateway on itself, and when it was read (monotonic seconds)."""

    at_s: float
    is_connected: bool
    is_lost: bool
    queued: int


class Vehicle:
    """A vehicle with its gateway; one is made for the whole run."""

    def __init__(
        self,
        folder: Path,
        monitor: Monitor,
        proxy: Proxy,
        pace: Pace,
        environment: Mapping[str, str],
        group: asyncio.TaskGroup,
    ) -> None:
        self.unit_id = monitor.unit_id
        self.monitor = monitor
        self.proxy = proxy
        self.said: list[Said] = []
        self.log = folder / "gateway.log"
        self._folder = folder
        self._pace = pace
        self._environment = environment
        self._group = group
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while the gateway runs."""
        assert self._process is not None
        return self._process.returncode

    def configure(self, password: str) -> None:
        """Write the files of the box."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        (self._folder / "password").write_text(password)
        text = CONFIG.format(
            unit_id=self.unit_id,
            port=self.proxy.port,
            device_id=self.monitor.device_id,
            monitor_port=self.monitor.port,
        )
        (self._folder / "gateway.toml").write_text(text)

    async def start(self) -> None:
        """Start the gateway and wait for its first word."""
        before = len(self.said)
        config = str(self._folder / "gateway.toml")
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "deploy.gateway", "--config", config),
                cwd=ROOT,
                env=os.environ | dict(self._environment),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        name = f"reports of {self.unit_id}"
        self._reader = self._group.create_task(self._read(self._process), name=name)
        try:
            await self._pace.until(lambda: len(self.said) > before, START_S, f"{name}: none")
        except GaveUpError as error:
            raise GaveUpError(f"{error}\n{self.log.read_text()[-LOG_CHARS:]}") from None

    async def kill(self) -> int:
        """SIGKILL; returns how it ended."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        return await self._ended()

    async def stop(self) -> None:
        """The end of the run."""
        if self._process is None:
            return
        if self._process.returncode is None:
            self._process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await self._ended()
        except TimeoutError:
            self._process.kill()
            await self._ended()

    async def _ended(self) -> int:
        assert self._process is not None
        code = await self._process.wait()
        if self._reader is not None:
            await self._reader
        return code

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            told: dict[str, Any] = json.loads(line)
            self.said.append(
                Said(
                    at_s=self._pace.now_s(),
                    is_connected=told["is_connected"],
                    is_lost=told["is_lost"],
                    queued=sum(told["queued"].values()),
                )
            )

    def oldest_waiting(self) -> int | None:
        """The number of the oldest sample that is on the disk and not known to be stored."""
        query = "SELECT payload FROM message WHERE kind = 'vitals' ORDER BY number LIMIT 1"
        found = self._ask(query)
        if found is None:
            return None
        return number_of(json.loads(found)["numerics"]["temperature"]["value"])

    def waiting(self) -> int:
        """Samples in the outbox: on the disk, and not yet known to be in the database."""
        return int(self._ask("SELECT count(*) FROM message WHERE kind = 'vitals'") or 0)

    def _ask(self, query: str) -> Any:
        """The first value of the first row of the outbox's file; None where there is none."""
        path = self._folder / "state" / "outbox.sqlite3"
        if not path.exists():
            return None
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as database:
            row = database.execute(query).fetchone()
        return None if row is None else row[0]

    def said_lost_after(self, begun_s: float) -> float | None:
        """Seconds from then until the gateway said that its link is lost; None: it has not."""
        for one in self.said:
            if one.at_s >= begun_s and one.is_lost:
                return one.at_s - begun_s
        return None


@asynccontextmanager
async def vehicle(
    folder: Path,
    monitor: Monitor,
    broker: tuple[str, int],
    pace: Pace,
    environment: Mapping[str, str],
    group: asyncio.TaskGroup,
) -> AsyncIterator[Vehicle]:
    """A vehicle whose gateway is stopped at the end, however that comes."""
    proxy = Proxy(*broker)
    await proxy.open()
    async with monitor.listening():
        found = Vehicle(folder, monitor, proxy, pace, environment, group)
        try:
            yield found
        finally:
            await found.stop()
            await proxy.close()
