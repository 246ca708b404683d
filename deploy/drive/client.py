"""One signed-in person's HTTP session: commands and questions through the public API.

A server that is away, busy or restarting is waited for: the same request is sent again, a command
with the same ``command_id``, so that nothing takes effect twice. A refusal is an answer and is
returned. Contract: docs/contracts/http-and-websocket.md.
"""

import asyncio
import random
import uuid
from typing import Any, Final

import httpx
import msgspec
import structlog

from deploy.drive import limits

log = structlog.get_logger("drive")

_OK: Final = 200
_NOT_SIGNED_IN: Final = 401
_CONFLICT: Final = 409
_TOO_MANY: Final = 429
_AWAY: Final = frozenset({502, 503, 504})


class DriveError(Exception):
    """The drive cannot go on as it was started; the message says what to change."""


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """What one person types to sign in."""

    login: str
    password: str

    def __repr__(self) -> str:
        """Without the password: this reaches logs."""
        return f"Login({self.login})"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a command: accepted with what was made, or refused with a code."""

    is_accepted: bool
    code: str = ""
    params: dict[str, Any] = {}
    made: dict[str, str] = {}


class Session:
    """A browser's part of one person: cookie, Origin, retries; ``me`` is known after sign-in."""

    def __init__(self, http_url: str, login: Login, rng: random.Random) -> None:
        self.url = http_url.rstrip("/")
        self.me: dict[str, Any] = {}
        self._login = login
        self._rng = rng
        self._is_away = False
        self._client = httpx.AsyncClient(
            base_url=self.url,
            headers={"Origin": self.url},
            timeout=limits.HTTP_WAIT_S,
            trust_env=False,  # a desktop's proxy settings are not meant for the county's own server
        )

    @property
    def name(self) -> str:
        """The login, for the log."""
        return self._login.login

    @property
    def cookies(self) -> str:
        """The Cookie header of this session, for the WebSocket handshake."""
        return "; ".join(f"{name}={value}" for name, value in self._client.cookies.items())

    async def close(self) -> None:
        """Close the connections; the server's session ends by itself."""
        await self._client.aclose()

    async def sign_in(self) -> None:
        """Sign in, waiting for the server; raises DriveError for a wrong login or password."""
        body = {"login": self._login.login, "password": self._login.password}
        response = await self._sent("POST", "/api/session", body)
        if response.status_code != _OK:
            raise DriveError(f"cannot sign in as {self.name}: {_code(response)}")
        self.me = response.json()

    async def command(self, command: str, **fields: object) -> Outcome:
        """Send one command until its outcome is known; a refusal is logged and returned."""
        body = {"command_id": str(uuid.uuid4())} | {
            key: value for key, value in fields.items() if value is not None
        }
        response = await self._signed("POST", f"/api/commands/{command}", body)
        answer = _json(response)
        if response.status_code == _OK:
            return Outcome(is_accepted=True, made=answer.get("made") or {})
        code = str(answer.get("code") or f"http_{response.status_code}")
        params = answer.get("params") or {}
        is_expected = response.status_code == _CONFLICT
        (log.info if is_expected else log.warning)(
            "refused", by=self.name, command=command, code=code, **_told(params)
        )
        return Outcome(is_accepted=False, code=code, params=params)

    async def get(self, path: str) -> dict[str, Any] | None:
        """Ask; None when the server says no (not found, not permitted, not computable)."""
        response = await self._signed("GET", path, None)
        if response.status_code == _OK:
            return _json(response)
        log.info("no answer", by=self.name, path=path, code=_code(response))
        return None

    async def ticket(self) -> str:
        """A one-time WebSocket ticket."""
        response = await self._signed("POST", "/api/ticket", {})
        ticket = _json(response).get("ticket")
        if not isinstance(ticket, str):
            raise httpx.TransportError(f"no ticket: {_code(response)}")
        return ticket

    async def _signed(self, method: str, path: str, body: object) -> httpx.Response:
        """As `_sent`, signing in again once when the session has ended."""
        response = await self._sent(method, path, body)
        if response.status_code == _NOT_SIGNED_IN:
            await self.sign_in()
            response = await self._sent(method, path, body)
        return response

    async def _sent(self, method: str, path: str, body: object) -> httpx.Response:
        """One request until the server answers anything but "away"; waits are jittered."""
        wait_s = limits.RETRY_FIRST_S
        while True:
            try:
                response = await self._client.request(
                    method, path, json=body if method == "POST" else None
                )
            except httpx.TransportError as error:
                self._note_away(type(error).__name__)
            else:
                if response.status_code == _TOO_MANY:
                    wait_s = max(wait_s, float(_params(response).get("retry_after_s") or 1))
                elif response.status_code not in _AWAY:
                    self._is_away = False
                    return response
                self._note_away(f"http_{response.status_code}")
            await asyncio.sleep(wait_s * (0.5 + self._rng.random() / 2))
            wait_s = min(wait_s * 2, limits.RETRY_MAX_S)

    def _note_away(self, why: str) -> None:
        if not self._is_away:
            self._is_away = True
            log.info("waiting for the server", by=self.name, why=why)


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _params(response: httpx.Response) -> dict[str, Any]:
    answer = _json(response)
    params = answer.get("params")
    return answer | params if isinstance(params, dict) else answer


def _code(response: httpx.Response) -> str:
    return str(_json(response).get("code") or f"http_{response.status_code}")


def _told(params: dict[str, Any]) -> dict[str, str]:
    """A refusal's parameters for the log, under names that cannot collide with its own."""
    return {f"param_{key}": str(value)[:100] for key, value in params.items()}
