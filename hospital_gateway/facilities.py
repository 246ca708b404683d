"""Facilities, the centres they run, their beds and their traffic status, as values.

What a facility can do is configuration (`facilities.toml`, `centres.toml` of a county folder) and
enters the event log as part of the county's versioned configuration. What it reports while the day
goes on (traffic, beds) are events of `dispatch.domain`. The list of centres is data: a county may
run four, five or seven. Choosing between facilities is `hospital_gateway.destination`.
"""

from enum import StrEnum
from typing import Literal

import msgspec

from dispatch.ids import BedId, CentreId, FacilityId


class Traffic(StrEnum):
    """Whether ambulances are welcome; the three values of EDXL-HAVE EMSTrafficStatus."""

    NORMAL = "normal"
    ADVISORY = "advisory"
    CLOSED = "closed"


class BedKind(StrEnum):
    """The beds that an inbound patient can be given before arriving."""

    RESUS = "resus"
    EICU = "eicu"


class BedState(StrEnum):
    """What a bed is doing; `hospital_gateway.beds` holds the table."""

    FREE = "free"
    HELD = "held"
    OCCUPIED = "occupied"
    CLEANING = "cleaning"
    BLOCKED = "blocked"


class Bed(msgspec.Struct, frozen=True, kw_only=True):
    """One resus bay or EICU bed as configured; ids are unique within a county ("H1.R1")."""

    bed_id: BedId
    kind: BedKind
    label: str


class Centre(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of centre: its names, its look and the capabilities its patients need.

    A facility passes the centre's gate when it has every capability of ``requires_all`` and at
    least one of ``requires_any`` (an empty tuple asks for nothing). A centre that names neither
    asks that the facility runs it: a gate that everybody passes would be none.

    ``bypass_to`` are the capabilities of the higher centre, best first, for which a nearer
    facility that would do may be driven past; ``bypass_limit_min`` is the longest time, in minutes,
    for which that is right: of the drive, or from first medical contact to wire (clinical
    reference §4, POLICY).

    ``serves`` are the pathways whose patients this centre takes (`dispatch.triage.need`); empty
    means the one of the centre's own id.
    """

    centre_id: CentreId
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    icon: str
    colour: str
    requires_all: tuple[str, ...] = ()
    requires_any: tuple[str, ...] = ()
    bypass_to: tuple[str, ...] = ()
    bypass_limit_min: int = 60
    bypass_limit_counts: Literal["drive", "fmc_to_wire"] = "drive"
    is_bypass_limit_inclusive: bool = True
    serves: tuple[str, ...] = ()


class Facility(msgspec.Struct, frozen=True, kw_only=True):
    """One hospital, sub-centre or clinic as configured; lon and lat in WGS-84 degrees."""

    facility_id: FacilityId
    name_zh: str
    name_en: str
    kind: str
    lon: float
    lat: float
    phone: str
    capabilities: frozenset[str]
    centres: tuple[CentreId, ...] = ()
    beds: tuple[Bed, ...] = ()
    is_lead: bool = False
    duty_lead: str = ""
    medical_control: str = ""


class Capacity(msgspec.Struct, frozen=True, kw_only=True):
    """What destination choice needs to know of a facility's present load.

    ``free`` and ``total`` count beds by kind; ``inbound`` counts patients on their way there.
    ``unavailable`` are capabilities it has but cannot offer now (a cath lab shut for the night).
    ``unknown_beds`` are kinds that nobody reported: not counted as free, nor as none.
    """

    traffic: Traffic = Traffic.NORMAL
    traffic_reason: str = ""
    is_internal_disaster: bool = False
    free: dict[BedKind, int] = {}
    total: dict[BedKind, int] = {}
    inbound: int = 0
    unavailable: frozenset[str] = frozenset()
    unknown_beds: frozenset[BedKind] = frozenset()
