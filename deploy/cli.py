"""The `greenlane` command: parses options, fills the settings, starts one thing.

Not here: what is started (deploy/run.py, dispatch.app). A refusal or a missing dependency ends in
one sentence and exit code 1; only a bug shows a stack.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.hl7 import hl7
from deploy.jt808 import jt808
from deploy.rules import rules
from deploy.run import Plan, run_embedded
from deploy.signals import until_signalled
from dispatch.app import Role, openapi_document
from dispatch.app import run as run_program
from dispatch.errors import GreenlaneError, Refused
from dispatch.settings import Settings

_COUNTY = Path(__file__).parent / "counties" / "nanxian"
_DATA = Path("data")

# Refusals a person meets at the command line, by their stable code.
_SENTENCES = {
    "already_running": "process {pid} already runs on {data}; stop it or choose another --data",
    "county_unreadable": "the county file {file} cannot be used: {fault}",
}

app = typer.Typer(
    name="greenlane",
    help="Coordinates medical emergencies of a county: call, unit, hospital, handover.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its stacks print local variables: passwords, patients
)

app.add_typer(rules, name="rules")
app.add_typer(jt808, name="jt808")
app.add_typer(hl7, name="hl7")

County = Annotated[Path | None, typer.Option("--county", help="Folder of the county's files.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder of everything that is kept.")]
Host = Annotated[str | None, typer.Option("--host", help="Address to listen on.")]
Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")]


def main() -> None:
    """Entry point of the installed command."""
    app()


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"greenlane {version('greenlane')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Options before the command."""


@app.command()
def run(
    *,
    county: County = None,
    data: Data = None,
    host: Host = None,
    port: Port = None,
    drive: Annotated[bool, typer.Option(help="Play a county that moves.")] = False,
    recordings: Annotated[
        list[Path] | None, typer.Option(help="Recorded vital signs for the drive; repeatable.")
    ] = None,
    postgres_port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
    mqtt_port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
) -> None:
    """Run everything in the foreground, with an embedded PostgreSQL and MQTT broker."""
    settings = _settings(county, data, host, port)
    plan = Plan(
        drive=drive,
        recordings=tuple(recordings or ()),
        postgres_port=postgres_port,
        mqtt_port=mqtt_port,
    )
    _until_stopped(run_embedded(settings, frozenset(Role), plan, run_program, typer.echo))


@app.command()
def serve(county: County = None, data: Data = None, host: Host = None, port: Port = None) -> None:
    """Serve screens and commands; PostgreSQL and MQTT come by URL (GREENLANE_*_URL)."""
    _run_role(Role.SERVE, _settings(county, data, host, port))


@app.command()
def ingest(county: County = None, data: Data = None) -> None:
    """Take vital signs and positions from MQTT into PostgreSQL."""
    _run_role(Role.INGEST, _settings(county, data, None, None))


@app.command()
def migrate(county: County = None, data: Data = None) -> None:
    """Bring the database's schema to this version and end."""
    _run_role(Role.MIGRATE, _settings(county, data, None, None))


_PASSED_ON = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "help_option_names": [],  # its own --help is the true one
}


@app.command(context_settings=_PASSED_ON)
def drive(context: typer.Context) -> None:
    """Play ambulances and monitors against a running system; see `greenlane drive --help`."""
    _become("deploy.drive", context)


@app.command(name="map", context_settings=_PASSED_ON)
def map_(context: typer.Context) -> None:
    """The county's map: import, routes, times, search, datums; see `greenlane map --help`."""
    _become("deploy.map_commands", context)


@app.command(context_settings=_PASSED_ON)
def gateway(context: typer.Context) -> None:
    """The program of the box in the vehicle; see `greenlane gateway --help`."""
    _become("deploy.gateway", context)


@app.command(context_settings=_PASSED_ON)
def ecg(context: typer.Context) -> None:
    """ECG files of any machine: read, draw, export; see `greenlane ecg --help`."""
    _become("deploy.ecg", context)


@app.command(name="simulate", context_settings=_PASSED_ON)
def simulate_(context: typer.Context) -> None:
    """Dispatch policies in virtual time; see `greenlane simulate --help`."""
    _become("deploy.simulate", context)


def _become(module: str, context: typer.Context) -> None:
    """Go on as another program of ours: what only it needs is not loaded for all the others."""
    command = [sys.executable, "-P", "-m", module, *context.args]
    os.execv(sys.executable, command)  # noqa: S606 - the same program under another name


@app.command()
def openapi() -> None:
    """Print the HTTP interface as OpenAPI JSON."""
    typer.echo(json.dumps(openapi_document(), indent=2, ensure_ascii=False))


def _settings(
    county: Path | None, data: Path | None, host: str | None, port: int | None
) -> Settings:
    """Options win over GREENLANE_* variables, those over the defaults."""
    given: dict[str, Any] = {"host": host, "port": port}
    given["county_folder"] = county or _unless_set("COUNTY_FOLDER", _COUNTY)
    given["data_folder"] = data or _unless_set("DATA_FOLDER", _DATA)
    return Settings(**{name: value for name, value in given.items() if value is not None})


def _unless_set(variable: str, default: Path) -> Path | None:
    return None if os.environ.get(f"GREENLANE_{variable}") else default


def _run_role(role: Role, settings: Settings) -> None:
    def ready(state: object) -> None:
        typer.echo(f"greenlane {role}: {getattr(state, 'address', '')}")

    _until_stopped(run_program(settings, frozenset({role}), ready))


def _until_stopped(work: Awaitable[None]) -> None:
    """Run ``work`` to its end; the three families of errors become one sentence each."""
    sentences: list[str] = []
    try:
        asyncio.run(until_signalled(work))
    except* GreenlaneError as failures:
        sentences = _leaves(failures)
    for sentence in sentences:
        typer.echo(f"greenlane: {sentence}", err=True)
    if sentences:
        raise SystemExit(1)


def _leaves(group: BaseExceptionGroup[GreenlaneError]) -> list[str]:
    """The sentences of a nested group, each once, in order."""
    found: dict[str, None] = {}
    for error in group.exceptions:
        inner = _leaves(error) if isinstance(error, BaseExceptionGroup) else [_sentence(error)]
        found.update(dict.fromkeys(inner))
    return list(found)


def _sentence(error: GreenlaneError) -> str:
    if isinstance(error, Refused) and error.code in _SENTENCES:
        return _SENTENCES[error.code].format(**error.params)
    return str(error)
