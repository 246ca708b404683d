"""What a screen would show: the documents of one viewer, kept current over the WebSocket.

The same frames as a browser gets, put into a dict keyed by (kind, id). An actor looks at it, acts
by HTTP, and looks again; it never waits for an answer by any other way. A connection that falls
silent or ends is opened again with a new ticket, and starts with a full snapshot.
"""

import asyncio
import json
import random
from typing import Any

import httpx
import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from deploy.drive import limits
from deploy.drive.client import Session

log = structlog.get_logger("drive")

Doc = dict[str, Any]


class Screen:
    """One viewer's documents; `run` keeps them current until cancelled."""

    def __init__(self, session: Session, rng: random.Random) -> None:
        self.session = session
        self.docs: dict[tuple[str, str], Doc] = {}
        self._rng = rng
        self._changed = asyncio.Event()
        self._socket: ClientConnection | None = None
        self.has_snapshot = asyncio.Event()

    def of_kind(self, kind: str) -> list[Doc]:
        """All documents of one kind, ordered by id so that actors choose repeatably."""
        return [doc for key, doc in sorted(self.docs.items()) if key[0] == kind]

    def get(self, kind: str, id_: str | None) -> Doc | None:
        """One document, or None when it is not in view."""
        return self.docs.get((kind, id_)) if id_ else None

    async def look(self) -> None:
        """Return at the next change, or after a second for what falls due by time."""
        try:
            async with asyncio.timeout(limits.LOOK_EVERY_S):
                await self._changed.wait()
        except TimeoutError:
            return
        self._changed.clear()

    async def tell_displayed(self, prealert_ids: list[str]) -> bool:
        """Say, as a visible page does, that these pre-alerts have been drawn; False if offline."""
        if self._socket is None:
            return False
        frame = json.dumps({"t": "displayed", "ids": prealert_ids})
        try:
            async with asyncio.timeout(limits.SOCKET_SEND_WAIT_S):
                await self._socket.send(frame)
        except (TimeoutError, WebSocketException, OSError):
            return False
        return True

    async def run(self) -> None:
        """Connect for ever."""
        wait_s = limits.RETRY_FIRST_S
        while True:
            try:
                await self._connected()
                wait_s = limits.RETRY_FIRST_S
            except (OSError, TimeoutError, WebSocketException, httpx.TransportError) as error:
                log.info("screen away", by=self.session.name, why=type(error).__name__)
            self._socket = None
            await asyncio.sleep(wait_s * (0.5 + self._rng.random() / 2))
            wait_s = min(wait_s * 2, limits.RETRY_MAX_S)

    async def _connected(self) -> None:
        """One connection from ticket to end; returns after a `bye`."""
        ticket = await self.session.ticket()
        url = self.session.url.replace("http", "ws", 1) + "/ws"
        async with connect(
            url,
            additional_headers={"Origin": self.session.url, "Cookie": self.session.cookies},
            max_size=limits.FRAME_BYTES_MAX,
            open_timeout=limits.SOCKET_OPEN_WAIT_S,
            close_timeout=limits.SOCKET_SEND_WAIT_S,
            compression=None,
            proxy=None,
        ) as socket:
            await socket.send(json.dumps({"t": "hello", "ticket": ticket}))
            self._socket = socket
            while True:
                async with asyncio.timeout(limits.SILENCE_MAX_S):
                    frame = json.loads(await socket.recv())
                if frame["t"] == "bye":
                    return
                self.take(frame)

    def take(self, frame: dict[str, Any]) -> None:
        """Apply one frame; a beat changes nothing."""
        if frame["t"] == "snapshot":
            self.docs = {}
        if frame["t"] not in ("snapshot", "docs"):
            return
        for doc in frame["docs"]:
            self.docs[(doc["kind"], doc["id"])] = doc
        for kind, id_ in frame.get("gone", []):
            self.docs.pop((kind, id_), None)
        if frame["t"] == "snapshot":
            self.has_snapshot.set()
        self._changed.set()
