"""Where to take a patient, in the register: the one engine asked with a case written down.

The engine is `hospital_gateway.destination`; `destination_fields` names what a case may say and
`destination_case` reads it. `RULES` holds the rules of this room: destination, the colour of a
pre-alert and the clock of a transfer (`dispatch.rules.prealert`).
"""

from collections.abc import Mapping
from typing import Any, Final

from dispatch.errors import BadPayload, Refused
from dispatch.rules.destination_case import Read, read_destination
from dispatch.rules.destination_fields import EXAMPLES, FACILITY_FIELDS, FIELDS, ORIGIN_FIELDS
from dispatch.rules.destination_words import (
    CHANGES_EN,
    CHANGES_ZH,
    DECIDED_EN,
    DECIDED_ZH,
    FLAGS_EN,
    FLAGS_ZH,
    RULES_EN,
    RULES_ZH,
)
from dispatch.rules.model import (
    MEDICAL_DIRECTOR,
    Answer,
    Field,
    Note,
    Result,
    Rule,
    Table,
    Values,
    Words,
    said_everywhere,
)
from dispatch.rules.policies import Policies
from dispatch.rules.prealert import PREALERT_COLOUR, TRANSFER_CLOCK
from hospital_gateway.advice import as_text
from hospital_gateway.bypass import DEFAULT_CENTRES
from hospital_gateway.capabilities import CAPABILITIES, TEAM_ALERTS, TYPICAL
from hospital_gateway.destination import Advice, Choice, choose, is_switch_advised
from hospital_gateway.override import OVERRIDE_REASONS, override_reason
from hospital_gateway.policy import GatewayPolicy

_NO_GATE: Final = frozenset(
    {"beds_unknown", "no_bed_free", "inbound", "advisory", "slower_by", "beyond_bypass_limit"}
)
"""Costs that make a place worse and forbid nothing."""


def _evaluate(values: Values, policies: Policies) -> Result:
    read = read_destination(values, policies)
    advice = choose(read.case, read.candidates, read.centres, read.policy)
    first = advice.options[0] if advice.options else None
    return {
        "rule": advice.rule,
        "decided_by": advice.decided_by,
        "first": first.facility_id if first else None,
        "first_passes": first.passes if first else None,
        "ranked": [option.facility_id for option in advice.options if option.passes],
        "excluded": _excluded(read, advice),
        "flags": [*map(as_text, advice.flags), *read.flags],
        "reasons": list(map(as_text, first.reasons)) if first else [],
        "would_change": list(map(as_text, advice.would_change)),
        "switch": is_switch_advised(advice, values["current"]),
        "options": [_option(option) for option in advice.options],
        "override": _override(values, advice),
        "override_reasons": [each.code for each in OVERRIDE_REASONS],
    }


def _excluded(read: Read, advice: Advice) -> list[dict[str, Any]]:
    """Who fails the gate or cannot be ranked, each with why; a transfer's own sender first."""
    sender = read.case.origin.facility_id if read.case.origin else None
    rows = [{"id": each.facility.facility_id, "why": ["is_sender"]} for each in read.candidates
            if each.facility.facility_id == sender]  # fmt: skip
    for option in advice.options:
        why = [as_text(cost) for cost in option.costs if cost.code not in _NO_GATE]
        if not option.passes:
            rows.append({"id": option.facility_id, "why": why})
    return [*rows, *({"id": each, "why": ["travel_unknown"]} for each in read.unplaced)]


def _option(option: Choice) -> dict[str, Any]:
    return {
        "id": option.facility_id,
        "minutes": _in_minutes(option.duration_s),
        "penalty_min": _in_minutes(option.penalty_s),
        "passes": option.passes,
        "reasons": list(map(as_text, option.reasons)),
        "costs": list(map(as_text, option.costs)),
    }


def _in_minutes(seconds: int) -> float:
    minutes = round(seconds / 60, 1)
    return int(minutes) if minutes == int(minutes) else minutes


