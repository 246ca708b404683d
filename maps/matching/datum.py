"""Suspicion that a device names the wrong datum: its fixes fit the roads only in another one.

A GCJ-02 fix that is declared WGS-84 is some 500 m off, which no single fix shows. A drive does: its
bends fit the roads in one reading and not in the other. So the same numbers are matched in every
reading, and another one is suspected when it explains them far better than the declared one.

Only said, never converted: a person looks at the device and corrects what it declares. Without
roads near the drive in any reading nothing is suspected. WGS-84 and CGCS2000 are one reading.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from maps.coordinates import CoordinateError, Datum, to_wgs84
from maps.distance import haversine_m
from maps.limits import MAX_DATUM_FIXES
from maps.matching.model import Fix, RoadModel
from maps.matching.viterbi import MatchedTrace, match_trace

_READINGS: Final[tuple[Datum, ...]] = ("WGS84", "GCJ02", "BD09")


class DatumPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Local policy. Nothing is said of fewer than ``fixes`` fixes, each ``apart_m`` from the last.

    The suspected reading must put ``on_road`` of them on roads, and explain each ``better`` nats
    (e^1.5, 4.5 times) better than the declared one; over twelve fixes that is e^18.
    """

    fixes: int = 12
    apart_m: float = 40.0
    on_road: float = 0.8
    better: float = 1.5


class DatumVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """``suspected`` is None when the declared datum fits as well as any, or too little is known.

    ``fixes`` were compared; ``on_road_declared`` and ``on_road_suspected`` are shares of them.
    """

    declared: Datum
    suspected: Datum | None
    fixes: int
    on_road_declared: float
    on_road_suspected: float | None = None


def judge_datum(
    model: RoadModel,
    pairs: Sequence[tuple[float, float]],
    declared: Datum,
    policy: DatumPolicy | None = None,
) -> DatumVerdict:
    """What a drive says of its datum. ``pairs`` are (lon, lat) in degrees as sent, oldest first.

    Of a long drive the newest MAX_DATUM_FIXES are compared; pairs that are no place are left out.
    """
    policy = policy or DatumPolicy()
    spaced = _spaced(pairs, policy.apart_m)[-MAX_DATUM_FIXES:]
    if len(spaced) < policy.fixes:
        return DatumVerdict(
            declared=declared, suspected=None, fixes=len(spaced), on_road_declared=0.0
        )
    own = "WGS84" if declared == "CGCS2000" else declared
    found = {reading: _read(model, spaced, reading) for reading in _READINGS}
    told = found[own]
    others = {reading: trace for reading, trace in found.items() if reading != own}
    best = max(others, key=lambda reading: others[reading].log_per_fix)
    is_better = others[best].log_per_fix >= told.log_per_fix + policy.better
    is_suspected = is_better and _on_road(others[best]) >= policy.on_road
    return DatumVerdict(
        declared=declared,
        suspected=best if is_suspected else None,
        fixes=len(spaced),
        on_road_declared=_on_road(told),
        on_road_suspected=_on_road(others[best]) if is_suspected else None,
    )


def _spaced(pairs: Sequence[tuple[float, float]], apart_m: float) -> list[tuple[float, float]]:
    """The pairs at which the vehicle had moved on; a standing one says the same again and again."""
    kept: list[tuple[float, float]] = []
    for lon, lat in pairs:
        try:
            here = to_wgs84(lon, lat, "WGS84")
        except CoordinateError:
            continue
        if not kept or haversine_m(to_wgs84(*kept[-1], "WGS84"), here) >= apart_m:
            kept.append((lon, lat))
    return kept


def _read(model: RoadModel, pairs: Sequence[tuple[float, float]], datum: Datum) -> MatchedTrace:
    return match_trace(model, [Fix(place=to_wgs84(lon, lat, datum)) for lon, lat in pairs])


def _on_road(trace: MatchedTrace) -> float:
    return sum(point.place is not None for point in trace.points) / len(trace.points)
