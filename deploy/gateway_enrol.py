"""`greenlane gateway enrol`: a code of the administrator becomes this box's login and certificate.

The box makes its own key; only a request for a certificate leaves it. Beside the configuration are
written: `secret` (the broker's password), `device.key`, `device.pem`, `device-ca.pem`; the first
two are 0600. A configuration that exists is never changed: what must stand in it is said.

Not here: running (deploy.gateway); giving out codes (dispatch.http.enrolment).
"""

import os
import secrets
import tomllib
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
import msgspec
import typer

from dispatch.errors import Refused, Unavailable
from dispatch.http.device_ca import key_pem, new_key, request_of

_TIMEOUT_S = 20.0
_ANSWER_BYTES_MAX = 65_536
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SENTENCES = {
    "bad_code": "the code is wrong, was used, or its quarter of an hour is over: ask for a new one",
    "too_many_attempts": "too many wrong codes from here: wait a quarter of an hour",
}


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What the centre answers; fields beyond these are the future's."""

    county_id: str
    unit_id: str
    device_id: str
    user: str
    password: str
    certificate: str
    ca: str


def enrol(
    server: Annotated[str, typer.Option(help="The centre's address, https://….")],
    code: Annotated[str, typer.Option(help="The eight characters from the administrator.")],
    config: Annotated[Path, typer.Option(help="This box's TOML file, made when absent.")],
    broker: Annotated[
        str, typer.Option(help="mqtt(s)://host:port for a file that is made.")
    ] = "mqtts://BROKER:8883",
    *,
    plain_http: Annotated[
        bool, typer.Option(help="Allow http:// beyond this machine: code and password are seen.")
    ] = False,
) -> None:
    """Exchange a one-time code for this box's login and certificate."""
    _check_server(server, plain_http)
    wanted = _present(config)
    key = new_key()
    found = _ask(server, code, request_of(key))
    folder = config.resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    password_file = folder / str(wanted.get("password_file", "secret"))
    _private(password_file, found.password.encode())
    _private(folder / "device.key", key_pem(key))
    (folder / "device.pem").write_text(found.certificate)
    (folder / "device-ca.pem").write_text(found.ca)
    if not wanted:
        config.write_text(_configuration(found, broker))
    typer.echo(f"enrolled as {found.device_id} of {found.unit_id}; login in {password_file}")
    for line in _to_change(found, wanted):
        typer.echo(f"{config}: change to {line}")


def _check_server(server: str, plain_http: bool) -> None:
    parts = urlsplit(server)
    is_plain = parts.scheme == "http" and (plain_http or parts.hostname in _LOOPBACK)
    if parts.hostname is None or not (parts.scheme == "https" or is_plain):
        fault = "write https://host; http:// beyond this machine only with --plain-http"
        raise Refused("gateway_config", file="--server", fault=fault)


def _present(config: Path) -> dict[str, Any]:
    """What an existing configuration says; read before the code is spent."""
    if not config.exists():
        return {}
    try:
        return tomllib.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused("gateway_config", file=str(config), fault=str(error)) from error


def _ask(server: str, code: str, request: str) -> Credential:
    url = server.rstrip("/") + "/api/devices/enrol"
    try:
        answer = httpx.post(
            url, json={"code": code, "certificate_request": request}, timeout=_TIMEOUT_S
        )
    except httpx.HTTPError as error:
        raise Unavailable("centre", f"{url}: {error}") from error
    if answer.is_success and len(answer.content) <= _ANSWER_BYTES_MAX:
        try:
            return msgspec.json.decode(answer.content, type=Credential)
        except msgspec.DecodeError as error:
            raise Unavailable("centre", f"{url} answers something else: {error}") from error
    raise Refused("not_enrolled", why=_why(answer))


def _why(answer: httpx.Response) -> str:
    try:
        found = msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.DecodeError:
        return f"HTTP {answer.status_code}"
    code = str(found.get("code", ""))
    return _SENTENCES.get(code, f"HTTP {answer.status_code} {code}")


def _configuration(found: Credential, broker: str) -> str:
    return f"""\
county_id = "{found.county_id}"
unit_id = "{found.unit_id}"
user = "{found.user}"
broker = "{broker}"
password_file = "secret"
state = "state"
# A broker that asks for certificates, and one whose own is not of a public authority:
# certificate = "device.pem"
# key = "device.key"
# ca = "broker-ca.pem"

# Now name what is plugged in, such as:
# [[inputs]]
# type = "nmea"
# device = "{found.unit_id}-GPS"
# source = "serial:/dev/ttyS0?baud=9600"
"""


def _to_change(found: Credential, wanted: dict[str, Any]) -> list[str]:
    """The lines of an existing configuration that say something else."""
    if not wanted:
        return []
    right = {"county_id": found.county_id, "unit_id": found.unit_id, "user": found.user}
    lines = [f'{name} = "{value}"' for name, value in right.items() if wanted.get(name) != value]
    if "password_file" not in wanted:
        lines.append('password_file = "secret"')
    return lines


def _private(path: Path, content: bytes) -> None:
    """A whole file that only its owner reads, in the place of what was there."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
