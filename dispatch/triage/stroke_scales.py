"""Stroke screens and large-vessel-occlusion scales, item by item. Pure.

    scale       items in order (highest grade)                                  positive
    CPSS        face, arm, speech                                  Kothari 1999    any
    FAST        face, arm, speech                                  Harbison 2003   any
    BE-FAST     balance, eyes, face, arm, speech                   Aroor 2017      any
    STROKE-120  face (1), arms (2), speech (0): 中风120            Zhao 2017       any
    RACE        face 2, arm 2, leg 2, gaze 1, cortical 2: 0-9      Perez 2014      LVO from 5
    LAMS        face 1, arm 2, grip 2: 0-5                         Nazliel 2008    LVO from 4
    FAST-ED     face 1, arm 2, speech 2, eyes 2, neglect 2: 0-9    Lima 2016       LVO from 4
    C-STAT      gaze 0 or 2, arm 1, consciousness 1: 0-4           Katz 2015       LVO from 2
    VAN         weakness, vision, aphasia, neglect                 Teleb 2017      weakness and any

RACE counts one cortical item: aphasia in right, agnosia in left hemiparesis, so its sum ends at 9.
VAN without weakness is negative, except where a basilar occlusion is suspected: there it can say
nothing and CT angiography decides (Teleb 2017).

An item not examined is None: a total is then not given, but a scale is positive when the points
already there reach the cut, and negative only when the highest possible ones would not.
Codes are those of NEMSIS 3.5.1 eVitals.30 (2023). Not here: what follows from a scale
(`dispatch.triage.stroke`).
"""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from dispatch.errors import BadPayload

Kind = Literal["any", "graded", "van"]
Grade = bool | int | None

