"""SCENARIO.toml: what a county study needs beyond the county folder, with a default for most.

The county's own folder (`dispatch.county`) says where stations, hospitals and towns are, what units
and hospitals can, and the standards of arrival. The scenario says how many calls come and when,
what serving one takes, how the roads are, and what goes wrong. Every key is described in
docs/simulation.md. An unknown key, or a town or hospital that is not there, is refused.

Not here: reading folders (`deploy`), travel by road (`road`).
"""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from dispatch.domain.config import CountyConfig
from dispatch.errors import BadPayload
from dispatch.simulation.demand import (
    WEEK_HOURS,
    Care,
    Forecast,
    Law,
    Mass,
    Surge,
    Zone,
)
from dispatch.simulation.limits import MAX_UNITS
from dispatch.simulation.shapes import (
    Noise,
    Pace,
    SimFacility,
    SimUnit,
    Spot,
    Town,
    Values,
)

PRIORITIES: Final = ("P1", "P2", "P3", "P4")

NEEDS: Final = (1, 2, 4, 8)
"""The skill a call of each priority asks of a unit: to be of a kind that may serve it."""

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Fleet(_Row, frozen=True, kw_only=True):
    """``units`` 0: the county's own; fewer leaves some out evenly, more doubles them in turn.

    ``kinds``: which kinds of unit may serve a priority; a priority that is not there takes any.
    """

    units: Annotated[int, msgspec.Meta(ge=0, le=MAX_UNITS)] = 0
    mobilise_s: NotNegative = 90.0
    returns: Literal["home", "nearest"] = "home"
    kinds: dict[str, tuple[str, ...]] = {}


class SurgeRow(_Row, frozen=True, kw_only=True):
    """A festival; ``town`` "" is the whole county."""

    from_h: NotNegative
    until_h: NotNegative
    factor: NotNegative
    town: str = ""


class MassRow(_Row, frozen=True, kw_only=True):
    """Many hurt at once."""

    at_h: NotNegative
    town: str
    calls: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    over_s: NotNegative = 600.0
    priorities: tuple[Share, Share, Share, Share] | None = None


class Demand(_Row, frozen=True, kw_only=True):
    """``hour_of_week`` (168, from Monday 00:00) wins over ``by_hour`` and ``by_weekday``; all are
    multipliers. ``by_town``: weights by town id, 1 where none is given; ``spread_m`` how far from
    the town's middle. ``log``: a file of calls that are replayed instead. ``learn``: a file from
    which the county's demand is learned (`maps.coverage.demand`), complete from
    ``learn_from`` to ``learn_until``; then rates, hours and places come from it.
    """

    calls_a_day: Positive = 30.0
    priorities: tuple[Share, Share, Share, Share] = (0.15, 0.35, 0.35, 0.15)
    by_hour: tuple[NotNegative, ...] = (1.0,) * 24
    by_weekday: tuple[NotNegative, ...] = (1.0,) * 7
    hour_of_week: tuple[NotNegative, ...] = ()
    by_town: dict[str, NotNegative] = {}
    spread_m: NotNegative = 3_000.0
    log: str = ""
    learn: str = ""
    learn_from: datetime | None = None
    learn_until: datetime | None = None
    surge: tuple[SurgeRow, ...] = ()
    mass: tuple[MassRow, ...] = ()


class LawRow(_Row, frozen=True, kw_only=True):
    """A duration: mean in seconds; the kinds of `demand.Law`."""

    mean_s: NotNegative
    kind: Literal["constant", "exponential", "lognormal", "normal", "uniform"] = "lognormal"
    spread: NotNegative = 0.5


class CareRow(_Row, frozen=True, kw_only=True):
    """``needs``: capability -> share of the calls of each priority that need it at the hospital."""

    call_taking: LawRow = LawRow(mean_s=60.0, spread=0.3)
    on_scene: LawRow = LawRow(mean_s=1_080.0)
    handover: LawRow = LawRow(mean_s=900.0)
    transport: Share = 0.75
    needs: dict[str, tuple[Share, Share, Share, Share]] = {}


class TravelRow(_Row, frozen=True, kw_only=True):
    """``kind`` "straight": detour factor and two speeds. "road": the imported map in ``map``.

    ``noise_spread``: standard deviation of the logarithm of true over estimated time; ``bias``:
    true over estimated in the median. ``by_hour``: speed by hour of the day over the usual.
    """

    kind: Literal["straight", "road"] = "straight"
    detour: Annotated[float, msgspec.Meta(ge=1)] = 1.3
    sirens_kmh: Positive = 60.0
    normal_kmh: Positive = 45.0
    map: str = ""
    noise_spread: NotNegative = 0.25
    bias: Positive = 1.0
    by_hour: tuple[Positive, ...] = (1.0,) * 24


