"""JT/T 808 terminals that speak straight to the centre: their fixes take every other message's way.

A fix becomes a message of contract v1 with an identity (device, boot, seq) of its own and enters
the ingest where MQTT does: judged, shown, committed, and only then answered. A report sent again
before its answer waits for the first one's commit; one stored before a restart is known from the
table. So what a terminal was answered is there once, whatever it repeats.

Not here: the protocol (`telemetry.jt808`), and who is enrolled, which the county's files say.
"""

import asyncio
import hashlib
import hmac
import logging
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg
import msgspec

from dispatch.errors import Unavailable
from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry.contract import ROOT, Position
from telemetry.jt808.limits import FIXES_REMEMBERED
from telemetry.jt808.listener import ListenerConfig, Ports, run_listener
from telemetry.jt808.session import Enrolled
from telemetry.limits import (
    COMMIT_RETRY_MAX_S,
    QUERY_TIMEOUT_S,
    TERMINAL_FIXES_WAITING_MAX,
)
from telemetry.ports import Clock
from telemetry.session import Inbound

_LOG: Final = logging.getLogger(__name__)
_CODE_CHARS: Final = 16  # 64 bits: a code guessed over a line that closes after 20 refusals
_RECALLED: Final = timedelta(days=1)  # of a restart: what is repeated is minutes old
_QOS: Final = 1  # never dropped for want of room: the terminal waits for its answer
_STORED: Final = """
SELECT f.device_id, f.observed_at, f.sent_lon, f.sent_lat
FROM unnest($1::text[], $2::text[]) AS t (unit_id, device_id)
CROSS JOIN LATERAL (
    SELECT device_id, observed_at, sent_lon, sent_lat FROM position_fix
    WHERE unit_id = t.unit_id AND device_id = t.device_id AND true_at > now() - $4::interval
    ORDER BY true_at DESC LIMIT $3) AS f"""

Key = tuple[datetime, float, float]
"""What makes two fixes of one device the same: when and where, as the device said it."""


class TerminalsConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Who may speak, and where we listen."""

    enrolled: tuple[Enrolled, ...]
    listener: ListenerConfig = ListenerConfig()


def with_codes(terminals: Iterable[Enrolled], key: bytes) -> tuple[Enrolled, ...]:
    """Terminals without a code get one of their own, the same at every start.

    It is the head of HMAC-SHA256 of the terminal's id under ``key``, the installation's secret, so
    that no code need stand in the county's files; a terminal learns it by registering (0x8100).
    """
    return tuple(
        one if one.code else msgspec.structs.replace(one, code=_code(one.terminal_id, key))
        for one in terminals
    )


def _code(terminal_id: str, key: bytes) -> str:
    return hmac.new(key, f"jt808 {terminal_id}".encode(), hashlib.sha256).hexdigest()[:_CODE_CHARS]


class Terminals:
    """The fixes of terminals between their line and their commit."""

    def __init__(
        self,
        config: TerminalsConfig,
        county_id: CountyId,
        pool: Any,
        receive: Callable[[Inbound], None],
    ) -> None:
        self._config = config
        self._county_id = county_id
        self._pool = pool
        self._receive = receive
        self._by_id = {one.terminal_id: one for one in config.enrolled}
        self._devices = frozenset(one.device_id for one in config.enrolled)
        self._next_seq: dict[tuple[DeviceId, str], int] = {}
        self._waiting: dict[tuple[DeviceId, Key], Inbound] = {}
        self._stored: dict[DeviceId, OrderedDict[Key, None]] = {}

    def __contains__(self, device_id: DeviceId) -> bool:
        """Whether this device speaks JT/T 808 to us and so hears nothing over MQTT."""
        return device_id in self._devices

    async def run(self, clock: Clock, listening: Callable[[int], None] | None = None) -> None:
        """Listen until cancelled; first learn what was stored before. Raises Unavailable."""
        await self._recall()
        ports = Ports(
            enrolled=lambda: self._by_id,
            store=self.store,
            new_boot_id=lambda: uuid.uuid4().hex[:12],
        )
        await run_listener(self._config.listener, ports, clock, listening)

    async def store(
        self, unit_id: UnitId, device_id: DeviceId, positions: tuple[Position, ...]
    ) -> None:
        """Return when all of these are committed; raises Unavailable when too many wait."""
        stored = self._stored.setdefault(device_id, OrderedDict())
        waits: list[asyncio.Future[None]] = []
        for position in positions:
            key = _key(position)
            if key in stored:
                continue
            inbound = self._waiting.get((device_id, key))
            if inbound is None:
                inbound = self._take(unit_id, device_id, position)
            waits.append(inbound.done)
        if waits:
            await asyncio.wait(waits)  # cancelled, it leaves them: they are committed all the same

    def send_again(self) -> None:
        """The committer has forgotten what it held, with the broker's messages: here it is again.

        What was in a batch already is committed twice under one identity, which is once.
        """
        for inbound in tuple(self._waiting.values()):
            if not inbound.done.done():
                self._receive(inbound)

    def _take(self, unit_id: UnitId, device_id: DeviceId, position: Position) -> Inbound:
        if len(self._waiting) >= TERMINAL_FIXES_WAITING_MAX:
            raise Unavailable("store", f"{TERMINAL_FIXES_WAITING_MAX} fixes wait for their commit")
        boot = (device_id, position.boot_id)
        seq = self._next_seq.get(boot, 1)
        self._next_seq[boot] = seq + 1
        numbered = msgspec.structs.replace(position, seq=seq)
        inbound = Inbound(
            topic=f"{ROOT}/{self._county_id}/{unit_id}/{device_id}/position",
            raw=msgspec.json.encode(numbered),
            qos=_QOS,
            done=asyncio.get_running_loop().create_future(),
        )
        name = (device_id, _key(position))
        self._waiting[name] = inbound
        inbound.done.add_done_callback(lambda _: self._settle(name))
        self._receive(inbound)
        return inbound

    def _settle(self, name: tuple[DeviceId, Key]) -> None:
        device_id, key = name
        self._waiting.pop(name, None)
        self._remember(device_id, key)

    def _remember(self, device_id: DeviceId, key: Key) -> None:
        stored = self._stored.setdefault(device_id, OrderedDict())
        stored[key] = None
        while len(stored) > FIXES_REMEMBERED:
            stored.popitem(last=False)

    async def _recall(self) -> None:
        """The newest fixes of each terminal, so that a repeated one is known; tries for ever."""
        while True:
            try:
                found = await self._read_stored()
            except Unavailable as error:
                _LOG.warning("terminals wait until their last fixes can be read: %s", error)
                await asyncio.sleep(COMMIT_RETRY_MAX_S)
                continue
            for record in reversed(found):
                key = (record["observed_at"], record["sent_lon"], record["sent_lat"])
                self._remember(DeviceId(record["device_id"]), key)
            return

    async def _read_stored(self) -> list[Any]:
        units = [one.unit_id for one in self._config.enrolled]
        devices = [one.device_id for one in self._config.enrolled]
        try:
            async with asyncio.timeout(QUERY_TIMEOUT_S), self._pool.acquire() as connection:
                return list(
                    await connection.fetch(_STORED, units, devices, FIXES_REMEMBERED, _RECALLED)
                )
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise Unavailable("postgresql", repr(error)[:200]) from error


def _key(position: Position) -> Key:
    return position.observed_at, position.lon, position.lat
