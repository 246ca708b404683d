"""Names that differ from what was typed by a slip or two.

A slip is a character left out, put in, replaced, or two neighbours swapped (optimal string
alignment). Short words forgive none, longer ones one, long ones two: with more, any word is like
any other. The query is compared with what begins at a word, or at a syllable of a Chinese name.

To compare only where it can succeed, the query is cut into one piece more than slips are allowed:
one piece at least is then intact, and it stands within that many characters of its own place. A
swap across a cut breaks two pieces, so pieces leave out the character beside the cut where that
leaves enough of them. The distance is then computed for all places at once, one band of the table
after the other. Ties to no language; letters of Chinese names are their usual sound.
"""

from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maps.limits import MAX_SLIP_STARTS
from maps.search.columns import Codes, Columns, Places, each_once
from maps.search.pinyin import SYLLABLES
from maps.search.text import is_han

_ONE_FROM_LETTERS: Final = 5
_TWO_FROM_LETTERS: Final = 9
_ONE_FROM_HAN: Final = 3
_TWO_FROM_HAN: Final = 7
_COMMON_PIECE: Final = 20_000  # a shortened piece seen more often than this is used in full
_SHIFT: Final = 32
_LEAVE_OUT_EVERY: Final = 3  # rows; sorting out costs about as much as a row

Counts = NDArray[np.int8]
_Row = dict[int, Counts]  # a row of the alignment table, by column


class Slipped(NamedTuple):
    """Names near the query: places in the columns, how many slips, whether the name ends there."""

    places: Places
    slips: Counts
    is_whole: NDArray[np.bool_]


class _Text(NamedTuple):
    codes: Codes
    is_start: NDArray[np.bool_]
    origin: Places  # the place in the columns of each character here
    order: NDArray[np.int32]  # places by pair of characters
    pairs: Places  # the pairs in that order


class Slips:
    """The names of an index, ready to be compared with what was typed wrongly."""

    def __init__(self, columns: Columns) -> None:
        is_han_place = columns.sounds[:, 0] > 0
        starts = columns.is_word_start | is_han_place
        self._han = _text(columns.codes, starts, np.arange(len(columns.codes), dtype=np.int64))
        self._letters = _letters(columns, starts)

    def find(self, query: str) -> Slipped:
        """Names that begin, at a word or a syllable, with something near the folded query."""
        kind: Literal["han", "letters"] = "han" if any(map(is_han, query)) else "letters"
        text = self._han if kind == "han" else self._letters
        most = allowed(query)
        if not most:
            return _NOTHING
        codes = np.array([ord(letter) for letter in query], dtype=np.int32)
        starts = _starts(text, codes, most)
        slips, is_whole = _distances(text.codes, starts, codes, most)
        near = slips <= most
        return Slipped(text.origin[starts[near]], slips[near], is_whole[near])


def allowed(query: str) -> int:
    """How many slips a query of this length may have: 0, 1 or 2."""
    is_chinese = any(map(is_han, query))
    one, two = (
        (_ONE_FROM_HAN, _TWO_FROM_HAN) if is_chinese else (_ONE_FROM_LETTERS, _TWO_FROM_LETTERS)
    )
    return 0 if query.isdigit() else int(len(query) >= one) + int(len(query) >= two)


def _letters(columns: Columns, starts: NDArray[np.bool_]) -> _Text:
    """The text with every Chinese character written as its usual sound."""
    first = columns.sounds[:, 0]
    lengths = np.array([max(1, len(name)) for name in SYLLABLES], dtype=np.int64)[first]
    at = np.concatenate(([0], np.cumsum(lengths)))
    written = "".join(
        SYLLABLES[sound] or chr(code)
        for sound, code in zip(first.tolist(), columns.codes.tolist(), strict=True)
    )
    is_start = np.zeros(int(at[-1]), dtype=np.bool_)
    is_start[at[:-1][starts]] = True
    codes = np.frombuffer(written.encode("utf-32-le"), dtype=np.int32)
    return _text(codes, is_start, np.repeat(np.arange(len(first), dtype=np.int64), lengths))


def _text(codes: Codes, is_start: NDArray[np.bool_], origin: Places) -> _Text:
    pairs = (codes[:-1].astype(np.int64) << _SHIFT) | codes[1:]
    order = np.argsort(pairs, kind="stable").astype(np.int32)
    return _Text(codes, is_start, origin, order, pairs[order])


