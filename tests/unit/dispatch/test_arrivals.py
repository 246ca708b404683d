"""An arrival put to the crew: a question beside the position, never a status, never an event."""

import random
from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain import commands as c
from dispatch.domain import documents as d
from dispatch.domain.invariants import broken
from dispatch.domain.views import CONSOLE, Audience
from dispatch.ids import UnitId
from dispatch.live.arrivals import FIXES_MAX, errand_of
from dispatch.live.hub import Hub
from dispatch.live.journeys import Journeys
from dispatch.live.plane import LivePlane
from maps.arrival import ArrivalFix, propose_arrival
from maps.coordinates import Wgs84
from maps.travel import StraightLineTravel
from telemetry.ports import LivePosition, WrongDatum
from tests.support.desk import DISPATCHER, SCENE, Desk, crew

N01 = UnitId("N01")
M_PER_LON = 97_000.0  # at the scene's latitude
STRAIGHT = StraightLineTravel(detour_factor=1.3, speed_kmh=60.0)


class Drive:
    """N01 under way with a plane beside the desk; fixes are metres east of a place."""

    def __init__(self) -> None:
        self.desk, self.plane = Desk(), LivePlane(Journeys(STRAIGHT))
        self.incident_id = self.desk.incident(priority="P1")
        self.assignment_id = self.desk.send(self.incident_id, "N01")

    def steps(self, *names: str) -> None:
        self.desk.drive(self.assignment_id, *names)
        self.plane.refresh_eta(self.desk.world, "N01", self.desk.now)

    def fix(self, east_m: float = 10.0, speed_kmh: float | None = 0.0, **more: Any) -> None:
        """One fix now, seen from the scene or from ``around``."""
        around = more.pop("around", SCENE)
        fields = {"heading_deg": None, "accuracy_m": 5.0, "doubtful": None, "at": self.desk.now}
        fields |= {"observed_at": self.desk.now, "received_at": self.desk.now} | more
        place = {"lon": around.lon + east_m / M_PER_LON, "lat": around.lat}
        live = LivePosition(unit_id=N01, speed_kmh=speed_kmh, **place, **fields)
        self.plane.take(self.desk.world, live, self.desk.now)

    def stand(self, seconds: int, every_s: float = 1.0, **more: Any) -> None:
        for _ in range(int(seconds / every_s)):
            self.desk.wait(every_s)
            self.fix(**more)

    def asked(self, audience: Audience = CONSOLE) -> d.Arrival | None:
        documents = self.plane.documents(self.desk.world, audience, "N01")
        return next((one.arrival for one in documents if isinstance(one, d.PositionDoc)), None)

    def transport(self, facility_id: str = "H1") -> Wgs84:
        """On with a patient to a hospital; returns where that is."""
        self.steps("on_scene", "at_patient")
        fields = {"patient_id": f"{self.incident_id}.P1", "facility_id": facility_id}
        self.desk.tell(c.ChooseDestination, crew("N01"), **fields)
        self.steps("transporting")
        config = self.desk.world.config
        assert config is not None
        (found,) = (one for one in config.facilities if one.facility_id == facility_id)
        return Wgs84(lon=found.lon, lat=found.lat)


def test_standing_at_the_scene_is_asked_about_and_changes_nothing_by_itself() -> None:
    run = Drive()
    run.steps("en_route")
    run.fix(east_m=900, speed_kmh=60)
    run.desk.wait(60)
    stood_at = run.desk.now + timedelta(seconds=1)
    events = len(run.desk.log)
    run.stand(15)
    assert run.asked() is None
    run.stand(20)
    arrival = run.asked()
    assert arrival == d.Arrival(
        assignment_id=run.assignment_id, step="on_scene", target="scene",
        target_id=run.incident_id, since=stood_at, distance_m=10,
    )  # fmt: skip
    run.stand(60)
    assert run.asked() == arrival
    assert len(run.desk.log) == events
    assert run.desk.world.assignments[run.assignment_id].state == "en_route"


