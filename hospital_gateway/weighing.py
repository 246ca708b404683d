"""One facility weighed for one patient: what forbids it, what speaks for it, how late it counts.

`frame_of` gathers what is the same for every candidate; `weigh` does the rest for one of them. Both
know no other candidate, so that a "what if" (`hospital_gateway.what_if`) weighs one again instead
of all. The codes of reasons and costs are listed in `hospital_gateway.destination`.

Not here: the order of the weighed ones (`hospital_gateway.ranking`).
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import msgspec

from dispatch.ids import CentreId, FacilityId
from hospital_gateway.advice import Reason, Travel, reason
from hospital_gateway.facilities import BedKind, Capacity, Centre, Facility, Traffic
from hospital_gateway.gate import can_offer, capability_gaps, gate
from hospital_gateway.policy import GatewayPolicy
from hospital_gateway.transfer import Origin, tier_gaps

Rule = Literal["R0", "R1", "R2"]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What destination choice needs to know of the patient.

    ``is_immediate`` makes it R0. ``may_bypass`` is False for one too unstable to pass a nearer
    hospital, or without the criterion that asks for the higher centre. ``since_contact_s`` is the
    time since first medical contact, in seconds. ``gestation_weeks`` in completed weeks; unknown in
    pregnancy counts as far enough. ``requires`` are capabilities without which a place fails the
    gate, ``prefers`` only break ties.

    ``patient_choice`` and ``own_facility`` (the hospital of the patient's own 医共体) break ties in
    R2. ``refuses`` are places a patient with capacity refuses; ``refuses_centre`` says the
    speciality centre as such is refused, so that the general rule decides. ``origin`` makes it a
    transfer. ``is_position_stale`` marks that the drives start from an old fix.
    """

    centres: tuple[CentreId, ...] = ()
    is_immediate: bool = False
    is_pregnant: bool = False
    gestation_weeks: int | None = None
    age_years: int | None = None
    wants_eicu: bool = False
    may_bypass: bool = True
    since_contact_s: int = 0
    requires: tuple[str, ...] = ()
    prefers: tuple[str, ...] = ()
    patient_choice: FacilityId | None = None
    own_facility: FacilityId | None = None
    refuses: tuple[FacilityId, ...] = ()
    refuses_centre: bool = False
    origin: Origin | None = None
    is_position_stale: bool = False


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One facility with its present load and the journey to it from where the patient is."""

    facility: Facility
    capacity: Capacity
    travel: Travel


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for every candidate of one case.

    ``gated`` are the centres whose gate counts, ``wanted`` those of them that the county has.
    """

    case: Case
    policy: GatewayPolicy
    rule: Rule
    gated: tuple[CentreId, ...]
    wanted: tuple[Centre, ...]
    requires: tuple[str, ...]
    kinds: tuple[BedKind, ...]
    relevant: frozenset[str]
    prefers: frozenset[str]
    wants_obstetrics: bool

    @property
    def span_s(self) -> int:
        """Candidates closer together than this are equally far; in R0 only exactly equal ones."""
        return 1 if self.rule == "R0" else max(1, self.policy.tie_s)


TIE_BREAKERS: Final = (
    "patient_choice",
    "own_hospital",
    "runs_centre",
    "preferred_capability",
    "more_capability",
    "lead_hospital",
    "facility_id",
)
"""What decides between equally far ones, in the order of `Weighed.at_tie`."""


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate with all that its place in the list depends on.

    ``bypass_rank`` is 0 for the best of the wanted centres; ``total_s`` is the drive with what
    status and load add. Smaller is better in all of ``at_tie``.
    """

    candidate: Candidate
    against: tuple[Reason, ...]
    bypass_rank: int
    total_s: int
    penalty_s: int
    reasons: list[Reason]
    costs: list[Reason]
    at_tie: tuple[bool, bool, int, int, int, bool, str]


def frame_of(case: Case, centres: Sequence[Centre], policy: GatewayPolicy) -> Frame:
    """Gather what every candidate of ``case`` is weighed with."""
    gated = () if case.refuses_centre else tuple(dict.fromkeys(case.centres))
    rule: Rule = "R0" if case.is_immediate else "R1" if gated else "R2"
    known = {centre.centre_id: centre for centre in centres}
    wanted = tuple(known[each] for each in gated if each in known)
    relevant = {name for c in wanted for name in (*c.requires_all, *c.requires_any, *c.bypass_to)}
    if case.is_pregnant:
        relevant.update(policy.immediate_detour_pregnant)
    if case.age_years is not None and case.age_years < policy.child_below_years:
        relevant.update(policy.paediatric)
    weeks = case.gestation_weeks
    kinds = (BedKind.RESUS,) if rule != "R2" else ()
    return Frame(
        case=case,
        policy=policy,
        rule=rule,
        gated=gated,
        wanted=wanted,
        requires=() if case.refuses_centre else case.requires,
        kinds=(*kinds, BedKind.EICU) if case.wants_eicu else kinds,
        relevant=frozenset(relevant),
        prefers=frozenset(case.prefers),
        wants_obstetrics=case.is_pregnant
        and (weeks is None or weeks >= policy.immediate_pregnant_from_weeks),
    )


def weigh(frame: Frame, one: Candidate) -> Weighed:
    """Weigh one candidate; never raises."""
    case, facility, capacity = frame.case, one.facility, one.capacity
    reasons = [reason("runs_centre", centre=c.centre_id) for c in frame.wanted
               if c.centre_id in facility.centres]  # fmt: skip
    runs = len(reasons)
    costs: list[Reason] = []
    penalty_s = _load(frame, capacity, reasons, costs)
    bypass_rank = 0
    if frame.rule == "R1":
        bypass_rank = sum(_bypass(frame, one, each, penalty_s, reasons) for each in frame.wanted)
    credit_s = _detour_credit_s(frame, one, reasons) if case.is_immediate else 0
    against = _against(frame, one, costs)
    is_choice = facility.facility_id == case.patient_choice
    is_own = facility.facility_id == case.own_facility
    wishes = ((is_choice, "patient_choice"), (is_own, "own_hospital"),
              (facility.is_lead, "lead_hospital"))  # fmt: skip
    reasons.extend(reason(code) for holds, code in wishes if holds)
    offered = facility.capabilities - capacity.unavailable
    relevant = offered & frame.relevant if frame.rule == "R1" else offered
    is_general = frame.rule == "R2"
    return Weighed(
        candidate=one,
        against=against,
        bypass_rank=bypass_rank,
        total_s=one.travel.duration_s + penalty_s - credit_s,
        penalty_s=penalty_s,
        reasons=reasons,
        costs=costs,
        at_tie=(
            not (is_general and is_choice),
            not (is_general and is_own),
            -runs,
            -len(offered & frame.prefers),
            -len(relevant),
            not facility.is_lead,
            facility.facility_id,
        ),
    )


def over_limit_s(frame: Frame, counted_s: int, centre: Centre) -> int:
    """Seconds beyond the centre's limit, at least 1 when beyond; 0 when within."""
    if centre.bypass_limit_counts == "fmc_to_wire":
        counted_s += frame.case.since_contact_s + frame.policy.door_to_wire_s
    over_s = counted_s - centre.bypass_limit_min * 60
    return max(0, over_s if centre.is_bypass_limit_inclusive else over_s + 1)


