"""A dispatcher's screen without a browser: what is seen live, and how long after it was measured.

One WebSocket as the pages use it, with a ticket of a signed-in person. Values are conflated on
their way (the newest wins), so only what is seen counts here; completeness is the database's part.
"""

import asyncio
import json
from typing import Any, Final

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.chaos.centre import Centre
from tests.chaos.history import History, number_of
from tests.chaos.pace import Pace

AGAIN_S: Final = 0.5
ANSWER_S: Final = 10.0


class Viewer:
    """Watches all units for the whole run, and connects again whenever it has to."""

    def __init__(self, centre: Centre, history: History, pace: Pace) -> None:
        self.connections = 0
        self.offline_s: dict[str, list[float]] = {}
        """When a unit was first shown as offline or lost, monotonic seconds, one for each time."""
        self._centre = centre
        self._history = history
        self._pace = pace
        self._newest: dict[str, int] = {}
        self._is_well: dict[str, bool] = {}

    async def watch(self) -> None:
        """Until the run is over."""
        while not self._pace.is_over:
            try:
                await self._look()
            except (OSError, TimeoutError, httpx.HTTPError, WebSocketException):
                await self._pace.last(AGAIN_S)

    async def _look(self) -> None:
        ticket = await self._ticket()
        url = self._centre.address.replace("http://", "ws://") + "/ws"
        options: Any = {"origin": self._centre.address, "compression": None}
        async with connect(url, max_size=None, **options) as socket:
            await socket.send(json.dumps({"t": "hello", "ticket": ticket}))
            self.connections += 1
            await self._read(socket)

    async def _ticket(self) -> str:
        entry = await asyncio.to_thread(self._centre.entry, "dispatcher")
        address = self._centre.address
        async with httpx.AsyncClient(
            base_url=address, headers={"Origin": address}, timeout=ANSWER_S
        ) as client:
            words = {"login": entry["login"], "password": entry["password"]}
            (await client.post("/api/session", json=words)).raise_for_status()
            answer = (await client.post("/api/ticket")).raise_for_status()
            return str(answer.json()["ticket"])

    async def _read(self, socket: ClientConnection) -> None:
        while not self._pace.is_over:
            async with asyncio.timeout(ANSWER_S):  # a heartbeat comes every two seconds
                frame = json.loads(await socket.recv())
            seen_s = self._pace.now_s()
            for document in frame.get("docs", ()):
                if document["kind"] == "vitals":
                    self._see(document, seen_s)

    def _see(self, document: dict[str, Any], seen_s: float) -> None:
        unit_id = document["id"]
        is_well = document["feed"] != "lost" and document["monitor"] != "offline"
        if not is_well and self._is_well.get(unit_id, True):
            self.offline_s.setdefault(unit_id, []).append(seen_s)
        self._is_well[unit_id] = is_well
        value = document["values"].get("temperature", {}).get("value")
        if value is None:
            return
        number = number_of(value)
        sample = self._history.samples.get((unit_id, number))
        if sample is not None and number > self._newest.get(unit_id, 0):
            self._newest[unit_id] = number
            sample.seen_s = seen_s

    def said_lost_after(self, unit_id: str, begun_s: float) -> float | None:
        """Seconds from then until a screen showed the unit offline or lost; None: it did not."""
        later = [at_s for at_s in self.offline_s.get(unit_id, ()) if at_s >= begun_s]
        return later[0] - begun_s if later else None
