"""A position in words: what is named, how far and in which direction, and nothing invented."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from maps.areas import CountyArea, Town
from maps.coordinates import Wgs84
from maps.network.snap import Snapper
from maps.search.entries import map_entries
from maps.search.index import PlaceIndex
from maps.search.reverse import (
    DIRECTION_WORDS,
    WORDS,
    Phrase,
    Surroundings,
    direction_of,
    in_words,
    rounded_m,
)
from tests.support.places import row
from tests.support.roads import graph_of

ROWS = [
    row(1, "hospital", "南县人民医院", 112.40, 29.36),
    row(2, "town", "南洲镇", 112.41, 29.36),
    row(3, "village", "长胜村", 112.60, 29.36),
    row(4, "road", "人民路", 112.40, 29.361),
    row(5, "address", "人民路12号", 112.4001, 29.3601),
]
INDEX = PlaceIndex(map_entries(ROWS))
GRAPH = graph_of(
    [(112.39, 29.361), (112.41, 29.361), (112.39, 29.3605), (112.41, 29.3605)],
    [{"nodes": [0, 1], "name": "人民路"}, {"nodes": [2, 3], "name": ""}],
)
AREA = CountyArea(
    boundary=box(112.0, 29.0, 113.0, 30.0),
    towns=(
        Town(
            code="430921100",
            name_zh="南洲镇",
            name_en="Nanzhou",
            position=Wgs84(lon=112.41, lat=29.36),
            label_radius_m=1000,
            approximate=False,
        ),
    ),
)


def phrases(lon: float, lat: float, **more: Any) -> dict[str, Phrase]:
    found = Surroundings(INDEX, **more).describe(Wgs84(lon=lon, lat=lat)).phrases
    return {phrase.code: phrase for phrase in found}


def test_beside_a_landmark_direction_and_distance_are_said() -> None:
    said = phrases(112.40 + 300 / 97_000, 29.36)["off_place"]
    assert (said.name, said.distance_m, said.direction) == ("南县人民医院", 300, "e")
    assert in_words(said, "zh") == "南县人民医院以东300米"
    assert in_words(said, "en") == "300 m east of 南县人民医院"


def test_at_a_landmark_no_direction_is_said() -> None:
    said = phrases(112.4001, 29.36)["at_place"]
    assert (said.name, said.distance_m, said.direction) == ("南县人民医院", None, None)
    assert in_words(said, "zh") == "在南县人民医院"


def test_an_address_or_a_road_s_label_is_no_landmark() -> None:
    assert phrases(112.4001, 29.3601)["at_place"].name == "南县人民医院"


def test_the_nearest_road_with_a_name_is_said() -> None:
    snapper = Snapper(GRAPH)
    on = phrases(112.40, 29.361, graph=GRAPH, snapper=snapper)["on_road"]
    assert in_words(on, "en") == "on 人民路"
    near = phrases(112.40, 29.3604, graph=GRAPH, snapper=snapper)["near_road"]  # nameless is nearer
    assert (near.name, near.distance_m) == ("人民路", 70)
    assert "on_road" not in phrases(112.40, 29.40, graph=GRAPH, snapper=snapper)


def test_the_county_s_town_goes_before_the_nearest_name() -> None:
    assert phrases(112.60, 29.36, area=AREA)["in_town"].name == "南洲镇"
    assert phrases(112.60, 29.36)["near_town"].name == "长胜村"
    far = phrases(112.45, 29.40)["off_town"]
    assert (far.name, far.direction, far.distance_m) == ("南洲镇", "ne", 5900)
    assert in_words(far, "en") == "5.9 km north-east of 南洲镇"


def test_far_from_everything_nothing_is_said() -> None:
    found = phrases(10.0, 50.0, graph=GRAPH, snapper=Snapper(GRAPH), area=AREA)
    assert list(found) == ["nothing"]
    assert in_words(found["nothing"], "en") == "no known place or road nearby"


@pytest.mark.parametrize(
    ("east", "north", "direction"),
    [(0, 1, "n"), (1, 1, "ne"), (1, 0, "e"), (1, -1, "se"), (0, -1, "s"), (-1, -1, "sw"),
     (-1, 0, "w"), (-1, 1, "nw"), (0.1, 1, "n"), (-0.1, 1, "n")],
)  # fmt: skip
def test_eight_directions(east: float, north: float, direction: str) -> None:
    origin = Wgs84(lon=112.0, lat=0.5)
    assert direction_of(origin, Wgs84(lon=112.0 + east / 100, lat=0.5 + north / 100)) == direction


@settings(derandomize=True)
@given(st.floats(min_value=0.0, max_value=100_000.0))
def test_rounding_is_never_off_by_more_than_it_says(distance_m: float) -> None:
    said_m = rounded_m(distance_m)
    assert said_m > 0
    assert abs(said_m - distance_m) <= max(10.0, distance_m * 0.13)


def test_every_code_has_words_in_both_languages() -> None:
    for code in WORDS:
        phrase = Phrase(code=code, name="X", distance_m=120, direction="n")
        assert in_words(phrase, "zh") != in_words(phrase, "en")
    assert len(DIRECTION_WORDS) == 8
