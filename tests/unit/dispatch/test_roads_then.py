"""A replay drives at the speeds of its day, whatever the county's are now."""

import pytest

from dispatch.live.journeys import Journeys
from maps.coordinates import Wgs84
from maps.network.learned import Learned
from maps.network.policy import RoadPolicy, SpeedPolicy
from maps.network.travel import Roads
from maps.travel import StraightLineTravel
from tests.support.desk import START
from tests.support.roads import grid

TOWN = Roads(grid(4, 4), RoadPolicy(), Learned(overall=0.5))
THEN = RoadPolicy(speeds=SpeedPolicy(class_kmh={"residential": 14.0}))
SLOWER = RoadPolicy(speeds=SpeedPolicy(of_limit=0.5))
ENDS = Wgs84(lon=112.4, lat=29.3), Wgs84(lon=112.403, lat=29.303)


def drive_s(travel: Journeys) -> int:
    return travel.at({}, START, "P3").estimate(*ENDS).duration_s


def test_those_who_went_apart_drive_as_the_county_did_then() -> None:
    now = Journeys(StraightLineTravel(), TOWN)
    uncorrected = drive_s(Journeys(StraightLineTravel(), TOWN.corrected(None)))
    assert drive_s(now) == pytest.approx(uncorrected * 1.6487, abs=2)
    assert drive_s(now.apart()) == drive_s(now) == drive_s(now.apart(TOWN.policy))
    # Half as fast; and a correction of today's speeds says nothing about those of then.
    assert drive_s(now.apart(THEN)) == pytest.approx(2 * uncorrected, abs=2)
    assert drive_s(now) == pytest.approx(uncorrected * 1.6487, abs=2), "undisturbed"


def test_a_map_imported_later_is_driven_by_the_speeds_of_then_too() -> None:
    now = Journeys(StraightLineTravel(), TOWN)
    then = now.apart(THEN)
    before = drive_s(then)
    now.use(Roads(grid(4, 4, max_speed_kmh=100), RoadPolicy()))
    assert drive_s(now) < drive_s(now.apart(SLOWER)) < before
