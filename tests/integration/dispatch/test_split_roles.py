"""Past one process: two `serve`, one `ingest`, over external PostgreSQL, Redis and Mosquitto.

The sample goes monitor → broker → ingest → Redis → the other serving process → the board.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from websockets.sync.client import ClientConnection, connect

from deploy.embedded.postgres import Postgres
from tests.support import services
from tests.support.services import Mosquitto
from tests.support.serving import KEY, ROOT, Served, announce, at_patient, database, serving

pytestmark = pytest.mark.slow
WAIT_S = 30.0


@pytest.fixture(scope="module")
def broker() -> Iterator[Mosquitto]:
    with services.mosquitto_server() as running:
        yield running


@pytest.fixture(scope="module")
def county(postgres_server: Postgres, broker: Mosquitto) -> Iterator[list[Served]]:
    with (
        database(postgres_server) as dsn,
        services.redis_server() as redis_url,
        serving(dsn, redis_url, workers=2) as served,
    ):
        environment = {
            "GREENLANE_DATABASE_URL": dsn,
            "GREENLANE_REDIS_URL": redis_url,
            "GREENLANE_MQTT_URL": broker.core_url,
            "GREENLANE_IDENTITY_KEY": KEY,
        }
        program = Path(sys.executable).parent / "greenlane"
        ingest = subprocess.Popen(
            [str(program), "ingest"],
            env=os.environ | environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield served
        finally:
            ingest.terminate()
            assert ingest.wait(WAIT_S) == 0


def _publish_until_acknowledged(broker: Mosquitto, unit_id: str, heart_rate: float) -> None:
    """A monitor's outbox in small: the same message again until the core says it is committed."""
    root = f"greenlane/nanxian/{unit_id}/NX{unit_id[1:]}-MON"
    acks: list[int] = []
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.username_pw_set(unit_id, broker.devices[unit_id])
    client.on_message = lambda _c, _d, m: acks.append(json.loads(m.payload)["contiguous"])
    client.connect(broker.host, broker.port)
    client.subscribe(f"{root}/ack", qos=1)
    numerics = {"heart_rate": {"value": heart_rate, "unit": "/min"}}
    until = time.monotonic() + WAIT_S
    said_at = 0.0
    while not acks and time.monotonic() < until:
        if time.monotonic() - said_at > 1.0:
            said_at = time.monotonic()
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            body = {"v": 1, "boot_id": "split-boot", "seq": 1, "observed_at": now}
            client.publish(f"{root}/vitals", json.dumps({**body, "numerics": numerics}), qos=1)
        client.loop(0.1)
    client.disconnect()
    assert acks == [1] * len(acks) and acks, "nothing was acknowledged"


@contextmanager
def _board(served: Served, facility_id: str) -> Iterator[ClientConnection]:
    person = served.person("hospital", facility_id)
    ticket = person.http.post("/api/ticket").json()["ticket"]
    url = served.address.replace("http://", "ws://") + "/ws"
    with connect(url, origin=served.address, compression=None) as socket:  # type: ignore[arg-type]
        socket.send(json.dumps({"t": "hello", "ticket": ticket}))
        yield socket


def _hears_heart_rate(socket: ClientConnection, unit_id: str) -> float:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        frame: dict[str, Any] = json.loads(socket.recv(timeout=WAIT_S))
        for document in frame.get("docs", []):
            if document["kind"] == "vitals" and document["id"] == unit_id:
                return float(document["values"]["heart_rate"]["value"])
    raise AssertionError("no vital sign reached the board")


def test_a_sample_reaches_the_board_of_another_process(
    county: list[Served], broker: Mosquitto
) -> None:
    first, second = county
    tablet, patient_id, assignment_id = at_patient(first, first.person("dispatcher"), "N01")
    announce(tablet, patient_id, "H1")
    tablet.must("advance-assignment", assignment_id=assignment_id, step="transporting")
    with _board(second, "H1") as board:
        _publish_until_acknowledged(broker, "N01", 123)
        assert _hears_heart_rate(board, "N01") == 123
    assert not first.troubles() + second.troubles()
