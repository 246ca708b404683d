"""The numbers of a county that steer recommendations, and the ladder of policies P0 to P5.

| level | what it does                                                               | adds        |
|-------|----------------------------------------------------------------------------|-------------|
| P0    | the closest idle capable unit, calls in the order they came                | yardstick   |
| P1    | the same, the gravest and longest waiting call first                       | order       |
| P2    | all open calls and redirectable units together (`assign`)                  | redirection |
| P3    | and idle units stand by where they cover most (`dmexclp`)                  | standby     |
| P4    | and P3/P4 calls spare the unit whose leaving uncovers most, within a bound | cover       |
| P5    | and the harm of a delay by the call's own curve, to definitive care        | harm        |

P0 is always worked out beside the answer. A level contains all levels above it in the table.

Everything here is POLICY: local choice, owned by the county's medical director for emergencies
(院前急救质控负责人), who may change each number; the reason stands beside it. The defaults of
``hysteresis_s`` and ``weights`` follow a sweep on a public benchmark of Rio de Janeiro (see
docs/benchmarks.md); no clinical curve has a default, because none is ours to choose.

Not here: what a vehicle must carry (`needs`), clinical rules (`dispatch.triage`). Pure.
"""

from typing import Final, Literal

import msgspec

from dispatch.recommend.limits import MAX_UNIT_OPTIONS

Level = Literal["P0", "P1", "P2", "P3", "P4", "P5"]
LEVELS: Final[tuple[Level, ...]] = ("P0", "P1", "P2", "P3", "P4", "P5")

ByPriority = tuple[float, float, float, float]
"""One value for each of P1 to P4."""

# A graver call must outweigh a lighter one whatever the distances: `assign` needs 1 / 0.7.
MIN_WEIGHT_RATIO: Final = 1.5


def _from_0(*values: float) -> bool:
    """No value below 0 and none that is not a number; inf is "without limit"."""
    return all(value >= 0 for value in values)


class GatePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """When a unit may not go at all; ``..._holds_from`` is the gravest priority a gate holds for.

    A gate with 3 holds for P3 and P4; for P1 and P2 the unit may go and the answer tells the price.
    Single crews are let through by name (`Situation.signed`), never by a number.
    """

    crew_min: tuple[int, int, int, int] = (2, 2, 2, 2)  # a driver and one who treats
    rest_holds_from: int = 1  # rest that is owed is safety of the crew and of the road
    shift_holds_from: int = 3  # overtime is a price for P1 and P2, a reason against P3 and P4
    job_s: float = 3600.0  # how long a job keeps a crew after it arrived; from the county's log
    eta_max_s: tuple[float, float, float, float] = (7200.0, 7200.0, 7200.0, 7200.0)
    # beyond two hours a unit is not in range: a county is crossed in less
    after_arrival_range_s: float = 1800.0  # driving that must be left in the tank on arrival

    def __post_init__(self) -> None:
        if not all(0 <= each <= 10 for each in self.crew_min):
            raise ValueError("crew_min: 0 to 10 people for each priority")
        if not (1 <= self.rest_holds_from <= 5 and 1 <= self.shift_holds_from <= 5):
            raise ValueError("..._holds_from: 1 (always) to 4; 5 is never")
        if not _from_0(self.job_s, self.after_arrival_range_s, *self.eta_max_s):
            raise ValueError("times of gates must not be negative")


class DiversionPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """When a unit under way may be sent elsewhere; ``hysteresis_s`` inf: never,
    and no nearer unit takes over from it either.

    ``hysteresis_s`` must be gained, ``last_s`` before arrival nothing is changed, and no call loses
    more than ``calls_max`` units.
    """

    hysteresis_s: float = 120.0  # a sixth fewer switches than with 60 s, P1 3 % later
    last_s: float = 30.0  # the patient sees the ambulance; a turn of the crew costs as much
    calls_max: int = 5  # fewer bind units to passed-over calls: with 2, P1 was answered 9 % later

    def __post_init__(self) -> None:
        if not _from_0(self.hysteresis_s, self.last_s, self.calls_max):
            raise ValueError("diversion: numbers must not be negative")


class StandbyPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Where idle units wait; ``busy_fraction`` is the chance that a unit is busy when needed.

    ``gain_min`` and ``precious_share`` are shares of all demand.
    """

    busy_fraction: float = 0.5  # the default of JEMSS; a county puts in its own load
    move_max_s: float = 1800.0  # a crew is not sent farther than this to stand by
    gain_min: float = 0.02  # what a move must win; below, the crew stays where it is
    precious_share: float = 0.05  # P4: a unit that alone covers so much is spared by the full bound

    def __post_init__(self) -> None:
        if not 0 <= self.busy_fraction < 1:
            raise ValueError(f"busy_fraction {self.busy_fraction} is not from 0 to below 1")
        if not _from_0(self.move_max_s, self.gain_min, self.precious_share):
            raise ValueError("standby: numbers must not be negative")


class HarmCurve(msgspec.Struct, frozen=True, kw_only=True):
    """Harm of a delay in equivalent seconds, straight between its points, the last slope going on.

    ``points``: (seconds from the call, harm), both rising. A curve is clinical: it has an ``owner``
    and a ``source``, and none is built in.
    """

    name: str
    owner: str
    source: str
    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if not (self.name and self.owner and self.source):
            raise ValueError("a harm curve has a name, an owner and a source")
        if len(self.points) < 2:
            raise ValueError(f"harm curve {self.name}: at least two points")
        pairs = zip(self.points, self.points[1:], strict=False)
        is_rising = all(b[0] > a[0] and b[1] >= a[1] for a, b in pairs)
        if self.points[0][0] != 0 or not is_rising:
            raise ValueError(f"harm curve {self.name}: from 0 s on, seconds and harm must rise")


class RecommendPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """All of it; a county's TOML carries what differs.

    ``weights`` of P1 to P4. ``ageing_s``: after so long a call counts as one priority graver, once,
    and never as P1 (inf: never). ``patience``: how many seconds of driving a second of waiting is
    worth among calls of one priority (0: the nearest call first). ``spare_s``: at most so much
    later than the closest for the sake of cover (P4); ``floor_s``: so much more for the last unit
    that covers a protected cell. ``position_s``: what a position that is not
    known costs. ``wish_max_s``: unmet wishes count at most so much together. ``uses_p80``: the
    priorities decided by the 80th percentile of the drive.
    """

    level: Level = "P3"
    weights: ByPriority = (200.0, 4.0, 2.0, 1.0)  # P1 leads: 100 to 1 cost P3 nothing to speak of
    waiting_s: float = 40_000.0  # longer than any drive: a call waits only for want of units
    ageing_s: ByPriority = (float("inf"), float("inf"), 2700.0, 5400.0)  # 45 and 90 min
    patience: float = 0.25
    looks_ahead: bool = True
    look_ahead_max_s: float = 1800.0  # a release farther off than this is a guess
    spare_s: ByPriority = (0.0, 0.0, 90.0, 120.0)
    floor_s: float = 600.0  # a far valley without cover is worth ten minutes of a P3 or P4
    position_s: float = 60.0  # at 60 km/h a fix of 1 min ago is a kilometre off
    wish_max_s: float = 300.0  # the dearest single wish of `needs`: nobody waits longer for comfort
    uses_p80: tuple[bool, bool, bool, bool] = (True, False, False, False)
    gates: GatePolicy = GatePolicy()
    diversion: DiversionPolicy = DiversionPolicy()
    standby: StandbyPolicy = StandbyPolicy()
    curves: tuple[HarmCurve, ...] = ()
    alternatives: int = 5  # shown beside the first; a dispatcher reads no more under time pressure

    def __post_init__(self) -> None:
        pairs = zip(self.weights, self.weights[1:], strict=False)
        if not (self.weights[-1] > 0 and all(a >= MIN_WEIGHT_RATIO * b for a, b in pairs)):
            raise ValueError(
                f"weights: each at least {MIN_WEIGHT_RATIO} times the next, or a near light call "
                "could keep a grave one waiting"
            )
        if any(self.spare_s[:2]):
            raise ValueError("spare_s: P1 and P2 always get the soonest unit; only 0 is allowed")
        times_s = (self.floor_s, self.position_s, self.wish_max_s, self.look_ahead_max_s)
        if not _from_0(*self.spare_s, *self.ageing_s, *times_s):
            raise ValueError("times of the policy must not be negative")
        if not 0 <= self.patience <= 1:
            raise ValueError("patience: 0 (nearest call first) to 1 (a second for a second)")
        if not 0 < self.waiting_s < 1e7:
            raise ValueError("waiting_s: longer than any drive, at most 1e7 s")
        if not 0 <= self.alternatives <= MAX_UNIT_OPTIONS:
            raise ValueError(f"alternatives: 0 to {MAX_UNIT_OPTIONS}; each costs a solution")
        if len({curve.name for curve in self.curves}) != len(self.curves):
            raise ValueError("two harm curves have one name")

    def at_least(self, level: Level) -> bool:
        """Whether this policy contains what ``level`` adds."""
        return LEVELS.index(self.level) >= LEVELS.index(level)


DEFAULT: Final = RecommendPolicy()
