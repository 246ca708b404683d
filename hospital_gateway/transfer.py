"""Transfers between tiers: who may receive whom, and the clock at the sending place.

A township health centre stabilises and hands on; its patient goes to a facility of the same tier or
a higher one (township, sub-centre, county, city), unless the transfer is one back, nearer home. The
choice itself is the one engine (`hospital_gateway.destination`) with an `Origin`.

The clock is DIDO, door in to door out. Every critical township transfer of a rural series took
longer than 30 min (Kunshan, 2025), so somebody is told at 20 and at 30 min (POLICY). What it waits
for is read from the stamps: the sender's decision, the receiver's acceptance, the departure.

| stamp             | while it is missing the transfer waits for |
|-------------------|--------------------------------------------|
| `sent_at`         | `sender`                                   |
| `accepted_at`     | `receiver`                                 |
| `left_at`         | `departure`                                |
"""

from datetime import datetime
from typing import Literal

import msgspec

from dispatch.ids import FacilityId
from hospital_gateway.advice import Reason, reason
from hospital_gateway.facilities import Facility
from hospital_gateway.policy import GatewayPolicy

Stage = Literal["none", "warning", "alarm"]


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a transfer starts; ``kind`` as configured (`Facility.kind`).

    ``elapsed_s`` is the time the patient has been there, in seconds; None when nobody noted it.
    """

    facility_id: FacilityId
    kind: str
    is_back_transfer: bool = False
    elapsed_s: int | None = None


class Stamps(msgspec.Struct, frozen=True, kw_only=True):
    """What was noted of one transfer (UTC); None is not yet or not noted."""

    arrived_at: datetime
    sent_at: datetime | None = None
    accepted_at: datetime | None = None
    left_at: datetime | None = None


class Dido(msgspec.Struct, frozen=True, kw_only=True):
    """Door in to door out in whole seconds, as far as it has run.

    ``standard_s`` is None where the centre has none. ``is_skewed`` marks clocks that ran backwards:
    shown as no time, left out of statistics.
    """

    elapsed_s: int
    stage: Stage
    standard_s: int | None
    is_over_standard: bool | None
    is_running: bool
    waits_for: Literal["sender", "receiver", "departure", "nothing"]
    is_skewed: bool


def tier(policy: GatewayPolicy, kind: str) -> int | None:
    """The place of a kind of facility from the village up, 0 lowest; None for an unknown kind."""
    for place, kinds in enumerate(policy.tiers):
        if kind in kinds:
            return place
    return None


def tier_gaps(policy: GatewayPolicy, origin: Origin, facility: Facility) -> tuple[Reason, ...]:
    """What forbids ``facility`` to receive: a lower tier, or one that nobody can compare."""
    if origin.is_back_transfer:
        return ()
    here, there = tier(policy, origin.kind), tier(policy, facility.kind)
    if here is None or there is None:
        return (reason("tier_unknown", facility_kind=facility.kind),)
    return (reason("lower_tier", facility_kind=facility.kind),) if there < here else ()


def stage(policy: GatewayPolicy, elapsed_s: int) -> Stage:
    """How far the clock has come; the instant of a limit itself is due."""
    if elapsed_s >= policy.dido_alarm_s:
        return "alarm"
    return "warning" if elapsed_s >= policy.dido_warning_s else "none"


def dido(policy: GatewayPolicy, stamps: Stamps, now: datetime, centre: str | None = None) -> Dido:
    """The clock of one transfer at ``now``, against the standard of ``centre`` if it has one."""
    until = now if stamps.left_at is None else stamps.left_at
    run_s = int((until - stamps.arrived_at).total_seconds())
    elapsed_s = max(0, run_s)
    standard_s = policy.dido_standard_s.get(centre) if centre else None
    return Dido(
        elapsed_s=elapsed_s,
        stage=stage(policy, elapsed_s),
        standard_s=standard_s,
        is_over_standard=None if standard_s is None else elapsed_s > standard_s,
        is_running=stamps.left_at is None,
        waits_for=_waits_for(stamps),
        is_skewed=run_s < 0,
    )


def _waits_for(stamps: Stamps) -> Literal["sender", "receiver", "departure", "nothing"]:
    if stamps.left_at is not None:
        return "nothing"
    if stamps.accepted_at is not None:
        return "departure"
    return "sender" if stamps.sent_at is None else "receiver"
