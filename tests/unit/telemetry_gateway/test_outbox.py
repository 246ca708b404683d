"""The outbox keeps what it took: numbering, acknowledgement, overflow, kill -9, broken files."""

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from dispatch.ids import CountyId, DeviceId
from telemetry.contract import Kind
from telemetry.decode import decode, read_topic
from telemetry.gateway.outbox import Message, Outbox

MONITOR = DeviceId("NX01-MON")
GPS = DeviceId("NX01-GPS")
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ONLINE = {"state": "online"}

_WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from telemetry.gateway.outbox import Outbox
outbox = Outbox(Path(sys.argv[1]))
while True:
    message = outbox.put("NX01-MON", "status", datetime.now(UTC), {"state": "online"})
    print(message.boot_id, message.seq, flush=True)
"""


def put(outbox: Outbox, device: DeviceId = MONITOR, kind: Kind = "status") -> Message:
    return outbox.put(device, kind, AT, ONLINE)


def test_each_device_counts_from_one_across_kinds(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "o.sqlite3")
    assert [put(outbox).seq, put(outbox, kind="vitals").seq, put(outbox, GPS).seq] == [1, 2, 1]
    assert outbox.count() == 3
    outbox.close()


def test_the_envelope_is_contract_v1(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "o.sqlite3")
    message = put(outbox)
    will = outbox.will(MONITOR, AT)
    outbox.close()
    assert msgspec.json.decode(message.payload) == {
        "v": 1,
        "boot_id": message.boot_id,
        "seq": 1,
        "observed_at": "2026-11-22T08:00:00Z",
        "state": "online",
    }
    topic = read_topic("greenlane/nanxian/N01/NX01-MON/status", CountyId("nanxian"))
    assert decode(topic, message.payload).boot_id == message.boot_id
    assert decode(topic, will.payload).boot_id == f"{message.boot_id}-w"


def test_an_ack_covers_the_contiguous_and_the_listed(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "o.sqlite3")
    messages = [put(outbox) for _ in range(6)]
    assert outbox.acknowledge(MONITOR, outbox.boot_id, 2, [5]) == 3
    assert [one.seq for one in outbox.pending(10)] == [3, 4, 6]
    assert outbox.acknowledge(MONITOR, outbox.boot_id, 2, [5]) == 0
    assert outbox.acknowledge(GPS, outbox.boot_id, 6) == 0
    assert outbox.acknowledge(MONITOR, "another-boot", 6) == 0
    assert outbox.count() == 3
    assert outbox.pending(1) == [messages[2]]
    outbox.close()


def test_reopening_goes_on_in_the_same_boot(tmp_path: Path) -> None:
    path = tmp_path / "o.sqlite3"
    outbox = Outbox(path)
    first = put(outbox)
    outbox.acknowledge(MONITOR, first.boot_id, 1)
    outbox.close()
    again = Outbox(path)
    second = put(again)
    assert (second.boot_id, second.seq) == (first.boot_id, 2)
    again.close()


def test_a_will_leaves_no_hole_in_the_numbers(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "o.sqlite3")
    put(outbox)
    wills = [outbox.will(MONITOR, AT).seq for _ in range(3)]
    assert wills == [1, 2, 3]
    assert put(outbox).seq == 2
    assert outbox.count() == 2
    outbox.close()


def test_overflow_lets_the_oldest_vitals_go_and_numbers_anew(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "o.sqlite3", messages_max=20)
    first_boot = outbox.boot_id
    put(outbox, GPS)
    for _ in range(19):
        put(outbox, kind="vitals")
    newest = put(outbox, kind="vitals")
    assert outbox.dropped() == {"vitals": 2}  # a tenth of the limit
    assert outbox.boot_id != first_boot
    pending = outbox.pending(100)
    assert len(pending) == outbox.count() == 19
    assert [one.seq for one in pending if one.device_id == MONITOR] == list(range(1, 19))
    assert [one.seq for one in pending if one.device_id == GPS] == [1]
    assert pending[-1] == newest
    for one in pending:
        inside = msgspec.json.decode(one.payload)
        assert (inside["boot_id"], inside["seq"]) == (outbox.boot_id, one.seq)
    outbox.close()


def test_overflow_takes_positions_before_statuses(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "o.sqlite3", messages_max=3)
    kinds: tuple[Kind, ...] = ("status", "position", "status", "status")
    for kind in kinds:
        put(outbox, kind=kind)
    assert [one.kind for one in outbox.pending(9)] == ["status", "status", "status"]
    outbox.close()


def test_what_may_wait_has_numbers_of_its_own(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "o.sqlite3")
    kinds: tuple[Kind, ...] = ("waveform", "vitals", "ecg", "waveform", "status", "link")
    said = [(one.kind, one.seq, one.boot_id[26:]) for one in (put(outbox, kind=k) for k in kinds)]
    assert said == [
        ("waveform", 1, "-f"),
        ("vitals", 1, ""),
        ("ecg", 1, "-e"),
        ("waveform", 2, "-f"),
        ("status", 2, ""),
        ("link", 3, ""),
    ]
    assert [one.kind for one in outbox.pending(9)] == ["vitals", "status", "link"]
    assert [one.kind for one in outbox.pending(9, "-e")] == ["ecg"]
    assert [one.seq for one in outbox.pending(9, "-f")] == [1, 2]
    assert outbox.waiting() == {"waveform": 2, "vitals": 1, "ecg": 1, "status": 1, "link": 1}
    assert outbox.acknowledge(MONITOR, outbox.boot_id + "-f", 2) == 0
    waveforms = outbox.pending(9, "-f")[0].boot_id
    assert outbox.acknowledge(MONITOR, waveforms, 2) == 2
    assert "waveform" not in outbox.waiting()
    outbox.close()


def test_a_full_disk_takes_waveforms_first_and_leaves_the_other_numbers(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "o.sqlite3", bytes_max=20_000)
    block = {"samples": "A" * 500}
    vitals = [put(outbox, kind="vitals") for _ in range(5)]
    boots = outbox.boots
    for _ in range(200):
        outbox.put(MONITOR, "waveform", AT, block)
        assert outbox.size_bytes() <= 20_000 + 700
    assert outbox.pending(9) == vitals
    assert outbox.boots[:2] == boots[:2] and outbox.boots[2] != boots[2]
    left = outbox.pending(1000, "-f")
    assert [one.seq for one in left] == list(range(1, len(left) + 1))
    assert outbox.dropped() == {"waveform": 200 - len(left)}
    assert outbox.size_bytes() == sum(len(one.payload) for one in (*vitals, *left))
    outbox.close()


def test_bytes_and_counts_survive_reopening(tmp_path: Path) -> None:
    path = tmp_path / "o.sqlite3"
    outbox = Outbox(path)
    put(outbox)
    put(outbox, kind="waveform")
    boots, size = outbox.boots, outbox.size_bytes()
    outbox.close()
    again = Outbox(path)
    assert (again.boots, again.count(), again.size_bytes()) == (boots, 2, size)
    again.close()


_BEFORE_STREAMS = """
CREATE TABLE boot (number INTEGER PRIMARY KEY, boot_id TEXT NOT NULL);
CREATE TABLE counter (device_id TEXT PRIMARY KEY, last_seq INTEGER NOT NULL);
CREATE TABLE tally (name TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE message (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    device_id TEXT NOT NULL, boot_id TEXT NOT NULL, seq INTEGER NOT NULL,
    kind TEXT NOT NULL, payload BLOB NOT NULL, UNIQUE (device_id, boot_id, seq));
INSERT INTO boot (boot_id) VALUES ('0123456789abcdef0123456789');
INSERT INTO counter VALUES ('NX01-MON', 7);
INSERT INTO message (device_id, boot_id, seq, kind, payload)
    VALUES ('NX01-MON', '0123456789abcdef0123456789', 7, 'vitals', x'7b7d');
"""


def test_an_outbox_from_before_there_were_streams_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "o.sqlite3"
    before = sqlite3.connect(path)
    before.executescript(_BEFORE_STREAMS)
    before.close()
    outbox = Outbox(path)
    assert [(one.seq, one.kind) for one in outbox.pending(9)] == [(7, "vitals")]
    assert (put(outbox).seq, outbox.boot_id) == (8, "0123456789abcdef0123456789")
    assert put(outbox, kind="waveform").seq == 1
    outbox.close()


def test_a_refused_write_changes_nothing(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "o.sqlite3")
    put(outbox)
    with pytest.raises(TypeError):
        outbox.put(MONITOR, "status", AT, {"state": object()})
    assert (outbox.count(), put(outbox).seq) == (1, 2)
    outbox.close()


def test_a_broken_file_is_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "o.sqlite3"
    path.write_bytes(b"not a database" * 100)
    outbox = Outbox(path)
    assert put(outbox).seq == 1
    outbox.close()
    assert len(list(tmp_path.glob("*.broken-*"))) == 1


def test_a_full_disk_is_not_a_broken_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "o.sqlite3"
    Outbox(path).close()

    def refuses(*_args: object, **_kwargs: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(sqlite3, "connect", refuses)
    with pytest.raises(sqlite3.OperationalError):
        Outbox(path)
    assert path.exists()


@pytest.mark.slow
def test_kill_9_loses_nothing_that_was_put(tmp_path: Path) -> None:
    """A process that only puts is killed in mid-write; whatever it had announced is there."""
    path = tmp_path / "o.sqlite3"
    announced: list[tuple[str, int]] = []
    for _ in range(2):  # the second run continues the first one's numbers
        child = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )
        assert child.stdout is not None
        for _ in range(50):
            boot_id, seq = child.stdout.readline().split()
            announced.append((boot_id, int(seq)))
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().split("\n")
        announced += [(one.split()[0], int(one.split()[1])) for one in rest if one.count(" ") == 1]
        child.wait()
        child.stdout.close()
    outbox = Outbox(path)
    stored = [(one.boot_id, one.seq) for one in outbox.pending(100_000)]
    outbox.close()
    assert set(announced) <= set(stored)
    assert len(announced) == len(set(announced))
    assert [seq for _, seq in stored] == list(range(1, len(stored) + 1))
    assert len({boot for boot, _ in stored}) == 1