class ClosingRow(_Row, frozen=True, kw_only=True):
    """A hospital takes nobody."""

    facility: str
    from_h: NotNegative
    until_h: NotNegative


class RadioRow(_Row, frozen=True, kw_only=True):
    """The radio fails: only units at their posts can be told anything."""

    from_h: NotNegative
    until_h: NotNegative


class ValuesRow(_Row, frozen=True, kw_only=True):
    """Weights of P1 to P4 in the penalised column, and the time a post must cover a town in."""

    weights: tuple[Positive, Positive, Positive, Positive] = (8, 4, 2, 1)
    cover_s: Positive = 900.0
    busy_fraction: Share = 0.3


class Scenario(_Row, frozen=True, kw_only=True):
    """The file."""

    name: str
    county: str
    fleet: Fleet = Fleet()
    demand: Demand = Demand()
    care: CareRow = CareRow()
    travel: TravelRow = TravelRow()
    values: ValuesRow = ValuesRow()
    closing: tuple[ClosingRow, ...] = ()
    radio_out: tuple[RadioRow, ...] = ()


def read(source: str, text: str) -> Scenario:
    """The scenario; raises BadPayload naming the key."""
    try:
        found = msgspec.toml.decode(text, type=Scenario)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadPayload("scenario", f"{source}: {error}") from error
    demand = found.demand
    for name, given, wanted in (
        ("demand.by_hour", demand.by_hour, 24),
        ("demand.by_weekday", demand.by_weekday, 7),
        ("travel.by_hour", found.travel.by_hour, 24),
    ):
        if len(given) != wanted:
            raise BadPayload("scenario", f"{source}: {name} has {len(given)} values, not {wanted}")
    if demand.hour_of_week and len(demand.hour_of_week) != WEEK_HOURS:
        raise BadPayload("scenario", f"{source}: demand.hour_of_week needs {WEEK_HOURS} values")
    if demand.learn and (demand.learn_from is None or demand.learn_until is None):
        raise BadPayload("scenario", f"{source}: demand.learn needs learn_from and learn_until")
    unknown = [name for name in found.fleet.kinds if name not in PRIORITIES]
    if unknown:
        raise BadPayload("scenario", f"{source}: fleet.kinds: {unknown[0]!r} is none of P1 to P4")
    if abs(sum(demand.priorities) - 1) > 1e-6:
        raise BadPayload("scenario", f"{source}: demand.priorities must add up to 1")
    return found


def town_of(scenario: Scenario, county: CountyConfig) -> Town:
    """The county as a town of the simulator; zones are its towns, in order."""
    words = sorted({word for one in county.facilities for word in one.capabilities})
    posts = tuple(Spot(one.lon, one.lat) for one in county.stations)
    kinds = sorted({one.kind for one in county.units})
    weights = tuple(round(one) for one in scenario.values.weights)
    return Town(
        units=_units(scenario, county, kinds),
        posts=posts,
        facilities=tuple(
            SimFacility(
                facility_id=at,
                spot=Spot(one.lon, one.lat),
                skills=_bits(one.capabilities, words),
                shut_ms=_shut(scenario, one.facility_id),
                name=one.name_zh,
            )
            for at, one in enumerate(county.facilities)
        ),
        values=Values(
            weight=weights,
            misfit_ms=((0, 0, 0, 0),) * len(kinds),
            target_ms=tuple(_target_ms(county, one) for one in PRIORITIES),
            high=frozenset({0}),
        ),
        pace=Pace(response=(0, 0, 1, 1), transport=1, other=1),
        noise=Noise(
            kind="lognormal" if scenario.travel.noise_spread else "none",
            spread=scenario.travel.noise_spread,
            bias=scenario.travel.bias,
        ),
        returns=scenario.fleet.returns,
        mobilise_ms=round(scenario.fleet.mobilise_s * 1000),
        expected_on_scene_ms=round(scenario.care.on_scene.mean_s * 1000),
        expected_handover_ms=round(scenario.care.handover.mean_s * 1000),
        radio_out_ms=tuple(
            (round(one.from_h * 3_600_000), round(one.until_h * 3_600_000))
            for one in scenario.radio_out
        ),
        zones=tuple(one.name for one in county.towns),
        post_names=tuple(one.name for one in county.stations),
    )


def care_of(scenario: Scenario) -> Care:
    """What serving a call takes."""
    care = scenario.care
    return Care(
        ready=_law(care.call_taking),
        on_scene=_law(care.on_scene),
        transport=care.transport,
        handover=_law(care.handover),
    )


