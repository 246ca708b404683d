"""Cover of one county over its roads: against one search a unit, kept answers, bounds, maps."""

import math
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from shapely import box

from dispatch.live import cover_map
from dispatch.live.cover_map import CoverMap, bucket_of
from dispatch.live.standing import Standing, idle_units, standing_of
from dispatch.recommend.units import is_position_known
from maps.areas import CountyArea, Town
from maps.coordinates import Wgs84
from maps.coverage.cover import Targets, Unit, cover_by_road
from maps.coverage.reach import Crow, Driving, Origin
from maps.network.closures import Closure
from maps.network.learned import Learned
from maps.network.speeds import weights_ms
from maps.network.travel import RoadPolicy, Roads
from tests.support.desk import DISPATCHER, Desk
from tests.support.roads import grid
from tests.support.town import EAST, WEST, fix

ROADS = Roads(grid(12, 12, spacing_deg=0.004), RoadPolicy())
ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TOWN = Town(
    code="430921100",
    name_zh="中镇",
    name_en="Zhong",
    position=Wgs84(lon=112.42, lat=29.32),
    label_radius_m=500,
    approximate=False,
)
AREA = CountyArea(boundary=box(112.40, 29.30, 112.444, 29.344), towns=(TOWN,))


def made(roads: Roads | None = ROADS) -> CoverMap:
    found = CoverMap(AREA, Crow(), ZONE)
    if roads is not None:
        found.use(roads)
    return found


def at(unit_id: str, lon: float, lat: float) -> Standing:
    return Standing(unit_id=unit_id, place=Wgs84(lon=lon, lat=lat), is_assumed=False)


def some(seed: int, count: int) -> list[Standing]:
    """Units at places of their own (no two in one bucket)."""
    draw = random.Random(seed)
    spots = draw.sample([(x, y) for x in range(22) for y in range(22)], count)
    return [at(f"u{n}", 112.401 + x * 0.002, 29.301 + y * 0.002) for n, (x, y) in enumerate(spots)]


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_the_nearest_two_are_those_of_one_search_a_unit(seed: int, count: int) -> None:
    idle = some(seed, count)
    cover = made()
    found = cover.cover(idle, cover.moment((), NOON), NOON)
    weights = weights_ms(ROADS.graph, ROADS.policy.speeds, hour=12, priority="P1")
    driving = Driving(ROADS, weights)
    lon = np.append(cover.cells.lon, TOWN.position.lon)
    lat = np.append(cover.cells.lat, TOWN.position.lat)
    targets = Targets(driving, lon, lat, free_m=cover.cells.side_m / 2)
    units = [Unit(unit_id=one.unit_id, origin=Origin(place=one.place)) for one in idle]
    plain = cover_by_road(driving, units, targets, limit_s=3600.0)
    np.testing.assert_array_equal(found.first_s, plain.first_s)
    np.testing.assert_array_equal(found.second_s, plain.second_s)
    assert set(found.methods) == set(plain.methods)


