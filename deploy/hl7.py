"""`greenlane hl7`: messages of monitors, read from the command line.

Not here: the reader (`telemetry.hl7v2`) and the listener that monitors connect to.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer

from telemetry.hl7v2.files import answers
from telemetry.hl7v2.limits import FILE_MAX_BYTES
from telemetry.hl7v2.times import Zones, zone_of

hl7 = typer.Typer(
    help="HL7 v2: observations of monitors (ORU^R01, IHE PCD-01, PCD-04).",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@hl7.callback()
def _group() -> None:
    """Keep `decode` a command of its own although it is the only one."""


@hl7.command()
def decode(
    files: Annotated[list[Path] | None, typer.Argument(help="Standard input when none.")] = None,
    *,
    zone: Annotated[
        str | None, typer.Option(help='Of times that state none, e.g. "+0800".')
    ] = None,
) -> None:
    """Say what messages hold, one JSON object for each: numerics in our codes and units.

    Files hold bare messages or MLLP frames, with any line end. No patient is in the output.
    """
    supplied = None if zone is None else zone_of(zone)
    if zone is not None and supplied is None:
        _end(f"--zone is an offset like +0800, got {zone[:20]!r}")
    sources: list[Path | None] = list(files or []) or [None]
    for file in sources:
        content = _content(file)
        for answer in answers(content, Zones(supplied=supplied), datetime.now(UTC)):
            head = {} if file is None else {"file": file.name}
            sys.stdout.buffer.write(msgspec.json.encode({**head, **answer}) + b"\n")
    sys.stdout.flush()


def _content(file: Path | None) -> bytes:
    if file is None:
        return sys.stdin.buffer.read(FILE_MAX_BYTES + 1)
    try:
        with file.open("rb") as source:
            return source.read(FILE_MAX_BYTES + 1)
    except OSError as error:
        _end(f"{file}: {error.strerror}")


def _end(sentence: str) -> NoReturn:
    typer.echo(f"greenlane: {sentence}", err=True)
    raise SystemExit(1)