def beyond_limits(frame: Frame, travel: Travel) -> Iterator[Reason]:
    """The wanted centres' limits that this drive breaks."""
    for centre in frame.wanted:
        over_s = over_limit_s(frame, travel.duration_s, centre)
        if over_s > 0:
            params = {"limit_min": centre.bypass_limit_min, "over_s": over_s}
            yield reason("beyond_bypass_limit", centre=centre.centre_id, **params)


def _against(frame: Frame, one: Candidate, costs: list[Reason]) -> tuple[Reason, ...]:
    """The gate, the tier of a transfer, a refusal; the last two are no reason in R0."""
    case = frame.case
    against = gate(one.facility, frame.gated, frame.wanted, one.capacity, frame.policy,
                   is_immediate=case.is_immediate, requires=frame.requires)  # fmt: skip
    is_refused = one.facility.facility_id in case.refuses
    if case.is_immediate:
        costs.extend((reason("patient_refuses"),) if is_refused else ())
        return against
    tiers = tier_gaps(frame.policy, case.origin, one.facility) if case.origin else ()
    return (*against, *tiers, *((reason("patient_refuses"),) if is_refused else ()))


def _bypass(
    frame: Frame, one: Candidate, centre: Centre, penalty_s: int, reasons: list[Reason]
) -> int:
    """Its rank for one wanted centre, 0 best; without a right to bypass all rank alike."""
    worst = len(centre.bypass_to)
    counted_s = one.travel.duration_s + penalty_s
    if not frame.case.may_bypass or over_limit_s(frame, counted_s, centre) > 0:
        return 2 * worst + 1
    runs = centre.centre_id in one.facility.centres
    for place, capability in enumerate(centre.bypass_to):
        if can_offer(one.facility, one.capacity, (capability,)):
            reasons.append(reason("higher_centre", capability=capability))
            return 2 * place + (not runs)
    return 2 * worst + (not runs)


def _load(frame: Frame, capacity: Capacity, reasons: list[Reason], costs: list[Reason]) -> int:
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
        elif kind in capacity.unknown_beds:
            costs.append(reason("beds_unknown", kind=kind.value))
        else:
            penalty_s = factor * policy.no_bed_penalty_s
            costs.append(reason("no_bed_free", kind=kind.value, penalty_s=penalty_s))
            total_s += penalty_s
    if capacity.inbound > 0:
        penalty_s = factor * policy.load_penalty_s_per_inbound * capacity.inbound
        costs.append(reason("inbound", patients=capacity.inbound, penalty_s=penalty_s))
        total_s += penalty_s
    return total_s


def _detour_credit_s(frame: Frame, one: Candidate, reasons: list[Reason]) -> int:
    """R0: the seconds by which a trauma team, or obstetrics with surgery, may be farther."""
    policy = frame.policy
    wanted = [c.centre_id for c in frame.wanted if c.centre_id in policy.immediate_detour_centres]
    credit_s = 0
    is_team = wanted and not capability_gaps(
        one.facility, wanted, frame.wanted, one.capacity, policy, is_immediate=False)  # fmt: skip
    if is_team:
        reasons.append(reason("trauma_team"))
        credit_s = policy.immediate_detour_s
    if frame.wants_obstetrics and can_offer(
        one.facility, one.capacity, policy.immediate_detour_pregnant
    ):
        reasons.append(reason("obstetric_surgery"))
        credit_s = policy.immediate_detour_s
    return credit_s