def _override(values: Values, advice: Advice) -> dict[str, Any] | None:
    """What a person's own choice needs: nothing for the advised one, a reason of NEMSIS else."""
    chosen, given = values["choose"], values["override_reason"]
    if chosen is None:
        return None
    places = {option.facility_id: option for option in advice.options}
    if chosen not in places:
        raise BadPayload("invalid_field", f"choose: {chosen[:40]!r} is none of the options")
    is_needed = chosen != advice.options[0].facility_id or not places[chosen].passes
    reason = _reason_row(given) if given is not None else None
    return {
        "needed": is_needed,
        "allowed": not is_needed or reason is not None,
        "reason": reason,
    }


def _reason_row(given: str) -> dict[str, str]:
    try:
        found = override_reason(given)
    except Refused as refused:
        known = refused.params["known"]
        raise BadPayload("invalid_field", f"override_reason: expected one of {known}") from refused
    return {"code": found.code, "nemsis": found.nemsis, "zh": found.zh, "en": found.en}


def _explain(_values: Values, result: Result) -> Words:
    return Words(zh=_said(result, "zh"), en=_said(result, "en"))


def _said(result: Result, language: str) -> str:
    is_zh = language == "zh"
    rules, decided, flags, changes = (
        (RULES_ZH, DECIDED_ZH, FLAGS_ZH, CHANGES_ZH)
        if is_zh
        else (RULES_EN, DECIDED_EN, FLAGS_EN, CHANGES_EN)
    )
    stop, comma = ("。", "；") if is_zh else (". ", "; ")
    parts = [f"{result['rule']}: {rules[result['rule']]}"]
    options = result["options"]
    if options:
        best = options[0]
        unit = " 分钟" if is_zh else " min"
        parts.append(f"→ {best['id']} ({best['minutes']}{unit}), {decided[result['decided_by']]}")
        others = ", ".join(f"{each['id']} ({each['minutes']}{unit})" for each in options[1:3])
        parts.extend([("备选：" if is_zh else "Next: ") + others] if others else [])
    else:
        parts.append(_capital(decided[result["decided_by"]]))
    told = comma.join(_filled(flags, text) for text in result["flags"])
    parts.extend([_capital(told)] if told else [])
    may = [_filled(changes, text) for text in result["would_change"]]
    parts.extend([("若" if is_zh else "It would change if ") + comma.join(may)] if may else [])
    return stop.join(parts).strip() + stop.strip()


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _filled(words: Mapping[str, str], text: str) -> str:
    """A reason's one-line text in words: ``code{key=value,...}``."""
    code, _, rest = text.partition("{")
    pairs = (pair.partition("=") for pair in rest.removesuffix("}").split(",") if pair)
    return words[code].format(**{key: value for key, _equals, value in pairs})


