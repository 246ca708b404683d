"""The health of the county's devices, and what could not be read of what they sent.

``GET /api/devices``                              every unit's devices, problems first
``GET /api/devices/quarantine?source=&reason=``   raw payloads with their counts, newest first

The first is for the dispatcher and the administrator. The second may hold a patient: it is for the
administrator alone, never leaves out who looked, and is bounded in rows and bytes. What is a
problem is said in `dispatch.http.device_report`.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg
import msgspec
from fastapi import APIRouter, Request, Response

from dispatch.errors import Refused
from dispatch.http.auth import Me
from dispatch.http.device_report import (
    DeviceReport,
    Heard,
    LinkReport,
    UnitNow,
    report_of,
    unit_devices,
)
from dispatch.http.guard import answer, services, signed_in
from dispatch.http.services import Services
from dispatch.limits import (
    DEVICE_ROWS_LOOKED_AT,
    QUARANTINE_COUNTED_S,
    QUARANTINE_LISTED_MAX,
    QUARANTINE_SHOWN_BYTES,
)
from dispatch.log.database import fetch

router = APIRouter(tags=["devices"])

_STAMP: Final = "unit_id, device_id, received_at, seq, skew_ms"
_LINK: Final = (
    "queued, dropped, queued_bytes, oldest_s, confirmed_s, round_trip_ms, network, version"
)
_COLUMNS: Final = {
    "vital_sample": _STAMP,
    "position_fix": _STAMP,
    "device_status": f"{_STAMP}, state, battery_pct",
    "device_link": f"{_STAMP}, {_LINK}",
}
_NEWEST: Final = """
SELECT r.* FROM unnest($1::text[]) AS u (unit_id) CROSS JOIN LATERAL (
    SELECT DISTINCT ON (n.device_id) n.* FROM (
        SELECT {columns} FROM {table} AS t WHERE t.unit_id = u.unit_id
        ORDER BY true_at DESC LIMIT $2
    ) AS n ORDER BY n.device_id, n.received_at DESC, n.seq DESC
) AS r"""
_CURSORS: Final = """
SELECT device_id, max(updated_at) AS received_at FROM device_cursor
WHERE device_id = ANY($1::text[]) GROUP BY device_id"""
_COUNTS: Final = """
SELECT source, reason, sum(count)::bigint AS count FROM quarantine
WHERE last_at > $1 GROUP BY source, reason"""
_QUARANTINE: Final = """
SELECT source, reason, topic, detail, device_id, boot_id, seq, raw_bytes, first_at, last_at, count,
       substr(raw, 1, $3) AS raw
FROM quarantine
WHERE ($1::text IS NULL OR source = $1) AND ($2::text IS NULL OR reason = $2)
ORDER BY last_at DESC LIMIT $4"""
_ENROLLED: Final = """
SELECT DISTINCT ON (unit_id, device_id) unit_id, device_id, kind, used_at
FROM device_enrolment
WHERE used_at IS NOT NULL AND revoked_at IS NULL ORDER BY unit_id, device_id, used_at DESC"""


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """One payload that could not be read; ``text`` where it is text, else ``hex``; both cut."""

    source: str
    reason: str
    topic: str
    detail: str
    device_id: str | None
    boot_id: str | None
    seq: int | None
    raw_bytes: int
    first_at: datetime
    last_at: datetime
    count: int
    text: str | None
    hex: str | None


@router.get("/api/devices")
async def devices(request: Request) -> Response:
    """Every unit's devices: last seen, state, link, clock, position, quarantine; problems first."""
    me = await signed_in(request)
    if me.role not in ("dispatcher", "admin"):
        raise Refused("not_permitted", role=me.role)
    parts = services(request)
    return answer(await parts.devices.report(parts.now(), lambda now: _compute(parts, now)))


@router.get("/api/devices/quarantine")
async def quarantine(
    request: Request, source: str | None = None, reason: str | None = None
) -> Response:
    """What could not be read, raw; ``source`` is a unit's id, or ``-`` for nobody's."""
    me = await administrator(request)
    parts = services(request)
    values = (source, reason, QUARANTINE_SHOWN_BYTES, QUARANTINE_LISTED_MAX)
    found = await fetch(parts.pool, "quarantine", _QUARANTINE, *values)
    seen = f"quarantine {source or '*'} {reason or '*'}"
    await parts.auth.note_view(me, "devices", seen[:200], parts.follower.world.seq)
    return answer([_quarantined(record) for record in found])


