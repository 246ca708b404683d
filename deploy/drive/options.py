"""The command line of the drive and the two files it is given.

    python -m deploy.drive --http URL --mqtt HOST:PORT --county FOLDER \
        --logins FILE --mqtt-passwords FILE [--recordings DIR ...] [--seed N] ...

The logins file is what `greenlane` writes at its first start: people's logins by role, crews and
hospital staff by the id of their unit or facility. The password file maps unit ids to the broker
passwords of their gateways.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from deploy.drive import limits
from deploy.drive.client import DriveError, Login
from deploy.drive.stage import Habits

_PORTS = {"mqtt": 1883, "mqtts": 8883}


class Logins(msgspec.Struct, frozen=True, kw_only=True):
    """Who may sign in; roles that are not here are simply not played."""

    dispatcher: list[Login] = []
    crew: dict[str, Login] = {}
    hospital: dict[str, Login] = {}


class Broker(msgspec.Struct, frozen=True, kw_only=True):
    """Where the MQTT broker listens."""

    host: str
    port: int
    is_tls: bool


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the drive was started with; ``minutes`` None means until it is stopped."""

    http: str
    broker: Broker
    county: Path
    logins: Logins
    mqtt_passwords: dict[str, str]
    recordings: tuple[Path, ...]
    outbox: Path
    minutes: float | None
    habits: Habits

    def __repr__(self) -> str:
        """Without logins and passwords: this reaches logs."""
        return f"Options({self.http}, {self.county})"


def parse(arguments: Sequence[str]) -> Options:
    """Read the command line and its files; raises DriveError, or exits 2 as argparse does."""
    given = _parser().parse_args(arguments)
    url = urlsplit(given.http)
    if url.scheme not in ("http", "https") or not url.netloc:
        raise DriveError(f"--http {given.http}: not an http address")
    units = frozenset(one.strip() for one in given.units.split(",") if one.strip())
    speed = given.speed
    habits = Habits(
        seed=given.seed,
        speed=speed,
        recording_speed=given.recording_speed or speed,
        interval_s=given.interval_s,
        ack_rate=given.ack_rate,
        is_manual=given.manual_dispatch,
        is_one_incident=given.one_incident,
        has_dropouts=not given.no_dropouts,
        units=units,
    )
    return Options(
        http=f"{url.scheme}://{url.netloc}",
        broker=broker(given.mqtt),
        county=given.county,
        logins=_file(given.logins, Logins, "--logins"),
        mqtt_passwords=_file(given.mqtt_passwords, dict[str, str], "--mqtt-passwords"),
        recordings=tuple(given.recordings),
        outbox=given.outbox or given.logins.parent / "drive-outbox",
        minutes=given.minutes,
        habits=habits,
    )


def broker(text: str) -> Broker:
    """`host:port`, `mqtt://host:port` or `mqtts://host:port`; raises DriveError."""
    url = urlsplit(text if "://" in text else f"mqtt://{text}")
    try:
        port = url.port or _PORTS[url.scheme]
    except (KeyError, ValueError):
        raise DriveError(f"--mqtt {text}: not host:port, mqtt:// or mqtts://") from None
    if not url.hostname:
        raise DriveError(f"--mqtt {text}: no host")
    return Broker(host=url.hostname, port=port, is_tls=url.scheme == "mqtts")


def _file(path: Path, kind: Any, option: str) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise DriveError(f"{option} {path}: {error}") from None


def _between(least: float, most: float) -> Any:
    def read(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between {least:g} and {most:g}")
        return value

    return read


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="greenlane drive",
        description="Plays a county's emergencies against a running system, by MQTT and HTTP.",
    )
    add = parser.add_argument
    add("--http", required=True, help="address of the running system")
    add("--mqtt", required=True, help="host:port or mqtt(s):// address of its broker")
    add("--county", required=True, type=Path, help="the county's folder")
    add("--logins", required=True, type=Path, help="JSON file of logins by role")
    add("--mqtt-passwords", required=True, type=Path, help="JSON file: unit id to password")
    add("--recordings", type=Path, action="append", default=[], help="WFDB numerics or CinC 2012")
    add("--outbox", type=Path, help="folder of the vehicles' outboxes (default: beside --logins)")
    add("--seed", type=int, default=1, help="the same seed plays the same county")
    add("--interval-s", type=_between(1, 86_400), default=75.0, help="mean time between calls")
    speed = _between(limits.SPEED_MIN, limits.SPEED_MAX)
    add("--speed", type=speed, default=6.0, help="how much faster than life people and cars are")
    add("--recording-speed", type=_between(1, 3600), help="and recordings (default: --speed)")
    add("--units", default="", help="only these units, comma-separated")
    add("--minutes", type=_between(0.01, 1e6), help="end after so long (default: when stopped)")
    add("--ack-rate", type=_between(0, 1), default=0.9, help="share of pre-alerts answered at once")
    add("--one-incident", action="store_true", help="play one chest pain to its end, then stop")
    add("--manual-dispatch", action="store_true", help="leave the desk to a human")
    add("--no-dropouts", action="store_true", help="links and monitors never fail")
    return parser
