"""Small towns for the tests of the simulator: places on a line, an hour is 3,600,000 ms."""

from collections.abc import Sequence

from dispatch.simulation.shapes import (
    Noise,
    Pace,
    SimCall,
    SimFacility,
    SimUnit,
    Spot,
    Town,
    Values,
)
from dispatch.simulation.travel import MatrixTravel

MIN = 60_000


def line(places: int, step_ms: int = MIN) -> MatrixTravel:
    """Numbered places along a road, ``step_ms`` between neighbours; 1,000 m a step."""
    table = [[abs(a - b) * step_ms for b in range(places)] for a in range(places)]
    metres = [[abs(a - b) * 1000.0 for b in range(places)] for a in range(places)]
    return MatrixTravel([table], metres)


def at(node: int) -> Spot:
    return Spot(0.01 * node, 0.0, node)


def town(
    posts: Sequence[int],
    units: Sequence[int],
    *,
    hospitals: Sequence[int] = (),
    mobilise_ms: int = 0,
    returns: str = "home",
    noise: Noise | None = None,
    kinds: Sequence[int] | None = None,
    skills: Sequence[int] | None = None,
) -> Town:
    """``posts`` are places, ``units`` the post of each unit; priority 0 is high, 1 low."""
    return Town(
        units=tuple(
            SimUnit(
                unit_id=a,
                post=post,
                kind=kinds[a] if kinds else 0,
                skills=skills[a] if skills else 0,
            )
            for a, post in enumerate(units)
        ),
        posts=tuple(at(one) for one in posts),
        facilities=tuple(
            SimFacility(facility_id=k, spot=at(one)) for k, one in enumerate(hospitals)
        ),
        values=Values(
            weight=(4, 1),
            misfit_ms=((0, 0), (0, 0)),
            target_ms=(8 * MIN, 20 * MIN),
            high=frozenset({0}),
        ),
        pace=Pace(response=(0, 0)),
        mobilise_ms=mobilise_ms,
        returns=returns,
        noise=noise or Noise(),
    )


def call(
    call_id: int,
    at_ms: int,
    node: int,
    *,
    priority: int = 0,
    on_scene_ms: int = 10 * MIN,
    ready_ms: int = 0,
    needs: int = 0,
    transport: bool = False,
    zone: int = 0,
) -> SimCall:
    return SimCall(
        call_id=call_id,
        at_ms=at_ms,
        priority=priority,
        spot=at(node),
        on_scene_ms=on_scene_ms,
        ready_ms=ready_ms,
        needs=needs,
        transport=transport,
        handover_ms=5 * MIN if transport else 0,
        zone=zone,
    )
