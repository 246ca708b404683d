"""What a county decides about driving: speeds, sirens, hours, ferries, how near a road is near.

Values only, as the county's `roads.toml` writes them and as they stand in the log with the rest of
its configuration, so that a replay drives at the speeds of its day. All of it is POLICY until the
county's own recorded drives say better (`maps.network.learned`); the defaults follow what is
published:

- Lights and sirens: the JEMSS Auckland model (2018) drives 1.42 times as fast off the motorway with
  them as without (47 against 33 km/h on local roads).
- Hour: 97,000 German runs showed little effect of the rush hour on emergency speed and 22 % slower
  driving at night (a factor of 1 / 1.22 = 0.82).

A ferry takes its timetable's duration and a wait. An ambulance that is itself a boat is not
modelled: it would need the waterways as a graph of their own.

What was once in a log must be readable for ever: a check here may be loosened, never tightened.

Not here: what becomes of it on a graph (`speeds`), reading the file (`dispatch.county_policies`).
"""

from typing import Final

import msgspec

from maps.network.graph import CLASSES

DEFAULT_KMH: Final = {
    # The usual speed of ordinary traffic where no limit is posted (local policy).
    "motorway": 100.0, "motorway_link": 50.0, "trunk": 75.0, "trunk_link": 45.0, "primary": 60.0,
    "primary_link": 40.0, "secondary": 50.0, "secondary_link": 35.0, "tertiary": 42.0,
    "tertiary_link": 30.0, "unclassified": 35.0, "residential": 28.0, "living_street": 12.0,
    "service": 15.0, "track": 15.0, "pedestrian": 8.0, "path": 6.0, "ferry": 8.0,
}  # fmt: skip

NOBODY_NAMED: Final = "county emergency centre (县急救中心)"
PRIORITIES: Final = ("P1", "P2", "P3", "P4")

_SIRENS: Final = {"P1": 1.42, "P2": 1.42}
_LONGEST_MIN: Final = 24 * 60.0  # a ferry that takes a day is a typing error
_REACH_MAX_M: Final = 20_000.0  # farther from any road nobody drives or walks to a patient
_LOWEST_OFF_ROAD_KMH: Final = 1.0  # slower than a stretcher is carried
_HIGHEST_OFF_ROAD_KMH: Final = 60.0  # faster needs a road


def _check_hours(what: str, hours: tuple[int, ...]) -> None:
    wrong = [hour for hour in hours if not 0 <= hour <= 23]
    if wrong:
        raise ValueError(f"{what}: {wrong[0]} is no hour of the day (0 to 23)")
    if len(set(hours)) < len(hours):
        raise ValueError(f"{what}: an hour stands twice")


def _check_classes(what: str, named: dict[str, float]) -> None:
    unknown = [name for name in named if name not in CLASSES]
    if unknown:
        raise ValueError(f"{what}: {unknown[0]} is no road class; known: {CLASSES}")


def _check_factors(*factors: float) -> None:
    if not all(0 < factor < 1000 for factor in factors):
        raise ValueError("speeds and factors must be positive and below 1000")


