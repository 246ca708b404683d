"""The synthetic county: everything that is meant to go wrong in it does, and only by its seed."""

import numpy as np
import pytest

from dispatch.recommend.policies import RecommendPolicy
from dispatch.simulation.choose import policy_named
from dispatch.simulation.county import CRASH_CALLS, PRIORITIES, RANKS, TARGETS_S, County, county
from dispatch.simulation.county_land import TOWNSHIPS, land
from dispatch.simulation.demand import HOUR_MS
from dispatch.simulation.run import simulate

DAYS = 8.0


def made(seed: int, units: int = 20, calls: float = 40.0) -> County:
    return county(seed, units=units, calls_a_day=calls, days=DAYS)


def test_every_place_can_be_driven_to(seed: int) -> None:
    ground = land(seed)
    times = ground.travel.from_one_ms(
        ground.travel.node_spot(int(ground.towns[0])),
        [ground.travel.node_spot(int(node)) for node in ground.travel.main_nodes],
        0,
        0,
    )
    assert set(ground.towns.tolist()) <= set(ground.travel.main_nodes.tolist())
    assert len(set(ground.towns.tolist())) == TOWNSHIPS
    assert max(times) < 4 * HOUR_MS


def test_the_river_is_crossed_by_two_bridges_and_the_lake_by_a_ferry(seed: int) -> None:
    ground = land(seed)
    graph = ground.travel.graph
    across = ground.is_east[graph.tail] != ground.is_east[graph.head]
    ends = {
        tuple(sorted((int(a), int(b))))
        for a, b in zip(graph.tail[across], graph.head[across], strict=True)
    }
    assert ends == {tuple(sorted(one)) for one in ground.bridges}
    west, east = (ground.km[at, 0] for at in ground.ferry)
    assert east - west > 8.0


def test_mode_1_is_slower_everywhere(seed: int) -> None:
    ground = land(seed)
    seat = ground.travel.node_spot(int(ground.towns[0]))
    towns = [ground.travel.node_spot(int(at)) for at in ground.towns[1:]]
    with_sirens = ground.travel.from_one_ms(seat, towns, 0, 0)
    without = ground.travel.from_one_ms(seat, towns, 0, 1)
    assert all(a < b for a, b in zip(with_sirens, without, strict=True))


def test_the_same_seed_is_the_same_county() -> None:
    one, two, other = made(7), made(7), made(8)
    assert one.town == two.town
    assert one.calls(DAYS, 3) == two.calls(DAYS, 3)
    assert one.calls(DAYS, 3) != one.calls(DAYS, 4)
    assert one.town != other.town


@pytest.mark.parametrize("units", [10, 20, 40])
def test_units_stand_where_people_live(units: int, seed: int) -> None:
    found = made(seed, units)
    counts = np.bincount([unit.post for unit in found.town.units], minlength=TOWNSHIPS)
    weights = np.zeros(TOWNSHIPS)
    for zone in found.forecast.zones:
        weights[zone.town] += zone.weight
    assert weights.sum() == pytest.approx(1.0)
    assert counts.sum() == units
    assert (np.abs(counts - units * weights) < 1.0).all()  # the quota rule of largest remainders


def test_everything_goes_wrong_once_and_is_over_before_the_end(seed: int) -> None:
    found = made(seed)
    hurt = found.forecast.masses[0]
    shut = [span for one in found.town.facilities for span in one.shut_ms]
    spans = [*shut, *found.town.radio_out_ms]
    hours = [hurt.at_h, found.forecast.surges[0].from_h, *(a / HOUR_MS for a, _b in spans)]
    assert len({int(hour // 24) for hour in hours}) == 5
    assert hurt.calls == CRASH_CALLS
    assert len(shut) == 1
    assert len(found.town.radio_out_ms) == 2
    assert all(hour >= 24 for hour in hours)
    assert all(until <= DAYS * 24 * HOUR_MS for _from, until in spans)


def test_the_calls_are_those_of_the_forecast() -> None:
    found = made(11)
    calls = found.calls(98.0, 5)
    expected = 98 * 40 + CRASH_CALLS
    assert len(calls) == pytest.approx(expected, abs=4 * np.sqrt(expected))
    crash = found.forecast.masses[0]
    first_ms = round(crash.at_h * HOUR_MS)
    place = found.forecast.zones[crash.zone].spot
    hurt = [one for one in calls
            if first_ms <= one.at_ms <= first_ms + 600_000 and (one.spot.lon, one.spot.lat)
            == (place.lon, place.lat)]  # fmt: skip
    assert len(hurt) == CRASH_CALLS


@pytest.mark.parametrize("name", ["closest", "forward", "P3+moveup"])
def test_every_policy_serves_every_call(name: str, seed: int) -> None:
    found = made(seed, 10, 20.0)
    policy = policy_named(name, RANKS, RecommendPolicy(), found.coverage())
    outcome = simulate(found.town, found.travel, found.calls(DAYS, seed), policy, seed=seed)
    assert policy.name == name
    assert all(one.arrived_ms > one.at_ms for one in outcome.calls)
    assert len(PRIORITIES) == len(TARGETS_S) == len(found.town.values.weight)


def test_a_short_run_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 7"):
        county(1, units=10, calls_a_day=20, days=6.9)
