"""The centre: PostgreSQL, Mosquitto and the server, each a real process that can be killed.

The server is `greenlane run` with both services given by URL, so it is one process that serves and
ingests. It reaches the database through a proxy. Its clock can be set off where libfaketime is
installed.
"""

import asyncio
import json
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from prometheus_client.parser import text_string_to_metric_families

from deploy.embedded.broker import BrokerEndpoint, broker
from deploy.embedded.postgres import Postgres, postgres
from deploy.embedded.process import free_port
from tests.chaos.pace import Pace
from tests.support.processes import ROOT
from tests.support.proxy import Proxy, proxy
from tests.support.serving import KEY
from tests.support.system import Person

START_S: Final = 90.0
STOP_S: Final = 30.0
LOG_LINES: Final = 60
CORE_USER: Final = "core"


class Centre:
    """Everything but the vehicles."""

    def __init__(self, folder: Path, pace: Pace, environment: dict[str, str]) -> None:
        self.log: list[str] = []
        self.passwords = {f"N{number:02d}": secrets.token_hex(12) for number in range(1, 15)}
        self.broker_port, self.http_port = free_port(), free_port()
        self._postgres_port = free_port()
        self._words = (secrets.token_hex(12), secrets.token_hex(12), secrets.token_hex(12))
        self._folder = folder
        self._pace = pace
        self._environment = environment
        self._services = AsyncExitStack()
        self.group: asyncio.TaskGroup
        self.database: Postgres
        self.database_proxy: Proxy
        self.broker: BrokerEndpoint
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._is_open = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def data(self) -> Path:
        return self._folder / "data"

    @property
    def broker_file(self) -> Path:
        """Where Mosquitto keeps its sessions."""
        return self._folder / "broker" / "mosquitto.db"

    @property
    def server_code(self) -> int | None:
        """None while the server runs; negative for the signal that ended it."""
        assert self._process is not None
        return self._process.returncode

    @asynccontextmanager
    async def running(self, group: asyncio.TaskGroup) -> AsyncIterator["Centre"]:
        """Started in the order of need, and ended the other way round."""
        self.group = group
        async with self._services:
            await self.start_database()
            await self.start_broker()
            target = ("127.0.0.1", self._postgres_port)
            self.database_proxy = await self._services.enter_async_context(proxy(*target))
            try:
                await self.start_server()
                yield self
            finally:
                await self._stop_server()

    async def start_database(self) -> None:
        """Start PostgreSQL, on the files it has."""
        admin, word, _ = self._words
        service = postgres(
            self._folder / "postgres",
            admin_password=admin,
            password=word,
            port=self._postgres_port,
        )
        self.database = await self._services.enter_async_context(service)

    async def stop_database(self) -> int:
        """An immediate shutdown, as of a power cut; returns how it ended."""
        self.database.child.send(signal.SIGQUIT)
        async with asyncio.timeout(STOP_S):
            return await self.database.child.wait()

    async def start_broker(self) -> None:
        """Start Mosquitto, on the files it has."""
        core = (CORE_USER, self._words[2])
        folder = self._folder / "broker"
        service = broker(folder, self.broker_port, core, self.passwords, kind="mosquitto")
        self.broker = await self._services.enter_async_context(service)

    async def kill_broker(self) -> int:
        """SIGKILL; returns how it ended."""
        self.broker.child.send(signal.SIGKILL)
        async with asyncio.timeout(STOP_S):
            return await self.broker.child.wait()

    async def save_broker(self) -> int:
        """Have Mosquitto write its sessions to the disk; returns the size of the file."""
        written = self._written()
        self.broker.child.send(signal.SIGUSR1)
        await self._pace.until(lambda: self._written() > written, STOP_S, "the broker's file")
        return self.broker_file.stat().st_size

    def _written(self) -> float:
        return self.broker_file.stat().st_mtime if self.broker_file.exists() else 0.0

    async def start_server(self) -> float:
        """Start the server; returns the seconds until it was open."""
        begun_s = self._pace.now_s()
        self._is_open = False
        program = Path(sys.executable).parent / "greenlane"
        options = ("--data", str(self.data), "--port", str(self.http_port))
        self._process = await asyncio.create_subprocess_exec(
            *(str(program), "run", *options),
            cwd=ROOT,
            env=os.environ | self._settings() | self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._reader = self.group.create_task(self._read(self._process), name="server's log")
        await self._pace.until(self._has_opened, START_S, "the server open")
        return self._pace.now_s() - begun_s

    def _has_opened(self) -> bool:
        if self.server_code is not None:
            raise RuntimeError(f"the server ended at its start:\n{self.last_words()}")
        return self._is_open

    def _settings(self) -> dict[str, str]:
        parts = urlsplit(self.database.dsn)
        through = f"{parts.username}:{parts.password}@127.0.0.1:{self.database_proxy.port}"
        mqtt = f"mqtt://{CORE_USER}:{self._words[2]}@127.0.0.1:{self.broker_port}"
        return {
            "GREENLANE_DATABASE_URL": f"postgresql://{through}{parts.path}",
            "GREENLANE_MQTT_URL": mqtt,
            "GREENLANE_IDENTITY_KEY": KEY,
            "PYTHONUNBUFFERED": "1",
        }

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            text = line.decode(errors="replace")
            self.log.append(text)
            self._is_open = self._is_open or "Greenlane is open" in text

    async def kill_server(self) -> int:
        """SIGKILL; returns how it ended. Raises RuntimeError when it had ended by itself."""
        assert self._process is not None
        if self.server_code is not None:
            raise RuntimeError(f"the server had ended by itself:\n{self.last_words()}")
        self._process.kill()
        return await self._ended()

    def last_words(self) -> str:
        """The end of the server's log."""
        return "".join(self.log[-LOG_LINES:])

    async def _stop_server(self) -> None:
        if self._process is None or self._process.returncode is not None:
            return
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

    async def health(self) -> dict[str, Any] | None:
        """What the server says of itself; None while it does not answer."""
        found: dict[str, Any] | None = await self._get("/api/health", lambda answer: answer.json())
        return found

    async def counters(self) -> dict[str, float]:
        """The server's counters by name, labels added up; empty while it does not answer."""
        return await self._get("/metrics", _counters) or {}

    async def _get(self, path: str, read: Any) -> Any:
        try:
            async with httpx.AsyncClient(base_url=self.address, timeout=5) as client:
                return read(await client.get(path))
        except httpx.HTTPError:
            return None

    def entry(self, role: str, scope: str | int = 0) -> dict[str, str]:
        """The login of the n-th dispatcher, or of a unit's crew."""
        found: dict[str, str] = json.loads((self.data / "logins.json").read_text())[role][scope]
        return found

    def person(self, role: str, scope: str | int = 0) -> Person:
        """Somebody signed in."""
        entry = self.entry(role, scope)
        return Person(self.address, entry["login"], entry["password"])


def _counters(answer: httpx.Response) -> dict[str, float]:
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0.0) + sample.value
    return found
