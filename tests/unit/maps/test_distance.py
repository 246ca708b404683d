"""Distances, bearings and places along a path."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.coordinates import Wgs84
from maps.distance import bearing_deg, geodesic_m, haversine_m, path_length_m, place_along

NANZHOU = Wgs84(lon=112.40654, lat=29.36382)
HUAGE = Wgs84(lon=112.65833, lat=29.29778)

places = st.builds(
    lambda lon, lat: Wgs84(lon=lon, lat=lat),
    st.floats(min_value=73.5, max_value=135.0),
    st.floats(min_value=18.0, max_value=53.5),
)


@settings(derandomize=True, max_examples=100)
@given(places, places)
def test_the_sphere_is_within_half_a_percent(a: Wgs84, b: Wgs84) -> None:
    assert haversine_m(a, b) == pytest.approx(geodesic_m(a, b), rel=0.006, abs=0.01)


@settings(derandomize=True, max_examples=100)
@given(places, places)
def test_bearing_is_in_range(a: Wgs84, b: Wgs84) -> None:
    assert 0.0 <= bearing_deg(a, b) < 360.0


def test_one_degree_of_the_equator() -> None:
    a, b = Wgs84(lon=10.0, lat=0.0), Wgs84(lon=11.0, lat=0.0)
    assert geodesic_m(a, b) == pytest.approx(111_319.49, abs=0.01)  # WGS-84 semi-major axis


@pytest.mark.parametrize(
    ("lon", "lat", "bearing"), [(112.0, 30.0, 0.0), (112.0, 28.0, 180.0), (112.001, 29.0, 90.0)]
)
def test_bearings(lon: float, lat: float, bearing: float) -> None:
    start = Wgs84(lon=112.0, lat=29.0)
    assert bearing_deg(start, Wgs84(lon=lon, lat=lat)) == pytest.approx(bearing, abs=0.01)


def test_place_along_a_path() -> None:
    middle = Wgs84(lon=112.5, lat=29.33)
    path = (NANZHOU, middle, middle, HUAGE)
    whole_m = path_length_m(path)
    assert place_along(path, -5.0) == NANZHOU
    assert place_along(path, whole_m * 2) == HUAGE
    part = place_along(path, whole_m * 0.3)
    assert haversine_m(NANZHOU, part) == pytest.approx(whole_m * 0.3, rel=0.001)
    after = place_along(path, haversine_m(NANZHOU, middle) + 500.0)
    assert haversine_m(middle, after) == pytest.approx(500.0, rel=0.001)


def test_an_empty_path_has_no_place() -> None:
    assert path_length_m([NANZHOU]) == 0
    with pytest.raises(ValueError, match="empty"):
        place_along([], 1.0)
