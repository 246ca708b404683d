"""From where a destination is advised: the fix, the last good fix under way (X14), the scene."""

from datetime import datetime, timedelta

import pytest

from dispatch.advice import advise_destination
from dispatch.live.journeys import Journeys
from dispatch.live.plane import LivePlane
from maps.travel import StraightLineTravel
from telemetry.ports import LivePosition
from tests.support.desk import SCENE, Desk

FAR_LON = 112.80


class Under:
    """A desk with one patient, and the live plane beside it."""

    def __init__(self, *steps: str) -> None:
        self.desk = Desk()
        self.assignment_id, self.patient_id = self.desk.attended()
        self.desk.drive(self.assignment_id, *steps)
        self.travel = Journeys(StraightLineTravel())
        self.plane = LivePlane(self.travel)

    def fix(self, at: datetime, doubtful=None) -> None:
        live = LivePosition(unit_id="N01", lon=FAR_LON, lat=SCENE.lat, heading_deg=None,
                            speed_kmh=None, accuracy_m=None, at=at, observed_at=at,
                            received_at=at, doubtful=doubtful)  # fmt: skip
        self.plane.positions["N01"] = live

    def asked(self) -> tuple[bool, bool]:
        """Whether the drives start far from the scene, and whether the advice is marked stale."""
        advice = advise_destination(self.desk.world, self.plane, self.travel, self.patient_id,
                                    self.desk.now)  # fmt: skip
        is_far = min(option.distance_m for option in advice.options) > 20_000
        return is_far, [flag.code for flag in advice.flags].count("position_stale") == 1


@pytest.mark.parametrize(("age_s", "is_stale"), [(0, False), (300, False), (301, True)])
def test_under_way_the_last_fix_stands_and_an_old_one_is_marked(age_s, is_stale):
    under = Under("transporting")
    under.desk.wait(600)
    under.fix(under.desk.now - timedelta(seconds=age_s))
    assert under.asked() == (True, is_stale)


def test_under_way_the_last_good_fix_stands_while_newer_ones_cannot_be_believed():
    under = Under("transporting")
    under.fix(under.desk.now, doubtful="jump")
    assert under.asked() == (True, True)


def test_a_fix_from_before_boarding_is_not_where_the_patient_is():
    under = Under("transporting")
    under.desk.wait(600)
    boarded_at = under.desk.world.patients[under.patient_id].boarded_at
    under.fix(boarded_at - timedelta(seconds=1))
    assert under.asked() == (False, True)
    under.fix(boarded_at)
    assert under.asked() == (True, True)


def test_under_way_without_any_fix_the_scene_is_an_old_place():
    assert Under("transporting").asked() == (False, True)


def test_at_the_scene_nothing_is_stale():
    under = Under()
    assert under.asked() == (False, False)
    under.desk.wait(600)
    under.fix(under.desk.now - timedelta(seconds=400))
    assert under.asked() == (False, False)
