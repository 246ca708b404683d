"""Waveforms, ECG files and link reports through broker, ingest and database, bit by bit."""

import random
from datetime import timedelta
from typing import Any

import numpy as np

from dispatch.ids import CountyId, UnitId
from telemetry.gateway.bodies import ecg_parts, stored_waveform_body
from telemetry.store import SampleStore
from tests.integration.telemetry.support import (
    Core,
    SystemClock,
    config_of,
    device,
    envelope,
    ingest,
)
from tests.support.services import Mosquitto

_ECG_BOOT, _WAVE_BOOT = "b00t-0001-e", "b00t-0001-f"


async def test_an_ecg_file_is_whole_whatever_the_order_of_its_parts(
    mosquitto: Mosquitto, county: CountyId, pool: Any, seed: int
) -> None:
    draw = random.Random(seed)
    content = draw.randbytes(100_001)
    parts = list(enumerate(ecg_parts(content), 1))
    draw.shuffle(parts)
    async with (
        device(mosquitto, county) as unit,
        ingest(config_of(mosquitto, county), pool, Core()),
    ):
        for seq, body in [*parts, *parts[:3]]:
            unit.send("ecg", {**envelope(seq, _ECG_BOOT), **body})
        await unit.acked(len(parts), _ECG_BOOT)
        # The same file once more, under other numbers: still one ECG.
        for seq, body in parts:
            unit.send("ecg", {**envelope(seq + len(parts), _ECG_BOOT), **body})
        await unit.acked(2 * len(parts), _ECG_BOOT)
        kept = await pool.fetch("SELECT unit_id, patient_id, content FROM ecg_file")
        left = await pool.fetchval("SELECT sum(length(data)) FROM ecg_part")
    assert [(row["unit_id"], row["patient_id"]) for row in kept] == [("N07", "I-1.P1")]
    assert kept[0]["content"] == content
    assert left == 0


async def test_a_file_that_is_not_what_its_hash_says_never_becomes_an_ecg(
    mosquitto: Mosquitto, county: CountyId, pool: Any
) -> None:
    bodies = ecg_parts(b"SCP" * 9000)
    bodies[1]["sha256"] = bodies[0]["sha256"] = "0" * 64
    async with (
        device(mosquitto, county) as unit,
        ingest(config_of(mosquitto, county), pool, Core()),
    ):
        for seq, body in enumerate(bodies, 1):
            unit.send("ecg", {**envelope(seq, _ECG_BOOT), **body})
        await unit.acked(len(bodies), _ECG_BOOT)
        assert await pool.fetchval("SELECT count(*) FROM ecg_file") == 0
        assert await pool.fetchval("SELECT sum(length(data)) FROM ecg_part") == 27_000


async def test_waveforms_come_back_bit_by_bit_and_link_reports_are_kept(
    mosquitto: Mosquitto, county: CountyId, pool: Any, seed: int
) -> None:
    draw = np.random.default_rng(seed)
    blocks = [draw.integers(-32768, 32768, 250).astype("<i2") for _ in range(20)]
    now = SystemClock().now()
    async with (
        device(mosquitto, county) as unit,
        ingest(config_of(mosquitto, county), pool, Core()),
    ):
        for seq, block in enumerate(blocks, 1):
            body = stored_waveform_body("ecg_ii", 250, "uV", 2.5, 1.25, block)
            unit.send("waveform", {**envelope(seq, _WAVE_BOOT), **body})
        await unit.acked(len(blocks), _WAVE_BOOT)
        unit.send("link", {**envelope(1), "queued": {"waveform": 7}, "network": "5g"})
        await unit.acked(1)
        store = SampleStore(pool)
        found = await store.waveforms(
            UnitId("N07"), ["ecg_ii"], now - timedelta(hours=1), now + timedelta(hours=1), 100
        )
        none = await store.waveforms(
            UnitId("N07"), ["pleth"], now - timedelta(hours=1), now + timedelta(hours=1), 100
        )
        said = await pool.fetchrow("SELECT queued, network FROM device_link")
        cursor = await store.cursor((found[0].stamp.device_id, _WAVE_BOOT))
    assert [row.samples for row in found] == [block.tobytes() for block in blocks]
    assert {(row.hz, row.unit, row.per_lsb, row.zero) for row in found} == {
        (250.0, "uV", 2.5, 1.25)
    }
    assert none == []
    assert (said["queued"], said["network"]) == ('{"waveform": 7}', "5g")
    assert cursor.contiguous == len(blocks)


async def test_a_wrong_clock_lands_in_the_default_partition_and_stays_idempotent(
    mosquitto: Mosquitto, county: CountyId, pool: Any
) -> None:
    old = {
        **envelope(1),
        "observed_at": "1970-01-01T00:00:10Z",
        "numerics": {"heart_rate": {"value": 72, "unit": "/min"}},
    }
    async with (
        device(mosquitto, county) as unit,
        ingest(config_of(mosquitto, county), pool, Core()),
    ):
        unit.send("vitals", old)
        await unit.acked(1)
        unit.send("vitals", old)
        await unit.any_ack()
        assert await pool.fetchval("SELECT count(*) FROM vital_sample_default") == 1
        assert await pool.fetchval("SELECT count(*) FROM vital_sample") == 1
