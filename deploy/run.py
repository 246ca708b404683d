"""`greenlane run`: the whole system in the foreground, with what is not given by URL embedded.

Order of birth: lock on the data folder, secrets, PostgreSQL, broker, the program, then (when it
answers) the drive. Death goes the other way round and happens as a whole: a database or broker
that ends by itself ends the program with a sentence, never leaves it half alive.

Not here: the program itself (dispatch.app), which is handed in; the services (deploy/embedded).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tomllib
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from pydantic import SecretStr

from deploy.device_logins import DEVICES_FILE, follow_logins, watch_broker
from deploy.embedded import limits, secrets
from deploy.embedded.broker import broker
from deploy.embedded.identity import Identity
from deploy.embedded.postgres import postgres
from deploy.embedded.process import Child, spawn
from deploy.lock import data_folder
from dispatch.errors import Refused, Unavailable

if TYPE_CHECKING:
    from dispatch.app import Role, Running
    from dispatch.settings import Settings

    Ready = Callable[[Running], None]
    Program = Callable[[Settings, frozenset[Role], Ready], Awaitable[None]]

Watcher = Callable[[], Coroutine[Any, Any, None]]

CORE_USER = "core"  # the program's own login at the broker
LOGINS_FILE = "logins.txt"  # written by the program at its first start, 0600


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asked for; a port of None takes a free one."""

    drive: bool = True
    recordings: tuple[Path, ...] = ()
    postgres_port: int | None = None
    mqtt_port: int | None = None


async def run_embedded(
    settings: Settings,
    roles: frozenset[Role],
    plan: Plan,
    program: Program,
    say: Callable[[str], None],
) -> None:
    """Run until cancelled or until the program returns; nothing is left running.

    Raises Refused when the data folder is in use, Unavailable when a service fails.
    """
    with data_folder(settings.data_folder) as folder:
        async with AsyncExitStack() as services:
            watched, settings = await _start_services(services, settings, folder, plan)
            await _supervise(settings, roles, plan, program, say, watched=watched)


def unit_ids(county_folder: Path) -> list[str]:
    """The ids in a county's units.toml: each unit is one broker login.

    Raises Refused("county_unreadable") naming file and fault.
    """
    path = county_folder / "units.toml"
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["unit"]
        return [str(entry["id"]) for entry in entries]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise Refused("county_unreadable", file=str(path), fault=str(error)) from error


async def _start_services(
    services: AsyncExitStack, settings: Settings, folder: Path, plan: Plan
) -> tuple[dict[str, Watcher], Settings]:
    """Start what has no URL; returns who watches over it and the settings filled in."""
    secrets_folder = folder / "secrets"
    ours = secrets.load(secrets_folder)
    watched: dict[str, Watcher] = {}
    filled: dict[str, object] = {"data_folder": folder}
    if settings.identity_key is None:
        filled["identity_key"] = SecretStr(ours.identity_key)
    if settings.database_url is None:
        server = await services.enter_async_context(
            postgres(
                folder / "postgres",
                admin_password=ours.postgres_admin,
                password=ours.postgres,
                port=plan.postgres_port,
            )
        )
        watched["watch postgresql"] = partial(_watch, server.child)
        filled["database_url"] = server.dsn
    if settings.mqtt_url is None:
        devices = secrets.load_devices(secrets_folder, unit_ids(settings.county_folder))
        core = (CORE_USER, ours.mqtt_core)
        endpoint = await services.enter_async_context(
            broker(folder / "broker", plan.mqtt_port, core, devices)
        )
        logins = secrets_folder / DEVICES_FILE
        watched["watch mqtt broker"] = partial(watch_broker, endpoint)
        watched["device logins"] = partial(follow_logins, endpoint, devices, logins)
        filled["mqtt_logins_file"] = logins
        filled["mqtt_url"] = f"mqtt://{CORE_USER}:{core[1]}@{endpoint.host}:{endpoint.port}"
    return watched, settings.model_copy(update=filled)


async def _supervise(
    settings: Settings,
    roles: frozenset[Role],
    plan: Plan,
    program: Program,
    say: Callable[[str], None],
    *,
    watched: dict[str, Watcher],
) -> None:
    """The program and, beside it, the watchers of the services and the drive."""
    running: asyncio.Future[Running] = asyncio.get_running_loop().create_future()

    def ready(state: Running) -> None:
        _announce(state, settings.data_folder / LOGINS_FILE, say)
        if not running.done():
            running.set_result(state)

    async with asyncio.TaskGroup() as group:
        beside = [group.create_task(watch(), name=name) for name, watch in watched.items()]
        if plan.drive:
            beside.append(group.create_task(_drive(settings, plan, running, say), name="drive"))
        core = group.create_task(_as_coroutine(program(settings, roles, ready)), name="program")
        core.add_done_callback(lambda _: [task.cancel() for task in beside])


async def _as_coroutine(work: Awaitable[None]) -> None:
    await work


async def _watch(child: Child) -> None:
    code = await child.wait()
    raise Unavailable(child.name, f"ended with {code} while in use; see {child.log_file}")


def _announce(state: Running, logins: Path, say: Callable[[str], None]) -> None:
    say(f"Greenlane is open at {state.address}")
    if logins.exists():
        say(f"Logins (kept in {logins}):")
        say(logins.read_text(encoding="utf-8").rstrip())
    say("Ctrl-C stops everything.")


async def _drive(
    settings: Settings, plan: Plan, running: asyncio.Future[Running], say: Callable[[str], None]
) -> None:
    """Play the county against the open system; its end is said and harms nothing else."""
    state = await running
    child = spawn(
        "drive",
        drive_command(settings, plan, state.address),
        identity=Identity(mode="same", user_id=os.geteuid(), group_id=os.getegid()),
        log_file=settings.data_folder / "drive.log",
        death_signal=signal.SIGTERM,
    )
    try:
        code = await child.wait()
        say(f"The drive ended with {code}; see {child.log_file}")
    finally:
        await child.stop((signal.SIGTERM, limits.HARD_STOP_WAIT_S))


def drive_command(settings: Settings, plan: Plan, address: str) -> list[str | Path]:
    """The drive's command line: it gets the doors and the files with its logins, no secrets."""
    doors = ["--http", address, "--mqtt", _without_login(settings.mqtt_url or "")]
    folder = settings.data_folder
    command: list[str | Path] = [sys.executable, "-P", "-m", "deploy.drive", *doors]
    command += ["--county", settings.county_folder.resolve(), "--logins", folder / "logins.json"]
    command += ["--mqtt-passwords", secrets.devices_file(folder / "secrets")]
    for recording in plan.recordings:
        command += ["--recordings", recording.resolve()]
    return command


def _without_login(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
