"""`greenlane rules`: ask the clinical rules from the command line.

Cases come as lines of JSON on standard input and are answered line by line, so that a file of
thousands and a person typing one are served alike. Not here: any rule (`dispatch.rules`).
"""

import json
import sys
import traceback
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO, NoReturn

import typer

from dispatch.county import read_county
from dispatch.errors import GreenlaneError
from dispatch.rules.model import Field, Rule
from dispatch.rules.page import kind_of
from dispatch.rules.policies import DEFAULTS, Policies, policies_of
from dispatch.rules.register import RULES, find
from dispatch.rules.stream import (
    MAX_LINE_BYTES,
    as_line,
    evaluate_case,
    evaluate_line,
    read_line,
    rule_of,
)
from maps.geojson import CountyError

rules = typer.Typer(
    help="Ask the clinical rules: every score, pathway and destination rule, with its source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

OfCounty = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Answer with this county's numbers; else the defaults."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


class Language(StrEnum):
    """Which words `explain` prints."""

    ZH = "zh"
    EN = "en"
    BOTH = "both"


@rules.command(name="list")
def list_rules(*, as_json: AsJson = False, county: OfCounty = None) -> None:
    """Print each rule with version, source and owner, and who answers for the county's numbers."""
    signature = _signature(_policies(county), county)
    for rule in RULES:
        if as_json:
            head = {key: getattr(rule, key) for key in ("name", "version", "source", "owner")}
            typer.echo(json.dumps(head, ensure_ascii=False))
            continue
        typer.echo(f"{rule.name}  version {rule.version}  {rule.title_en}  {rule.title_zh}")
        typer.echo(f"    source: {rule.source}")
        typer.echo(f"    owner:  {rule.owner}")
    if not as_json:
        typer.echo(signature)


@rules.command()
def describe(
    name: Annotated[str, typer.Argument(metavar="RULE")],
    version: Annotated[str | None, typer.Option(help="The version in force when left out.")] = None,
    county: OfCounty = None,
) -> None:
    """Say what a case of one rule holds, what the answer holds, and what needs a signature."""
    try:
        rule = find(name, version)
    except GreenlaneError as error:
        _end(str(error))
    signature = _signature(_policies(county), county)
    for line in _description(rule):
        typer.echo(line)
    typer.echo(f"\n{signature}")


@rules.command()
def evaluate(*, county: OfCounty = None) -> None:
    """Answer cases from standard input, one JSON object a line, on standard output in order.

    A case that cannot be evaluated is answered with an error, and the next one is served.
    """
    policies = _policies(county)
    out = sys.stdout.buffer
    for line in _lines(sys.stdin.buffer):
        try:
            out.write(as_line(_answer(line, policies)) + b"\n")
            out.flush()
        except BrokenPipeError:
            sys.stderr.close()  # nobody reads any more; Python would complain of it at exit
            raise SystemExit(1) from None


@rules.command()
def explain(
    *,
    language: Annotated[Language, typer.Option("--lang")] = Language.BOTH,
    county: OfCounty = None,
) -> None:
    """Say in words what a rule answers to one case given on standard input."""
    policies = _policies(county)
    line = next(_lines(sys.stdin.buffer), b"")
    try:
        case = read_line(line)
        rule = rule_of(case)
        values, result = evaluate_case(rule, case, policies)
    except GreenlaneError as error:
        _end(str(error))
    words = rule.explain(values, result, policies)
    if language is not Language.EN:
        typer.echo(f"{rule.title_zh}（{rule.source}，版本 {rule.version}）\n{words.zh}")
    if language is not Language.ZH:
        typer.echo(f"{rule.title_en} ({rule.source}, version {rule.version})\n{words.en}")


def _policies(county: Path | None) -> Policies:
    """The numbers of a county folder, checked as a whole; the defaults without one."""
    if county is None:
        return DEFAULTS
    try:
        return policies_of(read_county(county).config)
    except CountyError as error:
        _end(str(error))


def _signature(policies: Policies, county: Path | None) -> str:
    """Who answers for the numbers that are a county's to set, and since when."""
    clinical = policies.clinical
    whose = "the defaults" if county is None else str(county)
    signed = f"signed on {clinical.signed_on}" if clinical.signed_on else "not signed yet"
    return f"county numbers: {whose}; owner: {clinical.owner}; {signed}"


def _answer(line: bytes, policies: Policies) -> dict[str, Any]:
    """The answer to one line; a bug in a rule costs that line only, and its stack is shown."""
    try:
        return evaluate_line(line, policies)
    except Exception as bug:
        traceback.print_exc()
        return {"id": read_line(line).get("id"), "error": f"bug: {type(bug).__name__}: {bug}"}


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """The lines that hold anything; of one beyond the limit only so much as shows that it is."""
    size = MAX_LINE_BYTES + len(b"\r\n") + 1
    while line := source.readline(size):
        rest = line
        while len(rest) == size and not rest.endswith(b"\n"):
            rest = source.readline(size)
        if line.strip():
            yield line.rstrip(b"\r\n")


def _description(rule: Rule) -> Iterator[str]:
    yield f"{rule.name}  version {rule.version}  {rule.title_en}  {rule.title_zh}"
    yield f"source: {rule.source}"
    yield f"owner:  {rule.owner}"
    yield ""
    yield "input:"
    yield from (f"  {_field(field)}" for field in rule.fields)
    yield ""
    yield "result:"
    yield from (f"  {answer.name}: {answer.meaning}" for answer in rule.answers)
    for table in rule.tables:
        yield ""
        yield f"{table.title} [{table.mark}]"
        yield "  " + " | ".join(table.header)
        yield from ("  " + " | ".join(row) for row in table.rows)
    if rule.notes:
        yield ""
        yield "needs a signature:"
        yield from (f"  {note.mark}: {note.text}" for note in rule.notes)


def _field(field: Field) -> str:
    kind = kind_of(field)
    also = f" (also: {', '.join(field.aliases)})" if field.aliases else ""
    needed = ", required" if field.is_required else ""
    return f"{field.name}: {kind}{needed}. {field.meaning}{also}"


def _end(sentence: str) -> NoReturn:
    typer.echo(f"greenlane: {sentence}", err=True)
    raise SystemExit(1)
