"""Reading one case: from whatever JSON came in to the values a rule may be asked with. Pure.

Everything that is wrong is said with the name of the field, what was expected and what was found.
A field the rule does not know is no error (a case may carry more than one rule needs), but it is
named in the answer, so that a slip of the pen is seen.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from dispatch.errors import BadPayload
from dispatch.rules.model import Field, Kind, Rule

_SHOWN_CHARACTERS = 40
_UNKNOWN = ("unknown", "未知", "不详")  # said instead of a number or a yes: not known, like null
_SAID = {"integer": "an integer", "reading": "a number", "time": "a time with its offset"}
_COUNTED = ("number", "integer", "flag", "score", "time", "date")


def read_case(rule: Rule, raw: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The values by field name, and the names in ``raw`` that the rule does not know.

    Names are compared as a person reads them: "RR" and "rr" are one field, and so are
    "breathing normally" and "breathing_normally".

    Raises BadPayload("invalid_field") for a field of the wrong kind, out of its range or given
    twice under two names, and BadPayload("missing_field") for a required one that is not there.
    """
    known: dict[str, Any] = {}
    taken: set[str] = set()
    for field in rule.fields:
        wanted = {_plain(name) for name in (field.name, *field.aliases)}
        given = [name for name in raw if _plain(name) in wanted]
        if len(given) > 1:
            raise BadPayload("invalid_field", f"{field.name}: given as {' and as '.join(given)}")
        taken.update(given)
        value = raw[given[0]] if given else None
        if field.kind in _COUNTED and _is_unknown(value):
            value = None
        if value is None and field.is_required:
            raise BadPayload("missing_field", f"{field.name}: {_expected(field)} is needed")
        known[field.name] = None if value is None else read_value(field, value)
    return known, tuple(name for name in raw if name not in taken)


def read_value(field: Field, value: Any) -> Any:
    """One value of ``field``; raises BadPayload("invalid_field") naming what was expected."""
    read = _READERS[field.kind](field, value)
    if read is None:
        shown = repr(value)
        shown = shown if len(shown) <= _SHOWN_CHARACTERS else shown[:_SHOWN_CHARACTERS] + "…"
        raise BadPayload("invalid_field", f"{field.name}: expected {_expected(field)}, got {shown}")
    return read


def _is_unknown(value: Any) -> bool:
    return isinstance(value, str) and value.strip().casefold() in _UNKNOWN


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")


def _expected(field: Field) -> str:
    if field.kind == "choice":
        return f"one of {', '.join(field.choices)}"
    said = _SAID.get(field.kind, f"a {field.kind}")
    said += f" in {field.unit}" if field.unit else ""
    if field.lowest is not None and field.highest is not None:
        said += f" from {field.lowest:g} to {field.highest:g}"
    return said + (f", or {', '.join(field.choices)}" if field.choices else "")


def _number(field: Field, value: Any) -> float | int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        return None
    is_below = field.lowest is not None and value < field.lowest
    is_above = field.highest is not None and value > field.highest
    return None if is_below or is_above else value


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond any float
        return False


def _integer(field: Field, value: Any) -> int | None:
    number = _number(field, value)
    return int(number) if number is not None and number == int(number) else None


def _flag(_field: Field, value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _choice(field: Field, value: Any) -> str | None:
    if isinstance(value, bool):  # a question with the words yes and no may be answered so
        value = str(value)
    if not isinstance(value, str):
        return None
    wanted = value.strip().casefold()
    for choice in field.choices:
        if choice.casefold() == wanted:
            return choice
    return {word.casefold(): choice for word, choice in field.words.items()}.get(wanted)


def _score(field: Field, value: Any) -> int | str | None:
    return _choice(field, value) if isinstance(value, str) else _integer(field, value)


def _reading(field: Field, value: Any) -> float | str | None:
    return _choice(field, value) if isinstance(value, str) else _number(field, value)


def _text(_field: Field, value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _time(_field: Field, value: Any) -> datetime | None:
    try:
        read = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return read if read.tzinfo is not None else None


def _date(_field: Field, value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _list(_field: Field, value: Any) -> list[Any] | None:
    return value if isinstance(value, list) else None


def _table(_field: Field, value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


_READERS: dict[Kind, Callable[[Field, Any], Any]] = {
    "number": _number,
    "integer": _integer,
    "flag": _flag,
    "choice": _choice,
    "text": _text,
    "time": _time,
    "date": _date,
    "list": _list,
    "table": _table,
    "score": _score,
    "reading": _reading,
}
