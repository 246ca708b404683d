"""The door: session cookie, foreign origins, size of bodies; and how errors become answers."""

import re
import uuid
from typing import Any, TypeVar

import msgspec
from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from dispatch.domain.commands import Command
from dispatch.errors import BadPayload, GreenlaneError, Refused, Unavailable
from dispatch.http.auth import Me
from dispatch.http.services import Services
from dispatch.limits import BODY_BYTES_MAX
from telemetry.decode import read_plain

T = TypeVar("T")
CommandT = TypeVar("CommandT", bound=Command)
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""The escape that JSON allows and PostgreSQL's text does not; a second backslash makes it plain."""
COOKIE = "greenlane_session"
STATUS_OF_CODE = {
    "bad_login": 401,
    "not_signed_in": 401,
    "bad_ticket": 401,
    "too_many_attempts": 429,
    "not_permitted": 403,
    "foreign_origin": 403,
    "unknown_incident": 404,
    "unknown_patient": 404,
    "not_found": 404,
}


def services(connection: HTTPConnection) -> Services:
    """The parts of this process."""
    found: Services = connection.app.state.services
    return found


async def signed_in(request: Request) -> Me:
    """The person of the request; raises ``Refused("not_signed_in")``."""
    return await services(request).auth.me(request.cookies.get(COOKIE))


def is_own_origin(connection: HTTPConnection) -> bool:
    """Whether the request comes from a page of this site, or from a program without a cookie."""
    origin = connection.headers.get("origin")
    if origin is None:
        return COOKIE not in connection.cookies
    allowed = services(connection).settings.public_origins
    return origin in allowed or origin.split("://", 1)[-1] == _host(connection.headers)


def _host(headers: Headers) -> str:
    return headers.get("host", "")


def check_origin(request: Request) -> None:
    """Raise ``Refused("foreign_origin")`` for a request that another site made."""
    if request.method not in ("GET", "HEAD", "OPTIONS") and not is_own_origin(request):
        raise Refused("foreign_origin")


async def body_of(request: Request) -> bytes:
    """The body within the limit; raises ``BadPayload``."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_BYTES_MAX:
            raise BadPayload("too_large", f"the body is larger than {BODY_BYTES_MAX} bytes")
        parts.append(part)
    return b"".join(parts)


def decode(kind: type[T], raw: bytes) -> T:
    """A struct from its JSON; raises ``BadPayload`` saying where it breaks the contract."""
    try:
        read_plain(raw)  # refuses duplicate keys, NaN, deep nesting, lone surrogates
        if NUL.search(raw):
            raise BadPayload("malformed", "a character U+0000 is no text")
        return msgspec.json.decode(raw, type=kind)
    except BadPayload as error:
        raise BadPayload("malformed", error.detail) from error
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadPayload("malformed", str(error)) from error


def decode_command(kind: type[CommandT], raw: bytes) -> CommandT:
    """A command of a person; its id must be a UUID, the names of deadlines are the system's own."""
    command = decode(kind, raw)
    try:
        uuid.UUID(command.command_id)
    except ValueError as error:
        raise BadPayload("malformed", "command_id is not a UUID") from error
    return command


def answer(value: Any, status: int = 200) -> Response:
    """A JSON answer of msgspec values; never cached: it may hold a patient."""
    return Response(
        msgspec.json.encode(value),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def error_answer(error: GreenlaneError) -> Response:
    """One of the three families as an answer."""
    if isinstance(error, Refused):
        body = {"code": error.code, "params": error.params}
        return answer(body, STATUS_OF_CODE.get(error.code, 409))
    if isinstance(error, BadPayload):
        status = 413 if error.reason == "too_large" else 400
        return answer({"code": error.reason, "params": {"detail": error.detail}}, status)
    detail = error.dependency if isinstance(error, Unavailable) else ""
    return answer({"code": "unavailable", "params": {"dependency": detail}}, 503)
