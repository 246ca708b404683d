"""Enrolment of devices: a code from an administrator, a credential for the box that shows it.

``POST /api/devices/codes``      administrator: a code for one device of one unit, shown once
``POST /api/devices/enrol``      the box: the code and a certificate request in, a login out
``POST /api/devices/revoke``     administrator: this device may not sign in any more
``GET  /api/devices/ca.pem``     the authority's certificate; ``crl.pem`` its revocation list

A device's login at the broker is its own id; the broker lets it write its unit's topics only. With
the embedded broker the login works within seconds of the enrolment. With another one it is shown to
the administrator together with the code, to be entered there first. No code and no password is
stored: both are checked and derived under the installation's key.
"""

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import asyncpg
import msgspec
from fastapi import APIRouter, Request, Response

from dispatch.domain.config import CountyConfig
from dispatch.errors import BadPayload, Refused, Unavailable
from dispatch.http.device_ca import DEVICE_ID, DeviceCa
from dispatch.http.devices import administrator
from dispatch.http.guard import answer, body_of, check_origin, decode, services
from dispatch.http.logins import BrokerLogins
from dispatch.http.services import Services
from dispatch.limits import (
    ENROL_CODE_LIFE_S,
    ENROL_CODES_OPEN_MAX,
    ENROL_TRIES_OF_ALL_MAX,
    ENROL_TRIES_PER_QUARTER_HOUR,
)
from dispatch.log.database import fetch
from dispatch.log.identity import key_from_text

router = APIRouter(tags=["devices"])

KINDS: Final = ("gateway", "monitor", "gps", "ecg")
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that is misread
_CODE_CHARS: Final = 8
_TRY_WINDOW: Final = timedelta(minutes=15)
_AGAIN: Final = "enrolled again"
_MAKE: Final = """
INSERT INTO device_enrolment (unit_id, device_id, kind, code_hash, created_by, expires_at)
SELECT $1, $2, $3, $4, $5, clock_timestamp() + $6::interval
WHERE (SELECT count(*) FROM device_enrolment
       WHERE used_at IS NULL AND revoked_at IS NULL AND expires_at > clock_timestamp()) < $7
RETURNING expires_at"""
_TRIES: Final = """
SELECT count(*) FILTER (WHERE address = $1) AS own, count(*) AS every FROM enrolment_attempt
WHERE at > clock_timestamp() - $2::interval"""
_TRIED: Final = """
WITH old AS (DELETE FROM enrolment_attempt WHERE at < clock_timestamp() - $2::interval)
INSERT INTO enrolment_attempt (address) VALUES ($1)"""
_USE: Final = """
UPDATE device_enrolment SET used_at = clock_timestamp(), used_from = $2
WHERE code_hash = $1 AND used_at IS NULL AND revoked_at IS NULL
  AND expires_at > clock_timestamp()
RETURNING enrolment_id, unit_id, device_id"""
_CERTIFY: Final = """
UPDATE device_enrolment SET certificate_serial = $2, certificate_until = $3
WHERE enrolment_id = $1"""
_REVOKE: Final = """
UPDATE device_enrolment SET revoked_at = clock_timestamp(), revoked_by = $2
WHERE device_id = $1 AND revoked_at IS NULL AND enrolment_id <> $3 RETURNING used_at"""
_REVOKED: Final = """
SELECT certificate_serial, revoked_at FROM device_enrolment
WHERE revoked_at IS NOT NULL AND certificate_until > clock_timestamp()
ORDER BY enrolment_id"""


class CodeWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For which device of which unit; ``kind`` is one of `KINDS`."""

    unit_id: str
    device_id: str
    kind: str


class Enrolling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a box sends: its code, and a request for a certificate as PEM."""

    code: str
    certificate_request: str


class Revoking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which device may not sign in any more."""

    device_id: str


@router.post("/api/devices/codes")
async def make_code(request: Request) -> Response:
    """A code for a quarter of an hour and one use; said in this answer and never again."""
    check_origin(request)
    me = await administrator(request)
    wanted = decode(CodeWanted, await body_of(request))
    parts = services(request)
    _check_wanted(parts, wanted)
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_CHARS))
    made = await fetch(
        parts.pool,
        "a code",
        _MAKE,
        wanted.unit_id,
        wanted.device_id,
        wanted.kind,
        _hash(parts, code),
        me.user_id,
        timedelta(seconds=ENROL_CODE_LIFE_S),
        ENROL_CODES_OPEN_MAX,
    )
    if not made:
        raise Refused("too_many_codes", limit=ENROL_CODES_OPEN_MAX)
    login = None
    if parts.settings.mqtt_logins_file is None:
        login = {"user": wanted.device_id, "password": _password(parts, code)}
    said = {"code": code, "expires_at": made[0]["expires_at"], "broker_login": login}
    return answer({**msgspec.to_builtins(wanted), **said})


@router.post("/api/devices/enrol")
async def enrol(request: Request) -> Response:
    """The credential of the device whose code this is; a code opens once."""
    check_origin(request)
    typed = decode(Enrolling, await body_of(request))
    parts = services(request)
    address = request.client.host if request.client else ""
    await _check_tries(parts, address)
    code = _normal(typed.code)
    async with _in_turn(parts) as connection:
        row = await connection.fetchrow(_USE, _hash(parts, code), address)
        if row is not None:
            return answer(await _credential(parts, connection, row, code, typed))
    await fetch(parts.pool, "a failed try", _TRIED, address, 4 * _TRY_WINDOW)
    raise Refused("bad_code")


async def _credential(
    parts: Services, connection: Any, row: asyncpg.Record, code: str, typed: Enrolling
) -> dict[str, Any]:
    """Certificate and login of a device; its older ones end. All of it or nothing is kept."""
    unit_id, device_id = row["unit_id"], row["device_id"]
    ca = _authority(parts)
    issued = ca.issue(device_id, typed.certificate_request, parts.now())
    await connection.execute(_CERTIFY, row["enrolment_id"], issued.serial, issued.until)
    await connection.fetch(_REVOKE, device_id, _AGAIN, row["enrolment_id"])
    password = _password(parts, code)
    logins = _logins(parts)
    if logins is not None:
        logins.put(device_id, unit_id, password)
    return {
        "county_id": _config(parts).county_id,
        "unit_id": unit_id,
        "device_id": device_id,
        "user": device_id,
        "password": password,
        "certificate": issued.pem,
        "certificate_until": issued.until,
        "ca": ca.pem,
    }


@router.post("/api/devices/revoke")
async def revoke(request: Request) -> Response:
    """End a device's codes, login and certificate."""
    check_origin(request)
    me = await administrator(request)
    device_id = decode(Revoking, await body_of(request)).device_id
    parts = services(request)
    async with _in_turn(parts) as connection:
        ended = await connection.fetch(_REVOKE, device_id, me.user_id, -1)
        if not ended:
            raise Refused("not_found", device_id=device_id)
        logins = _logins(parts)
        if logins is not None:
            logins.drop(device_id)
    return answer({"device_id": device_id, "revoked": len(ended)})


