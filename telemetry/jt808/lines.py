"""Lines of a log in, one answer each out: what `greenlane jt808 decode` prints. Pure.

A line is a frame in hex, a JSON string of it, or an object that has it as ``hex``, ``frame``,
``raw`` or ``data``; an object may also name the terminal's ``model``, and an ``id`` to give back.
"""

import binascii
import json
from typing import Any, Final

import msgspec

from dispatch.errors import BadPayload
from telemetry.jt808.decode import Opened, decode, inspect, joined, open_strictly
from telemetry.jt808.limits import HEX_LINE_MAX_BYTES
from telemetry.jt808.model import Decoded
from telemetry.jt808.parts import Assembler

KEYS: Final = ("hex", "frame", "raw", "data")
_ID_MAX: Final = 2**53  # exact in every JSON reader
_ID_CHARS: Final = 100
_SEPARATORS: Final = str.maketrans("", "", " \t\r\n:-,")


class LineReader:
    """Answers lines in their order; parts of a message are joined at its last part.

    ``model`` is that of every terminal whose line names none.
    """

    def __init__(self, *, is_strict: bool = False, model: str = "") -> None:
        self._is_strict = is_strict
        self._model = model
        self._parts = Assembler()
        self._line = 0

    def answer(self, line: bytes) -> dict[str, Any]:
        """What one line says, or ``refusal`` with a stable reason and one sentence."""
        if len(line) > HEX_LINE_MAX_BYTES:
            detail = f"a line has {HEX_LINE_MAX_BYTES} bytes at most"
            return self._refused({}, BadPayload("oversize", detail))
        try:
            words = line.decode("utf-8-sig").strip()
        except UnicodeDecodeError as error:
            return self._refused({}, BadPayload("not_utf8", f"byte {error.start}"))
        return self.answer_item(_read(words))

    def answer_item(self, item: object) -> dict[str, Any]:
        """The same for what a JSON reader made of a line."""
        head = {"id": _id_of(item["id"])} if isinstance(item, dict) and "id" in item else {}
        model = self._model
        if isinstance(item, dict) and isinstance(item.get("model"), str):
            model = item["model"]
        try:
            decoded = self._decode(_frame_of(item), model)
        except BadPayload as bad:
            return self._refused(head, bad)
        self._line += 1
        return {"line": self._line, **head, **answer_of(decoded)}

    def _decode(self, frame: bytes, model: str) -> Decoded:
        is_sentence = frame[:1] == b"("
        first = decode(frame, model) if self._is_strict else inspect(frame, model)
        part = first.message.part
        if is_sentence or part is None or part.of < 2:
            return first
        opened = open_strictly(frame) if self._is_strict else Opened(frame, is_edited=True)
        whole = self._parts.add(opened.header, opened.body, 0.0)
        return first if whole is None else joined(whole.header, whole.body, model)

    def _refused(self, head: dict[str, Any], bad: BadPayload) -> dict[str, Any]:
        self._line += 1
        refusal = {"reason": bad.reason, "sentence": bad.detail}
        return {"line": self._line, **head, "accepted": False, "refusal": refusal}


def answer_of(decoded: Decoded) -> dict[str, Any]:
    """The answer to one frame; one with faults is not accepted and is read all the same."""
    answer: dict[str, Any] = {"accepted": not decoded.faults, "yields": _yields(decoded)}
    if decoded.faults:
        answer["refusal"] = msgspec.to_builtins(decoded.faults[0])
    return {**answer, **msgspec.to_builtins(decoded)}


def _yields(decoded: Decoded) -> str:
    if decoded.fixes:
        return "position" if len(decoded.fixes) == 1 else "positions"
    return "something" if decoded.attributes else "no position"


def _id_of(given: object) -> object:
    """What can be given back in JSON as it came; of anything else its words."""
    if isinstance(given, str) or (isinstance(given, int) and abs(given) < _ID_MAX):
        return given
    return str(given)[:_ID_CHARS]


def _read(words: str) -> object:
    if words[:1] not in ("{", '"'):
        return words
    try:
        return json.loads(words)
    except (ValueError, RecursionError):
        return words


def _frame_of(item: object) -> bytes:
    if isinstance(item, dict):
        item = next((item[key] for key in KEYS if key in item), None)
    if not isinstance(item, str):
        raise BadPayload("no_frame", f"a line holds hex, or JSON with one of {', '.join(KEYS)}")
    digits = item.translate(_SEPARATORS).removeprefix("0x")
    if not digits:
        raise BadPayload("no_frame", "the line is empty")
    try:
        return binascii.unhexlify(digits)
    except ValueError as error:  # odd length, other characters, other scripts
        raise BadPayload("not_hex", str(error)) from None
