"""Where a patient should go: a ranked list with reasons and costs. The machine advises, a person
chooses, an override is signed and kept.

Order (clinical reference §4, POLICY; medical director's to change in the county folder):

1. **Rule.** R0 immediate (arrest without ROSC, unmanageable airway, uncontrollable bleeding): the
   closest emergency department with resuscitation, whatever its speciality. R1 a centre is wanted.
   R2 everything else: the closest appropriate.
2. **Gate** (`hospital_gateway.gate`): capability, closed, internal disaster. What fails is listed
   last and says why; a closed one leads those, as it serves when there is nothing else.
3. **Centre before neighbour** (R1): one with a ``bypass_to`` capability, then one that runs the
   centre, goes ahead of nearer ones within the centre's limit, status and load counted in (STEMI
   120 min FMC to wire, EVT under 30 min, trauma 45 min, maternal and newborn 60 min).
4. **Time**: travel + penalties for advisory traffic, no free bed of the wanted kind, and patients
   already inbound (a shared forecast would otherwise send everybody to the same door). In R0 no
   penalty counts; a trauma team, or obstetrics with an operating room for a pregnant patient, may
   be ``immediate_detour_s`` farther.
5. **Tie** (under ``tie_s``; in R0 only exactly equal): runs more of the wanted centres, has more of
   the wanted capabilities, is the lead hospital, facility id.

Ties within a span cannot be ranked pair by pair, so the list is built from the front: of those
within the span of the fastest that is left, the best comes next. A candidate that fails, or is
slower than all others by the span, cannot change the order of the others.

| in `reasons` (for)       | params         | in `costs` (against)  | params                       |
|--------------------------|----------------|-----------------------|------------------------------|
| `nearest_capable`        |                | `slower_by`           | seconds (than the first)     |
| `faster_by`              | seconds        | `beyond_bypass_limit` | centre, limit_min, over_s    |
| `runs_centre`            | centre         | `advisory`            | penalty_s, reason            |
| `higher_centre`          | capability     | `no_bed_free`         | kind, penalty_s              |
| `trauma_team`            |                | `inbound`             | patients, penalty_s          |
| `obstetric_surgery`      |                | `closed`              | reason                       |
| `beds_free`              | kind, free     | `internal_disaster`   |                              |
| `lead_hospital`          |                | `lacks_capability`    | capability                   |
| `straight_line_estimate` |                | `capability_out`      | capability (out of order)    |
|                          |                | `lacks_any_of`        | centre, any_of (commas)      |
|                          |                | `does_not_run_centre` | centre                       |
|                          |                | `unknown_centre`      | centre                       |

Not here: travel times (`maps`), who may choose (`dispatch.domain`), re-routing under way. Pure.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from dispatch.ids import CentreId, FacilityId
from hospital_gateway.advice import Reason, Travel, caveats, reason
from hospital_gateway.facilities import BedKind, Capacity, Centre, Facility, Traffic
from hospital_gateway.gate import can_offer, capability_gaps, gate
from hospital_gateway.limits import MAX_CANDIDATES
from hospital_gateway.policy import GatewayPolicy

Rule = Literal["R0", "R1", "R2"]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What destination choice needs to know of the patient.

    ``is_immediate`` makes it R0. ``may_bypass`` is False for one too unstable to pass a nearer
    hospital, or without the criterion that asks for the higher centre. ``since_contact_s`` is the
    time since first medical contact, in seconds.
    """

    centres: tuple[CentreId, ...] = ()
    is_immediate: bool = False
    is_pregnant: bool = False
    age_years: int | None = None
    wants_eicu: bool = False
    may_bypass: bool = True
    since_contact_s: int = 0


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One facility with its present load and the journey to it from where the patient is."""

    facility: Facility
    capacity: Capacity
    travel: Travel


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


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """All options, best first; those that fail the gate last."""

    rule: Rule
    options: tuple[Choice, ...]


class _Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for every candidate of one case."""

    case: Case
    policy: GatewayPolicy
    rule: Rule
    centres: tuple[Centre, ...]
    wanted: tuple[Centre, ...]
    kinds: tuple[BedKind, ...]
    relevant: frozenset[str]


