"""Datums: round trips over China, published fixtures, real polygons in two datums, refusals."""

import json
import math
import statistics
from collections.abc import Iterator

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon, line_interpolate_point, line_locate_point, points

from maps.coordinates import (
    Bd09,
    Cgcs2000,
    CoordinateError,
    Datum,
    Gcj02,
    LonLat,
    Wgs84,
    bd09_to_gcj02,
    bd09_to_wgs84,
    cgcs2000_to_wgs84,
    from_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    in_gcj02_area,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_cgcs2000,
    wgs84_to_gcj02,
)
from maps.distance import geodesic_m, haversine_m
from tests.support.shared_data import shared

METRES_PER_LAT_DEGREE = 110_900.0
METRES_PER_DEGREE = 100_000  # rough, for distances to an outline in degrees at 26 to 30 north

in_china = st.builds(
    lambda lon, lat: Wgs84(lon=lon, lat=lat),
    st.floats(min_value=73.5, max_value=135.0),
    st.floats(min_value=18.0, max_value=53.5),
)


@settings(derandomize=True, max_examples=300)
@given(in_china)
def test_round_trip_is_below_a_millimetre(place: Wgs84) -> None:
    assert haversine_m(gcj02_to_wgs84(wgs84_to_gcj02(place)), place) < 0.001


@settings(derandomize=True, max_examples=300)
@given(in_china)
def test_bd09_round_trips_are_below_a_millimetre(place: Wgs84) -> None:
    assert haversine_m(bd09_to_wgs84(wgs84_to_bd09(place)), place) < 0.001
    gcj = wgs84_to_gcj02(place)
    back = bd09_to_gcj02(gcj02_to_bd09(gcj))
    assert abs(back.lon - gcj.lon) < 1e-8
    assert abs(back.lat - gcj.lat) < 1e-8


@settings(derandomize=True, max_examples=100)
@given(in_china, st.sampled_from(["WGS84", "GCJ02", "BD09", "CGCS2000"]))
def test_every_named_datum_comes_back(place: Wgs84, datum: Datum) -> None:
    there = from_wgs84(place, datum)
    assert haversine_m(to_wgs84(there.lon, there.lat, datum), place) < 0.001


@settings(derandomize=True, max_examples=300)
@given(in_china)
def test_the_bd09_shift_is_its_own(place: Wgs84) -> None:
    gcj = wgs84_to_gcj02(place)
    bd = gcj02_to_bd09(gcj)
    beside_m = haversine_m(Wgs84(lon=gcj.lon, lat=gcj.lat), Wgs84(lon=bd.lon, lat=bd.lat))
    assert 500.0 < beside_m < 1_400.0


def test_bd09_published_cases() -> None:
    """The fixture of wandergis/coordtransform; its inverse is one step of ours, 1 m off."""
    bd = gcj02_to_bd09(Gcj02(lon=116.404, lat=39.915))
    assert bd.lon == pytest.approx(116.41036949371029, abs=1e-11)
    assert bd.lat == pytest.approx(39.92133699351021, abs=1e-11)
    gcj = bd09_to_gcj02(Bd09(lon=116.404, lat=39.915))
    assert gcj.lon == pytest.approx(116.39762729119315, abs=1e-5)
    assert gcj.lat == pytest.approx(39.90865673957631, abs=1e-5)


@settings(derandomize=True, max_examples=300)
@given(in_china)
def test_the_shift_is_real_and_bounded(place: Wgs84) -> None:
    shifted = wgs84_to_gcj02(place)
    shift_m = haversine_m(place, Wgs84(lon=shifted.lon, lat=shifted.lat))
    assert 20.0 < shift_m < 1_500.0


@settings(derandomize=True, max_examples=200)
@given(in_china, st.floats(min_value=0.0005, max_value=0.01))
def test_near_places_keep_their_order(place: Wgs84, step_deg: float) -> None:
    here = wgs84_to_gcj02(place)
    east = wgs84_to_gcj02(Wgs84(lon=place.lon + step_deg, lat=place.lat))
    north = wgs84_to_gcj02(Wgs84(lon=place.lon, lat=place.lat + step_deg))
    assert math.isclose(east.lon - here.lon, step_deg, rel_tol=0.03)
    assert math.isclose(north.lat - here.lat, step_deg, rel_tol=0.03)


