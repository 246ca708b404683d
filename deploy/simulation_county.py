"""`greenlane simulate county`: policies over synthetic counties, another one in each replication.

Not here: what such a county is (`dispatch.simulation.county`).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from deploy.simulation_runs import Study, Wanted, tell
from deploy.simulation_tables import Bar
from dispatch.errors import BadPayload
from dispatch.recommend.policies import DiversionPolicy, RecommendPolicy, StandbyPolicy
from dispatch.simulation.choose import needs_coverage, policy_named
from dispatch.simulation.county import PRIORITIES, RANKS, county
from dispatch.simulation.outcome import Outcome
from dispatch.simulation.run import Unserved, simulate
from dispatch.simulation.shapes import SimCall, Town
from dispatch.simulation.travel import Travel

BUSY_FRACTION: Final = 0.2
DIVERSIONS: Final = 1
"""Both tuned on the counties of seeds 501 to 506, which no published figure uses. With five units
taken from one call, as the default allows, light calls wait longer and grave ones gain little.
"""

_DAY_MS: Final = 86_400_000


class County(msgspec.Struct, frozen=True, kw_only=True):
    """Which counties; see `dispatch.simulation.county.county`."""

    units: int
    calls_a_day: float
    days: float
    bias: float = 1.0
    busy_fraction: float = BUSY_FRACTION


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """One county of the replications, with what came of each policy in it."""

    seed: int
    town: Town
    travel: Travel
    calls: Sequence[SimCall]
    outcomes: dict[str, Outcome]


def replications(
    asked: County, names: Sequence[str], seeds: Iterable[int], step: Callable[[], None]
) -> list[Ran]:
    """Every policy in every county; ``step`` is called after each county. Raises BadPayload."""
    settings = RecommendPolicy(
        standby=StandbyPolicy(busy_fraction=asked.busy_fraction),
        diversion=DiversionPolicy(calls_max=DIVERSIONS),
    )
    found = []
    for seed in seeds:
        made = county(seed, units=asked.units, calls_a_day=asked.calls_a_day, days=asked.days,
                      bias=asked.bias)  # fmt: skip
        calls = made.calls(asked.days, seed)
        coverage = made.coverage() if any(needs_coverage(name) for name in names) else None
        outcomes = {}
        for name in dict.fromkeys(names):
            policy = policy_named(name, RANKS, settings, coverage)
            try:
                done = simulate(made.town, made.travel, calls, policy, seed=seed)
            except Unserved as error:
                raise BadPayload("policy", f"county {seed}: {error}") from error
            outcomes[policy.name] = done
        found.append(
            Ran(seed=seed, town=made.town, travel=made.travel, calls=calls, outcomes=outcomes)
        )
        step()
    return found


def run_county(asked: County, names: Sequence[str], seeds: range, wanted: Wanted) -> None:
    """Run everything, print the tables, write what is wanted."""
    with Bar() as bar:
        move = bar.task("counties", len(seeds))
        done = 0

        def step() -> None:
            nonlocal done
            done += 1
            move(done)

        ran = replications(asked, names, seeds, step)
    study = Study(
        title=f"synthetic county: {asked.units} units, {asked.calls_a_day:g} calls a day, "
        f"{len(seeds)} x {asked.days:g} days (s)",
        town=ran[0].town,
        travel=ran[0].travel,
        days=[(f"{one.seed}", one.seed, one.calls) for one in ran],
        ranks=RANKS,
        priorities=PRIORITIES,
        warm_up_ms=_DAY_MS,
    )
    tell(study, {name: [one.outcomes[name] for one in ran] for name in ran[0].outcomes}, wanted)
