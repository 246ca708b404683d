"""A county's own call log as calls: one row a call, replayed under any policy.

Columns: ``at`` (ISO 8601, or seconds), ``lon``, ``lat`` (WGS-84) and ``priority`` (P1 to P4, or 1
to 4) are needed; ``on_scene_s``, ``transport`` (1/0, yes/no), ``handover_s``, ``call_taking_s``,
``zone`` and ``facility`` (an id) are used where they are. What a row does not say is drawn from the
scenario's care by the row's number, so that every policy meets the same. Further columns are
ignored: names and numbers of people belong into no simulation.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from dispatch.errors import BadPayload
from dispatch.simulation.chance import Chance
from dispatch.simulation.demand import Care
from dispatch.simulation.limits import MAX_LOG_ROWS
from dispatch.simulation.readers.table import Row, rows
from dispatch.simulation.shapes import SimCall, Spot

_NEEDED: Final = ("at", "lon", "lat", "priority")
_YES: Final = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}


def read(
    source: str,
    text: str,
    care: Care,
    *,
    seed: int,
    needs: tuple[int, ...],
    zones: Mapping[str, int],
    facilities: Mapping[str, int],
) -> list[SimCall]:
    """The calls in the order of their times, the first at 0; raises BadPayload.

    ``zones`` and ``facilities`` are the scenario's ids; an unknown one is refused. ``needs`` are
    the skills of the unit by priority.
    """
    found = [(row, _moment_s(row)) for row in rows(source, text, _NEEDED, most=MAX_LOG_ROWS)]
    if not found:
        return []
    found.sort(key=lambda pair: pair[1])
    first_s = found[0][1]
    chance = Chance(seed)
    return [
        _call(row, at, round((at_s - first_s) * 1000), care, chance, needs, zones, facilities)
        for at, (row, at_s) in enumerate(found)
    ]


def _call(
    row: Row,
    call_id: int,
    at_ms: int,
    care: Care,
    chance: Chance,
    needs: tuple[int, ...],
    zones: Mapping[str, int],
    facilities: Mapping[str, int],
) -> SimCall:
    ready = row.number("call_taking_s", -1.0)
    on_scene = row.number("on_scene_s", -1.0)
    handover = row.number("handover_s", -1.0)
    transport = row.text("transport", "").lower()
    if transport and transport not in _YES:
        raise row.fault("transport", f"{transport!r} is neither 1 nor 0")
    drawn = chance.uniform("transport", call_id) < care.transport
    priority = _priority(row)
    return SimCall(
        call_id=call_id,
        at_ms=at_ms,
        priority=priority,
        spot=Spot(*row.place()),
        ready_ms=_ms(ready, care.ready.draw_ms(chance, "ready", call_id)),
        on_scene_ms=_ms(on_scene, care.on_scene.draw_ms(chance, "on_scene", call_id)),
        transport=_YES.get(transport, drawn),
        facility=_known(row, "facility", facilities, -1),
        handover_ms=_ms(handover, care.handover.draw_ms(chance, "handover", call_id)),
        zone=_known(row, "zone", zones, 0),
        needs=needs[priority],
    )


def _priority(row: Row) -> int:
    text = row.text("priority").upper().removeprefix("P")
    if text not in {"1", "2", "3", "4"}:
        raise row.fault("priority", f"{text!r} is none of P1, P2, P3, P4")
    return int(text) - 1


def _known(row: Row, column: str, ids: Mapping[str, int], default: int) -> int:
    text = row.text(column, "")
    if not text:
        return default
    if text not in ids:
        raise row.fault(column, f"{text!r} is not one of {', '.join(sorted(ids))}")
    return ids[text]


def _ms(given_s: float, drawn_ms: int) -> int:
    return round(given_s * 1000) if given_s >= 0 else drawn_ms


def _moment_s(row: Row) -> float:
    """Seconds of some clock; times with and without a zone must not be mixed in one log."""
    text = row.text("at")
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise row.fault("at", f"{text!r} is neither ISO 8601 nor seconds") from None


def span_days(calls: list[SimCall]) -> float:
    """From the first call to the last, in days; raises BadPayload for an empty log."""
    if not calls:
        raise BadPayload("table", "the log has no calls")
    return (calls[-1].at_ms - calls[0].at_ms) / 86_400_000
