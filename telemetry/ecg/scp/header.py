"""Section 1: from its tags what an ECG needs; who the patient is stays in the file.

A tag is u8 number · u16 length · bytes, ended by 255 (EN 1064, 5.4). Read: age 4, sex 8, device 14,
date 25, time 26, filters 27-29, zone 34. Never read: names, numbers, birth date, physicians, free
text, places.
"""

from typing import Final, Literal

from telemetry.ecg.cursor import Cursor, text_of
from telemetry.ecg.model import Acquired, Device, Filters, PatientContext

_END: Final = 255
_TAG_HEAD_BYTES: Final = 3
_NEVER_READ: Final = frozenset({0, 1, 2, 3, 5, 30, 31})
_AGE_UNITS: Final[dict[int, Literal["years", "months", "weeks", "days", "hours"]]] = {
    1: "years", 2: "months", 3: "weeks", 4: "days", 5: "hours",
}  # fmt: skip
_SEX: Final[dict[int, Literal["male", "female", "other"]]] = {1: "male", 2: "female", 9: "other"}
_FILTER_BITS: Final = ((1, "60 Hz notch"), (2, "50 Hz notch"), (4, "artefact filter"),
                       (8, "baseline filter"))  # fmt: skip
_NO_ZONE: Final = 0x7FFF


def read_tags(cursor: Cursor, warnings: list[str]) -> dict[int, bytes]:
    """The first value of each tag that may be read; a broken list is a warning: it is no ECG."""
    tags: dict[int, bytes] = {}
    while cursor.left >= _TAG_HEAD_BYTES:
        number, size = cursor.unsigned(1, "a tag"), cursor.unsigned(2, "a tag")
        if number == _END:
            break
        if size > cursor.left:
            warnings.append(f"section 1: tag {number} says {size} bytes, {cursor.left} are left")
            break
        value = cursor.take(size, f"tag {number}")
        if number not in _NEVER_READ and value:
            tags.setdefault(number, value)
    return tags


def context_of(tags: dict[int, bytes]) -> PatientContext:
    """Age and sex; an age of 0 with no unit is the standard's "not known"."""
    age = tags.get(4, b"")
    unit = _AGE_UNITS.get(age[2]) if len(age) >= 3 else None
    sex = tags.get(8, b"")
    return PatientContext(
        age=float(int.from_bytes(age[:2], "little")) if unit else None,
        age_unit=unit,
        sex=_SEX.get(sex[0]) if sex else None,
    )


def acquired_of(tags: dict[int, bytes]) -> Acquired | None:
    """Date, time and offset as the machine's clock had them."""
    day, moment = tags.get(25, b""), tags.get(26, b"")
    if len(day) < 4 or not (1 <= day[2] <= 12 and 1 <= day[3] <= 31):
        return None
    local = f"{int.from_bytes(day[:2], 'little'):04d}-{day[2]:02d}-{day[3]:02d}"
    if len(moment) >= 3 and moment[0] < 24 and moment[1] < 60 and moment[2] < 61:
        local += f"T{moment[0]:02d}:{moment[1]:02d}:{moment[2]:02d}"
    return Acquired(local=local, zone=_zone(tags.get(34, b"")))


def _zone(raw: bytes) -> str | None:
    if len(raw) < 2:
        return None
    minutes = int.from_bytes(raw[:2], "little", signed=True)
    if minutes == _NO_ZONE or abs(minutes) > 24 * 60:
        return None
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def filters_of(tags: dict[int, bytes]) -> Filters:
    """Tag 27 counts hundredths of a hertz, tag 28 hertz, tag 29 bits."""
    high, low, bits = (int.from_bytes(tags.get(n, b""), "little") for n in (27, 28, 29))
    words = tuple(words for bit, words in _FILTER_BITS if bits & bit)
    notch = {1: 60.0, 2: 50.0}.get(bits & 3)
    return Filters(
        high_pass_hz=high / 100 if high else None,
        low_pass_hz=float(low) if low else None,
        notch_hz=notch,
        words=words,
    )


def device_of(tags: dict[int, bytes]) -> Device:
    """Tag 14: six letters of model at byte 8; after byte 35 five texts, the last the maker."""
    raw = tags.get(14, b"")
    texts = [text_of(part) for part in raw[36:].split(b"\0")]
    maker = texts[4] if len(texts) > 4 else ""
    return Device(
        maker=maker or None,
        model=text_of(raw[8:14]) or None,
        software=texts[0] or None if texts else None,
    )
