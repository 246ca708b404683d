"""The register of decisions: which function answers which command, and what it may look at."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from dispatch.domain import commands as c
from dispatch.domain.config import CountyConfig
from dispatch.domain.events import Event
from dispatch.domain.states import ENDED, IncidentState
from dispatch.domain.world import Assignment, Incident, Patient, PreAlert, World
from dispatch.errors import Refused
from dispatch.ids import SubjectId
from maps.coordinates import Wgs84
from maps.distance import haversine_m

C = TypeVar("C", bound=c.Command)


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks and when: ``now`` is the recorder's clock, ``at`` when the thing really happened."""

    actor: c.Actor
    now: datetime
    at: datetime


Decision = Callable[[World, Any, Context], list[Event]]
DECISIONS: dict[type[c.Command], Decision] = {}


def decides(kind: type[C]) -> Callable[[Callable[[World, C, Context], list[Event]]], Decision]:
    """Register the function that answers one kind of command."""

    def register(function: Callable[[World, C, Context], list[Event]]) -> Decision:
        DECISIONS[kind] = function
        return function

    return register


def config_of(world: World) -> CountyConfig:
    """The county's configuration; before there is one nothing can be decided."""
    if world.config is None:
        raise Refused("county_not_configured")
    return world.config


def incident_of(world: World, incident_id: str, must_be_open: bool = True) -> Incident:
    """Find an incident or refuse."""
    incident = world.incidents.get(incident_id)  # type: ignore[call-overload]
    if incident is None:
        raise Refused("unknown_incident", incident_id=incident_id)
    found: Incident = incident
    if must_be_open and found.state != IncidentState.OPEN:
        raise Refused("incident_closed", incident_id=incident_id)
    return found


def patient_of(world: World, patient_id: str) -> Patient:
    """Find a patient or refuse."""
    patient: Patient | None = world.patients.get(patient_id)  # type: ignore[call-overload]
    if patient is None:
        raise Refused("unknown_patient", patient_id=patient_id)
    return patient


def assignment_of(world: World, assignment_id: str) -> Assignment:
    """Find an assignment or refuse."""
    found: Assignment | None = world.assignments.get(assignment_id)  # type: ignore[call-overload]
    if found is None:
        raise Refused("unknown_assignment", assignment_id=assignment_id)
    return found


def prealert_of(world: World, prealert_id: str) -> PreAlert:
    """Find a pre-alert or refuse."""
    found: PreAlert | None = world.prealerts.get(prealert_id)  # type: ignore[call-overload]
    if found is None:
        raise Refused("unknown_prealert", prealert_id=prealert_id)
    return found


def active_assignments(world: World, incident: Incident) -> list[Assignment]:
    """The assignments of an incident that have not ended."""
    found = (world.assignments[key] for key in incident.assignment_ids)
    return [assignment for assignment in found if assignment.state not in ENDED]


def town_at(config: CountyConfig, lon: float, lat: float) -> str | None:
    """The township whose seat is nearest; a label for people, never used for routing."""
    towns = config.towns
    if not towns:
        return None
    here = Wgs84(lon=lon, lat=lat)
    nearest = min(towns, key=lambda t: haversine_m(here, Wgs84(lon=t.lon, lat=t.lat)))
    return nearest.town_id


def degrees(value: float) -> float:
    """-0.0 as 0.0: the database keeps no negative zero, and the live world must be the log's."""
    return value + 0.0


def subject(command: c.Command, part: str) -> SubjectId:
    """The identity-store key of a part of a command; the same for every retry of the command."""
    return SubjectId(f"{command.command_id}:{part}")
