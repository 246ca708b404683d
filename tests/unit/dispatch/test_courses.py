"""Live ETAs begin where the fixes of a job say that the unit is on the road, live and in replay.

The town is a dual carriageway that leads past the scene: east on the southern line, west on the
northern one, 16 m apart, with a turning place only at both ends. A fix that noise puts nearer to
the wrong line is minutes of detour from there, and none by the drive so far.
"""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from dispatch.advice import recommend_units
from dispatch.domain import commands as c
from dispatch.domain import documents as d
from dispatch.domain.fold import apply
from dispatch.domain.views import CONSOLE
from dispatch.domain.world import World
from dispatch.http.replay_etas import aims_of, etas_of
from dispatch.ids import UnitId
from dispatch.live.eta import Course, UnitFix, eta_of, target_of
from dispatch.live.journeys import Journeys
from dispatch.live.plane import LivePlane
from maps.coordinates import Wgs84
from maps.network.travel import RoadPolicy, Roads
from maps.travel import StraightLineTravel
from telemetry.ports import LivePosition, WrongDatum
from telemetry.position import Box, PositionTracker
from telemetry.rows import FixRow, Stamp
from tests.support.desk import SCENE, START, Desk, crew
from tests.support.roads import graph_of
from tests.unit.telemetry.support import position as message

N01 = UnitId("N01")
STRAIGHT = StraightLineTravel(detour_factor=1.3, speed_kmh=60.0)
NORTH_DEG = 16 / 111_195.0
M_PER_LON = 97_000.0  # at the scene's latitude
WEST_LON, EAST_LON = 112.36, 112.46
BOX = Box(west=112.1, south=29.0, east=112.8, north=29.6)


def town() -> Roads:
    """Node 1 is the scene, on the line that leads east."""
    south, north = SCENE.lat, SCENE.lat + NORTH_DEG
    places = [(WEST_LON, south), (SCENE.lon, south), (EAST_LON, south), (EAST_LON, north),
              (WEST_LON, north)]  # fmt: skip
    line = {"road_class": "primary", "is_oneway": True}
    roads = [line | {"nodes": [0, 1, 2]}, line | {"nodes": [3, 4]}, {"nodes": [2, 3]},
             {"nodes": [4, 0]}]  # fmt: skip
    return Roads(graph_of(places, roads), RoadPolicy())


ROADS = town()


def unit_fix(second: float, north_m: float, **more: Any) -> UnitFix:
    """A unit that drives east at 20 m/s, ``north_m`` off its line."""
    place = Wgs84(lon=WEST_LON + 0.01 + 20 * second / M_PER_LON, lat=SCENE.lat + north_m / 111_195)
    return UnitFix(place=place, at=START + timedelta(seconds=second), **more)


def sent() -> Desk:
    desk = Desk()
    desk.send(desk.incident(priority="P1"), "N01")
    return desk


def live(fix: UnitFix) -> LivePosition:
    wrong = WrongDatum(declared="WGS84", suspected="GCJ02") if fix.is_datum_doubted else None
    return LivePosition(
        unit_id=N01, lon=fix.place.lon, lat=fix.place.lat, heading_deg=fix.heading_deg,
        speed_kmh=fix.speed_kmh, accuracy_m=fix.accuracy_m, at=fix.at, observed_at=fix.at,
        received_at=fix.at, doubtful=None, wrong_datum=wrong,
    )  # fmt: skip


def durations_s(travel: Journeys, fixes: Sequence[UnitFix]) -> list[int]:
    """What the live plane says after each fix."""
    desk, plane, said = sent(), LivePlane(travel), []
    for fix in fixes:
        plane.take(desk.world, live(fix), fix.at)
        said.append(plane.etas["N01"].duration_s)
    return said


def test_a_fix_nearer_to_the_other_carriageway_turns_nobody_round() -> None:
    noisy = [unit_fix(second, 12.0 if 20 <= second < 24 else 1.0) for second in range(60)]
    travel = Journeys(STRAIGHT, ROADS)
    target = target_of(sent().world, "N01")
    assert target is not None
    now = noisy[21].at
    nearest = eta_of(travel.at({}, now, "P1"), target, noisy[21].place, now, now).duration_s
    said = durations_s(travel, noisy)
    assert nearest > 1.5 * said[21], "the road nearest to the fix leads the other way"
    assert all(later <= earlier for earlier, later in pairwise(said)), said
    assert said[0] - said[-1] > 40, "it follows the fixes"


