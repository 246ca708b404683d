"""Many places at once: distances from one of them, and the nearest of some.

Great-circle distances on the mean sphere (`maps.distance` says how exact), by the chord between
points of the unit sphere, so that no meridian and no pole is special.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from maps.coordinates import Wgs84

_MEAN_EARTH_RADIUS_M: Final = 6_371_008.8  # as in maps.distance

Points = NDArray[np.float64]
"""Points of the unit sphere, shape (n, 3)."""


def points_of(places: Sequence[Wgs84]) -> Points:
    """Places as points of the unit sphere."""
    degrees = np.array([(p.lon, p.lat) for p in places], dtype=np.float64).reshape(-1, 2)
    lon, lat = np.radians(degrees).T
    return np.stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)), axis=1)


def distances_m(points: Points, place: Wgs84) -> NDArray[np.float64]:
    """Metres from one place to each point."""
    return _metres(np.linalg.norm(points - points_of([place]), axis=1))


class Nearest:
    """The nearest of some points; ``numbers`` are what they are called by."""

    def __init__(self, points: Points, numbers: NDArray[np.int64]) -> None:
        self._numbers = numbers
        self._tree = cKDTree(points[numbers]) if len(numbers) else None

    def find(self, place: Wgs84, limit_m: float, most: int = 1) -> list[int]:
        """Numbers of the nearest points within the limit, nearest first."""
        if self._tree is None:
            return []
        count = min(most, len(self._numbers))
        chord, at = self._tree.query(points_of([place])[0], k=list(range(1, count + 1)))
        within = _metres(np.asarray(chord)) <= limit_m
        return [int(number) for number in self._numbers[np.asarray(at)[within]]]


def _metres(chord: NDArray[np.float64]) -> NDArray[np.float64]:
    angle: NDArray[np.float64] = 2.0 * np.arcsin(np.minimum(1.0, chord / 2.0))
    return angle * _MEAN_EARTH_RADIUS_M
