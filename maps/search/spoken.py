"""Places as callers say them: "茅草街那边的卫生院", "省道204十二公里处", "near the bus station".

Speech is taken apart into what the index can look for: the words around a name are dropped, a
relation ("beside", "opposite") splits a landmark from what is meant, numerals become numbers where
they stand beside a unit of a road, and words for a kind of thing become kinds. It is a list of
turns of phrase, not a grammar: what it does not know stays as it was said, and is looked for so.
"""

import re
from typing import Final

import msgspec

from maps.search.text import SIMPLIFIED

_HAN_DIGITS: Final = {
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7,
    "八": 8, "九": 9, "幺": 1,
}  # fmt: skip
_HAN_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_DIGITS_HAN: Final = "零一二三四五六七八九"
_NUMERAL: Final = "零〇一二两三四五六七八九幺十百千"

_LEAD_IN: Final = re.compile(
    r"^(?:喂|你好|那个|这个|嗯|呃|快来|[，, ])*"
    r"(?:(?:我们?|他们?|她们?|病人|伤者|有人|人)?(?:现在|就|正)*(?:在|到了|住在|是在)|"
    r"(?:这里|这儿|这边|地址|位置|地点)(?:是|在)?|靠近|near |at |in |on |by )?(?:the )?",
    re.IGNORECASE,
)
_LEAD_OUT: Final = re.compile(
    r"(?:这里|这边|这儿|那里|那边|那儿|那块|这块|一带|附近|旁边|边上|门口|里面|处|啊|呀|呢|吧|了|的|哦)+$"
)
_RELATION: Final = re.compile(
    r"(?P<anchor>.{2,}?)(?P<relation>那边|那里|那儿|那块|这边|这里|附近|旁边|边上|隔壁|一带|周围|"
    r"对面|对过|后面|背后|前面|门口|街上|镇上|乡里|村里|里面|东边|西边|南边|北边)的?(?P<target>.*)$"
)
_RELATION_EN: Final = re.compile(
    r"^(?P<target>.*?)\s*\b(?P<relation>near|beside|next to|opposite|behind|in front of|close to|at"
    r")\s+(?:the\s+)?(?P<anchor>.{2,})$",
    re.IGNORECASE,
)
_POSSESSIVE: Final = re.compile(r"^(?P<anchor>.{2,})的(?P<target>.{2,})$")
_RELATIONS: Final = {
    "对面": "opposite", "对过": "opposite", "opposite": "opposite", "后面": "behind",
    "背后": "behind", "behind": "behind", "前面": "in_front", "in front of": "in_front",
    "东边": "east", "西边": "west", "南边": "south", "北边": "north",
}  # fmt: skip

CATEGORIES: Final[dict[str, tuple[str, ...]]] = {
    "医院": ("hospital", "clinic"), "hospital": ("hospital", "clinic"),
    "卫生院": ("hospital", "clinic"), "卫生室": ("clinic", "doctors"),
    "诊所": ("clinic", "doctors"), "clinic": ("clinic", "doctors"),
    "doctor": ("doctors", "clinic"), "药店": ("pharmacy",), "pharmacy": ("pharmacy",),
    "养老院": ("nursing_home",), "敬老院": ("nursing_home",), "nursing home": ("nursing_home",),
    "学校": ("school",), "小学": ("school",), "中学": ("school",), "school": ("school",),
    "幼儿园": ("kindergarten",), "kindergarten": ("kindergarten",), "大学": ("university",),
    "派出所": ("police",), "公安局": ("police",), "police": ("police",),
    "police station": ("police",), "消防队": ("fire_station",), "消防站": ("fire_station",),
    "fire station": ("fire_station",), "政府": ("government",), "村委会": ("government",),
    "车站": ("bus_station", "station"), "汽车站": ("bus_station",), "火车站": ("station",),
    "station": ("station", "bus_station"), "bus station": ("bus_station",), "加油站": ("fuel",),
    "gas station": ("fuel",), "petrol station": ("fuel",), "渡口": ("ferry_terminal",),
    "码头": ("ferry_terminal",), "ferry": ("ferry_terminal",), "桥": ("bridge",),
    "大桥": ("bridge",), "bridge": ("bridge",),
    "超市": ("shop",), "supermarket": ("shop",), "市场": ("market",),
    "菜市场": ("market",), "宾馆": ("hotel",), "酒店": ("hotel",), "hotel": ("hotel",),
    "银行": ("bank",), "bank": ("bank",), "公园": ("park",), "park": ("park",),
    "教堂": ("worship",), "church": ("worship",), "寺庙": ("worship",),
}  # fmt: skip
"""Words for a kind of thing, and the kinds of the index that they mean."""

