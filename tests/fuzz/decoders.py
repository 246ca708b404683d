"""The decoders under fire: whole inputs to start from, how to repair, what to call.

A decoder may answer or raise BadPayload; everything else is a finding, and so is an answer that the
centre's own reader of contract v1 would refuse. Repairing matters: an input
whose checksum is wrong is refused at the door and tests nothing behind it.
"""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

import msgspec

from dispatch.errors import BadPayload
from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry.codes import Code
from telemetry.contract import Kind, Numeric, Position, Topic, Vitals
from telemetry.decode import decode as decode_v1
from telemetry.hl7v2.files import answers
from telemetry.hl7v2.mllp import Framer as MllpFramer
from telemetry.hl7v2.mllp import framed
from telemetry.hl7v2.numerics import samples_of
from telemetry.hl7v2.read import read
from telemetry.hl7v2.times import Zones
from telemetry.jt808.decode import decode, inspect
from telemetry.jt808.frame import escape, unescape
from telemetry.jt808.session import Enrolled, Memory, Session
from telemetry.lineprotocol import LineFramer, read_line, write_line
from telemetry.nmea import NmeaReader, position_of
from telemetry.window import Arrival
from tests.unit.telemetry_hl7v2.messages import BEATS, HEART, PATIENT, PCD_01, message, obx
from tests.unit.telemetry_jt808.frames import PHONE, frame, item, report

COUNTY = CountyId("nanxian")
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class Target(NamedTuple):
    """``call`` raises nothing but BadPayload."""

    seeds: list[bytes]
    repair: Callable[[random.Random, bytes], bytes]
    call: Callable[[bytes], object]


def _as_it_is(_chance: random.Random, raw: bytes) -> bytes:
    return raw


def hold_to_contract(kind: Kind, body: Position | Vitals) -> None:
    """Raises AssertionError when the centre would refuse what we made of a device's words."""
    topic = Topic(county_id=COUNTY, unit_id=UnitId("A01"), device_id=DeviceId("GPS-01"), kind=kind)
    try:
        decode_v1(topic, msgspec.json.encode(body))
    except BadPayload as bad:
        raise AssertionError(f"the centre refuses {body}: {bad}") from bad


def _hold_numerics(at: datetime, numerics: dict[Code, Numeric]) -> None:
    if numerics:
        sample = Vitals(v=1, boot_id="boot-fuzz", seq=1, observed_at=at, numerics=numerics)
        hold_to_contract("vitals", sample)


@cache
def jt808_seeds() -> tuple[bytes, ...]:
    """Frames with every item and message that has a reader, each with a body it may hold."""
    chance = random.Random(808)
    items = b"".join(
        item(number, chance.randbytes(size))
        for number in range(256)
        for size in (chance.choice((1, 2, 4, 6, 8, 11, 16, 20)),)
    )
    half = len(items) // 3
    found = [
        frame(0x0200, report(at=NOW, items=items[start : start + half]))
        for start in (0, half, 2 * half)
    ]
    found += [
        frame(number, chance.randbytes(size), version=version)
        for number in (*range(0x0001, 0x0006), 0x0100, 0x0102, 0x0104, 0x0107, 0x0201, 0x0210,
                       0x0701, 0x0702, 0x0704, 0x0705, 0x0801, 0x1300, 0x2070, 0x6006, 0x8001,
                       0x8003, 0x8100)
        for size, version in ((chance.randint(1, 90), None), (chance.randint(1, 90), 1))
    ]  # fmt: skip
    found += [
        frame(0x0900, bytes([kind]) + NOW.strftime("%y%m%d%H%M%S").encode()[:6] + b"\0\0"
              + bytes([sub]) + chance.randbytes(60))
        for kind in (0x40, 0x41, 0x53, 0x54, 0xF0, 0xF3, 0xFF)
        for sub in (1, 2, 3, 4, 0x0B, 0x15)
    ]  # fmt: skip
    extended = b"".join(
        (2 + size).to_bytes(2) + number.to_bytes(2) + chance.randbytes(size)
        for number, size in ((0x89, 4), (0xC5, 4), (0xB2, 10), (0xCE, 2), (0xD8, 9), (0x23, 6))
    )
    found.append(frame(0x0200, report(at=NOW, items=item(0xEB, extended))))
    batch = report(at=NOW, items=item(0x01, b"\0\0\0\7"))
    found.append(frame(0x0704, b"\0\1\1" + len(batch).to_bytes(2) + batch))
    found.append(frame(0x0200, report(at=NOW)[:20], part=(2, 1)))
    found.append(frame(0x5501, chance.randbytes(45)))
    return tuple(found)


def _repair_frame(chance: random.Random, raw: bytes) -> bytes:
    """Two of three: length and checksum made right again, so that the body is read."""
    if chance.random() < 0.33 or len(raw) < 16:
        return raw
    try:
        content = bytearray(unescape(raw[1:-1].replace(b"\x7e", b"\x7d\x02")))[:-1]
    except BadPayload:
        return raw
    header = (17 if content[2] & 0x40 else 12) + (4 if content[2] & 0x20 else 0)
    length = max(0, len(content) - header) & 0x3FF
    content[2] = (content[2] & 0x60) | (length >> 8)
    content[3] = length & 0xFF
    return escape(bytes(content))


def _call_jt808(raw: bytes) -> object:
    loose = msgspec.json.encode(inspect(raw))
    return loose, decode(raw)


