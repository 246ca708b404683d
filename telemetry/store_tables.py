# ruff: noqa: S608 - the only thing put into these strings is the column lists of this file
"""One table per kind of message: its columns, their types, and how a row becomes them.

Inserts are idempotent: one statement per table and batch, `unnest` of parallel arrays, `ON CONFLICT
DO NOTHING`. Whoever adds a kind of message adds a line here and a table in a migration.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from telemetry.rows import EcgPartRow, FixRow, LinkRow, StatusRow, VitalRow, WaveformRow

_TEXT: Final = "text"
_REAL: Final = "double precision"
_STAMP: Final[dict[str, str]] = {
    "device_id": _TEXT,
    "boot_id": _TEXT,
    "seq": "bigint",
    "unit_id": _TEXT,
    "observed_at": "timestamptz",
    "received_at": "timestamptz",
    "true_at": "timestamptz",
    "skew_ms": "bigint",
    "is_late": "boolean",
}
_VITAL: Final[dict[str, str]] = {
    "patient_id": _TEXT,
    "numerics": "jsonb",
    "acvpu": _TEXT,
    "on_oxygen": "boolean",
    "oxygen_litres_per_min": _REAL,
    "source": _TEXT,
    "recording": _TEXT,
}
_FIX: Final[dict[str, str]] = {
    "lon": _REAL,
    "lat": _REAL,
    "sent_lon": _REAL,
    "sent_lat": _REAL,
    "datum": _TEXT,
    "speed_kmh": _REAL,
    "heading_deg": _REAL,
    "accuracy_m": _REAL,
    "doubtful": _TEXT,
}
_STATUS: Final[dict[str, str]] = {"state": _TEXT, "battery_pct": _REAL}
_LINK: Final[dict[str, str]] = {
    "queued": "jsonb",
    "dropped": "jsonb",
    "queued_bytes": "bigint",
    "oldest_s": _REAL,
    "confirmed_s": _REAL,
    "round_trip_ms": _REAL,
    "network": _TEXT,
    "version": _TEXT,
}
_WAVEFORM: Final[dict[str, str]] = {
    "patient_id": _TEXT,
    "channel": _TEXT,
    "hz": _REAL,
    "unit": _TEXT,
    "per_lsb": _REAL,
    "zero": _REAL,
    "samples": "bytea",
    "source": _TEXT,
    "recording": _TEXT,
}
_ECG_PART: Final[dict[str, str]] = {
    "patient_id": _TEXT,
    "sha256": _TEXT,
    "size_bytes": "integer",
    "part": "integer",
    "parts": "integer",
    "data": "bytea",
    "source": _TEXT,
    "recording": _TEXT,
}
STAMP_COLUMNS: Final = tuple(_STAMP)
VITAL_COLUMNS: Final = tuple(_VITAL)
FIX_COLUMNS: Final = tuple(_FIX)
WAVEFORM_COLUMNS: Final = tuple(_WAVEFORM)


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Where one kind of row goes; ``columns`` are those beside the stamp's, by name and type."""

    name: str
    columns: dict[str, str]

    @property
    def insert(self) -> str:
        """The statement; its arguments are the columns of `arrays`."""
        kinds = (*_STAMP.values(), *self.columns.values())
        marks = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(kinds, 1))
        names = ", ".join((*_STAMP, *self.columns))
        return (
            f"INSERT INTO {self.name} ({names}) SELECT * FROM unnest({marks})"
            " ON CONFLICT DO NOTHING"
        )

    def arrays(self, rows: Sequence[Any]) -> list[list[Any]]:
        """The rows as columns, in the order of `insert`."""
        stamps = [row.stamp for row in rows]
        return [
            *([getattr(stamp, name) for stamp in stamps] for name in _STAMP),
            *(self._column(rows, name) for name in self.columns),
        ]

    def _column(self, rows: Sequence[Any], name: str) -> list[Any]:
        values = [getattr(row, name) for row in rows]
        if self.columns[name] == "jsonb":
            return [msgspec.json.encode(value).decode() for value in values]
        return values


TABLES: Final[dict[type, Table]] = {
    VitalRow: Table(name="vital_sample", columns=_VITAL),
    FixRow: Table(name="position_fix", columns=_FIX),
    StatusRow: Table(name="device_status", columns=_STATUS),
    LinkRow: Table(name="device_link", columns=_LINK),
    WaveformRow: Table(name="waveform_block", columns=_WAVEFORM),
    EcgPartRow: Table(name="ecg_part", columns=_ECG_PART),
}
INSERTS: Final[dict[type, str]] = {kind: table.insert for kind, table in TABLES.items()}
