"""The places over HTTP, and a map that is imported while the server runs."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.postgres import Postgres
from tests.support import services
from tests.support.osm import cross
from tests.support.serving import KEY, Served, database
from tests.support.system import Person

ROOT = Path(__file__).resolve().parents[3]


class Site:
    """One worker that began without a map."""

    def __init__(self, served: Served, data: Path) -> None:
        self.served = served
        self.data = data
        self.desk: Person = served.person("dispatcher")

    def ask(self, words: str, **more: str) -> dict[str, Any]:
        answer = self.desk.http.get("/api/places", params={"q": words, **more})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def said_of(self, place: str) -> list[dict[str, Any]]:
        answer = self.desk.http.get("/api/places/at", params={"at": place})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["phrases"]
        return found


@pytest.fixture(scope="module")
def site(postgres_server: Postgres) -> Iterator[Site]:
    with database(postgres_server) as dsn, services.service_folder() as folder:
        environment = {"GREENLANE_DATABASE_URL": dsn, "GREENLANE_IDENTITY_KEY": KEY}
        served = Served(folder / "data", environment)
        try:
            served.wait_ready()
            yield Site(served, folder / "data")
        finally:
            served.stop()


def test_a_place_of_the_county_with_all_that_tells_it_from_its_namesakes(site: Site) -> None:
    found = site.ask("gengyutang")
    assert (found["words"], found["kilometre"], found["attribution"]) == ("gengyutang", None, [])
    assert found["total"] == len(found["hits"]) == 1
    hit = found["hits"][0]
    assert (hit["name"], hit["kind"], hit["source"], hit["datum"]) == (
        "耕余堂村", "village", "county", "WGS84",
    )  # fmt: skip
    assert hit["town"] and hit["distance_m"] is None
    assert hit["is_doubtful"] is False
    assert (hit["match"], hit["matched"]) == ("exact", "Gengyutang")  # its name in letters


def test_hospitals_and_stations_are_places_too(site: Site) -> None:
    by_id = {hit["id"]: hit for hit in site.ask("南县人民医院")["hits"]}
    assert by_id["facility:H1"]["kind"] == "hospital"
    (station, *_) = site.ask("茅草街站")["hits"]
    assert (station["name"], station["kind"], station["source"]) == (
        "茅草街站",
        "station",
        "county",
    )


def test_a_resemblance_is_marked_as_one(site: Site) -> None:
    (hit, *_) = site.ask("更鱼堂村")["hits"]
    assert hit["name"] == "耕余堂村"
    assert hit["match"] in {"sounds_like", "fuzzy_sound", "slip"}
    assert hit["is_doubtful"] is True


def test_distances_are_from_where_the_caller_is_in_whatever_datum(site: Site) -> None:
    place = site.ask("gengyutang")["hits"][0]
    here = f"{place['lon']},{place['lat']}"
    exact = site.ask("gengyutang", near=here)["hits"][0]["distance_m"]
    shifted = site.ask("gengyutang", near=here, datum="GCJ02")["hits"][0]["distance_m"]
    assert exact == 0
    assert 300 < shifted < 700  # what the Chinese datum is off where it is taken for another


def test_a_kilometre_without_posts_says_why_it_has_no_place(site: Site) -> None:
    found = site.ask("S204 12公里")
    assert found["kilometre"]["code"] in {"posts_unknown", "road_missing"}
    assert not [hit for hit in found["hits"] if hit["match"] == "kilometre"]


@pytest.mark.parametrize(
    "path",
    ["/api/places?q=x&near=here", "/api/places?q=x&near=200,29", "/api/places?q=x&near=0,0",
     "/api/places?q=x&near=112,29&datum=utm", "/api/places/at", "/api/places/at?at=112",
     "/api/places/at?at=nan,29", "/api/places/at?at=112,29&datum=gcj"],
)  # fmt: skip
def test_a_position_that_is_none_is_refused_with_words(site: Site, path: str) -> None:
    answer = site.desk.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert answer.json()["params"]["detail"]


def test_a_map_imported_beside_the_running_server_is_in_use_without_a_restart(
    site: Site, tmp_path: Path
) -> None:
    assert site.desk.get("/api/health")["map"] is None
    assert site.desk.get("/api/map/tiles")["version"] is None
    before = site.said_of("112.4,29.36")
    assert "on_road" not in {phrase["code"] for phrase in before}
    extract = cross(name="新开路").write(tmp_path / "county.osm")
    command = [sys.executable, "-P", "-m", "deploy.map_commands", "import", str(extract)]
    subprocess.run([*command, "--data", str(site.data)], check=True, cwd=ROOT, timeout=60,
                   capture_output=True)  # fmt: skip
    while (version := site.desk.get("/api/health")["map"]) is None:
        pass  # it looks every few seconds
    assert site.desk.get("/api/map/tiles")["version"] == version
    found = site.ask("dongxijie")
    (hit,) = found["hits"]
    assert (hit["name"], hit["kind"], hit["source"], hit["match"]) == (
        "东西街", "road", "map", "pinyin",
    )  # fmt: skip
    assert found["attribution"] == ["© OpenStreetMap contributors, ODbL 1.0"]
    assert hit["town"]  # of the county, though the map does not know it
    said = site.said_of("112.4,29.36")
    assert {"on_road", "in_town"} <= {phrase["code"] for phrase in said}
    assert site.served.troubles() == []
