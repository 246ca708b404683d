"""A suspected datum: which drives are compared, what is kept of the answer, and what is shown."""

from typing import Any

import pytest

from dispatch.errors import BadPayload
from dispatch.ids import CountyId, UnitId
from telemetry.contract import Datum
from telemetry.core import TelemetryCore
from telemetry.ports import DatumOpinion, Drive, LivePosition, PatientContext, WrongDatum
from telemetry.position import (
    DRIVE_EVERY_S,
    DRIVE_NEW,
    INACCURATE_M,
    INACCURATE_WAITS_S,
    PositionTracker,
    says_less,
)
from telemetry.rows import FixRow
from telemetry.unit import Outcome, UnitState
from tests.unit.telemetry.support import BOX, MONITOR, UNIT, arrival, at, context, position

GCJ02 = DatumOpinion(suspected="GCJ02", is_known=True)
FITS = DatumOpinion(suspected=None, is_known=True)
UNKNOWN = DatumOpinion(suspected=None, is_known=False)
STEP_DEG = 0.0005  # 56 m of latitude a step: each is a new place of a drive


class Car:
    """A unit that drives north, a fix every three seconds."""

    def __init__(self) -> None:
        self.unit = UnitState(UNIT, BOX)
        self.fixes = 0

    @property
    def now_s(self) -> float:
        return arrival(self.second).now_s

    @property
    def second(self) -> float:
        return 3.0 * self.fixes

    def drive(self, places: int, **more: Any) -> Outcome:
        assert places > 0
        for _ in range(places):
            self.fixes += 1
            lat = 29.1 + STEP_DEG * self.fixes
            fix = position(self.fixes, self.second, 112.4, lat, **more)
            outcome = self.unit.accept(MONITOR, fix, context(), arrival(self.second))
        return outcome

    def due(self) -> Drive | None:
        return self.unit.due_drive(self.now_s)


WRONG = WrongDatum(declared="WGS84", suspected="GCJ02")


def told(outcome: Outcome) -> tuple[str | None, WrongDatum | None, str | None]:
    """The doubt about newer fixes, the wrong datum of this one, and the doubt stored."""
    assert isinstance(outcome.live, LivePosition)
    assert isinstance(outcome.row, FixRow)
    return outcome.live.doubtful, outcome.live.wrong_datum, outcome.row.doubtful


TRUSTED = (None, None, None)
SUSPECTED = (None, WRONG, "datum")


def test_a_drive_is_compared_once_it_is_long_enough_and_again_when_it_went_on() -> None:
    car = Car()
    car.drive(DRIVE_NEW - 1)
    assert car.due() is None
    car.drive(1)
    drive = car.due()
    assert drive is not None
    assert (drive.declared, len(drive.pairs)) == ("WGS84", DRIVE_NEW)
    assert car.due() is None
    car.drive(DRIVE_NEW)  # 36 s later
    assert car.due() is None
    car.drive(int(DRIVE_EVERY_S / 3) - DRIVE_NEW)
    assert car.due() is not None
    assert car.unit.due_drive(car.now_s + 10 * DRIVE_EVERY_S) is None, "nothing new was driven"


def test_a_unit_that_stands_is_never_compared() -> None:
    unit = UnitState(UNIT, BOX)
    for second in range(600):
        fix = position(second + 1, second, 112.4 + 1e-5 * (second % 7), 29.3)
        unit.accept(MONITOR, fix, context(), arrival(second))
        assert unit.due_drive(arrival(second).now_s) is None


def test_a_suspicion_is_shown_and_stored_with_each_fix_which_stays_where_it_is() -> None:
    car = Car()
    assert told(car.drive(DRIVE_NEW)) == TRUSTED
    assert car.unit.hear_datum("WGS84", GCJ02)
    assert not car.unit.hear_datum("WGS84", GCJ02), "it is no news twice"
    outcome = car.drive(1)
    assert told(outcome) == SUSPECTED
    assert isinstance(outcome.live, LivePosition)
    assert (outcome.live.lon, outcome.live.lat) == (112.4, 29.1 + STEP_DEG * car.fixes)
    lost = position(900, car.second + 1, 0, 0)
    outcome = car.unit.accept(MONITOR, lost, context(), arrival(car.second + 1))
    assert told(outcome) == ("null_island", WRONG, "null_island"), "the fix's own doubt is first"


