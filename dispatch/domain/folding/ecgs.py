"""The ECGs of a patient, in the order in which they were recorded; the newest so many."""

from dispatch.domain import events as e
from dispatch.domain.folding.registry import folds
from dispatch.domain.world import Draft, EcgNote, Patient
from dispatch.limits import ECGS_PER_PATIENT_MAX


@folds(e.EcgArrived)
def _arrived(draft: Draft, event: e.EcgArrived, envelope: e.Envelope) -> None:
    patient: Patient = draft.table("patients")[event.patient_id]
    note = EcgNote(
        ecg_id=event.ecg_id,
        at=event.at,
        sha256=event.sha256,
        source=event.source,
        leads=event.leads,
        hz=event.hz,
        duration_s=event.duration_s,
        has_statements=event.has_statements,
        fault=event.fault,
    )
    ecgs = sorted((*patient.ecgs, note), key=lambda one: (one.at, one.ecg_id))
    draft.change("patients", event.patient_id, ecgs=tuple(ecgs[-ECGS_PER_PATIENT_MAX:]))
