"""What the telemetry tests share: a device over paho, a county of its own, an ingest to run."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from dispatch.ids import CountyId, PatientId, UnitId
from telemetry.ingest import IngestConfig, run_ingest
from telemetry.ports import Decision, Live, PatientContext, Ports
from telemetry.position import Box
from telemetry.session import Link
from tests.support.services import Mosquitto

WAIT_S = 20.0
NANXIAN = Box(west=112.1, south=29.0, east=112.8, north=29.6)
NORMAL = {
    "heart_rate": (72, "/min"),
    "spo2": (97, "%"),
    "resp_rate": (16, "/min"),
    "nibp_systolic": (120, "mm[Hg]"),
    "nibp_diastolic": (80, "mm[Hg]"),
    "temperature": (36.8, "Cel"),
}
SICK = {**NORMAL, "heart_rate": (135, "/min"), "spo2": (90, "%"), "resp_rate": (28, "/min")}


class SystemClock:
    """The real clock behind the port."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        return time.monotonic()


def envelope(seq: int, boot_id: str = "b00t-0001") -> dict[str, Any]:
    return {"v": 1, "boot_id": boot_id, "seq": seq, "observed_at": now_text()}


def now_text() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def vitals(
    seq: int, values: Mapping[str, tuple[float, str]] = NORMAL, boot_id: str = "b00t-0001"
) -> dict[str, Any]:
    numerics = {code: {"value": value, "unit": unit} for code, (value, unit) in values.items()}
    return {**envelope(seq, boot_id), "numerics": numerics}


def position(seq: int, lon: float, lat: float, datum: str = "WGS84") -> dict[str, Any]:
    return {**envelope(seq), "lon": lon, "lat": lat, "datum": datum}


class Device:
    """A unit's gateway as the broker sees it: publishes, and collects its application acks."""

    def __init__(self, client: paho.Client, root: str) -> None:
        self._client = client
        self._root = root
        self._loop = asyncio.get_running_loop()
        self._connected = asyncio.Event()
        self._acks: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.last_ack: dict[str, dict[str, Any]] = {}
        client.on_subscribe = lambda *_: self._loop.call_soon_threadsafe(self._connected.set)
        client.on_connect = lambda *_: client.subscribe(f"{root}/ack", qos=1)
        client.on_message = self._on_message

    def _on_message(self, _client: Any, _data: Any, message: Any) -> None:
        ack = json.loads(message.payload)
        self._loop.call_soon_threadsafe(self._acks.put_nowait, ack)

    async def connected(self) -> None:
        async with asyncio.timeout(WAIT_S):
            await self._connected.wait()

    def send(self, kind: str, payload: dict[str, Any] | bytes, qos: int = 1) -> None:
        raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self._client.publish(f"{self._root}/{kind}", raw, qos=qos)

    async def acked(self, contiguous: int, boot_id: str = "b00t-0001") -> dict[str, Any]:
        """Waits for the ack that covers 1..contiguous of a boot."""
        async with asyncio.timeout(WAIT_S):
            while self.last_ack.get(boot_id, {}).get("contiguous", 0) < contiguous:
                ack = await self._acks.get()
                self.last_ack[ack["boot_id"]] = ack
        return self.last_ack[boot_id]

    async def any_ack(self) -> dict[str, Any]:
        async with asyncio.timeout(WAIT_S):
            return await self._acks.get()


@asynccontextmanager
async def device(
    broker: Mosquitto, county: CountyId, unit: str = "N07", device_id: str = "MON-07"
) -> AsyncIterator[Device]:
    client = paho.Client(
        CallbackAPIVersion.VERSION2, client_id=f"{county}-{unit}", protocol=paho.MQTTv5
    )
    client.username_pw_set(unit, broker.devices[unit])
    client.max_inflight_messages_set(20)
    found = Device(client, f"greenlane/{county}/{unit}/{device_id}")
    await asyncio.to_thread(client.connect, broker.host, broker.port, 30, clean_start=True)
    client.loop_start()
    try:
        await found.connected()
        yield found
    finally:
        await asyncio.to_thread(client.disconnect)
        await asyncio.to_thread(client.loop_stop)


class Core:
    """The other side of the ports: who is in N07, what was told and shown."""

    def __init__(self) -> None:
        self.decisions: asyncio.Queue[Decision] = asyncio.Queue()
        self.live: asyncio.Queue[Live] = asyncio.Queue()
        self.contexts = {
            UnitId("N07"): PatientContext(
                unit_id=UnitId("N07"),
                patient_id=PatientId("I-1.P1"),
                age_years=61,
                acvpu="A",
                on_oxygen=False,
            ),
            UnitId("N08"): PatientContext(unit_id=UnitId("N08")),
        }

    async def _decide(self, decision: Decision) -> None:
        self.decisions.put_nowait(decision)

    @property
    def ports(self) -> Ports:
        return Ports(
            context_of=self.contexts.get,
            decide=self._decide,
            publish_live=self.live.put_nowait,
        )


def config_of(broker: Mosquitto, county: CountyId) -> IngestConfig:
    return IngestConfig(
        county_id=county,
        box=NANXIAN,
        unit_ids=(UnitId("N07"), UnitId("N08")),
        link=Link(
            host=broker.host,
            port=broker.port,
            client_id=f"ingest-{county}",
            username=broker.core_user,
            password=broker.core_password,
        ),
    )


@asynccontextmanager
async def ingest(config: IngestConfig, pool: Any, core: Core | Ports) -> AsyncIterator[None]:
    """A running ingest, cancelled cleanly at the end."""
    subscribed = asyncio.Event()
    ports = core.ports if isinstance(core, Core) else core
    async with asyncio.TaskGroup() as group:
        task = group.create_task(
            run_ingest(config, pool, ports, SystemClock(), subscribed), name="ingest"
        )
        try:
            async with asyncio.timeout(WAIT_S):
                await subscribed.wait()
            yield
        finally:
            task.cancel()
