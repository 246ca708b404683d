"""The county's own small certificate authority for devices: one key, one certificate a device.

It is made at the first enrolment in the secrets folder (`device-ca.key` 0600, `device-ca.pem`). A
certificate names its device as CN and nothing else, so that a broker may take the CN as the user
name; ids that could be read as topics are refused (RELIABILITY F52). The device makes its own key
and sends a request for a certificate: a private key never travels.

Not here: who may ask (`dispatch.http.enrolment`) and the broker that checks it.
"""

import os
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dispatch.errors import BadPayload, Unavailable

KEY_FILE: Final = "device-ca.key"
CERTIFICATE_FILE: Final = "device-ca.pem"
DEVICE_ID: Final = re.compile(r"[A-Z0-9-]{3,32}")
_CA_LIFE: Final = timedelta(days=3_650)  # POLICY: longer than any box stays in a vehicle
_DEVICE_LIFE: Final = timedelta(days=730)  # POLICY: boxes are looked at every two years
_BACKDATED: Final = timedelta(minutes=10)  # a box whose clock is a little slow
_LIST_LIFE: Final = timedelta(days=7)  # a broker that is not told for a week says so
_CURVE: Final = ec.SECP256R1


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """A device's certificate as PEM, its serial number in hex, and when it ends."""

    pem: str
    serial: str
    until: datetime


class DeviceCa:
    """The authority whose files lie in ``folder``; made there when it is absent."""

    def __init__(self, folder: Path, county_id: str, now: datetime) -> None:
        self._key = _kept_key(folder)
        path = folder / CERTIFICATE_FILE
        if not path.exists():
            made = _own_certificate(self._key, f"Greenlane devices of {county_id}", now)
            _write_once(path, made.public_bytes(serialization.Encoding.PEM))
        self._certificate = x509.load_pem_x509_certificate(path.read_bytes())
        if self._certificate.public_key() != self._key.public_key():
            raise Unavailable("device_ca", f"{path} is not the certificate of {KEY_FILE}")

    @property
    def pem(self) -> str:
        """The authority's certificate."""
        return self._certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")

    def issue(self, device_id: str, request_pem: str, now: datetime) -> Issued:
        """A certificate for the key of a request; its other wishes are ignored.

        Raises BadPayload `bad_certificate_request`.
        """
        if not DEVICE_ID.fullmatch(device_id):
            raise BadPayload("bad_device_id", "3 to 32 capitals, digits and -")
        key = _key_of(request_pem)
        serial = x509.random_serial_number()
        until = now + _DEVICE_LIFE
        made = (
            x509.CertificateBuilder()
            .subject_name(_named(device_id))
            .issuer_name(self._certificate.subject)
            .public_key(key)
            .serial_number(serial)
            .not_valid_before(now - _BACKDATED)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        pem = made.public_bytes(serialization.Encoding.PEM).decode("ascii")
        return Issued(pem=pem, serial=f"{serial:x}", until=until)

    def revocations(self, serials: Iterable[tuple[str, datetime]], now: datetime) -> str:
        """The signed list, as PEM, of certificates (serial in hex) that count no more."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._certificate.subject)
            .last_update(now)
            .next_update(now + _LIST_LIFE)
        )
        for serial, since in serials:
            entry = x509.RevokedCertificateBuilder(int(serial, 16), since)
            builder = builder.add_revoked_certificate(entry.build())
        made = builder.sign(self._key, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.PEM).decode("ascii")


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key as devices and the authority have it."""
    return ec.generate_private_key(_CURVE())


def request_of(key: ec.EllipticCurvePrivateKey) -> str:
    """A request for a certificate for ``key``, as PEM."""
    made = x509.CertificateSigningRequestBuilder().subject_name(_named("device"))
    request = made.sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode("ascii")


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A private key as unencrypted PEM, for a file that only its owner reads."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _key_of(request_pem: str) -> ec.EllipticCurvePublicKey:
    try:
        request = x509.load_pem_x509_csr(request_pem.encode("ascii"))
        key = request.public_key()
        is_signed = request.is_signature_valid
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise BadPayload("bad_certificate_request", str(error)[:200]) from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, _CURVE):
        raise BadPayload("bad_certificate_request", "the key must be of the curve P-256")
    if not is_signed:
        raise BadPayload("bad_certificate_request", "it is not signed with its own key")
    return key


def _own_certificate(key: ec.EllipticCurvePrivateKey, name: str, now: datetime) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + _CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=False,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=True,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )


def _kept_key(folder: Path) -> ec.EllipticCurvePrivateKey:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / KEY_FILE
    if not path.exists():
        _write_once(path, key_pem(new_key()))
    if path.stat().st_mode & 0o077:
        raise Unavailable("device_ca", f"{path} is open to other users; make it 0600")
    found = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise Unavailable("device_ca", f"{path} is no key of ours")
    return found


def _write_once(path: Path, content: bytes) -> None:
    """A whole 0600 file, or the one another starter was first to write."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass  # its key is the key
    finally:
        temporary.unlink()
