"""What screens ask for beside their documents: advice, samples, places, the base map, health."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dispatch.advice import advise_destination, recommend_units
from dispatch.domain.states import ENDED
from dispatch.domain.world import World
from dispatch.errors import BadPayload, Refused
from dispatch.http.auth import Me
from dispatch.http.guard import answer, services, signed_in
from dispatch.http.place_shapes import found_shape, place_in
from dispatch.http.samples import columns
from dispatch.ids import PatientId
from dispatch.limits import INCIDENTS_LISTED_MAX, PLACES_MAX, SAMPLES_MAX
from dispatch.recommend.shapes import destination_shape, recommendation_shape
from maps.basemap import base_map

router = APIRouter(tags=["reading"])


@router.get("/api/incidents/{incident_id}/recommendation")
async def recommendation(incident_id: str, request: Request) -> Response:
    """Which unit to send, with reasons, alternatives and what they cost."""
    me = await signed_in(request)
    if me.role not in ("dispatcher", "admin"):
        raise Refused("not_permitted", role=me.role)
    parts = services(request)
    found = recommend_units(
        parts.follower.world, parts.plane, parts.travel, incident_id, parts.now()
    )
    return answer(recommendation_shape(found))


@router.get("/api/patients/{patient_id}/destinations")
async def destinations(patient_id: str, request: Request) -> Response:
    """Where the patient should go, best first."""
    me = await signed_in(request)
    parts = services(request)
    may_see_patient(parts.follower.world, me, patient_id)
    now = parts.now()
    advice = advise_destination(parts.follower.world, parts.plane, parts.travel, patient_id, now)
    return answer(destination_shape(advice, now))


def may_see_patient(world: World, me: Me, patient_id: str) -> None:
    """Raise ``Refused`` unless the person's role and scope cover the patient."""
    patient = world.patients.get(PatientId(patient_id))
    if patient is None:
        raise Refused("unknown_patient", patient_id=patient_id)
    if me.role in ("dispatcher", "admin"):
        return
    if me.role == "hospital" and patient.facility_id == me.facility_id and patient.prealert_id:
        return
    incident = world.incidents[patient.incident_id]
    working = [world.assignments[key] for key in incident.assignment_ids]
    mine = any(a.unit_id == me.unit_id and a.state not in ENDED for a in working)
    if me.role == "crew" and mine and patient.unit_id in (None, me.unit_id):
        return
    raise Refused("unknown_patient", patient_id=patient_id)


@router.get("/api/patients/{patient_id}/samples")
async def samples(patient_id: str, request: Request, minutes: int = 30) -> Response:
    """The last minutes of a patient's vital signs, in columns."""
    me = await signed_in(request)
    parts = services(request)
    may_see_patient(parts.follower.world, me, patient_id)
    now = parts.now()
    since = now - timedelta(minutes=max(1, min(minutes, 240)))
    rows = await parts.samples.samples_of_patient(
        PatientId(patient_id), since, now + timedelta(seconds=1), SAMPLES_MAX
    )
    return answer(columns(patient_id, rows))


@router.get("/api/places")
async def places(request: Request, q: str = "", near: str = "", datum: str = "WGS84") -> Response:
    """What may be meant by the words; a match is offered, never taken silently.

    ``near`` is "lon,lat" in ``datum``: distances are from there, and the nearer comes first.
    """
    await signed_in(request)
    hint = place_in(near, datum) if near else None
    parts = services(request)
    index = parts.map.places.index
    async with parts.searches:
        found = await asyncio.to_thread(index.search, q, hint=hint, limit=PLACES_MAX)
    return answer(found_shape(q, found, parts.county.geography.area))


@router.get("/api/places/at")
async def place_at(request: Request, at: str = "", datum: str = "WGS84") -> Response:
    """What is known of a position, "lon,lat" in ``datum``: place, road, town, as words' codes."""
    await signed_in(request)
    parts = services(request)
    place = place_in(at, datum)
    async with parts.searches:
        found = await asyncio.to_thread(parts.map.places.around.describe, place)
    return answer(found)


@router.get("/api/basemap")
async def basemap(request: Request) -> Response:
    """The county's own base map, drawn by hand where it says schematic."""
    await signed_in(request)
    return answer(base_map(services(request).county.geography))


@router.get("/api/incidents")
async def incidents(
    request: Request, since: str | None = None, until: str | None = None
) -> Response:
    """Incidents for replay, newest first."""
    me = await signed_in(request)
    if me.role not in ("dispatcher", "admin"):
        raise Refused("not_permitted", role=me.role)
    parts = services(request)
    now = parts.now()
    rows = await parts.pool.fetch(
        "SELECT o.incident_id, o.occurred_at AS opened_at, o.body ->> 'priority' AS priority,"
        " o.body ->> 'complaint' AS complaint, (o.body -> 'centres')::text AS centres,"
        " o.body ->> 'town_id' AS town_id,"
        " (SELECT max(c.occurred_at) FROM event c WHERE c.incident_id = o.incident_id"
        "  AND c.type = 'incident_closed') AS closed_at"
        " FROM event o WHERE o.type = 'incident_opened' AND o.occurred_at BETWEEN $1 AND $2"
        " ORDER BY o.seq DESC LIMIT $3",
        _time(since, now - timedelta(days=7)),
        _time(until, now),
        INCIDENTS_LISTED_MAX,
    )
    towns = {t.town_id: t.name for t in parts.county.config.towns}
    return answer([_listed(row, towns) for row in rows])


def _listed(row: Any, towns: dict[str, str]) -> dict[str, Any]:
    centres = msgspec.json.decode(row["centres"] or "[]", type=list[str])
    return {
        "incident_id": row["incident_id"],
        "priority": row["priority"],
        "complaint": row["complaint"],
        "centres": centres,
        "town": towns.get(row["town_id"]),
        "opened_at": row["opened_at"],
        "closed_at": row["closed_at"],
    }


def _time(text: str | None, default: datetime) -> datetime:
    if text is None:
        return default
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        detail = f"{text!r} is not a time: write 2026-01-31T08:00:00Z"
        raise BadPayload("malformed", detail) from error
    if found.tzinfo is None:
        raise BadPayload("malformed", f"{text!r} has no zone: write 2026-01-31T08:00:00Z")
    return found


@router.get("/api/health")
async def health(request: Request) -> Response:
    """Whether the parts work, and whether the invariants hold."""
    parts = services(request)
    report = parts.watch.report()
    is_serving = report["database"] and report["live_path"]
    is_well = is_serving and not report["invariants"]["broken"]
    body = {
        "status": "ok" if is_well else "degraded",
        "seq": parts.follower.world.seq,
        "bus": parts.bus.is_up(),
        "recorder_queue": parts.recorder.waiting,
        "sockets": len(parts.hub.connections()),
        "map": parts.map_version,
        **report,
    }
    return answer(body, 200 if is_serving else 503)


@router.get("/metrics")
async def metrics() -> Response:
    """Counters for Prometheus; no names, no ids of people."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
