"""The header of a JT/T 808 message: id, attributes, terminal, serial number, part. Pure.

    2011, 2013   id 2, attributes 2, phone BCD 6, serial 2 [, parts 2, number 2]
    2019         id 2, attributes 2 (bit 14 set), version 1, phone BCD 10, serial 2 [, 2, 2]
    0x5501/2     of electronic locks: serial 1 byte; bits 10 to 15 of the attributes are the maker's
    E7 frames    phone BCD 7

2011 and 2013 have the same header. A phone of other than decimal digits is, by a convention of many
makers, the first fourteen digits of an IMEI as a binary number; the fifteenth is its Luhn digit.
"""

import struct
from typing import Final

import msgspec

from dispatch.errors import BadPayload
from telemetry.jt808.frame import MARK

LOCK_MESSAGES: Final = frozenset({0x5501, 0x5502})
_ENCRYPTION: Final = 0x1C00
_VERSIONED: Final = 0x4000
_PARTED: Final = 0x2000
_LENGTH: Final = 0x03FF
_PAIR: Final = struct.Struct(">HH")


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """Who says what; ``length`` is what the header states, not what came.

    ``phone`` is the number as sent, in hex; ``version`` the byte of 2019, None before it; ``parts``
    and ``number`` count from 1, both 0 for a message in one piece.
    """

    message_id: int
    attributes: int
    length: int
    version: int | None
    phone: bytes
    serial: int
    parts: int = 0
    number: int = 0
    mark: int = MARK

    @property
    def terminal_id(self) -> str:
        """The phone number without leading zeros, or the IMEI; what an enrolment names."""
        digits = self.phone.hex()
        if digits.isdecimal():
            return digits.lstrip("0") or "0"
        return imei_of(self.phone)


def imei_of(phone: bytes) -> str:
    """The IMEI whose first fourteen digits are this binary number."""
    digits = str(int.from_bytes(phone, "big"))
    return digits + str(luhn(digits))


def luhn(digits: str) -> int:
    """The check digit of decimal digits (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return -total % 10


def read_header(content: bytes, mark: int = MARK) -> tuple[Header, int]:
    """(header, where the body begins).

    Raises BadPayload: too_short, encrypted (bits 10 to 12 are not zero: a key is needed that was
    never agreed), bad_part (a part 0, or beyond the number of parts).
    """
    message_id, attributes = _PAIR.unpack_from(content)
    at, version = 4, None
    phone_bytes = 6 if mark == MARK else 7
    is_lock = message_id in LOCK_MESSAGES
    if attributes & _VERSIONED and not is_lock:
        version, at, phone_bytes = content[4], 5, 10
    serial_bytes = 1 if is_lock else 2
    body = at + phone_bytes + serial_bytes
    if len(content) <= body:
        raise BadPayload("too_short", f"{len(content)} bytes hold no header of 0x{message_id:04X}")
    if attributes & _ENCRYPTION and not is_lock:
        raise BadPayload(
            "encrypted", f"encryption {attributes >> 10 & 7} of the header's bits 10-12"
        )
    parts = number = 0
    if attributes & _PARTED and not is_lock:
        if len(content) <= body + 4:
            raise BadPayload("too_short", "a part without its number")
        parts, number = _PAIR.unpack_from(content, body)
        body += 4
        if not 1 <= number <= parts:
            raise BadPayload("bad_part", f"part {number} of {parts}")
    header = Header(
        message_id=message_id,
        attributes=attributes,
        length=attributes & _LENGTH,
        version=version,
        phone=content[at : at + phone_bytes],
        serial=int.from_bytes(content[body - serial_bytes : body], "big")
        if not parts
        else int.from_bytes(content[body - 6 : body - 4], "big"),
        parts=parts,
        number=number,
        mark=mark,
    )
    return header, body


def write_header(header: Header, message_id: int, serial: int, length: int) -> bytes:
    """The header of an answer to whoever sent ``header``, in the same version."""
    attributes = length | (_VERSIONED if header.version is not None else 0)
    version = b"" if header.version is None else bytes([header.version])
    return _PAIR.pack(message_id, attributes) + version + header.phone + struct.pack(">H", serial)
