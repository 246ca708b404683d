"""How Chinese characters sound, and what a row of letters can mean as sounds.

A sound is a syllable of Standard Mandarin without its tone, held as its number in `SYLLABLES` (0 is
no sound). A character has up to MAX_READINGS sounds (重 zhong, chong), all kept, the usual first:
nobody knows which one a caller uses, and place names are where the rare ones live.

Letters are read as tokens, one for each character of a name: a whole syllable ("nan"), the
beginning of one as the last token ("xia" of "xian"), or an initial ("n", "zh"). A row of letters
has several readings ("xian" is 县 or 西安); `parses` gives them all, the fewest tokens first.

Near sounds are those that speakers around Dongting and much of the south do not tell apart: n and l
at the beginning, n and ng at the end, zh ch sh and z c s, h and f before u. They are a class of
syllables, so that a whole syllable is compared, never a letter.

The dictionary is pypinyin's. Not here: which names match (`maps.search.columns`).
"""

import re
import unicodedata
from functools import cache
from typing import Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from maps.limits import MAX_PARSES, MAX_READINGS
from maps.search.text import is_han

Mask = NDArray[np.bool_]
"""Which syllables fit, by their number."""

Style = Literal["text", "pinyin", "initials", "mixed"]

_GB2312_ROWS: Final = range(0xB0, 0xF8)  # the 6,763 characters of everyday simplified Chinese
_GB2312_CELLS: Final = range(0xA1, 0xFF)
_MORE_TOKENS: Final = 1  # 西安 beside 县; a reading in more pieces is nobody's
_LONGEST: Final = 6  # zhuang, chuang, shuang
_INITIALS: Final = frozenset("bpmfdtnlgkhjqxzcsrywaoe") | {"zh", "ch", "sh"}
_NOT_SYLLABLES: Final = frozenset({"", "m", "n", "ng", "hm", "hng"})  # interjections


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What one character of a name must be: this character, or one with one of these sounds.

    ``code`` 0: no character asked for. ``sounds``: numbers of syllables, sorted.
    """

    code: int = 0
    sounds: tuple[int, ...] = ()


class Parse(msgspec.Struct, frozen=True, kw_only=True):
    """One way to read a query: a token for each character, and how it was read.

    ``last``: the sound of the last token where it is a whole syllable. Its token takes longer ones
    too, because more may be typed: "xian" may become "xiang".
    """

    style: Style
    tokens: tuple[Token, ...]
    last: tuple[int, ...] = ()


def _plain(reading: str) -> str:
    """zhōng → zhong, lǜ → lv; as they are typed."""
    typed = reading.replace("ü", "v")
    parts = unicodedata.normalize("NFD", typed)
    if "u\u0308" in parts:  # a toned ü
        parts = parts.replace("u\u0308", "v")
    return "".join(c for c in parts if unicodedata.category(c) != "Mn")


def _all_readings(letter: str) -> list[str]:
    readings = PINYIN_DICT.get(ord(letter), "")
    return list(dict.fromkeys(map(_plain, readings.split(","))))


def _inventory() -> tuple[str, ...]:
    found: set[str] = set()
    for row in _GB2312_ROWS:
        for cell in _GB2312_CELLS:
            letter = bytes((row, cell)).decode("gb2312", errors="ignore")
            if letter:
                found.update(_all_readings(letter)[:2])
    return ("", *sorted(found - _NOT_SYLLABLES))


SYLLABLES: Final = _inventory()
"""Every syllable by its number; number 0 is none. About 410."""

NUMBER: Final = {name: number for number, name in enumerate(SYLLABLES) if name}


@cache
def readings_of(letter: str) -> tuple[int, ...]:
    """The sounds of a character, the usual first, at most MAX_READINGS; () for other letters."""
    if not is_han(letter):
        return ()
    numbers = (NUMBER.get(reading, 0) for reading in _all_readings(letter))
    return tuple(number for number in numbers if number)[:MAX_READINGS]


@cache
def phrase_sounds(pair: str) -> tuple[int, ...]:
    """The sounds of two characters together (重庆 chong qing); () for a pair without an entry."""
    listed = PHRASES_DICT.get(pair)
    if listed is None:
        return ()
    numbers = tuple(NUMBER.get(_plain(one[0]), 0) for one in listed)
    return numbers if len(numbers) == len(pair) and all(numbers) else ()


def _near_class(syllable: str) -> str:
    """The syllable as it is heard by ears that do not tell the pairs of the module's head apart."""
    sound = re.sub(r"^([zcs])h", r"\1", syllable)
    sound = re.sub(r"^n", "l", sound)
    sound = re.sub(r"ng$", "n", sound)
    for heard, said in (("huei", "fei"), ("hui", "fei"), ("hun", "fen"), ("hon", "fen")):
        if sound == heard:
            return said
    return re.sub(r"^hu(?=[ao]|$)", lambda m: "fu" if m.end() == len(sound) else "f", sound)


