"""The map of a running process: taken when it comes into force, kept when the next one is bad."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from dispatch.county import read_county
from dispatch.domain.world import ClosureRecord
from dispatch.ids import ClosureId
from dispatch.live.imported_map import ImportedMap, MapInForce
from dispatch.live.journeys import Journeys
from maps.areas import Bounds
from maps.coordinates import Wgs84
from maps.pack import GRAPH, Content, Origin, Pack, write_pack
from maps.travel import StraightLineTravel
from tests.support.roads import grid
from tests.support.system import COUNTY

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
COUNTY_READ = read_county(COUNTY)
SCHOOL = {"id": "n7", "names": ["耕余堂中心小学"], "kind": "school", "lon": 112.401, "lat": 29.302,
          "importance": 0.5, "extra": {}}  # fmt: skip
CLINIC = {"id": "n8", "name": "东堤诊所", "names": ["东堤诊所"], "kind": "clinic",
          "lon": 112.402, "lat": 29.301}  # fmt: skip


def write(folder: Path, name: str) -> Pack:
    """A small town as the map in force; each name is another version."""
    content = Content(
        graph=grid(4, 4),
        places=[SCHOOL | {"names": [f"{name}小学", *SCHOOL["names"]]}],  # type: ignore[misc]
        facilities=[CLINIC],
        report={},
        source=Origin(file=f"{name}.osm", sha256=name * 16, bytes=1),
        bounds=Bounds(west=112.4, south=29.3, east=112.403, north=29.303),
        county=None,
        imported_at="2026-11-23T00:00:00+00:00",
    )
    return write_pack(folder, content, None)


def closure(*outline: tuple[float, float]) -> ClosureRecord:
    return ClosureRecord(
        closure_id=ClosureId("c"), kind="closed", factor=1.0, outline=outline, reason="",
        from_at=NOON, until_at=None, drawn_at=NOON, drawn_by="seat1",
    )  # fmt: skip


class Desk:
    """A county whose configuration can change, and what came into force there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = COUNTY_READ.config
        self.taken: list[ImportedMap] = []
        self.map = MapInForce(folder, COUNTY_READ.geography, lambda: self.config, self.taken.append)

    def look(self) -> bool:
        return asyncio.run(self.map.look())

    def found(self, words: str) -> list[str]:
        return [hit.entry.names[0] for hit in self.map.places.index.search(words).hits]

    @property
    def versions(self) -> list[str]:
        return [one.version for one in self.taken]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "map")


def test_without_a_map_the_county_is_searched_with_its_hospitals_and_stations(desk: Desk) -> None:
    assert desk.look() is True
    assert (desk.map.version, desk.taken) == (None, [])
    assert desk.found("gengyutang")[0] == "耕余堂村"
    hospital, station = desk.config.facilities[0], desk.config.stations[0]
    assert hospital.name_zh in desk.found(hospital.name_zh)
    assert station.name in desk.found(station.name)
    assert desk.look() is False


def test_a_map_that_is_imported_is_in_force_at_the_next_look_and_so_is_the_one_after(
    desk: Desk,
) -> None:
    desk.look()
    first = write(desk.folder, "甲")
    assert desk.found("东堤诊所") == []
    assert desk.look() is True
    assert desk.map.version == first.manifest.version
    assert desk.versions == [first.manifest.version]
    assert desk.found("东堤诊所") == ["东堤诊所"]
    assert desk.found("甲小学") and "耕余堂村" in desk.found("耕余堂")
    assert desk.look() is False
    second = write(desk.folder, "乙")
    assert desk.look() is True
    assert desk.versions == [first.manifest.version, second.manifest.version]
    assert "乙小学" in desk.found("乙小学") and "甲小学" not in desk.found("甲小学")


