"""The values a simulation is made of: places, calls, units, hospitals and the town around them.

Times are integer milliseconds of virtual time; 0 is the moment the scenario begins. Places are
`Spot`s, which only the travel model of the town understands. Not here: what changes while the clock
runs (`fleet`), and what came of it (`outcome`).
"""

from typing import NamedTuple

import msgspec


class Spot(NamedTuple):
    """A place as a travel model knows it.

    A plane model reads ``lon`` and ``lat`` (degrees WGS-84). A network model reads ``node`` and
    ``lead_ms``, the way from here to that node; between two nodes also the one behind.
    """

    lon: float
    lat: float
    node: int = -1
    lead_ms: int = 0
    behind: int = -1
    behind_ms: int = 0


class SimCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call: when, where, how urgent, and what serving it takes.

    ``ready_ms`` after ``at_ms`` it may be given to a unit (call taking). ``facility`` -1 lets the
    town choose. ``needs`` are skills of the unit, ``hospital_needs`` of the hospital, as bits, all
    of which it must have. ``zone`` is the township or region.
    """

    call_id: int
    at_ms: int
    priority: int
    spot: Spot
    ready_ms: int = 0
    on_scene_ms: int = 0
    transport: bool = False
    facility: int = -1
    handover_ms: int = 0
    zone: int = 0
    needs: int = 0
    hospital_needs: int = 0


class SimUnit(msgspec.Struct, frozen=True, kw_only=True):
    """One unit: its post at the start, its kind (an index of `Values.misfit_ms`), what it can."""

    unit_id: int
    post: int
    kind: int = 0
    skills: int = 0
    name: str = ""


class SimFacility(msgspec.Struct, frozen=True, kw_only=True):
    """One hospital: where, what it can, and when it takes nobody (from, until; ms)."""

    facility_id: int
    spot: Spot
    skills: int = 0
    shut_ms: tuple[tuple[int, int], ...] = ()
    name: str = ""

    def is_open(self, at_ms: int) -> bool:
        """Whether it takes patients at this moment."""
        return not any(start <= at_ms < end for start, end in self.shut_ms)

    def shuts_ms(self, after_ms: int, before_ms: int) -> int | None:
        """When it shuts first between two moments, both left out; None where it does not."""
        found = [start for start, _end in self.shut_ms if after_ms < start < before_ms]
        return min(found, default=None)


class Values(msgspec.Struct, frozen=True, kw_only=True):
    """What a late minute costs: weights and targets by priority, misfit by unit kind and priority.

    ``misfit_ms[kind][priority]`` is added to the weighted response of an unsuitable unit.
    ``high`` are the priorities a table calls high.
    """

    weight: tuple[int, ...]
    misfit_ms: tuple[tuple[int, ...], ...]
    target_ms: tuple[int, ...]
    high: frozenset[int]

    def penalised_ms(self, kind: int, priority: int, response_ms: int) -> int:
        """Weighted response plus misfit (Guigues, Kleywegt & Nascimento 2022)."""
        return self.weight[priority] * response_ms + self.misfit_ms[kind][priority]


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Which travel mode is driven: to a call by priority, with a patient, and otherwise."""

    response: tuple[int, ...]
    transport: int = 0
    other: int = 0


class Noise(msgspec.Struct, frozen=True, kw_only=True):
    """How real journeys depart from the estimate: estimate x ``bias`` x a random factor.

    ``lognormal``: exp(spread x standard normal), median 1. ``exponential``: mean 1, for queueing
    theory. The factor is keyed by (call, leg): every policy meets the same luck.
    """

    kind: str = "none"
    spread: float = 0.0
    bias: float = 1.0


class Town(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that stays: fleet, posts, hospitals, values, how one drives.

    ``returns``: where a unit goes that is not needed, "home" or "nearest" of the posts.
    ``mobilise_ms`` is what a standing crew needs before the wheels turn. ``expected_on_scene_ms``
    and ``expected_handover_ms`` are what a policy may foresee; None means the true durations are
    known beforehand, as in a benchmark with constant ones. ``radio_out_ms`` (from, until): a unit
    away from its post is not heard of and cannot be told anything; at a post there is a telephone.
    """

    units: tuple[SimUnit, ...]
    posts: tuple[Spot, ...]
    facilities: tuple[SimFacility, ...]
    values: Values
    pace: Pace
    noise: Noise = Noise()
    returns: str = "home"
    mobilise_ms: int = 0
    expected_on_scene_ms: int | None = None
    expected_handover_ms: int | None = None
    radio_out_ms: tuple[tuple[int, int], ...] = ()
    zones: tuple[str, ...] = ()
    post_names: tuple[str, ...] = ()
