"""Each kind of bad fix by its name, from the bytes on the wire to what is stored and shown.

The corpus beside this file (`v1.jsonl`) holds many of each; here one of each walks the whole way
through `TelemetryCore`, so that a filter which nobody calls any more is noticed.
"""

import json
from datetime import timedelta
from typing import Any

import pytest

from dispatch.ids import CountyId, UnitId
from dispatch.recommend.units import STALE_FIX_S, UNKNOWN_FIX_S, is_position_known
from maps.matching.datum import judge_datum
from telemetry.core import TelemetryCore
from telemetry.ports import DatumOpinion, LivePosition, PatientContext, WrongDatum
from telemetry.position import STILL_M, Box
from telemetry.rows import FixRow
from tests.contract.positions.test_corpus import CASES, EAST, NORTH, SOUTH, WEST, roads
from tests.unit.telemetry.support import UNIT, arrival, at

HOME = (112.4, 29.3)
NEAR_DEG = 0.0003


class Vehicle:
    """One unit's receiver on the wire; what it said last, as stored and as shown."""

    def __init__(self) -> None:
        box = Box(west=WEST, south=SOUTH, east=EAST, north=NORTH)
        who = {UNIT: PatientContext(unit_id=UNIT)}
        self.core = TelemetryCore(CountyId("nanxian"), box, who.get)
        self.seq = 0
        self.live: LivePosition | None = None

    def say(
        self, second: float, lon: float, lat: float, *, heard: float | None = None, **more: Any
    ) -> FixRow:
        """A fix true at a second and heard at another (the same one unless said)."""
        self.seq = more.pop("seq", self.seq + 1)
        body = {"v": 1, "boot_id": "b00t-0001", "seq": self.seq, "lon": lon, "lat": lat}
        body |= {"datum": "WGS84", "observed_at": at(second).isoformat()} | more
        topic = f"greenlane/nanxian/{UNIT}/MON-07/position"
        now = arrival(second if heard is None else heard)
        outcome = self.core.accept(topic, json.dumps(body).encode(), now)
        assert isinstance(outcome.row, FixRow)
        if outcome.live is not None:
            assert isinstance(outcome.live, LivePosition)
            self.live = outcome.live
        return outcome.row

    @property
    def place(self) -> tuple[float, float]:
        assert self.live is not None
        return self.live.lon, self.live.lat

    @property
    def doubt(self) -> str | None:
        assert self.live is not None
        return self.live.doubtful


@pytest.fixture
def vehicle() -> Vehicle:
    """It has been heard at HOME, twice, the last time a second ago (second 1)."""
    found = Vehicle()
    found.say(0, *HOME)
    found.say(1, *HOME)
    assert (found.place, found.doubt) == (HOME, None)
    return found


def check_kept_out(vehicle: Vehicle, row: FixRow, doubt: str) -> None:
    """Stored as sent with its doubt; the good fix stays, marked; the next good one clears it."""
    assert row.doubtful == doubt
    assert (vehicle.place, vehicle.doubt) == (HOME, doubt)
    assert vehicle.say(60, HOME[0] + NEAR_DEG, HOME[1]).doubtful is None
    assert (vehicle.place, vehicle.doubt) == ((HOME[0] + NEAR_DEG, HOME[1]), None)


def test_null_island(vehicle: Vehicle) -> None:
    check_kept_out(vehicle, vehicle.say(2, 0.0, 0.0), "null_island")


def test_swapped(vehicle: Vehicle) -> None:
    row = vehicle.say(2, HOME[1], HOME[0])
    assert (row.sent_lon, row.sent_lat) == (HOME[1], HOME[0])
    check_kept_out(vehicle, row, "swapped")


def test_jump(vehicle: Vehicle) -> None:
    check_kept_out(vehicle, vehicle.say(2, HOME[0] + 0.1, HOME[1]), "jump")


def test_outside_the_county(vehicle: Vehicle) -> None:
    check_kept_out(vehicle, vehicle.say(2, 116.4, 39.9), "out_of_county")


def test_not_a_place(vehicle: Vehicle) -> None:
    check_kept_out(vehicle, vehicle.say(2, 20.0, 120.0), "not_a_place")


