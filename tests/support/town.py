"""A town of three streets round the scene, for tests in which a road is closed.

The main street runs from WEST over the scene to EAST; the bypass leaves it in the west, passes
north of the scene and comes down to it. From WEST the scene is nearer, until the main street is
closed at the BRIDGE: then EAST is.
"""

from datetime import datetime

from maps.network.travel import RoadPolicy, Roads
from telemetry.ports import LivePosition
from tests.support.desk import SCENE
from tests.support.roads import graph_of

WEST = (112.40, SCENE.lat)
EAST = (112.425, SCENE.lat)
BRIDGE = ((112.405, SCENE.lat - 0.001), (112.405, SCENE.lat + 0.001))
GRAPH = graph_of(
    [WEST, (SCENE.lon, SCENE.lat), EAST, (WEST[0], 29.38), (SCENE.lon, 29.38)],
    [
        {"nodes": [0, 1, 2], "road_class": "primary", "name": "幸福路"},
        {"nodes": [0, 3, 4, 1], "road_class": "primary", "name": "绕城路"},
    ],
)
CLOSED = {"closure_id": "bridge", "kind": "closed", "outline": BRIDGE, "reason": "桥面结冰"}
SLOW = CLOSED | {"closure_id": "slow-bridge", "kind": "slow", "factor": 3.0}


def roads() -> Roads:
    """The town, ready for questions."""
    return Roads(GRAPH, RoadPolicy())


def fix(unit_id: str, place: tuple[float, float], at: datetime) -> LivePosition:
    """A unit's trusted position."""
    return LivePosition(
        unit_id=unit_id,  # type: ignore[arg-type]
        lon=place[0],
        lat=place[1],
        heading_deg=None,
        speed_kmh=None,
        accuracy_m=None,
        at=at,
        observed_at=at,
        received_at=at,
        doubtful=None,
    )
