"""Closures and slow zones: what a dispatcher draws on the map, as changes to the weights.

A closure is an area (or a line, which is taken with a few metres around it) in which every road is
shut, or slowed by a factor, from one moment to another. It changes weights, never the graph, so it
counts from the moment it is drawn and is gone the moment it is lifted.

A bridge over a closed road is closed too: the map knows no heights that could be relied on, and a
road that is wrongly avoided costs minutes while one that is wrongly used costs the drive.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray
from shapely import LineString, Polygon, STRtree, linestrings, make_valid

from maps.coordinates import Wgs84
from maps.network.engine import MAX_WEIGHT_MS, SHUT
from maps.network.graph import Ints, RoadGraph

LINE_WIDTH_DEG: Final = 0.00008  # about 9 m: the two carriageways of a road drawn along its middle
MAX_FACTOR: Final = 20.0  # slower than that is closed


class Closure(msgspec.Struct, frozen=True, kw_only=True):
    """One closure; ``outline`` has 2 points (a line) or more (an area, closed by itself).

    ``factor`` is how many times as long a slow road takes (above 1, at most `MAX_FACTOR`). It holds
    from ``from_at`` until ``until_at``, or until it is lifted. Raises ValueError.
    """

    closure_id: str
    kind: Literal["closed", "slow"]
    outline: tuple[Wgs84, ...]
    from_at: datetime
    until_at: datetime | None = None
    factor: float = 1.0

    def __post_init__(self) -> None:
        if len(self.outline) < 2:
            raise ValueError(f"closure {self.closure_id}: an outline has at least two points")
        if self.kind == "slow" and not 1.0 < self.factor <= MAX_FACTOR:
            raise ValueError(f"closure {self.closure_id}: factor {self.factor} is not in 1..20")

    def holds(self, now: datetime) -> bool:
        """Whether it counts at ``now``."""
        return self.from_at <= now and (self.until_at is None or now < self.until_at)


class ArcIndex:
    """The arcs of one graph by where they are, to find those that a closure touches."""

    def __init__(self, graph: RoadGraph) -> None:
        counts = np.diff(graph.shape_start)
        owner = np.repeat(np.arange(graph.arcs), counts)
        points = np.column_stack((graph.shape_lon, graph.shape_lat))
        self._tree = STRtree(np.atleast_1d(np.asarray(linestrings(points, indices=owner))))

    def touched(self, closure: Closure) -> NDArray[np.int64]:
        """The arcs that pass through the closure, in ascending order."""
        corners = [(place.lon, place.lat) for place in closure.outline]
        drawn = LineString(corners)
        # A figure of eight becomes the two areas it encloses; points on one line enclose none.
        area = make_valid(Polygon(corners)) if len(corners) > 2 else drawn
        if area.area == 0.0:
            area = drawn.buffer(LINE_WIDTH_DEG)
        found: NDArray[np.int64] = np.sort(self._tree.query(area, predicate="intersects"))
        return found


def apply(weights: Ints, index: ArcIndex, closures: Iterable[Closure], now: datetime) -> Ints:
    """The weights with every closure that holds at ``now``; where several meet, the worst counts.

    Closed beats slow; of two slow ones the slower. The weights given are left as they are.
    """
    factor = np.ones(len(weights))
    is_shut = np.zeros(len(weights), np.bool_)
    for closure in closures:
        if not closure.holds(now):
            continue
        arcs = index.touched(closure)
        if closure.kind == "closed":
            is_shut[arcs] = True
        else:
            factor[arcs] = np.maximum(factor[arcs], closure.factor)
    slowed = np.minimum(np.ceil(weights * factor), MAX_WEIGHT_MS).astype(np.int32)
    slowed[is_shut | (weights == SHUT)] = SHUT
    return slowed
