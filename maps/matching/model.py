"""The hidden Markov model of map matching: where a fix may be, and how likely one place follows.

Theory. Newson and Krumm (2009), "Hidden Markov map matching through noise and sparseness". The
hidden state is a place on a road with a direction of driving. A fix is measured with normal noise
(``sigma_m``) around it. From one fix to the next the way along the road and the straight line
differ little, exponentially distributed (``beta_m``): driven detours are rare, noise is not.

What is added here, each because an ambulance needs it:

- a two-way road gives two states, one a direction, so that driving back and forth with the noise
  costs and the direction of a unit is known; turning back on the way is possible at a price;
- a heading, given at speed, speaks for the roads that point there;
- a way that is too long or too fast is no way: the fix is then a jump or the road is missing, and
  nothing is forced (`viterbi` says so).

Ways are measured in metres whatever the traffic: an engine whose weights are millimetres. A unit
driving against a one-way street has no way here and comes out as a break, not as a detour.
"""

import math
from collections.abc import Iterable
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from maps.coordinates import Wgs84
from maps.distance import bearing_deg, haversine_m
from maps.limits import MAX_MATCH_WAYS
from maps.network.engine import MAX_WEIGHT_MS, Engine
from maps.network.graph import Floats, Ints, RoadGraph
from maps.network.snap import Snapped, Snapper

_MM: Final = 1_000.0  # the engine counts whole millimetres


class MatchPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """POLICY of the matching (m, s, km/h, degrees); local policy where no source is named.

    ``sigma_m``: noise of a fix that says nothing of its accuracy (Newson and Krumm measured 4.07 m
    in the open; streets between houses are worse). ``beta_m`` and ``beta_share``: how far way and
    straight line differ, and how much more for each metre between two fixes: sparse fixes cut
    bends. Candidates: at most ``roads`` within ``radius_m``, wider for a fix that says it is bad
    (``radius_sigmas``), never beyond ``radius_most_m``.

    A fix nearer than ``near_sigmas`` to the last used one teaches nothing (Newson and Krumm take 2;
    with 4 the matches of a vehicle that stands or creeps no longer wander: on synthetic drives with
    15 m of noise the matched length fell from 1.26 to 1.04 of the true one). One slower than
    ``still_kmh`` and within ``still_m`` of where the vehicle stopped is standing. The error of a
    receiver wanders slowly: what it says again within ``memory_s`` is news only in proportion.

    A way longer than ``detour`` times the straight line and ``detour_m``, or faster than
    ``highest_kmh``, is none. ``jumps``: so many fixes in a row that no way leads to are a break.
    ``gap_m``, ``gap_s``: after more than that nothing is known of the way between; after more
    than ``guess_m`` it is a guess (five blocks of a town). ``turn_cost``:
    turning back on the road is e^5 times less likely than driving on. A match is sure when ``sure``
    of the probability lies within ``same_place_m`` of it.
    """

    sigma_m: float = 8.0
    sigma_most_m: float = 30.0
    beta_m: float = 10.0
    beta_share: float = 0.1
    radius_m: float = 50.0
    radius_sigmas: float = 4.0
    radius_most_m: float = 120.0
    roads: int = 10
    heading_sigma_deg: float = 35.0
    heading_from_kmh: float = 10.0
    near_sigmas: float = 4.0
    memory_s: float = 10.0
    still_kmh: float = 3.0
    still_m: float = 60.0
    turn_cost: float = 5.0
    detour: float = 3.0
    detour_m: float = 300.0
    highest_kmh: float = 200.0
    jumps: int = 3
    guess_m: float = 250.0
    gap_m: float = 3_000.0
    gap_s: float = 600.0
    sure: float = 0.6
    same_place_m: float = 8.0

    def __post_init__(self) -> None:
        positive = (self.sigma_m, self.sigma_most_m, self.beta_m, self.radius_m, self.gap_m,
                    self.heading_sigma_deg, self.highest_kmh, self.detour, self.gap_s)  # fmt: skip
        if not all(math.isfinite(number) and number > 0 for number in positive):
            raise ValueError("a policy of matching needs finite numbers above 0")
        if self.roads < 1 or self.jumps < 1:
            raise ValueError("roads and jumps must be at least 1")


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """One position fix in WGS-84; ``at_s`` orders the fixes of a vehicle, None without a time.

    ``heading_deg`` clockwise from north, ``speed_kmh``, ``accuracy_m`` where the device gave them.
    """

    place: Wgs84
    at_s: float | None = None
    heading_deg: float | None = None
    speed_kmh: float | None = None
    accuracy_m: float | None = None


