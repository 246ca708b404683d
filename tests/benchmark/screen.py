"""Publish-to-screen latency in Chromium, beside a bare broker → bare WebSocket relay in turn.

The clock is the machine's: the publisher notes `time.time()` before publishing, the page notes
`performance.timeOrigin + performance.now()` in the animation frame after the value stood in the
DOM. System and bare relay share the broker, the browser and the machine, and take turns.
"""

import asyncio
import json
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import paho.mqtt.client as paho
from playwright.sync_api import Page, sync_playwright
from websockets.asyncio.server import ServerConnection, serve

from tests.support.browser import launch, sign_in_page
from tests.support.system import Monitor, Person, System

SAMPLES = 60
PREALERTS = 15
WAIT_MS = 10_000

WATCH_VALUE = """
(selector) => {
  window.seen = {};
  const note = () => {
    const node = document.querySelector(selector);
    const text = node ? node.textContent.trim() : '';
    if (text && !(text in window.seen)) {
      window.seen[text] = null;
      requestAnimationFrame(() => {
        window.seen[text] = performance.timeOrigin + performance.now();
      });
    }
  };
  new MutationObserver(note).observe(document.body,
    {subtree: true, childList: true, characterData: true});
  note();
}
"""
BARE_PAGE = """
<!doctype html><p id="value"></p><script>
const socket = new WebSocket('ws://127.0.0.1:PORT');
socket.onmessage = (event) => { document.getElementById('value').textContent = event.data; };
socket.onopen = () => { document.title = 'open'; };
</script>
"""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution in milliseconds."""

    n: int
    p50_ms: float
    p95_ms: float
    max_ms: float


def figure(values_ms: list[float]) -> Figure:
    """Median, 95th percentile and maximum."""
    ordered = sorted(values_ms)
    return Figure(
        n=len(ordered),
        p50_ms=round(statistics.median(ordered), 2),
        p95_ms=round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2),
        max_ms=round(ordered[-1], 2),
    )


@contextmanager
def bare_relay(system: System, password: str) -> Iterator[int]:
    """MQTT → WebSocket with nothing between: the least that a screen can take on this machine."""
    ready = threading.Event()
    ports: list[int] = []
    loop = asyncio.new_event_loop()
    clients: set[ServerConnection] = set()

    async def attend(connection: ServerConnection) -> None:
        clients.add(connection)
        await connection.wait_closed()
        clients.discard(connection)

    async def relay(text: str) -> None:
        for connection in list(clients):
            await connection.send(text)

    def on_message(_client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        asyncio.run_coroutine_threadsafe(relay(message.payload.decode()), loop)

    stop = asyncio.Event()

    async def run() -> None:
        async with serve(attend, "127.0.0.1", 0, compression=None) as server:
            ports.append(next(iter(server.sockets)).getsockname()[1])
            ready.set()
            await stop.wait()

    client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.username_pw_set("core", password)
    client.on_message = on_message
    client.on_connect = lambda c, *_: c.subscribe("greenlane/bare/value", qos=1)
    client.connect("127.0.0.1", system.mqtt_port)
    client.loop_start()
    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    ready.wait()
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
        client.disconnect()
        client.loop_stop()


def seen_at(page: Page, text: str) -> float | None:
    """When the page first drew ``text``, in epoch milliseconds; None when it never did."""
    check = "(text) => window.seen[text] != null"
    try:
        page.wait_for_function(check, arg=text, timeout=WAIT_MS, polling=20)
    except TimeoutError:
        return None
    return float(page.evaluate("(text) => window.seen[text]", text))


def measure(system: System, folder: Path, core_password: str) -> dict[str, Figure]:
    """All screen figures of one run."""
    from tests.support.walk import Walk

    with sync_playwright() as playwright, launch(playwright) as browser:
        walk = Walk(system)
        case = walk.inbound_patient()
        board = sign_in_page(browser, system, "hospital", case.facility_id, "/ed")
        board.wait_for_selector(".vital.heart_rate", timeout=WAIT_MS)
        with bare_relay(system, core_password) as port:
            bare = browser.new_page()
            page_file = folder / "bare.html"
            page_file.write_text(BARE_PAGE.replace("PORT", str(port)))
            bare.goto(page_file.as_uri())
            bare.wait_for_function("document.title === 'open'")
            vital, plain = _vitals(board, bare, case.monitor, system, core_password)
        alert = _prealerts(board, walk, case.facility_id)
        case.monitor.close()
    return {"vital": figure(vital), "bare": figure(plain), "prealert": figure(alert)}


def _vitals(
    board: Page, bare: Page, monitor: Monitor, system: System, password: str
) -> tuple[list[float], list[float]]:
    board.evaluate(WATCH_VALUE, ".vital.heart_rate .value")
    bare.evaluate(WATCH_VALUE, "#value")
    sender = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    sender.username_pw_set("core", password)
    sender.connect("127.0.0.1", system.mqtt_port)
    sender.loop_start()
    vital: list[float] = []
    plain: list[float] = []
    for number in range(SAMPLES):
        value = 60 + number
        started = time.time() * 1000
        monitor.vitals(heart_rate=value, spo2=97, resp_rate=16)
        at = seen_at(board, str(value))
        assert at is not None, f"heart rate {value} never reached the board"
        vital.append(at - started)
        text = f"v{number}"
        started = time.time() * 1000
        sender.publish("greenlane/bare/value", text, qos=1)
        at = seen_at(bare, text)
        assert at is not None, f"{text} never reached the bare page"
        plain.append(at - started)
    sender.disconnect()
    sender.loop_stop()
    return vital, plain


WATCH_ALERTS = """
() => {
  window.seen = {};
  const note = () => {
    for (const node of document.querySelectorAll('[data-card]')) {
      const text = node.getAttribute('data-card');
      if (!(text in window.seen)) {
        window.seen[text] = null;
        requestAnimationFrame(() => {
          window.seen[text] = performance.timeOrigin + performance.now();
        });
      }
    }
  };
  new MutationObserver(note).observe(document.body, {subtree: true, childList: true,
    attributes: true, attributeFilter: ['data-card']});
  note();
}
"""


def _prealerts(board: Page, walk: Any, facility_id: str) -> list[float]:
    """From the crew's tap (the HTTP request begins) to the card drawn on the board."""
    board.evaluate(WATCH_ALERTS)
    found: list[float] = []
    for _ in range(PREALERTS):
        case = walk.patient_aboard(facility_id)
        crew: Person = case.crew
        started = time.time() * 1000
        crew.must("send-prealert", patient_id=case.patient_id)
        at = seen_at(board, case.patient_id)
        assert at is not None, f"{case.patient_id} never reached the board"
        found.append(at - started)
        walk.finish(case)
    return found


def core_password(data: Path) -> str:
    """The core's own broker password of an installation."""
    from deploy.embedded import secrets

    return secrets.load(data / "secrets").mqtt_core


def dump(figures: dict[str, Figure]) -> str:
    """As JSON, for the log of a run."""
    return json.dumps({name: msgspec.structs.asdict(value) for name, value in figures.items()})
