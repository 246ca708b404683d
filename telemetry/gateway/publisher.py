"""The vehicle's MQTT 5 client: publishes the outbox until the server says that it has it all.

One thread per vehicle owns the connection (paho's external-loop use: nothing else touches the
socket). What it sends: fresh messages first, then the backlog at a bounded rate, then again
whatever the server's application ack has not covered after 5 s, and everything unacknowledged after
a reconnect. ECG files and waveforms go only where these leave room, a few kilobytes at a time, so
that an alert never waits long behind them on a poor link. paho's own queue is in memory only and is
thrown away with each connection: the outbox is the truth, and the server finds duplicates by
(device, boot, seq).

The last will says `offline` when the vehicle vanishes without a word.

Not here: durability (`outbox`) and reading a monitor or a receiver (the caller's).
"""

import contextlib
import random
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from dispatch.ids import DeviceId
from telemetry.contract import Kind
from telemetry.gateway import limits
from telemetry.gateway.link import (
    Ack,
    Confirmations,
    Health,
    Key,
    Link,
    drop,
    properties_of,
    turn,
)
from telemetry.gateway.outbox import STREAM_OF, Message, Outbox, Stream

_BULK: tuple[Stream, ...] = ("-e", "-f")


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
        self._live_bulk: deque[Message] = deque(maxlen=limits.BULK_LIVE_MAX)
        self._sent: dict[Key, tuple[float, int]] = {}
        self._inflight: set[int] = set()
        self._bulk_inflight: dict[int, int] = {}
        self._next_backlog_at = 0.0
        self._is_bulk_acked = False
        self._boots = outbox.boots
        self._confirmations = Confirmations()
        self._problem = ""
        self._is_connected = threading.Event()
        self._tls = link.tls_context() if link.is_tls else None
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

    def health(self) -> Health:
        """How the link does now, as far as this end can know."""
        return self._confirmations.health(self.is_connected, time.monotonic())

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
        live = self._live if STREAM_OF[kind] == "" else self._live_bulk
        live.append(message)
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
                drop(client)
            attempt = 0 if was_accepted else attempt + 1
            self._pause(self._backoff_s(attempt))

    def _client(self) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"gateway-{self._link.county_id}-{self._link.login}",
            protocol=mqtt.MQTTv5,
            reconnect_on_failure=False,
        )
        client.connect_timeout = limits.CONNECT_WAIT_S
        client.username_pw_set(self._link.login, self._link.password)
        if self._tls is not None:
            client.tls_set_context(self._tls)
        client.max_inflight_messages_set(limits.INFLIGHT_MAX)
        will = self._outbox.will(self._devices[0], datetime.now(UTC))
        client.will_set(self._link.topic(will.device_id, "status"), will.payload, qos=1)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _open(self, client: mqtt.Client) -> None:
        properties = properties_of(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = limits.SESSION_EXPIRY_S
        properties.ReceiveMaximum = limits.RECEIVE_MAX
        self._live.clear()  # all of it is in the outbox, and goes out from there
        self._live_bulk.clear()
        self._sent.clear()
        self._confirmations.forget()
        self._inflight.clear()
        self._bulk_inflight.clear()
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
            if not turn(client, sock, self._wake_read):
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
        if self._boots != self._outbox.boots:  # the outbox overflowed and numbered anew
            self._boots = self._outbox.boots
            self._sent.clear()
            self._confirmations.forget()
        while self._live and self._has_room():
            self._publish(client, self._live.popleft(), now)
        while self._live_bulk and self._has_bulk_room():
            message = self._live_bulk.popleft()
            if message.kind == "waveform":  # a file's parts go in their order, from the outbox
                self._publish(client, message, now)
        if self._is_bulk_acked:  # what may wait goes at the pace of the link, not of the tick
            self._is_bulk_acked = False
            self._publish_bulk(client, now)
        if now < self._next_backlog_at:
            return
        self._next_backlog_at = now + limits.BACKLOG_TICK_S
        if self._outbox.count() == 0:
            return
        self._publish_backlog(client, now)

    def _publish_backlog(self, client: mqtt.Client, now: float) -> None:
        """What is due of the main stream, then of the others while there is room."""
        published = 0
        for message in self._outbox.pending(limits.UNACKED_MAX):
            if published >= limits.BACKLOG_BATCH or len(self._inflight) >= limits.INFLIGHT_MAX:
                return
            if self._is_due(message, now):
                self._publish(client, message, now)
                published += 1
        self._publish_bulk(client, now)

    def _publish_bulk(self, client: mqtt.Client, now: float) -> None:
        """ECG files, then waveforms, a few kilobytes at a time."""
        for stream in _BULK:
            for message in self._outbox.pending(limits.BACKLOG_BATCH, stream):
                if not self._has_bulk_room():
                    return
                if self._is_due(message, now):
                    self._publish(client, message, now)

    def _is_due(self, message: Message, now: float) -> bool:
        due_at, _ = self._sent.get(_key(message), (now, 0))
        return due_at <= now

    def _has_room(self) -> bool:
        return len(self._inflight) < limits.INFLIGHT_MAX and len(self._sent) < limits.UNACKED_MAX

    def _has_bulk_room(self) -> bool:
        return self._has_room() and sum(self._bulk_inflight.values()) < limits.BULK_INFLIGHT_BYTES

    def _publish(self, client: mqtt.Client, message: Message, now: float) -> None:
        properties = properties_of(PacketTypes.PUBLISH)
        if message.kind in limits.EXPIRY_S:
            properties.MessageExpiryInterval = limits.EXPIRY_S[message.kind]
        info = client.publish(
            self._link.topic(message.device_id, message.kind),
            message.payload,
            qos=1,
            properties=properties,
        )
        if info.rc != mqtt.MQTT_ERR_SUCCESS:
            return  # the connection is ending; the outbox keeps it
        self._inflight.add(info.mid)
        if STREAM_OF[message.kind] != "":
            self._bulk_inflight[info.mid] = len(message.payload)
        key = _key(message)
        _, times = self._sent.get(key, (0.0, 0))
        wait_s = min(limits.RESEND_AFTER_S * 2**times, limits.RESEND_AFTER_MAX_S)
        self._sent[key] = (now + wait_s, times + 1)
        self._confirmations.published(key, now)

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
        self._is_bulk_acked |= self._bulk_inflight.pop(mid, None) is not None
        if reason.is_failure:
            self._report(f"the broker refuses a message: {reason}")

    def _on_message(
        self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage
    ) -> None:
        device_id = DeviceId(message.topic.split("/")[-2])
        try:
            if len(message.payload) > limits.ACK_BYTES_MAX:
                raise msgspec.ValidationError("too long")
            ack = msgspec.json.decode(message.payload, type=Ack)
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
        self._confirmations.confirmed(covered, time.monotonic())

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


def _key(message: Message) -> Key:
    return (message.device_id, message.boot_id, message.seq)
