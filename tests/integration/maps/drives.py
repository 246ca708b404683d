"""Synthetic drives with a known truth over a real road graph: the fixes of a vehicle, with noise.

The noise is not white: a receiver's error wanders (half of it gone after about ten seconds), and
between high houses it is far larger for a while. Outages leave fixes out; halts repeat a place.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maps.coordinates import Wgs84
from maps.distance import bearing_deg
from maps.matching.model import Fix
from maps.network.cch import CchEngine
from maps.network.graph import Floats, Ints, RoadGraph
from maps.network.snap import main_arcs
from maps.network.speeds import SpeedPolicy, weights_ms

_M_PER_DEG: Final = 111_195.0
_REMEMBERED: Final = 0.93  # of the error, a second later: half after ten seconds


@dataclass(frozen=True, kw_only=True)
class Weather:
    """How bad the fixes are: metres of noise, seconds between fixes, and what goes wrong."""

    sigma_m: float
    every_s: int = 1
    outages: int = 0
    outage_s: int = 40
    canyons: int = 0
    canyon_sigma_m: float = 25.0
    halts: int = 0
    halt_s: int = 60
    has_motion: bool = False  # speed and heading are given
    has_time: bool = True


@dataclass(frozen=True, kw_only=True)
class Drive:
    """A drive: its fixes, the arcs driven, and the arc that each fix was on."""

    fixes: list[Fix]
    arcs: tuple[int, ...]
    arc_of_fix: list[int]
    true_places: list[Wgs84]
    is_halted: list[bool]


def drives(graph: RoadGraph, weather: Weather, count: int, seed: int) -> list[Drive]:
    """Drives of two kilometres at least between random junctions of the main network."""
    rng = np.random.default_rng(seed)
    weights = weights_ms(graph, SpeedPolicy(), hour=12, priority="P1")
    engine = CchEngine(graph, weights)
    nodes = np.unique(graph.tail[main_arcs(graph)])
    found: list[Drive] = []
    while len(found) < count:
        a, b = (int(node) for node in rng.choice(nodes, 2, replace=False))
        path = engine.route([(a, 0)], [(b, 0)])
        if path is None or graph.length_m[list(path.arcs)].sum() < 2_000:
            continue
        found.append(_driven(graph, path.arcs, weights, weather, rng))
    return found


def _driven(
    graph: RoadGraph, arcs: tuple[int, ...], weights: Ints, weather: Weather,
    rng: np.random.Generator,
) -> Drive:  # fmt: skip
    """One vehicle along the arcs, a place each second."""
    arc_ms = weights[list(arcs)].astype(np.float64)
    ends_s = np.cumsum(arc_ms) / 1000
    moving_s = int(ends_s[-1])
    drive_s = np.arange(moving_s + 1, dtype=np.float64)
    for _ in range(weather.halts):
        at = int(rng.integers(2, len(drive_s)))
        drive_s = np.insert(drive_s, at, np.full(weather.halt_s, drive_s[at - 1]))
    number = np.minimum(np.searchsorted(ends_s, drive_s, side="right"), len(arcs) - 1)
    fraction = np.clip(1 - (ends_s[number] - drive_s) * 1000 / arc_ms[number], 0, 1)
    places = [_place(graph, arcs[n], float(f)) for n, f in zip(number, fraction, strict=True)]
    noise = _noise(len(places), weather, rng)
    kept = _kept(len(places), weather, rng)
    halted = np.concatenate(([False], np.diff(drive_s) == 0))
    fixes = [_fix(places, halted, noise, second, weather) for second in kept]
    return Drive(
        fixes=fixes,
        arcs=arcs,
        arc_of_fix=[arcs[number[second]] for second in kept],
        true_places=[places[second] for second in kept],
        is_halted=[bool(halted[second]) for second in kept],
    )


def _place(graph: RoadGraph, arc: int, fraction: float) -> Wgs84:
    lon, lat = graph.shape(arc)
    steps = np.hypot(np.diff(lon) * math.cos(math.radians(float(lat[0]))), np.diff(lat))
    share = np.concatenate(([0.0], np.cumsum(steps))) / steps.sum()
    return Wgs84(
        lon=float(np.interp(fraction, share, lon)), lat=float(np.interp(fraction, share, lat))
    )


def _noise(seconds: int, weather: Weather, rng: np.random.Generator) -> Floats:
    """Metres east and north, shape (seconds, 2)."""
    sigma = np.full(seconds, weather.sigma_m)
    for _ in range(weather.canyons):
        start = int(rng.integers(0, max(1, seconds - 30)))
        sigma[start : start + 30] = weather.canyon_sigma_m
    white = rng.normal(size=(seconds, 2))
    error = np.empty((seconds, 2))
    error[0] = white[0]
    for second in range(1, seconds):
        error[second] = (
            _REMEMBERED * error[second - 1] + math.sqrt(1 - _REMEMBERED**2) * white[second]
        )
    return np.asarray(error * sigma[:, None])


def _kept(seconds: int, weather: Weather, rng: np.random.Generator) -> list[int]:
    is_kept = np.zeros(seconds, bool)
    is_kept[:: weather.every_s] = True
    for _ in range(weather.outages):
        start = int(rng.integers(0, max(1, seconds - weather.outage_s)))
        is_kept[start : start + weather.outage_s] = False
    is_kept[[0, -1]] = True
    return [int(second) for second in np.flatnonzero(is_kept)]


def _fix(
    places: list[Wgs84], halted: NDArray[np.bool_], noise: Floats, second: int, weather: Weather
) -> Fix:
    here = places[second]
    shrink = math.cos(math.radians(here.lat))
    place = Wgs84(
        lon=here.lon + noise[second, 0] / (_M_PER_DEG * shrink),
        lat=here.lat + noise[second, 1] / _M_PER_DEG,
    )
    speed = heading = None
    if weather.has_motion:
        before = places[max(0, second - 1)]
        speed = 0.0 if halted[second] else 40.0
        heading = bearing_deg(before, here) if before != here else None
    at_s = float(second) if weather.has_time else None
    return Fix(place=place, at_s=at_s, speed_kmh=speed, heading_deg=heading)
