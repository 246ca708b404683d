"""The WebSocket of a real server: who gets in, what is sent, what a rude client brings about."""

import base64
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from dispatch.limits import FRAME_BYTES_MAX
from tests.integration.dispatch.test_http_access import run_sql
from tests.support.serving import Served, announce, at_patient, open_incident
from tests.support.system import Person

WAIT_S = 10
SOON_S = 3.0


def ticket(person: Person) -> str:
    found: str = person.http.post("/api/ticket").json()["ticket"]
    return found


@contextmanager
def opened(served: Served, origin: str | None = None) -> Iterator[ClientConnection]:
    url = served.address.replace("http://", "ws://") + "/ws"
    with connect(url, origin=origin or served.address, compression=None) as found:
        yield found


@contextmanager
def screen(served: Served, person: Person) -> Iterator[tuple[ClientConnection, dict[str, Any]]]:
    """A connected screen and its snapshot."""
    with opened(served) as found:
        found.send(json.dumps({"t": "hello", "ticket": ticket(person)}))
        snapshot = json.loads(found.recv(WAIT_S))
        assert snapshot["t"] == "snapshot"
        yield found, snapshot


def until(found: ClientConnection, kind: str, ident: str, timeout_s: float = WAIT_S) -> Any:
    """The next document of that key."""
    end = time.monotonic() + timeout_s
    while True:
        frame = json.loads(found.recv(max(0.0, end - time.monotonic())))
        for document in frame.get("docs", []):
            if (document["kind"], document["id"]) == (kind, ident):
                return document


def closed_with(found: ClientConnection) -> int:
    """The close code, once everything that came before was read."""
    with pytest.raises(ConnectionClosed):
        for _ in range(1000):
            found.recv(WAIT_S)
    assert found.close_code is not None
    return found.close_code


HELLOS: dict[str, tuple[str | bytes, int]] = {
    "no ticket": ('{"t":"hello"}', 1008),
    "a made-up ticket": ('{"t":"hello","ticket":"abc"}', 4401),
    "garbage": ("garbage", 1008),
    "another frame first": ('{"t":"displayed","ids":[]}', 1008),
    "more than a hello": ('{"t":"hello","ticket":"abc","x":1}', 1008),
    "bytes": (b"\x00\x01", 1008),
    "an oversized frame": (" " * (FRAME_BYTES_MAX + 1), 1009),
}


@pytest.mark.parametrize("what", HELLOS)
def test_a_bad_hello_is_closed(served: Served, what: str) -> None:
    hello, code = HELLOS[what]
    with opened(served) as found:
        found.send(hello)
        assert closed_with(found) == code


