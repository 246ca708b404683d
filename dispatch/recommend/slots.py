"""Move-up as an assignment of units to standby slots (Zhang, in JEMSS `zhang_ip`).

A slot is (post, rank): the first unit at a post is worth more than the second. Units that can move
must take a slot; units at a hospital may be promised one for when they are free. What is found is

    most   sum of slot benefits - sum of costs of the moves

which is one linear assignment: columns are slots, and for each unit at a hospital one more column
that means "no slot" at no gain. Benefit and cost share one unit of measure, the caller's. The order
of a post's ranks needs no constraint: benefits fall with rank, so the first rank is taken first.

Adjusted costs of JEMSS (half price for a unit already driving, when that loses little) are the
caller's. Not here: choosing a post for one unit only (`dmexclp`). Pure.
"""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from dispatch.recommend.situation import NOWHERE, Floats


def assign_slots(
    slot_post: Sequence[int], benefit: Sequence[float], cost: Floats, movable: int
) -> tuple[int, ...]:
    """The post of each unit, NOWHERE for a unit at a hospital that gets none.

    ``cost`` (n, posts): the first ``movable`` rows must take a slot, the others may. Raises
    ValueError when there are fewer slots than movable units, or benefits rise with rank.
    """
    slots, n = len(slot_post), len(cost)
    if len(benefit) != slots:
        raise ValueError(f"{len(benefit)} benefits for {slots} slots")
    if not 0 <= movable <= n:
        raise ValueError(f"{movable} movable units of {n}")
    if movable > slots:
        raise ValueError(f"{movable} units must stand by and there are {slots} slots")
    _falling(slot_post, benefit)
    waiting = n - movable
    gain = np.full((n, slots + waiting), -np.inf)
    gain[:, :slots] = np.asarray(benefit)[None, :] - np.asarray(cost)[:, np.asarray(slot_post)]
    gain[np.arange(movable, n), slots + np.arange(waiting)] = 0.0
    units, picked = linear_sum_assignment(-gain)
    posts = [NOWHERE] * n
    for unit, slot in zip(units, picked, strict=True):
        if slot < slots:
            posts[unit] = slot_post[slot]
    return tuple(posts)


def _falling(slot_post: Sequence[int], benefit: Sequence[float]) -> None:
    last: dict[int, float] = {}
    for post, worth in zip(slot_post, benefit, strict=True):
        if worth > last.get(post, float("inf")):
            raise ValueError(f"post {post}: a later slot is worth more than an earlier one")
        last[post] = worth
