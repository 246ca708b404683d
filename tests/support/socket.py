"""A screen without a browser: the WebSocket as the pages use it."""

import json
from typing import Any

from websockets.sync.client import connect

from tests.support.system import System


def first_snapshot(system: System, role: str, scope: str = "") -> list[dict[str, Any]]:
    """All documents of a viewer who has just connected, the first live values included."""
    person = system.sign_in(role, scope)
    ticket = person.http.post("/api/ticket").json()["ticket"]
    url = system.address.replace("http://", "ws://") + "/ws"
    with connect(url, origin=system.address, compression=None) as socket:  # type: ignore[arg-type]
        socket.send(json.dumps({"t": "hello", "ticket": ticket}))
        frame = json.loads(socket.recv(timeout=10))
        assert frame["t"] == "snapshot", frame
        documents: list[dict[str, Any]] = frame["docs"]
        return documents
