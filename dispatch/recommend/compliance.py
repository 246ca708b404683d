"""The compliance table: where the units stand when so many are idle; made, printed, kept to.

Row m lists the posts for m idle units. Row m + 1 is row m and one post more, so that a unit that
becomes idle fills a gap and nobody else has to move; a dispatcher can work from the printed table
when every screen is dark. Greedy by expected cover (`mexclp.greedy`) or any other nested order.

Moving from where units are to a row is the linear *bottleneck* assignment: first the longest drive
as short as possible, then the sum of drives (van Barneveld et al. 2017).

Not here: how good a row is (`mexclp`). Pure.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import maximum_bipartite_matching

from dispatch.recommend.mexclp import value
from dispatch.recommend.situation import Coverage, Floats, Mask


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """For ``idle`` units: how many ``stand`` at each post (by id), and the share so covered."""

    idle: int
    stand: tuple[tuple[str, int], ...]
    added: str
    share_pct: float


def table(coverage: Coverage, order: Sequence[int], busy_fraction: float) -> tuple[Row, ...]:
    """The rows of a nested order of posts; shares of all demand expected to be served in time."""
    total = float(coverage.demand.sum())
    standing = np.zeros(len(coverage.post_ids), np.int64)
    rows = []
    for idle, post in enumerate(order, 1):
        standing[post] += 1
        served = value(coverage, standing, busy_fraction)
        stand = tuple((coverage.post_ids[at], int(standing[at])) for at in np.flatnonzero(standing))
        rows.append(
            Row(
                idle=idle,
                stand=stand,
                added=coverage.post_ids[post],
                share_pct=round(100.0 * served / total, 1) if total else 0.0,
            )
        )
    return tuple(rows)


_HEADS = {"zh": ("待命车数", "覆盖", "驻点"), "en": ("idle", "covered", "posts")}


def printed(rows: Sequence[Row], language: str) -> str:
    """The table as plain text for paper, in zh or en; raises ValueError for another language."""
    if language not in _HEADS:
        raise ValueError(f"no words in {language!r}; there are zh and en")
    idle, covered, posts = _HEADS[language]
    lines = [f"{idle}\t{covered}\t{posts}"]
    for row in rows:
        stand = "  ".join(f"{post} × {n}" if n > 1 else post for post, n in row.stand)
        lines.append(f"{row.idle}\t{row.share_pct:.1f} %\t{stand}")
    return "\n".join(lines) + "\n"


def moves(drive_s: Floats) -> tuple[int, ...]:
    """Which place of a row each unit drives to: the longest drive least, then the sum of drives.

    ``drive_s`` (n, n): units by places, inf where a unit cannot go. Raises ValueError when the
    places cannot all be filled.
    """
    n = len(drive_s)
    if drive_s.shape != (n, n):
        raise ValueError(f"{drive_s.shape}: as many places as units are needed")
    if not n:
        return ()
    steps = np.unique(drive_s[np.isfinite(drive_s)])
    low, high = 0, len(steps)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _can(drive_s <= steps[middle]) else (middle + 1, high)
    if low == len(steps):
        raise ValueError("some place cannot be reached by any unit that is left for it")
    _units, places = linear_sum_assignment(np.where(drive_s <= steps[low], drive_s, np.inf))
    return tuple(int(place) for place in places)


def _can(allowed: Mask) -> bool:
    return bool((maximum_bipartite_matching(sparse.csr_array(allowed)) >= 0).all())
