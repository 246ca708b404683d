"""A county's recorded drives out of its database: the legs of the log with the fixes between.

The database is given by URL, or it is the embedded one of a data folder: that of a running system
is asked as it is, that of a stopped one is started for the question. Nothing is written. Not here:
which legs there are (`dispatch.domain.legs`), which of them teach (`maps.network.drives`).
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from deploy.embedded import secrets
from deploy.embedded.postgres import DATABASE, ROLE, postgres
from deploy.lock import data_folder
from dispatch.domain.legs import Leg, LegFinder
from dispatch.errors import BadPayload, Refused
from dispatch.live.journeys import closures_of
from dispatch.log.database import open_pool
from dispatch.log.events import EventLog
from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.limits import MAX_DRIVES
from maps.network.drives import Recorded, Timed, track_of
from telemetry.rows import FixRow
from telemetry.store import SampleStore

_CONNECTIONS: Final = 2
_FIXES_PER_LEG: Final = 20_000  # four hours at one a second, and some
_PORT_LINE: Final = 3  # of PostgreSQL's postmaster.pid, counted from 0

Found = list[Recorded | str]
"""Drives, and for those that cannot be written down the rule they broke."""


async def drives_of_log(
    url: str, county_id: str, since: datetime | None, until: datetime | None
) -> Found:
    """The county's drives that began in [since, until); raises Unavailable."""
    pool = await open_pool(url, county_id, _CONNECTIONS)
    try:
        legs = [leg for leg in await _legs(EventLog(pool)) if _is_within(leg, since, until)]
        if len(legs) > MAX_DRIVES:
            raise BadPayload("drives", f"more than {MAX_DRIVES} drives; give --since and --until")
        store = SampleStore(pool)
        found: Found = []
        for leg in legs:
            fixes = await store.fixes(leg.unit_id, leg.started_at, leg.ended_at, _FIXES_PER_LEG)
            found.append(recorded_of(leg, fixes))
        return found
    finally:
        await pool.close()


async def _legs(log: EventLog) -> list[Leg]:
    finder = LegFinder()
    seq = 0
    while page := await log.read_after(seq):
        finder.take(page)
        seq = page[-1].seq
    return finder.driven()


def _is_within(leg: Leg, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or since <= leg.started_at) and (until is None or leg.started_at < until)


def recorded_of(leg: Leg, fixes: Sequence[FixRow]) -> Recorded | str:
    """A leg with what its vehicle did, by its undoubted fixes in order of time."""
    if leg.target is None:
        return "no_target"
    timed = [(fix.stamp.true_at, Wgs84(lon=fix.lon, lat=fix.lat)) for fix in fixes
             if fix.doubtful is None]  # fmt: skip
    if len(timed) < 2:
        return "fixes_missing"
    target = Wgs84(lon=leg.target[0], lat=leg.target[1])
    return _with_track(leg, timed, target)


def _with_track(leg: Leg, timed: Sequence[Timed], target: Wgs84) -> Recorded:
    track = track_of(timed)
    first, last = timed[0], timed[-1]
    before_s = (first[0] - leg.started_at).total_seconds()
    after_s = (leg.ended_at - last[0]).total_seconds()
    between_s = 0.0 if track is None else track.largest_gap_s
    return Recorded(
        started_at=first[0] if track is None else track.started_at,
        ended_at=last[0] if track is None else track.ended_at,
        origin=first[1] if track is None else track.origin,
        destination=target if track is None else track.end,
        priority=leg.priority,
        leg=leg.kind,
        driven_m=0.0 if track is None else track.driven_m,
        longest_stop_s=0.0 if track is None else track.longest_stop_s,
        largest_gap_s=max(before_s, between_s, after_s),
        off_target_m=haversine_m(last[1], target),
        reported_late_s=leg.reported_late_s,
        is_changed=leg.is_changed,
        closures=closures_of(leg.closures),
    )


@asynccontextmanager
async def database(url: str | None, data: Path) -> AsyncIterator[str]:
    """The database's URL: the one given, else that of the embedded server of a data folder."""
    if url is not None:
        yield url
        return
    if not (data / "postgres" / "data").is_dir():
        raise BadPayload(
            "database",
            f"{data} holds no database of recorded drives: give its --data folder, a --database "
            "URL, or a file of drives (--drives FILE.csv)",
        )
    async with AsyncExitStack() as stack:
        try:
            folder = stack.enter_context(data_folder(data))
        except Refused:
            yield _running(data)
            return
        ours = secrets.load(folder / "secrets")
        server = await stack.enter_async_context(
            postgres(
                folder / "postgres", admin_password=ours.postgres_admin, password=ours.postgres
            )
        )
        yield server.dsn


def _running(data: Path) -> str:
    """The URL of the server that another process of ours runs in the folder."""
    lines = (data / "postgres" / "data" / "postmaster.pid").read_text("utf-8").splitlines()
    password = secrets.load(data / "secrets").postgres
    return f"postgresql://{ROLE}:{password}@127.0.0.1:{lines[_PORT_LINE]}/{DATABASE}"
