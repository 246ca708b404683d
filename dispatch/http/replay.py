"""Replay: fold to time t, render the same documents, with samples and fixes beside.

An incident's window runs from its first ring to its last event. The world before the window comes
from the newest snapshot and the log; each event of the window is folded and the documents that
changed are rendered by `views.render` for the console, the crews and the hospitals concerned: the
same function that drew the live screens.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from dispatch.domain import documents as d
from dispatch.domain import events as e
from dispatch.domain.config import CountyConfig
from dispatch.domain.fold import apply
from dispatch.domain.rendering.people import People
from dispatch.domain.views import CONSOLE, Audience, Key, all_keys, render, touched_keys
from dispatch.domain.world import World
from dispatch.errors import Refused
from dispatch.http.guard import answer, services, signed_in
from dispatch.http.replay_etas import Aim, aims_of, etas_of, is_shown
from dispatch.http.samples import columns
from dispatch.http.services import Services
from dispatch.ids import IncidentId, PatientId, UnitId
from dispatch.limits import REPLAY_FRAMES_MAX, SAMPLES_MAX
from dispatch.log.identity import subjects_of

router = APIRouter(tags=["replay"])
MARGIN = timedelta(seconds=2)


@router.get("/api/replay/incidents/{incident_id}")
async def replay(incident_id: str, request: Request) -> Response:
    """One incident, frame by frame, as the screens showed it."""
    me = await signed_in(request)
    if me.role not in ("dispatcher", "admin"):
        raise Refused("not_permitted", role=me.role)
    parts = services(request)
    own = [] if "\0" in incident_id else await parts.log.of_incident(incident_id)
    if not own:
        raise Refused("unknown_incident", incident_id=incident_id)
    first, last = own[0].seq, own[-1].seq
    base = await parts.log.snapshot_before(first - 1)
    for_base = await parts.log.read_between(base.seq, first - 1)
    world, _ = apply(base, for_base)
    window = await parts.log.read_between(first - 1, last)
    final, _ = apply(world, window)
    await parts.follower.identities.load(parts.pool, subjects_of(final))
    people = parts.follower.identities.people
    frames = list(frames_of(world, window, people, _concerned(own), incident_id))
    aims = aims_of(world, window, incident_id, _units(own))
    incident = final.incidents.get(IncidentId(incident_id))
    since = (incident.rang_at if incident else own[0].occurred_at) - MARGIN
    is_open = incident is not None and incident.closed_at is None
    until = parts.now() if is_open else own[-1].recorded_at + MARGIN
    body = {
        "incident_id": incident_id,
        "from": since,
        "to": until,
        "frames": frames[:REPLAY_FRAMES_MAX],
        **await _plane(parts, own, aims, world.config, since, until),
        "viewers": await _viewers(parts, own, since, until),
        "is_open": is_open,
    }
    return answer(body)


def _concerned(own: Sequence[e.Envelope]) -> list[Audience]:
    """The console, and each crew and hospital that the incident touched, in order of appearance."""
    units: dict[str, None] = {}
    facilities: dict[str, None] = {}
    for envelope in own:
        unit_id = getattr(envelope.event, "unit_id", None)
        if unit_id:
            units[unit_id] = None
        for field in ("facility_id", "from_facility_id"):
            facility_id = getattr(envelope.event, field, None)
            if facility_id:
                facilities[facility_id] = None
    crews = [Audience(kind="unit", scope=unit_id) for unit_id in units]
    return [CONSOLE, *crews, *(Audience(kind="facility", scope=f) for f in facilities)]


SHARED = ("closure", "county", "facility", "prealert", "unit")
"""Kinds that several audiences hold; the console's version is the one replayed."""


def _is_concerned(document: d.Doc, incident_id: str) -> bool:
    """Keep the county's picture and this incident's documents; other incidents stay out."""
    if isinstance(document, d.IncidentDoc):
        return document.id == incident_id
    if isinstance(document, d.CallDoc):
        return document.incident_id == incident_id
    if isinstance(document, d.InboundDoc | d.JobDoc | d.AlarmDoc):
        return document.incident_id == incident_id
    if isinstance(document, d.PreAlertDoc):
        return document.patient_id.startswith(f"{incident_id}.")
    return True


