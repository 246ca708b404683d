"""A county folder becomes a `CountyConfig`: the TOML tables, checked, with ids made county-wide.

`maps.county` reads the geography of the same folder; this reads what decisions depend on. Unknown
keys, missing keys and references to nothing are refused with the file and the key. Bed ids are
unique within a facility in the files and get the facility's id in front here ("H1.R1").
"""

import hashlib
import tomllib
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from dispatch.domain.config import (
    CountyConfig,
    Device,
    DispatchPolicy,
    Freshness,
    Station,
    Town,
    UnitConfig,
)
from dispatch.ids import BedId, CentreId, DeviceId, FacilityId, StationId, UnitId
from dispatch.rules.register import CURRENT
from hospital_gateway.facilities import Bed, BedKind, Centre, Facility
from hospital_gateway.policy import EscalationStep, GatewayPolicy
from maps.county import load_county
from maps.geography import CountyGeography
from maps.geojson import CountyError, convert, read_bytes

T = TypeVar("T")


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the TOML rows: every key is written out, none is guessed."""


class _Resources(_Row, frozen=True, kw_only=True):
    resus_bays: list[str]
    eicu_beds: list[str]
    ct: list[str]
    cath_lab: list[str]
    operating_rooms: list[str] = msgspec.field(name="or")


class _Facility(_Row, frozen=True, kw_only=True):
    id: str
    name_zh: str
    name_en: str
    kind: str
    level: int
    lead: bool
    lon: float
    lat: float
    phone: str
    duty_lead: str
    medical_control: str
    capabilities: list[str]
    centres: list[str]
    resources: _Resources


class _Centre(_Row, frozen=True, kw_only=True):
    id: str
    name_zh: str
    name_en: str
    full_name_zh: str
    full_name_en: str
    icon: str
    colour: str
    requires_all: list[str]
    requires_any: list[str]
    bypass_to: list[str]
    bypass_limit_min: int
    bypass_limit_counts: Literal["drive", "fmc_to_wire"]
    bypass_limit_inclusive: bool
    serves: list[str]


class _Station(_Row, frozen=True, kw_only=True):
    id: str
    name_zh: str
    name_en: str
    facility: str
    lon: float
    lat: float


class _Device(_Row, frozen=True, kw_only=True):
    id: str
    kind: str


class _Unit(_Row, frozen=True, kw_only=True):
    id: str
    call_sign: str
    kind: str
    station: str
    crew_skills: list[str]
    equipment: list[str]
    devices: list[_Device]


class _Standard(_Row, frozen=True, kw_only=True):
    send_s: int
    arrive_s: int


class _Calls(_Row, frozen=True, kw_only=True):
    answer_s: int


class _Assignment(_Row, frozen=True, kw_only=True):
    unanswered_s: int
    turnout_s: int
    undo_s: int


class _Rung(_Row, frozen=True, kw_only=True):
    step: str
    after_s: int
    without: Literal["delivered", "displayed", "acknowledged"]
    tell: Literal["emergency_department", "dispatcher", "duty_lead", "medical_control"]


class _BedHold(_Row, frozen=True, kw_only=True):
    expires_after_eta_s: int
    expires_without_eta_s: int


class _Handover(_Row, frozen=True, kw_only=True):
    offload_s: int


class _Freshness(_Row, frozen=True, kw_only=True):
    vital_numeric_s: int
    nibp_s: int
    position_s: int
    bed_s: int


class _Destination(_Row, frozen=True, kw_only=True):
    advisory_penalty_s: int
    no_bed_penalty_s: int
    inbound_penalty_s: int
    tie_s: int
    door_to_wire_s: int


class _Coverage(_Row, frozen=True, kw_only=True):
    no_unit_within_s: int


class TravelPolicy(_Row, frozen=True, kw_only=True):
    """The straight-line estimate: road length over straight line, and km/h along it."""

    detour_factor: float
    speed_kmh: float


class _Policies(_Row, frozen=True, kw_only=True):
    standards: dict[str, _Standard]
    calls: _Calls
    assignment: _Assignment
    pre_alert_ladder: list[_Rung]
    bed_hold: _BedHold
    handover: _Handover
    freshness: _Freshness
    destination: _Destination
    coverage: _Coverage
    travel: TravelPolicy


class _Rows(_Row, frozen=True, kw_only=True):
    facility: list[_Facility] = []
    centre: list[_Centre] = []
    station: list[_Station] = []
    unit: list[_Unit] = []


class County(msgspec.Struct, frozen=True, kw_only=True):
    """A county folder as read: what decides, what is drawn, how travel is estimated."""

    config: CountyConfig
    geography: CountyGeography
    travel: TravelPolicy


def read_county(folder: Path) -> County:
    """Read a county folder; raises ``CountyError`` naming the file, the key and what to do."""
    geography = load_county(folder)
    facilities = _table(folder / "facilities.toml", _Rows).facility
    centres = _table(folder / "centres.toml", _Rows).centre
    stations = _table(folder / "stations.toml", _Rows).station
    units = _table(folder / "units.toml", _Rows).unit
    policies = _table(folder / "policies.toml", _Policies)
    _check_references(folder, facilities, centres, stations, units)
    config = CountyConfig(
        county_id=geography.settings.county_id,
        digest="",
        name_zh=geography.settings.name_zh,
        name_en=geography.settings.name_en,
        zone=geography.settings.zone,
        is_schematic=geography.settings.schematic,
        towns=tuple(
            Town(
                town_id=town.code,
                name=town.name_zh,
                lon=town.position.lon,
                lat=town.position.lat,
            )
            for town in geography.area.towns
        ),
        stations=tuple(
            Station(station_id=StationId(s.id), name=s.name_zh, lon=s.lon, lat=s.lat)
            for s in stations
        ),
        units=tuple(_unit(row) for row in units),
        facilities=tuple(_facility(row) for row in facilities),
        centres=tuple(_centre(row) for row in centres),
        dispatch=_dispatch_policy(policies),
        gateway=_gateway_policy(policies),
        freshness=Freshness(
            numerics_s=policies.freshness.vital_numeric_s,
            position_s=policies.freshness.position_s,
            beds_s=policies.freshness.bed_s,
            nibp_s=policies.freshness.nibp_s,
        ),
        rules={name: rule.version for name, rule in CURRENT.items()},
    )
    digest = hashlib.sha256(msgspec.json.encode(config, order="deterministic")).hexdigest()[:16]
    named = msgspec.structs.replace(config, digest=digest)
    return County(config=named, geography=geography, travel=policies.travel)


def _table(path: Path, kind: type[T]) -> T:
    try:
        data: Any = tomllib.loads(read_bytes(path).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        what = f"is not TOML: {error}"
        raise CountyError(path, what, "Correct the line that it names") from error
    return convert(path, data, kind)


def _unit(row: _Unit) -> UnitConfig:
    return UnitConfig(
        unit_id=UnitId(row.id),
        call_sign=row.call_sign,
        kind=row.kind,
        station_id=StationId(row.station),
        crew_skills=tuple(row.crew_skills),
        equipment=tuple(row.equipment),
        devices=tuple(Device(device_id=DeviceId(d.id), kind=d.kind) for d in row.devices),
    )


def _facility(row: _Facility) -> Facility:
    bays = [(BedKind.RESUS, label) for label in row.resources.resus_bays]
    icu = [(BedKind.EICU, label) for label in row.resources.eicu_beds]
    return Facility(
        facility_id=FacilityId(row.id),
        name_zh=row.name_zh,
        name_en=row.name_en,
        kind=row.kind,
        lon=row.lon,
        lat=row.lat,
        phone=row.phone,
        capabilities=frozenset(row.capabilities),
        centres=tuple(CentreId(centre) for centre in row.centres),
        beds=tuple(
            Bed(bed_id=BedId(f"{row.id}.{label}"), kind=kind, label=label)
            for kind, label in (*bays, *icu)
        ),
        is_lead=row.lead,
        duty_lead=row.duty_lead,
        medical_control=row.medical_control,
    )


def _centre(row: _Centre) -> Centre:
    return Centre(
        centre_id=CentreId(row.id),
        name_zh=row.full_name_zh,
        name_en=row.full_name_en,
        short_zh=row.name_zh,
        short_en=row.name_en,
        icon=row.icon,
        colour=row.colour,
        requires_all=tuple(row.requires_all),
        requires_any=tuple(row.requires_any),
        bypass_to=tuple(row.bypass_to),
        bypass_limit_min=row.bypass_limit_min,
        bypass_limit_counts=row.bypass_limit_counts,
        is_bypass_limit_inclusive=row.bypass_limit_inclusive,
        serves=tuple(row.serves),
    )


def _dispatch_policy(policies: _Policies) -> DispatchPolicy:
    return DispatchPolicy(
        send_s={name: row.send_s for name, row in policies.standards.items()},
        arrive_s={name: row.arrive_s for name, row in policies.standards.items()},
        assignment_unanswered_s=policies.assignment.unanswered_s,
        turnout_s=policies.assignment.turnout_s,
        undo_s=policies.assignment.undo_s,
        answer_s=policies.calls.answer_s,
        cover_minutes=policies.coverage.no_unit_within_s // 60,
    )


def _gateway_policy(policies: _Policies) -> GatewayPolicy:
    return GatewayPolicy(
        ladder=tuple(
            EscalationStep(name=r.step, after_s=r.after_s, unless=r.without, tells=r.tell)
            for r in policies.pre_alert_ladder
        ),
        bed_hold_after_eta_s=policies.bed_hold.expires_after_eta_s,
        bed_hold_without_eta_s=policies.bed_hold.expires_without_eta_s,
        advisory_penalty_s=policies.destination.advisory_penalty_s,
        no_bed_penalty_s=policies.destination.no_bed_penalty_s,
        load_penalty_s_per_inbound=policies.destination.inbound_penalty_s,
        tie_s=policies.destination.tie_s,
        offload_standard_s=policies.handover.offload_s,
        door_to_wire_s=policies.destination.door_to_wire_s,
    )


def _check_references(
    folder: Path,
    facilities: list[_Facility],
    centres: list[_Centre],
    stations: list[_Station],
    units: list[_Unit],
) -> None:
    centre_ids = {row.id for row in centres}
    station_ids = {row.id for row in stations}
    for facility in facilities:
        for centre in facility.centres:
            if centre not in centre_ids:
                what = f"{facility.id}.centres: {centre}"
                _nothing(folder / "facilities.toml", what, "centres.toml")
    for unit in units:
        if unit.station not in station_ids:
            _nothing(folder / "units.toml", f"{unit.id}.station: {unit.station}", "stations.toml")
    for name, rows in (("facilities", facilities), ("units", units), ("stations", stations)):
        ids = [row.id for row in rows]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise CountyError(
                folder / f"{name}.toml", f"id {twice[0]} stands twice", "Give each its own id"
            )


def _nothing(path: Path, what: str, where: str) -> None:
    raise CountyError(path, f"{what} names nothing", f"Use an id of {where}")
