"""Programs the tests start and kill: `python -m tests.integration.deploy.children WHAT FOLDER`.

They stand for `greenlane run`, so that its sudden death can be watched from outside. Each prints
one JSON line when its service is ready, then waits until it is ended.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

from deploy.embedded.broker import broker
from deploy.embedded.postgres import postgres
from deploy.lock import data_folder
from deploy.run import Plan, run_embedded
from deploy.signals import until_signalled
from dispatch.settings import Settings

PASSWORDS = {"admin_password": "admin-of-a-test", "password": "role-of-a-test"}
COUNTY = Path(__file__).resolve().parents[3] / "deploy" / "counties" / "nanxian"
CORE = ("core", "core-of-a-test")


def say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


async def keep_postgres(folder: Path) -> None:
    async with postgres(folder, **PASSWORDS) as server:
        say(pid=server.child.pid, dsn=server.dsn)
        await asyncio.Event().wait()


async def keep_broker(folder: Path, kind: str) -> None:
    async with broker(folder, None, CORE, {}, kind=kind) as endpoint:  # type: ignore[arg-type]
        say(pid=endpoint.child.pid, port=endpoint.port)
        await asyncio.Event().wait()


async def keep_lock(folder: Path) -> None:
    with data_folder(folder):
        say(pid=0)
        await asyncio.Event().wait()


class Running(NamedTuple):
    address: str


async def program(settings: Settings, _roles: frozenset[str], ready: Any) -> None:
    """Stands where dispatch.app.run stands: shows what it was given and stays."""
    ready(Running("http://127.0.0.1:0"))
    key = settings.identity_key.get_secret_value() if settings.identity_key else ""
    doors = {"database_url": settings.database_url, "mqtt_url": settings.mqtt_url}
    say(pid=os.getpid(), identity_key=key, **doors)
    await asyncio.Event().wait()


async def keep_run(folder: Path) -> None:
    settings = Settings(county_folder=COUNTY, data_folder=folder)
    plan = Plan(drive=False)
    await until_signalled(run_embedded(settings, frozenset(), plan, program, quiet))


def quiet(_sentence: str) -> None:
    """The announcement is for people; this program's standard output is for a test."""


def main() -> None:
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "postgres":
        asyncio.run(keep_postgres(folder))
    elif what == "run":
        asyncio.run(keep_run(folder))
    elif what == "lock":
        asyncio.run(keep_lock(folder))
    else:
        asyncio.run(keep_broker(folder, what))


if __name__ == "__main__":
    main()
