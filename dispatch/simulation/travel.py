"""Travel models of the simulator: the port, and the ones that need no road network.

A model answers estimates in whole milliseconds between `Spot`s, and where a vehicle is after part
of a journey. It is deterministic; luck on the road is added by the engine (`shapes.Noise`). The
port differs from `maps.travel` in what a simulation asks a hundred thousand times: milliseconds,
many origins at once, positions on the way, no words. By road: `road`.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Protocol

from dispatch.simulation.shapes import Spot

EARTH_RADIUS_M: Final = 6_371_000.0
"""Mean radius to the kilometre, as the Rio benchmark has it; IUGG says 6,371,008.8 m."""


class Travel(Protocol):
    """The port. ``pace`` is an index of the model's travel modes, ``at_ms`` when one sets out."""

    def one_ms(self, origin: Spot, to: Spot, at_ms: int, pace: int) -> int:
        """Milliseconds of one journey."""
        ...

    def to_one_ms(self, origins: Sequence[Spot], to: Spot, at_ms: int, pace: int) -> list[int]:
        """Milliseconds from each place to one."""
        ...

    def from_one_ms(self, origin: Spot, tos: Sequence[Spot], at_ms: int, pace: int) -> list[int]:
        """Milliseconds from one place to each of several."""
        ...

    def on_the_way(self, origin: Spot, to: Spot, elapsed_ms: int, at_ms: int, pace: int) -> Spot:
        """Where a vehicle is after part of the estimated time of a journey."""
        ...

    def metres(self, origin: Spot, to: Spot) -> float:
        """Length of the journey; 0 where the model knows no lengths."""
        ...


class GreatCircle:
    """Straight over the sphere at one speed a mode, lengthened by a detour factor."""

    def __init__(
        self,
        speeds_m_per_s: Sequence[float],
        *,
        detour: float = 1.0,
        radius_m: float = EARTH_RADIUS_M,
    ) -> None:
        if not speeds_m_per_s or min(speeds_m_per_s) <= 0 or detour < 1:
            raise ValueError("speeds must be positive and the detour factor at least 1")
        self._ms_per_m = [1000.0 * detour / speed for speed in speeds_m_per_s]
        self._detour = detour
        self._radius_m = radius_m

    def metres(self, origin: Spot, to: Spot) -> float:
        """Length over the sphere, detour included."""
        return self._arc_m(origin, to) * self._detour

    def one_ms(self, origin: Spot, to: Spot, at_ms: int, pace: int) -> int:
        """Milliseconds of one journey."""
        return round(self._arc_m(origin, to) * self._ms_per_m[pace])

    def to_one_ms(self, origins: Sequence[Spot], to: Spot, at_ms: int, pace: int) -> list[int]:
        """Milliseconds from each place to one."""
        slow = self._ms_per_m[pace]
        return [round(self._arc_m(origin, to) * slow) for origin in origins]

    def from_one_ms(self, origin: Spot, tos: Sequence[Spot], at_ms: int, pace: int) -> list[int]:
        """Milliseconds from one place to each of several."""
        return self.to_one_ms(tos, origin, at_ms, pace)

    def on_the_way(self, origin: Spot, to: Spot, elapsed_ms: int, at_ms: int, pace: int) -> Spot:
        """The place on the great circle so far along."""
        total_ms = self._arc_m(origin, to) * self._ms_per_m[pace]
        if elapsed_ms >= total_ms:
            return to
        if elapsed_ms <= 0:
            return origin
        return _slerp(origin, to, elapsed_ms / total_ms)

    def _arc_m(self, origin: Spot, to: Spot) -> float:
        lat_a, lat_b = math.radians(origin[1]), math.radians(to[1])
        half_lat = math.sin((lat_b - lat_a) / 2.0)
        half_lon = math.sin(math.radians(to[0] - origin[0]) / 2.0)
        chord = half_lat * half_lat + math.cos(lat_a) * math.cos(lat_b) * half_lon * half_lon
        return 2.0 * self._radius_m * math.asin(min(1.0, math.sqrt(chord)))


def _slerp(origin: Spot, to: Spot, part: float) -> Spot:
    """The place a part of the way along the great circle."""
    start, end = _vector(origin), _vector(to)
    chord = math.dist(start, end)
    angle = 2.0 * math.asin(min(1.0, chord / 2.0))
    if angle < 1e-12:
        return to
    near = math.sin((1.0 - part) * angle) / math.sin(angle)
    far = math.sin(part * angle) / math.sin(angle)
    x, y, z = (near * a + far * b for a, b in zip(start, end, strict=True))
    return Spot(math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y))))


def _vector(spot: Spot) -> tuple[float, float, float]:
    lon, lat = math.radians(spot.lon), math.radians(spot.lat)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