def test_a_unit_that_stands_costs_no_second_search(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []

    def counting(driving: Driving, units: list[Unit], targets: Targets, **rest: float) -> object:
        searched.extend(unit.unit_id for unit in units)
        return cover_by_road(driving, units, targets, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(cover_map, "cover_by_road", counting)
    cover = made()
    idle = [at("a", 112.41, 29.31), at("b", 112.43, 29.33)]
    moment = cover.moment((), NOON)
    before = cover.cover(idle, moment, NOON)
    a_step_away = at("a", 112.41003, 29.31002)
    again = cover.cover([a_step_away, idle[1]], moment, NOON)
    assert searched == ["a", "b"]
    np.testing.assert_array_equal(again.first_s, before.first_s)
    cover.cover([at("a", 112.42, 29.31), idle[1]], moment, NOON)
    assert searched == ["a", "b", "a"]
    assert bucket_of(a_step_away.place) == bucket_of(idle[0].place)


def test_a_closure_counts_while_it_holds() -> None:
    cover = made()
    wall = tuple(Wgs84(lon=112.422, lat=lat) for lat in (29.29, 29.36))
    closure = Closure(closure_id="wall", kind="closed", outline=wall, from_at=NOON,
                      until_at=NOON + timedelta(hours=1))  # fmt: skip
    idle = [at("a", 112.404, 29.304)]

    def east_s(now: datetime) -> float:
        found = cover.cover(idle, cover.moment((closure,), now), now)
        return float(found.first_s[np.argmax(cover.cells.lon)])

    before, during, after = (east_s(NOON + timedelta(minutes=m)) for m in (-1, 1, 60))
    assert before == after < during == np.inf


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(cover_map, "COVERAGE_ROWS_MAX", 3)
    monkeypatch.setattr(cover_map, "COVERAGE_DRIVINGS_MAX", 2)
    cover = made()
    for hours in range(4):
        now = NOON + timedelta(hours=hours)
        cover.cover(some(seed, 5), cover.moment((), now), now)
    assert (len(cover._rows), len(cover._drivings)) == (3, 2)


def test_a_large_county_has_larger_cells_and_no_more_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = len(made().cells)
    monkeypatch.setattr(cover_map, "COVERAGE_CELLS_MAX", usual // 2)
    larger = made().cells
    assert 1 <= len(larger) <= usual // 2
    assert larger.side_m > 1_000.0
    covered = larger.at(np.array([112.41]), np.array([29.31]))
    assert covered.tolist() != [-1], "every place of the county still has its cell"


def test_another_map_counts_from_the_next_moment_on_and_the_old_one_is_forgotten() -> None:
    cover = made(None)
    idle = [at("a", 112.408, 29.308)]
    by_air = cover.cover(idle, cover.moment((), NOON), NOON)
    assert by_air.is_estimate
    cover.use(ROADS)
    by_road = cover.cover(idle, cover.moment((), NOON), NOON)
    assert by_road.methods == ("road",) and not by_road.is_estimate
    assert {moment.roads for moment, _bucket in cover._rows} == {ROADS}


def test_reach_of_nobody_is_nothing() -> None:
    cover = made()
    assert cover.isochrones([], [5.0], cover.moment((), NOON), NOON)["features"] == []


def test_a_unit_stands_at_its_fix_while_that_is_believed() -> None:
    desk = Desk()
    fixes = {"N01": fix("N01", WEST, desk.now), "N02": fix("N02", EAST, desk.now)}
    before = standing_of(desk.world, fixes, "N01", desk.now)
    assert before is not None
    assert (before.place.lon, before.is_assumed) == (WEST[0], False)
    late = desk.now + timedelta(hours=1)
    assert not is_position_known(3600, False)
    after = standing_of(desk.world, fixes, "N01", late)
    assert after is not None and after.is_assumed
    assert standing_of(desk.world, fixes, "N99", late) is None


def test_idle_are_those_that_could_be_sent() -> None:
    from dispatch.domain import commands as c

    desk = Desk()
    out = {"unit_id": "N02", "readiness": "out_of_service", "reason": "维修"}
    desk.tell(c.SetUnitReadiness, DISPATCHER, **out)
    idle = [one.unit_id for one in idle_units(desk.world, {}, desk.now)]
    assert idle == ["N01", "N03", "N04"]


def test_the_countys_own_drives_correct_cover_as_they_correct_etas() -> None:
    slow = ROADS.corrected(Learned(overall=math.log(1.5), drives=300))
    idle = [at("a", 112.404, 29.304)]
    usual, corrected = made(), made(slow)
    plain = usual.cover(idle, usual.moment((), NOON), NOON)
    slower = corrected.cover(idle, corrected.moment((), NOON), NOON)
    assert slower.first_s.max() == pytest.approx(1.5 * plain.first_s.max(), rel=0.05)
