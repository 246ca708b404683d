"""The one search over everything that has a name.

`PlaceIndex.search` asks the ways of matching (`maps.search.matching`) from the certain to the
doubtful, and stops as soon as what was found is good enough: names as typed, by pinyin and
initials; then what a caller wraps around a name and where two names are said together ("the clinic
of Maocaojie"); then other characters of the same sound, near sounds, and typing slips. So a
resemblance is never offered beside the thing itself, and never without saying that it is one.

Nothing is decided here: namesakes are all offered, each with the town and the distance that tell
them apart, `total` says how many there are, and the dispatcher chooses (FEATURES N14).

The index is immutable; a change of units' positions makes no new one, because units move and the
fleet is small: whoever needs them found makes a small index of them beside this one.
"""

import re
from collections.abc import Iterable
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.limits import MAX_GAZETTEER_HITS, MAX_GAZETTEER_QUERY_CHARS
from maps.search.entries import SETTLEMENT_KINDS, Entry
from maps.search.globe import Nearest, distances_m, points_of
from maps.search.joined import Joiner
from maps.search.kilometre import KilometreAnswer, KilometrePosts, RoadLines
from maps.search.matching import MATCHES, Found, Matcher
from maps.search.ranking import Match, Ranking
from maps.search.spoken import (
    CATEGORIES,
    bare,
    other_numerals,
    read_kilometre,
    read_relations,
)
from maps.search.text import clean, folded, words_of

_GOOD_COST: Final = 1.5  # a whole name or its beginning, a word's: nothing doubtful is asked then
_WHOLE_SLIP_COST: Final = 3.9  # with slips, from the beginning of a name
_FIRST_LOOK: Final = 400  # enough for a list after namesakes of one place are put together
_HOUSE_NUMBER: Final = re.compile(r"\d+[a-z]?号?(?:楼|栋|院)?$|^\d+[a-z]?(?=\D)|^\d+$")
_CONTEXT_M: Final = 30_000.0  # a settlement farther off tells nobody where something is


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """The settlement nearest to a hit, by which namesakes are told apart."""

    name: str
    distance_m: int


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One place that may be meant, and why it is offered.

    ``name`` is the name that matched. ``slips``: typing errors forgiven. ``others``: entries of the
    same name at the same spot that are not listed again. ``distance_m``: from the hint. ``anchor``:
    the place it is near to, where two were named. Smaller ``score`` is better.
    """

    entry: Entry
    match: Match
    name: str
    score: float
    slips: int = 0
    others: int = 0
    distance_m: int | None = None
    context: Context | None = None
    anchor: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Hits, best first; ``total`` counts all there are. ``kilometre`` where one was said."""

    hits: tuple[Hit, ...]
    total: int
    kilometre: KilometreAnswer | None = None


