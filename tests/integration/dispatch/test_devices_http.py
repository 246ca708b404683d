"""Device care over HTTP: who sees what, what could not be read, and enrolment by one-time code."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from dispatch.http.device_ca import new_key, request_of
from dispatch.limits import (
    ENROL_CODES_OPEN_MAX,
    ENROL_TRIES_OF_ALL_MAX,
    ENROL_TRIES_PER_QUARTER_HOUR,
    QUARANTINE_LISTED_MAX,
    QUARANTINE_SHOWN_BYTES,
)
from tests.support.serving import Served
from tests.support.system import Person

SCHEMA = "greenlane_nanxian"


@pytest.fixture
def sql(dsn_served: str) -> Callable[..., Any]:
    """One statement in the county's schema."""

    async def run(statement: str, *values: Any) -> Any:
        connection = await asyncpg.connect(dsn_served)
        try:
            await connection.execute(f"SET search_path TO {SCHEMA}")
            return await connection.fetch(statement, *values)
        finally:
            await connection.close()

    return lambda statement, *values: asyncio.run(run(statement, *values))


@pytest.fixture
def admin(served: Served) -> Person:
    return served.person("admin")


@pytest.fixture
def fresh_tries(sql: Callable[..., Any]) -> Iterator[None]:
    """All tests come from one address: each begins without wrong codes, and leaves none."""
    sql("DELETE FROM enrolment_attempt")
    yield
    sql("DELETE FROM enrolment_attempt")


