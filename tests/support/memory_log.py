"""The event log's database in memory, below the production code: what PostgreSQL does, and no more.

`MemoryPool` stands where an asyncpg pool stands, so that `EventLog`, `fetch` and `IdentityStore`
run unchanged on it. It knows exactly the statements they send; any other is a bug here and raised.
`append_events` is the function of the first migration: compare the head, look for known command
ids, insert everything or nothing. `tests/integration/dispatch/test_log_contract.py` holds the real
database and this one to the same behaviour.

How long a statement travels, and whether it or its answer is lost, is the `Wire`'s business: a
statement takes effect where the wire executes it, whatever becomes of whoever asked.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

import asyncpg
import msgspec

Row = dict[str, Any]
Execute = Callable[[], list[Row]]
OnCommit = Callable[[list[Row], list[Row]], None]


class Wire(Protocol):
    """Carries a statement to the database and its rows back."""

    async def carry(self, execute: Execute, *, is_append: bool, timeout_s: float) -> list[Row]:
        """Raises what asyncpg raises when it fails: OSError, TimeoutError, PostgresError."""
        ...


class DirectWire:
    """Nothing between: a statement is executed at once."""

    async def carry(self, execute: Execute, *, is_append: bool, timeout_s: float) -> list[Row]:
        """Executed in the same turn of the loop."""
        return execute()


class MemoryDatabase:
    """One county's tables; every public method is one transaction that commits or raises."""

    def __init__(self) -> None:
        self.events: list[Row] = []
        self.outcomes: dict[str, Row] = {}
        self.identities: dict[str, bytes] = {}
        self.snapshots: dict[int, Row] = {}
        self.head = 0
        self.on_commit: OnCommit = lambda _events, _outcomes: None

    def execute(self, query: str, values: tuple[Any, ...]) -> list[Row]:
        """The rows of a statement; raises asyncpg's errors for what the database refuses."""
        for begins, answer in self._statements():
            if query.startswith(begins):
                return answer(*values)
        raise NotImplementedError(f"the database in memory does not know: {query}")

    def _statements(self) -> Iterator[tuple[str, Callable[..., list[Row]]]]:
        columns = "SELECT seq, recorded_at, occurred_at, actor::text, command_id, incident_id,"
        events = columns + " body::text FROM event WHERE "
        yield "SELECT append_events(", self._append
        yield events + "seq > $1 ORDER BY seq LIMIT $2", self._newer
        yield events + "incident_id = $1 ORDER BY seq", self._of_incident
        yield "SELECT seq FROM head", lambda: [{"seq": self.head}]
        yield "SELECT outcome::text FROM command_outcome", self._outcome
        yield "SELECT body FROM snapshot WHERE form = $1", self._snapshot
        yield "WITH kept AS (INSERT INTO snapshot", self._keep_snapshot
        yield "SELECT subject_id, body FROM identity", self._identities

    def _append(self, expected: int, events: str, outcomes: str, identities: str) -> list[Row]:
        if "\\u0000" in events + outcomes:
            raise asyncpg.UntranslatableCharacterError("\\u0000 cannot be converted to text")
        asked = [_outcome_row(row) for row in _decode(outcomes)]
        known = self.known([row["command_id"] for row in asked])
        if known or self.head != expected:
            return _answer(done=False, seq=self.head, known=known or None)
        new = [_event_row(row) for row in _decode(events)]
        sealed = {row["subject_id"]: _bytes(row["body"]) for row in _decode(identities)}
        self._refuse_twice([row["command_id"] for row in asked], ())
        self._refuse_twice([row["seq"] for row in new], [row["seq"] for row in self.events])
        self._refuse_twice([r["subject_id"] for r in _decode(identities)], self.identities)
        self.events.extend(new)
        self.outcomes |= {row["command_id"]: row for row in asked}
        self.identities |= sealed
        self.head = expected + len(new)
        self.on_commit(new, asked)
        return _answer(done=True, seq=self.head)

    def known(self, command_ids: list[str]) -> dict[str, Any]:
        """The outcomes of those commands that are settled."""
        found = {key: self.outcomes.get(key) for key in command_ids}
        return {key: row["outcome"] for key, row in found.items() if row is not None}

    @staticmethod
    def _refuse_twice(keys: list[Any], present: Any) -> None:
        """A primary key; the events' is looked up only where a number could repeat."""
        if len(set(keys)) < len(keys) or (present and set(keys) & set(present)):
            raise asyncpg.UniqueViolationError("duplicate key value violates unique constraint")

    def _newer(self, seq: int, limit: int) -> list[Row]:
        if seq >= self.head:
            return []
        return [dict(row) for row in self.events if row["seq"] > seq][:limit]

    def _of_incident(self, incident_id: str) -> list[Row]:
        return [dict(row) for row in self.events if row["incident_id"] == incident_id]

    def _outcome(self, command_id: str) -> list[Row]:
        row = self.outcomes.get(command_id)
        return [{"outcome": msgspec.json.encode(row["outcome"]).decode()}] if row else []

    def _snapshot(self, form: str, seq: int | None) -> list[Row]:
        fits = [
            number
            for number, row in self.snapshots.items()
            if row["form"] == form and (seq is None or number <= seq)
        ]
        return [{"body": self.snapshots[max(fits)]["body"]}] if fits else []

    def _keep_snapshot(self, seq: int, form: str, body: bytes, kept: int) -> list[Row]:
        """As PostgreSQL: the deletion sees the table as it was before the insertion."""
        before = sorted(self.snapshots)
        self.snapshots.setdefault(seq, {"form": form, "body": body})
        for old in before[:-kept]:
            del self.snapshots[old]
        return []

    def _identities(self, wanted: list[str]) -> list[Row]:
        return [
            {"subject_id": key, "body": self.identities[key]}
            for key in wanted
            if key in self.identities
        ]