def _starts(text: _Text, query: Codes, most: int) -> Places:
    """Where a name near the query can begin: around every place of one of its pieces."""
    cuts = [len(query) * i // (most + 1) for i in range(most + 2)]
    found = [_around(text, query, cuts[i], cuts[i + 1], most) for i in range(most + 1)]
    return each_once(np.concatenate(found))[:MAX_SLIP_STARTS]


def _around(text: _Text, query: Codes, begin: int, end: int, most: int) -> Places:
    """Starts that put query[begin:end], or what is left of it without its ends, at its place."""
    short_begin = begin + (begin > 0)
    short_end = end - (end < len(query))
    places = np.empty(0, dtype=np.int64)
    if short_end - short_begin > 1:
        places = _occurrences(text, query[short_begin:short_end])
        begin = short_begin if len(places) <= _COMMON_PIECE else begin
    if begin != short_begin or not len(places):
        places = _occurrences(text, query[begin:end])
    shifts = np.arange(-most, most + 1)
    starts: Places = (places[:, None] - begin + shifts[None, :]).ravel()
    starts = starts[(starts >= 0) & (starts < len(text.is_start))]
    is_start = text.is_start[starts]
    return starts[is_start]


def _occurrences(text: _Text, piece: Codes) -> Places:
    """The places of a piece; of one character alone, the places where it begins a pair."""
    if len(piece) == 1:
        low = int(piece[0]) << _SHIFT
        a, b = np.searchsorted(text.pairs, (low, low + (1 << _SHIFT)))
        alone: Places = text.order[a:b].astype(np.int64)
        return alone
    ranges = []
    for i in range(len(piece) - 1):
        pair = (int(piece[i]) << _SHIFT) | int(piece[i + 1])
        a = int(np.searchsorted(text.pairs, pair, side="left"))
        b = int(np.searchsorted(text.pairs, pair, side="right"))
        ranges.append((b - a, i, a, b))
    _, rarest, a, b = min(ranges)
    places: Places = text.order[a:b].astype(np.int64) - rarest
    for i, code in enumerate(piece.tolist()):
        fits = text.codes[places + i] == code
        places = places[fits]
    return places


def _distances(
    codes: Codes, starts: Places, query: Codes, most: int
) -> tuple[Counts, NDArray[np.bool_]]:
    """Slips between the query and the nearest beginning of what stands at each start.

    A band of the alignment table, 2 * most + 1 wide, for all starts at once; what lies outside the
    band has more than ``most`` slips. Starts that have too many already are left out on the way.
    The second answer: whether a name ends there.
    """
    width = len(query) + most
    at = np.minimum(starts[None, :] + np.arange(width + 1)[:, None], len(codes) - 1)
    windows = codes[at]  # (width + 1, c): a row is the same character of all windows
    alive = np.arange(len(starts))
    zero = np.zeros(len(starts), dtype=np.int8)
    before: _Row = {}
    row: _Row = {j: zero + np.int8(j) for j in range(most + 1)}
    for i in range(1, len(query) + 1):
        before, row = row, _next_row(windows, query, i, most, row, before)
        if i % _LEAVE_OUT_EVERY == 0:
            # A swap reaches back two rows, so the row before counts too, with the swap's slip.
            least = np.minimum.reduce([*row.values(), *(cell + 1 for cell in before.values())])
            stays = least <= most
            alive, windows = alive[stays], windows[:, stays]
            before = {j: cell[stays] for j, cell in before.items()}
            row = {j: cell[stays] for j, cell in row.items()}
    best = np.full(len(starts), most + 1, dtype=np.int8)
    best[alive] = np.minimum.reduce(list(row.values()))
    is_whole = np.zeros(len(starts), dtype=np.bool_)
    for j, cell in row.items():
        is_whole[alive] |= (cell == best[alive]) & (windows[j] == 0)
    return best, is_whole


def _next_row(windows: Codes, query: Codes, i: int, most: int, row: _Row, before: _Row) -> _Row:
    """Row i of the table: the first i characters of the query against 0, 1, 2, ... of a window."""
    far = np.full(windows.shape[1], most + 1, dtype=np.int8)
    one = np.int8(1)
    now: _Row = {}
    for j in range(max(0, i - most), i + most + 1):
        cell = row.get(j, far) + one
        if j > 0:
            differs = windows[j - 1] != query[i - 1]
            cell = np.minimum(cell, row.get(j - 1, far) + differs)
            cell = np.minimum(cell, now.get(j - 1, far) + one)
        if i > 1 and j > 1:
            is_swap = (windows[j - 1] == query[i - 2]) & (windows[j - 2] == query[i - 1])
            cell = np.where(is_swap, np.minimum(cell, before.get(j - 2, far) + one), cell)
        now[j] = np.minimum(cell, far)
    return now


_NOTHING: Final = Slipped(
    np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int8), np.empty(0, dtype=np.bool_)
)
