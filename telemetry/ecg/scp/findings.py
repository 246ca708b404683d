"""Sections 7, 8, 10 and 11: what the machine measured and said, in its own numbers and words.

Nothing here is ours, so nothing is judged: a value the standard marks as not computed is left out,
and a section that cannot be read costs a warning and not the ECG.
"""

from fractions import Fraction
from typing import Final

from telemetry.ecg.cursor import Cursor, text_of
from telemetry.ecg.leads import lead_of_number
from telemetry.ecg.limits import ANNOTATIONS_MAX, STATEMENT_MAX_CHARS, STATEMENTS_MAX
from telemetry.ecg.model import Beat, Measurement, Statement

# The standard's "not computed", "not found" and "not acceptable"; an axis has one more.
_NO_VALUE: Final = frozenset({29_999, 29_998, 19_999, 0xFFFF})
_NO_AXIS: Final = _NO_VALUE | {999}
_TIMES: Final = ("P onset", "P end", "QRS onset", "QRS end", "T end")
_AXES: Final = ("P axis", "QRS axis", "T axis")
_TEXT: Final = 2
_CODED: Final = 1
# Section 10: fields of a lead by their place, of which those are taken that a reading asks for.
_OF_LEAD: Final = (
    (14, "J point amplitude", "uV"),
    (19, "ST slope", "uV/s"),
    (26, "J+20 ms amplitude", "uV"),
    (27, "J+60 ms amplitude", "uV"),
    (28, "J+80 ms amplitude", "uV"),
)


def read_measurements(cursor: Cursor) -> tuple[list[Measurement], Beat | None]:
    """Section 7: rate, fiducials of the reference beat in ms, axes in degrees."""
    blocks = cursor.unsigned(1, "the number of measurements")
    cursor.unsigned(1, "the number of pacemaker spikes")
    found = [
        Measurement(name=name, value=float(value), unit="ms")
        for name in ("RR interval", "PP interval")
        if (value := cursor.unsigned(2, name)) not in _NO_VALUE and value
    ]
    if blocks == 0:
        return found, None
    times = [cursor.unsigned(2, name) for name in _TIMES]
    axes = [cursor.signed(2, name) for name in _AXES]
    found += _named(_TIMES, times, "ms", _NO_VALUE) + _named(_AXES, axes, "deg", _NO_AXIS)
    onset, end = times[2], times[3]
    is_beat = not {onset, end} & _NO_VALUE and onset < end
    if not is_beat:
        return found, None
    return found, Beat(qrs_onset_s=Fraction(onset, 1000), qrs_end_s=Fraction(end, 1000))


def _named(
    names: tuple[str, ...], values: list[int], unit: str, absent: frozenset[int]
) -> list[Measurement]:
    return [
        Measurement(name=name, value=float(value), unit=unit)
        for name, value in zip(names, values, strict=True)
        if value not in absent
    ]


def read_lead_measurements(cursor: Cursor) -> list[Measurement]:
    """Section 10: what the machine measured in each lead around the J point."""
    count = cursor.unsigned(2, "the number of leads")
    cursor.unsigned(2, "the maker's number")
    found: list[Measurement] = []
    for _ in range(count):
        if cursor.left < 4 or len(found) > ANNOTATIONS_MAX:
            break
        lead = lead_of_number(cursor.unsigned(2, "a lead"))
        raw = cursor.take(cursor.unsigned(2, f"lead {lead}"), f"lead {lead}")
        for place, name, unit in _OF_LEAD:
            field = raw[2 * place : 2 * place + 2]
            value = int.from_bytes(field, "little", signed=True)
            if len(field) == 2 and value not in _NO_VALUE:
                found.append(Measurement(name=f"{lead} {name}", value=float(value), unit=unit))
    return found


def read_text_statements(cursor: Cursor) -> list[Statement]:
    """Section 8: the reading in full text."""
    count = _statements_head(cursor)
    found = []
    for _ in range(min(count, STATEMENTS_MAX)):
        cursor.unsigned(1, "a statement")
        raw = cursor.take(cursor.unsigned(2, "a statement"), "a statement")
        found.append(text_of(raw)[:STATEMENT_MAX_CHARS])
    return [Statement(text=text) for text in found if text]


def read_universal_statements(cursor: Cursor) -> list[Statement]:
    """Section 11: statements as codes of the standard or as text; logic between them is left."""
    count = _statements_head(cursor)
    found = []
    for _ in range(min(count, STATEMENTS_MAX)):
        cursor.unsigned(1, "a statement")
        raw = cursor.take(cursor.unsigned(2, "a statement"), "a statement")
        if raw[:1] and raw[0] in (_CODED, _TEXT):
            words = " ".join(text_of(part) for part in raw[1:].split(b"\0") if part)
            found.append(words[:STATEMENT_MAX_CHARS])
    return [Statement(text=text) for text in found if text]


def _statements_head(cursor: Cursor) -> int:
    cursor.take(8, "its head")  # confirmed or not, and when: the words are what is kept
    return cursor.unsigned(1, "the number of statements")
