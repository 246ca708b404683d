"""Routing by plain Dijkstra (scipy): the yardstick of the contract test, and what measures reach.

Slow beside `cch` (about a millisecond a sweep of a county), without preparation, and able to say
how far one gets in a given time, which contraction hierarchies cannot.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from maps.network.engine import SHUT, Ends, Engine, RoutePath, best, checked_weights
from maps.network.graph import Ints, RoadGraph

_NOWHERE: Final = -9999  # scipy's mark for "no predecessor"

Times = NDArray[np.float64]


class DijkstraEngine:
    """The plain engine; see `maps.network.engine.Engine`."""

    def __init__(self, graph: RoadGraph, weights_ms: Ints) -> None:
        self._graph = graph
        weights = checked_weights(weights_ms, graph.arcs)
        tail, head = graph.tail.astype(np.int64), graph.head.astype(np.int64)
        # Of parallel arcs only the quickest counts; a sparse matrix would add them up.
        order = np.lexsort((weights, head, tail))
        pair = tail[order] * graph.nodes + head[order]
        is_first = np.concatenate(([True], pair[1:] != pair[:-1])) if len(pair) else pair == 0
        kept = order[is_first]
        kept = kept[weights[kept] != SHUT]
        shape = (graph.nodes, graph.nodes)
        pairs = (graph.tail[kept], graph.head[kept])
        self._matrix = csr_array((weights[kept].astype(np.float64), pairs), shape=shape)
        self._lengths = csr_array((graph.length_m[kept], pairs), shape=shape)
        self._arc = {(int(graph.tail[a]), int(graph.head[a])): int(a) for a in kept}

    def with_weights(self, weights_ms: Ints) -> Engine:
        """The same graph with other weights."""
        return DijkstraEngine(self._graph, weights_ms)

    def one_to_many(self, source: Ends, targets: Sequence[Ends]) -> list[int | None]:
        """Milliseconds from one place to each of many."""
        times = self.reach(source)
        return [best([_whole(times[node]) for node, _extra in ends], ends) for ends in targets]

    def many_to_one(self, sources: Sequence[Ends], target: Ends) -> list[int | None]:
        """Milliseconds from each of many places to one."""
        times = self.reach(target, is_backwards=True)
        return [best([_whole(times[node]) for node, _extra in ends], ends) for ends in sources]

    def route(self, source: Ends, target: Ends) -> RoutePath | None:
        """The quickest way between two places."""
        found: tuple[float, int, int, NDArray[np.int32]] | None = None
        for start, extra in source:
            times, before = dijkstra(self._matrix, indices=start, return_predecessors=True)
            for end, rest in target:
                total = extra + times[end] + rest
                if np.isfinite(total) and (found is None or total < found[0]):
                    found = (total, start, end, before)
        if found is None:
            return None
        total, start, end, before = found
        arcs: list[int] = []
        node = end
        while node != start and before[node] != _NOWHERE:
            arcs.append(self._arc[int(before[node]), node])
            node = int(before[node])
        return RoutePath(arcs=tuple(reversed(arcs)), first=start, last=end, duration_ms=int(total))

    def reach(self, source: Ends, *, limit_ms: float = np.inf, is_backwards: bool = False) -> Times:
        """Milliseconds from the place to every node, shape (n,); inf beyond ``limit_ms``.

        ``is_backwards`` gives the times from every node to the place.
        """
        matrix = self._matrix.T if is_backwards else self._matrix
        times = np.full(self._graph.nodes, np.inf)
        for node, extra in source:
            if extra <= limit_ms:
                found = dijkstra(matrix, indices=node, limit=limit_ms - extra)
                times = np.minimum(times, found + extra)
        return times

    def tree(self, target: Ends, ends_m: Sequence[float]) -> tuple[Times, Times]:
        """For every node the milliseconds and the metres of its quickest way to the place.

        ``ends_m`` are the metres between the place and each of its ends. Both answers have shape
        (n,), inf where there is no way. The metres are added up along the tree by jumping ever
        farther towards the place, all nodes at once.
        """
        times = np.full(self._graph.nodes, np.inf)
        metres = np.full(self._graph.nodes, np.inf)
        for (node, extra), end_m in zip(target, ends_m, strict=True):
            found, after = dijkstra(self._matrix.T, indices=node, return_predecessors=True)
            is_better = found + extra < times
            times = np.where(is_better, found + extra, times)
            metres = np.where(is_better, self._metres(after) + end_m, metres)
        return times, metres

    def _metres(self, after: NDArray[np.int32]) -> Times:
        nodes = np.arange(self._graph.nodes)
        step = np.where(after == _NOWHERE, nodes, after)
        moving = np.flatnonzero(step != nodes)
        metres = np.zeros(self._graph.nodes)
        metres[moving] = self._lengths[moving, step[moving]]
        while np.any(step != step[step]):
            metres += metres[step]
            step = step[step]
        return metres


def _whole(time: float) -> int | None:
    return int(time) if np.isfinite(time) else None
