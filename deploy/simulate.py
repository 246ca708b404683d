"""`greenlane simulate`: policies over other people's benchmarks, a county, or queueing theory.

    greenlane simulate rio --data FOLDER --policy queue --fleet 10 --bases 10 --out FILE.csv
    greenlane simulate jemss --data CITY --policy closest --policy closest+dmexclp --days 14
    greenlane simulate SCENARIO.toml --policy closest --policy P3 --seed 1 --days 30
    greenlane simulate county --units 20 --calls 40 --seed 1 --days 14 --policy closest --policy P3
    greenlane simulate closed-form

Several ``--policy`` meet the same calls and are set against the first. A program of its own, so
that no other command loads what it needs. Not here: simulation (`dispatch.simulation`).
"""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from deploy.maps import said
from deploy.simulation_county import BUSY_FRACTION, County, run_county
from deploy.simulation_runs import Study, Wanted, policies_of, run
from deploy.simulation_scenario import scenario_study
from deploy.simulation_theory import print_cases
from dispatch.errors import BadPayload
from dispatch.recommend.policies import RecommendPolicy, StandbyPolicy
from dispatch.recommend.situation import Coverage
from dispatch.simulation.choose import NAMES
from dispatch.simulation.coverage import cells_from, coverage_of, demand_of
from dispatch.simulation.limits import MAX_DAYS, MAX_LOG_ROWS, MAX_REPLICATIONS, MAX_UNITS
from dispatch.simulation.readers import jemss as jemss_files
from dispatch.simulation.readers import rio as rio_files
from dispatch.simulation.readers.table import rows
from dispatch.simulation.shapes import Spot

