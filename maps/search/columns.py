"""Every name of the index in columns, and looking for a row of tokens in them.

All names stand one after the other, character by character, a zero between two of them. Beside each
character stand the sounds it can have. A query is a row of tokens, one for each character
(`maps.search.pinyin`); it is looked for by taking the token with the fewest places in the text and
striking out the places where the others do not fit. That is a few array operations whatever the
tokens are: characters, syllables, initials, near sounds or a mixture, so one search serves them
all, and no name has to be written in every way it could be typed.

A key is one spelling of one name of one entry. Not here: what the tokens mean, which hit is better.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maps.limits import MAX_GAZETTEER_QUERY_CHARS, MAX_READINGS
from maps.search.pinyin import Token, mask, phrase_sounds, readings_of
from maps.search.text import is_han

Codes = NDArray[np.int32]
Places = NDArray[np.int64]
Sounds = NDArray[np.uint16]

_PAD: Final = MAX_GAZETTEER_QUERY_CHARS + 1  # zeros at both ends: no token reaches beyond the array


class Columns:
    """The names of an index. ``keys`` gives, for each key, its entry's number and its words."""

    def __init__(self, keys: Iterable[tuple[int, Sequence[str]]]) -> None:
        entries: list[int] = []
        starts: list[int] = []
        words_at: list[int] = []
        pieces: list[str] = ["\0" * _PAD]
        at = _PAD
        for entry, words in keys:
            entries.append(entry)
            starts.append(at)
            for word in words:
                words_at.append(at)
                pieces.append(word)
                at += len(word)
            pieces.append("\0")
            at += 1
        pieces.append("\0" * _PAD)
        text = "".join(pieces)
        self.codes: Codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.int32)
        self.entry = np.array(entries, dtype=np.int32)  # (k,)
        self.start = np.array(starts, dtype=np.int64)  # (k,)
        after = np.append(self.start[1:], at) - 1
        self.length = (after - self.start).astype(np.int32)  # (k,)
        self.is_word_start = np.zeros(len(self.codes), dtype=np.bool_)
        self.is_word_start[words_at] = True
        self.sounds = _sounds(self.codes)  # (p, MAX_READINGS)
        self._by_code = _Postings(self.codes[:, None])
        self._by_sound = _Postings(self.sounds)

    def find(self, tokens: Sequence[Token]) -> Places:
        """Where a row of tokens stands, as places of its first character, ascending."""
        if not tokens or len(tokens) > MAX_GAZETTEER_QUERY_CHARS:
            return np.empty(0, dtype=np.int64)
        order = sorted(range(len(tokens)), key=lambda i: self._count(tokens[i]))
        first = order[0]
        places = self._places(tokens[first]) - first
        for i in order[1:]:
            if not len(places):
                break
            places = places[self._fits(tokens[i], places + i)]
        if not tokens[first].sounds:
            return places
        return each_once(places)  # a character with two sounds that both fit came twice

    def key_of(self, places: Places) -> Places:
        """The key in which each place lies."""
        return np.searchsorted(self.start, places, side="right") - 1

    def text_of(self, key: int) -> str:
        """The characters of a key."""
        start = int(self.start[key])
        return "".join(map(chr, self.codes[start : start + int(self.length[key])].tolist()))

    def _count(self, token: Token) -> int:
        return self._by_code.count((token.code,)) + self._by_sound.count(token.sounds)

    def _places(self, token: Token) -> Places:
        return np.concatenate(
            (self._by_code.places((token.code,)), self._by_sound.places(token.sounds))
        )

    def _fits(self, token: Token, places: Places) -> NDArray[np.bool_]:
        fits = np.zeros(len(places), dtype=np.bool_)
        if token.code:
            fits |= self.codes[places] == token.code
        if token.sounds:
            wanted = mask(token.sounds)
            fits |= wanted[self.sounds[places]].any(axis=1)
        return fits


def each_once(places: Places) -> Places:
    """The places ascending, each once."""
    ascending = np.sort(places)
    is_new = np.ones(len(ascending), dtype=np.bool_)
    is_new[1:] = ascending[1:] != ascending[:-1]
    return ascending[is_new]


class _Postings:
    """For each value of a column, the places that have it; value 0 has none."""

    def __init__(self, columns: NDArray[np.int32] | Sounds) -> None:
        rows, places_in_row = np.nonzero(columns)
        values = columns[rows, places_in_row]
        order = np.argsort(values, kind="stable")
        self._places = rows[order]
        found, first = np.unique(values[order], return_index=True)
        ends = np.append(first, len(order))[1:]
        self._range = {
            int(value): (int(a), int(b)) for value, a, b in zip(found, first, ends, strict=True)
        }

    def count(self, values: Iterable[int]) -> int:
        """How many places have one of the values."""
        return sum(b - a for a, b in map(self._of, values))

    def places(self, values: Iterable[int]) -> Places:
        """The places that have one of the values, in no order."""
        parts = [self._places[a:b] for a, b in map(self._of, values) if b > a]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def _of(self, value: int) -> tuple[int, int]:
        return self._range.get(value, (0, 0))


def _sounds(codes: Codes) -> Sounds:
    """The sounds of each character: what the pair it stands in says first, then its own."""
    found, inverse = np.unique(codes, return_inverse=True)
    table = np.zeros((len(found), MAX_READINGS), dtype=np.uint16)
    for row, code in enumerate(found):
        readings = readings_of(chr(code))
        table[row, : len(readings)] = readings
    sounds: Sounds = table[inverse]
    _usual_first(codes, sounds, has_several=table[:, 1][inverse] > 0)
    return sounds


def _usual_first(codes: Codes, sounds: Sounds, has_several: NDArray[np.bool_]) -> None:
    """Bring the reading that a pair of characters asks for (重庆) to the first column."""
    at = np.flatnonzero((codes[:-1] > 0) & (codes[1:] > 0) & (has_several[:-1] | has_several[1:]))
    pairs = (codes[at].astype(np.int64) << 32) | codes[at + 1]
    found, inverse = np.unique(pairs, return_inverse=True)
    said = np.zeros((len(found), 2), dtype=np.uint16)
    for row, pair in enumerate(found):
        a, b = chr(int(pair) >> 32), chr(int(pair) & 0xFFFFFFFF)
        if is_han(a) and is_han(b):
            said[row] = phrase_sounds(a + b) or (0, 0)
    for side in (0, 1):
        wanted = said[inverse, side]
        places = at[wanted > 0] + side
        _to_front(sounds, places, wanted[wanted > 0])


def _to_front(sounds: Sounds, places: Places, wanted: NDArray[np.uint16]) -> None:
    rows = sounds[places]
    for column in range(1, MAX_READINGS):
        swap = rows[:, column] == wanted
        rows[swap, column] = rows[swap, 0]
        rows[swap, 0] = wanted[swap]
    sounds[places] = rows
