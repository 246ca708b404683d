"""A county's own numbers laid over the defaults, and whatever in them is not understood.

For policies of which a file holds only what differs: tables are merged key by key, everything else
is replaced whole, and a key that no policy has is named, because it is a slip of the pen. Pure.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any


def laid_over(defaults: Any, changes: Any) -> Any:
    """``changes`` laid over ``defaults``, table into table; whatever else is replaced whole."""
    if not isinstance(defaults, dict) or not isinstance(changes, Mapping):
        return changes
    return defaults | {key: laid_over(defaults.get(key), value) for key, value in changes.items()}


def faults(wanted: Any, read: Any, where: str = "") -> Iterator[str]:
    """Keys of ``wanted`` that were not ``read``, since no policy has them, and numbers that are
    none; both as builtins."""
    if isinstance(wanted, float) and not math.isfinite(wanted):
        yield f"{where}: {wanted} is not a number"
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            name = f"{where}.{key}" if where else key
            if key not in read:
                known = ", ".join(read)
                yield f"{name} is unknown; known here: {known}"
            else:
                yield from faults(value, read[key], name)
    if isinstance(wanted, list):
        for place, (value, one) in enumerate(zip(wanted, read, strict=True)):
            yield from faults(value, one, f"{where}[{place}]")
