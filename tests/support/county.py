"""A county small enough to hold in the head: four units, three facilities, two centres, five beds.

H1 can do everything, H2 is an emergency department without the centres, H3 fails every gate. For
tests of the core; tests of a real folder read deploy/counties.
"""

import hashlib

import msgspec

from dispatch.domain.config import (
    CountyConfig,
    DispatchPolicy,
    Freshness,
    Station,
    Town,
    UnitConfig,
)
from dispatch.ids import BedId, CentreId, CountyId, FacilityId, StationId, UnitId
from hospital_gateway.facilities import Bed, BedKind, Centre, Facility
from hospital_gateway.policy import GatewayPolicy

UNITS = ("N01", "N02", "N03", "N04")
FACILITIES = ("H1", "H2", "H3")
CENTRES = ("chest_pain", "stroke")
ALL = frozenset({"ed_24h", "resus", "ct_24h", "lysis_stroke", "lysis_stemi", "ppci"})
BEDS = {"H1": ("R1", "R2"), "H2": ("R1", "R2"), "H3": ("R1",)}
CAPABILITIES = {"H1": ALL, "H2": frozenset({"ed_24h", "resus"}), "H3": frozenset[str]()}


def _facility(facility_id: str, number: int) -> Facility:
    return Facility(
        facility_id=FacilityId(facility_id),
        name_zh=f"医院{facility_id}",
        name_en=f"Hospital {facility_id}",
        kind="hospital",
        lon=112.40 + number / 100,
        lat=29.36,
        phone="0737-000 1000",
        capabilities=CAPABILITIES[facility_id],
        centres=tuple(map(CentreId, CENTRES)) if facility_id == "H1" else (),
        beds=tuple(
            Bed(bed_id=BedId(f"{facility_id}.{label}"), kind=BedKind.RESUS, label=label)
            for label in BEDS[facility_id]
        ),
        is_lead=facility_id == "H1",
        duty_lead="赵启林" if facility_id != "H3" else "",
        medical_control="何志远",
    )


def _centre(centre_id: str, needs: tuple[str, ...]) -> Centre:
    return Centre(
        centre_id=CentreId(centre_id),
        name_zh=centre_id,
        name_en=centre_id,
        short_zh=centre_id,
        short_en=centre_id,
        icon=centre_id,
        colour="#334455",
        requires_all=needs,
    )


def county(
    units: tuple[str, ...] = UNITS,
    facilities: tuple[str, ...] = FACILITIES,
) -> CountyConfig:
    """The county, or a version of it with fewer units or facilities; the digest names it."""
    station = StationId("S1")
    plain = CountyConfig(
        county_id=CountyId("testcounty"),
        digest="",
        name_zh="试县",
        name_en="Test County",
        zone="Asia/Shanghai",
        is_schematic=True,
        towns=(
            Town(town_id="T1", name="东镇", lon=112.45, lat=29.36),
            Town(town_id="T2", name="西镇", lon=112.35, lat=29.36),
        ),
        stations=(Station(station_id=station, name="站", lon=112.40, lat=29.36),),
        units=tuple(
            UnitConfig(
                unit_id=UnitId(unit_id),
                call_sign=f"南{unit_id}",
                kind="ALS",
                station_id=station,
                equipment=("defib",),
            )
            for unit_id in units
        ),
        facilities=tuple(_facility(name, number) for number, name in enumerate(facilities)),
        centres=(
            _centre("chest_pain", ("ppci",)),
            _centre("stroke", ("ct_24h", "lysis_stroke")),
        ),
        dispatch=DispatchPolicy(send_s={"P1": 120, "P2": 180}),
        gateway=GatewayPolicy(),
        freshness=Freshness(),
    )
    digest = hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()[:16]
    return msgspec.structs.replace(plain, digest=digest)
