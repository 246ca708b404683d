"""`greenlane ecg`: read, draw and export the ECG file of any machine, cold.

The format is found in the bytes; a file's name only says where its companions may lie. A file that
cannot be read ends in one sentence and exit code 1. Not here: any format (`telemetry.ecg`), and how
a drawing becomes dots (`deploy.ecg_render`).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from dispatch.errors import BadPayload, GreenlaneError, Refused
from telemetry.ecg.aecg.writer import write_aecg
from telemetry.ecg.dicom.writer import write_dicom
from telemetry.ecg.layout import plan
from telemetry.ecg.limits import FILE_MAX_BYTES, RECORD_MAX_BYTES, SAMPLES_SHOWN_MAX
from telemetry.ecg.model import Ecg
from telemetry.ecg.read import companions, has_known_format, read_ecg
from telemetry.ecg.report import document
from telemetry.ecg.svg import to_svg
from telemetry.ecg.wfdb.header import files_of, is_header, read_header
from telemetry.ecg.wfdb.writer import write_wfdb

ecg = typer.Typer(
    help="ECG files of any machine: SCP-ECG, HL7 aECG, DICOM, WFDB, Philips XML.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Source = Annotated[Path, typer.Argument(metavar="FILE", help="The file as the machine wrote it.")]
Out = Annotated[Path, typer.Option("-o", "--output", help="File to write.")]

_HEADERS_MAX: Final = 2_000  # headers of a folder looked into for the one that names a signal file
_SENTENCES: Final = {
    "ecg_no_leads": "there is no ECG lead in the file",
    "ecg_wfdb_starts": "leads begin at different times: a WFDB record cannot say so; "
    "export to dicom or aecg",
    "ecg_wfdb_lengths": "leads are of different length: a WFDB record cannot say so; "
    "export to dicom or aecg",
    "ecg_wfdb_zero": "lead {lead}: its zero line lies between two steps, which a WFDB record "
    "cannot say; export to dicom or aecg",
    "ecg_aecg_gaps": "lead {lead} begins or ends with a gap, which an aECG cannot say; "
    "export to dicom or wfdb",
    "ecg_from_beyond": "--from {from_s:g} is behind the end: the ECG is {duration_s:g} s long",
    "ecg_drawing_kind": "{name}: a drawing is a .png, .svg or .pdf",
}


class Layout(StrEnum):
    """How the leads stand on the paper."""

    COLUMNS = "3x4+1"
    ROWS = "12x1"


class Language(StrEnum):
    """Which words the drawing carries."""

    ZH = "zh"
    EN = "en"


class Target(StrEnum):
    """What `export` writes."""

    WFDB = "wfdb"
    DICOM = "dicom"
    AECG = "aecg"


@ecg.command()
def read(
    file: Source,
    *,
    samples: Annotated[
        int, typer.Option(min=0, max=SAMPLES_SHOWN_MAX, help="First samples shown of each lead.")
    ] = 10,
) -> None:
    """Print what is in the file as JSON: header without patient, leads, hashes, warnings."""
    with _said():
        found, files = _read(file)
        main = files[file.name]
        hashes = {
            "file_sha256": sha256(main).hexdigest(),
            "files": [
                {"name": name, "bytes": len(data), "sha256": sha256(data).hexdigest()}
                for name, data in files.items()
            ],
        }
        typer.echo(json.dumps(document(found, samples) | hashes, ensure_ascii=False, indent=1))


@ecg.command()
def draw(
    file: Source,
    *,
    output: Out,
    layout: Annotated[Layout, typer.Option(help="3x4+1 or 12x1.")] = Layout.COLUMNS,
    lang: Annotated[Language, typer.Option(help="zh or en.")] = Language.ZH,
    from_s: Annotated[float, typer.Option("--from", min=0, help="First second drawn.")] = 0,
    dpi: Annotated[int, typer.Option(min=50, max=1200, help="Dots per inch of a PNG.")] = 200,
) -> None:
    """Draw it on 25 mm/s · 10 mm/mV paper of true size, without a patient's name."""
    with _said():
        kind = output.suffix.lower().removeprefix(".")
        if kind not in ("png", "svg", "pdf"):
            raise Refused("ecg_drawing_kind", name=output.name)
        found, _ = _read(file)
        if not found.leads:
            raise Refused("ecg_no_leads")
        if from_s >= found.duration_s:
            raise Refused("ecg_from_beyond", from_s=from_s, duration_s=float(found.duration_s))
        drawing = plan(found, layout.value, lang.value, from_s)
        if kind == "svg":
            output.write_text(to_svg(drawing), encoding="utf-8")
            return
        from deploy.ecg_render import render  # noqa: PLC0415 - a second of matplotlib

        output.write_bytes(render(drawing, "png" if kind == "png" else "pdf", dpi))


