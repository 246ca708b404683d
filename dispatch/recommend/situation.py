"""What a joint decision looks at: open calls, units, driving seconds, standby posts; as arrays.

One row of ``Calls`` is one unit that is still needed: a call that needs three units has three rows
with the same ``call`` number, and keeps a row for each unit on its way to it. A call with its units
on the scene is no row any more. Columns of everything are ``Units``; units out of service are left
in (state OFF), so that places in the arrays stay what they are.

Words (kinds of vehicle, skills, equipment) become bits of whole numbers (`Vocabulary`), so that a
fleet of thousands is compared in one step. Times are seconds as floats; the engine rounds every
cost to milliseconds, so that sums do not depend on the machine. No clock here: ``waited_s`` and
``free_in_s`` are already differences to now, and nothing in a situation may be known later than
now (invariant I16).

Not here: where units are (the caller's), who may go (`gates`), what is best (`engine`). Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dispatch.recommend.limits import MAX_OPEN_ROWS, MAX_UNITS, MAX_WORDS

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]

IDLE: Final = 0  # may go now: at a post, returning, or on a standby move
UNDER_WAY: Final = 1  # driving to the row in `Units.heading`; may be redirected
BUSY: Final = 2  # bound to a call; free in `Units.free_in_s`
OFF: Final = 3  # out of service, or nobody on it

GOOD: Final = 0  # a fix not older than `STALE_FIX_S`
STALE: Final = 1  # an older fix
ASSUMED: Final = 2  # no usable fix: taken to be at its station
LOST: Final = 3  # neither a fix nor a station to assume

NOWHERE: Final = -1  # no row, no post


class Vocabulary:
    """Words as bits, in the order in which they are first met; at most ``MAX_WORDS``."""

    def __init__(self) -> None:
        self._bit: dict[str, int] = {}

    def bits(self, words: Iterable[str]) -> int:
        """The words together as one number; raises ValueError when there are too many words."""
        found = 0
        for word in words:
            if word not in self._bit and len(self._bit) == MAX_WORDS:
                raise ValueError(f"more than {MAX_WORDS} kinds, skills and pieces of equipment")
            found |= 1 << self._bit.setdefault(word, len(self._bit))
        return found

    def words(self, bits: int) -> tuple[str, ...]:
        """The words of a number, in their order."""
        return tuple(word for word, at in self._bit.items() if bits >> at & 1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Calls:
    """k rows; see the module. ``priority`` 1 (P1) to 4, ``waited_s`` since the call came in.

    ``kinds`` any of which will do (0: any), ``skills`` and ``equipment`` all of which are needed.
    ``diversions``: how often a unit was taken from this call already. ``lead`` is True for the
    first row of a call. ``to_care_s``: from the scene to definitive care, for the harm of P5.
    ``curve`` is the place of the call's harm curve in the policy, -1 for none.
    """

    ids: tuple[str, ...]
    call: Numbers
    lead: Mask
    priority: Numbers
    waited_s: Floats
    kinds: Numbers
    skills: Numbers
    equipment: Numbers
    diversions: Numbers
    to_care_s: Floats
    curve: Numbers

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(
        cls,
        ids: Sequence[str],
        priority: Sequence[int] | Numbers,
        waited_s: Sequence[float] | Floats,
        *,
        kinds: Sequence[int] | Numbers | None = None,
        skills: Sequence[int] | Numbers | None = None,
        equipment: Sequence[int] | Numbers | None = None,
        diversions: Sequence[int] | Numbers | None = None,
        to_care_s: Sequence[float] | Floats | None = None,
        curve: Sequence[int] | Numbers | None = None,
    ) -> Self:
        """Rows with what is known; equal ids are one call, the first row its lead."""
        n = len(ids)
        if n > MAX_OPEN_ROWS:
            raise ValueError(f"{n} open rows; at most {MAX_OPEN_ROWS} are decided together")
        first: dict[str, int] = {}
        call = np.array([first.setdefault(each, at) for at, each in enumerate(ids)], np.int64)
        made = cls(
            ids=tuple(ids),
            call=call,
            lead=call == np.arange(n),
            priority=_numbers(priority, n, 4),
            waited_s=_floats(waited_s, n, 0.0),
            kinds=_numbers(kinds, n, 0),
            skills=_numbers(skills, n, 0),
            equipment=_numbers(equipment, n, 0),
            diversions=_numbers(diversions, n, 0),
            to_care_s=_floats(to_care_s, n, 0.0),
            curve=_numbers(curve, n, NOWHERE),
        )
        if n and not (made.priority.min() >= 1 and made.priority.max() <= 4):
            raise ValueError("a priority is 1 (P1) to 4 (P4)")
        return made


@dataclass(frozen=True, kw_only=True, eq=False)
class Units:
    """u columns. ``heading`` is the row an UNDER_WAY unit drives to; ``post`` its standby post.

    ``turnout_s`` until it moves; ``free_in_s`` until a BUSY one is released (inf: not known);
    ``crew`` people on it; ``rest_s`` of rest still owed; ``shift_left_s``; ``range_s`` of driving
    left in the tank or battery. ``position`` is GOOD, STALE, ASSUMED or LOST.
    """

    ids: tuple[str, ...]
    state: Numbers
    heading: Numbers
    free_in_s: Floats
    turnout_s: Floats
    kind: Numbers
    skills: Numbers
    equipment: Numbers
    crew: Numbers
    rest_s: Floats
    shift_left_s: Floats
    range_s: Floats
    position: Numbers
    post: Numbers

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(
        cls,
        ids: Sequence[str],
        state: Sequence[int] | Numbers,
        *,
        heading: Sequence[int] | Numbers | None = None,
        free_in_s: Sequence[float] | Floats | None = None,
        turnout_s: Sequence[float] | Floats | None = None,
        kind: Sequence[int] | Numbers | None = None,
        skills: Sequence[int] | Numbers | None = None,
        equipment: Sequence[int] | Numbers | None = None,
        crew: Sequence[int] | Numbers | None = None,
        rest_s: Sequence[float] | Floats | None = None,
        shift_left_s: Sequence[float] | Floats | None = None,
        range_s: Sequence[float] | Floats | None = None,
        position: Sequence[int] | Numbers | None = None,
        post: Sequence[int] | Numbers | None = None,
    ) -> Self:
        """Units with what is known; what is not given is no hindrance."""
        n = len(ids)
        if n > MAX_UNITS:
            raise ValueError(f"{n} units; at most {MAX_UNITS} are decided together")
        if len(set(ids)) != n:
            raise ValueError("a unit is listed twice")
        return cls(
            ids=tuple(ids),
            state=_numbers(state, n, OFF),
            heading=_numbers(heading, n, NOWHERE),
            free_in_s=_floats(free_in_s, n, 0.0),
            turnout_s=_floats(turnout_s, n, 0.0),
            kind=_numbers(kind, n, 0),
            skills=_numbers(skills, n, 0),
            equipment=_numbers(equipment, n, 0),
            crew=_numbers(crew, n, _CREW_UNKNOWN),
            rest_s=_floats(rest_s, n, 0.0),
            shift_left_s=_floats(shift_left_s, n, np.inf),
            range_s=_floats(range_s, n, np.inf),
            position=_numbers(position, n, GOOD),
            post=_numbers(post, n, NOWHERE),
        )


_CREW_UNKNOWN: Final = 99  # no county counts its crews so high: a crew that nobody told is complete


@dataclass(frozen=True, kw_only=True, eq=False)
class Travel:
    """Driving seconds (k, u) from where a unit stands, or will be released; inf: no way there.

    ``p80_s`` is what four journeys of five stay below, where it is known. ``lack_s`` are the
    seconds' worth of what is wished of the unit and missing (`needs.Wish`).
    """

    seconds: Floats
    p80_s: Floats | None = None
    lack_s: Floats | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Coverage:
    """j standby posts, c demand cells. ``reach`` (j, c) holds 1 where a post covers a cell in time.

    ``demand`` (c,) in calls an hour; ``capacity`` (j,) units that may stand at a post;
    ``protected`` (c,) cells that should never be without any cover (a far valley, an island).
    """

    post_ids: tuple[str, ...]
    reach: sparse.csr_array
    demand: Floats
    capacity: Numbers
    protected: Mask | None = None

    def __post_init__(self) -> None:
        if self.reach.shape != (len(self.post_ids), len(self.demand)):
            raise ValueError(
                f"reach is {self.reach.shape} for {len(self.post_ids)} posts and "
                f"{len(self.demand)} cells"
            )
        if self.capacity.shape != (len(self.post_ids),):
            raise ValueError(f"{self.capacity.shape} capacities for {len(self.post_ids)} posts")
        if self.protected is not None and self.protected.shape != self.demand.shape:
            raise ValueError(f"{self.protected.shape} protected for {self.demand.shape} cells")
        if not (np.isfinite(self.demand).all() and (self.demand >= 0).all()):
            raise ValueError("demand must be finite and not negative")


@dataclass(frozen=True, kw_only=True, eq=False)
class Situation:
    """Everything a joint decision may know, of one instant.

    ``signed`` are pairs (row, unit) whose crew limits somebody lifted by name; ``barred`` those
    where the unit has worked on the call, or declined it: it is not asked a second time.
    """

    calls: Calls
    units: Units
    coverage: Coverage | None = None
    signed: tuple[tuple[int, int], ...] = ()
    barred: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        heading = self.units.heading
        under_way = self.units.state == UNDER_WAY
        if (heading[under_way] < 0).any() or (heading >= len(self.calls)).any():
            raise ValueError("a unit under way must be heading for one of the rows")
        rows = heading[under_way]
        if len(np.unique(rows)) != len(rows):
            raise ValueError("two units are heading for one row; give the call two rows")
        if self.coverage is not None and (self.units.post >= len(self.coverage.post_ids)).any():
            raise ValueError("a unit stands by at a post that is not there")


def _numbers(given: Sequence[int] | Numbers | None, n: int, default: int) -> Numbers:
    if given is None:
        return np.full(n, default, np.int64)
    made = np.asarray(given, np.int64)
    if made.shape != (n,):
        raise ValueError(f"{made.shape} values for {n}")
    return made


def _floats(given: Sequence[float] | Floats | None, n: int, default: float) -> Floats:
    if given is None:
        return np.full(n, default)
    made = np.asarray(given, np.float64)
    if made.shape != (n,):
        raise ValueError(f"{made.shape} values for {n}")
    if np.isnan(made).any():
        raise ValueError("a time is not a number")
    return made
