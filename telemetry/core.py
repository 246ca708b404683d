"""All units of a county in memory: topic and bytes in, a row and news out. Pure.

What cannot be read becomes a quarantine row here, whatever the reason; nothing is raised to the
caller. Reading and writing the world (MQTT, PostgreSQL, clocks) is `telemetry.ingest`.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec

from dispatch.errors import BadPayload
from dispatch.ids import CountyId, UnitId
from telemetry.contract import Datum, Topic
from telemetry.decode import decode, read_topic, salvage
from telemetry.limits import (
    PAYLOAD_MAX_BYTES,
    QUARANTINE_DETAIL_MAX_CHARS,
    TOPIC_MAX_CHARS,
    UNITS_MAX,
)
from telemetry.ports import DatumOpinion, Drive, PatientContext
from telemetry.position import Box
from telemetry.rows import BadRow
from telemetry.unit import Outcome, UnitState
from telemetry.window import Arrival

ContextOf = Callable[[UnitId], PatientContext | None]


class TelemetryCore:
    """The units of one county; holds no more of them than exist."""

    def __init__(self, county_id: CountyId, box: Box, context_of: ContextOf) -> None:
        self._county_id = county_id
        self._box = box
        self._context_of = context_of
        self._units: dict[UnitId, UnitState] = {}

    def accept(self, topic_text: str, raw: bytes, arrival: Arrival) -> Outcome:
        """One message as it came; a payload that breaks the contract becomes a BadRow."""
        topic: Topic | None = None
        context: PatientContext | None = None
        try:
            topic = read_topic(topic_text, self._county_id)
            context = self._context_of(topic.unit_id)
            if context is None:
                raise BadPayload("unknown_unit", topic.unit_id)
            message = decode(topic, raw)
            unit = self._unit(topic.unit_id)
        except BadPayload as bad:
            sender = topic if context is not None else None
            row = bad_row(bad, topic_text, raw, arrival.received_at, sender)
            return Outcome(row=row, placed=None, decisions=(), live=None)
        return unit.accept(topic.device_id, message, context, arrival)

    def tick(self, arrival: Arrival) -> Iterator[Outcome]:
        """A second has passed for every unit that ever sent; units that left are forgotten."""
        for unit_id, unit in list(self._units.items()):
            context = self._context_of(unit_id)
            if context is None:
                del self._units[unit_id]
                continue
            yield unit.tick(context, arrival)

    def due_drive(self, now_s: float) -> tuple[UnitId, Drive] | None:
        """The next unit whose last drive is to be compared with the roads; None: nobody's is."""
        for unit_id, unit in self._units.items():
            drive = unit.due_drive(now_s)
            if drive is not None:
                return unit_id, drive
        return None

    def hear_datum(self, unit_id: UnitId, declared: Datum, opinion: DatumOpinion) -> bool:
        """What the roads said of a unit's drive; is it news? A unit that has left has none."""
        unit = self._units.get(unit_id)
        return unit is not None and unit.hear_datum(declared, opinion)

    def resume(self, unit_id: UnitId, last_sample_at: datetime, arrival: Arrival) -> None:
        """A unit that was sending before a restart: if it stays silent, its feed is lost."""
        context = self._context_of(unit_id)
        if context is not None:
            self._unit(unit_id).resume(context, last_sample_at, arrival)

    def _unit(self, unit_id: UnitId) -> UnitState:
        unit = self._units.get(unit_id)
        if unit is None:
            if len(self._units) >= UNITS_MAX:
                raise BadPayload("too_many_units", f"{UNITS_MAX} units are in memory")
            unit = self._units[unit_id] = UnitState(unit_id, self._box)
        return unit


def bad_row(
    bad: BadPayload,
    topic: str,
    raw: bytes,
    received_at: datetime,
    sender: Topic | None,
) -> BadRow:
    """A payload for quarantine, cut to its bounds and made fit to be stored as text.

    The sequence number is salvaged only of a payload that is kept whole, from a known unit: it may
    then be acknowledged, because nothing of it is lost.
    """
    is_whole = len(raw) <= PAYLOAD_MAX_BYTES
    found = salvage(raw) if sender is not None and is_whole else None
    return BadRow(
        source="-" if sender is None else sender.unit_id,
        reason=bad.reason,
        detail=_storable(bad.detail, QUARANTINE_DETAIL_MAX_CHARS),
        topic=_storable(topic, TOPIC_MAX_CHARS),
        raw=raw[:PAYLOAD_MAX_BYTES],
        raw_bytes=len(raw),
        received_at=received_at,
        device_id=sender.device_id if sender is not None and found else None,
        boot_id=found[0] if found else None,
        seq=found[1] if found else None,
    )


def digest_of(row: BadRow) -> bytes:
    """What makes two bad payloads the same one: topic and raw bytes (SHA-256)."""
    return hashlib.sha256(msgspec.msgpack.encode((row.topic, row.raw))).digest()


def _storable(text: str, limit: int) -> str:
    """Text that PostgreSQL accepts: no lone surrogates, no NUL, cut to `limit` characters."""
    safe = text[:limit].encode("utf-8", "backslashreplace").decode("utf-8")
    return safe.replace("\0", "\\0")[:limit]
