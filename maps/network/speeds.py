"""How fast an ambulance drives each road: the county's speed policy, as milliseconds an arc.

A speed is the posted limit where one is known, else the class's own, changed by the emergency
factor of the class, the hour and the priority, and kept inside the class's range. The numbers and
where they come from are `policy`'s.

Ferries take their timetable's duration, and a wait where they are boarded: at a landing, where the
ferry meets a road (or ends), and not where one line goes on as another. A ferry that does not sail
at the hour the journey begins is shut. Turn costs are not known to the graph.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from maps.network.engine import MAX_WEIGHT_MS, SHUT
from maps.network.graph import CLASSES, RESTRICTED, UNPAVED, Floats, Ints, RoadGraph
from maps.network.policy import DEFAULT_KMH, Ferry, SpeedPolicy

__all__ = ["SpeedPolicy", "ferry_arcs", "speeds_kmh", "unknown_ferries", "weights_ms"]

_MS_PER_MIN: Final = 60_000.0
_FERRY: Final = CLASSES.index("ferry")
_FAST: Final = frozenset({"motorway", "motorway_link", "trunk", "trunk_link"})


def speeds_kmh(graph: RoadGraph, policy: SpeedPolicy, *, hour: int, priority: str) -> Floats:
    """The speed on each arc at an hour of the day (0-23, local time), shape (m,)."""
    by_class = [policy.class_kmh.get(name, DEFAULT_KMH[name]) for name in CLASSES]
    usual = np.array(by_class)[graph.road_class]
    posted = graph.max_speed_kmh.astype(np.float64)
    speed = np.where(posted > 0, posted * policy.of_limit, usual)
    factors = _siren_factors(policy, priority) * _hour_factors(policy, hour)
    speed *= factors[graph.road_class]
    speed[(graph.flags & UNPAVED) > 0] *= policy.unpaved
    speed[(graph.flags & RESTRICTED) > 0] *= policy.restricted
    return np.clip(speed, policy.lowest_kmh, policy.highest_kmh)


def weights_ms(graph: RoadGraph, policy: SpeedPolicy, *, hour: int, priority: str) -> Ints:
    """Milliseconds to drive each arc, shape (m,), at least 1; SHUT for a ferry that lies still."""
    speed = speeds_kmh(graph, policy, hour=hour, priority=priority)
    found = graph.length_m * 3600.0 / speed
    is_ferry = ferry_arcs(graph)
    found = np.where(is_ferry & (graph.minutes > 0), graph.minutes * _MS_PER_MIN, found)
    is_boarded = is_ferry & _landings(graph, is_ferry)[graph.tail]
    wait_ms = np.where(is_boarded, policy.ferry_wait_min * _MS_PER_MIN, 0.0)
    is_shut = np.zeros(graph.arcs, np.bool_)
    for ferry in policy.ferries:
        arcs = _arcs_of(graph, ferry, is_ferry)
        if ferry.crossing_min is not None:
            found[arcs] = _shared(graph, arcs, ferry.crossing_min)
        wait_min = ferry.wait_min if ferry.sails(hour) else ferry.called_wait_min
        if wait_min is not None:
            wait_ms[arcs & is_boarded] = wait_min * _MS_PER_MIN
        if ferry.is_shut(hour):
            is_shut |= arcs
    weights = np.clip(np.ceil(found + wait_ms), 1, MAX_WEIGHT_MS).astype(np.int32)
    weights[is_shut] = SHUT
    return weights


def ferry_arcs(graph: RoadGraph) -> NDArray[np.bool_]:
    """The arcs that are crossings, shape (m,)."""
    return np.asarray(graph.road_class == _FERRY, np.bool_)


def unknown_ferries(graph: RoadGraph, policy: SpeedPolicy) -> list[str]:
    """The county's ferries that this map does not have, by what the county calls them."""
    is_ferry = ferry_arcs(graph)
    rows = policy.ferries
    return [one.called for one in rows if not _arcs_of(graph, one, is_ferry).any()]


def _arcs_of(graph: RoadGraph, ferry: Ferry, is_ferry: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if ferry.way:
        return np.asarray(is_ferry & (graph.osm_way == ferry.way), np.bool_)
    place = graph.names.index(ferry.name) if ferry.name in graph.names else -1
    return np.asarray(is_ferry & (graph.name == place), np.bool_)


def _landings(graph: RoadGraph, is_ferry: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The nodes at which a ferry is boarded, shape (n,): where it meets a road, or ends."""
    is_landing = np.zeros(graph.nodes, np.bool_)
    for ends in (graph.tail, graph.head):
        is_landing[ends[~is_ferry]] = True
    ends = np.column_stack((graph.tail[is_ferry], graph.head[is_ferry]))
    lines = np.unique(np.sort(ends, axis=1), axis=0)
    return np.asarray(is_landing | (np.bincount(lines.ravel(), minlength=graph.nodes) == 1))


def _shared(graph: RoadGraph, arcs: NDArray[np.bool_], minutes: float) -> Floats:
    """A crossing's minutes over its arcs by their lengths, each direction a whole crossing."""
    length_m = graph.length_m[arcs]
    is_ahead = (graph.twin[arcs] < 0) | (graph.twin[arcs] > np.flatnonzero(arcs))
    whole_m = np.where(is_ahead, length_m[is_ahead].sum(), length_m[~is_ahead].sum())
    return np.asarray(length_m / np.maximum(whole_m, 1e-9) * minutes * _MS_PER_MIN, np.float64)


def _hour_factors(policy: SpeedPolicy, hour: int) -> Floats:
    """By road class: how the hour of the day changes the speed."""
    band = policy.band(hour)
    if band is None:
        return np.ones(len(CLASSES))
    usual = [1.0 if name == "ferry" else band.factor for name in CLASSES]
    named = [band.class_factor.get(name, 1.0) for name in CLASSES]
    return np.asarray(np.array(usual) * np.array(named), np.float64)


def _siren_factors(policy: SpeedPolicy, priority: str) -> Floats:
    """By road class: how much faster than traffic one drives for this priority."""
    factor = policy.sirens.get(priority, 1.0)
    fast = min(factor, policy.motorway_sirens) if factor > 1.0 else factor
    return np.array(
        [1.0 if name == "ferry" else fast if name in _FAST else factor for name in CLASSES]
    )
