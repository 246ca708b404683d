"""`greenlane map learn`: corrects travel times by the county's own recorded drives.

A function for `deploy.map_commands` to register. Drives come from the county's database or from a
CSV file; the answer says how many were used, which were left out by which rule, the error before
and after, and how often drives kept the P80, on drives the correction did not know. What is learned
is written beside the map, where a running server finds it.

Not here: the rules and the model (`maps.network.drives`, `maps.network.learned`), the legs of the
log (`deploy.recorded_drives`).
"""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from deploy.learned_report import told
from deploy.lock import data_folder
from deploy.map_routes import moment_of, roads_of
from deploy.map_search import datum_of
from deploy.maps import County, Data, map_folder, map_in_force, said, show, to_disk
from deploy.recorded_drives import Found, database, drives_of_log
from maps.coordinates import Datum
from maps.county import load_county
from maps.network.drive_file import read_drives
from maps.network.learned_file import LearnedFile, learned_file, write_learned
from maps.network.learning import lesson_of
from maps.network.travel import Roads

_DEFAULT_COUNTY: Final = Path(__file__).parent / "counties" / "nanxian"  # as `greenlane run` has it

Limits = tuple[datetime | None, datetime | None]

Drives = Annotated[
    Path | None, typer.Option("--drives", help="A CSV of drives instead of the database.")
]
Database = Annotated[
    str | None, typer.Option("--database", help="URL; else GREENLANE_DATABASE_URL, else --data's.")
]
Since = Annotated[str | None, typer.Option("--since", help="Only drives that began from then on.")]
Until = Annotated[str | None, typer.Option("--until", help="Only drives that began before then.")]
DatumOf = Annotated[str, typer.Option("--datum", help="Of the CSV: wgs84, gcj02, bd09, cgcs2000.")]


def learn(
    *,
    drives: Drives = None,
    datum: DatumOf = "wgs84",
    since: Since = None,
    until: Until = None,
    write: Annotated[bool, typer.Option(help="Put what is learned in force.")] = True,
    county: County = None,
    database_url: Database = None,
    data: Data = None,
) -> None:
    """Correct travel times by recorded drives, and say how large the error is."""
    with said():
        pack = map_in_force(data)
        policy, zone = roads_of(county)
        limits = moment_of(since, zone), moment_of(until, zone)
        if drives is not None:
            found = _of_file(drives, datum_of(datum), zone, limits)
        else:
            found = _of_database(database_url, county, map_folder(data).parent, limits)
        lesson = lesson_of(found, Roads(pack.graph(), policy), zone)
        file = learned_file(
            lesson,
            map_version=pack.manifest.version,
            policy=policy.speeds,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        path = None
        if write and lesson.used:
            with data_folder(map_folder(data)) as folder:  # nobody imports meanwhile
                path = write_learned(folder, file, to_disk)
        show(_summary(file, len(found), path))


def _of_file(path: Path, datum: Datum, zone: ZoneInfo, limits: Limits) -> Found:
    with path.open("rb") as opened:
        rows = read_drives(opened, datum=datum, zone=zone)
    found: Found = ["no_place" for _line in rows.lost]
    return found + [one for one in rows.drives if _is_within(one.started_at, limits)]


def _of_database(url: str | None, county: Path | None, data: Path, limits: Limits) -> Found:
    named = os.environ.get("GREENLANE_COUNTY_FOLDER")
    folder = county or (Path(named) if named else _DEFAULT_COUNTY)
    county_id = load_county(folder).settings.county_id

    async def read() -> Found:
        given = url or os.environ.get("GREENLANE_DATABASE_URL") or None
        async with database(given, data) as dsn:
            return await drives_of_log(dsn, county_id, *limits)

    return asyncio.run(read())


def _is_within(at: datetime, limits: Limits) -> bool:
    since, until = limits
    return (since is None or since <= at) and (until is None or at < until)


def _summary(file: LearnedFile, read: int, path: Path | None) -> dict[str, Any]:
    words = "in force" if path else "not written"
    if not file.lesson.used:
        words = "no drive can be learned from: nothing was written"
    return {"said": words, "file": path and str(path), "drives": read, **told(file)}
