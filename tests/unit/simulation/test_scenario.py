"""SCENARIO.toml over a delivered county: town, forecast, and what is refused."""

from pathlib import Path

import pytest

from dispatch.county import read_county
from dispatch.domain.config import CountyConfig
from dispatch.errors import BadPayload
from dispatch.simulation.demand import HOUR_MS
from dispatch.simulation.readers import scenario

PLAIN = 'name = "a month"\ncounty = "nanxian"\n'


@pytest.fixture(scope="module")
def county() -> CountyConfig:
    return read_county(Path("deploy/counties/nanxian")).config


def test_a_scenario_says_only_what_differs(county: CountyConfig) -> None:
    found = scenario.read("s.toml", PLAIN)
    town = scenario.town_of(found, county)
    assert len(town.units) == len(county.units)
    assert [unit.name for unit in town.units] == [unit.call_sign for unit in county.units]
    assert town.values.target_ms[0] == county.dispatch.arrive_s["P1"] * 1000
    assert town.zones == tuple(one.name for one in county.towns)
    forecast = scenario.forecast_of(found, county)
    assert sum(forecast.a_hour) == pytest.approx(30 * 7)
    assert {unit.skills for unit in town.units} == {15}


def test_the_fleet_can_be_smaller_or_larger(county: CountyConfig) -> None:
    own = len(county.units)
    for count in (1, own - 3, own, own + 5, 3 * own):
        found = scenario.read("s.toml", PLAIN + f"[fleet]\nunits = {count}\n")
        town = scenario.town_of(found, county)
        assert len(town.units) == count
        assert [unit.unit_id for unit in town.units] == list(range(count))


def test_kinds_of_units_serve_the_priorities_they_may(county: CountyConfig) -> None:
    text = PLAIN + '[fleet.kinds]\nP1 = ["ALS"]\n'
    town = scenario.town_of(scenario.read("s.toml", text), county)
    for unit, config in zip(town.units, county.units, strict=True):
        assert bool(unit.skills & 1) == (config.kind == "ALS")
        assert unit.skills & 14 == 14


def test_surges_masses_needs_and_closings_are_taken_over(county: CountyConfig) -> None:
    code = county.towns[2].town_id
    text = (
        PLAIN
        + f"""
[care.needs]
ct_24h = [0.5, 0.1, 0, 0]
[[demand.surge]]
from_h = 1
until_h = 2
factor = 3
town = "{code}"
[[demand.mass]]
at_h = 5
town = "{code}"
calls = 40
[[radio_out]]
from_h = 2
until_h = 2.5
[[closing]]
facility = "H1"
from_h = 2
until_h = 4
"""
    )
    found = scenario.read("s.toml", text)
    scenario.check_closings(found, county)
    forecast = scenario.forecast_of(found, county)
    assert forecast.surges[0].zone == 2
    assert forecast.masses[0].calls == 40
    assert [share for _bits, share in forecast.hospital_needs] == [0.5, 0.1, 0.0, 0.0]
    town = scenario.town_of(found, county)
    one = town.facilities[0]
    assert one.is_open(2 * HOUR_MS - 1)
    assert not one.is_open(2 * HOUR_MS)
    assert one.is_open(4 * HOUR_MS)
    assert town.radio_out_ms == ((2 * HOUR_MS, 5 * HOUR_MS // 2),)
    bits = forecast.hospital_needs[0][0]
    able = [has.skills & bits == bits for has in town.facilities]
    assert able == ["ct_24h" in facility.capabilities for facility in county.facilities]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = 3\n", "name"),
        (PLAIN + "unknown = 1\n", "unknown"),
        (PLAIN + "[demand]\ncalls_a_day = 0\n", "calls_a_day"),
        (PLAIN + "[demand]\nby_hour = [1, 2]\n", "by_hour has 2 values, not 24"),
        (PLAIN + "[demand]\nhour_of_week = [1]\n", "168"),
        (PLAIN + "[demand]\npriorities = [0.5, 0.5, 0.5, 0]\n", "add up to 1"),
        (PLAIN + '[fleet.kinds]\nP5 = ["ALS"]\n', "'P5'"),
        (PLAIN + "[travel]\nby_hour = [1]\n", "travel.by_hour"),
    ],
)
def test_a_scenario_that_is_not_right_is_refused(text: str, told: str) -> None:
    with pytest.raises(BadPayload) as failure:
        scenario.read("s.toml", text)
    assert told in failure.value.detail


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[demand.by_town]\nnowhere = 1\n", "nowhere"),
        ('[[demand.mass]]\nat_h = 1\ntown = "x"\ncalls = 3\n', "'x'"),
        ("[care.needs]\nmagic = [1, 1, 1, 1]\n", "magic"),
        ("[demand]\nby_weekday = [0, 0, 0, 0, 0, 0, 0]\n", "every hour has rate 0"),
    ],
)
def test_what_the_county_does_not_have_is_refused(
    text: str, told: str, county: CountyConfig
) -> None:
    found = scenario.read("s.toml", PLAIN + text)
    with pytest.raises(BadPayload) as failure:
        scenario.forecast_of(found, county)
    assert told in failure.value.detail


def test_a_closing_of_no_hospital_is_refused(county: CountyConfig) -> None:
    text = PLAIN + '[[closing]]\nfacility = "H99"\nfrom_h = 0\nuntil_h = 1\n'
    with pytest.raises(BadPayload, match="H99"):
        scenario.check_closings(scenario.read("s.toml", text), county)
