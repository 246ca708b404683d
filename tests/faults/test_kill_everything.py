"""kill -9 of every process in mid-run, then the same again: nothing acknowledged is lost."""

import threading
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.support.system import Monitor, System
from tests.support.walk import Walk

pytestmark = pytest.mark.slow

ROUNDS = 3
SAMPLES = 120


def _children(system: System) -> list[psutil.Process]:
    assert system.process is not None
    parent = psutil.Process(system.process.pid)
    return [parent, *parent.children(recursive=True)]


def _kill_all(system: System) -> None:
    """SIGKILL to each process by itself, the database and the broker included."""
    everybody = _children(system)
    for process in everybody:
        with suppress(psutil.NoSuchProcess):  # the children die with their parent: that is meant
            process.kill()
    gone, alive = psutil.wait_procs(everybody, timeout=20)
    assert not alive, alive
    assert gone


def _stream(monitor: Monitor, stop: threading.Event) -> None:
    for number in range(SAMPLES):
        if stop.is_set():
            return
        monitor.vitals(heart_rate=60 + number % 60, spo2=96, resp_rate=15)


def test_everything_killed_in_mid_run_loses_nothing(tmp_path: Path) -> None:
    system = System(tmp_path / "data", ("--no-drive",))
    system.start()
    walk = Walk(system)
    case = walk.inbound_patient()
    accepted: list[dict[str, object]] = []
    acked: list[tuple[str, int]] = []
    for number in range(ROUNDS):
        stop = threading.Event()
        sender = threading.Thread(target=_stream, args=(case.monitor, stop))
        sender.start()
        accepted.append(walk.dispatcher.must("receive-call", caller={"phone": f"1390000{number}"}))
        case.monitor.wait_acked(case.monitor.seq // 2 or 1)
        _kill_all(system)
        stop.set()
        sender.join()
        acked.append((case.monitor.boot_id, case.monitor.acked))
        case.monitor.close()
        system.start()
        walk = Walk(system)
        case.monitor = Monitor(system, case.unit_id, f"NX{case.unit_id[1:]}-MON")
        seq = case.monitor.vitals(heart_rate=77, spo2=97)
        assert case.monitor.wait_acked(seq)
    _boards_resume(system, case.facility_id, case.patient_id)
    case.monitor.close()
    health = system.sign_in("admin").get("/api/health")
    assert health["seq"] >= max(int(str(a["seq"])) for a in accepted)
    for body in accepted:  # the same command again: the recorded outcome, not a second call
        again = walk.dispatcher.command(
            "receive-call", caller={"phone": "1"}, command_id=body["command_id"]
        )
        assert again == body
    stored = walk.dispatcher.get(f"/api/patients/{case.patient_id}/samples", minutes=60)
    assert len(stored["at"]) >= sum(count for _, count in acked)
    assert system.stop() == 0
    assert not system.troubles(), system.troubles()


def _boards_resume(system: System, facility_id: str, patient_id: str) -> None:
    from tests.support.socket import first_snapshot

    documents = first_snapshot(system, "hospital", facility_id)
    kinds = {(d["kind"], d["id"]) for d in documents}
    assert ("inbound", patient_id) in kinds
    assert any(kind == "vitals" for kind, _ in kinds)


def test_ctrl_c_leaves_no_process(tmp_path: Path) -> None:
    system = System(tmp_path / "data", ("--drive",))
    system.start()
    everybody = _children(system)
    assert len(everybody) >= 4, "database, broker and drive run beside the program"
    assert system.stop() == 0
    _, alive = psutil.wait_procs(everybody, timeout=10)
    assert not alive, alive
