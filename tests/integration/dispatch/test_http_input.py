"""What the doors refuse to read: each with a clear answer, and the next valid request is served."""

import json
import uuid
from typing import Any

import httpx
import pytest

from dispatch.limits import BODY_BYTES_MAX
from tests.support.serving import Served, open_incident, place
from tests.support.system import Person

OPEN = "/api/commands/open-incident"


def incident(**fields: Any) -> str:
    body = {"command_id": str(uuid.uuid4()), "place": place(), "priority": "P1", "complaint": "x"}
    return json.dumps({**body, **fields})


def with_text(field: str, text: str) -> str:
    """A valid body in which the marked value is replaced by raw text."""
    return incident(**{field: "MARK"}).replace('"MARK"', text)


BAD: dict[str, str | bytes] = {
    "empty": "",
    "not JSON": "{",
    "two documents": incident() + incident(),
    "an array": "[]",
    "a number": "7",
    "null": "null",
    "a duplicate key": incident()[:-1] + ', "priority": "P2"}',
    "a duplicate key inside": with_text("place", '{"lon":112,"lat":29,"lat":30}'),
    "NaN": with_text("place", '{"lon":NaN,"lat":29}'),
    "Infinity": with_text("place", '{"lon":Infinity,"lat":29}'),
    "a number beyond all": with_text("place", '{"lon":1e999,"lat":29}'),
    "a longitude beyond the globe": with_text("place", '{"lon":181,"lat":29}'),
    "a receiver without a fix": with_text("place", '{"lon":0,"lat":-0.0}'),
    "an unknown field": incident(surprise=1),
    "an unknown field inside": incident(place=place(surprise=1)),
    "a missing field": json.dumps({"command_id": str(uuid.uuid4())}),
    "a wrong type": incident(complaint=7),
    "a wrong choice": incident(priority="P9"),
    "another command's tag": incident(command="close_incident"),
    "a long line": incident(complaint="x" * 201),
    "too many patients": incident(patients=[{}] * 51),
    "deep nesting": with_text("place", "[" * 20_000 + "]" * 20_000),
    "a long integer": with_text("priority", "9" * 10_000),
    "bytes that are no text": b'{"complaint": "\xff\xfe"}',
    "a lone surrogate": with_text("complaint", '"\\ud800"'),
    "the character U+0000": with_text("complaint", '"a\\u0000b"'),
    "a command id that is no UUID": incident(command_id="due:escalate:I-1001.P1.A1:phone"),
    "a short command id": incident(command_id="x"),
    "a time without a zone": incident(occurred_at="2026-01-01T08:00:00"),
    "a time that is none": incident(occurred_at="yesterday"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_malformed_command_is_refused_and_the_next_is_served(desk: Person, what: str) -> None:
    answer = desk.http.post(OPEN, content=BAD[what])
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "malformed"
    assert answer.json()["params"]["detail"]
    assert desk.http.get("/api/me").status_code == 200
    assert desk.http.post(OPEN, content=incident()).status_code == 200


def test_what_only_looks_bad_is_taken(desk: Person) -> None:
    for text in ('"a\\\\u0000b"', '"😀"', '"\\ud83d\\ude00"', '"</script>"', '"\'; DROP"'):
        answer = desk.http.post(OPEN, content=with_text("complaint", text))
        assert answer.status_code == 200, answer.text


def test_a_body_too_large_is_refused_however_it_comes(desk: Person) -> None:
    large = b" " * (BODY_BYTES_MAX + 1)
    parts = (b" " * 1024 for _ in range(10_240))  # ten megabytes without a length
    for content in (large, parts):
        try:
            answer = desk.http.post(OPEN, content=content)
        except (httpx.WriteError, httpx.ReadError):
            continue  # the server hung up while we were still sending
        assert answer.status_code == 413
        assert answer.json()["code"] == "too_large"
    assert desk.http.get("/api/me").status_code == 200


@pytest.mark.parametrize(
    "body", ["", "[]", '{"login":"seat1"}', '{"login":7,"password":"x"}', '{"login":NaN}',
             '{"login":"a\\u0000","password":"x"}', '{"login":"a","login":"b","password":"x"}']
)  # fmt: skip
def test_malformed_credentials(served: Served, body: str) -> None:
    answer = httpx.post(f"{served.address}/api/session", content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/incidents/I-0/recommendation", 404),
        ("/api/patients/%00/samples", 404),
        ("/api/patients/..%2f..%2fetc/destinations", 404),
        ("/api/replay/incidents/I-0", 404),
        ("/api/replay/incidents/%00", 404),
        ("/api/incidents?since=yesterday", 400),
        ("/api/incidents?since=2026-01-01T00:00:00", 400),
        ("/api/places?q=%00%ff", 200),
        ("/api/nothing", 404),
        ("/api/commands/send-unit", 405),
    ],
)
def test_odd_reads(desk: Person, path: str, status: int) -> None:
    assert desk.http.get(path).status_code == status


def test_a_minus_zero_comes_back_as_it_is_folded(desk: Person, served: Served) -> None:
    """-0.0 is a zero to PostgreSQL: the live world must not differ from the log (invariant 6)."""
    answer = desk.http.post(OPEN, content=with_text("place", '{"lon":-0.0,"lat":29.4}'))
    assert answer.status_code == 200
    incident_id = answer.json()["made"]["incident_id"]
    frames = desk.get(f"/api/replay/incidents/{incident_id}")["frames"]
    texts = [json.dumps(document) for frame in frames for document in frame["docs"]]
    assert any(incident_id in text for text in texts)
    assert not any("-0.0" in text for text in texts)


def test_the_api_describes_itself(served: Served, desk: Person) -> None:
    document = httpx.get(f"{served.address}/api/openapi.json").json()
    paths = {path for path in document["paths"] if path.startswith("/api/commands/")}
    from dispatch.domain.commands import FROM_PEOPLE
    from dispatch.http.commands import path_of

    assert paths == {path_of(kind) for kind in FROM_PEOPLE}
    text = json.dumps(document)
    parts = document["components"]["schemas"]
    references = {ref.split('"')[0] for ref in text.split('"#/components/schemas/')[1:]}
    assert references <= parts.keys()
    body = document["paths"]["/api/commands/send-unit"]["post"]["requestBody"]
    required = body["content"]["application/json"]["schema"]["required"]
    assert set(required) == {"command_id", "incident_id", "unit_id"}
    assert open_incident(desk)
