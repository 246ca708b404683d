"""What a decoded JT/T 808 frame is, as types; nothing runs here.

``attributes`` hold what the additional items say under plain names, listed with their units in
docs/contracts/gateway_inputs.md; ``unread`` is every item that nobody here understands, in hex, so
that nothing a terminal said is lost.
"""

from typing import Any, Literal

import msgspec

Datum = Literal["WGS84", "GCJ02"]


class Terminal(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks: ``id`` is the phone number without leading zeros, or the IMEI in its place."""

    id: str
    phone: str
    edition: str
    version: int | None
    is_imei: bool = False


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Part ``number`` of ``of``, counted from 1."""

    number: int
    of: int


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said; ``id`` as 0x…, ``body_bytes`` as they came."""

    id: str
    name: str
    serial: int
    body_bytes: int
    encrypted: bool = False
    part: Part | None = None


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a frame is not to be believed: a stable ``reason`` and one ``sentence``."""

    reason: str
    sentence: str


class Fix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place of one moment.

    Degrees of ``datum``, signs applied; ``datum`` is None where nothing states it. ``valid``: the
    receiver says that it is positioned; without it the place is the last one, or none. ``time`` is
    UTC (the wire is GMT+8), None for a clock that was never set.
    """

    time: str | None
    lon: float | None
    lat: float | None
    datum: Datum | None
    datum_by: str
    valid: bool
    speed_kmh: float | None
    heading_deg: float | None
    altitude_m: float | None = None
    is_late_report: bool = False
    alarms: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    satellites: int | None = None
    mileage_km: float | None = None
    signal: int | None = None
    attributes: dict[str, Any] = {}
    cells: tuple[dict[str, int], ...] = ()
    wifi: tuple[dict[str, Any], ...] = ()
    unread: dict[str, str] = {}
    notes: tuple[str, ...] = ()


class Decoded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message: ``faults`` is empty for one that a session accepts."""

    terminal: Terminal
    message: Message
    fixes: tuple[Fix, ...] = ()
    fields: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


class Reading:
    """What is being gathered while the items of one report are read, one after the other."""

    __slots__ = ("alarms", "attributes", "cells", "model", "notes", "obd", "unread", "wifi")

    def __init__(self, model: str = "") -> None:
        self.model = model
        self.attributes: dict[str, Any] = {}
        self.alarms: list[str] = []
        self.cells: list[dict[str, int]] = []
        self.wifi: list[dict[str, Any]] = []
        self.unread: dict[str, str] = {}
        self.notes: list[str] = []
        self.obd = False

    def alarm(self, name: str) -> None:
        """One more alarm, each once."""
        if name not in self.alarms:
            self.alarms.append(name)

    def cell(self, mcc: int, mnc: int, lac: int, cid: int, rssi: int | None = None) -> None:
        """A cell of the mobile network that the terminal hears."""
        found = {"mcc": mcc, "mnc": mnc, "lac": lac, "cid": cid}
        if rssi is not None:
            found["rssi"] = rssi
        self.cells.append(found)

    def keep(self, item: str, value: bytes) -> None:
        """An item that is not understood; a repeated one under a number of its own."""
        key, count = item, 1
        while key in self.unread:
            count += 1
            key = f"{item}#{count}"
        self.unread[key] = value.hex()

    def done(self) -> dict[str, Any]:
        """The attributes, with the alarms joined as one of them."""
        if self.alarms:
            self.attributes["alarm"] = ",".join(self.alarms)
        return self.attributes
