"""Why a person chose another destination than the advised one: the list of NEMSIS 3.5.1 (2023),
element eDisposition.20, "Reason for Choosing Destination".

An override needs one of these reasons and is kept with it; what was the patient's or the family's
wish, the medical director's word or a diversion can then be counted. The list is NEMSIS's, whole,
with words of our own; all of it may be given, none is preselected.
"""

from typing import Final

import msgspec

from dispatch.errors import Refused


class OverrideReason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason: our code, the code of NEMSIS eDisposition.20, and what it is called."""

    code: str
    nemsis: str
    zh: str
    en: str


def _row(code: str, nemsis: str, zh: str, en: str) -> OverrideReason:
    return OverrideReason(code=code, nemsis=nemsis, zh=zh, en=en)


OVERRIDE_REASONS: Final = (
    _row("closest", "4220001", "最近的医院", "closest facility"),
    _row("diversion", "4220003", "原医院暂停或分流", "diversion"),
    _row("family_choice", "4220005", "家属选择", "family's choice"),
    _row("insurance", "4220007", "医保要求", "insurance requirement"),
    _row("law_enforcement", "4220009", "公安机关要求", "law enforcement's choice"),
    _row("medical_direction", "4220011", "上级医师在线或现场指示", "medical direction"),
    _row("other", "4220013", "其他", "other"),
    _row("patient_choice", "4220015", "患者本人选择", "patient's choice"),
    _row("physician_choice", "4220017", "患者的医生选择", "choice of the patient's physician"),
    _row("protocol", "4220019", "按流程", "protocol"),
    _row("specialty_centre", "4220021", "区域专科中心", "regional specialty centre"),
)

_BY_WORD: Final = {
    word.casefold(): each
    for each in OVERRIDE_REASONS
    for word in (each.code, each.nemsis, each.zh, each.en)
}


def override_reason(given: str) -> OverrideReason:
    """The reason meant by our code, the code of NEMSIS or its words, in any case of letters.

    Raises Refused("override_reason_needed") for anything else, and for nothing.
    """
    found = _BY_WORD.get(given.strip().casefold())
    if found is None:
        known = ", ".join(each.code for each in OVERRIDE_REASONS)
        raise Refused("override_reason_needed", given=given, known=known)
    return found
