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


GRAVITY = (Colour.GREEN, Colour.YELLOW, Colour.RED)
"""The colours from the least grave on."""


class Signs(msgspec.Struct, frozen=True, kw_only=True):
    """What the colour of a pre-alert is made from, as far as it is known when it is sent.

    ``level`` is the answer of NEWS2: emergency, urgent, urgent_ward, low, none; anything else is
    not scored. ``centres`` are wanted ones whose pathway was not decided; ``alert`` is what the
    decided ones ask for. ``npews`` is the total, or the points known so far.
    """

    priority: str = ""
    level: str = "unknown"
    centres: tuple[CentreId, ...] = ()
    is_immediate: bool = False
    acvpu: str | None = None
    alert: Colour | None = None
    npews: int | None = None
    is_mewc_triggered: bool = False


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


def colour(policy: GatewayPolicy, signs: Signs) -> Colour:
    """Colour of a pre-alert (clinical reference §4, POLICY), from what is known when it is sent.

    What is not known never lowers: the colour of more knowledge is the same or graver.
    """
    found = [grade for grade, _sign in colour_signs(policy, signs)]
    return max(found, key=GRAVITY.index, default=Colour.GREEN)


def colour_signs(policy: GatewayPolicy, signs: Signs) -> tuple[tuple[Colour, str], ...]:
    """Every sign that asks for red or yellow, each with its code; empty for green.

    | code                 | red                          | yellow                               |
    |----------------------|------------------------------|--------------------------------------|
    | `immediate`          | R0                           |                                      |
    | `priority_p1`        | P1                           |                                      |
    | `news2`              | level emergency, 7 and more  | urgent (5-6), urgent_ward (single 3) |
    | `unresponsive`       | ACVPU P or U                 |                                      |
    | `npews`              | from ``npews_red_from``      | from ``npews_yellow_from``           |
    | `mewc`               | trigger                      |                                      |
    | `pathway`            | alert red                    | alert yellow                         |
    | `centre_suspected`   | one of ``red_centres``       | any other, its red not confirmed     |
    | `emergency_unscored` |                              | P2 whose level nobody could score    |

    NEWS2 of the Royal College of Physicians, 2017; NPEWS of NHS England, 2023; MEWC of Mhyre, 2014.
    """
    npews = -1 if signs.npews is None else signs.npews
    is_red_centre = any(centre in policy.red_centres for centre in signs.centres)
    is_unscored = signs.priority == "P2" and signs.level not in ("none", "low")
    rows = (
        (Colour.RED, "immediate", signs.is_immediate),
        (Colour.RED, "priority_p1", signs.priority == "P1"),
        (Colour.RED, "news2", signs.level == "emergency"),
        (Colour.RED, "unresponsive", signs.acvpu in ("P", "U")),
        (Colour.RED, "npews", npews >= policy.npews_red_from),
        (Colour.RED, "mewc", signs.is_mewc_triggered),
        (Colour.RED, "pathway", signs.alert is Colour.RED),
        (Colour.RED, "centre_suspected", is_red_centre),
        (Colour.YELLOW, "news2", signs.level in ("urgent", "urgent_ward")),
        (Colour.YELLOW, "npews", policy.npews_yellow_from <= npews < policy.npews_red_from),
        (Colour.YELLOW, "pathway", signs.alert is Colour.YELLOW),
        (Colour.YELLOW, "centre_suspected", bool(signs.centres) and not is_red_centre),
        (Colour.YELLOW, "emergency_unscored", is_unscored),
    )
    return tuple((grade, code) for grade, code, holds in rows if holds)


def _pending(
    policy: GatewayPolicy, state: PreAlertState, taken_steps: Collection[str]
) -> Iterator[EscalationStep]:
    if state not in WAITING:
        return
    spared = _SPARED[state]
    for step in policy.ladder:
        if step.name not in taken_steps and step.unless not in spared:
            yield step
