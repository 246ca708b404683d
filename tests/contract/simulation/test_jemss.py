"""The JEMSS model of Auckland: read as it is, distances as Dijkstra has them, a day that runs."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from dispatch.simulation.published import Closest
from dispatch.simulation.readers import jemss
from dispatch.simulation.readers.jemss import City, Tables
from dispatch.simulation.road import RoadTimes
from dispatch.simulation.run import simulate
from tests.support.shared_data import shared

DAY_MS = 86_400_000


@cache
def _auckland(folder: Path) -> tuple[City, RoadTimes, Tables]:
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    return jemss.read(files)


@pytest.fixture
def auckland() -> tuple[City, RoadTimes, Tables]:
    return _auckland(shared("jemss/auckland"))


@pytest.mark.slow
def test_the_model_is_read_as_published(auckland: tuple[City, RoadTimes, Tables]) -> None:
    city, _travel, tables = auckland
    assert (len(tables["nodes"]), len(tables["arcs"])) == (54_370, 90_638)
    town = city.town
    assert (len(town.units), len(town.posts), len(town.facilities)) == (16, 14, 4)
    assert town.values.target_ms == (480_000, 480_000, 1_200_000)
    assert town.pace.response == (0, 0, 1)
    forecast = city.forecast
    assert forecast.a_hour[0] * 24 == pytest.approx(280)
    assert forecast.priorities == (0.57, 0.245, 0.185)
    assert forecast.care.ready.mean == pytest.approx(50)
    assert forecast.care.on_scene.mean == pytest.approx(720)
    assert forecast.care.transport == 0.8


@pytest.mark.slow
def test_times_are_those_of_dijkstra(auckland: tuple[City, RoadTimes, Tables], seed: int) -> None:
    city, travel, tables = auckland
    dice = np.random.default_rng(seed)
    arcs = tables["arcs"]
    ends = np.array([(row.whole("fromNode") - 1, row.whole("toNode") - 1) for row in arcs])
    ms = np.array([max(1, round(row.number("mode_1") * DAY_MS)) for row in arcs], float)
    order = np.lexsort((ms, ends[:, 1], ends[:, 0]))[::-1]  # of parallel arcs the quickest is last
    best = {(int(a), int(b)): w for (a, b), w in zip(ends[order], ms[order], strict=True)}
    pairs = np.array(list(best))
    matrix = csr_array((list(best.values()), (pairs[:, 0], pairs[:, 1])), shape=(54_370, 54_370))
    start, *others = dice.choice(city.nodes, 20, replace=False).tolist()
    wanted = dijkstra(matrix, indices=start)
    spots = [travel.node_spot(node) for node in others]
    got = travel.from_one_ms(travel.node_spot(start), spots, 0, 0)
    assert got == [round(float(wanted[node])) for node in others]


@pytest.mark.slow
def test_on_the_way_time_goes_on_at_the_same_pace(
    auckland: tuple[City, RoadTimes, Tables], seed: int
) -> None:
    city, travel, _tables = auckland
    dice = np.random.default_rng(seed)
    for _pair in range(10):
        a, b = (travel.node_spot(int(node)) for node in dice.choice(city.nodes, 2, replace=False))
        whole = travel.one_ms(a, b, 0, 0)
        part = int(dice.integers(0, whole + 1))
        there = travel.on_the_way(a, b, part, 0, 0)
        assert travel.one_ms(there, b, 0, 0) == pytest.approx(whole - part, abs=2)
    assert travel.on_the_way(a, b, whole, 0, 0) == b


@pytest.mark.slow
def test_two_hours_of_auckland_run(auckland: tuple[City, RoadTimes, Tables]) -> None:
    city, travel, _tables = auckland
    calls = jemss.calls_of(city, travel, 2 / 24, seed=11)
    outcome = simulate(city.town, travel, calls, Closest(), seed=11)
    again = simulate(city.town, travel, calls, Closest(), seed=11)
    assert outcome == again
    assert len(outcome.calls) > 10
    assert all(one.arrived_ms > one.at_ms for one in outcome.calls)
    taken = [one for one in outcome.calls if one.facility >= 0]
    assert taken
    assert sum(unit.metres for unit in outcome.units) > 10_000
