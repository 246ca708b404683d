"""The vehicle's durable outbox: nothing measured is forgotten before the server has committed it.

One SQLite file per vehicle (WAL, synchronous=FULL). `put` gives a message its sequence number and
has both on the disk before it returns, so a kill or a power cut between measuring and publishing
loses nothing and never uses a number twice. Only the server's application ack removes a message;
the broker's PUBACK is not durability (500 acknowledged, 0 delivered after a broker kill).

Identity is (device, boot, seq). Three streams, each with a boot id and one counter per device of
its own, so that what may wait never holes the numbers of what may not: the main one (statuses, link
reports, vitals, positions), ECG files, waveforms. `pending` gives one stream, the oldest first. A
boot id is kept over restarts and new only when the file is re-created or the stream overflowed.

Overflow policy: beyond the limit of messages or bytes the oldest waveforms go first, then vitals,
positions, ECG parts, and statuses last, a tenth of the limit at once, counted by kind. The lost
numbers would be a hole that holds back the server's contiguous acknowledgement for ever, so what is
left of that stream is numbered anew under a new boot id. A message that the server had committed
but not yet acknowledged may then arrive twice under two names; those are the oldest, and the first
to go.

Not here: MQTT (`publisher`) and what a payload means (`telemetry.contract`).
"""

import secrets
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import msgspec

from dispatch.ids import DeviceId
from telemetry.contract import VERSION, Kind
from telemetry.gateway import limits

Stream = Literal["", "-e", "-f"]
"""What ends the boot id: nothing in the main stream, "-e" with ECG files, "-f" with waveforms."""
STREAM_OF: Final[Mapping[Kind, Stream]] = {
    "status": "",
    "link": "",
    "vitals": "",
    "position": "",
    "ecg": "-e",
    "waveform": "-f",
}
_RANK: Final[Mapping[Stream, int]] = {"": 0, "-e": 1, "-f": 2}
_WORTH: Final[tuple[tuple[Kind, ...], ...]] = (
    ("waveform",),
    ("vitals",),
    ("position",),
    ("ecg",),
    ("status", "link"),
)
"""What is let go of first when the disk is full."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS boot (number INTEGER PRIMARY KEY, boot_id TEXT NOT NULL,
    stream TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS counter (device_id TEXT NOT NULL, stream TEXT NOT NULL,
    last_seq INTEGER NOT NULL, PRIMARY KEY (device_id, stream));
CREATE TABLE IF NOT EXISTS tally (name TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    device_id TEXT NOT NULL, boot_id TEXT NOT NULL, seq INTEGER NOT NULL,
    kind TEXT NOT NULL, rank INTEGER NOT NULL, payload BLOB NOT NULL,
    UNIQUE (device_id, boot_id, seq)
);
CREATE INDEX IF NOT EXISTS message_by_rank ON message (rank, number);
"""
_NEXT_SEQ: Final = """
INSERT INTO counter (device_id, stream, last_seq) VALUES (?, ?, 1)
ON CONFLICT (device_id, stream) DO UPDATE SET last_seq = last_seq + 1 RETURNING last_seq
"""
_COLUMNS: Final = "SELECT count(*) FROM pragma_table_info('counter')"
_COLUMNS_BEFORE_STREAMS: Final = 2
_TO_STREAMS: Final = """
BEGIN IMMEDIATE;
ALTER TABLE boot ADD COLUMN stream TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
ALTER TABLE counter RENAME TO counter_before;
CREATE TABLE counter (device_id TEXT NOT NULL, stream TEXT NOT NULL,
    last_seq INTEGER NOT NULL, PRIMARY KEY (device_id, stream));
INSERT INTO counter SELECT device_id, '', last_seq FROM counter_before;
DROP TABLE counter_before;
COMMIT;
"""
"""An outbox from before there were streams: all of it belongs to the main one."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One stored message; ``payload`` is the JSON exactly as it is published every time."""

    device_id: DeviceId
    boot_id: str
    seq: int
    kind: Kind
    payload: bytes


