"""The event log in PostgreSQL: append in one round trip under the head-row lock, read in order.

Sequence numbers are dense and in commit order because they are given under the row lock of `head`;
a reader asking for "after mine" can miss nothing. An append that the network or a timeout cut off
has an *unknown* outcome: asking again with the same command ids tells which.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from dispatch.domain import events as e
from dispatch.domain.commands import Actor
from dispatch.domain.world import World
from dispatch.ids import CommandId
from dispatch.limits import EVENTS_PER_READ_MAX, SNAPSHOTS_KEPT
from dispatch.log.database import fetch

_event = msgspec.json.Decoder(e.AnyEvent)
_actor = msgspec.json.Decoder(Actor)


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a command; the same for every retry."""

    outcome: str
    command_id: CommandId
    seq: int = 0
    events: tuple[str, ...] = ()
    made: dict[str, str] = {}
    code: str = ""
    params: dict[str, str | float | int | None] = {}


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """One row for `command_outcome`."""

    command_id: CommandId
    recorded_at: datetime
    outcome: Outcome


class Appended(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of an append: done, or the present head and the outcomes already known."""

    done: bool
    seq: int
    known: dict[str, Outcome] | None = None


_appended = msgspec.json.Decoder(Appended)
_outcome = msgspec.json.Decoder(Outcome)
FORM = hashlib.sha256(msgspec.json.encode(msgspec.json.schema(World))).hexdigest()
"""Names the shape of World: a snapshot of another shape is not used."""


class EventLog:
    """The log of one county over a connection pool."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def append(
        self,
        expected_seq: int,
        envelopes: Sequence[e.Envelope],
        settled: Sequence[Settled],
        identities: Sequence[dict[str, str]],
    ) -> Appended:
        """Try once; raises ``Unavailable`` when the outcome is unknown.

        What the database refuses as wrong in itself is a bug of ours and raised as it is.
        """
        encode = msgspec.json.encode
        rows = await fetch(
            self._pool,
            "append",
            "SELECT append_events($1, $2::jsonb, $3::jsonb, $4::jsonb)::text AS answer",
            expected_seq,
            encode(envelopes).decode(),
            encode(settled).decode(),
            encode(identities).decode(),
        )
        return _appended.decode(rows[0]["answer"])

    async def read_after(self, seq: int, limit: int = EVENTS_PER_READ_MAX) -> list[e.Envelope]:
        """Events newer than ``seq``, oldest first; raises ``Unavailable``."""
        rows = await self._fetch(
            "SELECT seq, recorded_at, occurred_at, actor::text, command_id, incident_id,"
            " body::text FROM event WHERE seq > $1 ORDER BY seq LIMIT $2",
            seq,
            limit,
        )
        return [_envelope(row) for row in rows]

    async def of_incident(self, incident_id: str) -> list[e.Envelope]:
        """All events of one incident, oldest first."""
        rows = await self._fetch(
            "SELECT seq, recorded_at, occurred_at, actor::text, command_id, incident_id,"
            " body::text FROM event WHERE incident_id = $1 ORDER BY seq",
            incident_id,
        )
        return [_envelope(row) for row in rows]

    async def read_between(self, after: int, upto: int) -> list[e.Envelope]:
        """Events with ``after < seq <= upto``, in pages, oldest first."""
        found: list[e.Envelope] = []
        while after < upto:
            page = await self.read_after(after)
            if not page:
                break
            found.extend(envelope for envelope in page if envelope.seq <= upto)
            after = page[-1].seq
        return found

    async def head(self) -> int:
        """The newest sequence number."""
        return int((await self._fetch("SELECT seq FROM head"))[0]["seq"])

    async def outcome(self, command_id: str) -> Outcome | None:
        """What became of a command, if it is known."""
        rows = await self._fetch(
            "SELECT outcome::text FROM command_outcome WHERE command_id = $1", command_id
        )
        return _outcome.decode(rows[0]["outcome"]) if rows else None

    async def snapshot_before(self, seq: int | None = None) -> World:
        """The newest usable snapshot at or before ``seq``; an empty world where there is none."""
        rows = await self._fetch(
            "SELECT body FROM snapshot WHERE form = $1 AND seq <= coalesce($2, seq)"
            " ORDER BY seq DESC LIMIT 1",
            FORM,
            seq,
        )
        return msgspec.json.decode(rows[0]["body"], type=World) if rows else World()

    async def save_snapshot(self, world: World) -> None:
        """Keep a snapshot; it only saves time, the log is the truth."""
        body = msgspec.json.encode(world)
        await self._fetch(
            "WITH kept AS (INSERT INTO snapshot (seq, form, body) VALUES ($1, $2, $3)"
            " ON CONFLICT (seq) DO NOTHING)"
            " DELETE FROM snapshot WHERE seq < (SELECT min(seq) FROM (SELECT seq FROM snapshot"
            " ORDER BY seq DESC LIMIT $4) newest)",
            world.seq,
            FORM,
            body,
            SNAPSHOTS_KEPT,
        )

    async def _fetch(self, query: str, *values: Any) -> list[asyncpg.Record]:
        return await fetch(self._pool, "read", query, *values)


def _envelope(row: asyncpg.Record) -> e.Envelope:
    return e.Envelope(
        seq=row["seq"],
        recorded_at=row["recorded_at"],
        occurred_at=row["occurred_at"],
        actor=_actor.decode(row["actor"]),
        command_id=CommandId(row["command_id"]),
        incident_id=row["incident_id"],
        event=_event.decode(row["body"]),
    )
