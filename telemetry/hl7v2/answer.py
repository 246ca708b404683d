"""The acknowledgement of a message: MSA with AA, AE or AR, and ERR for what was wrong. Pure.

Original mode (HL7 v2.5.1, 2.9.2.1): one answer, after the message is durable. AA: taken, also when
single observations of it were refused (each in an ERR of severity W). AE: the message is for us and
cannot be used. AR: it is not for us (type, version, character set) or is no HL7.
"""

from datetime import datetime
from typing import Final, Literal

from dispatch.errors import BadPayload
from telemetry.hl7v2.charset import text_of
from telemetry.hl7v2.model import Report
from telemetry.hl7v2.syntax import Message

AckCode = Literal["AA", "AE", "AR"]

_REJECTED: Final = frozenset(
    {
        "not_an_observation",
        "not_hl7",
        "bad_delimiters",
        "bad_segment",
        "unknown_charset",
        "wrong_charset",
    }
)
_CONDITIONS: Final = {
    "not_an_observation": "200^Unsupported message type^HL70357",
    "not_hl7": "100^Segment sequence error^HL70357",
    "bad_segment": "100^Segment sequence error^HL70357",
    "no_value": "101^Required field missing^HL70357",
    "missing_unit": "101^Required field missing^HL70357",
    "not_a_number": "102^Data type error^HL70357",
    "unknown_unit": "103^Table value not found^HL70357",
    "unknown_charset": "103^Table value not found^HL70357",
}
_OTHER: Final = "207^Application internal error^HL70357"
_WARNINGS_MAX: Final = 20  # of one answer; more tell a person nothing more
_ESCAPES: Final = str.maketrans(
    {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\", "\r": " ", "\n": " "}
)


def code_for(bad: BadPayload) -> AckCode:
    """AR for what is not ours to take, AE for what is and cannot be used."""
    return "AR" if bad.reason in _REJECTED else "AE"


def accept(raw: bytes, report: Report, control_id: str, now: datetime) -> bytes:
    """AA to a message that was taken; ``now`` in UTC."""
    warnings = [
        _error(problem.reason, problem.sentence, "W") for problem in report.refused[:_WARNINGS_MAX]
    ]
    return _answer(raw, "AA", report.control_id, control_id, now, warnings)


def refuse(raw: bytes, bad: BadPayload, control_id: str, now: datetime) -> bytes:
    """AE or AR to a message that was not; its own control id when one can be read."""
    return _answer(raw, code_for(bad), "", control_id, now, [_error(bad.reason, bad.detail, "E")])


def _answer(
    raw: bytes, code: AckCode, answered: str, control_id: str, now: datetime, errors: list[str]
) -> bytes:
    sender = ["", "", "", ""]
    trigger, version, mode = "", "2.6", "P"
    try:
        header = Message(text_of(raw)[0]).header
        sender = [header.raw(5), header.raw(6), header.raw(3), header.raw(4)]
        answered = answered or header.text(10)
        trigger, mode = header.text(9, 2), header.text(11) or mode
        version = header.text(12) or version
        if header.raw(2)[:4] != "^~\\&":
            sender = [part.translate(_ESCAPES) for part in sender]
    except BadPayload:
        pass  # whoever sent no HL7 gets an answer all the same
    kind = f"ACK^{_escaped(trigger)}^ACK" if trigger else "ACK"
    stamp = now.strftime("%Y%m%d%H%M%S+0000")
    head = "|".join(
        ("MSH", "^~\\&", *sender, stamp, "", kind, control_id, _escaped(mode), _escaped(version))
    )
    lines = [f"{head}||||||UNICODE UTF-8", f"MSA|{code}|{_escaped(answered)}", *errors]
    return ("\r".join(lines) + "\r").encode("utf-8", "replace")


def _error(reason: str, sentence: str, severity: str) -> str:
    condition = _CONDITIONS.get(reason, _OTHER)
    return f"ERR|||{condition}|{severity}||||{_escaped(reason)}: {_escaped(sentence)}"


def _escaped(text: str) -> str:
    return text[:200].translate(_ESCAPES)
