"""The chain that both kinds of matching walk: its layers, and what a fix is beside the last one.

A layer is the states of one used fix with the best score that leads to each (Viterbi's algorithm in
logarithms, the best always 0). `viterbi` keeps all layers of a trace, `live` only the last.
"""

from typing import Final, Literal

import msgspec
import numpy as np

from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.matching.model import Fix, RoadModel, States
from maps.matching.ways import Spot
from maps.network.graph import Floats, Ints

_MOVING_FIXES: Final = 5  # at 25 km/h and a fix a second, 32 m are driven in as many

State = Literal["matched", "unsure", "off_road", "jump", "late"]


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """Where one fix is on the road. ``arc`` is directed; ``fraction`` from its tail.

    ``distance_m`` is from the fix to the road, ``confidence`` the probability (0 to 1) that the
    vehicle was there. Without a place (off_road, jump, late) the first four are None and 0.
    ``is_still``: held where the vehicle stands, whatever the noise says.
    """

    state: State
    arc: int | None = None
    fraction: float | None = None
    place: Wgs84 | None = None
    distance_m: float | None = None
    confidence: float = 0.0
    is_still: bool = False


class Layer(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One used fix of a chain: ``score`` of the best way to each state; ``steps`` led here."""

    number: int
    fix: Fix
    states: States
    log: Floats  # (k,), how well each state explains the fix, as far as that is news
    score: Floats  # (k,), the best is 0
    gain: float  # what was subtracted to make the best 0
    back: Ints | None  # (k,), the best predecessor of each state
    steps: Floats | None  # (k before, k)


def first_layer(number: int, fix: Fix, states: States) -> Layer:
    """The beginning of a chain: only the fix itself speaks."""
    gain = float(states.log.max())
    return Layer(
        number=number, fix=fix, states=states, log=states.log, score=states.log - gain, gain=gain,
        back=None, steps=None,
    )  # fmt: skip


def next_layer(
    model: RoadModel, last: Layer, number: int, fix: Fix, states: States
) -> Layer | None:
    """The chain one fix longer; None where no way leads there."""
    steps = model.steps(last.fix, last.states, fix, states)
    total = last.score[:, None] + steps
    back = total.argmax(axis=0)
    log = states.log * model.news(last.fix, fix)
    score = total[back, np.arange(len(back))] + log
    gain = float(score.max())
    if not np.isfinite(gain):
        return None
    return Layer(
        number=number, fix=fix, states=states, log=log, score=score - gain, gain=gain,
        back=back.astype(np.int32), steps=steps,
    )  # fmt: skip


class Stand:
    """Where a vehicle has been since the last used fix: what is near to that teaches nothing new.

    A few fixes may be of a moving vehicle and are measured from the used one; of more the middle is
    the better place, for the used one may have been the worst of them.
    """

    def __init__(self, fix: Fix) -> None:
        self.fix = fix
        self._lon, self._lat, self._fixes = fix.place.lon, fix.place.lat, 1

    def holds(self, model: RoadModel, fix: Fix) -> bool:
        """Whether the noise of a fix says more than its movement; if so it is remembered."""
        middle = self.fix.place
        if self._fixes > _MOVING_FIXES:
            middle = Wgs84(lon=self._lon / self._fixes, lat=self._lat / self._fixes)
        near_m = model.policy.near_sigmas * model.sigma_m(fix)
        if haversine_m(middle, fix.place) > near_m and not is_still(model, self.fix, fix):
            return False
        self._lon += fix.place.lon
        self._lat += fix.place.lat
        self._fixes += 1
        return True


def is_still(model: RoadModel, last: Fix, fix: Fix) -> bool:
    """Whether the vehicle says that it stands, and is where it stood."""
    policy = model.policy
    if fix.speed_kmh is None or fix.speed_kmh > policy.still_kmh:
        return False
    return haversine_m(last.place, fix.place) <= policy.still_m


def is_noise_back(model: RoadModel, before: Spot, now: Spot, fix: Fix) -> bool:
    """Whether a step back on the same road is only the noise of a vehicle that stands or creeps."""
    if before.arc != now.arc or now.fraction >= before.fraction:
        return False
    back_m = (before.fraction - now.fraction) * float(model.graph.length_m[now.arc])
    return back_m <= 2.0 * model.sigma_m(fix)


def is_pause(model: RoadModel, last: Fix, fix: Fix) -> bool:
    """Whether so much time lies between two fixes that nothing is known of the way."""
    if last.at_s is None or fix.at_s is None:
        return False
    return fix.at_s - last.at_s > model.policy.gap_s


def is_gap(model: RoadModel, last: Fix, fix: Fix) -> bool:
    """Whether too much lies between two fixes for anything to be known of the way."""
    is_far = haversine_m(last.place, fix.place) > model.policy.gap_m
    return is_far or is_pause(model, last, fix)


def is_guess(model: RoadModel, last: Fix, fix: Fix) -> bool:
    """Whether the way between two fixes is only the likeliest of several."""
    return haversine_m(last.place, fix.place) > model.policy.guess_m


def spot_of(model: RoadModel, states: States, best: int, log: Floats) -> tuple[Spot, float]:
    """One state as a place on the road, with its probability among all of the fix."""
    spot = Spot(
        arc=int(states.arc[best]), fraction=float(states.fraction[best]), place=states.places[best]
    )
    share = np.exp(log - log.max())
    near = [haversine_m(spot.place, one) <= model.policy.same_place_m for one in states.places]
    return spot, float(share[near].sum() / share.sum())


def told(model: RoadModel, fix: Fix, spot: Spot, confidence: float, *, still: bool) -> Matched:
    """A match in words: sure or not."""
    return Matched(
        state="matched" if confidence >= model.policy.sure else "unsure",
        arc=spot.arc,
        fraction=spot.fraction,
        place=spot.place,
        distance_m=haversine_m(fix.place, spot.place),
        confidence=confidence,
        is_still=still,
    )
