"""How one call meets the criteria table: the worst matching cell. Pure.

Every finding is answered yes, no or unknown, or was not asked. A finding not asked decides nothing.
One that was asked and remained unknown counts as present in P1, P2 and P3, and so does a criterion
whose finding is present and whose number nobody gave (a stroke sign, last known well unknown): the
higher cell, until known. Nothing unknown ever reassures: where only unknown answers or none at all
speak, the complaint keeps the priority of its `otherwise`.

The newborn, child and pregnancy rows are looked at for every such patient beside the complaint; a
finding that belongs to another complaint leads there too. Such rows beside the complaint can only
raise. Not here: the entry questions and the arrest rule (`call`), the table (`criteria_table`).
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, Literal, TypeVar

import msgspec

from dispatch.triage.criteria_table import OPENS, REFERS, ROWS
from dispatch.triage.criterion import (
    CriteriaPolicy,
    Criterion,
    Limit,
    Measure,
    Priority,
    Row,
)
from dispatch.triage.need import Pathway

_Item = TypeVar("_Item", bound=str)
State = Literal["yes", "no", "unknown", "unasked"]
# Whoever gives the number has the finding.
_SHOWN_BY: Final[dict[Measure, str]] = {
    "contraction_interval_min": "contractions",
    "gestation_weeks": "pregnant",
    "seriously_hurt": "hazmat_mci",
}
_VULNERABLE: Final = ("newborn", "pregnant", "immunosuppressed")


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller said. ``answers``: finding or criterion to yes, no or None (unknown).

    ``measures`` holds only numbers that were given, in the units of their names.
    ``is_breathing_bad``: the breathing of a conscious patient is not normal, so that the breathing
    row applies and its unknown severity is P1. ``has_unrecognised``: something was said that nobody
    could read.
    """

    complaints: tuple[str, ...] = ()
    answers: Mapping[str, bool | None] = {}
    measures: Mapping[Measure, float] = {}
    is_breathing_bad: bool = False
    has_unrecognised: bool = False


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """``priority`` None: no complaint was named and no finding leads to one.

    ``decided_by`` are ``row.cell.criterion`` of the worst cell; ``unknown`` those among them that
    count only because an answer is unknown.
    """

    priority: Priority | None
    decided_by: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    tags: tuple[Pathway, ...] = ()
    actions: tuple[str, ...] = ()


