"""One row of a decision in words: who goes and why, who else could, and what would change it.

Beside every answer stands the closest idle unit (P0) with the difference in seconds. What would
change it is exact, not a guess: the problem is solved again without the chosen pair, and with each
other pair forced; the difference of the sums, over the row's weight, is the number of seconds.

| code in `reasons`     | params          | code in `costs`      | params          |
|-----------------------|-----------------|----------------------|-----------------|
| `soonest`             |                 | `drives`             | seconds         |
| `not_soonest`         | unit, seconds   | `sets_out_after`     | seconds         |
| `needed_elsewhere`    | unit, call      | `lacks_wish`         | seconds         |
| `better_suited`       | unit, seconds   | `position_doubtful`  | seconds         |
| `spares_cover`        | unit, seconds   | `leaves_cover`       | seconds         |
| `safer_drive`         | unit, seconds   | `leaves_zone`        | seconds         |
| `drives_already`      |                 | `leaves_call`        | call, priority  |
| `taken_from`          | call, priority  | `breaks_crew_limit`  | seconds         |
| `spares_zone`         | unit, seconds   |                      |                 |
| `nobody_may_go`       |                 | in `would_change`    |                 |
| `all_needed_more`     | units           | `if_later`           | unit, seconds   |
| `promised`            | unit, seconds   | `if_sooner`          | unit, seconds   |
| `closest_idle_is`     | unit, seconds   | `if_free`            | unit, seconds   |

Words: `words`. Codes of gates: `gates`. Not here: deciding (`engine`). Pure.
"""

import math

import msgspec
import numpy as np

from dispatch.recommend.change import Changes
from dispatch.recommend.engine import Act, Decision
from dispatch.recommend.gates import OPEN, why
from dispatch.recommend.situation import (
    BUSY,
    NOWHERE,
    OFF,
    UNDER_WAY,
    Situation,
    Travel,
    Vocabulary,
)
from hospital_gateway.advice import Reason, reason


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """One unit that could go. ``later_s`` than the chosen one (below 0: sooner), None beside none.

    ``costs`` are the terms that count against it, each in seconds. ``extra_s`` is what choosing it
    would cost in all, other calls included, in seconds of this call; None where P0 or P1 decide.
    """

    unit_id: str
    eta_s: float
    later_s: float | None
    is_chosen: bool
    is_closest_idle: bool
    costs: tuple[Reason, ...]
    extra_s: float | None


