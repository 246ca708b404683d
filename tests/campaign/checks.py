"""What must hold, looked at from outside the workers, by a witness that folds each commit itself.

The witness hears every commit of the database, every fold of every worker and every reply that a
client got. Numbers 1-7 are the invariants of docs/architecture.md ("The online check"), I-numbers
those of the dispatch science:

- **1, 3, 5, 7** (and I1, I5, I18) of `dispatch.domain.invariants` after every command's events.
- **2, 4** (and I3, I10) the same, but a finding may stand for `GRACE_S`: a person who decides and
  an injected fault take their time. After the faults nothing may stand at all.
- **5** every screen of every worker: what it was sent, frame by frame, is what a fresh rendering
  gives; a rotating screen after each fold, all of them at the end; nobody holds what is not theirs.
- **6** (I11) at each sequence number every worker's world has the bytes of the witness's; the
  decision of each command, taken again on the world before it, gives the same events.
- **7** (I12) numbers are dense; a command's events enter once and together with its outcome; every
  reply to it says the same, and says what the log says.
- **I2** each step of an assignment is an edge of the table below, written apart from the code's.
- **I10** units are sent by named people only; nothing that is due stays undone for `GRACE_S`.
- **I14** the times of a patient, a pre-alert and an incident do not run backwards.
- **I17** each patient on the way is in one facility's list, and the facilities' counts agree.

I13 is a test of the whole campaign: the same seed gives the same trace in processes whose sets and
dictionaries are ordered differently. Not here: I4 and I6-I9, which bind the engine that recommends
(`tests/unit/recommend`), I15 and I16, which bind positions and journeys (`tests/unit/simulation`).
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from dispatch.domain import commands as c
from dispatch.domain import events as e
from dispatch.domain.deadlines import due
from dispatch.domain.decide import decide
from dispatch.domain.deciding.registry import Context
from dispatch.domain.fold import apply
from dispatch.domain.invariants import SLACK, broken
from dispatch.domain.views import Audience, render
from dispatch.domain.world import World
from dispatch.errors import Refused, Unavailable
from dispatch.log.events import Outcome
from tests.campaign.worker import Viewer, Worker
from tests.support.memory_log import Row

GRACE_S = 150.0
PATIENT = ("2:", "4:")  # findings that may stand for a while

USUAL = ("too many commands are waiting", "no answer in time")

encode = msgspec.json.Encoder(order="deterministic").encode
_event = msgspec.json.Decoder(e.AnyEvent)
_actor = msgspec.json.Decoder(c.Actor)

EDGES = {
    "": {"notified"},
    "notified": {"acknowledged", "en_route", "cancelled"},
    "acknowledged": {"en_route", "cancelled", "notified"},
    "en_route": {"on_scene", "cancelled", "notified", "acknowledged"},
    "on_scene": {"at_patient", "cleared", "cancelled", "en_route"},
    "at_patient": {"transporting", "cleared", "cancelled", "on_scene"},
    "transporting": {"at_destination", "at_patient"},
    "at_destination": {"cleared", "transporting"},
    "cleared": set[str](),
    "cancelled": set[str](),
}
"""I2: what an assignment may become, with the crew's undo, as RELIABILITY and the crew's screen
have it; not imported from `dispatch.domain.states`, so that a slip there is seen here."""

SEEN_BY = {
    "facility": {"county", "facility", "inbound", "prealert", "eta", "vitals"},
    "unit": {"county", "facility", "unit", "job", "prealert", "closure", "vitals", "position"},
}


class Broken(AssertionError):
    """An invariant does not hold; the words begin with its number."""


def envelope_of(row: Row) -> e.Envelope:
    """The event as a reader of the log gets it."""
    return e.Envelope(
        seq=row["seq"],
        recorded_at=row["recorded_at"],
        occurred_at=row["occurred_at"],
        actor=_actor.decode(row["actor"]),
        command_id=row["command_id"],
        incident_id=row["incident_id"],
        event=_event.decode(row["body"]),
    )


def digest(world: World) -> bytes:
    """Of the bytes of a world."""
    return hashlib.blake2b(encode(world), digest_size=16).digest()


class Witness:
    """Folds each commit, and compares everybody with it; raises `Broken` at the first offence."""

    def __init__(self, now: Callable[[], datetime], note: Callable[[str], None]) -> None:
        self._now = now
        self._note = note
        self.world = World()
        self.log: list[e.Envelope] = []
        self.digests = {0: digest(self.world)}
        self.asked: dict[str, tuple[c.Command, c.Actor]] = {}
        self.replies: dict[str, bytes] = {}
        self.checked: Counter[str] = Counter()
        self._since: dict[str, datetime] = {}
        self._due_since: dict[str, datetime] = {}
        self._turn = 0

    # what it hears

    def on_submit(self, command: c.Command, actor: c.Actor) -> None:
        """A worker was asked; the same id always means the same command."""
        first = self.asked.setdefault(command.command_id, (command, actor))
        if first[0] != command:
            raise Broken(f"7: {command.command_id} names two commands")

    def on_commit(self, events: list[Row], outcomes: list[Row]) -> None:
        """One append, in the database's own order."""
        by_command: dict[str, list[e.Envelope]] = {}
        for row in events:
            envelope = envelope_of(row)
            if envelope.seq != len(self.log) + sum(map(len, by_command.values())) + 1:
                raise Broken(f"7: event {envelope.seq} follows {len(self.log)}")
            by_command.setdefault(envelope.command_id, []).append(envelope)
        told = {row["command_id"]: msgspec.convert(row["outcome"], Outcome) for row in outcomes}
        if missing := by_command.keys() - told.keys():
            raise Broken(f"7: events of {min(missing)} without its outcome")
        for outcome in told.values():
            self._settle(outcome, by_command.get(outcome.command_id, []))

    def on_fold(self, worker: Worker) -> None:
        """A worker folded; its world is the witness's of that number."""
        self.checked["6"] += 1
        world = worker.world
        if self.digests.get(world.seq) != digest(world):
            raise Broken(f"6: the world of {worker.process.name} at {world.seq} is not the log's")
        if worker.viewers:
            self._turn += 1
            self.screen(worker, worker.viewers[self._turn % len(worker.viewers)])

    def on_reply(self, outcome: Outcome) -> None:
        """A client was told; 7: it is so, and it was told the same before."""
        self.checked["7 reply"] += 1
        said = encode(outcome)
        if self.replies.setdefault(outcome.command_id, said) != said:
            raise Broken(f"7: {outcome.command_id} has two outcomes")
        entered = [env for env in self.log if env.command_id == outcome.command_id]
        tags = tuple(str(env.event.__struct_config__.tag) for env in entered)
        if tags != outcome.events or (outcome.outcome != "accepted" and tags):
            raise Broken(f"7: {outcome.command_id} was told {outcome.outcome}, the log has {tags}")

    def on_trouble(self, command: c.Command, error: Exception) -> None:
        """A client must ask again: that happens, a bug that the recorder survived does not."""
        is_usual = not isinstance(error, Unavailable) or error.detail.startswith(USUAL)
        if not is_usual:
            raise Broken(f"bug: {command.command_id}: {error}")

    # what it looks at

    def _settle(self, outcome: Outcome, made: list[e.Envelope]) -> None:
        before = self.world
        words = " ".join(str(env.event.__struct_config__.tag) for env in made)
        command, actor = self.asked[outcome.command_id]
        kind = type(command).__name__
        self._note(f"{outcome.outcome} {kind} {outcome.command_id} {outcome.code}{words}")
        self._again(before, command, actor, outcome, made)
        if not made:
            return
        self.world, _ = apply(before, made)
        self.log.extend(made)
        for env in made[:-1]:
            self.digests[env.seq] = b"within a command"
        self.digests[self.world.seq] = digest(self.world)
        self._entered(before, made)
        self.look()

    def _again(
        self, before: World, command: c.Command, actor: c.Actor, outcome: Outcome,
        made: list[e.Envelope],
    ) -> None:  # fmt: skip
        """6: decided again on the world before it, a command gives what it gave."""
        if outcome.outcome != "accepted":
            if made:
                raise Broken(f"7: {command.command_id} is refused and has events")
            return
        self.checked["6 decision"] += 1
        if not made:
            raise Broken(f"7: {command.command_id} was accepted and is not in the log")
        first = made[0]
        try:
            context = Context(actor=actor, now=first.recorded_at, at=first.occurred_at)
            again = decide(before, command, context)
        except Refused as refusal:
            raise Broken(f"6: {command.command_id} is refused when decided again: {refusal}") from (
                refusal
            )
        if encode(again) != encode([env.event for env in made]):
            raise Broken(f"6: {command.command_id} gives other events when decided again")

    def _entered(self, before: World, made: Sequence[e.Envelope]) -> None:
        after = self.world
        if before.recorded_at is not None and made[0].recorded_at < before.recorded_at:
            raise Broken(f"7: the log's time runs backwards at {made[0].seq}")
        if any(env.occurred_at > env.recorded_at for env in made):
            raise Broken(f"7: event {made[0].seq} happened after it was recorded")
        self.checked["I2"] += 1
        for key, assignment in after.assignments.items():
            past = before.assignments.get(key)
            was = past.state.value if past is not None else ""
            if assignment is not past and assignment.state.value != was:
                self._edge(key, was, assignment.state.value)
        for env in made:
            is_person = bool(env.actor.name) and env.actor.role == "dispatcher"
            if isinstance(env.event, e.UnitAssigned) and not is_person:
                raise Broken(f"I10: {env.event.unit_id} was sent by nobody")

    @staticmethod
    def _edge(key: str, was: str, now: str) -> None:
        if now not in EDGES[was]:
            raise Broken(f"I2: {key} went from {was or 'nothing'} to {now}")

    def look(self) -> None:
        """The world's invariants at this moment of true time."""
        self.checked["1-5, 7 of the world"] += 1
        now = self._now()
        found = [*broken(self.world, now), *times_of(self.world), *lists_of(self.world)]
        self._judge(found, now)

    def look_at_deadlines(self) -> None:
        """I10: what was due long ago is not due any more."""
        self.checked["I10"] += 1
        now = self._now()
        waiting = [command.command_id for command in due(self.world, now)]
        self._due_since = {key: self._due_since.get(key, now) for key in waiting}
        for key, since in self._due_since.items():
            if (now - since).total_seconds() > GRACE_S:
                raise Broken(f"I10: {key} is due for more than {GRACE_S:.0f} s")
        self.look()

    def _judge(self, found: list[str], now: datetime) -> None:
        standing: dict[str, datetime] = {}
        for one in found:
            if not one.startswith(PATIENT):
                raise Broken(one)
            what = one.partition(" waits")[0]  # whichever unit is the idle one
            standing[what] = self._since.get(what, now)
            if (now - standing[what]).total_seconds() > GRACE_S:
                raise Broken(f"{one} for more than {GRACE_S:.0f} s")
        self._since = standing

    def screen(self, worker: Worker, viewer: Viewer) -> None:
        """5: snapshot and frames give what a fresh rendering gives, and only what is theirs."""
        self.checked["5 screen"] += 1
        viewer.read()
        audience = viewer.connection.audience
        fresh = worker.hub.everything(audience)
        who = f"{audience.kind} {audience.scope}".strip()
        for key in sorted(fresh.keys() | viewer.held.keys()):
            if fresh.get(key) != viewer.held.get(key):
                raise Broken(f"5: {who} at {worker.process.name} holds another {key[0]} {key[1]}")
            if not _is_theirs(worker.world, audience, key):
                raise Broken(f"5: {who} holds {key[0]} {key[1]}, which is not theirs")

    def settled(self, workers: Sequence[Worker]) -> None:
        """After the faults: everybody agrees, nothing waits, the log folds from its beginning."""
        for worker in workers:
            if encode(worker.world) != encode(self.world):
                raise Broken(f"6: {worker.process.name} ends at another world than the log")
            for viewer in worker.viewers:
                self.screen(worker, viewer)
        again, _ = apply(World(), self.log)
        if encode(again) != encode(self.world):
            raise Broken("6: the log folded in one run is another world")
        for one in broken(self.world, self._now()):
            raise Broken(f"{one}, with nothing left to happen")
        self.look_at_deadlines()
        for key, since in self._due_since.items():
            if self._now() - since > SLACK:
                raise Broken(f"I10: {key} is due, with nothing left to happen")


