"""What the platform sends to a terminal, as bytes. Pure; when to send it is `session`."""

import struct
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from telemetry.jt808.frame import escape
from telemetry.jt808.header import LOCK_MESSAGES, Header, write_header
from telemetry.jt808.parts import Missing

_GENERAL: Final = struct.Struct(">HHB")
_CHINA: Final = timedelta(hours=8)


class Result(IntEnum):
    """Of the general answer 0x8001 (JT/T 808-2019, table 5)."""

    DONE = 0
    FAILED = 1
    WRONG_MESSAGE = 2
    UNSUPPORTED = 3


class Registered(IntEnum):
    """Of the registration answer 0x8100 (table 8)."""

    DONE = 0
    VEHICLE_TAKEN = 1
    NO_VEHICLE = 2
    TERMINAL_TAKEN = 3
    NO_TERMINAL = 4


def message(to: Header, message_id: int, serial: int, body: bytes) -> bytes:
    """A whole frame to whoever sent ``to``, in the edition and between the marks of that frame."""
    return escape(write_header(to, message_id, serial, len(body)) + body, to.mark)


def general(to: Header, serial: int, result: Result, answered: int | None = None) -> bytes:
    """0x8001 to a message; ``answered``: another serial than that of ``to``."""
    of = to.serial if answered is None else answered
    return message(to, 0x8001, serial, _GENERAL.pack(of, to.message_id, result))


def lock_general(to: Header) -> bytes:
    """0x4401, what padlocks expect for 0x5501 and 0x5502: a serial of one byte, always 1."""
    body = struct.pack(">HB", to.message_id, Result.DONE)
    head = struct.pack(">HH", 0x4401, len(body)) + to.phone + b"\x01"
    return escape(head + body, to.mark)


def wants_lock_answer(to: Header) -> bool:
    """Whether a padlock asks to be answered: the highest bit of its attributes."""
    return to.message_id in LOCK_MESSAGES and bool(to.attributes & 0x8000)


def registered(to: Header, serial: int, result: Registered, code: str = "") -> bytes:
    """0x8100; the code for the authentication follows only a success."""
    body = struct.pack(">HB", to.serial, result)
    if result is Registered.DONE:
        body += code.encode("gbk")
    return message(to, 0x8100, serial, body)


def resend(to: Header, serial: int, missing: Missing) -> bytes:
    """0x8003: which parts are missing; their count is a WORD since 2019, a BYTE before."""
    count = struct.pack(">B" if to.version is None else ">H", len(missing.numbers))
    numbers = b"".join(struct.pack(">H", number) for number in missing.numbers)
    return message(to, 0x8003, serial, struct.pack(">H", missing.first_serial) + count + numbers)


def time_of_day(to: Header, serial: int, now: datetime) -> bytes:
    """0x8004 (2019): the time in BCD, GMT+8 like every time of this protocol; ``now`` in UTC."""
    return message(to, 0x8004, serial, bytes.fromhex((now + _CHINA).strftime("%y%m%d%H%M%S")))


def makers_time(to: Header, serial: int, now: datetime) -> bytes:
    """0x8109, the answer to some makers' 0x0109: year in a WORD, then bytes, in UTC, then 0."""
    body = struct.pack(
        ">HBBBBBB", now.year, now.month, now.day, now.hour, now.minute, now.second, Result.DONE
    )
    return message(to, 0x8109, serial, body)
