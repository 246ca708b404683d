"""What happens to facilities, beds, holds and handovers."""

from dispatch.domain import events as e
from dispatch.domain.config import CountyConfig
from dispatch.domain.folding.registry import folds
from dispatch.domain.states import PATIENT
from dispatch.domain.world import BedHold, BedRecord, Draft, FacilityRecord, Patient
from dispatch.lifecycle import next_state
from hospital_gateway.beds import BED, HOLD, HoldState
from hospital_gateway.facilities import BedState, Traffic
from hospital_gateway.handover import HANDOVER


def configure_beds(draft: Draft, config: CountyConfig) -> None:
    """Make the records of newly configured facilities and beds; known ones keep their state."""
    for facility in config.facilities:
        if facility.facility_id not in draft.table("facilities"):
            record = FacilityRecord(facility_id=facility.facility_id)
            draft.put("facilities", facility.facility_id, record)
        else:
            draft.touched.add(("facilities", facility.facility_id))
        for bed in facility.beds:
            if bed.bed_id not in draft.table("beds"):
                fresh = BedRecord(
                    bed_id=bed.bed_id,
                    facility_id=facility.facility_id,
                    bed_kind=bed.kind,
                    label=bed.label,
                    state=BedState.FREE,
                )
                draft.put("beds", bed.bed_id, fresh)


@folds(e.FacilityReported)
def _facility(draft: Draft, event: e.FacilityReported, envelope: e.Envelope) -> None:
    draft.change(
        "facilities",
        event.facility_id,
        traffic=Traffic(event.traffic),
        reason=event.reason,
        is_internal_disaster=event.is_internal_disaster,
        traffic_at=envelope.occurred_at,
        traffic_by=envelope.actor.name,
        reported_at=envelope.occurred_at,
    )


@folds(e.BedReported)
def _bed(draft: Draft, event: e.BedReported, envelope: e.Envelope) -> None:
    draft.change(
        "beds",
        event.bed_id,
        state=BedState(event.state),
        since=envelope.occurred_at,
        patient_id=None,
    )
    draft.change("facilities", event.facility_id, reported_at=envelope.occurred_at)


@folds(e.BedHeld)
def _held(draft: Draft, event: e.BedHeld, envelope: e.Envelope) -> None:
    bed: BedRecord = draft.table("beds")[event.bed_id]
    hold = BedHold(
        hold_id=event.hold_id,
        bed_id=event.bed_id,
        facility_id=event.facility_id,
        patient_id=event.patient_id,
        state=HoldState.ACTIVE,
        expires_at=event.expires_at,
    )
    draft.put("holds", event.hold_id, hold)
    draft.change(
        "beds",
        event.bed_id,
        state=next_state(BED, bed.state, "hold"),
        since=envelope.occurred_at,
        hold_id=event.hold_id,
        patient_id=event.patient_id,
    )
    patient: Patient = draft.table("patients")[event.patient_id]
    draft.change(
        "patients", event.patient_id, hold_id=event.hold_id, hold_count=patient.hold_count + 1
    )


def _end_hold(draft: Draft, hold_id: str, hold_step: str, bed_step: str, at: e.Envelope) -> None:
    hold: BedHold = draft.table("holds")[hold_id]
    bed: BedRecord = draft.table("beds")[hold.bed_id]
    draft.change("holds", hold_id, state=next_state(HOLD, hold.state, hold_step))
    draft.change(
        "beds",
        hold.bed_id,
        state=next_state(BED, bed.state, bed_step),
        since=at.occurred_at,
        hold_id=None,
        patient_id=hold.patient_id if bed_step == "occupy" else None,
    )
    if hold.patient_id in draft.table("patients"):
        kept = hold_id if bed_step == "occupy" else None
        draft.change("patients", hold.patient_id, hold_id=kept)


@folds(e.BedHoldReleased)
def _released(draft: Draft, event: e.BedHoldReleased, envelope: e.Envelope) -> None:
    _end_hold(draft, event.hold_id, "release", "release", envelope)


@folds(e.BedHoldExpired)
def _expired(draft: Draft, event: e.BedHoldExpired, envelope: e.Envelope) -> None:
    _end_hold(draft, event.hold_id, "expire", "expire", envelope)


@folds(e.BedHoldConverted)
def _converted(draft: Draft, event: e.BedHoldConverted, envelope: e.Envelope) -> None:
    _end_hold(draft, event.hold_id, "convert", "occupy", envelope)


@folds(e.HandoverOffered)
def _offered(draft: Draft, event: e.HandoverOffered, envelope: e.Envelope) -> None:
    patient: Patient = draft.table("patients")[event.patient_id]
    draft.change(
        "patients",
        event.patient_id,
        handover=next_state(HANDOVER, patient.handover, "offer"),
        handover_offered_at=max(envelope.occurred_at, patient.arrived_at or envelope.occurred_at),
    )


@folds(e.HandoverAccepted)
def _accepted(draft: Draft, event: e.HandoverAccepted, envelope: e.Envelope) -> None:
    patient: Patient = draft.table("patients")[event.patient_id]
    draft.change(
        "patients",
        event.patient_id,
        state=next_state(PATIENT, patient.state, "hand_over"),
        handover=next_state(HANDOVER, patient.handover, "accept"),
        handover_by=envelope.actor.name,
        handover_at=max(envelope.occurred_at, patient.handover_offered_at or envelope.occurred_at),
        feed_lost_at=None,
        alarms=(),
    )
