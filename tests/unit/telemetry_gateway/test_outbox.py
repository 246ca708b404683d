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
from telemetry.decode import decode, read_topic
from telemetry.gateway.outbox import Kind, Message, Outbox

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
    assert outbox.dropped() == 2  # a tenth of the limit
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
    for kind in ("status", "position", "status", "status"):
        put(outbox, kind=kind)  # type: ignore[arg-type]
    assert [one.kind for one in outbox.pending(9)] == ["status", "status", "status"]
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