class PlaceIndex:
    """Everything that can be found, ready to be asked; building takes seconds for 100,000."""

    def __init__(
        self,
        entries: Iterable[Entry],
        *,
        lines: RoadLines | None = None,
        ranking: Ranking | None = None,
    ) -> None:
        self.entries = tuple(entries)
        self._ranking = ranking or Ranking()
        self._posts = KilometrePosts(self.entries, lines)
        self._points = points_of([entry.place for entry in self.entries])
        self._matcher = Matcher(self.entries, self._ranking)
        self._joiner = Joiner(self.entries, self._points, self._matcher, self._ranking)
        self._names = [folded(entry.names[0]) if entry.names else "" for entry in self.entries]
        self._kinds = np.array([entry.kind for entry in self.entries], dtype=np.str_)
        self._rank = _standing(self.entries, self._ranking)
        self._nearest: dict[tuple[frozenset[str], frozenset[str]], Nearest] = {}

    def search(self, words: str, *, hint: Wgs84 | None = None, limit: int = 10) -> Answer:
        """Places for what was typed or said; ``hint`` is where the dispatcher looks.

        Words longer than MAX_GAZETTEER_QUERY_CHARS are cut, ``limit`` is held to
        1..MAX_GAZETTEER_HITS. Words that mean nothing find nothing.
        """
        words = clean(words[:MAX_GAZETTEER_QUERY_CHARS])
        limit = max(1, min(limit, MAX_GAZETTEER_HITS))
        said = read_kilometre(words)
        kilometre = self._posts.locate(said) if said is not None else None
        found, anchors = self._found(words, limit)
        hits, total = self._best(found, anchors, hint, limit)
        on_road = _kilometre_hits(kilometre)
        return Answer(
            hits=(*on_road, *hits)[:limit], total=total + len(on_road), kilometre=kilometre
        )

    def nearest(
        self,
        place: Wgs84,
        limit_m: float,
        *,
        only: frozenset[str] = frozenset(),
        without: frozenset[str] = frozenset(),
    ) -> Entry | None:
        """The nearest entry within ``limit_m`` metres, of some kinds only or without some."""
        if (only, without) not in self._nearest:
            kept = ~np.isin(self._kinds, list(without))
            if only:
                kept &= np.isin(self._kinds, list(only))
            self._nearest[only, without] = Nearest(self._points, np.flatnonzero(kept))
        found = self._nearest[only, without].find(place, limit_m)
        return self.entries[found[0]] if found else None

    def _found(self, words: str, limit: int) -> tuple[Found, dict[int, str]]:
        """All matches, and the anchor's name of those that were found beside one."""
        folded_words = words_of(words)
        matcher = self._matcher
        parts = [matcher.plain(folded_words), self._of_category(words)]
        anchors: dict[int, str] = {}
        shorter = words_of(bare(words))
        if not _is_good(parts) and shorter != folded_words:
            parts.append(matcher.plain(shorter))
        if not _is_good(parts):
            relations = read_relations(words)
            joined, anchors = self._joiner.find(folded_words, relations)
            alone = [words_of(one.anchor) for one in relations if not one.target]
            parts += [joined, *map(matcher.plain, alone)]
        if not _is_good(parts):
            parts += [matcher.plain(other) for other in other_numerals(shorter)]
            parts.append(self._road_only(shorter))
        for is_near in (False, True):
            if not _is_good(parts) and _count(parts) < limit:
                parts.append(matcher.sounds(shorter, is_near=is_near))
        if not _is_good(parts) and _count(parts) < limit:
            parts.append(matcher.slipped("".join(shorter)))
            if not _is_good(parts[-1:], _WHOLE_SLIP_COST):
                parts.append(matcher.loose_words(shorter))
        return Found.together(parts), anchors

    def _road_only(self, words: list[str]) -> Found:
        """The road of an address whose number is not known."""
        without = [rest for word in words if (rest := _HOUSE_NUMBER.sub("", word))]
        if without == words:
            return self._matcher.nothing()
        roads = self._matcher.plain(without)
        roads = roads.among(self._kinds[roads.entry] == "road")
        return roads.as_match("without_number", roads.cost * np.float32(0.3))

    def _of_category(self, words: str) -> Found:
        kinds = CATEGORIES.get(words.lower().strip(), ())
        if not kinds:
            return self._matcher.nothing()
        chosen = np.flatnonzero(np.isin(self._kinds, kinds)).astype(np.int32)
        return self._matcher.every(chosen, "category")

    def _best(
        self, found: Found, anchors: dict[int, str], hint: Wgs84 | None, limit: int
    ) -> tuple[list[Hit], int]:
        """The best matches in order, each entry once, entries of one name and spot together."""
        if not len(found.entry):
            return [], 0
        score = found.cost + self._rank[found.entry]
        if hint is not None:
            away_m = distances_m(self._points[found.entry], hint)
            score += self._ranking.far_penalty * away_m / (away_m + self._ranking.far_m)
        is_found = np.zeros(len(self.entries), dtype=np.bool_)
        is_found[found.entry] = True
        total = int(np.count_nonzero(is_found))
        order = _order(score, found.entry, _FIRST_LOOK)
        hits, others = self._each_once(found, order, limit)
        if len(hits) < min(limit, total) and len(order) < len(score):
            order = _order(score, found.entry, len(score))
            hits, others = self._each_once(found, order, limit)
        rows = [self._hit(found, row, float(score[row]), hint, anchors) for row in hits]
        put = [
            msgspec.structs.replace(hit, others=others[row])
            for row, hit in zip(hits, rows, strict=True)
        ]
        return put, total

    def _each_once(
        self, found: Found, order: NDArray[np.int64], limit: int
    ) -> tuple[list[int], dict[int, int]]:
        """Rows of the best match of each place, and how many entries were put with each."""
        others: dict[int, int] = {}
        namesakes: dict[str, list[tuple[Wgs84, int]]] = {}
        seen: set[int] = set()
        for row, number in zip(order.tolist(), found.entry[order].tolist(), strict=True):
            if number in seen:
                continue
            seen.add(number)
            place, name = self.entries[number].place, self._names[number]
            same = self._same(place, namesakes.get(name, []))
            if same is not None:
                others[same] += 1
            elif len(others) < limit:
                others[row] = 0
                namesakes.setdefault(name, []).append((place, row))
        return list(others), others

    def _same(self, place: Wgs84, taken: list[tuple[Wgs84, int]]) -> int | None:
        """The row already taken, of one name with this place, that is at the same spot."""
        near_m = self._ranking.same_place_m
        spots = (row for other, row in taken if haversine_m(place, other) <= near_m)
        return next(spots, None)

    def _hit(
        self, found: Found, row: int, score: float, hint: Wgs84 | None, anchors: dict[int, str]
    ) -> Hit:
        number = int(found.entry[row])
        entry = self.entries[number]
        name = self._matcher.name_of(int(found.key[row]), entry)
        away_m = None if hint is None else round(haversine_m(entry.place, hint))
        return Hit(
            entry=entry,
            match=MATCHES[int(found.match[row])],
            name=name,
            score=round(score, 4),
            slips=int(found.slips[row]),
            distance_m=away_m,
            context=self._context(entry),
            anchor=anchors.get(number, ""),
        )

    def _context(self, entry: Entry) -> Context | None:
        kinds = SETTLEMENT_KINDS - {"admin", "locality", entry.kind}
        near = self.nearest(entry.place, _CONTEXT_M, only=kinds)
        if near is None:
            return None
        return Context(name=near.names[0], distance_m=round(haversine_m(entry.place, near.place)))


