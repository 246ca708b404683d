"""The production core under virtual time: every change of a run as commands to `decide`.

The engine moves vehicles; this is the county's desk beside it. Whatever happens there is told here
as people would tell it: a call becomes an incident, a unit is sent, the crew acknowledges, drives,
arrives, chooses the hospital, announces the patient, hands over and clears. `decide` says yes or
no, `fold` makes the world, `due` is asked every second of virtual time as the ticker does four
times a second, and `invariants.broken` after every accepted command. (That no P1 waits while a unit
is idle is looked at when the clock moves on: a unit that clears is sent in the same moment.) A
refusal, a broken invariant, or a unit that is free in one and bound in the other, stops the run
with `Disagreement`.

So a scenario of hours shows that the decisions a policy takes are decisions production accepts. It
costs about a hundred times a plain run. Hospitals answer a pre-alert after a keyed time; one in
eight never does, so that the ladder is climbed. Not here: the recorder, faults of transport,
vital signs.
"""

import hashlib
import heapq
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from dispatch.domain import commands as c
from dispatch.domain import events as e
from dispatch.domain.config import CountyConfig
from dispatch.domain.deadlines import SYSTEM, due
from dispatch.domain.decide import decide
from dispatch.domain.deciding.registry import Context
from dispatch.domain.fold import apply, apply_to, incident_of
from dispatch.domain.invariants import broken
from dispatch.domain.states import ENDED
from dispatch.domain.world import Draft, World
from dispatch.errors import BadPayload, Refused
from dispatch.ids import AssignmentId, CommandId
from dispatch.simulation.chance import Chance
from dispatch.simulation.fleet import Case, Doing, Unit