_SHOWN_CHARACTERS = 40
_YES_NO: Final = (0, 1)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing examined and the grades it can have; ``also`` are other names of it."""

    name: str
    grades: tuple[int, ...] = _YES_NO
    also: tuple[str, ...] = ()


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """One screen or scale; ``cut`` is the least total that suggests LVO, for graded ones."""

    name: str
    kind: Kind
    items: tuple[Item, ...]
    source: str
    nemsis: str | None = None
    cut: int = 1
    is_general_knowledge: bool = False


_0_2: Final = (0, 1, 2)
_FACE: Final = Item(name="face", also=("facial_droop", "facial_palsy"))
_ARM: Final = Item(name="arm", also=("arm_drift", "arms"))
_SPEECH: Final = Item(name="speech", also=("abnormal_speech",))

SCALES: Final = (
    Scale(
        name="CPSS",
        kind="any",
        items=(_FACE, _ARM, _SPEECH),
        source="Kothari 1999",
        nemsis="3330001",
    ),
    Scale(
        name="FAST",
        kind="any",
        items=(_FACE, _ARM, _SPEECH),
        source="Harbison 2003",
        nemsis="3330013",
    ),
    Scale(
        name="BE-FAST",
        kind="any",
        items=(Item(name="balance"), Item(name="eyes"), _FACE, _ARM, _SPEECH),
        source="Aroor 2017",
        nemsis="3330029",
        is_general_knowledge=True,
    ),
    Scale(
        name="STROKE-120",
        kind="any",
        items=(_FACE, _ARM, _SPEECH),
        source="Zhao 2017",
        is_general_knowledge=True,
    ),
    Scale(
        name="RACE",
        kind="graded",
        items=(
            Item(name="face", grades=_0_2, also=_FACE.also),
            Item(name="arm", grades=_0_2, also=_ARM.also),
            Item(name="leg", grades=_0_2),
            Item(name="gaze", also=("gaze_deviation", "head_gaze")),
            Item(name="cortical", grades=_0_2, also=("aphasia", "agnosia")),
        ),
        source="Perez de la Ossa 2014",
        nemsis="3330021",
        cut=5,
    ),
    Scale(
        name="LAMS",
        kind="graded",
        items=(
            _FACE,
            Item(name="arm", grades=_0_2, also=_ARM.also),
            Item(name="grip", grades=_0_2, also=("grip_strength",)),
        ),
        source="Nazliel 2008",
        nemsis="3330023",
        cut=4,
    ),
    Scale(
        name="FAST-ED",
        kind="graded",
        items=(
            _FACE,
            Item(name="arm", grades=_0_2, also=("arm_weakness",)),
            Item(name="speech", grades=_0_2),
            Item(name="eyes", grades=_0_2, also=("eye", "eye_deviation")),
            Item(name="neglect", grades=_0_2, also=("denial_neglect", "denial")),
        ),
        source="Lima 2016",
        nemsis="3330027",
        cut=4,
    ),
    Scale(
        name="C-STAT",
        kind="graded",
        items=(
            Item(name="gaze", grades=(0, 2)),
            Item(name="arm", also=("arm_weakness",)),
            Item(name="consciousness", also=("loc",)),
        ),
        source="Katz 2015",
        cut=2,
        is_general_knowledge=True,
    ),
    Scale(
        name="VAN",
        kind="van",
        items=(
            Item(name="weakness", also=("arm_weakness", "arm")),
            Item(name="vision", also=("visual_disturbance",)),
            Item(name="aphasia"),
            Item(name="neglect"),
        ),
        source="Teleb 2017",
        nemsis="3330025",
    ),
)
BY_NAME: Final = {scale.name: scale for scale in SCALES}


class ScaleResult(msgspec.Struct, frozen=True, kw_only=True):
    """``is_positive`` None is undecided; ``total`` None when an item is missing or none is added.

    ``lower_bound`` counts what was examined, ``upper_bound`` what could be at most; VAN, which does
    not add up, has 0 and 1 for no and yes.
    """

    is_positive: bool | None
    total: int | None
    lower_bound: int
    upper_bound: int
    missing: tuple[str, ...]


def score(
    scale: Scale, given: Sequence[object], *, is_basilar_suspected: bool | None = None
) -> ScaleResult:
    """One scale from its items in the documented order, None for an item not examined.

    ``is_basilar_suspected`` is heard by VAN only. Raises BadPayload("invalid_field") for a wrong
    number of items or a grade the item does not have.
    """
    if len(given) != len(scale.items):
        names = ", ".join(item.name for item in scale.items)
        raise BadPayload(
            "invalid_field",
            f"items: {scale.name} has {len(scale.items)} ({names}), got {len(given)}",
        )
    grades = [_grade(scale, item, value) for item, value in zip(scale.items, given, strict=True)]
    missing = tuple(
        item.name for item, grade in zip(scale.items, grades, strict=True) if grade is None
    )
    lower = [grade or 0 for grade in grades]
    upper = [
        max(item.grades) if grade is None else grade
        for item, grade in zip(scale.items, grades, strict=True)
    ]
    if scale.kind == "van":
        return _van(lower, upper, missing, is_basilar_suspected=is_basilar_suspected)
    lower_bound, upper_bound = sum(lower), sum(upper)
    return ScaleResult(
        is_positive=_between(lower_bound >= scale.cut, upper_bound >= scale.cut),
        total=None if missing else lower_bound,
        lower_bound=lower_bound,
        upper_bound=upper_bound,
        missing=missing,
    )


def _van(
    lower: Sequence[int],
    upper: Sequence[int],
    missing: tuple[str, ...],
    *,
    is_basilar_suspected: bool | None,
) -> ScaleResult:
    """Weakness and any of the rest (Teleb 2017); open without weakness if a basilar clot may be."""
    is_sure = bool(lower[0]) and any(lower[1:])
    is_possible = bool(upper[0]) and any(upper[1:])
    is_open = is_possible or (is_basilar_suspected is True and not lower[0])
    return ScaleResult(
        is_positive=_between(is_sure, is_open),
        total=None,
        lower_bound=int(is_sure),
        upper_bound=int(is_open),
        missing=missing,
    )


def _between(is_sure: bool, is_possible: bool) -> bool | None:
    return True if is_sure else None if is_possible else False


def _grade(scale: Scale, item: Item, value: object) -> int | None:
    """A grade as a number; true and false are taken for items that are there or not."""
    if value is None:
        return None
    is_yes_no = item.grades == _YES_NO
    if isinstance(value, bool):
        if is_yes_no:
            return int(value)
    elif isinstance(value, int | float) and value in item.grades:
        return int(value)
    expected = "true, false or null" if is_yes_no else f"one of {item.grades} or null"
    shown = repr(value)[:_SHOWN_CHARACTERS]
    raise BadPayload(
        "invalid_field", f"items: {scale.name} {item.name}: expected {expected}, got {shown}"
    )
