"""Rows of the gazetteer, facilities, and the features of the base map."""

import json
from pathlib import Path
from typing import Any

import pytest

from maps.osm.extract import Extract, read_extract
from maps.osm.features import LAYERS, map_features
from maps.osm.kinds import IMPORTANCE
from maps.osm.places import facility_rows, place_rows
from tests.support.osm import Osm, cross

Row = dict[str, Any]


def quiet(_step: str, _done: int) -> None: ...


def read(osm: Osm, folder: Path) -> Extract:
    return read_extract(osm.write(folder / "a.osm"), quiet)


def rows(osm: Osm, folder: Path, kind: str) -> list[Row]:
    return [row for row in place_rows(read(osm, folder)) if row["kind"] == kind]


def drawn(osm: Osm, folder: Path) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {layer: [] for layer in LAYERS}
    for layer, feature in map_features(osm.write(folder / "a.osm"), quiet):
        found[layer].append(feature)
    return found


def facilities(osm: Osm, folder: Path) -> list[Row]:
    return facility_rows(read(osm, folder), lambda place: 12.34 if place.lon < 113 else None)


def square(osm: Osm, first: int, lon: float, lat: float, size_deg: float = 0.001) -> list[int]:
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    for number, (x, y) in enumerate(corners, first):
        osm.node(number, lon + x * size_deg, lat + y * size_deg)
    return [*range(first, first + 4), first]


def test_a_settlement_has_all_its_names_and_ranks_by_its_people(tmp_path: Path) -> None:
    tags = {
        "name": "茅草街镇",
        "name:en": "Maocaojie",
        "alt_name": "茅草街;草街",
        "population": "52000",
    }
    osm = cross().node(30, 112.3, 29.1, place="town", **tags).node(31, 112.31, 29.1, place="hamlet")
    (row,) = rows(osm, tmp_path, "town")
    assert row["names"] == ["茅草街镇", "Maocaojie", "茅草街", "草街"]
    assert (row["id"], row["lon"], row["lat"]) == ("n30", 112.3, 29.1)
    assert row["importance"] > IMPORTANCE["town"]
    assert row["extra"] == {"tag": "place=town", "population": 52000}
    assert rows(osm, tmp_path, "hamlet") == [], "a place without a name cannot be searched"


def test_ways_of_one_road_are_one_row_and_namesakes_in_another_town_are_not(tmp_path: Path) -> None:
    osm = cross().line((6, 112.405, 29.36), (7, 112.42, 29.36), (8, 112.9, 29.9), (9, 112.9, 29.91))
    tags = {"highway": "primary", "name": "人民路", "ref": "S204"}
    osm.way(12, (3, 6), tags).way(13, (6, 7), tags | {"ref": "S204;G319"})
    osm.way(14, (8, 9), {"highway": "tertiary", "name": "人民路"})
    found = rows(osm, tmp_path, "road")
    here, there = sorted((row for row in found if row["names"][0] == "人民路"), key=_lon)
    assert here["extra"]["extent"] == [112.401, 29.36, 112.42, 29.36]
    assert here["extra"]["length_m"] == pytest.approx(1841, abs=2)
    assert (here["extra"]["class"], here["extra"]["refs"]) == ("primary", ["S204", "G319"])
    assert 112.401 <= here["lon"] <= 112.42
    assert there["lon"] == 112.9
    assert here["importance"] > there["importance"]
    assert len({row["id"] for row in found}) == len(found)


def test_a_road_is_also_found_by_its_number(tmp_path: Path) -> None:
    osm = cross().line((6, 112.405, 29.36))
    osm.way(12, (3, 6), {"highway": "primary", "ref": "S204", "name": "南茅公路"})
    names = [row["names"] for row in rows(osm, tmp_path, "road")]
    assert ["S204"] in names, "many roads make up one number: it goes by the number alone"
    assert ["南茅公路"] in names


@pytest.mark.parametrize(
    ("tags", "km"),
    [({"distance": "12"}, 12.0), ({"ref": "K12+300"}, 12.3), ({"distance": "12.3 km"}, 12.3),
     ({"pk": "0,5"}, 0.5), ({"ref": "S204"}, None), ({"distance": "nan"}, None), ({}, None)],
)  # fmt: skip
def test_a_kilometre_post(tmp_path: Path, tags: dict[str, str], km: float | None) -> None:
    osm = cross().node(6, 112.405, 29.36, highway="milestone", **tags)
    osm.way(12, (3, 6), {"highway": "primary", "ref": "S204"})
    found = rows(osm, tmp_path, "kilometre_post")
    assert [row["extra"]["km"] for row in found] == ([] if km is None else [km])
    assert all(row["extra"]["refs"] == ["S204"] for row in found)


def test_addresses_are_said_as_people_say_them_and_each_once(tmp_path: Path) -> None:
    here = {"addr:street": "人民路", "addr:housenumber": "12"}
    osm = cross().node(30, 112.4, 29.35, **here).node(31, 112.4, 29.35, shop="yes", **here)
    osm.node(32, 112.5, 29.35, **{"addr:street": "Main Street", "addr:housenumber": "7b"})
    osm.node(33, 112.5, 29.36, **{"addr:street": "人民路", "addr:housenumber": "3号"})
    osm.node(34, 112.5, 29.37, **{"addr:housenumber": "99"})
    names = [row["names"] for row in rows(osm, tmp_path, "address")]
    assert names == [["人民路12号"], ["Main Street 7b"], ["人民路3号"]]