async def administrator(request: Request) -> Me:
    """The person, who must be an administrator; raises ``Refused``."""
    me = await signed_in(request)
    if me.role != "admin":
        raise Refused("not_permitted", role=me.role)
    return me


def _quarantined(record: asyncpg.Record) -> Quarantined:
    fields = dict(record)
    raw = bytes(fields.pop("raw"))
    text = _as_text(raw)
    return Quarantined(**fields, text=text, hex=raw.hex(" ") if text is None else None)


def _as_text(raw: bytes) -> str | None:
    """UTF-8 that a person can read; a character cut in two at the end is left out."""
    for end in range(len(raw), max(len(raw) - 4, -1), -1):
        try:
            text = raw[:end].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return text if all(char.isprintable() or char in "\r\n\t" for char in text) else None
    return None


async def _compute(parts: Services, now: datetime) -> DeviceReport:
    config = parts.follower.world.config
    units = config.units if config is not None else ()
    unit_ids = [str(unit.unit_id) for unit in units]
    heard = await _heard(parts, unit_ids)
    listed = [str(device.device_id) for unit in units for device in unit.devices]
    cursors = await fetch(parts.pool, "device cursors", _CURSORS, listed)
    last_heard = {record["device_id"]: record["received_at"] for record in cursors}
    counts = await _counts(parts, now)
    rows = []
    for unit in units:
        own = heard[unit.unit_id]
        for device in unit.devices:
            if device.device_id in last_heard:
                own[device.device_id].seen(last_heard[device.device_id])
        unit_now = _unit_now(parts, unit.unit_id, counts.pop(unit.unit_id, {}))
        rows.append(unit_devices(unit, unit_now, own, now))
    unplaced: dict[str, int] = defaultdict(int)
    for reasons in counts.values():
        for reason, count in reasons.items():
            unplaced[reason] += count
    return report_of(rows, dict(unplaced), now)


async def _heard(parts: Services, unit_ids: list[str]) -> dict[str, dict[str, Heard]]:
    """What the tables know, by unit and device."""
    found: dict[str, dict[str, Heard]] = defaultdict(lambda: defaultdict(Heard))
    for table, columns in _COLUMNS.items():
        statement = _NEWEST.format(table=table, columns=columns)
        for record in await fetch(
            parts.pool, f"newest of {table}", statement, unit_ids, DEVICE_ROWS_LOOKED_AT
        ):
            heard = found[record["unit_id"]][record["device_id"]]
            heard.row(record)
            if table == "device_status":
                heard.state, heard.state_at = record["state"], record["received_at"]
                heard.battery_pct = record["battery_pct"]
            elif table == "device_link":
                heard.link = _link(record)
    for record in await fetch(parts.pool, "enrolled devices", _ENROLLED):
        enrolled = found[record["unit_id"]][record["device_id"]]
        enrolled.enrolled_at, enrolled.enrolled_kind = record["used_at"], record["kind"]
    return found


def _link(record: Any) -> LinkReport:
    return LinkReport(
        at=record["received_at"],
        queued=msgspec.json.decode(record["queued"], type=dict[str, int]),
        dropped=msgspec.json.decode(record["dropped"], type=dict[str, int]),
        queued_bytes=record["queued_bytes"],
        oldest_s=record["oldest_s"],
        confirmed_s=record["confirmed_s"],
        round_trip_ms=record["round_trip_ms"],
        network=record["network"],
        version=record["version"],
    )


async def _counts(parts: Services, now: datetime) -> dict[str, dict[str, int]]:
    """Bad messages by source and reason, of those that came again within the counted time."""
    since = now - timedelta(seconds=QUARANTINE_COUNTED_S)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for record in await fetch(parts.pool, "quarantine counts", _COUNTS, since):
        found[record["source"]][record["reason"]] = record["count"]
    return found


def _unit_now(parts: Services, unit_id: str, quarantined: dict[str, int]) -> UnitNow:
    unit = parts.follower.world.units.get(unit_id)  # type: ignore[call-overload]
    position = parts.plane.positions.get(unit_id)
    vitals = parts.plane.vitals.get(unit_id)
    return UnitNow(
        is_on_job=unit is not None and unit.assignment_id is not None,
        position_at=None if position is None else position.at,
        position_doubt=None if position is None else position.doubtful,
        gaps=None if vitals is None else vitals.gaps,
        quarantined=quarantined,
    )
