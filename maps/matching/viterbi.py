"""Matching a whole trace: the best way through all of its fixes, broken where nothing fits.

The chain is decoded from its end, so that a later fix corrects an earlier one, and each match has
the probability of everything before and after it.

Nothing is forced. A fix with no road near it is ``off_road``; one that no way leads to is a
``jump``; where several in a row are, the chain ends and another begins, and the trace says where.
A match that other roads explain as well is ``unsure``.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal

import msgspec
import numpy as np

from dispatch.errors import Refused
from maps.limits import MAX_TRACE_FIXES
from maps.matching.chain import (
    Layer,
    Matched,
    Stand,
    first_layer,
    is_gap,
    is_guess,
    is_noise_back,
    is_still,
    next_layer,
    spot_of,
    told,
)
from maps.matching.model import Fix, RoadModel, States
from maps.matching.ways import Leg, Spot, along, leg_between
from maps.network.graph import Floats

Cause = Literal["gap", "no_way"]  # too far or too long ago; or no road that leads there


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of trace without a break: fixes ``first`` to ``last`` (numbers) and what was driven.

    Each arc begins where the one before ended, or is its twin where the vehicle turned back on it.
    The first arc was entered at ``first_fraction``, the last left at ``last_fraction``.
    """

    first: int
    last: int
    arcs: tuple[int, ...]
    first_fraction: float
    last_fraction: float
    length_m: float
    legs: tuple[Leg, ...]


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """The trace cannot be followed from fix ``after`` to fix ``before``."""

    after: int
    before: int
    cause: Cause


class MatchedTrace(msgspec.Struct, frozen=True, kw_only=True):
    """One match for each fix, the pieces driven, and the breaks between them.

    ``log_per_fix`` is the mean log-likelihood of the fixes that were matched or should have been:
    it compares readings of one trace (`maps.matching.datum`), and means nothing by itself.
    """

    points: tuple[Matched, ...]
    segments: tuple[Segment, ...]
    breaks: tuple[Break, ...]
    log_per_fix: float


def match_trace(model: RoadModel, fixes: Sequence[Fix]) -> MatchedTrace:
    """A whole trace, oldest fix first. Raises Refused("too_many_fixes") beyond MAX_TRACE_FIXES."""
    if len(fixes) > MAX_TRACE_FIXES:
        raise Refused("too_many_fixes", fixes=len(fixes), most=MAX_TRACE_FIXES)
    walk = _Walk(model, fixes)
    points = dict(walk.lost)
    segments = [_decoded(model, chain, walk.near, fixes, points) for chain in walk.chains]
    breaks = [
        Break(
            after=one.last,
            before=other.first,
            cause="gap" if is_gap(model, fixes[one.last], fixes[other.first]) else "no_way",
        )
        for one, other in pairwise(segments)
    ]
    return MatchedTrace(
        points=tuple(points[number] for number in range(len(fixes))),
        segments=tuple(segments),
        breaks=tuple(breaks),
        log_per_fix=_log_per_fix(model, walk),
    )


class _Walk:
    """Fixes into chains; what is in none is in ``lost``, what teaches nothing in ``near``."""

    def __init__(self, model: RoadModel, fixes: Sequence[Fix]) -> None:
        self.chains: list[list[Layer]] = []
        self.lost: dict[int, Matched] = {}
        self.near: dict[int, list[int]] = {}  # by the number of the used fix before them
        self._model = model
        self._fixes = fixes
        self._jumps: list[int] = []
        self._stand: Stand | None = None
        number = 0
        while number < len(fixes):
            number = self._walk_on(number)

    def _walk_on(self, number: int) -> int:
        """Takes one fix; the number of the next one to be taken."""
        fix = self._fixes[number]
        last = self.chains[-1][-1] if self.chains else None
        if last is not None and self._stand is not None and self._stand.holds(self._model, fix):
            self.near.setdefault(last.number, []).append(number)
            self._jumps = []
            return number + 1
        states = self._model.states(fix)
        if states is None:
            self.lost[number] = Matched(state="off_road")
            return number + 1
        if last is None:
            self._begin(number, states)
            return number + 1
        layer = None
        if not is_gap(self._model, last.fix, fix):
            layer = next_layer(self._model, last, number, fix, states)
        if layer is None:
            return self._jumped(number)
        self.chains[-1].append(layer)
        self._jumps, self._stand = [], Stand(fix)
        return number + 1

    def _jumped(self, number: int) -> int:
        """A fix that no way leads to; after some in a row they are right, and a chain begins."""
        self._jumps.append(number)
        self.lost[number] = Matched(state="jump")
        if len(self._jumps) < self._model.policy.jumps:
            return number + 1
        first = self._jumps[0]
        for one in self._jumps:
            del self.lost[one]
        self._jumps = []
        states = self._model.states(self._fixes[first])
        if states is not None:
            self._begin(first, states)
        return first + 1

    def _begin(self, number: int, states: States) -> None:
        self.chains.append([first_layer(number, self._fixes[number], states)])
        self._stand = Stand(self._fixes[number])


