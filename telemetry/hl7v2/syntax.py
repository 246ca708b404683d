"""Segments, fields, repetitions, components and escapes of one message as text. Pure.

Counting is HL7's: from 1, and MSH-1 is the separator itself.
"""

import re
from typing import Final

from dispatch.errors import BadPayload
from telemetry.hl7v2.limits import MESSAGE_MAX_BYTES, REPETITIONS_MAX, SEGMENTS_MAX

_NAME: Final = re.compile(r"[A-Z][A-Z0-9]{2}")
_BREAKS: Final = {".br": "\n", ".sp": "\n", ".ce": "\n", ".fi": "", ".nf": "", ".in": "", ".ti": ""}


class Delimiters:
    """MSH-1 and MSH-2."""

    __slots__ = ("component", "escape", "field", "named", "pattern", "repetition", "sub")

    def __init__(self, field: str, others: str) -> None:
        self.field = field
        self.component, self.repetition, self.escape, self.sub = list(others[:4])
        self.named = {
            "F": field,
            "S": self.component,
            "R": self.repetition,
            "E": self.escape,
            "T": self.sub,
            "H": "",
            "N": "",
        }
        mark = re.escape(self.escape)
        self.pattern = re.compile(f"{mark}([^{mark}]*){mark}")


class Segment:
    """One segment; everything that is asked for and is not there is ""."""

    __slots__ = ("_delimiters", "_fields", "name")

    def __init__(self, line: str, delimiters: Delimiters) -> None:
        fields = line.split(delimiters.field)
        self.name = fields[0]
        if self.name == "MSH":
            fields.insert(1, delimiters.field)
        self._fields = fields
        self._delimiters = delimiters

    def __len__(self) -> int:
        return len(self._fields)

    def raw(self, field: int) -> str:
        """A field as it stands, with its escapes."""
        return self._fields[field] if field < len(self._fields) else ""

    def repetitions(self, field: int) -> list[list[str]]:
        """The components of each repetition that is not empty, unescaped."""
        raw = self.raw(field)
        if not raw:
            return []
        parts = raw.split(self._delimiters.repetition)[:REPETITIONS_MAX]
        return [self._components(part) for part in parts if part]

    def components(self, field: int) -> list[str]:
        """Those of the first repetition."""
        raw = self.raw(field)
        return self._components(raw.split(self._delimiters.repetition, 1)[0]) if raw else []

    def text(self, field: int, component: int = 1) -> str:
        """One component of the first repetition, unescaped, without its subcomponents' marks."""
        found = self.components(field)
        return found[component - 1] if component <= len(found) else ""

    def subcomponents(self, field: int, component: int) -> list[str]:
        """The subcomponents of one component of the first repetition, unescaped."""
        first = self.raw(field).split(self._delimiters.repetition, 1)[0]
        parts = first.split(self._delimiters.component)
        if component > len(parts):
            return []
        return [self._plain(part) for part in parts[component - 1].split(self._delimiters.sub)]

    def _components(self, repetition: str) -> list[str]:
        return [self._plain(part) for part in repetition.split(self._delimiters.component)]

    def _plain(self, text: str) -> str:
        return unescape(text, self._delimiters)


class Message:
    """The segments of one message, MSH first."""

    __slots__ = ("delimiters", "header", "segments")

    def __init__(self, text: str) -> None:
        """Raises BadPayload: oversize, not_hl7, bad_delimiters, too_many_segments, bad_segment."""
        if len(text) > MESSAGE_MAX_BYTES:
            raise BadPayload("oversize", f"{len(text)} characters")
        if not text.startswith("MSH") or len(text) < 8:
            raise BadPayload("not_hl7", "a message begins with MSH and its delimiters")
        self.delimiters = _delimiters(text)
        lines = [line for line in text.split("\r") if line.strip()]
        if len(lines) > SEGMENTS_MAX:
            raise BadPayload("too_many_segments", f"{len(lines)}, {SEGMENTS_MAX} are allowed")
        self.segments = [Segment(line.lstrip("\n"), self.delimiters) for line in lines]
        for number, segment in enumerate(self.segments, start=1):
            if not _NAME.fullmatch(segment.name):
                raise BadPayload("bad_segment", f"segment {number} has no name of three letters")
        self.header = self.segments[0]

    def first(self, name: str) -> Segment | None:
        """The first segment of a name."""
        return next((one for one in self.segments if one.name == name), None)


def _delimiters(text: str) -> Delimiters:
    field = text[3]
    others = text[4:].split(field, 1)[0].split("\r", 1)[0]
    if len(others) == 3:
        others += "&"  # early senders leave the last out
    distinct = {field, *others[:4]}
    if len(others) < 4 or len(distinct) != 5 or any(one.isalnum() for one in distinct):
        raise BadPayload("bad_delimiters", "MSH-1 and MSH-2 are five different signs")
    if "\r" in distinct or "\n" in distinct:
        raise BadPayload("bad_delimiters", "a line end is no delimiter")
    return Delimiters(field, others)


def unescape(text: str, delimiters: Delimiters) -> str:
    """Text without escape sequences (HL7 v2.5.1, 2.7); unknown ones are taken out.

    ``\\Xdd…\\`` is read as Latin-1, because no character set goes with it.
    """
    if delimiters.escape not in text:
        return text
    return delimiters.pattern.sub(lambda found: _escaped(found[1], delimiters), text)


def _escaped(sequence: str, delimiters: Delimiters) -> str:
    if sequence in delimiters.named:
        return delimiters.named[sequence]
    if sequence[:1] == "X":
        try:
            return bytes.fromhex(sequence[1:]).decode("latin-1")
        except ValueError:
            return ""
    return _BREAKS.get(sequence[:3], "")