def test_stale(vehicle: Vehicle) -> None:
    """Silence makes no event and no doubt: the fix keeps its time, and its age speaks."""
    assert vehicle.live is not None
    heard_at = vehicle.live.at
    assert heard_at == at(1)
    for outcome in vehicle.core.tick(arrival(1000)):
        assert not isinstance(outcome.live, LivePosition)
    assert (vehicle.live.at, vehicle.doubt) == (heard_at, None)
    ages_s = [round((at(1 + age_s) - heard_at).total_seconds()) for age_s in (30, 31, 300, 301)]
    assert [age_s > STALE_FIX_S for age_s in ages_s] == [False, True, True, True]
    assert [is_position_known(age_s, False) for age_s in ages_s] == [True, True, True, False]
    assert UNKNOWN_FIX_S == 300


def test_stationary(vehicle: Vehicle) -> None:
    """A standing unit is no fault: each fix is good, none is a drive, and it is not compared."""
    for second in range(2, 900):
        row = vehicle.say(second, HOME[0] + 1e-5 * (second % 5), HOME[1] + 1e-5 * (second % 3))
        assert row.doubtful is None
        assert vehicle.live is not None
        assert vehicle.live.at == at(second)
    assert abs(vehicle.place[0] - HOME[0]) * 97_000 < STILL_M
    assert vehicle.core.due_drive(arrival(900).now_s) is None


def test_late(vehicle: Vehicle) -> None:
    """After a dead zone: stored where it belongs, shown never."""
    vehicle.say(60, HOME[0] + NEAR_DEG, HOME[1])
    shown = vehicle.live
    row = vehicle.say(30, HOME[0] - NEAR_DEG, HOME[1], heard=61)
    assert (row.stamp.is_late, row.doubtful) == (True, None)
    assert abs(row.stamp.true_at - at(30)) < timedelta(seconds=1)
    assert vehicle.live is shown


def test_out_of_order(vehicle: Vehicle) -> None:
    """Two fixes change places on the way: the newer one stays, whichever comes last."""
    vehicle.say(6, HOME[0] + 2 * NEAR_DEG, HOME[1], heard=6.2, seq=4)
    shown = vehicle.live
    row = vehicle.say(5, HOME[0] + NEAR_DEG, HOME[1], heard=6.3, seq=3)
    assert row.doubtful is None
    assert vehicle.live is shown
    assert vehicle.place == (HOME[0] + 2 * NEAR_DEG, HOME[1])


def test_twice(vehicle: Vehicle) -> None:
    shown = vehicle.live
    row = vehicle.say(1, *HOME, heard=9, seq=2)
    assert row.doubtful is None
    assert vehicle.live is shown


def test_inaccurate(vehicle: Vehicle) -> None:
    vehicle.say(2, *HOME, accuracy_m=6)
    shown = vehicle.live
    row = vehicle.say(30, HOME[0] + 0.01, HOME[1], accuracy_m=1_500)
    assert (row.doubtful, row.accuracy_m) == (None, 1_500)
    assert vehicle.live is shown


def test_wrong_datum() -> None:
    """A drive in GCJ-02 declared WGS-84: said by the roads, shown and stored, converted never."""
    vehicle = Vehicle()
    (case,) = (one for one in CASES if one["name"] == "a drive in GCJ02 declared WGS84")
    for number, (lon, lat) in enumerate(case["pairs"]):
        row = vehicle.say(10.0 * number, lon, lat)
        assert row.doubtful is None
    found = vehicle.core.due_drive(arrival(10.0 * len(case["pairs"])).now_s)
    assert found is not None
    unit_id, drive = found
    assert unit_id == UnitId(UNIT)
    verdict = judge_datum(roads(), drive.pairs, drive.declared)
    opinion = DatumOpinion(suspected=verdict.suspected, is_known=True)
    assert vehicle.core.hear_datum(unit_id, drive.declared, opinion)
    lon, lat = case["pairs"][-1]
    row = vehicle.say(10.0 * len(case["pairs"]) + 5, lon, lat)
    assert (row.doubtful, row.lon, row.lat) == ("datum", lon, lat)
    assert vehicle.live is not None
    assert vehicle.live.wrong_datum == WrongDatum(declared="WGS84", suspected="GCJ02")
    assert (vehicle.place, vehicle.doubt) == ((lon, lat), None)