def test_yes_is_the_ordinary_status_with_the_time_of_the_stay() -> None:
    run = Drive()
    run.steps("en_route")
    run.stand(60)
    arrival = run.asked()
    assert arrival is not None
    run.desk.tell(
        c.AdvanceAssignment, crew("N01"), assignment_id=arrival.assignment_id,
        step=arrival.step, occurred_at=arrival.since,
    )  # fmt: skip
    run.plane.refresh_eta(run.desk.world, "N01", run.desk.now)
    assignment = run.desk.world.assignments[run.assignment_id]
    assert assignment.state == "on_scene"
    assert assignment.step_at["on_scene"] == arrival.since < run.desk.now
    assert broken(run.desk.world, run.desk.now) == []
    assert run.asked() is None
    run.stand(60)
    assert run.asked() is None, "at the scene nothing is left to ask"


def test_a_hospital_is_asked_about_while_transporting() -> None:
    run = Drive()
    run.steps("en_route")
    run.stand(30)
    around = run.transport()
    assert run.asked() is None, "the scene is no longer the question"
    run.stand(40, around=around, east_m=100)
    arrival = run.asked()
    assert arrival is not None
    assert (arrival.step, arrival.target, arrival.target_id) == ("at_destination", "hospital", "H1")


def test_nothing_is_asked_before_driving_off_nor_of_what_was_before_it() -> None:
    run = Drive()
    run.stand(60)
    assert run.asked() is None
    run.steps("en_route")
    assert run.asked() is None
    run.stand(40)
    arrival = run.asked()
    assert arrival is not None
    started = run.desk.world.assignments[run.assignment_id].since
    assert arrival.since > started


def test_only_the_unit_and_the_console_see_it() -> None:
    run = Drive()
    run.steps("en_route")
    run.stand(40)
    assert run.asked() is not None
    assert run.asked(Audience(kind="unit", scope="N01")) == run.asked()
    for audience in (Audience(kind="unit", scope="N02"), Audience(kind="facility", scope="H1")):
        assert list(run.plane.documents(run.desk.world, audience, "N01")) == []


@pytest.mark.parametrize("every_s", [0.1, 1.0, 5.0, 30.0])
def test_a_long_stay_keeps_its_beginning_and_bounded_memory(every_s: float) -> None:
    run = Drive()
    run.steps("en_route")
    first = run.desk.now + timedelta(seconds=every_s)
    run.stand(900, every_s)
    arrival = run.asked()
    assert arrival is not None
    assert arrival.since == first


def test_leaving_ends_the_question_and_another_stay_is_another_question() -> None:
    run = Drive()
    run.steps("en_route")
    run.stand(40)
    before = run.asked()
    run.desk.wait(10)
    run.fix(east_m=300, speed_kmh=50)
    assert run.asked() is None
    run.desk.wait(30)
    run.stand(40)
    again = run.asked()
    assert before is not None
    assert again is not None
    assert again.since > before.since + timedelta(seconds=70)


def test_driving_past_slowly_enough_to_be_near_is_no_question() -> None:
    run = Drive()
    run.steps("en_route")
    for east_m in range(-600, 600, 6):
        run.desk.wait(1)
        run.fix(east_m=east_m, speed_kmh=21.6)
        assert run.asked() is None


@pytest.mark.parametrize(
    "doubt",
    [
        {"wrong_datum": WrongDatum(declared="WGS84", suspected="GCJ02")},
        {"accuracy_m": 900.0},
    ],
    ids=["suspected datum", "mobile cell"],
)
def test_doubtful_fixes_propose_nothing(doubt: dict[str, Any]) -> None:
    run = Drive()
    run.steps("en_route")
    run.stand(60, **doubt)
    assert run.asked() is None


def test_a_newer_doubt_about_an_old_fix_is_no_new_fix() -> None:
    """A receiver that loses its fix repeats the last good one with the doubt."""
    run = Drive()
    run.steps("en_route")
    run.desk.wait(1)
    run.fix()
    at = run.desk.now
    for _ in range(60):
        run.desk.wait(1)
        run.fix(at=at, doubtful="null_island")
    assert run.asked() is None


def test_a_corrected_place_forgets_the_stay_at_the_wrong_one() -> None:
    run = Drive()
    run.steps("en_route")
    run.stand(40)
    assert run.asked() is not None
    errand = errand_of(run.desk.world, "N01")
    moved = c.Place(lon=SCENE.lon + 0.02, lat=SCENE.lat, address="幸福路9号")
    run.desk.tell(c.CorrectPlace, DISPATCHER, incident_id=run.incident_id, place=moved)
    run.plane.refresh_eta(run.desk.world, "N01", run.desk.now)
    assert errand_of(run.desk.world, "N01") != errand
    assert run.asked() is None