ABBREVIATIONS: Final = {
    "bd": "boulevard", "blvd": "boulevard", "bvd": "boulevard", "rd": "road", "hwy": "highway",
    "pkwy": "parkway", "expy": "expressway", "ln": "lane", "ct": "court", "sq": "square",
    "ctr": "center", "mt": "mount", "ft": "fort", "hosp": "hospital", "pl": "place",
}  # fmt: skip
"""Written short forms that are no beginning of their word; "ave" and "st" are, and need none."""

_ROAD_LETTERS: Final = {"国道": "G", "省道": "S", "县道": "X", "乡道": "Y", "村道": "C"}
_LETTER_ROAD: Final = re.compile(
    r"(?<![a-zA-Z])([GSXYCZ])\s*(\d{1,4})(?!\d)\s*(?:国道|省道|县道|乡道|村道|高速(?:公路)?|线)?",
    re.IGNORECASE,
)
_WORD_ROAD: Final = re.compile(r"(国道|省道|县道|乡道|村道)\s*(\d{1,4})(?!\d)\s*线?")
_ROAD_WORD: Final = re.compile(
    r"(?<!\d)(\d{1,4})\s*(国道|省道|县道|乡道|村道)(?!\s*\d+\s*(?:公里|K))"
)
_NAMED_ROAD: Final = re.compile(r"([^\W\d_]{1,12}?(?:高速公路|高速|公路|大道|大堤|路|线|街|堤))")
_NAMED_ROAD_EN: Final = re.compile(
    r"([A-Za-z][\w .'-]*?\s(?:road|rd|street|st|highway|hwy|route|expressway|way|avenue|ave))\b",
    re.IGNORECASE,
)
_ROUTE_EN: Final = re.compile(
    r"\b((?:highway|hwy|route|rte|state route|us|sr|cr|i|a|b|e|m|n|d)[ -]?\d{1,4}[a-z]?)\b",
    re.IGNORECASE,
)
_KM: Final = (
    re.compile(r"[Kk]\s*(?P<km>\d{1,4})\s*\+\s*(?P<m>\d{1,3})(?!\d)"),
    re.compile(r"[Kk]\s*(?P<km>\d{1,4}(?:\.\d+)?)(?![\d+])"),
    re.compile(
        r"(?P<km>\d{1,4}(?:\.\d+)?)\s*(?:公里|千米)(?P<half>半)?"
        r"(?:\s*(?:加|\+|又|零)?\s*(?P<m>\d{1,3})\s*米)?"
    ),
    re.compile(r"\bkm\s*(?P<km>\d{1,4}(?:\.\d+)?)(?!\d)", re.IGNORECASE),
    re.compile(r"(?P<km>\d{1,4}(?:\.\d+)?)\s*km\b", re.IGNORECASE),
)
_DIRECTIONS: Final = (
    re.compile(r"(?:往|去|朝|至|到|向)([^\W\d_]{1,8}?)方向"),
    re.compile(r"(?:处|的)?([^\W\d_]{1,8}?)方向"),
    re.compile(r"(?:往|去|朝)([^\W\d_]{1,8})"),
)
_HAN_RUN: Final = re.compile(rf"[{_NUMERAL}]+")
_SMALL_NUMBER: Final = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
# A numeral is a number only beside one of these; 三仙湖 stays a name.
_NUMBERED: Final = (
    # A road's number said digit by digit has three of them: 省道二零四十二公里 is S204, km 12.
    re.compile(r"(?<=[道GSXYCZgsxycz])\s*([零〇一二三四五六七八九幺]{3})"),
    re.compile(rf"(?<=[道线速号])\s*([{_NUMERAL}]+)"),
    re.compile(rf"([{_NUMERAL}]+)(?=\s*(?:国道|省道|县道|乡道|村道|公里|千米|米|点))"),
    re.compile(rf"(?<=[点加零])([{_NUMERAL}]+)(?=\s*(?:公里|千米|米))"),
    re.compile(rf"(?<=[KkGSXYCZgsxycz])\s*([{_NUMERAL}]+)"),
)


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """The ``target`` that is ``relation`` to the ``anchor``; no target means the anchor itself.

    ``relation``: near, opposite, behind, in_front, north, east, south or west.
    """

    anchor: str
    relation: str
    target: str


