"""The Auckland road network of JEMSS as a graph: 54,370 nodes and 90,638 arcs, from shared data."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np

from maps.network.graph import CLASSES, RoadGraph


def auckland(folder: Path) -> RoadGraph:
    """The graph from ``roads.zip`` in the folder of the model; every road is a tertiary one."""
    with zipfile.ZipFile(folder / "roads.zip") as archive:
        nodes = _rows(archive.read("nodes.csv").decode())
        arcs = _rows(archive.read("arcs.csv").decode())
    lon = np.array([float(row["x"]) for row in nodes])
    lat = np.array([float(row["y"]) for row in nodes])
    tail = np.array([int(float(row["fromNode"])) - 1 for row in arcs], np.int32)
    head = np.array([int(float(row["toNode"])) - 1 for row in arcs], np.int32)
    count = len(arcs)
    at = {pair: arc for arc, pair in enumerate(zip(tail.tolist(), head.tolist(), strict=True))}
    back = [at.get((b, a), -1) for a, b in at]
    twin = np.array([t if t >= 0 and at[tuple(reversed(pair))] == t else -1
                     for pair, t in zip(at, back, strict=True)], np.int32)  # fmt: skip
    ends = np.stack((tail, head), axis=1).ravel()
    shrink = np.cos(np.radians(lat[tail]))
    length_m = np.hypot((lon[head] - lon[tail]) * shrink, lat[head] - lat[tail]) * 111_195.0
    return RoadGraph(
        node_lon=lon,
        node_lat=lat,
        tail=tail,
        head=head,
        length_m=length_m,
        road_class=np.full(count, CLASSES.index("tertiary"), np.uint8),
        flags=np.zeros(count, np.uint8),
        max_speed_kmh=np.zeros(count, np.uint8),
        minutes=np.zeros(count),
        name=np.zeros(count, np.int32),
        twin=twin,
        osm_way=np.arange(count, dtype=np.int64),
        shape_start=np.arange(0, 2 * count + 1, 2, dtype=np.int32),
        shape_lon=lon[ends],
        shape_lat=lat[ends],
        names=("",),
    )


def _rows(text: str) -> list[dict[str, str]]:
    """The last table of a JEMSS file: a line that begins with ``index``, then its rows."""
    lines = text.splitlines()
    start = max(place for place, line in enumerate(lines) if line.startswith("index"))
    return [row for row in csv.DictReader(io.StringIO("\n".join(lines[start:]))) if row["index"]]
