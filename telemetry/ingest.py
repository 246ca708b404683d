"""MQTT in, PostgreSQL and decisions out: the running side of the data plane.

    broker, terminals --> TelemetryCore --> live (at once, lossy)
                               |
                               +--> Committer --> PostgreSQL --> PUBACK, application ack
                                                            --> Decider --> the core's commands

Everything that judges is pure and elsewhere; this file connects, counts and keeps going. A message
that breaks the contract, or breaks us, is quarantined and acknowledged, and the next is served.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import msgspec

from dispatch.errors import BadPayload, Unavailable
from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry import metrics
from telemetry.codes import SPOT_SCORED_S
from telemetry.committer import Committer, Pending
from telemetry.contract import ROOT, Ack, ack_topic
from telemetry.core import TelemetryCore, bad_row
from telemetry.decider import Decider
from telemetry.ecg_desk import EcgDesk
from telemetry.limits import INBOX_MAX, RECONNECT_MAX_S, RECONNECT_MIN_S, TICK_S
from telemetry.ports import Clock, DatumOpinion, Ports
from telemetry.position import DRIVE_REST, Box
from telemetry.retention import RetentionTerms, keep_tidy
from telemetry.rows import (
    BadRow,
    EcgPartRow,
    FixRow,
    LinkRow,
    Row,
    StatusRow,
    VitalRow,
    WaveformRow,
)
from telemetry.session import Inbound, Link, Session
from telemetry.store import SampleStore
from telemetry.terminals import Terminals, TerminalsConfig
from telemetry.unit import Outcome
from telemetry.window import Arrival

_LOG: Final = logging.getLogger(__name__)
_KIND_OF: Final = {
    VitalRow: "vitals",
    FixRow: "position",
    StatusRow: "status",
    LinkRow: "link",
    WaveformRow: "waveform",
    EcgPartRow: "ecg",
    BadRow: "bad",
}


class IngestConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One county's ingest; `unit_ids` are the units whose feed is watched from the start."""

    county_id: CountyId
    link: Link
    box: Box
    unit_ids: tuple[UnitId, ...] = ()
    retention: RetentionTerms = RetentionTerms()
    terminals: TerminalsConfig | None = None


async def run_ingest(
    config: IngestConfig,
    pool: Any,
    ports: Ports,
    clock: Clock,
    subscribed: asyncio.Event | None = None,
    listening: Callable[[int], None] | None = None,
) -> None:
    """Ingest one county until cancelled.

    `pool` is an asyncpg pool whose search_path is the county's schema. `subscribed` is set when the
    first subscription is granted; `listening` is told the port on which terminals are heard.
    """
    ingest = _Ingest(config, pool, ports, clock, subscribed or asyncio.Event())
    async with asyncio.TaskGroup() as group:
        group.create_task(ingest.committer.run(), name="telemetry committer")
        group.create_task(ingest.decider.run(), name="telemetry decider")
        group.create_task(ingest.ecgs.run(), name="telemetry ecgs")
        group.create_task(ingest.serve(), name="telemetry broker")
        group.create_task(ingest.tick(), name="telemetry ticker")
        group.create_task(keep_tidy(pool, clock, config.retention), name="telemetry retention")
        group.create_task(ingest.judge_datums(), name="telemetry datums")
        if ingest.terminals is not None:
            group.create_task(ingest.terminals.run(clock, listening), name="telemetry terminals")


