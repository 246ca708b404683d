"""The vehicle's MQTT 5 client: publishes the outbox until the server says that it has it all.

One thread per vehicle owns the connection (paho's external-loop use: nothing else touches the
socket). What it sends: fresh messages first, then the backlog at a bounded rate, then again
whatever the server's application ack has not covered after 5 s, and everything unacknowledged after
a reconnect. paho's own queue is in memory only and is thrown away with each connection: the outbox
is the truth, and the server finds duplicates by (device, boot, seq).

The last will says `offline` when the vehicle vanishes without a word.

Not here: durability (`outbox`) and reading a monitor or a receiver (the caller's).
"""

import contextlib
import random
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry.gateway import limits
from telemetry.gateway.outbox import Kind, Message, Outbox

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike

_Key = tuple[str, str, int]


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Where the broker is and as whom the vehicle speaks; the user name is the unit id."""

    host: str
    port: int
    county_id: CountyId
    unit_id: UnitId
    password: str
    is_tls: bool = False

    def topic(self, device_id: str, kind: str) -> str:
        """The topic of one device's messages of one kind (contract v1)."""
        return f"greenlane/{self.county_id}/{self.unit_id}/{device_id}/{kind}"

    def __repr__(self) -> str:
        """Without the password: this reaches logs."""
        return f"Link({self.unit_id} at {self.host}:{self.port})"


class _Ack(msgspec.Struct, frozen=True):
    """The server's application ack; fields beyond these are the future's."""

    boot_id: str
    contiguous: int
    selective: list[int] = []


