"""Files of others: read as they are, refused with file, line and column where they are not."""

import pytest

from dispatch.errors import BadPayload
from dispatch.simulation import road
from dispatch.simulation.demand import Care, Law
from dispatch.simulation.readers import call_log, jemss, rio
from dispatch.simulation.readers.table import rows
from dispatch.simulation.shapes import Spot

BASES = "base,lat,lon\n0,-22.9,-43.2\n1,-22.8,-43.3\n"
HOSPITALS = "hospital,lat,lon\n0,-22.91,-43.19\n"
CALLS = (
    "scenario,call,time_s,region,priority,on_scene_s,lat,lon,at_hospital_s,hospital\n"
    "0,0,64825,50,3,600,-22.9101,-43.164,600,0\n"
    "4,0,64826.5,51,2,600,-22.92,-43.17,600,-1\n"
)
FILES = {"bases.csv": BASES, "hospitals.csv": HOSPITALS, "calls_us_A.csv": CALLS}


def test_rio_scenarios_become_days() -> None:
    town, travel, days = rio.read(FILES, 3, 2)
    assert [(unit.post, unit.kind) for unit in town.units] == [
        (0, rio.BLS),
        (1, rio.ALS),
        (0, rio.BLS),
    ]
    assert [day.scenario for day in days] == [0, 4]
    one, other = days[0].calls[0], days[1].calls[0]
    assert (one.at_ms, one.zone, one.priority, one.facility) == (64_825_000, 50, 3, 0)
    assert one.spot == Spot(-43.164, -22.9101)
    assert (other.at_ms, other.transport) == (64_826_500, False)
    assert travel.metres(Spot(0, 0), Spot(1, 0)) == pytest.approx(111_194.9, abs=0.1)
    assert travel.one_ms(Spot(0, 0), Spot(1, 0), 0, 0) == pytest.approx(6_671_696, abs=2)


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("calls_us_A.csv", "64825", "soon", "calls_us_A.csv line 2, column time_s: 'soon'"),
        ("calls_us_A.csv", ",3,600,", ",4,600,", "column priority: 4 is not in 0..3"),
        ("calls_us_A.csv", "600,0\n", "600,7\n", "column hospital: 7 is not in 0..0"),
        ("calls_us_A.csv", "priority", "urgency", "no column priority"),
        ("calls_us_A.csv", "-22.9101", "-122.9", "no place on Earth"),
        ("calls_us_A.csv", "0,0,64825", "0,0.5,64825", "0.5 is not a whole number"),
        ("calls_us_A.csv", "64825", "nan", "not a finite number"),
        ("calls_us_A.csv", "64825", "-1", "is negative"),
        ("calls_us_A.csv", "0,0,64825", "0,0,", "time_s: is empty"),
        ("bases.csv", "\n1,", "\n5,", "id 5 where 1 was due"),
    ],
)
def test_rio_files_that_are_not_right_say_where(name: str, old: str, new: str, told: str) -> None:
    assert old in FILES[name]
    with pytest.raises(BadPayload) as failure:
        rio.read(FILES | {name: FILES[name].replace(old, new, 1)}, 2, 2)
    assert told in failure.value.detail


def test_rio_needs_its_files_a_fleet_and_bases() -> None:
    for name in FILES:
        with pytest.raises(BadPayload):
            rio.read({key: text for key, text in FILES.items() if key != name}, 2, 2)
    for fleet, bases in ((0, 1), (2, 0), (2, 3), (10**6, 1)):
        with pytest.raises(BadPayload):
            rio.read(FILES, fleet, bases)


def test_a_table_with_too_many_rows_is_refused() -> None:
    assert len(list(rows("t", "a\n1\n2\n", ("a",), most=2))) == 2
    with pytest.raises(BadPayload, match="more than 2 rows"):
        list(rows("t", "a\n1\n2\n3\n", ("a",), most=2))


