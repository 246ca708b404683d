"""Every code of the search and of a position has words on the console, Chinese and English."""

import re
from pathlib import Path
from typing import get_args

import pytest

from maps.geography import PlaceKind
from maps.osm.kinds import IMPORTANCE
from maps.search.entries import Source
from maps.search.index import PlaceIndex
from maps.search.kilometre import Code
from maps.search.ranking import DOUBTFUL, Match
from maps.search.reverse import Direction, PhraseCode

WORDS = Path(__file__).parents[3] / "frontend" / "src" / "i18n" / "console_places.ts"
MADE_BY_THE_INDEX = {"kilometre_post", "kilometre_point"}
KINDS = {*IMPORTANCE, *get_args(PlaceKind), "town", "station", *MADE_BY_THE_INDEX}


def keys() -> tuple[set[str], set[str]]:
    """The keys of the Chinese and of the English list."""
    chinese, english = WORDS.read_text("utf-8").split("const en", 1)
    found = [set(re.findall(r"^  (\w+):", part, re.MULTILINE)) for part in (chinese, english)]
    return found[0], found[1]


@pytest.mark.parametrize(
    ("area", "codes"),
    [
        ("match", set(get_args(Match))),
        ("kind", KINDS),
        ("km", set(get_args(Code))),
        ("where", set(get_args(PhraseCode))),
        ("dir", set(get_args(Direction))),
    ],
)
def test_every_code_has_words(area: str, codes: set[str]) -> None:
    for known in keys():
        assert {f"{area}_{code}" for code in codes} - known == set()


def test_what_resembles_only_is_never_the_name_itself() -> None:
    assert set(get_args(Match)) >= DOUBTFUL
    assert not DOUBTFUL & {"exact", "prefix", "word", "inside", "words", "pinyin", "kilometre"}


def test_a_facility_of_the_map_is_credited_to_the_map() -> None:
    from maps.gazetteer import place_index

    row = {"id": "n8", "name": "东堤诊所", "names": ["东堤诊所"], "kind": "clinic",
           "lon": 112.402, "lat": 29.301}  # fmt: skip
    index: PlaceIndex = place_index(None, facilities=[row])
    (hit,) = index.search("东堤诊所").hits
    assert hit.entry.source == "map"
    assert hit.entry.source in get_args(Source)
