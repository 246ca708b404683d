"""Who sees what: the only access rule of every screen, live or replayed.

An `Audience` is a kind of viewer with a scope: the console, one unit's tablet, one facility's
boards. `render` returns the document for that audience, or None when it may not or need not see it.
`touched_keys` says which documents a fold may have changed. Live documents (position, vitals, eta)
are rendered from the data plane but only for whom `sees_unit` and `inbound_of_unit` say.

| audience | sees |
|---|---|
| console | everything except jobs and inbound cards; names masked |
| unit | its own unit, job, pre-alerts, vitals, position; closures; facilities without patients |
| facility | its own facility, inbound cards, pre-alerts; eta and vitals of its inbound patients |
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from dispatch.domain import documents as d
from dispatch.domain.alarms import alarms, of_assignment, of_incident, of_patient, of_prealert
from dispatch.domain.commands import Actor
from dispatch.domain.config import CountyConfig
from dispatch.domain.rendering.hospital import (
    county_doc,
    facility_doc,
    inbound_doc,
    is_inbound,
    prealert_doc,
)
from dispatch.domain.rendering.incident import call_doc, incident_doc, job_doc, unit_doc
from dispatch.domain.rendering.people import People
from dispatch.domain.rendering.road import closure_doc
from dispatch.domain.states import ENDED, PatientState
from dispatch.domain.world import Touched, World
from dispatch.errors import Refused

Key = tuple[str, str]


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of viewer; ``scope`` is the unit id or facility id, empty for the console."""

    kind: Literal["console", "unit", "facility"]
    scope: str = ""


CONSOLE = Audience(kind="console")


def audience_of(actor: Actor) -> Audience:
    """What a signed-in person looks at."""
    if actor.role in ("dispatcher", "admin"):
        return CONSOLE
    if actor.role == "crew" and actor.unit_id:
        return Audience(kind="unit", scope=actor.unit_id)
    if actor.role == "hospital" and actor.facility_id:
        return Audience(kind="facility", scope=actor.facility_id)
    raise Refused("not_permitted", role=actor.role)


def all_keys(world: World) -> Iterator[Key]:
    """The keys of every decision document of a world, for any audience."""
    if world.config is None:
        return
    yield ("county", world.config.county_id)
    for kind, table in (
        ("call", world.calls),
        ("incident", world.incidents),
        ("unit", world.units),
        ("facility", world.facilities),
        ("prealert", world.prealerts),
        ("inbound", world.patients),
        ("job", world.assignments),
        ("closure", world.closures),
    ):
        for key in table:
            yield (kind, key)
    for alarm in alarms(world):
        yield ("alarm", alarm.id)


def touched_keys(world: World, touched: Touched) -> set[Key]:
    """The documents that a fold may have changed, in whatever way."""
    keys: set[Key] = set()
    for table, key in touched:
        if table == "config":
            keys.update(all_keys(world))
        else:
            keys.update(_touched(world, table, key))
    return keys


def _touched(world: World, table: str, key: str) -> Iterable[Key]:
    if table == "calls":
        return [("call", key)]
    if table == "incidents":
        return _of_incident(world, key)
    if table == "patients":
        return _of_patient(world, key)
    if table == "assignments":
        return _of_assignment(world, key)
    if table == "prealerts":
        alert = world.prealerts.get(key)  # type: ignore[call-overload]
        about = [] if alert is None else _of_patient(world, alert.patient_id)
        return [("prealert", key), ("alarm", f"prealert:{key}"), *about]
    if table == "alarm_notes":
        return [("alarm", key)]
    if table in ("beds", "holds"):
        entity = getattr(world, table).get(key)
        if entity is None:
            return []
        patient = [("inbound", entity.patient_id)] if entity.patient_id else []
        return [("facility", entity.facility_id), *patient]
    return [(table.removesuffix("s").replace("facilitie", "facility"), key)]


def _of_incident(world: World, key: str) -> Iterable[Key]:
    incident = world.incidents.get(key)  # type: ignore[call-overload]
    yield ("incident", key)
    yield ("alarm", f"unassigned:{key}")
    if incident is None:
        return
    for patient_id in incident.patient_ids:
        yield ("inbound", patient_id)
    for assignment_id in incident.assignment_ids:
        yield ("job", assignment_id)
        yield ("unit", world.assignments[assignment_id].unit_id)


def _of_patient(world: World, key: str) -> Iterable[Key]:
    yield ("inbound", key)
    yield ("alarm", f"feed_lost:{key}")
    yield ("alarm", f"level_emergency:{key}")
    patient = world.patients.get(key)  # type: ignore[call-overload]
    if patient is None:
        return
    yield from _of_incident(world, patient.incident_id)
    for facility_id in (patient.facility_id, *(n.from_facility_id for n in patient.diversions)):
        if facility_id is not None:
            yield ("facility", facility_id)
    for alert in world.prealerts.values():  # also those of former destinations
        if alert.patient_id == key:
            yield ("prealert", alert.prealert_id)
            yield ("alarm", f"prealert:{alert.prealert_id}")


