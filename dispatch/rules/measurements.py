"""Conversion of units and codes of items in the register, and all rules on measured values.

Not here: any factor or code (`telemetry.quantities`, `telemetry.code_systems`).
"""

from typing import Final

from dispatch.errors import BadPayload
from dispatch.rules.model import (
    Answer,
    Field,
    Note,
    Result,
    Rule,
    Table,
    Values,
    Words,
    everywhere,
    said_everywhere,
)
from dispatch.rules.plausibility import PLAUSIBILITY
from dispatch.rules.plausibility_words import ITEM_OF, NAMES
from telemetry.code_systems import (
    BY_NAME,
    CODED,
    SYSTEMS,
    Coded,
    CodedItem,
    items_with,
    split,
)
from telemetry.quantities import (
    FAHRENHEIT_OF_FREEZING,
    MG_DL_PER_MMOL_L,
    MMHG_PER_KPA,
    SPELLINGS,
    convert,
    read_unit,
)

_DIGITS: Final = 6  # hides binary noise, far below what any device measures


def _convert(values: Values) -> Result:
    source, target = read_unit(values["from"]), read_unit(values["to"])
    item = None if values["item"] is None else ITEM_OF[values["item"]]
    found = convert(values["value"], source, target, item)
    return {
        "value": round(found, _DIGITS),
        "unit": target,
        "original": {"value": values["value"], "unit": source},
    }


def _explain_convert(_values: Values, result: Result) -> Words:
    old, new = result["original"], f"{result['value']:g} {result['unit']}"
    return Words(
        zh=f"{old['value']:g} {old['unit']} 等于 {new}（原值保留）。",
        en=f"{old['value']:g} {old['unit']} is {new}; the measured value is kept.",
    )


CONVERT: Final = Rule(
    name="convert",
    version="1",
    title_zh="单位换算（仅在明确要求时）",
    title_en="Conversion of units, on request only",
    source="IUPAC atomic weights 2021; NIST SP 811, 2008; UCUM 2017",
    owner="taken over as it is",
    fields=(
        Field(
            name="value",
            kind="number",
            meaning="the number as it was measured",
            lowest=-1e9,
            highest=1e9,
            is_required=True,
        ),
        Field(
            name="from",
            kind="text",
            meaning="its unit",
            aliases=("from_unit", "unit"),
            is_required=True,
        ),
        Field(
            name="to",
            kind="text",
            meaning="the unit wanted",
            aliases=("to_unit", "target"),
            is_required=True,
        ),
        Field(
            name="item",
            kind="choice",
            choices=tuple(ITEM_OF),
            words=NAMES,
            meaning="what was measured; needed between mmol/L and mg/dL, which is for glucose only",
        ),
    ),
    answers=(
        Answer(name="value", meaning="the number in the unit wanted, to 6 decimals"),
        Answer(name="unit", meaning="the UCUM unit wanted"),
        Answer(name="original", meaning="value and unit as measured"),
    ),
    decide=everywhere(_convert),
    say=said_everywhere(_explain_convert),
    tables=(
        Table(
            title="Factors",
            header=("of", "to", "times"),
            rows=(
                ("glucose mmol/L", "mg/dL", f"{MG_DL_PER_MMOL_L:g}"),
                ("kPa", "mm[Hg]", f"{MMHG_PER_KPA:g}"),
                ("[degF]", "Cel", f"(value - {FAHRENHEIT_OF_FREEZING:g}) x 5/9"),
            ),
        ),
        Table(
            title="Spellings",
            header=("UCUM", "also read as"),
            rows=tuple((unit, ", ".join(words)) for unit, words in SPELLINGS.items()),
        ),
    ),
    notes=(Note(mark="POLICY", text="nothing is ever converted without being asked for"),),
)


def _code(values: Values) -> Result:
    items = _items(values)
    return {
        "item": items[0].name if len(items) == 1 else None,
        "items": [_shown(item) for item in items],
    }


