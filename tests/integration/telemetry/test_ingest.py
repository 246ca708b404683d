"""Ingest over a real Mosquitto and a real PostgreSQL: acknowledged means committed."""

import asyncio
import json
from typing import Any

import msgspec
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from dispatch.ids import CountyId, PatientId, UnitId
from telemetry.ports import (
    FeedLost,
    LivePosition,
    LiveVitals,
    PatientContext,
    TriageLevelChanged,
)
from telemetry.store import SampleStore
from tests.integration.telemetry.support import (
    SICK,
    WAIT_S,
    Core,
    config_of,
    device,
    envelope,
    ingest,
    position,
    vitals,
)
from tests.support.services import Mosquitto


async def test_samples_are_committed_acknowledged_shown_and_decided(
    mosquitto: Mosquitto, pool: Any, county: CountyId
) -> None:
    core = Core()
    async with ingest(config_of(mosquitto, county), pool, core), device(mosquitto, county) as unit:
        for seq in range(1, 21):
            unit.send("vitals", vitals(seq, SICK))
        ack = await unit.acked(20)
        assert (ack["contiguous"], ack["selective"]) == (20, [])
        async with asyncio.timeout(WAIT_S):
            decision = await core.decisions.get()
        assert isinstance(decision, TriageLevelChanged)
        assert (decision.level, decision.previous) == ("emergency", "unknown")
        assert decision.patient_id == PatientId("I-1.P1")
        live = await core.live.get()
        assert isinstance(live, LiveVitals)
        assert live.values["heart_rate"].value == 135
    rows = await pool.fetch("select seq, patient_id from vital_sample order by seq")
    assert [(row["seq"], row["patient_id"]) for row in rows] == [
        (seq, "I-1.P1") for seq in range(1, 21)
    ]


async def test_duplicates_have_one_row_and_are_acknowledged_again(
    mosquitto: Mosquitto, pool: Any, county: CountyId
) -> None:
    async with (
        ingest(config_of(mosquitto, county), pool, Core()),
        device(mosquitto, county) as unit,
    ):
        payload = vitals(1)
        for _ in range(10):
            unit.send("vitals", payload)
        await unit.acked(1)
        unit.send("vitals", payload)
        assert (await unit.any_ack())["contiguous"] == 1
    assert await pool.fetchval("select count(*) from vital_sample") == 1


async def test_a_hole_holds_the_cursor_and_is_closed_late(
    mosquitto: Mosquitto, pool: Any, county: CountyId
) -> None:
    async with (
        ingest(config_of(mosquitto, county), pool, Core()),
        device(mosquitto, county) as unit,
    ):
        unit.send("vitals", vitals(1))
        await unit.acked(1)
        unit.send("vitals", vitals(4))
        ack = await unit.any_ack()
        assert (ack["contiguous"], ack["selective"]) == (1, [4])
        unit.send("position", position(3, 112.4, 29.3))
        unit.send("status", {**envelope(2), "state": "online"})
        assert (await unit.acked(4))["selective"] == []
    # a restarted ingest goes on from what is committed
    async with (
        ingest(config_of(mosquitto, county), pool, Core()),
        device(mosquitto, county) as unit,
    ):
        unit.send("vitals", vitals(5))
        assert (await unit.acked(5))["contiguous"] == 5


def _poison() -> list[bytes]:
    """Bad payloads numbered 2..7, so that only a salvaged number can close the hole."""
    good = [json.dumps(vitals(seq)) for seq in range(2, 8)]
    return [
        good[0].replace('"value": 72', '"value": NaN').encode(),
        good[1].replace('"value": 72', '"value": 72, "value": 27').encode(),
        good[2].replace('"unit": "/min"', '"unit": null').encode(),
        good[3].replace('"v": 1', '"v": 99').encode(),
        good[4].replace('"value": 72', '"value": 1e999').encode(),
        good[5].encode()[:-1] + b',"recording":"\\ud800"}',
    ]


