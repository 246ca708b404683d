"""What would change the advice, found by the same weighing and the same order, never guessed.

| code                   | params               | makes `facility_id` the first              |
|------------------------|----------------------|--------------------------------------------|
| `if_first_unavailable` | facility_id          | the first could not take the patient       |
| `if_first_advisory`    | facility_id          | the first asked for advisory diversion     |
| `if_nearer`            | facility_id, minutes | it were that much nearer, in whole minutes |
| `if_diversion_ended`   | facility_id          | it took patients as usual again            |
| `if_bed_came_free`     | facility_id          | it had a bed of each wanted kind           |
| `if_capability_back`   | facility_id          | what is out of order there worked again    |
| `if_patient_agreed`    | facility_id          | the patient no longer refused it           |

Asked of the two best alternatives and of the few nearest that something removable holds back; one
change at a time, all else as it is. Not here: what a person does with it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from hospital_gateway.advice import Reason, reason
from hospital_gateway.facilities import Capacity, Traffic
from hospital_gateway.limits import MAX_WHAT_IFS
from hospital_gateway.ranking import leads, ordered
from hospital_gateway.weighing import Frame, Weighed, weigh

_ALTERNATIVES: Final = 2


def would_change(frame: Frame, in_order: Sequence[Weighed]) -> tuple[Reason, ...]:
    """What would put another one first; ``in_order`` as `ranking.ordered` gave it."""
    if len(in_order) < 2:
        return ()
    first, others = in_order[0], in_order[1:]
    found = [reason("if_first_unavailable", facility_id=_id(others[0]))]
    found.extend(_if_first_advisory(frame, first, others))
    passing = [one for one in in_order if not one.against]
    for one in passing[1 : 1 + _ALTERNATIVES]:
        found.extend(_if_nearer(frame, one, _besides(passing, one)))
    held = [one for one in others if _holds_back(frame, one)]
    held.sort(key=lambda one: (one.candidate.travel.duration_s, _id(one)))
    for one in held[:MAX_WHAT_IFS]:
        rivals = _besides(passing, one)
        found.extend(
            reason(code, facility_id=_id(one))
            for code, changed in _without(frame, one)
            if not changed.against and leads(frame, changed, rivals)
        )
    return tuple(found)


def _id(one: Weighed) -> str:
    return one.candidate.facility.facility_id


def _besides(passing: Sequence[Weighed], one: Weighed) -> list[Weighed]:
    return [rival for rival in passing if rival is not one]


def _if_first_advisory(frame: Frame, first: Weighed, others: Sequence[Weighed]) -> Iterator[Reason]:
    """The first asks for advisory diversion; where that counts for nothing, nothing is told."""
    capacity = first.candidate.capacity
    busy = replace(first.candidate, capacity=replace(capacity, traffic=Traffic.ADVISORY))
    leader = ordered(frame, (weigh(frame, busy), *others))[0]
    if leader.candidate is not busy:
        yield reason("if_first_advisory", facility_id=_id(leader))


def _if_nearer(frame: Frame, one: Weighed, rivals: Sequence[Weighed]) -> Iterator[Reason]:
    """The fewest whole minutes by which a nearer ``one`` would lead; it leads ever more by more."""
    travel = one.candidate.travel

    def leads_by(minutes: int) -> bool:
        nearer = replace(travel, duration_s=max(0, travel.duration_s - 60 * minutes))
        return leads(frame, weigh(frame, replace(one.candidate, travel=nearer)), rivals)

    enough = -(-travel.duration_s // 60)
    if not leads_by(enough):
        return
    too_few = 0
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        too_few, enough = (too_few, middle) if leads_by(middle) else (middle, enough)
    yield reason("if_nearer", facility_id=_id(one), minutes=enough)


def _usual(frame: Frame, capacity: Capacity) -> Capacity:
    return replace(capacity, traffic=Traffic.NORMAL, is_internal_disaster=False)


def _with_beds(frame: Frame, capacity: Capacity) -> Capacity:
    free = {kind: max(1, capacity.free.get(kind, 0)) for kind in frame.kinds}
    return replace(capacity, free={**capacity.free, **free})


def _in_order_again(frame: Frame, capacity: Capacity) -> Capacity:
    return replace(capacity, unavailable=frozenset())


def _is_diverting(frame: Frame, capacity: Capacity) -> bool:
    return capacity.traffic is not Traffic.NORMAL or capacity.is_internal_disaster


def _is_full(frame: Frame, capacity: Capacity) -> bool:
    known = (kind for kind in frame.kinds if kind not in capacity.unknown_beds)
    return any(capacity.free.get(kind, 0) <= 0 for kind in known)


def _is_out(frame: Frame, capacity: Capacity) -> bool:
    return bool(capacity.unavailable)


_OBSTACLES: Final[
    tuple[tuple[str, Callable[[Frame, Capacity], bool], Callable[[Frame, Capacity], Capacity]], ...]
] = (
    ("if_diversion_ended", _is_diverting, _usual),
    ("if_bed_came_free", _is_full, _with_beds),
    ("if_capability_back", _is_out, _in_order_again),
)


def _holds_back(frame: Frame, one: Weighed) -> bool:
    candidate = one.candidate
    return candidate.facility.facility_id in frame.case.refuses or any(
        is_held(frame, candidate.capacity) for _code, is_held, _change in _OBSTACLES
    )


def _without(frame: Frame, one: Weighed) -> Iterator[tuple[str, Weighed]]:
    """``one`` weighed again without each single thing that holds it back."""
    candidate = one.candidate
    for code, is_held, change in _OBSTACLES:
        if is_held(frame, candidate.capacity):
            changed = replace(candidate, capacity=change(frame, candidate.capacity))
            yield code, weigh(frame, changed)
    if candidate.facility.facility_id in frame.case.refuses:
        willing = replace(frame, case=replace(frame.case, refuses=()))
        yield "if_patient_agreed", weigh(willing, candidate)
