"""`greenlane serve` in child processes over real servers, as an installation of many workers.

PostgreSQL and Redis are given by URL; no broker is needed, since the data plane is not served.
"""

import asyncio
import base64
import json
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.embedded.postgres import Postgres
from tests.support import services
from tests.support.system import Person

READY_WAIT_S = 90.0
STOP_WAIT_S = 20.0
KEY = base64.b64encode(bytes(range(32))).decode()
ROOT = Path(__file__).resolve().parents[2]


class Served:
    """One serving process: its address, its words, and the people who can sign in."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        program = Path(sys.executable).parent / "greenlane"
        self._process = subprocess.Popen(
            [str(program), "serve", "--port", "0", "--data", str(folder)],
            env=os.environ | environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.log: list[str] = []
        self.address = ""
        self._said = threading.Event()
        self._reader = threading.Thread(target=self._read, name="serve log", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.log.append(line)
            if line.startswith("greenlane serve: "):
                self.address = line.removeprefix("greenlane serve: ").strip()
                self._said.set()
        self._said.set()

    def wait_ready(self) -> None:
        self._said.wait(READY_WAIT_S)
        assert self.address, "it did not start:\n" + "".join(self.log[-40:])

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_WAIT_S)
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join(STOP_WAIT_S)

    def entry(self, role: str, scope: str | int = 0) -> dict[str, str]:
        """The login of the n-th dispatcher, of a unit's crew, of a hospital's staff."""
        logins = json.loads((self._folder / "logins.json").read_text())
        found: dict[str, str] = logins[role][scope]
        return found

    def person(self, role: str, scope: str | int = 0) -> Person:
        entry = self.entry(role, scope)
        return Person(self.address, entry["login"], entry["password"])

    def troubles(self) -> list[str]:
        """Log lines that tell of an error nobody planned."""
        signs = ("[error", "Traceback", "ERROR", "CRITICAL", "[critical")
        return [line for line in self.log if any(sign in line for sign in signs)]


@contextmanager
def database(server: Postgres) -> Iterator[str]:
    """An empty database for one module's processes."""
    name = f"served_{uuid.uuid4().hex}"
    dsn = asyncio.run(services.make_database(server, name))
    try:
        yield dsn
    finally:
        asyncio.run(services.drop_database(server, name))


@contextmanager
def serving(dsn: str, redis_url: str | None = None, workers: int = 1) -> Iterator[list[Served]]:
    """That many processes over one database, each ready; ended at the end."""
    environment = {"GREENLANE_DATABASE_URL": dsn, "GREENLANE_IDENTITY_KEY": KEY}
    environment |= {"GREENLANE_WORKERS": str(workers)}
    if redis_url is not None:
        environment["GREENLANE_REDIS_URL"] = redis_url
    found: list[Served] = []
    with services.service_folder() as folder:
        try:
            for _ in range(workers):  # the first migrates and makes the logins
                found.append(Served(folder / "data", environment))
                found[-1].wait_ready()
            yield found
        finally:
            for served in found:
                served.stop()


def place(**fields: Any) -> dict[str, Any]:
    """A place in the demonstration county."""
    return {"lon": 112.41, "lat": 29.37, "address": "幸福路1号", **fields}


def open_incident(person: Person, **fields: Any) -> str:
    """Open an incident; returns its id."""
    body = {"place": place(), "priority": "P2", "complaint": "胸痛", **fields}
    made: dict[str, str] = person.must("open-incident", **body)["made"]
    return made["incident_id"]


def at_patient(served: Served, desk: Person, unit_id: str) -> tuple[Person, str, str]:
    """A crew at its patient; returns the crew, the patient's and the assignment's ids."""
    incident_id = open_incident(desk)
    send = {"incident_id": incident_id, "unit_id": unit_id, "override_reason": "test"}
    assignment_id = desk.must("send-unit", **send)["made"]["assignment_id"]
    tablet = served.person("crew", unit_id)
    for step in ("en_route", "on_scene", "at_patient"):
        tablet.must("advance-assignment", assignment_id=assignment_id, step=step)
    return tablet, f"{incident_id}.P1", assignment_id


def announce(tablet: Person, patient_id: str, facility_id: str) -> str:
    """Choose a hospital and tell it; returns the pre-alert's id."""
    choice = {"patient_id": patient_id, "facility_id": facility_id, "override_reason": "test"}
    tablet.must("choose-destination", **choice)
    made: dict[str, str] = tablet.must("send-prealert", patient_id=patient_id)["made"]
    return made["prealert_id"]