async def test_poison_in_the_middle_is_quarantined_and_the_next_is_served(
    mosquitto: Mosquitto, pool: Any, county: CountyId
) -> None:
    poison = _poison()
    async with (
        ingest(config_of(mosquitto, county), pool, Core()),
        device(mosquitto, county) as unit,
    ):
        unit.send("vitals", vitals(1))
        for raw in poison:
            unit.send("vitals", raw)
        unit.send("vitals", b"\x00\xff\xfe not json at all")
        unit.send("vitls", vitals(99))
        unit.send("vitals", vitals(8))
        assert (await unit.acked(8))["contiguous"] == 8
        for raw in poison:  # sent again: counted, not kept twice
            unit.send("vitals", raw)
        unit.send("vitals", vitals(9))
        await unit.acked(9)
    counts = await SampleStore(pool).quarantine_counts()
    assert counts == {
        ("N07", "not_a_number"): 2,
        ("N07", "duplicate_key"): 2,
        ("N07", "missing_unit"): 2,
        ("N07", "unknown_version"): 2,
        ("N07", "number_out_of_range"): 2,
        ("N07", "malformed_json"): 2,
        ("N07", "nul_character"): 1,
        ("-", "wrong_topic"): 1,
    }
    assert await pool.fetchval("select count(*) from quarantine") == 8
    assert await pool.fetchval("select count(*) from vital_sample") == 3


async def test_ten_megabytes_do_not_reach_the_core_and_the_next_is_served(
    mosquitto: Mosquitto, pool: Any, county: CountyId
) -> None:
    async with ingest(config_of(mosquitto, county), pool, Core()):
        async with device(mosquitto, county) as unit:
            unit.send("vitals", b"x" * 10_000_000, qos=0)
        async with device(mosquitto, county) as unit:
            unit.send("vitals", vitals(1))
            await unit.acked(1)
    assert await pool.fetchval("select count(*) from quarantine") == 0


async def test_an_unknown_unit_is_quarantined(
    mosquitto: Mosquitto, pool: Any, county: CountyId
) -> None:
    async with ingest(config_of(mosquitto, county), pool, Core()):
        async with device(mosquitto, county, unit="X01") as stranger:
            stranger.send("vitals", vitals(1))
        async with device(mosquitto, county) as unit:
            unit.send("vitals", vitals(1))
            await unit.acked(1)
        async with asyncio.timeout(WAIT_S):
            while not await SampleStore(pool).quarantine_counts():
                pass
    assert await SampleStore(pool).quarantine_counts() == {("-", "unknown_unit"): 1}
    units = await pool.fetch("select distinct unit_id from vital_sample")
    assert [row["unit_id"] for row in units] == ["N07"]


async def test_a_bug_found_by_one_message_ends_that_message_only(
    mosquitto: Mosquitto, pool: Any, county: CountyId
) -> None:
    core = Core()

    def context_of(unit_id: UnitId) -> PatientContext | None:
        if unit_id == "N08":
            raise ZeroDivisionError
        return core.contexts.get(unit_id)

    ports = msgspec.structs.replace(core.ports, context_of=context_of)
    async with (
        ingest(config_of(mosquitto, county), pool, ports),
        device(mosquitto, county, unit="N08") as other,
        device(mosquitto, county) as unit,
    ):
        other.send("vitals", vitals(1))
        unit.send("vitals", vitals(1))
        await unit.acked(1)
        async with asyncio.timeout(WAIT_S):
            while not await SampleStore(pool).quarantine_counts():
                pass
    assert await SampleStore(pool).quarantine_counts() == {("-", "crashed"): 1}


