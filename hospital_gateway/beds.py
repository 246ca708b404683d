"""What a bed is doing and what becomes of a hold on it, as two tables.

Bed. Free until held for an inbound patient, occupied, being cleaned, or blocked (broken, no staff,
isolation). A hold ends by release, by expiry, or by the patient lying in the bed. While a bed is
held its hold is the only way out: what the bedside reports then is refused, so that two patients
are never promised one bed (invariant 1). Any other report is believed, whatever stood before,
because the person at the bedside sees more than the system; reporting the same state again is
legal and makes it fresh.

Hold. A lease, never a lock: it expires at ETA + 20 min (clinical reference §4, POLICY) and ends
exactly once. When the ETA is unknown it expires after the policy's time.

Who may report or hold is decided in `dispatch.domain`; which bed suits is a person's choice.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from dispatch.errors import Refused
from dispatch.lifecycle import Table
from hospital_gateway.facilities import BedKind, BedState
from hospital_gateway.limits import MAX_BED_HOLD_S
from hospital_gateway.policy import GatewayPolicy

_B = BedState
BED: Table[BedState] = {
    _B.FREE: {
        "hold": _B.HELD,
        "occupy": _B.OCCUPIED,
        "soil": _B.CLEANING,
        "block": _B.BLOCKED,
        "confirm": _B.FREE,
    },
    _B.HELD: {"release": _B.FREE, "expire": _B.FREE, "occupy": _B.OCCUPIED},
    _B.OCCUPIED: {
        "vacate": _B.CLEANING,
        "clear": _B.FREE,  # vacated and cleaned between two reports
        "block": _B.BLOCKED,
        "confirm": _B.OCCUPIED,
    },
    _B.CLEANING: {
        "clean": _B.FREE,
        "occupy": _B.OCCUPIED,
        "block": _B.BLOCKED,
        "confirm": _B.CLEANING,
    },
    _B.BLOCKED: {
        "unblock": _B.FREE,
        "occupy": _B.OCCUPIED,
        "soil": _B.CLEANING,
        "confirm": _B.BLOCKED,
    },
}

_REPORTABLE = (_B.FREE, _B.OCCUPIED, _B.CLEANING, _B.BLOCKED)


class HoldState(StrEnum):
    """What became of a hold; all but ``active`` are final."""

    ACTIVE = "active"
    RELEASED = "released"
    EXPIRED = "expired"
    CONVERTED = "converted"


HOLD: Table[HoldState] = {
    HoldState.ACTIVE: {
        "release": HoldState.RELEASED,
        "expire": HoldState.EXPIRED,
        "convert": HoldState.CONVERTED,
    },
}


def happening_of_report(state: BedState, reported: BedState) -> str:
    """The happening by which a bedside report changes a bed.

    Raises ``Refused("bed_held")`` for a held bed (its hold is ended first) and
    ``Refused("illegal_step")`` for a report of ``held``, which is no observation.
    """
    if state is BedState.HELD:
        raise Refused("bed_held", reported=reported.value)
    for happening, after in BED[state].items():
        if after is reported and reported in _REPORTABLE:
            return happening
    raise Refused("illegal_step", state=state.value, step=f"report_{reported.value}")


def hold_expires_at(policy: GatewayPolicy, now: datetime, eta_at: datetime | None) -> datetime:
    """When a hold made or renewed at ``now`` ends by itself (UTC).

    ETA + ``bed_hold_after_eta_s`` (20 min, clinical reference §4, POLICY), counted from now when
    the ETA has passed; ``bed_hold_without_eta_s`` when there is none; never after MAX_BED_HOLD_S.
    """
    if eta_at is None:
        ends_at = now + timedelta(seconds=policy.bed_hold_without_eta_s)
    else:
        ends_at = max(now, eta_at) + timedelta(seconds=policy.bed_hold_after_eta_s)
    return min(ends_at, now + timedelta(seconds=MAX_BED_HOLD_S))


def has_hold_run_out(expires_at: datetime, now: datetime) -> bool:
    """Whether a hold is over at ``now``; the instant of expiry itself is over."""
    return now >= expires_at


def tally(
    beds: Iterable[tuple[BedKind, BedState]],
) -> tuple[dict[BedKind, int], dict[BedKind, int]]:
    """Count beds by kind: (free, total). A blocked bed is nobody's to give and not in the total."""
    free: dict[BedKind, int] = {}
    total: dict[BedKind, int] = {}
    for kind, state in beds:
        total[kind] = total.get(kind, 0) + (state is not BedState.BLOCKED)
        free[kind] = free.get(kind, 0) + (state is BedState.FREE)
    return free, total
