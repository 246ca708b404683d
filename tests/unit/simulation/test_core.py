"""The production core beside a run: it agrees, it is the same every time, and it does look."""

from pathlib import Path

import pytest

from dispatch.county import read_county
from dispatch.domain.config import CountyConfig
from dispatch.domain.events import PreAlertEscalated
from dispatch.errors import BadPayload
from dispatch.recommend.policies import RecommendPolicy
from dispatch.simulation.core import Core, Disagreement, check_fits
from dispatch.simulation.demand import calls_to_come
from dispatch.simulation.fleet import Case, Doing, Unit
from dispatch.simulation.greenlane import Greenlane
from dispatch.simulation.policy import Policy
from dispatch.simulation.published import Closest
from dispatch.simulation.readers import scenario
from dispatch.simulation.run import simulate
from dispatch.simulation.shapes import SimCall, Spot, Town
from dispatch.simulation.travel import GreatCircle

BUSY_DAY = 'name = "x"\ncounty = "nanxian"\n[demand]\ncalls_a_day = 300\n'
RANKS = (1, 2, 3, 4)


@pytest.fixture(scope="module")
def county() -> CountyConfig:
    return read_county(Path("deploy/counties/nanxian")).config


def _town(county: CountyConfig) -> tuple[Town, GreatCircle]:
    town = scenario.town_of(scenario.read("s.toml", BUSY_DAY), county)
    return town, GreatCircle((60 / 3.6, 45 / 3.6), detour=1.3)


@pytest.mark.slow
@pytest.mark.parametrize("level", ["closest", "P2"])
def test_the_core_accepts_what_a_policy_does_and_every_invariant_holds(
    level: str, county: CountyConfig, seed: int
) -> None:
    town, travel = _town(county)
    forecast = scenario.forecast_of(scenario.read("s.toml", BUSY_DAY), county)
    calls = calls_to_come(forecast, 2 / 24, seed)
    logs = []
    for _time in range(2):
        policy: Policy = Closest()
        if level == "P2":
            policy = Greenlane(RecommendPolicy(level="P2"), RANKS)
        core = Core(county, seed)
        outcome = simulate(town, travel, calls, policy, seed=seed, witness=core)
        core.check_fold()
        logs.append(core.digest())
    assert logs[0] == logs[1]
    assert outcome == simulate(town, travel, calls, policy, seed=seed)
    assert not core.world.assignments or all(
        unit.assignment_id is None for unit in core.world.units.values()
    )


@pytest.mark.slow
def test_hospitals_that_never_answer_are_escalated(county: CountyConfig) -> None:
    town, travel = _town(county)
    calls = [
        SimCall(call_id=k, at_ms=k * 7_200_000, priority=1, spot=town.posts[0], transport=True,
                facility=1, on_scene_ms=60_000, handover_ms=1_000, needs=2)
        for k in range(8)
    ]  # fmt: skip
    core = Core(county, 5)
    simulate(town, travel, calls, Closest(), witness=core)
    assert any(isinstance(one.event, PreAlertEscalated) for one in core.log)


def _alone(county: CountyConfig) -> tuple[Core, Unit, Case]:
    core = Core(county, 1)
    unit = Unit(spec=_town(county)[0].units[0], spot=Spot(112.4, 29.36), post=0)
    case = Case(call=SimCall(call_id=0, at_ms=0, priority=0, spot=Spot(112.4, 29.36)))
    core.opened(case)
    return core, unit, case


def test_a_unit_sent_twice_is_refused(county: CountyConfig) -> None:
    core, unit, case = _alone(county)
    unit.doing = Doing.EN_ROUTE
    core.sent(unit, case, 0)
    with pytest.raises(Disagreement, match="unit_busy"):
        core.sent(unit, case, 0)


def test_a_unit_free_in_one_and_bound_in_the_other_is_told(county: CountyConfig) -> None:
    core, unit, case = _alone(county)
    with pytest.raises(Disagreement, match="bound here True, in the world True"):
        core.sent(unit, case, 0)  # the engine still has it idle


def test_a_p1_that_waits_while_units_stand_idle_is_told(county: CountyConfig) -> None:
    core, _unit, _case = _alone(county)
    with pytest.raises(Disagreement, match="2: P1"):
        core.until(3_600_000)
        core.until(3_601_000)


def test_only_the_countys_own_units_fit(county: CountyConfig) -> None:
    names = [unit.call_sign for unit in county.units]
    check_fits(county, names)
    with pytest.raises(BadPayload, match=r"fleet\.units"):
        check_fits(county, names[1:])
