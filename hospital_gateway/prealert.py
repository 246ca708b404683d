"""The pre-alert: from the crew's announcement to a named person's answer, and what happens without.

Pre-alert. Created, then sent. Delivered when a board of the facility took it, displayed when a
visible page drew it; a page may draw before delivery was noted, so delivered may be skipped. A
named person acknowledges or rejects, from the moment it was sent: a telephone call can be faster
than a screen. After that answer, reports of delivery or display are too late and are refused. It is
stood down when the patient goes elsewhere, even after acknowledgement; rejected and stood down are
final. An acknowledged pre-alert is not rejected afterwards: the facility closes instead.

Escalation is no state but stands beside it: each rung of the policy's ladder that came due is taken
once and kept by name, so that it can be acknowledged late and still show who was called meanwhile.
`due_step` is pure and asked again and again; after an outage the rungs come due one by one, in
order, none skipped. By the last rung's time every pre-alert is acknowledged, rejected, stood down
or escalated to a person (invariant 4, `is_answered_for`).

Who may answer is decided in `dispatch.domain`; sound and channels belong to the screens.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from dispatch.ids import CentreId
from dispatch.lifecycle import Table
from hospital_gateway.facilities import Facility
from hospital_gateway.policy import EscalationStep, GatewayPolicy


class PreAlertState(StrEnum):
    """How far a pre-alert has come."""

    CREATED = "created"
    SENT = "sent"
    DELIVERED = "delivered"
    DISPLAYED = "displayed"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    STOOD_DOWN = "stood_down"


_S = PreAlertState
PREALERT: Table[PreAlertState] = {
    _S.CREATED: {"send": _S.SENT, "stand_down": _S.STOOD_DOWN},
    _S.SENT: {
        "deliver": _S.DELIVERED,
        "display": _S.DISPLAYED,
        "acknowledge": _S.ACKNOWLEDGED,
        "reject": _S.REJECTED,
        "stand_down": _S.STOOD_DOWN,
    },
    _S.DELIVERED: {
        "display": _S.DISPLAYED,
        "acknowledge": _S.ACKNOWLEDGED,
        "reject": _S.REJECTED,
        "stand_down": _S.STOOD_DOWN,
    },
    _S.DISPLAYED: {
        "acknowledge": _S.ACKNOWLEDGED,
        "reject": _S.REJECTED,
        "stand_down": _S.STOOD_DOWN,
    },
    _S.ACKNOWLEDGED: {"stand_down": _S.STOOD_DOWN},
}

WAITING = frozenset({_S.SENT, _S.DELIVERED, _S.DISPLAYED})
"""Sent and not yet answered: the states in which the ladder runs."""

ANSWERED = frozenset({_S.ACKNOWLEDGED, _S.REJECTED, _S.STOOD_DOWN})
"""States in which nobody waits for the facility any more."""

_SPARED: dict[PreAlertState, frozenset[str]] = {
    _S.SENT: frozenset(),
    _S.DELIVERED: frozenset({"delivered"}),
    _S.DISPLAYED: frozenset({"delivered", "displayed"}),
}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a rung tells: the role, and the person's name where the county names one."""

    tells: str
    name: str


class Colour(StrEnum):
    """How the receiving emergency department is asked to prepare (clinical reference §4)."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


def next_step(
    policy: GatewayPolicy,
    state: PreAlertState,
    sent_at: datetime | None,
    taken_steps: Collection[str],
) -> tuple[EscalationStep, datetime] | None:
    """The rung that comes next unless something happens, and when it is (or was) due.

    None when the ladder does not run: not sent yet, answered, or every rung taken or spared.
    """
    if sent_at is None:
        return None
    for step in _pending(policy, state, taken_steps):
        return step, sent_at + timedelta(seconds=step.after_s)
    return None


def due_step(
    policy: GatewayPolicy,
    state: PreAlertState,
    sent_at: datetime | None,
    taken_steps: Collection[str],
    now: datetime,
) -> EscalationStep | None:
    """The first rung that is due at ``now`` and was not taken; one at a time, in order."""
    upcoming = next_step(policy, state, sent_at, taken_steps)
    if upcoming is None:
        return None
    step, due_at = upcoming
    return step if now >= due_at else None


def is_answered_for(
    policy: GatewayPolicy,
    state: PreAlertState,
    sent_at: datetime | None,
    taken_steps: Collection[str],
    now: datetime,
) -> bool:
    """Invariant 4: answered, or its last rung is not due yet, or a person was told by that rung.

    A checker that allows the ticker some time passes ``now`` less that time. One that was created
    and never sent has nobody answering for it.
    """
    if state in ANSWERED:
        return True
    if sent_at is None:
        return False
    last = policy.ladder[-1]
    return last.name in taken_steps or now < sent_at + timedelta(seconds=last.after_s)


def whom(step: EscalationStep, facility: Facility) -> Told:
    """Whom ``step`` tells at ``facility``: a desk, or a person by name.

    Where the facility names nobody the dispatcher is told: a rung spent on an empty name would look
    answered for and reach no one. A desk (dispatcher, emergency department) has no name here.
    """
    names = {"duty_lead": facility.duty_lead, "medical_control": facility.medical_control}
    if step.tells not in names:
        return Told(tells=step.tells, name="")
    name = names[step.tells].strip()
    return Told(tells=step.tells if name else "dispatcher", name=name)


def colour(
    policy: GatewayPolicy,
    *,
    priority: str,
    level: str,
    centres: Collection[CentreId],
    is_immediate: bool = False,
    acvpu: str | None = None,
) -> Colour:
    """Colour of a pre-alert (clinical reference §4, POLICY), from what is known when it is sent.

    RED: R0, P1, NEWS2 >= 7 (``level`` emergency; RCP 2017), ACVPU P or U, or a centre of
    ``policy.red_centres``. YELLOW: NEWS2 5-6 or a single 3 (``level`` urgent); also any other
    centre, whose red criterion (STEMI, trauma red, ...) is not confirmed here, and a P2 whose level
    nobody could score: missing is not normal. Everything else is GREEN.
    """
    is_red_centre = any(centre in policy.red_centres for centre in centres)
    is_unresponsive = acvpu in ("P", "U")
    if is_immediate or priority == "P1" or level == "emergency" or is_red_centre or is_unresponsive:
        return Colour.RED
    is_unscored_emergency = priority == "P2" and level not in ("none", "low")
    if level == "urgent" or centres or is_unscored_emergency:
        return Colour.YELLOW
    return Colour.GREEN


def _pending(
    policy: GatewayPolicy, state: PreAlertState, taken_steps: Collection[str]
) -> Iterator[EscalationStep]:
    if state not in WAITING:
        return
    spared = _SPARED[state]
    for step in policy.ladder:
        if step.name not in taken_steps and step.unless not in spared:
            yield step