def _of_assignment(world: World, key: str) -> Iterable[Key]:
    yield ("job", key)
    yield ("alarm", f"overdue:{key}")
    assignment = world.assignments.get(key)  # type: ignore[call-overload]
    if assignment is not None:
        yield ("unit", assignment.unit_id)
        yield ("incident", assignment.incident_id)


def render(world: World, people: People, audience: Audience, key: Key) -> d.Doc | None:
    """The document of ``key`` for ``audience``, or None when that audience does not have it."""
    if world.config is None:
        return None
    kind, ident = key
    if kind == "county":
        return county_doc(world.config)
    if kind == "facility":
        return _facility(world, world.config, people, audience, ident)
    if kind == "prealert":
        return _prealert(world, world.config, audience, ident)
    if kind == "closure":
        return _closure(world, audience, ident)
    if audience.kind == "console":
        return _for_console(world, world.config, people, kind, ident)
    if audience.kind == "unit":
        return _for_unit(world, world.config, people, audience.scope, key)
    if kind == "inbound":
        patient = world.patients.get(ident)  # type: ignore[call-overload]
        if patient is not None:
            return inbound_doc(world, world.config, people, patient, audience.scope)
    return None


def _facility(
    world: World, config: CountyConfig, people: People, audience: Audience, ident: str
) -> d.Doc | None:
    is_own = audience.kind == "facility" and audience.scope == ident
    if audience.kind == "facility" and not is_own:
        return None
    facility = next((f for f in config.facilities if f.facility_id == ident), None)
    if facility is None:
        return None
    return facility_doc(world, people, facility, is_own or audience.kind == "console")


def _prealert(world: World, config: CountyConfig, audience: Audience, ident: str) -> d.Doc | None:
    alert = world.prealerts.get(ident)  # type: ignore[call-overload]
    if alert is None:
        return None
    scope = {"unit": alert.unit_id, "facility": alert.facility_id}.get(audience.kind)
    if audience.kind != "console" and scope != audience.scope:
        return None
    patient = world.patients.get(alert.patient_id)
    if patient is None or patient.state in (PatientState.HANDED_OVER, PatientState.LEFT_ON_SCENE):
        return None
    return prealert_doc(config, alert)


def _closure(world: World, audience: Audience, ident: str) -> d.Doc | None:
    """Whoever drives or sends; a hospital only waits."""
    closure = world.closures.get(ident)  # type: ignore[call-overload]
    return None if closure is None or audience.kind == "facility" else closure_doc(closure)


def _for_console(
    world: World, config: CountyConfig, people: People, kind: str, ident: str
) -> d.Doc | None:
    if kind == "call":
        call = world.calls.get(ident)  # type: ignore[call-overload]
        return call_doc(world, config, people, call) if call is not None else None
    if kind == "incident":
        incident = world.incidents.get(ident)  # type: ignore[call-overload]
        return incident_doc(world, config, people, incident) if incident is not None else None
    if kind == "unit":
        unit = world.units.get(ident)  # type: ignore[call-overload]
        return unit_doc(world, config, unit) if unit is not None else None
    if kind == "alarm":
        return _alarm(world, ident)
    return None


def _alarm(world: World, ident: str) -> d.AlarmDoc | None:
    kind, _, key = ident.partition(":")
    found: Iterator[d.AlarmDoc] = iter(())
    if kind in ("feed_lost", "level_emergency") and key in world.patients:
        found = of_patient(world, world.patients[key])  # type: ignore[index]
    elif kind == "prealert" and key in world.prealerts:
        found = of_prealert(world, world.prealerts[key])  # type: ignore[index]
    elif kind == "unassigned" and key in world.incidents:
        found = of_incident(world, world.incidents[key])  # type: ignore[index]
    elif kind == "overdue" and key in world.assignments:
        found = of_assignment(world, world.assignments[key])  # type: ignore[index]
    return next((alarm for alarm in found if alarm.id == ident), None)


def _for_unit(
    world: World, config: CountyConfig, people: People, unit_id: str, key: Key
) -> d.Doc | None:
    kind, ident = key
    if kind == "unit" and ident == unit_id:
        return unit_doc(world, config, world.units[ident])  # type: ignore[index]
    if kind == "job":
        assignment = world.assignments.get(ident)  # type: ignore[call-overload]
        if assignment is None or assignment.unit_id != unit_id or assignment.state in ENDED:
            return None
        return job_doc(world, config, people, assignment)
    return None


def sees_unit(audience: Audience, unit_id: str) -> bool:
    """Whether an audience may see where a unit is and what its monitor sends at any time."""
    return audience.kind == "console" or (audience.kind == "unit" and audience.scope == unit_id)


def sees_feed(world: World, audience: Audience, unit_id: str, patient_id: str | None) -> bool:
    """Whether an audience may see what a unit's monitor sends of this patient."""
    if audience.kind != "facility":
        return sees_unit(audience, unit_id)
    return patient_id in inbound_of_unit(world, audience.scope, unit_id)


def inbound_of_unit(world: World, facility_id: str, unit_id: str) -> list[str]:
    """The patients this unit brings to this facility; their feed is the facility's to see."""
    return [
        patient.patient_id
        for patient in world.patients.values()
        if patient.unit_id == unit_id and is_inbound(patient, facility_id)
    ]
