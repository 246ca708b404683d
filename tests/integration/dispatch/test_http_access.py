"""Who may knock at which door: sessions, origins, roles and scopes, one refusal each, no data."""

import uuid
from typing import Any

import asyncpg
import httpx
import pytest

from dispatch.domain.commands import FROM_PEOPLE
from dispatch.http.commands import path_of
from dispatch.limits import LOGIN_TRIES_PER_QUARTER_HOUR
from tests.support.serving import Served, announce, at_patient, open_incident
from tests.support.system import Person

READS = ("/api/me", "/api/incidents", "/api/basemap", "/api/places", "/api/patients/x/samples",
         "/api/patients/x/destinations", "/api/incidents/x/recommendation",
         "/api/replay/incidents/x", "/api/coverage/cells", "/api/coverage/isochrones",
         "/api/units/N01/route", "/api/travel/bias", "/api/places/at",
         "/api/devices", "/api/devices/quarantine")  # fmt: skip
ORIGINS = ("https://evil.example", "null", "http://127.0.0.1:1", "http://localhost")


@pytest.mark.parametrize("path", READS)
def test_a_stranger_reads_nothing(served: Served, path: str) -> None:
    answer = httpx.get(served.address + path)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    forged = httpx.get(served.address + path, cookies={"greenlane_session": "x" * 43})
    assert forged.status_code == 401


@pytest.mark.parametrize("kind", FROM_PEOPLE, ids=lambda kind: kind.__name__)
def test_a_stranger_commands_nothing(served: Served, kind: Any) -> None:
    answer = httpx.post(served.address + path_of(kind), json={})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("origin", [*ORIGINS, None])