def test_a_cancelled_job_leaves_no_question() -> None:
    run = Drive()
    run.steps("en_route")
    run.stand(40)
    run.desk.tell(c.CancelAssignment, DISPATCHER, assignment_id=run.assignment_id, reason="误报")
    run.plane.refresh_eta(run.desk.world, "N01", run.desk.now)
    assert run.asked() is None


def test_undo_asks_again_after_a_while() -> None:
    run = Drive()
    run.steps("en_route")
    run.stand(40)
    run.steps("on_scene")
    run.desk.tell(
        c.UndoAssignmentStep, crew("N01"), assignment_id=run.assignment_id, step="on_scene"
    )
    run.plane.refresh_eta(run.desk.world, "N01", run.desk.now)
    assert run.asked() is None
    run.stand(40)
    assert run.asked() is not None


class _Follower:
    """As much of a follower as a hub needs."""

    def __init__(self, world: Any) -> None:
        self.world, self.identities = world, type("Nobody", (), {"people": {}})()
        self.heard: list[Any] = []

    def listen(self, listener: Any) -> None:
        self.heard.append(listener)

    def fold(self, world: Any, touched: Any, events: Any) -> None:
        self.world = world
        for listener in self.heard:
            listener(world, touched, events)


def test_screens_hold_what_a_fresh_rendering_gives_them() -> None:
    """The online check's rule, over an arrival that comes and is answered."""
    run = Drive()
    follower = _Follower(run.desk.world)
    hub = Hub(follower, run.plane, lambda: run.desk.now)
    tablet = Audience(kind="unit", scope="N01")
    for audience in (CONSOLE, tablet):
        hub.join(crew("N01"), audience, b"")

    def told(kind: type[c.Command], **fields: Any) -> None:
        events = run.desk.tell(kind, crew("N01"), assignment_id=run.assignment_id, **fields)
        follower.fold(run.desk.world, run.desk.touched, events)
        assert all(hub.held[one] == hub.everything(one) for one in (CONSOLE, tablet))

    told(c.AdvanceAssignment, step="en_route")
    for _ in range(40):
        run.desk.wait(1)
        place = {"lon": SCENE.lon, "lat": SCENE.lat, "heading_deg": None, "speed_kmh": 0.0}
        at = dict.fromkeys(("at", "observed_at", "received_at"), run.desk.now)
        hub.on_live(LivePosition(unit_id=N01, accuracy_m=5.0, doubtful=None, **place, **at))
        assert hub.held[tablet] == hub.everything(tablet)
    assert b'"step":"on_scene"' in hub.held[tablet]["position", "N01"]
    told(c.AdvanceAssignment, step="on_scene")
    assert b'"arrival":null' in hub.held[tablet]["position", "N01"]


def test_fix_by_fix_says_what_all_fixes_at_once_say(seed: int) -> None:
    """The window and the short cut change no answer; only the beginning of a long stay is kept."""
    rng = random.Random(seed)
    run = Drive()
    run.steps("en_route")
    errand = errand_of(run.desk.world, "N01")
    assert errand is not None
    scene, given = Wgs84(lon=SCENE.lon, lat=SCENE.lat), list[ArrivalFix]()
    east_m, asked = 400.0, 0
    for _ in range(FIXES_MAX):
        run.desk.wait(rng.choice([1, 2, 3, 20]))
        east_m = max(0.0, east_m - rng.choice([0, 0, 5, 40])) if rng.random() < 0.97 else 200.0
        fix = {
            "speed_kmh": rng.choice([None, 0.0, 4.0, 12.0]),
            "accuracy_m": rng.choice([5.0, 90.0]),
        }
        run.fix(east_m=east_m, **fix)
        place = Wgs84(lon=SCENE.lon + east_m / M_PER_LON, lat=SCENE.lat)
        given.append(ArrivalFix(place=place, at=run.desk.now, **fix))
        found = propose_arrival(
            given, kind="scene", target_id=run.incident_id, target=scene,
            since=errand.since, now=run.desk.now,
        )  # fmt: skip
        said = run.asked()
        assert (said and said.since) == (found and found.since)
        asked += said is not None
    print(f"asked after {asked} of {FIXES_MAX} fixes")
