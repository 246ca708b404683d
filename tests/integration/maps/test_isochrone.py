"""Isochrones, cover and demand on real extracts and a real log, and `greenlane map isochrone`."""

import csv
import json
import time
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import typer
from shapely import box, contains_xy
from typer.testing import CliRunner

from deploy.map_coverage import isochrone
from deploy.maps import maps_app
from maps.coordinates import Wgs84
from maps.coverage.cells import CellPolicy, cells_over
from maps.coverage.cover import Targets, Unit, cover_by_road
from maps.coverage.demand import Call, DemandPolicy, Period, demand_of, log_score
from maps.coverage.isochrone import Isochrones
from maps.coverage.raster import middle_of, sample
from maps.coverage.reach import Driving, Origin
from maps.network.graph import RoadGraph
from maps.network.speeds import weights_ms
from maps.network.travel import RoadPolicy, Roads
from maps.osm.build import build_graph
from maps.osm.extract import read_extract
from tests.support.osm import cross
from tests.support.shared_data import shared

# POLICY of the brief: five limits on the largest extract within this time.
FIVE_LIMITS_S = 0.3

PLACES = ["monaco.osm.pbf", "baltimore.osm.pbf", "Helsinki.osm.pbf", "krems.osm.gz", "beatty.osm",
          "beijing_tsinghua_2017.osm"]  # fmt: skip
LIMITS_MIN = [1.0, 2.0, 4.0, 7.0, 11.0]

app = typer.Typer()
app.command(context_settings={"ignore_unknown_options": True})(isochrone)


@cache
def roads_of(name: str) -> Roads:
    extract = read_extract(shared(f"roads/{name}"), lambda _step, _count: None)
    return Roads(build_graph(extract), RoadPolicy())


def driving_on(roads: Roads) -> Driving:
    weights = weights_ms(roads.graph, roads.policy.speeds, hour=12, priority="P1")
    return Driving(roads, weights)


def middle(graph: RoadGraph) -> Origin:
    lon, lat = float(np.median(graph.node_lon)), float(np.median(graph.node_lat))
    return Origin(place=Wgs84(lon=lon, lat=lat))


@pytest.mark.slow
@pytest.mark.parametrize("is_to", [False, True], ids=["from", "to"])
@pytest.mark.parametrize("name", PLACES)
def test_a_real_isochrone_is_the_land_beside_the_roads_that_are_reached(
    name: str, is_to: bool
) -> None:
    roads = roads_of(name)
    driving = driving_on(roads)
    origin = middle(roads.graph)
    found = Isochrones(roads).around(driving, [origin], LIMITS_MIN, is_to=is_to)
    assert all(one.area.is_valid for one in found)
    for small, large in pairwise(found):
        assert small.area_km2 <= large.area_km2
        assert small.road_km <= large.road_km

    reach = driving.reach(origin, is_to=is_to)
    assert reach is not None
    plane = middle_of(roads.graph)
    points = sample(roads.graph, plane, 40.0)
    lon, lat = plane.lonlat(points.x_m, points.y_m)
    seconds = driving.seconds_at(reach, points.arc, points.fraction)
    for one in found:
        within = seconds <= one.limit_min * 60.0
        # A grid's corner may miss the last metres of a piece, never a reached road.
        assert contains_xy(one.area, lon[within], lat[within]).mean() > 0.999
        far = _far_from(points.x_m, points.y_m, within, one.beside_road_m + 40.0)
        assert not contains_xy(one.area, lon[far], lat[far]).any()


def _far_from(x_m: np.ndarray, y_m: np.ndarray, reached: np.ndarray, metres: float) -> np.ndarray:
    """Which points lie more than ``metres`` from every reached one."""
    from scipy.spatial import KDTree

    tree = KDTree(np.column_stack((x_m[reached], y_m[reached])))
    away, _ = tree.query(np.column_stack((x_m, y_m)))
    return np.asarray(away > metres)


@pytest.mark.slow
def test_five_limits_on_the_largest_extract_are_quick() -> None:
    roads = roads_of("baltimore.osm.pbf")
    isochrones, driving = Isochrones(roads), driving_on(roads)
    took_s = []
    for _ in range(5):
        began = time.perf_counter()
        isochrones.around(driving, [middle(roads.graph)], [2.0, 4.0, 6.0, 8.0, 10.0])
        took_s.append(time.perf_counter() - began)
    assert min(took_s) < FIVE_LIMITS_S


