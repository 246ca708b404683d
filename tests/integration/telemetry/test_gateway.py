"""The box in the car against a real broker, ingest and database, with real devices' bytes."""

import asyncio
import contextlib
import io
import json
import os
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from deploy.gateway_replay import Replay
from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry.clock import SystemClock
from telemetry.gateway.config import (
    EcgFolderInput,
    GatewayConfig,
    Hl7Input,
    Input,
    Jt808Input,
    LineInput,
    NmeaInput,
)
from telemetry.gateway.program import run_gateway
from telemetry.hl7v2.mllp import framed
from telemetry.jt808.decode import decode
from telemetry.lineprotocol import write_line
from tests.integration.telemetry.support import WAIT_S, Core, config_of, ingest
from tests.support.services import Mosquitto
from tests.support.shared_data import shared

MONITOR, GPS = DeviceId("N07-MON"), DeviceId("N07-GPS")
ORU = (
    "MSH|^~\\&|MON|N07|G|C|20261123040000+0800||ORU^R01^ORU_R01|1|P|2.6|||||||UNICODE UTF-8\r"
    "OBR|1|||VITALS|||20261123040000+0800\r"
    "OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC||88|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||F|||\r"
    "OBX|2|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC||96|262688^MDC_DIM_PERCENT^MDC|||||F|||\r"
)
NMEA = (
    "$GNRMC,040001.00,A,2921.6000,N,11224.0000,E,10.0,90.0,231126,,,A*{}\r\n"
    "$GNRMC,040002.00,A,2921.6100,N,11224.0100,E,10.0,90.0,231126,,,A*{}\r\n"
)


def summed(text: str) -> str:
    lines = []
    for line in text.split("\r\n")[:-1]:
        body = line[1 : line.index("*")]
        total = 0
        for letter in body.encode():
            total ^= letter
        lines.append(f"${body}*{total:02X}\r\n")
    return "".join(lines)


def gateway_of(
    mosquitto: Mosquitto, county: CountyId, folder: Path, inputs: tuple[Input, ...]
) -> GatewayConfig:
    password = folder / "password"
    password.write_text(mosquitto.devices["N07"], encoding="utf-8")
    return GatewayConfig(
        county_id=county,
        unit_id=UnitId("N07"),
        broker=f"mqtt://{mosquitto.host}:{mosquitto.port}",
        password_file=str(password),
        state=str(folder / "state"),
        inputs=inputs,
    )


@asynccontextmanager
async def running(config: GatewayConfig) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(run_gateway(config, SystemClock()), name="gateway")
        try:
            yield
        finally:
            task.cancel()


async def count(pool: Any, query: str, wanted: int) -> None:
    """Ask the database until the query counts so many."""
    async with asyncio.timeout(WAIT_S):
        while await pool.fetchval(query) < wanted:  # noqa: ASYNC110 - the ingest fills it
            await asyncio.sleep(0)


async def connected(port: int) -> asyncio.StreamWriter:
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0)
            else:
                return writer


async def test_an_hl7_monitor_and_an_ecg_folder(
    mosquitto: Mosquitto,
    county: CountyId,
    pool: Any,
    tmp_path: Path,
    unused_tcp_port: int,
) -> None:
    inputs: tuple[Input, ...] = (
        Hl7Input(device=MONITOR, listen=f"127.0.0.1:{unused_tcp_port}"),
        EcgFolderInput(device=MONITOR, folder=str(tmp_path / "ecg")),
    )
    config = gateway_of(mosquitto, county, tmp_path, inputs)
    async with ingest(config_of(mosquitto, county), pool, Core()), running(config):
        writer = await connected(unused_tcp_port)
        writer.write(framed(ORU.encode()))
        await count(pool, "SELECT count(*) FROM vital_sample", 1)
        writer.close()
        content = os.urandom(50_000)
        (tmp_path / "ecg" / "10-12-33.scp").write_bytes(content)
        await count(pool, "SELECT count(*) FROM ecg_file", 1)
        assert await pool.fetchval("SELECT content FROM ecg_file") == content
        await count(pool, "SELECT count(*) FROM device_link", 1)
    numerics = json.loads(await pool.fetchval("SELECT numerics FROM vital_sample"))
    assert {code: one["value"] for code, one in numerics.items()} == {"heart_rate": 88, "spo2": 96}
    assert (tmp_path / "ecg" / "sent" / "10-12-33.scp").read_bytes() == content


