"""`greenlane map match`: recorded traces laid onto the roads of the imported map, as JSON.

A trace is a CSV with columns TrackID, Latitude, Longitude, Time (or their usual other names), plain
or gzipped. Its datum must be said: a trace in another one lies some 500 m off and would be matched
to the wrong roads without an error. Not here: how it is matched (`maps.matching`).
"""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.map_search import datum_of
from deploy.maps import Data, map_in_force, said, show
from maps.matching.model import RoadModel
from maps.matching.trace import Trace, read_traces
from maps.matching.viterbi import MatchedTrace, Segment, match_trace
from maps.matching.ways import places_of
from maps.network.graph import RoadGraph
from maps.network.snap import Snapper
from maps.network.travel import RoadPolicy, Roads

Tracks = Annotated[int, typer.Option(min=1, help="At most so many traces of the file.")]


def match(
    file: Annotated[Path, typer.Argument(metavar="TRACE.csv", help="Traces, plain or gzipped.")],
    *,
    datum: Annotated[str, typer.Option(help="wgs84, gcj02, bd09 or cgcs2000.")],
    tracks: Tracks = 1000,
    data: Data = None,
) -> None:
    """Lay recorded traces onto the roads: ways as GeoJSON, breaks where nothing fits."""
    with said():
        graph = map_in_force(data).graph()
        model = RoadModel(graph, Snapper(graph), Roads(graph, RoadPolicy()).engine)
        with file.open("rb") as opened:
            traces = read_traces(opened, datum=datum_of(datum))
        show({"traces": [_trace(graph, model, trace) for trace in traces[:tracks]],
              "left_out": max(0, len(traces) - tracks)})  # fmt: skip


def _trace(graph: RoadGraph, model: RoadModel, trace: Trace) -> dict[str, Any]:
    found = match_trace(model, trace.fixes)
    return {
        "track": trace.track,
        "fixes": len(trace.fixes),
        "lost": [{"line": one.line, "reason": one.reason} for one in trace.lost],
        "reordered": trace.reordered,
        "repeated": trace.repeated,
        "states": dict(Counter(point.state for point in found.points)),
        "breaks": _breaks(trace, found),
        "segments": [_segment(graph, trace, one) for one in found.segments],
    }


def _breaks(trace: Trace, found: MatchedTrace) -> list[dict[str, Any]]:
    return [
        {"after_line": trace.lines[one.after], "before_line": trace.lines[one.before],
         "cause": one.cause}
        for one in found.breaks
    ]  # fmt: skip


def _segment(graph: RoadGraph, trace: Trace, one: Segment) -> dict[str, Any]:
    places = [place for leg in one.legs for place in places_of(graph, leg)]
    names = dict.fromkeys(graph.names[int(graph.name[arc])] for arc in one.arcs)
    return {
        "from_line": trace.lines[one.first],
        "to_line": trace.lines[one.last],
        "length_m": round(one.length_m),
        "guessed_legs": sum(leg.is_guess for leg in one.legs),
        "roads": [name for name in names if name],
        "path": {
            "type": "LineString",
            "coordinates": [[round(place.lon, 6), round(place.lat, 6)] for place in places],
        },
    }