def forecast_of(scenario: Scenario, county: CountyConfig) -> Forecast:
    """The calls to come; raises BadPayload for a town that is not there."""
    demand = scenario.demand
    towns = {one.town_id: at for at, one in enumerate(county.towns)}
    named = [*demand.by_town, *(one.town for one in demand.surge if one.town)]
    for town in (*named, *(one.town for one in demand.mass)):
        if town not in towns:
            known = ", ".join(towns)
            raise BadPayload("scenario", f"town {town!r} is not one of {known}")
    rates = demand.hour_of_week or [
        by_day * by_hour for by_day in demand.by_weekday for by_hour in demand.by_hour
    ]
    mean = sum(rates) / len(rates)
    if mean <= 0:
        raise BadPayload("scenario", "demand: every hour has rate 0")
    words = sorted({word for one in county.facilities for word in one.capabilities})
    return Forecast(
        a_hour=tuple(demand.calls_a_day / 24 * rate / mean for rate in rates),
        zones=tuple(
            Zone(
                spot=Spot(one.lon, one.lat),
                weight=demand.by_town.get(one.town_id, 1.0),
                spread_m=demand.spread_m,
            )
            for one in county.towns
        ),
        priorities=demand.priorities,
        care=care_of(scenario),
        surges=tuple(
            Surge(from_h=one.from_h, until_h=one.until_h, factor=one.factor,
                  zone=towns.get(one.town, -1))
            for one in demand.surge
        ),
        masses=tuple(
            Mass(at_h=one.at_h, zone=towns[one.town], calls=one.calls, over_s=one.over_s,
                 priorities=one.priorities or ())
            for one in demand.mass
        ),
        needs=NEEDS,
        hospital_needs=_needs(scenario, words),
    )  # fmt: skip


def _units(scenario: Scenario, county: CountyConfig, kinds: list[str]) -> tuple[SimUnit, ...]:
    stations = {one.station_id: at for at, one in enumerate(county.stations)}
    own = county.units
    if not own:
        raise BadPayload("scenario", f"county {county.county_id} has no units")
    count = scenario.fleet.units or len(own)
    chosen = sorted(own, key=lambda one: stations[one.station_id]) if count > len(own) else own
    spread = [chosen[at % len(own)] for at in range(count)]
    if count < len(own):
        spread = [own[at * len(own) // count] for at in range(count)]
    return tuple(
        SimUnit(unit_id=at, post=stations[one.station_id], kind=kinds.index(one.kind),
                skills=_serves(scenario, one.kind), name=one.call_sign)
        for at, one in enumerate(spread)
    )  # fmt: skip


def _serves(scenario: Scenario, kind: str) -> int:
    """The priorities a kind of unit may serve, as the skills of `NEEDS`."""
    kinds = scenario.fleet.kinds
    return sum(
        need
        for need, priority in zip(NEEDS, PRIORITIES, strict=True)
        if kind in kinds.get(priority, (kind,))
    )


def _needs(scenario: Scenario, words: list[str]) -> tuple[tuple[int, float], ...]:
    """One need a priority: all its capabilities together, at the largest of their shares."""
    unknown = [word for word in scenario.care.needs if word not in words]
    if unknown:
        raise BadPayload("scenario", f"care.needs: no hospital has {', '.join(unknown)}")
    found = []
    for p in range(len(PRIORITIES)):
        mine = {word: shares[p] for word, shares in scenario.care.needs.items() if shares[p] > 0}
        found.append((_bits(mine, words), max(mine.values(), default=0.0)))
    return tuple(found)


def _bits(has: Collection[str], words: list[str]) -> int:
    return sum((1 << at) for at, word in enumerate(words) if word in has)


def _shut(scenario: Scenario, facility: str) -> tuple[tuple[int, int], ...]:
    return tuple(
        (round(one.from_h * 3_600_000), round(one.until_h * 3_600_000))
        for one in scenario.closing
        if one.facility == facility
    )


def check_closings(scenario: Scenario, county: CountyConfig) -> None:
    """Raises BadPayload for a closing of a hospital that is not there."""
    known = [str(one.facility_id) for one in county.facilities]
    for one in scenario.closing:
        if one.facility not in known:
            raise BadPayload("scenario", f"closing: {one.facility!r} is not one of {known}")


def _target_ms(county: CountyConfig, priority: str) -> int:
    arrive_s = county.dispatch.arrive_s.get(priority)
    if arrive_s is None:
        raise BadPayload("scenario", f"the county has no standard of arrival for {priority}")
    return arrive_s * 1000


def _law(row: LawRow) -> Law:
    spread = row.spread if row.kind in ("lognormal", "normal", "uniform") else 0.0
    return Law(mean=row.mean_s, kind=row.kind, spread=spread)
