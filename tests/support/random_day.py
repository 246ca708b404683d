"""Commands of a random day: mostly what a person could sensibly do next, sometimes anything at all.

Every role takes part; ids come from the world and, now and then, from nowhere. A sensible command
may still be refused: the test does not care which, only that nothing breaks either way.
"""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from dispatch.domain import commands as c
from dispatch.domain.alarms import alarms
from dispatch.domain.deadlines import SYSTEM
from dispatch.domain.states import ENDED, NEXT_STEP, IncidentState, PatientState
from dispatch.domain.world import Assignment, Patient
from dispatch.ids import CommandId
from tests.support.county import CENTRES, FACILITIES, UNITS
from tests.support.desk import ADMIN, CALLER, DISPATCHER, INGEST, Desk, crew, staff

Asked = tuple[type[c.Command], c.Actor, dict[str, Any]]
TRAVELLING = (PatientState.ATTENDED, PatientState.ABOARD)
STEPS = ("en_route", "on_scene", "at_patient", "transporting", "at_destination", "cleared")


class RandomDay:
    """Asks a desk for one random thing after another."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self._desk = desk
        self._chance = random.Random(seed)
        self._count = 0

    def next(self) -> tuple[c.Command, c.Actor]:
        """The next command and who gives it."""
        chance = self._chance
        asked = self._of_one_kind() if chance.random() < 0.9 else []
        kind, actor, fields = chance.choice(asked) if asked else self._anything()
        self._count += 1
        if chance.random() < 0.1:
            ago = timedelta(seconds=chance.uniform(-5, 60))
            fields = {**fields, "occurred_at": self._desk.now - ago}
        return kind(command_id=CommandId(f"random-{self._count}"), **fields), actor

    def pause_s(self) -> float:
        """How long nothing happens now."""
        return self._chance.choice((0.0, 0.5, 0.5, 1.0, 2.0, 7.0, 35.0))

    def _of_one_kind(self) -> list[Asked]:
        """Rare kinds are as likely as common ones; crews going on are likelier."""
        by_kind: dict[type[c.Command], list[Asked]] = {}
        for asked in self._sensible():
            by_kind.setdefault(asked[0], []).append(asked)
        moves = [kind for kind in by_kind if kind is c.AdvanceAssignment]
        return by_kind[self._chance.choice([*by_kind, *(moves * 8)])]

    def _sensible(self) -> Iterator[Asked]:
        world = self._desk.world
        yield from self._calls()
        for incident in world.incidents.values():
            if incident.state == IncidentState.OPEN:
                yield from self._incident(incident.incident_id)
        for assignment in world.assignments.values():
            if assignment.state not in ENDED:
                yield from self._work(assignment)
        for patient in world.patients.values():
            yield from self._patient(patient)
        for alert in world.prealerts.values():
            desk, fields = staff(alert.facility_id), {"prealert_id": alert.prealert_id}
            yield c.MarkPreAlertDelivered, SYSTEM, fields
            yield c.MarkPreAlertDisplayed, desk, fields
            yield c.AcknowledgePreAlert, desk, fields
            yield c.RejectPreAlert, desk, {**fields, "reason": "no bed"}
        for alarm in alarms(world):
            yield c.AcknowledgeAlarm, DISPATCHER, {"alarm_id": alarm.id}
        yield from self._roads()

    def _roads(self) -> Iterator[Asked]:
        chance, now = self._chance, self._desk.now
        who = chance.choice((DISPATCHER, ADMIN))
        corner = (112.3 + chance.random() / 5, 29.3 + chance.random() / 5)
        fields = {"closure_id": f"road-{chance.randrange(9)}", "reason": "积水", "factor": 3.0}
        fields |= {"kind": chance.choice(("closed", "slow")), "outline": (corner, (112.4, 29.4))}
        if chance.random() < 0.5:
            fields["until_at"] = now + timedelta(seconds=chance.uniform(-5, 60))
        yield c.DrawClosure, who, fields
        for closure_id in self._desk.world.closures:
            yield c.LiftClosure, who, {"closure_id": closure_id}

    def _calls(self) -> Iterator[Asked]:
        chance = self._chance
        incidents = self._desk.world.incidents.values()
        if sum(incident.state == IncidentState.OPEN for incident in incidents) < 6:
            place = c.Place(lon=112.3 + chance.random() / 5, lat=29.3 + chance.random() / 5)
            fields = {"place": place, "priority": chance.choice(("P1", "P2", "P3", "P4"))}
            patients = tuple(c.NewPatient(person=CALLER) for _ in range(chance.choice((1, 1, 2))))
            centres = (chance.choice(CENTRES),) if chance.random() < 0.3 else ()
            fields |= {"complaint": "跌倒", "patients": patients, "centres": centres}
            yield c.OpenIncident, DISPATCHER, fields
        for call in list(self._desk.world.calls.values())[-3:]:
            fields = {"call_id": call.call_id}
            yield chance.choice((c.AnswerCall, c.EndCall)), DISPATCHER, fields
        yield c.ReceiveCall, DISPATCHER, {"caller": CALLER, "lon": 112.4, "lat": 29.4}

    def _incident(self, incident_id: str) -> Iterator[Asked]:
        chance, fields = self._chance, {"incident_id": incident_id}
        for unit_id in UNITS:
            yield c.SendUnit, DISPATCHER, {**fields, "unit_id": unit_id}
        if chance.random() < 0.1:
            outcome = chance.choice(("completed", "cancelled"))
            yield c.CloseIncident, DISPATCHER, {**fields, "outcome": outcome}
        if chance.random() < 0.1:
            yield c.AddPatient, DISPATCHER, {**fields, "patient": c.NewPatient()}
            rank = {"priority": chance.choice(("P1", "P4")), "centres": (), "reason": "worse"}
            yield c.ReprioritiseIncident, DISPATCHER, {**fields, **rank}
            place = c.Place(lon=112.5, lat=29.4, address="新址")
            yield c.CorrectPlace, DISPATCHER, {**fields, "place": place}

    def _work(self, assignment: Assignment) -> Iterator[Asked]:
        fields: dict[str, Any] = {"assignment_id": assignment.assignment_id}
        who = crew(assignment.unit_id)
        step = NEXT_STEP[assignment.state]
        if step == "acknowledged":
            yield c.AcknowledgeAssignment, who, fields
        else:
            yield c.AdvanceAssignment, who, {**fields, "step": step}
        yield c.UndoAssignmentStep, who, {**fields, "step": assignment.state.value}
        if self._chance.random() < 0.1:
            yield c.CancelAssignment, DISPATCHER, {**fields, "reason": "nearer unit"}
            yield c.AdvanceAssignment, who, {**fields, "step": "cleared"}

    def _patient(self, patient: Patient) -> Iterator[Asked]:
        chance, fields = self._chance, {"patient_id": patient.patient_id}
        who = crew(patient.unit_id) if patient.unit_id else DISPATCHER
        choose = {**fields, "facility_id": chance.choice(FACILITIES), "override_reason": "family"}
        if patient.state in TRAVELLING and (patient.facility_id is None or chance.random() < 0.3):
            yield c.ChooseDestination, who, choose
        if patient.state in TRAVELLING and patient.facility_id is not None:
            yield c.SendPreAlert, who, fields
        centres = (chance.choice(CENTRES),) if chance.random() < 0.5 else None
        yield c.AssessPatient, who, {**fields, "acvpu": "V", "centres": centres, "person": CALLER}
        if patient.state == PatientState.ARRIVED or chance.random() < 0.05:
            yield c.OfferHandover, who, fields
            yield c.AcceptHandover, staff(patient.facility_id or "H1"), fields
        if patient.facility_id is not None:
            desk = staff(patient.facility_id)
            bed_id = f"{patient.facility_id}.{chance.choice(('R1', 'R2'))}"
            place = {"facility_id": patient.facility_id, "bed_id": bed_id}
            yield c.HoldBed, desk, {**fields, **place, "eta_at": self._desk.now}
        for note in patient.diversions:
            seen = {**fields, "facility_id": note.from_facility_id}
            yield c.MarkDiversionSeen, staff(note.from_facility_id), seen
        if patient.hold_id is not None and patient.facility_id is not None:
            yield c.ReleaseBedHold, staff(patient.facility_id), {"hold_id": patient.hold_id}
        if patient.unit_id is not None:
            yield from self._telemetry({**fields, "unit_id": patient.unit_id})

    def _telemetry(self, fields: dict[str, Any]) -> Iterator[Asked]:
        now, total = self._desk.now, self._chance.randrange(12)
        level = "emergency" if total >= 7 else "low"
        score = {"level": level, "total": total, "lower_bound": total, "missing": (), "at": now}
        yield c.ReportTriageLevel, INGEST, {**fields, **score, "parts": {"pulse": 2}}
        yield c.ReportFeedLost, INGEST, {**fields, "last_sample_at": now}
        yield c.ReportFeedRestored, INGEST, {**fields, "at": now}

    def _anything(self) -> Asked:
        """Any kind, by anybody, about anything: nearly always refused."""
        chance = self._chance
        makers: tuple[Callable[[], Asked], ...] = (self._facility, self._stray, self._unit)
        return chance.choice(makers)()

    def _facility(self) -> Asked:
        chance = self._chance
        facility_id = chance.choice(FACILITIES)
        who = staff(chance.choice((facility_id, facility_id, "H2")))
        if chance.random() < 0.5:
            state = chance.choice(("free", "occupied", "cleaning", "blocked"))
            bed = {"facility_id": facility_id, "bed_id": f"{facility_id}.R1", "state": state}
            return c.ReportBed, who, bed
        traffic = chance.choice(("normal", "advisory", "closed"))
        fields = {"facility_id": facility_id, "traffic": traffic, "reason": "full"}
        return c.ReportFacility, who, {**fields, "is_internal_disaster": chance.random() < 0.1}

    def _unit(self) -> Asked:
        unit_id = self._chance.choice(UNITS)
        who = self._chance.choice((DISPATCHER, crew(unit_id), crew("N01"), ADMIN))
        readiness = self._chance.choice(("in_service", "out_of_service"))
        fields = {"unit_id": unit_id, "readiness": readiness, "reason": "tyre"}
        return c.SetUnitReadiness, who, fields

    def _stray(self) -> Asked:
        chance, world = self._chance, self._desk.world
        everybody = (DISPATCHER, ADMIN, INGEST, SYSTEM, crew("N02"), staff("H2"))
        assignments = [*world.assignments, "I-0.A1"]
        patients = [*world.patients, "I-0.P1"]
        alerts = [*world.prealerts, "I-0.P1.A1"]
        fields: list[Asked] = [
            (c.AdvanceAssignment, DISPATCHER,
             {"assignment_id": chance.choice(assignments), "step": chance.choice(STEPS)}),
            (c.FlagOverdue, SYSTEM,
             {"assignment_id": chance.choice(assignments), "what": "turnout"}),
            (c.AcceptHandover, DISPATCHER, {"patient_id": chance.choice(patients)}),
            (c.EscalatePreAlert, SYSTEM,
             {"prealert_id": chance.choice(alerts), "step": "phone"}),
            (c.ExpireBedHold, SYSTEM, {"hold_id": chance.choice([*world.holds, "x"])}),
            (c.AcknowledgePreAlert, DISPATCHER, {"prealert_id": chance.choice(alerts)}),
        ]  # fmt: skip
        kind, actor, found = chance.choice(fields)
        return kind, chance.choice((actor, chance.choice(everybody))), found
