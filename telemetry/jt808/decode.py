"""One JT/T 808 frame in, `Decoded` out, or BadPayload: nothing else, for any bytes. Pure.

`decode` is strict: a wrong checksum or length is refused, as in a session. `inspect` is for a
person with a log: it reads such a frame all the same and puts what is wrong into ``faults``,
because logs are edited (numbers made anonymous) and the question is what the frame says.
"""

from typing import Final

from dispatch.errors import BadPayload
from telemetry.jt808.fields import READ_ERRORS, ascii_of
from telemetry.jt808.frame import checksum, open_frame
from telemetry.jt808.header import Header, read_header
from telemetry.jt808.limits import SENTENCE_MAX_BYTES
from telemetry.jt808.messages import read_body
from telemetry.jt808.model import Decoded, Fault, Message, Part, Terminal
from telemetry.jt808.names import NAMES
from telemetry.jt808.transparent import Said

_NO_TERMINAL: Final = Terminal(id="", phone="", edition="text", version=None)


class Opened:
    """A frame taken apart so far that its parts can be joined: header, body, what is wrong."""

    __slots__ = ("body", "faults", "header", "notes")

    def __init__(self, frame: bytes, *, is_edited: bool = False) -> None:
        content, mark, was_unescaped = open_frame(frame, is_edited=is_edited)
        self.header, start = read_header(content, mark)
        self.body = content[start:-1]
        self.faults: list[Fault] = []
        self.notes = ("its escapes were taken out before",) if was_unescaped else ()
        wrong = checksum(content)
        if wrong:
            stated, due = content[-1], content[-1] ^ wrong
            sentence = f"the checksum is {stated:02x}, the bytes add up to {due:02x}"
            self.faults.append(Fault(reason="wrong_checksum", sentence=sentence))
        if self.header.length != len(self.body):
            sentence = f"the header states {self.header.length} bytes, {len(self.body)} came"
            self.faults.append(Fault(reason="wrong_length", sentence=sentence))


def open_strictly(frame: bytes) -> Opened:
    """The frame with nothing wrong; raises BadPayload with the first fault."""
    opened = Opened(frame)
    if opened.faults:
        raise BadPayload(opened.faults[0].reason, opened.faults[0].sentence)
    return opened


def decode(frame: bytes, model: str = "") -> Decoded:
    """What a whole, correct frame says.

    Raises BadPayload with: oversize, too_short, no_mark, stray_mark, bad_escape, encrypted,
    bad_part, wrong_checksum, wrong_length, bad_digits, bad_body.
    """
    if frame[:1] == b"(":
        return _sentence(frame)
    return read_opened(open_strictly(frame), model)


def inspect(frame: bytes, model: str = "") -> Decoded:
    """What a frame says although its checksum or length is wrong; ``faults`` name that."""
    if frame[:1] == b"(":
        return _sentence(frame)
    return read_opened(Opened(frame, is_edited=True), model)


def read_opened(opened: Opened, model: str = "") -> Decoded:
    """The message of a frame; of a part only that it is one. Raises BadPayload."""
    header = opened.header
    if header.parts > 1:
        note = f"part {header.number} of {header.parts}: it says nothing alone"
        return _decoded(header, opened, Said(notes=(note,)))
    return _decoded(header, opened, read_message(header, opened.body, model))


def read_message(header: Header, body: bytes, model: str = "") -> Said:
    """A whole body, in one piece or joined from parts; raises BadPayload."""
    try:
        return read_body(header, body, model)
    except READ_ERRORS as error:
        name = NAMES.get(header.message_id, "message")
        detail = f"{name} 0x{header.message_id:04X} of {len(body)} bytes: {error}"
        raise BadPayload("bad_body", detail[:200]) from None


def joined(header: Header, body: bytes, model: str = "") -> Decoded:
    """The message whose parts were put together; ``header`` is the last part's."""
    said = read_message(header, body, model)
    return _decode(header, len(body), said, (), (f"joined from {header.parts} parts",))


def terminal_of(header: Header) -> Terminal:
    """Who speaks. 2011 and 2013 have the same header."""
    edition = "2013 or 2011" if header.version is None else "2019"
    phone = header.phone.hex()
    is_imei = not phone.isdecimal()
    return Terminal(
        id=header.terminal_id,
        phone=phone,
        edition=edition,
        version=header.version,
        is_imei=is_imei,
    )


def _decoded(header: Header, opened: Opened, said: Said) -> Decoded:
    return _decode(header, len(opened.body), said, tuple(opened.faults), opened.notes)


def _decode(
    header: Header, size: int, said: Said, faults: tuple[Fault, ...], notes: tuple[str, ...]
) -> Decoded:
    part = Part(number=header.number, of=header.parts) if header.parts else None
    return Decoded(
        terminal=terminal_of(header),
        message=Message(
            id=f"0x{header.message_id:04X}",
            name=NAMES.get(header.message_id, "unknown"),
            serial=header.serial,
            body_bytes=size,
            part=part,
        ),
        fixes=said.fixes,
        fields=said.fields,
        attributes=said.attributes,
        faults=faults,
        notes=notes + said.notes,
    )


def _sentence(frame: bytes) -> Decoded:
    """ "(…)": an answer in text, which names nobody."""
    if len(frame) > SENTENCE_MAX_BYTES or frame[-1:] != b")":
        raise BadPayload("no_mark", "a sentence begins with ( and ends with )")
    words = ascii_of(frame)
    message = Message(id="text", name="sentence", serial=0, body_bytes=len(frame))
    return Decoded(terminal=_NO_TERMINAL, message=message, attributes={"result": words})
