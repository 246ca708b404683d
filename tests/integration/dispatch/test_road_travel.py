"""`greenlane serve` over an imported map: road times, closures by command, and a broken map.

The map is a star of roads from the county's stations to one scene, written as a pack by hand.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.postgres import Postgres
from dispatch.county import read_county
from maps.areas import Bounds
from maps.pack import GRAPH, Content, Origin, write_pack
from tests.support import services
from tests.support.roads import graph_of
from tests.support.serving import KEY, Served, announce, at_patient, database, open_incident
from tests.support.serving import place as place_at
from tests.support.system import COUNTY, Person

SCENE = {"lon": 112.402, "lat": 29.372}
BEND = (112.36, 29.40)
CLOSURE = {
    "closure_id": "renmin-road",
    "kind": "closed",
    "outline": [[112.4004, 29.3666], [112.4014, 29.3666]],
    "reason": "道路施工",
}
NEAREST = "S1"


def write_map(folder: Path) -> str:
    """A pack of the star with a bend from the nearest station; returns its version."""
    stations = read_county(COUNTY).config.stations
    assert stations[0].station_id == NEAREST
    places = [(SCENE["lon"], SCENE["lat"]), BEND, *((one.lon, one.lat) for one in stations)]
    roads = [{"nodes": [0, 2 + n], "road_class": "primary"} for n in range(len(stations))]
    content = Content(
        graph=graph_of(places, [*roads, {"nodes": [0, 1, 2], "road_class": "primary"}]),
        places=[],
        facilities=[],
        report={},
        source=Origin(file="star", sha256=hashlib.sha256(b"star").hexdigest(), bytes=4),
        bounds=Bounds(west=112, south=29, east=113, north=30),
        county=None,
        imported_at="2026-11-23T05:00:00+00:00",
    )
    return write_pack(folder, content, None).manifest.version


class Site:
    """Two workers over one map."""

    def __init__(self, workers: list[Served], version: str) -> None:
        self.workers, self.version = workers, version
        self.desks = [one.person("dispatcher") for one in workers]


@pytest.fixture(scope="module")
def site(postgres_server: Postgres, redis_server: str) -> Iterator[Site]:
    with database(postgres_server) as dsn, services.service_folder() as folder:
        environment = {"GREENLANE_DATABASE_URL": dsn, "GREENLANE_IDENTITY_KEY": KEY}
        environment |= {"GREENLANE_WORKERS": "2", "GREENLANE_REDIS_URL": redis_server}
        version = write_map(folder / "data" / "map")
        found: list[Served] = []
        try:
            for _ in range(2):
                found.append(Served(folder / "data", environment))
                found[-1].wait_ready()
            yield Site(found, version)
        finally:
            for served in found:
                served.stop()


def caught_up(person: Person, seq: int) -> None:
    while person.http.get("/api/health").json()["seq"] < seq:
        pass


def advice(person: Person, incident_id: str) -> list[dict[str, Any]]:
    """The units offered, each with its station."""
    body = person.get(f"/api/incidents/{incident_id}/recommendation")
    assert body["method"] == "road"
    stations = {u.unit_id: u.station_id for u in read_county(COUNTY).config.units}
    return [option | {"station": stations[option["unit_id"]]} for option in body["options"]]


def test_the_map_is_in_use_and_told(site: Site) -> None:
    for desk, worker in zip(site.desks, site.workers, strict=True):
        assert desk.get("/api/health")["map"] == site.version
        assert desk.get("/api/map/tiles")["version"] is None, "imported without tiles"
        assert any("map_in_use" in line for line in worker.log)


def test_a_closure_by_command_turns_the_advice_of_both_workers_and_lifting_turns_it_back(
    site: Site,
) -> None:
    first, second = site.desks
    incident_id = open_incident(first, place=place_at(**SCENE))
    said = []
    for name, body in (
        ("draw-closure", CLOSURE),
        ("lift-closure", {"closure_id": CLOSURE["closure_id"]}),
    ):
        said.append(advice(first, incident_id))
        caught_up(second, first.must(name, **body)["seq"])
        assert advice(second, incident_id) == advice(first, incident_id)
    said.append(advice(first, incident_id))
    assert [options[0]["station"] == NEAREST for options in said] == [True, False, True]
    assert said[0] == said[2]
    for option in said[0]:
        assert option["method"] == "road"
        assert option["duration_p80_s"] > option["duration_s"]
        codes = {reason["code"] for reason in option["reasons"]}
        assert not codes & {"straight_line_estimate", "partly_straight_line"}
    again = first.command("lift-closure", closure_id=CLOSURE["closure_id"])
    assert (again["outcome"], again["code"]) == ("refused", "unknown_closure")


def test_an_incident_with_a_closure_replays_the_same_twice(site: Site) -> None:
    desk, other = site.desks
    tablet, patient_id, assignment_id = at_patient(site.workers[0], desk, "N11")
    desk.must("draw-closure", **CLOSURE | {"closure_id": "replayed", "kind": "slow", "factor": 2})
    announce(tablet, patient_id, "H1")
    desk.must("lift-closure", closure_id="replayed")
    tablet.must("advance-assignment", assignment_id=assignment_id, step="cleared")
    incident_id = patient_id.partition(".")[0]
    seq = desk.must("close-incident", incident_id=incident_id, outcome="completed")["seq"]
    caught_up(other, seq)
    path = f"/api/replay/incidents/{incident_id}"
    replay = desk.get(path)
    replay.pop("viewers"), replay.pop("to")
    for person in site.desks:
        again = person.get(path)
        again.pop("viewers"), again.pop("to")
        assert again == replay
    drawn = [d for frame in replay["frames"] for d in frame["docs"] if d["kind"] == "closure"]
    gone = [key for frame in replay["frames"] for key in frame["gone"] if key[0] == "closure"]
    assert [one["id"] for one in drawn] == ["replayed"]
    assert gone == [["closure", "replayed"]]


def test_no_error_was_logged(site: Site) -> None:
    for worker in site.workers:
        assert worker.troubles() == []


def test_a_broken_map_is_named_in_the_log_and_the_straight_line_serves(
    postgres_server: Postgres,
) -> None:
    with database(postgres_server) as dsn, services.service_folder() as folder:
        version = write_map(folder / "data" / "map")
        graph = folder / "data" / "map" / version / GRAPH
        graph.write_bytes(graph.read_bytes()[:-100])
        environment = {"GREENLANE_DATABASE_URL": dsn, "GREENLANE_IDENTITY_KEY": KEY}
        served = Served(folder / "data", environment)
        try:
            served.wait_ready()
            desk = served.person("dispatcher")
            assert desk.get("/api/health")["map"] is None
            incident_id = open_incident(desk)
            body = desk.get(f"/api/incidents/{incident_id}/recommendation")
            assert body["method"] == "straight_line"
            (line,) = [line for line in served.log if "map_not_used" in line]
            assert "is damaged" in line and "greenlane map import" in line
        finally:
            served.stop()