def times_of(world: World) -> Iterator[str]:
    """I14: the times of each record in the order in which they can have happened."""
    for patient in world.patients.values():
        opened = world.incidents[patient.incident_id].opened_at
        orders = (
            (patient.boarded_at, patient.arrived_at),
            (patient.handover_offered_at, patient.handover_at),
        )
        if patient.boarded_at is not None and patient.boarded_at < opened - timedelta(minutes=2):
            yield f"I14: {patient.patient_id} was aboard before the call"
        if any(a is not None and b is not None and b < a for a, b in orders):
            yield f"I14: the times of {patient.patient_id} run backwards"
    for alert in world.prealerts.values():
        times = [alert.sent_at, alert.delivered_at, alert.displayed_at]
        known = [at for at in times if at is not None]
        if known != sorted(known):
            yield f"I14: the times of {alert.prealert_id} run backwards"
        rungs = [rung.at for rung in alert.escalations]
        if rungs != sorted(rungs) or len({r.step for r in alert.escalations}) < len(rungs):
            yield f"I14: the rungs of {alert.prealert_id} are out of order"


def lists_of(world: World) -> Iterator[str]:
    """I17: who is on the way is counted once, where he goes; I18 for closed incidents."""
    if world.config is None:
        return
    listed: Counter[str] = Counter()
    for facility in world.config.facilities:
        audience = Audience(kind="facility", scope=facility.facility_id)
        for patient_id in world.patients:
            card: Any = render(world, {}, audience, ("inbound", patient_id))
            listed[patient_id] += card is not None and card.state in ("inbound", "arrived")
        page: Any = render(world, {}, audience, ("facility", facility.facility_id))
        coming = [
            p for p in world.patients.values()
            if p.facility_id == facility.facility_id and p.state.value in ("attended", "aboard")
        ]  # fmt: skip
        if page.inbound != len(coming):
            yield f"I17: {facility.facility_id} counts {page.inbound}, {len(coming)} are coming"
    for patient_id, patient in world.patients.items():
        is_there = patient.state.value in ("attended", "aboard", "arrived")
        is_announced = is_there and patient.facility_id is not None
        if listed[patient_id] != (is_announced and patient.prealert_id is not None):
            yield f"I17: {patient_id} is on {listed[patient_id]} lists"
    for unit in world.units.values():
        work = world.assignments.get(unit.assignment_id) if unit.assignment_id else None
        if work is not None and world.incidents[work.incident_id].state.value != "open":
            yield f"I18: {unit.unit_id} is bound by {work.incident_id}, which is over"


def _is_theirs(world: World, audience: Audience, key: tuple[str, str]) -> bool:
    """Written apart from `views`: whom a document of this key can concern at all."""
    kind, ident = key
    if audience.kind == "console":
        return kind not in ("job", "inbound")
    if kind not in SEEN_BY[audience.kind]:
        return False
    mine = audience.scope
    if kind == "prealert":
        alert = world.prealerts[ident]  # type: ignore[index]
        return mine in (alert.unit_id, alert.facility_id)
    if kind == "inbound":
        patient = world.patients[ident]  # type: ignore[index]
        left = {note.from_facility_id for note in patient.diversions}
        return mine == patient.facility_id or mine in left
    if kind == "job":
        return mine == world.assignments[ident].unit_id  # type: ignore[index]
    if kind == "facility" and audience.kind == "facility":
        return ident == mine
    return kind != "unit" or ident == mine