def _near_sounds() -> tuple[tuple[int, ...], ...]:
    classes: dict[str, list[int]] = {}
    for name, number in NUMBER.items():
        classes.setdefault(_near_class(name), []).append(number)
    return ((), *(tuple(classes[_near_class(name)]) for name in NUMBER))


_NEAR: Final = _near_sounds()


def near(number: int) -> tuple[int, ...]:
    """The sounds that are easily taken for this one, itself included, sorted."""
    return _NEAR[number]


@cache
def beginning_with(letters: str) -> tuple[int, ...]:
    """The sounds that begin with these letters, sorted."""
    return tuple(number for name, number in NUMBER.items() if name.startswith(letters))


def mask(sounds: tuple[int, ...]) -> Mask:
    """Sounds as a column to look them up in."""
    chosen = np.zeros(len(SYLLABLES), dtype=np.bool_)
    chosen[list(sounds)] = True
    return chosen


def as_text(query: str) -> Parse:
    """The query letter by letter."""
    return Parse(style="text", tokens=tuple(Token(code=ord(letter)) for letter in query))


def parses(words: list[str]) -> list[Parse]:
    """The readings of folded words that have letters of pinyin in them, the shortest first.

    A space ends a syllable. At most MAX_PARSES; [] where the words have no Latin letter or cannot
    be pinyin. Chinese characters and digits among the letters stand for themselves.
    """
    query = "".join(words)
    if not any("a" <= letter <= "z" for letter in query):
        return []
    ends = set(np.cumsum([len(word) for word in words]).tolist())
    found: list[tuple[int, int, Parse]] = []
    for pieces in _pieces(query, frozenset(ends)):
        parse = _parse(pieces)
        found.append((len(pieces), len(found), parse))
    found.sort(key=lambda item: item[:2])
    shortest = found[0][0] if found else 0
    likely = (
        parse
        for count, _, parse in found
        if count <= shortest + _MORE_TOKENS or parse.style == "initials"
    )
    return list(likely)[:MAX_PARSES]


def _pieces(query: str, ends: frozenset[int]) -> list[tuple[str, ...]]:
    """Every way to cut the query into syllables, initials and single other characters."""
    ways: list[list[tuple[str, ...]]] = [[] for _ in range(len(query) + 1)]
    ways[0] = [()]
    for start in range(len(query)):
        if not ways[start]:
            continue
        for piece in _pieces_at(query, start, ends):
            longer = [(*way, piece) for way in ways[start]]
            there = ways[start + len(piece)]
            there.extend(longer)
            there.sort(key=len)
            del there[MAX_PARSES * 2 :]
    return ways[len(query)]


def _pieces_at(query: str, start: int, ends: frozenset[int]) -> list[str]:
    first = query[start]
    if not "a" <= first <= "z":
        return [first]
    border = min(end for end in ends if end > start)
    found = []
    for end in range(min(border, start + _LONGEST), start, -1):
        piece = query[start:end]
        is_last = end == len(query)
        if piece in NUMBER or piece in _INITIALS or (is_last and beginning_with(piece)):
            found.append(piece)
    return found


def _parse(pieces: tuple[str, ...]) -> Parse:
    tokens: list[Token] = []
    whole = initials = others = 0
    for place, piece in enumerate(pieces):
        is_last = place == len(pieces) - 1
        if not "a" <= piece[0] <= "z":
            others += 1
            tokens.append(Token(code=ord(piece)))
        elif piece in NUMBER and len(piece) > 1:
            whole += 1
            sounds = beginning_with(piece) if is_last else (NUMBER[piece],)
            tokens.append(Token(sounds=sounds))
        else:
            initials += len(piece) == 1 or piece in _INITIALS
            whole += len(piece) > 1 and piece not in _INITIALS
            code = ord(piece) if len(piece) == 1 else 0
            tokens.append(Token(code=code, sounds=beginning_with(piece)))
    style: Style = "mixed"
    if not others and not initials:
        style = "pinyin"
    elif not others and not whole:
        style = "initials"
    last = pieces[-1]
    is_syllable = last in NUMBER and len(last) > 1
    return Parse(style=style, tokens=tuple(tokens), last=(NUMBER[last],) if is_syllable else ())


def sounds_like(query: str, *, is_near: bool) -> Parse | None:
    """The query by its sounds, character for character; None where it has no Chinese character.

    ``is_near``: also the sounds easily taken for them.
    """
    if not any(map(is_han, query)):
        return None
    tokens: list[Token] = []
    for letter in query:
        sounds = readings_of(letter)
        if is_near:
            sounds = tuple(sorted({other for sound in sounds for other in near(sound)}))
        tokens.append(Token(code=ord(letter), sounds=sounds))
    return Parse(style="pinyin", tokens=tuple(tokens))


def widened(parse: Parse) -> Parse:
    """The same parse with every sound's near ones."""
    tokens = []
    for token in parse.tokens:
        sounds = {other for sound in token.sounds for other in near(sound)}
        tokens.append(Token(code=token.code, sounds=tuple(sorted(sounds))))
    return Parse(style=parse.style, tokens=tuple(tokens))
