"""Where idle units stand by: the unit that just became free goes where it covers most (DMEXCLP).

Theory (Jagtenberg, Bhulai & van der Mei 2015, after Daskin 1983). A cell with demand d that k idle
units cover within the target is served in time with probability 1 - q^k, where q is the chance that
a unit is busy when it is needed. One more unit adds d (1 - q) q^k. So a free unit is worth

    gain(j) = sum of d_i (1 - q) q^(k_i)   over the cells i that post j covers

at post j, and its leaving costs `loss(j)`, the same with k_i - 1. k counts destinations: a unit
that drives to a post counts there already. With q = 0 only first cover counts: plain coverage.

Only the one unit moves, not the fleet: it is their rest. Ties go to the nearer post, then to the
first. The cover radius (target less call taking and turnout) is in ``Coverage.reach``. Where a
county wants more moves, `move_up` finds the one idle unit whose move wins most after a unit left.

Not here: the fixed plan for a whole fleet (`mexclp`), tables to print (`compliance`). Pure.
"""

from collections.abc import Callable

import msgspec
import numpy as np

from dispatch.recommend.policies import StandbyPolicy
from dispatch.recommend.situation import Coverage, Floats, Mask, Numbers
from hospital_gateway.advice import Reason, reason


class Standby(msgspec.Struct, frozen=True, kw_only=True):
    """Where a free unit should wait: ``post`` is its place in the coverage, the one it is at if it
    stays. ``gain`` and ``stays_gain`` are demand in calls an hour; ``reasons`` say why.
    """

    post: int
    post_id: str
    drive_s: float
    gain: float
    stays_gain: float
    moves: bool
    reasons: tuple[Reason, ...]


def covered_by(coverage: Coverage, posts: Numbers) -> Floats:
    """How many units cover each cell, shape (c,), of units that stand at or drive to ``posts``."""
    standing = np.bincount(posts, minlength=len(coverage.post_ids)).astype(np.float64)
    return np.asarray(coverage.reach.T @ standing)


def gains(coverage: Coverage, counts: Floats, busy_fraction: float) -> Floats:
    """What one more unit would add at each post, calls an hour, shape (j,)."""
    worth = coverage.demand * (1.0 - busy_fraction) * np.power(busy_fraction, counts)
    return np.asarray(coverage.reach @ worth)


def losses(coverage: Coverage, counts: Floats, busy_fraction: float) -> Floats:
    """What one unit's leaving would cost at each post that has one, calls an hour, shape (j,)."""
    left = np.maximum(counts - 1.0, 0.0)
    worth = coverage.demand * (1.0 - busy_fraction) * np.power(busy_fraction, left)
    return np.asarray(coverage.reach @ worth)


def holds_last(coverage: Coverage, counts: Floats) -> Mask:
    """Posts at which one unit's leaving would leave a protected cell without cover, shape (j,)."""
    if coverage.protected is None:
        return np.zeros(len(coverage.post_ids), np.bool_)
    alone = (coverage.protected & (counts == 1.0)).astype(np.float64)
    return np.asarray(coverage.reach @ alone > 0)


