"""What is due: `due(world, now) -> commands`, pure, so that no deadline lives in a timer.

A ticker in every worker submits what this returns; the command ids are made from what is due, so
that the second worker's is the first one's, and a restart forgets nothing.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from dispatch.domain import commands as c
from dispatch.domain.deciding.closures import is_over_long
from dispatch.domain.deciding.registry import Context
from dispatch.domain.deciding.units import is_unassigned_too_long, overdue
from dispatch.domain.states import ENDED
from dispatch.domain.world import Assignment, World
from dispatch.ids import CommandId
from hospital_gateway.beds import HoldState, has_hold_run_out
from hospital_gateway.prealert import due_step

SYSTEM = c.Actor(role="system", name="")


def due(world: World, now: datetime) -> Iterator[c.Command]:
    """Every command whose time has come and that has not taken effect yet."""
    if world.config is None:
        return
    yield from _escalations(world, now)
    yield from _holds(world, now)
    yield from _assignments(world, now)
    yield from _unassigned(world, now)
    yield from _closures(world, now)


def _escalations(world: World, now: datetime) -> Iterator[c.Command]:
    policy = world.config.gateway if world.config else None
    for alert in world.prealerts.values():
        if policy is None or alert.sent_at is None:
            continue
        taken = tuple(rung.step for rung in alert.escalations)
        rung = due_step(policy, alert.state, alert.sent_at, taken, now)
        if rung is not None:
            yield c.EscalatePreAlert(
                command_id=CommandId(f"due:escalate:{alert.prealert_id}:{rung.name}"),
                prealert_id=alert.prealert_id,
                step=rung.name,
            )


def _holds(world: World, now: datetime) -> Iterator[c.Command]:
    for hold in world.holds.values():
        if hold.state == HoldState.ACTIVE and has_hold_run_out(hold.expires_at, now):
            yield c.ExpireBedHold(
                command_id=CommandId(f"due:expire:{hold.hold_id}"), hold_id=hold.hold_id
            )


def _assignments(world: World, now: datetime) -> Iterator[c.Command]:
    context = Context(actor=SYSTEM, now=now, at=now)
    for assignment in world.assignments.values():
        if assignment.state in ENDED:
            continue
        what = overdue(world, assignment, context)
        if what is not None and assignment.overdue != what:
            yield c.FlagOverdue(
                command_id=CommandId(_overdue_id(assignment, what)),
                assignment_id=assignment.assignment_id,
                what=what,  # type: ignore[arg-type]
            )


def _unassigned(world: World, now: datetime) -> Iterator[c.Command]:
    for incident in world.incidents.values():
        is_said = incident.unassigned_since is not None
        if not is_said and is_unassigned_too_long(world, incident, now):
            wait = len(incident.assignment_ids)  # after a cancelled unit a new wait begins
            yield c.FlagUnassigned(
                command_id=CommandId(f"due:unassigned:{incident.incident_id}:{wait}"),
                incident_id=incident.incident_id,
            )


def _closures(world: World, now: datetime) -> Iterator[c.Command]:
    for closure in world.closures.values():
        if is_over_long(closure, now):
            digest = hashlib.sha256(f"{closure.closure_id} {closure.until_at}".encode())
            yield c.LiftClosure(
                command_id=CommandId(f"due:closure:{digest.hexdigest()[:32]}"),
                closure_id=closure.closure_id,
                reason="over",
            )


def _overdue_id(assignment: Assignment, what: str) -> str:
    """Names the wait, not only the assignment: after an undo a new wait begins."""
    since_s = int(assignment.since_recorded.timestamp())
    return f"due:overdue:{assignment.assignment_id}:{what}:{since_s}"
