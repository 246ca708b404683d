"""The hospital side: destination, pre-alert, beds, handover, and what facilities report.

One pre-alert at a time per patient: choosing another hospital stands the old one down, releases its
bed and leaves a mark on its board; nothing leaves a board silently.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from dispatch.domain import commands as c
from dispatch.domain import events as e
from dispatch.domain.capacity import capacity_of
from dispatch.domain.deciding.registry import (
    Context,
    config_of,
    decides,
    patient_of,
    prealert_of,
)
from dispatch.domain.states import PatientState
from dispatch.domain.world import BedRecord, Patient, PreAlert, World
from dispatch.errors import Refused
from dispatch.ids import BedHoldId, FacilityId, PreAlertId
from dispatch.lifecycle import may, next_state
from hospital_gateway.beds import (
    BED,
    HOLD,
    HoldState,
    happening_of_report,
    has_hold_run_out,
    hold_expires_at,
)
from hospital_gateway.facilities import BedState, Facility
from hospital_gateway.gate import gate
from hospital_gateway.handover import HANDOVER
from hospital_gateway.limits import MAX_BED_HOLD_S
from hospital_gateway.prealert import (
    PREALERT,
    WAITING,
    PreAlertState,
    Signs,
    colour,
    due_step,
    whom,
)

NOWHERE = FacilityId("")
"""Where a patient goes who is not transported."""

NOT_TRAVELLING = (PatientState.ARRIVED, PatientState.HANDED_OVER, PatientState.LEFT_ON_SCENE)


def facility_config(world: World, facility_id: str) -> Facility:
    """Find a configured facility or refuse."""
    for facility in config_of(world).facilities:
        if facility.facility_id == facility_id:
            return facility
    raise Refused("unknown_facility", facility_id=facility_id)


def end_waiting(world: World, patient: Patient, reason: str) -> list[e.Event]:
    """The patient is there: a pre-alert that nobody answered has nothing left to wait for."""
    alert = world.prealerts.get(patient.prealert_id) if patient.prealert_id else None
    if alert is None or alert.state not in WAITING:
        return []
    return [e.PreAlertStoodDown(prealert_id=alert.prealert_id, reason=reason)]


def leave_hospital(world: World, patient: Patient, reason: str) -> list[e.Event]:
    """End what a hospital was told of a patient: the pre-alert and the held bed."""
    events: list[e.Event] = []
    alert = world.prealerts.get(patient.prealert_id) if patient.prealert_id else None
    if alert is not None and may(PREALERT, alert.state, "stand_down"):
        events.append(e.PreAlertStoodDown(prealert_id=alert.prealert_id, reason=reason))
    hold = world.holds.get(patient.hold_id) if patient.hold_id else None
    if hold is not None and hold.state == HoldState.ACTIVE:
        events.append(e.BedHoldReleased(hold_id=hold.hold_id, reason=reason))
    return events


def leave_on_scene(world: World, patients: Iterable[Patient]) -> list[e.Event]:
    """Nobody carries them: whatever a hospital was told of them ends too."""
    events: list[e.Event] = []
    for patient in patients:
        events.append(e.PatientLeftOnScene(patient_id=patient.patient_id))
        events.extend(leave_hospital(world, patient, "left_on_scene"))
        events.extend(mark_not_coming(patient, "left_on_scene"))
    return events


def mark_not_coming(patient: Patient, reason: str) -> list[e.Event]:
    """A hospital that was told keeps a mark on its board; nothing leaves it silently."""
    if patient.prealert_id is None or patient.facility_id is None:
        return []
    return [
        e.PatientDiverted(
            patient_id=patient.patient_id,
            from_facility_id=patient.facility_id,
            to_facility_id=NOWHERE,
            reason=reason,
        )
    ]


@decides(c.ChooseDestination)
def choose_destination(
    world: World, command: c.ChooseDestination, context: Context
) -> list[e.Event]:
    """A facility that fails its gate needs a signed reason (invariant 3)."""
    patient = patient_of(world, command.patient_id)
    if patient.state in NOT_TRAVELLING:
        raise Refused("patient_not_travelling", patient_id=patient.patient_id)
    facility = facility_config(world, command.facility_id)
    if patient.facility_id == facility.facility_id:
        raise Refused("destination_unchanged", facility_id=facility.facility_id)
    config = config_of(world)
    failed = gate(
        facility,
        patient.centres,
        config.centres,
        capacity_of(world, facility),
        config.gateway,
    )
    if failed and not command.override_reason.strip():
        raise Refused(
            "destination_fails_gate",
            facility_id=facility.facility_id,
            why=",".join(reason.code for reason in failed),
        )
    chosen = e.DestinationChosen(
        patient_id=patient.patient_id,
        facility_id=facility.facility_id,
        override_reason=command.override_reason,
        evidence=command.evidence,
    )
    return [*_divert(world, patient, command), chosen]


def _divert(world: World, patient: Patient, command: c.ChooseDestination) -> list[e.Event]:
    alert = world.prealerts.get(patient.prealert_id) if patient.prealert_id else None
    events = leave_hospital(world, patient, "diverted")
    if alert is not None and patient.facility_id is not None:
        events.append(
            e.PatientDiverted(
                patient_id=patient.patient_id,
                from_facility_id=patient.facility_id,
                to_facility_id=command.facility_id,
                reason=command.override_reason or alert.reason,
            )
        )
    return events


@decides(c.SendPreAlert)
def send_prealert(world: World, command: c.SendPreAlert, context: Context) -> list[e.Event]:
    """To the chosen destination, once; after a rejection the crew chooses again.

    One that was stood down (a unit cancelled, a step undone) tells the hospital not to wait, so
    the next crew announces the patient anew.
    """
    patient = patient_of(world, command.patient_id)
    if patient.facility_id is None:
        raise Refused("no_destination", patient_id=patient.patient_id)
    if patient.unit_id is None or patient.state in NOT_TRAVELLING:
        raise Refused("patient_not_travelling", patient_id=patient.patient_id)
    present = world.prealerts.get(patient.prealert_id) if patient.prealert_id else None
    if present is not None and present.state != PreAlertState.STOOD_DOWN:
        raise Refused("already_alerted", prealert_id=present.prealert_id)
    incident = world.incidents[patient.incident_id]
    prealert_id = PreAlertId(f"{patient.patient_id}.A{patient.prealert_count + 1}")
    level = patient.level.level if patient.level else "unknown"
    created = e.PreAlertCreated(
        prealert_id=prealert_id,
        patient_id=patient.patient_id,
        unit_id=patient.unit_id,
        facility_id=patient.facility_id,
        colour=colour(
            config_of(world).gateway,
            Signs(
                priority=incident.priority,
                level=level,
                centres=patient.centres,
                acvpu=patient.acvpu,
            ),
        ).value,
        eta_at=command.eta_at,
    )
    return [created, e.PreAlertSent(prealert_id=prealert_id)]


def _alert_for(world: World, prealert_id: str, step: str) -> PreAlert:
    alert = prealert_of(world, prealert_id)
    next_state(PREALERT, alert.state, step, prealert_id=alert.prealert_id)
    return alert


@decides(c.MarkPreAlertDelivered)
def delivered(world: World, command: c.MarkPreAlertDelivered, context: Context) -> list[e.Event]:
    """A board took the frame."""
    alert = _alert_for(world, command.prealert_id, "deliver")
    return [e.PreAlertDelivered(prealert_id=alert.prealert_id)]


@decides(c.MarkPreAlertDisplayed)
def displayed(world: World, command: c.MarkPreAlertDisplayed, context: Context) -> list[e.Event]:
    """A visible page drew it."""
    alert = _alert_for(world, command.prealert_id, "display")
    return [e.PreAlertDisplayed(prealert_id=alert.prealert_id)]


@decides(c.AcknowledgePreAlert)
def acknowledge(world: World, command: c.AcknowledgePreAlert, context: Context) -> list[e.Event]:
    """Only by a named person."""
    if not context.actor.name:
        raise Refused("name_needed", what="acknowledge")
    alert = _alert_for(world, command.prealert_id, "acknowledge")
    return [e.PreAlertAcknowledged(prealert_id=alert.prealert_id)]


@decides(c.RejectPreAlert)
def reject(world: World, command: c.RejectPreAlert, context: Context) -> list[e.Event]:
    """Says why; the held bed is released, the crew must choose again."""
    alert = _alert_for(world, command.prealert_id, "reject")
    if not command.reason.strip():
        raise Refused("reason_needed", what="reject")
    rejected = e.PreAlertRejected(prealert_id=alert.prealert_id, reason=command.reason)
    patient = patient_of(world, alert.patient_id)
    hold = world.holds.get(patient.hold_id) if patient.hold_id else None
    if hold is not None and hold.state == HoldState.ACTIVE:
        return [rejected, e.BedHoldReleased(hold_id=hold.hold_id, reason="rejected")]
    return [rejected]


@decides(c.EscalatePreAlert)
def escalate(world: World, command: c.EscalatePreAlert, context: Context) -> list[e.Event]:
    """The rung that is due, and only it; each is taken once (RELIABILITY §3.2)."""
    alert = prealert_of(world, command.prealert_id)
    taken = tuple(rung.step for rung in alert.escalations)
    if alert.sent_at is None:
        raise Refused("not_due", prealert_id=alert.prealert_id)
    rung = due_step(config_of(world).gateway, alert.state, alert.sent_at, taken, context.now)
    if rung is None or rung.name != command.step:
        raise Refused("not_due", prealert_id=alert.prealert_id)
    facility = facility_config(world, alert.facility_id)
    told = whom(rung, facility)
    return [
        e.PreAlertEscalated(
            prealert_id=alert.prealert_id, step=rung.name, tells=told.tells, name=told.name
        )
    ]


@decides(c.MarkDiversionSeen)
def diversion_seen(world: World, command: c.MarkDiversionSeen, context: Context) -> list[e.Event]:
    """A named person of the former destination knows."""
    patient = patient_of(world, command.patient_id)
    for note in patient.diversions:
        if note.from_facility_id == command.facility_id and note.seen_at is None:
            return [e.DiversionSeen(patient_id=patient.patient_id, facility_id=command.facility_id)]
    raise Refused("no_diversion", patient_id=patient.patient_id)


@decides(c.ReportFacility)
def report_facility(world: World, command: c.ReportFacility, context: Context) -> list[e.Event]:
    """Traffic status; closing or advising against wants a reason."""
    facility = facility_config(world, command.facility_id)
    if command.traffic != "normal" and not command.reason.strip():
        raise Refused("reason_needed", what="traffic")
    return [
        e.FacilityReported(
            facility_id=facility.facility_id,
            traffic=command.traffic,
            reason=command.reason,
            is_internal_disaster=command.is_internal_disaster,
        )
    ]


def _bed(world: World, facility_id: str, bed_id: str) -> BedRecord:
    bed: BedRecord | None = world.beds.get(bed_id)  # type: ignore[call-overload]
    if bed is None or bed.facility_id != facility_id:
        raise Refused("unknown_bed", bed_id=bed_id)
    return bed


@decides(c.ReportBed)
def report_bed(world: World, command: c.ReportBed, context: Context) -> list[e.Event]:
    """What is seen at the bedside; a held bed is released, never overwritten."""
    bed = _bed(world, command.facility_id, command.bed_id)
    if bed.state == BedState.HELD:
        raise Refused("bed_held", bed_id=bed.bed_id, patient_id=bed.patient_id)
    happening_of_report(bed.state, BedState(command.state))
    return [e.BedReported(facility_id=bed.facility_id, bed_id=bed.bed_id, state=command.state)]


@decides(c.HoldBed)
def hold_bed(world: World, command: c.HoldBed, context: Context) -> list[e.Event]:
    """A bed has at most one hold or patient (invariant 1); a hold is a lease, never a lock."""
    patient = patient_of(world, command.patient_id)
    bed = _bed(world, command.facility_id, command.bed_id)
    if patient.facility_id != command.facility_id:
        raise Refused("not_the_destination", patient_id=patient.patient_id)
    if patient.hold_id is not None:
        raise Refused("already_held", hold_id=patient.hold_id)
    next_state(BED, bed.state, "hold", bed_id=bed.bed_id)
    return [
        e.BedHeld(
            hold_id=BedHoldId(f"{patient.patient_id}.B{patient.hold_count + 1}"),
            bed_id=bed.bed_id,
            facility_id=bed.facility_id,
            patient_id=patient.patient_id,
            expires_at=hold_expires_at(
                config_of(world).gateway, context.now, _near(command, context)
            ),
        )
    ]


def _near(command: c.HoldBed, context: Context) -> datetime | None:
    """The ETA, kept where adding to it stays a date."""
    latest = context.now + timedelta(seconds=MAX_BED_HOLD_S)
    return min(command.eta_at, latest) if command.eta_at is not None else None


@decides(c.ReleaseBedHold)
def release_hold(world: World, command: c.ReleaseBedHold, context: Context) -> list[e.Event]:
    """Give the bed back."""
    hold = world.holds.get(command.hold_id)
    if hold is None:
        raise Refused("unknown_hold", hold_id=command.hold_id)
    next_state(HOLD, hold.state, "release", hold_id=hold.hold_id)
    return [e.BedHoldReleased(hold_id=hold.hold_id, reason=command.reason)]


@decides(c.ExpireBedHold)
def expire_hold(world: World, command: c.ExpireBedHold, context: Context) -> list[e.Event]:
    """Only when it has run out."""
    hold = world.holds.get(command.hold_id)
    is_active = hold is not None and hold.state == HoldState.ACTIVE
    if hold is None or not is_active or not has_hold_run_out(hold.expires_at, context.now):
        raise Refused("not_due", hold_id=command.hold_id)
    return [e.BedHoldExpired(hold_id=hold.hold_id)]


@decides(c.OfferHandover)
def offer_handover(world: World, command: c.OfferHandover, context: Context) -> list[e.Event]:
    """The crew is ready."""
    patient = patient_of(world, command.patient_id)
    if patient.state != PatientState.ARRIVED:
        raise Refused("patient_not_arrived", patient_id=patient.patient_id)
    next_state(HANDOVER, patient.handover, "offer")
    return [e.HandoverOffered(patient_id=patient.patient_id)]


@decides(c.AcceptHandover)
def accept_handover(world: World, command: c.AcceptHandover, context: Context) -> list[e.Event]:
    """A named person signs; the held bed becomes the patient's."""
    if not context.actor.name:
        raise Refused("name_needed", what="handover")
    patient = patient_of(world, command.patient_id)
    if patient.state != PatientState.ARRIVED:
        raise Refused("patient_not_arrived", patient_id=patient.patient_id)
    next_state(HANDOVER, patient.handover, "accept")
    events: list[e.Event] = [e.HandoverAccepted(patient_id=patient.patient_id)]
    hold = world.holds.get(patient.hold_id) if patient.hold_id else None
    if hold is not None and hold.state == HoldState.ACTIVE:
        events.append(e.BedHoldConverted(hold_id=hold.hold_id))
    return events
