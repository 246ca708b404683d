"""Alarms over time: delay, dead band, latching, acknowledgement, missing values, escalation."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from telemetry.alarms.engine import AlarmEngine, Reading, Word, alarms_of
from telemetry.alarms.limits import Person, limits_of
from telemetry.alarms.model import (
    QUANTITIES,
    Alarm,
    AlarmChange,
    AlarmPolicy,
    Limit,
    PatientLimit,
    Quantity,
)
from tests.unit.alarms.oracle import spans

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POLICY = AlarmPolicy()
ADULT = limits_of(Person(age_years=70.0))
NEWBORN = limits_of(Person(age_years=0.01))


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def feed(
    engine: AlarmEngine,
    quantity: Quantity,
    values: Iterable[float | None],
    start_s: float = 0.0,
    *,
    word: Word = "measured",
    is_spot: bool = False,
) -> list[tuple[float, str, str]]:
    """One value a second; what changed, as (second, change, priority)."""
    found: list[tuple[float, str, str]] = []
    for second, value in enumerate(values):
        said: Word = "absent" if value is None and word == "measured" else word
        reading = Reading(value=value, word=said, is_spot=is_spot)
        moment_s = start_s + second
        for one in engine.observe({quantity: reading}, moment_s, at(moment_s)):
            found.append((moment_s, one.change, one.alarm.priority))
    return found


def test_a_limit_alarms_after_its_delay_and_clears_after_the_dead_band() -> None:
    engine = AlarmEngine(ADULT, POLICY)
    fast = feed(engine, "heart_rate", [135.0] * 7)
    assert fast == [(5.0, "raised", "medium")]
    at_limit = feed(engine, "heart_rate", [130.0] * 20, 7)
    assert at_limit == []  # inside the limit, not by the dead band of 3 /min
    calm = feed(engine, "heart_rate", [128.0] * 7, 27)
    assert calm == [(32.0, "cleared", "medium")]
    assert engine.standing == ()


def test_one_artefact_does_not_alarm() -> None:
    engine = AlarmEngine(ADULT, POLICY)
    assert feed(engine, "spo2", [97, 60, 97, 96, 50, 97, 97] * 20) == []


def test_inclusive_limits_alarm_at_the_limit_and_strict_ones_beyond() -> None:
    assert feed(AlarmEngine(ADULT, POLICY), "heart_rate", [131.0] * 6)[0][1] == "raised"
    assert feed(AlarmEngine(ADULT, POLICY), "heart_rate", [130.9] * 60) == []
    pregnant = limits_of(Person(age_years=30.0, pregnant=True))
    assert feed(AlarmEngine(pregnant, POLICY), "heart_rate", [120.0] * 60) == []
    assert feed(AlarmEngine(pregnant, POLICY), "heart_rate", [121.0] * 6)[0][1] == "raised"
    assert feed(AlarmEngine(pregnant, POLICY), "systolic", [160.0] * 6)[0][1] == "raised"


def test_a_cuff_pressure_alarms_and_clears_by_itself() -> None:
    engine = AlarmEngine(ADULT, POLICY)
    assert feed(engine, "systolic", [84.0], is_spot=True) == [(0.0, "raised", "medium")]
    assert feed(engine, "systolic", [93.0], 300, is_spot=True) == []
    assert feed(engine, "systolic", [112.0], 600, is_spot=True) == [(600.0, "cleared", "medium")]


def test_a_high_alarm_latches_until_a_named_person_has_seen_it() -> None:
    engine = AlarmEngine(ADULT, POLICY)
    assert feed(engine, "heart_rate", [0.0, 0.0], word="asystole")[0] == (1.0, "raised", "high")
    over = feed(engine, "heart_rate", [80.0] * 12, 2)
    assert (over[0][1], over[0][2]) == ("ended", "high")
    (latched,) = engine.standing
    assert latched.key == "asystole" and latched.ended_at is not None
    seen = engine.acknowledge("asystole", "nurse Li", at(30))
    assert seen is not None and seen.change == "cleared"
    assert (seen.alarm.acknowledged_by, engine.standing) == ("nurse Li", ())
    assert engine.acknowledge("asystole", "nurse Li", at(31)) is None


def test_an_acknowledged_alarm_stays_while_it_lasts_and_is_not_raised_again() -> None:
    engine = AlarmEngine(ADULT, POLICY)
    feed(engine, "spo2", [85.0] * 12)
    seen = engine.acknowledge("spo2:low", "doctor Wang", at(12))
    assert seen is not None and seen.change == "acknowledged"
    assert engine.acknowledge("spo2:low", "doctor Wu", at(13)) is None
    assert feed(engine, "spo2", [85.0] * 60, 13) == []
    assert engine.standing[0].acknowledged_by == "doctor Wang"
    assert feed(engine, "spo2", [97.0] * 6, 73) == [(78.0, "cleared", "medium")]
    assert feed(engine, "spo2", [85.0] * 11, 90) == [(100.0, "raised", "medium")]


def test_the_worst_value_is_kept() -> None:
    engine = AlarmEngine(ADULT, POLICY)
    feed(engine, "spo2", [88.0] * 11 + [71.0] + [86.0] * 5)
    assert engine.standing[0].value == 71.0


def test_what_is_not_measured_is_held_and_never_ends_by_silence() -> None:
    engine = AlarmEngine(ADULT, POLICY)
    feed(engine, "spo2", [85.0] * 11)
    assert feed(engine, "spo2", [None] * 900, 11) == [(11.0, "held", "medium")]
    assert engine.standing[0].is_held
    back = feed(engine, "spo2", [96.0] * 6, 911)
    assert [one[1] for one in back] == ["resumed", "cleared"]


def test_a_break_interrupted_by_missing_samples_counts_on_but_not_over_a_long_silence() -> None:
    engine = AlarmEngine(ADULT, POLICY)
    assert feed(engine, "heart_rate", [140, None, None, None, None, 140])[0][:2] == (5.0, "raised")
    other = AlarmEngine(ADULT, POLICY)
    assert feed(other, "heart_rate", [140.0]) == []
    assert feed(other, "heart_rate", [140.0], 300) == []  # five minutes later: another story


def test_worse_escalates_and_voids_the_acknowledgement() -> None:
    engine = AlarmEngine(NEWBORN, POLICY)
    assert feed(engine, "heart_rate", [90.0] * 6) == [(5.0, "raised", "medium")]
    engine.acknowledge("heart_rate:low", "midwife", at(6))
    assert feed(engine, "heart_rate", [55.0] * 6, 6) == [(11.0, "escalated", "high")]
    assert engine.standing[0].acknowledged_by == ""


def test_leads_and_probe_off_are_technical_and_of_low_priority() -> None:
    engine = AlarmEngine(ADULT, POLICY)
    off = feed(engine, "spo2", [None] * 12, word="probe_off")
    assert off == [(10.0, "raised", "low")]
    assert feed(engine, "spo2", [97.0] * 7, 12) == [(17.0, "cleared", "low")]
    assert feed(engine, "heart_rate", [None] * 12, 30, word="leads_off")[0][1] == "raised"


def test_apnoea_after_twenty_seconds() -> None:
    engine = AlarmEngine(NEWBORN, POLICY)
    assert feed(engine, "resp_rate", [0.0] * 20) == []
    assert feed(engine, "resp_rate", [0.0], 20) == [(20.0, "raised", "high")]


def test_a_lost_feed_is_a_technical_alarm_and_told_once() -> None:
    engine = AlarmEngine(ADULT, POLICY)
    (lost,) = engine.technical("feed_lost", True, at(10))
    assert (lost.change, lost.alarm.priority, lost.alarm.source) == (
        "raised",
        "medium",
        "greenlane",
    )
    assert engine.technical("feed_lost", True, at(11)) == ()
    (back,) = engine.technical("feed_lost", False, at(60))
    assert back.change == "cleared"
    assert engine.technical("feed_lost", False, at(61)) == ()


def test_a_limit_taken_away_takes_its_alarm_with_it_and_leaves_the_others() -> None:
    engine = AlarmEngine(ADULT, POLICY)
    feed(engine, "spo2", [85.0] * 11)
    feed(engine, "heart_rate", [150.0] * 6, 11)
    engine.technical("feed_lost", True, at(17))
    off = PatientLimit(quantity="spo2", side="low", value=None, set_by="doctor", set_at=START)
    changes = engine.set_limits(limits_of(Person(age_years=70.0), (off,)), at(18))
    assert [(one.change, one.alarm.key) for one in changes] == [("cleared", "spo2:low")]
    assert {one.key for one in engine.standing} == {"heart_rate:high", "feed_lost"}
    assert feed(engine, "spo2", [80.0] * 30, 20) == []
    cleared = feed(engine, "heart_rate", [90.0] * 6, 60)
    assert [one[1] for one in cleared] == ["cleared"]


def test_what_stood_before_a_restart_stands_again_without_being_told_anew() -> None:
    engine = AlarmEngine(ADULT, POLICY)
    feed(engine, "spo2", [85.0] * 11)
    again = AlarmEngine(ADULT, POLICY)
    again.restore(engine.standing)
    assert again.standing == engine.standing
    assert feed(again, "spo2", [85.0] * 30, 12) == []
    assert feed(again, "spo2", [97.0] * 6, 42) == [(47.0, "cleared", "medium")]


def test_the_most_urgent_stands_first() -> None:
    engine = AlarmEngine(ADULT, POLICY)
    feed(engine, "spo2", [85.0] * 11)
    feed(engine, "heart_rate", [0.0] * 2, 11, word="asystole")
    assert [one.key for one in engine.standing] == ["asystole", "spo2:low", "heart_rate:low"][:2]


def _random_series(draw: random.Random) -> list[tuple[float, float | None]]:
    level, second, found = 92.0, 0.0, []
    for _ in range(draw.randrange(5, 120)):
        second += draw.choice((1.0, 1.0, 1.0, 2.0, 5.0, 12.0, 45.0))
        level += draw.choice((-3.0, -1.0, 0.0, 0.0, 1.0, 3.0))
        value: float | None = None if draw.random() < 0.15 else round(level)
        found.append((second, value))
    return found


def _begins_and_ends(changes: Iterable[AlarmChange]) -> list[tuple[float, float | None]]:
    found: list[tuple[float, float | None]] = []
    for one in changes:
        second = (one.at - START).total_seconds()
        if one.change == "raised":
            found.append((second, None))
        elif one.change in ("ended", "cleared"):
            found[-1] = (found[-1][0], second)
    return found


def test_any_series_alarms_as_the_plain_oracle_says(seed: int) -> None:
    draw = random.Random(seed)
    alarmed = 0
    for _ in range(300):
        series = _random_series(draw)
        limit = Limit(
            quantity="spo2", side="low", value=91, priority="medium", source="x", is_inclusive=True
        )
        samples: list[tuple[dict[Quantity, Reading], float, datetime]] = [
            (
                {"spo2": Reading(value=value, word="measured" if value is not None else "absent")},
                second,
                at(second),
            )
            for second, value in series
        ]
        expected = spans(series, limit, POLICY)
        alarmed += len(expected)
        assert _begins_and_ends(alarms_of(samples, (limit,), POLICY)) == expected
    assert alarmed > 50


def test_a_policy_must_speak_of_every_quantity() -> None:
    with pytest.raises(ValueError, match="dead_band: missing"):
        AlarmPolicy(dead_band={"spo2": 1.0})
    with pytest.raises(ValueError, match="delay_s: finite"):
        AlarmPolicy(delay_s={**POLICY.delay_s, "spo2": -1.0})
    with pytest.raises(ValueError, match="samples from 1"):
        AlarmPolicy(samples=0)
    assert set(POLICY.delay_s) == set(QUANTITIES)


def test_alarms_survive_the_wire() -> None:
    engine = AlarmEngine(ADULT, POLICY)
    feed(engine, "spo2", [85.0] * 11)
    (alarm,) = engine.standing
    assert msgspec.json.decode(msgspec.json.encode(alarm), type=Alarm) == alarm