@pytest.mark.parametrize(
    "change",
    [{"is_datum_doubted": True}, {"place": Wgs84(lon=112.37, lat=SCENE.lat + 0.01)}],
    ids=["suspected datum", "off every road"],
)
def test_what_is_on_no_road_begins_at_the_fix(change: dict[str, Any]) -> None:
    fields = {"place": unit_fix(30, 2.0).place, "at": START} | change
    fix = UnitFix(**fields)
    assert Course(Journeys(STRAIGHT, ROADS).model()).follow(fix) == fix.place
    travel = Journeys(STRAIGHT, ROADS)
    desk, plane = sent(), LivePlane(travel)
    plane.take(desk.world, live(fix), START)
    target = target_of(desk.world, "N01")
    assert target is not None
    assert plane.etas["N01"] == eta_of(travel.at({}, START, "P1"), target, fix.place, START, START)
    if not fix.is_datum_doubted:
        assert plane.etas["N01"].method == "road_and_straight_line"


def test_without_roads_everything_is_as_it_was() -> None:
    fix = unit_fix(3, 12.0)
    assert Journeys(STRAIGHT).model() is None
    assert Course(None).follow(fix) == fix.place
    desk, plane = sent(), LivePlane(Journeys(STRAIGHT))
    plane.take(desk.world, live(fix), START)
    assert plane.etas["N01"].method == "straight_line"


def test_a_fix_that_is_not_newer_moves_nothing() -> None:
    course = Course(Journeys(STRAIGHT, ROADS).model())
    here = course.follow(unit_fix(10, 3.0))
    assert course.follow(unit_fix(10, 3.0)) is here
    assert course.follow(unit_fix(4, 3.0)) is here
    assert course.follow(unit_fix(11, 3.0)) != here


@pytest.mark.parametrize("is_doubted", [False, True])
def test_the_place_shown_is_the_fix_with_its_doubt(is_doubted: bool) -> None:
    desk, plane = sent(), LivePlane(Journeys(STRAIGHT, ROADS))
    fix = unit_fix(10, 7.0, is_datum_doubted=is_doubted)
    plane.take(desk.world, live(fix), fix.at)
    (document,) = plane.documents(desk.world, CONSOLE, "N01")
    assert isinstance(document, d.PositionDoc)
    assert (document.lon, document.lat) == (fix.place.lon, fix.place.lat)
    wrong = d.WrongDatum(declared="WGS84", suspected="GCJ02")
    said = ("datum", wrong) if is_doubted else (None, None)
    assert (document.doubtful, document.wrong_datum) == said


def test_a_suspected_datum_makes_no_position_unknown_to_the_advice() -> None:
    """500 m off is nearer than the station, for which an unknown position is taken."""
    desk, plane, travel = Desk(), LivePlane(Journeys(STRAIGHT)), Journeys(STRAIGHT)
    incident_id = desk.incident(priority="P1")
    place = Wgs84(lon=SCENE.lon + 0.01, lat=SCENE.lat)
    for is_doubted in (False, True):
        fix = UnitFix(place=place, at=desk.now, is_datum_doubted=is_doubted)
        plane.take(desk.world, live(fix), desk.now)
        first = recommend_units(desk.world, plane, travel, incident_id, desk.now).options[0]
        assert first.unit_id == "N01"
        assert not any(one.code == "position_unknown" for one in first.costs)


def test_other_roads_in_use_begin_the_course_anew() -> None:
    """A map imported while a unit drives: the next ETA is by its roads."""
    travel, fixes = Journeys(STRAIGHT), [unit_fix(second, 1.0) for second in range(10)]
    desk, plane = sent(), LivePlane(travel)
    plane.take(desk.world, live(fixes[0]), fixes[0].at)
    assert plane.etas["N01"].method == "straight_line"
    travel.use(ROADS)
    plane.refresh_eta(desk.world, "N01", fixes[0].at)
    assert plane.etas["N01"].method == "road"
    first = travel.model()
    travel.use(town())
    plane.take(desk.world, live(fixes[1]), fixes[1].at)
    assert travel.model() is not first
    assert plane.etas["N01"].method == "road"
    assert travel.apart().model() is not travel.model(), "ways are remembered apart"
    assert travel.model() is travel.model()


def test_a_job_that_ended_leaves_nothing_behind() -> None:
    desk, plane = Desk(), LivePlane(Journeys(STRAIGHT, ROADS))
    assignment_id = desk.send(desk.incident(priority="P1"), "N01")
    for second in range(5):
        plane.take(desk.world, live(unit_fix(second, 1.0)), unit_fix(second, 1.0).at)
    assert plane.followed() == {"N01"}
    desk.drive(assignment_id, "en_route", "on_scene")
    plane.refresh_eta(desk.world, "N01", desk.now)
    assert plane.followed() == {"N01"}, "the job goes on"
    desk.drive(assignment_id, "cleared")
    plane.refresh_eta(desk.world, "N01", desk.now)
    assert plane.followed() == set()
    plane.take(desk.world, live(unit_fix(400, 1.0)), unit_fix(400, 1.0).at)
    assert plane.followed() == set(), "nobody follows a unit without a job"


# --- the same day live and in replay ------------------------------------------------------------


