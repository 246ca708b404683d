"""Enrolled devices' logins brought to the embedded broker, now and whenever they change.

Not here: who is enrolled (dispatch writes the file) and how the broker is told (deploy.embedded).
"""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path

from deploy.embedded import limits
from deploy.embedded.broker import BrokerEndpoint
from dispatch.errors import GreenlaneError, Unavailable
from dispatch.http.logins import BrokerLogins

DEVICES_FILE = "mqtt-enrolled.json"
_LOG = logging.getLogger(__name__)


async def follow_logins(endpoint: BrokerEndpoint, units: Mapping[str, str], path: Path) -> None:
    """Let the units (login to password) and the devices in the file at ``path`` in; for ever.

    The file is looked at twice a second: it may be written by another process.
    """
    logins, known = BrokerLogins(path), None
    while True:
        version = _version(path)
        if version != known:
            try:
                await _apply(endpoint, units, logins)
                known = version
            except (GreenlaneError, ValueError, OSError) as error:
                _LOG.error("the broker was not told of the enrolled devices: %s", error)
        await asyncio.sleep(limits.LOGINS_LOOK_S)


async def _apply(endpoint: BrokerEndpoint, units: Mapping[str, str], logins: BrokerLogins) -> None:
    devices = logins.read()
    passwords = {name: one.password for name, one in devices.items()}
    await endpoint.set_devices(
        {**passwords, **units}, {name: one.unit_id for name, one in devices.items()}
    )


async def watch_broker(endpoint: BrokerEndpoint) -> None:
    """Raise Unavailable when the broker ends by itself; one that is restarted has not."""
    while True:
        child = endpoint.child
        code = await child.wait()
        while endpoint.is_restarting:  # noqa: ASYNC110 - it ends within its own bounds
            await asyncio.sleep(limits.READY_POLL_S)
        if endpoint.child is child:
            raise Unavailable(child.name, f"ended with {code} while in use; see {child.log_file}")


def _version(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.stat()
    except FileNotFoundError:
        return None
    return facts.st_mtime_ns, facts.st_ino
