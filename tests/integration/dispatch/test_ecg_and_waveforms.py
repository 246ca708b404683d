"""Recordings enter at the gateway and come out at a viewer, bit by bit; and only at those who may.

A whole Greenlane in a child process, the vehicle's gateway here beside the viewers, which speak
HTTP and WebSocket as pages do.
"""

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from deploy.gateway_replay import Replay, Step, steps_of
from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry.clock import SystemClock
from telemetry.ecg.leads import in_order
from telemetry.ecg.read import read_ecg
from telemetry.gateway.config import EcgFolderInput, GatewayConfig
from telemetry.gateway.folder import bundle
from telemetry.gateway.inputs import Sink
from telemetry.gateway.program import run_gateway
from tests.integration.ecg.corpus import gathered
from tests.support.serving import announce, place
from tests.support.shared_data import shared
from tests.support.system import Person, System, running_system

WAIT_S = 30.0
FLUSH_S = 120.0
UNIT, OTHER_UNIT = "N01", "N02"
MONITOR = DeviceId(f"{UNIT}-MON")


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """A patient in a unit, on the way to a hospital that knows."""

    system: System
    desk: Person
    crew: Person
    patient_id: str
    facility_id: str
    job_id: str


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with running_system(tmp_path_factory.mktemp("ecg") / "data", "--no-drive") as system:
        desk, crew = system.sign_in("dispatcher"), system.sign_in("crew", UNIT)
        body = {"place": place(), "priority": "P1", "complaint": "胸痛"}
        incident_id = desk.must("open-incident", **body)["made"]["incident_id"]
        send = {"incident_id": incident_id, "unit_id": UNIT, "override_reason": "test"}
        job_id = desk.must("send-unit", **send)["made"]["assignment_id"]
        for step in ("en_route", "on_scene", "at_patient"):
            crew.must("advance-assignment", assignment_id=job_id, step=step)
        facility_id = sorted(system.logins["hospital"])[0]
        announce(crew, f"{incident_id}.P1", facility_id)
        yield Scene(
            system=system,
            desk=desk,
            crew=crew,
            patient_id=f"{incident_id}.P1",
            facility_id=facility_id,
            job_id=job_id,
        )


@contextmanager
def screen(system: System, person: Person) -> Iterator[ClientConnection]:
    ticket = person.http.post("/api/ticket").json()["ticket"]
    url = system.address.replace("http://", "ws://") + "/ws"
    with connect(url, origin=Origin(system.address), compression=None) as found:
        found.send(json.dumps({"t": "hello", "ticket": ticket}))
        yield found


def frames(found: ClientConnection, wait_s: float = WAIT_S) -> Iterator[dict[str, Any]]:
    """Frames for so long; ends when the time is over."""
    end = time.monotonic() + wait_s
    while True:
        try:
            yield json.loads(found.recv(max(0.0, end - time.monotonic())))
        except TimeoutError:
            return


def gateway_of(scene: Scene, folder: Path) -> GatewayConfig:
    password = folder / "password"
    password.write_text(scene.system.device_passwords[UNIT], encoding="utf-8")
    return GatewayConfig(
        county_id=CountyId(scene.system.county_id),
        unit_id=UnitId(UNIT),
        broker=f"mqtt://127.0.0.1:{scene.system.mqtt_port}",
        password_file=str(password),
        state=str(folder / "state"),
        inputs=(EcgFolderInput(device=MONITOR, folder=str(folder / "ecg")),),
    )


def recordings() -> list[Path]:
    """One of each format that the shared data has."""
    root = shared("physio")
    scp = sorted((root / "scp").rglob("*.scp"))[0]
    dicom = sorted((root / "dicom_ecg").rglob("*.dcm"))[0]
    aecg = root / "aecg" / "hl7_example_aECG.xml"
    long = next(root.rglob("s0010_re.hea"))
    return [long, root / "cinc2021" / "E07500.hea", dicom, aecg, scp]


def listed(found: ClientConnection, kind: str, wanted: int) -> list[dict[str, Any]]:
    """The ECGs on the viewer's list, once there are so many."""
    seen: list[dict[str, Any]] = []
    for frame in frames(found):
        for document in frame.get("docs", []):
            if document["kind"] != kind:
                continue
            whose = document["patients"][0] if kind == "job" else document
            seen = whose["ecgs"]
        if len(seen) >= wanted:
            return seen
    raise AssertionError(f"only {seen} came to the {kind}")


def test_recordings_of_five_formats_come_out_bit_equal_and_only_where_they_may(
    scene: Scene, tmp_path: Path
) -> None:
    paths = recordings()
    replay = Replay(tuple(paths), MONITOR, 0.0)
    asyncio.run(
        asyncio.wait_for(
            run_gateway(gateway_of(scene, tmp_path), SystemClock(), feed=replay.feed), FLUSH_S
        )
    )
    board = scene.system.sign_in("hospital", scene.facility_id)
    with screen(scene.system, scene.crew) as tablet, screen(scene.system, board) as wall:
        on_tablet = listed(tablet, "job", len(paths))
        assert listed(wall, "inbound", len(paths)) == on_tablet
    assert [one["fault"] for one in on_tablet] == [""] * len(paths)
    by_hash = {hashlib.sha256(bundle(path)[0]).hexdigest(): path for path in paths}
    for one in on_tablet:
        drawn = board.get(f"/api/ecg/{one['id']}")
        path = by_hash.pop(drawn["sha256"])
        direct = read_ecg(path.name, gathered(path))
        leads = in_order([*direct.leads, *direct.derived])
        assert [lead["name"] for lead in drawn["leads"]] == [lead.name for lead in leads]
        for lead, own in zip(drawn["leads"], leads, strict=True):
            assert lead["samples"] == own.samples.tolist(), (path.name, own.name)
            assert lead["uv_per_lsb_exact"] == str(own.uv_per_lsb)
            assert lead["hz"] == float(own.hz)
        assert [s["text"] for s in drawn["statements"]] == [s.text for s in direct.statements]
        assert one["leads"] == len(leads)
        answer = scene.crew.http.get(f"/api/ecg/{one['id']}/file")
        assert answer.content == bundle(path)[0]
        digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
        assert answer.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    assert by_hash == {}
    _nobody_else_sees(scene, on_tablet[0]["id"])


