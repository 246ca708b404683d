"""The order of the weighed ones, and what decided between the first two.

Ties within a span cannot be ranked pair by pair, so the list is built from the front: of those
within the span of the fastest that is left, the best comes next. A candidate that fails, or is
slower than all others by the span, cannot change the order of the others. `leads` answers for one
candidate what `ordered` answers for the first place, without sorting.

| `decided_by`          | the first is first because                                          |
|-----------------------|---------------------------------------------------------------------|
| `no_candidate`        | there is none                                                       |
| `nothing_passes`      | every one fails the gate; this one fails least                      |
| `only_one_passes`     | the others fail the gate                                            |
| `higher_centre`       | it has the capability for which others may be passed                |
| `runs_centre`         | it runs the wanted centre                                           |
| `closest_resuscitation` | R0: nothing is closer                                             |
| `permitted_detour`    | R0: the trauma team, or obstetrics with surgery, is worth the drive |
| `fastest`             | R1, R2: the shortest drive of those that stand alike                |
| `penalties`           | nearer ones are held back by their status or load                   |
| `tie_` and a breaker  | equally far; the first difference in `weighing.TIE_BREAKERS`        |
"""

from collections.abc import Iterable, Sequence

from hospital_gateway.gate import can_offer
from hospital_gateway.policy import GatewayPolicy
from hospital_gateway.weighing import TIE_BREAKERS, Candidate, Frame, Weighed


def by_time(candidate: Candidate) -> tuple[int, str]:
    """Nearest first; the id keeps the order the same whatever order was given."""
    return candidate.travel.duration_s, candidate.facility.facility_id


def ordered(frame: Frame, weighed: Iterable[Weighed]) -> list[Weighed]:
    """All of them, best first; those that fail the gate last."""
    passing: list[Weighed] = []
    failing: list[Weighed] = []
    for one in weighed:
        (failing if one.against else passing).append(one)
    failing.sort(key=lambda one: _failing(frame.policy, one))
    return [*_in_order(passing, frame.span_s), *failing]


def leads(frame: Frame, one: Weighed, rivals: Iterable[Weighed]) -> bool:
    """Whether ``one`` would be first among ``rivals``, all of which pass the gate as it does."""
    alike = []
    for rival in rivals:
        if rival.bypass_rank < one.bypass_rank:
            return False
        if rival.bypass_rank == one.bypass_rank:
            alike.append(rival)
    within_s = min((rival.total_s for rival in alike), default=one.total_s) + frame.span_s
    if one.total_s >= within_s:
        return False
    within_s = min(within_s, one.total_s + frame.span_s)
    return all(rival.total_s >= within_s or rival.at_tie > one.at_tie for rival in alike)


def decided_by(frame: Frame, in_order: Sequence[Weighed]) -> str:
    """The code of what put the first before the second; see the table above."""
    if not in_order:
        return "no_candidate"
    first, passing = in_order[0], [one for one in in_order if not one.against]
    if len(passing) < 2:
        return "only_one_passes" if passing else "nothing_passes"
    second = passing[1]
    if first.bypass_rank < second.bypass_rank:
        is_higher = first.bypass_rank // 2 < second.bypass_rank // 2
        return "higher_centre" if is_higher else "runs_centre"
    fastest_s = min(one.total_s for one in passing if one.bypass_rank == first.bypass_rank)
    if second.total_s - fastest_s < frame.span_s:
        pairs = zip(TIE_BREAKERS, first.at_tie, second.at_tie, strict=True)
        return "tie_" + next(name for name, mine, theirs in pairs if mine != theirs)
    gap_s = first.candidate.travel.duration_s - second.candidate.travel.duration_s
    if frame.rule == "R0":
        return "permitted_detour" if gap_s > 0 else "closest_resuscitation"
    return "fastest" if gap_s < 0 else "penalties"


def _in_order(passing: list[Weighed], span_s: int) -> list[Weighed]:
    left = sorted(passing, key=lambda one: (one.bypass_rank, one.total_s, one.at_tie))
    found: list[Weighed] = []
    while left:
        first, place = left[0], 0
        for nth, one in enumerate(left):
            if one.bypass_rank != first.bypass_rank or one.total_s - first.total_s >= span_s:
                break
            place = nth if one.at_tie < left[place].at_tie else place
        found.append(left.pop(place))
    return found


def _failing(policy: GatewayPolicy, one: Weighed) -> tuple[bool, bool, bool, bool, bool, int, str]:
    """Order of those that need an override: closed only, then able to stabilise, then the rest.

    A place that the patient refuses comes after every other but one that takes nobody.
    """
    codes = {each.code for each in one.against}
    facility, capacity = one.candidate.facility, one.candidate.capacity
    return (
        "internal_disaster" in codes,
        "patient_refuses" in codes,
        codes != {"closed"},
        "closed" in codes,
        not can_offer(facility, capacity, policy.immediate_requires),
        *by_time(one.candidate),
    )
