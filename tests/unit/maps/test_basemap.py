"""The base map document and the gazetteer search."""

import json
from pathlib import Path

import pytest

from maps.basemap import base_map
from maps.county import load_county
from maps.gazetteer import find_places
from maps.geography import CountyGeography
from maps.limits import MAX_GAZETTEER_HITS

COUNTIES = Path(__file__).parents[3] / "deploy" / "counties"


@pytest.fixture(scope="module")
def nanxian() -> CountyGeography:
    return load_county(COUNTIES / "nanxian")


def test_base_map_has_every_layer_and_is_plain_json(nanxian: CountyGeography) -> None:
    document = json.loads(json.dumps(base_map(nanxian), allow_nan=False))
    layers = [feature["properties"]["layer"] for feature in document["features"]]
    assert layers[0] == "boundary"
    assert layers.count("town") == 12
    assert layers.count("river") == len(nanxian.rivers)
    assert layers.count("road") == len(nanxian.roads)
    assert layers.count("seat_inset") == 1
    assert document["schematic"] is True
    assert "GeoNames" in document["attribution"]
    assert document["bbox"][0] < document["bbox"][2]


def test_base_map_asks_nobody_else(nanxian: CountyGeography) -> None:
    assert "http" not in json.dumps(base_map(nanxian))


@pytest.mark.parametrize("words", ["耕余堂", "gengyu", "明山头 耕余堂", "Mingshantou gengyutang"])
def test_a_village_is_found_as_people_say_it(nanxian: CountyGeography, words: str) -> None:
    assert find_places(nanxian, words)[0].name_zh == "耕余堂村"


def test_exact_comes_first(nanxian: CountyGeography) -> None:
    hits = find_places(nanxian, "茅草街镇")
    assert (hits[0].kind, hits[0].match) == ("town", "exact")
    assert all(hit.town.name_zh == "茅草街镇" for hit in hits)


def test_nothing_is_guessed(nanxian: CountyGeography) -> None:
    assert find_places(nanxian, "  ") == []
    assert find_places(nanxian, "北京") == []
    assert len(find_places(nanxian, "村", limit=999)) == MAX_GAZETTEER_HITS
    assert len(find_places(nanxian, "村", limit=0)) == 1
    assert find_places(nanxian, "x" * 100_000) == []
