"""The fields of a destination case: of the patient, of each facility, of a transfer's origin.

Only names, kinds and words stand here; `dispatch.rules.destination_case` makes values of the engine
from them. A facility's own table refuses what it does not know, since a slip would change the
answer; the case's top level names it in the result like every rule.
"""

from typing import Final

from dispatch.rules.model import Field
from dispatch.triage.need import PATHWAYS
from hospital_gateway.capabilities import CAPABILITIES, TYPICAL

IMMEDIATE: Final = ("arrest", "traumatic_arrest", "airway", "bleeding")
SITUATIONS: Final = (*PATHWAYS, "trauma_yellow", *IMMEDIATE, "general")

SITUATION_WORDS: Final = {
    "stemi": "chest_pain",
    "acs": "chest_pain",
    "chest pain": "chest_pain",
    "胸痛": "chest_pain",
    "lvo": "stroke",
    "卒中": "stroke",
    "trauma red": "trauma",
    "trauma_red": "trauma",
    "创伤": "trauma",
    "trauma yellow": "trauma_yellow",
    "obstetric": "maternal",
    "孕产": "maternal",
    "neonate": "newborn",
    "newborn_child": "newborn",
    "新生儿": "newborn",
    "paediatric": "child",
    "儿童": "child",
    "呼吸": "respiratory",
    "burns": "burn",
    "烧伤": "burn",
    "co": "tox",
    "co poisoning": "tox",
    "poisoning": "tox",
    "中毒": "tox",
    "cardiac arrest": "arrest",
    "traumatic arrest": "traumatic_arrest",
    "airway lost": "airway",
    "airway_lost": "airway",
    "r0": "arrest",
    "r2": "general",
    "none": "general",
}

SITUATION: Final = Field(
    name="pathway",
    kind="choice",
    choices=SITUATIONS,
    words=SITUATION_WORDS,
    aliases=("situation", "problem", "centre"),
    meaning="what is wrong, in one word; general when no centre is wanted",
)
CAPABILITY: Final = Field(
    name="capability",
    kind="choice",
    choices=tuple(each.code for each in CAPABILITIES),
    words={
        "pci": "ppci",
        "cath_lab": "ppci",
        "thrombectomy": "evt",
        "ct": "ct_24h",
        "or": "or_24h",
        "ob": "ob_emergency",
        "ed": "ed_24h",
    },
    meaning="a capability of a facility",
)
IDENTITY: Final = Field(name="id", kind="text", meaning="id of a facility")
TEXT: Final = Field(name="text", kind="text", meaning="a word")


def _flag(name: str, meaning: str, *aliases: str) -> Field:
    return Field(name=name, kind="flag", meaning=meaning, aliases=aliases)


def _list(name: str, meaning: str, *aliases: str) -> Field:
    return Field(name=name, kind="list", meaning=meaning, aliases=aliases)


def _text(name: str, meaning: str, *aliases: str) -> Field:
    return Field(name=name, kind="text", meaning=meaning, aliases=aliases)


def _minutes(name: str, meaning: str, *aliases: str) -> Field:
    return Field(name=name, kind="number", unit="min", meaning=meaning, aliases=aliases,
                 lowest=0, highest=10_000)  # fmt: skip


def _count(name: str, meaning: str, *aliases: str) -> Field:
    return Field(name=name, kind="integer", meaning=meaning, aliases=aliases,
                 lowest=0, highest=1_000)  # fmt: skip


