"""Alarm truth: on every recording the live alarms are those worked out offline by the same limits.

The recordings are real patients of others (MIMIC numerics s00001, stays of CinC 2012). Each is
played as a monitor would send it, one message a second, through the decoder and a unit's state; the
recording's own clock runs faster, as a drive's does, so that days fit into seconds.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

import msgspec
import pytest

from deploy.drive.recordings import load, present
from deploy.drive.series import Recording
from dispatch.ids import CountyId, DeviceId
from telemetry.alarms.limits import Person, limits_of
from telemetry.alarms.model import Alarm, AlarmPolicy, Limit
from telemetry.codes import RULES, Code
from telemetry.contract import Topic, Vitals
from telemetry.decode import decode
from telemetry.plausibility import RateGap, judge
from telemetry.ports import AlarmChanged, LiveVitals
from telemetry.unit import UnitState
from tests.contract.alarms.offline import Moments, Span, spans
from tests.support.shared_data import shared
from tests.unit.telemetry.support import BOX, START, UNIT, arrival, at, context

pytestmark = pytest.mark.slow

STAYS = 50
"""Of CinC 2012, in the order of the archive: as many as fit half a minute of a test."""
STAY_PACE = 180
"""Recorded seconds in one live second: a chart's hourly value still stands for 20 s."""
SAMPLED_PACE = 20
"""A numeric of 1/60 Hz still stands for three messages."""
MONITOR = DeviceId("MON-07")
TOPIC = Topic(county_id=CountyId("nanxian"), unit_id=UNIT, device_id=MONITOR, kind="vitals")
POLICY = AlarmPolicy()


def messages(recording: Recording, pace: int) -> list[tuple[int, Vitals]]:
    """(second, message) as decoded from the wire; a moment without a value sends nothing."""
    found: list[tuple[int, Vitals]] = []
    for second in range(int(recording.duration_s) // pace):
        readings = present(recording, float(second * pace))
        if not readings:
            continue
        numerics = {}
        for code, reading in readings.items():
            rule = RULES[cast(Code, code)]
            quality = {} if reading.quality == "ok" else {"quality": reading.quality}
            numerics[code] = {"value": reading.value, "unit": rule.unit, **quality}
        body = {
            "v": 1,
            "boot_id": "recorded-1",
            "seq": len(found) + 1,
            "observed_at": at(second).isoformat().replace("+00:00", "Z"),
            "source": "recording",
            "recording": recording.name,
            "numerics": numerics,
        }
        message = decode(TOPIC, json.dumps(body).encode())
        assert isinstance(message, Vitals)
        found.append((second, message))
    return found


def live(sent: Sequence[tuple[int, Vitals]], age_years: float | None) -> list[Span]:
    """What the unit tells the core, put together to alarms from their raising to their end."""
    unit = UnitState(UNIT, BOX)
    who = context(age_years=age_years, acvpu=None, on_oxygen=None)
    told: dict[tuple[str, float], Span] = {}
    for second, message in sent:
        outcome = unit.accept(MONITOR, message, who, arrival(second))
        changes = [one.change for one in outcome.decisions if isinstance(one, AlarmChanged)]
        assert isinstance(outcome.live, LiveVitals)
        for alarm in (*(change.alarm for change in changes), *outcome.live.alarms):
            span = _span(alarm)
            told[span.key, span.begun_s] = span
    return sorted(told.values(), key=lambda one: (one.key, one.begun_s))


def _span(alarm: Alarm) -> Span:
    ended_s = None if alarm.ended_at is None else _second(alarm.ended_at)
    begun_s = _second(alarm.raised_at)
    return Span(alarm.key, alarm.priority, begun_s, ended_s, alarm.value)


def _second(moment: datetime) -> float:
    return (moment - START) / timedelta(seconds=1)


def offline(sent: Sequence[tuple[int, Vitals]], limits: Sequence[Limit]) -> list[Span]:
    gap = RateGap()
    moments: Moments = [
        (float(second), gap.judge(judge(message.numerics), 1000.0 + second))
        for second, message in sent
    ]
    return spans(moments, limits, POLICY)


def compare(recording: Recording, pace: int) -> list[Span]:
    """The alarms of a recording, once both ways have agreed on them."""
    sent = messages(recording, pace)
    age_years = None if recording.age_years is None else float(recording.age_years)
    expected = offline(sent, limits_of(Person(age_years=age_years)))
    assert live(sent, age_years) == expected, recording.name
    return expected


def test_the_sampled_recording() -> None:
    """MIMIC s00001: a day and a half of numerics each minute, with electrodes and probe off."""
    (recording,) = load([shared("physio/wfdb/s00001")]).recordings
    found = compare(recording, SAMPLED_PACE)
    kinds = {span.key for span in found}
    assert len(found) >= 10, "a recording that hardly alarms proves nothing"
    assert {"leads_off", "probe_off"} & kinds
    assert any(span.ended_s is not None for span in found)


def test_stays_of_the_challenge() -> None:
    """At least fifty stays, each by the limits of its patient's age."""
    recordings = load([shared("physio/cinc2012/set-a.tar.gz")]).recordings[:STAYS]
    assert len(recordings) >= 50
    found = [span for recording in recordings for span in compare(recording, STAY_PACE)]
    kinds = {span.key for span in found}
    assert len(found) > 100
    assert {"systolic:low", "heart_rate:high", "resp_rate:high"} <= kinds


def test_a_patient_of_unknown_age_has_no_limits_but_the_devices_words() -> None:
    (recording,) = load([shared("physio/wfdb/s00001")]).recordings
    nameless = msgspec.structs.replace(recording, age_years=None)
    kinds = {span.key for span in compare(nameless, 2 * SAMPLED_PACE)}
    assert kinds and not any(":" in key for key in kinds)


def test_another_policy_gives_another_list() -> None:
    """What is compared depends on the delays: a list that did not could not be wrong."""
    (recording,) = load([shared("physio/wfdb/s00001")]).recordings
    sent = messages(recording, 4 * SAMPLED_PACE)
    limits = limits_of(Person(age_years=60.0))
    moments: Moments = [(float(second), judge(one.numerics)) for second, one in sent]
    ours = spans(moments, limits, POLICY)
    later = msgspec.structs.replace(POLICY, technical_s=POLICY.technical_s + 1)
    assert spans(moments, limits, later) != ours
    assert spans(moments, (), POLICY) == [span for span in ours if ":" not in span.key]
