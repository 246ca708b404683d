"""The program of the box in the car: inputs, a durable outbox, one publisher, a report on the link.

    monitor, receiver, ECG machine -> inputs -> outbox (disk) -> publisher -> broker -> core
                                                   ^--------- acknowledgement ----------'

It is killed without a farewell whenever somebody turns the key: what an input has been told is
stored is on the disk, and the next start goes on from there.
"""

import asyncio
import logging
import random
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import msgspec

from dispatch.errors import Refused, Unavailable
from dispatch.ids import DeviceId
from telemetry.contract import Kind
from telemetry.gateway.config import GatewayConfig, link_of
from telemetry.gateway.inputs import Sink, run_inputs
from telemetry.gateway.limits import REPORT_EVERY_S
from telemetry.gateway.outbox import Outbox
from telemetry.gateway.publisher import Publisher
from telemetry.ports import Clock

_LOG: Final = logging.getLogger(__name__)
_LINK_DEVICE: Final = 0  # the first device of the file speaks for the box

Feed = Callable[[Sink], Awaitable[None]]
"""Something that sends on its own, like a recording; ends when it is through."""


async def run_gateway(
    config: GatewayConfig,
    clock: Clock,
    *,
    feed: Feed | None = None,
    on_report: Callable[[dict[str, Any]], None] | None = None,
) -> None:
    """Run one vehicle's gateway until cancelled, or until ``feed`` is through and confirmed.

    Raises Refused for a password file that cannot be read.
    """
    outbox = await asyncio.to_thread(Outbox, Path(config.state) / "outbox.sqlite3")
    publisher = Publisher(
        link_of(config, _password(config)),
        outbox,
        config.devices,
        on_problem=lambda what: _LOG.warning("%s: %s", config.unit_id, what),
        rng=random.Random(),  # noqa: S311 - jitter
    )
    publisher.start()
    box = _Box(config, outbox, publisher, clock, on_report)
    try:
        if feed is None:
            await box.run()
        else:
            await box.run_feed(feed)
    finally:
        await asyncio.to_thread(publisher.stop)
        outbox.close()


class _Box:
    def __init__(
        self,
        config: GatewayConfig,
        outbox: Outbox,
        publisher: Publisher,
        clock: Clock,
        on_report: Callable[[dict[str, Any]], None] | None,
    ) -> None:
        self._config = config
        self._outbox = outbox
        self._publisher = publisher
        self._clock = clock
        self._on_report = on_report

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            inputs = self._config.inputs
            work = run_inputs(inputs, self._config.unit_id, self.sink, self._clock)
            group.create_task(work, name="gateway inputs")
            group.create_task(self._report(), name="gateway report")

    async def run_feed(self, feed: Feed) -> None:
        """Until all of it is acknowledged by the core; the reports go on meanwhile."""
        async with asyncio.TaskGroup() as group:
            report = group.create_task(self._report(), name="gateway report")
            await feed(self.sink)
            while self._outbox.count():  # noqa: ASYNC110 - another thread empties it
                await asyncio.sleep(_FLUSH_LOOK_S)
            report.cancel()

    async def sink(
        self, device: DeviceId, kind: Kind, at: datetime, body: Mapping[str, Any]
    ) -> None:
        """On the disk on return, and on its way as soon as there is a link."""
        try:
            await asyncio.to_thread(self._publisher.send, device, kind, at, body)
        except sqlite3.Error as error:
            raise Unavailable("outbox", str(error)) from error

    async def _report(self) -> None:
        """Say how the link does: at once, some times a minute, and when it is lost or back."""
        while True:
            body = await asyncio.to_thread(self._body)
            try:
                await self.sink(self._config.devices[_LINK_DEVICE], "link", self._clock.now(), body)
            except Unavailable as error:
                _LOG.error("%s: the outbox takes nothing: %s", self._config.unit_id, error)
            was_lost = self._say(body)
            for _ in range(round(REPORT_EVERY_S / _LINK_LOOK_S)):
                await asyncio.sleep(_LINK_LOOK_S)
                if self._publisher.health().is_lost != was_lost:
                    was_lost = self._say(await asyncio.to_thread(self._body))

    def _say(self, body: Mapping[str, Any]) -> bool:
        """Tell whoever runs the box; returns whether the link was said to be lost."""
        health = self._publisher.health()
        if self._on_report is not None:
            told = {**body, "is_connected": health.is_connected, "is_lost": health.is_lost}
            self._on_report({"unit_id": self._config.unit_id, **told})
        return health.is_lost

    def _body(self) -> dict[str, Any]:
        health = self._publisher.health()
        body: dict[str, Any] = {
            "queued": self._outbox.waiting(),
            "dropped": self._outbox.dropped(),
            "queued_bytes": self._outbox.size_bytes(),
            "version": version("greenlane"),
        }
        oldest = self._outbox.pending(1)
        if oldest:
            observed = msgspec.json.decode(oldest[0].payload, type=_Observed).observed_at
            body["oldest_s"] = max(0.0, (self._clock.now() - observed).total_seconds())
        for name in ("confirmed_s", "round_trip_ms"):
            value = getattr(health, name)
            if value is not None:
                body[name] = round(value, 3)
        return body


_LINK_LOOK_S: Final = 0.5  # a lost link is told at the vehicle, too, within ten seconds
_FLUSH_LOOK_S: Final = 0.2  # how soon a finished recording is noticed to be confirmed


class _Observed(msgspec.Struct, frozen=True):
    observed_at: datetime


def _password(config: GatewayConfig) -> str:
    try:
        return Path(config.password_file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise Refused(
            "gateway_config", file=config.password_file, fault=f"no password: {error}"
        ) from error
