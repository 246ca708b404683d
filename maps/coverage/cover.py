"""Which places of the county a unit reaches in time, which have a second, what a leaving costs.

A `Cover` is a table of seconds, one row a unit and one column a place (cells, or the points of
towns): the rows are one search each, so a unit that moves costs one row, and what its leaving
would uncover is read from the first and second quickest of each place without any search.

What no road leads to counts as not covered: a straight line over the water reaches nobody. Only a
unit that itself stands away from every road, or a county without a graph, is taken by the straight
line, and the cover says so.

Not here: which units count as idle (the caller's), moving them (dispatch), demand
(`maps.coverage.demand`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from maps.coordinates import Wgs84
from maps.coverage.reach import Crow, Driving, Origin, straight_s
from maps.network.graph import Floats
from maps.travel import Method

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that could be sent; ``origin.after_s`` is its turnout or until it is free."""

    unit_id: str
    origin: Origin


class Targets:
    """t places to be reached, brought to the nearest open road of a driving once.

    ``free_m``: so far from the road no time is added, half the side of a cell, say: whoever needs
    help in a cell is anywhere in it. ``has_road`` has shape (t,).
    """

    def __init__(self, driving: Driving, lon: Floats, lat: Floats, *, free_m: float = 0.0) -> None:
        policy = driving.roads.policy
        found = [
            driving.nearest(Wgs84(lon=float(x), lat=float(y)))
            for x, y in zip(lon, lat, strict=True)
        ]
        self.lon, self.lat = lon, lat
        self.has_road: Mask = np.array([at is not None for at in found], np.bool_)
        self.arc = np.array([at.arc for at in found if at is not None], np.int32)
        self.fraction = np.array([at.fraction for at in found if at is not None], np.float64)
        off_m = np.array([at.distance_m for at in found if at is not None], np.float64)
        self.off_s = np.maximum(0.0, off_m - free_m) * 3.6 / policy.off_road_kmh

    def __len__(self) -> int:
        return len(self.has_road)


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """What is no longer reached in time without a unit: places, and their share of all weight."""

    unit_id: str
    places: tuple[int, ...]
    share: float
    is_estimate: bool


class Gaps(msgspec.Struct, frozen=True, kw_only=True):
    """What is not reached in time; shares of the weight (demand), 0 to 1.

    ``share``: by no unit; ``share_once``: by exactly one, so that its next call uncovers it;
    ``places``: the places without; ``without_road``: those of them that no road leads to;
    ``zones``: the uncovered share of each zone's weight, 0 for a zone without weight.
    """

    share: float
    share_once: float
    places: tuple[int, ...]
    without_road: int
    zones: tuple[float, ...]
    is_estimate: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Cover:
    """u units, t places; seconds are inf where a unit does not get. Made by the functions below.

    ``first`` is the place in ``unit_ids`` of the quickest unit, -1 where there is none; of two
    equally quick ones the one listed first.
    """

    unit_ids: tuple[str, ...]
    seconds: Floats  # (u, t)
    methods: tuple[Method, ...]  # (u,)
    has_road: Mask  # (t,)
    first: Numbers  # (t,)
    first_s: Floats
    second_s: Floats

    @property
    def is_estimate(self) -> bool:
        """Whether any unit's times are by the straight line."""
        return any(method != "road" for method in self.methods)

    def reached(self, standard_s: float, times: int = 1) -> Mask:
        """Which places at least ``times`` (1 or 2) units reach within the standard, shape (t,)."""
        return (self.first_s if times == 1 else self.second_s) <= standard_s

    def gaps(self, standard_s: float, weight: Floats, zones: Numbers | None = None) -> Gaps:
        """What is not reached within the standard; ``weight`` and ``zones`` have shape (t,)."""
        total = _checked(weight, len(self.first_s))
        is_gap = ~self.reached(standard_s)
        is_once = ~is_gap & ~self.reached(standard_s, times=2)
        by_zone: Floats = np.zeros(0)
        if zones is not None:
            gap = np.bincount(zones, weight * is_gap)
            whole = np.bincount(zones, weight)
            by_zone = np.divide(gap, whole, out=np.zeros_like(gap), where=whole > 0)
        return Gaps(
            share=_share(weight[is_gap], total),
            share_once=_share(weight[is_once], total),
            places=_places(is_gap),
            without_road=int(np.count_nonzero(is_gap & ~self.has_road)),
            zones=tuple(by_zone.tolist()),
            is_estimate=self.is_estimate,
        )

    def losing(self, unit_id: str, standard_s: float, weight: Floats) -> Loss:
        """What would be uncovered if a unit left now; KeyError for one that is not in it."""
        row = self._row(unit_id)
        total = _checked(weight, len(self.first_s))
        is_lost = (self.first == row) & self.reached(standard_s) & ~self.reached(standard_s, 2)
        return Loss(
            unit_id=unit_id,
            places=_places(is_lost),
            share=_share(weight[is_lost], total),
            is_estimate=self.is_estimate,
        )

    def without(self, unit_id: str) -> "Cover":
        """The cover after a unit has left; KeyError for one that is not in it."""
        row = self._row(unit_id)
        rows = [place for place in range(len(self.unit_ids)) if place != row]
        return _cover(
            tuple(self.unit_ids[place] for place in rows),
            self.seconds[rows],
            tuple(self.methods[place] for place in rows),
            self.has_road,
        )

    def joined(self, other: "Cover") -> "Cover":
        """Both together over the same places; a unit of ``other`` replaces one of the same id."""
        if len(other.first_s) != len(self.first_s):
            raise ValueError(f"{len(other.first_s)} places do not fit {len(self.first_s)}")
        kept = [row for row, name in enumerate(self.unit_ids) if name not in other.unit_ids]
        return _cover(
            (*(self.unit_ids[row] for row in kept), *other.unit_ids),
            np.concatenate((self.seconds[kept], other.seconds)),
            (*(self.methods[row] for row in kept), *other.methods),
            self.has_road,
        )

    def _row(self, unit_id: str) -> int:
        if unit_id not in self.unit_ids:
            raise KeyError(unit_id)
        return self.unit_ids.index(unit_id)


