"""Plausibility in the register: what a measured value is worth.

A case names one item and its value, or gives several values under their own names, so that they are
held against each other. Not here: any limit (`telemetry.codes`), what is decided
(`telemetry.entered`), and how it is said (`dispatch.rules.plausibility_words`).
"""

from collections.abc import Mapping
from typing import Final, get_args

from dispatch.errors import BadPayload
from dispatch.rules.model import (
    MEDICAL_DIRECTOR,
    Answer,
    Field,
    Note,
    Result,
    Rule,
    Table,
    Values,
    said_everywhere,
)
from dispatch.rules.plausibility_words import (
    ALSO,
    CONTEXT_WORDS,
    CONTEXTS,
    ITEM_OF,
    NAMES,
    SHORT,
    explain,
)
from dispatch.rules.policies import Policies
from telemetry.codes import CONTINUOUS_SCORED_S, ITEMS, LIMITS, SPOT_SCORED_S, Item
from telemetry.contract import Quality
from telemetry.entered import (
    WORDS,
    Measured,
    Method,
    Opinion,
    Situation,
    Verdict,
    Word,
    judge_entered,
)
from telemetry.plausibility import CHECKS
from telemetry.quantities import UNITS, read_unit

_DEVICE_WORDS: Final[tuple[Quality, ...]] = ("leads_off", "probe_off", "artefact", "asystole")
_CONCERNS: Final[dict[str, frozenset[Item]]] = {
    "leads_off": frozenset({"heart_rate", "resp_rate"}),
    "probe_off": frozenset({"spo2", "pulse_rate"}),
    "artefact": frozenset(ITEMS),
    "asystole": frozenset({"heart_rate", "pulse_rate"}),
}
_FLAGS: Final = tuple(word for word in CONTEXTS if word != "ok")
_GRAVITY: Final[tuple[Opinion, ...]] = ("keep", "flag", "stale", "missing", "reject")
_SECONDS_PER_MINUTE: Final = 60
_TOP: Final = ("value", "unit", "ask", "hint", "critical", "priority")


def _plausibility(values: Values, policies: Policies) -> Result:
    said = _said(values)
    measured = _measured(values, said)
    found = judge_entered(
        measured,
        Situation(
            is_child=bool(said & {"child", "newborn"}),
            is_cpr="cpr" in said,
            is_talking="talking" in said,
            rate_gap_s=values["gap_s"],
        ),
        policies.clinical.plausibility,
    )
    items = {SHORT[item]: _shown(verdict) for item, verdict in found.items()}
    asked = values["item"]
    if asked is None and len(measured) == 1:
        asked = SHORT[next(iter(measured))]
    top = _gravest(found) if asked is None else items[asked]
    return {"item": asked, **top, "items": items}


def _gravest(found: Mapping[Item, Verdict]) -> Result:
    """Several values without one that was asked about: the gravest verdict speaks for all."""
    opinion = max((one.opinion for one in found.values()), key=_GRAVITY.index)
    reasons = dict.fromkeys(reason for one in found.values() for reason in one.reasons)
    return {
        **_verdict(opinion),
        "scored": all(one.is_scored for one in found.values()),
        "reasons": list(reasons),
        **dict.fromkeys(_TOP),
    }


def _shown(verdict: Verdict) -> Result:
    return {
        **_verdict(verdict.opinion),
        "scored": verdict.is_scored,
        "reasons": list(verdict.reasons),
        **{name: getattr(verdict, name) for name in _TOP},
    }


def _verdict(opinion: Opinion) -> Result:
    return {
        "verdict": opinion,
        "keep": opinion in ("keep", "flag"),
        "flag": opinion == "flag",
        "reject": opinion == "reject",
        "missing": opinion in ("missing", "stale"),
    }


