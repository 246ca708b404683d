"""How long a patient will wait at a hospital's door, counting everybody who is on the way there.

Theory. A receiving place has bays; a patient keeps one for the offload time. Those boarding now
keep theirs for what is left; each inbound patient joins the line at its own ETA and takes the bay
that is free first. So two units that are told of an empty hospital are not both told "no wait": the
second sees the first. Without it everybody is sent to the same door at once.

Every inbound patient stands in exactly one list (invariant I17): a patient given twice is an error,
not a longer queue. Deterministic: expected times, no distributions.

Not here: which hospital can treat what, and how load and drive are weighed
(`hospital_gateway.destination`). Pure.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from dispatch.ids import FacilityId, PatientId


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """One patient on the way: where to, and when there, in seconds from now."""

    patient_id: PatientId
    facility_id: FacilityId
    eta_s: float


class Bays(msgspec.Struct, frozen=True, kw_only=True):
    """One receiving place: its bays, what is left of each offload under way, a usual offload."""

    facility_id: FacilityId
    bays: int
    left_s: tuple[float, ...] = ()
    offload_s: float = 900.0  # POLICY: 15 min, the NHS handover standard (2019); from the log later

    def __post_init__(self) -> None:
        if self.bays < 1 or self.offload_s <= 0 or any(left < 0 for left in self.left_s):
            raise ValueError(f"{self.facility_id}: at least one bay, and times above 0")


def counted(inbound: Iterable[Inbound]) -> Counter[FacilityId]:
    """Inbound patients by facility; raises ValueError for a patient that is listed twice."""
    return Counter(one.facility_id for one in _once(inbound))


def wait_s(place: Bays, inbound: Iterable[Inbound], eta_s: float) -> float:
    """Expected seconds between arriving at ``eta_s`` and being taken over.

    Those who arrive at the same second were first. Raises ValueError for a patient listed twice.
    """
    ahead = sorted(
        one.eta_s
        for one in _once(inbound)
        if one.facility_id == place.facility_id and one.eta_s <= eta_s
    )
    return _starts(place, [*ahead, eta_s])[-1] - eta_s


def _once(inbound: Iterable[Inbound]) -> Sequence[Inbound]:
    listed = list(inbound)
    twice = [one for one, times in Counter(each.patient_id for each in listed).items() if times > 1]
    if twice:
        raise ValueError(f"inbound more than once: {', '.join(sorted(twice))}")
    return listed


def _starts(place: Bays, arrivals: Sequence[float]) -> list[float]:
    """When each arrival's offload begins; more boarding than bays wait for the first free one."""
    free = [0.0] * place.bays
    heapq.heapify(free)
    for left in sorted(place.left_s):
        heapq.heapreplace(free, free[0] + left)
    starts = []
    for arrival in arrivals:
        start = max(arrival, free[0])
        heapq.heapreplace(free, start + place.offload_s)
        starts.append(start)
    return starts