def _rows(fields: tuple[Field, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple((field.name, field.kind, ", ".join(field.aliases), field.meaning)
                 for field in fields)  # fmt: skip


def _limit_rows() -> tuple[tuple[str, ...], ...]:
    def row(centre: Any) -> tuple[str, ...]:
        sign = "≤" if centre.is_bypass_limit_inclusive else "<"
        what = centre.bypass_limit_counts.replace("_", " ")
        needs = " + ".join(centre.requires_all)
        one_of = " or ".join(centre.requires_any)
        return (
            ", ".join(centre.serves),
            needs + (f" + ({one_of})" if one_of else ""),
            ", then ".join(centre.bypass_to),
            f"{what} {sign} {centre.bypass_limit_min} min",
        )

    return tuple(row(centre) for centre in DEFAULT_CENTRES)


_DEFAULTS: Final = GatewayPolicy()
_COLUMNS: Final = ("field", "kind", "also", "meaning")

DESTINATION: Final = Rule(
    name="destination",
    version="1",
    title_zh="去哪家医院",
    title_en="Where to take the patient",
    source="local policy; limits of ESC 2023 and Venema 2020; internal disaster after the ambulance"
    " diversion policy of Los Angeles County; element codes of NEMSIS 3.5.1, 2023",
    owner=MEDICAL_DIRECTOR,
    fields=FIELDS,
    answers=(
        Answer(name="rule", meaning="R0 closest resuscitation, R1 centre, R2 general"),
        Answer(name="decided_by", meaning="what put the first before the second"),
        Answer(name="first", meaning="id of the advised place; null when there is none"),
        Answer(name="first_passes", meaning="false: even the first needs a signed override"),
        Answer(name="ranked", meaning="ids of those that pass the gate, best first"),
        Answer(name="excluded", meaning="those that do not, each with id and why"),
        Answer(name="flags", meaning="what a person must know of the whole"),
        Answer(name="reasons", meaning="what speaks for the first"),
        Answer(name="would_change", meaning="what would put another place first"),
        Answer(name="switch", meaning="whether a crew under way to current is asked to turn"),
        Answer(name="options", meaning="every place: id, minutes, penalty, reasons and costs"),
        Answer(name="override", meaning="of choose: needed, allowed, reason; null without it"),
        Answer(name="override_reasons", meaning="the reasons an override may have"),
    ),
    decide=_evaluate,
    say=said_everywhere(_explain),
    tables=(
        Table(title="As written", header=("case", "input", "answer"), rows=EXAMPLES, mark="POLICY"),
        Table(title="A facility", header=_COLUMNS, rows=_rows(FACILITY_FIELDS), mark="POLICY"),
        Table(title="An origin", header=_COLUMNS, rows=_rows(ORIGIN_FIELDS), mark="POLICY"),
        Table(
            title="What a kind is taken to have",
            header=("kind", "capabilities"),
            rows=tuple((kind, ", ".join(has) or "none") for kind, has in TYPICAL.items()),
            mark="POLICY",
        ),
        Table(
            title="Bypass: gate, higher centre and limit by pathway",
            header=("pathway", "gate", "goes ahead", "limit"),
            rows=_limit_rows(),
            mark="POLICY",
        ),
        Table(
            title="Capabilities and NEMSIS eDisposition.23",
            header=("code", "中文", "meaning", "NEMSIS"),
            rows=tuple((each.code, each.zh, each.en, each.nemsis) for each in CAPABILITIES),
        ),
        Table(
            title="Team alerted before arrival, NEMSIS eDisposition.24",
            header=("what", "NEMSIS", "meaning"),
            rows=tuple((each.what, each.nemsis, each.en) for each in TEAM_ALERTS),
        ),
        Table(
            title="Override reasons, NEMSIS eDisposition.20",
            header=("code", "NEMSIS", "中文", "meaning"),
            rows=tuple((each.code, each.nemsis, each.zh, each.en) for each in OVERRIDE_REASONS),
        ),
        Table(
            title="What decided",
            header=("decided_by", "meaning"),
            rows=tuple(DECIDED_EN.items()),
            mark="POLICY",
        ),
    ),
    notes=(
        Note(mark="POLICY", text="the order R0, R1, R2, the gate, the ties"),
        Note(mark="POLICY", text=f"advisory counts {_DEFAULTS.advisory_penalty_s // 60} min, no "
             f"bed {_DEFAULTS.no_bed_penalty_s // 60} min, each inbound patient "
             f"{_DEFAULTS.load_penalty_s_per_inbound // 60} min, a tie is under "
             f"{_DEFAULTS.tie_s // 60} min, door to wire {_DEFAULTS.door_to_wire_s // 60} min"),
        Note(mark="POLICY", text=f"R0: a trauma team, or obstetrics with surgery from "
             f"{_DEFAULTS.immediate_pregnant_from_weeks} weeks, may be "
             f"{_DEFAULTS.immediate_detour_s // 60} min farther"),
        Note(mark="GK", text="limits of trauma (45 min), maternal, newborn and child (60 min)"),
        Note(mark="POLICY", text="limits of respiratory, burn and poison (60 min)"),
        Note(mark="POLICY", text="not passed unless known to be stable: "
             + ", ".join(_DEFAULTS.bypass_if_stable)),
        Note(mark="POLICY", text="a refusal counts when the patient has capacity or nobody said "
             "otherwise; it is then to be confirmed"),
        Note(mark="POLICY", text="what a kind of facility is taken to have"),
    ),
)  # fmt: skip

RULES: Final = (DESTINATION, PREALERT_COLOUR, TRANSFER_CLOCK)
