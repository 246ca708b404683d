"""The forms that advice takes outside: the HTTP answers of docs/contracts, and evidence in the log.

Nothing is computed here. Evidence keeps every option with its reasons and costs as one-line texts
(`hospital_gateway.advice.as_text`), so that replay shows why, whatever becomes of the code.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from dispatch.domain.commands import Evidence, Option
from dispatch.ids import FacilityId, UnitId
from dispatch.recommend.limits import MAX_EVIDENCE_OPTIONS
from dispatch.recommend.units import Nobody, Recommendation, UnitOption
from hospital_gateway.advice import Reason, as_text
from hospital_gateway.destination import Advice, Choice
from hospital_gateway.override import OVERRIDE_REASONS, OverrideReason


class UnitOptionShape(msgspec.Struct, frozen=True, kw_only=True):
    """One unit as `GET .../recommendation` lists it."""

    unit_id: UnitId
    call_sign: str
    duration_s: int
    distance_m: int
    reasons: tuple[Reason, ...]
    costs: tuple[Reason, ...]
    is_capable: bool
    fix_age_s: int | None
    method: str
    duration_p80_s: int | None


class RecommendationShape(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/incidents/{id}/recommendation`."""

    computed_at: datetime
    method: str
    oldest_fix_s: int | None
    options: tuple[UnitOptionShape, ...]
    nobody: Nobody | None


class DestinationAdviceShape(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/patients/{id}/destinations`."""

    computed_at: datetime
    rule: str
    decided_by: str
    options: tuple[Choice, ...]
    flags: tuple[Reason, ...]
    would_change: tuple[Reason, ...]
    override_reasons: tuple[OverrideReason, ...]


def recommendation_shape(given: Recommendation) -> RecommendationShape:
    """A recommendation as the contract shows it."""
    return RecommendationShape(
        computed_at=given.computed_at,
        method=given.method,
        oldest_fix_s=given.oldest_fix_s,
        options=tuple(_unit_shape(option) for option in given.options),
        nobody=given.nobody,
    )


def destination_shape(advice: Advice, computed_at: datetime) -> DestinationAdviceShape:
    """Destination advice as the contract shows it."""
    return DestinationAdviceShape(
        computed_at=computed_at,
        rule=advice.rule,
        decided_by=advice.decided_by,
        options=advice.options,
        flags=advice.flags,
        would_change=advice.would_change,
        override_reasons=OVERRIDE_REASONS,
    )


def to_evidence(given: Recommendation, chosen: UnitId | None = None) -> Evidence:
    """A recommendation as evidence; a ``chosen`` option is always kept, even beyond the limit."""
    options = [_unit_evidence(option) for option in (*given.options, *given.others)]
    return Evidence(
        computed_at=given.computed_at,
        method=given.method,
        rule=given.rule,
        options=_kept(options, chosen),
    )


def destination_evidence(
    advice: Advice, computed_at: datetime, chosen: FacilityId | None = None
) -> Evidence:
    """Destination advice as evidence; a ``chosen`` option is always kept, even beyond the limit."""
    methods = sorted({choice.method for choice in advice.options})
    options = [_choice_evidence(choice) for choice in advice.options]
    return Evidence(
        computed_at=computed_at,
        method="mixed" if len(methods) > 1 else "".join(methods) or "none",
        rule=advice.rule,
        options=_kept(options, chosen),
    )


def _kept(options: Sequence[Option], chosen: str | None) -> tuple[Option, ...]:
    beyond = [option for option in options[MAX_EVIDENCE_OPTIONS:] if option.id == chosen]
    return (*options[:MAX_EVIDENCE_OPTIONS], *beyond)


def _unit_shape(option: UnitOption) -> UnitOptionShape:
    names = UnitOptionShape.__struct_fields__
    return UnitOptionShape(**{name: getattr(option, name) for name in names})


def _unit_evidence(option: UnitOption) -> Option:
    return Option(
        id=option.unit_id,
        duration_s=option.duration_s,
        distance_m=option.distance_m,
        reasons=_texts(option.reasons, option.costs),
        penalty_s=option.penalty_s,
        is_capable=option.is_capable,
        duration_p80_s=option.duration_p80_s,
        method=option.method,
    )


def _choice_evidence(choice: Choice) -> Option:
    return Option(
        id=choice.facility_id,
        duration_s=choice.duration_s,
        distance_m=choice.distance_m,
        reasons=_texts(choice.reasons, choice.costs),
        penalty_s=choice.penalty_s,
        is_capable=choice.passes,
        duration_p80_s=choice.duration_p80_s,
        method=choice.method,
    )


def _texts(reasons: Sequence[Reason], costs: Sequence[Reason]) -> tuple[str, ...]:
    return tuple(as_text(each) for each in (*reasons, *costs))
