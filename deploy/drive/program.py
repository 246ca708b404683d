"""The drive's composition root: vehicles, crews, hospitals, callers and a dispatcher, all at once.

Every actor is a task of its own and stands on its own feet: one that fails on a bug is logged with
its stack and started again, the others go on. Vehicles publish whether or not the web server is
there. The exit code is 0 at the end of `--minutes`, when stopped, or when the one incident is
closed; 1 when an actor failed or the one incident did not come to its end; 2 for a wrong start.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable

import structlog

from deploy.drive import county as county_folder
from deploy.drive import limits, recordings
from deploy.drive.ambulance import Ambulance
from deploy.drive.chance import chance
from deploy.drive.client import DriveError, Login, Session
from deploy.drive.county import County, CountyFolderError, Vehicle
from deploy.drive.crew import Crew
from deploy.drive.dispatcher import Callers, Dispatcher
from deploy.drive.hospital import Hospital
from deploy.drive.options import Options
from deploy.drive.screen import Screen
from deploy.drive.series import Recording, RecordingError
from deploy.drive.stage import Stage
from telemetry.gateway.link import Link
from telemetry.gateway.outbox import Outbox
from telemetry.gateway.publisher import Publisher

log = structlog.get_logger("drive")

Play = Callable[[Screen], Awaitable[None]]


class Drive:
    """One run; `play` returns the exit code."""

    def __init__(self, options: Options) -> None:
        """Read the county and the recordings; raises DriveError for what cannot be played."""
        self._options = options
        self._county = _county(options)
        recorded = _recorded(options)
        self._stage = Stage(self._county, options.habits, recorded)
        self._sign_in = asyncio.Semaphore(limits.SIGN_INS_AT_ONCE)
        self._failures = 0

    async def play(self) -> int:
        """Run until the time is up, the one incident is closed, or a signal says stop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop)
        minutes = self._options.minutes
        is_in_time = True
        async with asyncio.TaskGroup() as group:
            show = group.create_task(self._show(), name="drive")
            try:
                async with asyncio.timeout(minutes * 60 if minutes else None):
                    await self._stage.finished.wait()
            except TimeoutError:
                is_in_time = False
            show.cancel()
        is_unfinished = self._options.habits.is_one_incident and not is_in_time
        log.info("the drive ends", failures=self._failures, unfinished=is_unfinished)
        return 1 if self._failures or is_unfinished else 0

    def _stop(self) -> None:
        self._stage.finished.set()

    async def _show(self) -> None:
        async with asyncio.TaskGroup() as group:
            for vehicle in self._played_vehicles():
                group.create_task(self._vehicle(vehicle), name=f"vehicle-{vehicle.unit_id}")
            for facility_id, login in sorted(self._options.logins.hospital.items()):
                if facility_id in self._county.facilities:
                    play = _hospital(self._stage, facility_id)
                    name = f"hospital-{facility_id}"
                    group.create_task(self._kept(name, self._person(login, name, play)), name=name)
            desk = self._options.logins.dispatcher
            if desk:
                person = self._person(desk[0], "dispatcher", self._desk)
                group.create_task(self._kept("dispatcher", person), name="dispatcher")
            else:
                log.warning("no dispatcher login: nobody calls and nobody answers")

    def _played_vehicles(self) -> list[Vehicle]:
        """The units asked for (or all) that have a password for the broker."""
        wanted = self._options.habits.units
        unknown = wanted - {vehicle.unit_id for vehicle in self._county.vehicles}
        if unknown:
            raise DriveError(f"--units: the county has no {', '.join(sorted(unknown))}")
        played = []
        for vehicle in self._county.vehicles:
            if wanted and vehicle.unit_id not in wanted:
                continue
            if vehicle.unit_id in self._options.mqtt_passwords:
                played.append(vehicle)
            else:
                log.warning("no broker password: not played", unit=vehicle.unit_id)
        return played

    async def _vehicle(self, vehicle: Vehicle) -> None:
        """A vehicle's gateway, devices and crew, from start to an orderly end."""
        devices = [one for one in (vehicle.gps_id, vehicle.monitor_id) if one is not None]
        if not devices:
            log.warning("no devices: not played", unit=vehicle.unit_id)
            return
        path = self._options.outbox / f"{vehicle.unit_id}.sqlite3"
        outbox = await asyncio.to_thread(Outbox, path)
        if outbox.count():
            log.info("outbox continues", unit=vehicle.unit_id, messages=outbox.count())
        publisher = Publisher(
            self._link(vehicle),
            outbox,
            devices,
            on_problem=lambda what: log.warning("gateway", unit=vehicle.unit_id, what=what),
            rng=chance(self._options.habits.seed, "gateway", vehicle.unit_id),
        )
        publisher.start()
        try:
            await self._aboard(vehicle, Ambulance(self._stage, vehicle, publisher))
        finally:
            await asyncio.to_thread(publisher.stop)
            outbox.close()

    def _link(self, vehicle: Vehicle) -> Link:
        broker = self._options.broker
        return Link(
            host=broker.host,
            port=broker.port,
            is_tls=broker.is_tls,
            county_id=self._county.county_id,
            unit_id=vehicle.unit_id,
            password=self._options.mqtt_passwords[vehicle.unit_id],
        )

    async def _aboard(self, vehicle: Vehicle, ambulance: Ambulance) -> None:
        unit_id = vehicle.unit_id
        login = self._options.logins.crew.get(unit_id)
        acts: dict[str, Callable[[], Awaitable[None]]] = {
            f"receiver-{unit_id}": ambulance.run_receiver,
            f"monitor-{unit_id}": ambulance.run_monitor,
            f"dropouts-{unit_id}": ambulance.run_dropouts,
        }
        if login is None:
            log.warning("no crew login: the vehicle only stands there", unit=unit_id)
            ambulance.put(None)
        else:
            name = f"crew-{unit_id}"
            acts[name] = self._person(login, name, _crew(self._stage, ambulance))
        async with asyncio.TaskGroup() as group:
            for name, act in acts.items():
                group.create_task(self._kept(name, act), name=name)

    def _person(self, login: Login, name: str, play: Play) -> Callable[[], Awaitable[None]]:
        """Somebody who signs in, opens a screen and plays, all anew at each call."""

        async def act() -> None:
            session = Session(
                self._options.http, login, chance(self._options.habits.seed, "session", name)
            )
            try:
                async with self._sign_in:
                    await session.sign_in()
                screen = Screen(session, chance(self._options.habits.seed, "screen", name))
                async with asyncio.TaskGroup() as group:
                    group.create_task(screen.run(), name=f"screen-{name}")
                    group.create_task(_as_task(play(screen)), name=f"play-{name}")
            finally:
                await session.close()

        return act

    async def _desk(self, screen: Screen) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(Dispatcher(self._stage, screen).run(), name="desk")
            group.create_task(Callers(self._stage, screen).run(), name="callers")

    async def _kept(self, name: str, act: Callable[[], Awaitable[None]]) -> None:
        """Run an actor; one that fails on a bug is logged with its stack and started again."""
        while True:
            try:
                await act()
            except Exception as error:
                if wrong_starts(error):
                    raise
                self._failures += 1
                log.exception("actor failed", actor=name)
            else:
                return
            await asyncio.sleep(limits.ACTOR_RESTART_S)


