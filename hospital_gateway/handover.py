"""Handing a patient over at the destination, as a table, and how long the crew was kept.

Handover. Nothing until the crew offers it on arrival; accepted by the signature of a named person
of the facility. There is no way back: a patient accepted in error is a new transfer.

Offload is the time from arrival to acceptance; the delay is what exceeds the policy's standard.
Conditions (arrived, right facility, who may sign) are decided in `dispatch.domain`.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from dispatch.lifecycle import Table
from hospital_gateway.policy import GatewayPolicy


class HandoverState(StrEnum):
    """How far the handover of one patient has come."""

    NONE = "none"
    OFFERED = "offered"
    ACCEPTED = "accepted"


HANDOVER: Table[HandoverState] = {
    HandoverState.NONE: {"offer": HandoverState.OFFERED},
    HandoverState.OFFERED: {"accept": HandoverState.ACCEPTED},
}


class Offload(msgspec.Struct, frozen=True, kw_only=True):
    """Whole seconds from arrival to acceptance (or to now), and those beyond the standard.

    ``is_skewed`` marks clocks that ran backwards: shown as no time, left out of statistics (O4).
    """

    elapsed_s: int
    delay_s: int
    is_over_standard: bool
    is_running: bool
    is_skewed: bool


def offload(
    policy: GatewayPolicy, arrived_at: datetime, accepted_at: datetime | None, now: datetime
) -> Offload:
    """Offload time of one patient against ``policy.offload_standard_s``.

    An acceptance noted earlier than the arrival (a tablet that was offline) counts as no time:
    a clock never runs backwards (invariant 7).
    """
    until = now if accepted_at is None else accepted_at
    elapsed_s = max(0, int((until - arrived_at).total_seconds()))
    delay_s = max(0, elapsed_s - policy.offload_standard_s)
    return Offload(
        elapsed_s=elapsed_s,
        delay_s=delay_s,
        is_over_standard=delay_s > 0,
        is_running=accepted_at is None,
        is_skewed=until < arrived_at,
    )
