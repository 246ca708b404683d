"""Signing in: people with argon2 passwords, sessions in a cookie, one-time tickets for sockets.

Sessions and tickets are stored as SHA-256 of a random token, so that the database cannot sign in.
Attempts are counted by login and address; a wrong login and a wrong password answer alike. What a
person may do is `dispatch.domain.permissions`, what is seen `dispatch.domain.views`.
"""

import asyncio
import hashlib
import secrets
from datetime import timedelta
from typing import Literal

import asyncpg
import msgspec
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from dispatch.domain.commands import Actor
from dispatch.errors import Refused
from dispatch.ids import CountyId, FacilityId, UnitId, UserId
from dispatch.limits import (
    LOGIN_TRIES_PER_QUARTER_HOUR,
    SESSION_LIFE_S,
    TICKET_LIFE_S,
)

Role = Literal["dispatcher", "crew", "hospital", "admin"]
TRY_WINDOW = timedelta(minutes=15)
_hasher = PasswordHash((Argon2Hasher(),))
_NOBODY_HASH = _hasher.hash(secrets.token_urlsafe(16))
"""Verified when the login is unknown, so that the answer takes as long."""


class NewUser(msgspec.Struct, frozen=True, kw_only=True):
    """A person to be added; the scope belongs to crew and hospital."""

    login: str
    name: str
    role: Role
    password: str
    unit_id: UnitId | None = None
    facility_id: FacilityId | None = None


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """The signed-in person."""

    user_id: UserId
    login: str
    name: str
    role: Role
    unit_id: UnitId | None
    facility_id: FacilityId | None
    county_id: CountyId

    def actor(self) -> Actor:
        """As the core knows the person."""
        return Actor(
            role=self.role,
            user_id=self.user_id,
            name=self.name,
            unit_id=self.unit_id,
            facility_id=self.facility_id,
        )


def token_hash(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


class AuthStore:
    """People, sessions, tickets and attempts in the county's schema."""

    def __init__(self, pool: asyncpg.Pool, county_id: CountyId) -> None:
        self._pool = pool
        self._county_id = county_id

    async def has_people(self) -> bool:
        """Whether anybody can sign in."""
        return bool(await self._pool.fetchval("SELECT EXISTS (SELECT 1 FROM app_user)"))

    async def add(self, people: list[NewUser]) -> None:
        """Add people; their passwords are hashed in a thread."""
        for person in people:
            hashed = await asyncio.to_thread(_hasher.hash, person.password)
            await self._pool.execute(
                "INSERT INTO app_user (user_id, login, name, role, unit_id, facility_id,"
                " password_hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                f"U-{secrets.token_hex(6)}",
                person.login,
                person.name,
                person.role,
                person.unit_id,
                person.facility_id,
                hashed,
            )

    async def sign_in(self, login: str, password: str, address: str) -> str:
        """Return a session token; raises ``Refused`` (bad_login, too_many_attempts)."""
        await self._check_attempts(login, address)
        row = await self._pool.fetchrow(
            "SELECT user_id, password_hash FROM app_user WHERE login = $1 AND NOT is_disabled",
            login,
        )
        stored = row["password_hash"] if row else _NOBODY_HASH
        is_right = await asyncio.to_thread(_hasher.verify, password, stored)
        if row is None or not is_right:
            await self._pool.execute(
                "INSERT INTO login_attempt (login, address) VALUES ($1, $2)", login[:100], address
            )
            raise Refused("bad_login")
        token = secrets.token_urlsafe(32)
        await self._pool.execute(
            "INSERT INTO session (token_hash, user_id, expires_at)"
            " VALUES ($1, $2, clock_timestamp() + $3::interval)",
            token_hash(token),
            row["user_id"],
            timedelta(seconds=SESSION_LIFE_S),
        )
        return token

    async def _check_attempts(self, login: str, address: str) -> None:
        row = await self._pool.fetchrow(
            "SELECT count(*) AS tries, min(at) AS first FROM login_attempt"
            " WHERE login = $1 AND address = $2 AND at > clock_timestamp() - $3::interval",
            login[:100],
            address,
            TRY_WINDOW,
        )
        if row["tries"] >= LOGIN_TRIES_PER_QUARTER_HOUR:
            raise Refused("too_many_attempts", retry_after_s=int(TRY_WINDOW.total_seconds()))

    async def me(self, token: str | None) -> Me:
        """The person of a session; raises ``Refused("not_signed_in")``."""
        row = await self._session(token_hash(token)) if token else None
        if row is None:
            raise Refused("not_signed_in")
        return self._me(row)

    def _me(self, row: asyncpg.Record) -> Me:
        return Me(
            user_id=row["user_id"],
            login=row["login"],
            name=row["name"],
            role=row["role"],
            unit_id=row["unit_id"],
            facility_id=row["facility_id"],
            county_id=self._county_id,
        )

    async def _session(self, hashed: bytes) -> asyncpg.Record | None:
        return await self._pool.fetchrow(
            "SELECT u.user_id, u.login, u.name, u.role, u.unit_id, u.facility_id"
            " FROM session s JOIN app_user u USING (user_id)"
            " WHERE s.token_hash = $1 AND s.expires_at > clock_timestamp() AND NOT u.is_disabled",
            hashed,
        )

    async def is_alive(self, hashed: bytes) -> bool:
        """Whether a session still stands; true while the database cannot say."""
        try:
            return await self._session(hashed) is not None
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return True  # a screen is never closed because the database is away

    async def sign_out(self, token: str) -> bytes:
        """End a session; returns the hash by which its sockets are found."""
        hashed = token_hash(token)
        await self._pool.execute("DELETE FROM session WHERE token_hash = $1", hashed)
        return hashed

    async def new_ticket(self, token: str) -> str:
        """A ticket for one WebSocket, bound to the session, good for half a minute."""
        ticket = secrets.token_urlsafe(24)
        await self._pool.execute(
            "INSERT INTO socket_ticket (ticket_hash, token_hash, expires_at)"
            " VALUES ($1, $2, clock_timestamp() + $3::interval)",
            token_hash(ticket),
            token_hash(token),
            timedelta(seconds=TICKET_LIFE_S),
        )
        return ticket

    async def use_ticket(self, ticket: str) -> tuple[Me, bytes]:
        """Spend a ticket; the person and the session's hash; raises ``Refused("bad_ticket")``."""
        hashed = await self._pool.fetchval(
            "DELETE FROM socket_ticket WHERE ticket_hash = $1 AND expires_at > clock_timestamp()"
            " RETURNING token_hash",
            token_hash(ticket),
        )
        row = await self._session(hashed) if hashed is not None else None
        if row is None:
            raise Refused("bad_ticket")
        return self._me(row), hashed

    async def note_view(self, me: Me, audience: str, action: str, seq: int) -> None:
        """Keep who was looking when, for replay."""
        await self._pool.execute(
            "INSERT INTO viewed (user_id, audience, action, seq) VALUES ($1, $2, $3, $4)",
            me.user_id,
            audience,
            action,
            seq,
        )

    async def sweep(self) -> None:
        """Remove what has run out."""
        await self._pool.execute("DELETE FROM session WHERE expires_at < clock_timestamp()")
        await self._pool.execute("DELETE FROM socket_ticket WHERE expires_at < clock_timestamp()")
        await self._pool.execute(
            "DELETE FROM login_attempt WHERE at < clock_timestamp() - $1::interval", 4 * TRY_WINDOW
        )
