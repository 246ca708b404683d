"""Who may ask for what: a table of roles, and the scope that bounds crews and hospitals.

What people may *see* is `views`; this is what they may *do*. A crew acts for its own unit's work
and patients, a hospital's staff for its own facility; devices and deadlines have their own few.
"""

from dispatch.domain import commands as c
from dispatch.domain.states import ENDED
from dispatch.domain.world import World
from dispatch.errors import Refused

Kinds = frozenset[type[c.Command]]

DISPATCHER: Kinds = frozenset(
    {
        c.ReceiveCall, c.AnswerCall, c.EndCall, c.OpenIncident, c.ReprioritiseIncident,
        c.CorrectPlace, c.CloseIncident, c.AddPatient, c.AssessPatient, c.SendUnit,
        c.CancelAssignment, c.SetUnitReadiness, c.ChooseDestination, c.SendPreAlert,
        c.AcknowledgeAlarm, c.AcknowledgeVitalAlarm, c.DrawClosure, c.LiftClosure,
    }
)  # fmt: skip
CREW: Kinds = frozenset(
    {
        c.AcknowledgeAssignment, c.AdvanceAssignment, c.UndoAssignmentStep, c.AddPatient,
        c.AssessPatient, c.ChooseDestination, c.SendPreAlert, c.OfferHandover,
        c.SetUnitReadiness, c.AcknowledgeVitalAlarm, c.SetAlarmLimit,
    }
)  # fmt: skip
HOSPITAL: Kinds = frozenset(
    {
        c.MarkPreAlertDisplayed, c.AcknowledgePreAlert, c.RejectPreAlert, c.MarkDiversionSeen,
        c.ReportFacility, c.ReportBed, c.HoldBed, c.ReleaseBedHold, c.AcceptHandover,
        c.AcknowledgeVitalAlarm, c.SetAlarmLimit,
    }
)  # fmt: skip
INGEST: Kinds = frozenset(
    {
        c.ReportTriageLevel, c.ReportFeedLost, c.ReportFeedRestored, c.ReportVitalAlarm,
        c.ReportEcg,
    }
)  # fmt: skip
SYSTEM: Kinds = frozenset(
    {
        c.ConfigureCounty, c.EscalatePreAlert, c.ExpireBedHold, c.FlagOverdue,
        c.FlagUnassigned,
        c.MarkPreAlertDelivered, c.LiftClosure,
    }
)  # fmt: skip
ADMIN: Kinds = frozenset({c.DrawClosure, c.LiftClosure})
ALLOWED: dict[str, Kinds] = {
    "dispatcher": DISPATCHER,
    "crew": CREW,
    "hospital": HOSPITAL,
    "admin": ADMIN,
    "ingest": INGEST,
    "system": SYSTEM,
}


SCOPED_BY = (("prealert_id", "prealerts"), ("hold_id", "holds"), ("patient_id", "patients"))
"""Fields of a command through which a facility is found."""


def authorise(world: World, command: c.Command, actor: c.Actor) -> None:
    """Raise ``Refused("not_permitted")`` unless the role and the scope allow the command."""
    if type(command) not in ALLOWED[actor.role]:
        raise Refused("not_permitted", role=actor.role)
    if actor.role == "crew" and actor.unit_id not in _units_of(world, command):
        raise Refused("not_permitted", role=actor.role, scope=actor.unit_id)
    if actor.role == "hospital" and actor.facility_id not in _facilities_of(world, command):
        raise Refused("not_permitted", role=actor.role, scope=actor.facility_id)


def _units_of(world: World, command: c.Command) -> set[str | None]:
    """The units whose crew the command concerns."""
    unit_id = getattr(command, "unit_id", None)
    if unit_id is not None:
        return {unit_id}
    assignment_id = getattr(command, "assignment_id", None)
    assignment = world.assignments.get(assignment_id)  # type: ignore[arg-type]
    if assignment is not None:
        return {assignment.unit_id}
    patient = world.patients.get(getattr(command, "patient_id", None))  # type: ignore[arg-type]
    if patient is not None and patient.unit_id is not None:
        return {patient.unit_id}
    incident_id = patient.incident_id if patient else getattr(command, "incident_id", None)
    incident = world.incidents.get(incident_id)  # type: ignore[arg-type]
    if incident is None:
        return set()
    working = (world.assignments[key] for key in incident.assignment_ids)
    return {a.unit_id for a in working if a.state not in ENDED}


def _facilities_of(world: World, command: c.Command) -> set[str | None]:
    """The facilities whose staff the command concerns."""
    facility_id = getattr(command, "facility_id", None)
    if facility_id is not None:
        return {facility_id}
    for field, table in SCOPED_BY:
        entity = getattr(world, table).get(getattr(command, field, None))
        if entity is not None:
            return {entity.facility_id}
    return set()
