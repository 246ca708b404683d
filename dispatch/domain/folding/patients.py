"""What happens to patients: reported, assessed, moved, scored, and what their feed does."""

from typing import Any

from dispatch.domain import events as e
from dispatch.domain.folding.registry import folds
from dispatch.domain.states import PATIENT, PatientState
from dispatch.domain.world import Draft, Incident, LevelNote, Patient
from dispatch.lifecycle import next_state


@folds(e.PatientReported)
def _reported(draft: Draft, event: e.PatientReported, envelope: e.Envelope) -> None:
    patient = Patient(
        patient_id=event.patient_id,
        incident_id=event.incident_id,
        person_id=event.person_id,
        state=PatientState.REPORTED,
        age_years=event.age_years,
        sex=event.sex,
        is_pregnant=event.is_pregnant,
        centres=event.centres,
    )
    draft.put("patients", event.patient_id, patient)
    incident: Incident = draft.table("incidents")[event.incident_id]
    draft.change(
        "incidents",
        event.incident_id,
        patient_ids=(*incident.patient_ids, event.patient_id),
    )


@folds(e.PatientAssessed)
def _assessed(draft: Draft, event: e.PatientAssessed, envelope: e.Envelope) -> None:
    draft.change(
        "patients",
        event.patient_id,
        centres=event.centres,
        age_years=event.age_years,
        sex=event.sex,
        is_pregnant=event.is_pregnant,
        acvpu=event.acvpu,
        on_oxygen=event.on_oxygen,
        spo2_scale=event.spo2_scale,
        atmist=event.atmist,
        person_id=event.person_id,
        assessed_at=envelope.occurred_at,
    )


def _patient_step(draft: Draft, patient_id: str, step: str, **fields: Any) -> None:
    patient: Patient = draft.table("patients")[patient_id]
    state = next_state(PATIENT, patient.state, step)
    draft.change("patients", patient_id, state=state, **fields)


@folds(e.PatientAttended)
def _attended(draft: Draft, event: e.PatientAttended, envelope: e.Envelope) -> None:
    _patient_step(draft, event.patient_id, "attend", unit_id=event.unit_id)


@folds(e.PatientBoarded)
def _boarded(draft: Draft, event: e.PatientBoarded, envelope: e.Envelope) -> None:
    at = envelope.occurred_at
    _patient_step(draft, event.patient_id, "board", unit_id=event.unit_id, boarded_at=at)


@folds(e.PatientArrived)
def _arrived(draft: Draft, event: e.PatientArrived, envelope: e.Envelope) -> None:
    patient: Patient = draft.table("patients")[event.patient_id]
    boarded_at = patient.boarded_at or envelope.occurred_at
    at = max(envelope.occurred_at, boarded_at)  # a tablet's queue may send the arrival's time late
    _patient_step(draft, event.patient_id, "arrive", arrived_at=at)


@folds(e.PatientLeftOnScene)
def _left(draft: Draft, event: e.PatientLeftOnScene, envelope: e.Envelope) -> None:
    _patient_step(draft, event.patient_id, "leave", feed_lost_at=None, alarms=())


@folds(e.PatientStepUndone)
def _patient_undone(draft: Draft, event: e.PatientStepUndone, envelope: e.Envelope) -> None:
    cleared: dict[str, dict[str, Any]] = {
        "unattend": {"unit_id": None, "alarms": ()},
        "unboard": {"boarded_at": None},
        "unarrive": {"arrived_at": None},
    }
    _patient_step(draft, event.patient_id, event.happening, **cleared[event.happening])


@folds(e.TriageLevelChanged)
def _level(draft: Draft, event: e.TriageLevelChanged, envelope: e.Envelope) -> None:
    patient: Patient = draft.table("patients")[event.patient_id]
    note = LevelNote(
        level=event.level,
        total=event.total,
        lower_bound=event.lower_bound,
        at=envelope.occurred_at,
    )
    draft.change("patients", event.patient_id, level=note, previous_level=patient.level)


@folds(e.FeedLost)
def _feed_lost(draft: Draft, event: e.FeedLost, envelope: e.Envelope) -> None:
    draft.change("patients", event.patient_id, feed_lost_at=event.last_sample_at)


@folds(e.FeedRestored)
def _feed_restored(draft: Draft, event: e.FeedRestored, envelope: e.Envelope) -> None:
    draft.change("patients", event.patient_id, feed_lost_at=None)
    draft.drop("alarm_notes", f"feed_lost:{event.patient_id}")
