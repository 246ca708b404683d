"""What a facility can take at this moment, counted from the world."""

from dispatch.domain.states import PatientState
from dispatch.domain.world import FacilityRecord, World
from dispatch.ids import PatientId
from hospital_gateway.beds import tally
from hospital_gateway.facilities import Capacity, Facility

COMING = (PatientState.ATTENDED, PatientState.ABOARD)


def inbound_count(world: World, facility_id: str, besides: PatientId | None = None) -> int:
    """Patients on their way to a facility, one of them left out when ``besides`` names it."""
    return sum(
        patient.facility_id == facility_id
        and patient.state in COMING
        and patient.patient_id != besides
        for patient in world.patients.values()
    )


def capacity_of(world: World, facility: Facility, besides: PatientId | None = None) -> Capacity:
    """Traffic status, beds by kind, patients on their way; nobody is in his own way."""
    record = world.facilities.get(facility.facility_id)
    if record is None:
        record = FacilityRecord(facility_id=facility.facility_id)
    beds = [world.beds[bed.bed_id] for bed in facility.beds if bed.bed_id in world.beds]
    free, total = tally((bed.bed_kind, bed.state) for bed in beds)
    return Capacity(
        traffic=record.traffic,
        traffic_reason=record.reason,
        is_internal_disaster=record.is_internal_disaster,
        free=free,
        total=total,
        inbound=inbound_count(world, facility.facility_id, besides),
    )
