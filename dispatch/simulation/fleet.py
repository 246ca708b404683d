"""The state of units and calls while the clock runs: plain records that only the engine changes.

Lifecycles, each change made by one function of the engine:

    unit   IDLE ──▶ EN_ROUTE ──▶ BUSY ──▶ IDLE          MOVING is an idle unit under way to a post
             ▲         │ diverted: EN_ROUTE to another, or IDLE where it is
           MOVING      └▶ EN_ROUTE
    call   WAITING ──▶ UNDERWAY ──▶ REACHED ──▶ CLOSED
             ▲  │         │  its unit is diverted away
             │  │         └▶ WAITING                    PROMISED: the next call of a busy unit
             │  └▶ PROMISED ──▶ UNDERWAY                LOST: declined
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from dispatch.simulation.outcome import CallOutcome
from dispatch.simulation.shapes import SimCall, SimUnit, Spot


class Doing(IntEnum):
    """What a unit does."""

    IDLE = 0
    MOVING = 1
    EN_ROUTE = 2
    BUSY = 3


class Fate(IntEnum):
    """How far a call has come."""

    WAITING = 0
    PROMISED = 1
    UNDERWAY = 2
    REACHED = 3
    CLOSED = 4
    LOST = 5


@dataclass(slots=True)
class Leg:
    """One journey: ``planned_ms`` was the estimate, ``arrives_ms`` is what luck makes of it."""

    origin: Spot
    to: Spot
    departs_ms: int
    planned_ms: int
    arrives_ms: int
    pace: int

    def elapsed_ms(self, now_ms: int) -> int:
        """How much of the estimated time is behind it, in the estimate's own milliseconds."""
        took_ms = self.arrives_ms - self.departs_ms
        gone_ms = now_ms - self.departs_ms
        if took_ms <= 0 or gone_ms <= 0:
            return 0 if gone_ms <= 0 else self.planned_ms
        return min(self.planned_ms, gone_ms * self.planned_ms // took_ms)


_NOWHERE: Final = Spot(0.0, 0.0)
"""Of a unit without work: `Unit.frees_at` is read only while it has some."""


@dataclass(slots=True)
class Unit:
    """One unit. ``epoch`` counts its changes of plan, so that events of old plans are ignored."""

    spec: SimUnit
    spot: Spot
    post: int
    doing: Doing = Doing.IDLE
    leg: Leg | None = None
    call_id: int = -1
    bound_ms: int = 0  # since when it is bound to its call
    frees_ms: int = 0  # expected, with everything promised to it
    frees_at: Spot = _NOWHERE
    promised: "deque[int]" = field(default_factory=deque)
    epoch: int = 0
    busy_ms: int = 0
    calls: int = 0
    metres: float = 0.0
    standby_moves: int = 0


@dataclass(slots=True)
class Case:
    """One call under way through the system."""

    call: SimCall
    fate: Fate = Fate.WAITING
    unit_id: int = -1
    sent_ms: int = -1
    arrived_ms: int = -1
    facility: int = -1
    delivered_ms: int = -1
    closed_ms: int = -1
    held_ms: int = 0
    diversions: int = 0
    saw_idle: bool = False
    misplaced: bool = False
    turned: int = 0


def row_of(case: Case, units: Sequence[Unit]) -> CallOutcome:
    """What came of a call."""
    call = case.call
    return CallOutcome(
        call_id=call.call_id,
        priority=call.priority,
        zone=call.zone,
        at_ms=call.at_ms,
        unit_id=case.unit_id,
        kind=units[case.unit_id].spec.kind if case.unit_id >= 0 else -1,
        sent_ms=case.sent_ms,
        arrived_ms=case.arrived_ms,
        facility=case.facility,
        delivered_ms=case.delivered_ms,
        closed_ms=case.closed_ms,
        held_ms=case.held_ms,
        diversions=case.diversions,
        is_lost=case.fate == Fate.LOST,
        saw_idle=case.saw_idle,
        misplaced=case.misplaced,
        turned=case.turned,
    )
