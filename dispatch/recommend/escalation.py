"""How many units a call needs, of which kind, and which of them are still missing.

A need is a list of roles; a role is what one unit must bring. The list grows with the patients that
are known of and with the steps a dispatcher takes ("one more", a declared major incident), and it
never shrinks by itself. Each unit that is on the call fills one role at most, and one that has been
on it, or declined, is not asked again: the same call never gets the same unit twice.

Which unit fills which role is a matching, largest first: an ALS unit that could be either leaves
the BLS role to the BLS unit.

First response. When the proper unit of a P1 is far and a lower one near, the lower one goes as
well, marked as such, beside the proper one and never in its place (invariant I4).

All numbers are POLICY of the medical director: no published national table exists.
Not here: which units these are (`engine`), mass-casualty triage (`dispatch.triage.mci`). Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import msgspec
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import maximum_bipartite_matching

from dispatch.ids import UnitId
from dispatch.recommend.engine import Decision
from dispatch.recommend.gates import OPEN, blocked
from dispatch.recommend.limits import MAX_ROLES
from dispatch.recommend.needs import Requirement, missing
from dispatch.recommend.situation import IDLE, NOWHERE, Situation, Travel


class EscalationPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """POLICY. ``patients_per_unit``: lying patients one vehicle takes; ``proper_every``: of so many
    further units one is as well equipped as the first; ``first_response_s``: a lower unit goes
    along when it is there so much sooner.
    """

    patients_per_unit: int = 1
    proper_every: int = 3
    first_response_s: float = 240.0  # four minutes: what an arrest has before the brain suffers

    def __post_init__(self) -> None:
        if self.patients_per_unit < 1 or self.proper_every < 1 or self.first_response_s < 0:
            raise ValueError("escalation: counts from 1, times from 0")


class Kit(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit brings."""

    unit_id: UnitId
    kind: str
    skills: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()


def roles(
    first: Requirement, patients: int, extra: int, policy: EscalationPolicy
) -> tuple[Requirement, ...]:
    """What the units of one call must bring, the lead first.

    ``first`` is what the gravest patient needs (`needs.requirement`), ``extra`` the units a person
    asked for on top. Never more than ``MAX_ROLES``.
    """
    if patients < 0 or extra < 0:
        raise ValueError("patients and extra units are counted from 0")
    count = max(1, -(-patients // policy.patients_per_unit)) + extra
    return tuple(
        first if at % policy.proper_every == 0 else Requirement()
        for at in range(min(count, MAX_ROLES))
    )


def unfilled(needed: Sequence[Requirement], on_it: Iterable[Kit]) -> tuple[Requirement, ...]:
    """The roles that no unit of the call fills, in their order; raises ValueError for a unit twice.

    As many roles as possible are filled, the earlier ones first.
    """
    units = list(on_it)
    if len({kit.unit_id for kit in units}) != len(units):
        raise ValueError("a unit is on the call twice")
    if not units or not needed:
        return tuple(needed)
    fits = np.array([[not _lacks(role, kit) for kit in units] for role in needed])
    kept: list[int] = []
    for at in range(len(needed)):  # a role is taken on only if all taken before stay filled
        trial = sparse.csr_array(fits[[*kept, at]])
        if (maximum_bipartite_matching(trial, perm_type="column") >= 0).all():
            kept.append(at)
    return tuple(role for at, role in enumerate(needed) if at not in kept)


def _lacks(role: Requirement, kit: Kit) -> bool:
    return bool(missing(role, kit.kind, kit.skills, kit.equipment))


def repeats(on_call: Iterable[str], units: Sequence[str], row: int) -> tuple[tuple[int, int], ...]:
    """`Situation.barred` pairs of a row for the units that have been on its call, or declined."""
    known = set(on_call)
    return tuple((row, at) for at, unit in enumerate(units) if unit in known)


def first_response(
    situation: Situation, travel: Travel, decision: Decision, row: int, policy: EscalationPolicy
) -> int:
    """The idle unit to send along as a first response to a row's P1, as a column; else NOWHERE.

    Only what the call needs may be missing from it; no other gate may hold, and it must not be
    wanted elsewhere.
    """
    if situation.calls.priority[row] != 1 or decision.unit[row] == NOWHERE:
        return NOWHERE
    calls, nothing = situation.calls, np.zeros(len(situation.calls), np.int64)
    bare = replace(calls, kinds=nothing, skills=nothing, equipment=nothing)
    gates = blocked(replace(situation, calls=bare), travel, decision.policy)[row]
    limit_s = decision.eta_s(row) - policy.first_response_s
    eta_s = decision.costs.eta_s[row]
    wanted = set(decision.unit.tolist())
    able = [
        (float(eta_s[unit]), situation.units.ids[unit], unit)
        for unit in range(len(situation.units))
        if situation.units.state[unit] == IDLE
        and unit not in wanted
        and gates[unit] == OPEN
        and eta_s[unit] <= limit_s
    ]
    return min(able)[2] if able else NOWHERE