@pytest.mark.parametrize(
    ("lon", "lat", "gcj_lon", "gcj_lat"),
    [  # the three published cases of the eviltransform test suite
        (121.5272106, 31.1774276, 121.531541859215, 31.17530398364597),
        (113.912316, 22.543847, 113.9171764808363, 22.540796131694766),
        (116.377817, 39.911954, 116.38404722455657, 39.91334545536069),
    ],
)
def test_published_cases(lon: float, lat: float, gcj_lon: float, gcj_lat: float) -> None:
    gcj = wgs84_to_gcj02(Wgs84(lon=lon, lat=lat))
    assert gcj.lon == pytest.approx(gcj_lon, abs=1e-9)
    assert gcj.lat == pytest.approx(gcj_lat, abs=1e-9)


@pytest.mark.parametrize(("lon", "lat"), [(-73.98, 40.75), (2.35, 48.86), (139.7, 35.7)])
def test_outside_china_nothing_is_shifted(lon: float, lat: float) -> None:
    place = Wgs84(lon=lon, lat=lat)
    assert not in_gcj02_area(place)
    assert wgs84_to_gcj02(place) == Gcj02(lon=lon, lat=lat)
    assert gcj02_to_wgs84(Gcj02(lon=lon, lat=lat)) == place


def _rings(coordinates: list[list[object]]) -> Iterator[list[list[float]]]:
    if isinstance(coordinates[0][0], float | int):
        yield coordinates  # type: ignore[misc]
        return
    for inner in coordinates:
        yield from _rings(inner)  # type: ignore[arg-type]


def _outline(file: str, name: str) -> list[list[float]]:
    features = json.loads(shared(f"areas/{file}").read_text(encoding="utf-8"))["features"]
    shapes = [f["geometry"]["coordinates"] for f in features if f["properties"]["name"] == name]
    return max(_rings(shapes[0]), key=len)


@pytest.mark.parametrize(
    ("gcj_file", "cgcs_file", "name"),
    [
        (
            "yiyang_counties_echarts_2018.geojson",
            "yiyang_counties_cgcs2000_fastgeocn.geojson",
            "南县",
        ),
        ("mingxi_echarts_2018.geojson", "sanming_counties_cgcs2000_fastgeocn.geojson", "明溪县"),
    ],
)
def test_real_outlines_in_two_datums_meet(gcj_file: str, cgcs_file: str, name: str) -> None:
    gcj = [Gcj02(lon=lon, lat=lat) for lon, lat in _outline(gcj_file, name)][::5]
    true = [cgcs2000_to_wgs84(Cgcs2000(lon=x, lat=y)) for x, y in _outline(cgcs_file, name)]
    outline = Polygon([(p.lon, p.lat) for p in true]).exterior
    wgs = [gcj02_to_wgs84(place) for place in gcj]
    before_m = statistics.median(outline.distance(Point(p.lon, p.lat)) for p in gcj)
    after_m = statistics.median(outline.distance(Point(p.lon, p.lat)) for p in wgs)
    assert before_m * METRES_PER_DEGREE > 300.0
    assert after_m * METRES_PER_DEGREE < 150.0  # the outlines themselves are that coarse


def _left_over_m(places: list[LonLat], truth: list[LonLat]) -> float:
    """The common shift that brings one outline onto the other, in metres.

    Robust: places whose nearest point of the outline is farther than most (a border that moved
    between 2018 and now) do not vote.
    """
    scale = [
        METRES_PER_LAT_DEGREE * math.cos(math.radians(truth[0].lat)),
        METRES_PER_LAT_DEGREE,
    ]
    line = Polygon(np.array([(p.lon, p.lat) for p in truth]) * scale).exterior
    here = np.array([(p.lon, p.lat) for p in places]) * scale
    shift = np.zeros(2)
    for _ in range(40):
        near = line_interpolate_point(line, line_locate_point(line, points(here + shift)))
        gap = np.array([(p.x, p.y) for p in near]) - (here + shift)
        away = np.hypot(*gap.T)
        shift = shift + gap[away <= np.median(away) * 1.5 + 1.0].mean(axis=0)
    return float(np.hypot(*shift))


