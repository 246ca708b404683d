"""Routes and times on real extracts: both engines agree, paths are ways, no request fails."""

import random
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.network.cch import CchEngine
from maps.network.dijkstra import DijkstraEngine
from maps.network.graph import RoadGraph
from maps.network.learned import Learned
from maps.network.speeds import SpeedPolicy, weights_ms
from maps.network.travel import RoadPolicy, Roads, RoadTravel
from maps.osm.build import build_graph
from maps.osm.extract import read_extract
from maps.travel import StraightLineTravel
from tests.support.shared_data import shared

EXTRACTS = (
    "monaco.osm.pbf",
    "baltimore.osm.pbf",
    "Helsinki.osm.pbf",
    "krems.osm.gz",
    "beatty.osm",
    "beijing_tsinghua_2017.osm",
)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


@cache
def graph_of(name: str) -> RoadGraph:
    return build_graph(read_extract(shared(f"roads/{name}"), lambda _step, _done: None))


@pytest.mark.parametrize("name", EXTRACTS)
def test_distances_equal_a_plain_dijkstra(name: str, seed: int) -> None:
    graph = graph_of(name)
    weights = weights_ms(graph, SpeedPolicy(), hour=12, priority="P1")
    quick, plain = CchEngine(graph, weights), DijkstraEngine(graph, weights)
    draw = random.Random(seed)
    places = [[(draw.randrange(graph.nodes), draw.randrange(5000))] for _ in range(40)]
    for source in places[:10]:
        assert quick.one_to_many(source, places) == plain.one_to_many(source, places)
        assert quick.many_to_one(places, source) == plain.many_to_one(places, source)
    for source, target in pairwise(places):
        one, other = quick.route(source, target), plain.route(source, target)
        assert (one and one.duration_ms) == (other and other.duration_ms)


@pytest.mark.parametrize("name", EXTRACTS)
def test_every_journey_is_answered_and_its_path_is_a_way(name: str, seed: int) -> None:
    graph = graph_of(name)
    learned = Learned(spread=0.2)
    roads = Roads(graph, RoadPolicy())
    travel = RoadTravel(roads, StraightLineTravel(), ZoneInfo("UTC"), learned).when(NOON, "P1")
    draw = random.Random(seed)
    west, east = float(graph.node_lon.min()), float(graph.node_lon.max())
    south, north = float(graph.node_lat.min()), float(graph.node_lat.max())

    def anywhere() -> Wgs84:
        return Wgs84(lon=draw.uniform(west, east), lat=draw.uniform(south, north))

    def on_a_road() -> Wgs84:
        node = draw.randrange(graph.nodes)
        return Wgs84(lon=float(graph.node_lon[node]), lat=float(graph.node_lat[node]))

    # Beatty is two streets in a desert: journeys drawn anywhere may all miss its roads.
    journeys = [(anywhere(), anywhere()) for _ in range(60)]
    journeys += [(on_a_road(), on_a_road()) for _ in range(30)]
    by_road = 0
    for start, end in journeys:
        found = travel.estimate(start, end)
        assert found.duration_s > 0 or start == end
        assert found.duration_p80_s >= found.duration_s
        along_m = sum(haversine_m(a, b) for a, b in pairwise(found.path))
        if found.method == "straight_line":
            continue
        by_road += 1
        assert along_m == pytest.approx(found.distance_m, rel=0.01, abs=5)
        assert along_m >= haversine_m(start, end) - 1
    assert by_road > 10


@pytest.mark.parametrize("name", EXTRACTS)
def test_matrix_rows_say_what_single_journeys_say(name: str, seed: int) -> None:
    graph = graph_of(name)
    travel = RoadTravel(Roads(graph, RoadPolicy()), StraightLineTravel(), ZoneInfo("UTC"))
    view = travel.when(NOON, "P2")
    draw = np.random.default_rng(seed)
    nodes = draw.integers(graph.nodes, size=90)
    places = [Wgs84(lon=float(graph.node_lon[n]), lat=float(graph.node_lat[n])) for n in nodes]
    for origin, one in zip(places, view.many(places, places[0]), strict=True):
        true = view.estimate(origin, places[0])
        assert (one.method, abs(one.duration_s - true.duration_s) <= 1) == (true.method, True)
