"""What happens to destinations and pre-alerts."""

from typing import Any

import msgspec

from dispatch.domain import events as e
from dispatch.domain.folding.registry import folds
from dispatch.domain.world import DiversionNote, Draft, Escalation, Patient, PreAlert
from dispatch.lifecycle import next_state
from hospital_gateway.prealert import PREALERT, PreAlertState


@folds(e.DestinationChosen)
def _destination(draft: Draft, event: e.DestinationChosen, envelope: e.Envelope) -> None:
    patient: Patient = draft.table("patients")[event.patient_id]
    if patient.facility_id is not None:
        draft.touched.add(("facilities", patient.facility_id))  # one fewer is on the way there
    draft.change(
        "patients",
        event.patient_id,
        facility_id=event.facility_id,
        chosen_for=patient.centres,
        is_choice_signed=bool(event.override_reason.strip()),
    )


@folds(e.PatientDiverted)
def _diverted(draft: Draft, event: e.PatientDiverted, envelope: e.Envelope) -> None:
    patient: Patient = draft.table("patients")[event.patient_id]
    note = DiversionNote(
        from_facility_id=event.from_facility_id,
        to_facility_id=event.to_facility_id,
        at=envelope.occurred_at,
        by=envelope.actor.name or envelope.actor.role,
        reason=event.reason,
    )
    kept = tuple(
        d for d in patient.diversions
        if d.from_facility_id not in (event.from_facility_id, event.to_facility_id)
    )  # fmt: skip
    draft.change("patients", event.patient_id, diversions=(*kept, note), prealert_id=None)


@folds(e.DiversionSeen)
def _diversion_seen(draft: Draft, event: e.DiversionSeen, envelope: e.Envelope) -> None:
    patient: Patient = draft.table("patients")[event.patient_id]
    marked = tuple(
        msgspec.structs.replace(d, seen_by=envelope.actor.name, seen_at=envelope.occurred_at)
        if d.from_facility_id == event.facility_id
        else d
        for d in patient.diversions
    )
    draft.change("patients", event.patient_id, diversions=marked)


@folds(e.PreAlertCreated)
def _prealert(draft: Draft, event: e.PreAlertCreated, envelope: e.Envelope) -> None:
    alert = PreAlert(
        prealert_id=event.prealert_id,
        patient_id=event.patient_id,
        unit_id=event.unit_id,
        facility_id=event.facility_id,
        colour=event.colour,
        state=PreAlertState.CREATED,
        created_at=envelope.occurred_at,
    )
    draft.put("prealerts", event.prealert_id, alert)
    patient: Patient = draft.table("patients")[event.patient_id]
    elsewhere = tuple(
        note for note in patient.diversions if note.from_facility_id != event.facility_id
    )
    draft.change(
        "patients",
        event.patient_id,
        prealert_id=event.prealert_id,
        prealert_count=patient.prealert_count + 1,
        diversions=elsewhere,
    )
    draft.drop("alarm_notes", f"level_emergency:{event.patient_id}")  # a hospital knows now


def _alert_step(draft: Draft, prealert_id: str, step: str, **fields: Any) -> None:
    alert: PreAlert = draft.table("prealerts")[prealert_id]
    draft.change("prealerts", prealert_id, state=next_state(PREALERT, alert.state, step), **fields)
    draft.touched.add(("patients", alert.patient_id))


@folds(e.PreAlertSent)
def _sent(draft: Draft, event: e.PreAlertSent, envelope: e.Envelope) -> None:
    _alert_step(draft, event.prealert_id, "send", sent_at=envelope.recorded_at)


@folds(e.PreAlertDelivered)
def _delivered(draft: Draft, event: e.PreAlertDelivered, envelope: e.Envelope) -> None:
    _alert_step(draft, event.prealert_id, "deliver", delivered_at=envelope.recorded_at)


@folds(e.PreAlertDisplayed)
def _displayed(draft: Draft, event: e.PreAlertDisplayed, envelope: e.Envelope) -> None:
    alert: PreAlert = draft.table("prealerts")[event.prealert_id]
    at = envelope.recorded_at
    delivered = alert.delivered_at or at
    _alert_step(draft, event.prealert_id, "display", displayed_at=at, delivered_at=delivered)


@folds(e.PreAlertAcknowledged)
def _alert_taken(draft: Draft, event: e.PreAlertAcknowledged, envelope: e.Envelope) -> None:
    _alert_step(
        draft,
        event.prealert_id,
        "acknowledge",
        acknowledged_at=envelope.recorded_at,
        acknowledged_by=envelope.actor.name,
    )
    draft.drop("alarm_notes", f"prealert:{event.prealert_id}")


@folds(e.PreAlertRejected)
def _alert_rejected(draft: Draft, event: e.PreAlertRejected, envelope: e.Envelope) -> None:
    _alert_step(
        draft,
        event.prealert_id,
        "reject",
        rejected_at=envelope.recorded_at,
        rejected_by=envelope.actor.name,
        reason=event.reason,
    )


@folds(e.PreAlertStoodDown)
def _stood_down(draft: Draft, event: e.PreAlertStoodDown, envelope: e.Envelope) -> None:
    _alert_step(draft, event.prealert_id, "stand_down", reason=event.reason)
    draft.drop("alarm_notes", f"prealert:{event.prealert_id}")


@folds(e.PreAlertEscalated)
def _escalated(draft: Draft, event: e.PreAlertEscalated, envelope: e.Envelope) -> None:
    alert: PreAlert = draft.table("prealerts")[event.prealert_id]
    rung = Escalation(step=event.step, at=envelope.recorded_at, tells=event.tells, name=event.name)
    draft.change("prealerts", event.prealert_id, escalations=(*alert.escalations, rung))
    draft.drop("alarm_notes", f"prealert:{event.prealert_id}")
