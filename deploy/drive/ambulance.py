"""One played vehicle: its receiver, its monitor and its gateway, publishing over real MQTT.

The receiver gives a fix each second while driving and every five seconds while parked, always. The
monitor gives its numerics each second while a patient is connected, holding values between two
record points as monitors do. Now and then the link or the monitor drops out for 15 to 40 s: what
was measured meanwhile waits in the outbox and arrives late, as in a dead spot.

Who drives where and who is connected is the crew's (`crew`).
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from deploy.drive import limits
from deploy.drive.chance import chance
from deploy.drive.county import Vehicle
from deploy.drive.motion import Trip, Where, apparent_speed_kmh, drive_s, whereabouts
from deploy.drive.signals import CUFF, UNITS, Patient, Picture
from deploy.drive.stage import Stage
from dispatch.ids import DeviceId
from maps.coordinates import Wgs84
from telemetry.contract import Kind
from telemetry.gateway.publisher import Publisher

log = structlog.get_logger("drive")

_VITALS_EVERY_S: Final = 1.0
_DROPOUT_MEAN_S: Final = 300.0  # once in five minutes with a patient: often enough to be seen
_DROPOUT_S: Final = (15.0, 40.0)  # longer than the 10 s after which a feed counts as lost
_RADIO_SHARE: Final = 0.6  # the link fails more often than a lead comes off the monitor
_OXYGEN_L_PER_MIN: Final = 5.0


class Ambulance:
    """A vehicle with its devices; ``head_for`` and ``connect`` are the crew's hands."""

    def __init__(self, stage: Stage, vehicle: Vehicle, publisher: Publisher) -> None:
        self.vehicle = vehicle
        self.speed_kmh = apparent_speed_kmh(stage.habits.speed)
        self._stage = stage
        self._publisher = publisher
        self._trip = self._parked(vehicle.station)
        self._patient: Patient | None = None
        self._patient_id = ""
        self._connected_at_s = 0.0
        self._is_oxygen_on: bool | None = None
        self._is_unplugged = False
        self._moved = asyncio.Event()
        self._is_placed = asyncio.Event()

    @property
    def place(self) -> Wgs84:
        """Where the vehicle is now."""
        return self._where().place

    @property
    def has_arrived(self) -> bool:
        """Whether it stands where it was sent."""
        return self._where().has_arrived

    def put(self, place: Wgs84 | None) -> None:
        """Continue where the server last saw the vehicle; None: nobody knows, at its station."""
        if place is not None:
            self._trip = self._parked(place)
        self._is_placed.set()

    def head_for(self, target: Wgs84) -> bool:
        """Drive there from here; False when it is already the target."""
        if target == self._trip.target:
            return False
        self._trip = Trip(
            origin=self.place,
            target=target,
            started_at_s=time.monotonic(),
            speed_kmh=self.speed_kmh,
        )
        self._moved.set()
        return True

    def stop(self) -> None:
        """Stay here."""
        self._trip = self._parked(self.place)

    def eta_at(self, target: Wgs84) -> datetime:
        """When it would be there, driving now; UTC."""
        seconds = drive_s(self.place, target, self.speed_kmh)
        return datetime.now(UTC) + timedelta(seconds=seconds)

    def is_connected_to(self, patient_id: str) -> bool:
        """Whether this patient is on the monitor."""
        return patient_id == self._patient_id

    async def connect(self, patient_id: str, patient: Patient) -> None:
        """Connect a patient to the monitor; the same patient stays connected."""
        if patient_id == self._patient_id or self.vehicle.monitor_id is None:
            return
        self._patient, self._patient_id = patient, patient_id
        self._connected_at_s = time.monotonic()
        self._is_oxygen_on = None
        await self._send(self.vehicle.monitor_id, "status", {"state": "monitor_plugged"})

    async def disconnect(self) -> None:
        """Take the monitor off the patient."""
        if self._patient is None or self.vehicle.monitor_id is None:
            return
        self._patient, self._patient_id = None, ""
        await self._send(self.vehicle.monitor_id, "status", {"state": "monitor_unplugged"})

    def give_oxygen(self, is_on: bool) -> None:
        """Enter oxygen on the monitor."""
        self._is_oxygen_on = is_on

    async def run_receiver(self) -> None:
        """Publish fixes for ever."""
        if self.vehicle.gps_id is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limits.PLACE_WAIT_S):
                await self._is_placed.wait()
        while True:
            where = self._where()
            await self._send(self.vehicle.gps_id, "position", fix_body(where))
            is_parked = where.has_arrived
            every_s = limits.FIX_EVERY_STANDING_S if is_parked else limits.FIX_EVERY_MOVING_S
            self._moved.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(every_s):
                    await self._moved.wait()

    async def run_monitor(self) -> None:
        """Publish numerics each second while a patient is connected, for ever."""
        monitor_id = self.vehicle.monitor_id
        if monitor_id is None:
            return
        next_at_s = time.monotonic()
        while True:
            if self._patient is not None and not self._is_unplugged:
                picture = self._patient.at(time.monotonic() - self._connected_at_s)
                now = datetime.now(UTC)
                body = vitals_body(picture, self._patient.labels, now, self._is_oxygen_on)
                if body["numerics"]:
                    await self._send(monitor_id, "vitals", body)
            next_at_s = max(next_at_s + _VITALS_EVERY_S, time.monotonic())
            await asyncio.sleep(next_at_s - time.monotonic())

    async def run_dropouts(self) -> None:
        """Lose the link or the monitor now and then while a patient is connected."""
        rng = chance(self._stage.habits.seed, "dropouts", self.vehicle.unit_id)
        while self._stage.habits.has_dropouts:
            await asyncio.sleep(rng.expovariate(1.0 / _DROPOUT_MEAN_S))
            lasts_s, is_radio = rng.uniform(*_DROPOUT_S), rng.random() < _RADIO_SHARE
            if self._patient is None:
                continue
            what = "radio" if is_radio else "monitor"
            log.info("dropout", unit=self.vehicle.unit_id, what=what, seconds=round(lasts_s))
            if is_radio:
                self._publisher.cut()
            self._is_unplugged = not is_radio
            await asyncio.sleep(lasts_s)
            self._publisher.mend()
            self._is_unplugged = False

    def _where(self) -> Where:
        return whereabouts(self._trip, time.monotonic())

    def _parked(self, place: Wgs84) -> Trip:
        now_s = time.monotonic()
        return Trip(origin=place, target=place, started_at_s=now_s, speed_kmh=self.speed_kmh)

    async def _send(self, device_id: DeviceId, kind: Kind, body: Mapping[str, object]) -> None:
        """Store and publish; storing waits for the disk, so it happens in a thread."""
        try:
            await asyncio.to_thread(self._publisher.send, device_id, kind, datetime.now(UTC), body)
        except sqlite3.Error as error:
            log.warning("outbox refuses", unit=self.vehicle.unit_id, error=str(error))


