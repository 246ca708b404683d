"""Each extract from the file to the answers, by the command line alone, as a stranger would try it.

One test an extract: import, report, route, matrix, isochrone, search, where, and a tile of the base
map, decoded by a decoder that is not ours. The figures asked for are of the kind, not of the file:
what such a place must have, not how many of it. Extracts broken on purpose: `test_cold_extracts`.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely.geometry import Point, shape
from typer.testing import CliRunner

from deploy.map_commands import maps_app
from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.network.snap import Snapper, components
from maps.pack import Pack, open_pack
from maps.tiles import build
from maps.tiles.archive import TileArchive
from tests.support.shared_data import shared


@dataclass(frozen=True, kw_only=True)
class Extract:
    """What must at least be in an extract, and words by which one of its places is found."""

    file: str
    km: float
    share: float
    facilities: int
    place: str
    asked: tuple[str, ...]


EXTRACTS = (
    Extract(file="monaco.osm.pbf", km=300, share=0.9, facilities=4, place="Monte-Carlo",
            asked=("Monte-Carlo", "monte carlo", "MONTE CARLO", "monte carol")),
    Extract(file="baltimore.osm.pbf", km=400, share=0.95, facilities=8, place="Fells Point",
            asked=("Fells Point", "fells pt", "fels point")),
    Extract(file="Helsinki.osm.pbf", km=20, share=0.8, facilities=5, place="Mannerheimintie",
            asked=("Mannerheimintie", "mannerheim", "manerheimintie")),
    Extract(file="krems.osm.gz", km=100, share=0.85, facilities=5, place="An der Schütt",
            asked=("An der Schütt", "an der schutt", "an der schuett", "schütt")),
    Extract(file="beatty.osm", km=150, share=0.95, facilities=1, place="Beatty",
            asked=("Beatty", "beatty", "beaty")),
    Extract(file="beijing_tsinghua_2017.osm", km=60, share=0.9, facilities=2, place="成府路",
            asked=("成府路", "chengfulu", "cfl", "城府路", "chegnfulu", "Chengfu Road")),
    Extract(file="nantong_tongzhou_2026.osm", km=5, share=0.9, facilities=0, place="叠石桥",
            asked=("叠石桥", "dieshiqiao", "dsq", "叠时桥")),
    Extract(file="beijing_bupt_2025.osm", km=10, share=0.85, facilities=2, place="西土城路",
            asked=("西土城路", "xitucheng", "xtcl", "西土成路")),
    Extract(file="bayfront_singapore.osm.pbf", km=10, share=0.2, facilities=0,
            place="Marina Bay Sands", asked=("Marina Bay Sands", "marina sands", "marna sands")),
    Extract(file="krautsand.osm.gz", km=5, share=0.3, facilities=0, place="Krautsander Straße",
            asked=("Krautsander Straße", "krautsander strasse", "krautsander str")),
    Extract(file="harrisburg.osm.pbf", km=500, share=0.95, facilities=1, place="Enhaut",
            asked=("Enhaut", "enhaut", "enhuat")),
)  # fmt: skip


class Cold:
    """A data folder that had nothing in it, and the command line over it."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def ask(self, *words: str | Path) -> dict[str, Any]:
        given = [str(word) for word in words]
        done = CliRunner().invoke(
            maps_app, [*given, "--data", str(self.data)], catch_exceptions=False
        )
        assert done.exit_code == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    @property
    def pack(self) -> Pack:
        found = open_pack(self.data / "map")
        assert found is not None
        return found


@pytest.mark.parametrize("extract", EXTRACTS, ids=lambda extract: extract.file)
def test_an_extract_from_file_to_answers(tmp_path: Path, extract: Extract) -> None:
    cold = Cold(tmp_path)
    file = shared(f"roads/{extract.file}")
    summary = cold.ask("import", file)
    assert summary["changed"] is True
    check_report(cold, summary, extract)
    assert cold.ask("import", file)["changed"] is False
    check_graph(cold.pack)
    near, far = two_places(cold.pack)
    check_journeys(cold, near, far)
    check_isochrone(cold, near)
    for words in extract.asked:
        found = cold.ask("search", words)
        names = [name for hit in found["hits"][:3] for name in hit["names"]]
        assert extract.place in names, (words, names)
    assert cold.ask("where", *near.split(","))["phrases"][0]["code"] != "nothing"
    check_tile(cold.pack, near)


def check_report(cold: Cold, summary: dict[str, Any], extract: Extract) -> None:
    """The import's own summary, and what is told of the map afterwards."""
    report = summary["report"]
    assert report["roads"]["km"] > extract.km
    assert 0 < report["roads"]["share_km_without_limit"] <= 1
    assert report["network"]["largest_part_share"] > extract.share
    assert report["facilities"]["found"] >= extract.facilities
    assert cold.ask("report")["report"] == report
    box = cold.pack.manifest.bounds.grown(0.05)
    for row in cold.pack.facilities():
        assert box.contains(Wgs84(lon=row["lon"], lat=row["lat"]))


