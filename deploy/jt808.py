"""`greenlane jt808`: frames of vehicle terminals, read from the command line.

Not here: the decoder (`telemetry.jt808`) and the listener that terminals connect to.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import msgspec
import typer

from telemetry.jt808.limits import HEX_LINE_MAX_BYTES
from telemetry.jt808.lines import LineReader

jt808 = typer.Typer(
    help="JT/T 808: frames of vehicle terminals.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_ARRAY_MAX_BYTES = 64 * 1024 * 1024  # a log of a million frames; beyond it, send lines


@jt808.callback()
def _group() -> None:
    """Keep `decode` a command of its own although it is the only one."""


@jt808.command()
def decode(
    file: Annotated[Path | None, typer.Argument(help="Standard input when left out.")] = None,
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Read nothing of a wrong checksum or length.")
    ] = False,
    model: Annotated[str, typer.Option(help="The terminals' model, where its bits differ.")] = "",
) -> None:
    """Say what frames hold, one JSON object for each, in order.

    A line is hex, a JSON string, or an object with "hex" or "frame"; a file may also be one JSON
    list of them. A frame with a wrong checksum is read and called refused; --strict only refuses.
    """
    reader = LineReader(is_strict=strict, model=model)
    if file is None:
        _answer(reader, sys.stdin.buffer)
        return
    try:
        with file.open("rb") as source:
            _answer(reader, source)
    except OSError as error:
        typer.echo(f"greenlane: {file}: {error.strerror}", err=True)
        raise SystemExit(1) from None


def _answer(reader: LineReader, source: BinaryIO) -> None:
    out = sys.stdout.buffer
    for answer in _answers(reader, source):
        try:
            out.write(msgspec.json.encode(answer) + b"\n")
            out.flush()
        except BrokenPipeError:
            sys.stderr.close()  # nobody reads any more; Python would complain of it at exit
            raise SystemExit(1) from None


def _answers(reader: LineReader, source: BinaryIO) -> Iterator[dict[str, Any]]:
    lines = _lines(source)
    first = next(lines, b"")
    if not first.lstrip(b"\xef\xbb\xbf \t").startswith(b"["):
        if first:
            yield reader.answer(first)
        yield from (reader.answer(line) for line in lines)
        return
    text = first + source.read(_ARRAY_MAX_BYTES)
    try:
        items = json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        typer.echo(f"greenlane: not a JSON list: {error}", err=True)
        raise SystemExit(1) from None
    yield from (reader.answer_item(item) for item in items)


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """Lines that hold anything; of one beyond the limit only so much as shows that it is."""
    size = HEX_LINE_MAX_BYTES + 2
    while line := source.readline(size):
        rest = line
        while len(rest) == size and not rest.endswith(b"\n"):
            if line.lstrip()[:1] == b"[":
                break
            rest = source.readline(size)
        if line.strip():
            yield line