class Outbox:
    """The durable queue of one vehicle; safe to use from several threads of one process."""

    def __init__(
        self,
        path: Path,
        *,
        messages_max: int = limits.OUTBOX_MESSAGES_MAX,
        bytes_max: int = limits.OUTBOX_BYTES_MAX,
    ) -> None:
        """Open or create ``path``; a file that is no SQLite database is moved aside.

        ``bytes_max`` bounds the payloads, which are nearly all of the file.
        """
        self._messages_max, self._bytes_max = messages_max, bytes_max
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
        self._boots: dict[Stream, str] = dict(
            self._db.execute("SELECT stream, boot_id FROM boot ORDER BY number")
        )
        for stream in _RANK:
            if stream not in self._boots:
                self._boots[stream] = self._new_boot(stream)
        self._count: int
        self._bytes: int
        self._count, self._bytes = self._db.execute(
            "SELECT count(*), coalesce(sum(length(payload)), 0) FROM message"
        ).fetchone()

    @property
    def boot_id(self) -> str:
        """The boot id of the main stream's new messages (26 characters of the contract)."""
        return self._boots[""]

    @property
    def boots(self) -> tuple[str, ...]:
        """The boot ids of all streams; another one after an overflow."""
        return tuple(self._boots.values())

    def put(
        self, device_id: DeviceId, kind: Kind, observed_at: datetime, body: Mapping[str, object]
    ) -> Message:
        """Number ``body``, wrap it in the contract's envelope, store it; on the disk on return.

        ``observed_at`` is UTC. Raises sqlite3.Error when the disk refuses (full, read-only): the
        caller then knows that the sample is not safe.
        """
        stream = STREAM_OF[kind]
        with self._lock, self._transaction():
            if self._count >= self._messages_max or self._bytes >= self._bytes_max:
                self._let_go()
            seq = self._db.execute(_NEXT_SEQ, (device_id, stream)).fetchone()[0]
            boot_id = self._boots[stream]
            payload = _enveloped(boot_id, seq, {"observed_at": observed_at, **body})
            self._db.execute(
                "INSERT INTO message (device_id, boot_id, seq, kind, rank, payload)"
                " VALUES (?,?,?,?,?,?)",
                (device_id, boot_id, seq, kind, _RANK[stream], payload),
            )
            self._count += 1
            self._bytes += len(payload)
            return Message(
                device_id=device_id, boot_id=boot_id, seq=seq, kind=kind, payload=payload
            )

    def will(self, device_id: DeviceId, observed_at: datetime) -> Message:
        """A status `offline` for the broker to publish should the connection end without a word.

        It is numbered in a boot of its own: most wills are never published, and a hole in the
        outbox's own numbers would hold back its acknowledgement.
        """
        with self._lock, self._transaction():
            self._count_up("wills", 1)
            seq = self._tally("wills")
            boot_id = f"{self.boot_id}-w"
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
            gone = self._delete(
                "device_id = ? AND boot_id = ? AND seq <= ?", (device_id, boot_id, contiguous)
            )
            for seq in selective[: limits.SELECTIVE_MAX]:
                gone += self._delete(
                    "device_id = ? AND boot_id = ? AND seq = ?", (device_id, boot_id, seq)
                )
            return gone

    def pending(self, limit: int, stream: Stream = "") -> list[Message]:
        """The oldest ``limit`` messages of a stream that no ack has covered, oldest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT device_id, boot_id, seq, kind, payload FROM message WHERE rank = ?"
                " ORDER BY number LIMIT ?",
                (_RANK[stream], limit),
            ).fetchall()
        return [
            Message(device_id=device, boot_id=boot, seq=seq, kind=kind, payload=payload)
            for device, boot, seq, kind, payload in rows
        ]

    def count(self) -> int:
        """Messages that wait for the server's ack."""
        return self._count

    def size_bytes(self) -> int:
        """The payloads that wait for the server's ack."""
        return self._bytes

    def waiting(self) -> dict[Kind, int]:
        """Messages that wait, by kind."""
        with self._lock:
            rows = self._db.execute("SELECT kind, count(*) FROM message GROUP BY kind").fetchall()
        return dict(rows)

    def dropped(self) -> dict[Kind, int]:
        """Messages ever let go because the outbox was full, by kind."""
        with self._lock:
            return {kind: lost for kinds in _WORTH for kind in kinds if (lost := self._tally(kind))}

    def close(self) -> None:
        """Close the file; stored messages stay."""
        with self._lock:
            self._db.close()

    def _new_boot(self, stream: Stream) -> str:
        boot_id = secrets.token_hex(13) + stream
        self._db.execute("INSERT INTO boot (boot_id, stream) VALUES (?, ?)", (boot_id, stream))
        self._db.execute("DELETE FROM counter WHERE stream = ?", (stream,))
        return boot_id

    def _let_go(self) -> None:
        """Delete until a tenth of the limit that was reached is free again."""
        part = limits.OUTBOX_DROP_PART
        messages = self._count - self._messages_max + max(1, self._messages_max // part)
        wanted_bytes = self._bytes - self._bytes_max + self._bytes_max // part
        for kinds in _WORTH:
            if messages <= 0 and wanted_bytes <= 0:
                return
            gone, freed = self._let_go_of(kinds, messages, wanted_bytes)
            messages -= gone
            wanted_bytes -= freed

    def _let_go_of(
        self, kinds: Sequence[Kind], messages: int, wanted_bytes: int
    ) -> tuple[int, int]:
        """The oldest of these kinds: so many messages, or more until the bytes are freed."""
        marks = ",".join("?" * len(kinds))
        rows = self._db.execute(
            "SELECT number, kind, length(payload) FROM message"  # noqa: S608 - question marks
            f" WHERE kind IN ({marks}) ORDER BY number",
            kinds,
        )
        doomed: list[tuple[int]] = []
        lost: Counter[str] = Counter()
        freed = 0
        for number, kind, size in rows:
            if len(doomed) >= messages and freed >= wanted_bytes:
                break
            doomed.append((number,))
            lost[kind] += 1
            freed += size
        if not doomed:
            return 0, 0
        for kind, count in lost.items():
            self._count_up(kind, count)
        self._db.executemany("DELETE FROM message WHERE number = ?", doomed)
        self._count -= len(doomed)
        self._bytes -= freed
        self._renumber(STREAM_OF[kinds[0]])
        return len(doomed), freed

    def _renumber(self, stream: Stream) -> None:
        """What is left of a stream counts from one under a new boot id."""
        self._boots[stream] = boot_id = self._new_boot(stream)
        rows = self._db.execute(
            "SELECT number, device_id, payload FROM message WHERE rank = ? ORDER BY number",
            (_RANK[stream],),
        )
        for number, device_id, payload in rows.fetchall():
            seq = self._db.execute(_NEXT_SEQ, (device_id, stream)).fetchone()[0]
            anew = _enveloped(boot_id, seq, msgspec.json.decode(payload))
            self._bytes += len(anew) - len(payload)
            self._db.execute(
                "UPDATE message SET boot_id = ?, seq = ?, payload = ? WHERE number = ?",
                (boot_id, seq, anew, number),
            )

    def _delete(self, where: str, values: Sequence[object]) -> int:
        rows = self._db.execute(
            f"DELETE FROM message WHERE {where} RETURNING length(payload)",  # noqa: S608
            values,
        ).fetchall()
        self._count -= len(rows)
        self._bytes -= sum(size for (size,) in rows)
        return len(rows)

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
        count, size, boots = self._count, self._bytes, dict(self._boots)
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self._count, self._bytes, self._boots = count, size, boots
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise


def _enveloped(boot_id: str, seq: int, body: Mapping[str, object]) -> bytes:
    own = {"v": VERSION, "boot_id": boot_id, "seq": seq}
    rest = {key: value for key, value in body.items() if key not in own}
    return msgspec.json.encode(own | rest)


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(
        path, timeout=limits.OUTBOX_BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")  # each commit is on the disk before we publish
        if database.execute(_COLUMNS).fetchone()[0] == _COLUMNS_BEFORE_STREAMS:
            database.executescript(_TO_STREAMS)
        database.executescript(_SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database
