"""The laws that every run obeys exactly (DISPATCH 4.8), checked on integers after each.

Little's law on a sample path: the time integral of the number of open calls equals the sum of the
calls' times in the system, because the run starts and ends empty. Utilisation: the integral of
bound units equals what the units count and what the calls count. Flow: every call is closed or
lost. Times of a call never run backwards (I14). The integrals come from the clock, the rows from
the lifecycles: a forgotten or doubled change of state breaks the equation.
"""

from itertools import pairwise

from dispatch.simulation.outcome import CallOutcome, Outcome


class Broken(AssertionError):
    """A law does not hold: a bug of the simulator, never of a policy."""


def check(outcome: Outcome) -> None:
    """Raises `Broken` naming the law and both sides."""
    in_system_ms = sum(one.closed_ms - one.at_ms for one in outcome.calls)
    _same("Little", outcome.sums.open_ms, in_system_ms)
    _same("utilisation of units", outcome.sums.busy_ms, sum(u.busy_ms for u in outcome.units))
    _same("utilisation by calls", outcome.sums.busy_ms, sum(c.held_ms for c in outcome.calls))
    reached = sum(one.calls for one in outcome.units)
    _same("flow", len(outcome.calls) - sum(c.is_lost for c in outcome.calls), reached)
    for one in outcome.calls:
        _in_order(one)


def _same(law: str, left: int, right: int) -> None:
    if left != right:
        raise Broken(f"{law}: {left} is not {right}")


def _in_order(one: CallOutcome) -> None:
    times = [one.at_ms, one.sent_ms, one.arrived_ms, one.delivered_ms, one.closed_ms]
    known = [at_ms for at_ms in times if at_ms >= 0]
    if any(a > b for a, b in pairwise(known)):
        raise Broken(f"call {one.call_id}: its times run backwards: {times}")