def test_an_unknown_answer_keeps_what_was_said_and_one_that_fits_takes_it_back() -> None:
    car = Car()
    car.drive(DRIVE_NEW)
    car.unit.hear_datum("WGS84", GCJ02)
    assert not car.unit.hear_datum("WGS84", UNKNOWN)
    assert told(car.drive(1)) == SUSPECTED
    assert car.unit.hear_datum("WGS84", FITS)
    assert told(car.drive(1)) == TRUSTED


@pytest.mark.parametrize("corrected", ["GCJ02", "BD09", "CGCS2000"])
def test_a_device_that_declares_another_datum_is_suspected_no_more(corrected: Datum) -> None:
    car = Car()
    car.drive(DRIVE_NEW)
    car.unit.hear_datum("WGS84", GCJ02)
    assert told(car.drive(1)) == SUSPECTED
    assert told(car.drive(1, datum=corrected))[2] != "datum"
    assert not car.unit.hear_datum("WGS84", GCJ02), "an answer that came too late"
    assert told(car.drive(3, datum=corrected)) == TRUSTED
    assert car.due() is None, "of the new datum nothing is known yet"


def test_the_core_gives_the_drives_of_all_units_and_forgets_those_that_left() -> None:
    who: dict[UnitId, PatientContext] = {
        unit_id: PatientContext(unit_id=unit_id) for unit_id in (UnitId("N07"), UnitId("N08"))
    }
    core = TelemetryCore(CountyId("nanxian"), BOX, who.get)
    for unit_id in who:
        for number in range(1, DRIVE_NEW + 1):
            raw = (
                b'{"v":1,"boot_id":"b00t-0001","seq":%d,"observed_at":"%s","lon":112.4,'
                b'"lat":%.5f,"datum":"WGS84"}'
            ) % (number, at(3 * number).isoformat().replace("+00:00", "Z").encode(),
                 29.1 + STEP_DEG * number)  # fmt: skip
            topic = f"greenlane/nanxian/{unit_id}/MON-07/position"
            core.accept(topic, raw, arrival(3.0 * number))
    given = [core.due_drive(arrival(60).now_s) for _ in range(3)]
    assert [found[0] for found in given if found is not None] == list(who)
    assert given[2] is None
    assert core.hear_datum(UnitId("N08"), "WGS84", GCJ02)
    del who[UnitId("N08")]
    assert len(list(core.tick(arrival(61)))) == 1
    assert not core.hear_datum(UnitId("N08"), "WGS84", FITS)


def test_a_mobile_cell_says_less_than_a_fresh_satellite_only() -> None:
    assert says_less(INACCURATE_M + 1, 5.0, INACCURATE_WAITS_S)
    assert not says_less(INACCURATE_M + 1, 5.0, INACCURATE_WAITS_S + 1)
    assert not says_less(INACCURATE_M, 5.0, 1.0)
    assert not says_less(None, 5.0, 1.0)
    assert says_less(INACCURATE_M + 1, None, 1.0)
    assert not says_less(900.0, 900.0, 1.0)


def test_the_tracker_says_whether_a_suspicion_is_new() -> None:
    tracker = PositionTracker(BOX)
    assert tracker.suspect("WGS84", "GCJ02")
    assert not tracker.suspect("WGS84", "GCJ02")
    assert not tracker.suspect("BD09", "WGS84")
    assert tracker.suspect("WGS84", None)


def test_no_unknown_datum_becomes_a_fix() -> None:
    from telemetry.decode import decode, read_topic

    topic = read_topic("greenlane/nanxian/N07/MON-07/position", CountyId("nanxian"))
    for name in ("WGS84", "CGCS2000", "GCJ02", "BD09", "BJ54", "wgs84", ""):
        raw = (
            b'{"v":1,"boot_id":"b00t-0001","seq":1,"observed_at":"2026-11-23T01:00:00Z",'
            b'"lon":112.4,"lat":29.3,"datum":"%s"}' % name.encode()
        )
        if name in ("WGS84", "CGCS2000", "GCJ02", "BD09"):
            assert decode(topic, raw)
            continue
        with pytest.raises(BadPayload) as refused:
            decode(topic, raw)
        assert refused.value.reason == "invalid_field"
