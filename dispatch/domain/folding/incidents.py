"""What calls, incidents and the configuration do to the world."""

from dispatch.domain import events as e
from dispatch.domain.folding.beds import configure_beds
from dispatch.domain.folding.registry import folds
from dispatch.domain.states import CALL, INCIDENT, CallState, IncidentState, Readiness
from dispatch.domain.world import Call, Draft, Incident, Unit
from dispatch.lifecycle import next_state
from dispatch.limits import CLOSED_INCIDENTS_KEPT_MAX, ENDED_CALLS_KEPT_MAX


@folds(e.CountyConfigured)
def _configured(draft: Draft, event: e.CountyConfigured, envelope: e.Envelope) -> None:
    draft.set_value("config", event.config)
    draft.touched.add(("config", event.config.county_id))
    known = draft.table("units")
    for unit in event.config.units:
        if unit.unit_id not in known:
            state = Unit(
                unit_id=unit.unit_id,
                readiness=Readiness.IN_SERVICE,
                reason="",
                since=envelope.occurred_at,
            )
            draft.put("units", unit.unit_id, state)
        else:
            draft.touched.add(("units", unit.unit_id))
    configure_beds(draft, event.config)


@folds(e.CallRang)
def _rang(draft: Draft, event: e.CallRang, envelope: e.Envelope) -> None:
    draft.set_value("call_count", draft.value("call_count") + 1)
    call = Call(
        call_id=event.call_id,
        state=CallState.RINGING,
        caller_id=event.caller_id,
        rang_at=envelope.occurred_at,
        lon=event.lon,
        lat=event.lat,
        town_id=event.town_id,
    )
    draft.put("calls", event.call_id, call)


@folds(e.CallAnswered)
def _answered(draft: Draft, event: e.CallAnswered, envelope: e.Envelope) -> None:
    call: Call = draft.table("calls")[event.call_id]
    state = next_state(CALL, call.state, "answer")
    draft.change(
        "calls",
        event.call_id,
        state=state,
        answered_at=envelope.occurred_at,
        answered_by=envelope.actor.name,
    )


@folds(e.CallEnded)
def _ended(draft: Draft, event: e.CallEnded, envelope: e.Envelope) -> None:
    call: Call = draft.table("calls")[event.call_id]
    draft.change("calls", event.call_id, state=next_state(CALL, call.state, "end"))
    ended = (CallState.ENDED, CallState.ABANDONED)
    over = [call for call in draft.table("calls").values() if call.state in ended]
    for old in over[: max(0, len(over) - ENDED_CALLS_KEPT_MAX)]:
        draft.drop("calls", old.call_id)


@folds(e.IncidentOpened)
def _opened(draft: Draft, event: e.IncidentOpened, envelope: e.Envelope) -> None:
    draft.set_value("incident_count", draft.value("incident_count") + 1)
    incident = Incident(
        incident_id=event.incident_id,
        state=IncidentState.OPEN,
        priority=event.priority,
        complaint=event.complaint,
        centres=event.centres,
        place_id=event.place_id,
        lon=event.lon,
        lat=event.lat,
        town_id=event.town_id,
        is_read_back=event.is_read_back,
        caller_id=event.caller_id,
        call_id=event.call_id,
        rang_at=event.rang_at or envelope.occurred_at,
        opened_at=envelope.occurred_at,
        opened_by=envelope.actor.name,
    )
    draft.put("incidents", event.incident_id, incident)
    if event.call_id is not None and event.call_id in draft.table("calls"):
        draft.change("calls", event.call_id, incident_id=event.incident_id)


@folds(e.IncidentReprioritised)
def _reprioritised(draft: Draft, event: e.IncidentReprioritised, envelope: e.Envelope) -> None:
    draft.change("incidents", event.incident_id, priority=event.priority, centres=event.centres)


@folds(e.PlaceCorrected)
def _corrected(draft: Draft, event: e.PlaceCorrected, envelope: e.Envelope) -> None:
    draft.change(
        "incidents",
        event.incident_id,
        place_id=event.place_id,
        lon=event.lon,
        lat=event.lat,
        town_id=event.town_id,
        is_read_back=event.is_read_back,
    )


@folds(e.IncidentClosed)
def _closed(draft: Draft, event: e.IncidentClosed, envelope: e.Envelope) -> None:
    incident: Incident = draft.table("incidents")[event.incident_id]
    step = "close" if event.outcome == "completed" else "cancel"
    draft.change(
        "incidents",
        event.incident_id,
        state=next_state(INCIDENT, incident.state, step),
        closed_at=envelope.occurred_at,
        outcome=event.outcome,
    )
    _forget_old(draft)


def _forget_old(draft: Draft) -> None:
    closed = [i for i in draft.table("incidents").values() if i.state != IncidentState.OPEN]
    closed.sort(key=lambda incident: (incident.closed_at, incident.incident_id))
    for incident in closed[: max(0, len(closed) - CLOSED_INCIDENTS_KEPT_MAX)]:
        gone = set(incident.patient_ids)
        for name in ("prealerts", "holds"):
            told = draft.table(name).items()
            for key in [key for key, entity in told if entity.patient_id in gone]:
                draft.drop(name, key)
        for bed in draft.table("beds").values():
            if bed.patient_id in gone:
                draft.touched.add(("beds", bed.bed_id))  # it shows the name no longer
        for patient_id in incident.patient_ids:
            draft.drop("patients", patient_id)
        for assignment_id in incident.assignment_ids:
            draft.drop("assignments", assignment_id)
        draft.drop("incidents", incident.incident_id)
        mine = {incident.incident_id, *incident.patient_ids, *incident.assignment_ids}
        _forget_notes(draft, mine)


def _forget_notes(draft: Draft, gone: set[str]) -> None:
    """Notes of alarms about patients and work that are no longer here; "kind:key" is their id."""
    for alarm_id in list(draft.table("alarm_notes")):
        about = alarm_id.partition(":")[2]
        if about in gone or about.rpartition(".")[0] in gone:  # a pre-alert names its patient
            draft.drop("alarm_notes", alarm_id)
