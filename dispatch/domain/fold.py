"""What each event does to the world: one function an event, no rule and no refusal.

`apply` is total over the log: an event that was once accepted always folds. Rules stand in
`decide`. `incident_of` says to which incident an event belongs, for the envelope and the timeline.
"""

from collections.abc import Iterable

from dispatch.domain import events as e
from dispatch.domain.folding import (
    alerts,
    beds,
    closures,
    ecgs,
    incidents,
    patients,
    units,
    vital_alarms,
)
from dispatch.domain.folding.registry import FOLDS
from dispatch.domain.world import Draft, Incident, TimelineItem, Touched, World
from dispatch.ids import IncidentId
from dispatch.limits import TIMELINE_ENTRIES_MAX
from telemetry.alarms.model import Alarm

ROOMS = (incidents, patients, units, alerts, beds, closures, vital_alarms, ecgs)
"""Importing a room registers its folds."""

QUIET = (e.PreAlertSent, e.CountyConfigured, e.VitalAlarmEnded)
"""Events that say nothing to a reader of a timeline."""


def apply(world: World, envelopes: Iterable[e.Envelope]) -> tuple[World, Touched]:
    """Fold a run of events; return the next world and the entities that changed."""
    draft = Draft(world)
    for envelope in envelopes:
        apply_to(draft, envelope)
    return draft.close(), draft.touched


def apply_to(draft: Draft, envelope: e.Envelope) -> None:
    """Fold one event into an open draft."""
    FOLDS[type(envelope.event)](draft, envelope.event, envelope)
    draft.set_value("seq", envelope.seq)
    draft.set_value("recorded_at", envelope.recorded_at)
    if envelope.incident_id is not None and not isinstance(envelope.event, QUIET):
        _note(draft, envelope)


def incident_of(draft: Draft, event: e.Event) -> IncidentId | None:
    """The incident an event belongs to, or None (calls before an incident, beds, configuration)."""
    direct = getattr(event, "incident_id", None)
    if direct is not None:
        return IncidentId(direct)
    for field, table in (
        ("patient_id", "patients"),
        ("assignment_id", "assignments"),
        ("prealert_id", "prealerts"),
        ("hold_id", "holds"),
        ("call_id", "calls"),
    ):
        key = getattr(event, field, None)
        entity = draft.table(table).get(key) if key is not None else None
        if entity is not None and entity is not event:  # a call without an incident names itself
            return incident_of(draft, entity)
    return None


def _note(draft: Draft, envelope: e.Envelope) -> None:
    incident: Incident | None = draft.table("incidents").get(envelope.incident_id)
    if incident is None:
        return
    event = envelope.event
    item = TimelineItem(
        seq=envelope.seq,
        at=envelope.occurred_at,
        type=str(event.__struct_config__.tag),
        by=envelope.actor.name or envelope.actor.role,
        params=_scalars(event),
    )
    timeline = (*incident.timeline, item)[-TIMELINE_ENTRIES_MAX:]
    draft.change("incidents", incident.incident_id, timeline=timeline)


def _scalars(event: e.Event) -> dict[str, str | int | float | bool | None]:
    skip = {"incident_id", "evidence", "place_id", "person_id", "caller_id", "lon", "lat"}
    found: dict[str, str | int | float | bool | None] = {}
    for name in event.__struct_fields__:
        value = getattr(event, name)
        if isinstance(value, Alarm):
            found |= {"key": value.key, "value": value.value, "priority": value.priority}
        if name not in skip and isinstance(value, str | int | float | bool | None):
            found[name] = value
    return found
