"""What the routes are given, by name; built only in `dispatch.app`."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import asyncpg
import msgspec

from dispatch.county import County
from dispatch.http.auth import AuthStore
from dispatch.http.device_report import DeviceDesk
from dispatch.http.ecg_drawings import Drawings
from dispatch.live.bus import Bus
from dispatch.live.coverage import Coverage
from dispatch.live.hub import Hub
from dispatch.live.imported_map import MapInForce
from dispatch.live.journeys import Journeys
from dispatch.live.plane import LivePlane
from dispatch.live.watch import Watch
from dispatch.live.ways import Ways
from dispatch.log.events import EventLog
from dispatch.log.follower import Follower
from dispatch.recorder import Recorder
from dispatch.settings import Settings
from maps.tiles.archive import Shelf
from telemetry.store import SampleStore


class Services(msgspec.Struct, frozen=True, kw_only=True):
    """The running parts of one serving process."""

    settings: Settings
    county: County
    travel: Journeys
    ways: Ways
    ways_then: Ways
    coverage: Coverage
    tiles: Shelf
    map: MapInForce
    searches: asyncio.Semaphore
    pool: asyncpg.Pool
    log: EventLog
    follower: Follower
    recorder: Recorder
    plane: LivePlane
    hub: Hub
    bus: Bus
    watch: Watch
    auth: AuthStore
    samples: SampleStore
    drawings: Drawings
    devices: DeviceDesk
    now: Callable[[], datetime]

    @property
    def map_version(self) -> str | None:
        """The name of the imported map in force, if any."""
        return self.map.version
