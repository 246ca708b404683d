"""The embedded MQTT 5 broker: Mosquitto where it is installed, else the wheel `iotcore`.

    async with broker(folder, None, ("core", secret), {"N07": secret}) as endpoint:
        endpoint.host, endpoint.port, endpoint.kind

Loopback only, nobody anonymous, every queue bounded. A broker's acknowledgement is not durability:
a device keeps a sample until the *core* acknowledged it (telemetry), so that losing this process
loses nothing.

Not here: brokers of other people, which come as a URL, and the topics' contract (telemetry).
"""

import asyncio
import importlib.util
import os
import secrets
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from deploy.embedded import iotcore, limits, mosquitto
from deploy.embedded.identity import Identity, settle
from deploy.embedded.mqtt_probe import signs_in
from deploy.embedded.process import Child, free_port, require_free, spawn
from deploy.embedded.residents import wait_until_left
from dispatch.errors import Refused, Unavailable

SERVICE = "mqtt broker"
HOST = "127.0.0.1"
Kind = Literal["mosquitto", "iotcore"]
Credentials = tuple[str, str]
_ACCOUNTS = ("mosquitto", "nobody")
_SYSTEM_FOLDERS = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"  # Debian: not in users' PATH


class BrokerEndpoint:
    """A running broker of ours; ``child`` changes when the fallback broker is restarted."""

    def __init__(
        self, folder: Path, kind: Kind, port: int, core: Credentials, identity: Identity
    ) -> None:
        self.host = HOST
        self.port = port
        self.kind = kind
        self._folder = folder
        self._core = core
        self._identity = identity
        self.is_restarting = False
        self.child: Child

    async def set_devices(
        self, devices: Mapping[str, str], units: Mapping[str, str] | None = None
    ) -> None:
        """Let exactly ``devices`` (user to password) and the core in.

        A user is a unit's id, or a device's whose unit is in ``units``. Mosquitto reads the files
        again; the fallback has no such command and is restarted, its clients come back by
        themselves. Raises Refused for a name that cannot be a login.
        """
        self._write(devices, units)
        if self.kind == "mosquitto":
            self.child.send(signal.SIGHUP)
            return
        self.is_restarting = True
        try:
            await self._stop()
            await self._launch()
        finally:
            self.is_restarting = False

    def _write(self, devices: Mapping[str, str], units: Mapping[str, str] | None = None) -> None:
        core, core_password = self._core
        for user in (*devices, *(units or {}).values()):
            mosquitto.check_user(user)
        if core in devices:
            raise Refused("mqtt_user_invalid", user=core)
        if len(devices) > limits.DEVICES_MAX:
            raise Refused("too_many_devices", limit=limits.DEVICES_MAX)
        users = {**devices, core: core_password}
        for name, text in self._files(users, units).items():
            _replace(self._folder / name, text, self._identity)

    def _files(self, users: Mapping[str, str], units: Mapping[str, str] | None) -> dict[str, str]:
        if self.kind == "iotcore":
            return {"iotcore.toml": iotcore.configuration(self.port, users)}
        return {
            "mosquitto.conf": mosquitto.configuration(self._folder, self.port),
            "passwords": mosquitto.password_file(users, secrets.token_bytes(16)),
            "acl": mosquitto.access_rules(self._core[0], units),
        }

    async def _launch(self) -> None:
        """Start the process and wait until the core can sign in."""
        self.child = spawn(
            SERVICE,
            _command(self.kind, self._folder),
            identity=self._identity,
            log_file=self._folder / f"{self.kind}.log",
            death_signal=signal.SIGTERM,
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        )
        try:
            async with asyncio.timeout(limits.READY_WAIT_S):
                while not await signs_in(self.host, self.port, *self._core):
                    self._still_running()
                    await asyncio.sleep(limits.READY_POLL_S)
            self._still_running()
        except TimeoutError as error:
            await self._stop()
            raise Unavailable(SERVICE, f"no answer; see {self.child.log_file}") from error
        except BaseException:
            await self._stop()
            raise

    def _still_running(self) -> None:
        if self.child.returncode is not None:
            raise Unavailable(SERVICE, f"did not start: {self.child.log_tail()}")

    async def _stop(self) -> None:
        await self.child.stop((signal.SIGTERM, limits.HARD_STOP_WAIT_S))


@asynccontextmanager
async def broker(
    folder: Path,
    port: int | None,
    core_credentials: Credentials,
    device_credentials: Mapping[str, str],
    *,
    kind: Kind | None = None,
) -> AsyncIterator[BrokerEndpoint]:
    """Start a broker whose files lie in ``folder`` and stop it at the end.

    ``port`` None takes a free one; ``kind`` None takes the best one installed. Raises Unavailable
    with a sentence for the administrator, Refused for a name that cannot be a login.
    """
    kind = kind or ("mosquitto" if mosquitto_program() else "iotcore")
    folder, identity = settle(SERVICE, folder, _needed(kind), _ACCOUNTS)
    command = _command(kind, folder)
    await wait_until_left(SERVICE, (str(command[-2]), Path(command[-1])))
    if port is not None:
        require_free(SERVICE, port)
    endpoint = await _start(
        lambda chosen: BrokerEndpoint(folder, kind, chosen, core_credentials, identity),
        port,
        device_credentials,
    )
    try:
        yield endpoint
    finally:
        await endpoint._stop()


async def _start(
    make: Callable[[int], BrokerEndpoint], port: int | None, devices: Mapping[str, str]
) -> BrokerEndpoint:
    """Try the configured port once, free ones a few times (another may take it meanwhile)."""
    for attempt in range(limits.FREE_PORT_TRIES):
        endpoint = make(port or free_port())
        endpoint._write(devices)
        try:
            await endpoint._launch()
        except Unavailable:
            lost_port = "in use" in endpoint.child.log_tail().lower()
            if port is None and lost_port and attempt < limits.FREE_PORT_TRIES - 1:
                continue
            raise
        return endpoint
    raise Unavailable(SERVICE, "no free port")


def mosquitto_program() -> Path | None:
    """Mosquitto's program, or None where it is not installed."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path=_SYSTEM_FOLDERS)
    return Path(found) if found else None


def _command(kind: Kind, folder: Path) -> list[str | Path]:
    if kind == "iotcore":
        module = "deploy.embedded.iotcore_child"
        # -P: the program's own folder holds a secrets.py that must not hide Python's
        return [sys.executable, "-P", "-m", module, folder / "iotcore.toml"]
    program = mosquitto_program()
    if program is None:
        raise Unavailable(SERVICE, "mosquitto is not installed")
    return [program, "-c", folder / "mosquitto.conf"]


def _needed(kind: Kind) -> list[Path]:
    """What the process must be able to read."""
    if kind == "mosquitto":
        program = mosquitto_program()
        return [program] if program else []
    found = importlib.util.find_spec("iotcore")
    if found is None or found.origin is None:
        raise Unavailable(SERVICE, "neither mosquitto nor the wheel iotcore is installed")
    own_code = Path(__file__).with_name("iotcore_child.py")
    standard_library = Path(os.__file__)
    return [Path(sys.executable), standard_library, Path(found.origin), own_code]


def _replace(path: Path, text: str, identity: Identity) -> None:
    """Write a 0600 file of ``identity`` whole: the broker may read it at any moment."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    if identity.mode == "drop":
        os.chown(temporary, identity.user_id, identity.group_id)
    temporary.replace(path)
