"""One unit as a whole: patients change, values grow old, decisions follow."""

from typing import Any

import pytest

from dispatch.ids import PatientId
from telemetry.contract import Oxygen
from telemetry.ports import (
    Decision,
    FeedLost,
    FeedRestored,
    LivePosition,
    LiveVitals,
    TriageLevelChanged,
)
from telemetry.rows import VitalRow
from telemetry.unit import Outcome, UnitState
from tests.unit.telemetry.support import (
    BOX,
    MONITOR,
    SICK,
    UNIT,
    arrival,
    at,
    context,
    position,
    status,
    vitals,
)

PATIENT = context()


class Bench:
    """A unit fed at 1 Hz, and what came of it."""

    def __init__(self) -> None:
        self.unit = UnitState(UNIT, BOX)
        self.decisions: list[Decision] = []
        self.live: LiveVitals | None = None
        self.seq = 0

    def take(self, outcome: Outcome) -> Outcome:
        self.decisions += outcome.decisions
        if isinstance(outcome.live, LiveVitals):
            self.live = outcome.live
        return outcome

    def send(self, second: float, *args: Any, who: Any = PATIENT, **more: Any) -> Outcome:
        self.seq += 1
        message = vitals(self.seq, second - 0.1, *args, **more)
        return self.take(self.unit.accept(MONITOR, message, who, arrival(second)))

    def tick(self, second: float, who: Any = PATIENT) -> Outcome:
        return self.take(self.unit.tick(who, arrival(second)))


def test_scored_and_decided() -> None:
    bench = Bench()
    for second in range(3):
        bench.send(second)
    assert bench.live is not None
    assert (bench.live.score.total, bench.live.level, bench.live.feed) == (0, "none", "live")
    for second in range(3, 6):
        bench.send(second, SICK)
    levels = [d for d in bench.decisions if isinstance(d, TriageLevelChanged)]
    assert [(d.previous, d.level) for d in levels] == [("unknown", "none"), ("none", "emergency")]
    assert levels[1].score.total == 9
    assert levels[1].score.parts["hr"] == 3


def test_values_grow_old_and_leave_the_score() -> None:
    bench = Bench()
    for second in range(3):
        bench.send(second)
    bench.tick(61)
    assert bench.live is not None
    assert bench.live.score.missing == ()
    bench.tick(63)
    assert bench.live.score.missing == ("rr", "spo2", "hr", "temp")  # the cuff has ten minutes
    bench.tick(598)  # never said when it was taken: as old as when first seen
    assert "sbp" not in bench.live.score.missing
    bench.tick(601)
    assert "sbp" in bench.live.score.missing


def test_feed_lost_and_restored() -> None:
    bench = Bench()
    for second in range(3):
        bench.send(second)
    for second in range(3, 15):
        bench.tick(second)
    lost = [d for d in bench.decisions if isinstance(d, FeedLost)]
    assert [(d.at, d.cause) for d in lost] == [(at(11), "silent")]
    for second in range(20, 24):
        bench.send(second)
    restored = [d for d in bench.decisions if isinstance(d, FeedRestored)]
    assert [d.at for d in restored] == [at(22)]


def test_a_flushed_backlog_is_stored_and_rings_nothing() -> None:
    bench = Bench()
    for second in range(3):
        bench.send(second)
    for second in range(3, 20):
        bench.tick(second)
    before = len(bench.decisions)
    for second in range(3, 203):  # samples of the dead zone, all within a second
        bench.seq += 1
        message = vitals(bench.seq, second, SICK)
        outcome = bench.unit.accept(MONITOR, message, PATIENT, arrival(203 + second * 0.004))
        if second < 198:
            assert isinstance(outcome.row, VitalRow)
            assert outcome.row.stamp.is_late
            bench.decisions += outcome.decisions
            assert not any(isinstance(d, FeedRestored) for d in outcome.decisions)
    assert len(bench.decisions) <= before + 1


def test_the_next_patient_inherits_nothing() -> None:
    bench = Bench()
    for second in range(5):
        bench.send(second, SICK, acvpu="V")
    after = context(patient_id=PatientId("I-2.P1"), acvpu=None, patient_since=at(6))
    bench.tick(7, who=after)
    assert bench.live is not None
    assert bench.live.values == {}
    assert bench.live.level == "unknown"
    assert bench.live.acvpu is None
    # a late sample of the patient before is stored under nobody and not shown
    bench.seq += 1
    late = bench.unit.accept(MONITOR, vitals(bench.seq, 5, SICK), after, arrival(9))
    assert isinstance(late.row, VitalRow)
    assert (late.row.patient_id, late.live) == (None, None)


