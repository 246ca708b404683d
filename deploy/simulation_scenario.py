"""A SCENARIO.toml and its county folder become a study: files, roads and log are opened here.

Paths in a scenario are relative to its file; a county without a slash may also be one of those
delivered (`deploy/counties`). Not here: what the keys mean (`readers.scenario` of the simulation).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import typer

from deploy.simulation_runs import Study
from dispatch.county import County, read_county
from dispatch.domain.config import CountyConfig
from dispatch.errors import BadPayload
from dispatch.recommend.policies import RecommendPolicy, StandbyPolicy
from dispatch.recommend.situation import Coverage
from dispatch.simulation.core import check_fits
from dispatch.simulation.coverage import cells_from, coverage_of
from dispatch.simulation.demand import Forecast, calls_to_come
from dispatch.simulation.readers import call_log
from dispatch.simulation.readers import scenario as files
from dispatch.simulation.readers.learned import learned
from dispatch.simulation.readers.scenario import Scenario
from dispatch.simulation.road import RoadTimes
from dispatch.simulation.shapes import SimCall, Spot, Town
from dispatch.simulation.travel import ByTheClock, GreatCircle, Travel
from maps.network.speeds import weights_ms
from maps.pack import open_pack

_COUNTIES: Final = Path(__file__).parent / "counties"
_DAY_MS: Final = 86_400_000
_HOUR_MS: Final = 3_600_000
_NOON: Final = 12
_SAMPLE_DAYS: Final = 90.0
_CELL_DEG: Final = 0.01

Join = Callable[[Spot], Spot]
"""Brings a place to the roads."""


def scenario_study(
    path: Path, days: float, warm_up_days: float, seed: int, runs: int, *, core: bool = False
) -> tuple[Study, Callable[[], Coverage]]:
    """The study, and what its posts cover; raises BadPayload or CountyError.

    ``core``: the county's production core is told everything beside.
    """
    scenario = files.read(path.name, path.read_text("utf-8"))
    read = read_county(_county_folder(path.parent, scenario.county))
    county = read.config
    files.check_closings(scenario, county)
    travel, join = _travel(path.parent, scenario, county)
    town = _joined(files.town_of(scenario, county), join)
    forecast = _forecast(path.parent, scenario, read)
    if core:
        check_fits(county, [unit.name for unit in town.units])
    seeds = range(seed, seed + runs)
    if scenario.demand.log:
        log = _read(path.parent / scenario.demand.log)
        calls_of = [_logged(scenario, county, log, each, join) for each in seeds]
        days = call_log.span_days(calls_of[0])
    else:
        span = days + warm_up_days
        calls_of = [_placed(calls_to_come(forecast, span, each), join) for each in seeds]
    study = Study(
        title=f"{scenario.name}: {len(town.units)} units, {runs} x {days:.3g} days (s)",
        town=town,
        travel=travel,
        days=[(f"{each - seed}", each, calls) for each, calls in zip(seeds, calls_of, strict=True)],
        ranks=(1, 2, 3, 4),
        priorities=files.PRIORITIES,
        settings=RecommendPolicy(
            standby=StandbyPolicy(busy_fraction=min(0.99, scenario.values.busy_fraction))
        ),
        warm_up_ms=0 if scenario.demand.log else round(warm_up_days * _DAY_MS),
        core=county if core else None,
    )

    def covered() -> Coverage:
        """Where the calls of another seed came from, in cells of a kilometre."""
        sample = calls_to_come(forecast, _SAMPLE_DAYS, seed + runs)
        places = ((one.spot, 1 / (_SAMPLE_DAYS * 24)) for one in sample)
        cells = [(join(spot), demand) for spot, demand in cells_from(places, _CELL_DEG)]
        return coverage_of(town, travel, cells, round(scenario.values.cover_s * 1000))

    return study, covered


def _forecast(folder: Path, scenario: Scenario, county: County) -> Forecast:
    """The scenario's, or with the rates and places of the county's own log."""
    plain = files.forecast_of(scenario, county.config)
    row = scenario.demand
    if not row.learn or row.learn_from is None or row.learn_until is None:
        return plain
    found, demand = learned(
        plain,
        *_read(folder / row.learn),
        county.geography.area,
        ZoneInfo(county.config.zone),
        (row.learn_from, row.learn_until),
    )
    typer.echo(
        f"learned from {demand.calls} calls; {demand.elsewhere} lay outside the county, "
        f"{demand.outside_period} outside the period",
        err=True,
    )
    return found


def _travel(folder: Path, scenario: Scenario, county: CountyConfig) -> tuple[Travel, Join]:
    """Straight or by road, by the clock where the hours differ."""
    row = scenario.travel
    travel: Travel
    join: Join
    if row.kind == "straight":
        speeds = (row.sirens_kmh / 3.6, row.normal_kmh / 3.6)
        travel, join = GreatCircle(speeds, detour=row.detour), _as_it_is
    else:
        roads = _roads(folder / row.map, county)
        travel, join = roads, _join_to(roads)
    if len(set(row.by_hour)) > 1 or row.by_hour[0] != 1.0:
        travel = ByTheClock(travel, [hour * _HOUR_MS for hour in range(25)], row.by_hour)
    return travel, join


def _roads(data: Path, county: CountyConfig) -> RoadTimes:
    """The imported map of a data folder, by day, with sirens (P1) and without."""
    pack = open_pack(data / "map")
    if pack is None:
        raise BadPayload("scenario", f"travel.map: no map was imported into {data}")
    graph, roads = pack.graph(), county.roads
    weights = [weights_ms(graph, roads.speeds, hour=_NOON, priority=p) for p in ("P1", "")]
    off_road = roads.off_road_kmh / 3.6
    return RoadTimes(graph, weights, (off_road, off_road))


def _join_to(roads: RoadTimes) -> Join:
    return lambda spot: roads.spot(spot.lon, spot.lat)


def _as_it_is(spot: Spot) -> Spot:
    return spot


def _joined(town: Town, join: Join) -> Town:
    return msgspec.structs.replace(
        town,
        posts=tuple(join(spot) for spot in town.posts),
        facilities=tuple(
            msgspec.structs.replace(one, spot=join(one.spot)) for one in town.facilities
        ),
    )


def _placed(calls: list[SimCall], join: Join) -> list[SimCall]:
    if join is _as_it_is:
        return calls
    return [msgspec.structs.replace(one, spot=join(one.spot)) for one in calls]


def _logged(
    scenario: Scenario, county: CountyConfig, log: tuple[str, str], seed: int, join: Join
) -> list[SimCall]:
    """The same calls in every replication; only what the log leaves open is drawn anew."""
    found = call_log.read(
        *log,
        files.care_of(scenario),
        seed=seed,
        needs=files.NEEDS,
        zones={one.town_id: at for at, one in enumerate(county.towns)},
        facilities={str(one.facility_id): at for at, one in enumerate(county.facilities)},
    )
    return _placed(found, join)


def _county_folder(folder: Path, name: str) -> Path:
    own = folder / name
    delivered = _COUNTIES / name
    if not own.is_dir() and "/" not in name and delivered.is_dir():
        return delivered
    return own


def _read(path: Path) -> tuple[str, str]:
    return path.name, path.read_text("utf-8-sig")
