"""A county's configuration as it enters the log: places, units, facilities, centres, policies.

Configuration is versioned by events (`CountyConfigured`), so that any day replays under its own
county. Reading the folder of plain files is `dispatch.county`; drawing the map is `maps`.
"""

import msgspec

from dispatch.domain.clinical import ClinicalPolicies
from dispatch.ids import CountyId, DeviceId, StationId, UnitId
from hospital_gateway.facilities import Centre, Facility
from hospital_gateway.policy import GatewayPolicy
from maps.network.policy import RoadPolicy


class Town(msgspec.Struct, frozen=True, kw_only=True):
    """A township: its name and seat in WGS-84 degrees."""

    town_id: str
    name: str
    lon: float
    lat: float


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """A place where units wait."""

    station_id: StationId
    name: str
    lon: float
    lat: float


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A monitor or tracker that publishes under its unit's topics."""

    device_id: DeviceId
    kind: str


class UnitConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One ambulance and its crew as planned."""

    unit_id: UnitId
    call_sign: str
    kind: str
    station_id: StationId
    crew_skills: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    devices: tuple[Device, ...] = ()


class Freshness(msgspec.Struct, frozen=True, kw_only=True):
    """Ages in seconds after which a value is shown grey (UX rule 1)."""

    numerics_s: int = 10
    position_s: int = 30
    beds_s: int = 900
    nibp_s: int = 600


class DispatchPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The dispatcher's standards, in seconds; owned by the county's medical director.

    ``send_s`` and ``arrive_s`` are standards by priority; the others start a reminder when passed.
    """

    send_s: dict[str, int] = {}
    arrive_s: dict[str, int] = {}
    assignment_unanswered_s: int = 30
    turnout_s: int = 180
    undo_s: int = 10
    answer_s: int = 10
    cover_minutes: int = 20


class CountyConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the decisions of one county depend on; ``digest`` names this very content.

    ``rules`` are the versions of the clinical rules in force, by name: they enter the log with the
    rest, so that the rules of any day are known. Empty before rules had versions. ``clinical`` are
    the numbers of those rules that are the county's to set, ``roads`` those of driving; before they
    were kept, the defaults.
    """

    county_id: CountyId
    digest: str
    name_zh: str
    name_en: str
    zone: str
    is_schematic: bool
    towns: tuple[Town, ...]
    stations: tuple[Station, ...]
    units: tuple[UnitConfig, ...]
    facilities: tuple[Facility, ...]
    centres: tuple[Centre, ...]
    dispatch: DispatchPolicy
    gateway: GatewayPolicy
    freshness: Freshness
    rules: dict[str, str] = {}
    clinical: ClinicalPolicies = ClinicalPolicies()
    roads: RoadPolicy = RoadPolicy()