def _items(values: Values) -> tuple[CodedItem, ...]:
    given = [name for name in ("item", "code", "mdc") if values[name] is not None]
    if len(given) != 1:
        raise BadPayload("missing_field", "item: exactly one of item, code and mdc is needed")
    if values["item"] is not None:
        return (BY_NAME[values["item"]],)
    if values["mdc"] is not None:
        return items_with("MDC", str(values["mdc"]))
    systems = SYSTEMS if values["system"] is None else (values["system"],)
    found = [item for system in systems for item in items_with(system, str(values["code"]))]
    return tuple({item.name: item for item in found}.values())


def _shown(item: CodedItem) -> Result:
    return {
        "item": item.name,
        "zh": item.zh,
        "en": item.en,
        **{system.lower(): [_one(one) for one in item.of(system)] for system in SYSTEMS},
    }


def _one(coded: Coded) -> Result:
    shown: Result = {"code": coded.code, "mark": coded.mark, "note": coded.note}
    if coded.system == "MDC":
        partition, term = split(int(coded.code))
        shown |= {"name": coded.name, "partition": partition, "term": term}
    return shown


def _explain_code(_values: Values, result: Result) -> Words:
    if not result["items"]:
        return Words(zh="没有这个代码。", en="No item carries this code.")
    told = [(one, _codes(BY_NAME[one["item"]])) for one in result["items"]]
    return Words(
        zh="".join(f"{one['zh']}：{codes}。" for one, codes in told),
        en=" ".join(f"{one['en']}: {codes}." for one, codes in told),
    )


def _codes(item: CodedItem) -> str:
    return ", ".join(
        f"{one.system} {one.code}" + (" (GK)" if one.mark == "GK" else "") for one in item.codes
    )


def _cell(item: CodedItem, system: str) -> str:
    return "; ".join(
        " ".join(part for part in (one.code, one.name, f"[{one.mark}]", one.note) if part)
        for one in item.codes
        if one.system == system
    )


CODE: Final = Rule(
    name="code",
    version="1",
    title_zh="监测项目的标准代码",
    title_en="Standard codes of the measured items",
    source="LOINC and ISO/IEEE 11073-10101 as FHIR PoCD and IHE PCS use them; NEMSIS 3.5.1 2023",
    owner="the publishers of the code systems, taken over as they are",
    fields=(
        Field(
            name="item",
            kind="choice",
            choices=tuple(item.name for item in CODED),
            words={item.en: item.name for item in CODED} | {item.zh: item.name for item in CODED},
            meaning="the item whose codes are wanted",
            aliases=("name",),
        ),
        Field(
            name="system",
            kind="choice",
            choices=SYSTEMS,
            words={"ISO 11073": "MDC", "IEEE 11073": "MDC"},
            meaning="the system of code; all of them when not given",
        ),
        Field(name="code", kind="text", meaning="a code, or the name of an MDC code"),
        Field(
            name="mdc",
            kind="integer",
            meaning="an MDC code as a number: context-free, or the 16-bit term of partition 2",
            lowest=0,
            highest=2**32 - 1,
        ),
    ),
    answers=(
        Answer(name="item", meaning="the one item found; null for none or several"),
        Answer(name="items", meaning="each item found with all its codes and their marks"),
    ),
    decide=everywhere(_code),
    say=said_everywhere(_explain_code),
    tables=(
        Table(
            title="Codes",
            header=("item", *SYSTEMS),
            rows=tuple((item.name, *(_cell(item, system) for system in SYSTEMS)) for item in CODED),
        ),
    ),
    notes=(
        Note(mark="GK", text="every code marked GK in the table: look it up before use"),
        Note(mark="POLICY", text="a 16-bit MDC term without a partition is one of partition 2"),
    ),
)

RULES: Final = (PLAUSIBILITY, CONVERT, CODE)