class MatrixTravel:
    """Times between numbered places from a table, one table a mode; ``Spot.node`` is the number.

    Part of the way between two places a vehicle may go on or turn round, whichever is quicker. The
    table may be lopsided, as ranks and queueing examples are.
    """

    def __init__(
        self,
        tables_ms: Sequence[Sequence[Sequence[int]]],
        table_m: Sequence[Sequence[float]] | None = None,
    ) -> None:
        self._tables = [[list(map(int, row)) for row in table] for table in tables_ms]
        self._metres = table_m
        for table in self._tables:
            if any(len(row) != len(table) or min(row, default=0) < 0 for row in table):
                raise ValueError("a travel table must be square, without negative times")

    def one_ms(self, origin: Spot, to: Spot, at_ms: int, pace: int) -> int:
        """Milliseconds of one journey."""
        table = self._tables[pace]
        on_ms = origin.lead_ms + table[origin.node][to.node]
        if origin.behind < 0:
            return on_ms
        return min(on_ms, origin.behind_ms + table[origin.behind][to.node])

    def to_one_ms(self, origins: Sequence[Spot], to: Spot, at_ms: int, pace: int) -> list[int]:
        """Milliseconds from each place to one."""
        return [self.one_ms(origin, to, at_ms, pace) for origin in origins]

    def from_one_ms(self, origin: Spot, tos: Sequence[Spot], at_ms: int, pace: int) -> list[int]:
        """Milliseconds from one place to each of several."""
        return [self.one_ms(origin, to, at_ms, pace) for to in tos]

    def on_the_way(self, origin: Spot, to: Spot, elapsed_ms: int, at_ms: int, pace: int) -> Spot:
        """Between the two, with both ways open; lon and lat are interpolated for the map only."""
        total_ms = self.one_ms(origin, to, at_ms, pace)
        if elapsed_ms >= total_ms:
            return to
        if elapsed_ms <= 0:
            return origin
        part = elapsed_ms / total_ms
        behind = origin.node if origin.behind < 0 else origin.behind
        behind_ms = origin.behind_ms if origin.behind >= 0 else 0
        lon = origin.lon + (to.lon - origin.lon) * part
        lat = origin.lat + (to.lat - origin.lat) * part
        return Spot(lon, lat, to.node, total_ms - elapsed_ms, behind, behind_ms + elapsed_ms)

    def metres(self, origin: Spot, to: Spot) -> float:
        """From the table of lengths, if there is one; between two places in shares of the time."""
        table = self._metres
        if table is None or origin == to:
            return 0.0
        ahead_m = float(table[origin.node][to.node])
        if origin.behind < 0:
            return ahead_m
        between_m = float(table[origin.behind][origin.node])
        share = origin.lead_ms / max(1, origin.lead_ms + origin.behind_ms)
        back_m = float(table[origin.behind][to.node])
        turns = origin.behind_ms + self._tables[0][origin.behind][to.node]
        if turns < origin.lead_ms + self._tables[0][origin.node][to.node]:
            return between_m * (1.0 - share) + back_m
        return between_m * share + ahead_m


class ByTheClock:
    """Another model with speeds that change over the day; nobody overtakes by leaving later.

    Theory. With free-flow length L (its time at speed 1) and speed v(t) > 0, a journey begun at s
    ends at e where the integral of v from s to e is L. The integral V grows, so e = V^-1(V(s) + L)
    grows with s: first in, first out. ``breaks_ms`` begin with 0 and end with the period, after
    which the pattern repeats; ``speeds`` has one fewer.
    """

    def __init__(self, base: Travel, breaks_ms: Sequence[int], speeds: Sequence[float]) -> None:
        rising = all(a < b for a, b in pairwise(breaks_ms))
        if len(breaks_ms) != len(speeds) + 1 or breaks_ms[0] != 0 or not rising:
            raise ValueError("breaks must rise from 0, one more than speeds")
        if min(speeds) <= 0:
            raise ValueError("a speed of 0 would never arrive")
        self._base = base
        self._breaks = list(breaks_ms)
        self._speeds = list(speeds)
        covered = [0.0]
        for start, end, speed in zip(breaks_ms, breaks_ms[1:], speeds, strict=False):
            covered.append(covered[-1] + (end - start) * speed)
        self._covered = covered

    def journey_ms(self, at_ms: float, length_ms: float) -> float:
        """How long a journey of this free-flow length takes when begun at this moment."""
        return self._when(self._done(at_ms) + length_ms) - at_ms

    def one_ms(self, origin: Spot, to: Spot, at_ms: int, pace: int) -> int:
        """Milliseconds of one journey."""
        return round(self.journey_ms(at_ms, self._base.one_ms(origin, to, at_ms, pace)))

    def to_one_ms(self, origins: Sequence[Spot], to: Spot, at_ms: int, pace: int) -> list[int]:
        """Milliseconds from each place to one."""
        free = self._base.to_one_ms(origins, to, at_ms, pace)
        return [round(self.journey_ms(at_ms, one)) for one in free]

    def from_one_ms(self, origin: Spot, tos: Sequence[Spot], at_ms: int, pace: int) -> list[int]:
        """Milliseconds from one place to each of several."""
        free = self._base.from_one_ms(origin, tos, at_ms, pace)
        return [round(self.journey_ms(at_ms, one)) for one in free]

    def on_the_way(self, origin: Spot, to: Spot, elapsed_ms: int, at_ms: int, pace: int) -> Spot:
        """The base model's place after the free-flow length covered so far."""
        covered = round(self._done(at_ms + elapsed_ms) - self._done(at_ms))
        return self._base.on_the_way(origin, to, covered, at_ms, pace)

    def metres(self, origin: Spot, to: Spot) -> float:
        """Length of the journey, whatever the hour."""
        return self._base.metres(origin, to)

    def _done(self, at_ms: float) -> float:
        """Free-flow length covered between moment 0 and this one by somebody always driving."""
        days, rest = divmod(at_ms, self._breaks[-1])
        part = bisect_right(self._breaks, rest) - 1
        inside = (rest - self._breaks[part]) * self._speeds[part]
        return days * self._covered[-1] + self._covered[part] + inside

    def _when(self, length: float) -> float:
        """The moment by which so much is covered."""
        days, rest = divmod(length, self._covered[-1])
        part = min(bisect_right(self._covered, rest) - 1, len(self._speeds) - 1)
        inside = (rest - self._covered[part]) / self._speeds[part]
        return days * self._breaks[-1] + self._breaks[part] + inside
