"""Real servers for tests: PostgreSQL, Mosquitto and Redis as processes in temporary folders.

Each runs once per pytest process (so also once per xdist worker), on a free port, and ends with
it, however it ends. A program that is missing fails the tests that need it, with one sentence:
nothing is skipped. The fixtures over these functions are in tests/conftest.py.
"""

import asyncio
import re
import secrets
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

import asyncpg
import msgspec
import pytest

from deploy.embedded.broker import BrokerEndpoint, broker, mosquitto_program
from deploy.embedded.identity import settle
from deploy.embedded.postgres import Postgres, postgres
from deploy.embedded.process import Child, free_port, spawn

READY_WAIT_S = 20.0
DROP_TRIES = 100
STOP_WAIT_S = 5.0
MISSING = "{} is not installed: `make test` installs it as root, or names it"

T = TypeVar("T")


class Mosquitto(msgspec.Struct, frozen=True, kw_only=True):
    """A running broker and the logins it knows; ``devices`` maps a unit's id to its password."""

    host: str
    port: int
    core_user: str
    core_password: str
    devices: Mapping[str, str]
    endpoint: BrokerEndpoint

    @property
    def core_url(self) -> str:
        """The address with the core's login, as the settings take it."""
        return f"mqtt://{self.core_user}:{self.core_password}@{self.host}:{self.port}"


# Units of the demonstration county and two that belong to nobody.
DEVICE_USERS = (*(f"N{number:02d}" for number in range(1, 15)), "X01", "X02")


@contextmanager
def running(service: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """Hold an async context manager open from synchronous code, on a loop of its own."""
    with asyncio.Runner() as runner:
        value = runner.run(_enter(service))
        try:
            yield value
        finally:
            runner.run(_leave(service))


async def _enter(service: AbstractAsyncContextManager[T]) -> T:
    return await service.__aenter__()


async def _leave(service: AbstractAsyncContextManager[T]) -> None:
    await service.__aexit__(None, None, None)


@contextmanager
def service_folder() -> Iterator[Path]:
    """A temporary folder that services of other users can pass through, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="greenlane-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    with service_folder() as folder:
        admin_password, password = secrets.token_hex(8), secrets.token_hex(8)
        service = postgres(folder / "postgres", admin_password=admin_password, password=password)
        with running(service) as server:
            yield server


async def make_database(server: Postgres, name: str) -> str:
    """An empty database of the program's role; returns its DSN."""
    if not re.fullmatch(r"[a-z0-9_]{1,60}", name):
        raise ValueError(name)
    await _execute(server.dsn, f"create database {name}")
    return f"{server.dsn.rpartition('/')[0]}/{name}"


async def drop_database(server: Postgres, name: str) -> None:
    """Drop it with whoever is in it; the server's own vacuum is not ours to end, but it ends."""
    for _ in range(DROP_TRIES):
        try:
            await _execute(server.dsn, f"drop database if exists {name} with (force)")
        except asyncpg.InsufficientPrivilegeError:
            await _execute(server.dsn, "select pg_sleep(0.2)")
        else:
            return
    raise TimeoutError(f"{name} is still being vacuumed")


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn, timeout=READY_WAIT_S)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def mosquitto_server() -> Iterator[Mosquitto]:
    if mosquitto_program() is None:
        pytest.fail(MISSING.format("mosquitto"))
    core = ("core", secrets.token_hex(8))
    devices = {user: secrets.token_hex(8) for user in DEVICE_USERS}
    with service_folder() as folder:
        service = broker(folder / "broker", None, core, devices, kind="mosquitto")
        with running(service) as endpoint:
            yield Mosquitto(
                host=endpoint.host,
                port=endpoint.port,
                core_user=core[0],
                core_password=core[1],
                devices=devices,
                endpoint=endpoint,
            )


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of an empty Redis that writes nothing to disk."""
    with service_folder() as folder, running(_redis(folder)) as url:
        yield url


@asynccontextmanager
async def _redis(folder: Path) -> AsyncIterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.fail(MISSING.format("redis-server"))
    folder, identity = settle("redis", folder / "redis", [Path(program)], ("redis", "nobody"))
    password, port = secrets.token_hex(8), free_port()
    options = {"port": port, "bind": "127.0.0.1", "requirepass": password, "save": ""}
    options |= {"appendonly": "no", "dir": folder}
    child = spawn(
        "redis",
        [program, *(str(part) for name, value in options.items() for part in (f"--{name}", value))],
        identity=identity,
        log_file=folder / "redis.log",
        death_signal=signal.SIGTERM,
    )
    try:
        await _until_redis_answers(child, port, password)
        yield f"redis://:{password}@127.0.0.1:{port}/0"
    finally:
        await child.stop((signal.SIGTERM, STOP_WAIT_S))


async def _until_redis_answers(child: Child, port: int, password: str) -> None:
    async with asyncio.timeout(READY_WAIT_S):
        while not await _redis_answers(port, password):
            if child.returncode is not None:
                raise RuntimeError(child.log_tail())


async def _redis_answers(port: int, password: str) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(f"AUTH {password}\r\nPING\r\n".encode())
        replies = [await reader.readline(), await reader.readline()]
        return replies == [b"+OK\r\n", b"+PONG\r\n"]
    finally:
        writer.close()
        await writer.wait_closed()
