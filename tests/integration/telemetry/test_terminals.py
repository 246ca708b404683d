"""Terminals that speak JT/T 808 to the centre: stored before answered, once, and on the map."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dispatch.ids import CountyId, DeviceId, UnitId
from maps.coordinates import Gcj02, gcj02_to_wgs84
from telemetry.ingest import IngestConfig, run_ingest
from telemetry.jt808.listener import ListenerConfig
from telemetry.jt808.session import Enrolled
from telemetry.ports import LivePosition
from telemetry.terminals import TerminalsConfig
from tests.integration.telemetry.support import (
    WAIT_S,
    Core,
    SystemClock,
    config_of,
    device,
    position,
)
from tests.integration.telemetry.test_jt808_listener import Terminal, phone
from tests.support.proxy import proxy
from tests.support.services import Mosquitto, service_folder
from tests.support.socket import first_snapshot
from tests.support.system import COUNTY, free_port, running_system
from tests.unit.telemetry_jt808.frames import report

NUMBER = 7
DEVICE = DeviceId("N07-GPS")
FIRST = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
_ROWS = "SELECT boot_id, seq, observed_at, lon, lat, datum FROM position_fix ORDER BY observed_at"


def enrolled(device_id: DeviceId = DEVICE, **flags: Any) -> Enrolled:
    return Enrolled(
        terminal_id=phone(NUMBER).lstrip("0"),
        unit_id=UnitId("N07"),
        device_id=device_id,
        code=f"code-{NUMBER}",
        **flags,
    )


def minute(number: int) -> bytes:
    return report(at=FIRST + timedelta(minutes=number), lon=112.4 + number / 1000)


@asynccontextmanager
async def centre(
    broker: Mosquitto, county: CountyId, pool: Any, core: Core, **changes: Any
) -> AsyncIterator[int]:
    """A running ingest with one terminal enrolled; gives the port on which it is heard."""
    terminals = TerminalsConfig(
        enrolled=(enrolled(),), listener=ListenerConfig(host="127.0.0.1", port=0)
    )
    plain = config_of(broker, county)
    config: IngestConfig = msgspec.structs.replace(plain, **{"terminals": terminals, **changes})
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    subscribed = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        work = run_ingest(config, pool, core.ports, SystemClock(), subscribed, port.set_result)
        task = group.create_task(work, name="ingest")
        try:
            async with asyncio.timeout(WAIT_S):
                await subscribed.wait()
                yield await port
        finally:
            task.cancel()


async def test_a_fix_is_in_the_table_when_it_is_answered_and_shown(
    mosquitto: Mosquitto, pool: Any, county: CountyId
) -> None:
    core = Core()
    async with centre(mosquitto, county, pool, core) as port, Terminal(NUMBER, port) as terminal:
        await terminal.greet()
        for number in range(3):
            answer = await terminal.ask(0x0200, minute(number))
            assert (answer[1:3], answer[-3]) == (b"\x80\x01", 0)
            rows = await pool.fetch(_ROWS)
            assert [row["seq"] for row in rows] == list(range(1, number + 2))
        assert {row["boot_id"] for row in rows} == {rows[0]["boot_id"]}
        assert rows[2]["observed_at"] == FIRST + timedelta(minutes=2)
        shown = core.live.get_nowait()
        assert isinstance(shown, LivePosition)
        assert (shown.unit_id, shown.lon, shown.lat) == ("N07", 112.4, 29.36)


async def test_what_a_terminal_sends_again_is_stored_once_also_after_a_restart(
    mosquitto: Mosquitto, pool: Any, county: CountyId
) -> None:
    core = Core()
    for _run in range(2):
        async with centre(mosquitto, county, pool, core) as port:
            for _line in range(2):
                await _send_three(port)
    rows = await pool.fetch(_ROWS)
    assert [row["observed_at"] for row in rows] == [FIRST + timedelta(minutes=n) for n in range(3)]


async def _send_three(port: int) -> None:
    async with Terminal(NUMBER, port) as terminal:
        await terminal.greet()
        for number in range(3):
            assert (await terminal.ask(0x0200, minute(number)))[-3] == 0


async def test_a_fix_outlives_the_brokers_connection(
    mosquitto: Mosquitto, pool: Any, county: CountyId
) -> None:
    """The table is locked, the broker's line is cut, and the fix that waited is still stored."""
    core = Core()
    async with proxy(mosquitto.host, mosquitto.port) as between:
        link = msgspec.structs.replace(
            config_of(mosquitto, county).link, host="127.0.0.1", port=between.port
        )
        async with (
            centre(mosquitto, county, pool, core, link=link) as port,
            Terminal(NUMBER, port) as terminal,
            device(mosquitto, county) as unit,
        ):
            await terminal.greet()
            async with pool.acquire() as other, other.transaction():
                await other.execute("LOCK TABLE position_fix IN ACCESS EXCLUSIVE MODE")
                unit.send("position", position(1, 112.39, 29.35))  # the batch that is in flight
                await asyncio.wait_for(core.live.get(), WAIT_S)
                terminal.write(0x0200, minute(0))
                await asyncio.wait_for(core.live.get(), WAIT_S)
                between.reset()
            assert (await terminal.answer())[-3] == 0
    rows = await pool.fetch("SELECT 1 FROM position_fix WHERE device_id = $1", DEVICE)
    assert len(rows) == 1


@pytest.fixture
def folder() -> Iterator[Path]:
    """Nanxian with a terminal in one vehicle, whose map is a Chinese one."""
    with service_folder() as found:
        copy = found / "county"
        shutil.copytree(COUNTY, copy)
        units = copy / "units.toml"
        plain = '{ id = "NX07-GPS", kind = "gps" }'
        terminal = f'jt808 = {{ terminal = "{phone(NUMBER)}", code = "code-7", datum = "GCJ02" }}'
        text = units.read_text(encoding="utf-8")
        assert plain in text
        units.write_text(
            text.replace(plain, f'{{ id = "NX07-GPS", kind = "gps", {terminal} }}'), "utf-8"
        )
        yield found


@pytest.mark.slow
async def test_the_running_system_hears_the_countys_terminal(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("GREENLANE_JT808_PORT", str(port))
    monkeypatch.setenv("GREENLANE_JT808_HOST", "127.0.0.1")
    with running_system(folder / "data", "--county", str(folder / "county")) as system:
        terminal = await _connected(port)
        now = datetime.now(UTC).replace(microsecond=0)
        async with terminal:
            await terminal.greet()
            answer = await terminal.ask(0x0200, report(at=now, lon=112.41, lat=29.37))
            assert answer[-3] == 0
        documents = await asyncio.to_thread(first_snapshot, system, "dispatcher")
        place = next(d for d in documents if d["kind"] == "position" and d["id"] == "N07")
        wanted = gcj02_to_wgs84(Gcj02(lon=112.41, lat=29.37))
        found = (place["lon"], place["lat"])
        assert found == pytest.approx((wanted.lon, wanted.lat), abs=1e-6)
        assert not system.troubles()
        assert not any(re.search("code-7", line) for line in system.log)


async def _connected(port: int) -> Terminal:
    """A terminal tries until somebody listens, as a real one does."""
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0)
                continue
            writer.transport.abort()
            return Terminal(NUMBER, port)