def test_level_and_feed_go_on_from_what_the_core_knows() -> None:
    bench = Bench()
    known = context(level="emergency", feed_lost=True)
    bench.unit.resume(known, at(0), arrival(0))
    bench.tick(1, who=known)
    assert bench.live is not None
    assert (bench.live.level, bench.live.feed) == ("emergency", "lost")
    for second in range(2, 6):
        bench.send(second, SICK, who=known)
    assert [type(d) for d in bench.decisions] == [FeedRestored]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"pregnant": True}, "pregnant"),
        ({"age_years": 4}, "child"),
        ({"age_years": None}, "age_unknown"),
    ],
)
def test_news2_is_never_used_for_these(changes: dict[str, Any], why: str) -> None:
    bench = Bench()
    for second in range(5):
        bench.send(second, SICK, who=context(**changes))
    assert bench.live is not None
    assert (bench.live.level, bench.live.score.not_applicable) == ("unscored", why)
    assert bench.live.values["heart_rate"].value == 135
    assert [d.level for d in bench.decisions if isinstance(d, TriageLevelChanged)] == ["unscored"]


def test_an_empty_unit_shows_and_decides_nothing() -> None:
    bench = Bench()
    for second in range(5):
        bench.send(second, SICK, who=context(patient_id=None))
    for second in range(5, 30):
        bench.tick(second, who=context(patient_id=None))
    assert bench.decisions == []


def test_the_newer_of_two_observations_is_used() -> None:
    bench = Bench()
    told = context(acvpu="V", on_oxygen=True, observed_at=at(10))
    bench.send(20, acvpu="A", oxygen=Oxygen(on=False), who=told)
    assert bench.live is not None
    assert (bench.live.acvpu, bench.live.on_oxygen) == ("A", False)
    told = context(acvpu="P", on_oxygen=True, observed_at=at(30))
    bench.tick(31, who=told)
    assert (bench.live.acvpu, bench.live.on_oxygen) == ("P", True)
    bench.tick(640, who=told)
    assert (bench.live.acvpu, bench.live.on_oxygen) == (None, None)


def test_what_cannot_be_true_is_shown_and_not_scored() -> None:
    bench = Bench()
    bench.send(1, {**SICK, "heart_rate": 900, "nibp_systolic": 45, "nibp_diastolic": 30})
    assert bench.live is not None
    assert bench.live.values["heart_rate"].state == "invalid"
    assert bench.live.score.parts["hr"] is None
    assert bench.live.values["nibp_systolic"].state == "suspect"
    assert bench.live.score.parts["sbp"] == 3


def test_duplicates_are_rows_and_nothing_else() -> None:
    bench = Bench()
    bench.send(1)
    bench.seq -= 1
    outcome = bench.send(2)
    assert outcome.row is not None
    assert (outcome.live, outcome.decisions) == (None, ())


def test_an_unplugged_monitor_is_the_cause() -> None:
    bench = Bench()
    for second in range(3):
        bench.send(second)
    will = status(1, -600, "offline", boot_id="b00t-0001-w")
    bench.take(bench.unit.accept(MONITOR, will, PATIENT, arrival(3)))
    assert bench.live is not None
    assert bench.live.monitor == "offline"
    bench.tick(14)
    assert [d.cause for d in bench.decisions if isinstance(d, FeedLost)] == ["offline"]


def test_positions() -> None:
    unit = UnitState(UNIT, BOX)
    good = unit.accept(MONITOR, position(1, 0, 112.4, 29.3), PATIENT, arrival(0.1))
    assert isinstance(good.live, LivePosition)
    bad = unit.accept(MONITOR, position(2, 1, 0, 0), PATIENT, arrival(1.1))
    assert isinstance(bad.live, LivePosition)
    assert (bad.live.lon, bad.live.doubtful) == (112.4, "null_island")
    again = unit.accept(MONITOR, position(2, 1, 0, 0), PATIENT, arrival(1.2))
    assert again.live is None