app = typer.Typer(
    help="Simulate dispatch policies in virtual time.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Data = Annotated[Path, typer.Option("--data", help="Folder of the data.")]
Policies = Annotated[
    list[str],
    typer.Option("--policy", help=f"Repeatable: {', '.join(NAMES)}; or such as closest+dmexclp."),
]
Out = Annotated[Path | None, typer.Option("--out", help="CSV with a row a call.")]
Json = Annotated[Path | None, typer.Option("--json", help="Every number of the tables.")]
Plot = Annotated[Path | None, typer.Option("--plot", help="Responses as PNG, SVG or PDF.")]
Seed = Annotated[int, typer.Option(min=0, help="Of the first replication; the next is one more.")]
Busy = Annotated[float, typer.Option(min=0, max=0.99, help="Chance that a unit is busy (standby).")]
Cover = Annotated[float, typer.Option(min=1, help="A post covers what is driven to within, s.")]
Days = Annotated[float, typer.Option(min=0.01, max=MAX_DAYS, help="Simulated days that count.")]
Warm = Annotated[float, typer.Option(min=0, max=MAX_DAYS, help="Days before that, not counted.")]
Runs = Annotated[int, typer.Option("--runs", min=1, max=MAX_REPLICATIONS, help="Replications.")]

_DAY_MS: Final = 86_400_000


@app.command()
def rio(
    *,
    data: Data,
    policy: Policies,
    fleet: Annotated[int, typer.Option(min=1, help="Units.")],
    bases: Annotated[int, typer.Option(min=1, help="The first so many bases are used.")],
    out: Out = None,
    json: Json = None,
    plot: Plot = None,
    busy: Busy = 0.6,
    cover_s: Cover = 480.0,
) -> None:
    """The Rio de Janeiro benchmark: every scenario of the folder under each policy."""
    with said():
        files = _texts(data, "*.csv")
        town, travel, days = rio_files.read(files, fleet, bases)
        study = Study(
            title=f"Rio: {fleet} units, {bases} bases, {len(days)} scenarios (s)",
            town=town,
            travel=travel,
            days=[(f"{day.scenario}", 0, day.calls) for day in days],
            ranks=rio_files.RANKS,
            priorities=("0 high", "1 low", "2 high", "3 low"),
            settings=RecommendPolicy(standby=StandbyPolicy(busy_fraction=busy)),
            is_paired=False,  # the scenarios are drawn from 20 blocks: no independent replications
        )

        def covered() -> Coverage | None:
            cells = _rio_cells(files)
            return coverage_of(town, travel, cells, round(cover_s * 1000)) if cells else None

        run(study, policies_of(policy, study, covered), Wanted(out=out, json=json, plot=plot))


@app.command()
def jemss(
    *,
    data: Data,
    policy: Policies,
    seed: Seed = 1,
    days: Days = 14.0,
    warm_up_days: Warm = 1.0,
    runs: Runs = 1,
    out: Out = None,
    json: Json = None,
    plot: Plot = None,
    busy: Busy = 0.5,
) -> None:
    """A city model of JEMSS: its network, stations and fleet, calls by its distributions."""
    with said():
        city, travel, used = jemss_files.read(_bytes(data))
        typer.echo(f"read: {', '.join(used)}", err=True)
        days_of = [
            (f"{at}", seed + at, jemss_files.calls_of(city, travel, days + warm_up_days, seed + at))
            for at in range(runs)
        ]
        study = Study(
            title=f"JEMSS {data.name}: {len(city.town.units)} units, {runs} x {days:g} days (s)",
            town=city.town,
            travel=travel,
            days=days_of,
            ranks=(1, 2, 3),
            priorities=("high", "med", "low"),
            settings=RecommendPolicy(standby=StandbyPolicy(busy_fraction=busy)),
            warm_up_ms=round(warm_up_days * _DAY_MS),
        )

        def covered() -> Coverage | None:
            """A year's worth of places of another seed, gathered at their nodes."""
            sample = jemss_files.calls_of(city, travel, jemss_files.SAMPLE_DAYS, seed + runs)
            cells = demand_of(sample, jemss_files.SAMPLE_DAYS * 24)
            within_ms = jemss_files.cover_ms(city)
            return coverage_of(city.town, travel, cells, within_ms)

        run(study, policies_of(policy, study, covered), Wanted(out=out, json=json, plot=plot))


@app.command()
def scenario(
    file: Annotated[Path, typer.Argument(help="SCENARIO.toml; see docs/simulation.md.")],
    *,
    policy: Policies,
    seed: Seed = 1,
    days: Days = 30.0,
    warm_up_days: Warm = 1.0,
    runs: Runs = 1,
    core: Annotated[
        bool, typer.Option("--core", help="Tell the production core everything; it must agree.")
    ] = False,
    out: Out = None,
    json: Json = None,
    plot: Plot = None,
) -> None:
    """A county's scenario; `greenlane simulate SCENARIO.toml` is the same."""
    with said():
        study, covered = scenario_study(file, days, warm_up_days, seed, runs, core=core)
        run(study, policies_of(policy, study, covered), Wanted(out=out, json=json, plot=plot))


@app.command()
def county(
    *,
    policy: Policies,
    units: Annotated[int, typer.Option(min=1, max=MAX_UNITS, help="Units.")] = 20,
    calls: Annotated[float, typer.Option(min=1, max=2_000, help="Calls a day.")] = 40.0,
    seed: Seed = 1,
    days: Annotated[float, typer.Option(min=7, max=MAX_DAYS, help="A replication's days.")] = 14.0,
    runs: Runs = 1,
    bias: Annotated[float, typer.Option(min=0.3, max=3, help="True over estimated drive.")] = 1.0,
    busy: Busy = BUSY_FRACTION,
    out: Out = None,
    json: Json = None,
    plot: Plot = None,
) -> None:
    """A synthetic county where everything goes wrong once; each replication is another county."""
    with said():
        wanted = Wanted(out=out, json=json, plot=plot)
        asked = County(units=units, calls_a_day=calls, days=days, bias=bias, busy_fraction=busy)
        run_county(asked, policy, range(seed, seed + runs), wanted)


@app.command(name="closed-form")
def closed_form(
    *,
    services: Annotated[int, typer.Option(min=1_000, help="Calls of each run.")] = 200_000,
    seeds: Annotated[int, typer.Option(min=1, max=100)] = 3,
) -> None:
    """Erlang, Cobham, the hypercube and the two-unit town against the simulator."""
    with said():
        print_cases(services, range(1, seeds + 1))


def _texts(folder: Path, pattern: str) -> dict[str, str]:
    """Files of a folder by name."""
    if not folder.is_dir():
        raise BadPayload("data", f"--data {folder} is no folder")
    return {path.name: path.read_text("utf-8-sig") for path in sorted(folder.glob(pattern))}


def _bytes(folder: Path) -> dict[str, bytes]:
    """Files of a folder and those below, by their path in it."""
    if not folder.is_dir():
        raise BadPayload("data", f"--data {folder} is no folder")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".csv", ".xml", ".zip"}
    }


def _rio_cells(files: dict[str, str]) -> list[tuple[Spot, float]]:
    """Cells of 0.01 degrees with the training calls of the folder; none where it has none."""
    return cells_from(
        (
            (Spot(*row.place()), 1.0)
            for name, text in files.items()
            if name.startswith("demand")
            for row in rows(name, text, ("lat", "lon"), most=MAX_LOG_ROWS)
        ),
        0.01,
    )


def main(arguments: list[str]) -> None:
    """A first word that is no command and no option is a scenario's file."""
    commands = {one.name or "" for one in app.registered_commands} | {
        one.callback.__name__ for one in app.registered_commands if one.callback
    }
    if arguments and arguments[0] not in commands and not arguments[0].startswith("-"):
        arguments = ["scenario", *arguments]
    app(arguments, prog_name="greenlane simulate")


if __name__ == "__main__":
    main(sys.argv[1:])
