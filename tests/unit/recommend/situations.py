"""Random situations of a county, with everything that the engine looks at; seeded."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from dispatch.recommend.engine import Act, Decision
from dispatch.recommend.policies import RecommendPolicy
from dispatch.recommend.situation import (
    BUSY,
    IDLE,
    NOWHERE,
    OFF,
    UNDER_WAY,
    Calls,
    Coverage,
    Floats,
    Numbers,
    Situation,
    Travel,
    Units,
    Vocabulary,
)

WORDS = Vocabulary()
ALS, BLS = WORDS.bits(["ALS"]), WORDS.bits(["BLS"])
DEFIB, MIDWIFE = WORDS.bits(["defib"]), WORDS.bits(["midwife"])


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """A situation and the drives in it."""

    situation: Situation
    travel: Travel


def case(
    travel_s: list[list[float]],
    *,
    priority: list[int] | None = None,
    state: list[int] | None = None,
    heading: list[int] | None = None,
    waited_s: list[float] | None = None,
    free_in_s: list[float] | None = None,
    call_ids: list[str] | None = None,
    unit_ids: list[str] | None = None,
    **more: object,
) -> Case:
    """A small case by hand: rows are calls, columns units; everything else is harmless."""
    seconds = np.array(travel_s, np.float64)
    k, u = seconds.shape
    names = ("kinds", "skills", "equipment", "diversions", "to_care_s", "curve")
    calls = Calls.of(
        call_ids or [f"c{row}" for row in range(k)],
        priority or [1] * k,
        waited_s or [0.0] * k,
        **{name: more.pop(f"call_{name}") for name in names if f"call_{name}" in more},
    )
    coverage = more.pop("coverage", None)
    signed, barred = more.pop("signed", ()), more.pop("barred", ())
    lack_s, p80_s = more.pop("lack_s", None), more.pop("p80_s", None)
    units = Units.of(
        unit_ids or [f"u{column}" for column in range(u)],
        state or [IDLE] * u,
        heading=heading,
        free_in_s=free_in_s,
        **more,
    )
    return Case(
        situation=Situation(
            calls=calls,
            units=units,
            coverage=coverage,
            signed=signed,
            barred=barred,
        ),
        travel=Travel(
            seconds=seconds,
            lack_s=None if lack_s is None else np.array(lack_s, np.float64),
            p80_s=None if p80_s is None else np.array(p80_s, np.float64),
        ),
    )


def draw(luck: np.random.Generator, k: int, u: int, *, priorities: int = 4) -> Case:
    """A county at a moment: some units drive, some are busy or off, some lack what is needed."""
    state = luck.choice([IDLE, IDLE, UNDER_WAY, BUSY, OFF], u)
    rows = list(luck.permutation(k))
    heading = np.full(u, NOWHERE, np.int64)
    for unit in np.flatnonzero(state == UNDER_WAY):
        if rows:
            heading[unit] = rows.pop()
        else:
            state[unit] = IDLE
    at = luck.uniform(0, 40_000, (u, 2))
    scenes = luck.uniform(0, 40_000, (k, 2))
    seconds = np.hypot(*(scenes[:, None] - at[None, :]).transpose(2, 0, 1)) / 12.0
    seconds[luck.random((k, u)) < 0.03] = np.inf
    for unit in np.flatnonzero(state == UNDER_WAY):
        if np.isinf(seconds[heading[unit], unit]):
            seconds[heading[unit], unit] = 900.0
    calls = Calls.of(
        [f"I-{row:04d}" for row in range(k)],
        luck.integers(1, priorities + 1, k),
        luck.uniform(0, 7000, k),
        kinds=luck.choice([0, 0, ALS], k),
        equipment=luck.choice([0, 0, 0, DEFIB], k),
        skills=luck.choice([0, 0, 0, 0, MIDWIFE], k),
        diversions=luck.choice([0, 0, 1, 5], k),
    )
    units = Units.of(
        [f"N{unit:04d}" for unit in range(u)],
        state,
        heading=heading,
        free_in_s=np.where(state == BUSY, luck.uniform(30, 4000, u), 0.0),
        turnout_s=np.where(state == IDLE, luck.choice([0.0, 60.0, 120.0], u), 0.0),
        kind=luck.choice([ALS, BLS], u),
        equipment=luck.choice([0, DEFIB], u),
        skills=luck.choice([0, MIDWIFE], u),
        crew=luck.choice([1, 2, 3, 3], u),
        rest_s=luck.choice([0.0, 0.0, 0.0, 600.0], u),
        shift_left_s=luck.choice([np.inf, 30_000.0, 2000.0], u),
        range_s=luck.choice([np.inf, 9000.0, 3000.0], u),
        position=luck.choice([0, 0, 0, 1, 2, 3], u),
        post=luck.integers(0, 6, u),
    )
    return Case(
        situation=Situation(calls=calls, units=units, coverage=posts(luck, 6, 40)),
        travel=Travel(
            seconds=seconds,
            p80_s=seconds * luck.uniform(1.05, 1.5, (k, u)),
            lack_s=luck.choice([0.0, 0.0, 120.0, 240.0], (k, u)),
        ),
    )


def posts(luck: np.random.Generator, j: int, c: int, share: float = 0.3) -> Coverage:
    """Posts that reach some of the cells."""
    return Coverage(
        post_ids=tuple(f"S{post}" for post in range(j)),
        reach=sparse.csr_array((luck.random((j, c)) < share).astype(np.float64)),
        demand=luck.uniform(0, 2, c),
        capacity=np.full(j, 20, np.int64),
    )


def carried_out(given: Case, decision: Decision) -> Case:
    """The same instant after the decision was obeyed."""
    situation = given.situation
    calls, units = situation.calls, situation.units
    state, heading = units.state.copy(), units.heading.copy()
    diversions = calls.diversions.copy()
    for unit in decision.released:
        state[unit], heading[unit] = IDLE, NOWHERE
    for row, unit in decision.sent():
        if decision.act[row] == Act.REDIRECT:
            diversions[units.heading[unit]] += 1
        state[unit], heading[unit] = UNDER_WAY, row
    return Case(
        situation=replace(
            situation,
            calls=replace(calls, diversions=diversions),
            units=replace(units, state=state, heading=heading),
        ),
        travel=given.travel,
    )


def taken(given: Case, rows: Numbers, units: Numbers) -> Case:
    """The same with rows and units in another order, or fewer of them."""
    situation, travel = given.situation, given.travel
    where = np.full(len(situation.calls), NOWHERE, np.int64)
    where[rows] = np.arange(len(rows))
    picked = {
        name: getattr(situation.units, name)[units]
        for name in situation.units.__dataclass_fields__
        if name not in {"ids", "heading"}
    }
    heading = situation.units.heading[units]
    chosen = {
        name: getattr(situation.calls, name)[rows]
        for name in ("waited_s", "kinds", "skills", "equipment", "diversions", "to_care_s", "curve")
    }
    return Case(
        situation=Situation(
            calls=Calls.of(
                [situation.calls.ids[row] for row in rows],
                situation.calls.priority[rows],
                **chosen,
            ),
            units=Units.of(
                [situation.units.ids[unit] for unit in units],
                heading=np.where(heading >= 0, where[heading], NOWHERE),
                **picked,
            ),
            coverage=situation.coverage,
        ),
        travel=Travel(
            seconds=travel.seconds[np.ix_(rows, units)],
            p80_s=_part(travel.p80_s, rows, units),
            lack_s=_part(travel.lack_s, rows, units),
        ),
    )


def _part(given: Floats | None, rows: Numbers, units: Numbers) -> Floats | None:
    return None if given is None else given[np.ix_(rows, units)]


def pairs(given: Case, decision: Decision) -> dict[str, str]:
    """Which unit each row has after the decision, by ids."""
    calls, units = given.situation.calls, given.situation.units
    return {
        f"{calls.ids[row]}/{row - calls.call[row]}": units.ids[unit]
        for row, unit in enumerate(decision.unit)
        if unit != NOWHERE
    }


JOINT = RecommendPolicy(level="P2")
