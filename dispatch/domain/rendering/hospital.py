"""Documents of the hospital side: county, facilities, pre-alerts, inbound patients."""

from dispatch.domain import documents as d
from dispatch.domain.capacity import inbound_count
from dispatch.domain.config import CountyConfig
from dispatch.domain.rendering.incident import call_sign, ecg_views, town_name
from dispatch.domain.rendering.people import People, identity, masked_name
from dispatch.domain.states import PatientState
from dispatch.domain.world import BedRecord, Patient, PreAlert, World
from hospital_gateway.facilities import Facility
from hospital_gateway.policy import GatewayPolicy
from hospital_gateway.prealert import next_step, whom


def _acknowledge_s(policy: GatewayPolicy) -> int:
    """The standard of an answer: when the ladder first calls somebody because none came."""
    waits = (step.after_s for step in policy.ladder if step.unless == "acknowledged")
    return min(waits, default=policy.ladder[-1].after_s)


def county_doc(config: CountyConfig) -> d.CountyDoc:
    """The county as every screen knows it."""
    dispatch, gateway, fresh = config.dispatch, config.gateway, config.freshness
    return d.CountyDoc(
        id=config.county_id,
        name_zh=config.name_zh,
        name_en=config.name_en,
        zone=config.zone,
        is_schematic=config.is_schematic,
        digest=config.digest,
        towns=[d.NamedPoint(id=t.town_id, name=t.name, lon=t.lon, lat=t.lat) for t in config.towns],
        stations=[
            d.NamedPoint(id=s.station_id, name=s.name, lon=s.lon, lat=s.lat)
            for s in config.stations
        ],
        centres=[
            d.CentreLook(
                id=c.centre_id,
                name_zh=c.name_zh,
                name_en=c.name_en,
                short_zh=c.short_zh,
                short_en=c.short_en,
                icon=c.icon,
                colour=c.colour,
            )
            for c in config.centres
        ],
        standards=d.Standards(
            send_s=dispatch.send_s,
            arrive_s=dispatch.arrive_s,
            answer_s=dispatch.answer_s,
            turnout_s=dispatch.turnout_s,
            undo_s=dispatch.undo_s,
            acknowledge_s=_acknowledge_s(gateway),
            offload_s=gateway.offload_standard_s,
            numerics_fresh_s=fresh.numerics_s,
            position_fresh_s=fresh.position_s,
            beds_fresh_s=fresh.beds_s,
            nibp_fresh_s=fresh.nibp_s,
            cover_minutes=dispatch.cover_minutes,
        ),
    )


def bed_view(world: World, people: People, bed: BedRecord, shows_patient: bool) -> d.BedView:
    """One bed; the patient's masked name only to the facility's own staff and the console."""
    hold = world.holds.get(bed.hold_id) if bed.hold_id else None
    patient = world.patients.get(bed.patient_id) if bed.patient_id else None
    name = identity(people, patient.person_id).name if patient and shows_patient else ""
    return d.BedView(
        bed_id=bed.bed_id,
        label=bed.label,
        bed_kind=bed.bed_kind.value,
        state=bed.state.value,
        since=bed.since,
        hold_id=bed.hold_id,
        held_for=bed.patient_id if hold and shows_patient else None,
        hold_expires_at=hold.expires_at if hold else None,
        patient=masked_name(name),
    )


def facility_doc(
    world: World, people: People, facility: Facility, shows_patients: bool
) -> d.FacilityDoc:
    """One hospital or clinic with its beds and their ages."""
    record = world.facilities[facility.facility_id]
    beds = [world.beds[bed.bed_id] for bed in facility.beds]
    return d.FacilityDoc(
        id=facility.facility_id,
        name_zh=facility.name_zh,
        name_en=facility.name_en,
        facility_kind=facility.kind,
        lon=facility.lon,
        lat=facility.lat,
        phone=facility.phone,
        capabilities=sorted(facility.capabilities),
        centres=list(facility.centres),
        traffic=record.traffic.value,
        traffic_reason=record.reason,
        traffic_at=record.traffic_at,
        traffic_by=record.traffic_by,
        reported_at=record.reported_at,
        beds=[bed_view(world, people, bed, shows_patients) for bed in beds],
        inbound=inbound_count(world, facility.facility_id),
    )