@router.get("/api/devices/ca.pem")
async def authority(request: Request) -> Response:
    """The certificate that a broker checks devices by; public by its nature."""
    return Response(_authority(services(request)).pem, media_type="application/x-pem-file")


@router.get("/api/devices/crl.pem")
async def revocations(request: Request) -> Response:
    """Which certificates count no more, signed; public by its nature."""
    parts = services(request)
    found = await fetch(parts.pool, "revoked certificates", _REVOKED)
    serials = [(record["certificate_serial"], record["revoked_at"]) for record in found]
    pem = _authority(parts).revocations(serials, parts.now())
    return Response(pem, media_type="application/x-pem-file")


def _check_wanted(parts: Services, wanted: CodeWanted) -> None:
    """Raise ``BadPayload`` or ``Refused`` for a device that cannot be this unit's."""
    if not DEVICE_ID.fullmatch(wanted.device_id):
        raise BadPayload("malformed", "device_id: 3 to 32 capitals, digits and -")
    if wanted.kind not in KINDS:
        raise BadPayload("malformed", f"kind: one of {', '.join(KINDS)}")
    units = {str(unit.unit_id): unit for unit in _config(parts).units}
    if wanted.unit_id not in units:
        raise Refused("unknown_unit", unit_id=wanted.unit_id)
    if wanted.device_id in units:
        raise Refused("device_is_a_unit", device_id=wanted.device_id)
    for unit_id, unit in units.items():
        listed = {str(device.device_id) for device in unit.devices}
        if wanted.device_id in listed and unit_id != wanted.unit_id:
            raise Refused("device_of_another_unit", device_id=wanted.device_id, unit_id=unit_id)


@asynccontextmanager
async def _in_turn(parts: Services) -> AsyncIterator[Any]:
    """A transaction that changes enrolments and the broker's file alone. Raises Unavailable."""
    try:
        async with parts.pool.acquire() as connection, connection.transaction():
            await connection.execute("LOCK TABLE device_enrolment IN SHARE ROW EXCLUSIVE MODE")
            yield connection
    except asyncpg.LockNotAvailableError as error:
        raise Unavailable("database", "another enrolment is under way; try again") from error


async def _check_tries(parts: Services, address: str) -> None:
    """Raise ``Refused`` for an address, or a whole network, that has guessed too often."""
    (tries,) = await fetch(parts.pool, "tries", _TRIES, address, _TRY_WINDOW)
    too_many = tries["own"] >= ENROL_TRIES_PER_QUARTER_HOUR
    if too_many or tries["every"] >= ENROL_TRIES_OF_ALL_MAX:
        raise Refused("too_many_attempts", retry_after_s=int(_TRY_WINDOW.total_seconds()))


def _normal(code: str) -> str:
    """As it was given out, however it was typed: O is 0, I and L are 1."""
    plain = code.upper().replace("-", "").replace(" ", "")
    return plain.translate(str.maketrans("OIL", "011"))


def _hash(parts: Services, code: str) -> bytes:
    return hmac.new(_key(parts), f"enrolment code {code}".encode(), hashlib.sha256).digest()


def _password(parts: Services, code: str) -> str:
    """192 bits under our key: as good as random for whoever does not hold it."""
    made = hmac.new(_key(parts), f"device password {code}".encode(), hashlib.sha256)
    return made.hexdigest()[:48]


def _key(parts: Services) -> bytes:
    key = parts.settings.identity_key
    if key is None:
        raise Refused("setting_missing", name="GREENLANE_IDENTITY_KEY")
    return key_from_text(key.get_secret_value())


def _authority(parts: Services) -> DeviceCa:
    folder = parts.settings.data_folder / "secrets"
    return DeviceCa(folder, _config(parts).county_id, parts.now())


def _logins(parts: Services) -> BrokerLogins | None:
    path = parts.settings.mqtt_logins_file
    return None if path is None else BrokerLogins(path)


def _config(parts: Services) -> CountyConfig:
    config = parts.follower.world.config
    if config is None:
        raise Unavailable("county", "the county is not configured yet")
    return config
