"""The devices' certificate authority: what it signs, what it refuses, and how it is kept."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from dispatch.errors import BadPayload, Unavailable
from dispatch.http.device_ca import CERTIFICATE_FILE, KEY_FILE, DeviceCa, new_key, request_of

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_it_is_made_once_and_its_key_is_private(tmp_path: Path) -> None:
    first = DeviceCa(tmp_path / "secrets", "nanxian", NOW)
    again = DeviceCa(tmp_path / "secrets", "nanxian", NOW + timedelta(days=9))
    assert again.pem == first.pem
    for name in (KEY_FILE, CERTIFICATE_FILE):
        assert stat.S_IMODE((tmp_path / "secrets" / name).stat().st_mode) == 0o600
    (tmp_path / "secrets" / KEY_FILE).chmod(0o644)
    with pytest.raises(Unavailable, match="make it 0600"):
        DeviceCa(tmp_path / "secrets", "nanxian", NOW)


def test_a_certificate_names_the_device_whatever_was_asked_for(tmp_path: Path) -> None:
    ca = DeviceCa(tmp_path, "nanxian", NOW)
    key = new_key()
    wish = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "core")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(wish)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
    asked = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    issued = ca.issue("N07-BOX", asked, NOW)
    found = x509.load_pem_x509_certificate(issued.pem.encode())
    assert found.subject.rfc4514_string() == "CN=N07-BOX"
    assert found.public_key() == key.public_key()
    assert not found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert int(issued.serial, 16) == found.serial_number
    assert found.not_valid_after_utc == issued.until
    found.verify_directly_issued_by(x509.load_pem_x509_certificate(ca.pem.encode()))


@pytest.mark.parametrize("device_id", ["N07/BOX", "#", "+", "n07-box", "N0", "N" * 33, "", "A\n"])
def test_a_name_that_a_topic_could_be_made_of_is_refused(tmp_path: Path, device_id: str) -> None:
    with pytest.raises(BadPayload, match="bad_device_id"):
        DeviceCa(tmp_path, "nanxian", NOW).issue(device_id, request_of(new_key()), NOW)


def _other_key_request() -> str:
    """A request whose signature is not its own key's."""
    request = request_of(new_key())
    der = bytearray(
        x509.load_pem_x509_csr(request.encode()).public_bytes(serialization.Encoding.DER)
    )
    der[-1] ^= 1
    made = x509.load_der_x509_csr(bytes(der))
    return made.public_bytes(serialization.Encoding.PEM).decode()


def _request_with(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    made = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode()


def test_a_request_that_proves_nothing_is_refused(tmp_path: Path) -> None:
    ca = DeviceCa(tmp_path, "nanxian", NOW)
    asked = (
        "",
        "no pem",
        "登记",
        _other_key_request(),
        _request_with(rsa.generate_private_key(65_537, 2_048)),
        _request_with(ec.generate_private_key(ec.SECP384R1())),
    )
    for request in asked:
        with pytest.raises(BadPayload) as raised:
            ca.issue("N07-BOX", request, NOW)
        assert raised.value.reason == "bad_certificate_request"


def test_the_list_names_those_that_count_no_more(tmp_path: Path) -> None:
    ca = DeviceCa(tmp_path, "nanxian", NOW)
    issued = ca.issue("N07-BOX", request_of(new_key()), NOW)
    found = x509.load_pem_x509_crl(ca.revocations([(issued.serial, NOW)], NOW).encode())
    assert [f"{one.serial_number:x}" for one in found] == [issued.serial]
    assert not list(x509.load_pem_x509_crl(ca.revocations([], NOW).encode()))
