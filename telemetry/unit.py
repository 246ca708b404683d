"""One unit's state: window, level, feed and position together: messages in, rows and news out.

Pure. The order of the steps of a message is here and nowhere else: place it (late, twice, gap),
judge it, take what is newer, watch the feed, score, decide. The scoring inputs are chosen here too
(POLICY): pulse is the ECG's heart rate, else the oximeter's; systolic is arterial, else the cuff's;
ACVPU and oxygen are the newer of the monitor's entry and the crew's, for ten minutes.
"""

from datetime import datetime
from typing import cast

import msgspec

from dispatch.ids import DeviceId, PatientId, UnitId
from telemetry.alarms.model import AlarmChange
from telemetry.codes import RULES, Code
from telemetry.contract import (
    Acvpu,
    Datum,
    DeviceState,
    Message,
    Position,
    Source,
    Status,
    Vitals,
    Waveform,
)
from telemetry.feed import Change, FeedWatch
from telemetry.level import LevelTracker, why_not_applicable
from telemetry.plausibility import SCORED, Judged, RateGap, judge
from telemetry.ports import (
    AlarmChanged,
    DatumOpinion,
    Decision,
    Drive,
    FeedCause,
    FeedLost,
    FeedRestored,
    Level,
    Live,
    LiveValue,
    LiveVitals,
    News2View,
    PatientContext,
    TriageLevelChanged,
)
from telemetry.position import Box
from telemetry.rows import Row, Stamp, StatusRow, StoredNumeric, VitalRow
from telemetry.scores.news2 import News2Input, score
from telemetry.streams import live_waveform, stream_row
from telemetry.unit_alarms import UnitAlarms
from telemetry.unit_entered import Entered
from telemetry.unit_position import UnitPosition
from telemetry.window import Arrival, Placed, UnitWindow


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one message or tick led to; ``row`` is None for a tick."""

    row: Row | None
    placed: Placed | None
    decisions: tuple[Decision, ...]
    live: Live | None


class UnitState:
    """Everything telemetry holds in memory about one unit; its size does not grow."""

    def __init__(self, unit_id: UnitId, box: Box) -> None:
        self._unit_id = unit_id
        self._window = UnitWindow()
        self._positions = UnitPosition(unit_id, box)
        self._rate_gap = RateGap()
        self._level = LevelTracker()
        self._feed = FeedWatch()
        self._alarms = UnitAlarms()
        self._feed_since: datetime | None = None
        self._patient_id: PatientId | None = None
        self._entered = Entered()
        self._shown: tuple[Acvpu | None, bool | None] = (None, None)
        self._view = News2View(not_applicable="no_patient")
        self._last_sample_at: datetime | None = None
        self._received_at: datetime | None = None
        self._source: Source = "device"
        self._recording = ""
        self._skew_s: float | None = None
        self._monitor: DeviceState | None = None
        self._last_live: LiveVitals | None = None

    def resume(self, context: PatientContext, last_sample_at: datetime, arrival: Arrival) -> None:
        """After a restart: this unit was sending; its silence counts from now."""
        self._bind(context, arrival)
        self._last_sample_at = last_sample_at
        self._feed.resume(arrival.now_s)

    def accept(
        self, device_id: DeviceId, message: Message, context: PatientContext, arrival: Arrival
    ) -> Outcome:
        """One decoded message of this unit."""
        self._bind(context, arrival)
        placed = self._window.place(device_id, message, arrival)
        stamp = self._stamp(device_id, message, placed, arrival)
        if isinstance(message, Vitals):
            return self._vitals(stamp, message, placed, context, arrival)
        if isinstance(message, Position):
            return self._position(stamp, message, placed)
        if isinstance(message, Status):
            return self._status(stamp, message, placed)
        whose = self._whose(stamp, context)
        row = stream_row(message, stamp, whose)
        live: Live | None = None
        if isinstance(message, Waveform) and not (placed.is_late or placed.is_duplicate):
            live = live_waveform(message, stamp, whose)
        return Outcome(row=row, placed=placed, decisions=(), live=live)

    def tick(self, context: PatientContext, arrival: Arrival) -> Outcome:
        """A second has passed: the feed may be lost and values may have grown too old."""
        self._bind(context, arrival)
        decisions = self._alarm_decisions(self._alarms.bind(context, arrival.received_at))
        change = self._feed.due(arrival.now_s, context.patient_id is not None)
        decisions += self._feed_decision(change, arrival)
        decisions += self._evaluate(context, arrival, is_new_sample=False)
        live = self._live()
        is_news = live != self._last_live
        self._last_live = live
        return Outcome(row=None, placed=None, decisions=decisions, live=live if is_news else None)

    def due_drive(self, now_s: float) -> Drive | None:
        """A drive to be compared with the roads now; each is given once."""
        return self._positions.due_drive(now_s)

    def hear_datum(self, declared: Datum, opinion: DatumOpinion) -> bool:
        """What the roads said of that drive; is it news?"""
        return self._positions.hear(declared, opinion)

    def _bind(self, context: PatientContext, arrival: Arrival) -> None:
        """Another patient: nothing of the last one may be shown or scored as theirs."""
        if context.patient_id == self._patient_id:
            return
        horizon = context.patient_since
        if horizon is None and self._patient_id is not None:
            horizon = arrival.received_at
        self._patient_id = context.patient_id
        self._alarms.bind(context, arrival.received_at)
        if horizon is not None:
            kept = {c: held for c, held in self._window.latest.items() if held.at >= horizon}
            self._window.latest = kept
        self._rate_gap, self._entered = RateGap(), Entered()
        self._level = LevelTracker(context.level)
        self._feed.begin(arrival.now_s, context.feed_lost)
        self._feed_since = arrival.received_at

    def _stamp(
        self, device_id: DeviceId, message: Message, placed: Placed, arrival: Arrival
    ) -> Stamp:
        return Stamp(
            device_id=device_id,
            boot_id=message.boot_id,
            seq=message.seq,
            unit_id=self._unit_id,
            observed_at=message.observed_at,
            received_at=arrival.received_at,
            true_at=placed.at,
            skew_ms=None if placed.skew_s is None else round(placed.skew_s * 1000),
            is_late=placed.is_late,
        )

    def _vitals(
        self,
        stamp: Stamp,
        message: Vitals,
        placed: Placed,
        context: PatientContext,
        arrival: Arrival,
    ) -> Outcome:
        judged = judge(message.numerics)
        if not placed.is_late and not placed.is_duplicate:
            judged = self._rate_gap.judge(judged, arrival.now_s)
        row = self._vital_row(stamp, message, judged, context)
        is_theirs = row.patient_id == context.patient_id
        if placed.is_duplicate or not is_theirs:
            return Outcome(row=row, placed=placed, decisions=(), live=None)
        self._window.note(stamp.device_id, message, placed, judged)
        change: Change | None = None
        if not placed.is_late:
            self._note_live(message, placed, arrival)
            change = self._feed.sample(arrival.now_s) if message.numerics else None
        decisions = self._feed_decision(change, arrival)
        if not placed.is_late:
            decisions += self._alarm_decisions(self._alarms.observe(judged, placed.at_s, placed.at))
        decisions += self._evaluate(context, arrival, is_new_sample=not placed.is_late)
        self._last_live = self._live()
        return Outcome(row=row, placed=placed, decisions=decisions, live=self._last_live)

    def _whose(self, stamp: Stamp, context: PatientContext) -> PatientId | None:
        """Who was in the unit when it was true; None when it may have been somebody else."""
        since = context.patient_since
        is_before = since is not None and stamp.true_at < since
        return None if is_before else context.patient_id

    def _vital_row(
        self, stamp: Stamp, message: Vitals, judged: dict[Code, Judged], context: PatientContext
    ) -> VitalRow:
        return VitalRow(
            stamp=stamp,
            patient_id=self._whose(stamp, context),
            numerics={
                code: StoredNumeric(
                    value=sent.value,
                    unit=sent.unit,
                    quality=sent.quality,
                    state=judged[code].state,
                    reason=judged[code].reason,
                    measured_at=sent.measured_at,
                )
                for code, sent in message.numerics.items()
            },
            acvpu=message.acvpu,
            on_oxygen=None if message.oxygen is None else message.oxygen.on,
            oxygen_litres_per_min=None if message.oxygen is None else message.oxygen.litres_per_min,
            source=message.source,
            recording=message.recording,
        )

    def _note_live(self, message: Vitals, placed: Placed, arrival: Arrival) -> None:
        """What only a message that is not late may change."""
        self._entered = self._entered.take(message, placed.at)
        if message.numerics:
            self._last_sample_at = placed.at
        self._received_at, self._skew_s = arrival.received_at, placed.skew_s
        self._source, self._recording = message.source, message.recording or ""

    def _position(self, stamp: Stamp, message: Position, placed: Placed) -> Outcome:
        row, live = self._positions.accept(stamp, message, placed)
        return Outcome(row=row, placed=placed, decisions=(), live=live)

    def _status(self, stamp: Stamp, message: Status, placed: Placed) -> Outcome:
        row = StatusRow(stamp=stamp, state=message.state, battery_pct=message.battery_pct)
        live: LiveVitals | None = None
        # A last will was written when the connection began: its age says nothing, it is news now.
        if not placed.is_duplicate and (not placed.is_late or message.state == "offline"):
            self._monitor = message.state
            live = self._last_live = self._live()
        return Outcome(row=row, placed=placed, decisions=(), live=live)

    def _feed_decision(self, change: Change | None, arrival: Arrival) -> tuple[Decision, ...]:
        if change is None:
            return ()
        self._feed_since = arrival.received_at
        if self._patient_id is None or self._last_sample_at is None:
            return ()
        self._alarms.feed(change == "lost", arrival.received_at)  # told as a feed lost or restored
        if change == "restored":
            return (
                FeedRestored(
                    unit_id=self._unit_id,
                    patient_id=self._patient_id,
                    at=arrival.received_at,
                    last_sample_at=self._last_sample_at,
                ),
            )
        cause: FeedCause = "silent"
        if self._monitor in ("monitor_unplugged", "offline"):
            cause = cast(FeedCause, self._monitor)
        return (
            FeedLost(
                unit_id=self._unit_id,
                patient_id=self._patient_id,
                at=arrival.received_at,
                last_sample_at=self._last_sample_at,
                cause=cause,
            ),
        )

    def _alarm_decisions(self, changes: tuple[AlarmChange, ...]) -> tuple[Decision, ...]:
        if self._patient_id is None:
            return ()
        return tuple(
            AlarmChanged(
                unit_id=self._unit_id, patient_id=self._patient_id, at=change.at, change=change
            )
            for change in changes
        )

    def _evaluate(
        self, context: PatientContext, arrival: Arrival, is_new_sample: bool
    ) -> tuple[Decision, ...]:
        """Score what is usable now and let the level follow."""
        not_applicable = why_not_applicable(context)
        previous: Level | None
        if not_applicable:
            previous = self._level.not_applicable()
            self._view = News2View(not_applicable=not_applicable)
        else:
            result = score(self._inputs(context, arrival))
            previous = self._level.observe(result, arrival.now_s, is_new_sample)
            self._view = News2View(
                total=result.total,
                lower_bound=result.lower_bound,
                missing=result.missing,
                parts=result.parts,
                is_any_red=result.is_any_red,
            )
        if previous is None or self._patient_id is None:
            return ()
        return (
            TriageLevelChanged(
                unit_id=self._unit_id,
                patient_id=self._patient_id,
                at=arrival.received_at,
                level=self._level.level,
                previous=previous,
                score=self._view,
                last_sample_at=self._last_sample_at,
            ),
        )

    def _inputs(self, context: PatientContext, arrival: Arrival) -> News2Input:
        acvpu, on_oxygen = self._shown = self._entered.observations(context, arrival.received_at)
        heart = self._usable("heart_rate", arrival.now_s)
        systolic = self._usable("abp_systolic", arrival.now_s)
        return News2Input(
            resp_rate_per_min=self._usable("resp_rate", arrival.now_s),
            spo2_pct=self._usable("spo2", arrival.now_s),
            spo2_scale=context.spo2_scale,
            on_oxygen=on_oxygen,
            systolic_mmhg=(
                self._usable("nibp_systolic", arrival.now_s) if systolic is None else systolic
            ),
            pulse_per_min=self._usable("pulse_rate", arrival.now_s) if heart is None else heart,
            acvpu=acvpu,
            temperature_cel=self._usable("temperature", arrival.now_s),
        )

    def _usable(self, code: Code, now_s: float) -> float | None:
        """The latest value, when it can be true and is not too old to be scored; else None."""
        held = self._window.latest.get(code)
        if held is None or held.judged.state not in SCORED:
            return None
        return held.judged.value if now_s - held.at_s <= RULES[code].scored_s else None

    def _live(self) -> LiveVitals:
        return LiveVitals(
            unit_id=self._unit_id,
            patient_id=self._patient_id,
            values={
                code: LiveValue(
                    value=held.judged.value,
                    unit=held.judged.unit,
                    state=held.judged.state,
                    reason=held.judged.reason,
                    at=held.at,
                    observed_at=held.observed_at,
                    measured_at=held.measured_at,
                    device_id=held.device_id,
                )
                for code, held in self._window.latest.items()
            },
            score=self._view,
            level=self._level.level,
            is_level_held=self._level.is_held,
            acvpu=self._shown[0],
            on_oxygen=self._shown[1],
            feed=self._feed.feed,
            feed_since=self._feed_since,
            last_sample_at=self._last_sample_at,
            received_at=self._received_at,
            source=self._source,
            recording=self._recording,
            gaps=self._window.gaps,
            clock_skew_s=self._skew_s,
            monitor=self._monitor,
            alarms=self._alarms.standing,
            limits=self._alarms.in_force,
        )