def _drawn(
    world: World, people: People, audiences: Sequence[Audience], keys: set[Key], incident_id: str
) -> tuple[list[d.Doc], list[Key]]:
    documents: list[d.Doc] = []
    gone: list[Key] = []
    for key in sorted(keys):
        for audience in audiences:
            if audience != CONSOLE and key[0] in SHARED:
                continue
            document = render(world, people, audience, key)
            if document is not None and _is_concerned(document, incident_id):
                documents.append(document)
                break
        else:
            gone.append(key)
    return documents, gone


def frames_of(
    world: World,
    window: Sequence[e.Envelope],
    people: People,
    audiences: Sequence[Audience],
    incident_id: str,
) -> Iterator[dict[str, Any]]:
    """The first frame holds everything before the window; each next one what an event changed."""
    held: dict[Key, d.Doc] = {}
    opening, _ = _drawn(world, people, audiences, set(all_keys(world)), incident_id)
    for document in opening:
        held[_key(document)] = document
    start = window[0].occurred_at if window else world.recorded_at
    yield {"seq": world.seq, "at": start, "docs": opening, "gone": []}
    for envelope in window:
        world, touched = apply(world, [envelope])
        drawn, gone = _drawn(world, people, audiences, touched_keys(world, touched), incident_id)
        changed = [document for document in drawn if held.get(_key(document)) != document]
        left = [key for key in gone if held.pop(key, None) is not None]
        held.update({_key(document): document for document in changed})
        if changed or left:
            at = envelope.recorded_at
            yield {"seq": envelope.seq, "at": at, "docs": changed, "gone": left}


def _key(document: d.Doc) -> Key:
    return (str(document.__struct_config__.tag), document.id)


def _units(own: Sequence[e.Envelope]) -> list[UnitId]:
    return sorted({UnitId(u) for u in (getattr(env.event, "unit_id", None) for env in own) if u})


async def _plane(
    parts: Services,
    own: Sequence[e.Envelope],
    aims: Mapping[UnitId, Sequence[Aim]],
    config: CountyConfig | None,
    since: datetime,
    until: datetime,
) -> dict[str, Any]:
    """What went beside the log: the way, the ETAs and the vital signs of those who took part."""
    patients = {p for p in (getattr(env.event, "patient_id", None) for env in own) if p}
    tracks, etas = {}, {}
    travel = parts.travel.apart(None if config is None else config.roads)
    for unit_id in aims:
        fixes = await parts.samples.fixes(unit_id, since, until, SAMPLES_MAX)
        tracks[unit_id] = [
            [fix.stamp.true_at, fix.lon, fix.lat, fix.heading_deg] for fix in fixes if is_shown(fix)
        ]
        etas[unit_id] = await asyncio.to_thread(etas_of, travel, aims[unit_id], fixes)
    samples = {}
    for patient_id in sorted(patients):
        rows = await parts.samples.samples_of_patient(
            PatientId(patient_id), since, until, SAMPLES_MAX
        )
        samples[patient_id] = columns(patient_id, rows)
    return {"tracks": tracks, "etas": etas, "samples": samples}


SEEN = {
    "prealert_delivered": "delivered",
    "prealert_displayed": "displayed",
    "prealert_acknowledged": "acknowledged",
    "prealert_rejected": "rejected",
    "diversion_seen": "acknowledged",
    "assignment_acknowledged": "acknowledged",
    "alarm_acknowledged": "acknowledged",
    "vital_alarm_acknowledged": "acknowledged",
    "handover_accepted": "acknowledged",
}


async def _viewers(
    parts: Services, own: Sequence[e.Envelope], since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """Who saw what when: from events, and when whose screens were open."""
    seen = []
    for envelope in own:
        tag = str(envelope.event.__struct_config__.tag)
        if tag in SEEN:
            actor = envelope.actor
            who = actor.facility_id or actor.unit_id or actor.name or actor.role
            what = getattr(envelope.event, "prealert_id", None) or tag
            at = envelope.recorded_at
            seen.append(
                {"who": who, "name": actor.name, "what": what, "at": at, "action": SEEN[tag]}
            )
    rows = await parts.pool.fetch(
        "SELECT v.at, v.audience, v.action, u.name FROM viewed v JOIN app_user u USING (user_id)"
        " WHERE v.at BETWEEN $1 AND $2 ORDER BY v.at LIMIT 1000",
        since,
        until,
    )
    for row in rows:
        seen.append(
            {
                "who": row["audience"],
                "name": row["name"],
                "what": "screen",
                "at": row["at"],
                "action": row["action"],
            }
        )
    return seen
