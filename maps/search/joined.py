"""Two names said together: "明山头 耕余堂", "茅草街那边的卫生院", "the school in Loiben".

One of them, the anchor, says where; the other what. What belongs to the anchor's town or lies near
it is found, the nearer the better; the distance is between the two places, so that nothing is found
"near" merely because both are in the county. Where the words say no relation, they are split at
every place where the first half is a settlement's name.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maps.limits import MAX_ANCHORS
from maps.search.entries import SETTLEMENT_KINDS, Entry
from maps.search.globe import Points, distances_m
from maps.search.matching import Found, Matcher
from maps.search.ranking import Ranking
from maps.search.spoken import CATEGORIES, Relation
from maps.search.text import folded, is_han, words_of

_ANCHOR_COST: Final = 1.35  # the anchor's whole name or its beginning, as typed or by pinyin
_LANDMARK_COST: Final = 2.35  # also a part of the name: 人民医院 for 南县人民医院
_SHORTEST: Final = 2  # characters; one alone is in every name
_SPLITS: Final = 12

Joined = tuple[Found, dict[int, str]]
_Asked = dict[tuple[str, ...], Found]


class Joiner:
    """Pairs of names over one index."""

    def __init__(
        self, entries: Sequence[Entry], points: Points, matcher: Matcher, ranking: Ranking
    ) -> None:
        self._entries = entries
        self._points = points
        self._matcher = matcher
        self._ranking = ranking
        self._kinds = np.array([entry.kind for entry in entries], dtype=np.str_)
        self._is_settlement = np.isin(self._kinds, list(SETTLEMENT_KINDS))
        towns = sorted({folded(entry.town) for entry in entries} - {""})
        self._town_number = {town: number for number, town in enumerate(towns, start=1)}
        numbers = [self._town_number.get(folded(entry.town), 0) for entry in entries]
        self._town = np.array(numbers, dtype=np.int32)

    def find(self, words: list[str], relations: Sequence[Relation]) -> Joined:
        """What the words mean as two names, and each entry's anchor; as said first, else split."""
        asked: _Asked = {}  # each half is asked as anchor and as target
        for relation in relations:
            anchor, target = words_of(relation.anchor), words_of(relation.target)
            if not target:
                continue
            found = self._pair(anchor, target, asked, is_said=True)
            if len(found[0].entry):
                return found
        parts = [self._pair(a, b, asked, is_said=False) for a, b in _splits(words)]
        together = Found.together([self._matcher.nothing(), *(found for found, _ in parts)])
        names: dict[int, str] = {}
        for _, anchors in reversed(parts):
            names |= anchors
        return together, names

    def _pair(
        self, anchor: list[str], target: list[str], asked: _Asked, *, is_said: bool
    ) -> Joined:
        """``is_said``: a relation was said; where no town is meant the anchor may be anything."""
        places = self._anchors(self._plain(anchor, asked), is_said=is_said)
        if not len(places):
            return self._matcher.nothing(), {}
        what = Found.together([self._plain(target, asked), self._of_category(target)])
        what = what.among(~np.isin(what.entry, places))
        if not len(what.entry):
            return what, {}
        nearest_m, by_anchor = self._distances(what.entry, places)
        in_town = self._in_town(what.entry, places)
        is_near = nearest_m <= self._ranking.near_m
        share = (np.minimum(nearest_m, self._ranking.near_m) / self._ranking.near_m) * 0.6
        extra = (what.cost * 0.2 + share).astype(np.float32)
        beside = what.as_match("near", extra).among(is_near & ~in_town)
        inside = what.as_match("with_town", what.cost * np.float32(0.2)).among(in_town)
        names: dict[int, str] = {}
        for row in np.flatnonzero(in_town | is_near).tolist():
            entry = int(what.entry[row])
            beside_name = self._entries[int(places[by_anchor[row]])].names[0]
            names[entry] = self._entries[entry].town if in_town[row] else beside_name
        return Found.together([inside, beside]), names

    def _plain(self, words: list[str], asked: _Asked) -> Found:
        key = tuple(words)
        if key not in asked:
            asked[key] = self._matcher.plain(words)
        return asked[key]

    def _anchors(self, found: Found, *, is_said: bool) -> NDArray[np.int32]:
        chosen = (found.cost <= _ANCHOR_COST) & self._is_settlement[found.entry]
        if is_said and not chosen.any():
            chosen = found.cost <= _LANDMARK_COST
        found = found.among(chosen)
        order = np.lexsort((found.entry, found.cost, ~self._is_settlement[found.entry]))
        first = dict.fromkeys(found.entry[order].tolist())
        return np.array(list(first)[:MAX_ANCHORS], dtype=np.int32)

    def _distances(
        self, entries: NDArray[np.int32], anchors: NDArray[np.int32]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Metres to the nearest anchor, and which it is."""
        points = self._points[entries]
        rows = [distances_m(points, self._entries[int(one)].place) for one in anchors]
        table = np.stack(rows)
        return table.min(axis=0), table.argmin(axis=0)

    def _in_town(self, entries: NDArray[np.int32], anchors: NDArray[np.int32]) -> NDArray[np.bool_]:
        names = (folded(self._entries[int(one)].names[0]) for one in anchors)
        towns = [self._town_number[name] for name in names if name in self._town_number]
        return np.isin(self._town[entries], towns)

    def _of_category(self, target: list[str]) -> Found:
        kinds = CATEGORIES.get(" ".join(target), ())
        chosen = np.flatnonzero(np.isin(self._kinds, kinds)) if kinds else np.empty(0)
        return self._matcher.every(chosen.astype(np.int32), "category")


def _splits(words: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Two halves: at each space, either half first; of Chinese in one piece, at each character."""
    for cut in range(1, min(len(words), _SPLITS)):
        yield words[:cut], words[cut:]
        yield words[cut:], words[:cut]
    query = "".join(words)
    if len(words) != 1 or not all(map(is_han, query)):
        return
    cuts = range(len(query) - _SHORTEST, _SHORTEST - 1, -1)
    for cut in list(cuts)[:_SPLITS]:
        yield [query[:cut]], [query[cut:]]
