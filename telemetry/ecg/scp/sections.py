"""The frame of an SCP-ECG file (EN 1064, ISO 11073-91064): record, pointers, sections, checksums.

    record   CRC u16 · length u32 · section 0 · sections in any order
    section  CRC u16 · id u16 · length u32 · version u8 · protocol u8 · 6 reserved · data

The CRC is CCITT (x^16 + x^12 + x^5 + 1, preset to ones) over everything behind it. A wrong one is a
warning and not a refusal: carts in service write zeros, or bytes swapped, and the patient's ECG
is readable all the same. A section that lies outside the file is a refusal.
"""

from binascii import crc_hqx
from typing import Final

import msgspec

from dispatch.errors import BadPayload
from telemetry.ecg.cursor import Cursor

RECORD_HEAD_BYTES: Final = 6
HEAD_BYTES: Final = 16
_POINTER_BYTES: Final = 10
_PRESET: Final = 0xFFFF
_KNOWN: Final = range(12)
_MARK: Final = b"SCPECG"


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One section: its number, where its data begins and ends in the file, its versions."""

    number: int
    start: int
    end: int
    version: int
    protocol: int

    def cursor(self, data: bytes) -> Cursor:
        """A reader of its data."""
        return Cursor(data, f"section {self.number}", start=self.start, end=self.end)


def is_scp(data: bytes) -> bool:
    """Whether the bytes are an SCP-ECG record: its mark, or a section 0 that fits."""
    if len(data) < RECORD_HEAD_BYTES + HEAD_BYTES:
        return False
    if data[16:22] == _MARK:
        return True
    # Version 1.0 carries no mark: then section 0 says its number, length and place itself.
    head = RECORD_HEAD_BYTES
    length = int.from_bytes(data[10:14], "little")
    fits = length >= HEAD_BYTES + 12 * _POINTER_BYTES and head + length <= len(data)
    return (
        fits and data[8:10] == b"\0\0" and data[22:24] == b"\0\0" and data[28:32] == b"\x07\0\0\0"
    )


def read_sections(data: bytes, warnings: list[str]) -> dict[int, Section]:
    """The sections of a record by number; warnings for checksums and lengths that do not hold."""
    record = Cursor(data, "the record")
    said_crc = record.unsigned(2, "its checksum")
    length = record.unsigned(4, "its length")
    if length > len(data):
        raise BadPayload(
            "ecg_truncated",
            f"the record says it is {length} bytes long and ends at byte {len(data)}",
        )
    _check(data[2:length] if length > 2 else b"", said_crc, "the record", warnings)
    if length != len(data):
        warnings.append(f"the record says {length} bytes, the file has {len(data)}")
    pointers = _section_at(data, RECORD_HEAD_BYTES, 0, None, warnings)
    found = {0: pointers}
    cursor = pointers.cursor(data)
    while cursor.left >= _POINTER_BYTES:
        number = cursor.unsigned(2, "a pointer")
        size, index = cursor.unsigned(4, "a pointer"), cursor.unsigned(4, "a pointer")
        if size == 0 or number in found or number not in _KNOWN:
            continue
        if index == 0:
            raise BadPayload("ecg_pointer", f"section 0 points to byte 0 for section {number}")
        found[number] = _section_at(data, index - 1, number, size, warnings)
    return found


def _section_at(
    data: bytes, start: int, number: int, size: int | None, warnings: list[str]
) -> Section:
    cursor = Cursor(data, f"section {number}", start=start)
    if start > len(data):
        raise BadPayload(
            "ecg_truncated",
            f"section {number} is said to begin at byte {start}; the file ends at {len(data)}",
        )
    said_crc = cursor.unsigned(2, "its checksum")
    said_number = cursor.unsigned(2, "its number")
    length = cursor.unsigned(4, "its length")
    version, protocol = cursor.unsigned(1, "its version"), cursor.unsigned(1, "its protocol")
    if said_number != number:
        raise BadPayload(
            "ecg_pointer", f"byte {start} should begin section {number}, it says {said_number}"
        )
    if length < HEAD_BYTES:
        raise BadPayload("ecg_pointer", f"section {number} at byte {start} says {length} bytes")
    if start + length > len(data):
        raise BadPayload(
            "ecg_truncated",
            f"section {number} at byte {start} is {length} bytes long; "
            f"the file ends at byte {len(data)}",
        )
    if size is not None and size != length:
        warnings.append(f"section {number}: the pointer says {size} bytes, the section {length}")
    _check(data[start + 2 : start + length], said_crc, f"section {number}", warnings)
    return Section(number=number, start=start + HEAD_BYTES, end=start + length,
                   version=version, protocol=protocol)  # fmt: skip


def _check(body: bytes, said: int, where: str, warnings: list[str]) -> None:
    found = crc_hqx(body, _PRESET)
    if said != found:
        warnings.append(f"{where}: the checksum is {said:#06x}, the bytes give {found:#06x}")