class RoadKilometre(msgspec.Struct, frozen=True, kw_only=True):
    """A kilometre of a road, as said: ``road`` "" where none was named; ``direction`` in words."""

    road: str
    km: float
    direction: str


def bare(words: str) -> str:
    """What is left of a spoken place without the words before and after its name."""
    shorter = _LEAD_OUT.sub("", _LEAD_IN.sub("", words.strip()))
    return shorter or words.strip()


def read_relations(words: str) -> list[Relation]:
    """The ways to take the words apart into a landmark and what lies near it, likeliest first."""
    found: list[Relation] = []
    said = _LEAD_IN.sub("", words.strip())
    for pattern in (_RELATION, _RELATION_EN, _POSSESSIVE):
        match = pattern.match(said)
        if match is None:
            continue
        relation = match.groupdict().get("relation") or ""
        found.append(
            Relation(
                anchor=match["anchor"].strip(),
                relation=_RELATIONS.get(relation.lower(), "near"),
                target=_LEAD_OUT.sub("", match["target"].strip()),
            )
        )
    return found


def read_kilometre(words: str) -> RoadKilometre | None:
    """Road, kilometre and direction of words like "S204 K12+300 往南县方向"; None without a km."""
    text = _with_numbers(words.translate(_HALF_WIDTH).translate(SIMPLIFIED))
    for pattern in _KM:
        match = pattern.search(text)
        if match is not None:
            break
    else:
        return None
    said = match.groupdict()
    km = float(said["km"]) + float(said.get("m") or 0) / 1000.0 + (0.5 if said.get("half") else 0)
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    direction = next((found for one in _DIRECTIONS if (found := one.search(rest))), None)
    if direction is not None:
        rest = rest[: direction.start()] + " " + rest[direction.end() :]
    towards = direction[1] if direction is not None else ""
    return RoadKilometre(road=road_key(rest), km=round(km, 3), direction=towards)


def road_key(words: str) -> str:
    """One way to write a road: 省道204, 204省道 and S204线 are "S204"; others by their name.

    "" where the words name no road.
    """
    text = _with_numbers(words.translate(_HALF_WIDTH))
    if match := _WORD_ROAD.search(text):
        return _ROAD_LETTERS[match[1]] + match[2]
    if match := _ROAD_WORD.search(text):
        return _ROAD_LETTERS[match[2]] + match[1]
    if match := _LETTER_ROAD.search(text):
        return match[1].upper() + match[2]
    bare_text = _LEAD_IN.sub("", text.strip())
    for pattern in (_NAMED_ROAD, _ROUTE_EN, _NAMED_ROAD_EN):
        if match := pattern.search(bare_text):
            return match[1].strip()
    return ""


def han_number(numeral: str) -> int:
    """十二 is 12, 一百零三 is 103, 二零四 is 204, 一百二 is 120. Only characters of numerals."""
    if not any(letter in _HAN_UNITS for letter in numeral):
        return int("".join(str(_HAN_DIGITS[letter]) for letter in numeral))
    total = digit = 0
    unit = 10
    for letter in numeral:
        if letter in _HAN_UNITS:
            unit = _HAN_UNITS[letter]
            total += (digit or 1) * unit
            digit = 0
        else:
            digit = _HAN_DIGITS[letter]
            unit = 10 if digit == 0 else unit
    return total + digit * (unit // 10 if unit > 10 else 1)


def other_numerals(words: list[str]) -> list[list[str]]:
    """The same words with 一号楼 for 1号楼 and the other way round; [] without numerals."""
    as_digits = [_HAN_RUN.sub(lambda m: str(han_number(m[0])), word) for word in words]
    as_han = [_SMALL_NUMBER.sub(lambda m: han_numeral(int(m[0])), word) for word in words]
    return [other for other in (as_digits, as_han) if other != words]


def han_numeral(number: int) -> str:
    """Numbers from 0 to 99 as Chinese numerals: 12 is 十二, 20 is 二十."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS_HAN[ones]
    return ("" if tens == 1 else _DIGITS_HAN[tens]) + "十" + (_DIGITS_HAN[ones] if ones else "")


def _with_numbers(text: str) -> str:
    """Numerals as digits where a road, a kilometre or a metre stands beside them."""
    for pattern in _NUMBERED:
        text = pattern.sub(lambda match: f" {han_number(match[1])}", text)
    return re.sub(r"(\d)点\s*(\d)", r"\1.\2", text)


_HALF_WIDTH: Final = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: " "}
