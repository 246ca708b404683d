"""One MQTT 5 connection of the core, over gmqtt. Everything particular to that library is here.

A message is acknowledged to the broker when its `done` future completes, and only then: gmqtt sends
the PUBACK when the handler returns. One client object serves one connection and is thrown away with
it, so that an acknowledgement for an old connection can never be taken for a message of the new one
(packet ids are reused); gmqtt's own reconnecting is switched off, because it knows no jitter and
gives up for ever on some refusals. The loop that reconnects is `telemetry.ingest`.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import Any, Final

import gmqtt
import msgspec
from gmqtt.mqtt.constants import MQTTv50
from gmqtt.mqtt.handler import MQTTError

from dispatch.errors import Unavailable
from telemetry.limits import (
    CONNECT_TIMEOUT_S,
    DISCONNECT_TIMEOUT_S,
    KEEPALIVE_S,
    RECEIVE_MAXIMUM,
    SESSION_EXPIRY_S,
    SUBSCRIBE_TIMEOUT_S,
)

# gmqtt tells of a lost connection, and of late acknowledgements to a closed one, as warnings and
# errors; both are normal here and told once by our own log.
_MUTED: Final = logging.getLogger("gmqtt")
_NO_RECONNECT: Final = -2  # below zero failures and not gmqtt's "unlimited" (-1)
_NOT_RETAINED: Final = 2  # MQTT 5 retain handling: no retained messages at subscribing


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Where the broker is and who we are to it; the session belongs to `client_id`."""

    host: str
    port: int
    client_id: str
    username: str | None = None
    password: str | None = None
    tls: ssl.SSLContext | None = None
    receive_maximum: int = RECEIVE_MAXIMUM

    def __repr__(self) -> str:
        """Without the password: this reaches logs."""
        return f"Link({self.client_id} at {self.host}:{self.port})"


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it came; completing `done` acknowledges it to the broker."""

    topic: str
    raw: bytes
    qos: int
    done: asyncio.Future[None]


class Session:
    """One connection from `open` to `close`; `receive` is called at once for each message."""

    def __init__(self, link: Link, receive: Callable[[Inbound], None]) -> None:
        _MUTED.setLevel(logging.CRITICAL)
        self._link = link
        self._receive = receive
        self._lost = asyncio.Event()
        self._subscribed = asyncio.Event()
        self._granted: tuple[int, ...] = ()
        self._waiting: set[asyncio.Future[None]] = set()
        self._handlers: set[asyncio.Task[Any]] = set()
        self._client = gmqtt.Client(
            link.client_id,
            clean_session=False,
            optimistic_acknowledgement=False,
            session_expiry_interval=SESSION_EXPIRY_S,
            receive_maximum=link.receive_maximum,
            logger=_MUTED,
        )
        self._client.set_config({"reconnect_retries": _NO_RECONNECT})
        if link.username is not None:
            self._client.set_auth_credentials(link.username, link.password)
        self._client.on_message = self._on_message
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe

    async def open(self, topic_filter: str) -> None:
        """Connect, and subscribe with QoS 1, without our own messages. Raises Unavailable."""
        link = self._link
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await self._client.connect(
                    link.host,
                    link.port,
                    ssl=link.tls or False,
                    keepalive=KEEPALIVE_S,
                    version=MQTTv50,
                )
            subscription = gmqtt.Subscription(
                topic_filter, qos=1, no_local=True, retain_handling_options=_NOT_RETAINED
            )
            self._client.subscribe(subscription)
            async with asyncio.timeout(SUBSCRIBE_TIMEOUT_S):
                await self._subscribed.wait()
        except (OSError, TimeoutError, MQTTError, AttributeError) as error:
            # AttributeError: gmqtt loses its transport when the broker hangs up in the handshake
            raise Unavailable("mqtt", f"{type(error).__name__}: {error}"[:200]) from error
        if any(code >= 0x80 for code in self._granted):
            raise Unavailable("mqtt", f"subscription refused: {self._granted}")

    async def wait_lost(self) -> None:
        """Returns when the connection is gone."""
        await self._lost.wait()

    def publish(self, topic: str, payload: bytes) -> None:
        """QoS 0, lost when the connection is: for what will be said again."""
        if not self._lost.is_set() and self._client.is_connected:
            self._client.publish(topic, payload, qos=0)

    async def close(self) -> None:
        """End the connection; what is not acknowledged stays with the broker's session."""
        self._lost.set()
        try:
            async with asyncio.timeout(DISCONNECT_TIMEOUT_S):
                await self._client.disconnect()
        except (OSError, TimeoutError, AttributeError) as error:
            logging.getLogger(__name__).debug("closing: %r", error)
        # The transport is closed: letting the handlers end acknowledges nothing any more.
        for done in tuple(self._waiting):
            if not done.done():
                done.set_result(None)
        if self._handlers:
            await asyncio.wait(tuple(self._handlers), timeout=DISCONNECT_TIMEOUT_S)

    async def _on_message(
        self, _client: Any, topic: str | bytes, payload: bytes, qos: int, _properties: Any
    ) -> int:
        task = asyncio.current_task()
        if task is not None:
            task.set_name("telemetry message")
            self._handlers.add(task)
            task.add_done_callback(self._handlers.discard)
        text = topic if isinstance(topic, str) else topic.decode("utf-8", "replace")
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(done)
        done.add_done_callback(self._waiting.discard)
        if self._lost.is_set():
            return 0
        self._receive(Inbound(topic=text, raw=bytes(payload), qos=qos, done=done))
        await done
        return 0

    def _on_disconnect(self, _client: Any, _packet: Any, _error: Any = None) -> None:
        self._lost.set()

    def _on_subscribe(self, _client: Any, _mid: int, granted: Any, _properties: Any) -> None:
        self._granted = tuple(granted)
        self._subscribed.set()
