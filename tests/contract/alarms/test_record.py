"""An alarm in the log: read back it is the same, to the byte, whoever the patient is.

The live world is compared with the log folded anew; 80 beside 80.0 would be two worlds.
"""

import msgspec
import pytest

from telemetry.alarms.engine import AlarmEngine, Reading
from telemetry.alarms.limits import Person, limits_of
from telemetry.alarms.model import Alarm, AlarmPolicy
from tests.unit.telemetry.support import at

PERSONS = {
    "adult": Person(age_years=60.0),
    "adult on scale 2": Person(age_years=60.0, spo2_scale=2),
    "pregnant": Person(age_years=28.0, pregnant=True),
    "newborn": Person(age_years=3 / 365.25),
    "infant": Person(age_years=0.2),
    "toddler": Person(age_years=3.0),
    "child": Person(age_years=8.0),
    "adolescent": Person(age_years=14.0),
}


@pytest.mark.parametrize("person", PERSONS.values(), ids=PERSONS.keys())
def test_an_alarm_of_every_limit_is_the_same_when_read_back(person: Person) -> None:
    limits = limits_of(person)
    assert limits
    for limit in limits:
        engine = AlarmEngine([limit], AlarmPolicy())
        beyond = limit.value + (-1.0 if limit.side == "low" else 1.0)
        for second in range(60):
            readings = {limit.quantity: Reading(value=beyond)}
            engine.observe(readings, float(second), at(second))
        (alarm,) = engine.standing
        raw = msgspec.json.encode(alarm)
        assert msgspec.json.encode(msgspec.json.decode(raw, type=Alarm)) == raw, limit
