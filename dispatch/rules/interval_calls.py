"""The calls of an intervals case: their fields, and how they are read. Pure.

Stamps are instants and are stored in UTC, whatever offset they came with; a list of calls may give
them as seconds on one clock of the sender's instead. Not here: what is measured between them
(`dispatch.quality.intervals`).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from dispatch.errors import BadPayload
from dispatch.quality.intervals import (
    AREAS,
    CALL_KINDS,
    CLOCKS,
    INTERVALS,
    MEANINGS,
    PRIORITIES,
    Call,
    Clock,
    Duration,
    Interval,
    of_seconds,
)
from dispatch.rules.model import Field, Result, Values
from dispatch.rules.read import read_value

LONGEST_S: Final = 1e9
SECONDS_PER_MINUTE: Final = 60
_SHOWN_IN: Final = ZoneInfo("Asia/Shanghai")
_START_OF_SECONDS: Final = datetime(2000, 1, 1, tzinfo=UTC)
_YEARS: Final = (1900, 2200)
_DIGITS: Final = 6

_PRIORITY_WORDS: Final = {
    word: priority
    for number, priority in enumerate(PRIORITIES, 1)
    for word in (f"C{number}", f"Cat {number}", f"Category {number}", str(number))
}


_CANCELLED: Final = "cancelled"


def _stamp(name: str, meaning: str) -> Field:
    return Field(name=name, kind="time", meaning=meaning)


CALL_FIELDS: Final[tuple[Field, ...]] = (
    *(_stamp(clock, f"{MEANINGS[clock].en}（{MEANINGS[clock].zh}）") for clock in CLOCKS),
    Field(
        name="kind",
        kind="choice",
        choices=(*CALL_KINDS, _CANCELLED),
        words={"normal": "real", "emergency": "real", "canceled": _CANCELLED},
        meaning="a real call, one that counts apart, or a real one that was cancelled",
        aliases=("call_kind",),
    ),
    Field(
        name="cancelled",
        kind="flag",
        meaning="the unit was cancelled",
        aliases=("canceled", "is_cancelled"),
    ),
    Field(
        name="priority",
        kind="choice",
        choices=PRIORITIES,
        words=_PRIORITY_WORDS,
        meaning="of the call, after any upgrade",
        aliases=("category",),
    ),
    Field(
        name="area",
        kind="choice",
        choices=AREAS,
        words={"city": "urban", "城市": "urban", "农村": "rural"},
        meaning="where the scene is",
    ),
    Field(
        name="upgraded_from",
        kind="choice",
        choices=PRIORITIES,
        words=_PRIORITY_WORDS,
        meaning="priority before an upgrade",
        aliases=("original_priority",),
    ),
    _stamp("upgraded_at", "when it was upgraded"),
)
_STAMPS: Final = frozenset({*CLOCKS, "upgraded_at"})
_SHARED: Final = frozenset({"priority", "area"})


def flat_call(values: Values) -> dict[str, Any]:
    """The fields of the one call that a case gives flat; empty when it gives none."""
    return {
        field.name: values[field.name]
        for field in CALL_FIELDS
        if field.name not in _SHARED and values[field.name] is not None
    }


def has_stamp(read: dict[str, Any]) -> bool:
    """Whether any clock of a call is given."""
    return bool(_STAMPS & read.keys())


def interval_between(calls: Iterable[Call]) -> Interval:
    """The interval from the first to the last stamp given; raises BadPayload for none such."""
    given = {clock for call in calls for clock in call.at}
    ordered = [clock for clock in CLOCKS if clock in given]
    for interval in INTERVALS.values():
        if ordered and (interval.start, interval.end) == (ordered[0], ordered[-1]):
            return interval
    known = ", ".join(INTERVALS)
    raise BadPayload("missing_field", f"interval: one of {known} is needed for these stamps")


def measured_elsewhere(values: Values) -> list[Duration]:
    """Seconds, or minutes, as given; None is missing."""
    if values["value_s"] is not None:
        return [of_seconds(values["value_s"])]
    name = "values_s" if values["values_min"] is None else "values_min"
    factor = 1 if name == "values_s" else SECONDS_PER_MINUTE
    field = Field(name=name, kind="number", meaning="", lowest=-LONGEST_S, highest=LONGEST_S)
    read = [None if one is None else read_value(field, one) for one in values[name]]
    return [of_seconds(None if one is None else round(one * factor, _DIGITS)) for one in read]


def read_calls(values: Values) -> tuple[list[Call], tuple[str, ...]]:
    """The calls of a list, and the names in them that nothing was read from."""
    calls: list[Call] = []
    unknown: dict[str, None] = {}
    for place, raw in enumerate(values["calls"]):
        if not isinstance(raw, dict):
            raise BadPayload("invalid_field", f"calls[{place}]: an object is expected")
        read, left = _read_call(raw)
        unknown |= dict.fromkeys(name for name in left if name != "id")
        calls.append(call_of(read, values))
    return calls, tuple(unknown)


def _read_call(raw: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The fields of one call, and the names that mean nothing here."""
    names = {name: field for field in CALL_FIELDS for name in (field.name, *field.aliases)}
    numbers = {name for name in _STAMPS & raw.keys() if isinstance(raw[name], int | float)}
    if numbers and any(isinstance(raw[name], str) for name in _STAMPS & raw.keys()):
        raise BadPayload("invalid_field", "calls: stamps either as times or as seconds, not both")
    read: dict[str, Any] = {}
    for name, value in raw.items():
        field = names.get(name)
        if field is None or value is None:
            continue
        if field.name in read:
            raise BadPayload("invalid_field", f"{field.name}: given under two names")
        is_number = name in numbers
        read[field.name] = _seconds(name, value) if is_number else read_value(field, value)
    return read, [name for name in raw if name not in names]


def _seconds(name: str, value: float) -> datetime:
    """A stamp in seconds on one clock of the sender's own."""
    field = Field(name=name, kind="number", meaning="", unit="s", lowest=0, highest=LONGEST_S)
    return _START_OF_SECONDS + timedelta(seconds=read_value(field, value))


def call_of(read: dict[str, Any], values: Values) -> Call:
    """One call; its priority and area are the case's where it names none itself."""
    priority = read.get("priority", values["priority"])
    before = read.get("upgraded_from")
    if None not in (priority, before) and PRIORITIES.index(before) <= PRIORITIES.index(priority):
        raise BadPayload("invalid_field", f"upgraded_from: {before} is not below {priority}")
    at: dict[Clock, datetime] = {
        clock: _utc(read[clock], clock) for clock in CLOCKS if clock in read
    }
    kind, upgraded_at = read.get("kind", "real"), read.get("upgraded_at")
    return Call(
        at=at,
        kind="real" if kind == _CANCELLED else kind,
        is_cancelled=read.get("cancelled", kind == _CANCELLED),
        priority=priority,
        area=read.get("area", values["area"]),
        upgraded_from=before,
        upgraded_at=None if upgraded_at is None else _utc(upgraded_at, "upgraded_at"),
    )


def _utc(stamp: datetime, name: str) -> datetime:
    if not _YEARS[0] <= stamp.year <= _YEARS[1]:
        raise BadPayload("invalid_field", f"{name}: expected a year from 1900 to 2200")
    return stamp.astimezone(UTC)


def times_of(flat: dict[str, Any]) -> Result:
    """Each stamp as stored and as shown."""
    return {
        name: {
            "utc": _utc(flat[name], name).isoformat(),
            "shown": flat[name].astimezone(_SHOWN_IN).isoformat(),
        }
        for name in (*CLOCKS, "upgraded_at")
        if name in flat
    }
