"""How many commands and samples a second, beside the bare limit of the same database and broker.

Commands: the recorder (decide, append, fold, identities) against a bare call that locks a head row
and inserts one row. Samples: MQTT to the application acknowledgement through the running system,
against a bare subscriber that inserts each batch with one `unnest` and acknowledges after commit.
The pairs take turns in the same run.
"""

import asyncio
import time
import uuid
from datetime import UTC, datetime

import asyncpg
import msgspec
import paho.mqtt.client as paho
from gmqtt import Client as BareSubscriber

from dispatch.county import read_county
from dispatch.domain import commands as c
from dispatch.domain.deadlines import SYSTEM
from dispatch.ids import CommandId
from dispatch.log.database import migrate, open_pool
from dispatch.log.events import EventLog
from dispatch.log.follower import Follower
from dispatch.log.identity import IdentityStore
from dispatch.recorder import Recorder
from tests.benchmark.screen import Figure, figure
from tests.support.system import Monitor, System

ROUNDS = 5
COMMANDS = 300
SAMPLES = 3000
BARE_TOPIC = "greenlane/bare/sample"  # a topic that the core may use and ingest does not hear
BARE_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS bare;
CREATE TABLE IF NOT EXISTS bare.head (seq bigint);
CREATE TABLE IF NOT EXISTS bare.event (seq bigint PRIMARY KEY, body jsonb);
CREATE TABLE IF NOT EXISTS bare.sample (topic text, seq bigint, body jsonb,
    PRIMARY KEY (topic, seq));
INSERT INTO bare.head SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM bare.head);
CREATE OR REPLACE FUNCTION bare.append(body jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE given bigint;
BEGIN
    UPDATE bare.head SET seq = seq + 1 RETURNING seq INTO given;
    INSERT INTO bare.event VALUES (given, body);
    RETURN given;
END $$;
"""


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """Medians over the rounds, per second, and their ratio."""

    ours_per_s: float
    bare_per_s: float
    ratio: float


def rates(ours: list[float], bare: list[float]) -> Rates:
    """Medians and ratio."""
    one, other = sorted(ours)[len(ours) // 2], sorted(bare)[len(bare) // 2]
    return Rates(ours_per_s=round(one), bare_per_s=round(other), ratio=round(one / other, 2))


async def commands(dsn: str, county_folder: str) -> tuple[Rates, Figure]:
    """Commands one after the other through the recorder, and their latency."""
    from pathlib import Path

    county = read_county(Path(county_folder))
    await migrate(dsn, county.config.county_id)
    pool = await open_pool(dsn, county.config.county_id)
    follower = Follower(EventLog(pool), pool, IdentityStore(bytes(32)))
    await follower.start()
    recorder = Recorder(follower, lambda _seq: None)
    bare = await asyncpg.connect(dsn)
    await bare.execute(BARE_SCHEMA)
    ours_per_s, bare_per_s, latencies = [], [], []
    async with asyncio.TaskGroup() as group:
        task = group.create_task(recorder.run(), name="recorder")
        configure = c.ConfigureCounty(command_id=_id(), config=county.config)
        await recorder.submit(configure, SYSTEM)
        for _ in range(ROUNDS):
            started = time.perf_counter()
            for number in range(COMMANDS):
                one = time.perf_counter()
                await recorder.submit(_call(number), _DISPATCHER)
                latencies.append((time.perf_counter() - one) * 1000)
            ours_per_s.append(COMMANDS / (time.perf_counter() - started))
            started = time.perf_counter()
            body = msgspec.json.encode(_call(0)).decode()
            for _ in range(COMMANDS):
                await bare.fetchval("SELECT bare.append($1::jsonb)", body)
            bare_per_s.append(COMMANDS / (time.perf_counter() - started))
        task.cancel()
    await bare.close()
    await pool.close()
    return rates(ours_per_s, bare_per_s), figure(latencies)


_DISPATCHER = c.Actor(role="dispatcher", name="bench")


def _id() -> CommandId:
    return CommandId(str(uuid.uuid4()))


def _call(number: int) -> c.ReceiveCall:
    return c.ReceiveCall(command_id=_id(), caller=c.Person(phone=f"139{number:08d}"))


def samples(system: System, monitor: Monitor, dsn: str, core_password: str) -> Rates:
    """Samples from publish to durable acknowledgement."""
    ours, bare = [], []
    for number in range(ROUNDS):
        started = time.perf_counter()
        for value in range(SAMPLES):
            seq = monitor.vitals(heart_rate=60 + value % 40, spo2=97, resp_rate=15)
        assert monitor.wait_acked(seq, 60), "not everything was acknowledged"
        ours.append(SAMPLES / (time.perf_counter() - started))
        bare.append(asyncio.run(_bare_samples(system, dsn, core_password, number)))
    return rates(ours, bare)


async def _bare_samples(system: System, dsn: str, password: str, number: int) -> float:
    """One round of the bare durable ingest; returns samples a second."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(BARE_SCHEMA)
    ingest = _BareIngest(connection, f"{number}-{uuid.uuid4()}")
    client = BareSubscriber(f"bare-{number}", optimistic_acknowledgement=False, receive_maximum=512)
    client.on_message = ingest.on_message
    client.set_auth_credentials("core", password)
    await client.connect("127.0.0.1", system.mqtt_port)
    client.subscribe(BARE_TOPIC, qos=1)
    sender = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    sender.username_pw_set("core", password)
    sender.connect("127.0.0.1", system.mqtt_port)
    sender.loop_start()
    started = time.perf_counter()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(ingest.commit_all(), name="bare commit")
        group.create_task(asyncio.to_thread(_publish_bare, sender), name="bare publish")
    elapsed = time.perf_counter() - started
    await client.disconnect()
    await connection.close()
    sender.disconnect()
    sender.loop_stop()
    return SAMPLES / elapsed


class _BareIngest:
    """What arrived while the last commit was in flight is the next batch; acknowledged after it."""

    def __init__(self, connection: asyncpg.Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self._waiting: list[tuple[int, str, asyncio.Future[int]]] = []
        self._something = asyncio.Event()

    async def on_message(self, _c: object, _t: str, payload: bytes, _q: int, _p: object) -> int:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        seq = msgspec.json.decode(payload)["seq"]
        self._waiting.append((seq, payload.decode(), future))
        self._something.set()
        return await future

    async def commit_all(self) -> None:
        stored = 0
        while stored < SAMPLES:
            await self._something.wait()
            self._something.clear()
            batch, self._waiting = self._waiting, []
            await self._connection.execute(
                "INSERT INTO bare.sample SELECT $1, * FROM unnest($2::bigint[], $3::jsonb[])"
                " ON CONFLICT DO NOTHING",
                self._name,
                [row[0] for row in batch],
                [row[1] for row in batch],
            )
            for _, _, future in batch:
                future.set_result(0)
            stored += len(batch)


def _publish_bare(sender: paho.Client) -> None:
    numerics = {c: {"value": 60, "unit": "/min"} for c in ("heart_rate", "spo2", "resp_rate")}
    for seq in range(SAMPLES):
        body = {"seq": seq, "observed_at": datetime.now(UTC).isoformat(), "numerics": numerics}
        sender.publish(BARE_TOPIC, msgspec.json.encode(body), qos=1)
