"""From a failing seed to the least that still fails: without the faults and commands not needed.

The run is tried again without each kind of fault and each type of command; what it fails without
is left out for good. What remains names the cause as far as switching off can, and its trace is
short. The failure counts as the same while its invariant's number is the same.
"""

from collections.abc import Iterator

import msgspec

from dispatch.domain import commands as c
from tests.campaign.county import Plan, Result, run

TRACE_SHOWN = 60


def shrink(failed: Result) -> Result:
    """The result of the smallest plan found that breaks the same invariant."""
    best = failed
    for kind in sorted(failed.plan.kinds):
        best = _better(best, msgspec.structs.replace(best.plan, kinds=best.plan.kinds - {kind}))
    for one in c.FROM_PEOPLE:
        muted = best.plan.muted | {one.__name__}
        best = _better(best, msgspec.structs.replace(best.plan, muted=muted))
    return best


def _better(best: Result, plan: Plan) -> Result:
    found = run(plan)
    return found if found.broken and number(found) == number(best) else best


def number(result: Result) -> str:
    """The number of the broken invariant, the first word of what was found."""
    return result.broken.partition(":")[0]


def told(failed: Result, least: Result) -> Iterator[str]:
    """What a person needs: the finding, how to see it again, the least trace."""
    plan = least.plan
    yield f"seed {failed.plan.seed} broke: {failed.broken}"
    yield f"again: python -m tests.campaign --seed {failed.plan.seed}"
    yield f"least: faults {sorted(plan.kinds) or 'none'}, without {sorted(plan.muted)}"
    yield f"       {least.broken}"
    if len(least.trace) > TRACE_SHOWN:
        yield f"       ... {len(least.trace) - TRACE_SHOWN} lines before"
    yield from least.trace[-TRACE_SHOWN:]