def _standing(entries: tuple[Entry, ...], ranking: Ranking) -> NDArray[np.float32]:
    """What an entry's kind and importance add to every score of it."""
    kind = [ranking.kind_penalty.get(entry.kind, ranking.other_kind) for entry in entries]
    rank = [1.0 - entry.importance for entry in entries]
    both = np.array(kind) + ranking.importance_weight * np.array(rank)
    return both.astype(np.float32)


def _order(score: NDArray[np.float32], entry: NDArray[np.int32], most: int) -> NDArray[np.int64]:
    """The best rows in order; at a tie the entry listed first."""
    rows = np.arange(len(score))
    if len(score) > most:
        rows = np.sort(np.argpartition(score, most)[:most])
    return rows[np.lexsort((entry[rows], score[rows]))]


def _is_good(parts: list[Found], cost: float = _GOOD_COST) -> bool:
    return any(len(part.cost) and float(part.cost.min()) <= cost for part in parts)


def _count(parts: list[Found]) -> int:
    return len(np.unique(np.concatenate([part.entry for part in parts])))


def _kilometre_hits(answer: KilometreAnswer | None) -> list[Hit]:
    if answer is None:
        return []
    name = f"{answer.road} K{answer.km:g}"
    return [
        Hit(
            entry=Entry(
                id=f"kilometre:{answer.road}:{answer.km:g}:{number}",
                kind="kilometre_post" if answer.code == "post" else "kilometre_point",
                names=(name,),
                place=place,
                extra={"direction": answer.direction, "posts_km": list(answer.posts_km)},
            ),
            match="kilometre",
            name=name,
            score=0.0,
        )
        for number, place in enumerate(answer.places)
    ]
