"""Which unit may go to which call at all, and the reason where it may not.

A gate is no weight: what it stops is never the answer, however near. The order of the list is the
order in which a reason is told; the first that holds is told alone.

| code                | params            | holds when                                          |
|---------------------|-------------------|-----------------------------------------------------|
| `out_of_service`    |                   | the unit is off, or its release time is not known   |
| `already_on_it`     |                   | it worked on this very call, or declined it         |
| `not_capable`       | missing           | not one of the kinds of vehicle that will do        |
| `lacks_equipment`   | missing           | a piece of equipment that must be there is not      |
| `lacks_skill`       | missing           | a skill that the crew must have is not              |
| `crew_too_small`    | crew, needed      | fewer people than the priority wants                |
| `resting`           | seconds           | rest is owed (`GatePolicy.rest_holds_from`)         |
| `shift_ends`        | seconds, needed_s | the shift ends before the job would                 |
| `position_lost`     |                   | no fix and no station; or redirecting by a guess    |
| `out_of_range`      | eta_s, limit_s    | no road, too far, or not enough in the tank         |
| `bound`             | priority          | it drives to a graver call than this                |
| `nearly_there`      | seconds           | it arrives elsewhere within moments                 |
| `diverted_enough`   | times             | the call it drives to has lost units often enough   |
| `not_redirected`    |                   | the policy redirects nobody                         |

Staffing, rest and shift end are lifted for single pairs in ``Situation.signed``: an override has a
name (invariant I9). A unit that drives to a call may always go on driving to it.

Not here: what a call needs (`needs`), choosing (`assign`). Pure.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dispatch.recommend.policies import RecommendPolicy
from dispatch.recommend.situation import (
    ASSUMED,
    BUSY,
    LOST,
    OFF,
    UNDER_WAY,
    Floats,
    Mask,
    Situation,
    Travel,
    Vocabulary,
)
from hospital_gateway.advice import Reason, reason

Codes = NDArray[np.int8]

OPEN: Final = 0
GATES: Final = (
    "",
    "out_of_service",
    "already_on_it",
    "not_capable",
    "lacks_equipment",
    "lacks_skill",
    "crew_too_small",
    "resting",
    "shift_ends",
    "position_lost",
    "out_of_range",
    "bound",
    "nearly_there",
    "diverted_enough",
    "not_redirected",
)
_AT: Final = {code: at for at, code in enumerate(GATES)}
CREW_LIMITS: Final = frozenset({"crew_too_small", "resting", "shift_ends"})


def blocked(situation: Situation, travel: Travel, policy: RecommendPolicy) -> Codes:
    """The first gate that holds for each pair, as its place in ``GATES``; 0 may go. Shape (k, u).

    O(k u). A gate that can hold for nobody costs nothing.
    """
    calls, units = situation.calls, situation.units
    found = np.zeros((len(calls), len(units)), np.int8)
    if not found.size:
        return found
    eta_s = arrival_s(situation, travel)
    _close(found, "not_redirected", _redirects(situation, policy))
    _diversion(found, situation, travel, policy)
    limit_s = np.asarray(policy.gates.eta_max_s)[calls.priority - 1, None]
    _close(found, "out_of_range", (travel.seconds > limit_s) | np.isinf(eta_s))
    if np.isfinite(units.range_s).any():
        left_s = units.range_s - policy.gates.after_arrival_range_s
        _close(found, "out_of_range", travel.seconds > left_s)
    if (units.position >= ASSUMED).any():
        guess = (units.position == ASSUMED) & (units.state == UNDER_WAY)
        _close(found, "position_lost", (units.position == LOST) | guess)
    _crew(found, situation, eta_s, policy)
    _capability(found, situation)
    for row, unit in situation.barred:
        found[row, unit] = _AT["already_on_it"]
    unknown = (units.state == BUSY) & ~np.isfinite(units.free_in_s)
    _close(found, "out_of_service", (units.state == OFF) | unknown)
    own = np.flatnonzero(units.state == UNDER_WAY)
    found[units.heading[own], own] = OPEN
    return found


def arrival_s(situation: Situation, travel: Travel) -> Floats:
    """Seconds until a unit would be there: release, turnout and drive. Shape (k, u)."""
    return np.asarray(travel.seconds + sets_out_s(situation))


def sets_out_s(situation: Situation) -> Floats:
    """Seconds until a unit moves: release and turnout. Shape (u,)."""
    return np.asarray(_free_s(situation) + situation.units.turnout_s)


def _free_s(situation: Situation) -> Floats:
    units = situation.units
    return np.where(units.state == BUSY, units.free_in_s, 0.0)


def _close(found: Codes, code: str, holds: Mask) -> None:
    """Later gates of ``blocked`` come earlier in the list: they overwrite."""
    np.copyto(found, np.int8(_AT[code]), where=holds)


def _redirects(situation: Situation, policy: RecommendPolicy) -> Mask:
    stays = not policy.at_least("P2") or np.isinf(policy.diversion.hysteresis_s)
    return np.asarray((situation.units.state == UNDER_WAY) & stays)


def _diversion(found: Codes, situation: Situation, travel: Travel, policy: RecommendPolicy) -> None:
    calls, units = situation.calls, situation.units
    moving = np.flatnonzero(units.state == UNDER_WAY)
    if not len(moving):
        return
    rows = units.heading[moving]
    other = np.zeros((len(calls), len(units)), np.bool_)
    is_spent = calls.diversions[rows] >= policy.diversion.calls_max
    other[:, moving] = is_spent
    _close(found, "diverted_enough", other)
    left_s = travel.seconds[rows, moving] + units.turnout_s[moving]
    other[:, moving] = left_s <= policy.diversion.last_s
    _close(found, "nearly_there", other)
    other[:, moving] = calls.priority[:, None] > calls.priority[rows]
    _close(found, "bound", other)


def _crew(found: Codes, situation: Situation, eta_s: Floats, policy: RecommendPolicy) -> None:
    calls, units, gates = situation.calls, situation.units, policy.gates
    before = found.copy()
    priority = calls.priority[:, None]
    if np.isfinite(units.shift_left_s).any():
        ends = (units.shift_left_s < eta_s + gates.job_s) & np.isfinite(units.shift_left_s)
        _close(found, "shift_ends", ends & (priority >= gates.shift_holds_from))
    if units.rest_s.any():
        _close(found, "resting", (units.rest_s > 0) & (priority >= gates.rest_holds_from))
    crew_min = np.asarray(gates.crew_min)[calls.priority - 1, None]
    _close(found, "crew_too_small", units.crew < crew_min)
    for row, unit in situation.signed:
        found[row, unit] = before[row, unit]


def _capability(found: Codes, situation: Situation) -> None:
    calls, units = situation.calls, situation.units
    for code, needed, brought in (
        ("lacks_skill", calls.skills, units.skills),
        ("lacks_equipment", calls.equipment, units.equipment),
    ):
        if needed.any():
            _close(found, code, (needed[:, None] & ~brought) != 0)
    if calls.kinds.any():
        wanted = calls.kinds[:, None]
        _close(found, "not_capable", (wanted != 0) & ((wanted & units.kind) == 0))


def why(
    situation: Situation,
    travel: Travel,
    policy: RecommendPolicy,
    words: Vocabulary,
    pair: tuple[int, int],
    code: int,
) -> Reason:
    """The gate that holds for a pair (row, unit), with its parameters."""
    row, unit = pair
    calls, units, name = situation.calls, situation.units, GATES[code]
    at = int(calls.priority[row]) - 1
    if name == "not_capable":
        return reason(name, missing="/".join(words.words(int(calls.kinds[row]))))
    if name == "lacks_equipment":
        return reason(name, missing=_missing(words, calls.equipment[row], units.equipment[unit]))
    if name == "lacks_skill":
        return reason(name, missing=_missing(words, calls.skills[row], units.skills[unit]))
    if name == "crew_too_small":
        return reason(name, crew=int(units.crew[unit]), needed=policy.gates.crew_min[at])
    if name == "resting":
        return reason(name, seconds=round(float(units.rest_s[unit])))
    if name == "out_of_range":
        return _range(situation, travel, policy, row, unit)
    if name == "shift_ends":
        needed_s = float(arrival_s(situation, travel)[row, unit]) + policy.gates.job_s
        left_s = round(float(units.shift_left_s[unit]))
        return reason(name, seconds=left_s, needed_s=round(needed_s))
    return _moving(situation, travel, name, unit)


def _moving(situation: Situation, travel: Travel, name: str, unit: int) -> Reason:
    heading = int(situation.units.heading[unit])
    if name == "bound":
        return reason(name, priority=f"P{situation.calls.priority[heading]}")
    if name == "nearly_there":
        return reason(name, seconds=round(float(travel.seconds[heading, unit])))
    if name == "diverted_enough":
        return reason(name, times=int(situation.calls.diversions[heading]))
    return reason(name)


def _range(
    situation: Situation, travel: Travel, policy: RecommendPolicy, row: int, unit: int
) -> Reason:
    drive_s = float(travel.seconds[row, unit])
    if np.isinf(drive_s):
        return reason("out_of_range", eta_s=None, limit_s=None)
    left_s = float(situation.units.range_s[unit]) - policy.gates.after_arrival_range_s
    limit_s = min(left_s, policy.gates.eta_max_s[int(situation.calls.priority[row]) - 1])
    return reason("out_of_range", eta_s=round(drive_s), limit_s=round(limit_s))


def _missing(words: Vocabulary, needed: int, brought: int) -> str:
    return ",".join(words.words(int(needed) & ~int(brought)))
