"""The session without a socket: what a terminal is told, what is reported, what is refused."""

import random
import struct
from datetime import UTC, datetime, timedelta

import pytest

from dispatch.errors import BadPayload
from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry.decode import decode, read_topic
from telemetry.jt808 import parts as parts_module
from telemetry.jt808.bridge import as_message
from telemetry.jt808.header import Header
from telemetry.jt808.limits import REFUSALS_MAX
from telemetry.jt808.listener import Pace
from telemetry.jt808.parts import Assembler
from telemetry.jt808.session import Enrolled, Memory, Session, State, Step
from telemetry.window import Arrival
from tests.unit.telemetry_jt808.frames import PHONE, frame, messages_in, report

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ID = PHONE.lstrip("0")
TERMINAL = Enrolled(
    terminal_id=ID, unit_id=UnitId("A01"), device_id=DeviceId("GPS-01"), code="secret"
)


class Desk:
    """A session, everything it answered, and a store that always succeeds."""

    def __init__(self, terminal: Enrolled = TERMINAL, memory: Memory | None = None) -> None:
        self.memory = memory or Memory("boot-0001")
        self.session = Session({terminal.terminal_id: terminal}, lambda _: self.memory)
        self.steps: list[Step] = []

    def send(self, *frames: bytes, now_s: float = 0.0) -> list[Step]:
        arrival = Arrival(received_at=AT, now_s=now_s)
        steps = []
        for step in self.session.receive(b"".join(frames), arrival):
            self.session.stored(step)
            steps.append(step)
        self.steps += steps
        return steps

    def greet(self) -> None:
        self.send(frame(0x0100, b"\0" * 37, serial=1), frame(0x0102, b"secret", serial=2))
        assert self.session.state is State.OPEN


def place(minute: int = 0, **given: float) -> bytes:
    return report(at=AT + timedelta(minutes=minute), **given)  # type: ignore[arg-type]


def test_a_terminal_registers_authenticates_and_reports() -> None:
    desk = Desk()
    (step,) = desk.send(frame(0x0100, b"\0" * 37, serial=7))
    assert messages_in(step.answer) == [(0x8100, b"\0\x07\0secret")]
    (step,) = desk.send(frame(0x0102, b"secret", serial=8))
    assert messages_in(step.answer) == [(0x8001, b"\0\x08\x01\x02\0")]
    (step,) = desk.send(frame(0x0200, place(), serial=9))
    assert messages_in(step.answer) == [(0x8001, b"\0\x09\x02\x00\0")]
    (position,) = step.positions
    assert (position.lon, position.lat, position.datum) == (112.4, 29.36, "WGS84")
    assert (position.observed_at, position.seq, position.boot_id) == (AT, 1, "boot-0001")
    (step,) = desk.send(frame(0x0003, serial=10))
    assert step.close and desk.session.state is State.CLOSED
    assert desk.send(frame(0x0002, serial=11)) == []


def test_a_stranger_is_told_no_and_nothing_is_reported() -> None:
    desk = Desk()
    (step,) = desk.send(frame(0x0100, b"\0" * 37, phone="013911112222"))
    assert (step.refused, messages_in(step.answer)[0][1][2]) == ("not_enrolled", 4)
    (step,) = desk.send(frame(0x0200, place(), phone="013911112222", serial=2))
    assert (step.refused, step.positions) == ("not_enrolled", ())
    (step,) = desk.send(frame(0x0200, place(), serial=3))
    assert (step.refused, messages_in(step.answer)[0][1][4]) == ("not_authenticated", 1)
    (step,) = desk.send(frame(0x0102, b"guess", serial=4))
    assert step.refused == "wrong_code"
    assert desk.session.state is not State.OPEN


def test_a_greeting_may_use_any_number_and_needs_a_code() -> None:
    desk = Desk()
    desk.send(frame(0x0100, b"\0" * 37, serial=0), frame(0x0102, b"secret", serial=0))
    assert desk.session.state is State.OPEN
    nameless = Enrolled(
        terminal_id=ID, unit_id=UnitId("A01"), device_id=DeviceId("GPS-01"), code=""
    )
    (step,) = Desk(nameless).send(frame(0x0102, b"", serial=0))
    assert step.refused == "wrong_code"


