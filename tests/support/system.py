"""A whole Greenlane as people start it: `greenlane run` in a child process, in a folder of its own.

For browser tests, fault tests and the benchmark. Clients here use the real doors: HTTP with a
cookie, MQTT with the unit's password. Nothing here looks inside the process.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import paho.mqtt.client as paho
from paho.mqtt.properties import Properties

COUNTY = Path(__file__).resolve().parents[2] / "deploy" / "counties" / "nanxian"
START_S = 60
STOP_S = 30
_ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Person:
    """A signed-in person over HTTP."""

    def __init__(self, address: str, login: str, password: str) -> None:
        self.login, self.password = login, password
        self.http = httpx.Client(base_url=address, headers={"Origin": address}, timeout=15)
        answer = self.http.post("/api/session", json={"login": login, "password": password})
        answer.raise_for_status()
        self.me: dict[str, Any] = answer.json()

    def command(self, name: str, **fields: Any) -> dict[str, Any]:
        """Send a command; returns the answer's body whatever the outcome."""
        fields.setdefault("command_id", str(uuid.uuid4()))
        body: dict[str, Any] = self.http.post(f"/api/commands/{name}", json=fields).json()
        return body

    def must(self, name: str, **fields: Any) -> dict[str, Any]:
        """Send a command that is to be accepted."""
        body = self.command(name, **fields)
        assert body.get("outcome") == "accepted", (name, fields, body)
        return body

    def get(self, path: str, **params: Any) -> Any:
        """Read something."""
        answer = self.http.get(path, params=params)
        answer.raise_for_status()
        return answer.json()


class Monitor:
    """A unit's patient monitor over MQTT 5: publishes vitals and hears the application ack."""

    def __init__(self, system: "System", unit_id: str, device_id: str) -> None:
        self.topic = f"greenlane/{system.county_id}/{unit_id}/{device_id}"
        self.boot_id = uuid.uuid4().hex[:12]
        self.seq = 0
        self.acked = 0
        self._heard = threading.Condition()
        client = paho.Client(
            paho.CallbackAPIVersion.VERSION2, client_id=device_id, protocol=paho.MQTTv5
        )
        client.username_pw_set(unit_id, system.device_passwords[unit_id])
        client.on_message = self._on_ack
        client.on_connect = lambda c, *_: c.subscribe(f"{self.topic}/ack", qos=1)
        client.connect("127.0.0.1", system.mqtt_port, properties=Properties(1))
        client.loop_start()
        self.client = client

    def _on_ack(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        ack = json.loads(message.payload)
        with self._heard:
            if ack["boot_id"] == self.boot_id:
                self.acked = max(self.acked, ack["contiguous"])
                self._heard.notify_all()

    def send(self, kind: str, **fields: Any) -> int:
        """Publish one message; returns its sequence number."""
        self.seq += 1
        body = {
            "v": 1,
            "boot_id": self.boot_id,
            "seq": self.seq,
            "observed_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            **fields,
        }
        self.client.publish(f"{self.topic}/{kind}", json.dumps(body), qos=1)
        return self.seq

    def vitals(self, **values: float) -> int:
        """Publish numerics by code."""
        numerics = {code: {"value": v, "unit": UNITS[code]} for code, v in values.items()}
        return self.send("vitals", numerics=numerics, source="device")

    def wait_acked(self, seq: int, timeout_s: float = 15) -> bool:
        """Whether everything up to ``seq`` was acknowledged by the application in time."""
        with self._heard:
            return self._heard.wait_for(lambda: self.acked >= seq, timeout_s)

    def close(self) -> None:
        """Leave."""
        self.client.disconnect()
        self.client.loop_stop()


UNITS = {
    "heart_rate": "/min",
    "pulse_rate": "/min",
    "spo2": "%",
    "resp_rate": "/min",
    "nibp_systolic": "mm[Hg]",
    "nibp_diastolic": "mm[Hg]",
    "nibp_mean": "mm[Hg]",
    "etco2": "mm[Hg]",
    "temperature": "Cel",
}


class System:
    """A running Greenlane."""

    def __init__(self, data: Path, options: tuple[str, ...] = ()) -> None:
        self.data = data
        self.http_port, self.mqtt_port = free_port(), free_port()
        self.postgres_port = free_port()
        self.options = options
        self.county_id = "nanxian"
        self.log: list[str] = []
        self.process: subprocess.Popen[str] | None = None
        self.address = ""

    def start(self) -> None:
        """Start and wait until it says its address."""
        program = Path(sys.executable).parent / "greenlane"
        command = [str(program), "run", "--data", str(self.data)]
        command += ["--port", str(self.http_port), "--mqtt-port", str(self.mqtt_port)]
        command += ["--postgres-port", str(self.postgres_port), *self.options]
        root = Path(__file__).resolve().parents[2]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=root,
            start_new_session=True,
        )
        self.process = process
        said = threading.Event()
        reader = threading.Thread(target=self._read, args=(process, said), daemon=True)
        reader.start()
        self._reader = reader
        if not said.wait(START_S):
            self.kill()
            raise AssertionError("greenlane did not start:\n" + "".join(self.log[-50:]))

    def _read(self, process: subprocess.Popen[str], said: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.log.append(line)
            found = _ADDRESS.search(line)
            if found and "open at" in line:
                self.address = found.group(1)
                said.set()

    @property
    def logins(self) -> dict[str, Any]:
        """Who can sign in."""
        found: dict[str, Any] = json.loads((self.data / "logins.json").read_text())
        return found

    @property
    def device_passwords(self) -> dict[str, str]:
        """Broker passwords by unit."""
        from deploy.embedded.secrets import devices_file

        found: dict[str, str] = json.loads(devices_file(self.data / "secrets").read_text())
        return found

    def entry(self, role: str, scope: str = "") -> dict[str, str]:
        """The login of a role: the first dispatcher, a unit's crew, a hospital's staff."""
        group = self.logins[role]
        found: dict[str, str] = group[scope] if scope else group[0]
        return found

    def sign_in(self, role: str, scope: str = "") -> Person:
        """A signed-in person."""
        entry = self.entry(role, scope)
        return Person(self.address, entry["login"], entry["password"])

    @contextmanager
    def driven(self, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        """The county moves as long as the block runs; its log is `drive-test.log`."""
        from deploy.embedded.secrets import devices_file

        command = [sys.executable, "-P", "-m", "deploy.drive", "--http", self.address]
        command += ["--mqtt", f"127.0.0.1:{self.mqtt_port}", "--county", str(COUNTY)]
        command += ["--logins", str(self.data / "logins.json")]
        command += ["--mqtt-passwords", str(devices_file(self.data / "secrets")), *options]
        with (self.data / "drive-test.log").open("wb") as log:
            drive = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
            try:
                yield drive
            finally:
                drive.terminate()
                drive.wait(STOP_S)

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(STOP_S)
        self._reader.join(STOP_S)
        return code

    def kill(self) -> None:
        """kill -9 of everything that belongs to it."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_S)
        self._reader.join(STOP_S)

    def troubles(self) -> list[str]:
        """Log lines that tell of an error."""
        signs = ("[error", "Traceback", "ERROR", "CRITICAL", "[critical")
        return [line for line in self.log if any(sign in line for sign in signs)]


@contextmanager
def running_system(data: Path, *options: str) -> Iterator[System]:
    """A Greenlane that is stopped at the end, whatever happened."""
    system = System(data, options)
    system.start()
    try:
        yield system
    finally:
        if system.process is not None and system.process.poll() is None:
            system.stop()
