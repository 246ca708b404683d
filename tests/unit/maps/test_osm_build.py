"""The graph out of an extract: where ways are cut, what an arc keeps, and that nothing is lost."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.network.graph import CLASSES, RoadGraph, as_arrays
from maps.osm.build import build_graph, lengths_m
from maps.osm.extract import Extract, Piece, RoadWay, read_extract
from tests.support.osm import Osm, cross


def quiet(_step: str, _done: int) -> None: ...


def graph_of(osm: Osm, folder: Path) -> RoadGraph:
    return build_graph(read_extract(osm.write(folder / "a.osm"), quiet))


def road(way: int, *nodes: int, is_oneway: bool = False, minutes: float = 0.0) -> RoadWay:
    """A road through nodes that lie where their number says: 100 a row, 0.001 degrees apart."""
    lon = tuple(112.0 + node % 100 / 1000 for node in nodes)
    lat = tuple(29.0 + node // 100 / 1000 for node in nodes)
    return RoadWay(
        way=way, road_class=CLASSES.index("residential"), flags=0,
        directions=(True, not is_oneway), limits_kmh=(40, 30), minutes=minutes, name=f"{way}路",
        names=(f"{way}路",), refs=(), pieces=(Piece(nodes=nodes, lon=lon, lat=lat),),
    )  # fmt: skip


def built(*roads: RoadWay) -> RoadGraph:
    return build_graph(
        Extract(roads=roads, spots=(), milestones={}, seen={}, bounds=None, timestamp=None)
    )


def test_a_crossing_cuts_both_roads_and_a_bend_cuts_none(tmp_path: Path) -> None:
    osm = cross().node(6, 112.402, 29.3605).node(7, 112.403, 29.36)
    osm.way(12, (3, 6, 7), {"highway": "service"})  # goes on from the end of way 10, with a bend
    graph = graph_of(osm, tmp_path)
    assert graph.nodes == 6, "1, 2, 3, 4, 5 and 7; the bend is shape"
    assert graph.arcs == 2 * 5
    assert sorted(graph.osm_way.tolist()) == [10] * 4 + [11] * 4 + [12] * 2
    bend = int(np.flatnonzero(graph.osm_way == 12)[0])
    assert graph.shape(bend)[0].tolist() == [112.401, 112.402, 112.403]


def test_an_arc_and_its_twin_are_each_other_backwards() -> None:
    graph = built(road(1, 0, 1, 102), road(2, 102, 103, is_oneway=True))
    assert graph.twin.tolist() == [1, 0, -1]
    assert (graph.tail[0], graph.head[0]) == (graph.head[1], graph.tail[1])
    assert graph.shape(0)[0].tolist() == graph.shape(1)[0].tolist()[::-1]
    assert graph.length_m[0] == pytest.approx(graph.length_m[1])
    assert graph.max_speed_kmh.tolist() == [40, 30, 40]
    assert [graph.names[place] for place in graph.name] == ["1路", "1路", "2路"]


def test_a_oneway_against_its_drawing_goes_backwards() -> None:
    drawn = road(1, 0, 1)
    turned = RoadWay(**{name: getattr(drawn, name) for name in drawn.__slots__}
                     | {"directions": (False, True)})  # fmt: skip
    graph = built(turned)
    assert graph.arcs == 1
    assert graph.node_lon[graph.tail[0]] > graph.node_lon[graph.head[0]]
    assert graph.max_speed_kmh.tolist() == [30]


def test_a_road_that_meets_itself_is_cut_there() -> None:
    graph = built(road(1, 0, 1, 2, 102, 101, 1, 201))
    assert graph.nodes == 4, "both ends, where it meets itself, and the middle of the loop"
    assert not (graph.tail == graph.head).any()


@pytest.mark.parametrize("ring", [(0, 1, 101, 100, 0), (0, 1, 101, 0), (0, 1, 0)])
def test_a_ring_is_no_loop_and_loses_no_length(ring: tuple[int, ...]) -> None:
    graph = built(road(1, *ring, is_oneway=True))
    assert graph.arcs == 2
    assert not (graph.tail == graph.head).any()
    whole = lengths_m(graph.shape_lon, graph.shape_lat, graph.shape_start.astype(np.int64)).sum()
    assert graph.length_m.sum() == pytest.approx(whole)


def test_two_nodes_at_one_place_are_one() -> None:
    lon, lat = (112.0, 112.001, 112.001, 112.002), (29.0,) * 4
    doubled = RoadWay(
        **{name: getattr(road(1, 0, 1), name) for name in RoadWay.__slots__}
        | {"pieces": (Piece(nodes=(7, 8, 9, 10), lon=lon, lat=lat),)}
    )  # fmt: skip
    side = RoadWay(
        **{name: getattr(road(2, 0, 1), name) for name in RoadWay.__slots__}
        | {"pieces": (Piece(nodes=(9, 11), lon=(112.001, 112.001), lat=(29.0, 29.001)),)}
    )  # fmt: skip
    graph = built(doubled, side)
    assert graph.nodes == 4
    assert graph.length_m.min() > 90
    assert all(len(graph.shape(arc)[0]) == 2 for arc in range(graph.arcs))


def test_a_crossing_time_is_shared_by_length() -> None:
    graph = built(road(1, 0, 1, 3, minutes=30.0), road(2, 1, 101))
    assert graph.minutes[graph.osm_way == 1].tolist() == pytest.approx([10, 10, 20, 20], rel=1e-3)
    assert not graph.minutes[graph.osm_way == 2].any()


def test_the_pieces_of_a_cut_way_stay_apart(tmp_path: Path) -> None:
    osm = cross().line((7, 112.41, 29.36), (8, 112.42, 29.36))
    osm.way(12, (5, 3, 99, 7, 8), {"highway": "primary"})
    graph = graph_of(osm, tmp_path)
    assert graph.length_m[graph.osm_way == 12].max() < 1000


@st.composite
def town(draw: st.DrawFn) -> list[RoadWay]:
    """Up to eight roads over a six by six town, crossing and meeting as they like."""
    nodes = st.builds(lambda x, y: 100 * y + x, st.integers(0, 5), st.integers(0, 5))
    lines = draw(st.lists(st.lists(nodes, min_size=2, max_size=8), min_size=1, max_size=8))
    kept = [[a for a, b in zip(line, [None, *line]) if a != b] for line in lines]  # noqa: B905
    ways = [line for line in kept if len(line) > 1] or [[0, 1]]
    return [road(way, *line, is_oneway=draw(st.booleans())) for way, line in enumerate(ways, 1)]


@settings(max_examples=200, deadline=None)
@given(town())
def test_every_road_is_in_the_graph_whole_and_meets_where_it_did(roads: list[RoadWay]) -> None:
    graph = built(*roads)
    assert not (graph.tail == graph.head).any()
    where = list(zip(graph.node_lon.tolist(), graph.node_lat.tolist(), strict=True))
    assert len(set(where)) == graph.nodes
    for arc in range(graph.arcs):
        lon, lat = graph.shape(arc)
        ends = (lon[0], lat[0]), (lon[-1], lat[-1])
        assert ends == (where[graph.tail[arc]], where[graph.head[arc]])
        inside = set(zip(lon[1:-1].tolist(), lat[1:-1].tolist(), strict=True))
        assert not inside & (set(where) - set(_middles(graph))), "a junction inside an arc"
    for one in roads:
        (piece,) = one.pieces
        places = [Wgs84(lon=x, lat=y) for x, y in zip(piece.lon, piece.lat, strict=True)]
        length_m = sum(haversine_m(a, b) for a, b in pairwise(places))
        ways = 2 if one.directions[1] else 1
        assert graph.length_m[graph.osm_way == one.way].sum() == pytest.approx(ways * length_m)


def _middles(graph: RoadGraph) -> list[tuple[float, float]]:
    """Nodes that only cut a loop; another road may run over that place without meeting it."""
    degree = np.bincount(np.concatenate((graph.tail, graph.head)), minlength=graph.nodes)
    few = np.flatnonzero(degree <= 4)
    return [(float(graph.node_lon[node]), float(graph.node_lat[node])) for node in few]


def test_the_same_extract_gives_the_same_bytes(tmp_path: Path) -> None:
    first, turned = cross(), cross()
    turned.order = ("way", "node", "relation")
    turned.parts["node"].reverse()
    here, there = (as_arrays(graph_of(osm, tmp_path)) for osm in (first, turned))
    assert {name: column.tobytes() for name, column in here.items()} == {
        name: column.tobytes() for name, column in there.items()
    }