def test_another_terminal_on_the_same_line_is_refused() -> None:
    other = Enrolled(
        terminal_id="13922223333", unit_id=UnitId("A02"), device_id=DeviceId("GPS-02"), code="x"
    )
    session = Session({ID: TERMINAL, "13922223333": other}, lambda _: Memory("boot-0002"))
    arrival = Arrival(received_at=AT, now_s=0.0)
    list(session.receive(frame(0x0102, b"secret"), arrival))
    (step,) = session.receive(frame(0x0102, b"x", phone="013922223333"), arrival)
    assert step.refused == "another_terminal"


def test_one_without_registration_is_open_from_its_first_frame() -> None:
    desk = Desk(
        Enrolled(
            terminal_id=ID,
            unit_id=UnitId("A01"),
            device_id=DeviceId("GPS-01"),
            code="",
            must_authenticate=False,
            counts_serials=False,
            datum="GCJ02",
        )
    )
    first, second = desk.send(frame(0x0200, place(0), serial=0), frame(0x0200, place(1), serial=0))
    assert first.positions[0].datum == second.positions[0].datum == "GCJ02"
    assert second.positions[0].seq == 2


def test_a_repeated_frame_is_answered_again_and_reported_once() -> None:
    desk = Desk()
    desk.greet()
    sent = frame(0x0200, place(), serial=5)
    first, second = desk.send(sent, sent)
    assert first.positions and not second.positions
    assert messages_in(first.answer) == messages_in(second.answer)
    (third,) = desk.send(frame(0x0200, place(1), serial=5))
    assert (third.refused, third.positions) == ("replayed_serial", ())


def test_a_fix_sent_again_over_a_new_connection_is_stored_once() -> None:
    memory = Memory("boot-0001")
    old, new = Desk(memory=memory), Desk(memory=memory)
    for desk in (old, new):
        desk.greet()
    assert old.send(frame(0x0200, place(), serial=5))[0].positions
    again, fresh = new.send(frame(0x0200, place(), serial=3), frame(0x0200, place(1), serial=4))
    assert not again.positions and again.answer
    assert fresh.positions[0].seq == 2


def test_what_was_not_stored_is_reported_again_under_the_same_number() -> None:
    memory = Memory("boot-0001")
    failing = Session({ID: TERMINAL}, lambda _: memory)
    arrival = Arrival(received_at=AT, now_s=0.0)
    list(failing.receive(frame(0x0102, b"secret"), arrival))
    (step,) = failing.receive(frame(0x0200, place(), serial=2), arrival)
    assert step.positions[0].seq == 1  # and `stored` is never called
    desk = Desk(memory=memory)
    desk.greet()
    (again,) = desk.send(frame(0x0200, place(), serial=3))
    assert again.positions[0].seq == 1


def test_serials_out_of_order_are_all_taken(seed: int) -> None:
    desk = Desk()
    desk.greet()
    order = list(range(10, 40))
    random.Random(seed).shuffle(order)
    for serial in order:
        (step,) = desk.send(frame(0x0200, place(serial), serial=serial))
        assert step.positions and not step.refused
    assert desk.memory.next_seq == 31


@pytest.mark.parametrize("status", [0, 1])
def test_a_report_without_a_fix_is_answered_and_gives_no_position(status: int) -> None:
    desk = Desk()
    desk.greet()
    (step,) = desk.send(frame(0x0200, report(at=AT, status=status), serial=5))
    assert step.positions == () and messages_in(step.answer)[0][0] == 0x8001


def test_a_batch_is_one_step_with_one_answer() -> None:
    desk = Desk()
    desk.greet()
    reports = [place(minute) for minute in (0, 1, 1)]
    body = b"\0\3\1" + b"".join(struct.pack(">H", len(one)) + one for one in reports)
    (step,) = desk.send(frame(0x0704, body, serial=5))
    assert [position.seq for position in step.positions] == [1, 2]
    assert len(messages_in(step.answer)) == 1