@ecg.command()
def export(
    file: Source,
    *,
    to: Annotated[Target, typer.Option(help="wfdb, dicom or aecg.")],
    output: Out,
) -> None:
    """Write the stored leads in another format, sample for sample and without a patient."""
    with _said():
        found, _ = _read(file)
        for path, data in _exported(found, to, output).items():
            path.write_bytes(data)
            typer.echo(f"wrote {path}", err=True)
        if found.channels:
            left_out = ", ".join(one.name for one in found.channels)
            typer.echo(f"left out, being no ECG lead: {left_out}", err=True)


def _exported(found: Ecg, to: Target, output: Path) -> dict[Path, bytes]:
    if to is Target.WFDB:
        stem = "".join(one if one.isascii() and one.isalnum() else "_" for one in output.stem)
        return {output.parent / name: data for name, data in write_wfdb(found, stem).items()}
    return {output: write_dicom(found) if to is Target.DICOM else write_aecg(found)}


def _read(path: Path) -> tuple[Ecg, dict[str, bytes]]:
    """The ECG of a file and the bytes of every file it took, the given one first."""
    files = {path.name: _bytes(path)}
    name = path.name
    if not has_known_format(files[name]):
        name = _header_for(path, files) or name
    while missing := companions(name, files):
        for each in missing:
            beside = path.parent / each
            if not beside.is_file():
                raise BadPayload("ecg_file_missing", f"{each} is needed and not beside {path.name}")
            files[each] = _bytes(beside)
            if sum(len(data) for data in files.values()) > RECORD_MAX_BYTES:
                raise BadPayload("ecg_too_large", f"the record is over {RECORD_MAX_BYTES} bytes")
    return read_ecg(name, files), files


def _bytes(path: Path) -> bytes:
    with path.open("rb") as opened:
        data = opened.read(FILE_MAX_BYTES + 1)
    if len(data) > FILE_MAX_BYTES:
        raise BadPayload("ecg_too_large", f"{path.name} is larger than {FILE_MAX_BYTES} bytes")
    return data


def _header_for(path: Path, files: dict[str, bytes]) -> str | None:
    """The WFDB header that names this signal file: of the same stem, else any beside it."""
    own = path.with_suffix(".hea")
    for beside in [own, *sorted(path.parent.glob("*.hea"))[:_HEADERS_MAX]]:
        if not beside.is_file():
            continue
        data = _bytes(beside)
        if is_header(data) and path.name in _named_in(data):
            files[beside.name] = data
            return beside.name
    return None


def _named_in(header: bytes) -> tuple[str, ...]:
    try:
        return files_of(read_header(header))
    except BadPayload:
        return ()  # another record's broken header is not this file's


@contextmanager
def _said() -> Iterator[None]:
    """Whatever is wrong with a file ends in one sentence and exit code 1."""
    sentence: str | None = None
    try:
        yield
    except Refused as error:
        values: dict[str, Any] = error.params
        sentence = _SENTENCES.get(error.code, str(error)).format(**values)
    except BadPayload as error:
        sentence = error.detail
    except GreenlaneError as error:
        sentence = str(error)
    except OSError as error:
        sentence = f"{error.filename or 'the disk'}: {error.strerror or error}"
    if sentence is not None:
        typer.echo(f"greenlane ecg: {sentence}", err=True)
        raise typer.Exit(1)


if __name__ == "__main__":
    ecg(prog_name="greenlane ecg")
