"""What the box in the car is told: whose it is, where the broker is, what is plugged into it.

A TOML file, described in docs/contracts/gateway_inputs.md. Read strictly: an unknown key is a slip
of the hand that would otherwise be a device nobody reads.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec

from dispatch.errors import Refused
from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry.contract import Datum
from telemetry.gateway.link import Link
from telemetry.hl7v2.times import zone_of

_DEVICE = Annotated[DeviceId, msgspec.Meta(pattern=r"\A[A-Z0-9-]{3,32}\Z")]
_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
_CONFIG_BYTES_MAX: Final = 65_536


class Hl7Input(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="hl7"):
    """A monitor that sends HL7 v2 over MLLP to ``listen``; ``zone`` of times that state none."""

    device: _DEVICE
    listen: str = "127.0.0.1:2575"
    zone: str | None = None


class Jt808Input(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="jt808"
):
    """A JT/T 808 terminal that speaks to the vehicle; ``terminal_id`` and ``code`` as enrolled."""

    device: _DEVICE
    terminal_id: str
    code: str = ""
    listen: str = "127.0.0.1:6808"
    datum: Datum | None = None
    must_authenticate: bool = True
    counts_serials: bool = True


class NmeaInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="nmea"):
    """A satellite receiver; ``source`` is tcp://host:port or serial:/dev/ttyS0?baud=9600."""

    device: _DEVICE
    source: str


class LineInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="line"):
    """A monitor that speaks GL1; ``source`` as for a receiver."""

    device: _DEVICE
    source: str


class EcgFolderInput(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="ecg_folder"
):
    """A folder into which an ECG machine drops its files; sent ones go into ``sent/`` inside."""

    device: _DEVICE
    folder: str


Input = Hl7Input | Jt808Input | NmeaInput | LineInput | EcgFolderInput


class GatewayConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One vehicle. ``broker`` is mqtt://host:port or mqtts://…; ``user`` is the box's login there,
    as enrolled; empty: the unit's id. ``certificate`` and ``key`` show the box to a broker that
    asks for one, ``ca`` is whom we believe the broker's; empty: the system's authorities.

    ``state`` is the folder of the outbox and of nothing else that matters.
    """

    county_id: CountyId
    unit_id: UnitId
    broker: str
    password_file: str
    state: str
    inputs: tuple[Input, ...]
    user: str = ""
    certificate: str = ""
    key: str = ""
    ca: str = ""

    @property
    def devices(self) -> tuple[DeviceId, ...]:
        """Every device once, in the order of the file."""
        return tuple(dict.fromkeys(one.device for one in self.inputs))


def read_config(path: Path) -> GatewayConfig:
    """The file's configuration, with paths relative to it made absolute.

    Raises Refused ``gateway_config`` with the file and what is wrong in it.
    """
    try:
        raw = path.read_bytes()
        if len(raw) > _CONFIG_BYTES_MAX:
            raise ValueError(f"{len(raw)} bytes are no configuration")
        found = msgspec.convert(tomllib.loads(raw.decode("utf-8")), GatewayConfig)
        if not found.inputs:
            raise ValueError("no [[inputs]]: nothing would be read")
        for one in found.inputs:
            if isinstance(one, Hl7Input) and one.zone is not None and zone_of(one.zone) is None:
                raise ValueError(f"zone {one.zone!r} of {one.device}: write +0800")
        link_of(found, "")
    except (OSError, ValueError) as error:  # TOML, UTF-8 and validation errors are ValueErrors
        raise Refused("gateway_config", file=str(path), fault=str(error)) from error
    here = path.resolve().parent
    inputs = tuple(
        msgspec.structs.replace(one, folder=str(here / one.folder))
        if isinstance(one, EcgFolderInput)
        else one
        for one in found.inputs
    )
    return msgspec.structs.replace(
        found,
        state=str(here / found.state),
        password_file=str(here / found.password_file),
        certificate=_beside(here, found.certificate),
        key=_beside(here, found.key),
        ca=_beside(here, found.ca),
        inputs=inputs,
    )


def _beside(here: Path, name: str) -> str:
    return str(here / name) if name else ""


def link_of(config: GatewayConfig, password: str) -> Link:
    """The broker's address as the publisher wants it; ValueError for another kind of URL."""
    parts = urlsplit(config.broker)
    if parts.scheme not in _PORTS or parts.hostname is None:
        raise ValueError(f"broker {config.broker!r}: write mqtt://host:port or mqtts://host:port")
    return Link(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        county_id=config.county_id,
        unit_id=config.unit_id,
        user=config.user,
        certificate=config.certificate,
        key=config.key,
        ca=config.ca,
        password=password,
        is_tls=parts.scheme == "mqtts",
    )


def address_of(text: str) -> tuple[str, int]:
    """``host:port``; ValueError naming what was wrong."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdigit() or not 0 <= int(port) <= 65_535:
        raise ValueError(f"{text!r}: write host:port")
    return host, int(port)