CARE = Care(ready=Law(mean=60), on_scene=Law(mean=900), transport=1.0, handover=Law(mean=600))
LOG = (
    "at,lon,lat,priority,zone,transport,on_scene_s,facility\n"
    "2026-03-01T08:10:00+08:00,112.4,29.3,P2,T1,no,300,\n"
    "2026-03-01T08:00:00+08:00,112.5,29.2,1,,,,H2\n"
)


def _read(text: str, seed: int = 1) -> list[object]:
    found = call_log.read("log.csv", text, CARE, seed=seed, needs=(1, 2, 4, 8),
                          zones={"T0": 0, "T1": 1}, facilities={"H1": 0, "H2": 1})  # fmt: skip
    return list(found)


def test_a_log_is_replayed_in_the_order_of_its_times() -> None:
    first, second = call_log.read("log.csv", LOG, CARE, seed=1, needs=(1, 2, 4, 8),
                                  zones={"T1": 1}, facilities={"H2": 1})  # fmt: skip
    assert (first.at_ms, second.at_ms) == (0, 600_000)
    assert (first.priority, first.zone, first.facility, first.transport) == (0, 0, 1, True)
    assert (first.on_scene_ms, first.handover_ms, first.ready_ms) == (900_000, 600_000, 60_000)
    assert (second.priority, second.zone, second.facility, second.transport) == (1, 1, -1, False)
    assert second.on_scene_ms == 300_000
    assert (first.needs, second.needs) == (1, 2)
    assert call_log.span_days([first, second]) == pytest.approx(600 / 86_400)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("P2", "P5", "none of P1, P2, P3, P4"),
        ("T1", "T9", "'T9' is not one of T0, T1"),
        ("no,", "perhaps,", "neither 1 nor 0"),
        ("2026-03-01T08:00:00+08:00", "yesterday", "neither ISO 8601 nor seconds"),
    ],
)
def test_a_log_that_is_not_right_says_where(old: str, new: str, told: str) -> None:
    with pytest.raises(BadPayload) as failure:
        _read(LOG.replace(old, new))
    assert told in failure.value.detail


def test_an_empty_log_has_no_span() -> None:
    assert _read("at,lon,lat,priority\n") == []
    with pytest.raises(BadPayload):
        call_log.span_days([])


STATIONS = 'stations,,,"From: somewhere"\nindex,x,y,capacity\n1,0.001,0.0,5\n2,0.02,0.0,5\n'
AMBULANCES = "ambulances,,\nindex,stationIndex,class\n1,1,1\n2,2,1\n"
HOSPITAL = "hospitals,,,\nindex,x,y,name\n1,0.01,0.0,General\n"
TRAVEL = (
    "travelModes,,\ntravelModeIndex,offRoadSpeed,note\n1,1128,fast\n2,792,slow\n,,\n"
    "travelSets,,\ntravelSetIndex,priority,travelModeIndex\n"
    "1,highPriority,1\n1,medPriority,1\n1,lowPriority,2\n"
)
NODES = "nodes,,,\nindex,x,y,offRoadAccess\n1,0.0,0.0,1\n2,0.01,0.0,1\n3,0.02,0.0,0\n"
ARCS = (
    "miscData,\narcForm,numModes\nundirected,2\n,\narcs,,,,\n"
    "index,fromNode,toNode,distance,mode_1,mode_2\n"
    "1,1,2,1.1,0.001,0.002\n2,2,3,1.2,0.002,0.004\n"
)
CONFIG = """<?xml version="1.0"?>
<genConfig><sim><callDistributions>
<interarrivalTime seed="1">Exponential(1/280)</interarrivalTime>
<priority seed="2">Categorical([0.5, 0.25, 0.25])</priority>
<dispatchDelay seed="3">Normal(50/60/60/24, 0)</dispatchDelay>
<onSceneDuration seed="4">Exponential(12/60/24)</onSceneDuration>
<transport seed="5">Bernoulli(0.8)</transport>
<handoverDuration seed="6">Uniform(0, 2*(5+5)/60/24)</handoverDuration>
</callDistributions></sim></genConfig>"""
CITY = {
    "stations.csv": STATIONS,
    "ambulances.csv": AMBULANCES,
    "hospitals.csv": HOSPITAL,
    "travel.csv": TRAVEL,
    "nodes.csv": NODES,
    "arcs.csv": ARCS,
    "gen_config.xml": CONFIG,
}


