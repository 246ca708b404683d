"""Slips that somebody could make in production code, each put in by a pytest `MonkeyPatch`.

One for each number that `checks.py` claims; `test_planted.py` sees each of them found. They are
functions of the production code's own names: whoever renames one is told by the test.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from dispatch.domain import commands as c
from dispatch.domain import deadlines, permissions, states, views
from dispatch.domain import events as e
from dispatch.domain.deciding import hospital
from dispatch.domain.deciding.registry import DECISIONS, incident_of
from dispatch.domain.folding import units as folding
from dispatch.domain.folding.registry import FOLDS
from dispatch.domain.rendering.hospital import prealert_doc
from dispatch.domain.world import Draft
from dispatch.errors import Refused, Unavailable
from dispatch.ids import AssignmentId, CommandId
from dispatch.log.events import Appended, EventLog, Outcome
from dispatch.recorder import Recorder
from hospital_gateway import beds
from hospital_gateway.facilities import BedState
from tests.support.memory_log import MemoryDatabase

Patch = pytest.MonkeyPatch
_DECISIONS: dict[Any, Any] = DECISIONS
_FOLDS: dict[Any, Any] = FOLDS


def double_booking(patch: Patch) -> None:
    """Nobody looks whether the unit is busy."""

    def send(world: Any, command: Any, _context: Any) -> list[e.Event]:
        incident = incident_of(world, command.incident_id)
        number = len(incident.assignment_ids) + 1
        assignment_id = AssignmentId(f"{incident.incident_id}.A{number}")
        return [
            e.UnitAssigned(
                assignment_id=assignment_id,
                incident_id=incident.incident_id,
                unit_id=command.unit_id,
                override_reason="",
                evidence=None,
            )
        ]

    patch.setitem(_DECISIONS, c.SendUnit, send)


def bed_held_twice(patch: Patch) -> None:
    """A held bed may be held again, for somebody else."""
    patch.setitem(beds.BED, BedState.HELD, {**beds.BED[BedState.HELD], "hold": BedState.HELD})


def grave_calls_refused(patch: Patch) -> None:
    """No unit is ever free for a P1."""
    real = DECISIONS[c.SendUnit]

    def send(world: Any, command: Any, context: Any) -> list[e.Event]:
        if incident_of(world, command.incident_id).priority == "P1":
            raise Refused("unit_busy", unit_id=command.unit_id, incident_id="")
        return real(world, command, context)

    patch.setitem(_DECISIONS, c.SendUnit, send)


def gate_left_open(patch: Patch) -> None:
    """Every facility is good for everybody, and reasons are not kept."""
    patch.setattr(hospital, "gate", lambda *_facts: [])
    fold = FOLDS[e.DestinationChosen]

    def unsigned(draft: Draft, event: Any, envelope: Any) -> None:
        fold(draft, msgspec.structs.replace(event, override_reason=""), envelope)

    patch.setitem(_FOLDS, e.DestinationChosen, unsigned)


def ladder_forgotten(patch: Patch) -> None:
    """Nobody climbs the ladder of an unanswered pre-alert."""
    patch.setattr(deadlines, "_escalations", lambda _world, _now: iter(()))


def screen_not_told(patch: Patch) -> None:
    """A fold forgets to say that a unit changed."""
    real = Draft.put

    def put(self: Draft, name: str, key: str, entity: Any) -> None:
        real(self, name, key, entity)
        if name in ("units", "assignments"):
            self.touched.discard((name, key))

    patch.setattr(Draft, "put", put)


def everybodys_cards(patch: Patch) -> None:
    """A hospital sees the pre-alerts of all."""

    def seen(world: Any, config: Any, _audience: Any, ident: str) -> Any:
        alert = world.prealerts.get(ident)
        return None if alert is None else prealert_doc(config, alert)

    patch.setattr(views, "_prealert", seen)


def fold_with_a_memory(patch: Patch) -> None:
    """A fold that counts what it has folded, not what the log says."""
    fold, seen = FOLDS[e.UnitAssigned], [0]

    def assigned(draft: Draft, event: Any, envelope: Any) -> None:
        fold(draft, event, envelope)
        seen[0] += 1
        draft.change("units", event.unit_id, reason=str(seen[0] % 2))

    patch.setitem(_FOLDS, e.UnitAssigned, assigned)


def zone_of_the_tablet(patch: Patch) -> None:
    """The recorder keeps the time as the tablet wrote it; the database gives it back in UTC."""

    def occurred(command: c.Command, now: Any) -> Any:
        at = command.occurred_at
        return now if at is None or at >= now else at

    patch.setattr("dispatch.recorder._occurred", occurred)


def stale_decision(patch: Patch) -> None:
    """The database does not compare the head: what was decided on an old world enters."""
    real = MemoryDatabase._append

    def append(self: Any, expected: int, events: str, outcomes: str, identities: str) -> Any:
        rows = msgspec.json.decode(events)
        for number, row in enumerate(rows, self.head + 1):
            row["seq"] = number
        again = msgspec.json.encode(rows).decode()
        return real(self, self.head, again, outcomes, identities)

    patch.setattr(MemoryDatabase, "_append", append)


def known_ids_not_looked_up(patch: Patch) -> None:
    """A retry after an unknown outcome takes effect a second time."""
    patch.setattr(MemoryDatabase, "known", lambda _self, _ids: {})
    patch.setattr(MemoryDatabase, "_refuse_twice", staticmethod(lambda _keys, _present: None))


def unknown_taken_for_done(patch: Patch) -> None:
    """A lost answer is read as success: what is acknowledged may never have been written."""
    real = EventLog.append

    async def append(self: Any, seq: int, envelopes: Any, settled: Any, sealed: Any) -> Any:
        try:
            return await real(self, seq, envelopes, settled, sealed)
        except Unavailable:
            return Appended(done=True, seq=seq + len(envelopes))

    patch.setattr(EventLog, "append", append)


def unknown_taken_for_failed(patch: Patch) -> None:
    """A lost answer is told as a refusal."""
    real = Recorder._try

    async def attempt(self: Any, left: Any) -> Any:
        try:
            return await real(self, left)
        except Unavailable:
            ids = [waiting.command.command_id for waiting in left]
            return {key: Outcome(outcome="refused", command_id=key, code="failed") for key in ids}

    patch.setattr(Recorder, "_try", attempt)


def step_skipped(patch: Patch) -> None:
    """A slip in the table: clear from the road, with nobody seen."""
    state = states.AssignmentState
    row = {**states.ASSIGNMENT[state.ACKNOWLEDGED], "en_route": state.ON_SCENE}
    patch.setitem(states.ASSIGNMENT, state.ACKNOWLEDGED, row)


def sent_by_nobody(patch: Patch) -> None:
    """An advice that executes itself: a deadline sends a unit."""
    more = {**permissions.ALLOWED, "system": permissions.SYSTEM | {c.SendUnit}}
    patch.setattr(permissions, "ALLOWED", more)
    real = deadlines._unassigned

    def unassigned(world: Any, now: Any) -> Iterator[c.Command]:
        yield from real(world, now)
        idle = [unit.unit_id for unit in world.units.values() if unit.assignment_id is None]
        for incident in world.incidents.values():
            if idle and not incident.assignment_ids:
                yield c.SendUnit(
                    command_id=CommandId(f"auto:{incident.incident_id}"),
                    incident_id=incident.incident_id,
                    unit_id=idle[0],
                )

    patch.setattr(deadlines, "_unassigned", unassigned)


def deadline_never_taken(patch: Patch) -> None:
    """What is due is refused as not due, for ever."""

    def never(_world: Any, command: Any, _context: Any) -> list[e.Event]:
        raise Refused("not_due")

    patch.setitem(_DECISIONS, c.FlagOverdue, never)


def late_tablet_turns_time_back(patch: Patch) -> None:
    """A queued status is entered with its own time, whatever came before it."""
    patch.setattr(folding, "max", lambda one, _other: one, raising=False)


def clock_not_held(patch: Patch) -> None:
    """The recorder trusts its own clock, also when it was set back."""
    real = Recorder._decide

    def decided(self: Any, left: Any) -> Any:
        follower = self._follower
        world = follower.world
        follower.world = msgspec.structs.replace(world, recorded_at=None)
        try:
            return real(self, left)
        finally:
            follower.world = world

    patch.setattr(Recorder, "_decide", decided)


def displayed_before_delivered(patch: Patch) -> None:
    """The times of a pre-alert are mixed up."""
    fold = FOLDS[e.PreAlertDisplayed]

    def displayed(draft: Draft, event: Any, envelope: Any) -> None:
        fold(draft, event, envelope)
        early = envelope.recorded_at - timedelta(hours=1)
        draft.change("prealerts", event.prealert_id, displayed_at=early)

    patch.setitem(_FOLDS, e.PreAlertDisplayed, displayed)


def load_not_counted(patch: Patch) -> None:
    """A hospital's page leaves out the patients on the way to it."""
    patch.setattr("dispatch.domain.rendering.hospital.inbound_count", lambda _world, _id: 0)


def closed_with_units_bound(patch: Patch) -> None:
    """An incident is closed whatever its units do."""

    def close(world: Any, command: Any, _context: Any) -> list[e.Event]:
        incident = incident_of(world, command.incident_id)
        return [e.IncidentClosed(incident_id=incident.incident_id, outcome=command.outcome)]

    patch.setitem(_DECISIONS, c.CloseIncident, close)
