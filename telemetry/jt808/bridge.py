"""A terminal's position as the message of contract v1 that a vehicle would have published. Pure.

So a terminal that speaks straight to the centre takes the one path that there is: topic and payload
into the ingest, judged, committed, and then answered. Not here: the ingest and its commit.
"""

import msgspec

from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry.contract import ROOT, Position


def as_message(
    county_id: CountyId, unit_id: UnitId, device_id: DeviceId, position: Position
) -> tuple[str, bytes]:
    """(topic, payload) as `telemetry.decode` reads them."""
    topic = f"{ROOT}/{county_id}/{unit_id}/{device_id}/position"
    return topic, msgspec.json.encode(position)
