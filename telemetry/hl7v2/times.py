"""HL7 times (DTM, TS) to UTC, with what was said of their zone. Pure.

A time without a zone has that of MSH-7 (HL7 v2.5.1, 2.15.9.7) when MSH-7 has one, then the zone
that whoever reads the message supplies; without either it stays as it is and says so.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, Literal

import msgspec

ZoneBy = Literal["stated", "MSH-7", "supplied", "not stated"]

_TIME: Final = re.compile(
    r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(?:(\d\d)(?:\.(\d{1,6}))?)?)?(?:([+-])(\d\d)(\d\d))?",
    re.ASCII,
)
_OFFSET_MAX: Final = timedelta(hours=24)


class Instant(msgspec.Struct, frozen=True, kw_only=True):
    """``at``: ISO 8601 in UTC, or without a zone when none is known."""

    at: str
    zone: ZoneBy

    @property
    def utc(self) -> datetime | None:
        """None without a zone."""
        return None if self.zone == "not stated" else datetime.fromisoformat(self.at)


class Zones(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of zones before a time is read."""

    of_message: timezone | None = None
    supplied: timezone | None = None


def zone_of(text: str) -> timezone | None:
    """The zone of a time, or of "+0800" alone; None where there is none."""
    found = re.search(r"([+-])([0-9]{2}):?([0-9]{2})$", text.strip())
    return None if found is None else _zone(found[1], found[2], found[3])


def read_time(text: str, zones: Zones) -> Instant | None:
    """A time of at least a day and an hour; None for less, for nothing, and for no time."""
    found = _TIME.fullmatch(text.strip())
    if found is None or found[4] is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    fraction = int((found[7] or "0").ljust(6, "0"))
    try:
        local = datetime(year, month, day, hour, minute, second, fraction)
    except ValueError:
        return None
    stated = None if found[8] is None else _zone(found[8], found[9], found[10])
    if found[8] is not None and stated is None:
        return None
    for zone, by in ((stated, "stated"), (zones.of_message, "MSH-7"), (zones.supplied, "supplied")):
        if zone is not None:
            return _in_utc(local, zone, by)  # type: ignore[arg-type]
    return Instant(at=local.isoformat(), zone="not stated")


def _in_utc(local: datetime, zone: timezone, by: ZoneBy) -> Instant | None:
    try:
        utc = local.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:  # the first and the last day of the calendar
        return None
    return Instant(at=utc.isoformat().replace("+00:00", "Z"), zone=by)


def _zone(sign: str, hours: str, minutes: str) -> timezone | None:
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset >= _OFFSET_MAX or int(minutes) > 59:
        return None
    return timezone(-offset if sign == "-" else offset)