def check_graph(pack: Pack) -> None:
    """What every user of a graph counts on."""
    graph = pack.graph()
    assert (graph.length_m > 0).all()
    assert not (graph.tail == graph.head).any()
    has_twin = graph.twin >= 0
    assert (graph.twin[graph.twin[has_twin]] == np.flatnonzero(has_twin)).all()
    first, last = graph.shape_start[:-1], graph.shape_start[1:] - 1
    assert (last > first).all()
    assert np.array_equal(graph.shape_lon[first], graph.node_lon[graph.tail])
    assert np.array_equal(graph.shape_lat[last], graph.node_lat[graph.head])
    here = Wgs84(lon=float(graph.node_lon[0]), lat=float(graph.node_lat[0]))
    found = Snapper(graph).nearest(here, 10)
    assert found is not None
    assert found.distance_m < 0.5


def two_places(pack: Pack) -> tuple[str, str]:
    """A junction of the part that leads everywhere, and the one of it that is farthest away."""
    graph = pack.graph()
    inside = np.flatnonzero(components(graph) == 0)
    away = np.hypot(graph.node_lon[inside] - graph.node_lon[inside[0]],
                    graph.node_lat[inside] - graph.node_lat[inside[0]])  # fmt: skip
    ends = inside[0], inside[int(away.argmax())]
    near, far = (f"{graph.node_lon[node]:.6f},{graph.node_lat[node]:.6f}" for node in ends)
    return near, far


def place_of(words: str) -> Wgs84:
    lon, lat = (float(part) for part in words.split(","))
    return Wgs84(lon=lon, lat=lat)


def check_journeys(cold: Cold, near: str, far: str) -> None:
    """One way, and the same way in a table of ways."""
    way = cold.ask("route", near, far, "--priority", "P1")
    assert (way["method"], way["is_estimate"]) == ("road", False)
    assert 0 < way["duration_s"] < way["duration_p80_s"]
    crow_m = haversine_m(place_of(near), place_of(far))
    assert crow_m - 1 <= way["distance_m"] < 20 * crow_m
    path = way["path"]["coordinates"]
    assert path[0] == [float(part) for part in near.split(",")]
    assert len(path) > 2
    table = cold.ask("eta", "--from", near, "--from", far, "--to", f"{near};{far}")["times"]
    assert abs(table[0][1]["duration_s"] - way["duration_s"]) <= 1
    assert table[1][0]["method"] == "road"  # and one gets back
    assert table[0][0]["duration_s"] <= table[0][1]["duration_s"]
    slow = cold.ask("route", near, far, "--priority", "P4")
    assert slow["duration_s"] > way["duration_s"]


def check_isochrone(cold: Cold, near: str) -> None:
    """The land within two and six minutes: around the place, and the larger holds the smaller."""
    found = cold.ask("isochrone", near, "--minutes", "2,6")
    areas = {row["properties"]["limit_min"]: row for row in found["features"]}
    small, large = (shape(areas[limit]["geometry"]) for limit in (2.0, 6.0))
    here = place_of(near)
    assert small.area > 0 and small.is_valid and large.is_valid
    assert small.distance(Point(here.lon, here.lat)) < 0.001  # degrees: about 100 m
    assert large.area >= small.area
    assert large.buffer(1e-4).covers(small)
    assert {row["properties"]["method"] for row in areas.values()} == {"road"}


def check_tile(pack: Pack, near: str) -> None:
    """The deepest tile at a place has roads in it, and the one that is served is the same."""
    assert pack.tiles is not None
    archive = TileArchive(pack.tiles, "v")
    z = archive.max_zoom
    x, y = tile_at(place_of(near), z)
    served = archive.tile(z, x, y)
    archive.close()
    assert served
    layers = decoded(pack.tiles, z, x, y)
    roads = layers["roads"]
    assert roads
    assert all(row["geometry"]["coordinates"] for row in roads)
    assert all("class" in row["properties"] for row in roads)


def tile_at(place: Wgs84, zoom: int) -> tuple[int, int]:
    """Column and row of the Web Mercator tile around a place (the usual formula of slippy maps)."""
    wide = 1 << zoom
    north = np.arcsinh(np.tan(np.radians(place.lat)))
    return int((place.lon + 180) / 360 * wide), int((1 - north / np.pi) / 2 * wide)


def decoded(path: Path, z: int, x: int, y: int) -> dict[str, list[dict[str, Any]]]:
    """The features of one tile by layer, by tippecanoe's own decoder."""
    program = build._program().replace("_tippecanoe.exe", "_decode.exe")
    command = [program, str(path), str(z), str(x), str(y)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    layers = json.loads(done.stdout)["features"]
    return {one["properties"]["layer"]: one["features"] for one in layers}
