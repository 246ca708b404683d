"""Alarms of vital signs in the core: once each, seen by a named person, gone with the patient."""

from datetime import timedelta

import msgspec
import pytest

from dispatch.domain import commands as c
from dispatch.domain.context import context_of
from dispatch.errors import Refused
from dispatch.ids import UnitId
from telemetry.alarms.model import Alarm, Change
from tests.support.desk import DISPATCHER, INGEST, Desk, crew, staff


def alarm_of(desk: Desk, key: str = "spo2:low", priority: str = "medium") -> Alarm:
    quantity, _, side = key.partition(":")
    return Alarm(
        key=key,
        priority=priority,  # type: ignore[arg-type]
        quantity=quantity,  # type: ignore[arg-type]
        side=side,  # type: ignore[arg-type]
        limit=91.0,
        source="NEWS2, RCP 2017",
        value=84.0,
        raised_at=desk.now,
    )


class Ward:
    """A patient with N01, and what its monitor tells."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.assignment_id, self.patient_id, _ = self.desk.announced()

    def report(self, change: Change, alarm: Alarm, unit_id: str = "N01") -> list[str]:
        made = self.desk.tell(
            c.ReportVitalAlarm,
            INGEST,
            unit_id=unit_id,
            patient_id=self.patient_id,
            change=change,
            alarm=alarm,
        )
        return [type(one.event).__name__ for one in made]

    @property
    def standing(self) -> tuple[Alarm, ...]:
        return self.desk.world.patients[self.patient_id].alarms  # type: ignore[index]

    def acknowledge(self, alarm: Alarm, actor: c.Actor) -> None:
        self.desk.tell(
            c.AcknowledgeVitalAlarm,
            actor,
            patient_id=self.patient_id,
            key=alarm.key,
            raised_at=alarm.raised_at,
        )


def test_an_alarm_enters_the_log_once_and_ends_once() -> None:
    ward = Ward()
    alarm = alarm_of(ward.desk)
    assert ward.report("raised", alarm) == ["VitalAlarmRaised"]
    with pytest.raises(Refused, match="alarm_unchanged"):
        ward.report("raised", alarm)
    assert ward.standing == (alarm,)
    over = msgspec.structs.replace(alarm, ended_at=ward.desk.now)
    assert ward.report("cleared", over) == ["VitalAlarmEnded"]
    assert ward.standing == ()


def test_an_end_whose_beginning_was_never_told_brings_it_along() -> None:
    ward = Ward()
    alarm = alarm_of(ward.desk)
    over = msgspec.structs.replace(alarm, ended_at=ward.desk.now)
    assert ward.report("cleared", over) == ["VitalAlarmRaised", "VitalAlarmEnded"]
    assert ward.standing == ()


@pytest.mark.parametrize("actor", [crew("N01"), staff("H1"), DISPATCHER])
def test_whoever_is_concerned_may_acknowledge_and_is_named(actor: c.Actor) -> None:
    ward = Ward()
    alarm = alarm_of(ward.desk)
    ward.report("raised", alarm)
    ward.acknowledge(alarm, actor)
    (seen,) = ward.standing
    assert (seen.acknowledged_by, seen.acknowledged_at) == (actor.name, ward.desk.now)
    with pytest.raises(Refused, match="alarm_taken"):
        ward.acknowledge(alarm, actor)
    context = context_of(ward.desk.world, UnitId("N01"))
    assert context is not None and context.alarms == (seen,)


@pytest.mark.parametrize("actor", [crew("N02"), staff("H2"), INGEST])
def test_nobody_else_may(actor: c.Actor) -> None:
    ward = Ward()
    alarm = alarm_of(ward.desk)
    ward.report("raised", alarm)
    with pytest.raises(Refused, match="not_permitted"):
        ward.acknowledge(alarm, actor)


def test_an_acknowledgement_is_of_the_alarm_that_was_seen_not_of_the_next() -> None:
    ward = Ward()
    first = alarm_of(ward.desk)
    ward.report("raised", first)
    ward.report("cleared", msgspec.structs.replace(first, ended_at=ward.desk.now))
    ward.desk.wait(60)
    second = alarm_of(ward.desk)
    ward.report("raised", second)
    with pytest.raises(Refused, match="unknown_alarm"):
        ward.acknowledge(first, crew("N01"))
    assert ward.standing == (second,)


def test_a_latched_alarm_stays_until_it_is_seen() -> None:
    ward = Ward()
    alarm = alarm_of(ward.desk, priority="high")
    ward.report("raised", alarm)
    over = msgspec.structs.replace(alarm, ended_at=ward.desk.now)
    assert ward.report("ended", over) == ["VitalAlarmEnded"]
    with pytest.raises(Refused, match="alarm_unchanged"):
        ward.report("ended", over)
    assert ward.standing == (over,)
    ward.acknowledge(over, crew("N01"))
    assert ward.standing == ()
    seen = msgspec.structs.replace(over, acknowledged_by="crew N01", acknowledged_at=ward.desk.now)
    with pytest.raises(Refused, match="alarm_unchanged"):
        ward.report("cleared", seen)  # the engine's echo of what the core already knows


def test_escalation_stands_in_the_place_of_the_alarm() -> None:
    ward = Ward()
    ward.report("raised", alarm_of(ward.desk))
    ward.desk.wait(10)
    worse = alarm_of(ward.desk, priority="high")
    assert ward.report("escalated", worse) == ["VitalAlarmRaised"]
    assert ward.standing == (worse,)


def test_another_units_monitor_cannot_alarm_for_this_patient() -> None:
    ward = Ward()
    with pytest.raises(Refused, match="not_this_units_patient"):
        ward.report("raised", alarm_of(ward.desk), unit_id="N02")


def test_alarms_go_with_the_patient() -> None:
    ward = Ward()
    ward.report("raised", alarm_of(ward.desk))
    ward.desk.drive(ward.assignment_id, "transporting", "at_destination")
    assert ward.standing
    ward.desk.tell(c.OfferHandover, crew("N01"), patient_id=ward.patient_id)
    ward.desk.tell(c.AcceptHandover, staff("H1"), patient_id=ward.patient_id)
    assert ward.standing == ()


def test_a_limit_of_the_patients_own_is_named_dated_and_bounded() -> None:
    ward = Ward()
    limit = {"patient_id": ward.patient_id, "quantity": "spo2", "side": "low"}
    ward.desk.tell(c.SetAlarmLimit, crew("N01"), value=85.0, **limit)
    ward.desk.wait(timedelta(minutes=1).total_seconds())
    ward.desk.tell(c.SetAlarmLimit, staff("H1"), value=None, **limit)
    context = context_of(ward.desk.world, UnitId("N01"))
    assert context is not None
    (own,) = context.limits
    assert (own.value, own.set_by, own.set_at) == (None, "nurse H1", ward.desk.now)
    with pytest.raises(Refused, match="limit_impossible"):
        ward.desk.tell(c.SetAlarmLimit, crew("N01"), value=130.0, **limit)
    with pytest.raises(Refused, match="not_permitted"):
        ward.desk.tell(c.SetAlarmLimit, crew("N02"), value=85.0, **limit)
