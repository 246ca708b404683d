"""The road graph as arrays: nodes, arcs, the shape of each arc, and what it is.

A node is a junction or a dead end; an arc is one direction of the road between two of them, so that
a two-way road is two arcs, each other's twin. Arrays instead of objects: a county has 10^5 arcs and
the routing engine, the snapper and the closures all want columns. Nothing here changes after
`RoadGraph` is made; a new import makes a new graph.

Not here: how fast an arc is driven (`speeds`), which arcs are shut (`closures`), and how the graph
comes out of an extract (`maps.osm`).
"""

from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

CLASSES: Final = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street",
    "service", "track", "pedestrian", "path", "ferry",
)  # fmt: skip
"""Road classes, best first; the value of `RoadGraph.road_class` is the place in this list.

They are the values of OSM's ``highway`` on which an ambulance can drive at all, and the ferry.
"""

BRIDGE: Final = 1
TUNNEL: Final = 2
UNPAVED: Final = 4
RESTRICTED: Final = 8  # private or no access for the public; an ambulance may, slowly
TOLL: Final = 16

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, eq=False)
class RoadGraph:
    """n nodes, m arcs, s shape points. Degrees in WGS-84, lengths in metres, speeds in km/h.

    ``max_speed_kmh`` is the posted limit, 0 where none is known. ``name`` is a place in ``names``
    (place 0 is "", a road without a name). ``twin`` is the arc of the other direction or -1. The
    shape of arc a, its ends included, is ``shape_lon/lat[shape_start[a]:shape_start[a + 1]]``.
    ``minutes`` is a timetable's duration (ferries), 0 where there is none. ``osm_way`` is the id of
    the way the arc came from.
    """

    node_lon: Floats  # (n,)
    node_lat: Floats  # (n,)
    tail: Ints  # (m,)
    head: Ints  # (m,)
    length_m: Floats  # (m,)
    road_class: Bytes  # (m,)
    flags: Bytes  # (m,)
    max_speed_kmh: Bytes  # (m,)
    minutes: Floats  # (m,)
    name: Ints  # (m,)
    twin: Ints  # (m,)
    osm_way: NDArray[np.int64]  # (m,)
    shape_start: Ints  # (m + 1,)
    shape_lon: Floats  # (s,)
    shape_lat: Floats  # (s,)
    names: tuple[str, ...]

    @property
    def nodes(self) -> int:
        """How many nodes."""
        return len(self.node_lon)

    @property
    def arcs(self) -> int:
        """How many arcs; a two-way road is two."""
        return len(self.tail)

    def shape(self, arc: int) -> tuple[Floats, Floats]:
        """Longitudes and latitudes along one arc, its two nodes included."""
        inside = slice(int(self.shape_start[arc]), int(self.shape_start[arc + 1]))
        return self.shape_lon[inside], self.shape_lat[inside]


def as_arrays(graph: RoadGraph) -> dict[str, NDArray[Any]]:
    """Every column by name, for `numpy.savez`; the names of roads are one UTF-8 column."""
    columns = {field.name: getattr(graph, field.name) for field in fields(graph)}
    text = "\n".join(graph.names)  # a name with a line break was refused when it was read
    return columns | {"names": np.frombuffer(text.encode(), dtype=np.uint8)}


def from_arrays(columns: dict[str, NDArray[Any]]) -> RoadGraph:
    """The inverse of `as_arrays`; raises KeyError for a column that is not there."""
    held = {field.name: columns[field.name] for field in fields(RoadGraph)}
    names = tuple(held.pop("names").tobytes().decode().split("\n"))
    return RoadGraph(names=names, **held)
