"""Running policies over the same calls, with a bar: what the commands of `simulate` share.

Not here: reading data and options (`deploy.simulate`), the runs themselves (`dispatch.simulation`).
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from deploy.simulation_plots import draw
from deploy.simulation_tables import (
    Bar,
    by_priority,
    compared,
    console,
    summary,
    write_json,
    write_rows,
    zones,
)
from dispatch.domain.config import CountyConfig
from dispatch.errors import BadPayload
from dispatch.recommend.policies import RecommendPolicy
from dispatch.recommend.situation import Coverage
from dispatch.simulation.choose import needs_coverage, policy_named
from dispatch.simulation.compare import Difference, differences
from dispatch.simulation.core import Core
from dispatch.simulation.outcome import Outcome
from dispatch.simulation.policy import Policy
from dispatch.simulation.report import Report, report
from dispatch.simulation.run import Unserved, simulate
from dispatch.simulation.shapes import SimCall, Town
from dispatch.simulation.travel import Travel


class Study(msgspec.Struct, frozen=True, kw_only=True):
    """Runs that belong together: a town and its days, each with a name and a seed for its luck.

    ``core``: the county whose production core is told everything, and must agree; None for none.
    """

    title: str
    town: Town
    travel: Travel
    days: Sequence[tuple[str, int, Sequence[SimCall]]]
    ranks: tuple[int, ...]
    priorities: tuple[str, ...]
    settings: RecommendPolicy = RecommendPolicy()
    warm_up_ms: int = 0
    is_paired: bool = True
    core: CountyConfig | None = None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Where results go; None is nowhere."""

    out: Path | None = None
    json: Path | None = None
    plot: Path | None = None


def policies_of(
    names: Sequence[str], study: Study, coverage: Callable[[], Coverage | None]
) -> list[Policy]:
    """The policies asked for; the coverage is worked out only if one of them needs it."""
    found = coverage() if any(needs_coverage(name) for name in names) else None
    unique = list(dict.fromkeys(names))
    return [policy_named(name, study.ranks, study.settings, found) for name in unique]


def run(study: Study, policies: Sequence[Policy], wanted: Wanted) -> None:
    """Run everything, print the tables, write what is wanted."""
    tell(study, {one.name: run_one(study, one) for one in policies}, wanted)


def tell(study: Study, runs: Mapping[str, Sequence[Outcome]], wanted: Wanted) -> None:
    """Print the tables, write what is wanted; one outcome a day of the study and policy."""
    found = _differences(study, runs)
    reports = [
        report(outcomes, study.town.values, from_ms=study.warm_up_ms) for outcomes in runs.values()
    ]
    _print(study, reports, found)
    if wanted.out is not None:
        rows = [
            (name, [(day[0], one) for day, run in zip(study.days, outcomes, strict=True)
                    for one in run.calls])
            for name, outcomes in runs.items()
        ]  # fmt: skip
        count = write_rows(wanted.out, rows)
        console().print(f"{count} rows in {wanted.out}")
    if wanted.json is not None:
        write_json(wanted.json, reports, found)
    if wanted.plot is not None:
        draw(wanted.plot, runs, study.town.values, study.title)


def run_one(study: Study, policy: Policy) -> list[Outcome]:
    """Every day of the study under one policy, in their order."""
    total = sum(len(calls) for _name, _seed, calls in study.days)
    found: list[Outcome] = []
    said: list[str] = []
    with Bar() as bar:
        step = bar.task(policy.name, total)
        before = 0
        for _name, seed, calls in study.days:
            core = None if study.core is None else Core(study.core, seed)
            try:
                outcome = simulate(study.town, study.travel, calls, policy, seed=seed,
                                   progress=_from(before, step), witness=core)  # fmt: skip
            except Unserved as error:
                raise BadPayload("policy", str(error)) from error
            found.append(outcome)
            before += len(calls)
            if core is not None:
                core.check_fold()
                said.append(f"{policy.name}, seed {seed}: the core agrees; {len(core.log)} events, "
                            f"digest {core.digest()[:16]}")  # fmt: skip
        step(total)
    for line in said:
        console().print(line)
    return found


def _from(before: int, step: Callable[[int], None]) -> Callable[[int, int], None]:
    return lambda done, _of: step(before + done)


def _differences(study: Study, runs: Mapping[str, Sequence[Outcome]]) -> list[Difference]:
    """Everything against the first policy, where days are independent replications."""
    if len(runs) < 2 or not study.is_paired:
        return []
    first = next(iter(runs))
    return differences(runs, first, study.town.values, from_ms=study.warm_up_ms)


def _print(study: Study, reports: Sequence[Report], found: Sequence[Difference]) -> None:
    out = console()
    out.print(summary(study.title, reports))
    out.print(by_priority(reports, study.priorities))
    if study.town.zones:
        out.print(zones(reports, study.town.zones))
    if found:
        out.print(compared(found))
