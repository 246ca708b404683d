"""Both engines give the same answers, and those are the ones of a search that cannot be wrong."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.network.cch import CchEngine
from maps.network.dijkstra import DijkstraEngine
from maps.network.engine import SHUT, Engine
from maps.network.graph import RoadGraph
from tests.support.roads import graph_of, grid

ENGINES = [CchEngine, DijkstraEngine]


def floyd(graph: RoadGraph, weights: np.ndarray) -> np.ndarray:
    """All pairs by Floyd and Warshall, the plainest way there is; inf where there is none."""
    n = graph.nodes
    times = np.full((n, n), np.inf)
    np.fill_diagonal(times, 0)
    for arc, weight in enumerate(weights):
        if weight != SHUT:
            pair = graph.tail[arc], graph.head[arc]
            times[pair] = min(times[pair], weight)
    for middle in range(n):
        times = np.minimum(times, times[:, [middle]] + times[[middle], :])
    return times


@st.composite
def networks(draw: st.DrawFn) -> tuple[RoadGraph, np.ndarray]:
    n = draw(st.integers(2, 7))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1])
    roads = draw(st.lists(pairs, min_size=1, max_size=14))
    graph = graph_of(
        [(112 + 0.01 * i, 29 + 0.003 * (i * i % 5)) for i in range(n)],
        [{"nodes": list(pair), "is_oneway": draw(st.booleans())} for pair in roads],
    )
    weight = st.integers(1, 1000) | st.just(SHUT)
    weights = draw(st.lists(weight, min_size=graph.arcs, max_size=graph.arcs))
    return graph, np.array(weights, np.int32)


@pytest.mark.parametrize("kind", ENGINES)
@given(network=networks(), data=st.data())
def test_times_and_ways_are_the_shortest(
    kind: type, network: tuple[RoadGraph, np.ndarray], data: st.DataObject
) -> None:
    graph, weights = network
    true = floyd(graph, weights)
    engine: Engine = kind(graph, weights)
    node = st.integers(0, graph.nodes - 1)
    ends = st.lists(st.tuples(node, st.integers(0, 500)), min_size=1, max_size=2)
    places = data.draw(st.lists(ends, min_size=1, max_size=4))
    one = data.draw(ends)

    def best(sources: list[tuple[int, int]], targets: list[tuple[int, int]]) -> int | None:
        found = min(a + true[u, v] + b for u, a in sources for v, b in targets)
        return int(found) if np.isfinite(found) else None

    assert engine.one_to_many(one, places) == [best(one, place) for place in places]
    assert engine.many_to_one(places, one) == [best(place, one) for place in places]
    path = engine.route(one, places[0])
    assert (path and path.duration_ms) == best(one, places[0])
    if path is not None:
        nodes = [path.first, *(int(graph.head[arc]) for arc in path.arcs)]
        assert nodes[-1] == path.last
        assert [int(graph.tail[arc]) for arc in path.arcs] == nodes[:-1]
        inside = sum(int(weights[arc]) for arc in path.arcs)
        rest = {extra for n, extra in one if n == path.first}
        last = {extra for n, extra in places[0] if n == path.last}
        assert path.duration_ms in {a + inside + b for a, b in itertools.product(rest, last)}


@pytest.mark.parametrize("kind", ENGINES)
def test_other_weights_leave_the_old_engine_as_it_was(kind: type) -> None:
    town = grid(3, 3)
    weights = np.full(town.arcs, 100, np.int32)
    engine: Engine = kind(town, weights)
    slower = engine.with_weights(weights * 2)
    assert engine.one_to_many([(0, 0)], [[(8, 0)]]) == [400]
    assert slower.one_to_many([(0, 0)], [[(8, 0)]]) == [800]


@pytest.mark.parametrize("kind", ENGINES)
def test_nothing_asked_nothing_answered(kind: type) -> None:
    engine: Engine = kind(grid(2, 2), np.full(8, 5, np.int32))
    assert engine.one_to_many([(0, 0)], []) == []
    assert engine.many_to_one([], [(0, 0)]) == []


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("wrong", [0, -1])
def test_a_weight_that_is_none_is_refused(kind: type, wrong: int) -> None:
    weights = np.full(8, 5, np.int32)
    weights[3] = wrong
    with pytest.raises(ValueError, match="weights must be from 1 ms"):
        kind(grid(2, 2), weights)
    with pytest.raises(ValueError, match=r"weights of shape \(7,\) for 8 arcs"):
        kind(grid(2, 2), np.full(7, 5, np.int32))


def test_reach_stops_at_the_limit_and_runs_both_ways() -> None:
    line = graph_of([(112.0, 29.0), (112.01, 29.0), (112.02, 29.0)], [
        {"nodes": [0, 1, 2], "is_oneway": True},
    ])  # fmt: skip
    engine = DijkstraEngine(line, np.array([100, 50], np.int32))
    assert engine.reach([(0, 10)]).tolist() == [10, 110, 160]
    assert engine.reach([(0, 10)], limit_ms=110).tolist() == [10, 110, np.inf]
    assert engine.reach([(0, 10)], limit_ms=9).tolist() == [np.inf] * 3
    assert engine.reach([(2, 0)], is_backwards=True).tolist() == [150, 50, 0]
