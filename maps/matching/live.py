"""Matching a live unit, fix by fix, in bounded memory.

Only the last layer is kept: the chain is Markov, so everything the past says about the present is
in it, and a unit costs some kilobytes however long it drives. A later fix cannot correct an earlier
answer; where two roads explain the drive so far, the answer is ``unsure`` until one does better.
"""

import msgspec

from maps.matching.chain import (
    Layer,
    Matched,
    Stand,
    first_layer,
    is_gap,
    is_noise_back,
    is_pause,
    is_still,
    next_layer,
    spot_of,
    told,
)
from maps.matching.model import Fix, RoadModel, States
from maps.matching.ways import Leg, Spot, along


class Matcher:
    """One live unit on the roads; feed it the fixes that position quality let through."""

    def __init__(self, model: RoadModel) -> None:
        self._model = model
        self._last: Layer | None = None
        self._stand: Stand | None = None
        self._spot: Spot | None = None
        self._confidence = 0.0
        self._newest_s: float | None = None
        self._jumps = 0

    def feed(self, fix: Fix) -> Matched:
        """Where the unit is now. A fix not newer than the last changes nothing and is ``late``."""
        if fix.at_s is not None:
            if self._newest_s is not None and fix.at_s <= self._newest_s:
                return Matched(state="late")
            self._newest_s = fix.at_s
        stand, spot = self._stand, self._spot
        if stand is not None and spot is not None and stand.holds(self._model, fix):
            self._jumps = 0
            return self._near(stand, spot, fix)
        states = self._model.states(fix)
        if states is None:
            return Matched(state="off_road")
        layer = self._follow(fix, states)
        return Matched(state="jump") if layer is None else self._now_at(layer)

    def _near(self, stand: Stand, spot: Spot, fix: Fix) -> Matched:
        """Forwards on the road it is on, never back; not at all when it stands."""
        still = is_still(self._model, stand.fix, fix)
        if not still:
            leg = Leg(arcs=(spot.arc,), first=spot.fraction, last=1.0)
            spot = self._spot = along(self._model.graph, leg, fix.place, 0.0)[0]
        return told(self._model, fix, spot, self._confidence, still=still)

    def _follow(self, fix: Fix, states: States) -> Layer | None:
        """The chain one fix longer, or a new one when the old one has ended; None for a jump."""
        last = self._last
        if last is None or is_pause(self._model, last.fix, fix):
            return first_layer(0, fix, states)
        layer = None
        if not is_gap(self._model, last.fix, fix):
            layer = next_layer(self._model, last, 0, fix, states)
        if layer is None and self._jumps + 1 < self._model.policy.jumps:
            self._jumps += 1
            return None
        return layer or first_layer(0, fix, states)

    def _now_at(self, layer: Layer) -> Matched:
        self._jumps = 0
        self._stand = Stand(layer.fix)
        best = int(layer.score.argmax())
        spot, self._confidence = spot_of(self._model, layer.states, best, layer.score)
        before, self._last = self._spot, msgspec.structs.replace(layer, back=None, steps=None)
        if before is not None and is_noise_back(self._model, before, spot, layer.fix):
            spot = before
        self._spot = spot
        return told(self._model, layer.fix, spot, self._confidence, still=False)
