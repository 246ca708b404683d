"""A file's messages to answers: what `greenlane hl7 decode` prints. Pure; no patient is in it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from dispatch.errors import BadPayload
from telemetry.hl7v2.answer import accept, code_for, refuse
from telemetry.hl7v2.mllp import messages_of
from telemetry.hl7v2.read import read
from telemetry.hl7v2.times import Zones


def answers(content: bytes, zones: Zones, now: datetime) -> Iterator[dict[str, Any]]:
    """One answer a message, in order: what it says or ``refusal``, and the acknowledgement."""
    try:
        messages = messages_of(content)
    except BadPayload as bad:
        yield {"message": 0, "accepted": False, "refusal": _refusal(bad)}
        return
    for number, raw in enumerate(messages, start=1):
        control_id = f"G{number}"
        try:
            report = read(raw, zones)
        except BadPayload as bad:
            yield {
                "message": number,
                "accepted": False,
                "refusal": _refusal(bad),
                "acknowledgement": code_for(bad),
                "answer": _text(refuse(raw, bad, control_id, now)),
            }
            continue
        yield {
            "message": number,
            "accepted": True,
            **msgspec.to_builtins(report),
            "acknowledgement": "AA",
            "answer": _text(accept(raw, report, control_id, now)),
        }


def _refusal(bad: BadPayload) -> dict[str, str]:
    return {"reason": bad.reason, "sentence": bad.detail}


def _text(answer: bytes) -> list[str]:
    return answer.decode("utf-8").rstrip("\r").split("\r")
