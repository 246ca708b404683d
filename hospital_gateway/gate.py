"""The gate: what must be true of a facility before it may be advised without a signed override.

`gate` is one function for two askers: destination choice lists what fails it last, and `decide`
asks it again on the true latest world when a person has chosen (invariant 3). It knows no travel
time and no other facility, so that both get the same answer.

Every code it gives speaks against the facility; the table is in `hospital_gateway.destination`.
"""

from collections.abc import Collection, Iterable, Sequence

from dispatch.ids import CentreId
from hospital_gateway.advice import Reason, reason
from hospital_gateway.capabilities import HIGHER
from hospital_gateway.facilities import Capacity, Centre, Facility, Traffic
from hospital_gateway.policy import GatewayPolicy


def gate(
    facility: Facility,
    centres_wanted: Sequence[CentreId],
    centres: Iterable[Centre],
    capacity: Capacity,
    policy: GatewayPolicy,
    *,
    is_immediate: bool = False,
    requires: Collection[str] = (),
) -> tuple[Reason, ...]:
    """What forbids ``facility`` for a patient who needs ``centres_wanted``; empty if it passes.

    Internal disaster forbids always (clinical reference §4, [S51] there); closed forbids except in
    R0 (``is_immediate``), where any emergency department with resuscitation will do. Without a
    wanted centre the general requirement holds. ``requires`` are capabilities that a pathway
    insists on beside its centre. A centre that the county does not have forbids everywhere: nobody
    can vouch for it, so a person must.
    """
    against = capability_gaps(
        facility, centres_wanted, centres, capacity, policy,
        is_immediate=is_immediate, requires=requires)  # fmt: skip
    if capacity.is_internal_disaster:
        against.append(reason("internal_disaster"))
    elif capacity.traffic is Traffic.CLOSED and not is_immediate:
        against.append(reason("closed", reason=capacity.traffic_reason))
    return tuple(against)


def capability_gaps(
    facility: Facility,
    centres_wanted: Sequence[CentreId],
    centres: Iterable[Centre],
    capacity: Capacity,
    policy: GatewayPolicy,
    *,
    is_immediate: bool,
    requires: Collection[str] = (),
) -> list[Reason]:
    """The part of the gate that traffic status does not touch."""
    if is_immediate:
        return _missing(facility, capacity, policy.immediate_requires)
    known = {centre.centre_id: centre for centre in centres} if centres_wanted else {}
    general = () if centres_wanted else policy.general_requires
    gaps = _missing(facility, capacity, (*general, *requires))
    for centre_id in centres_wanted:
        centre = known.get(centre_id)
        if centre is None:
            gaps.append(reason("unknown_centre", centre=centre_id))
        else:
            gaps.extend(_centre_gaps(facility, capacity, centre))
    return _once(gaps)


def can_offer(facility: Facility, capacity: Capacity, capabilities: Collection[str]) -> bool:
    """Whether every one of ``capabilities`` is there and in working order now."""
    return all(_has(facility, capacity, capability) for capability in capabilities)


def _centre_gaps(facility: Facility, capacity: Capacity, centre: Centre) -> list[Reason]:
    if not centre.requires_all and not centre.requires_any:
        runs = centre.centre_id in facility.centres
        return [] if runs else [reason("does_not_run_centre", centre=centre.centre_id)]
    gaps = _missing(facility, capacity, centre.requires_all)
    wanted = centre.requires_any
    if wanted and not any(_has(facility, capacity, capability) for capability in wanted):
        gaps.append(reason("lacks_any_of", centre=centre.centre_id, any_of=",".join(wanted)))
    return gaps


def _missing(facility: Facility, capacity: Capacity, capabilities: Iterable[str]) -> list[Reason]:
    gaps: list[Reason] = []
    for capability in capabilities:
        held = facility.capabilities.intersection(_that_do(capability))
        if not held:
            gaps.append(reason("lacks_capability", capability=capability))
        elif held <= capacity.unavailable:
            gaps.append(reason("capability_out", capability=capability))
    return gaps


def _has(facility: Facility, capacity: Capacity, capability: str) -> bool:
    held = facility.capabilities.intersection(_that_do(capability))
    return not held <= capacity.unavailable


def _that_do(capability: str) -> tuple[str, ...]:
    """The capability itself and those that include it."""
    return (capability, *HIGHER.get(capability, ()))


def _once(gaps: list[Reason]) -> list[Reason]:
    """Drop repeats: two wanted centres often ask for the same thing."""
    return [gap for place, gap in enumerate(gaps) if gap not in gaps[:place]]
