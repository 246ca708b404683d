"""The logins of enrolled devices for the embedded broker: one private file, whole at every moment.

`greenlane run` hands it to its broker and does so again when it changes. The password is there in
plain because the fallback broker knows no hashes; the file is 0600 like the others of its folder.

Not here: the units' own logins, which `greenlane run` makes; brokers of other people.
"""

import os
import secrets
from pathlib import Path

import msgspec


class DeviceLogin(msgspec.Struct, frozen=True, kw_only=True):
    """What a device signs in with, beside its id; ``unit_id`` is whose topics it may write."""

    unit_id: str
    password: str


class BrokerLogins:
    """The file at ``path``; writers take turns by the database's lock on the enrolments."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, DeviceLogin]:
        """All logins by device id; none where there is no file."""
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        return msgspec.json.decode(raw, type=dict[str, DeviceLogin])

    def put(self, device_id: str, unit_id: str, password: str) -> None:
        """Let this device in; its login before ends."""
        login = DeviceLogin(unit_id=unit_id, password=password)
        self._write({**self.read(), device_id: login})

    def drop(self, device_id: str) -> None:
        """Let this device in no more."""
        self._write({name: one for name, one in self.read().items() if name != device_id})

    def _write(self, logins: dict[str, DeviceLogin]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(logins, order="sorted")))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)
