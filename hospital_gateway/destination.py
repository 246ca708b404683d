"""Where a patient should go: a ranked list with reasons and costs. The machine advises, a person
chooses, an override is signed and kept (`hospital_gateway.override`).

Order (clinical reference §4, POLICY; medical director's to change in the county folder):

1. **Rule.** R0 immediate (arrest without ROSC, unmanageable airway, uncontrollable bleeding): the
   closest emergency department with resuscitation, whatever its speciality. R1 a centre is wanted.
   R2 everything else, also when the patient refuses the centre: the closest appropriate.
2. **Gate** (`hospital_gateway.gate`): capability, closed, internal disaster; in R1 and R2 also the
   tier of a transfer and the patient's refusal. What fails is listed last and says why; a closed
   one leads those, as it serves when there is nothing else.
3. **Centre before neighbour** (R1): one with a ``bypass_to`` capability, then one that runs the
   centre, goes ahead of nearer ones within the centre's limit, status and load counted in (STEMI
   120 min FMC to wire, EVT under 30 min, trauma 45 min, maternal and newborn 60 min).
4. **Time**: travel + penalties for advisory traffic, no free bed of the wanted kind, and patients
   already inbound (a shared forecast would otherwise send everybody to the same door). In R0 no
   penalty counts; a trauma team, or obstetrics with an operating room for a pregnant patient, may
   be ``immediate_detour_s`` farther.
5. **Tie** (under ``tie_s``; in R0 only exactly equal): in R2 first the patient's choice and the own
   hospital; then runs more of the wanted centres, has more of the preferred and of the wanted
   capabilities, is the lead hospital, facility id.

| in `reasons` (for)       | params         | in `costs` (against)  | params                       |
|--------------------------|----------------|-----------------------|------------------------------|
| `nearest_capable`        |                | `slower_by`           | seconds (than the first)     |
| `faster_by`              | seconds        | `beyond_bypass_limit` | centre, limit_min, over_s    |
| `runs_centre`            | centre         | `advisory`            | penalty_s, reason            |
| `higher_centre`          | capability     | `no_bed_free`         | kind, penalty_s              |
| `trauma_team`            |                | `beds_unknown`        | kind                         |
| `obstetric_surgery`      |                | `inbound`             | patients, penalty_s          |
| `beds_free`              | kind, free     | `closed`              | reason                       |
| `patient_choice`         |                | `internal_disaster`   |                              |
| `own_hospital`           |                | `lacks_capability`    | capability                   |
| `lead_hospital`          |                | `capability_out`      | capability (out of order)    |
| `straight_line_estimate` |                | `lacks_any_of`        | centre, any_of (commas)      |
| `partly_straight_line`   |                | `does_not_run_centre` | centre                       |
|                          |                | `unknown_centre`      | centre                       |
|                          |                | `lower_tier`          | facility_kind                |
|                          |                | `tier_unknown`        | facility_kind                |
|                          |                | `patient_refuses`     |                              |

| in `flags` (of the whole) | params          | says                                               |
|---------------------------|-----------------|----------------------------------------------------|
| `nothing_passes`          |                 | whoever is chosen needs a signed override          |
| `first_without_bed`       | kind            | the first has no bed of a wanted kind              |
| `centre_refused`          | centre          | refused by the patient, so the general rule held   |
| `position_stale`          |                 | drives start from an old fix: never switch by this |
| `dido_warning`            | elapsed_s       | the sending place has taken long (20 min)          |
| `dido_alarm`              | elapsed_s       | too long (30 min)                                  |

``decided_by`` is listed in `hospital_gateway.ranking`, ``would_change`` in `…what_if`.

Not here: travel times (`maps`), who may choose (`dispatch.domain`), when to ask again. Pure.
"""

from collections.abc import Iterator, Sequence

import msgspec

from dispatch.ids import FacilityId
from hospital_gateway.advice import Reason, caveats, reason
from hospital_gateway.facilities import Centre
from hospital_gateway.limits import MAX_CANDIDATES
from hospital_gateway.policy import GatewayPolicy
from hospital_gateway.ranking import by_time, decided_by, ordered
from hospital_gateway.transfer import stage
from hospital_gateway.weighing import (
    Candidate,
    Case,
    Frame,
    Rule,
    Weighed,
    beyond_limits,
    frame_of,
    weigh,
)
from hospital_gateway.what_if import would_change

