"""How long a joint decision takes, beside the bare assignment that it contains (B7).

A county (60 units, 6 open calls, 40 posts, 2,000 cells) and a municipality (3,000 units, 40 open
calls, 600 posts, 20,000 cells), everybody at a seeded place; P4, so that cover is weighed as well.
A decision is gates, costs, the cover of every post and the assignment; the words of one row, with
what would change it, and a standby move are measured apart. The bare program assigns the same units
to the same rows by drives alone. Deciding all again must give the same; the hash says which.
"""

import hashlib
import resource
import time
from typing import Final

import msgspec
import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from dispatch.recommend.answer import explain
from dispatch.recommend.dmexclp import stand_by
from dispatch.recommend.engine import recommend
from dispatch.recommend.policies import RecommendPolicy
from dispatch.recommend.situation import (
    BUSY,
    IDLE,
    NOWHERE,
    UNDER_WAY,
    Calls,
    Coverage,
    Numbers,
    Situation,
    Travel,
    Units,
    Vocabulary,
)

SEED: Final = 20_240_613
ROUNDS: Final = 100
POLICY: Final = RecommendPolicy(level="P4")


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How large a place is; ``reach`` is the share of cells that a post covers in time."""

    name: str
    units: int
    rows: int
    posts: int
    cells: int
    reach: float


SIZES: Final = (
    Size(name="county", units=60, rows=6, posts=40, cells=2_000, reach=0.15),
    Size(name="municipality", units=3_000, rows=40, posts=600, cells=20_000, reach=0.02),
)


class DecisionFigure(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds of one size; ``memory_mb`` is the peak of the process so far."""

    size: Size
    decide_p50_ms: float
    decide_p99_ms: float
    explain_p99_ms: float
    standby_p99_ms: float
    bare_p50_ms: float
    memory_mb: int
    is_repeatable: bool
    digest: str


def measure() -> list[DecisionFigure]:
    """Each size in turn."""
    return [_measure(size) for size in SIZES]


def row(one: DecisionFigure) -> str:
    """A line of the page."""
    size = one.size
    place = f"{size.name}: {size.units} units, {size.posts} posts, {size.cells} cells"
    times = f"{one.decide_p50_ms} | {one.decide_p99_ms} | {one.explain_p99_ms}"
    rest = f"{one.standby_p99_ms} | {one.bare_p50_ms}"
    same = one.digest if one.is_repeatable else "NO"
    return f"| {place} | {size.rows} | {times} | {rest} | {same} |"


def _measure(size: Size) -> DecisionFigure:
    luck = np.random.default_rng(SEED)
    coverage = _coverage(size, luck)
    drawn = [_draw(size, coverage, luck) for _ in range(ROUNDS)]
    drives = luck.uniform(60, 3000, (ROUNDS, size.posts))
    taken: dict[str, list[float]] = {"decide": [], "explain": [], "standby": [], "bare": []}
    chosen = []
    for nth, (situation, travel) in enumerate(drawn):
        started = time.perf_counter()
        found = recommend(situation, travel, POLICY)
        decided = time.perf_counter()
        explain(situation, travel, Vocabulary(), found, 0)
        told = time.perf_counter()
        idle = situation.units.post[situation.units.state == IDLE]
        stand_by(coverage, idle, drives[nth], POLICY.standby)
        stood = time.perf_counter()
        linear_sum_assignment(travel.seconds)
        ended = time.perf_counter()
        marks = (started, decided, told, stood, ended)
        for name, begun, done in zip(taken, marks, marks[1:], strict=False):
            taken[name].append(done - begun)
        chosen.append(found.unit.tobytes())
    again = [recommend(situation, travel, POLICY).unit.tobytes() for situation, travel in drawn]
    return DecisionFigure(
        size=size,
        decide_p50_ms=_ms(taken["decide"], 50),
        decide_p99_ms=_ms(taken["decide"], 99),
        explain_p99_ms=_ms(taken["explain"], 99),
        standby_p99_ms=_ms(taken["standby"], 99),
        bare_p50_ms=_ms(taken["bare"], 50),
        memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        is_repeatable=again == chosen,
        digest=hashlib.sha256(b"".join(chosen)).hexdigest()[:16],
    )


def _ms(seconds: list[float], share: int) -> float:
    return round(1000.0 * float(np.percentile(seconds, share)), 3)


def _coverage(size: Size, luck: np.random.Generator) -> Coverage:
    reached = int(size.reach * size.cells)
    columns = np.concatenate(
        [luck.choice(size.cells, reached, replace=False) for _ in range(size.posts)]
    )
    rows = np.repeat(np.arange(size.posts), reached)
    return Coverage(
        post_ids=tuple(f"S{post:04d}" for post in range(size.posts)),
        reach=sparse.csr_array((np.ones(len(rows)), (rows, columns)), (size.posts, size.cells)),
        demand=luck.exponential(0.01, size.cells),
        capacity=np.full(size.posts, 50, np.int64),
    )


def _draw(size: Size, coverage: Coverage, luck: np.random.Generator) -> tuple[Situation, Travel]:
    side_m, speed_m_per_s = 20.0 * np.sqrt(size.cells) * 50.0, 15.0
    here = luck.uniform(0, side_m, (size.units, 2))
    scene = luck.uniform(0, side_m, (size.rows, 2))
    seconds = np.hypot(*(scene[:, None] - here[None, :]).transpose(2, 0, 1)) / speed_m_per_s
    state = luck.choice([IDLE, IDLE, UNDER_WAY, BUSY], size.units)
    state, heading = _headings(state, size.rows, luck)
    units = Units.of(
        [f"N{unit:05d}" for unit in range(size.units)],
        state,
        heading=heading,
        free_in_s=np.where(state == BUSY, luck.uniform(60, 3600, size.units), 0.0),
        kind=luck.choice([1, 2], size.units),
        crew=luck.choice([1, 2, 3], size.units),
        post=luck.integers(0, size.posts, size.units),
    )
    calls = Calls.of(
        [f"I-{row:04d}" for row in range(size.rows)],
        luck.integers(1, 5, size.rows),
        luck.uniform(0, 3000, size.rows),
        kinds=luck.choice([0, 1], size.rows),
    )
    situation = Situation(calls=calls, units=units, coverage=coverage)
    return situation, Travel(seconds=seconds, p80_s=1.2 * seconds)


def _headings(state: Numbers, rows: int, luck: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Half the rows have a unit on its way; the other drivers are bound elsewhere."""
    heading = np.full(len(state), NOWHERE, np.int64)
    moving = np.flatnonzero(state == UNDER_WAY)
    driven = luck.permutation(rows)[: rows // 2]
    heading[moving[: len(driven)]] = driven
    state[moving[len(driven) :]] = BUSY
    return state, heading
