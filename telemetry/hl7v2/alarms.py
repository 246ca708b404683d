"""IHE PCD-04 (ORU^R40): alarms as the device states them. Pure.

Each alarm is a group of OBX with one containment in OBX-4 (its first part counts the facets): the
event (196616 MDC_EVT_ALARM), its source, 68481 phase, 68482 state, 68483 inactivation, 68484
priority (IEEE 11073-10101, IHE PCD TF-2, 3.4). A group without an event is no alarm.
"""

from typing import Final

from telemetry.hl7v2.limits import TEXT_MAX_CHARS
from telemetry.hl7v2.model import AlarmStatement
from telemetry.hl7v2.syntax import Message, Segment
from telemetry.hl7v2.times import Instant, Zones, read_time

_EVENTS: Final = ("MDC_EVT_ALARM", "MDC_EVT_ALERT", "MDC_EVT_")
_FACETS: Final = {
    "68481": "phase",
    "68482": "state",
    "68483": "inactivation",
    "68484": "priority",
    "MDC_ATTR_EVENT_PHASE": "phase",
    "MDC_ATTR_ALARM_STATE": "state",
    "MDC_ATTR_ALARM_INACTIVATION_STATE": "inactivation",
    "MDC_ATTR_ALARM_PRIORITY": "priority",
    "MDC_ATTR_ALERT_SOURCE": "source",
    "68480": "source",
}
_PRIORITIES: Final = {"PH": "high", "PM": "medium", "PL": "low", "PI": "information", "PN": "none"}
_ALARM: Final = "196616"


def read_alarms(message: Message, zones: Zones) -> tuple[AlarmStatement, ...]:
    """The alarms of a message, in its order."""
    found: list[AlarmStatement] = []
    group: list[Segment] = []
    at: Instant | None = None
    for segment in message.segments:
        if segment.name == "OBR":
            found += _statement(group, at)
            group, at = [], read_time(segment.text(7), zones)
        elif segment.name == "OBX":
            if _is_event(segment) and any(_is_event(one) for one in group):
                found += _statement(group, at)
                group = []
            group.append(segment)
    found += _statement(group, at)
    return tuple(found)


def _is_event(obx: Segment) -> bool:
    return obx.text(3, 1) == _ALARM or obx.text(3, 2).startswith(_EVENTS)


def _statement(group: list[Segment], at: Instant | None) -> list[AlarmStatement]:
    event = next((one for one in group if _is_event(one)), None)
    if event is None:
        return []
    facets: dict[str, str] = {}
    priority = ""
    for obx in group:
        name = _FACETS.get(obx.text(3, 1)) or _FACETS.get(obx.text(3, 2))
        if name is not None:
            facets[name] = _last_word(obx)
        flags = [parts[0].strip() for parts in obx.repetitions(8)]
        priority = next((_PRIORITIES[flag] for flag in flags if flag in _PRIORITIES), priority)
    return [
        AlarmStatement(
            event=_short(event.text(5, 1)),
            text=_short(event.text(5, 2)),
            source=_short(facets.get("source", "")),
            phase=_short(facets.get("phase", "")),
            state=_short(facets.get("state", "")),
            inactivation=_short(facets.get("inactivation", "")),
            priority=_short(facets.get("priority", "") or priority),
            at=at,
            place=_short(event.text(4)),
        )
    ]


def _last_word(obx: Segment) -> str:
    """The text of a coded value, or what stands in its place."""
    return obx.text(5, 2) or obx.text(5, 1)


def _short(text: str) -> str:
    return text.strip()[:TEXT_MAX_CHARS]