def _files(**changes: str) -> dict[str, bytes]:
    named = {name.replace("__", "."): text for name, text in changes.items()}
    return {name: text.encode() for name, text in (CITY | named).items()}


def test_a_jemss_city_is_read_by_its_tables() -> None:
    city, travel, _tables = jemss.read(_files())
    assert [unit.post for unit in city.town.units] == [0, 1]
    a, b = travel.node_spot(0), travel.node_spot(2)
    assert travel.one_ms(a, b, 0, 0) == travel.one_ms(b, a, 0, 0) == 259_200
    assert travel.one_ms(a, b, 0, 1) == 518_400
    assert travel.metres(a, b) == pytest.approx(2300)
    post = city.town.posts[0]
    assert post.node == 0
    assert post.lead_ms == pytest.approx(111.195 / (47 / 3.6) * 1000, abs=2)
    assert city.nodes == (0, 1)
    care = city.forecast.care
    assert care.on_scene.kind == "exponential"
    assert care.handover.kind == "uniform"
    assert (care.handover.mean, care.handover.spread) == pytest.approx((600, 600))
    assert city.forecast.a_hour[0] == pytest.approx(280 / 24)
    calls = jemss.calls_of(city, travel, 3.0, seed=4)
    assert {one.spot.node for one in calls} == {0, 1}
    assert calls == jemss.calls_of(city, travel, 3.0, seed=4)


def test_half_way_between_two_nodes_one_goes_on_to_the_next() -> None:
    _city, travel, _tables = jemss.read(_files())
    a, b = travel.node_spot(0), travel.node_spot(2)
    there = travel.on_the_way(a, b, 100_000, 0, 0)
    assert (there.node, there.lead_ms) == (2, 159_200)
    assert travel.one_ms(there, b, 0, 0) == 159_200
    assert travel.on_the_way(a, b, 0, 0, 0) == a
    assert travel.on_the_way(a, b, 259_200, 0, 0) == b
    off = travel.spot(0.0, 0.001)
    start = travel.on_the_way(off, b, 1_000, 0, 0)
    assert start.node == 0
    assert start.lead_ms == off.lead_ms - 1_000


def test_ways_are_forgotten_beyond_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    _city, travel, _tables = jemss.read(_files())
    a, b = travel.node_spot(0), travel.node_spot(2)
    monkeypatch.setattr(road, "MAX_WAYS_KEPT", 1)
    for start, end in ((a, b), (b, a), (a, b)):
        assert travel.metres(start, end) == pytest.approx(2300)
        assert len(travel._ways) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"gen_config__xml": "<other/>"}, "no genConfig"),
        ({"gen_config__xml": "<genConfig"}, "gen_config.xml"),
        ({"gen_config__xml": CONFIG.replace("Exponential(1/280)", "Gamma(2, 3)")}, "Poisson"),
        ({"gen_config__xml": CONFIG.replace("Exponential(12/60/24)", "exit()")}, "exit"),
        ({"gen_config__xml": CONFIG.replace("12/60/24", "12/0")}, "onSceneDuration"),
        ({"gen_config__xml": CONFIG.replace("12/60/24", "open(1)")}, "onSceneDuration"),
        ({"nodes__csv": "x,\n"}, "nodes"),
        ({"travel__csv": TRAVEL.replace("lowPriority", "noPriority")}, "lowPriority"),
        ({"ambulances__csv": AMBULANCES.replace("2,2,1", "2,9,1")}, "stationIndex"),
        ({"ambulances__csv": AMBULANCES.replace("2,2,1", "2,0,1")}, "stationIndex"),
    ],
)
def test_a_city_that_is_not_right_is_refused(changes: dict[str, str], told: str) -> None:
    with pytest.raises(BadPayload) as failure:
        jemss.read(_files(**changes))
    assert told in failure.value.detail
