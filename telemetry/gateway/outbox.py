"""The vehicle's durable outbox: nothing measured is forgotten before the server has committed it.

One SQLite file per vehicle (WAL, synchronous=FULL). `put` gives a message its sequence number and
has both on the disk before it returns, so a kill or a power cut between measuring and publishing
loses nothing and never uses a number twice. Only the server's application ack removes a message;
the broker's PUBACK is not durability (500 acknowledged, 0 delivered after a broker kill).

Identity is (device, boot, seq): one counter per device, one boot id for the whole file, kept over
restarts and new only when the file is re-created or when it overflowed.

Overflow policy: beyond the limit the oldest vitals go first, then positions, then statuses, a tenth
of the file at once, counted. The lost numbers would be a hole that holds back the server's
contiguous acknowledgement for ever, so everything that is left is numbered anew under a new boot
id. A message that the server had committed but not yet acknowledged may then arrive twice under two
names; those are the oldest, and the first to go.

Not here: MQTT (`publisher`) and what a payload means (`telemetry.contract`).
"""

import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import msgspec

from dispatch.ids import DeviceId
from telemetry.gateway import limits

Kind = Literal["vitals", "position", "status"]
CONTRACT_VERSION: Final = 1

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS boot (number INTEGER PRIMARY KEY, boot_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counter (device_id TEXT PRIMARY KEY, last_seq INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tally (name TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    device_id TEXT NOT NULL, boot_id TEXT NOT NULL, seq INTEGER NOT NULL,
    kind TEXT NOT NULL, payload BLOB NOT NULL,
    UNIQUE (device_id, boot_id, seq)
);
"""
_NEXT_SEQ: Final = """
INSERT INTO counter (device_id, last_seq) VALUES (?, 1)
ON CONFLICT (device_id) DO UPDATE SET last_seq = last_seq + 1 RETURNING last_seq
"""
_OLDEST_BY_WORTH: Final = """
DELETE FROM message WHERE number IN (
    SELECT number FROM message
    ORDER BY CASE kind WHEN 'vitals' THEN 0 WHEN 'position' THEN 1 ELSE 2 END, number LIMIT ?)
"""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One stored message; ``payload`` is the JSON exactly as it is published every time."""

    device_id: DeviceId
    boot_id: str
    seq: int
    kind: Kind
    payload: bytes


class Outbox:
    """The durable queue of one vehicle; safe to use from several threads of one process."""

    def __init__(self, path: Path, *, messages_max: int = limits.OUTBOX_MESSAGES_MAX) -> None:
        """Open or create ``path``; a file that is no SQLite database is moved aside, not lost."""
        self._messages_max = messages_max
        self._lock = threading.Lock()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._db = _opened(path)
        except sqlite3.OperationalError:
            raise  # locked, full or not permitted: the file itself is sound
        except sqlite3.DatabaseError:
            path.replace(path.with_name(f"{path.name}.broken-{secrets.token_hex(4)}"))
            for beside in ("-wal", "-shm"):
                path.with_name(path.name + beside).unlink(missing_ok=True)
            self._db = _opened(path)
        row = self._db.execute("SELECT boot_id FROM boot ORDER BY number DESC LIMIT 1").fetchone()
        self._boot_id: str = row[0] if row else self._new_boot()
        self._count: int = self._db.execute("SELECT count(*) FROM message").fetchone()[0]

    @property
    def boot_id(self) -> str:
        """The boot id of new messages (26 characters of the contract's alphabet)."""
        return self._boot_id

    def put(
        self, device_id: DeviceId, kind: Kind, observed_at: datetime, body: Mapping[str, object]
    ) -> Message:
        """Number ``body``, wrap it in the contract's envelope, store it; on the disk on return.

        ``observed_at`` is UTC. Raises sqlite3.Error when the disk refuses (full, read-only): the
        caller then knows that the sample is not safe.
        """
        with self._lock, self._transaction():
            if self._count >= self._messages_max:
                self._let_go()
            seq = self._db.execute(_NEXT_SEQ, (device_id,)).fetchone()[0]
            payload = _enveloped(self._boot_id, seq, {"observed_at": observed_at, **body})
            self._db.execute(
                "INSERT INTO message (device_id, boot_id, seq, kind, payload) VALUES (?,?,?,?,?)",
                (device_id, self._boot_id, seq, kind, payload),
            )
            self._count += 1
            return Message(
                device_id=device_id, boot_id=self._boot_id, seq=seq, kind=kind, payload=payload
            )

    def will(self, device_id: DeviceId, observed_at: datetime) -> Message:
        """A status `offline` for the broker to publish should the connection end without a word.

        It is numbered in a boot of its own: most wills are never published, and a hole in the
        outbox's own numbers would hold back its acknowledgement.
        """
        with self._lock, self._transaction():
            self._count_up("wills", 1)
            seq = self._tally("wills")
            boot_id = f"{self._boot_id}-w"
        body = {"state": "offline"}
        payload = _enveloped(boot_id, seq, {"observed_at": observed_at, **body})
        return Message(
            device_id=device_id, boot_id=boot_id, seq=seq, kind="status", payload=payload
        )

    def acknowledge(
        self, device_id: DeviceId, boot_id: str, contiguous: int, selective: Sequence[int] = ()
    ) -> int:
        """Forget what the server has committed: all up to ``contiguous`` and those listed.

        Returns how many messages were forgotten; an old or repeated ack forgets none.
        """
        with self._lock, self._transaction():
            gone = self._db.execute(
                "DELETE FROM message WHERE device_id = ? AND boot_id = ? AND seq <= ?",
                (device_id, boot_id, contiguous),
            ).rowcount
            for seq in selective[: limits.SELECTIVE_MAX]:
                gone += self._db.execute(
                    "DELETE FROM message WHERE device_id = ? AND boot_id = ? AND seq = ?",
                    (device_id, boot_id, seq),
                ).rowcount
            self._count -= gone
            return gone

    def pending(self, limit: int) -> list[Message]:
        """The oldest ``limit`` messages that no ack has covered, oldest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT device_id, boot_id, seq, kind, payload FROM message"
                " ORDER BY number LIMIT ?",
                (limit,),
            ).fetchall()
        return [
            Message(device_id=device, boot_id=boot, seq=seq, kind=kind, payload=payload)
            for device, boot, seq, kind, payload in rows
        ]

    def count(self) -> int:
        """Messages that wait for the server's ack."""
        return self._count

    def dropped(self) -> int:
        """Messages ever let go because the outbox was full."""
        with self._lock:
            return self._tally("dropped")

    def close(self) -> None:
        """Close the file; stored messages stay."""
        with self._lock:
            self._db.close()

    def _new_boot(self) -> str:
        boot_id = secrets.token_hex(13)
        self._db.execute("INSERT INTO boot (boot_id) VALUES (?)", (boot_id,))
        self._db.execute("DELETE FROM counter")
        return boot_id

    def _let_go(self) -> None:
        surplus = self._count - self._messages_max + 1
        wanted = max(surplus, self._messages_max // limits.OUTBOX_DROP_PART)
        gone = self._db.execute(_OLDEST_BY_WORTH, (wanted,)).rowcount
        self._count_up("dropped", gone)
        self._count -= gone
        self._boot_id = self._new_boot()
        rows = self._db.execute("SELECT number, device_id, payload FROM message ORDER BY number")
        for number, device_id, payload in rows.fetchall():
            seq = self._db.execute(_NEXT_SEQ, (device_id,)).fetchone()[0]
            self._db.execute(
                "UPDATE message SET boot_id = ?, seq = ?, payload = ? WHERE number = ?",
                (
                    self._boot_id,
                    seq,
                    _enveloped(self._boot_id, seq, msgspec.json.decode(payload)),
                    number,
                ),
            )

    def _count_up(self, name: str, by: int) -> None:
        self._db.execute(
            "INSERT INTO tally (name, count) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET count = count + excluded.count",
            (name, by),
        )

    def _tally(self, name: str) -> int:
        row = self._db.execute("SELECT count FROM tally WHERE name = ?", (name,)).fetchone()
        return row[0] if row else 0

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit on success; otherwise undo on the disk and in what is remembered of it."""
        count, boot_id = self._count, self._boot_id
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self._count, self._boot_id = count, boot_id
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise


def _enveloped(boot_id: str, seq: int, body: Mapping[str, object]) -> bytes:
    own = {"v": CONTRACT_VERSION, "boot_id": boot_id, "seq": seq}
    rest = {key: value for key, value in body.items() if key not in own}
    return msgspec.json.encode(own | rest)


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(
        path, timeout=limits.OUTBOX_BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")  # each commit is on the disk before we publish
        database.executescript(_SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database
