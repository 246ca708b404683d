"""Frames of a JT/T 808 stream: marks, escapes, checksum. Pure; no message is understood here.

    7E | header | body | XOR checksum | 7E         7E -> 7D 02, 7D -> 7D 01 (JT/T 808, 4.4)
    E7 | … | E7      of some makers: E7 -> E6 02, E6 -> E6 01, 3D -> 3E 02, 3E -> 3E 01
    ( … )            of some makers: a sentence of text

A log often keeps a frame with its escapes already taken out. `open_frame` sees that by length and
checksum, which fit one of the two readings only, and says which one it took.
"""

import re
from collections.abc import Iterator
from typing import Final

from dispatch.errors import BadPayload
from telemetry.jt808.limits import FRAME_MAX_BYTES, SENTENCE_MAX_BYTES, STREAM_BUFFER_MAX_BYTES

MARK: Final = 0x7E
OTHER_MARK: Final = 0xE7
_MARKS: Final = (MARK, OTHER_MARK)
_OPENING: Final = 0x28  # "(" of a sentence
_CONTENT_MIN: Final = 11  # the shortest header and a checksum

_ESCAPED: Final = re.compile(rb"\x7d(.?)", re.DOTALL)
_PLAIN: Final = {b"\x01": b"\x7d", b"\x02": b"\x7e"}
_OTHER_ESCAPED: Final = re.compile(rb"([\xe6\x3e])(.?)", re.DOTALL)
_OTHER_PLAIN: Final = {
    (b"\xe6", b"\x01"): b"\xe6",
    (b"\xe6", b"\x02"): b"\xe7",
    (b"\x3e", b"\x01"): b"\x3e",
    (b"\x3e", b"\x02"): b"\x3d",
}


def checksum(content: bytes) -> int:
    """XOR of all bytes; folded in halves, because a loop over bytes is ten times slower."""
    size = 1 << max(0, (len(content) - 1).bit_length())
    number = int.from_bytes(content, "big")
    while size > 1:
        size >>= 1
        bits = size * 8
        number = (number >> bits) ^ (number & ((1 << bits) - 1))
    return number


def unescape(inner: bytes, mark: int = MARK) -> bytes:
    """What stood between the marks, without escapes; raises BadPayload ``bad_escape``."""
    if mark == MARK:
        if b"\x7d" not in inner:
            return inner
        return _ESCAPED.sub(_one, inner)
    return _OTHER_ESCAPED.sub(_other_one, inner)


def _one(found: "re.Match[bytes]") -> bytes:
    plain = _PLAIN.get(found[1])
    if plain is None:
        raise BadPayload("bad_escape", f"7d {found[1].hex() or 'at the end'} at {found.start()}")
    return plain


def _other_one(found: "re.Match[bytes]") -> bytes:
    plain = _OTHER_PLAIN.get((found[1], found[2]))
    if plain is None:
        pair = (found[1] + found[2]).hex(" ")
        raise BadPayload("bad_escape", f"{pair} at {found.start()}")
    return plain


def escape(content: bytes, mark: int = MARK) -> bytes:
    """The frame of a header with its body: checksum added, escaped, between marks."""
    whole = content + bytes([checksum(content)])
    if mark == MARK:
        inner = whole.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02")
    else:
        inner = whole.replace(b"\xe6", b"\xe6\x01").replace(b"\xe7", b"\xe6\x02")
        inner = inner.replace(b"\x3e", b"\x3e\x01").replace(b"\x3d", b"\x3e\x02")
    return bytes([mark]) + inner + bytes([mark])


def open_frame(frame: bytes, *, is_edited: bool = False) -> tuple[bytes, int, bool]:
    """(header and body and checksum, mark, whether escapes were taken out before).

    ``is_edited``: of a log in which bytes were changed, so that a checksum is no witness; length
    alone then tells that escapes are gone.

    Raises BadPayload: oversize, too_short, no_mark, bad_escape. The checksum is not judged here:
    see `telemetry.jt808.decode`.
    """
    if len(frame) > FRAME_MAX_BYTES:
        raise BadPayload("oversize", f"{len(frame)} bytes, a frame has {FRAME_MAX_BYTES} at most")
    if len(frame) < _CONTENT_MIN + 2:
        raise BadPayload("too_short", f"{len(frame)} bytes are no frame")
    mark = frame[0]
    if mark not in _MARKS or frame[-1] != mark:
        ends = f"{frame[:1].hex()} … {frame[-1:].hex()}"
        raise BadPayload("no_mark", f"a frame begins and ends with 7e (or e7), got {ends}")
    inner = frame[1:-1]
    if not _needs_a_look(inner, mark):
        return inner, mark, False
    if _fits(inner):
        return inner, mark, True
    if is_edited and _length_fits(inner):
        return inner, mark, True
    if mark in inner:
        raise BadPayload("stray_mark", f"{mark:02x} at {inner.index(mark) + 1}: two frames?")
    try:
        plain = unescape(inner, mark)
    except BadPayload:
        if is_edited:
            return inner, mark, True
        raise
    if len(plain) < _CONTENT_MIN:
        raise BadPayload("too_short", f"{len(plain)} bytes are no header")
    return plain, mark, False


