"""`greenlane map`: the county's map from the command line.

Answers are JSON on standard output; progress, and the one sentence of a refusal, go to standard
error, and a refusal ends with exit code 1 and changes nothing. Not here: what a map is
(`maps.osm`, `maps.pack`).

Every command finds the imported map through `map_folder` and ends through `said`, so that errors
read the same everywhere.
"""

import json
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from deploy.learned_report import learned_in_force
from deploy.lock import data_folder
from dispatch.errors import BadPayload, GreenlaneError, Refused
from maps.county import CountyError, load_county
from maps.osm.importing import STEPS, Outcome, import_extract
from maps.osm.source import format_of
from maps.pack import Pack, open_pack
from maps.tiles.build import build_tiles

maps_app = typer.Typer(
    help="The county's map: import, search, routes, travel times.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Data = Annotated[Path | None, typer.Option("--data", help="Folder of everything that is kept.")]
County = Annotated[
    Path | None, typer.Option("--county", help="Folder of the county the map must be of.")
]

_MAP: Final = "map"
_SENTENCES: Final = {
    "port_not_free": "{host}:{port} cannot be listened on ({detail}); choose another --port",
    "already_running": "process {pid} is importing into {data}; wait for it to end",
    "map_not_of_county": (
        "the roads of this extract are not those of {county}: the county is at {county_box}, "
        "the roads are at {map_box}; give the extract of the county, or another --county"
    ),
}


def map_folder(data: Path | None) -> Path:
    """Where the imported map is kept: --data, else GREENLANE_DATA_FOLDER, else ./data."""
    return (data or Path(os.environ.get("GREENLANE_DATA_FOLDER") or "data")) / _MAP


def map_in_force(data: Path | None) -> Pack:
    """The imported map; Refused where there is none."""
    folder = map_folder(data)
    pack = open_pack(folder)
    if pack is None:
        raise BadPayload(
            "map_pack", f"no map was imported into {folder} yet: greenlane map import FILE"
        )
    return pack


def show(answer: object) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=1))


@contextmanager
def said() -> Iterator[None]:
    """Whatever a person can put right ends in one sentence and exit code 1."""
    try:
        yield
    except Refused as error:
        sentence = _SENTENCES.get(error.code)
        _end(str(error) if sentence is None else sentence.format(**error.params))
    except BadPayload as error:
        _end(error.detail)
    except (GreenlaneError, CountyError) as error:
        _end(str(error))
    except OSError as error:
        _end(f"{error.filename or 'the disk'}: {error.strerror or error}")


@maps_app.command(name="import")
def import_map(
    file: Annotated[Path, typer.Argument(help="An extract: .osm.pbf, .osm, .osm.gz, .osm.bz2.")],
    *,
    county: County = None,
    data: Data = None,
    tiles: Annotated[bool, typer.Option(help="Make the base map's vector tiles.")] = True,
) -> None:
    """Make the county's map from an OpenStreetMap extract; the same again changes nothing."""
    began = time.monotonic()
    with said():
        outcome = _import(file, county, map_folder(data), tiles=tiles)
        show(_summary(outcome, time.monotonic() - began))


@maps_app.command()
def report(*, data: Data = None) -> None:
    """Say what is in the map in force and how good it is."""
    with said():
        pack = map_in_force(data)
        show(_about(pack) | {"report": pack.report(), "learned": learned_in_force(pack)})


def _import(file: Path, county: Path | None, folder: Path, *, tiles: bool) -> Outcome:
    geography = load_county(county) if county is not None else None
    format_of(file)  # before a folder is made for it
    folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)  # as `greenlane run` makes it
    with data_folder(folder) as held, _Bar() as bar:
        return import_extract(
            file,
            held,
            county=geography,
            build_tiles=build_tiles if tiles else None,
            imported_at=datetime.now(UTC).isoformat(timespec="seconds"),
            progress=bar.step,
            sync=to_disk,
        )


def _about(pack: Pack) -> dict[str, Any]:
    manifest = pack.manifest
    return {
        "version": manifest.version,
        "folder": str(pack.folder),
        "imported_at": manifest.imported_at,
        "source": {"file": manifest.source.file, "sha256": manifest.source.sha256,
                   "bytes": manifest.source.bytes, "timestamp": manifest.source.timestamp},
        "attribution": manifest.attribution,
        "tiles": manifest.tiles,
        "bytes": sum(part.bytes for part in manifest.files.values()),
        "counts": manifest.counts,
    }  # fmt: skip


def _summary(outcome: Outcome, took_s: float) -> dict[str, Any]:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "changed": outcome.changed,
        "said": "imported" if outcome.changed else "nothing to do: this map is in force already",
        **_about(outcome.pack),
        "took_s": round(took_s, 2),
        "memory_peak_mb": kilobytes // 1024,
        "report": outcome.pack.report(),
    }


def to_disk(path: Path) -> None:
    """Survive a power cut: what is renamed afterwards must be there first."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _end(sentence: str) -> NoReturn:
    typer.echo(f"greenlane: {sentence}", err=True)
    raise typer.Exit(1)


class _Bar:
    """A progress bar on standard error: how many of the steps, and how far the present one is."""

    def __init__(self) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description:<16}"), BarColumn(),
                   TextColumn("{task.fields[rows]}"), TimeElapsedColumn())  # fmt: skip
        self._progress = Progress(*columns, console=Console(stderr=True))
        self._task: TaskID | None = None

    def __enter__(self) -> "_Bar":
        self._progress.start()
        self._task = self._progress.add_task(STEPS[0], total=len(STEPS) - 1, rows="")
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def step(self, name: str, done: int) -> None:
        """Told by the import; see `maps.osm.source.Progress`."""
        if self._task is not None:
            rows = f"{done:,}" if done else ""
            place = STEPS.index(name)
            self._progress.update(self._task, description=name, completed=place, rows=rows)
