"""Builders for the telemetry unit tests: messages, contexts and a clock that is only numbers."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dispatch.ids import DeviceId, PatientId, UnitId
from telemetry.codes import RULES, Code
from telemetry.contract import Numeric, Position, Status, Vitals
from telemetry.ports import PatientContext
from telemetry.position import Box
from telemetry.window import Arrival

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MONITOR = DeviceId("MON-07")
UNIT = UnitId("N07")
BOX = Box(west=112.1, south=29.0, east=112.8, north=29.6)
NORMAL: dict[Code, float] = {
    "heart_rate": 72,
    "spo2": 97,
    "resp_rate": 16,
    "nibp_systolic": 120,
    "nibp_diastolic": 80,
    "temperature": 36.8,
}
SICK: dict[Code, float] = {**NORMAL, "heart_rate": 135, "spo2": 90, "resp_rate": 28}


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def arrival(second: float) -> Arrival:
    return Arrival(received_at=at(second), now_s=1000.0 + second)


def numeric(code: Code, value: float | None, **more: Any) -> Numeric:
    return Numeric(value=value, unit=RULES[code].unit, **more)


def vitals(
    seq: int,
    second: float,
    values: Mapping[Code, float] = NORMAL,
    *,
    boot_id: str = "b00t-0001",
    **more: Any,
) -> Vitals:
    return Vitals(
        v=1,
        boot_id=boot_id,
        seq=seq,
        observed_at=at(second),
        numerics={code: numeric(code, value) for code, value in values.items()},
        **more,
    )


def position(seq: int, second: float, lon: float, lat: float, **more: Any) -> Position:
    more = {"datum": "WGS84", **more}
    return Position(
        v=1, boot_id="b00t-0001", seq=seq, observed_at=at(second), lon=lon, lat=lat, **more
    )


def status(seq: int, second: float, state: Any, boot_id: str = "b00t-0001") -> Status:
    return Status(v=1, boot_id=boot_id, seq=seq, observed_at=at(second), state=state)


def context(**changes: Any) -> PatientContext:
    fields: dict[str, Any] = {
        "unit_id": UNIT,
        "patient_id": PatientId("I-1.P1"),
        "age_years": 61,
        "acvpu": "A",
        "on_oxygen": False,
    }
    return PatientContext(**{**fields, **changes})