class Blocked(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that would be sooner than the chosen one and may not go, and the gate that holds."""

    unit_id: str
    eta_s: float
    reason: Reason


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Advice for one row. ``eta_s`` and ``unit_id`` are None while the call waits.

    ``later_s`` than the closest idle unit (below 0: sooner; None: nothing to compare with).
    """

    call_id: str
    act: Act
    unit_id: str | None
    eta_s: float | None
    closest_idle: str | None
    later_s: float | None
    reasons: tuple[Reason, ...]
    alternatives: tuple[Alternative, ...]
    blocked: tuple[Blocked, ...]
    would_change: tuple[Reason, ...]


def explain(
    situation: Situation, travel: Travel, words: Vocabulary, decision: Decision, row: int
) -> Answer:
    """The answer for a row; the chosen unit leads the alternatives."""
    units = situation.units
    unit, closest = int(decision.unit[row]), int(decision.closest[row])
    eta_s = decision.eta_s(row)
    changes = Changes(situation, decision, row)
    return Answer(
        call_id=situation.calls.ids[row],
        act=Act(int(decision.act[row])),
        unit_id=None if unit == NOWHERE else units.ids[unit],
        eta_s=None if math.isinf(eta_s) else eta_s,
        closest_idle=None if closest == NOWHERE else units.ids[closest],
        later_s=decision.later_s(row),
        reasons=_reasons(situation, decision, row),
        alternatives=tuple(
            _alternative(situation, travel, decision, changes, row, each)
            for each in changes.shown()
        ),
        blocked=_blocked(situation, travel, words, decision, row),
        would_change=changes.told(),
    )


def _alternative(
    situation: Situation,
    travel: Travel,
    decision: Decision,
    changes: Changes,
    row: int,
    unit: int,
) -> Alternative:
    eta_s = float(decision.costs.eta_s[row, unit])
    chosen_s = decision.eta_s(row)
    return Alternative(
        unit_id=situation.units.ids[unit],
        eta_s=eta_s,
        later_s=None if math.isinf(chosen_s) else eta_s - chosen_s,
        is_chosen=unit == int(decision.unit[row]),
        is_closest_idle=unit == int(decision.closest[row]),
        costs=_costs(situation, travel, decision, row, unit),
        extra_s=changes.extra_s(unit),
    )


def _costs(
    situation: Situation, travel: Travel, decision: Decision, row: int, unit: int
) -> tuple[Reason, ...]:
    units, terms = situation.units, decision.costs.terms(row, unit)
    drive_s = float(travel.seconds[row, unit])
    first_s = float(decision.costs.eta_s[row, unit]) - drive_s
    found = [reason("drives", seconds=round(drive_s))]
    if first_s > 0:
        found.append(reason("sets_out_after", seconds=round(first_s)))
    for code, term in (
        ("lacks_wish", "lack"),
        ("position_doubtful", "position"),
        ("leaves_cover", "spare"),
        ("leaves_zone", "floor"),
    ):
        if terms[term] > 0:
            found.append(reason(code, seconds=round(terms[term])))
    heading = int(units.heading[unit]) if units.state[unit] == UNDER_WAY else NOWHERE
    if heading != NOWHERE and situation.calls.call[heading] != situation.calls.call[row]:
        found.append(_from("leaves_call", situation, heading))
    over_s = float(decision.costs.eta_s[row, unit]) + decision.policy.gates.job_s
    if over_s > units.shift_left_s[unit]:
        found.append(
            reason("breaks_crew_limit", seconds=round(over_s - float(units.shift_left_s[unit])))
        )
    return tuple(found)


def _from(code: str, situation: Situation, row: int) -> Reason:
    priority = f"P{situation.calls.priority[row]}"
    return reason(code, call=situation.calls.ids[row], priority=priority)


def _reasons(situation: Situation, decision: Decision, row: int) -> tuple[Reason, ...]:
    unit = int(decision.unit[row])
    if unit == NOWHERE:
        return _why_waiting(situation, decision, row)
    found: list[Reason] = []
    if decision.act[row] == Act.KEEP:
        found.append(reason("drives_already"))
    if decision.act[row] == Act.REDIRECT:
        found.append(_from("taken_from", situation, int(situation.units.heading[unit])))
    closest, later_s = int(decision.closest[row]), decision.later_s(row)
    if later_s is not None and later_s > 0 and closest != unit:
        found.extend(_why_later(situation, decision, row, closest, later_s))
    elif _is_soonest(situation, decision, row, unit):
        found.append(reason("soonest"))
    return tuple(found)


def _is_soonest(situation: Situation, decision: Decision, row: int, unit: int) -> bool:
    may_go = (decision.gates[row] == OPEN) & (situation.units.state != BUSY)
    eta_s = decision.costs.eta_s[row]
    return bool(eta_s[unit] <= eta_s[may_go].min())


def _why_later(
    situation: Situation, decision: Decision, row: int, closest: int, later_s: float
) -> list[Reason]:
    """Why not the closest idle unit: it goes elsewhere, or a term other than its drive decides."""
    name, seconds = situation.units.ids[closest], round(later_s)
    found = [reason("not_soonest", unit=name, seconds=seconds)]
    elsewhere = np.flatnonzero(decision.unit == closest)
    if len(elsewhere):
        call = situation.calls.ids[int(elsewhere[0])]
        found.append(reason("needed_elsewhere", unit=name, call=call))
    unit, costs = int(decision.unit[row]), decision.costs
    ours, theirs = costs.terms(row, unit), costs.terms(row, closest)
    doubt_s = [float(costs.decided_s[row, at] - costs.eta_s[row, at]) for at in (unit, closest)]
    for code, saved_s in (
        ("better_suited", theirs["lack"] - ours["lack"]),
        ("spares_cover", theirs["spare"] - ours["spare"]),
        ("spares_zone", theirs["floor"] - ours["floor"]),
        ("safer_drive", doubt_s[1] - doubt_s[0]),
    ):
        if round(saved_s) > 0:
            found.append(reason(code, unit=name, seconds=round(saved_s)))
    return found


def _why_waiting(situation: Situation, decision: Decision, row: int) -> tuple[Reason, ...]:
    units = situation.units
    may_go = np.flatnonzero((decision.gates[row] == OPEN) & (units.state != BUSY))
    found = [
        reason("all_needed_more", units=len(may_go)) if len(may_go) else reason("nobody_may_go")
    ]
    promised = int(decision.promised[row])
    if promised != NOWHERE:
        seconds = round(float(decision.costs.eta_s[row, promised]))
        found.append(reason("promised", unit=units.ids[promised], seconds=seconds))
    return tuple(found)


def _blocked(
    situation: Situation, travel: Travel, words: Vocabulary, decision: Decision, row: int
) -> tuple[Blocked, ...]:
    """Only units in service that would be sooner: the rest is no news."""
    units, gates = situation.units, decision.gates[row]
    eta_s, limit_s = decision.costs.eta_s[row], decision.eta_s(row)
    held = np.flatnonzero((gates != OPEN) & (units.state != OFF) & (units.state != BUSY))
    sooner = [int(each) for each in held if eta_s[each] < limit_s]
    sooner.sort(key=lambda each: (eta_s[each], units.ids[each]))
    return tuple(
        Blocked(
            unit_id=units.ids[each],
            eta_s=float(eta_s[each]),
            reason=why(situation, travel, decision.policy, words, (row, each), int(gates[each])),
        )
        for each in sooner[: decision.policy.alternatives]
    )


def summary(answer: Answer) -> Reason:
    """Closest idle beside the answer, as one reason; none idle is told too."""
    if answer.closest_idle is None or answer.later_s is None:
        return reason("closest_idle_is", unit=answer.closest_idle, seconds=None)
    return reason("closest_idle_is", unit=answer.closest_idle, seconds=round(answer.later_s))
