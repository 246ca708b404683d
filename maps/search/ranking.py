"""Which hit comes first, and in what words a hit says why it is one.

The order is a sum of small penalties: how it matched, what kind of thing it is, how important, how
far from where the dispatcher looks, how much longer the name is than what was typed. How it matched
weighs most, so that a far exact name stands before a near resemblance; among equals the nearer and
the more important wins. All numbers are local policy, chosen by trying; none is a probability.
"""

from typing import Final, Literal

import msgspec

Match = Literal[
    "exact",  # the name as typed
    "prefix",  # the name begins so
    "word",  # a word of the name begins so
    "inside",  # somewhere in the name
    "words",  # all words, in any order
    "some_words",  # all words but one
    "without_number",  # the road, where the house number is not known
    "with_town",  # the town's name, then the place's
    "near",  # near the place that was also named
    "pinyin",  # by its sound, typed in letters
    "initials",  # by the first letters of its sounds
    "mixed",  # characters, syllables and initials together
    "sounds_like",  # other characters of the same sound
    "fuzzy_sound",  # a sound that many speakers do not tell apart
    "slip",  # with one or two typing errors
    "category",  # a thing of the kind that was named
    "kilometre",  # a kilometre of a road
]
Part = Literal["whole", "start", "word", "inside"]

COST: Final[dict[Match, tuple[float, float, float, float]]] = {
    # whole, start, word, inside
    "exact": (0.0, 1.0, 1.5, 2.0),
    "prefix": (1.0, 1.0, 1.0, 1.0),
    "word": (1.5, 1.5, 1.5, 1.5),
    "inside": (2.0, 2.0, 2.0, 2.0),
    "words": (1.2, 1.2, 1.6, 1.6),
    "some_words": (2.6, 2.6, 2.6, 2.6),
    "without_number": (1.6, 1.7, 1.9, 2.1),
    "with_town": (0.8, 1.2, 1.6, 1.8),
    "near": (1.2, 1.4, 1.6, 1.8),
    "pinyin": (0.4, 1.2, 1.7, 2.3),
    "initials": (1.4, 1.8, 2.2, 3.0),
    "mixed": (0.6, 1.4, 1.9, 2.5),
    "sounds_like": (2.2, 2.6, 3.0, 3.2),
    "fuzzy_sound": (2.6, 3.0, 3.4, 3.6),
    "slip": (2.8, 3.4, 3.6, 4.0),
    "category": (2.2, 2.2, 2.2, 2.2),
    "kilometre": (0.0, 0.0, 0.0, 0.0),
}
DOUBTFUL: Final[frozenset[Match]] = frozenset(
    {"some_words", "without_number", "near", "sounds_like", "fuzzy_sound", "slip", "category"}
)
"""Ways in which something else than was said is offered: a person must judge each by itself."""


_KIND_PENALTY: Final = {
    "city": 0.0, "county": 0.0, "town": 0.0, "township": 0.0, "district": 0.05,
    "facility": 0.05, "hospital": 0.05, "clinic": 0.1, "station": 0.1, "unit": 0.1,
    "village": 0.1, "community": 0.1, "suburb": 0.1, "landmark": 0.15, "hamlet": 0.15,
    "neighbourhood": 0.15, "road": 0.15, "school": 0.2, "bridge": 0.2, "kilometre_post": 0.4,
    "bus_stop": 0.4, "address": 0.5,
}  # fmt: skip


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """Weights of the order; local policy.

    ``kind_penalty``: a town before a shop of the same name; a kind not listed costs ``other_kind``.
    ``second_slip``: beside the first. ``far_m``: at this distance from the hint half of
    ``far_penalty`` is paid. ``longer_penalty``: a character of the name that was not typed, up to
    ``longer_most`` of them. ``near_m``: how far "near" a named place reaches. ``same_place_m``:
    entries of one name so near each other are one place.
    """

    kind_penalty: dict[str, float] = msgspec.field(default_factory=_KIND_PENALTY.copy)
    other_kind: float = 0.25
    importance_weight: float = 0.5
    far_m: float = 8_000.0
    far_penalty: float = 0.9
    longer_penalty: float = 0.02
    longer_most: int = 15
    second_slip: float = 0.5
    near_m: float = 6_000.0
    same_place_m: float = 120.0
