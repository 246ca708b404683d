"""A county folder becomes a `CountyConfig`: the TOML tables, checked, with ids made county-wide.

`maps.county` reads the geography of the same folder, `dispatch.county_policies` its numbers; this
reads the rest of what decisions depend on. Unknown keys, missing keys and references to nothing
are refused with the file and the key. Bed ids are unique within a facility in the files and get
the facility's id in front here ("H1.R1").
"""

import hashlib
import re
from pathlib import Path
from typing import Literal

import msgspec

from dispatch.county_policies import (
    CountyPolicies,
    Row,
    TravelPolicy,
    dispatch_policy,
    freshness,
    gateway_policy,
    read_clinical,
    read_roads,
    read_table,
)
from dispatch.domain.config import CountyConfig, Device, Station, Town, UnitConfig
from dispatch.ids import BedId, CentreId, DeviceId, FacilityId, StationId, UnitId
from dispatch.rules.register import CURRENT
from hospital_gateway.facilities import Bed, BedKind, Centre, Facility
from maps.county import load_county
from maps.geography import CountyGeography
from maps.geojson import CountyError
from telemetry.contract import Datum
from telemetry.jt808.session import Enrolled


class _Resources(Row, frozen=True, kw_only=True):
    resus_bays: list[str]
    eicu_beds: list[str]
    ct: list[str]
    cath_lab: list[str]
    operating_rooms: list[str] = msgspec.field(name="or")


class _Facility(Row, frozen=True, kw_only=True):
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


class _Centre(Row, frozen=True, kw_only=True):
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


class _Station(Row, frozen=True, kw_only=True):
    id: str
    name_zh: str
    name_en: str
    facility: str
    lon: float
    lat: float


class _Terminal(Row, frozen=True, kw_only=True):
    terminal: str
    code: str = ""
    datum: Datum | None = None
    model: str = ""
    must_authenticate: bool = True
    counts_serials: bool = True


class _Device(Row, frozen=True, kw_only=True):
    id: str
    kind: str
    jt808: _Terminal | None = None


class _Unit(Row, frozen=True, kw_only=True):
    id: str
    call_sign: str
    kind: str
    station: str
    crew_skills: list[str]
    equipment: list[str]
    devices: list[_Device]


class _Rows(Row, frozen=True, kw_only=True):
    facility: list[_Facility] = msgspec.field(default_factory=list)
    centre: list[_Centre] = msgspec.field(default_factory=list)
    station: list[_Station] = msgspec.field(default_factory=list)
    unit: list[_Unit] = msgspec.field(default_factory=list)


class County(msgspec.Struct, frozen=True, kw_only=True):
    """A county folder as read: what decides, what is drawn, how travel is estimated.

    ``terminals`` are those that speak JT/T 808 to the centre; they stay out of ``config`` and so
    out of the log, because a code may stand there.
    """

    config: CountyConfig
    geography: CountyGeography
    travel: TravelPolicy
    terminals: tuple[Enrolled, ...] = ()


def read_county(folder: Path) -> County:
    """Read a county folder; raises ``CountyError`` naming the file, the key and what to do."""
    geography = load_county(folder)
    facilities = read_table(folder / "facilities.toml", _Rows).facility
    centres = read_table(folder / "centres.toml", _Rows).centre
    stations = read_table(folder / "stations.toml", _Rows).station
    units = read_table(folder / "units.toml", _Rows).unit
    policies = read_table(folder / "policies.toml", CountyPolicies)
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
        dispatch=dispatch_policy(policies),
        gateway=gateway_policy(policies),
        freshness=freshness(policies),
        rules={name: rule.version for name, rule in CURRENT.items()},
        clinical=read_clinical(folder),
        roads=read_roads(folder),
    )
    digest = hashlib.sha256(msgspec.json.encode(config, order="deterministic")).hexdigest()[:16]
    named = msgspec.structs.replace(config, digest=digest)
    return County(
        config=named,
        geography=geography,
        travel=policies.travel,
        terminals=_terminals(folder / "units.toml", units),
    )


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


def _terminals(path: Path, units: list[_Unit]) -> tuple[Enrolled, ...]:
    """The terminals of all units; each terminal and each such device stands once."""
    found: dict[str, Enrolled] = {}
    devices = [device.id for unit in units for device in unit.devices]
    for unit in units:
        for device in unit.devices:
            terminal = device.jt808
            if terminal is None:
                continue
            ident = terminal.terminal.lstrip("0")
            if not re.fullmatch(r"[0-9]{1,20}", ident):
                what = f"{device.id}.jt808.terminal: {terminal.terminal!r}"
                raise CountyError(path, what, "Write the terminal's number, at most 20 digits")
            if not re.fullmatch(r"[A-Z0-9-]{3,32}", device.id) or devices.count(device.id) > 1:
                what = f"{device.id}: the id of a JT/T 808 device"
                raise CountyError(path, what, "Use 3 to 32 capitals, digits and -, once a county")
            if ident in found:
                what = f"{device.id}.jt808.terminal: {ident} stands twice"
                raise CountyError(path, what, "Give each terminal to one device")
            found[ident] = Enrolled(
                terminal_id=ident,
                unit_id=UnitId(unit.id),
                device_id=DeviceId(device.id),
                code=terminal.code,
                datum=terminal.datum,
                model=terminal.model,
                must_authenticate=terminal.must_authenticate,
                counts_serials=terminal.counts_serials,
            )
    return tuple(found.values())


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