class _Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate with all that its place in the list depends on."""

    candidate: Candidate
    against: tuple[Reason, ...]
    bypass_rank: int
    total_s: int
    penalty_s: int
    reasons: list[Reason]
    costs: list[Reason]
    at_tie: tuple[int, int, bool, str]


def choose(
    case: Case,
    candidates: Sequence[Candidate],
    centres: Sequence[Centre],
    policy: GatewayPolicy,
) -> Advice:
    """Rank ``candidates`` for ``case``; never raises and does not depend on their order.

    Only the nearest MAX_CANDIDATES are compared. No candidate gives an empty list.
    """
    near = sorted(candidates, key=_by_time)[:MAX_CANDIDATES]
    frame = _frame(case, centres, policy)
    weighed = [_weigh(frame, candidate) for candidate in near]
    span_s = 1 if frame.rule == "R0" else max(1, policy.tie_s)
    passing = _in_order([one for one in weighed if not one.against], span_s)
    failing = sorted((one for one in weighed if one.against), key=lambda one: _failing(frame, one))
    ordered = [*passing, *failing]
    _tell_nearest(frame, weighed)
    return Advice(rule=frame.rule, options=tuple(_choice(one, ordered[0]) for one in ordered))


def _by_time(candidate: Candidate) -> tuple[int, str]:
    return candidate.travel.duration_s, candidate.facility.facility_id


def _frame(case: Case, centres: Sequence[Centre], policy: GatewayPolicy) -> _Frame:
    rule: Rule = "R0" if case.is_immediate else "R1" if case.centres else "R2"
    known = {centre.centre_id: centre for centre in centres}
    wanted = tuple(known[each] for each in dict.fromkeys(case.centres) if each in known)
    relevant = {name for c in wanted for name in (*c.requires_all, *c.requires_any, *c.bypass_to)}
    if case.is_pregnant:
        relevant.update(policy.immediate_detour_pregnant)
    if case.age_years is not None and case.age_years < policy.child_below_years:
        relevant.update(policy.paediatric)
    kinds = (BedKind.RESUS,) if rule != "R2" else ()
    return _Frame(
        case=case,
        policy=policy,
        rule=rule,
        centres=tuple(centres),
        wanted=wanted,
        kinds=(*kinds, BedKind.EICU) if case.wants_eicu else kinds,
        relevant=frozenset(relevant),
    )


def _can_stabilise(one: Candidate, policy: GatewayPolicy) -> bool:
    is_shut = one.capacity.is_internal_disaster or one.capacity.traffic is Traffic.CLOSED
    return not is_shut and can_offer(one.facility, one.capacity, policy.immediate_requires)


def _weigh(frame: _Frame, one: Candidate) -> _Weighed:
    facility, capacity = one.facility, one.capacity
    is_immediate = frame.case.is_immediate
    against = gate(facility, frame.case.centres, frame.centres, capacity, frame.policy,
                   is_immediate=is_immediate)  # fmt: skip
    reasons = [reason("runs_centre", centre=c.centre_id) for c in frame.wanted
               if c.centre_id in facility.centres]  # fmt: skip
    runs = len(reasons)
    costs: list[Reason] = []
    penalty_s = _load(frame, capacity, reasons, costs)
    bypass_rank = 0
    if frame.rule == "R1":
        bypass_rank = sum(_bypass(frame, one, each, penalty_s, reasons) for each in frame.wanted)
    credit_s = _detour_credit_s(frame, one, reasons) if is_immediate else 0
    if facility.is_lead:
        reasons.append(reason("lead_hospital"))
    offered = facility.capabilities - capacity.unavailable
    relevant = offered & frame.relevant if frame.rule == "R1" else offered
    return _Weighed(
        candidate=one,
        against=against,
        bypass_rank=bypass_rank,
        total_s=one.travel.duration_s + penalty_s - credit_s,
        penalty_s=penalty_s,
        reasons=reasons,
        costs=costs,
        at_tie=(-runs, -len(relevant), not facility.is_lead, facility.facility_id),
    )


def _bypass(
    frame: _Frame, one: Candidate, centre: Centre, penalty_s: int, reasons: list[Reason]
) -> int:
    """Its rank for one wanted centre, 0 best; without a right to bypass all rank alike."""
    worst = len(centre.bypass_to)
    counted_s = one.travel.duration_s + penalty_s
    if not frame.case.may_bypass or _over_limit_s(frame, counted_s, centre) > 0:
        return 2 * worst + 1
    runs = centre.centre_id in one.facility.centres
    for place, capability in enumerate(centre.bypass_to):
        if can_offer(one.facility, one.capacity, (capability,)):
            reasons.append(reason("higher_centre", capability=capability))
            return 2 * place + (not runs)
    return 2 * worst + (not runs)


def _beyond_limits(frame: _Frame, travel: Travel) -> Iterator[Reason]:
    for centre in frame.wanted:
        over_s = _over_limit_s(frame, travel.duration_s, centre)
        if over_s > 0:
            params = {"limit_min": centre.bypass_limit_min, "over_s": over_s}
            yield reason("beyond_bypass_limit", centre=centre.centre_id, **params)


def _over_limit_s(frame: _Frame, counted_s: int, centre: Centre) -> int:
    """Seconds beyond the centre's limit, at least 1 when beyond; 0 when within."""
    if centre.bypass_limit_counts == "fmc_to_wire":
        counted_s += frame.case.since_contact_s + frame.policy.door_to_wire_s
    over_s = counted_s - centre.bypass_limit_min * 60
    return max(0, over_s if centre.is_bypass_limit_inclusive else over_s + 1)