def test_a_hospital_as_area_and_point_is_one_facility_that_knows_both(tmp_path: Path) -> None:
    osm = cross()  # has 南县人民医院 as a point, without more
    ring = square(osm, 40, 112.4, 29.36)
    tags = {"amenity": "hospital", "name": "南县人民医院", "beds": "600", "emergency": "yes"}
    osm.way(50, ring, tags)
    osm.node(60, 112.4, 29.3601, amenity="clinic").node(61, 112.4, 29.3601, amenity="clinic")
    osm.node(62, 113.5, 29.36, amenity="hospital", name="南县人民医院", phone="120")
    found = facilities(osm, tmp_path)
    assert [(row["id"], row["name"]) for row in found] == [
        ("n62", "南县人民医院"), ("w50", "南县人民医院"), ("n60", ""), ("n61", ""),
    ]  # fmt: skip
    branch, house = found[:2]
    assert (house["beds"], house["emergency"], house["phone"]) == (600, "yes", None)
    assert (branch["beds"], branch["emergency"], branch["phone"]) == (None, None, "120")
    assert (house["road_m"], branch["road_m"]) == (12.3, None)


def test_what_is_no_facility_is_still_a_place(tmp_path: Path) -> None:
    osm = cross().node(30, 112.4, 29.35, amenity="pharmacy", name="老百姓大药房")
    osm.node(31, 112.4, 29.35, amenity="hospital", disused="yes", name="旧医院")
    assert [row["name"] for row in facilities(osm, tmp_path)] == ["南县人民医院"]
    assert rows(osm, tmp_path, "pharmacy")[0]["names"] == ["老百姓大药房"]


def test_every_kind_is_ranked_and_every_row_is_plain_json(tmp_path: Path) -> None:
    osm = (
        cross()
        .node(30, 112.4, 29.35, place="village", name="某村")
        .node(31, 112.4, 29.35, tourism="museum", name="博物馆")
    )
    for row in place_rows(read(osm, tmp_path)):
        assert json.loads(json.dumps(row, allow_nan=False)) == row
        assert 0 <= row["importance"] <= 1
        assert row["kind"] in IMPORTANCE
        assert row["names"]


def test_roads_of_the_base_map(tmp_path: Path) -> None:
    osm = cross(oneway="-1", bridge="yes", ref="S204").way(12, (1, 2), {"highway": "steps"})
    osm.way(13, (3, 99, 4, 1), {"highway": "service", "name:en": "Yard"})
    roads = drawn(osm, tmp_path)["roads"]
    assert [road["geometry"]["type"] for road in roads] == ["LineString"] * 4
    assert roads[0]["properties"] == {
        "class": "residential", "bridge": True, "ref": "S204", "driven": True, "oneway": -1,
        "name": "东西街",
    }  # fmt: skip
    assert roads[2]["properties"] == {"class": "steps", "driven": False}
    assert roads[3]["geometry"]["coordinates"] == [(112.4, 29.359), (112.399, 29.36)], "cut"
    assert roads[3]["properties"]["name_en"] == "Yard"


def test_areas_lines_borders_and_points_of_the_base_map(tmp_path: Path) -> None:
    osm = cross().node(30, 112.4, 29.35, place="village", name="某村", population="900")
    ring = square(osm, 40, 112.4, 29.37)
    osm.way(50, ring, {"natural": "water", "name": "大通湖"})
    osm.way(51, ring, {"building": "yes"}).way(52, ring, {"landuse": "forest"})
    osm.way(53, (1, 2), {"waterway": "river", "name": "沱江"}).way(54, (1, 2), {"railway": "rail"})
    osm.way(55, (1, 4)).way(56, (2, 3), {"natural": "coastline"})
    for number, level in ((70, "6"), (71, "8")):
        tags = {"type": "boundary", "boundary": "administrative", "admin_level": level}
        osm.relation(number, [("way", 55, "outer")], tags)
    found = drawn(osm, tmp_path)
    kinds = {layer: [one["properties"].get("class") for one in found[layer]] for layer in LAYERS}
    assert kinds["water"] == ["river", "coastline", "water"]
    assert (kinds["buildings"], kinds["green"], kinds["railways"]) == (
        ["yes"],
        ["forest"],
        ["rail"],
    )
    assert [one["properties"] for one in found["boundaries"]] == [{"admin_level": 6}]
    assert found["places"][0]["properties"] == {
        "class": "village", "population": 900, "name": "某村",
    }  # fmt: skip
    assert found["pois"][0]["properties"]["kind"] == "hospital"
    lake = found["water"][2]
    assert lake["properties"]["name"] == "大通湖"
    assert lake["geometry"]["type"] == "MultiPolygon"
    for features in found.values():
        for feature in features:
            json.dumps(feature, allow_nan=False)


def _lon(row: Row) -> float:
    return float(row["lon"])
