"""The alarms of whoever is in one unit: judged values to readings, context to limits. Pure.

Which of two codes speaks for a quantity is the same choice as for the score (POLICY): the ECG's
heart rate, else the oximeter's pulse; arterial pressure, else the cuff's. What the core knows (the
patient's own limits, what was acknowledged and by whom, what stood before a restart) comes with the
context; the engine never asks.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from dispatch.ids import PatientId
from telemetry.alarms.engine import AlarmEngine, Reading, Word
from telemetry.alarms.limits import Person, limits_of
from telemetry.alarms.model import (
    Alarm,
    AlarmChange,
    AlarmPolicy,
    Limit,
    LimitInForce,
    PatientLimit,
    Quantity,
)
from telemetry.codes import Code
from telemetry.plausibility import SCORED, Judged
from telemetry.ports import PatientContext
from telemetry.scores.newborn import NewbornPolicy

_CODES: Final[Mapping[Quantity, tuple[Code, ...]]] = {
    "heart_rate": ("heart_rate", "pulse_rate"),
    "spo2": ("spo2",),
    "resp_rate": ("resp_rate",),
    "systolic": ("abp_systolic", "nibp_systolic"),
    "diastolic": ("abp_diastolic", "nibp_diastolic"),
    "temperature": ("temperature",),
    "etco2": ("etco2",),
}
_SPOT: Final[frozenset[Code]] = frozenset({"nibp_systolic", "nibp_diastolic"})
_WORDS: Final[Mapping[str, Word]] = {
    "asystole": "asystole",
    "leads_off": "leads_off",
    "probe_off": "probe_off",
}


def readings_of(judged: Mapping[Code, Judged]) -> dict[Quantity, Reading]:
    """What one message says of each quantity; a quantity of which it says nothing is left out."""
    found: dict[Quantity, Reading] = {}
    for quantity, codes in _CODES.items():
        said = [(code, judged[code]) for code in codes if code in judged]
        if not said:
            continue
        usable = [(code, one) for code, one in said if one.state in SCORED]
        code, best = usable[0] if usable else said[0]
        first = said[0][1].state
        found[quantity] = Reading(
            value=best.value if usable else None,
            word=_WORDS.get(first, "measured" if usable else "absent"),
            is_spot=code in _SPOT,
        )
    return found


class UnitAlarms:
    """The alarm engine of one unit, made anew for each patient with the policy of that moment."""

    def __init__(self) -> None:
        self._newborn = NewbornPolicy()
        self._patient_id: PatientId | None = None
        self._person = Person()
        self._own: tuple[PatientLimit, ...] = ()
        self.in_force: tuple[LimitInForce, ...] = ()
        self._engine = AlarmEngine((), AlarmPolicy())

    @property
    def standing(self) -> tuple[Alarm, ...]:
        """What stands for the present patient; the most urgent first."""
        return self._engine.standing

    def bind(self, context: PatientContext, at: datetime) -> tuple[AlarmChange, ...]:
        """Follow the context: another patient, other limits, a new acknowledgement.

        Another patient ends nothing aloud: what stood belonged to somebody who is not here any
        more, and the core clears it with the leaving.
        """
        person = _person_of(context)
        if context.patient_id != self._patient_id:
            self._patient_id, self._person, self._own = context.patient_id, person, context.limits
            self._newborn = context.newborn_policy
            self._engine = AlarmEngine(self._limits(), context.alarm_policy)
            self._engine.restore(context.alarms)
            return ()
        changes: tuple[AlarmChange, ...] = ()
        if (person, context.limits) != (self._person, self._own):
            self._person, self._own = person, context.limits
            changes = self._engine.set_limits(self._limits(), at)
        return changes + self._hear(context.alarms)

    def observe(
        self, judged: Mapping[Code, Judged], at_s: float, at: datetime
    ) -> tuple[AlarmChange, ...]:
        """Values of one message that is neither late nor a duplicate nor another patient's."""
        if self._patient_id is None:
            return ()
        return self._engine.observe(readings_of(judged), at_s, at)

    def feed(self, is_lost: bool, at: datetime) -> tuple[AlarmChange, ...]:
        """The feed was judged lost, or live again."""
        if self._patient_id is None:
            return ()
        return self._engine.technical("feed_lost", is_lost, at)

    def _limits(self) -> tuple[Limit, ...]:
        """The limits of the present person, which are shown too, those switched off among them."""
        limits = limits_of(self._person, self._own, self._newborn)
        by = {(one.quantity, one.side): one.set_by for one in self._own}
        held = [
            LimitInForce(
                quantity=one.quantity,
                side=one.side,
                value=one.value,
                is_inclusive=one.is_inclusive,
                source=one.source,
                set_by=by.get((one.quantity, one.side), ""),
            )
            for one in limits
        ]
        off = [
            LimitInForce(
                quantity=one.quantity,
                side=one.side,
                value=None,
                is_inclusive=False,
                source="patient",
                set_by=one.set_by,
            )
            for one in self._own
            if one.value is None
        ]
        self.in_force = (*held, *off)
        return limits

    def _hear(self, known: tuple[Alarm, ...]) -> tuple[AlarmChange, ...]:
        """What the core says was acknowledged since; it already knows, so only an end is told."""
        standing = {alarm.key: alarm for alarm in self._engine.standing}
        changes: list[AlarmChange] = []
        for alarm in known:
            mine = standing.get(alarm.key)
            if mine is None or mine.acknowledged_by or not alarm.acknowledged_by:
                continue
            if mine.raised_at != alarm.raised_at or alarm.acknowledged_at is None:
                continue
            change = self._engine.acknowledge(
                alarm.key, alarm.acknowledged_by, alarm.acknowledged_at
            )
            if change is not None and change.change == "cleared":
                changes.append(change)
        return tuple(changes)


def _person_of(context: PatientContext) -> Person:
    return Person(
        age_years=context.age_years, pregnant=context.pregnant, spo2_scale=context.spo2_scale
    )