class _Match(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion that counts, a complaint of which nothing was found, or a floor."""

    priority: Priority
    by: str
    row: Row | None = None
    criterion: Criterion | None = None
    is_known: bool = True
    is_otherwise: bool = False


def worst(priorities: Iterable[Priority | None]) -> Priority | None:
    """The gravest; None only when nothing was decided."""
    return min((one for one in priorities if one is not None), default=None)


def decide(report: Report, policy: CriteriaPolicy) -> Decision:
    """The worst cell of CDC-0 that matches ``report`` (POLICY; county medical director)."""
    facts = _facts(report, policy)
    stated, beside = _rows(report, facts, policy)
    matches = [match for row in stated for match in _of_complaint(row, report, facts, policy)]
    for row in beside:
        found = _matches(row, report, facts, policy)
        matches += [match for match in found if not stated or match.priority in ("P1", "P2")]
    raised = [*matches, *_floors(matches, report, facts, policy)]
    priority = worst(match.priority for match in raised)
    if priority is None:
        return Decision(priority=None)
    deciding = [match for match in raised if match.priority == priority]
    found_something = [match for match in deciding if not match.is_otherwise]
    criteria = [match.criterion for match in matches if match.criterion is not None]
    return Decision(
        priority=priority,
        decided_by=_once(match.by for match in found_something or deciding),
        unknown=_once(match.by for match in deciding if not match.is_known),
        tags=_tags(raised, priority, facts, report, policy),
        actions=_once(action for criterion in criteria for action in criterion.actions),
    )


def state_of(
    criterion: Criterion,
    facts: Mapping[str, bool | None],
    measures: Mapping[Measure, float],
    policy: CriteriaPolicy,
) -> State:
    """Whether ``criterion`` is met.

    A plain yes to its code or a combination that holds makes it so; a plain no, or a number on the
    other side, settles what else is unknown.
    """
    stated = _fact(criterion.code, facts)
    composed = _composed(criterion, facts, measures, policy)
    for state in ("yes", "no", "unknown"):
        if state in (stated, composed):
            return state
    return "unasked"


def _composed(
    criterion: Criterion,
    facts: Mapping[str, bool | None],
    measures: Mapping[Measure, float],
    policy: CriteriaPolicy,
) -> State:
    found = [_fact(code, facts) for code in criterion.all_of]
    if criterion.any_of:
        found.append(_any_of([_fact(code, facts) for code in criterion.any_of]))
    numbers = [_number(limit, measures, policy) for limit in criterion.limits]
    parts = found or numbers
    if "no" in (*found, *numbers):
        return "no"
    if not parts or "unasked" in found or set(parts) == {"unasked"}:
        return "unasked"
    return "unknown" if {"unknown", "unasked"} & {*found, *numbers} else "yes"


def _any_of(states: Collection[State]) -> State:
    order: tuple[State, ...] = ("yes", "unknown", "unasked")
    return next((state for state in order if state in states), "no")


def _fact(code: str, facts: Mapping[str, bool | None]) -> State:
    if code not in facts:
        return "unasked"
    answer = facts[code]
    return "unknown" if answer is None else "yes" if answer else "no"


def _number(limit: Limit, measures: Mapping[Measure, float], policy: CriteriaPolicy) -> State:
    value = measures.get(limit.measure)
    if value is None:
        return "unasked"
    return "yes" if limit.holds(value, policy) else "no"


def _facts(report: Report, policy: CriteriaPolicy) -> dict[str, bool | None]:
    """The answers, the complaints, and what numbers say; a number never takes back a yes."""
    facts: dict[str, bool | None] = {**report.answers, **dict.fromkeys(report.complaints, True)}
    temperature_cel = report.measures.get("temperature_cel")
    shown: dict[str, bool | None] = {}
    if temperature_cel is not None:
        shown["fever"] = temperature_cel >= policy.fever_cel
    shown |= {code: True for measure, code in _SHOWN_BY.items() if measure in report.measures}
    if report.is_breathing_bad:
        shown["breathing_difficulty"] = True
    shown |= _newborn(report.measures, policy)
    for code, is_shown in shown.items():
        facts[code] = True if facts.get(code) else is_shown
    if "pregnancy" in report.complaints and "postpartum_days" not in report.measures:
        facts.setdefault("pregnant", True)
    return facts


def _newborn(measures: Mapping[Measure, float], policy: CriteriaPolicy) -> dict[str, bool | None]:
    """Under 28 days; at 0 years with the days unknown it may be one."""
    age_days, age_years = measures.get("age_days"), measures.get("age_years")
    if age_days is not None:
        return {"newborn": age_days < policy.newborn_days}
    if age_years is None:
        return {}
    return {"newborn": None if age_years < 1 else False}


def is_child(measures: Mapping[Measure, float], policy: CriteriaPolicy) -> bool:
    """Whether the age in years is known to be below that of an adult."""
    age_years = measures.get("age_years")
    return age_years is not None and age_years < policy.child_below_years


def _rows(
    report: Report, facts: Mapping[str, bool | None], policy: CriteriaPolicy
) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """The complaints that must be settled, and the rows that are looked at beside them."""
    led = [row for code, row in OPENS.items() if _leads(code, facts, report.measures)]
    referred = [OPENS[code] for code in sorted(REFERS) if _leads(code, facts, {})]
    stated = [*report.complaints, *referred]
    if report.is_breathing_bad:
        stated.append("breathing_difficulty")
    chosen = _once(stated or led)
    beside = _once([*led, *_person_rows(report.measures, facts, policy)])
    return (
        tuple(ROWS[code] for code in chosen),
        tuple(ROWS[code] for code in beside if code not in chosen),
    )


def _leads(code: str, facts: Mapping[str, bool | None], measures: Mapping[Measure, float]) -> bool:
    return code in measures or _fact(code, facts) in ("yes", "unknown")


def _person_rows(
    measures: Mapping[Measure, float], facts: Mapping[str, bool | None], policy: CriteriaPolicy
) -> list[str]:
    may_be_newborn = _fact("newborn", facts) in ("yes", "unknown")
    return [
        row
        for row, applies in (
            ("newborn", may_be_newborn),
            ("child", is_child(measures, policy) and not facts.get("newborn")),
            ("pregnancy", _is_maternal(measures, facts, policy)),
        )
        if applies
    ]


def _is_maternal(
    measures: Mapping[Measure, float], facts: Mapping[str, bool | None], policy: CriteriaPolicy
) -> bool:
    """Pregnant, perhaps pregnant, or not long after birth."""
    days = measures.get("postpartum_days")
    is_postpartum = days is not None and days <= policy.postpartum_days
    return is_postpartum or _fact("pregnant", facts) in ("yes", "unknown")


def _of_complaint(
    row: Row, report: Report, facts: Mapping[str, bool | None], policy: CriteriaPolicy
) -> list[_Match]:
    """The cells of a complaint that match, or what holds while nothing is known of it."""
    matches = _matches(row, report, facts, policy)
    if any(match.is_known for match in matches):
        return matches
    is_breathing = report.is_breathing_bad and row.code == "breathing_difficulty"
    otherwise: Priority = "P1" if is_breathing else row.otherwise or policy.otherwise
    grave = (*row.p1, *row.p2)
    states = {state_of(criterion, facts, report.measures, policy) for criterion in grave}
    if row.p3 and states == {"no"} and not is_breathing:
        otherwise = policy.all_denied
    nothing = _Match(row=row, priority=otherwise, by=f"{row.code}.otherwise", is_otherwise=True)
    return [*matches, nothing]


def _matches(
    row: Row, report: Report, facts: Mapping[str, bool | None], policy: CriteriaPolicy
) -> list[_Match]:
    found = []
    for priority, cell in row.cells:
        counting = ("yes",) if priority == "P4" else ("yes", "unknown")
        for criterion in cell:
            state = state_of(criterion, facts, report.measures, policy)
            if state in counting:
                by = f"{row.code}.{priority}.{criterion.code}"
                is_known = state == "yes"
                found.append(
                    _Match(
                        row=row, priority=priority, by=by, criterion=criterion, is_known=is_known
                    )
                )
    return found


def _floors(
    matches: list[_Match],
    report: Report,
    facts: Mapping[str, bool | None],
    policy: CriteriaPolicy,
) -> list[_Match]:
    """What keeps a patient from being put lower."""
    found = worst(match.priority for match in matches)
    floors: list[tuple[Priority, str]] = []
    if report.is_breathing_bad:
        floors.append((policy.breathing_not_below, "breathing"))
    if report.has_unrecognised:
        floors.append((policy.unrecognised_not_below, "unrecognised"))
    floors += [
        (policy.vulnerable_not_below, code)
        for code in _VULNERABLE
        if _fact(code, facts) in ("yes", "unknown")
    ]
    raising = [one for one in floors if found is not None and one[0] < found]
    if found is None and report.has_unrecognised:
        raising = [(policy.unrecognised_not_below, "unrecognised")]
    return [_Match(priority=priority, by=f"never_below.{code}") for priority, code in raising]


def _tags(
    matches: list[_Match],
    priority: Priority,
    facts: Mapping[str, bool | None],
    report: Report,
    policy: CriteriaPolicy,
) -> tuple[Pathway, ...]:
    """The pathways of the complaints that matched, and of who the patient is."""
    tags = [
        tag
        for match in matches
        if match.row is not None and match.priority <= match.row.tags_to
        for tag in match.row.tags
    ]
    for code in _person_rows(report.measures, facts, policy):
        row = ROWS[code]
        if code == "newborn" or priority <= "P2":
            tags += row.tags
    return _once(tags)


def _once(items: Iterable[_Item]) -> tuple[_Item, ...]:
    return tuple(dict.fromkeys(items))
