"""What commands are made of: who asks, persons, places, evidence, and the base of all commands."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from dispatch.ids import CommandId, FacilityId, UnitId, UserId
from maps.coordinates import Wgs84

Priority = Literal["P1", "P2", "P3", "P4"]
Sex = Literal["male", "female", "unknown"]
Line = Annotated[str, msgspec.Meta(max_length=200)]
Words = Annotated[str, msgspec.Meta(max_length=1000)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time without a zone is no time: it is refused where it comes in."""
AgeYears = Annotated[int, msgspec.Meta(ge=0, le=130)]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: a signed-in person, a device's ingest, or the system's own deadlines.

    ``unit_id`` and ``facility_id`` bound what a crew or a hospital's staff may touch.
    """

    role: Literal["dispatcher", "crew", "hospital", "admin", "ingest", "system"]
    user_id: UserId | None = None
    name: str = ""
    unit_id: UnitId | None = None
    facility_id: FacilityId | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Personal data of a caller or patient: goes to the identity store, never into the log."""

    name: Line = ""
    phone: Line = ""
    id_number: Line = ""


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address as told; text goes to the identity store, the WGS-84 point into the log.

    Raises ``CoordinateError`` (a ``ValueError``) for a point that is no place.
    """

    lon: Longitude
    lat: Latitude
    address: Line = ""
    landmark: Line = ""
    is_read_back: bool = False

    def __post_init__(self) -> None:
        Wgs84(lon=self.lon, lat=self.lat)  # 0,0 is a lost fix: refused where it is decoded


class NewPatient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of a patient when first reported."""

    person: Person = Person()
    age_years: AgeYears | None = None
    sex: Sex = "unknown"
    is_pregnant: bool = False


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One ranked choice as it was offered: who or where, how long, why, and what it costs.

    ``duration_p80_s`` and ``method`` are unknown of what was kept before roads were.
    """

    id: str
    duration_s: int
    distance_m: int
    reasons: tuple[str, ...]
    penalty_s: int = 0
    is_capable: bool = True
    duration_p80_s: int | None = None
    method: str = ""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What was computed before a decision was taken, kept with it."""

    computed_at: datetime
    method: str
    rule: str
    options: tuple[Option, ...]


class Command(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="command"
):
    """Base: ``command_id`` is the client's UUID, ``occurred_at`` the true time when offline."""

    command_id: Annotated[CommandId, msgspec.Meta(min_length=8, max_length=64)]
    occurred_at: Instant | None = None
