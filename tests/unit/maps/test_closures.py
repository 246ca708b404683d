"""Closures: which roads they touch, when they hold, and what they do to the weights."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from maps.coordinates import Wgs84
from maps.network.closures import MAX_FACTOR, ArcIndex, Closure, apply
from maps.network.engine import MAX_WEIGHT_MS, SHUT
from tests.support.roads import graph_of, grid

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TOWN = grid(3, 3)  # corners (112.400, 29.300) to (112.402, 29.302)
INDEX = ArcIndex(TOWN)


def closure(*corners: tuple[float, float], kind: str = "closed", **more: object) -> Closure:
    outline = tuple(Wgs84(lon=lon, lat=lat) for lon, lat in corners)
    given = {"closure_id": "c1", "kind": kind, "outline": outline, "from_at": NOON} | more
    return Closure(**given)  # type: ignore[arg-type]


def pairs(touched: np.ndarray) -> set[tuple[int, int]]:
    return {(int(TOWN.tail[arc]), int(TOWN.head[arc])) for arc in touched}


AREA = closure((112.4005, 29.2995), (112.4015, 29.2995), (112.4015, 29.3005), (112.4005, 29.3005))


def test_an_area_touches_every_arc_through_it_in_both_directions() -> None:
    assert pairs(INDEX.touched(AREA)) == {(0, 1), (1, 0), (1, 2), (2, 1), (1, 4), (4, 1)}


def test_a_line_closes_the_road_it_is_drawn_on() -> None:
    line = closure((112.4002, 29.30001), (112.4008, 29.30001))
    assert pairs(INDEX.touched(line)) == {(0, 1), (1, 0)}


def test_an_outline_that_encloses_nothing_is_taken_as_a_line() -> None:
    flat = closure((112.4002, 29.30001), (112.4005, 29.30001), (112.4008, 29.30001))
    assert pairs(INDEX.touched(flat)) == {(0, 1), (1, 0)}


def test_a_figure_of_eight_closes_both_its_areas() -> None:
    west, east, south, north = 112.4, 112.402, 29.2999, 29.3001
    eight = closure((west, south), (west, north), (east, south), (east, north))
    assert {(0, 1), (1, 2)} <= pairs(INDEX.touched(eight))


def test_somewhere_else_nothing_is_touched() -> None:
    assert len(INDEX.touched(closure((113.0, 30.0), (113.1, 30.0), (113.1, 30.1)))) == 0


@pytest.mark.parametrize(("after_s", "holds"), [(-1, False), (0, True), (59, True), (60, False)])
def test_a_closure_holds_from_until(after_s: int, holds: bool) -> None:
    minute = closure((1, 1), (1, 2), until_at=NOON + timedelta(seconds=60))
    assert minute.holds(NOON + timedelta(seconds=after_s)) is holds


def test_without_an_end_it_holds_until_it_is_lifted() -> None:
    assert closure((1, 1), (1, 2)).holds(NOON + timedelta(days=900))


def test_closed_arcs_are_shut_and_the_given_weights_stay() -> None:
    weights = np.full(TOWN.arcs, 100, np.int32)
    shut = apply(weights, INDEX, [AREA], NOON)
    touched = INDEX.touched(AREA)
    assert set(shut[touched].tolist()) == {SHUT}
    assert set(np.delete(shut, touched).tolist()) == {100}
    assert set(weights.tolist()) == {100}
    assert apply(weights, INDEX, [AREA], NOON - timedelta(seconds=1)).tolist() == weights.tolist()


def test_slow_zones_multiply_and_the_worst_counts() -> None:
    weights = np.full(TOWN.arcs, 101, np.int32)
    corners = [(place.lon, place.lat) for place in AREA.outline]
    slow = closure(*corners, kind="slow", factor=1.5)
    slower = closure(*corners, kind="slow", factor=3.0, closure_id="c2")
    touched = INDEX.touched(AREA)
    assert set(apply(weights, INDEX, [slow], NOON)[touched].tolist()) == {152}
    for both in ([slow, slower], [slower, slow]):
        assert set(apply(weights, INDEX, both, NOON)[touched].tolist()) == {303}
    assert set(apply(weights, INDEX, [slower, AREA], NOON)[touched].tolist()) == {SHUT}


def test_what_is_shut_stays_shut_and_the_dearest_stays_drivable() -> None:
    road = graph_of([(112.4, 29.3), (112.41, 29.3)], [{"nodes": [0, 1]}])
    weights = np.array([SHUT, MAX_WEIGHT_MS], np.int32)
    slow = closure((112.39, 29.29), (112.42, 29.29), (112.42, 29.31), kind="slow", factor=20.0)
    assert apply(weights, ArcIndex(road), [slow], NOON).tolist() == [SHUT, MAX_WEIGHT_MS]


@pytest.mark.parametrize("factor", [1.0, 0.5, MAX_FACTOR + 0.1])
def test_a_factor_that_means_nothing(factor: float) -> None:
    with pytest.raises(ValueError, match="factor"):
        closure((1, 1), (1, 2), kind="slow", factor=factor)


def test_an_outline_of_one_point() -> None:
    with pytest.raises(ValueError, match="c1: an outline has at least two points"):
        closure((1, 1))
