"""A county's desk in memory: `decide` and `apply` under a virtual clock, with the log beside.

What the recorder does without PostgreSQL, so that rules can be tested by the thousand. The recorder
itself is tested against the real database in tests/integration/dispatch.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dispatch.domain import commands as c
from dispatch.domain import events as e
from dispatch.domain.config import CountyConfig
from dispatch.domain.deadlines import SYSTEM
from dispatch.domain.decide import decide
from dispatch.domain.deciding.registry import Context
from dispatch.domain.fold import apply_to, incident_of
from dispatch.domain.rendering.people import Identity
from dispatch.domain.world import Draft, Touched, World
from dispatch.ids import CommandId, FacilityId, SubjectId, UnitId
from dispatch.log.identity import identities_of
from tests.support.county import county

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
DISPATCHER = c.Actor(role="dispatcher", name="陈晓芳")
ADMIN = c.Actor(role="admin", name="赵敏")
INGEST = c.Actor(role="ingest")
SCENE = c.Place(lon=112.41, lat=29.37, address="幸福路1号", landmark="邮局")
CALLER = c.Person(name="王建国", phone="13912342207")


def crew(unit_id: str) -> c.Actor:
    return c.Actor(role="crew", name=f"crew {unit_id}", unit_id=UnitId(unit_id))


def staff(facility_id: str) -> c.Actor:
    name = f"nurse {facility_id}"
    return c.Actor(role="hospital", name=name, facility_id=FacilityId(facility_id))


class Desk:
    """The world, every envelope so far, who is who, and a clock that only tests move."""

    def __init__(self, config: CountyConfig | None = None) -> None:
        self.world = World()
        self.now = START
        self.log: list[e.Envelope] = []
        self.people: dict[SubjectId, Identity] = {}
        self.touched: Touched = set()
        self.tell(c.ConfigureCounty, SYSTEM, config=config or county())

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def tell(self, kind: type[c.Command], actor: c.Actor, /, **fields: Any) -> Sequence[e.Envelope]:
        """Make a command of the fields and take it; raises Refused."""
        command_id = CommandId(f"test-{len(self.log)}-{kind.__name__}")
        return self.take(kind(command_id=command_id, **fields), actor)

    def take(self, command: c.Command, actor: c.Actor) -> Sequence[e.Envelope]:
        """Decide and fold; raises Refused and changes nothing then."""
        at = min(command.occurred_at or self.now, self.now)
        context = Context(actor=actor, now=self.now, at=at)
        decided = decide(self.world, command, context)
        draft = Draft(self.world)
        made = []
        for event in decided:
            envelope = e.Envelope(
                seq=draft.value("seq") + 1,
                recorded_at=self.now,
                occurred_at=at,
                actor=actor,
                command_id=command.command_id,
                incident_id=incident_of(draft, event),
                event=event,  # type: ignore[arg-type]
            )
            apply_to(draft, envelope)
            made.append(envelope)
        self.people.update(identities_of(command))
        self.world, self.touched = draft.close(), draft.touched
        self.log.extend(made)
        return made

    # The usual way of a patient, for tests that start in the middle of it

    def incident(self, priority: str = "P2", patients: int = 1, **fields: Any) -> str:
        """Open an incident; returns its id."""
        made = self.tell(
            c.OpenIncident,
            DISPATCHER,
            place=SCENE,
            priority=priority,
            complaint="胸痛",
            caller=CALLER,
            patients=tuple(c.NewPatient(person=c.Person(name="李梅")) for _ in range(patients)),
            **fields,
        )
        incident_id = made[0].incident_id
        assert incident_id is not None
        return incident_id

    def send(self, incident_id: str, unit_id: str) -> str:
        """Assign a unit; returns the assignment's id."""
        self.tell(c.SendUnit, DISPATCHER, incident_id=incident_id, unit_id=unit_id)
        assignment_id = self.world.units[UnitId(unit_id)].assignment_id
        assert assignment_id is not None
        return assignment_id

    def drive(self, assignment_id: str, *steps: str) -> None:
        """The crew's statuses, three seconds apart."""
        unit_id = self.world.assignments[assignment_id].unit_id  # type: ignore[index]
        for step in steps:
            self.wait(3)
            self.tell(c.AdvanceAssignment, crew(unit_id), assignment_id=assignment_id, step=step)

    def attended(self, unit_id: str = "N01", **fields: Any) -> tuple[str, str]:
        """A unit at its patient; returns the assignment's and the patient's ids."""
        incident_id = self.incident(**fields)
        assignment_id = self.send(incident_id, unit_id)
        self.drive(assignment_id, "en_route", "on_scene", "at_patient")
        return assignment_id, f"{incident_id}.P1"

    def announced(self, unit_id: str = "N01", facility_id: str = "H1") -> tuple[str, str, str]:
        """A patient announced to a hospital; returns assignment, patient and pre-alert."""
        assignment_id, patient_id = self.attended(unit_id)
        who = crew(unit_id)
        self.tell(c.ChooseDestination, who, patient_id=patient_id, facility_id=facility_id)
        made = self.tell(c.SendPreAlert, who, patient_id=patient_id)
        return assignment_id, patient_id, made[0].event.prealert_id  # type: ignore[union-attr]
