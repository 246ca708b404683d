"""Small road graphs made by hand, for tests that need roads and no extract."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.network.graph import CLASSES, RoadGraph

Road = dict[str, Any]
"""``nodes`` (places in the list), ``road_class``, ``name``, ``is_oneway``, ``max_speed_kmh``,
``flags``, ``minutes``; all but the first may be left out."""


def graph_of(places: Sequence[tuple[float, float]], roads: Sequence[Road]) -> RoadGraph:
    """A graph from (lon, lat) of its nodes and the roads through them; every node is a junction."""
    names = [""]
    rows: list[tuple[Any, ...]] = []
    for way, road in enumerate(roads, start=1):
        name = road.get("name", "")
        if name not in names:
            names.append(name)
        kind = CLASSES.index(road.get("road_class", "residential"))
        rest = (kind, road.get("flags", 0), road.get("max_speed_kmh", 0), road.get("minutes", 0.0),
                names.index(name), way)  # fmt: skip
        for a, b in pairwise(road["nodes"]):
            is_oneway = road.get("is_oneway", False)
            rows.append((a, b, -1 if is_oneway else len(rows) + 1, *rest))
            if not is_oneway:
                rows.append((b, a, len(rows) - 1, *rest))
    columns = list(zip(*rows, strict=True)) if rows else [()] * 9
    tail, head = np.array(columns[0], np.int32), np.array(columns[1], np.int32)
    at = [Wgs84(lon=lon, lat=lat) for lon, lat in places]
    lengths = [haversine_m(at[a], at[b]) for a, b in zip(columns[0], columns[1], strict=True)]
    lon, lat = np.array([p.lon for p in at], np.float64), np.array([p.lat for p in at], np.float64)
    ends = np.stack((tail, head), axis=1).ravel()
    return RoadGraph(
        node_lon=lon,
        node_lat=lat,
        tail=tail,
        head=head,
        length_m=np.array(lengths, np.float64),
        twin=np.array(columns[2], np.int32),
        road_class=np.array(columns[3], np.uint8),
        flags=np.array(columns[4], np.uint8),
        max_speed_kmh=np.array(columns[5], np.uint8),
        minutes=np.array(columns[6], np.float64),
        name=np.array(columns[7], np.int32),
        osm_way=np.array(columns[8], np.int64),
        shape_start=np.arange(0, 2 * len(tail) + 1, 2, dtype=np.int32),
        shape_lon=lon[ends],
        shape_lat=lat[ends],
        names=tuple(names),
    )


def grid(rows: int, cols: int, *, spacing_deg: float = 0.001, **road: Any) -> RoadGraph:
    """A town of ``rows`` × ``cols`` junctions near Nanxian; node = row * cols + col."""
    places = [(112.4 + c * spacing_deg, 29.3 + r * spacing_deg)
              for r in range(rows) for c in range(cols)]  # fmt: skip
    across = [{"nodes": [r * cols + c for c in range(cols)], "name": f"{r}街"} | road
              for r in range(rows)]  # fmt: skip
    along = [{"nodes": [r * cols + c for r in range(rows)], "name": f"{c}路"} | road
             for c in range(cols)]  # fmt: skip
    return graph_of(places, across + along)
