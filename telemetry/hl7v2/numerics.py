"""A device's report as samples of contract v1: the numerics of one instant together. Pure.

A number whose time nobody states with a zone is of the moment it arrives: monitors send what they
show. Of two numbers of one code and instant the first is taken, as the device lists its main one
first; the other stays in the report.
"""

from datetime import datetime

import msgspec

from telemetry.codes import NIBP, Code
from telemetry.contract import Numeric
from telemetry.hl7v2.model import Report, Vital


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What a `Vitals` message holds beside its envelope; ``observed_at`` in UTC."""

    observed_at: datetime
    numerics: dict[Code, Numeric]


def samples_of(report: Report, received_at: datetime) -> tuple[Sample, ...]:
    """The samples of a report, oldest first; ``received_at`` in UTC."""
    by_instant: dict[datetime, dict[Code, Numeric]] = {}
    for vital in report.vitals:
        at = _at(vital, received_at)
        numerics = by_instant.setdefault(at, {})
        if vital.code not in numerics:
            numerics[vital.code] = Numeric(
                value=vital.value,
                unit=vital.unit,
                quality=vital.quality,
                measured_at=at if vital.code in NIBP else None,
            )
    return tuple(Sample(observed_at=at, numerics=by_instant[at]) for at in sorted(by_instant))


def _at(vital: Vital, received_at: datetime) -> datetime:
    stated = None if vital.at is None else vital.at.utc
    return received_at if stated is None else stated
