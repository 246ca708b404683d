"""How callers say it: turns of phrase, numerals, landmarks, and the kilometres of roads."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.gazetteer import place_index
from maps.search.entries import map_entries
from maps.search.index import PlaceIndex
from maps.search.kilometre import KilometreAnswer, RoadLines
from maps.search.spoken import (
    RoadKilometre,
    bare,
    han_number,
    han_numeral,
    other_numerals,
    read_kilometre,
    read_relations,
    road_key,
)
from tests.support.places import ROWS, row
from tests.support.roads import graph_of


@pytest.fixture(scope="module")
def index() -> PlaceIndex:
    return PlaceIndex(map_entries(ROWS))


@pytest.mark.parametrize(
    ("words", "road", "km", "direction"),
    [
        ("省道204 12公里", "S204", 12.0, ""),
        ("S204 K12+300", "S204", 12.3, ""),
        ("S204线K12+300处往南县方向", "S204", 12.3, "南县"),
        ("s204 k12", "S204", 12.0, ""),
        ("十二公里", "", 12.0, ""),
        ("二零四省道十二公里处", "S204", 12.0, ""),
        ("省道二零四十二公里", "S204", 12.0, ""),
        ("国道三一九线一千二百公里", "G319", 1200.0, ""),
        ("南益高速十二点五公里 益阳方向", "南益高速", 12.5, "益阳"),
        ("在南茅公路5公里半", "南茅公路", 5.5, ""),
        ("G55二广高速K1203", "G55", 1203.0, ""),
        ("204省道12公里300米", "S204", 12.3, ""),
        ("S204十二公里加三百米", "S204", 12.3, ""),
        ("X012 3km", "X012", 3.0, ""),
        ("highway 95 km 12", "highway 95", 12.0, ""),
        ("三仙湖路五公里", "三仙湖路", 5.0, ""),
        ("我们在S204往茅草街方向十二公里", "S204", 12.0, "茅草街"),
    ],
)
def test_a_kilometre_is_understood(words: str, road: str, km: float, direction: str) -> None:
    assert read_kilometre(words) == RoadKilometre(road=road, km=km, direction=direction)


@pytest.mark.parametrize("words", ["三仙湖镇", "第三中学", "S204", "南县人民医院", "", "公里", "K"])
def test_what_says_no_kilometre_has_none(words: str) -> None:
    assert read_kilometre(words) is None


@pytest.mark.parametrize(
    "words", ["省道204", "204省道", "S204", "s 204", "S204线", "二零四省道", "Ｓ２０４"]
)
def test_a_road_has_one_key(words: str) -> None:
    assert road_key(words) == "S204"


@given(st.integers(0, 99))
def test_small_numerals_come_back(number: int) -> None:
    assert han_number(han_numeral(number)) == number


@pytest.mark.parametrize(
    ("numeral", "number"),
    [("十二", 12), ("一百零三", 103), ("二零四", 204), ("一百二", 120), ("一千零五", 1005),
     ("两百", 200), ("幺二零", 120), ("一百一十", 110)],
)  # fmt: skip
def test_numerals(numeral: str, number: int) -> None:
    assert han_number(numeral) == number


@settings(derandomize=True, max_examples=300)
@given(st.text(alphabet="零一二三百千十公里省道线SKk+204.米半方向往的 路", max_size=30))
def test_no_words_break_the_reading(words: str) -> None:
    read_kilometre(words)
    read_relations(words)
    bare(words)
    other_numerals([words])


@pytest.mark.parametrize(
    ("words", "anchor", "relation", "target"),
    [
        ("茅草街那边的卫生院", "茅草街", "near", "卫生院"),
        ("我们在人民医院对面的加油站", "人民医院", "opposite", "加油站"),
        ("车站后面", "车站", "behind", ""),
        ("pharmacy near the city hall", "city hall", "near", "pharmacy"),
        ("茅草街的卫生院", "茅草街", "near", "卫生院"),
    ],
)
def test_a_relation_is_understood(words: str, anchor: str, relation: str, target: str) -> None:
    one = read_relations(words)[0]
    assert (one.anchor, one.relation, one.target) == (anchor, relation, target)


def test_the_words_around_a_name_are_dropped() -> None:
    assert bare("喂你好我们在茅草街附近") == "茅草街"
    assert bare("near the bus station") == "bus station"
    assert bare("人民医院") == "人民医院"
    assert bare("附近") == "附近"


@pytest.mark.parametrize(
    ("words", "name", "match"),
    [
        ("茅草街那边的卫生院", "茅草街镇中心卫生院", "near"),
        ("我在华阁镇那边的卫生院", "华阁镇中心卫生院", "near"),
        ("茅草街卫生院", "茅草街镇中心卫生院", "near"),
        ("茅草街那边的加油站", "中国石化", "near"),
        ("我们在茅草街这边", "茅草街镇", "prefix"),
        ("加油站", "中国石化", "category"),
        ("gas station", "中国石化", "category"),
    ],
)
def test_a_spoken_place_is_found(index: PlaceIndex, words: str, name: str, match: str) -> None:
    hit = index.search(words).hits[0]
    assert (hit.entry.names[0], hit.match) == (name, match)


def test_what_is_found_beside_a_place_names_it(index: PlaceIndex) -> None:
    hits = index.search("茅草街那边的卫生院").hits
    assert hits[0].anchor == "茅草街镇"
    assert "华阁镇中心卫生院" not in [hit.entry.names[0] for hit in hits]  # 40 km away


# A road due north along longitude 112.4; a hundredth of a degree is 1,112 m.
KM_DEG = 1_000.0 / 111_195.0
NODES = [(112.4, 29.0 + i * KM_DEG) for i in range(31)]


def post(number: int, km: float, at_km: float, ref: str = "S204", lon: float = 112.4005) -> object:
    extra = {"km": km, "roads": ["南茅公路"], "refs": [ref]}
    return row(number, "kilometre_post", [], lon, 29.0 + at_km * KM_DEG, extra=extra)


def locate(words: str, *posts: object, with_line: bool = True) -> KilometreAnswer:
    road = {"nodes": list(range(31)), "name": "南茅公路"}
    named = row(99, "road", ["南茅公路"], 112.4, 29.1, extra={"refs": ["S204"]})
    graph = graph_of(NODES, [road if with_line else road | {"name": "别的路"}])
    index = place_index(None, places=[*posts, named], graph=graph)  # type: ignore[list-item]
    answer = index.search(words)
    assert answer.kilometre is not None
    on_road = [hit.entry.place for hit in answer.hits if hit.match == "kilometre"]
    assert tuple(on_road) == answer.kilometre.places
    return answer.kilometre


def test_the_post_itself_is_the_place() -> None:
    answer = locate("S204 K12", post(1, 12, 2), post(2, 20, 10))
    assert (answer.code, answer.posts_km) == ("post", (12.0,))
    assert answer.places == (Wgs84(lon=112.4005, lat=29.0 + 2 * KM_DEG),)


@pytest.mark.parametrize("words", ["S204 K14+500 往南县方向", "南茅公路14.5公里往南县方向"])
def test_between_two_posts_the_way_is_shared_out(words: str) -> None:
    answer = locate(words, post(1, 12, 2), post(2, 20, 10), post(3, 30, 20))
    assert (answer.code, answer.direction, answer.posts_km) == (
        "between_posts",
        "南县",
        (12.0, 20.0),
    )
    (place,) = answer.places
    assert haversine_m(place, Wgs84(lon=112.4, lat=29.0 + 4.5 * KM_DEG)) < 20.0
    assert answer.between_m == pytest.approx(8_000.0, rel=0.01)


def test_posts_that_count_against_the_line_are_understood() -> None:
    answer = locate("S204 K14", post(1, 12, 10), post(2, 20, 2))
    (place,) = answer.places
    assert haversine_m(place, Wgs84(lon=112.4, lat=29.0 + 8 * KM_DEG)) < 20.0


@pytest.mark.parametrize(
    ("words", "posts", "code"),
    [
        ("十二公里", [post(1, 12, 2), post(2, 20, 10)], "road_missing"),
        ("S205 K12", [post(1, 12, 2), post(2, 20, 10)], "posts_unknown"),
        ("S204 K14", [post(1, 12, 2)], "posts_too_few"),
        ("S204 K14", [post(1, 12, 2), post(2, 12, 2.1)], "posts_too_few"),
        ("S204 K21", [post(1, 12, 2), post(2, 20, 10)], "beyond_posts"),
        ("S204 K14", [post(1, 12, 2), post(2, 20, 20)], "posts_disagree"),
        ("S204 K14", [post(1, 12, 2), post(2, 20, 10, lon=112.5)], "road_line_missing"),
        ("S204 K50", [post(1, 12, 2), post(2, 120, 10)], "road_line_missing"),
    ],
)
def test_where_nothing_is_known_the_reason_is(words: str, posts: list[object], code: str) -> None:
    answer = locate(words, *posts)
    assert (answer.code, answer.places) == (code, ())


def test_posts_without_a_line_say_nothing_between() -> None:
    answer = locate("S204 K14", post(1, 12, 2), post(2, 20, 10), with_line=False)
    assert (answer.code, answer.places) == ("road_line_missing", ())


def test_one_number_on_two_roads_gives_both() -> None:
    answer = locate("S204 K12", post(1, 12, 2), post(2, 12, 25), post(3, 12, 2.05))
    assert answer.code == "post"
    assert len(answer.places) == 2


def test_a_county_s_drawn_roads_are_lines_too() -> None:
    pieces = {
        "南茅公路": [tuple(Wgs84(lon=x, lat=y) for x, y in NODES[i : i + 2]) for i in range(30)]
    }
    (line,) = RoadLines(pieces).of(["南茅公路"])
    assert len(line) == len(NODES)
