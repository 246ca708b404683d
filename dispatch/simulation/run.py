"""One run: calls through a town under a policy, until the last unit is free again.

Not here: events (`engine`), orders (`orders`), many runs and their comparison (`compare`).
"""

from collections.abc import Callable, Sequence

from dispatch.simulation.engine import FREE, HEARD, TICK, Clockwork, Witness
from dispatch.simulation.limits import MAX_IDLE_TAIL_MS
from dispatch.simulation.orders import Desk
from dispatch.simulation.outcome import Outcome
from dispatch.simulation.policy import Policy
from dispatch.simulation.shapes import SimCall, Town
from dispatch.simulation.travel import Travel

Progress = Callable[[int, int], None]
"""Calls closed so far, calls in all."""

_PROGRESS_EVERY = 500


class Unserved(ValueError):
    """The run cannot end: a policy leaves calls waiting although nothing else will happen."""


def simulate(
    town: Town,
    travel: Travel,
    calls: Sequence[SimCall],
    policy: Policy,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    witness: Witness | None = None,
) -> Outcome:
    """Everything that comes of these calls, with the laws of `laws` checked.

    Raises `policy.BadOrder` for a senseless order, `Unserved` when calls would wait for ever,
    `laws.Broken` when the books do not balance (a bug here), ValueError for too large a run.
    """
    clock = Clockwork(town, travel, calls, seed, witness)
    desk = Desk(clock, policy)
    if policy.tick_ms:
        clock.push(policy.tick_ms, TICK, 0)
    last_ms = max((one.at_ms + one.ready_ms for one in calls), default=0)
    while (event := clock.next_event()) is not None:
        at_ms, kind, which, _epoch = event
        if kind in (TICK, HEARD) and clock.closed == len(clock.cases):
            break
        clock.advance(at_ms)
        desk.handle(kind, which)
        if clock.waiting and at_ms > last_ms + MAX_IDLE_TAIL_MS:
            raise Unserved(f"{policy.name}: call {min(clock.waiting)} waits for ever")
        if progress is not None and kind == FREE and clock.closed % _PROGRESS_EVERY == 0:
            progress(clock.closed, len(clock.cases))
    if clock.closed < len(clock.cases):
        raise Unserved(
            f"{policy.name}: {len(clock.waiting)} calls wait: no unit that it would send to call "
            f"{min(clock.waiting)} (skill, range), and nothing more will happen"
        )
    if progress is not None:
        progress(clock.closed, len(clock.cases))
    return clock.outcome(policy.name, desk.decisions)
