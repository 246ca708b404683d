"""The embedded brokers: who gets in, who may write where, what is too large, who dies with whom."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import CallbackAPIVersion, Client, MQTTv5
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from deploy.embedded import limits
from deploy.embedded.broker import Kind, broker
from deploy.embedded.mqtt_probe import signs_in
from dispatch.errors import Refused, Unavailable
from tests.integration.deploy.children import CORE
from tests.support import processes
from tests.support.services import Mosquitto, service_folder

CHILDREN = "tests.integration.deploy.children"
ANSWER_WAIT_S = 10.0
OWN = "greenlane/nanxian/N01/MON-1/vitals"
FOREIGN = "greenlane/nanxian/N02/MON-1/vitals"
NOT_AUTHORISED = 0x87  # MQTT 5, 2.4
PACKET_TOO_LARGE = 0x95
KINDS: list[Kind] = ["mosquitto", "iotcore"]


class Peer:
    """One MQTT 5 client whose callbacks arrive as awaitable queue items on the test's loop."""

    def __init__(self, user: str, password: str) -> None:
        self.client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
        self.client.username_pw_set(user, password)
        self.connected: asyncio.Queue[ReasonCode] = asyncio.Queue()
        self.published: asyncio.Queue[ReasonCode] = asyncio.Queue()
        self.subscribed: asyncio.Queue[list[ReasonCode]] = asyncio.Queue()
        self.messages: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self.dropped: asyncio.Queue[ReasonCode] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def tell(queue: asyncio.Queue[Any], item: Any) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, item)

        self.client.on_connect = lambda _c, _u, _f, code, _p: tell(self.connected, code)
        self.client.on_publish = lambda _c, _u, _m, code, _p: tell(self.published, code)
        self.client.on_subscribe = lambda _c, _u, _m, codes, _p: tell(self.subscribed, codes)
        self.client.on_message = lambda _c, _u, m: tell(self.messages, (m.topic, m.payload))
        self.client.on_disconnect = lambda _c, _u, _f, code, _p: tell(self.dropped, code)

    async def subscribe(self, topic: str) -> None:
        self.client.subscribe(topic, qos=1)
        await within(self.subscribed.get())

    async def publish(self, topic: str, payload: bytes = b"{}") -> int:
        self.client.publish(topic, payload, qos=1)
        code = await within(self.published.get())
        return int(code.value)


async def within(work: Any) -> Any:
    return await asyncio.wait_for(work, ANSWER_WAIT_S)


@asynccontextmanager
async def peer(port: int, user: str, password: str) -> AsyncIterator[Peer]:
    one = Peer(user, password)
    one.client.connect("127.0.0.1", port)
    one.client.loop_start()
    try:
        code = await within(one.connected.get())
        assert not code.is_failure, code
        yield one
    finally:
        one.client.disconnect()
        await asyncio.to_thread(one.client.loop_stop)


@asynccontextmanager
async def core_and_device(server: Mosquitto) -> AsyncIterator[tuple[Peer, Peer]]:
    async with (
        peer(server.port, server.core_user, server.core_password) as core,
        peer(server.port, "N01", server.devices["N01"]) as device,
    ):
        yield core, device


@pytest.fixture
def folder() -> Iterator[Path]:
    with service_folder() as path:
        yield path / "broker"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_device_reaches_the_core_and_its_answer_comes_back(
    folder: Path, kind: Kind
) -> None:
    async with (
        broker(folder, None, CORE, {"N01": "secret-of-n01"}, kind=kind) as endpoint,
        peer(endpoint.port, *CORE) as core,
        peer(endpoint.port, "N01", "secret-of-n01") as device,
    ):
        await core.subscribe("greenlane/nanxian/+/+/+")
        await device.subscribe("greenlane/nanxian/N01/MON-1/ack")
        assert await device.publish(OWN, b'{"seq":1}') == 0
        assert await within(core.messages.get()) == (OWN, b'{"seq":1}')
        await core.publish("greenlane/nanxian/N01/MON-1/ack", b'{"upto":1}')
        assert (await within(device.messages.get()))[1] == b'{"upto":1}'


@pytest.mark.parametrize("kind", KINDS)
async def test_nobody_gets_in_without_the_right_password(folder: Path, kind: Kind) -> None:
    async with broker(folder, None, CORE, {"N01": "right"}, kind=kind) as endpoint:
        assert await signs_in(endpoint.host, endpoint.port, "N01", "right")
        assert not await signs_in(endpoint.host, endpoint.port, "N01", "wrong")
        assert not await signs_in(endpoint.host, endpoint.port, "N02", "right")
        anonymous = Peer("", "")
        anonymous.client.username_pw_set(None, None)
        anonymous.client.connect(endpoint.host, endpoint.port)
        anonymous.client.loop_start()
        await within(anonymous.dropped.get())
        anonymous.client.disconnect()
        await asyncio.to_thread(anonymous.client.loop_stop)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_device_added_later_gets_in_and_a_removed_one_does_not(
    folder: Path, kind: Kind
) -> None:
    async with broker(folder, None, CORE, {"N01": "one"}, kind=kind) as endpoint:
        await endpoint.set_devices({"N02": "two"})
        async with asyncio.timeout(ANSWER_WAIT_S):
            while not await signs_in(endpoint.host, endpoint.port, "N02", "two"):
                pass
        assert not await signs_in(endpoint.host, endpoint.port, "N01", "one")
        assert await signs_in(endpoint.host, endpoint.port, *CORE)