def said(answer: httpx.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json().get("code")


def test_who_may_look_at_devices(served: Served, desk: Person, admin: Person) -> None:
    for person in (served.person("crew", "N05"), served.person("hospital", "H1")):
        assert said(person.http.get("/api/devices")) == (403, "not_permitted")
    for person in (served.person("crew", "N05"), served.person("hospital", "H1"), desk):
        assert said(person.http.get("/api/devices/quarantine")) == (403, "not_permitted")
        for path in ("codes", "revoke"):
            answer = person.http.post(f"/api/devices/{path}", json={})
            assert said(answer) == (403, "not_permitted")
    for path in ("/api/devices", "/api/devices/quarantine"):
        assert said(httpx.get(served.address + path)) == (401, "not_signed_in")


_STAMPS = "device_id, boot_id, seq, unit_id, observed_at, received_at, true_at, skew_ms, is_late"


def _stamp(device: str, unit: str, at: datetime, skew_ms: int | None) -> list[Any]:
    return [device, "boot-0001", 1, unit, at, at, at, skew_ms, False]


def test_the_report_says_what_the_tables_know(
    served: Served, desk: Person, admin: Person, sql: Callable[..., Any]
) -> None:
    now = datetime.now(UTC)
    dollars = ", ".join(f"${n}" for n in range(1, 10))
    sql(
        f"INSERT INTO device_status ({_STAMPS}, state, battery_pct)"
        f" VALUES ({dollars}, 'online', 80)",
        *_stamp("NX13-MON", "N13", now, None),
    )
    sql(
        f"INSERT INTO device_link ({_STAMPS}, queued, dropped, queued_bytes, oldest_s, network)"
        f""" VALUES ({dollars}, '{{"vitals": 7}}', '{{"waveform": 2}}', 1234, 90, '4g')""",
        *_stamp("NX13-MON", "N13", now, -4_200),
    )
    sql(
        "INSERT INTO quarantine VALUES ('N13', 'wrong_unit', '\\x01', 't', 'd', 'raw', 3,"
        " NULL, NULL, NULL, $1, $1, 4), ('-', 'wrong_topic', '\\x02', 't', 'd', 'raw', 3,"
        " NULL, NULL, NULL, $1, $1, 2)",
        now,
    )
    report = desk.get("/api/devices")
    assert report["units"] == admin.get("/api/devices")["units"]
    unit = next(one for one in report["units"] if one["unit_id"] == "N13")
    assert unit["quarantined"] == {"wrong_unit": 4}
    assert report["unplaced"]["wrong_topic"] >= 2
    monitor = next(one for one in unit["devices"] if one["device_id"] == "NX13-MON")
    assert (monitor["state"], monitor["battery_pct"], monitor["skew_ms"]) == ("online", 80, -4200)
    assert monitor["link"]["queued"] == {"vitals": 7}
    assert monitor["problems"] == ["dropped", "queue_old", "skew"]
    tracker = next(one for one in unit["devices"] if one["device_id"] == "NX13-GPS")
    assert tracker["problems"] == ["never_seen"]
    before = report["units"][: report["units"].index(unit)]
    worse = {"offline", "silent", "dropped"}
    assert all(worse & set(one["problems"]) for one in before), "the worst stand first"


def test_what_could_not_be_read_is_shown_to_the_administrator_and_that_is_kept(
    admin: Person, sql: Callable[..., Any]
) -> None:
    long = b'{"v":1,"name":"\xe6\x9d\x8e' + b"x" * (2 * QUARANTINE_SHOWN_BYTES)
    sql(
        "INSERT INTO quarantine VALUES ('N06', 'malformed_json', '\\x01', 't', 'd', $1, $2,"
        " 'NX06-MON', 'boot-0001', 9, $3, $3, 5), ('N06', 'not_utf8', '\\x02', 't', 'd',"
        " '\\x7e0200ff', 4, NULL, NULL, NULL, $3, $3, 1)",
        long, len(long), datetime.now(UTC),
    )  # fmt: skip
    found = admin.get("/api/devices/quarantine", source="N06")
    by_reason = {one["reason"]: one for one in found}
    assert set(by_reason) == {"malformed_json", "not_utf8"}
    text = by_reason["malformed_json"]
    assert (text["count"], text["seq"], text["raw_bytes"]) == (5, 9, len(long))
    assert text["text"] == long[:QUARANTINE_SHOWN_BYTES].decode()
    assert (by_reason["not_utf8"]["text"], by_reason["not_utf8"]["hex"]) == (None, "7e 02 00 ff")
    assert [one["reason"] for one in admin.get("/api/devices/quarantine", source="N06",
                                               reason="not_utf8")] == ["not_utf8"]  # fmt: skip
    kept = sql("SELECT action FROM viewed WHERE audience = 'devices' ORDER BY at")
    assert [row["action"] for row in kept][-2:] == ["quarantine N06 *", "quarantine N06 not_utf8"]


def code_for(admin: Person, unit_id: str, device_id: str, kind: str = "gateway") -> Any:
    body = {"unit_id": unit_id, "device_id": device_id, "kind": kind}
    answer = admin.http.post("/api/devices/codes", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def enrolling(served: Served, code: str, request: str | None = None) -> httpx.Response:
    body = {"code": code, "certificate_request": request or request_of(new_key())}
    return httpx.post(f"{served.address}/api/devices/enrol", json=body)


def test_a_code_opens_once_and_gives_a_login_and_a_certificate(
    served: Served, admin: Person, sql: Callable[..., Any], fresh_tries: None
) -> None:
    made = code_for(admin, "N07", "N07-BOX")
    code = made["code"]
    key = new_key()
    answer = enrolling(served, f" {code[:4].lower()}-{code[4:]}", request_of(key))
    assert answer.status_code == 200, answer.text
    found = answer.json()
    names = ("county_id", "unit_id", "device_id", "user")
    assert [found[name] for name in names] == ["nanxian", "N07", "N07-BOX", "N07-BOX"]
    # without a broker of our own the administrator was told the same login beforehand
    assert made["broker_login"] == {"user": "N07-BOX", "password": found["password"]}
    certificate = x509.load_pem_x509_certificate(found["certificate"].encode())
    ca = x509.load_pem_x509_certificate(found["ca"].encode())
    certificate.verify_directly_issued_by(ca)
    assert certificate.subject.rfc4514_string() == "CN=N07-BOX"
    assert certificate.public_key() == key.public_key()
    assert httpx.get(f"{served.address}/api/devices/ca.pem").text == found["ca"]
    assert said(enrolling(served, code)) == (409, "bad_code")
    stored = json.dumps([dict(row) for row in sql("SELECT * FROM device_enrolment")], default=repr)
    assert code not in stored
    assert found["password"] not in stored


def test_a_revoked_device_and_one_enrolled_again_are_on_the_list(
    served: Served, admin: Person, fresh_tries: None
) -> None:
    serials = []
    for _ in range(2):
        found = enrolling(served, code_for(admin, "N08", "N08-BOX")["code"]).json()
        certificate = x509.load_pem_x509_certificate(found["certificate"].encode())
        serials.append(certificate.serial_number)

    def listed() -> set[int]:
        pem = httpx.get(f"{served.address}/api/devices/crl.pem").content
        found = x509.load_pem_x509_crl(pem)
        ca = x509.load_pem_x509_certificate(
            httpx.get(f"{served.address}/api/devices/ca.pem").content
        )
        assert isinstance(public := ca.public_key(), ec.EllipticCurvePublicKey)
        assert found.is_signature_valid(public)
        return {one.serial_number for one in found}

    assert serials[0] in listed()
    assert serials[1] not in listed()
    answer = admin.http.post("/api/devices/revoke", json={"device_id": "N08-BOX"})
    assert answer.json() == {"device_id": "N08-BOX", "revoked": 1}
    assert set(serials) <= listed()
    again = admin.http.post("/api/devices/revoke", json={"device_id": "N08-BOX"})
    assert said(again) == (404, "not_found")


def test_an_open_code_ends_with_its_device_and_with_its_time(
    served: Served, admin: Person, sql: Callable[..., Any], fresh_tries: None
) -> None:
    code = code_for(admin, "N09", "N09-BOX")["code"]
    admin.http.post("/api/devices/revoke", json={"device_id": "N09-BOX"})
    assert said(enrolling(served, code)) == (409, "bad_code")
    code = code_for(admin, "N09", "N09-BOX")["code"]
    sql(
        "UPDATE device_enrolment SET expires_at = clock_timestamp()"
        " WHERE device_id = 'N09-BOX' AND revoked_at IS NULL"
    )
    assert said(enrolling(served, code)) == (409, "bad_code")


def test_a_broken_request_does_not_spend_the_code(
    served: Served, admin: Person, fresh_tries: None
) -> None:
    code = code_for(admin, "N10", "N10-BOX")["code"]
    assert said(enrolling(served, code, "no request")) == (400, "bad_certificate_request")
    assert enrolling(served, code).status_code == 200


def test_guessing_ends_soon(served: Served, admin: Person, fresh_tries: None) -> None:
    code = code_for(admin, "N11", "N11-BOX")["code"]
    for number in range(ENROL_TRIES_PER_QUARTER_HOUR):
        assert said(enrolling(served, f"GUESS{number:03d}")) == (409, "bad_code")
    assert said(enrolling(served, code)) == (429, "too_many_attempts")


def test_a_network_that_guesses_is_held_up_too(
    served: Served, admin: Person, sql: Callable[..., Any], fresh_tries: None
) -> None:
    code = code_for(admin, "N11", "N11-ALL")["code"]
    tried = "INSERT INTO enrolment_attempt SELECT '192.0.2.' || n FROM generate_series(1, $1) AS n"
    sql(tried, ENROL_TRIES_OF_ALL_MAX - 1)
    assert said(enrolling(served, "GUESSED1")) == (409, "bad_code")
    assert said(enrolling(served, code)) == (429, "too_many_attempts")


def test_no_more_codes_are_open_than_may(admin: Person, sql: Callable[..., Any]) -> None:
    sql(
        "INSERT INTO device_enrolment (unit_id, device_id, kind, code_hash, created_by, expires_at)"
        " SELECT 'N12', 'N12-FULL', 'gateway', int4send(n), 'test', now() + interval '1 minute'"
        " FROM generate_series(1, $1) AS n",
        ENROL_CODES_OPEN_MAX,
    )
    body = {"unit_id": "N12", "device_id": "N12-BOX", "kind": "gateway"}
    try:
        answer = admin.http.post("/api/devices/codes", json=body)
        assert said(answer) == (409, "too_many_codes")
    finally:
        sql("DELETE FROM device_enrolment WHERE device_id = 'N12-FULL'")
    assert admin.http.post("/api/devices/codes", json=body).status_code == 200


def test_the_viewer_is_bounded(admin: Person, sql: Callable[..., Any]) -> None:
    sql(
        "INSERT INTO quarantine SELECT 'N14', 'wrong_unit', int4send(n), 't', 'd', 'raw', 3, NULL,"
        " NULL, NULL, $1, $1, 1 FROM generate_series(1, $2) AS n",
        datetime.now(UTC),
        QUARANTINE_LISTED_MAX + 1,
    )
    assert len(admin.get("/api/devices/quarantine", source="N14")) == QUARANTINE_LISTED_MAX


@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        (("N07", "N07/#", "gateway"), (400, "malformed")),
        (("N07", "n07-box", "gateway"), (400, "malformed")),
        (("N07", "+", "gateway"), (400, "malformed")),
        (("N07", "N07-BOX", "toaster"), (400, "malformed")),
        (("N99", "N99-BOX", "gateway"), (409, "unknown_unit")),
        (("N07", "N08", "gateway"), (409, "device_is_a_unit")),
        (("N07", "NX08-MON", "monitor"), (409, "device_of_another_unit")),
    ],
)
def test_a_device_that_cannot_be_this_units_gets_no_code(
    admin: Person, wanted: tuple[str, str, str], answer: tuple[int, str]
) -> None:
    unit_id, device_id, kind = wanted
    body = {"unit_id": unit_id, "device_id": device_id, "kind": kind}
    assert said(admin.http.post("/api/devices/codes", json=body)) == answer
