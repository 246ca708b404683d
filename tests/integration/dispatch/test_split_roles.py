"""Past one process: two `serve`, one `ingest`, over external PostgreSQL, Redis and Mosquitto.

The sample goes monitor → broker → ingest → Redis → the other serving process → the board. So do the
fixes that propose an arrival, to the unit's own tablet, whose answer is the ordinary status.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from websockets.sync.client import ClientConnection, connect

from deploy.embedded.postgres import Postgres
from tests.support import services
from tests.support.services import Mosquitto
from tests.support.serving import (
    KEY,
    ROOT,
    Served,
    announce,
    at_patient,
    database,
    open_incident,
    place,
    serving,
)
from tests.support.system import Person

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
def _screen(served: Served, person: Person) -> Iterator[ClientConnection]:
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
    with _screen(second, second.person("hospital", "H1")) as board:
        _publish_until_acknowledged(broker, "N01", 123)
        assert _hears_heart_rate(board, "N01") == 123
    assert not first.troubles() + second.troubles()


class _Receiver:
    """A unit's position receiver that stands at the scene, and has done so for a while."""

    def __init__(self, broker: Mosquitto, unit_id: str) -> None:
        self.root = f"greenlane/nanxian/{unit_id}/NX{unit_id[1:]}-GPS"
        self.seq = 0
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self.client.username_pw_set(unit_id, broker.devices[unit_id])
        self.client.connect(broker.host, broker.port)
        self.client.loop_start()

    def say(self, kind: str, at: datetime, **fields: Any) -> None:
        self.seq += 1
        body = {"v": 1, "boot_id": "gps-boot", "seq": self.seq, "observed_at": at.isoformat()}
        sent = self.client.publish(f"{self.root}/{kind}", json.dumps(body | fields), qos=1)
        sent.wait_for_publish(WAIT_S)

    def stop(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def _position(socket: ClientConnection, unit_id: str) -> dict[str, Any] | None:
    """The unit's position in the next frame, if it is there."""
    frame: dict[str, Any] = json.loads(socket.recv(timeout=WAIT_S))
    found = [one for one in frame.get("docs", []) if one["kind"] == "position"]
    return next((one for one in found if one["id"] == unit_id), None)


def _asked(socket: ClientConnection, receiver: _Receiver, start: datetime) -> dict[str, Any]:
    """Fixes out of the outbox, one after each frame, until the tablet has the question."""
    scene = {key: place()[key] for key in ("lon", "lat")}
    receiver.say("status", datetime.now(UTC), state="online")  # now its clock is known
    second = 0
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        second += 3
        at = start + timedelta(seconds=second)
        receiver.say("position", at, datum="WGS84", speed_kmh=0, **scene)
        told = _position(socket, "N02")
        if told is not None and told["arrival"] is not None:
            arrival: dict[str, Any] = told["arrival"]
            return arrival
    raise AssertionError("no arrival was proposed")


def _position_seen(socket: ClientConnection, seq: int) -> Iterator[bool]:
    """Of each frame up to one of the log: whether N02's position was in it."""
    frame: dict[str, Any] = {"seq": -1}
    while frame["seq"] < seq:
        frame = json.loads(socket.recv(timeout=WAIT_S))
        yield any((one["kind"], one["id"]) == ("position", "N02") for one in frame.get("docs", []))


def test_an_arrival_is_proposed_to_the_tablet_and_confirmed_with_its_time(
    county: list[Served], broker: Mosquitto
) -> None:
    first, second = county
    desk, tablet = first.person("dispatcher"), second.person("crew", "N02")
    sent_at = datetime.now(UTC) - timedelta(seconds=120)
    sent = desk.must(
        "send-unit", incident_id=open_incident(desk), unit_id="N02", override_reason="test",
        occurred_at=sent_at.isoformat(),
    )  # fmt: skip
    job = {"assignment_id": sent["made"]["assignment_id"]}
    drove_at = sent_at + timedelta(seconds=5)
    made = tablet.must(
        "advance-assignment", **job, step="en_route", occurred_at=drove_at.isoformat()
    )
    receiver = _Receiver(broker, "N02")
    try:
        with (
            _screen(second, tablet) as screen,
            _screen(first, first.person("crew", "N03")) as other,
        ):
            while json.loads(screen.recv(timeout=WAIT_S))["seq"] < made["seq"]:
                pass
            arrival = _asked(screen, receiver, drove_at)
            answer = {"step": arrival["step"], "occurred_at": arrival["since"]}
            seq = tablet.must("advance-assignment", **job, **answer)["seq"]
            assert not any(_position_seen(other, seq))
    finally:
        receiver.stop()
    assert (arrival["step"], arrival["target"]) == ("on_scene", "scene")
    since = datetime.fromisoformat(arrival["since"])
    assert timedelta(0) < since - drove_at < timedelta(seconds=20)
    seen = {
        one["assignment"]["state"]: one["assignment"]["step_at"] for one in _jobs(second, tablet)
    }
    assert datetime.fromisoformat(seen["on_scene"]["on_scene"]) == since
    assert not first.troubles() + second.troubles()


def _jobs(served: Served, person: Person) -> list[dict[str, Any]]:
    """The crew's jobs as a screen that connects now is told."""
    with _screen(served, person) as screen:
        frame: dict[str, Any] = json.loads(screen.recv(timeout=WAIT_S))
        return [one for one in frame["docs"] if one["kind"] == "job"]
