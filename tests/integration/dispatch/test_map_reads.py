"""Ways and cover over HTTP: who may read them, what they say, and what they heed at once.

A real log and the real routes over one worker's core; positions are put where the test wants them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest
from shapely import box
from shapely.geometry import Point, shape

from dispatch.domain import commands as c
from dispatch.domain import events as e
from dispatch.errors import Refused
from dispatch.http.api import make_api
from dispatch.http.auth import Me
from dispatch.http.guard import COOKIE
from dispatch.live import coverage, incident_log
from dispatch.live.coverage import Coverage
from dispatch.live.journeys import Journeys
from dispatch.live.plane import LivePlane
from dispatch.live.ways import Ways
from maps.areas import CountyArea, Town
from maps.coordinates import Wgs84
from maps.coverage.demand import hour_of_week
from maps.coverage.reach import Crow
from maps.travel import StraightLineTravel
from tests.integration.dispatch.support import Worker, configured
from tests.support.desk import SCENE, crew
from tests.support.town import CLOSED, EAST, WEST, fix, roads

NOW = datetime(2099, 3, 1, 4, 0, tzinfo=UTC)  # later than whatever the recorder says is now
ROADS = roads()
ZONE = ZoneInfo("Asia/Shanghai")
FAR = (112.60, 29.52)
ROUTE = "/api/units/N01/route"
CELLS = "/api/coverage/cells"
REACH = "/api/coverage/isochrones"


def area() -> CountyArea:
    """The land about the town, with one town in it and one that no road leads to."""

    def town(code: str, place: tuple[float, float]) -> Town:
        position = Wgs84(lon=place[0], lat=place[1])
        return Town(code=code, name_zh=f"镇{code}", name_en=code, position=position,
                    label_radius_m=500, approximate=False)  # fmt: skip

    land = box(112.38, 29.35, 112.62, 29.54)
    return CountyArea(boundary=land, towns=(town("430921100", WEST), town("430921101", FAR)))


class Door:
    """Who may come in: the cookie is the role, with a scope behind a colon."""

    async def me(self, token: str | None) -> Me:
        role, _, scope = (token or "").partition(":")
        if role not in ("dispatcher", "admin", "crew", "hospital"):
            raise Refused("not_signed_in")
        who = {"user_id": "u", "login": "u", "name": "u", "role": role, "county_id": "testcounty"}
        unit_id = scope if role == "crew" else None
        facility_id = scope if role == "hospital" else None
        return msgspec.convert(who | {"unit_id": unit_id, "facility_id": facility_id}, Me)


class Site:
    """The routes over one worker, and hands on its positions and its clock."""

    def __init__(self, core: Worker) -> None:
        self.core = core
        self.now = NOW
        self.travel = Journeys(StraightLineTravel())
        self.plane = LivePlane(self.travel)
        self.coverage = Coverage(area(), ZONE, Crow(), core.pool)
        api = make_api(None)
        api.state.services = SimpleNamespace(
            auth=Door(), follower=core.follower, log=core.follower.log, plane=self.plane,
            ways=Ways(self.travel), ways_then=Ways(self.travel), coverage=self.coverage,
            now=lambda: self.now,
        )  # fmt: skip
        self._transport = httpx.ASGITransport(app=api)

    def drive_on_roads(self) -> None:
        self.travel.use(ROADS)
        self.coverage.use(ROADS)

    def stands(self, unit_id: str, place: tuple[float, float]) -> None:
        self.plane.take(self.core.world, fix(unit_id, place, self.now), self.now)

    async def ask(self, path: str, who: str = "dispatcher", **params: Any) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=self._transport, base_url="http://localhost", cookies={COOKIE: who}
        ) as client:
            return await client.get(path, params=params)

    async def read(self, path: str, who: str = "dispatcher", **params: Any) -> Any:
        found = await self.ask(path, who, **params)
        assert found.status_code == 200, found.text
        assert found.headers["cache-control"] == "no-store"
        return found.json()


@asynccontextmanager
async def opened(dsn: str) -> AsyncIterator[Site]:
    async with configured(dsn) as core:
        yield Site(core)


async def under_way(site: Site) -> str:
    """N01 drives to the scene from the west."""
    incident_id = await site.core.incident()
    await site.core.must(c.SendUnit, incident_id=incident_id, unit_id="N01")
    site.stands("N01", WEST)
    return incident_id


async def aboard(site: Site, incident_id: str) -> None:
    """N01 drives the patient to H1, which is told."""
    (assignment_id,) = site.core.world.incidents[incident_id].assignment_ids  # type: ignore[index]
    step = {"assignment_id": assignment_id}
    for name in ("en_route", "on_scene", "at_patient"):
        await site.core.must(c.AdvanceAssignment, crew("N01"), step=name, **step)
    patient_id = f"{incident_id}.P1"
    choice = {"patient_id": patient_id, "facility_id": "H1", "override_reason": "test"}
    await site.core.must(c.ChooseDestination, crew("N01"), **choice)
    await site.core.must(c.SendPreAlert, crew("N01"), patient_id=patient_id)
    await site.core.must(c.AdvanceAssignment, crew("N01"), step="transporting", **step)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_way_by_road_begins_at_the_unit_and_ends_at_the_scene(postgres_dsn: str) -> None:
    async with opened(postgres_dsn) as site:
        site.drive_on_roads()
        incident_id = await under_way(site)
        way = await site.read(ROUTE)
        assert way["path"][0] == list(WEST)
        assert way["path"][-1] == [SCENE.lon, SCENE.lat]
        assert (way["target"], way["target_id"]) == ("scene", incident_id)
        assert (way["method"], way["is_estimate"]) == ("road", False)
        eta = site.plane.etas["N01"]
        assert (way["duration_s"], way["duration_p80_s"], way["distance_m"]) == (
            eta.duration_s, eta.duration_p80_s, eta.distance_m
        )  # fmt: skip
        short = way["path"]
        await site.core.must(c.DrawClosure, **CLOSED)
        way = await site.read(ROUTE)
        assert way["path"] != short, "a closed bridge turns the line at once"
        assert max(lat for _lon, lat in way["path"]) == pytest.approx(29.38)


async def test_without_roads_a_way_is_a_straight_line_and_says_so(postgres_dsn: str) -> None:
    async with opened(postgres_dsn) as site:
        await under_way(site)
        way = await site.read(ROUTE)
        assert (way["method"], way["is_estimate"]) == ("straight_line", True)
        assert way["path"] == [list(WEST), [SCENE.lon, SCENE.lat]]


async def test_without_a_target_or_a_fix_there_is_no_way(postgres_dsn: str) -> None:
    async with opened(postgres_dsn) as site:
        site.stands("N02", EAST)
        for unit_id in ("N02", "N03"):
            way = await site.read(f"/api/units/{unit_id}/route")
            assert (way["target"], way["path"], way["duration_s"]) == (None, [], None)


async def test_a_proposal_begins_where_the_recommendation_does(postgres_dsn: str) -> None:
    async with opened(postgres_dsn) as site:
        site.drive_on_roads()
        incident_id = await site.core.incident()
        site.stands("N02", EAST)
        way = await site.read("/api/units/N02/route", incident=incident_id)
        assert way["path"][0] == list(EAST) and way["target_id"] == incident_id
        site.now = NOW + timedelta(hours=1)  # the fix is too old to be believed: the station is
        config = site.core.world.config
        assert config is not None
        way = await site.read("/api/units/N02/route", incident=incident_id)
        station_id = next(u.station_id for u in config.units if u.unit_id == "N02")
        station = next(s for s in config.stations if s.station_id == station_id)
        assert way["path"][0] == [station.lon, station.lat]
        unknown = await site.ask("/api/units/N02/route", incident="I-none")
        assert code_of(unknown) == (404, "unknown_incident")
        refused = await site.ask("/api/units/N02/route", "crew:N02", incident=incident_id)
        assert code_of(refused) == (403, "not_permitted")


async def test_a_way_is_for_those_who_may_see_the_unit(postgres_dsn: str) -> None:
    async with opened(postgres_dsn) as site:
        incident_id = await under_way(site)
        for who in ("dispatcher", "admin", "crew:N01"):
            assert (await site.read(ROUTE, who))["unit_id"] == "N01"
        nobody = await site.ask(ROUTE, "nobody")
        assert code_of(nobody) == (401, "not_signed_in")
        others = ("crew:N02", "hospital:H1", "hospital:H2")
        answers = [(await site.ask(ROUTE, who)).json() for who in others]
        none = (await site.ask("/api/units/N99/route", "dispatcher")).json()
        assert {one["code"] for one in (*answers, none)} == {"not_found"}
        await aboard(site, incident_id)
        site.stands("N01", WEST)
        assert (await site.read(ROUTE, "hospital:H1"))["target_id"] == "H1"
        for who in ("crew:N02", "hospital:H2"):
            assert code_of(await site.ask(ROUTE, who)) == (404, "not_found")


async def test_a_replayed_way_heeds_the_closures_of_then(postgres_dsn: str) -> None:
    async with opened(postgres_dsn) as site:
        site.drive_on_roads()
        await under_way(site)
        before = site.core.world.seq
        await site.core.must(c.DrawClosure, **CLOSED)
        closed = site.core.world.seq
        await site.core.must(c.LiftClosure, closure_id=CLOSED["closure_id"])
        path = "/api/replay/units/N01/route"
        here: dict[str, Any] = {"at": NOW.isoformat(), "lon": WEST[0], "lat": WEST[1]}
        ways = [
            await site.read(path, seq=seq, **here) for seq in (before, closed, site.core.world.seq)
        ]
        assert ways[0]["path"] == ways[2]["path"] != ways[1]["path"]
        assert ways[0]["path"] == (await site.read(ROUTE))["path"]
        assert code_of(await site.ask(path, "crew:N01", seq=before, **here))[0] == 403
        for wrong in ({"at": "noon"}, {"at": "2026-01-01T08:00:00"}, {"lat": 95.0}, {"lon": "nan"}):
            answer = await site.ask(path, seq=before, **here | wrong)
            assert code_of(answer) == (400, "malformed"), wrong
        assert code_of(await site.ask(path, seq=10**9, **here)) == (404, "not_found")


async def test_cells_say_who_is_near_and_what_is_guessed(postgres_dsn: str) -> None:
    async with opened(postgres_dsn) as site:
        site.drive_on_roads()
        await under_way(site)
        site.now = datetime.now(UTC) + timedelta(minutes=1)
        site.stands("N02", EAST)
        found = await site.read(CELLS)
        about = found["about"]
        assert about["units"] == 3, "N01 is busy, three could be sent"
        assert about["assumed_at_station"] == 2, "N03 and N04 never reported"
        assert about["standard_s"] == 20 * 60
        assert about["method"] == "road_and_straight_line", "the stations lie off the town's roads"
        near, far = about["towns"]
        assert near["first_s"] < 300 and not near["is_uncovered"]
        assert (far["first_s"], far["is_uncovered"]) == (None, True)
        cells = [one["properties"] for one in found["features"]]
        gaps = [one for one in cells if one["is_uncovered"]]
        assert about["uncovered_cells"] == len(gaps) > 0
        assert all(one["first_s"] is None or one["first_s"] > 1200 for one in gaps)
        assert all(one["first_s"] <= 1200 for one in cells if not one["is_uncovered"])
        assert about["without_road"] == sum(not one["has_road"] for one in gaps) > 0
        demand = about["demand"]
        assert (demand["calls"], demand["is_few"], demand["is_estimate"]) == (1, True, True)
        assert demand["hour_of_week"] == hour_of_week(site.now, ZONE)
        scene = next(
            one for one in found["features"]
            if shape(one["geometry"]).covers(Point(SCENE.lon, SCENE.lat))
        )  # fmt: skip
        most = max(one["calls_per_h"] for one in cells)
        assert scene["properties"]["calls_per_h"] == most
        assert all(one["low_per_h"] <= one["calls_per_h"] <= one["high_per_h"] for one in cells)


async def test_cells_change_with_units_and_closures_and_are_kept_while_nothing_does(
    postgres_dsn: str,
) -> None:
    async with opened(postgres_dsn) as site:
        site.drive_on_roads()
        site.stands("N02", EAST)
        site.stands("N03", EAST)
        site.stands("N04", EAST)
        site.stands("N01", WEST)
        first = await site.ask(CELLS)
        site.now += timedelta(seconds=20)
        assert (await site.ask(CELLS)).content == first.content, "nothing changed: the same bytes"
        await site.core.must(c.DrawClosure, **CLOSED)
        closed = (await site.read(CELLS))["about"]
        assert closed["computed_at"] != first.json()["about"]["computed_at"]
        site.stands("N01", EAST)
        town, _ = (await site.read(CELLS))["about"]["towns"]
        assert town["first_s"] > closed["towns"][0]["first_s"], "nobody is left in the west"


async def test_nobody_idle_is_a_county_without_cover(postgres_dsn: str) -> None:
    async with opened(postgres_dsn) as site:
        for unit_id in ("N01", "N02", "N03", "N04"):
            ready = {"unit_id": unit_id, "readiness": "out_of_service", "reason": "维修"}
            await site.core.must(c.SetUnitReadiness, **ready)
        found = await site.read(CELLS)
        assert all(one["properties"]["is_uncovered"] for one in found["features"])
        assert found["about"]["uncovered_share"] == 1.0
        assert (await site.read(REACH))["features"] == []


async def test_without_roads_cover_and_reach_are_estimates(postgres_dsn: str) -> None:
    async with opened(postgres_dsn) as site:
        about = (await site.read(CELLS))["about"]
        assert (about["method"], about["is_estimate"]) == ("straight_line", True)
        reach = await site.read(REACH, around="unit:N01", minutes="8,12")
        assert reach["about"]["is_estimate"] is True
        assert {one["properties"]["method"] for one in reach["features"]} == {"straight_line"}


async def test_reach_of_a_unit_a_station_and_the_county(postgres_dsn: str) -> None:
    async with opened(postgres_dsn) as site:
        site.drive_on_roads()
        site.stands("N01", WEST)
        config = site.core.world.config
        assert config is not None
        around = ("county", "unit:N01", f"station:{config.stations[0].station_id}")
        for one in around:
            found = await site.read(REACH, around=one, minutes="2,1")
            assert [f["properties"]["limit_min"] for f in found["features"]] == [2.0, 1.0]
            large, small = (shape(f["geometry"]) for f in found["features"])
            assert large.buffer(1e-4).covers(small)
        limits = [f["properties"]["limit_min"] for f in (await site.read(REACH))["features"]]
        assert 20.0 in limits, "left out, the minutes are the county's own standards"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"around": "moon"}, (400, "malformed")),
        ({"around": "unit:"}, (400, "malformed")),
        ({"around": "unit:N99"}, (404, "not_found")),
        ({"around": "station:S99"}, (404, "not_found")),
        ({"minutes": ""}, (400, "malformed")),
        ({"minutes": "8,x"}, (400, "malformed")),
        ({"minutes": "0"}, (400, "malformed")),
        ({"minutes": "nan"}, (400, "malformed")),
        ({"minutes": "241"}, (400, "malformed")),
        ({"minutes": ",".join(["5"] * 13)}, (400, "malformed")),
    ],
)
async def test_what_cannot_be_drawn_is_named(
    postgres_dsn: str, params: dict[str, str], expected: tuple[int, str]
) -> None:
    async with opened(postgres_dsn) as site:
        assert code_of(await site.ask(REACH, **params)) == expected


async def test_cover_is_the_desks(postgres_dsn: str) -> None:
    async with opened(postgres_dsn) as site:
        for path in (CELLS, REACH):
            assert code_of(await site.ask(path, "nobody")) == (401, "not_signed_in")
            for who in ("crew:N01", "hospital:H1"):
                assert code_of(await site.ask(path, who)) == (403, "not_permitted")
            assert (await site.ask(path, "admin")).status_code == 200


async def test_answers_that_are_kept_are_bounded(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "COVERAGE_ANSWERS_MAX", 2)
    async with opened(postgres_dsn) as site:
        first = (await site.ask(REACH, minutes="1")).content
        for minutes in ("2", "3", "4"):
            await site.read(REACH, minutes=minutes)
        assert len(site.coverage._answers) == 2
        site.now += timedelta(minutes=1)
        assert (await site.ask(REACH, minutes="1")).content != first, "drawn again, at another time"


async def test_of_too_many_incidents_the_newest_count_from_the_oldest_of_them_on(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incident_log, "DEMAND_CALLS_MAX", 2)
    async with opened(postgres_dsn) as site:
        for _ in range(3):
            await site.core.incident()
        site.now = datetime.now(UTC) + timedelta(minutes=1)
        demand = (await site.read(CELLS))["about"]["demand"]
        opened_at = [
            one.occurred_at
            for one in await site.core.follower.log.read_after(0)
            if isinstance(one.event, e.IncidentOpened)
        ]
        assert demand["calls"] == 2
        assert datetime.fromisoformat(demand["since"]) == opened_at[1]
        assert demand["observed_h"] == pytest.approx(0.02, abs=0.01)


async def test_the_record_is_read_again_only_after_a_while(postgres_dsn: str) -> None:
    async with opened(postgres_dsn) as site:
        site.now = datetime.now(UTC) + timedelta(minutes=1)

        async def calls() -> int:
            return int((await site.read(CELLS))["about"]["demand"]["calls"])

        assert await calls() == 0
        await site.core.incident()
        assert await calls() == 0
        site.now += timedelta(minutes=10)
        assert await calls() == 1