class Publisher:
    """Publishes one vehicle's outbox over one connection; `start` and `stop` from any thread.

    ``on_problem`` is called in the publisher's thread with a line for the log, once per kind of
    trouble until the connection is well again.
    """

    def __init__(
        self,
        link: Link,
        outbox: Outbox,
        devices: Sequence[DeviceId],
        *,
        on_problem: Callable[[str], None],
        rng: random.Random,
    ) -> None:
        if not devices:
            raise ValueError("a vehicle without a device has nothing to publish")
        self._link = link
        self._outbox = outbox
        self._devices = tuple(devices)
        self._on_problem = on_problem
        self._rng = rng
        self._live: deque[Message] = deque(maxlen=limits.LIVE_MAX)
        self._sent: dict[_Key, tuple[float, int]] = {}
        self._inflight: set[int] = set()
        self._next_backlog_at = 0.0
        self._boot_id = outbox.boot_id
        self._problem = ""
        self._is_connected = threading.Event()
        self._is_stopping = threading.Event()
        self._is_cut = threading.Event()
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_read.setblocking(False)
        self._wake_write.setblocking(False)
        self._thread = threading.Thread(target=self._run, name=f"gateway-{link.unit_id}")

    @property
    def is_connected(self) -> bool:
        """Whether the broker has accepted the present connection."""
        return self._is_connected.is_set()

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Say offline, give the last messages a moment to leave, end the thread."""
        if self._thread.is_alive():
            for device_id in self._devices:
                self.send(device_id, "status", datetime.now(UTC), {"state": "offline"})
            self._is_stopping.set()
            self._wake()
            self._thread.join()
        self._wake_read.close()
        self._wake_write.close()

    def send(
        self, device_id: DeviceId, kind: Kind, observed_at: datetime, body: Mapping[str, object]
    ) -> Message:
        """Store one message for good, then publish it as soon as there is a link."""
        message = self._outbox.put(device_id, kind, observed_at, body)
        self._live.append(message)
        self._wake()
        return message

    def cut(self) -> None:
        """Lose the link as in a dead spot: no farewell, and no reconnect until `mend`."""
        self._is_cut.set()
        self._wake()

    def mend(self) -> None:
        """The link may come back."""
        self._is_cut.clear()
        self._wake()

    # --- everything below runs in the publisher's own thread ---------------------------------

    def _run(self) -> None:
        attempt = 0
        while not self._is_stopping.is_set():
            if self._is_cut.is_set():
                self._pause(limits.LOOP_TICK_S)
                continue
            client = self._client()
            try:
                self._open(client)
                was_accepted = self._serve(client)
            except (OSError, ValueError) as error:  # paho: ValueError for an unusable address
                self._report(f"no connection: {error}")
                was_accepted = False
            finally:
                self._is_connected.clear()
                _drop(client)
            attempt = 0 if was_accepted else attempt + 1
            self._pause(self._backoff_s(attempt))

    def _client(self) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"gateway-{self._link.county_id}-{self._link.unit_id}",
            protocol=mqtt.MQTTv5,
            reconnect_on_failure=False,
        )
        client.connect_timeout = limits.CONNECT_WAIT_S
        client.username_pw_set(self._link.unit_id, self._link.password)
        if self._link.is_tls:
            client.tls_set_context(ssl.create_default_context())
        client.max_inflight_messages_set(limits.INFLIGHT_MAX)
        will = self._outbox.will(self._devices[0], datetime.now(UTC))
        client.will_set(self._link.topic(will.device_id, "status"), will.payload, qos=1)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _open(self, client: mqtt.Client) -> None:
        properties = _properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = limits.SESSION_EXPIRY_S
        properties.ReceiveMaximum = limits.RECEIVE_MAX
        self._live.clear()  # all of it is in the outbox, and goes out from there
        self._sent.clear()
        self._inflight.clear()
        client.connect(
            self._link.host,
            self._link.port,
            keepalive=limits.KEEPALIVE_S,
            clean_start=False,
            properties=properties,
        )

    def _serve(self, client: mqtt.Client) -> bool:
        """Run one connection to its end; tells whether the broker had accepted it."""
        was_accepted = False
        stop_at: float | None = None
        while (sock := client.socket()) is not None:
            if self._is_cut.is_set():
                sock.close()
                return was_accepted
            if self._is_stopping.is_set():
                stop_at = stop_at or time.monotonic() + limits.STOP_WAIT_S
                if self._is_flushed() or time.monotonic() > stop_at:
                    client.disconnect()
                    return True
            if not _turn(client, sock, self._wake_read):
                self._report("the connection ended")
                return was_accepted
            if self._is_connected.is_set():
                was_accepted = True
                self._publish_due(client)
        return was_accepted

    def _is_flushed(self) -> bool:
        return self._is_connected.is_set() and not self._live and not self._inflight

    def _publish_due(self, client: mqtt.Client) -> None:
        now = time.monotonic()
        if self._boot_id != self._outbox.boot_id:  # the outbox overflowed and numbered anew
            self._boot_id = self._outbox.boot_id
            self._sent.clear()
        while self._live and self._has_room():
            self._publish(client, self._live.popleft(), now)
        if now < self._next_backlog_at:
            return
        self._next_backlog_at = now + limits.BACKLOG_TICK_S
        if self._outbox.count() == 0:
            return
        published = 0
        for message in self._outbox.pending(limits.UNACKED_MAX):
            due_at, _ = self._sent.get(_key(message), (now, 0))
            if due_at > now:
                continue
            if published >= limits.BACKLOG_BATCH or len(self._inflight) >= limits.INFLIGHT_MAX:
                break
            self._publish(client, message, now)
            published += 1

    def _has_room(self) -> bool:
        return len(self._inflight) < limits.INFLIGHT_MAX and len(self._sent) < limits.UNACKED_MAX

    def _publish(self, client: mqtt.Client, message: Message, now: float) -> None:
        properties = _properties(PacketTypes.PUBLISH)
        if message.kind == "position":
            properties.MessageExpiryInterval = limits.POSITION_EXPIRY_S
        info = client.publish(
            self._link.topic(message.device_id, message.kind),
            message.payload,
            qos=1,
            properties=properties,
        )
        if info.rc != mqtt.MQTT_ERR_SUCCESS:
            return  # the connection is ending; the outbox keeps it
        self._inflight.add(info.mid)
        _, times = self._sent.get(_key(message), (0.0, 0))
        wait_s = min(limits.RESEND_AFTER_S * 2**times, limits.RESEND_AFTER_MAX_S)
        self._sent[_key(message)] = (now + wait_s, times + 1)

    def _on_connect(
        self,
        client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._report(f"the broker refuses: {reason}")
            return
        client.subscribe(self._link.topic("+", "ack"), qos=1)
        self._problem = ""
        self._is_connected.set()
        for device_id in self._devices:
            self.send(device_id, "status", datetime.now(UTC), {"state": "online"})

    def _on_publish(
        self,
        _client: mqtt.Client,
        _userdata: object,
        mid: int,
        reason: ReasonCode,
        _properties: Properties,
    ) -> None:
        self._inflight.discard(mid)
        if reason.is_failure:
            self._report(f"the broker refuses a message: {reason}")

    def _on_message(
        self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage
    ) -> None:
        device_id = DeviceId(message.topic.split("/")[-2])
        try:
            if len(message.payload) > limits.ACK_BYTES_MAX:
                raise msgspec.ValidationError("too long")
            ack = msgspec.json.decode(message.payload, type=_Ack)
        except msgspec.DecodeError as error:  # also its subclass ValidationError
            self._report(f"an acknowledgement that cannot be read: {error}")
            return
        self._outbox.acknowledge(device_id, ack.boot_id, ack.contiguous, ack.selective)
        listed = set(ack.selective)
        covered = [
            key
            for key in self._sent
            if key[0] == device_id
            and key[1] == ack.boot_id
            and (key[2] <= ack.contiguous or key[2] in listed)
        ]
        for key in covered:
            del self._sent[key]

    def _backoff_s(self, attempt: int) -> float:
        ceiling: float = min(limits.BACKOFF_FIRST_S * 2 ** min(attempt, 10), limits.BACKOFF_MAX_S)
        return ceiling * (0.5 + self._rng.random() / 2)

    def _pause(self, seconds: float) -> None:
        self._is_stopping.wait(seconds)

    def _report(self, problem: str) -> None:
        if problem != self._problem and not self._is_stopping.is_set():
            self._problem = problem
            self._on_problem(problem)

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):  # plenty of wake-ups are waiting already
            self._wake_write.send(b"w")


def _turn(client: mqtt.Client, sock: "SocketLike", wake: socket.socket) -> bool:
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


def _properties(packet: int) -> Properties:
    return Properties(packet)  # type: ignore[no-untyped-call]  # paho does not annotate it


def _drop(client: mqtt.Client) -> None:
    """Close the socket, if it is still there, without a farewell."""
    sock = client.socket()
    if sock is not None:
        sock.close()


def _key(message: Message) -> _Key:
    return (message.device_id, message.boot_id, message.seq)