async def test_a_device_may_write_below_its_own_unit_only(mosquitto: Mosquitto) -> None:
    async with core_and_device(mosquitto) as (core, device):
        await core.subscribe("greenlane/#")
        for topic in (FOREIGN, "greenlane/nanxian/N010/MON-1/vitals", "elsewhere/x"):
            assert await device.publish(topic) == NOT_AUTHORISED, topic
        assert await device.publish(OWN, b"mine") == 0
        assert await within(core.messages.get()) == (OWN, b"mine")


async def test_a_device_reads_its_own_acknowledgements_only(mosquitto: Mosquitto) -> None:
    async with core_and_device(mosquitto) as (core, device):
        await device.subscribe("#")
        await core.publish("greenlane/nanxian/N02/MON-1/ack", b"not for N01")
        await core.publish(FOREIGN, b"not for N01")
        await core.publish(OWN, b"not for reading back")
        await core.publish("greenlane/nanxian/N01/MON-1/ack", b"for N01")
        topic, payload = await within(device.messages.get())
        assert (topic, payload) == ("greenlane/nanxian/N01/MON-1/ack", b"for N01")
        assert device.messages.empty()


async def test_an_oversized_packet_is_refused_and_the_next_message_served(
    mosquitto: Mosquitto,
) -> None:
    async with core_and_device(mosquitto) as (core, device):
        await core.subscribe("greenlane/#")
        device.client.publish(OWN, b"x" * (limits.MQTT_PACKET_BYTES_MAX + 1), qos=0)
        reason = await within(device.dropped.get())
        assert reason == ReasonCode(PacketTypes.DISCONNECT, identifier=PACKET_TOO_LARGE)
        async with peer(mosquitto.port, "N02", mosquitto.devices["N02"]) as other:
            assert await other.publish(FOREIGN, b"next") == 0
        assert await within(core.messages.get()) == (FOREIGN, b"next")


async def test_what_the_broker_holds_outlives_a_clean_restart(folder: Path) -> None:
    async with (
        broker(folder, None, CORE, {"N01": "one"}, kind="mosquitto") as endpoint,
        peer(endpoint.port, *CORE) as core,
    ):
        core.client.publish("greenlane/nanxian/N01/MON-1/ack", b"kept", qos=1, retain=True)
        await within(core.published.get())
    async with (
        broker(folder, None, CORE, {"N01": "one"}, kind="mosquitto") as endpoint,
        peer(endpoint.port, "N01", "one") as device,
    ):
        await device.subscribe("greenlane/nanxian/N01/+/ack")
        assert (await within(device.messages.get()))[1] == b"kept"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_killed_parent_takes_the_broker_along(folder: Path, kind: Kind) -> None:
    async with processes.module(CHILDREN, kind, str(folder)) as (parent, ready):
        assert await signs_in("127.0.0.1", ready["port"], *CORE)
        parent.kill()
        await processes.ended(ready["pid"])
    assert not await signs_in("127.0.0.1", ready["port"], *CORE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("parent_mode", [0o711, 0o700])
async def test_the_broker_has_no_privileges(folder: Path, kind: Kind, parent_mode: int) -> None:
    folder.parent.chmod(parent_mode)
    async with broker(folder, None, CORE, {}, kind=kind) as endpoint:
        assert processes.capabilities_of(endpoint.child.pid) == 0
        for path in folder.iterdir():
            assert path.stat().st_mode & 0o077 == 0, path


async def test_a_taken_port_is_refused(folder: Path, mosquitto: Mosquitto) -> None:
    with pytest.raises(Unavailable, match=f"port {mosquitto.port} is taken"):
        async with broker(folder, mosquitto.port, CORE, {}):
            pass


@pytest.mark.parametrize("user", ["", "N01/x", "+", "#", "a:b", "a\nb", "n" * 33, "core"])
async def test_a_name_that_would_widen_the_rules_is_refused(folder: Path, user: str) -> None:
    with pytest.raises(Refused) as refusal:
        async with broker(folder, None, CORE, {user: "x"}, kind="mosquitto"):
            pass
    assert refusal.value.code == "mqtt_user_invalid"


async def test_too_many_devices_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DEVICES_MAX", 1)
    with pytest.raises(Refused) as refusal:
        async with broker(folder, None, CORE, {"N01": "a", "N02": "b"}):
            pass
    assert refusal.value.code == "too_many_devices"
