"""What a dispatcher says of the roads: a stretch is closed or slow, and is so no longer.

Part of `commands`, which gives them on; apart only because files are kept short. The outline is in
WGS-84 degrees, longitude first: two corners are a line, more an area that closes itself.
"""

from typing import Annotated, Literal

import msgspec

from dispatch.domain.command_types import Command, Instant, Latitude, Line, Longitude
from dispatch.ids import ClosureId
from dispatch.limits import CLOSURE_CORNERS_MAX, CLOSURE_FACTOR_MAX
from maps.coordinates import Wgs84

Corner = tuple[Longitude, Latitude]
Outline = Annotated[tuple[Corner, ...], msgspec.Meta(min_length=2, max_length=CLOSURE_CORNERS_MAX)]
ClosureName = Annotated[ClosureId, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{4,64}$")]
Factor = Annotated[float, msgspec.Meta(ge=1.0, le=CLOSURE_FACTOR_MAX)]


class DrawClosure(Command, frozen=True, kw_only=True, tag="draw_closure"):
    """Close the roads inside the outline, or slow them; without times from now until lifted.

    ``factor`` is how many times as long a slow road takes; a closed one has none.
    """

    closure_id: ClosureName
    kind: Literal["closed", "slow"]
    outline: Outline
    reason: Line
    factor: Factor = 1.0
    from_at: Instant | None = None
    until_at: Instant | None = None

    def __post_init__(self) -> None:
        for lon, lat in self.outline:
            Wgs84(lon=lon, lat=lat)  # 0,0 is a lost fix: refused where it is decoded


class LiftClosure(Command, frozen=True, kw_only=True, tag="lift_closure"):
    """The roads inside are free again; also the deadline that clears away what ended long ago."""

    closure_id: ClosureId
    reason: Line = ""
