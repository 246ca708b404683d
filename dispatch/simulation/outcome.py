"""What came of a run: one row a call, one a unit, and the sums the laws are checked against.

Times in integer milliseconds of virtual time, -1 where it never happened. Not here: tables and
comparisons (`report`), and the laws themselves (`laws`).
"""

import msgspec


class CallOutcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One call: who came when, where the patient was taken, when the unit was free again.

    ``held_ms`` is the time units were bound to it, those that were diverted away included;
    ``saw_idle`` is whether a capable unit stood free at the moment it could first be given one.
    ``misplaced``: no open hospital had what it needed. ``turned``: how often its hospital shut and
    the unit drove to another.
    """

    call_id: int
    priority: int
    zone: int
    at_ms: int
    unit_id: int
    kind: int
    sent_ms: int
    arrived_ms: int
    facility: int
    delivered_ms: int
    closed_ms: int
    held_ms: int
    diversions: int
    is_lost: bool
    saw_idle: bool
    misplaced: bool
    turned: int = 0

    @property
    def response_ms(self) -> int:
        """From the call to the unit's arrival; ValueError for a call that nobody reached."""
        if self.arrived_ms < 0:
            raise ValueError(f"call {self.call_id} was never reached")
        return self.arrived_ms - self.at_ms


class UnitOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """One unit: milliseconds bound to calls, calls reached, metres driven, moves to stand by."""

    unit_id: int
    busy_ms: int
    calls: int
    metres: float
    standby_moves: int


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """Time integrals kept while the clock ran, apart from the rows: ms x calls, ms x units.

    ``all_busy_ms`` is how long no unit was free; ``until_ms`` the last moment of the run.
    """

    open_ms: int
    busy_ms: int
    all_busy_ms: int
    until_ms: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that came of one run of one policy."""

    policy: str
    seed: int
    calls: tuple[CallOutcome, ...]
    units: tuple[UnitOutcome, ...]
    sums: Sums
    decisions: int
