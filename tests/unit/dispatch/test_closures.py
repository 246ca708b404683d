"""Closures: who may draw them, who sees them, how they end, and what they do to every journey."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from dispatch.advice import advise_destination, recommend_units
from dispatch.domain import commands as c
from dispatch.domain import events as e
from dispatch.domain.deadlines import SYSTEM, due
from dispatch.domain.fold import apply
from dispatch.domain.views import CONSOLE, Audience
from dispatch.domain.world import World
from dispatch.errors import Refused
from dispatch.http.replay_etas import EtaThen, aims_of, etas_of
from dispatch.ids import UnitId
from dispatch.limits import (
    CLOSURE_FACTOR_MAX,
    CLOSURE_KEPT_S,
    CLOSURES_MAX,
    REPLAY_ETA_EVERY_S,
)
from dispatch.live.journeys import Journeys, closures_of
from dispatch.live.plane import LivePlane
from maps.coordinates import Wgs84
from maps.network.closures import MAX_FACTOR
from maps.travel import StraightLineTravel
from telemetry.rows import FixRow, Stamp
from tests.support.desk import ADMIN, DISPATCHER, INGEST, START, Desk, crew, staff
from tests.support.screens import everything
from tests.support.town import BRIDGE, CLOSED, EAST, SLOW, WEST, fix, roads

STRAIGHT = StraightLineTravel()
ROADS = roads()
N01 = UnitId("N01")


def draw(desk: Desk, actor: c.Actor = DISPATCHER, **changes: Any) -> None:
    desk.tell(c.DrawClosure, actor, **CLOSED | changes)


def lift(desk: Desk, closure_id: str = "bridge", actor: c.Actor = DISPATCHER) -> None:
    desk.tell(c.LiftClosure, actor, closure_id=closure_id)


def refusal(act: Callable[[], None]) -> str:
    with pytest.raises(Refused) as found:
        act()
    return found.value.code


@pytest.mark.parametrize("actor", [DISPATCHER, ADMIN])
def test_dispatcher_and_administrator_draw_and_lift(actor: c.Actor) -> None:
    desk = Desk()
    draw(desk, actor)
    (record,) = desk.world.closures.values()
    assert (record.drawn_by, record.from_at, record.until_at) == (actor.name, desk.now, None)
    assert (record.kind, record.factor, record.outline) == ("closed", 1.0, BRIDGE)
    lift(desk, actor=actor)
    assert desk.world.closures == {}


@pytest.mark.parametrize("actor", [crew("N01"), staff("H1"), INGEST, SYSTEM])
def test_nobody_else_draws(actor: c.Actor) -> None:
    assert refusal(lambda: draw(Desk(), actor)) == "not_permitted"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": "  "}, "reason_needed"),
        ({"kind": "slow", "factor": 1.0}, "closure_factor_wrong"),
        ({"until_at": START}, "closure_ends_too_soon"),
        ({"from_at": START + timedelta(hours=2), "until_at": START + timedelta(hours=1)},
         "closure_ends_too_soon"),
        ({"from_at": START - timedelta(hours=2), "until_at": START - timedelta(hours=1)},
         "closure_ends_too_soon"),
        ({"outline": ((112.4, 29.36), (114.4, 29.36))}, "closure_outside_county"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_by_name(changes: dict[str, Any], code: str) -> None:
    desk = Desk()
    assert refusal(lambda: draw(desk, **changes)) == code
    assert desk.world.closures == {}


def test_an_id_is_drawn_once_and_lifted_once() -> None:
    desk = Desk()
    draw(desk)
    assert refusal(lambda: draw(desk)) == "closure_drawn_already"
    lift(desk)
    assert refusal(lambda: lift(desk)) == "unknown_closure"


def test_there_is_an_end_to_how_many() -> None:
    desk = Desk()
    for number in range(CLOSURES_MAX):
        draw(desk, closure_id=f"road-{number}")
    assert refusal(lambda: draw(desk)) == "too_many_closures"
    lift(desk, "road-0")
    draw(desk)


@pytest.mark.parametrize(
    "changes",
    [
        {"outline": [[112.4, 29.3]]},
        {"outline": [[112.4, 29.3]] * 201},
        {"outline": [[112.4, 29.3], [0.0, 0.0]]},
        {"outline": [[29.3, 112.4], [29.4, 112.4]]},
        {"factor": 20.5},
        {"factor": 0.5},
        {"closure_id": "x"},
        {"closure_id": "a b/c.."},
        {"kind": "flooded"},
        {"until_at": "2026-03-01T08:00:00"},
    ],
)
def test_what_breaks_the_contract_is_not_decoded(changes: dict[str, Any]) -> None:
    good = {"command_id": "12345678", **CLOSED, "outline": [list(one) for one in BRIDGE]}
    assert msgspec.convert(good, c.DrawClosure, strict=True).closure_id == "bridge"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(good | changes, c.DrawClosure, strict=True)


def test_the_limit_of_a_slow_zone_is_the_road_engines() -> None:
    assert CLOSURE_FACTOR_MAX == MAX_FACTOR


def test_the_desk_and_the_crews_see_it_and_hospitals_do_not() -> None:
    desk = Desk()
    draw(desk)
    for audience in (CONSOLE, Audience(kind="unit", scope="N01")):
        raw = everything(desk, audience)["closure", "bridge"]
        document = msgspec.json.decode(raw)
        assert (document["closure_kind"], document["reason"]) == ("closed", "桥面结冰")
        assert document["outline"] == [list(corner) for corner in BRIDGE]
    hospital = Audience(kind="facility", scope="H1")
    assert ("closure", "bridge") not in everything(desk, hospital)
    lift(desk)
    assert ("closure", "bridge") not in everything(desk, CONSOLE)


def test_one_that_is_over_stays_listed_for_a_day() -> None:
    desk = Desk()
    draw(desk, until_at=desk.now + timedelta(hours=1))
    draw(desk, closure_id="open-end")
    desk.wait(3600 + CLOSURE_KEPT_S - 1)
    assert list(due(desk.world, desk.now)) == []
    deadline = {"closure_id": "bridge", "actor": SYSTEM}
    assert refusal(lambda: lift(desk, **deadline)) == "not_due"
    assert ("closure", "bridge") in everything(desk, CONSOLE)
    desk.wait(1)
    (command,) = due(desk.world, desk.now)
    desk.take(command, SYSTEM)
    assert list(desk.world.closures) == ["open-end"]
    assert list(due(desk.world, desk.now)) == []
    desk.wait(30 * CLOSURE_KEPT_S)
    assert list(due(desk.world, desk.now)) == []


def test_closures_of_is_the_records_in_order_of_their_ids() -> None:
    desk = Desk()
    desk.tell(c.DrawClosure, DISPATCHER, **SLOW)
    draw(desk, until_at=desk.now + timedelta(hours=1))
    first, second = closures_of(desk.world.closures)
    assert (first.closure_id, second.closure_id) == ("bridge", "slow-bridge")
    assert (first.kind, second.kind, second.factor) == ("closed", "slow", 3.0)
    assert [(one.lon, one.lat) for one in first.outline] == list(BRIDGE)
    assert (first.from_at, first.until_at) == (desk.now, desk.now + timedelta(hours=1))


class Town:
    """A desk with an incident at the scene, N01 in the west and N02 in the east."""

    def __init__(self, travel: Journeys) -> None:
        self.desk, self.travel, self.plane = Desk(), travel, LivePlane(travel)
        self.incident_id = self.desk.incident(priority="P1")
        for unit_id, place in (("N01", WEST), ("N02", EAST)):
            self.plane.take(self.desk.world, fix(unit_id, place, self.desk.now), self.desk.now)

    def offered(self) -> list[tuple[str, str]]:
        """Units in the order of advice with their methods."""
        found = recommend_units(
            self.desk.world, self.plane, self.travel, self.incident_id, self.desk.now
        )
        return [(option.unit_id, option.method) for option in found.options[:2]]

    def eta_s(self, unit_id: str = "N01") -> int:
        """As the live plane says it after this fold."""
        self.plane.refresh_eta(self.desk.world, unit_id, self.desk.now)
        return self.plane.etas[unit_id].duration_s


ROAD_ORDER = [("N01", "road"), ("N02", "road")]


@pytest.mark.parametrize("drawn", [CLOSED, SLOW], ids=["closed", "slow"])
def test_a_closure_changes_the_advice_at_once_and_lifting_brings_it_back(
    drawn: dict[str, Any],
) -> None:
    town = Town(Journeys(STRAIGHT, ROADS))
    assert town.offered() == ROAD_ORDER
    town.desk.tell(c.DrawClosure, DISPATCHER, **drawn)
    assert town.offered() == ROAD_ORDER[::-1]
    lift(town.desk, drawn["closure_id"])
    assert town.offered() == ROAD_ORDER


def test_a_closure_counts_between_its_times_only() -> None:
    town = Town(Journeys(STRAIGHT, ROADS))
    at = town.desk.now
    draw(town.desk, from_at=at + timedelta(seconds=60), until_at=at + timedelta(seconds=120))
    said = []
    for _ in range(3):
        said.append(town.offered() == ROAD_ORDER)
        town.desk.wait(60)
    assert said == [True, False, True]


def test_a_closure_changes_the_eta_of_a_unit_under_way_and_its_p80() -> None:
    town = Town(Journeys(STRAIGHT, ROADS))
    town.desk.send(town.incident_id, "N01")
    before = town.eta_s()
    eta = town.plane.etas["N01"]
    assert (eta.method, eta.distance_m) == ("road", pytest.approx(970, abs=10))
    assert eta.duration_p80_s is not None and eta.duration_p80_s > before
    draw(town.desk)
    assert town.eta_s() > 2 * before
    lift(town.desk)
    assert town.eta_s() == before


def test_without_a_map_a_closure_is_drawn_and_moves_no_estimate() -> None:
    town = Town(Journeys(STRAIGHT))
    town.desk.send(town.incident_id, "N01")
    before = town.offered(), town.eta_s()
    draw(town.desk)
    assert (town.offered(), town.eta_s()) == before
    assert {method for _, method in before[0]} == {"straight_line"}


def test_the_way_to_every_hospital_is_asked_with_the_closures_too() -> None:
    town = Town(Journeys(STRAIGHT, ROADS))
    asked = town.desk.world, town.plane, town.travel, f"{town.incident_id}.P1", town.desk.now
    options = advise_destination(*asked).options
    assert {option.method for option in options} == {"road_and_straight_line"}
    assert all(option.duration_p80_s for option in options)
    codes = {reason.code for option in options for reason in option.reasons}
    assert "partly_straight_line" in codes and "straight_line_estimate" not in codes


def test_another_world_is_answered_for_itself() -> None:
    """One process looks at two worlds (live and replay): neither is answered with the other's."""
    desk = Desk()
    before = desk.world
    draw(desk)
    travel = Journeys(STRAIGHT, ROADS)
    town = Town(travel)
    places = town.plane.positions["N01"], town.desk.world.incidents[town.incident_id]
    start, scene = (Wgs84(lon=p.lon, lat=p.lat) for p in places)
    took = [
        travel.at(world.closures, desk.now, "P1").many([start], scene)[0].duration_s
        for world in (before, desk.world, before, desk.world)
    ]
    assert took[0] == took[2] < took[1] == took[3]
    free = travel.apart().at(before.closures, desk.now, "P1").many([start], scene)[0]
    assert free.duration_s == took[0]
    assert (
        travel.at(desk.world.closures, desk.now, "P1").many([start], scene)[0].duration_s == took[1]
    )