def _needs_a_look(inner: bytes, mark: int) -> bool:
    if mark == MARK:
        return b"\x7d" in inner or b"\x7e" in inner
    return any(byte in inner for byte in (b"\xe6", b"\xe7", b"\x3e"))


def _fits(inner: bytes) -> bool:
    """Whether length and checksum are right as the bytes stand."""
    return _length_fits(inner) and not checksum(inner)


def _length_fits(inner: bytes) -> bool:
    attributes = int.from_bytes(inner[2:4], "big")
    header = 17 if attributes & 0x4000 else 12
    header += 4 if attributes & 0x2000 else 0
    length = attributes & 0x3FF
    return len(inner) - 1 - length in (header, header - 1, header + 1)


class Framer:
    """Bytes of a stream in, frames and sentences out; what stands between them is counted.

    Holds `STREAM_BUFFER_MAX_BYTES` at most: a stream without marks is thrown away as it comes, a
    frame that does not end is given up at `FRAME_MAX_BYTES` and the search begins behind its mark.
    A terminal keeps to one mark: after its first sound frame no other byte begins one. What is not
    sound may be garbage in front of a frame, so its closing mark may open the next.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._mark: int | None = None
        self.garbage_bytes = 0

    def __len__(self) -> int:
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Each whole frame or sentence, with its marks, in the order of arrival."""
        for start in range(0, len(data), STREAM_BUFFER_MAX_BYTES // 2):
            self._buffer += data[start : start + STREAM_BUFFER_MAX_BYTES // 2]
            while (frame := self._next()) is not None:
                yield frame

    def _next(self) -> bytes | None:
        buffer = self._buffer
        while buffer:
            first = buffer[0]
            if not self._begins(first):
                self._skip_to_a_mark()
                continue
            is_sentence = first == _OPENING
            end = buffer.find(b")" if is_sentence else buffer[:1], 1)
            limit = SENTENCE_MAX_BYTES if is_sentence else FRAME_MAX_BYTES
            is_shared = end == 1 and not is_sentence  # the end of one frame, the next one's start
            if is_shared or (self._mark is None and self._is_mistaken(first, end)):
                self._drop(1)
            elif 0 < end < limit:
                return self._cut(first, end)
            elif end < 0 and len(buffer) < limit:
                return None
            else:
                self._drop(1)
        return None

    def _begins(self, byte: int) -> bool:
        if self._mark is not None:
            return byte == self._mark
        return byte in _MARKS or byte == _OPENING

    def _cut(self, first: int, end: int) -> bytes:
        frame = bytes(self._buffer[: end + 1])
        if first == _OPENING:
            del self._buffer[: end + 1]
        elif _is_sound(frame):
            self._mark = first
            del self._buffer[: end + 1]
        else:
            del self._buffer[:end]
        return frame

    def _is_mistaken(self, first: int, end: int) -> bool:
        """Whether E7 or ( is no beginning, in a stream that has not shown its mark yet.

        It is none when what it closes is no frame or no text, or a sound frame of 7E stands behind.
        """
        if first == MARK:
            return False
        if first == _OPENING:
            inside = self._buffer[: end if end >= 0 else SENTENCE_MAX_BYTES]
            return not all(0x20 <= byte < 0x7F for byte in inside)
        if end > 0:
            return not _is_sound(bytes(self._buffer[: end + 1]))
        start = self._buffer.find(MARK)
        while start > 0:
            stop = self._buffer.find(MARK, start + 1)
            if stop > start and _is_sound(bytes(self._buffer[start : stop + 1])):
                return True
            start = stop
        return False

    def _skip_to_a_mark(self) -> None:
        marks = (MARK, OTHER_MARK, _OPENING) if self._mark is None else (self._mark,)
        places = [self._buffer.find(mark) for mark in marks]
        found = [place for place in places if place >= 0]
        self._drop(min(found) if found else len(self._buffer))

    def _drop(self, count: int) -> None:
        self.garbage_bytes += count
        del self._buffer[:count]


def _is_sound(frame: bytes) -> bool:
    """Long enough, well escaped, and its bytes add up."""
    try:
        content = unescape(frame[1:-1], frame[0])
    except BadPayload:
        return False
    return len(content) >= _CONTENT_MIN and not checksum(content)
