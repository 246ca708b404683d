"""The secrets a running system makes for itself, in files only its owner can read.

Each is made once, whole or not at all: a complete temporary file is linked to its name, so a crash
leaves no half secret and of two starters one wins and both read the same.

Not here: people's passwords (dispatch keeps argon2 hashes) and TLS keys (an administrator's).
"""

import base64
import json
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from deploy.embedded import limits
from dispatch.errors import Unavailable

IDENTITY_KEY_BYTES = 32  # AES-256
_PASSWORD_BYTES = 24  # 192 random bits: beyond guessing even for a fast hash
_DEVICES_FILE = "mqtt-devices.json"


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What the embedded services and the identity store need to start."""

    postgres_admin: str
    postgres: str
    mqtt_core: str
    identity_key: str  # base64 of IDENTITY_KEY_BYTES random bytes

    def __repr__(self) -> str:
        """Nothing that could reach a log."""
        return "Secrets(…)"


def load(folder: Path) -> Secrets:
    """The secrets of ``folder`` (made 0700 if absent), created where missing.

    Raises Unavailable when a secret file is open to others or not a file of ours.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Secrets(
        postgres_admin=_kept(folder / "postgres-admin", _password),
        postgres=_kept(folder / "postgres", _password),
        mqtt_core=_kept(folder / "mqtt-core", _password),
        identity_key=_kept(folder / "identity-key", _key),
    )


def devices_file(folder: Path) -> Path:
    """Where the devices' broker passwords are: one JSON object, user to password."""
    return folder / _DEVICES_FILE


def load_devices(folder: Path, users: Iterable[str]) -> dict[str, str]:
    """Broker passwords of ``users``; new users get one, known users keep theirs."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = devices_file(folder)
    known: dict[str, str] = json.loads(_read(path)) if path.exists() else {}
    wanted = {user: known.get(user) or _password() for user in users}
    if len(wanted) > limits.DEVICES_MAX:
        raise Unavailable("secrets", f"{len(wanted)} devices; at most {limits.DEVICES_MAX}")
    merged = known | wanted
    if merged != known:
        _replace(path, merged)
    return wanted


def _password() -> str:
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(IDENTITY_KEY_BYTES)).decode("ascii")


def _kept(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        temporary = _written(path, make())
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass  # another starter was first: his secret is the secret
        finally:
            temporary.unlink()
        _sync(path.parent)
    return _read(path)


def _replace(path: Path, values: Mapping[str, str]) -> None:
    _written(path, json.dumps(dict(sorted(values.items())), indent=1)).replace(path)
    _sync(path.parent)


def _written(path: Path, text: str) -> Path:
    """A complete, synced 0600 file beside ``path``; never an existing one."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _read(path: Path) -> str:
    facts = path.lstat()
    if not stat.S_ISREG(facts.st_mode) or facts.st_size > limits.SECRET_FILE_BYTES_MAX:
        raise Unavailable("secrets", f"{path} is not a secret file of ours")
    if stat.S_IMODE(facts.st_mode) & 0o077:
        raise Unavailable("secrets", f"{path} is open to other users; make it 0600")
    text = path.read_text(encoding="utf-8").strip()
    if not text:
        raise Unavailable("secrets", f"{path} is empty")
    return text


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