class _Outage:
    """The real pool behind a switch: while `is_down`, no connection is to be had."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self.is_down = False
        self.was_refused = asyncio.Event()

    def acquire(self) -> Any:
        if self.is_down:
            self.was_refused.set()
            raise ConnectionRefusedError("the database is away")
        return self._pool.acquire()


async def test_without_postgresql_nothing_is_acknowledged_and_the_live_view_goes_on(
    mosquitto: Mosquitto, pool: Any, county: CountyId
) -> None:
    core, outage = Core(), _Outage(pool)
    async with (
        ingest(config_of(mosquitto, county), outage, core),
        device(mosquitto, county) as unit,
    ):
        unit.send("vitals", vitals(1))
        await unit.acked(1)
        outage.is_down = True
        for seq in range(2, 30):
            unit.send("vitals", vitals(seq, SICK))
        async with asyncio.timeout(WAIT_S):
            await outage.was_refused.wait()
            live = await core.live.get()
            while not (isinstance(live, LiveVitals) and live.level == "emergency"):
                live = await core.live.get()
        assert core.decisions.qsize() <= 1  # only what the committed sample led to
        assert unit.last_ack["b00t-0001"]["contiguous"] == 1
        outage.is_down = False
        await unit.acked(29)
    assert await pool.fetchval("select count(*) from vital_sample") == 29


async def test_the_connection_is_taken_away_and_nothing_is_lost(
    mosquitto: Mosquitto, pool: Any, county: CountyId
) -> None:
    """Another client with our id makes the broker cut us off; we come back and get it all."""
    async with (
        ingest(config_of(mosquitto, county), pool, Core()),
        device(mosquitto, county) as unit,
    ):
        for seq in range(1, 301):
            unit.send("vitals", vitals(seq))
            if seq == 100:
                await asyncio.to_thread(_take_over, mosquitto, f"ingest-{county}")
        await unit.acked(300)
    assert await pool.fetchval("select count(*) from vital_sample") == 300


def _take_over(broker: Mosquitto, client_id: str) -> None:
    thief = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=paho.MQTTv5)
    thief.username_pw_set(broker.core_user, broker.core_password)
    properties = paho.Properties(paho.PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 600
    thief.connect(broker.host, broker.port, 30, clean_start=False, properties=properties)
    thief.loop()
    thief.disconnect()
    thief.loop()


async def test_positions_are_converted_and_doubtful_ones_are_kept_and_not_used(
    mosquitto: Mosquitto, pool: Any, county: CountyId
) -> None:
    core = Core()
    async with ingest(config_of(mosquitto, county), pool, core), device(mosquitto, county) as unit:
        unit.send("position", position(1, 112.40, 29.37, "GCJ02"))
        unit.send("position", position(2, 0, 0))
        unit.send("position", position(3, 29.37, 112.40))
        await unit.acked(3)
        shown = [await core.live.get() for _ in range(3)]
    fixes = await pool.fetch("select * from position_fix order by seq")
    assert [row["doubtful"] for row in fixes] == [None, "null_island", "swapped"]
    assert 0.003 < abs(fixes[0]["lon"] - 112.40) < 0.01
    assert (fixes[0]["sent_lon"], fixes[0]["datum"]) == (112.40, "GCJ02")
    for live, doubt in zip(shown, [None, "null_island", "swapped"], strict=True):
        assert isinstance(live, LivePosition)
        assert (live.doubtful, live.lon) == (doubt, fixes[0]["lon"])
    store = SampleStore(pool)
    found = await store.fixes(
        UnitId("N07"), fixes[0]["true_at"], fixes[2]["received_at"].replace(year=2100), 10
    )
    assert [fix.doubtful for fix in found] == [None, "null_island", "swapped"]


@pytest.mark.slow
async def test_silence_is_a_lost_feed(mosquitto: Mosquitto, pool: Any, county: CountyId) -> None:
    core = Core()
    async with ingest(config_of(mosquitto, county), pool, core), device(mosquitto, county) as unit:
        for seq in range(1, 6):
            unit.send("vitals", vitals(seq))
        await unit.acked(5)
        async with asyncio.timeout(WAIT_S):
            decision = await core.decisions.get()
            while not isinstance(decision, FeedLost):
                decision = await core.decisions.get()
        assert (decision.unit_id, decision.cause) == ("N07", "silent")
