"""Which posts cover which demand in time, as `dispatch.recommend` wants it, from a town.

A cell is a place with a demand. It counts as covered where the estimated drive from the post, its
crew's mobilisation included, stays within the target. Pure arithmetic over the travel model.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse

from dispatch.recommend.situation import Coverage
from dispatch.simulation.shapes import SimCall, Spot, Town
from dispatch.simulation.travel import Travel


def coverage_of(
    town: Town,
    travel: Travel,
    cells: Sequence[tuple[Spot, float]],
    within_ms: int,
    *,
    capacity: int = 0,
) -> Coverage:
    """Posts of the town against cells (place, calls an hour); ``capacity`` 0: the whole fleet."""
    limit_ms = within_ms - town.mobilise_ms
    pace = town.pace.response[min(town.values.high, default=0)]
    reach = np.array(
        [
            [ms <= limit_ms for ms in travel.to_one_ms(town.posts, spot, 0, pace)]
            for spot, _demand in cells
        ],
        float,
    ).T
    names = town.post_names or tuple(f"{at}" for at in range(len(town.posts)))
    return Coverage(
        post_ids=names,
        reach=sparse.csr_array(reach.reshape(len(town.posts), len(cells))),
        demand=np.array([demand for _spot, demand in cells], float),
        capacity=np.full(len(town.posts), capacity or len(town.units), np.int64),
    )


def cells_from(places: Iterable[tuple[Spot, float]], step_deg: float) -> list[tuple[Spot, float]]:
    """Places with weights gathered into square cells of so many degrees, each at its centre.

    Only for models that read lon and lat; in the order of south to north, west to east.
    """
    found: defaultdict[tuple[int, int], float] = defaultdict(float)
    for spot, weight in places:
        found[int(spot.lat // step_deg), int(spot.lon // step_deg)] += weight
    return [
        (Spot((x + 0.5) * step_deg, (y + 0.5) * step_deg), weight)
        for (y, x), weight in sorted(found.items())
    ]


def demand_of(calls: Sequence[SimCall], hours: float) -> list[tuple[Spot, float]]:
    """Each distinct place of some calls with its calls an hour; for models with numbered places."""
    found = Counter(one.spot for one in calls)
    return [(spot, count / hours) for spot, count in sorted(found.items())]
