"""Calls to come: Poisson streams by hour of the week and zone, surges, and many hurt at once.

Theory. Candidates come as a Poisson stream at the highest rate of the whole period; each is kept
with the ratio of the rate of its moment to the highest (thinning; Lewis & Shedler 1979). Gap,
choice, place and care of a candidate are keyed by its number, so that a change of one rate leaves
every other call as it was. Times of day are local; 0 is a Monday, 00:00.

Not here: where the rates come from (a log, `maps.coverage.demand`, a scenario file).
"""

import math
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from dispatch.simulation.chance import Chance
from dispatch.simulation.limits import MAX_CALLS
from dispatch.simulation.shapes import SimCall, Spot

HOUR_MS: Final = 3_600_000
WEEK_HOURS: Final = 168

Kind = Literal["constant", "exponential", "lognormal", "normal", "uniform"]


class Law(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution of durations, seconds. ``mean`` is its mean, whatever the kind.

    ``spread``: for lognormal the standard deviation of the logarithm, for normal that of the value
    (what falls below 0 counts as 0), for uniform half its width; else not used.
    """

    mean: float
    kind: Kind = "constant"
    spread: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mean) and self.mean >= 0 and self.spread >= 0):
            raise ValueError(f"mean {self.mean} and spread {self.spread} must not be negative")

    def draw_ms(self, chance: Chance, stream: str, key: int) -> int:
        """Milliseconds for this key."""
        if self.kind == "constant":
            value = self.mean
        elif self.kind == "exponential":
            value = self.mean * chance.exponential(stream, key)
        elif self.kind == "lognormal":
            normal = chance.normal(stream, key)
            value = self.mean * math.exp(self.spread * normal - self.spread**2 / 2)
        elif self.kind == "normal":
            value = self.mean + self.spread * chance.normal(stream, key)
        else:
            value = self.mean + self.spread * (2.0 * chance.uniform(stream, key) - 1.0)
        return max(0, round(value * 1000))


class Care(msgspec.Struct, frozen=True, kw_only=True):
    """What serving a call takes: call taking, time on scene, share taken to hospital, handover."""

    ready: Law
    on_scene: Law
    transport: float
    handover: Law


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """A township or a cell: where its calls are, spread around its middle, its share of all calls.

    ``town`` is the township its calls are counted for, -1 for the zone's own number.
    """

    spot: Spot
    weight: float
    spread_m: float = 0.0
    town: int = -1


class Surge(msgspec.Struct, frozen=True, kw_only=True):
    """A festival or a storm: between two hours of the run the rate of a zone is multiplied.

    ``zone`` -1 is the whole county.
    """

    from_h: float
    until_h: float
    factor: float
    zone: int = -1


class Mass(msgspec.Struct, frozen=True, kw_only=True):
    """Many hurt at one place and moment, such as a bus crash; the calls come within ``over_s``."""

    at_h: float
    zone: int
    calls: int
    over_s: float = 600.0
    priorities: tuple[float, ...] = ()


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """Calls an hour of the whole county by hour of the week, and what each call is like.

    ``by_hour``: weights of the zones for each hour of the week, instead of their own. ``needs``:
    skills of the unit by priority, none where it is empty. ``hospital_needs``: (capability bits,
    share) by priority, for calls that need a special hospital.
    """

    a_hour: tuple[float, ...]
    zones: tuple[Zone, ...]
    priorities: tuple[float, ...]
    care: Care
    surges: tuple[Surge, ...] = ()
    masses: tuple[Mass, ...] = ()
    needs: tuple[int, ...] = ()
    hospital_needs: tuple[tuple[int, float], ...] = ()
    by_hour: tuple[tuple[float, ...], ...] = ()

    def __post_init__(self) -> None:
        if len(self.a_hour) != WEEK_HOURS or min(self.a_hour) < 0:
            raise ValueError(f"rates for {WEEK_HOURS} hours of the week, none negative")
        if not self.zones or sum(zone.weight for zone in self.zones) <= 0:
            raise ValueError("zones with weights above 0")
        if not self.priorities or abs(sum(self.priorities) - 1.0) > 1e-6:
            raise ValueError(f"shares of the priorities {self.priorities} do not add up to 1")
        if self.by_hour and {len(row) for row in self.by_hour} != {len(self.zones)}:
            raise ValueError("by_hour needs a weight for every zone in every hour")
        if self.by_hour and len(self.by_hour) != WEEK_HOURS:
            raise ValueError(f"by_hour has {len(self.by_hour)} rows, not {WEEK_HOURS}")


def calls_to_come(forecast: Forecast, days: float, seed: int) -> list[SimCall]:
    """The calls of so many days, numbered in the order of their times."""
    chance = Chance(seed)
    drawn = _Drawn(forecast, chance)
    found = _stream(forecast, chance, drawn, days)
    found += _all_hurt(forecast, chance, drawn, days)
    found.sort(key=lambda one: (one.at_ms, one.call_id))
    return [msgspec.structs.replace(one, call_id=at) for at, one in enumerate(found)]


def _stream(forecast: Forecast, chance: Chance, drawn: "_Drawn", days: float) -> list[SimCall]:
    highest = max(forecast.a_hour) * _highest_surge(forecast.surges)
    if highest <= 0:
        return []
    if highest * days * 24 > MAX_CALLS:
        raise ValueError(
            f"{highest * days * 24:.0f} calls expected; at most {MAX_CALLS} can be run"
        )
    found = []
    at_h, candidate = 0.0, 0
    while (at_h := at_h + chance.exponential("gap", candidate) / highest) < days * 24:
        hour = int(at_h) % WEEK_HOURS
        zone = drawn.zone(candidate, hour)
        rate = forecast.a_hour[hour] * _surge(forecast.surges, at_h, drawn.town(zone))
        if chance.uniform("kept", candidate) * highest < rate:
            priority = chance.index("priority", drawn.priorities, candidate)
            found.append(drawn.call(candidate, round(at_h * HOUR_MS), zone, priority))
        candidate += 1
    return found


_MASS_KEYS: Final = 1 << 40
"""Calls of a mass have numbers of their own, beyond those of every stream."""


def _all_hurt(forecast: Forecast, chance: Chance, drawn: "_Drawn", days: float) -> list[SimCall]:
    found = []
    for number, mass in enumerate(forecast.masses):
        shares = mass.priorities or forecast.priorities
        totals = _totals(shares)
        for k in range(mass.calls if mass.at_h < days * 24 else 0):
            key = _MASS_KEYS + number * MAX_CALLS + k
            after_ms = mass.over_s * 1000 * chance.uniform("mass", key)
            priority = chance.index("priority", totals, key)
            at_ms = round(mass.at_h * HOUR_MS + after_ms)
            one = drawn.call(key, at_ms, mass.zone, priority)
            found.append(msgspec.structs.replace(one, spot=forecast.zones[mass.zone].spot))
    return found


class _Drawn:
    """Draws what a call is like, by its key."""

    def __init__(self, forecast: Forecast, chance: Chance) -> None:
        self._forecast = forecast
        self._chance = chance
        self._zones = _totals([zone.weight for zone in forecast.zones])
        self._by_hour = [_totals(row) for row in forecast.by_hour]
        self.priorities = _totals(forecast.priorities)

    def zone(self, key: int, hour: int) -> int:
        return self._chance.index(
            "zone", self._by_hour[hour] if self._by_hour else self._zones, key
        )

    def town(self, zone: int) -> int:
        town = self._forecast.zones[zone].town
        return zone if town < 0 else town

    def call(self, key: int, at_ms: int, zone: int, priority: int) -> SimCall:
        chance, care = self._chance, self._forecast.care
        return SimCall(
            call_id=key,
            at_ms=at_ms,
            priority=priority,
            spot=self._place(zone, key),
            ready_ms=care.ready.draw_ms(chance, "ready", key),
            on_scene_ms=care.on_scene.draw_ms(chance, "on_scene", key),
            transport=chance.uniform("transport", key) < care.transport,
            handover_ms=care.handover.draw_ms(chance, "handover", key),
            zone=self.town(zone),
            needs=self._forecast.needs[priority] if self._forecast.needs else 0,
            hospital_needs=self._hospital_needs(priority, key),
        )

    def _place(self, zone: int, key: int) -> Spot:
        """Around the middle, equally likely in every direction, at a Rayleigh distance."""
        found = self._forecast.zones[zone]
        if found.spread_m <= 0:
            return found.spot
        away_m = found.spread_m * math.sqrt(2.0 * self._chance.exponential("away", key))
        turn = 2.0 * math.pi * self._chance.uniform("turn", key)
        lat = found.spot.lat + away_m * math.cos(turn) / 111_195.0
        shrink = math.cos(math.radians(found.spot.lat))
        return Spot(found.spot.lon + away_m * math.sin(turn) / (111_195.0 * shrink), lat)

    def _hospital_needs(self, priority: int, key: int) -> int:
        needs = self._forecast.hospital_needs
        if priority >= len(needs):
            return 0
        bits, share = needs[priority]
        return bits if self._chance.uniform("needs", key) < share else 0


def _totals(shares: Sequence[float]) -> list[float]:
    found, total = [], 0.0
    for share in shares:
        total += share
        found.append(total)
    return found


def _surge(surges: Sequence[Surge], at_h: float, zone: int) -> float:
    factor = 1.0
    for one in surges:
        if one.from_h <= at_h < one.until_h and one.zone in (-1, zone):
            factor *= one.factor
    return factor


def _highest_surge(surges: Sequence[Surge]) -> float:
    return math.prod(max(1.0, one.factor) for one in surges)
