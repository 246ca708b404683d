"""Fixed standby plans: which posts for p units, exact and greedy.

    MCLP    most demand covered at least once                  (Church & ReVelle 1974)
    MEXCLP  most demand covered by a unit that is not busy      (Daskin 1983)
    nested  posts in one order, good for every number of units  (Sudtachat et al. 2016)

MEXCLP: the k-th unit that covers a cell adds d (1 - q) q^(k - 1). These gains fall with k, so the
integer programme fills them in order by itself and only the posts need to be whole numbers. With
q = 0 it is MCLP. The greedy plan adds the best post p times; it reaches at least 1 - 1/e of the
optimum (submodular, Nemhauser et al. 1978), in a second where the exact one takes minutes.

Cells with the same posts in reach are one cell with the sum of their demand: exact, and the reason
why a county is solved at once. HiGHS (through scipy) solves to a gap of 0.

Not here: moving single units in operation (`dmexclp`), the table to print (`compliance`). Pure.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from dispatch.recommend.dmexclp import gains
from dispatch.recommend.limits import MAX_EXACT_VARIABLES, MAX_PLAN_UNITS
from dispatch.recommend.situation import Coverage, Floats, Numbers

_WHOLE_GAIN = 6  # digits: sums of the same demand in another order are the same gain


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """``units`` at each post, shape (j,); ``value`` is demand in calls an hour, as expected served.

    ``is_exact`` is False for the greedy plan.
    """

    units: tuple[int, ...]
    value: float
    is_exact: bool


def mclp(coverage: Coverage, units: int) -> Plan:
    """The posts that cover most demand at least once, one unit a post; exact."""
    single = Coverage(
        post_ids=coverage.post_ids,
        reach=coverage.reach,
        demand=coverage.demand,
        capacity=np.minimum(coverage.capacity, 1),
    )
    return mexclp(single, units, 0.0)


def mexclp(coverage: Coverage, units: int, busy_fraction: float) -> Plan:
    """The best plan for so many units; exact. Units beyond all capacity stay out of the plan.

    Raises ValueError when the problem is too large to be solved exactly in reasonable time.
    """
    _check(units, busy_fraction)
    small = merged(coverage)
    placed = min(units, int(small.capacity.sum()))
    # With q = 0 a second cover is worth nothing.
    levels = min(placed, 1) if busy_fraction == 0 else placed
    if placed == 0:
        return Plan(units=(0,) * len(coverage.post_ids), value=0.0, is_exact=True)
    solution = _solve(*_programme(small, placed, levels, busy_fraction))
    chosen = np.rint(solution[: len(small.post_ids)]).astype(np.int64)
    return Plan(
        units=tuple(int(each) for each in chosen),
        value=value(coverage, chosen, busy_fraction),
        is_exact=True,
    )


def greedy(coverage: Coverage, units: int, busy_fraction: float) -> tuple[int, ...]:
    """The posts in the order in which they are added, best first; ties to the first post.

    Taken up to m it is the greedy plan for m units, so it is a nested plan as well.
    """
    _check(units, busy_fraction)
    small = merged(coverage)
    left = small.capacity.copy()
    counts = np.zeros(len(small.demand))
    order: list[int] = []
    for _ in range(min(units, int(left.sum()))):
        gain = np.where(left > 0, np.round(gains(small, counts, busy_fraction), _WHOLE_GAIN), -1.0)
        best = int(gain.argmax())
        order.append(best)
        left[best] -= 1
        counts += np.asarray(small.reach[[best], :].todense()).ravel()
    return tuple(order)


def greedy_plan(coverage: Coverage, units: int, busy_fraction: float) -> Plan:
    """The greedy plan for one number of units."""
    order = np.array(greedy(coverage, units, busy_fraction), np.int64)
    chosen = np.bincount(order, minlength=len(coverage.post_ids))
    return Plan(
        units=tuple(int(each) for each in chosen),
        value=value(coverage, chosen, busy_fraction),
        is_exact=False,
    )


def value(coverage: Coverage, units: Numbers, busy_fraction: float) -> float:
    """Demand expected to be served in time by a free unit: sum of d (1 - q^k), calls an hour."""
    counts = coverage.reach.T @ units.astype(np.float64)
    return float((coverage.demand * (1.0 - np.power(busy_fraction, counts))).sum())


def nested(coverage: Coverage, weights: Sequence[float]) -> tuple[tuple[int, ...], float]:
    """The order of posts that covers most, summed over the first 1, 2, … of them; exact.

    ``weights[m - 1]`` is how much m units matter. Gives the places of the posts and the sum.
    """
    small = merged(coverage)
    j, c, n = len(small.post_ids), len(small.demand), len(weights)
    if not 0 < n <= j or min(weights) < 0:
        raise ValueError(f"{n} weights for {j} posts; none below 0")
    _small_enough(n * (j + c))
    x, blocks = (
        n * j,
        [],
    )  # x[m, j]: post j is among the first m; y[m, i]: cell i is covered by them
    reach = sparse.csr_array(small.reach)
    each = sparse.eye_array(n)
    covered = sparse.hstack([-sparse.kron(each, reach.T), sparse.eye_array(n * c)])
    blocks.append((covered, np.full(n * c, -np.inf), np.zeros(n * c)))
    counts = sparse.hstack([sparse.kron(each, np.ones((1, j))), sparse.csr_array((n, n * c))])
    blocks.append((counts, np.arange(1.0, n + 1), np.arange(1.0, n + 1)))
    if n > 1:
        step = sparse.diags_array([1.0, -1.0], offsets=[0, 1], shape=(n - 1, n))
        grow = sparse.hstack(
            [sparse.kron(step, sparse.eye_array(j)), sparse.csr_array(((n - 1) * j, n * c))]
        )
        blocks.append((grow, np.full((n - 1) * j, -np.inf), np.zeros((n - 1) * j)))
    worth = np.outer(np.asarray(weights), small.demand).ravel()
    constraints = [LinearConstraint(matrix, low, high) for matrix, low, high in blocks]
    whole = np.r_[np.ones(x), np.zeros(n * c)]
    found = _solve(np.r_[np.zeros(x), -worth], constraints, whole, np.ones(x + n * c))
    among = np.rint(found[:x]).reshape(n, j)
    since = among.sum(axis=0)
    order = tuple(int(post) for post in np.lexsort((np.arange(j), -since))[:n])
    return order, float(worth @ found[x:])


def merged(coverage: Coverage) -> Coverage:
    """Cells that the same posts reach as one; cells that none reaches, or without demand, gone."""
    by_cell = sparse.csc_array(coverage.reach)
    by_cell.sort_indices()
    groups: dict[bytes, tuple[Numbers, float]] = {}
    for cell in np.flatnonzero(coverage.demand > 0):
        posts = by_cell.indices[by_cell.indptr[cell] : by_cell.indptr[cell + 1]]
        if len(posts):
            key = posts.tobytes()
            _posts, so_far = groups.get(key, (posts, 0.0))
            groups[key] = (posts, so_far + float(coverage.demand[cell]))
    each = list(groups.values())
    rows = np.concatenate([posts for posts, _sum in each]) if each else np.zeros(0, np.int64)
    columns = np.repeat(np.arange(len(each)), [len(posts) for posts, _sum in each])
    shape = (len(coverage.post_ids), len(each))
    return Coverage(
        post_ids=coverage.post_ids,
        reach=sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape),
        demand=np.array([total for _posts, total in each], np.float64),
        capacity=coverage.capacity,
    )


def _programme(
    small: Coverage, units: int, levels: int, busy_fraction: float
) -> tuple[Floats, list[LinearConstraint], Floats, Floats]:
    """x (j) units at posts, then y (levels, c) covers; see the module."""
    j, c = len(small.post_ids), len(small.demand)
    _small_enough(j + levels * c)
    covers = sparse.hstack([-sparse.csr_array(small.reach).T, *[sparse.eye_array(c)] * levels])
    total = sparse.csr_array(np.r_[np.ones(j), np.zeros(levels * c)][None, :])
    constraints = [
        LinearConstraint(covers, np.full(c, -np.inf), np.zeros(c)),
        LinearConstraint(total, np.array([-np.inf]), np.array([float(units)])),
    ]
    steps = (1.0 - busy_fraction) * np.power(busy_fraction, np.arange(levels))
    worth = np.outer(steps, small.demand).ravel()
    whole = np.r_[np.ones(j), np.zeros(levels * c)]
    upper = np.r_[small.capacity.astype(np.float64), np.ones(levels * c)]
    return np.r_[np.zeros(j), -worth], constraints, whole, upper


def _solve(
    cost: Floats, constraints: list[LinearConstraint], whole: Floats, upper: Floats
) -> Floats:
    found = milp(
        cost,
        constraints=constraints,
        integrality=whole,
        bounds=Bounds(np.zeros(len(upper)), upper),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise RuntimeError(f"the plan has no solution: {found.message}")
    return np.asarray(found.x)


def _check(units: int, busy_fraction: float) -> None:
    if not 0 <= units <= MAX_PLAN_UNITS:
        raise ValueError(f"{units} units; a plan has 0 to {MAX_PLAN_UNITS}")
    if not 0 <= busy_fraction < 1:
        raise ValueError(f"busy_fraction {busy_fraction} is not from 0 to below 1")


def _small_enough(variables: int) -> None:
    if variables > MAX_EXACT_VARIABLES:
        raise ValueError(
            f"{variables} unknowns are too many for an exact plan (at most {MAX_EXACT_VARIABLES}); "
            "use the greedy plan or larger cells"
        )