def _nobody_else_sees(scene: Scene, ecg_id: int) -> None:
    elsewhere = next(one for one in scene.system.logins["hospital"] if one != scene.facility_id)
    strangers = [
        scene.system.sign_in("hospital", elsewhere),
        scene.system.sign_in("crew", OTHER_UNIT),
    ]
    for path in (f"/api/ecg/{ecg_id}", f"/api/ecg/{ecg_id}/file"):
        assert scene.desk.http.get(path).status_code == 200
        for stranger in strangers:
            assert stranger.http.get(path).status_code == 404
    for nothing in ("/api/ecg/999999", "/api/ecg/0", f"/api/ecg/{2**63}", f"/api/ecg/{-(2**70)}"):
        assert scene.desk.http.get(nothing).status_code == 404
    assert scene.desk.http.get("/api/ecg/x").status_code == 422


def blocks_of(found: ClientConnection, wanted: int, wait_s: float = WAIT_S) -> list[dict[str, Any]]:
    """Waveform blocks in the order they came, at least so many, or those of the whole time."""
    seen: list[dict[str, Any]] = []
    for frame in frames(found, wait_s):
        seen += frame["blocks"] if frame["t"] == "waves" else []
        if len(seen) >= wanted:
            break
    return seen


class Played(Replay):
    """Steps of a recording, ``pace`` recorded seconds a second."""

    def __init__(self, steps: list[Step], pace: float) -> None:
        super().__init__((), MONITOR, pace)
        self._steps = steps

    async def feed(self, sink: Sink) -> None:
        async for step, at in self._paced(self._steps):
            await sink(self._device, step.kind, at, step.body)


def test_waveforms_come_live_bit_equal_to_those_who_watch_and_may(
    scene: Scene, tmp_path: Path
) -> None:
    path = shared("physio/wfdb/03700181.hea")
    steps = [step for step in steps_of(path) if step.at_s < 12]
    sent: dict[str, list[str]] = {}
    for step in steps:
        sent.setdefault(step.body["channel"], []).append(step.body["samples"])
    board = scene.system.sign_in("hospital", scene.facility_id)
    elsewhere = next(one for one in scene.system.logins["hospital"] if one != scene.facility_id)
    stranger = scene.system.sign_in("hospital", elsewhere)
    watch = json.dumps({"t": "watch", "unit_id": UNIT, "channels": sorted(sent)})
    since = datetime.now(UTC) - timedelta(seconds=5)
    with (
        screen(scene.system, scene.crew) as tablet,
        screen(scene.system, board) as wall,
        screen(scene.system, stranger) as other,
        screen(scene.system, scene.desk) as unasked,
    ):
        for viewer in (tablet, wall, other):
            viewer.send(watch)
        for viewer in (tablet, wall, other, unasked):  # the watch is heard before the beat
            assert any(frame["t"] == "beat" for frame in frames(viewer))
        replay = Played(steps, 4.0)
        asyncio.run(
            asyncio.wait_for(
                run_gateway(gateway_of(scene, tmp_path), SystemClock(), feed=replay.feed), FLUSH_S
            )
        )
        for viewer in (tablet, wall):
            _assert_in_order(blocks_of(viewer, len(steps), 3.0), sent)
        assert blocks_of(other, 1, 0.5) == blocks_of(unasked, 1, 0.5) == []
        unasked.send(watch)  # who asks later gets what was, if it is not ten seconds old
        _assert_in_order(blocks_of(unasked, len(steps), 1.0), sent)
    _assert_stored(scene, since, sent, board, stranger)


def _assert_stored(
    scene: Scene, since: datetime, sent: dict[str, list[str]], board: Person, stranger: Person
) -> None:
    """Nothing is lost of what is stored, and it is read by those who may see the patient."""
    stored = scene.crew.get(
        "/api/waveforms",
        unit=UNIT,
        since=since.isoformat(),
        until=(since + timedelta(seconds=300)).isoformat(),
    )
    found: dict[str, list[str]] = {}
    for block in stored["blocks"]:
        found.setdefault(block["channel"], []).append(block["samples"])
    assert found == sent
    ask = {"unit": UNIT, "since": since.isoformat(), "until": datetime.now(UTC).isoformat()}
    assert stranger.http.get("/api/waveforms", params=ask).status_code == 404
    for channel in ("abp", "uterine_activity"):  # the record has the one and not the other
        came = board.get("/api/waveforms", **ask, channel=channel)["blocks"]
        assert [block["samples"] for block in came] == sent.get(channel, [])
    for wrong in ({"channel": "hum"}, {"until": since.isoformat()}, {"since": "2020-01-01"}):
        assert scene.desk.http.get("/api/waveforms", params=ask | wrong).status_code in (400, 422)


def _assert_in_order(blocks: list[dict[str, Any]], sent: dict[str, list[str]]) -> None:
    """Lossy is allowed on a busy machine; wrong, twice or out of order is not."""
    for channel, own in sent.items():
        came = [block["samples"] for block in blocks if block["channel"] == channel]
        assert len(came) >= 3, f"{channel}: only {len(came)} of {len(own)} came"
        place = 0
        for samples in came:
            place = own.index(samples, place) + 1