class States(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The k places of one fix, a direction each, and the logarithm of how well each explains it."""

    arc: Ints  # (k,)
    fraction: Floats  # (k,)
    distance_m: Floats  # (k,)
    places: tuple[Wgs84, ...]
    log: Floats  # (k,)


class RoadModel:
    """One graph made ready for matching; holds no vehicle, and may be shared by all of them.

    ``engine`` is any engine over the graph: its preparation is used, not its weights.
    """

    def __init__(
        self, graph: RoadGraph, snapper: Snapper, engine: Engine, policy: MatchPolicy | None = None
    ) -> None:
        self.graph = graph
        self.policy = policy or MatchPolicy()
        self._snapper = snapper
        length_mm = np.clip(np.round(graph.length_m * _MM), 1, MAX_WEIGHT_MS)
        self.lengths: Engine = engine.with_weights(length_mm.astype(np.int32))
        self._ways: dict[tuple[int, int], float] = {}

    def sigma_m(self, fix: Fix) -> float:
        """The noise to expect of a fix: what it says of itself, within the policy's bounds."""
        return min(max(self.policy.sigma_m, fix.accuracy_m or 0.0), self.policy.sigma_most_m)

    def states(self, fix: Fix) -> States | None:
        """The places on roads where the vehicle may be; None where no road is near enough."""
        policy, sigma_m = self.policy, self.sigma_m(fix)
        radius_m = min(max(policy.radius_m, policy.radius_sigmas * sigma_m), policy.radius_most_m)
        near = self._snapper.candidates(fix.place, radius_m, policy.roads)
        both = [directed for one in near for directed in self._directions(one)]
        if not both:
            return None
        distance_m = np.array([one.distance_m for one in both])
        log = -0.5 * (distance_m / sigma_m) ** 2
        if fix.heading_deg is not None and (fix.speed_kmh or 0.0) >= policy.heading_from_kmh:
            log += [self._heading_log(one, fix.heading_deg) for one in both]
        return States(
            arc=np.array([one.arc for one in both], np.int32),
            fraction=np.array([one.fraction for one in both]),
            distance_m=distance_m,
            places=tuple(one.place for one in both),
            log=log,
        )

    def steps(self, before: Fix, old: States, after: Fix, new: States) -> Floats:
        """Logarithm of how likely each new state follows each old one, shape (old, new).

        -inf where no way leads, or none that can have been driven.
        """
        straight_m = haversine_m(before.place, after.place)
        way_m = self._way_m(old, new)
        back_m = 2.0 * max(self.sigma_m(before), self.sigma_m(after))
        is_turn = self.graph.twin[old.arc][:, None] == new.arc[None, :]
        way_m = np.minimum(way_m, self._on_one_road_m(old, new, is_turn, back_m))
        policy = self.policy
        beta_m = policy.beta_m + policy.beta_share * straight_m
        log = -np.abs(way_m - straight_m) / beta_m - np.where(is_turn, policy.turn_cost, 0.0)
        log[way_m > self._longest_m(before, after, straight_m)] = -np.inf
        return np.asarray(log)

    def news(self, before: Fix, after: Fix) -> float:
        """How much of a fix is news beside the last used one, 0 to 1: the noise is the same for a
        while, and counting it again each second would make a wrong road certain."""
        if before.at_s is None or after.at_s is None:
            return 1.0
        return min(1.0, max(0.1, (after.at_s - before.at_s) / self.policy.memory_s))

    def way(self, start: int, end: int) -> tuple[int, ...] | None:
        """The arcs of the shortest way between two nodes; None where there is none."""
        found = self.lengths.route([(start, 0)], [(end, 0)])
        return None if found is None else found.arcs

    def _longest_m(self, before: Fix, after: Fix, straight_m: float) -> float:
        """The longest way that can lie between two fixes."""
        policy = self.policy
        longest_m = policy.detour * straight_m + policy.detour_m
        if before.at_s is None or after.at_s is None:
            return longest_m
        noise_m = 2.0 * (self.sigma_m(before) + self.sigma_m(after))
        driven_m = policy.highest_kmh / 3.6 * max(0.0, after.at_s - before.at_s)
        return min(longest_m, driven_m + noise_m)

    def _directions(self, one: Snapped) -> Iterable[Snapped]:
        yield one
        twin = int(self.graph.twin[one.arc])
        if twin >= 0:
            yield msgspec.structs.replace(one, arc=twin, fraction=1.0 - one.fraction)

    def _heading_log(self, one: Snapped, heading_deg: float) -> float:
        """How well a road explains a heading; bounded, since headings are wrong at times."""
        turn_deg = abs((road_bearing_deg(self.graph, one) - heading_deg + 180.0) % 360.0 - 180.0)
        return -0.5 * min(turn_deg / self.policy.heading_sigma_deg, 3.0) ** 2

    def _way_m(self, old: States, new: States) -> Floats:
        """Metres along the roads from each old place on to each new one, by way of a junction."""
        graph = self.graph
        starts, ends = graph.head[old.arc], graph.tail[new.arc]
        between = self._between_m(starts.tolist(), ends.tolist())
        rest = (1.0 - old.fraction) * graph.length_m[old.arc]
        lead = new.fraction * graph.length_m[new.arc]
        return np.asarray(rest[:, None] + between + lead[None, :])

    def _on_one_road_m(
        self, old: States, new: States, is_turn: NDArray[np.bool_], back_m: float
    ) -> Floats:
        """The same without leaving the road; noise may go back a little."""
        length_m = self.graph.length_m[old.arc][:, None]
        is_same = old.arc[:, None] == new.arc[None, :]
        ahead_m = (new.fraction[None, :] - old.fraction[:, None]) * length_m
        stood_m = np.where(ahead_m >= 0, ahead_m, np.where(ahead_m >= -back_m, 0.0, np.inf))
        turned_m = np.abs(1.0 - new.fraction[None, :] - old.fraction[:, None]) * length_m
        return np.asarray(np.where(is_same, stood_m, np.where(is_turn, turned_m, np.inf)))

    def _between_m(self, starts: list[int], ends: list[int]) -> Floats:
        """Metres between nodes, shape (starts, ends); kept, since the next fix asks the same."""
        if len(self._ways) > MAX_MATCH_WAYS:
            self._ways.clear()
        ways = self._ways
        for start in dict.fromkeys(starts):
            asked = [end for end in dict.fromkeys(ends) if (start, end) not in ways]
            if not asked:
                continue
            found = self.lengths.one_to_many([(start, 0)], [[(end, 0)] for end in asked])
            for end, way_mm in zip(asked, found, strict=True):
                ways[start, end] = math.inf if way_mm is None else way_mm / _MM
        return np.array([[ways[start, end] for end in ends] for start in starts])


def road_bearing_deg(graph: RoadGraph, at: Snapped) -> float:
    """The direction of driving at a place on an arc, degrees clockwise from north."""
    lon, lat = graph.shape(at.arc)
    steps = np.hypot(np.diff(lon) * math.cos(math.radians(float(lat[0]))), np.diff(lat))
    reached = np.cumsum(steps)
    number = int(np.searchsorted(reached, at.fraction * reached[-1]))
    piece = min(number, len(steps) - 1)
    ends = (piece, piece + 1)
    here, there = (Wgs84(lon=float(lon[k]), lat=float(lat[k])) for k in ends)
    return bearing_deg(here, there)
