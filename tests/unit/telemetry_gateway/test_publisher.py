"""The vehicle's client against a real Mosquitto: acks, resending, dead spots, the last will."""

import json
import queue
import random
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry.gateway import limits
from telemetry.gateway.link import Link
from telemetry.gateway.outbox import Outbox
from telemetry.gateway.publisher import Publisher
from tests.support.services import Mosquitto

MONITOR = DeviceId("NX01-MON")
WAIT_S = 15.0


class Core:
    """The server's side: hears everything under one county, acknowledges when told to."""

    def __init__(self, broker: Mosquitto, county: str) -> None:
        self.county = county
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self.is_acking = True
        subscribed = threading.Event()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        self.client.username_pw_set(broker.core_user, broker.core_password)
        self.client.on_subscribe = lambda *_: subscribed.set()
        self.client.on_message = self._on_message
        self.client.connect(broker.host, broker.port)
        self.client.loop_start()
        for kind in ("vitals", "position", "status"):
            self.client.subscribe(f"greenlane/{county}/+/+/{kind}", qos=1)
        assert subscribed.wait(WAIT_S)

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        payload = json.loads(message.payload) | {"topic": message.topic}
        if self.is_acking:
            self.ack(payload, payload["seq"])
        self.heard.put(payload)

    def ack(self, payload: dict[str, Any], contiguous: int) -> None:
        unit, device = payload["topic"].split("/")[2:4]
        ack = {
            "v": 1,
            "boot_id": payload["boot_id"],
            "contiguous": contiguous,
            "selective": [],
            "at": datetime.now(UTC).isoformat(),
        }
        self.client.publish(f"greenlane/{self.county}/{unit}/{device}/ack", json.dumps(ack), qos=1)

    def until(self, **wanted: Any) -> dict[str, Any]:
        """The next message with these fields."""
        deadline = time.monotonic() + WAIT_S
        while True:
            payload = self.heard.get(timeout=max(0.01, deadline - time.monotonic()))
            if all(payload.get(key) == value for key, value in wanted.items()):
                return payload

    def collect(self, count: int) -> dict[int, int]:
        """Sequence number by ``n`` of ``count`` samples, in whatever order they arrive."""
        seqs: dict[int, int] = {}
        deadline = time.monotonic() + WAIT_S
        while len(seqs) < count:
            payload = self.heard.get(timeout=max(0.01, deadline - time.monotonic()))
            if "n" in payload:
                seqs[payload["n"]] = payload["seq"]
        return seqs

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def core(mosquitto: Mosquitto, seed: int) -> Iterator[Core]:
    server = Core(mosquitto, f"t{seed}")
    yield server
    server.close()


def vehicle(core: Core, broker: Mosquitto, outbox: Outbox, problems: list[str]) -> Publisher:
    return Publisher(
        Link(
            host=broker.host,
            port=broker.port,
            county_id=CountyId(core.county),
            unit_id=UnitId("N01"),
            password=broker.devices["N01"],
        ),
        outbox,
        [MONITOR],
        on_problem=problems.append,
        rng=random.Random(1),
    )


def send(publisher: Publisher, n: int) -> None:
    publisher.send(MONITOR, "vitals", datetime.now(UTC), {"numerics": {}, "n": n})


def until_empty(outbox: Outbox) -> None:
    deadline = time.monotonic() + WAIT_S
    pause = threading.Event()
    while outbox.count():
        assert time.monotonic() < deadline, f"{outbox.count()} messages were never acknowledged"
        pause.wait(0.02)


def test_what_is_acknowledged_leaves_the_outbox(
    core: Core, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    outbox = Outbox(tmp_path / "o.sqlite3")
    problems: list[str] = []
    publisher = vehicle(core, mosquitto, outbox, problems)
    publisher.start()
    core.until(state="online")
    for n in range(100):
        send(publisher, n)
    assert core.collect(100) == {n: n + 2 for n in range(100)}
    until_empty(outbox)
    publisher.stop()
    assert core.until(state="offline")["boot_id"] == outbox.boot_id
    outbox.close()
    assert problems == []


def test_without_an_ack_it_is_sent_again(
    core: Core, mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RESEND_AFTER_S", 0.2)
    core.is_acking = False
    outbox = Outbox(tmp_path / "o.sqlite3")
    publisher = vehicle(core, mosquitto, outbox, [])
    publisher.start()
    send(publisher, 1)
    first = core.until(n=1)
    assert core.until(n=1) == first
    core.is_acking = True
    until_empty(outbox)
    publisher.stop()
    outbox.close()


def test_a_dead_spot_is_flushed_late_and_the_will_speaks(
    core: Core, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    outbox = Outbox(tmp_path / "o.sqlite3")
    publisher = vehicle(core, mosquitto, outbox, [])
    publisher.start()
    core.until(state="online")
    publisher.cut()
    assert core.until(state="offline")["boot_id"] == f"{outbox.boot_id}-w"
    for n in range(30):
        send(publisher, n)
    assert not publisher.is_connected
    publisher.mend()
    assert sorted(core.collect(30)) == list(range(30))
    until_empty(outbox)
    publisher.stop()
    outbox.close()


def test_the_outbox_of_a_killed_run_is_sent_by_the_next(
    core: Core, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    path = tmp_path / "o.sqlite3"
    before = Outbox(path)
    for n in range(5):
        before.put(MONITOR, "vitals", datetime.now(UTC), {"numerics": {}, "n": n})
    before.close()
    outbox = Outbox(path)
    publisher = vehicle(core, mosquitto, outbox, [])
    publisher.start()
    assert core.collect(5) == {n: n + 1 for n in range(5)}
    until_empty(outbox)
    publisher.stop()
    outbox.close()


def test_a_wrong_password_is_reported_once_and_nothing_is_lost(
    core: Core, mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BACKOFF_FIRST_S", 0.01)
    monkeypatch.setattr(limits, "BACKOFF_MAX_S", 0.02)
    told = threading.Event()
    problems: list[str] = []
    outbox = Outbox(tmp_path / "o.sqlite3")
    publisher = Publisher(
        Link(
            host=mosquitto.host,
            port=mosquitto.port,
            county_id=CountyId(core.county),
            unit_id=UnitId("N01"),
            password="wrong",
        ),
        outbox,
        [MONITOR],
        on_problem=lambda text: (problems.append(text), told.set())[1],
        rng=random.Random(1),
    )
    publisher.start()
    assert told.wait(WAIT_S)
    send(publisher, 1)
    publisher.stop()
    assert "refuses" in problems[0]
    assert outbox.count() == 2  # the sample, and the farewell
    outbox.close()