def test_places_and_roads_of_one_map_belong_together(desk: Desk) -> None:
    write(desk.folder, "甲")
    desk.look()
    place = Wgs84(lon=112.4015, lat=29.301)
    said = {one.code: one.name for one in desk.map.places.around.describe(place).phrases}
    assert {"on_road", "in_town"} <= set(said)
    assert said["on_road"] in desk.taken[0].roads.graph.names


def test_a_damaged_map_changes_nothing_until_it_is_mended(desk: Desk) -> None:
    good = write(desk.folder, "甲")
    desk.look()
    bad = write(desk.folder, "乙")
    (bad.folder / GRAPH).write_bytes(b"damaged")
    assert desk.look() is False
    assert (desk.map.version, desk.versions) == (good.manifest.version, [good.manifest.version])
    assert desk.found("甲小学")
    assert desk.look() is False
    write(desk.folder, "乙")  # the same import again mends it, under the same name
    assert desk.look() is True
    assert desk.map.version == bad.manifest.version


def test_a_damaged_map_at_the_start_leaves_the_county_searchable(desk: Desk) -> None:
    bad = write(desk.folder, "甲")
    (bad.folder / GRAPH).write_bytes(b"damaged")
    desk.look()
    assert (desk.map.version, desk.taken) == (None, [])
    assert desk.config.facilities[0].name_zh in desk.found(desk.config.facilities[0].name_zh)


def test_a_map_that_vanishes_while_it_is_read_is_looked_for_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = write(desk.folder, "甲")

    def vanish(_pack: Pack) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    with monkeypatch.context() as gone:
        gone.setattr(Pack, "places", vanish)
        desk.look()
    assert (desk.map.version, desk.taken) == (None, [])
    assert desk.look() is True
    assert desk.map.version == good.manifest.version


def test_a_map_taken_away_stays_in_use(desk: Desk) -> None:
    good = write(desk.folder, "甲")
    desk.look()
    (desk.folder / "current").unlink()
    assert desk.look() is False
    assert desk.map.version == good.manifest.version
    assert desk.found("甲小学")


def test_a_new_configuration_makes_the_places_anew_over_the_same_map(desk: Desk) -> None:
    write(desk.folder, "甲")
    desk.look()
    roads = desk.taken[0].roads
    renamed = msgspec.structs.replace(desk.config.stations[0], name="新设急救站")
    stations = (renamed, *desk.config.stations[1:])
    desk.config = msgspec.structs.replace(desk.config, stations=stations, digest="another")
    assert desk.look() is True
    assert desk.found("新设急救站") == ["新设急救站"]
    assert desk.found("甲小学")
    assert len(desk.taken) == 1 and desk.taken[0].roads is roads


def test_journeys_are_by_road_from_the_next_question_on_also_those_asked_apart(desk: Desk) -> None:
    travel = Journeys(StraightLineTravel())
    apart = travel.apart()
    ends = Wgs84(lon=112.4, lat=29.3), Wgs84(lon=112.403, lat=29.303)

    def method(journeys: Journeys) -> str:
        return journeys.at({}, NOON, "P1").estimate(*ends).method

    assert (method(travel), method(apart)) == ("straight_line", "straight_line")
    write(desk.folder, "甲")
    desk.look()
    travel.use(desk.taken[0].roads)
    assert (method(travel), method(apart)) == ("road", "road")


def test_closures_are_heeded_on_the_new_roads_too(desk: Desk) -> None:
    write(desk.folder, "甲")
    desk.look()
    write(desk.folder, "乙")
    desk.look()
    old, new = (one.roads for one in desk.taken)
    travel = Journeys(StraightLineTravel(), old)
    ends = Wgs84(lon=112.4, lat=29.3), Wgs84(lon=112.401, lat=29.3)
    closed = {ClosureId("c"): closure((112.4004, 29.2999), (112.4006, 29.3001))}
    free_s = travel.at({}, NOON, "P1").estimate(*ends).duration_s
    for roads in (old, new):
        travel.use(roads)
        assert travel.at(closed, NOON, "P1").estimate(*ends).duration_s > free_s
