"""A broker that asks for certificates, as docs/operations.md says: ours in, revoked ones out."""

import asyncio
import ipaddress
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.enums import CallbackAPIVersion

from deploy.embedded import mosquitto
from deploy.embedded.broker import mosquitto_program
from deploy.embedded.identity import Identity, choose, own
from deploy.embedded.process import free_port, spawn
from dispatch.errors import Refused
from dispatch.http.device_ca import DeviceCa, key_pem, new_key, request_of
from dispatch.ids import CountyId, UnitId
from telemetry.gateway.link import Link
from tests.support.services import service_folder

WAIT_S = 20.0
LOOPS_MAX = 100  # turns of the client's loop, a second each at most
NOW = datetime.now(UTC)


@pytest.fixture
def folder() -> Iterator[Path]:
    with service_folder() as found:
        yield found


def _server_certificate(folder: Path) -> None:
    """The broker's own: signed by itself, for this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker of a test")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(hours=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "server.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(key_pem(key))


def _device(folder: Path, ca: DeviceCa, device_id: str) -> str:
    """A device's key and certificate as `gateway enrol` writes them; its serial number."""
    key = new_key()
    issued = ca.issue(device_id, request_of(key), NOW)
    (folder / f"{device_id}.key").write_bytes(key_pem(key))
    (folder / f"{device_id}.pem").write_text(issued.pem)
    return issued.serial


@asynccontextmanager
async def broker(folder: Path) -> AsyncIterator[int]:
    program = mosquitto_program()
    assert program is not None, "mosquitto is not installed"
    port = free_port()
    rules = mosquitto.access_rules("core", {"N07-BOX": "N07", "N08-BOX": "N08"})
    (folder / "acl").write_text(rules)
    (folder / "mosquitto.conf").write_text(f"""\
listener {port} 127.0.0.1
cafile {folder}/device-ca.pem
crlfile {folder}/device-ca.crl
certfile {folder}/server.pem
keyfile {folder}/server.key
require_certificate true
use_identity_as_username true
acl_file {folder}/acl
log_dest stderr
""")
    identity: Identity = choose("mqtt broker", [program, folder.parent], ("mosquitto", "nobody"))
    own(folder, identity)
    child = spawn(
        "mqtt broker",
        [program, "-c", folder / "mosquitto.conf"],
        identity=identity,
        log_file=folder / "mosquitto.log",
        death_signal=signal.SIGTERM,
    )
    try:
        async with asyncio.timeout(WAIT_S):
            while not await _listens(port):
                assert child.returncode is None, child.log_tail()
        yield port
    finally:
        await child.stop((signal.SIGTERM, WAIT_S))


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def _published(link: Link, topic: str) -> str:
    """How a publish over the gateway's own TLS context ends: the broker's reason, or refused."""
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.username_pw_set(link.login, link.password)
    client.tls_set_context(link.tls_context())
    reasons: list[str] = []

    def published(_client: Any, _data: Any, _mid: int, reason: Any, _properties: Any) -> None:
        reasons.append(str(reason))

    def connected(*_: Any) -> None:
        client.publish(topic, b"{}", qos=1)

    client.on_connect = connected
    client.on_publish = published
    try:
        client.connect(link.host, link.port)
        for _ in range(LOOPS_MAX):
            if reasons or client.loop(1.0) != paho.MQTT_ERR_SUCCESS:
                break
        client.disconnect()
    except OSError:
        return "refused"
    return reasons[0] if reasons else "refused"


async def test_a_certificate_opens_its_own_units_topics_and_a_revoked_one_nothing(
    folder: Path,
) -> None:
    place = folder / "tls"
    place.mkdir()
    ca = DeviceCa(place, "nanxian", NOW)
    _server_certificate(place)
    _device(place, ca, "N07-BOX")
    revoked = _device(place, ca, "N08-BOX")
    (place / "device-ca.crl").write_text(ca.revocations([(revoked, NOW)], NOW))
    async with broker(place) as port:

        def link(device_id: str, *, shown: bool = True) -> Link:
            return Link(
                host="127.0.0.1",
                port=port,
                county_id=CountyId("nanxian"),
                unit_id=UnitId("N07"),
                password="",
                is_tls=True,
                user=device_id,
                certificate=str(place / f"{device_id}.pem") if shown else "",
                key=str(place / f"{device_id}.key") if shown else "",
                ca=str(place / "server.pem"),
            )

        own_topic = "greenlane/nanxian/N07/N07-MON/vitals"
        foreign = "greenlane/nanxian/N08/N08-MON/vitals"
        ask = asyncio.to_thread
        answers = [
            await ask(_published, link("N07-BOX"), own_topic),
            await ask(_published, link("N07-BOX"), foreign),
            await ask(_published, link("N08-BOX"), foreign),
            await ask(_published, link("N07-BOX", shown=False), own_topic),
        ]
    assert answers[0] in ("Success", "No matching subscribers")
    assert answers[1:] == ["Not authorized", "refused", "refused"]


def test_files_that_are_no_certificates_are_refused_by_name(folder: Path) -> None:
    (folder / "device.pem").write_text("no certificate")
    link = Link(
        host="127.0.0.1",
        port=1,
        county_id=CountyId("nanxian"),
        unit_id=UnitId("N07"),
        password="",
        is_tls=True,
        certificate=str(folder / "device.pem"),
    )
    with pytest.raises(Refused, match=r"device\.pem"):
        link.tls_context()
