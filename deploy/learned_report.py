"""The learned correction as `greenlane map learn` and `map report` tell it, as JSON.

Not here: how it is learned (`maps.network.learning`), its file (`maps.network.learned_file`).
"""

from typing import Any, Final

import msgspec

from dispatch.errors import BadPayload
from maps.network.drives import FAULTS
from maps.network.learned_file import LearnedFile, read_learned
from maps.pack import Pack

_DECIMALS: Final = 4


def learned_in_force(pack: Pack) -> dict[str, Any] | None:
    """The correction beside a map; None where none was learned.

    One that cannot be used is no reason to keep a report back: ``fault`` says why.
    """
    try:
        file = read_learned(pack.folder.parent)
    except BadPayload as error:
        return {"fault": error.detail}
    return None if file is None else told(file)


def told(file: LearnedFile) -> dict[str, Any]:
    """Its names, what it corrects, what it was learned from, and the error before and after."""
    lesson: dict[str, Any] = _rounded(msgspec.to_builtins(file.lesson))
    lesson["left_out"] = {
        rule: {"drives": count, "because": FAULTS.get(rule, rule)}
        for rule, count in file.lesson.left_out.items()
    }
    names = {
        "version": file.version,
        "made_at": file.made_at,
        "map_version": file.map_version,
        "alarms": [one.group for one in file.alarms],
    }
    return {**names, **lesson}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list) else value