__all__ = ["Advice", "Candidate", "Case", "Choice", "Rule", "choose", "is_switch_advised"]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One option; ``passes`` is False when choosing it needs a signed override."""

    facility_id: FacilityId
    name_zh: str
    name_en: str
    duration_s: int
    distance_m: int
    method: str
    passes: bool
    reasons: tuple[Reason, ...]
    costs: tuple[Reason, ...]
    penalty_s: int
    duration_p80_s: int | None = None


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """All options, best first; those that fail the gate last. ``flags`` concern the whole."""

    rule: Rule
    decided_by: str
    options: tuple[Choice, ...]
    flags: tuple[Reason, ...]
    would_change: tuple[Reason, ...]


def choose(
    case: Case,
    candidates: Sequence[Candidate],
    centres: Sequence[Centre],
    policy: GatewayPolicy,
) -> Advice:
    """Rank ``candidates`` for ``case``; never raises and does not depend on their order.

    Only the nearest MAX_CANDIDATES are compared, a transfer's own sender never. No candidate gives
    an empty list.
    """
    sender = case.origin.facility_id if case.origin else None
    away = [one for one in candidates if one.facility.facility_id != sender]
    frame = frame_of(case, centres, policy)
    weighed = [weigh(frame, one) for one in sorted(away, key=by_time)[:MAX_CANDIDATES]]
    in_order = ordered(frame, weighed)
    _tell_nearest(frame, weighed)
    return Advice(
        rule=frame.rule,
        decided_by=decided_by(frame, in_order),
        options=tuple(_choice(one, in_order[0]) for one in in_order),
        flags=tuple(_flags(frame, in_order)),
        would_change=would_change(frame, in_order),
    )


def is_switch_advised(advice: Advice, current: FacilityId | None) -> bool:
    """Whether a crew under way to ``current`` should be asked to go elsewhere, never made to.

    Only to a place that passes; not by an old fix (X14), and not without a destination to leave.
    """
    if current is None or not advice.options or not advice.options[0].passes:
        return False
    is_stale = any(flag.code == "position_stale" for flag in advice.flags)
    return not is_stale and advice.options[0].facility_id != current


def _flags(frame: Frame, in_order: Sequence[Weighed]) -> Iterator[Reason]:
    case = frame.case
    if in_order and in_order[0].against:
        yield reason("nothing_passes")
    for cost in in_order[0].costs if in_order else ():
        if cost.code == "no_bed_free":
            yield reason("first_without_bed", kind=cost.params["kind"])
    if case.refuses_centre:
        yield from (reason("centre_refused", centre=centre) for centre in case.centres)
    if case.is_position_stale:
        yield reason("position_stale")
    elapsed_s = case.origin.elapsed_s if case.origin else None
    if elapsed_s is not None and stage(frame.policy, elapsed_s) != "none":
        yield reason(f"dido_{stage(frame.policy, elapsed_s)}", elapsed_s=elapsed_s)


def _tell_nearest(frame: Frame, by_time: Sequence[Weighed]) -> None:
    """Name the nearest that passes, and what driving past it to another breaks.

    The limits are about passing a nearer one that would do: where none is nearer, they are silent.
    """
    passing = [one for one in by_time if not one.against]
    if passing:
        passing[0].reasons.insert(0, reason("nearest_capable"))
    for one in passing[1:] if frame.rule == "R1" else ():
        one.costs.extend(beyond_limits(frame, one.candidate.travel))


def _choice(one: Weighed, first: Weighed) -> Choice:
    facility, travel = one.candidate.facility, one.candidate.travel
    reasons, costs = list(one.reasons), [*one.against, *one.costs]
    gap_s = travel.duration_s - first.candidate.travel.duration_s
    if gap_s > 0:
        costs.append(reason("slower_by", seconds=gap_s))
    elif gap_s < 0:
        reasons.append(reason("faster_by", seconds=-gap_s))
    return Choice(
        facility_id=facility.facility_id,
        name_zh=facility.name_zh,
        name_en=facility.name_en,
        duration_s=travel.duration_s,
        distance_m=travel.distance_m,
        method=travel.method,
        passes=not one.against,
        reasons=(*reasons, *caveats(travel)),
        costs=tuple(costs),
        penalty_s=one.penalty_s,
        duration_p80_s=travel.duration_p80_s,
    )