ENROLLED = Enrolled(
    terminal_id=PHONE.lstrip("0"),
    unit_id=UnitId("A01"),
    device_id=DeviceId("GPS-01"),
    code="secret",
    must_authenticate=False,
    counts_serials=False,
)


class _Stream:
    """One session that never ends: what one input leaves behind meets the next."""

    def __init__(self) -> None:
        self._memory = Memory("boot-fuzz")
        self._now_s = 0.0
        self._open()

    def _open(self) -> None:
        self._session = Session({ENROLLED.terminal_id: ENROLLED}, lambda _: self._memory)

    def __call__(self, raw: bytes) -> None:
        self._now_s += 0.1
        arrival = Arrival(received_at=NOW + timedelta(seconds=self._now_s), now_s=self._now_s)
        for step in self._session.receive(raw, arrival):
            self._session.stored(step)
            for position in step.positions:
                hold_to_contract("position", position)
            if step.close:
                self._open()
                return


def _hl7_seeds() -> list[bytes]:
    alarm = message(
        "OBR|1|A^X|A^X|196616^MDC_EVT_ALARM^MDC|||20261123115958+0800",
        "OBX|1|CWE|196616^MDC_EVT_ALARM^MDC|1.7.4.147842.1|196670^MDC_EVT_LO^MDC|||L~PH|||R",
        kind="ORU^R40^ORU_R40",
    )
    local = message(PATIENT, obx("x^心率^99L", "72", "次/分"), obx(HEART, ">^72", BEATS, kind="SN"))
    return [PCD_01.encode(), alarm.encode(), local.encode("gb18030"), local.encode()]


def _repair_hl7(chance: random.Random, raw: bytes) -> bytes:
    return b"MSH|^~\\&|" + raw[9:] if chance.random() < 0.5 else raw


def _call_hl7(raw: bytes) -> object:
    for answer in answers(raw, Zones(), NOW):
        msgspec.json.encode(answer)
    report = read(raw)
    for sample in samples_of(report, NOW):
        _hold_numerics(sample.observed_at, sample.numerics)
    return report


def _call_mllp() -> Callable[[bytes], object]:
    framer = MllpFramer()
    return lambda raw: [len(found) for found in framer.feed(raw)]


def _checked(body: str) -> bytes:
    total = 0
    for byte in body.encode():
        total ^= byte
    return f"${body}*{total:02X}\r\n".encode()


def _repair_star(chance: random.Random, raw: bytes) -> bytes:
    """The checksum behind the last star, made right in two of three."""
    head, star, _ = raw.rpartition(b"*")
    if not star or chance.random() < 0.33:
        return raw
    total = 0
    for byte in head[1:] if head[:1] == b"$" else head:
        total ^= byte
    return head + b"*%02X" % total


NMEA_SEEDS = [
    _checked("GNGGA,040000.00,2921.6000,N,11224.0000,E,1,12,0.8,30.5,M,-20.0,M,,"),
    _checked("GNRMC,040001.00,A,2921.6000,N,11224.0000,E,24.3,090.0,231126,,,A"),
    _checked("GNGNS,040002.00,2921.6000,S,11224.0000,W,ANN,08,1.0,30.5,-20.0,,"),
    _checked("BDGLL,2921.6000,N,11224.0000,E,040003.00,A,A"),
    _checked("GNVTG,090.0,T,,M,24.3,N,45.0,K,A"),
    _checked("GNGSA,A,3,01,02,03,,,,,,,,,,1.5,0.8,1.2"),
    _checked("GPZDA,040004.00,23,11,2026,00,00"),
    _checked("GPDTM,W84,,0.00,N,0.00,E,0.0,W84"),
]


def _call_nmea() -> Callable[[bytes], object]:
    reader = NmeaReader()

    def call(raw: bytes) -> object:
        fix = reader.feed(raw, NOW)
        position = None if fix is None else position_of(fix, "boot-fuzz", 1)
        if position is not None:
            hold_to_contract("position", position)
        return position

    return call


LINE_SEEDS = [
    write_line(
        "GL1;2026-11-23T12:00:00+08:00;heart_rate=72 /min;spo2=97 %!artefact;"
        "nibp_systolic=16.0 kPa@2026-11-23T03:55:00Z;temperature=98.6 [degF];acvpu=A;oxygen=on 4"
    ).strip(),
    write_line("GL1;-;resp_rate=- /min!leads_off;etco2=5.1 kPa").strip(),
]


def _call_line() -> Callable[[bytes], object]:
    framer = LineFramer()

    def call(raw: bytes) -> object:
        list(framer.feed(raw))
        found = read_line(raw)
        _hold_numerics(found.observed_at or NOW, found.numerics)
        return found

    return call


def target(name: str) -> Target:
    """A decoder by its name, fresh."""
    return TARGETS[name]()


TARGETS: dict[str, Callable[[], Target]] = {
    "jt808": lambda: Target(list(jt808_seeds()), _repair_frame, _call_jt808),
    "jt808-session": lambda: Target(list(jt808_seeds()), _repair_frame, _Stream()),
    "hl7": lambda: Target(_hl7_seeds(), _repair_hl7, _call_hl7),
    "mllp": lambda: Target([framed(one) for one in _hl7_seeds()], _as_it_is, _call_mllp()),
    "nmea": lambda: Target(NMEA_SEEDS, _repair_star, _call_nmea()),
    "lineprotocol": lambda: Target(LINE_SEEDS, _repair_star, _call_line()),
}
