"""A wrongly declared datum over a real broker: driven, compared off the loop, shown and stored.

The roads are the corpus's (tests/contract/positions); the comparison is the one of production.
"""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from dispatch.ids import CountyId, UnitId
from dispatch.live.datums import DatumJudge
from dispatch.live.journeys import Journeys
from maps.network.travel import RoadPolicy, Roads
from maps.travel import StraightLineTravel
from telemetry.ports import DatumOpinion, Drive, LivePosition, WrongDatum
from telemetry.store import SampleStore
from tests.contract.positions.test_corpus import CASES, roads
from tests.integration.telemetry.support import (
    WAIT_S,
    Core,
    Device,
    config_of,
    device,
    envelope,
    ingest,
    position,
)
from tests.support.services import Mosquitto

(CASE,) = (one for one in CASES if one["name"] == "a drive in GCJ02 declared WGS84")
PAIRS: list[list[float]] = CASE["pairs"]


def driven(seq: int, lon: float, lat: float, ago_s: float) -> dict[str, Any]:
    """A fix out of an outbox: the way between two of them took its time."""
    at = datetime.now(UTC) - timedelta(seconds=ago_s)
    return position(seq, lon, lat) | {"observed_at": at.isoformat().replace("+00:00", "Z")}


def judge(travel: Journeys) -> tuple[DatumJudge, list[str]]:
    """Production's judge over the corpus's roads, and in which threads it was asked."""
    threads: list[str] = []

    class Watched(DatumJudge):
        def __call__(self, drive: Drive) -> DatumOpinion:
            threads.append(threading.current_thread().name)
            return super().__call__(drive)

    return Watched(travel), threads


def over_roads() -> Journeys:
    travel = Journeys(StraightLineTravel())
    travel.use(Roads(roads().graph, RoadPolicy()))
    return travel


async def said_of(unit: Device, core: Core, seq: int) -> LivePosition:
    """The first live position with a wrong datum; the unit stands and says so again and again."""
    while True:
        seq += 1
        unit.send("position", position(seq, *PAIRS[-1]))
        await unit.acked(seq)
        said = [core.live.get_nowait() for _ in range(core.live.qsize())]
        for live in said:
            if isinstance(live, LivePosition) and live.wrong_datum is not None:
                return live


@pytest.mark.slow
async def test_a_wrong_datum_is_found_shown_and_stored(
    mosquitto: Mosquitto, pool: Any, county: CountyId
) -> None:
    core = Core()
    watched, threads = judge(over_roads())
    ports = msgspec.structs.replace(core.ports, judge_datum=watched)
    async with ingest(config_of(mosquitto, county), pool, ports), device(mosquitto, county) as unit:
        unit.send("status", {**envelope(1), "state": "online"})  # now its clock is known
        await unit.acked(1)
        for number, (lon, lat) in enumerate(PAIRS, start=2):
            unit.send("position", driven(number, lon, lat, ago_s=3.0 * (len(PAIRS) + 2 - number)))
        seq = len(PAIRS) + 1
        await unit.acked(seq)
        async with asyncio.timeout(WAIT_S):
            live = await said_of(unit, core, seq)
    assert live.wrong_datum == WrongDatum(declared="WGS84", suspected="GCJ02")
    assert (live.lon, live.lat, live.doubtful) == (*PAIRS[-1], None), "nothing is converted"
    assert threads and threading.main_thread().name not in threads
    store, now = SampleStore(pool), datetime.now(UTC)
    found = await store.fixes(UnitId("N07"), now - timedelta(hours=1), now, 1000)
    assert found[0].doubtful is None
    assert found[-1].doubtful == "datum"
    assert (found[-1].lon, found[-1].lat) == tuple(PAIRS[-1])


def test_the_judge_knows_nothing_without_roads_or_beside_them() -> None:
    drive = Drive(declared="WGS84", pairs=tuple((lon, lat) for lon, lat in PAIRS))
    unknown = DatumOpinion(suspected=None, is_known=False)
    assert DatumJudge(Journeys(StraightLineTravel()))(drive) == unknown
    travel = over_roads()
    assert DatumJudge(travel)(drive) == DatumOpinion(suspected="GCJ02", is_known=True)
    own = msgspec.structs.replace(drive, declared="GCJ02")
    assert DatumJudge(travel)(own) == DatumOpinion(suspected=None, is_known=True)
    (case,) = (one for one in CASES if one["name"] == "a drive off every road")
    off = Drive(declared="WGS84", pairs=tuple((lon, lat) for lon, lat in case["pairs"]))
    assert DatumJudge(travel)(off) == unknown
