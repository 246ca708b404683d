"""A box enrolled by a one-time code speaks at once to the embedded broker, and not once revoked."""

import asyncio
import json
import stat
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from deploy.device_logins import follow_logins, watch_broker
from deploy.embedded.broker import broker
from deploy.embedded.mqtt_probe import signs_in
from dispatch.http.logins import BrokerLogins
from tests.support.services import service_folder
from tests.support.system import running_system

WAIT_S = 30.0
CORE = ("core", "core-of-a-test")


@pytest.fixture
def folder() -> Iterator[Path]:
    with service_folder() as found:
        yield found


async def until_sign_in(endpoint: Any, user: str, password: str, *, wanted: bool) -> None:
    """Wait until the broker does, or does not, let this login in."""
    async with asyncio.timeout(WAIT_S):
        while await signs_in(endpoint.host, endpoint.port, user, password) is not wanted:
            pass  # each try is a connection of its own


@pytest.mark.parametrize("kind", ["mosquitto", "iotcore"])
async def test_the_broker_follows_the_file_of_logins(folder: Path, kind: Any) -> None:
    path = folder / "secrets" / "mqtt-enrolled.json"
    logins, units = BrokerLogins(path), {"N07": "unit-seven"}
    async with (
        broker(folder / "broker", None, CORE, units, kind=kind) as endpoint,
        asyncio.TaskGroup() as group,
    ):
        tasks = [
            group.create_task(follow_logins(endpoint, units, path), name="follow"),
            group.create_task(watch_broker(endpoint), name="watch"),
        ]
        logins.put("N07-BOX", "N07", "first")
        await until_sign_in(endpoint, "N07-BOX", "first", wanted=True)
        logins.put("N07-BOX", "N07", "second")
        await until_sign_in(endpoint, "N07-BOX", "first", wanted=False)
        await until_sign_in(endpoint, "N07-BOX", "second", wanted=True)
        logins.drop("N07-BOX")
        await until_sign_in(endpoint, "N07-BOX", "second", wanted=False)
        await until_sign_in(endpoint, "N07", "unit-seven", wanted=True)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for task in tasks:
            task.cancel()


def gateway(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "deploy.gateway", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S, check=False)


@pytest.mark.slow
async def test_from_the_code_to_the_first_acknowledged_message(folder: Path) -> None:
    with running_system(folder / "data") as system:
        admin = system.sign_in("admin")
        wanted = {"unit_id": "N07", "device_id": "N07-BOX", "kind": "gateway"}
        made = admin.http.post("/api/devices/codes", json=wanted).json()
        assert made["broker_login"] is None  # our own broker is told by the program itself
        config = folder / "box" / "gateway.toml"
        door = f"mqtt://127.0.0.1:{system.mqtt_port}"
        options = ("--server", system.address, "--config", str(config), "--broker", door)
        done = gateway("enrol", "--code", made["code"], *options)
        assert done.returncode == 0, done.stderr
        found = tomllib.loads(config.read_text())
        assert (found["unit_id"], found["user"], found["broker"]) == ("N07", "N07-BOX", door)
        _check_files(config.parent)
        again = gateway("enrol", "--code", made["code"], *options)
        assert again.returncode == 1
        assert "ask for a new one" in again.stderr
        with config.open("a") as file:
            file.write('\n[[inputs]]\ntype = "ecg_folder"\ndevice = "NX07-MON"\nfolder = "ecg"\n')
        async with _running(config) as box:
            await _told(box, lambda said: said["is_connected"] and "confirmed_s" in said)
            report = admin.get("/api/devices")
            revoked = admin.http.post("/api/devices/revoke", json={"device_id": "N07-BOX"})
            assert revoked.status_code == 200
            await _told(box, lambda said: not said["is_connected"])
        unit = next(one for one in report["units"] if one["unit_id"] == "N07")
        devices = {one["device_id"]: one for one in unit["devices"]}
        assert devices["NX07-MON"]["link"]["version"]
        assert (devices["N07-BOX"]["kind"], devices["N07-BOX"]["problems"]) == ("gateway", [])
        assert not system.troubles()


def _check_files(folder: Path) -> None:
    for name in ("secret", "device.key"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    key = load_pem_private_key((folder / "device.key").read_bytes(), None)
    certificate = x509.load_pem_x509_certificate((folder / "device.pem").read_bytes())
    assert certificate.public_key() == key.public_key()


@asynccontextmanager
async def _running(config: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    box = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "deploy.gateway", "--config", str(config)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield box
    finally:
        box.terminate()
        await box.wait()


async def _told(box: asyncio.subprocess.Process, is_so: Callable[[dict[str, Any]], bool]) -> None:
    """Wait for a report of the box that says so; it gives one every ten seconds."""
    assert box.stdout is not None
    async with asyncio.timeout(2 * WAIT_S):
        while line := await box.stdout.readline():
            if is_so(json.loads(line)):
                return
    raise AssertionError("the box ended")
