"""The one search: every way of typing a name, the order of hits, and what is never hidden."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from maps.coordinates import Wgs84
from maps.limits import MAX_GAZETTEER_HITS
from maps.search.entries import Entry, map_entries, named_entry
from maps.search.index import Answer, PlaceIndex
from maps.search.pinyin import NUMBER, near, parses, phrase_sounds, readings_of
from maps.search.slips import allowed
from maps.search.text import folded, words_of
from tests.support.places import ROWS, row


@pytest.fixture(scope="module")
def index() -> PlaceIndex:
    return PlaceIndex(map_entries(ROWS))


def first(answer: Answer) -> tuple[str, str]:
    assert answer.hits, "nothing found"
    return answer.hits[0].entry.names[0], answer.hits[0].match


@pytest.mark.parametrize(
    ("words", "name", "match"),
    [
        ("南县", "南县", "exact"),
        ("茅草街", "茅草街镇", "prefix"),
        ("hopkins", "Johns Hopkins Hospital", "word"),
        ("草街镇中心", "茅草街镇中心卫生院", "inside"),
        ("hospital johns", "Johns Hopkins Hospital", "words"),
        ("nanxian", "南县", "pinyin"),
        ("nan xian", "南县", "pinyin"),
        ("NANXIAN", "南县", "pinyin"),
        ("nx", "南县", "initials"),
        ("mcjz", "茅草街镇", "initials"),
        ("zhh", "Dürnstein", None),
        ("南xian", "南县", "mixed"),
        ("nan县", "南县", "mixed"),
        ("nxian", "南县", "mixed"),
        ("茅caoj", "茅草街镇", "mixed"),
        ("毛草街", "茅草街镇", "sounds_like"),
        ("和花嘴", "荷花嘴村", "sounds_like"),
        ("兰县人民医院", "南县人民医院", "fuzzy_sound"),
        ("fage zhen", "华阁镇", "fuzzy_sound"),
        ("huarongxian", "华容县人民医院", "pinyin"),
        ("maocoajie", "茅草街镇", "slip"),
        ("maocaoje", "茅草街镇", "slip"),
        ("jonhs hopkins", "Johns Hopkins Hospital", "slip"),
        ("johns hopkns hospitla", "Johns Hopkins Hospital", "slip"),
        ("華閣鎮", "华阁镇", "exact"),
        ("chongqinglu", "重庆路街道", "pinyin"),
        ("zhongqinglu", "重庆路街道", "pinyin"),
        ("luan", "六安", "pinyin"),
        ("lu'an", "六安", "pinyin"),
        ("Durnstein", "Dürnstein", "exact"),
        ("Duernstein", "Dürnstein", "exact"),
        ("DÜRNSTEIN", "Dürnstein", "exact"),
        ("hameentie", "Hämeentie", "exact"),
        ("明山头 耕余堂", "耕余堂村", "with_town"),
        ("明山头耕余堂", "耕余堂村", "with_town"),
        ("mingshantou gengyutang", "耕余堂村", "with_town"),
        ("人民路12号", "人民路12号", "exact"),
        ("人民路99号", "人民路", "without_number"),
        ("一号楼", "1号楼", "exact"),
    ],
)
def test_a_name_is_found_as_it_is_typed(
    index: PlaceIndex, words: str, name: str, match: str | None
) -> None:
    answer = index.search(words)
    if match is None:
        assert name not in [hit.entry.names[0] for hit in answer.hits]
        return
    assert first(answer) == (name, match)


@pytest.mark.parametrize("words", ["", "  ", "!?", "北京", "x" * 100_000, "的", "zzzzzz", "\x00"])
def test_what_means_nothing_finds_nothing(index: PlaceIndex, words: str) -> None:
    assert index.search(words).hits == ()


def test_every_namesake_is_offered_with_what_tells_it_apart(index: PlaceIndex) -> None:
    answer = index.search("人民医院", hint=Wgs84(lon=112.4, lat=29.36))
    hospitals = [hit for hit in answer.hits if hit.entry.kind == "hospital"]
    assert [hit.entry.names[0] for hit in hospitals] == [
        "南县人民医院",
        "华容县人民医院",
        "沅江市人民医院",
    ]
    assert hospitals[0].distance_m is not None
    assert hospitals[0].distance_m < 200
    assert [hit.context.name for hit in hospitals if hit.context] == [
        "南县",
        "南县",
        "茅草街镇",
    ]
    assert answer.total >= 3


def test_the_hint_decides_between_equals(index: PlaceIndex) -> None:
    near_huarong = index.search("人民医院", hint=Wgs84(lon=112.55, lat=29.52))
    assert first(near_huarong)[0] == "华容县人民医院"


def test_a_far_exact_name_stands_before_a_near_resemblance(index: PlaceIndex) -> None:
    answer = index.search("Dürnstein", hint=Wgs84(lon=112.4, lat=29.36))
    assert first(answer) == ("Dürnstein", "exact")


def test_a_resemblance_is_not_offered_beside_the_thing_itself(index: PlaceIndex) -> None:
    assert [hit.entry.names[0] for hit in index.search("1号楼").hits] == ["1号楼"]


def test_no_number_is_a_slip(index: PlaceIndex) -> None:
    assert "6号楼" not in [hit.entry.names[0] for hit in index.search("7号楼").hits]
    assert "人民路12号" not in [hit.entry.names[0] for hit in index.search("人民路13号").hits]


def test_the_number_of_slips_is_told(index: PlaceIndex) -> None:
    one = index.search("Durnstien").hits[0]
    assert (one.match, one.slips) == ("slip", 1)
    two = index.search("Johns Hopknis Hospitl").hits[0]
    assert (two.match, two.slips) == ("slip", 2)


def test_one_thing_in_two_sources_is_listed_once() -> None:
    place = Wgs84(lon=112.4, lat=29.36)
    entries = [
        named_entry("facility", "H1", ["南县人民医院"], place),
        *map_entries([row(1, "hospital", "南县人民医院", 112.4002, 29.3601)]),
        *map_entries([row(2, "hospital", "南县人民医院", 112.5, 29.5)]),
    ]
    hits = PlaceIndex(entries).search("南县人民医院").hits
    assert [(hit.entry.id, hit.others) for hit in hits] == [("facility:H1", 1), ("n2", 0)]


def test_stations_and_units_are_in_the_same_search() -> None:
    place = Wgs84(lon=112.4, lat=29.36)
    entries = [
        named_entry("station", "S1", ["人民医院站", "People's Hospital"], place),
        named_entry("unit", "N01", ["南急01"], place),
    ]
    index = PlaceIndex(entries)
    assert index.search("nanji01").hits[0].entry.source == "unit"
    assert index.search("peoples hospital").hits[0].entry.id == "station:S1"


def test_the_count_is_of_all_and_the_list_is_held() -> None:
    rows = [row(i, "village", f"第{i}生产队", 112 + i * 0.01, 29) for i in range(60)]
    answer = PlaceIndex(map_entries(rows)).search("生产队", limit=999)
    assert (len(answer.hits), answer.total) == (MAX_GAZETTEER_HITS, 60)
    assert len(PlaceIndex(map_entries(rows)).search("生产队", limit=0).hits) == 1


def test_the_empty_index_answers() -> None:
    answer = PlaceIndex([]).search("人民医院 near 12公里")
    assert (answer.hits, answer.total) == ((), 0)
    assert PlaceIndex([]).nearest(Wgs84(lon=1.0, lat=1.0), 1e9) is None


@pytest.mark.parametrize(
    "wrong",
    [{"lon": 200.0}, {"lat": "x"}, {"names": 3}, {"kind": None, "lon": None}],
)
def test_a_row_that_is_no_place_is_refused_with_its_id(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadPayload, match="n7"):
        list(map_entries([row(7, "village", "耕余堂村", 112.0, 29.0) | wrong]))


def test_a_row_without_a_name_is_left_out_but_for_a_post() -> None:
    post = row(2, "kilometre_post", [], 112.0, 29.0, extra={"km": 12.0, "refs": ["S204"]})
    found = list(map_entries([row(1, "village", ["  "], 112.0, 29.0), post]))
    assert [entry.names for entry in found] == [("S204 K12",)]


def test_all_readings_of_a_character_count() -> None:
    assert {NUMBER["zhong"], NUMBER["chong"]} <= set(readings_of("重"))
    assert phrase_sounds("重庆") == (NUMBER["chong"], NUMBER["qing"])
    assert readings_of("a") == ()


def test_near_sounds_are_mutual_and_few() -> None:
    for name, number in NUMBER.items():
        assert number in near(number)
        assert all(number in near(other) for other in near(number)), name
        assert len(near(number)) <= 12
    assert NUMBER["lang"] in near(NUMBER["nan"])
    assert NUMBER["fu"] in near(NUMBER["hu"])
    assert NUMBER["nan"] not in near(NUMBER["min"])


def test_a_row_of_letters_has_several_readings() -> None:
    shapes = [len(parse.tokens) for parse in parses(["xian"])]
    assert shapes[:2] == [1, 2]  # 县 and 西安
    assert parses(["nan", "xian"])[0].style == "pinyin"
    assert all(len(parse.tokens) > 1 for parse in parses(["xi", "an"]))  # a space ends a syllable
    assert parses(["南县"]) == []


def test_folding_forgets_what_typing_forgets() -> None:
    assert folded("Šumná–Łódź (Ostrava)") == "sumnalodzostrava"
    assert folded("Straße") == folded("strasse")
    assert words_of("Ｋｒｅｍｓ an der Donau") == ["krems", "an", "der", "donau"]
    assert folded("橋頭鎮") == "桥头镇"


def plain_distance(query: str, text: str) -> int:
    """Optimal string alignment of the query and the nearest beginning of a text; textbook."""
    table = [
        [i + j if i * j == 0 else 0 for j in range(len(text) + 1)] for i in range(len(query) + 1)
    ]
    for i in range(1, len(query) + 1):
        for j in range(1, len(text) + 1):
            table[i][j] = min(
                table[i - 1][j] + 1,
                table[i][j - 1] + 1,
                table[i - 1][j - 1] + (query[i - 1] != text[j - 1]),
            )
            if i > 1 and j > 1 and query[i - 1] == text[j - 2] and query[i - 2] == text[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return min(table[-1])


NAMES = ["kirchengasse", "hauptstrasse", "bahnhofplatz", "wienertor", "steinertor", "donaulaende"]
LATIN = PlaceIndex([
    Entry(id=name, kind="road", names=(name,), place=Wgs84(lon=15.6, lat=48.4)) for name in NAMES
])  # fmt: skip


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    st.sampled_from(NAMES),
    st.lists(
        st.tuples(st.integers(0, 11), st.sampled_from("dirs"), st.sampled_from("aeiknrst")),
        min_size=1,
        max_size=2,
    ),
)
def test_slips_agree_with_the_plain_distance(name: str, edits: list[tuple[int, str, str]]) -> None:
    typed = name
    for place, edit, letter in edits:
        at = min(place, len(typed) - 1)
        if edit == "d":
            typed = typed[:at] + typed[at + 1 :]
        elif edit == "i":
            typed = typed[:at] + letter + typed[at:]
        elif edit == "r":
            typed = typed[:at] + letter + typed[at + 1 :]
        else:
            typed = typed[:at] + typed[at : at + 2][::-1] + typed[at + 2 :]
    hits = [hit for hit in LATIN.search(typed).hits if hit.match == "slip"]
    for hit in hits:
        assert hit.slips == plain_distance(typed, hit.entry.id) <= allowed(typed)
    if plain_distance(typed, name) == 1:
        assert name in [hit.entry.id for hit in LATIN.search(typed).hits]


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_no_words_break_the_search(words: str) -> None:
    answer = LATIN.search(words, hint=Wgs84(lon=15.6, lat=48.4))
    assert len(answer.hits) <= answer.total