def test_parts_are_answered_when_the_whole_is_there_and_missing_ones_are_asked_for() -> None:
    desk = Desk()
    desk.greet()
    body = place()
    pieces = [body[:10], body[10:20], body[20:]]
    frames = [
        frame(0x0200, piece, part=(3, number), serial=9 + number)
        for number, piece in enumerate(pieces, start=1)
    ]
    first, last = desk.send(frames[0], frames[2])
    assert first.answer == b""
    assert messages_in(last.answer) == [(0x8003, struct.pack(">HBH", 10, 1, 2))]
    (whole,) = desk.send(frames[1])
    assert whole.positions[0].lat == 29.36
    assert [body[:2] for _, body in messages_in(whole.answer)] == [b"\0\x0a", b"\0\x0b", b"\0\x0c"]


def test_broken_frames_are_not_answered_and_too_many_close_the_line() -> None:
    desk = Desk()
    desk.greet()
    bad = bytearray(frame(0x0200, place(), serial=5))
    bad[30] ^= 1
    steps = desk.send(bytes(bad) * (REFUSALS_MAX + 3))
    assert {step.refused for step in steps} == {"wrong_checksum"}
    assert all(step.answer == b"" for step in steps)
    assert [step.close for step in steps] == [False] * (REFUSALS_MAX - 1) + [True]


def test_content_that_is_not_kept_is_not_called_received() -> None:
    desk = Desk()
    desk.greet()
    (step,) = desk.send(frame(0x0800, bytes(8), serial=5))
    assert messages_in(step.answer)[0][1][4] == 3
    (step,) = desk.send(frame(0x0002, serial=6))
    assert (step.event, messages_in(step.answer)[0][1][4]) == ("heartbeat", 0)
    assert desk.send(frame(0x0001, bytes(5), serial=7))[0].answer == b""


def test_the_time_is_told_in_the_time_of_china() -> None:
    desk = Desk()
    desk.greet()
    (step,) = desk.send(frame(0x0004, serial=5))
    assert messages_in(step.answer) == [(0x8004, bytes.fromhex("261123120000"))]


def _header(parts: int, number: int, serial: int) -> Header:
    return Header(
        message_id=0x0801,
        attributes=0x2000,
        length=1,
        version=None,
        phone=b"\0" * 6,
        serial=serial,
        parts=parts,
        number=number,
    )


def test_parts_are_held_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "ASSEMBLY_MAX_BYTES", 10)
    monkeypatch.setattr(parts_module, "ASSEMBLIES_MAX", 2)
    monkeypatch.setattr(parts_module, "PARTS_MAX", 5)
    assembler = Assembler()
    assembler.add(_header(3, 1, 1), b"1234", 0.0)
    assembler.add(_header(3, 1, 101), b"1234", 0.0)
    for header, reason in (
        (_header(3, 1, 201), "too_many_messages"),
        (_header(6, 1, 301), "too_many_parts"),
        (_header(3, 2, 2), "oversize"),
    ):
        with pytest.raises(BadPayload) as caught:
            assembler.add(header, b"1234", 1.0)
        assert caught.value.reason == reason
    assert len(assembler) == 1
    assert assembler.expire(1e6) == 1 and len(assembler) == 0


def test_a_part_sent_again_under_another_serial_finds_its_message() -> None:
    assembler = Assembler()
    assert assembler.add(_header(3, 1, 10), b"a", 0.0) is None
    assert assembler.add(_header(3, 3, 12), b"c", 0.0) is None
    missing = assembler.missing(_header(3, 3, 12))
    assert missing is not None and missing.numbers == (2,)
    whole = assembler.add(_header(3, 2, 77), b"b", 0.0)
    assert whole is not None and (whole.body, whole.serials) == (b"abc", (10, 77, 12))


def test_the_pace_allows_a_burst_and_then_so_many_a_second() -> None:
    pace = Pace(10.0, 5, 0.0)
    assert [pace.wait_s(0.0) for _ in range(5)] == [0.0] * 5
    assert pace.wait_s(0.0) == pytest.approx(0.1)
    assert pace.wait_s(1.0) == 0.0


def test_a_position_is_a_message_of_the_contract() -> None:
    desk = Desk()
    desk.greet()
    (step,) = desk.send(frame(0x0200, place(), serial=5))
    county = CountyId("nanxian")
    topic, raw = as_message(county, TERMINAL.unit_id, TERMINAL.device_id, step.positions[0])
    assert decode(read_topic(topic, county), raw) == step.positions[0]
