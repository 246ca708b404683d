"""`greenlane gateway`: the program of the box in the vehicle, or a recording in its devices' place.

Run as `python -m deploy.gateway`, so that a box in a car does not load the whole centre.
"""

import asyncio
import functools
import json
import logging
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, ParamSpec

import typer

from deploy.drive.series import RecordingError
from deploy.gateway_enrol import enrol
from deploy.gateway_replay import Replay
from deploy.signals import until_signalled
from dispatch.errors import GreenlaneError, Refused
from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry.clock import SystemClock
from telemetry.gateway.config import EcgFolderInput, GatewayConfig, link_of, read_config
from telemetry.gateway.program import run_gateway

P = ParamSpec("P")


def _told(work: Callable[P, None]) -> Callable[P, None]:
    """A command whose refusals end in one sentence."""

    @functools.wraps(work)
    def command(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            work(*args, **kwargs)
        except GreenlaneError as failure:
            typer.echo(f"greenlane gateway: {failure}", err=True)
            raise typer.Exit(1) from None

    return command


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    *,
    config: Annotated[
        Path | None, typer.Option(help="The vehicle's TOML file; see docs/gateway.md.")
    ] = None,
    replay: Annotated[
        list[Path] | None, typer.Option(help="A recording in place of the devices; repeatable.")
    ] = None,
    broker: Annotated[str, typer.Option(help="mqtt://host:port or mqtts://host:port.")] = "",
    county: Annotated[str, typer.Option(help="The county's id.")] = "nanxian",
    unit: Annotated[str, typer.Option(help="The unit's id, which is the broker's user.")] = "",
    device: Annotated[str, typer.Option(help="The device that the recording plays.")] = "",
    password_file: Annotated[Path | None, typer.Option(help="The unit's password.")] = None,
    pace: Annotated[
        float, typer.Option(min=0.0, max=10_000.0, help="Recorded seconds a second; 0: at once.")
    ] = 1.0,
    state: Annotated[Path | None, typer.Option(help="Folder of the outbox.")] = None,
) -> None:
    """Read the vehicle's devices, keep everything on disk, send it until the core has it."""
    if context.invoked_subcommand is not None:
        return
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(message)s")
    try:
        if replay is None:
            if config is None:
                raise Refused("gateway_config", file="--config", fault="name the vehicle's file")
            asyncio.run(until_signalled(run_gateway(read_config(config), SystemClock(),
                                                    on_report=_say)))  # fmt: skip
            return
        with tempfile.TemporaryDirectory() as scratch:
            given = _of_options(broker, county, unit, device, password_file, state or Path(scratch))
            player = Replay(tuple(replay), DeviceId(device), pace)
            work = run_gateway(given, SystemClock(), feed=player.feed)
            asyncio.run(until_signalled(work))
            _say({"unit_id": unit, "sent": player.sent})
    except* (GreenlaneError, RecordingError) as failures:
        for failure in _leaves(failures):
            typer.echo(f"greenlane gateway: {failure}", err=True)
        raise typer.Exit(1) from None


app.command(name="enrol")(_told(enrol))


def _of_options(
    broker: str, county: str, unit: str, device: str, password_file: Path | None, state: Path
) -> GatewayConfig:
    """A configuration without inputs: the recording stands for them."""
    missing = [
        name
        for name, value in (
            ("--broker", broker),
            ("--unit", unit),
            ("--device", device),
            ("--password-file", password_file),
        )
        if not value
    ]
    if missing:
        raise Refused("gateway_config", file="options", fault=f"--replay needs {missing}")
    found = GatewayConfig(
        county_id=CountyId(county),
        unit_id=UnitId(unit),
        broker=broker,
        password_file=str(password_file),
        state=str(state),
        inputs=(EcgFolderInput(device=DeviceId(device), folder=str(state / "ecg")),),
    )
    try:
        link_of(found, "")
    except ValueError as error:
        raise Refused("gateway_config", file="--broker", fault=str(error)) from error
    return found


def _say(report: dict[str, Any]) -> None:
    typer.echo(json.dumps(report, ensure_ascii=False))


def _leaves(group: BaseExceptionGroup) -> list[BaseException]:
    found: list[BaseException] = []
    for one in group.exceptions:
        found += _leaves(one) if isinstance(one, BaseExceptionGroup) else [one]
    return found


if __name__ == "__main__":
    app()