def test_a_ticket_is_good_once_and_not_after_its_session(
    served: Served, desk: Person, dsn_served: str
) -> None:
    spent = ticket(desk)
    for code in (None, 4401):
        with opened(served) as found:
            found.send(json.dumps({"t": "hello", "ticket": spent}))
            if code is None:
                assert json.loads(found.recv(WAIT_S))["t"] == "snapshot"
            else:
                assert closed_with(found) == code
    for table, wanted in (("session", "user_id = $1"), ("socket_ticket", "$1 <> ''")):
        person = served.person("crew", "N11")
        late = ticket(person)
        change = f"UPDATE greenlane_nanxian.{table} SET expires_at = clock_timestamp()"
        run_sql(dsn_served, f"{change} WHERE {wanted}", person.me["user_id"])
        with opened(served) as found:
            found.send(json.dumps({"t": "hello", "ticket": late}))
            assert closed_with(found) == 4401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_another_sites_page_gets_no_socket(served: Served, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refusal, opened(served, origin):
        pass
    assert refusal.value.response.status_code == 403


FRAMES: dict[str, str | bytes] = {
    "garbage": "garbage",
    "bytes": b"\x00",
    "a waveform that no monitor sends": '{"t":"watch","unit_id":"N01","channels":["hum"]}',
    "a watch of nobody": '{"t":"watch","channels":["pleth"]}',
    "an unknown kind": '{"t":"shout"}',
    "a second hello": '{"t":"hello","ticket":"x"}',
    "too many ids": json.dumps({"t": "displayed", "ids": ["x"] * 201}),
    "wrong types": '{"t":"displayed","ids":[1]}',
}


@pytest.mark.parametrize("what", FRAMES)
def test_a_rude_board_is_closed_and_the_next_one_served(served: Served, what: str) -> None:
    board = served.person("hospital", "H3")
    with screen(served, board) as (found, _):
        found.send(FRAMES[what])
        assert closed_with(found) == 1008
    with screen(served, board) as (found, snapshot):
        assert snapshot["viewer"]["facility_id"] == "H3"


def test_a_crew_cannot_say_that_a_board_has_drawn(served: Served, desk: Person) -> None:
    tablet, patient_id, _ = at_patient(served, desk, "N05")
    alert_id = announce(tablet, patient_id, "H1")
    said = json.dumps({"t": "displayed", "ids": [alert_id]})
    for person in (tablet, desk):
        with screen(served, person) as (found, _):
            found.send(said)
            assert closed_with(found) == 1008


def test_another_hospital_cannot_spoil_the_mark_of_a_board(served: Served, desk: Person) -> None:
    """A refused mark would be remembered under its id, before the true board has drawn anything."""
    tablet, patient_id, _ = at_patient(served, desk, "N06")
    expected = f"{patient_id}.A1"
    said = json.dumps({"t": "displayed", "ids": [expected, "I-1.P1.A1", "x" * 500]})
    own, other = served.person("hospital", "H1"), served.person("hospital", "H2")
    with screen(served, other) as (foreign, _), screen(served, own) as (board, _):
        foreign.send(said)
        board.send(said)
        assert announce(tablet, patient_id, "H1") == expected
        foreign.send(said)
        assert until(board, "prealert", expected)["displayed_at"] is None
        assert foreign.ping().wait(WAIT_S)
        board.send(json.dumps({"t": "displayed", "ids": [expected]}))
        while until(board, "prealert", expected)["state"] != "displayed":
            pass


def test_a_prealert_reaches_its_board_and_no_other(served: Served, desk: Person) -> None:
    tablet, patient_id, _ = at_patient(served, desk, "N07")
    own, other = served.person("hospital", "H1"), served.person("hospital", "H2")
    with screen(served, own) as (board, _), screen(served, other) as (foreign, before):
        alert_id = announce(tablet, patient_id, "H1")
        card = until(board, "inbound", patient_id)
        assert (card["facility_id"], card["unit_id"]) == ("H1", "N07")
        while until(board, "prealert", alert_id)["delivered_at"] is None:
            pass  # the board's socket took it: that is delivery
        own.must("acknowledge-prealert", prealert_id=alert_id)
        until(board, "prealert", alert_id)
        mark = {"facility_id": "H2", "traffic": "advisory", "reason": "CT"}
        other.must("report-facility", **mark)  # what comes before this was all there was
        seen = [before]
        while True:
            seen.append(json.loads(foreign.recv(WAIT_S)))
            documents = seen[-1].get("docs", [])
            if any(doc.get("traffic") == "advisory" for doc in documents):
                break
        text = json.dumps(seen)
        assert patient_id not in text
        assert {doc["kind"] for frame in seen for doc in frame.get("docs", [])} <= {
            "county", "facility"
        }  # fmt: skip
        other.must("report-facility", **(mark | {"traffic": "normal"}))


def test_snapshot_then_changes_then_a_beat_in_time(served: Served, desk: Person) -> None:
    with screen(served, desk) as (found, snapshot):
        kinds = {document["kind"] for document in snapshot["docs"]}
        assert {"county", "unit", "facility"} <= kinds
        assert snapshot["viewer"] == {"role": "dispatcher", "unit_id": None, "facility_id": None}
        incident_id = open_incident(desk)
        assert until(found, "incident", incident_id, SOON_S)["state"] == "waiting"
        desk.must("close-incident", incident_id=incident_id, outcome="completed")
        assert until(found, "incident", incident_id, SOON_S)["state"] == "closed"
        frame = json.loads(found.recv(SOON_S))
        while frame["t"] != "beat":
            frame = json.loads(found.recv(SOON_S))
        assert frame["seq"] >= snapshot["seq"]
        assert set(frame) == {"t", "seq", "now"}


def test_signing_out_closes_the_sockets_of_that_session_only(served: Served) -> None:
    leaving, staying = served.person("crew", "N09"), served.person("crew", "N09")
    with screen(served, leaving) as (one, _), screen(served, staying) as (other, _):
        leaving.http.delete("/api/session")
        frames = []
        with pytest.raises(ConnectionClosed):
            while True:
                frames.append(json.loads(one.recv(WAIT_S)))
        assert frames[-1] == {"t": "bye", "code": "signed_out"}
        assert json.loads(other.recv(WAIT_S))["t"] in ("beat", "docs")


def silent(served: Served, person: Person) -> socket.socket:
    """A client that says hello and never reads: its buffers are small and fill up at once."""
    where = urlsplit(served.address)
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    found.settimeout(WAIT_S)
    found.connect((where.hostname, where.port))
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        "GET /ws HTTP/1.1", f"Host: {where.netloc}", "Upgrade: websocket", "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", f"Origin: {served.address}",
    )  # fmt: skip
    found.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    assert b"101" in found.recv(1024)
    hello = json.dumps({"t": "hello", "ticket": ticket(person)}).encode()
    assert len(hello) < 126
    found.sendall(bytes((0x81, 0x80 | len(hello), 0, 0, 0, 0)) + hello)  # a mask of zeros
    return found


def test_a_client_that_never_reads_delays_nobody(served: Served, desk: Person) -> None:
    quiet = [silent(served, desk) for _ in range(3)]
    try:
        with screen(served, desk) as (found, _):
            for _ in range(25):
                incident_id = open_incident(desk, note="x" * 900)
                assert until(found, "incident", incident_id, SOON_S)
    finally:
        for one in quiet:
            one.close()