def fix_body(where: Where) -> dict[str, Any]:
    """A fix in contract v1: WGS-84 degrees, km/h, degrees clockwise from north, metres."""
    body: dict[str, Any] = {
        "lon": round(where.place.lon, 6),
        "lat": round(where.place.lat, 6),
        "datum": "WGS84",
        "speed_kmh": where.speed_kmh,
        "accuracy_m": 8.0,
    }
    if where.heading_deg is not None:
        body["heading_deg"] = where.heading_deg
    return body


def vitals_body(
    picture: Picture, labels: Mapping[str, str], now: datetime, is_oxygen_on: bool | None
) -> dict[str, Any]:
    """A picture in contract v1; ``now`` is UTC and dates the cuff by its age."""
    numerics: dict[str, dict[str, Any]] = {}
    for code, reading in picture.readings.items():
        numeric: dict[str, Any] = {"value": reading.value, "unit": UNITS[code]}
        if reading.quality != "ok":
            numeric["quality"] = reading.quality
        if code in CUFF and picture.cuff_age_s is not None:
            numeric["measured_at"] = now - timedelta(seconds=picture.cuff_age_s)
        numerics[code] = numeric
    body: dict[str, Any] = {"numerics": numerics, **labels}
    if picture.acvpu is not None:
        body["acvpu"] = picture.acvpu
    if is_oxygen_on is not None and labels.get("source") == "generator":
        flow = {"litres_per_min": _OXYGEN_L_PER_MIN} if is_oxygen_on else {}
        body["oxygen"] = {"on": is_oxygen_on, **flow}
    return body
