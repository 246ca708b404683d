"""Travel times by road beside the bare engine call, on a real extract and on a city's graph.

Ours is what dispatch asks: places in degrees in, estimates with median, 80th centile and metres
out, snapping included. The bare call is the routing library's one-to-many over the nodes alone,
made and asked anew each time, as a new scene needs it.
"""

import random
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import routingkit_cch as rk

from maps.coordinates import Wgs84
from maps.network.graph import RoadGraph
from maps.network.speeds import SpeedPolicy, weights_ms
from maps.network.travel import RoadPolicy, Roads, RoadTravel
from maps.osm.build import build_graph
from maps.osm.extract import read_extract
from maps.travel import StraightLineTravel
from tests.support.jemss import auckland

ASKED: Final = 200


class EtaFigure(msgspec.Struct, frozen=True, kw_only=True):
    """Times of one kind of question in milliseconds, and the bare call's median beside them."""

    graph: str
    arcs: int
    units: int
    p50_ms: float
    p99_ms: float
    bare_p50_ms: float


def measure(shared: Path) -> list[EtaFigure]:
    """40 units on the largest extract by arcs, 500 units on Auckland; [] without shared data."""
    if not shared.exists():
        return []
    extract = shared / "roads" / "baltimore.osm.pbf"
    town = build_graph(read_extract(extract, lambda _step, _done: None))
    city = auckland(shared / "jemss" / "auckland")
    return [
        _etas("Baltimore (OSM)", town, 40),
        _etas("Auckland (JEMSS)", city, 40),
        _etas("Auckland (JEMSS)", city, 500),
    ]


def _etas(name: str, graph: RoadGraph, units: int) -> EtaFigure:
    travel = RoadTravel(Roads(graph, RoadPolicy()), StraightLineTravel(), ZoneInfo("UTC"))
    view = travel.when(datetime(2026, 11, 23, 4, tzinfo=UTC), "P1")
    weights = weights_ms(graph, SpeedPolicy(), hour=4, priority="P1").tolist()
    tail, head = graph.tail.tolist(), graph.head.tolist()
    lat, lon = graph.node_lat.tolist(), graph.node_lon.tolist()
    order = rk.compute_order_inertial(graph.nodes, tail, head, lat, lon)
    metric = rk.CCHMetric(rk.CCH(order, tail, head, False), weights)
    draw = random.Random(7)
    ours, bare = [], []
    rounds = ASKED if units <= 64 else ASKED // 4
    for _ in range(rounds):
        nodes = [draw.randrange(graph.nodes) for _ in range(units + 1)]
        places = [_near(graph, node, draw) for node in nodes]
        started = time.perf_counter()
        view.many(places[1:], places[0])
        ours.append(1000 * (time.perf_counter() - started))
        started = time.perf_counter()
        rk.CCHManyToOne(metric, nodes[1:]).distances_to(nodes[0])
        bare.append(1000 * (time.perf_counter() - started))
    return EtaFigure(
        graph=name,
        arcs=graph.arcs,
        units=units,
        p50_ms=round(float(np.percentile(ours, 50)), 2),
        p99_ms=round(float(np.percentile(ours, 99)), 2),
        bare_p50_ms=round(float(np.percentile(bare, 50)), 3),
    )


def _near(graph: RoadGraph, node: int, draw: random.Random) -> Wgs84:
    """A place some metres beside a node, as a vehicle's fix is."""
    return Wgs84(
        lon=float(graph.node_lon[node]) + draw.gauss(0, 1e-4),
        lat=float(graph.node_lat[node]) + draw.gauss(0, 1e-4),
    )