def prealert_doc(config: CountyConfig, alert: PreAlert) -> d.PreAlertDoc:
    """One pre-alert with the rungs taken and the next one due."""
    taken = tuple(rung.step for rung in alert.escalations)
    coming = None
    if alert.sent_at is not None:
        coming = next_step(config.gateway, alert.state, alert.sent_at, taken)
    rung, at = coming if coming is not None else (None, None)
    facility = next((f for f in config.facilities if f.facility_id == alert.facility_id), None)
    told = whom(rung, facility) if rung is not None and facility is not None else None
    return d.PreAlertDoc(
        id=alert.prealert_id,
        patient_id=alert.patient_id,
        unit_id=alert.unit_id,
        facility_id=alert.facility_id,
        colour=alert.colour,  # type: ignore[arg-type]
        state=alert.state.value,
        created_at=alert.created_at,
        sent_at=alert.sent_at,
        delivered_at=alert.delivered_at,
        displayed_at=alert.displayed_at,
        acknowledged_at=alert.acknowledged_at,
        acknowledged_by=alert.acknowledged_by,
        rejected_at=alert.rejected_at,
        rejected_by=alert.rejected_by,
        reason=alert.reason,
        escalations=[
            d.EscalationView(step=rung.step, at=rung.at, tells=rung.tells, name=rung.name)
            for rung in alert.escalations
        ],
        next_step=rung.name if rung is not None else None,
        next_step_at=at,
        next_step_tells=(told.name or told.tells) if told is not None else "",
        is_escalated=bool(alert.escalations),
    )


def _diversion(config: CountyConfig, patient: Patient, facility_id: str) -> d.Diversion | None:
    for note in patient.diversions:
        is_elsewhere = patient.facility_id != facility_id or not note.to_facility_id
        if note.from_facility_id == facility_id and is_elsewhere:
            to = next((f for f in config.facilities if f.facility_id == note.to_facility_id), None)
            return d.Diversion(
                to_name=to.name_zh if to else note.to_facility_id,
                at=note.at,
                by=note.by,
                reason=note.reason,
                seen_by=note.seen_by,
                seen_at=note.seen_at,
            )
    return None


def is_inbound(patient: Patient, facility_id: str) -> bool:
    """Announced to this facility and neither diverted nor handed over."""
    coming = patient.facility_id == facility_id and patient.prealert_id is not None
    gone = (PatientState.HANDED_OVER, PatientState.LEFT_ON_SCENE, PatientState.REPORTED)
    return coming and patient.state not in gone


def _inbound_state(patient: Patient, diverted: d.Diversion | None) -> str:
    if diverted is not None:
        return "diverted"
    return "arrived" if patient.state == PatientState.ARRIVED else "inbound"


def inbound_doc(
    world: World, config: CountyConfig, people: People, patient: Patient, facility_id: str
) -> d.InboundDoc | None:
    """A card of one hospital's board, or None when the patient is not that hospital's."""
    diverted = _diversion(config, patient, facility_id)
    if not is_inbound(patient, facility_id) and diverted is None:
        return None
    incident = world.incidents[patient.incident_id]
    level, before = patient.level, patient.previous_level
    bed = None
    if diverted is None and patient.hold_id is not None:
        bed = world.beds.get(world.holds[patient.hold_id].bed_id)
    return d.InboundDoc(
        id=patient.patient_id,
        facility_id=facility_id,
        incident_id=incident.incident_id,
        unit_id=patient.unit_id or "",
        call_sign=call_sign(config, patient.unit_id),
        priority=incident.priority,
        centres=list(patient.centres),
        complaint=incident.complaint,
        name=masked_name(identity(people, patient.person_id).name),
        age_years=patient.age_years,
        sex=patient.sex,  # type: ignore[arg-type]
        is_pregnant=patient.is_pregnant,
        town=town_name(config, incident.town_id),
        state=_inbound_state(patient, diverted),  # type: ignore[arg-type]
        rang_at=incident.rang_at,
        boarded_at=patient.boarded_at,
        arrived_at=patient.arrived_at,
        level=level.level if level else "unknown",
        level_at=level.at if level else None,
        previous_level=before.level if before else "",
        news2=level.total if level else None,
        news2_lower_bound=level.lower_bound if level else None,
        previous_news2=before.total if before else None,
        previous_news2_at=before.at if before else None,
        feed_lost_at=patient.feed_lost_at if diverted is None else None,
        acvpu=patient.acvpu,
        on_oxygen=patient.on_oxygen,
        atmist=patient.atmist,
        prealert_id=patient.prealert_id if diverted is None else None,
        bed=bed_view(world, people, bed, shows_patient=True) if bed else None,
        handover=patient.handover.value,
        handover_offered_at=patient.handover_offered_at,
        handover_by=patient.handover_by,
        handover_at=patient.handover_at,
        diverted=diverted,
        ecgs=ecg_views(patient) if diverted is None else [],
    )