def _measured(values: Values, said: frozenset[str]) -> dict[Item, Measured]:
    """The value that is asked about and those beside it, in the order of the table."""
    asked, value = values["item"], values["value"]
    given = {short: values[short] for short in ITEM_OF if values[short] is not None}
    if asked is None and (value is not None or values["unit"] is not None or not given):
        raise BadPayload("missing_field", f"item: one of {', '.join(ITEM_OF)} is needed")
    if asked is not None and asked in given and value is not None:
        raise BadPayload("invalid_field", f"value: given as value and as {asked}")
    if asked is not None:
        given.setdefault(asked, value)
    return {
        item: _one(item, given[short], short == asked, values, said)
        for short, item in ITEM_OF.items()
        if short in given
    }


def _one(
    item: Item,
    value: float | Word | None,
    is_asked: bool,
    values: Values,
    said: frozenset[str],
) -> Measured:
    """One value with what the device says of it: of the one asked about, or of what it concerns."""
    device: list[Quality] = [
        word
        for word in _DEVICE_WORDS
        if word in said and (is_asked or (values["item"] is None and item in _CONCERNS[word]))
    ]
    method: Method | None = values["method"]
    return Measured(
        value=value,
        unit=read_unit(values["unit"]) if is_asked and values["unit"] is not None else None,
        quality=device[0] if device else "ok",
        age_s=_age_s(values),
        method=method,
        is_repeat=bool(values["repeat"]),
        is_perfusion_poor="poor_perfusion" in said,
    )


def _age_s(values: Values) -> float | None:
    if values["age_s"] is not None and values["age_min"] is not None:
        raise BadPayload("invalid_field", "age_s: given as age_s and as age_min")
    minutes: float | None = values["age_min"]
    age_s: float | None = values["age_s"]
    return age_s if minutes is None else minutes * _SECONDS_PER_MINUTE


def _said(values: Values) -> frozenset[str]:
    """Everything said about device and patient, in whichever of the three ways."""
    said = {values["quality"], values["context"]} | {name for name in _FLAGS if values[name]}
    return frozenset(word for word in said if word is not None)


def _range(limits: tuple[float, float] | None) -> str:
    return "" if limits is None else f"{limits[0]:g}-{limits[1]:g}"