YIYANG = ("yiyang_counties_echarts_2018.geojson", "yiyang_counties_cgcs2000_fastgeocn.geojson")
LIAOCHENG = (
    "liaocheng_counties_echarts_2018.geojson",
    "liaocheng_counties_cgcs2000_fastgeocn.geojson",
)


@pytest.mark.parametrize(
    ("files", "name"),
    [(YIYANG, "南县"), (YIYANG, "安化县"), (LIAOCHENG, "高唐县"), (LIAOCHENG, "莘县")],
)
def test_the_shift_between_the_two_sets_is_gone(files: tuple[str, str], name: str) -> None:
    """Measured: 南县 634 m → 34 m, 安化县 642 → 60, 高唐县 558 → 38, 莘县 552 → 41.

    What is left is the outlines': one set is drawn 110 m coarse and borders were moved.
    """
    raw = _outline(files[0], name)
    truth: list[LonLat] = [Wgs84(lon=x, lat=y) for x, y in _outline(files[1], name)]
    as_wgs84: list[LonLat] = [Wgs84(lon=x, lat=y) for x, y in raw]
    as_gcj02: list[LonLat] = [gcj02_to_wgs84(Gcj02(lon=x, lat=y)) for x, y in raw]
    as_bd09: list[LonLat] = [bd09_to_wgs84(Bd09(lon=x, lat=y)) for x, y in raw]
    assert _left_over_m(as_wgs84, truth) > 500.0
    assert _left_over_m(as_gcj02, truth) < 70.0
    assert _left_over_m(as_bd09, truth) > 500.0  # the wrong datum is not forgiven


def test_cgcs2000_is_the_same_numbers() -> None:
    place = Cgcs2000(lon=112.4, lat=29.36)
    assert wgs84_to_cgcs2000(cgcs2000_to_wgs84(place)) == place


def test_to_wgs84_names_the_datum() -> None:
    assert to_wgs84(112.4, 29.36, "WGS84") == Wgs84(lon=112.4, lat=29.36)
    assert to_wgs84(112.4, 29.36, "CGCS2000") == Wgs84(lon=112.4, lat=29.36)
    shift_m = geodesic_m(to_wgs84(112.4, 29.36, "GCJ02"), Wgs84(lon=112.4, lat=29.36))
    assert 400.0 < shift_m < 700.0
    bd09_m = geodesic_m(to_wgs84(112.4, 29.36, "BD09"), Wgs84(lon=112.4, lat=29.36))
    assert 800.0 < bd09_m < 1_600.0


@pytest.mark.parametrize(
    ("lon", "lat", "word"),
    [
        (math.nan, 29.0, "finite"),
        (112.0, math.inf, "finite"),
        (181.0, 29.0, "-180..180"),
        (29.36, 112.4, "swapped"),
        (0.0, 0.0, "fix"),
        (-1e-9, 1e-9, "fix"),
    ],
)
@pytest.mark.parametrize("datum", [Wgs84, Gcj02, Bd09, Cgcs2000])
def test_no_place_is_refused(
    datum: type[Wgs84 | Gcj02 | Bd09 | Cgcs2000], lon: float, lat: float, word: str
) -> None:
    with pytest.raises(CoordinateError, match=word):
        datum(lon=lon, lat=lat)


def test_a_decoder_refuses_with_its_path() -> None:
    with pytest.raises(msgspec.ValidationError, match="swapped"):
        msgspec.json.decode(b'{"lon": 29.36, "lat": 112.4}', type=Wgs84)


def test_datums_are_not_equal_to_each_other() -> None:
    same_numbers: list[LonLat] = [Wgs84(lon=112.4, lat=29.36), Gcj02(lon=112.4, lat=29.36)]
    assert same_numbers[0] != same_numbers[1]