async def test_a_receiver_and_a_line_monitor_over_tcp(
    mosquitto: Mosquitto, county: CountyId, pool: Any, tmp_path: Path
) -> None:
    said = {
        "gps": summed(NMEA).encode() + b"$GNXXX,broken*00\r\n",
        "monitor": write_line("GL1;-;heart_rate=72 /min;spo2=97 %") + b"GL1;-;heart_rate=72*00\n",
    }

    answers = {"gps": b"", "monitor": b""}

    def serve(what: str) -> Any:
        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(said[what])
            await writer.drain()
            with contextlib.suppress(ConnectionError):
                while answer := await reader.read(4096):  # until the gateway leaves
                    answers[what] += answer
            writer.close()

        return handler

    servers = {what: await asyncio.start_server(serve(what), "127.0.0.1", 0) for what in said}
    ports = {what: server.sockets[0].getsockname()[1] for what, server in servers.items()}
    inputs: tuple[Input, ...] = (
        NmeaInput(device=GPS, source=f"tcp://127.0.0.1:{ports['gps']}"),
        LineInput(device=MONITOR, source=f"tcp://127.0.0.1:{ports['monitor']}"),
    )
    config = gateway_of(mosquitto, county, tmp_path, inputs)
    async with ingest(config_of(mosquitto, county), pool, Core()), running(config):
        await count(pool, "SELECT count(*) FROM position_fix", 1)
        await count(pool, "SELECT count(*) FROM vital_sample", 1)
    for server in servers.values():
        server.close()
    taken, no, _ = answers["monitor"].split(b"\r\n")
    assert taken.startswith(b"GL1;OK*") and no.startswith(b"GL1;NO;wrong_checksum;")
    fix = await pool.fetchrow("SELECT lon, lat, speed_kmh FROM position_fix ORDER BY seq LIMIT 1")
    assert (round(fix["lon"], 4), round(fix["lat"], 4)) == (112.4, 29.36)
    assert round(fix["speed_kmh"], 2) == 18.52


def _is_placed(frame: bytes) -> bool:
    found = decode(frame)
    return not found.faults and any(fix.valid for fix in found.fixes)


async def test_a_jt808_terminal_in_the_car(
    mosquitto: Mosquitto, county: CountyId, pool: Any, tmp_path: Path, unused_tcp_port: int
) -> None:
    corpus = msgspec.json.decode(shared("jt808/frames.json").read_bytes())
    frame = next(
        one["frame"]
        for one in corpus
        if one["frame"].startswith("7e0200") and _is_placed(bytes.fromhex(one["frame"]))
    )
    terminal = decode(bytes.fromhex(frame)).terminal.id
    one = Jt808Input(
        device=GPS,
        terminal_id=terminal,
        listen=f"127.0.0.1:{unused_tcp_port}",
        must_authenticate=False,
        counts_serials=False,
    )
    config = gateway_of(mosquitto, county, tmp_path, (one,))
    async with ingest(config_of(mosquitto, county), pool, Core()), running(config):
        writer = await connected(unused_tcp_port)
        writer.write(bytes.fromhex(frame))
        await count(pool, "SELECT count(*) FROM position_fix", 1)
        writer.close()


async def test_a_wfdb_recording_enters_and_comes_out_bit_by_bit(
    mosquitto: Mosquitto, county: CountyId, pool: Any, tmp_path: Path
) -> None:
    header = shared("physio/cinc2021/E07500.hea")
    config = gateway_of(
        mosquitto, county, tmp_path, (EcgFolderInput(device=MONITOR, folder=str(tmp_path / "e")),)
    )
    replay = Replay((header,), MONITOR, 0.0)
    async with ingest(config_of(mosquitto, county), pool, Core()):
        async with asyncio.timeout(WAIT_S * 2):
            await run_gateway(config, SystemClock(), feed=replay.feed)
    stored = await pool.fetchval("SELECT content FROM ecg_file")
    with zipfile.ZipFile(io.BytesIO(stored)) as archive:
        names = archive.namelist()
        assert names == ["E07500.hea", "E07500.mat"]
        for name in names:
            assert archive.read(name) == header.with_name(name).read_bytes()


async def test_a_waveform_record_enters_whole(
    mosquitto: Mosquitto, county: CountyId, pool: Any, tmp_path: Path
) -> None:
    config = gateway_of(
        mosquitto, county, tmp_path, (EcgFolderInput(device=MONITOR, folder=str(tmp_path / "e")),)
    )
    replay = Replay((shared("physio/wfdb/03700181.hea"),), MONITOR, 0.0)
    async with ingest(config_of(mosquitto, county), pool, Core()):
        async with asyncio.timeout(WAIT_S * 4):
            await run_gateway(config, SystemClock(), feed=replay.feed)
    blocks = await pool.fetchval("SELECT count(*) FROM waveform_block")
    assert blocks == replay.sent["waveform"] > 500
    sources = await pool.fetch("SELECT DISTINCT source, recording FROM waveform_block")
    assert [row["source"] for row in sources] == ["recording"]
