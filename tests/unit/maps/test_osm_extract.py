"""Reading an extract: formats, order, borders, areas, and a sentence for whatever is broken."""

import bz2
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.errors import BadPayload
from maps.network.graph import CLASSES
from maps.osm.extract import Extract, read_extract
from maps.osm.source import Source, format_of
from tests.support.osm import Osm, cross


def quiet(_step: str, _done: int) -> None: ...


def read(osm: Osm, folder: Path) -> Extract:
    return read_extract(osm.write(folder / "a.osm"), quiet)


def names(extract: Extract) -> set[str]:
    return {spot.tags.get("name", "") for spot in extract.spots}


def test_roads_and_places_are_read(tmp_path: Path) -> None:
    extract = read(cross(maxspeed="40"), tmp_path)
    assert [road.way for road in extract.roads] == [10, 11]
    road = extract.roads[0]
    assert (road.name, road.limits_kmh) == ("东西街", (40, 40))
    assert CLASSES[road.road_class] == "residential"
    assert road.pieces[0].nodes == (1, 5, 3)
    assert road.pieces[0].lon == (112.399, 112.4, 112.401)
    assert names(extract) == {"南县人民医院"}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_the_content_says_the_format_and_the_name_is_not_asked(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    plain = cross().write(tmp_path / "plain.osm")
    other = tmp_path / "from-a-browser (1).tmp"
    other.write_bytes(pack(plain.read_bytes()))
    assert read_extract(other, quiet) == read_extract(plain, quiet)


def test_the_order_on_disk_does_not_matter(tmp_path: Path) -> None:
    """Query services write ways before the nodes they use."""
    straight, turned = cross(), cross()
    turned.order = ("relation", "way", "node")
    assert read(turned, tmp_path) == read(straight, tmp_path)


def test_a_way_over_the_border_is_cut_there_and_counted(tmp_path: Path) -> None:
    osm = cross().line((7, 112.41, 29.36), (8, 112.42, 29.36))
    osm.way(12, (99, 5, 3, 98, 97, 7, 8, 96), {"highway": "primary"})
    osm.way(13, (95, 94), {"highway": "primary"})
    extract = read(osm, tmp_path)
    assert [piece.nodes for piece in extract.roads[2].pieces] == [(5, 3), (7, 8)]
    assert extract.seen["border_gaps"] == 3
    assert extract.seen["roads_outside"] == 1


def test_an_area_is_where_its_middle_is_also_where_its_ring_is_not_whole(tmp_path: Path) -> None:
    osm = cross().line((31, 112.40, 29.30), (32, 112.42, 29.30), (33, 112.42, 29.34))
    osm.line((34, 112.40, 29.34))
    osm.way(40, (31, 32, 33, 34, 31), {"amenity": "clinic", "name": "整"})
    osm.way(41, (31, 32, 33, 98, 31), {"amenity": "clinic", "name": "缺"})
    osm.relation(
        50, [("way", 42, "outer"), ("way", 43, "outer")],
        {"type": "multipolygon", "amenity": "hospital", "name": "两半"},
    )  # fmt: skip
    osm.way(42, (31, 32, 33)).way(43, (33, 98, 31))
    spots = {spot.tags["name"]: spot for spot in read(osm, tmp_path).spots}
    assert (spots["整"].lon, spots["整"].lat) == pytest.approx((112.41, 29.32))
    assert (spots["缺"].lon, spots["缺"].lat) == pytest.approx((112.413333, 29.313333), abs=1e-6)
    assert spots["两半"].key == "r50"
    assert 112.40 <= spots["两半"].lon <= 112.42


def test_the_middle_of_a_horseshoe_lies_in_it(tmp_path: Path) -> None:
    corners = [(0, 0), (4, 0), (4, 4), (3, 4), (3, 1), (1, 1), (1, 4), (0, 4)]
    osm = cross()
    for number, (x, y) in enumerate(corners, 60):
        osm.node(number, 112.5 + x / 100, 29.5 + y / 100)
    osm.way(40, (*range(60, 68), 60), {"amenity": "hospital", "name": "凹"})
    spot = next(spot for spot in read(osm, tmp_path).spots if spot.tags["name"] == "凹")
    assert not (112.51 < spot.lon < 112.53 and spot.lat > 29.51), "in the yard, not the house"


def test_what_is_seen_and_not_applied_is_counted(tmp_path: Path) -> None:
    osm = cross().node(6, 112.405, 29.36, barrier="height_restrictor")
    osm.node(9, 112.406, 29.36, barrier="bollard")  # beside the road: in nobody's way
    osm.way(12, (3, 6), {"highway": "service", "maxheight": "2.2"})
    osm.way(13, (1, 4), {"highway": "footway"})
    osm.relation(70, [("way", 10, "from")], {"type": "restriction", "restriction": "no_left_turn"})
    seen = read(osm, tmp_path).seen
    assert seen["barrier_height_restrictor"] == 1
    assert "barrier_bollard" not in seen
    assert (seen["turn_restrictions"], seen["size_limits"], seen["ways_not_driven"]) == (1, 1, 1)


def test_a_post_knows_the_road_it_stands_on(tmp_path: Path) -> None:
    osm = cross().node(6, 112.405, 29.36, highway="milestone", distance="12")
    osm.way(12, (3, 6), {"highway": "secondary", "ref": "S204", "name": "南茅公路"})
    assert read(osm, tmp_path).milestones == {"n6": (("南茅公路",), ("S204",))}


def test_the_header_gives_box_and_time_and_a_bad_box_is_no_reason_to_refuse(tmp_path: Path) -> None:
    osm = cross()
    osm.head = '<bounds minlon="112.3" minlat="29.3" maxlon="112.5" maxlat="29.4"/>'
    extract = read(osm, tmp_path)
    assert extract.bounds is not None
    assert (extract.bounds.west, extract.bounds.north) == (112.3, 29.4)
    assert extract.timestamp is None
    osm.head = '<bounds minlon="0" minlat="0" maxlon="0.5" maxlat="29.4"/>'
    assert read(osm, tmp_path).bounds is None


def test_progress_is_told_by_pass(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    path = cross().write(tmp_path / "a.osm")
    read_extract(path, lambda step, done: told.append((step, done)))
    assert [step for step, _ in told] == [
        "read relations", "read relations", "read nodes", "read nodes", "read ways", "read ways",
    ]  # fmt: skip
    assert told[-1] == ("read ways", 2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"hello", "no OpenStreetMap extract"),
        (b"<gpx></gpx>", "broken or cut short"),
        (b"<osm version='0.6'><node id='1' lat='1'", "broken or cut short"),
        (b"<osm version='0.6'></osm>", "holds no road"),
        (b"\x00\x00\x00\x0d\x0a\x09OSMHeader", "broken or cut short"),
        (b"\x1f\x8b\x08\x00", "broken or cut short"),
    ],
)
def test_a_broken_file_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(BadPayload, match=words) as caught:
        read_extract(path, quiet)
    assert str(path) in caught.value.detail


