"""Every way in which a query can match names, each as columns: which entry, how, at what cost.

One function a way. Whether a way is asked at all, and what is done with what it finds, is for
`maps.search.index`; what a match costs stands in `maps.search.ranking`.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from maps.search.columns import Columns, Places
from maps.search.entries import Entry
from maps.search.pinyin import Parse, as_text, mask, parses, sounds_like, widened
from maps.search.ranking import COST, Match, Ranking
from maps.search.slips import Slipped, Slips
from maps.search.spoken import ABBREVIATIONS
from maps.search.text import is_han, spellings

MATCHES: Final[tuple[Match, ...]] = get_args(Match)
_COSTS: Final = np.array([COST[match] for match in MATCHES], dtype=np.float32)
_WHOLE, _START, _WORD, _INSIDE = range(4)
_BY_PART: Final[tuple[Match, ...]] = ("exact", "prefix", "word", "inside")
_INSIDE_FROM_LETTERS: Final = 3  # two letters are inside every third word
_INSIDE_FROM_INITIALS: Final = 3
_INSIDE_FROM_SOUNDS: Final = 3  # two syllables sound like the middle of some name by chance
_NUMBERS: Final = re.compile(r"\d+|[零一二三四五六七八九十百千]+")


class Found(NamedTuple):
    """Matches, one a row: entry, key, place in MATCHES, slips, cost; an entry can come again."""

    entry: NDArray[np.int32]
    key: NDArray[np.int64]
    match: NDArray[np.int8]
    slips: NDArray[np.int8]
    cost: NDArray[np.float32]

    def among(self, chosen: NDArray[np.bool_]) -> "Found":
        """The chosen rows."""
        return Found(
            entry=self.entry[chosen],
            key=self.key[chosen],
            match=self.match[chosen],
            slips=self.slips[chosen],
            cost=self.cost[chosen],
        )

    def as_match(self, match: Match, extra: NDArray[np.float32]) -> "Found":
        """The same rows as another way of matching: its cost by part is lost, ``extra`` added."""
        cost = _COSTS[MATCHES.index(match), _START] + extra
        code = np.full(len(self.entry), MATCHES.index(match), dtype=np.int8)
        return self._replace(match=code, cost=cost.astype(np.float32))

    @staticmethod
    def together(parts: Iterable["Found"]) -> "Found":
        """All rows of all parts."""
        rows = list(parts)
        return Found(
            entry=np.concatenate([part.entry for part in rows]),
            key=np.concatenate([part.key for part in rows]),
            match=np.concatenate([part.match for part in rows]),
            slips=np.concatenate([part.slips for part in rows]),
            cost=np.concatenate([part.cost for part in rows]),
        )


class Matcher:
    """The ways of matching, over the names of some entries."""

    def __init__(self, entries: Sequence[Entry], ranking: Ranking) -> None:
        self._ranking = ranking
        self.columns = Columns(_keys(entries))
        self._slips = Slips(self.columns)

    def nothing(self) -> Found:
        """No match."""
        return self._found(np.empty(0, dtype=np.int64), 1, None)

    def plain(self, words: list[str]) -> Found:
        """By letters and characters, by all words in any order, and by pinyin and initials."""
        query = "".join(words)
        parts = [self._text(query)] if query else []
        if len(words) > 1:
            parts.append(self._all_words(words))
        parts += [self._parsed(parse) for parse in parses(words)]
        return Found.together([self.nothing(), *parts])

    def text(self, query: str) -> Found:
        """By letters and characters only."""
        return self._text(query) if query else self.nothing()

    def sounds(self, words: list[str], *, is_near: bool) -> Found:
        """By other characters of the same sound, or of one easily taken for it."""
        match: Match = "fuzzy_sound" if is_near else "sounds_like"
        parse = sounds_like("".join(words), is_near=is_near)
        if parse is not None:
            places = self.columns.find(parse.tokens)
            if len(parse.tokens) < _INSIDE_FROM_SOUNDS:
                places = places[self.columns.is_word_start[places]]
            return self._found(places, len(parse.tokens), match)
        if not is_near:
            return self.nothing()
        wide = [widened(one) for one in parses(words) if one.style == "pinyin"]
        found = [self._found(self.columns.find(p.tokens), len(p.tokens), match) for p in wide]
        return Found.together([self.nothing(), *found])

    def loose_words(self, words: list[str]) -> Found:
        """Each word in any order, abbreviated or with slips; of three and more one may be missing.

        Numbers are not forgiven: a wrong house number is another house.
        """
        if len(words) < 2:
            return self.nothing()
        matched = np.zeros(len(self.columns.entry), dtype=np.int8)
        slipped = np.zeros(len(self.columns.entry), dtype=np.int8)
        for word in words:
            exact, near = self._keys_with(word)
            matched[exact] += 1
            only_near = np.setdiff1d(near, exact)
            matched[only_near] += 1
            slipped[only_near] += 1
        keys = np.flatnonzero(matched >= len(words) - (len(words) > 2))
        is_all = matched[keys] == len(words)
        codes = np.where(is_all, MATCHES.index("slip"), MATCHES.index("some_words"))
        longer = self._longer(keys, sum(map(len, words)))
        cost = _COSTS[codes, _WORD] + longer + self._ranking.second_slip * (slipped[keys] > 1)
        entry = self.columns.entry[keys]
        return Found(entry, keys, codes.astype(np.int8), slipped[keys], cost.astype(np.float32))

    def slipped(self, query: str) -> Found:
        """With one or two typing errors, none of them in a number."""
        near = self._slips.find(query)
        key = self.columns.key_of(near.places)
        if _NUMBERS.search(query):
            kept = self._same_numbers(query, key)
            near = Slipped(near.places[kept], near.slips[kept], near.is_whole[kept])
            key = key[kept]
        at_start = self.columns.start[key] == near.places
        part = np.where(at_start & near.is_whole, _WHOLE, np.where(at_start, _START, _WORD))
        code = MATCHES.index("slip")
        cost = _COSTS[code, part] + self._ranking.second_slip * (near.slips > 1)
        match = np.full(len(key), code, dtype=np.int8)
        cost = (cost + self._longer(key, len(query))).astype(np.float32)
        return Found(self.columns.entry[key], key, match, near.slips, cost)

    def every(self, entries: NDArray[np.int32], match: Match) -> Found:
        """These entries, ascending, matched in this way whatever their names."""
        key = np.searchsorted(self.columns.entry, entries)
        has_key = self.columns.entry[np.minimum(key, len(self.columns.entry) - 1)] == entries
        entries, key = entries[has_key], key[has_key]
        code = np.full(len(entries), MATCHES.index(match), dtype=np.int8)
        cost = np.full(len(entries), _COSTS[MATCHES.index(match), _WHOLE], dtype=np.float32)
        return Found(entries, key, code, np.zeros(len(entries), dtype=np.int8), cost)

    def name_of(self, key: int, entry: Entry) -> str:
        """The name of the entry that a key is a spelling of."""
        first = int(np.searchsorted(self.columns.entry, self.columns.entry[key]))
        names = [name for name in entry.names for _ in spellings(name)]
        return names[key - first]

    def _text(self, query: str) -> Found:
        places = self.columns.find(as_text(query).tokens)
        if len(query) < _INSIDE_FROM_LETTERS and not any(map(is_han, query)):
            places = places[self.columns.is_word_start[places]]
        return self._found(places, len(query), None)

    def _all_words(self, words: list[str]) -> Found:
        """Entries of which one name holds every word, Latin ones at the beginning of a word."""
        keys: Places | None = None
        for word in words:
            places = self.columns.find(as_text(word).tokens)
            if not any(map(is_han, word)):
                places = places[self.columns.is_word_start[places]]
            here = np.unique(self.columns.key_of(places))
            keys = here if keys is None else np.intersect1d(keys, here, assume_unique=True)
        at = self.columns.start[keys if keys is not None else np.empty(0, dtype=np.int64)]
        return self._found(at, sum(map(len, words)), "words")

    def _keys_with(self, word: str) -> tuple[Places, Places]:
        """Keys with a word that begins so, and keys with one that does with slips."""
        exact = []
        for spelling in {word, ABBREVIATIONS.get(word, word)}:
            places = self.columns.find(as_text(spelling).tokens)
            exact.append(self.columns.key_of(places[self.columns.is_word_start[places]]))
        found = np.unique(np.concatenate(exact))
        if len(found):  # a word that exists is not misspelt
            return found, found
        near = self._slips.find(word)
        near_keys = self.columns.key_of(near.places[self.columns.is_word_start[near.places]])
        return found, np.unique(near_keys)

    def _same_numbers(self, query: str, keys: Places) -> NDArray[np.bool_]:
        """Which keys have the query's numbers, and no others unless beyond it."""
        wanted = _NUMBERS.findall(query)
        texts = map(self.columns.text_of, keys.tolist())
        same = [_NUMBERS.findall(text)[: len(wanted)] == wanted for text in texts]
        return np.array(same, dtype=np.bool_)

    def _parsed(self, parse: Parse) -> Found:
        places = self.columns.find(parse.tokens)
        count = len(parse.tokens)
        if parse.style == "initials" and count < _INSIDE_FROM_INITIALS:
            places = places[self.columns.is_word_start[places]]
        match: Match = "inside" if parse.style == "text" else parse.style
        is_whole: NDArray[np.bool_] | None = None
        if parse.last:
            last = self.columns.sounds[places + count - 1]
            is_whole = np.any(mask(parse.last)[last], axis=1)
        elif parse.style == "pinyin":
            is_whole = np.zeros(len(places), dtype=np.bool_)
        return self._found(places, count, match, is_whole)

    def _found(
        self,
        places: Places,
        count: int,
        match: Match | None,
        is_whole: NDArray[np.bool_] | None = None,
    ) -> Found:
        """Places where ``count`` characters fit, as matches; None: by letters, the part names it.

        ``is_whole`` False: the last character fits only with its beginning.
        """
        columns = self.columns
        key = columns.key_of(places)
        at_start = columns.start[key] == places if len(places) else np.zeros(0, dtype=np.bool_)
        whole = at_start & (columns.length[key] == count)
        if is_whole is not None:
            whole &= is_whole
        part = np.where(columns.is_word_start[places], _WORD, _INSIDE)
        part = np.where(whole, _WHOLE, np.where(at_start, _START, part))
        if match is None:
            codes = np.array([MATCHES.index(one) for one in _BY_PART], dtype=np.int8)[part]
        else:
            codes = np.full(len(places), MATCHES.index(match), dtype=np.int8)
        cost = (_COSTS[codes, part] + self._longer(key, count)).astype(np.float32)
        slips = np.zeros(len(places), dtype=np.int8)
        return Found(columns.entry[key], key, codes, slips, cost)

    def _longer(self, key: Places, count: int) -> NDArray[np.float64]:
        most = self._ranking.longer_most
        more = np.clip(self.columns.length[key] - count, 0, most).astype(np.float64)
        return more * self._ranking.longer_penalty


def _keys(entries: Sequence[Entry]) -> Iterable[tuple[int, list[str]]]:
    for number, entry in enumerate(entries):
        for name in entry.names:
            for words in spellings(name):
                yield number, words