FIELDS: Final = (
    SITUATION,
    _list("pathways", "several such words", "situations", "centres"),
    _flag("immediate", "R0, whatever the reason", "is_immediate", "r0"),
    _flag("arrest", "arrest without return of circulation", "arrest_no_rosc", "cardiac_arrest"),
    _flag("traumatic", "the arrest is from an injury", "traumatic_arrest"),
    _flag("airway_lost", "an airway the crew cannot manage", "airway_unmanageable"),
    _flag("bleeding", "uncontrollable bleeding or about to arrest", "bleeding_uncontrolled",
          "uncontrolled_bleeding", "peri_arrest"),
    _flag("pregnant", "pregnant", "is_pregnant"),
    Field(name="weeks", kind="number", meaning="weeks of gestation, completed ones count",
          aliases=("gestation_weeks", "ga_weeks"), lowest=0, highest=45),
    Field(name="age", kind="number", unit="a", meaning="age", aliases=("age_years",), lowest=0,
          highest=150),
    _flag("stable", "stable enough for a longer drive", "is_stable"),
    _flag("airway_safe", "airway safe for a longer drive"),
    _flag("may_bypass", "false: the nearest capable place, whatever higher centre is in reach"),
    _minutes("since_contact_min", "since first medical contact", "fmc_min", "since_fmc_min",
             "elapsed_min"),
    Field(name="news2", kind="integer", meaning="NEWS2 total or what is known of it",
          lowest=0, highest=20),
    _flag("wants_eicu", "an EICU bed is wanted", "needs_eicu"),
    _list("requires", "capabilities without which a place needs a signed override"),
    _list("prefers", "capabilities that break ties"),
    _text("patient_choice", "id of the place the patient asks for", "preference"),
    _text("own_hospital", "id of the hospital of the patient's 医共体", "own_facility"),
    _list("refuses", "ids of places the patient refuses"),
    _flag("refuses_centre", "the speciality centre as such is refused", "refuses_specialty",
          "refuses_specialty_centre"),
    _flag("competent", "the patient has capacity to refuse", "has_capacity"),
    Field(name="origin", kind="table", meaning="a transfer: id, kind, back_transfer, dido_min"),
    _text("current", "id of the destination under way", "current_destination"),
    _flag("position_stale", "the drives start from an old fix", "gps_lost", "is_position_stale"),
    _text("choose", "id of the place a person chose", "chosen"),
    _text("override_reason", "why, by code, NEMSIS code or words"),
    Field(name="facilities", kind="list", is_required=True,
          meaning="tables: id, minutes or t_pci_min, kind or capabilities, and the rest below"),
    Field(name="limits", kind="table", meaning="bypass limits in minutes by pathway"),
    Field(name="policy", kind="table", meaning="numbers of the policy that differ, in its units"),
)  # fmt: skip

_ROMAN: Final = ("I", "II", "III", "IV", "V")
LEVELS: Final = {roman: place for place, roman in enumerate(_ROMAN, 1)}

FACILITY_FIELDS: Final = (
    Field(name="id", kind="text", meaning="id of the facility", is_required=True),
    _minutes("minutes", "drive from the patient; null is unknown", "min", "drive_min", "eta_min"),
    _minutes("t_pci_min", "contact to wire in place of minutes", "t_pci"),
    Field(name="kind", kind="choice", choices=tuple(TYPICAL), meaning="kind; the id will do",
          words={"hospital": "hospital", "clinic": "clinic", "sub-centre": "sub_centre",
                 "乡镇": "township", "县级": "county", "市级": "city"}),
    _list("capabilities", "what it can do; also as flags by name (ppci: false is out of order)"),
    _list("unavailable", "what it has and cannot offer now"),
    Field(name="trauma_level", kind="score", choices=_ROMAN, lowest=1, highest=5,
          meaning="trauma level, 1 the highest"),
    Field(name="nicu_level", kind="score", choices=_ROMAN[:3], lowest=1, highest=3,
          meaning="newborn care level, 3 the highest"),
    _list("centres", "the centres it runs"),
    Field(name="status", kind="choice", choices=("normal", "advisory", "closed", "disaster"),
          words={"open": "normal", "closed: internal disaster": "disaster",
                 "internal disaster": "disaster", "internal_disaster": "disaster",
                 "closed for safety": "disaster", "divert": "closed", "diversion": "closed"},
          aliases=("traffic",), meaning="traffic; disaster takes nobody, even in R0"),
    _text("reason", "why it is not normal"),
    _flag("internal_disaster", "internal disaster, or closed for safety"),
    _count("resus_free", "free resuscitation bays; null is unknown", "resus_bays"),
    _count("eicu_free", "free EICU beds; null is unknown", "eicu_beds"),
    _count("inbound", "patients already on the way there"),
    _flag("lead", "lead hospital", "is_lead"),
)  # fmt: skip

ORIGIN_FIELDS: Final = (
    Field(name="id", kind="text", meaning="id of the sender", is_required=True),
    Field(name="kind", kind="choice", choices=tuple(TYPICAL), meaning="kind; the id will do"),
    _flag("back_transfer", "a transfer back, nearer home", "is_back_transfer"),
    _minutes("dido_min", "time the patient has been there", "elapsed_min"),
)

EXAMPLES: Final = (
    (
        "arrest, township 4 min, county 15",
        '{"pathway": "arrest", "facilities": [{"id": "township", "minutes": 4}, '
        '{"id": "county", "minutes": 15}]}',
        "R0 township",
    ),
    (
        "STEMI, county lab closed, city 110 min from contact to wire",
        '{"pathway": "stemi", "facilities": [{"id": "county", "minutes": 12, "ppci": false}, '
        '{"id": "city", "t_pci_min": 110}]}',
        "R1 city",
    ),
    (
        "county on advisory, neighbour normal",
        '{"facilities": [{"id": "county", "minutes": 8, "status": "advisory"}, '
        '{"id": "neighbour", "kind": "hospital", "minutes": 15}]}',
        "R2 neighbour",
    ),
)
"""Cases as they are written: what it is, the input, and rule and first of the answer."""