def fix_row(second: int) -> FixRow:
    at = START + timedelta(seconds=second)
    stamp = Stamp(device_id="N01-gps", boot_id="b1", seq=second + 1, unit_id=N01, observed_at=at,
                  received_at=at, true_at=at, skew_ms=0, is_late=False)  # fmt: skip
    return FixRow(stamp=stamp, lon=WEST[0], lat=WEST[1], sent_lon=WEST[0], sent_lat=WEST[1],
                  datum="WGS84", speed_kmh=0.0, heading_deg=None, accuracy_m=5.0,
                  doubtful=None)  # fmt: skip


def a_day_with_a_closure() -> tuple[Desk, str]:
    """Sent at once, the bridge closed after 60 s and free again after 120 s; ends at 180 s."""
    desk = Desk()
    incident_id = desk.incident(priority="P1")
    desk.send(incident_id, "N01")
    desk.wait(60)
    draw(desk)
    desk.wait(60)
    lift(desk)
    desk.wait(60)
    desk.incident()
    return desk, incident_id


def replayed(log: list[e.Envelope], incident_id: str, travel: Journeys) -> list[EtaThen]:
    aims = aims_of(World(), log, incident_id, [N01])[N01]
    return etas_of(travel.apart(), aims, [fix_row(second) for second in range(0, 180, 2)])


