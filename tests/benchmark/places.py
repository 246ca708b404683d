"""The place search on the largest extract, as a dispatcher types: every way of writing a name.

One index over a county's own list and the whole extract, as a running server has it. The time is
that of one search, in the order of the letters: what is typed letter by letter is asked at each
pause. Beside it the least that any search must do: look at every name once (`in`).
"""

import random
import time
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from maps.county import load_county
from maps.gazetteer import place_index
from maps.osm.build import build_graph
from maps.osm.extract import Extract, read_extract
from maps.osm.places import facility_rows, place_rows
from maps.search.index import PlaceIndex
from maps.search.text import folded

COUNTY: Final = Path(__file__).resolve().parents[2] / "deploy" / "counties" / "nanxian"
EXTRACTS: Final = ("baltimore.osm.pbf", "Helsinki.osm.pbf", "monaco.osm.pbf", "harrisburg.osm.pbf",
                   "beijing_tsinghua_2017.osm")  # fmt: skip
NAMES: Final = 120
REPEATS: Final = 3  # the best counts: what else the machine does is not the search's
SAID: Final = (
    "人民医院", "茅草街那边的卫生院", "mcj", "gengyutang", "更鱼堂村", "hospital", "n", "street",
    "S204 12公里", "the clinic near the bridge",
)  # fmt: skip


class SearchFigure(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds of one search over ``entries``, and of a bare scan of all names."""

    extract: str
    entries: int
    asked: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    bare_p50_ms: float
    slowest: str


def measure(shared: Path) -> SearchFigure | None:
    """On the extract with the most rows; None without the shared data."""
    found = {name: _read(shared / "roads" / name) for name in EXTRACTS
             if (shared / "roads" / name).exists()}  # fmt: skip
    if not found:
        return None
    rows = {name: sum(1 for _ in place_rows(extract)) for name, extract in found.items()}
    largest = max(rows, key=lambda name: rows[name])
    return _searched(largest, found[largest])


def _read(path: Path) -> Extract:
    return read_extract(path, lambda _step, _done: None)


def _searched(name: str, extract: Extract) -> SearchFigure:
    index = place_index(
        load_county(COUNTY),
        places=place_rows(extract),
        facilities=facility_rows(extract, lambda _place: None),
        graph=build_graph(extract),
    )
    names = [folded(one) for entry in index.entries for one in entry.names]
    took: list[tuple[float, str]] = []
    bare = []
    for words in _queries(names):
        took.append((min(_took_ms(index, words) for _ in range(REPEATS)), words))
        started = time.perf_counter()
        _ = [number for number, one in enumerate(names) if words in one]
        bare.append(1000 * (time.perf_counter() - started))
    times = [ms for ms, _ in took]
    return SearchFigure(
        extract=name,
        entries=len(index.entries),
        asked=len(took),
        p50_ms=round(float(np.percentile(times, 50)), 2),
        p99_ms=round(float(np.percentile(times, 99)), 2),
        max_ms=round(max(times), 2),
        bare_p50_ms=round(float(np.percentile(bare, 50)), 3),
        slowest=max(took)[1],
    )


def _took_ms(index: PlaceIndex, words: str) -> float:
    started = time.perf_counter()
    index.search(words)
    return 1000 * (time.perf_counter() - started)


def _queries(names: list[str]) -> list[str]:
    """Names as typed, begun, with a letter lost or exchanged, without spaces; and sentences."""
    draw = random.Random(7)
    asked = list(SAID)
    for name in draw.sample([name for name in names if len(name) > 3], NAMES):
        at = draw.randrange(1, len(name) - 1)
        begun = name[: max(1, len(name) // 2)]
        lost = name[:at] + name[at + 1 :]
        exchanged = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        asked += [name, begun, lost, exchanged, name.replace(" ", "")]
    return asked
