"""The one composition root: builds every adapter, wires the rooms, runs the tasks of a process.

Nobody else builds a pool, a bus, a recorder or a server. Roles are chosen at start; `greenlane run`
takes all of them in one process: the same code, the same SQL, the same protocols.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import asyncpg
import msgspec
import structlog
import uvicorn

from dispatch.county import County, read_county
from dispatch.deadline_ticker import tick
from dispatch.decisions import decision_sink
from dispatch.domain import commands as c
from dispatch.domain.context import context_of, knows_ecg
from dispatch.domain.deadlines import SYSTEM
from dispatch.errors import Refused, Unavailable
from dispatch.http.api import make_api
from dispatch.http.auth import AuthStore
from dispatch.http.device_report import DeviceDesk
from dispatch.http.ecg_drawings import Drawings
from dispatch.http.people import ensure_people
from dispatch.http.services import Services
from dispatch.ids import CommandId, CountyId
from dispatch.limits import DOORBELL_POLL_S, FRAME_BYTES_MAX, PLACES_AT_ONCE, TCP_USER_TIMEOUT_MS
from dispatch.live.bus import Bus, InProcessBus, RedisBus
from dispatch.live.coverage import Coverage
from dispatch.live.datums import DatumJudge
from dispatch.live.hub import Doorbell, Hub
from dispatch.live.imported_map import ImportedMap, MapInForce
from dispatch.live.journeys import Journeys
from dispatch.live.plane import LivePlane
from dispatch.live.watch import Watch
from dispatch.live.ways import Ways
from dispatch.log.database import migrate, open_pool
from dispatch.log.events import EventLog
from dispatch.log.follower import Follower
from dispatch.log.identity import IdentityStore, key_from_text
from dispatch.recorder import Recorder
from dispatch.settings import Settings
from maps.coverage.reach import Crow
from maps.tiles.archive import Shelf
from maps.travel import StraightLineTravel
from telemetry.clock import SystemClock
from telemetry.ingest import IngestConfig, run_ingest
from telemetry.jt808.listener import ListenerConfig
from telemetry.ports import Ports
from telemetry.position import Box
from telemetry.session import Link
from telemetry.store import SampleStore
from telemetry.terminals import TerminalsConfig, with_codes

log = structlog.get_logger("app")


class Role(StrEnum):
    """What a process does."""

    SERVE = "serve"
    INGEST = "ingest"
    MIGRATE = "migrate"


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """What a started process can be reached by; empty for one without a web server."""

    address: str


class _Core(msgspec.Struct, frozen=True, kw_only=True):
    """The parts that every role but migrate needs."""

    settings: Settings
    county: County
    pool: asyncpg.Pool
    follower: Follower
    recorder: Recorder
    bus: Bus
    doorbell: Doorbell
    travel: Journeys
    clock: SystemClock


async def run(settings: Settings, roles: frozenset[Role], ready: Callable[[Running], None]) -> None:
    """Run until cancelled; ``ready`` is called when the process serves.

    Raises ``Refused`` for settings that cannot work, ``Unavailable`` when a dependency is missing.
    """
    county = read_county(settings.county_folder)
    dsn = _required(settings.database_url, "GREENLANE_DATABASE_URL")
    if settings.workers > 1 and settings.redis_url is None:
        raise Refused("workers_need_redis", workers=settings.workers)
    await migrate(dsn, county.config.county_id)
    if roles == {Role.MIGRATE}:
        return
    async with AsyncExitStack() as stack:
        core = await _build(stack, settings, county, dsn)
        async with asyncio.TaskGroup() as group:
            group.create_task(core.recorder.run(), name="recorder")
            group.create_task(core.bus.run(), name="bus")
            group.create_task(core.doorbell.run(DOORBELL_POLL_S, _log_trouble), name="doorbell")
            await _configure(core)
            if Role.INGEST in roles:
                group.create_task(_ingest(core), name="ingest")
            if Role.SERVE in roles:
                group.create_task(_serve(group, core, ready), name="web")
            else:
                group.create_task(_follow_roads(core), name="map")
                ready(Running(address=""))


def _log_trouble(error: Unavailable) -> None:
    log.warning("log_not_read", detail=error.detail)


def _required(url: str | None, name: str) -> str:
    if url is None:
        raise Refused("setting_missing", name=name)
    return url


async def _build(stack: AsyncExitStack, settings: Settings, county: County, dsn: str) -> _Core:
    county_id = county.config.county_id
    key = settings.identity_key
    if key is None:
        raise Refused("setting_missing", name="GREENLANE_IDENTITY_KEY")
    pool = await open_pool(dsn, county_id)
    stack.push_async_callback(pool.close)
    identities = IdentityStore(key_from_text(key.get_secret_value()))
    follower = Follower(EventLog(pool), pool, identities)
    await follower.start()
    bus: Bus = RedisBus(settings.redis_url, county_id) if settings.redis_url else InProcessBus()
    clock = SystemClock()
    doorbell = Doorbell(follower)
    return _Core(
        settings=settings,
        county=county,
        pool=pool,
        follower=follower,
        recorder=Recorder(follower, bus.ring, clock.now),
        bus=bus,
        doorbell=doorbell,
        travel=_journeys(county),
        clock=clock,
    )


def _journeys(county: County) -> Journeys:
    policy = county.travel
    straight = StraightLineTravel(detour_factor=policy.detour_factor, speed_kmh=policy.speed_kmh)
    return Journeys(straight, None, ZoneInfo(county.config.zone))


async def _configure(core: _Core) -> None:
    """Bring the county folder into the log when it differs from what the log says."""
    wanted = core.county.config
    present = core.follower.world.config
    if present is not None and present.digest == wanted.digest:
        return
    command_id = CommandId(f"configure:{wanted.digest}:{core.follower.world.seq}")
    outcome = await core.recorder.submit(
        c.ConfigureCounty(command_id=command_id, config=wanted), SYSTEM
    )
    if outcome.outcome == "refused" and outcome.code != "county_unchanged":
        raise Refused(outcome.code, **outcome.params)


async def _ingest(core: _Core) -> None:
    config = core.county.config
    bounds = core.county.geography.area.bounds
    ports = Ports(
        context_of=lambda unit_id: context_of(core.follower.world, unit_id),
        decide=decision_sink(core.recorder),
        publish_live=core.bus.publish,
        judge_datum=DatumJudge(core.travel.apart()),
        knows_ecg=lambda patient_id, ecg_id: knows_ecg(core.follower.world, patient_id, ecg_id),
    )
    await run_ingest(
        IngestConfig(
            county_id=config.county_id,
            link=_link(_required(core.settings.mqtt_url, "GREENLANE_MQTT_URL"), config.county_id),
            box=Box(west=bounds.west, south=bounds.south, east=bounds.east, north=bounds.north),
            unit_ids=tuple(unit.unit_id for unit in config.units),
            terminals=_terminals(core.settings, core.county),
        ),
        core.pool,
        ports,
        core.clock,
        listening=lambda port: log.info("jt808_listening", port=port),
    )


def _terminals(settings: Settings, county: County) -> TerminalsConfig | None:
    """The terminals that speak to the centre; None where no port is set for them."""
    port, key = settings.jt808_port, settings.identity_key
    if port is None or key is None:
        return None
    secret = key_from_text(key.get_secret_value())
    listener = ListenerConfig(host=settings.jt808_host, port=port)
    return TerminalsConfig(enrolled=with_codes(county.terminals, secret), listener=listener)


def _link(url: str, county_id: CountyId) -> Link:
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or parts.hostname is None:
        raise Refused("setting_wrong", name="GREENLANE_MQTT_URL", want="mqtt://user:word@host:port")
    is_secure = parts.scheme == "mqtts"
    return Link(
        host=parts.hostname,
        port=parts.port or (8883 if is_secure else 1883),
        client_id=f"greenlane-{county_id}-ingest",
        username=parts.username,
        password=parts.password,
        tls=ssl.create_default_context() if is_secure else None,
    )


def _map(core: _Core, take: Callable[[ImportedMap], None]) -> MapInForce:
    return MapInForce(
        core.settings.data_folder / "map",
        core.county.geography,
        lambda: core.follower.world.config,
        take,
    )


async def _follow_roads(core: _Core) -> None:
    """For a process that serves nobody: its ingest compares drives with the roads."""

    def take(found: ImportedMap) -> None:
        core.travel.use(found.roads)
        if found.tiles is not None:
            found.tiles.close()

    imported = _map(core, take)
    await imported.look()
    await imported.run()


def _coverage(core: _Core) -> Coverage:
    policy = core.county.travel
    crow = Crow(detour_factor=policy.detour_factor, speed_kmh=policy.speed_kmh)
    zone = ZoneInfo(core.county.config.zone)
    return Coverage(core.county.geography.area, zone, crow, core.pool)


def _services(core: _Core) -> Services:
    travel = core.travel
    coverage = _coverage(core)
    tiles = Shelf()

    def take(found: ImportedMap) -> None:
        travel.use(found.roads)
        coverage.use(found.roads)
        tiles.put(found.tiles)

    plane = LivePlane(travel)
    hub = Hub(core.follower, plane, core.clock.now)
    core.bus.subscribe(core.doorbell.ring, hub.on_live)
    return Services(
        settings=core.settings,
        county=core.county,
        travel=travel,
        ways=Ways(travel),
        ways_then=Ways(travel),
        coverage=coverage,
        tiles=tiles,
        map=_map(core, take),
        searches=asyncio.Semaphore(PLACES_AT_ONCE),
        pool=core.pool,
        log=core.follower.log,
        follower=core.follower,
        recorder=core.recorder,
        plane=plane,
        hub=hub,
        bus=core.bus,
        watch=Watch(core.follower, hub, core.follower.log, core.pool, core.clock.now),
        auth=AuthStore(core.pool, core.county.config.county_id),
        samples=SampleStore(core.pool),
        drawings=Drawings(),
        devices=DeviceDesk(),
        now=core.clock.now,
    )


async def _serve(group: asyncio.TaskGroup, core: _Core, ready: Callable[[Running], None]) -> None:
    services = _services(core)
    await services.map.look()
    await ensure_people(services.auth, core.county.config, core.settings.data_folder)
    await services.auth.sweep()
    group.create_task(services.watch.run(), name="watch")
    group.create_task(services.map.run(), name="map")
    group.create_task(tick(core.follower, core.recorder, core.clock.now), name="deadlines")
    listening = _listen(core.settings.host, core.settings.port)
    server = _Server(
        uvicorn.Config(
            make_api(services),
            log_level="warning",
            access_log=False,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=FRAME_BYTES_MAX,
            ws_max_queue=32,
            ws_ping_interval=5,
            ws_ping_timeout=5,
            timeout_graceful_shutdown=5,
            server_header=False,
            lifespan="off",
        )
    )
    host, port = listening.getsockname()[:2]
    server.on_started = lambda: ready(Running(address=f"http://{host}:{port}"))
    try:
        await server.serve(sockets=[listening])
    finally:
        for connection in services.hub.connections():
            connection.outbox.close("shutting_down")
        services.tiles.close()
        listening.close()


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: whoever started the program owns the signals."""

    on_started: Callable[[], None] = staticmethod(lambda: None)

    def capture_signals(self) -> Any:
        """Leave signals alone."""
        from contextlib import nullcontext  # noqa: PLC0415

        return nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say so once it listens."""
        await super().startup(sockets=sockets)
        self.on_started()


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket on which a stuck client is given up after the limit."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            option = socket.TCP_USER_TIMEOUT
            listening.setsockopt(socket.IPPROTO_TCP, option, TCP_USER_TIMEOUT_MS)
        listening.bind((host, port))
        listening.listen(1024)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        raise Refused("port_not_free", host=host, port=port, detail=str(error)) from error
    return listening


def openapi_document() -> dict[str, Any]:
    """The HTTP interface, described without starting anything."""
    return make_api(None).openapi()