@pytest.mark.slow
def test_a_real_town_is_covered_and_a_loss_is_the_difference() -> None:
    roads = roads_of("beijing_tsinghua_2017.osm")
    graph, driving = roads.graph, driving_on(roads)
    area = box(graph.node_lon.min(), graph.node_lat.min(), graph.node_lon.max(),
               graph.node_lat.max())  # fmt: skip
    cells = cells_over(area, CellPolicy(side_m=500.0))
    targets = Targets(driving, cells.lon, cells.lat, free_m=250.0)
    nodes = np.linspace(0, graph.nodes - 1, 6).astype(int)
    units = [
        Unit(unit_id=f"u{node}", origin=Origin(place=Wgs84(lon=float(graph.node_lon[node]),
                                                           lat=float(graph.node_lat[node]))))
        for node in nodes
    ]  # fmt: skip
    cover = cover_by_road(driving, units, targets, limit_s=3_600.0)
    standard_s, weight = 120.0, cells.share
    before = cover.gaps(standard_s, weight)
    assert 0.0 < before.share < 1.0
    for unit in units:
        after = cover.without(unit.unit_id).gaps(standard_s, weight)
        loss = cover.losing(unit.unit_id, standard_s, weight)
        assert loss.share == pytest.approx(after.share - before.share, abs=1e-12)
        assert set(loss.places) == set(after.places) - set(before.places)


@pytest.mark.slow
def test_shrinkage_foretells_real_calls_better_than_counts_or_an_even_spread() -> None:
    """Learned on seven weeks of a fire service's calls, scored on the next four."""
    zone = ZoneInfo("America/Denver")
    calls = list(_calls(shared("incidents/smfr_2019_apr-jun15_redacted.csv"), zone))
    assert len(calls) > 8_000
    cells = cells_over(box(-105.09, 39.437, -104.70, 39.694), CellPolicy(side_m=2_000.0))
    blocks = (cells.number // cells.columns // 4) * 100 + cells.number % cells.columns // 4
    zones = np.unique(blocks, return_inverse=True)[1]
    learned = Period(from_at=datetime(2019, 4, 1, tzinfo=zone),
                     until_at=datetime(2019, 5, 20, tzinfo=zone))  # fmt: skip
    scored = Period(from_at=learned.until_at, until_at=datetime(2019, 6, 15, tzinfo=zone))

    def score(policy: DemandPolicy) -> float:
        demand = demand_of(cells, zones, calls, learned, zone, policy)
        return log_score(demand, calls, scored, zone)

    def all_worth(calls_each: float) -> DemandPolicy:
        names = ("hour", "zone", "cell", "zone_hour", "cell_hour")
        return DemandPolicy(**dict.fromkeys(names, calls_each))

    shrunk = score(DemandPolicy())
    assert shrunk > score(all_worth(1e5)) + 1_000
    assert shrunk > score(all_worth(0.01)) + 1_000


def _calls(path: Path, zone: ZoneInfo) -> Any:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["lon"] and row["lat"]:
                at = datetime.strptime(row["911 Date"], "%m/%d/%Y %H:%M").replace(tzinfo=zone)
                yield Call(at=at, place=Wgs84(lon=float(row["lon"]), lat=float(row["lat"])))


def greenlane(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with the map of a crossroads."""
    extract = tmp_path / "cross.osm"
    cross().write(extract)
    words = ["import", str(extract), "--data", str(tmp_path)]
    done = CliRunner().invoke(maps_app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return tmp_path


def test_the_command_draws_geojson(data: Path) -> None:
    lon, lat = _somewhere(data)
    code, out, err = greenlane(f"{lon},{lat}", "--minutes", "1,3", "--data", data,
                               "--at", "2026-11-23T12:00")  # fmt: skip
    assert code == 0, err
    answer = json.loads(out)
    assert answer["type"] == "FeatureCollection"
    assert [one["properties"]["limit_min"] for one in answer["features"]] == [3.0, 1.0]
    assert {one["properties"]["method"] for one in answer["features"]} == {"road"}
    assert answer["about"]["attribution"].startswith("© OpenStreetMap")
    assert answer["about"]["note"] is None


def test_off_every_road_the_command_says_so(data: Path) -> None:
    code, out, _err = greenlane("-76.61,39.29", "--data", data)
    assert code == 0
    answer = json.loads(out)
    assert {one["properties"]["method"] for one in answer["features"]} == {"straight_line"}
    assert "-76.61,39.29" in answer["about"]["note"]


@pytest.mark.parametrize("minutes", ["", "ten", "0", "5,-1", "1000"])
def test_senseless_minutes_end_in_one_sentence(data: Path, minutes: str) -> None:
    code, out, err = greenlane("112.4,29.3", "--minutes", minutes, "--data", data)
    assert (code, out) == (1, "")
    assert err.startswith("greenlane: --minutes")
    assert err.count("\n") == 1


def test_without_a_map_it_says_how_to_get_one(tmp_path: Path) -> None:
    code, out, err = greenlane("112.4,29.3", "--data", tmp_path)
    assert (code, out) == (1, "")
    assert "greenlane map import" in err


def _somewhere(data: Path) -> tuple[float, float]:
    from maps.pack import open_pack

    pack = open_pack(data / "map")
    assert pack is not None
    graph = pack.graph()
    return float(graph.node_lon[0]), float(graph.node_lat[0])