class _Ingest:
    def __init__(
        self, config: IngestConfig, pool: Any, ports: Ports, clock: Clock, subscribed: asyncio.Event
    ) -> None:
        self._config = config
        self._ports = ports
        self._clock = clock
        self._subscribed = subscribed
        self._core = TelemetryCore(config.county_id, config.box, ports.context_of)
        self._store = SampleStore(pool)
        self.decider = Decider(ports)
        self.ecgs = EcgDesk(self._store, clock, ports, self.decider.tell)
        self.committer = Committer(
            self._store, clock, self._send_ack, self.decider.tell, self._refuse, self.ecgs.note
        )
        self.terminals: Terminals | None = None
        if config.terminals is not None:
            self.terminals = Terminals(config.terminals, config.county_id, pool, self._receive)
        self._session: Session | None = None
        self._random = random.Random()  # noqa: S311 - jitter
        self._ack_end = "/ack"

    async def serve(self) -> None:
        """Stay connected for ever: back off with jitter, never give up, never hammer."""
        await self._resume()
        wait_s = RECONNECT_MIN_S
        while True:
            session = Session(self._config.link, self._receive)
            try:
                await session.open(f"{ROOT}/{self._config.county_id}/#")
                _LOG.info("connected: %r", self._config.link)
                metrics.RECONNECTS.inc()
                self._session, wait_s = session, RECONNECT_MIN_S
                self._subscribed.set()
                await session.wait_lost()
                _LOG.warning("connection lost: %r", self._config.link)
            except Unavailable as error:
                _LOG.warning("no connection, trying again: %s", error)
            finally:
                self._session = None
                self.committer.forget_unacknowledged()
                if self.terminals is not None:
                    self.terminals.send_again()
                await session.close()
            await asyncio.sleep(wait_s * self._random.uniform(0.5, 1.0))
            wait_s = min(RECONNECT_MAX_S, wait_s * 2)

    async def tick(self) -> None:
        """Every second: silence becomes a lost feed, old values leave the score."""
        while True:
            await asyncio.sleep(TICK_S)
            try:
                for outcome in self._core.tick(self._arrival()):
                    self._publish(outcome)
                    self.committer.put(None, outcome.decisions)
            except Exception:
                _LOG.exception("a tick failed")  # a bug; the next second is another chance

    async def judge_datums(self) -> None:
        """Compare new drives with the roads, off the loop and one at a time, until cancelled."""
        judge = self._ports.judge_datum
        while judge is not None:
            found = self._core.due_drive(self._clock.monotonic_s())
            if found is None:
                await asyncio.sleep(TICK_S)
                continue
            unit_id, drive = found
            begun_s = self._clock.monotonic_s()
            try:
                opinion = await asyncio.to_thread(judge, drive)
            except Exception:
                _LOG.exception("a drive could not be compared")  # a bug; its next is another chance
                opinion = DatumOpinion(suspected=None, is_known=False)
            if self._core.hear_datum(unit_id, drive.declared, opinion):
                _LOG.warning(
                    "unit %s declares %s; its drive fits the roads in %s",
                    unit_id,
                    drive.declared,
                    opinion.suspected or drive.declared,
                )
            await asyncio.sleep(DRIVE_REST * (self._clock.monotonic_s() - begun_s))

    async def _resume(self) -> None:
        """Units that were sending before a restart are watched although they may stay silent."""
        arrival = self._arrival()
        since = arrival.received_at - timedelta(seconds=SPOT_SCORED_S)
        try:
            last = await self._store.last_samples(self._config.unit_ids, since)
        except Unavailable as error:
            _LOG.warning("last samples unknown, feeds are watched from their next: %s", error)
            return
        for unit_id, last_at in last.items():
            self._core.resume(unit_id, last_at, arrival)

    def _receive(self, inbound: Inbound) -> None:
        """One message: judged and shown at once, acknowledged after its commit."""
        if inbound.topic.endswith(self._ack_end):
            inbound.done.set_result(None)  # another process's acknowledgement to a device
            return
        if inbound.qos == 0 and len(self.committer) >= INBOX_MAX:
            metrics.DROPPED.inc()
            inbound.done.set_result(None)
            return
        outcome = self._judge(inbound)
        row = outcome.row
        if row is None:
            inbound.done.set_result(None)
            return
        self._count(row, outcome)
        self._publish(outcome)
        unit_id = _unit_of(row)
        self.committer.put(Pending(row=row, unit_id=unit_id, done=inbound.done), outcome.decisions)

    def _judge(self, inbound: Inbound) -> Outcome:
        arrival = self._arrival()
        try:
            return self._core.accept(inbound.topic, inbound.raw, arrival)
        except Exception as error:
            # A bug of ours that this message found. It must not stop the others.
            _LOG.exception("a message broke the ingest")
            bad = BadPayload("crashed", type(error).__name__)
            row = bad_row(bad, inbound.topic, inbound.raw, arrival.received_at, None)
            return Outcome(row=row, placed=None, decisions=(), live=None)

    def _count(self, row: Row, outcome: Outcome) -> None:
        metrics.RECEIVED.labels(_KIND_OF[type(row)]).inc()
        if isinstance(row, BadRow):
            metrics.QUARANTINED.labels(row.reason).inc()
        placed = outcome.placed
        if placed is None:
            return
        metrics.DUPLICATES.inc(placed.is_duplicate)
        metrics.LATE.inc(placed.is_late and not placed.is_duplicate)
        metrics.GAPS.inc(placed.new_gaps)

    def _publish(self, outcome: Outcome) -> None:
        live = outcome.live
        if live is None:
            return
        try:
            self._ports.publish_live(live)
        except Exception:
            _LOG.exception("live view failed")  # a bug of the other side; samples go on

    def _send_ack(self, unit_id: UnitId, device_id: DeviceId, ack: Ack) -> None:
        if self.terminals is not None and device_id in self.terminals:
            return  # it was answered on its own line
        if self._session is not None:
            topic = ack_topic(self._config.county_id, unit_id, device_id)
            self._session.publish(topic, msgspec.json.encode(ack))

    def _refuse(self, row: Row, bad: BadPayload) -> BadRow:
        """PostgreSQL refused a row that we had understood: keep what we understood."""
        refused = bad_row(bad, "-", msgspec.json.encode(row), self._clock.now(), None)
        if isinstance(row, BadRow):
            return refused
        stamp = row.stamp
        return msgspec.structs.replace(
            refused,
            source=stamp.unit_id,
            device_id=stamp.device_id,
            boot_id=stamp.boot_id,
            seq=stamp.seq,
        )

    def _arrival(self) -> Arrival:
        return Arrival(received_at=self._clock.now(), now_s=self._clock.monotonic_s())


def _unit_of(row: Row) -> UnitId | None:
    if isinstance(row, BadRow):
        return None if row.source == "-" else UnitId(row.source)
    return row.stamp.unit_id
