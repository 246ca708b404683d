"""The base map of real extracts: built, whole, small enough for a local network, nothing lost."""

import gzip
import json
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pmtiles.reader import MmapSource, all_tiles

from maps.osm.features import map_features
from maps.tiles import build
from maps.tiles.archive import TileArchive
from maps.tiles.build import MAX_ZOOM, MIN_ZOOM, build_tiles
from tests.support.shared_data import shared

EXTRACTS = ("monaco.osm.pbf", "baltimore.osm.pbf", "Helsinki.osm.pbf", "krems.osm.gz", "beatty.osm",
            "beijing_tsinghua_2017.osm", "nantong_tongzhou_2026.osm")  # fmt: skip

# A tile of a dense city; 20 of them fill a large screen, 3 MB once, and stay in the browser.
LARGEST_TILE_BYTES = 150_000
NAMED_LAYERS = ("roads", "places", "pois")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=EXTRACTS)
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, list[dict[str, Any]]], Path]:
    """The features of an extract by layer, and the tiles made of them."""
    layers: dict[str, list[dict[str, Any]]] = defaultdict(list)
    path = shared(f"roads/{request.param}")
    for layer, feature in map_features(path, lambda _step, _done: None):
        layers[layer].append(feature)
    target = tmp_path_factory.mktemp("tiles") / "tiles.pmtiles"
    built = build_tiles(layers, target)
    assert built.features == {layer: len(rows) for layer, rows in layers.items()}
    return layers, target


def test_every_tile_is_found_and_none_is_too_large(
    made: tuple[dict[str, list[dict[str, Any]]], Path],
) -> None:
    archive = TileArchive(made[1], "v")
    assert (archive.min_zoom, archive.max_zoom) == (MIN_ZOOM, MAX_ZOOM)
    zooms: Counter[int] = Counter()
    with made[1].open("rb") as file:
        for (z, x, y), stored in all_tiles(MmapSource(file)):
            assert archive.tile(z, x, y) == stored
            assert len(stored) < LARGEST_TILE_BYTES
            zooms[z] += 1
    assert zooms[MAX_ZOOM] > 0 and min(zooms) >= MIN_ZOOM
    archive.close()


def test_every_name_and_every_road_is_in_the_deepest_tiles(
    made: tuple[dict[str, list[dict[str, Any]]], Path],
) -> None:
    """Nothing was dropped to save room: the names of the extract are the names of the map."""
    layers, path = made
    drawn: dict[str, set[str]] = defaultdict(set)
    classes: dict[str, Counter[str]] = defaultdict(Counter)
    for layer, feature in _deepest(path):
        properties = feature["properties"]
        drawn[layer].add(properties.get("name", ""))
        classes[layer][str(properties.get("class"))] += 1
    for layer in NAMED_LAYERS:
        wanted = {str(row["properties"]["name"]) for row in layers[layer] if _is_long(row)}
        assert wanted - drawn[layer] == set()
    for layer, rows in layers.items():
        wanted_classes = {str(row["properties"].get("class")) for row in rows if _is_long(row)}
        assert wanted_classes - set(classes[layer]) == set()


def test_hospitals_are_seen_from_afar(
    made: tuple[dict[str, list[dict[str, Any]]], Path],
) -> None:
    layers, path = made
    hospitals = {
        json.dumps(row["geometry"]["coordinates"])
        for row in layers["pois"]
        if row["properties"]["kind"] == "hospital"
    }
    seen = sum(
        feature["properties"].get("kind") == "hospital"
        for layer, feature in _decoded(path, build._POIS["hospital"])
        if layer == "pois"
    )
    assert seen >= len(hospitals)


def test_the_file_names_its_source_and_no_machine(
    made: tuple[dict[str, list[dict[str, Any]]], Path],
) -> None:
    archive = TileArchive(made[1], "v")
    metadata = archive.metadata()
    archive.close()
    assert metadata["attribution"] == "© OpenStreetMap contributors, ODbL 1.0"
    assert {layer["id"] for layer in metadata["vector_layers"]} == set(made[0])
    assert str(made[1].parent.parent) not in json.dumps(metadata)
    assert gzip.decompress(TileArchive(made[1], "v").tile(*_first_tile(made[1])) or b"")


def _is_long(row: dict[str, Any]) -> bool:
    """Whether a feature is more than a dot of the deepest grid, and has a name to be found by."""
    geometry = row["geometry"]
    if "name" not in row["properties"]:
        return False
    if geometry["type"] == "Point":
        return True
    points = list(_points(geometry["coordinates"]))
    wide = max(x for x, _ in points) - min(x for x, _ in points)
    high = max(y for _, y in points) - min(y for _, y in points)
    return max(wide, high) > 1e-4  # degrees: about 10 m


def _points(coordinates: Any) -> Iterator[tuple[float, float]]:
    if isinstance(coordinates[0], (int, float)):
        yield coordinates[0], coordinates[1]
        return
    for part in coordinates:
        yield from _points(part)


def _first_tile(path: Path) -> tuple[int, int, int]:
    with path.open("rb") as file:
        address: tuple[int, int, int] = next(iter(all_tiles(MmapSource(file))))[0]
        return address


def _deepest(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    return _decoded(path, MAX_ZOOM)


def _decoded(path: Path, zoom: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """(layer, feature) of all tiles of one zoom, by tippecanoe's own decoder."""
    program = build._program().replace("_tippecanoe.exe", "_decode.exe")
    command = [program, f"--minimum-zoom={zoom}", f"--maximum-zoom={zoom}", str(path)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    for tile in json.loads(done.stdout)["features"]:
        for layer in tile["features"]:
            for feature in layer["features"]:
                yield layer["properties"]["layer"], feature