def _decoded(
    model: RoadModel,
    chain: Sequence[Layer],
    near: Mapping[int, Sequence[int]],
    fixes: Sequence[Fix],
    points: dict[int, Matched],
) -> Segment:
    """The best way through a chain; its matches go into ``points``."""
    found: list[tuple[Spot, float]] = []
    for layer, best, log in zip(chain, _best(chain), _smoothed(chain), strict=True):
        spot, confidence = spot_of(model, layer.states, best, log)
        if found and is_noise_back(model, found[-1][0], spot, layer.fix):
            spot = found[-1][0]
        found.append((spot, confidence))
        points[layer.number] = told(model, layer.fix, spot, confidence, still=False)
    spots = [spot for spot, _confidence in found]
    legs = tuple(
        msgspec.structs.replace(
            leg_between(model, one, other), is_guess=is_guess(model, before.fix, after.fix)
        )
        for (one, other), (before, after) in zip(pairwise(spots), pairwise(chain), strict=True)
    )
    rest = Leg(arcs=(spots[-1].arc,), first=spots[-1].fraction, last=1.0)
    for layer, leg, (spot, confidence) in zip(chain, (*legs, rest), found, strict=True):
        here, reached_m = spot, 0.0
        for number in near.get(layer.number, ()):
            still = is_still(model, layer.fix, fixes[number])
            if not still:
                here, reached_m = along(model.graph, leg, fixes[number].place, reached_m)
            points[number] = told(model, fixes[number], here, confidence, still=still)
    return Segment(
        first=chain[0].number,
        last=max((chain[-1].number, *near.get(chain[-1].number, ()))),
        arcs=(spots[0].arc, *(arc for leg in legs for arc in leg.arcs[1:])),
        first_fraction=spots[0].fraction,
        last_fraction=spots[-1].fraction,
        length_m=sum(leg.length_m(model.graph) for leg in legs),
        legs=legs,
    )


def _best(chain: Sequence[Layer]) -> list[int]:
    """The states of the best way through a chain, first to last."""
    best = int(chain[-1].score.argmax())
    way = [best]
    for layer in reversed(chain[1:]):
        if layer.back is not None:
            best = int(layer.back[best])
        way.append(best)
    return way[::-1]


def _smoothed(chain: Sequence[Layer]) -> list[Floats]:
    """For each layer and state the score of the best way through it, past and future."""
    after = np.zeros(len(chain[-1].score))
    found = [chain[-1].score + after]
    for layer, before in zip(reversed(chain), reversed(chain[:-1]), strict=False):
        if layer.steps is not None:
            after = (layer.steps + (layer.log + after)[None, :]).max(axis=1)
            after = after - after.max()
        found.append(before.score + after)
    return found[::-1]


def _log_per_fix(model: RoadModel, walk: _Walk) -> float:
    """Mean log-likelihood; a fix without a road counts as one at the edge of the search."""
    edge = -0.5 * model.policy.radius_sigmas**2
    used = [layer.gain for chain in walk.chains for layer in chain]
    lost = [edge] * len(walk.lost)
    return float(np.mean(used + lost)) if used or lost else 0.0
