"""How many samples a second a vehicle's outbox takes, each on the disk before the next.

Beside the bare limit of the same disk: one INSERT of the same bytes in a SQLite of the same
settings, and one `write` and `fsync` of them. The three take turns in the same run. One sample at a
time, as a monitor waits for its answer; `python -m tests.benchmark.outbox` prints it alone.
"""

import io
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from dispatch.ids import DeviceId
from telemetry.gateway.outbox import Outbox
from tests.benchmark.screen import Figure, figure

ROUNDS: Final = 5
PUTS: Final = 200
DEVICE: Final = DeviceId("NX01-MON")
BODY: Final = {
    "numerics": {
        code: {"value": 72.0, "unit": unit}
        for code, unit in (
            ("heart_rate", "/min"),
            ("spo2", "%"),
            ("resp_rate", "/min"),
            ("nibp_systolic", "mm[Hg]"),
            ("nibp_diastolic", "mm[Hg]"),
            ("temperature", "Cel"),
        )
    }
}


class OutboxFigure(msgspec.Struct, frozen=True, kw_only=True):
    """Puts a second of each kind, medians of the rounds, and the outbox's latency."""

    puts_per_s: float
    sqlite_per_s: float
    fsync_per_s: float
    latency: Figure

    @property
    def ratio(self) -> float:
        """Ours over the bare SQLite's."""
        return round(self.puts_per_s / self.sqlite_per_s, 2)


def measure() -> OutboxFigure:
    """On the disk that holds temporary files."""
    latencies: list[float] = []
    rates: dict[str, list[float]] = {"ours": [], "sqlite": [], "fsync": []}
    with tempfile.TemporaryDirectory() as folder:
        outbox = Outbox(Path(folder) / "ours.sqlite3")
        payload = outbox.put(DEVICE, "vitals", datetime.now(UTC), BODY).payload
        bare = _bare(Path(folder) / "bare.sqlite3")
        with (Path(folder) / "bare.log").open("ab", buffering=0) as file:
            work: dict[str, Callable[[], object]] = {
                "ours": lambda: outbox.put(DEVICE, "vitals", datetime.now(UTC), BODY),
                "sqlite": lambda: bare.execute("INSERT INTO m (payload) VALUES (?)", (payload,)),
                "fsync": partial(_write, file, payload),
            }
            turns = [name for _ in range(ROUNDS) for name in work]
            for name in turns:
                took_s = [_timed_s(work[name]) for _ in range(PUTS)]
                rates[name].append(PUTS / sum(took_s))
                latencies += [one * 1000 for one in took_s] if name == "ours" else []
        bare.close()
        outbox.close()
    middle = {name: sorted(found)[ROUNDS // 2] for name, found in rates.items()}
    return OutboxFigure(
        puts_per_s=round(middle["ours"]),
        sqlite_per_s=round(middle["sqlite"]),
        fsync_per_s=round(middle["fsync"]),
        latency=figure(latencies),
    )


def _timed_s(once: Callable[[], object]) -> float:
    begun_s = time.perf_counter()
    once()
    return time.perf_counter() - begun_s


def _write(file: io.FileIO, payload: bytes) -> None:
    file.write(payload)
    os.fsync(file.fileno())


def _bare(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE m (number INTEGER PRIMARY KEY, payload BLOB)")
    return database


def row(one: OutboxFigure) -> str:
    """The page's row."""
    return (
        f"| a sample into the vehicle's outbox, on the disk | {one.puts_per_s:.0f}"
        f" | {one.sqlite_per_s:.0f} | {one.fsync_per_s:.0f} | {one.ratio}"
        f" | {one.latency.p50_ms} | {one.latency.max_ms} |"
    )


if __name__ == "__main__":
    print(row(measure()))
