"""Routing by customisable contraction hierarchies (Dibbelt, Strasser, Wagner 2016).

The order of the nodes is computed once for a graph (a quarter of a second for a county), a metric
for each set of weights (milliseconds), a question in microseconds. The library (`routingkit_cch`)
panics when weights change under a living question, so weights never change here: `with_weights`
makes a new metric over the same order.
"""

from collections.abc import Sequence

import routingkit_cch as rk

from maps.network.engine import Ends, Engine, RoutePath, best, checked_weights
from maps.network.graph import Ints, RoadGraph


class CchEngine:
    """The everyday engine; see `maps.network.engine.Engine`."""

    def __init__(self, graph: RoadGraph, weights_ms: Ints) -> None:
        tail, head = graph.tail.tolist(), graph.head.tolist()
        lat, lon = graph.node_lat.tolist(), graph.node_lon.tolist()
        order = rk.compute_order_inertial(graph.nodes, tail, head, lat, lon)
        self._arcs = graph.arcs
        self._cch = rk.CCH(order, tail, head, False)
        self._metric = rk.CCHMetric(self._cch, checked_weights(weights_ms, graph.arcs).tolist())

    def with_weights(self, weights_ms: Ints) -> Engine:
        """The same order with a new metric."""
        other = object.__new__(CchEngine)
        other._arcs, other._cch = self._arcs, self._cch
        weights = checked_weights(weights_ms, self._arcs).tolist()
        other._metric = rk.CCHMetric(self._cch, weights)
        return other

    def one_to_many(self, source: Ends, targets: Sequence[Ends]) -> list[int | None]:
        """Milliseconds from one place to each of many."""
        nodes = [node for ends in targets for node, _extra in ends]
        if not nodes:
            return []
        sweep = rk.CCHOneToMany(self._metric, nodes)
        return _regrouped(sweep.distances_from_multi(list(source)), targets)

    def many_to_one(self, sources: Sequence[Ends], target: Ends) -> list[int | None]:
        """Milliseconds from each of many places to one."""
        nodes = [node for ends in sources for node, _extra in ends]
        if not nodes:
            return []
        sweep = rk.CCHManyToOne(self._metric, nodes)
        return _regrouped(sweep.distances_to_multi(list(target)), sources)

    def route(self, source: Ends, target: Ends) -> RoutePath | None:
        """The quickest way between two places."""
        found = rk.CCHQuery(self._metric).run_multi(list(source), list(target))
        if found.distance is None:
            return None
        nodes = found.node_path
        return RoutePath(
            arcs=tuple(found.arc_path), first=nodes[0], last=nodes[-1], duration_ms=found.distance
        )


def _regrouped(at_nodes: Sequence[int | None], places: Sequence[Ends]) -> list[int | None]:
    """One time a place from one time a node."""
    times: list[int | None] = []
    start = 0
    for ends in places:
        times.append(best(at_nodes[start : start + len(ends)], ends))
        start += len(ends)
    return times