BEGINS: Final = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday; moment 0 of a run."""

_TICK_MS: Final = 1_000
_ACKNOWLEDGES_MS: Final = 10_000  # a crew looks at its tablet
_SILENT: Final = 1 / 8  # of the hospitals' answers never come
_PRIORITIES: Final = ("P1", "P2", "P3", "P4")
_DISPATCHER: Final = c.Actor(role="dispatcher", name="simulated dispatcher")
_REASON: Final = "simulated"


class Disagreement(AssertionError):
    """The engine did something the production core refuses, or an invariant broke."""


class Core:
    """A witness of one run of a county's scenario; its units are the county's, in order."""

    def __init__(self, config: CountyConfig, seed: int) -> None:
        self._config = config
        self._chance = Chance(seed)
        self._now_ms = 0
        self._next_tick_ms = _TICK_MS
        self._later: list[tuple[int, int, Callable[[], None]]] = []
        self._told = 0
        self._incident: dict[int, str] = {}
        self._bound: dict[str, str] = {}
        self.world = World()
        self.log: list[e.Envelope] = []
        self._tell(c.ConfigureCounty, SYSTEM, config=config)

    def digest(self) -> str:
        """SHA-256 of the log: the same run has the same one everywhere."""
        found = hashlib.sha256()
        for envelope in self.log:
            found.update(msgspec.json.encode(envelope, order="deterministic"))
        return found.hexdigest()

    def check_fold(self) -> None:
        """Folding the log anew gives the very same world (invariant 6)."""
        again, _touched = apply(World(), self.log)
        if again != self.world:
            raise Disagreement("6: the fold of the log is another world")

    # the witness

    def until(self, now_ms: int) -> None:
        """Everything that was to happen up to now, and the deadlines of every second of it."""
        while self._later and self._later[0][0] <= now_ms:
            at_ms, _number, act = heapq.heappop(self._later)
            self._tick(at_ms)
            act()
        self._tick(now_ms)

    def opened(self, case: Case) -> None:
        """The call becomes an incident with one patient."""
        call = case.call
        made = self._tell(
            c.OpenIncident,
            _DISPATCHER,
            place=c.Place(lon=call.spot.lon, lat=call.spot.lat),
            priority=_PRIORITIES[call.priority],
            complaint=_REASON,
        )
        self._incident[call.call_id] = str(made[0].incident_id)

    def lost(self, case: Case) -> None:
        """Nobody goes."""
        incident_id = self._incident.pop(case.call.call_id)
        self._tell(c.CloseIncident, _DISPATCHER, incident_id=incident_id, outcome="cancelled")

    def sent(self, unit: Unit, case: Case, departs_ms: int) -> None:
        """Assigned now; acknowledged, and under way, a little later."""
        unit_id = self._unit_id(unit)
        incident_id = self._incident[case.call.call_id]
        self._tell(c.SendUnit, _DISPATCHER, incident_id=incident_id, unit_id=unit_id)
        assignment_id = str(self.world.units[unit_id].assignment_id)
        self._bound[unit_id] = assignment_id
        acknowledges_ms = min(departs_ms, self._now_ms + _ACKNOWLEDGES_MS)
        self._plan(acknowledges_ms, assignment_id, lambda: self._acknowledge(unit, assignment_id))
        self._plan(departs_ms, assignment_id, lambda: self._step(unit, assignment_id, "en_route"))
        self._agree(unit, is_bound=True)

    def diverted(self, unit: Unit, case: Case) -> None:
        """The assignment ends before a patient is aboard."""
        assignment_id = self._bound.pop(self._unit_id(unit))
        self._tell(
            c.CancelAssignment, _DISPATCHER, assignment_id=assignment_id, reason="nearer unit"
        )
        self._agree(unit, is_bound=False)

    def reached(self, unit: Unit, case: Case, leaves_ms: int) -> None:
        """At the patient; the rest of the way is planned."""
        assignment_id = self._bound[self._unit_id(unit)]
        self.until(self._now_ms)  # a journey of no length departs in this very moment
        self._step(unit, assignment_id, "on_scene")
        self._step(unit, assignment_id, "at_patient")
        if case.facility >= 0:
            self._plan(leaves_ms, assignment_id, lambda: self._leave(unit, case, assignment_id))
            self._plan(
                case.delivered_ms,
                assignment_id,
                lambda: self._step(unit, assignment_id, "at_destination"),
            )

    def released(self, unit: Unit, case: Case) -> None:
        """Handed over, if there was a hospital; clear; the incident closes."""
        self.until(self._now_ms)
        unit_id = self._unit_id(unit)
        assignment_id = self._bound.pop(unit_id)
        incident_id = self._incident.pop(case.call.call_id)
        if case.facility >= 0:
            patient_id = f"{incident_id}.P1"
            staff = self._staff(case.facility)
            self._tell(c.OfferHandover, self._crew(unit), patient_id=patient_id)
            self._tell(c.AcceptHandover, staff, patient_id=patient_id)
        self._step(unit, assignment_id, "cleared")
        self._tell(c.CloseIncident, _DISPATCHER, incident_id=incident_id, outcome="completed")
        self._agree(unit, is_bound=False)

    # what people do

    def _acknowledge(self, unit: Unit, assignment_id: str) -> None:
        self._tell(c.AcknowledgeAssignment, self._crew(unit), assignment_id=assignment_id)

    def _step(self, unit: Unit, assignment_id: str, step: str) -> None:
        self._tell(
            c.AdvanceAssignment, self._crew(unit), assignment_id=assignment_id, step=step
        )  # fmt: skip

    def _leave(self, unit: Unit, case: Case, assignment_id: str) -> None:
        """The hospital is chosen and told, then the wheels turn."""
        patient_id = f"{self._incident[case.call.call_id]}.P1"
        crew = self._crew(unit)
        facility_id = self._config.facilities[case.facility].facility_id
        self._tell(c.ChooseDestination, crew, patient_id=patient_id, facility_id=facility_id,
                   override_reason=_REASON)  # fmt: skip
        made = self._tell(c.SendPreAlert, crew, patient_id=patient_id)
        self._step(unit, assignment_id, "transporting")
        alert_id = next(
            one.event.prealert_id for one in made if hasattr(one.event, "prealert_id")
        )  # fmt: skip
        self._answer(case, str(alert_id))

    def _answer(self, case: Case, alert_id: str) -> None:
        """Delivered at once; shown and acknowledged after a keyed time, or never."""
        self._tell(c.MarkPreAlertDelivered, SYSTEM, prealert_id=alert_id)
        call_id = case.call.call_id
        if self._chance.uniform("silent", call_id) < _SILENT:
            return
        shown_ms = self._now_ms + round(3_000 * self._chance.exponential("shown", call_id))
        says_ms = shown_ms + round(20_000 * self._chance.exponential("says", call_id))
        staff = self._staff(case.facility)
        for at_ms, kind in ((shown_ms, c.MarkPreAlertDisplayed), (says_ms, c.AcknowledgePreAlert)):
            if at_ms < case.delivered_ms:
                self._at(at_ms, self._said(kind, staff, alert_id))

    def _said(self, kind: type[c.Command], staff: c.Actor, alert_id: str) -> Callable[[], None]:
        def say() -> None:
            self._tell(kind, staff, prealert_id=alert_id)

        return say

    # the desk

    def _plan(self, at_ms: int, assignment_id: str, act: Callable[[], None]) -> None:
        """Later, unless the assignment has ended by then."""

        def unless_ended() -> None:
            if self.world.assignments[AssignmentId(assignment_id)].state not in ENDED:
                act()

        self._at(at_ms, unless_ended)

    def _at(self, at_ms: int, act: Callable[[], None]) -> None:
        self._told += 1
        heapq.heappush(self._later, (at_ms, self._told, act))

    def _tick(self, until_ms: int) -> None:
        """Move the clock, with the deadlines of every second until then."""
        if until_ms > self._now_ms:
            self._look()
        while self._next_tick_ms <= until_ms:
            self._now_ms = self._next_tick_ms
            self._next_tick_ms += _TICK_MS
            for command in list(due(self.world, self._clock())):
                self._take(command, SYSTEM)
        self._now_ms = until_ms

    def _tell(self, kind: type[c.Command], actor: c.Actor, **fields: Any) -> list[e.Envelope]:
        self._told += 1
        return self._take(kind(command_id=CommandId(f"simulated-{self._told}"), **fields), actor)

    def _take(self, command: c.Command, actor: c.Actor) -> list[e.Envelope]:
        """Decide and fold, then look at every invariant."""
        now = self._clock()
        try:
            decided = decide(self.world, command, Context(actor=actor, now=now, at=now))
        except Refused as no:
            raise Disagreement(f"{command} is refused at {now}: {no}") from no
        draft = Draft(self.world)
        made = [self._enter(draft, event, command, actor, now) for event in decided]
        self.world = draft.close()
        self.log.extend(made)
        self._look(type(command).__name__, but="2:")
        return made

    def _look(self, after: str = "the last command", *, but: str = "none") -> None:
        """Every invariant of the world, except the one whose words begin so."""
        found = [what for what in broken(self.world, self._clock()) if not what.startswith(but)]
        if found:
            raise Disagreement(f"after {after} at {self._clock()}: {found[0]}")

    @staticmethod
    def _enter(
        draft: Draft, event: e.Event, command: c.Command, actor: c.Actor, now: datetime
    ) -> e.Envelope:
        envelope = e.Envelope(
            seq=draft.value("seq") + 1,
            recorded_at=now,
            occurred_at=now,
            actor=actor,
            command_id=command.command_id,
            incident_id=incident_of(draft, event),
            event=event,  # type: ignore[arg-type]
        )
        apply_to(draft, envelope)
        return envelope

    def _agree(self, unit: Unit, *, is_bound: bool) -> None:
        """Engine and world say the same of the unit."""
        unit_id = self._unit_id(unit)
        says = self.world.units[unit_id].assignment_id is not None
        if says != is_bound or is_bound != (unit.doing in (Doing.EN_ROUTE, Doing.BUSY)):
            raise Disagreement(f"unit {unit_id}: bound here {is_bound}, in the world {says}")

    def _clock(self) -> datetime:
        return BEGINS + timedelta(milliseconds=self._now_ms)

    def _unit_id(self, unit: Unit) -> Any:
        return self._config.units[unit.spec.unit_id].unit_id

    def _crew(self, unit: Unit) -> c.Actor:
        return c.Actor(role="crew", name="simulated crew", unit_id=self._unit_id(unit))

    def _staff(self, facility: int) -> c.Actor:
        facility_id = self._config.facilities[facility].facility_id
        return c.Actor(role="hospital", name="simulated nurse", facility_id=facility_id)


def check_fits(config: CountyConfig, names: Iterable[str]) -> None:
    """Raises BadPayload unless the simulated units are the county's own, one by one."""
    if [unit.call_sign for unit in config.units] != list(names):
        raise BadPayload(
            "scenario", "the full core runs the county's own units: leave fleet.units at 0"
        )