def stand_by(
    coverage: Coverage,
    others: Numbers,
    drive_s: Floats,
    policy: StandbyPolicy,
    *,
    at: int | None = None,
    home: int | None = None,
) -> Standby | None:
    """Where a free unit should go; None where no post is within reach of it.

    A unit at a post is not moved to where a protected cell would lose its last cover (I8).

    ``others`` (n,) are the posts of the other idle units, ``drive_s`` (j,) this unit's drive to
    each post, ``at`` the post where it stands now. It stays unless a move wins ``gain_min`` of all
    demand; a full post is none. ``home`` is its own post, to which it may go however far it is:
    otherwise a township beyond ``move_max_s`` of the hospital would never get its unit back.
    """
    if drive_s.shape != (len(coverage.post_ids),):
        raise ValueError(f"{drive_s.shape} drives for {len(coverage.post_ids)} posts")
    standing = np.bincount(others, minlength=len(coverage.post_ids))
    counts = covered_by(coverage, others)
    gain = gains(coverage, counts, policy.busy_fraction)
    possible = (standing < coverage.capacity) & (drive_s <= policy.move_max_s)
    if home is not None:
        possible[home] = standing[home] < coverage.capacity[home]
    if at is not None:
        possible &= _keeps_zones(coverage, counts, at)
        possible[at] = True
    if not possible.any():
        return None
    best = _best(gain, drive_s, possible)
    stays_gain = 0.0 if at is None else float(gain[at])
    least = policy.gain_min * float(coverage.demand.sum())
    moves = at is None or (best != at and float(gain[best]) - stays_gain > least)
    if at is not None and not moves:
        best = at
    return Standby(
        post=best,
        post_id=coverage.post_ids[best],
        drive_s=float(drive_s[best]),
        gain=float(gain[best]),
        stays_gain=stays_gain,
        moves=moves,
        reasons=_why(coverage, best, gain, stays_gain, moves),
    )


def move_up(
    coverage: Coverage,
    posts: Numbers,
    drive_s: Callable[[int], Floats],
    policy: StandbyPolicy,
) -> tuple[int, Standby] | None:
    """Which of the n idle units should change its post, and to where; None where none should.

    ``posts`` (n,) are where they stand or drive to; ``drive_s`` answers a unit's drive to each
    post (j,) and is asked only where a move could win. The unit whose move wins most, if that is
    more than ``gain_min`` of all demand; of equals the one with the shorter drive, then the first.
    """
    least = policy.gain_min * float(coverage.demand.sum())
    found: tuple[tuple[float, float, int], Standby] | None = None
    for post in np.unique(posts):
        rest = np.delete(posts, int(np.flatnonzero(posts == post)[0]))
        gain = gains(coverage, covered_by(coverage, rest), policy.busy_fraction)
        if float(gain.max() - gain[post]) <= least:
            continue
        for unit in np.flatnonzero(posts == post):
            one = stand_by(coverage, rest, drive_s(int(unit)), policy, at=int(post))
            if one is None or not one.moves:
                continue
            rank = (-round(one.gain - one.stays_gain, 6), one.drive_s, int(unit))
            if found is None or rank < found[0]:
                found = rank, one
    return None if found is None else (found[0][2], found[1])


def _keeps_zones(coverage: Coverage, counts: Floats, at: int) -> Mask:
    """Posts that cover every protected cell which only the unit at ``at`` covers, shape (j,)."""
    if coverage.protected is None:
        return np.ones(len(coverage.post_ids), np.bool_)
    own = np.asarray(coverage.reach[[at], :].todense()).ravel() > 0
    alone = (own & coverage.protected & (counts == 0)).astype(np.float64)
    return np.asarray(coverage.reach @ alone >= alone.sum())


def _best(gain: Floats, drive_s: Floats, possible: Mask) -> int:
    """Rounded to a millionth of a call an hour, so that the order of adding up decides nothing."""
    rounded = np.where(possible, np.round(gain, 6), -np.inf)
    top = np.flatnonzero(rounded == rounded.max())
    return int(min(top, key=lambda post: (drive_s[post], post)))


def _why(
    coverage: Coverage, best: int, gain: Floats, stays_gain: float, moves: bool
) -> tuple[Reason, ...]:
    total = float(coverage.demand.sum())
    share_pct = round(100.0 * float(gain[best]) / total, 1) if total else 0.0
    post = coverage.post_ids[best]
    if not moves:
        return (reason("stays_at_post", post=post, share_pct=share_pct),)
    more_pct = round(100.0 * (float(gain[best]) - stays_gain) / total, 1) if total else 0.0
    return (reason("covers_most", post=post, share_pct=share_pct, more_pct=more_pct),)
