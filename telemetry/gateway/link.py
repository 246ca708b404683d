"""The connection of a vehicle: its address, one turn of its network loop, and whether it is heard.

paho owns the socket; `publisher` owns paho. What is here needs no outbox: an address, what an
acknowledgement says, and the tally of what was sent and confirmed, from which the vehicle knows
that its link is dead although TCP still takes its writes.
"""

import select
import socket
import ssl
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.properties import Properties

from dispatch.errors import Refused
from dispatch.ids import CountyId, UnitId
from telemetry.gateway import limits

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike

Key = tuple[str, str, int]
"""(device, boot, seq) of a message."""

_SMOOTHING = 0.2  # of a new round trip in the smoothed one


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Where the broker is and as whom the vehicle speaks; without ``user`` that is the unit id."""

    host: str
    port: int
    county_id: CountyId
    unit_id: UnitId
    password: str
    is_tls: bool = False
    user: str = ""
    certificate: str = ""
    key: str = ""
    ca: str = ""

    def tls_context(self) -> ssl.SSLContext:
        """How the broker is checked (by ``ca``, else the system's authorities) and we are shown.

        Raises Refused ``gateway_config`` for files that cannot be used.
        """
        try:
            context = ssl.create_default_context(cafile=self.ca or None)
            if self.certificate:
                context.load_cert_chain(self.certificate, self.key or None)
        except OSError as error:  # an SSLError is one
            files = " ".join(filter(None, (self.ca, self.certificate, self.key)))
            raise Refused("gateway_config", file=files, fault=str(error)) from error
        return context

    @property
    def login(self) -> str:
        """The user name at the broker."""
        return self.user or self.unit_id

    def topic(self, device_id: str, kind: str) -> str:
        """The topic of one device's messages of one kind (contract v1)."""
        return f"greenlane/{self.county_id}/{self.unit_id}/{device_id}/{kind}"

    def __repr__(self) -> str:
        """Without the password: this reaches logs."""
        return f"Link({self.unit_id} at {self.host}:{self.port})"


class Ack(msgspec.Struct, frozen=True):
    """The server's application ack; fields beyond these are the future's."""

    boot_id: str
    contiguous: int
    selective: list[int] = []


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How the link does. ``confirmed_s``: since the core last acknowledged anything (None: never);
    ``round_trip_ms``: from publish to acknowledgement, smoothed; ``is_lost``: nothing gets through.
    """

    is_connected: bool
    is_lost: bool
    confirmed_s: float | None
    round_trip_ms: float | None


class Confirmations:
    """What was published and when, until the core acknowledges it; times are monotonic seconds."""

    def __init__(self) -> None:
        self._sent_at: dict[Key, float] = {}
        self._confirmed_at: float | None = None
        self._waiting_since: float | None = None
        self._round_trip_s: float | None = None

    def published(self, key: Key, now_s: float) -> None:
        """A message left, for the first time or again."""
        self._sent_at.setdefault(key, now_s)
        if self._waiting_since is None:
            self._waiting_since = now_s

    def confirmed(self, keys: Sequence[Key], now_s: float) -> None:
        """The core has acknowledged something, perhaps some of what was sent."""
        self._confirmed_at = now_s
        took = [now_s - self._sent_at.pop(key) for key in keys if key in self._sent_at]
        if took:
            had, newest = self._round_trip_s, min(took)
            self._round_trip_s = newest if had is None else had + _SMOOTHING * (newest - had)
        self._waiting_since = now_s if self._sent_at else None

    def forget(self) -> None:
        """Another connection, or other numbers: what was sent is sent again."""
        self._sent_at.clear()

    def health(self, is_connected: bool, now_s: float) -> Health:
        """How the link does; something unconfirmed for too long is a lost link."""
        confirmed, waiting = self._confirmed_at, self._waiting_since
        is_silent = waiting is not None and now_s - waiting > limits.UNCONFIRMED_S
        return Health(
            is_connected=is_connected,
            is_lost=not is_connected or is_silent,
            confirmed_s=None if confirmed is None else now_s - confirmed,
            round_trip_ms=None if self._round_trip_s is None else self._round_trip_s * 1000,
        )


def turn(client: mqtt.Client, sock: "SocketLike", wake: socket.socket) -> bool:
    """Wait for the network or a wake-up and serve it once; False when the connection has ended."""
    writers = [sock] if client.want_write() else []
    is_buffered = isinstance(sock, ssl.SSLSocket) and sock.pending() > 0
    wait_s = 0.0 if is_buffered else limits.LOOP_TICK_S
    readable, writable, _ = select.select([sock, wake], writers, [], wait_s)
    if wake in readable:
        wake.recv(4096)
    if (sock in readable or is_buffered) and client.loop_read() != mqtt.MQTT_ERR_SUCCESS:
        return False
    if sock in writable and client.loop_write() != mqtt.MQTT_ERR_SUCCESS:
        return False
    return client.loop_misc() == mqtt.MQTT_ERR_SUCCESS


def properties_of(packet: int) -> Properties:
    """Empty MQTT 5 properties for a kind of packet."""
    return Properties(packet)  # type: ignore[no-untyped-call]  # paho does not annotate it


def drop(client: mqtt.Client) -> None:
    """Close the socket, if it is still there, without a farewell."""
    sock = client.socket()
    if sock is not None:
        sock.close()
