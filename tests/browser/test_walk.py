"""A recorded patient from the monitor to the receiving board, with four browsers open at once.

Console, crew tablet, the receiving hospital's board and another hospital's board. The vital signs
are a real recording (MIMIC numerics s00001) played over real MQTT by the vehicle's own publisher
code where the recording is present beside the checkout, and a message says so where it is not.
"""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from deploy.drive.recordings import load, present
from tests.support.browser import launch, sign_in_page
from tests.support.system import UNITS, System, running_system
from tests.support.walk import Case, Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RECORDING = Path(__file__).resolve().parents[3] / "shared" / "data" / "physio" / "wfdb" / "s00001"
OTHER = "H3"
SOON_MS = 15_000


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("walk") / "data", "--no-drive") as running:
        yield running


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, launch(playwright) as chrome:
        yield chrome


def _recorded() -> tuple[str, list[dict[str, Any]]]:
    """Name and three recorded minutes whose heart rates differ, as numerics of the contract."""
    if not RECORDING.is_dir():
        pytest.skip(f"the recording {RECORDING.name} is not beside this checkout")
    recording = load([RECORDING]).recordings[0]
    found: dict[int, dict[str, Any]] = {}
    time_s = 0.0
    while time_s < recording.duration_s and len(found) < 3:
        readings = present(recording, time_s)
        good = {code: r for code, r in readings.items() if code in UNITS and r.quality == "ok"}
        if {"heart_rate", "spo2"} <= good.keys():
            numerics = {c: {"value": r.value, "unit": UNITS[c]} for c, r in good.items()}
            found.setdefault(round(good["heart_rate"].value), numerics)
        time_s += 60
    return recording.name, list(found.values())


def _publish(system: System, case: Case, seq: int, numerics: dict[str, Any], name: str) -> None:
    """One sample by `mosquitto_pub`, as any monitor could."""
    body = {
        "v": 1,
        "boot_id": "recorded-s00001",
        "seq": seq,
        "observed_at": _now(),
        "source": "recording",
        "recording": name,
        "numerics": numerics,
    }
    topic = f"greenlane/{system.county_id}/{case.unit_id}/NX{case.unit_id[1:]}-MON/vitals"
    door = ["-h", "127.0.0.1", "-p", str(system.mqtt_port), "-V", "5", "-q", "1"]
    who = ["-u", case.unit_id, "-P", system.device_passwords[case.unit_id]]
    message = ["-t", topic, "-m", json.dumps(body)]
    subprocess.run(["mosquitto_pub", *door, *who, *message], check=True, timeout=20)


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def _errors(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda m: found.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_a_recorded_patient_reaches_one_board_only(system: System, browser: Browser) -> None:
    name, minutes = _recorded()
    walk = Walk(system)
    case = walk.patient_aboard()
    case.monitor.close()
    board = sign_in_page(browser, system, "hospital", case.facility_id, "/ed")
    other = sign_in_page(browser, system, "hospital", OTHER, "/ed")
    console = sign_in_page(browser, system, "dispatcher", "", "/console")
    tablet = sign_in_page(browser, system, "crew", case.unit_id, "/crew")
    assert case.facility_id != OTHER
    errors = {n: _errors(p) for n, p in (("board", board), ("other", other), ("tablet", tablet))}
    expect(console.get_by_text(case.incident_id).first).to_be_visible(timeout=SOON_MS)
    expect(board.locator(f"[data-card='{case.patient_id}']")).to_have_count(0)

    case.crew.must("send-prealert", patient_id=case.patient_id)
    card = board.locator(f"[data-card='{case.patient_id}']")
    expect(card).to_be_visible(timeout=SOON_MS)
    for number, numerics in enumerate(minutes[:3]):
        _publish(system, case, number + 1, numerics, name)
        shown = str(round(numerics["heart_rate"]["value"]))
        expect(card.locator(".vital.heart_rate .value")).to_have_text(shown, timeout=SOON_MS)
    expect(tablet.locator(".vital.heart_rate .value").first).to_have_text(shown, timeout=SOON_MS)

    _unanswered_escalates(case, board, console)
    board.keyboard.press("1")
    me = system.sign_in("hospital", case.facility_id).me["name"]
    expect(card.get_by_text(me[0]).first).to_be_visible(timeout=SOON_MS)
    alert = _document(system, case, "prealert", f"{case.patient_id}.A1")
    assert alert["state"] == "acknowledged" and alert["acknowledged_by"] == me
    assert alert["delivered_at"] and alert["displayed_at"], "the board itself said it was drawn"

    expect(other.locator("[data-card]")).to_have_count(0)
    assert case.patient_id not in other.content()
    # A question of the tablet may be under way while its patient leaves: a 404 is then true.
    assert not errors.pop("tablet")
    walk.finish(case)
    expect(card).to_have_count(0, timeout=SOON_MS)
    assert not any(errors.values()), errors
    _replays_identically(system, case, browser)


def _document(system: System, case: Case, kind: str, ident: str) -> dict[str, Any]:
    from tests.support.socket import first_snapshot

    documents = first_snapshot(system, "hospital", case.facility_id)
    return next(d for d in documents if d["kind"] == kind and d["id"] == ident)


TOLD_THE_DUTY_LEAD = """
async (id) => (await (await fetch(`/api/replay/incidents/${id}`)).text())
  .includes('"step":"ed_lead"')
"""


def _unanswered_escalates(case: Case, board: Page, console: Page) -> None:
    """Nobody presses: the ladder reaches the duty lead at 30 s, by itself."""
    expect(board.locator(f"[data-card='{case.patient_id}'].high")).to_be_visible(timeout=SOON_MS)
    wait = {"timeout": 45_000, "polling": 1000}
    console.wait_for_function(TOLD_THE_DUTY_LEAD, arg=case.incident_id, **wait)


def _replays_identically(system: System, case: Case, browser: Browser) -> None:
    """Folded twice the frames are the same, and the last one is what the console holds."""
    person = system.sign_in("dispatcher")
    first = person.get(f"/api/replay/incidents/{case.incident_id}")
    second = person.get(f"/api/replay/incidents/{case.incident_id}")
    assert first["frames"] == second["frames"]
    held = [d for f in first["frames"] for d in f["docs"] if d["id"] == case.incident_id]
    from tests.support.socket import first_snapshot

    live = next(d for d in first_snapshot(system, "dispatcher") if d["id"] == case.incident_id)
    assert held[-1] == live
    heart_rates = first["samples"][case.patient_id]["values"]["heart_rate"]
    assert len([value for value in heart_rates if value is not None]) >= 3
    page = sign_in_page(browser, system, "dispatcher", "", f"/replay?incident={case.incident_id}")
    expect(page.get_by_text(case.incident_id).first).to_be_visible(timeout=SOON_MS)


def test_a_lost_server_is_said_within_six_seconds(tmp_path: Path, browser: Browser) -> None:
    with running_system(tmp_path / "data", "--no-drive") as running:
        pages = [
            sign_in_page(browser, running, role, scope, path)
            for role, scope, path in (
                ("hospital", "H1", "/ed"),
                ("dispatcher", "", "/console"),
                ("crew", "N01", "/crew"),
            )
        ]
        for page in pages:
            page.wait_for_function("document.body.innerText.length > 20")
            assert page.locator(".band.lost, .band.lost-red").count() == 0
        running.kill()
        for page in pages:
            band = page.locator(".band.lost, .band.lost-red").first
            expect(band).to_be_visible(timeout=9_000)
