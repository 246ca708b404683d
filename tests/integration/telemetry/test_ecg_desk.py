"""ECG files become decisions: once each, again after a death, and whatever is in them."""

import asyncio
import random
from typing import Any

import msgspec

from dispatch.ids import CountyId, DeviceId, PatientId, UnitId
from telemetry.gateway.bodies import ecg_parts
from telemetry.gateway.folder import bundle
from telemetry.ports import EcgArrived, LiveWaveform
from telemetry.rows import EcgPartRow, Stamp
from telemetry.store import SampleStore
from tests.integration.telemetry.support import (
    WAIT_S,
    Core,
    SystemClock,
    config_of,
    device,
    envelope,
    ingest,
)
from tests.support.services import Mosquitto
from tests.support.shared_data import shared

_BOOT = "b00t-0001-e"


async def told(core: Core) -> EcgArrived:
    """The next ECG told; levels and feeds may come between."""
    async with asyncio.timeout(WAIT_S):
        while True:
            decision = await core.decisions.get()
            if isinstance(decision, EcgArrived):
                return decision


async def left_by_a_dead_process(pool: Any, content: bytes, patient_id: str | None) -> None:
    """The file is committed whole, and whoever was to tell of it is no more."""
    now = SystemClock().now()
    rows = [
        EcgPartRow(
            stamp=Stamp(
                device_id=DeviceId("MON-07"), boot_id=f"b00t-{len(content):06d}", seq=body["part"],
                unit_id=UnitId("N07"), observed_at=now, received_at=now, true_at=now, skew_ms=None,
                is_late=False,
            ),
            patient_id=None if patient_id is None else PatientId(patient_id),
            sha256=body["sha256"],
            size_bytes=body["size_bytes"],
            part=body["part"],
            parts=body["parts"],
            data=msgspec.json.decode(msgspec.json.encode(body["data"]), type=bytes),
            source="device",
            recording=None,
        )
        for body in ecg_parts(content)
    ]  # fmt: skip
    await SampleStore(pool).commit(rows, {})


async def test_a_file_is_told_once_it_is_whole_and_what_cannot_be_read_says_so(
    mosquitto: Mosquitto, county: CountyId, pool: Any, seed: int
) -> None:
    bodies = ecg_parts(random.Random(seed).randbytes(40_000))
    core = Core()
    async with (
        device(mosquitto, county) as unit,
        ingest(config_of(mosquitto, county), pool, core),
    ):
        for seq, body in enumerate(bodies, 1):
            unit.send("ecg", {**envelope(seq, _BOOT), **body})
        await unit.acked(len(bodies), _BOOT)
        first = await told(core)
    assert (first.unit_id, first.patient_id) == ("N07", "I-1.P1")
    assert first.sha256 == bodies[0]["sha256"]
    assert (first.glance.fault, first.glance.leads) == ("ecg_format", 0)
    assert (await SampleStore(pool).ecg(first.ecg_id)) is not None


async def test_what_a_dead_process_left_untold_is_told_at_the_next_start_unless_known(
    mosquitto: Mosquitto, county: CountyId, pool: Any
) -> None:
    content, _ = bundle(shared("physio/cinc2021/E07500.hea"))
    await left_by_a_dead_process(pool, content, "I-1.P1")
    await left_by_a_dead_process(pool, content[:-1], "I-1.P1")  # a record that lost its end
    await left_by_a_dead_process(pool, b"nobody in the car", None)
    core = Core()
    async with ingest(config_of(mosquitto, county), pool, core):
        found = [await told(core), await told(core)]
    assert (found[0].glance.format, found[0].glance.leads) == ("wfdb", 12)
    assert (found[0].glance.hz, found[0].glance.fault) == (500.0, "")
    assert found[1].glance.fault == "ecg_bundle"

    known = {found[0].ecg_id}
    again = Core()
    ports = msgspec.structs.replace(again.ports, knows_ecg=lambda _, ecg_id: ecg_id in known)
    async with ingest(config_of(mosquitto, county), pool, ports):
        assert (await told(again)).ecg_id == found[1].ecg_id
    assert again.decisions.empty()


async def test_a_waveform_is_live_as_it_came_and_a_late_one_is_only_stored(
    mosquitto: Mosquitto, county: CountyId, pool: Any
) -> None:
    core = Core()
    block = {"channel": "pleth", "hz": 4.0, "unit": "1", "per_lsb": 0.5, "samples": "AQACAAMABAA="}
    async with (
        device(mosquitto, county) as unit,
        ingest(config_of(mosquitto, county), pool, core),
    ):
        for seq in (2, 1, 3):
            unit.send("waveform", {**envelope(seq, _BOOT), **block})
        await unit.acked(3, _BOOT)
        seen = [
            one
            for _ in range(core.live.qsize())
            if isinstance(one := core.live.get_nowait(), LiveWaveform)
        ]
    assert [one.samples for one in seen] == [b"\1\0\2\0\3\0\4\0"] * 2
    assert {(one.channel, one.hz, one.per_lsb, one.patient_id) for one in seen} == {
        ("pleth", 4.0, 0.5, "I-1.P1")
    }
