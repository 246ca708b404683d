"""Alarms inside a unit: whose, by which limits, and acknowledged by the core."""

from typing import Any

import msgspec

from dispatch.ids import PatientId
from telemetry.alarms.model import AlarmPolicy, PatientLimit
from telemetry.plausibility import Judged, State
from telemetry.ports import PatientContext
from telemetry.unit_alarms import UnitAlarms, readings_of
from tests.unit.telemetry.support import UNIT, at


def context(**fields: Any) -> PatientContext:
    given = {"patient_id": PatientId("I-1.P1"), "age_years": 61.0, **fields}
    return PatientContext(unit_id=UNIT, **given)


def value(number: float | None, state: State = "ok", unit: str = "%") -> Judged:
    return Judged(value=number, unit=unit, state=state)


def alarms(who: PatientContext) -> UnitAlarms:
    made = UnitAlarms()
    made.bind(who, at(0))
    return made


def keys(unit: UnitAlarms) -> list[str]:
    return [alarm.key for alarm in unit.standing]


def low_spo2(unit: UnitAlarms, first: int = 0, seconds: int = 12, spo2: float = 84.0) -> None:
    for second in range(first, first + seconds):
        unit.observe({"spo2": value(spo2)}, float(second), at(second))


def test_the_ecg_speaks_before_the_oximeter_and_the_artery_before_the_cuff() -> None:
    found = readings_of(
        {
            "heart_rate": value(70),
            "pulse_rate": value(35),
            "abp_systolic": value(120),
            "nibp_systolic": value(80),
        }
    )
    assert (found["heart_rate"].value, found["systolic"].value) == (70, 120)
    assert not found["systolic"].is_spot
    fallen = readings_of({"heart_rate": value(None, "leads_off"), "pulse_rate": value(72)})
    assert (fallen["heart_rate"].value, fallen["heart_rate"].word) == (72, "leads_off")
    cuff = readings_of({"nibp_systolic": value(80)})
    assert cuff["systolic"].is_spot


def test_what_cannot_be_true_says_nothing_and_what_is_not_sent_is_left_out() -> None:
    found = readings_of({"spo2": value(140, "invalid"), "heart_rate": value(0, "asystole")})
    assert (found["spo2"].value, found["spo2"].word) == (None, "absent")
    assert (found["heart_rate"].value, found["heart_rate"].word) == (0, "asystole")
    assert set(found) == {"spo2", "heart_rate"}


def test_an_empty_unit_alarms_for_nobody() -> None:
    unit = alarms(PatientContext(unit_id=UNIT))
    low_spo2(unit)
    assert unit.feed(True, at(20)) == ()
    assert unit.standing == ()


def test_the_next_patient_begins_without_the_last_ones_alarms() -> None:
    unit = alarms(context())
    low_spo2(unit)
    assert keys(unit) == ["spo2:low"]
    assert unit.bind(context(patient_id=PatientId("I-2.P1")), at(13)) == ()
    assert unit.standing == ()


def test_limits_follow_what_is_learned_of_the_patient() -> None:
    unit = alarms(context(age_years=None))
    low_spo2(unit)
    assert unit.standing == ()
    unit.bind(context(age_years=61.0), at(13))
    low_spo2(unit, 13)
    assert keys(unit) == ["spo2:low"]
    own = PatientLimit(quantity="spo2", side="low", value=80, set_by="dr", set_at=at(30))
    unit.bind(context(limits=(own,)), at(30))
    low_spo2(unit, 31, 10)
    assert unit.standing == ()  # 84 is inside the patient's own limit by more than the dead band


def test_an_acknowledgement_comes_from_the_core_and_only_for_this_alarm() -> None:
    unit = alarms(context())
    low_spo2(unit)
    (mine,) = unit.standing
    old = msgspec.structs.replace(
        mine, raised_at=at(-60), acknowledged_by="nurse", acknowledged_at=at(-50)
    )
    assert unit.bind(context(alarms=(old,)), at(13)) == ()
    assert unit.standing[0].acknowledged_by == ""
    seen = msgspec.structs.replace(mine, acknowledged_by="nurse", acknowledged_at=at(14))
    assert unit.bind(context(alarms=(seen,)), at(14)) == ()
    assert unit.standing[0].acknowledged_by == "nurse"


def test_after_a_restart_what_the_core_knows_stands_again() -> None:
    unit = alarms(context())
    low_spo2(unit)
    again = UnitAlarms()
    again.bind(context(alarms=unit.standing), at(20))
    assert again.standing == unit.standing


def test_a_lost_feed_stands_beside_the_others_and_goes_with_its_return() -> None:
    unit = alarms(context())
    low_spo2(unit)
    unit.feed(True, at(25))
    assert keys(unit) == ["spo2:low", "feed_lost"]
    unit.feed(False, at(60))
    assert keys(unit) == ["spo2:low"]


def test_the_county_s_own_delays_hold_from_the_next_patient_on() -> None:
    slow = AlarmPolicy(delay_s={**AlarmPolicy().delay_s, "spo2": 30.0})
    unit = alarms(context(alarm_policy=slow))
    low_spo2(unit, 0, 30)
    assert unit.standing == ()
    low_spo2(unit, 30, 1)
    assert keys(unit) == ["spo2:low"]