class HourBand(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of the day (0-23, local) that are driven alike: ``factor`` on every road.

    ``class_factor`` is a further factor on the classes it names. Hours of no band have none.
    """

    name: str
    hours: tuple[int, ...]
    factor: float = 1.0
    class_factor: dict[str, float] = {}

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.hours:
            raise ValueError("a band of hours has a name and at least one hour")
        _check_hours(f"band {self.name}", self.hours)
        _check_classes(f"band {self.name}: class_factor", self.class_factor)
        _check_factors(self.factor, *self.class_factor.values())


class Ferry(msgspec.Struct, frozen=True, kw_only=True):
    """What the county knows of a crossing, named by its OSM ``way`` or by ``name`` as on the map.

    ``hours`` (0-23, local) are those in which it sails, none meaning all; at other hours nobody
    crosses, or, where it comes when called, after ``called_wait_min``. ``wait_min`` and
    ``crossing_min`` replace the county's usual wait and the map's duration. One that the map has
    and that takes no ambulance (a boat for passengers) is shut by ``takes_ambulances`` false.
    """

    name: str = ""
    way: int = 0
    hours: tuple[int, ...] = ()
    wait_min: float | None = None
    called_wait_min: float | None = None
    crossing_min: float | None = None
    takes_ambulances: bool = True

    def __post_init__(self) -> None:
        if bool(self.name.strip()) == bool(self.way):
            raise ValueError("a ferry is named by either its name or its OSM way")
        _check_hours(f"ferry {self.called}", self.hours)
        for minutes in (self.wait_min, self.called_wait_min, self.crossing_min):
            if minutes is not None and not 0 <= minutes <= _LONGEST_MIN:
                raise ValueError(f"ferry {self.called}: {minutes} is not in 0..1440 minutes")
        if self.crossing_min == 0:
            raise ValueError(f"ferry {self.called}: a crossing takes more than 0 minutes")

    @property
    def called(self) -> str:
        """Its name, or the number of its way."""
        return self.name or f"way {self.way}"

    def sails(self, hour: int) -> bool:
        """Whether it keeps its timetable at an hour of the day."""
        return not self.hours or hour in self.hours

    def is_shut(self, hour: int) -> bool:
        """Whether no ambulance crosses at an hour of the day, not even when it is called."""
        never = not self.takes_ambulances
        return never or (not self.sails(hour) and self.called_wait_min is None)


class SpeedPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Owned by the county; speeds in km/h, factors without unit.

    ``class_kmh``: where no limit is posted; a class left out has the default. ``of_limit``: the
    share of a posted limit that ordinary traffic reaches. ``sirens``: priorities driven with lights
    and sirens, by their factor; others drive as traffic does. ``motorway_sirens``: the factor on
    motorways and trunk roads, where traffic is already fast. ``bands``: hours driven otherwise.
    ``unpaved`` and ``restricted`` slow such roads. ``ferry_wait_min`` is added where a ferry is
    boarded; ``ferries`` are those of which more is known.
    """

    class_kmh: dict[str, float] = {}
    of_limit: float = 0.85
    sirens: dict[str, float] = msgspec.field(default_factory=lambda: dict(_SIRENS))
    motorway_sirens: float = 1.15
    bands: tuple[HourBand, ...] = (
        HourBand(name="night", hours=(22, 23, 0, 1, 2, 3, 4, 5), factor=0.82),
    )
    unpaved: float = 0.7
    restricted: float = 0.6
    ferry_wait_min: float = 5.0
    ferries: tuple[Ferry, ...] = ()
    lowest_kmh: float = 5.0
    highest_kmh: float = 130.0

    def __post_init__(self) -> None:
        _check_classes("class_kmh", self.class_kmh)
        strange = [name for name in self.sirens if name not in PRIORITIES]
        if strange:
            raise ValueError(f"sirens: {strange[0]} is no priority; known: {PRIORITIES}")
        _check_factors(self.of_limit, self.unpaved, self.restricted, self.motorway_sirens,
                       self.lowest_kmh, self.highest_kmh, *self.sirens.values(),
                       *self.class_kmh.values())  # fmt: skip
        if self.lowest_kmh > self.highest_kmh:
            raise ValueError(f"lowest_kmh {self.lowest_kmh} is above highest_kmh")
        if not 0 <= self.ferry_wait_min <= _LONGEST_MIN:
            raise ValueError(f"ferry_wait_min {self.ferry_wait_min} is not in 0..1440 minutes")
        taken = [hour for band in self.bands for hour in band.hours]
        twice = next((hour for hour in taken if taken.count(hour) > 1), None)
        if twice is not None:
            raise ValueError(f"bands: hour {twice} stands twice; an hour has one band at most")
        called = [ferry.called for ferry in self.ferries]
        again = next((name for name in called if called.count(name) > 1), None)
        if again is not None:
            raise ValueError(f"ferries: {again} stands twice; give each crossing one row")

    def band(self, hour: int) -> HourBand | None:
        """The band of an hour (0-23), None for an hour driven as usual."""
        return next((band for band in self.bands if hour in band.hours), None)

    def hour_key(self, hour: int) -> tuple[object, ...]:
        """Equal for hours (0-23) at which every road takes equally long."""
        band = self.band(hour)
        sailing = tuple(ferry.sails(hour) for ferry in self.ferries)
        return (band.name if band else "", sailing)


class RoadPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Local policy of the county, in metres and km/h, and who answers for it.

    ``on_road_m``: a place so near is on the road. ``reach_m``: farther off no road leads there.
    ``off_road_kmh``: between place and road, with the last steps on foot. ``signed_on`` is the ISO
    date on which ``owner`` signed these very numbers, "" while nobody has.
    """

    owner: str = NOBODY_NAMED
    signed_on: str = ""
    speeds: SpeedPolicy = SpeedPolicy()
    on_road_m: float = 60.0
    reach_m: float = 2_000.0
    off_road_kmh: float = 12.0

    def __post_init__(self) -> None:
        if not 0 < self.on_road_m <= self.reach_m <= _REACH_MAX_M:
            raise ValueError(
                f"on_road_m {self.on_road_m} and reach_m {self.reach_m}: the first is above 0 and "
                f"not above the second, which is at most {_REACH_MAX_M:g}"
            )
        if not _LOWEST_OFF_ROAD_KMH <= self.off_road_kmh <= _HIGHEST_OFF_ROAD_KMH:
            raise ValueError(f"off_road_kmh {self.off_road_kmh} is not in 1..60")