def test_another_sites_page_commands_nothing(served: Served, desk: Person, origin: str) -> None:
    headers = {} if origin is None else {"Origin": origin}
    body = {"command_id": str(uuid.uuid4()), "caller": {"phone": "139"}}
    for method, path in (
        ("POST", "/api/commands/receive-call"), ("POST", "/api/ticket"), ("DELETE", "/api/session")
    ):  # fmt: skip
        with httpx.Client(base_url=served.address, cookies=desk.http.cookies) as client:
            answer = client.request(method, path, headers=headers, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    assert desk.http.get("/api/me").status_code == 200


def refused(person: Person, name: str, **fields: Any) -> None:
    body = person.command(name, **fields)
    assert (body.get("outcome"), body.get("code")) == ("refused", "not_permitted"), body


def test_each_role_keeps_to_its_own(served: Served, desk: Person) -> None:
    tablet, patient_id, assignment_id = at_patient(served, desk, "N02")
    alert_id = announce(tablet, patient_id, "H1")
    other_crew, other_board = served.person("crew", "N03"), served.person("hospital", "H2")
    incident_id = patient_id.rpartition(".")[0]
    send = {"incident_id": incident_id, "unit_id": "N03"}
    for person in (tablet, other_crew, other_board, served.person("admin")):
        refused(person, "send-unit", **send)
        refused(person, "close-incident", incident_id=incident_id, outcome="completed")
    for person in (other_crew, other_board, desk):
        step = {"assignment_id": assignment_id, "step": "transporting"}
        refused(person, "advance-assignment", **step)
    refused(other_crew, "assess-patient", patient_id=patient_id, acvpu="A")
    refused(other_crew, "set-unit-readiness", unit_id="N02", readiness="out_of_service", reason="x")
    for person in (other_board, tablet, other_crew, desk):
        refused(person, "acknowledge-prealert", prealert_id=alert_id)
        refused(person, "mark-prealert-displayed", prealert_id=alert_id)
        refused(person, "accept-handover", patient_id=patient_id)
        refused(person, "report-bed", facility_id="H1", bed_id="H1.R1", state="blocked")
    served.person("hospital", "H1").must("acknowledge-prealert", prealert_id=alert_id)


def test_nobody_reads_what_is_not_theirs(served: Served, desk: Person) -> None:
    tablet, patient_id, _ = at_patient(served, desk, "N04")
    announce(tablet, patient_id, "H1")
    paths = [f"/api/patients/{patient_id}/{what}" for what in ("samples", "destinations")]
    for person in (served.person("crew", "N03"), served.person("hospital", "H2")):
        for path in paths:
            answer = person.http.get(path)
            assert answer.status_code == 404
            assert answer.json() == {
                "code": "unknown_patient",
                "params": {"patient_id": patient_id},
            }
    for person in (tablet, desk, served.person("hospital", "H1")):
        assert all(person.http.get(path).status_code == 200 for path in paths)
    incident_id = patient_id.rpartition(".")[0]
    for path in (
        "/api/incidents", f"/api/incidents/{incident_id}/recommendation",
        f"/api/replay/incidents/{incident_id}",
    ):  # fmt: skip
        for person in (tablet, served.person("hospital", "H1")):
            assert person.http.get(path).status_code == 403
        assert desk.http.get(path).status_code == 200


def test_the_cookie_is_kept_from_scripts_and_other_sites(served: Served) -> None:
    entry = served.entry("dispatcher")
    body = {"login": entry["login"], "password": entry["password"]}
    answer = httpx.post(f"{served.address}/api/session", json=body)
    cookie = answer.headers["set-cookie"]
    for flag in ("greenlane_session=", "HttpOnly", "SameSite=strict", "Path=/", "Max-Age=43200"):
        assert flag in cookie
    assert "Secure" not in cookie  # not under plain http; behind TLS the scheme says https
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert entry["password"] not in answer.text


def test_a_session_ends_by_signing_out_and_by_time(served: Served, dsn_served: str) -> None:
    person = served.person("dispatcher", 1)
    assert person.http.delete("/api/session").json() == {"signed_in": False}
    assert person.http.get("/api/me").status_code == 401
    other = served.person("crew", "N14")
    run_sql(
        dsn_served,
        "UPDATE greenlane_nanxian.session SET expires_at = clock_timestamp() - interval '1 s'"
        " WHERE user_id = $1",
        other.me["user_id"],
    )
    assert other.http.get("/api/me").json()["code"] == "not_signed_in"
    assert other.http.post("/api/ticket").status_code == 401


def run_sql(dsn: str, query: str, *values: object) -> None:
    import asyncio

    async def run() -> None:
        connection = await asyncpg.connect(dsn, timeout=10)
        try:
            await connection.execute(query, *values)
        finally:
            await connection.close()

    asyncio.run(run())


def test_guessing_is_slowed_and_tells_nothing(served: Served) -> None:
    for login in ("n13", "nobody"):
        body = {"login": login, "password": "wrong"}
        answers = [
            httpx.post(f"{served.address}/api/session", json=body)
            for _ in range(LOGIN_TRIES_PER_QUARTER_HOUR)
        ]
        assert {answer.status_code for answer in answers} == {401}
        assert {answer.text for answer in answers} == {'{"code":"bad_login","params":{}}'}
        last = httpx.post(f"{served.address}/api/session", json=body)
        assert (last.status_code, last.json()["code"]) == (429, "too_many_attempts")
        assert last.json()["params"]["retry_after_s"] == 900
    right = {"login": "n13", "password": served.entry("crew", "N13")["password"]}
    assert httpx.post(f"{served.address}/api/session", json=right).status_code == 429
    assert served.person("crew", "N12").me["unit_id"] == "N12"


def test_a_refusal_by_state_says_why_and_an_unknown_thing_is_unknown(desk: Person) -> None:
    incident_id = open_incident(desk)
    send = {"incident_id": incident_id, "unit_id": "N99", "override_reason": "x"}
    answer = desk.command("send-unit", **send)
    assert (answer["outcome"], answer["code"]) == ("refused", "unknown_unit")
    again = {"incident_id": incident_id, "outcome": "completed"}
    desk.must("close-incident", **again)
    assert desk.command("close-incident", **again)["code"] == "incident_closed"