def cover_by_road(
    driving: Driving,
    units: Sequence[Unit],
    targets: Targets,
    *,
    limit_s: float,
    crow: Crow | None = None,
) -> Cover:
    """The cover of the units; times beyond ``limit_s`` are inf (nobody asks about them)."""
    crow = crow or Crow()
    rows, methods = [], []
    for unit in units:
        reach = driving.reach(unit.origin, limit_s=limit_s)
        row = np.full(len(targets), np.inf)
        method: Method = "straight_line"
        if reach is None:
            row = straight_s(unit.origin, targets.lon, targets.lat, crow)
        else:
            by_road = driving.seconds_at(reach, targets.arc, targets.fraction)
            row[targets.has_road] = by_road + targets.off_s
            off_m = reach.starts[0].snapped.distance_m
            is_on_road = off_m <= driving.roads.policy.on_road_m
            method = "road" if is_on_road else "road_and_straight_line"
        rows.append(np.where(row <= limit_s, row, np.inf))
        methods.append(method)
    seconds = np.array(rows).reshape(len(units), len(targets))
    return _cover(tuple(unit.unit_id for unit in units), seconds, tuple(methods), targets.has_road)


def cover_by_air(
    units: Sequence[Unit], lon: Floats, lat: Floats, *, limit_s: float, crow: Crow | None = None
) -> Cover:
    """The cover by the straight-line estimate: all there is without a road graph."""
    rows = [straight_s(unit.origin, lon, lat, crow or Crow()) for unit in units]
    seconds = np.array(rows).reshape(len(units), len(lon))
    seconds = np.where(seconds <= limit_s, seconds, np.inf)
    methods: list[Method] = ["straight_line" for _ in units]
    ids = tuple(unit.unit_id for unit in units)
    return _cover(ids, seconds, tuple(methods), np.ones(len(lon), np.bool_))


def _cover(
    ids: tuple[str, ...], seconds: Floats, methods: tuple[Method, ...], has_road: Mask
) -> Cover:
    if len(set(ids)) != len(ids):
        raise ValueError("a unit stands twice in the list")
    nobody = np.full((2, seconds.shape[1]), np.inf)
    two = np.partition(np.concatenate((seconds, nobody)), 1, axis=0)[:2]
    quickest = np.argmin(np.concatenate((seconds, nobody[:1])), axis=0)
    return Cover(
        unit_ids=ids,
        seconds=seconds,
        methods=methods,
        has_road=has_road,
        first=np.where(np.isfinite(two[0]), quickest, -1),
        first_s=two[0],
        second_s=two[1],
    )


def _checked(weight: Floats, places: int) -> float:
    """The sum of the weights; raises ValueError for a wrong shape or a negative weight."""
    if weight.shape != (places,) or not np.all(np.isfinite(weight) & (weight >= 0)):
        raise ValueError(f"weights must be {places} numbers, none negative")
    return float(weight.sum())


def _share(part: Floats, total: float) -> float:
    return float(part.sum()) / total if total > 0 else 0.0


def _places(mask: Mask) -> tuple[int, ...]:
    return tuple(np.flatnonzero(mask).tolist())