def _load(frame: _Frame, capacity: Capacity, reasons: list[Reason], costs: list[Reason]) -> int:
    """The penalty of status and load in seconds, told as costs; R0 tells them and counts none."""
    policy = frame.policy
    factor = 0 if frame.case.is_immediate else 1
    total_s = 0
    if capacity.traffic is Traffic.ADVISORY:
        penalty_s = factor * policy.advisory_penalty_s
        costs.append(reason("advisory", penalty_s=penalty_s, reason=capacity.traffic_reason))
        total_s += penalty_s
    elif capacity.traffic is Traffic.CLOSED and frame.case.is_immediate:
        costs.append(reason("closed", reason=capacity.traffic_reason))
    for kind in frame.kinds:
        free = capacity.free.get(kind, 0)
        if free > 0:
            reasons.append(reason("beds_free", kind=kind.value, free=free))
            continue
        penalty_s = factor * policy.no_bed_penalty_s
        costs.append(reason("no_bed_free", kind=kind.value, penalty_s=penalty_s))
        total_s += penalty_s
    if capacity.inbound > 0:
        penalty_s = factor * policy.load_penalty_s_per_inbound * capacity.inbound
        costs.append(reason("inbound", patients=capacity.inbound, penalty_s=penalty_s))
        total_s += penalty_s
    return total_s


def _detour_credit_s(frame: _Frame, one: Candidate, reasons: list[Reason]) -> int:
    """R0: the seconds by which a trauma team, or obstetrics with surgery, may be farther."""
    policy = frame.policy
    wanted = [c.centre_id for c in frame.wanted if c.centre_id in policy.immediate_detour_centres]
    credit_s = 0
    is_team = wanted and not capability_gaps(
        one.facility, wanted, frame.wanted, one.capacity, policy, is_immediate=False)  # fmt: skip
    if is_team:
        reasons.append(reason("trauma_team"))
        credit_s = policy.immediate_detour_s
    if frame.case.is_pregnant and can_offer(
        one.facility, one.capacity, policy.immediate_detour_pregnant
    ):
        reasons.append(reason("obstetric_surgery"))
        credit_s = policy.immediate_detour_s
    return credit_s


def _in_order(passing: list[_Weighed], span_s: int) -> list[_Weighed]:
    """The passing ones from the front: of those within the span of the fastest left, the best."""
    left = sorted(passing, key=lambda one: (one.bypass_rank, one.total_s, one.at_tie))
    ordered: list[_Weighed] = []
    while left:
        first, place = left[0], 0
        for nth, one in enumerate(left):
            if one.bypass_rank != first.bypass_rank or one.total_s - first.total_s >= span_s:
                break
            place = nth if one.at_tie < left[place].at_tie else place
        ordered.append(left.pop(place))
    return ordered


def _failing(frame: _Frame, one: _Weighed) -> tuple[bool, bool, bool, bool, int, str]:
    """Order of those that need an override: closed only, then able to stabilise, then the rest."""
    codes = {each.code for each in one.against}
    return (
        "internal_disaster" in codes,
        codes != {"closed"},
        "closed" in codes,
        not _can_stabilise(one.candidate, frame.policy),
        *_by_time(one.candidate),
    )


def _tell_nearest(frame: _Frame, by_time: list[_Weighed]) -> None:
    """Name the nearest that passes, and what driving past it to another breaks.

    The limits are about passing a nearer one that would do: where none is nearer, they are silent.
    """
    passing = [one for one in by_time if not one.against]
    if passing:
        passing[0].reasons.insert(0, reason("nearest_capable"))
    for one in passing[1:] if frame.rule == "R1" else ():
        one.costs.extend(_beyond_limits(frame, one.candidate.travel))


def _choice(one: _Weighed, first: _Weighed) -> Choice:
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
    )