def test_a_file_cut_anywhere_is_refused_or_never_read_as_whole(tmp_path: Path) -> None:
    whole = gzip.compress(cross().write(tmp_path / "a.osm").read_bytes(), mtime=0)
    path = tmp_path / "cut.osm.gz"
    for length in range(1, len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(BadPayload):
            read_extract(path, quiet)


def test_a_file_in_no_order_is_refused_with_the_way_out(tmp_path: Path) -> None:
    osm = cross()
    osm.parts["way"].reverse()
    with pytest.raises(BadPayload, match="osmium sort") as caught:
        read(osm, tmp_path)
    assert caught.value.reason == "map_file_unsorted"


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.osm", tmp_path):
        with pytest.raises(BadPayload, match="cannot be read"):
            format_of(path)


def test_a_file_without_roads_says_where_they_may_be(tmp_path: Path) -> None:
    osm = Osm().way(10, (1, 2), {"highway": "residential"})
    with pytest.raises(BadPayload, match="no nodes; export it again"):
        read(osm, tmp_path)
    osm = Osm().line((1, 112.0, 29.0), (2, 112.1, 29.0)).way(10, (1, 2), {"highway": "footway"})
    with pytest.raises(BadPayload, match="only footpaths"):
        read(osm, tmp_path)


def test_a_failure_of_the_reader_of_the_rows_is_not_taken_for_a_broken_file(tmp_path: Path) -> None:
    source = Source(cross().write(tmp_path / "a.osm"), quiet)

    def bug() -> None:
        for _ in source.nodes():
            raise RuntimeError("a bug of ours")

    with pytest.raises(RuntimeError, match="a bug of ours"):
        bug()