PLAUSIBILITY: Final = Rule(
    name="plausibility",
    version="1",
    title_zh="数值可信性",
    title_en="Plausibility of measured values",
    source="POLICY of this project, beside NEMSIS 3.5.1 2023, MIMIC-Extract 2020 and ricu 2023",
    owner=MEDICAL_DIRECTOR,
    fields=(
        Field(
            name="item",
            kind="choice",
            choices=tuple(ITEM_OF),
            words=NAMES,
            meaning="what was measured; not needed when the values stand under their own names",
            aliases=("name", "parameter"),
        ),
        Field(
            name="value",
            kind="reading",
            choices=get_args(Word),
            words={"lo": "Low", "hi": "High", "palpated": "P"},
            meaning="the number as it came; glucose may be Low or High, a diastolic P (palpated)",
            aliases=("text", "value_text"),
        ),
        Field(
            name="unit",
            kind="text",
            meaning=f"unit of value, the table's when not said; one of {', '.join(UNITS)}",
        ),
        Field(
            name="quality",
            kind="choice",
            choices=tuple(CONTEXTS),
            words=CONTEXT_WORDS,
            meaning="what the device says of the value",
            aliases=("state", "status", "alarm"),
        ),
        Field(
            name="context",
            kind="choice",
            choices=tuple(CONTEXTS),
            words=CONTEXT_WORDS,
            meaning="what else is known, of device or patient",
        ),
        *(Field(name=name, kind="flag", meaning=CONTEXTS[name]) for name in _FLAGS),
        Field(
            name="age_s",
            kind="number",
            unit="s",
            meaning="how old the value is",
            lowest=0,
            highest=1e9,
        ),
        Field(
            name="age_min",
            kind="number",
            unit="min",
            meaning="how old the value is",
            lowest=0,
            highest=1e7,
        ),
        Field(
            name="method",
            kind="choice",
            choices=get_args(Method),
            words={"nibp": "cuff", "manual": "entered", "arterial": "monitor", "abp": "monitor"},
            meaning="cuff or entered: usable for 10 min; monitor: for 60 s",
        ),
        Field(name="repeat", kind="flag", meaning="same time stamp as the value before"),
        Field(
            name="gap_s",
            kind="number",
            unit="s",
            meaning="how long heart and pulse rate have differed; unknown counts as too long",
            lowest=0,
            highest=1e9,
        ),
        *(
            Field(
                name=short,
                kind="number",
                unit=LIMITS[item].unit,
                meaning=f"{item} beside the value, or instead of it",
                aliases=ALSO[short],
            )
            for short, item in ITEM_OF.items()
        ),
    ),
    answers=(
        Answer(name="item", meaning="what was asked about, null for several values at once"),
        Answer(name="verdict", meaning="keep, flag, reject, missing or stale; the gravest of all"),
        Answer(name="keep", meaning="whether the value stands: keep or flag"),
        Answer(name="flag", meaning="whether a person should confirm it"),
        Answer(name="reject", meaning="whether it cannot be true"),
        Answer(name="missing", meaning="whether a score must take it as missing: missing or stale"),
        Answer(name="scored", meaning="whether a score may use the value"),
        Answer(name="reasons", meaning="why, as codes"),
        Answer(name="value", meaning="the value as it came, never converted"),
        Answer(name="unit", meaning="the unit it is in"),
        Answer(name="ask", meaning="what to ask a person: unit, confirm, convert, repeat, or null"),
        Answer(name="hint", meaning="the unit that may have been meant, such as fahrenheit?"),
        Answer(name="critical", meaning="low or high for a word in place of a number"),
        Answer(name="priority", meaning="P1 for an asystole alarm"),
        Answer(name="items", meaning="the same for each value, and for what a cross-check flags"),
    ),
    decide=_plausibility,
    say=said_everywhere(explain),
    tables=(
        Table(
            title="Limits",
            header=("item", "unit", "reject outside", "flag outside", "child: flag outside"),
            rows=tuple(
                (
                    short,
                    LIMITS[item].unit,
                    _range(LIMITS[item].reject),
                    _range(LIMITS[item].flag),
                    _range(LIMITS[item].child_flag),
                )
                for short, item in ITEM_OF.items()
            ),
            mark="POLICY",
        ),
        Table(
            title="Between values",
            header=("check", "limit"),
            rows=(
                ("systolic - diastolic, mmHg, at least", f"{CHECKS.pulse_pressure_min_mmhg:g}"),
                ("|mean - (sys + 2 dia)/3|, mmHg, at most", f"{CHECKS.mean_tolerance_mmhg:g}"),
                ("|heart - pulse rate|, /min, at most", f"{CHECKS.rate_gap_per_min:g}"),
                ("for longer than, s", f"{CHECKS.rate_gap_s:g}"),
                ("age of a monitor's number, s, at most", f"{CONTINUOUS_SCORED_S:g}"),
                ("age of a cuff's or entered value, s, at most", f"{SPOT_SCORED_S:g}"),
            ),
            mark="POLICY",
        ),
        Table(
            title="Words instead of a number",
            header=("item", "word", "reason", "critical"),
            rows=tuple(
                (SHORT[item], word, reason, critical or "")
                for (item, word), (reason, critical) in WORDS.items()
            ),
        ),
    ),
    notes=(
        Note(mark="POLICY", text="every limit and cross-check of the tables"),
        Note(mark="POLICY", text="a value in another unit is judged but not scored unconverted"),
        Note(mark="POLICY", text="leads off wins over an asystole alarm: nothing was measured"),
        Note(mark="POLICY", text="a respiratory rate of 0 in a patient who talks is not scored"),
    ),
)