def carried() -> tuple[Desk, str]:
    """To the scene, to H1 and over, half a minute between the parts."""
    desk = Desk()
    desk.wait(20)
    incident_id = desk.incident(priority="P1")
    assignment_id = desk.send(incident_id, "N01")
    desk.wait(60)
    desk.drive(assignment_id, "en_route", "on_scene", "at_patient")
    desk.wait(20)
    fields = {"patient_id": f"{incident_id}.P1", "facility_id": "H1"}
    desk.tell(c.ChooseDestination, crew("N01"), **fields)
    desk.wait(40)
    desk.drive(assignment_id, "transporting", "at_destination")
    return desk, incident_id


def heard(seed: int) -> list[tuple[FixRow, LivePosition | None]]:
    """180 s of a receiver with noise, lost fixes, mobile cells, late ones and a suspected datum.

    Each fix as it is stored, and what the tracker showed of it, in the order of arrival.
    """
    rng = random.Random(seed)
    told = []
    for second in range(0, 180, 2):
        late_s = rng.choice([0, 0, 0, 0, 5, 21])
        accuracy_m = rng.choice([5.0, 5.0, 8.0, 30.0, 1_500.0])
        fix = unit_fix(second, rng.gauss(2.0, 6.0), accuracy_m=accuracy_m, speed_kmh=72.0,
                       heading_deg=rng.choice([None, 90.0]))  # fmt: skip
        told.append((second + late_s + rng.random() / 10, rng.random() < 0.05, fix))
    tracker, rows = PositionTracker(BOX), []
    for number, (received_s, is_lost, fix) in enumerate(sorted(told, key=lambda one: one[0])):
        if number == 60:
            tracker.suspect("WGS84", "GCJ02")
        rows.append(_heard(tracker, number, received_s, is_lost, fix))
    return rows


def _heard(
    tracker: PositionTracker, number: int, received_s: float, is_lost: bool, fix: UnitFix
) -> tuple[FixRow, LivePosition | None]:
    lon, lat = (0.0, 0.0) if is_lost else (fix.place.lon, fix.place.lat)
    at_s = (fix.at - START).total_seconds()
    sent_fix = message(number + 1, at_s, lon, lat, accuracy_m=fix.accuracy_m)
    judged, is_newest = tracker.judge(sent_fix, at_s)
    received_at = START + timedelta(seconds=received_s)
    stamp = Stamp(
        device_id="N01-gps", boot_id="b1", seq=number + 1, unit_id=N01, observed_at=fix.at,
        received_at=received_at, true_at=fix.at, skew_ms=0, is_late=False,
    )  # fmt: skip
    is_doubted = judged.suspected_datum is not None
    row = FixRow(
        stamp=stamp, lon=lon, lat=lat, sent_lon=lon, sent_lat=lat, datum="WGS84",
        speed_kmh=fix.speed_kmh, heading_deg=fix.heading_deg, accuracy_m=fix.accuracy_m,
        doubtful=judged.doubtful or ("datum" if is_doubted else None),
    )  # fmt: skip
    if not is_newest:
        return row, None
    shown = live(UnitFix(place=fix.place, at=fix.at, heading_deg=fix.heading_deg,
                         speed_kmh=fix.speed_kmh, accuracy_m=fix.accuracy_m,
                         is_datum_doubted=is_doubted))  # fmt: skip
    return row, shown


def said_live(
    travel: Journeys, desk: Desk, day: Sequence[tuple[FixRow, LivePosition | None]]
) -> Callable[[datetime], tuple[Any, ...]]:
    """What the unit's ETA was at a moment, from the log and the fixes as they came."""
    plane, world = LivePlane(travel), World()
    steps = [(one.recorded_at, one) for one in desk.log]
    steps += [(row.stamp.received_at, shown) for row, shown in day if shown is not None]
    said: list[tuple[datetime, tuple[Any, ...]]] = []
    for at, step in sorted(steps, key=lambda one: one[0]):
        if isinstance(step, LivePosition):
            plane.take(world, step, at)
        else:
            world, _ = apply(world, [step])
            plane.refresh_eta(world, "N01", at)
        eta = plane.etas.get("N01")
        found = (None, None, None, None)
        if eta is not None:
            found = (eta.target, eta.target_id, eta.arrive_at, eta.from_fix_at)
        said.append((at, found))
    return lambda moment: [found for at, found in said if at <= moment][-1]


def test_a_replay_walks_the_chain_that_the_live_plane_walked(seed: int) -> None:
    desk, incident_id = carried()
    travel, day = Journeys(STRAIGHT, ROADS), heard(seed)
    aims = aims_of(World(), desk.log, incident_id, [N01])[N01]
    rows = etas_of(travel.apart(), aims, [row for row, _ in day])
    assert {row.target for row in rows} >= {"scene", "hospital"}
    said = said_live(travel, desk, day)
    for row in rows:
        assert (row.target, row.target_id, row.arrive_at, row.fix_at) == said(row.at)
    assert rows == etas_of(travel.apart(), aims, [row for row, _ in day]), "and walks it twice"