def test_a_replay_computes_its_etas_with_the_closures_of_that_time() -> None:
    desk, incident_id = a_day_with_a_closure()
    travel = Journeys(STRAIGHT, ROADS)
    rows = replayed(desk.log, incident_id, travel)
    took = [(row.at - START, row.arrive_at - row.fix_at) for row in rows]
    free, closed = took[0][1], max(way for _, way in took)
    assert closed > 2 * free
    for at, way in took:
        is_closed = timedelta(seconds=60) <= at < timedelta(seconds=120)
        assert way == (closed if is_closed else free), at
    first_s = min(at.total_seconds() for at, way in took if way == closed)
    assert 60 <= first_s < 60 + REPLAY_ETA_EVERY_S


def test_a_replay_says_what_the_live_plane_said_and_says_it_twice() -> None:
    desk, incident_id = a_day_with_a_closure()
    travel = Journeys(STRAIGHT, ROADS)
    rows = replayed(desk.log, incident_id, travel)
    assert rows == replayed(desk.log, incident_id, travel)
    decoded = [msgspec.json.decode(msgspec.json.encode(one), type=e.Envelope) for one in desk.log]
    assert rows == replayed(decoded, incident_id, travel)
    plane, said, world = LivePlane(travel), {}, World()
    for second in range(0, 180, 2):
        now = START + timedelta(seconds=second)
        new = [one for one in desk.log if world.seq < one.seq and one.recorded_at <= now]
        world, _ = apply(world, new)
        plane.take(world, fix("N01", WEST, now), now)
        said[now] = plane.etas["N01"].arrive_at
    assert [row.arrive_at for row in rows] == [said[row.at] for row in rows]
