"""What a facility can do: the vocabulary, and the codes of NEMSIS 3.5.1 (2023) for it.

The words of a county's `facilities.toml` and `centres.toml`, of the gate and of the destination
rule. ``nemsis`` is eDisposition.23, hospital capability; empty where NEMSIS has none. Where NEMSIS
grades (stroke centres) the lowest grade that has the capability stands here, because a capability
is no certificate. `TEAM_ALERTS` is eDisposition.24, which team was alerted before arrival; a
newborn has no alert of its own there: Other, with the NICU as destination (eDisposition.22).
"""

from typing import Final

import msgspec


class Capability(msgspec.Struct, frozen=True, kw_only=True):
    """One capability: its code, what it is called, its code in NEMSIS eDisposition.23."""

    code: str
    zh: str
    en: str
    nemsis: str = ""


class TeamAlert(msgspec.Struct, frozen=True, kw_only=True):
    """One value of NEMSIS eDisposition.24 and the pathway or condition for which it stands."""

    what: str
    nemsis: str
    en: str


def _row(code: str, zh: str, en: str, nemsis: str = "") -> Capability:
    return Capability(code=code, zh=zh, en=en, nemsis=nemsis)


HIGHER: Final[dict[str, tuple[str, ...]]] = {
    # A higher level does what the lower ones do (levels of newborn care, AAP 2012; trauma levels of
    # NEMSIS 3.5.1, 1 the highest).
    "nicu_1": ("nicu_2", "nicu_3"),
    "nicu_2": ("nicu_3",),
    "trauma_level_2": ("trauma_level_1",),
    "trauma_level_3": ("trauma_level_1", "trauma_level_2"),
    "trauma_level_4": ("trauma_level_1", "trauma_level_2", "trauma_level_3"),
    "trauma_level_5": ("trauma_level_1", "trauma_level_2", "trauma_level_3", "trauma_level_4"),
}
"""The capabilities that include another one, by the one they include."""

CAPABILITIES: Final = (
    _row("ed_24h", "24 小时急诊", "emergency department, day and night", "9908007"),
    _row("resus", "抢救室", "resuscitation room"),
    _row("ct_24h", "24 小时 CT", "CT, day and night"),
    _row("lysis_stroke", "卒中溶栓", "thrombolysis of stroke", "9908037"),
    _row("evt", "取栓", "thrombectomy", "9908041"),
    _row("lysis_stemi", "心梗溶栓", "thrombolysis of STEMI", "9908035"),
    _row("ppci", "急诊 PCI", "primary PCI, day and night", "9908033"),
    _row("trauma_level_1", "一级创伤", "trauma centre level I", "9908021"),
    _row("trauma_level_2", "二级创伤", "trauma centre level II", "9908023"),
    _row("trauma_level_3", "三级创伤", "trauma centre level III", "9908025"),
    _row("trauma_level_4", "四级创伤", "trauma centre level IV", "9908027"),
    _row("trauma_level_5", "五级创伤", "trauma centre level V", "9908029"),
    _row("or_24h", "24 小时手术室", "operating room, day and night"),
    _row("blood", "备血", "blood for transfusion"),
    _row("ob_emergency", "产科急救", "emergency obstetrics", "9908047"),
    _row("nicu_1", "一级新生儿", "newborn care level I", "9908009"),
    _row("nicu_2", "二级 NICU", "NICU level II", "9908009"),
    _row("nicu_3", "三级 NICU", "NICU level III", "9908009"),
    _row("picu", "PICU", "paediatric intensive care", "9908011"),
    _row("eicu", "EICU", "emergency intensive care"),
    _row("respiratory_icu", "呼吸 ICU", "respiratory intensive care"),
    _row("burn", "烧伤", "burn unit", "9908003"),
    _row("hyperbaric", "高压氧", "hyperbaric chamber"),
    _row("tox", "中毒救治", "toxicology and antivenom"),
    _row("psych", "精神科", "psychiatry", "9908001"),
    _row("isolation", "隔离", "isolation of infectious patients"),
)

NAMES: Final = frozenset(each.code for each in CAPABILITIES)

_TOWNSHIP: Final = ("ed_24h", "resus")
_COUNTY: Final = (*_TOWNSHIP, "ct_24h", "lysis_stroke", "lysis_stemi", "ppci", "trauma_level_3",
                  "or_24h", "blood", "ob_emergency", "eicu")  # fmt: skip
_CITY: Final = (*_COUNTY, "evt", "trauma_level_2", "nicu_3", "picu", "respiratory_icu", "burn",
                "hyperbaric", "tox", "psych", "isolation")  # fmt: skip

TYPICAL: Final = {
    "village": (),
    "clinic": (),
    "township": _TOWNSHIP,
    "sub_centre": _TOWNSHIP,
    "hospital": _COUNTY,
    "county": _COUNTY,
    "city": _CITY,
}
"""What a facility of a kind is taken to have where a case names only the kind (POLICY). A county
names every capability of every facility in its `facilities.toml`; there none of this counts.
"""


def _alert(what: str, nemsis: str, en: str) -> TeamAlert:
    return TeamAlert(what=what, nemsis=nemsis, en=en)


TEAM_ALERTS: Final = (
    _alert("none", "4224001", "no team alerted"),
    _alert("adult_trauma", "4224003", "trauma, adult"),
    _alert("cardiac_arrest", "4224005", "cardiac arrest"),
    _alert("maternal", "4224007", "obstetrics"),
    _alert("other", "4224009", "other; also a newborn, with destination NICU 4222023"),
    _alert("child_trauma", "4224011", "trauma, child"),
    _alert("chest_pain", "4224013", "STEMI"),
    _alert("stroke", "4224015", "stroke"),
    _alert("trauma", "4224017", "trauma, age not known"),
    _alert("sepsis", "4224019", "sepsis"),
)