class MemoryPool:
    """What the production code uses of an asyncpg pool."""

    def __init__(self, database: MemoryDatabase, wire: Wire | None = None) -> None:
        self._database = database
        self._wire = wire or DirectWire()

    async def acquire(self, *, timeout: float) -> "MemoryPool":  # noqa: ASYNC109
        """A connection, as good as the pool."""
        return self

    async def release(self, connection: "MemoryPool", *, timeout: float) -> None:  # noqa: ASYNC109
        """Nothing is held."""

    async def fetch(
        self,
        query: str,
        *values: Any,
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> list[Row]:
        """Rows by column name; raises as asyncpg does."""
        return await self._wire.carry(
            lambda: self._database.execute(query, values),
            is_append=query.startswith("SELECT append_events("),
            timeout_s=timeout,
        )


def _decode(text: str) -> list[Row]:
    rows: list[Row] = msgspec.json.decode(text)
    return rows


def _bytes(text: str) -> bytes:
    return msgspec.convert(text, bytes)


def _instant(text: str) -> datetime:
    """As timestamptz in UTC; a time without a zone is taken as UTC, as the session's zone is."""
    at = msgspec.convert(text, datetime)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _event_row(row: Row) -> Row:
    return {
        "seq": row["seq"],
        "recorded_at": _instant(row["recorded_at"]),
        "occurred_at": _instant(row["occurred_at"]),
        "actor": msgspec.json.encode(row["actor"]).decode(),
        "command_id": row["command_id"],
        "incident_id": row["incident_id"],
        "body": msgspec.json.encode(row["event"]).decode(),
    }


def _outcome_row(row: Row) -> Row:
    return {
        "command_id": row["command_id"],
        "recorded_at": _instant(row["recorded_at"]),
        "outcome": row["outcome"],
    }


def _answer(*, done: bool, seq: int, known: dict[str, Any] | None = None) -> list[Row]:
    body = {"done": done, "seq": seq} | ({} if done else {"known": known})
    return [{"answer": msgspec.json.encode(body).decode()}]