def wrong_starts(error: BaseException) -> list[str]:
    """The messages of every DriveError in an exception or a group of them."""
    if isinstance(error, BaseExceptionGroup):
        return [text for one in error.exceptions for text in wrong_starts(one)]
    return [str(error)] if isinstance(error, DriveError) else []


async def _as_task(work: Awaitable[None]) -> None:
    await work


def _hospital(stage: Stage, facility_id: str) -> Play:
    return lambda screen: Hospital(stage, facility_id, screen).run()


def _crew(stage: Stage, ambulance: Ambulance) -> Play:
    return lambda screen: Crew(stage, ambulance, screen).run()


def _county(options: Options) -> County:
    try:
        return county_folder.load(options.county)
    except CountyFolderError as error:
        raise DriveError(f"--county: {error}") from None


def _recorded(options: Options) -> tuple[Recording, ...]:
    """The recordings asked for; without any the patients are generated, and the log says so."""
    if not options.recordings:
        log.info("no recordings: vital signs are generated and say so")
        return ()
    try:
        library = recordings.load(options.recordings)
    except RecordingError as error:
        raise DriveError(f"--recordings: {error}") from None
    for message in library.messages:
        log.info("skipped", what=message)
    log.info("recordings", count=len(library.recordings))
    return library.recordings
