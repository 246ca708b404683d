"""The colours of pregnancy risk and for how long a woman is a maternal patient. Pure.

The national norm for risk assessment in pregnancy (国卫妇幼发〔2017〕35号) marks every pregnancy:

    green   low           any maternity unit
    yellow  general       should deliver in a hospital of level two (二级) or higher
    orange  higher        the same; managed one by one
    red     high          the same; managed one by one
    purple  infection     the same; managed one by one; stands beside the others

Purple says that precautions against infection are needed and nothing about how grave the risk is: a
woman may be green and purple, or red and purple, and purple is never the worst of them. Guangzhou
(2019) has six colours with pink for high and red for very high, so the list is configuration. The
norm holds from conception to 42 days after birth.

Where a maternal patient goes is `dispatch.triage.maternal`.
"""

import math
from collections.abc import Iterable
from typing import Final

import msgspec

from dispatch.errors import BadPayload


class RiskMark(msgspec.Struct, frozen=True, kw_only=True):
    """One colour. ``is_infection`` sets it beside the scale instead of on it.

    ``wants_level_2``: should deliver in a hospital of level two or higher; ``is_managed``: has a
    person who follows this one pregnancy.
    """

    code: str
    zh: str
    zh_meaning: str
    en_meaning: str
    is_infection: bool = False
    wants_level_2: bool = True
    is_managed: bool = False


_GREEN: Final = RiskMark(
    code="green", zh="绿", zh_meaning="低风险", en_meaning="low risk", wants_level_2=False
)
_YELLOW: Final = RiskMark(code="yellow", zh="黄", zh_meaning="一般风险", en_meaning="general risk")
_ORANGE: Final = RiskMark(
    code="orange", zh="橙", zh_meaning="较高风险", en_meaning="higher risk", is_managed=True
)
_RED: Final = RiskMark(
    code="red", zh="红", zh_meaning="高风险", en_meaning="high risk", is_managed=True
)
_PURPLE: Final = RiskMark(
    code="purple",
    zh="紫",
    zh_meaning="传染病",
    en_meaning="infectious disease",
    is_infection=True,
    is_managed=True,
)

NATIONAL: Final = (_GREEN, _YELLOW, _ORANGE, _RED, _PURPLE)
"""国卫妇幼发〔2017〕35号: mildest first, infection beside them."""

GUANGZHOU: Final = (
    _GREEN,
    _YELLOW,
    _ORANGE,
    RiskMark(code="pink", zh="粉红", zh_meaning="高风险", en_meaning="high risk", is_managed=True),
    msgspec.structs.replace(_RED, zh_meaning="极高风险", en_meaning="very high risk"),
    _PURPLE,
)
"""广州市孕产妇妊娠风险评估与管理实施办法 2019: six colours."""


class RiskPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The colours of this county, mildest first, and the last day of the maternal pathway.

    42 days after birth: 国卫妇幼发〔2017〕35号. Owner: county medical director.
    """

    marks: tuple[RiskMark, ...] = NATIONAL
    last_day_after_birth: int = 42


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """What the marks of one woman mean; None is not known, since nobody marked her.

    ``severity`` is the gravest colour of the scale, None when only infection is marked.
    """

    marks: tuple[str, ...]
    severity: str | None
    is_high: bool | None
    is_infectious: bool | None
    wants_level_2: bool | None
    is_managed: bool | None


def mark_of(word: str, policy: RiskPolicy) -> str:
    """The code of a colour by its code or its Chinese name ("红", "红色").

    Raises BadPayload("invalid_field") for a colour that this county does not have.
    """
    wanted = word.strip().casefold()
    for mark in policy.marks:
        if wanted in (mark.code, mark.zh, mark.zh + "色"):
            return mark.code
    known = ", ".join(f"{mark.code} ({mark.zh})" for mark in policy.marks)
    raise BadPayload("invalid_field", f"colours: expected some of {known}, got {word[:40]!r}")


def assess(codes: Iterable[str], policy: RiskPolicy) -> Risk:
    """What several marks mean together; codes that the county does not have are passed over."""
    wanted = set(codes)
    found = [mark for mark in policy.marks if mark.code in wanted]
    scale = [mark for mark in found if not mark.is_infection]
    return Risk(
        marks=tuple(mark.code for mark in found),
        severity=scale[-1].code if scale else None,
        is_high=any(mark.is_managed for mark in scale) if scale else None,
        is_infectious=any(mark.is_infection for mark in found) if found else None,
        wants_level_2=any(mark.wants_level_2 for mark in found) if found else None,
        is_managed=any(mark.is_managed for mark in found) if found else None,
    )


def is_maternal(
    pregnant: bool | None, days_after_birth: float | None, policy: RiskPolicy
) -> bool | None:
    """Whether a woman is a maternal patient: pregnant, or up to 42 days after birth (2017).

    ``days_after_birth`` are the days since this pregnancy ended, in full days. None when nobody
    knows. Raises BadPayload("invalid_field") when she is both pregnant and after birth.
    """
    if days_after_birth is None:
        return True if pregnant else None
    if pregnant:
        raise BadPayload(
            "invalid_field",
            "days_after_birth: expected nothing while pregnant is true (they count from the end "
            f"of this pregnancy), got {days_after_birth:g}",
        )
    return math.floor(days_after_birth) <= policy.last_day_after_birth
