"""A recording in the place of the devices: numerics, waveforms and ECG files into the gateway.

What is played says so in every message (``source`` "recording", with its name). Numerics are shown
second by second as a monitor shows them (`deploy.drive.recordings`); a waveform record becomes
blocks of one second of its own integers; a short 12-lead recording is sent as the file it is.
"""

import asyncio
import csv
import gzip
import math
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from deploy.drive.ambulance import vitals_body
from deploy.drive.recordings import Player, load
from deploy.drive.series import Recording, RecordingError
from dispatch.errors import BadPayload
from dispatch.ids import DeviceId
from telemetry.contract import CHANNELS, NOT_MEASURED, WAVEFORM_UNITS, Channel, Kind
from telemetry.ecg.model import GAP, Ecg, Lead
from telemetry.ecg.model import Channel as EcgChannel
from telemetry.ecg.read import read_ecg
from telemetry.gateway.bodies import ecg_parts, stored_waveform_body, waveform_body
from telemetry.gateway.folder import bundle
from telemetry.gateway.inputs import Sink

FILE_TO_S: Final = 60  # longer is a monitor's waveform record, not a 12-lead recording
_CTG_ROWS_MAX: Final = 200_000  # half a day at 4 Hz
_INT16_MAX: Final = 32_767
_NUMERICS_HZ_MAX: Final = 2.0
_LEADS: Final = {"MLII": "ecg_ii", "MLI": "ecg_i", "MLIII": "ecg_iii"}
_CHANNELS: Final[Mapping[str, Channel]] = {
    "pleth": "pleth",
    "resp": "resp",
    "abp": "abp",
    "art": "abp",
    "co2": "co2",
    "fhr": "fetal_heart_rate",
    "uc": "uterine_activity",
}
_UNITS: Final = {"mmhg": "mm[Hg]", "bpm": "/min", "nd": "1", "nu": "1", "": "1", "ohm": "Ohm"}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One message, ``at_s`` seconds after the recording began."""

    at_s: float
    kind: Kind
    body: dict[str, Any]


class Replay:
    """Plays recordings one after the other; ``pace`` recorded seconds a second, 0 without waiting.

    Messages bear the time at which they would have been measured when it had begun now.
    """

    def __init__(self, paths: tuple[Path, ...], device: DeviceId, pace: float) -> None:
        self._paths, self._device, self._pace = paths, device, pace
        self.sent: dict[str, int] = {}

    async def feed(self, sink: Sink) -> None:
        """Send everything; raises RecordingError for what cannot be played."""
        for path in self._paths:
            steps = await asyncio.to_thread(_all_steps, path)
            async for step, at in self._paced(steps):
                await sink(self._device, step.kind, at, step.body)
                self.sent[step.kind] = self.sent.get(step.kind, 0) + 1

    async def _paced(self, steps: list[Step]) -> AsyncIterator[tuple[Step, datetime]]:
        begun = asyncio.get_running_loop().time()
        began = datetime.now(UTC)
        if self._pace == 0 and steps:
            began -= timedelta(seconds=steps[-1].at_s)  # it ends now: nothing is from the future
        for step in steps:
            if self._pace > 0:
                due = begun + step.at_s / self._pace
                await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
                yield step, datetime.now(UTC)
            else:
                yield step, began + timedelta(seconds=step.at_s)


def _all_steps(path: Path) -> list[Step]:
    return list(steps_of(path))


def steps_of(path: Path) -> Iterator[Step]:
    """Everything a recording says, in order of time. Raises RecordingError naming the file."""
    if not path.exists():
        raise RecordingError(f"{path}: no such file or folder")
    if path.is_dir() or path.name.endswith((".tar.gz", ".tgz", ".txt")) or _is_numerics(path):
        steps = [step for one in load([path]).recordings for step in _numerics(one)]
    elif path.name.endswith((".csv", ".csv.gz")):
        steps = list(_cardiotocogram(path))
    else:
        steps = list(_signals(path))
    yield from sorted(steps, key=lambda step: step.at_s)


def _is_numerics(path: Path) -> bool:
    if path.suffix != ".hea":
        return False
    first = next(iter(path.read_text(encoding="utf-8", errors="replace").split("\n")), "").split()
    try:
        return len(first) > 2 and float(first[2].split("/")[0].split("(")[0]) <= _NUMERICS_HZ_MAX
    except ValueError:
        return False


def _numerics(recording: Recording) -> Iterator[Step]:
    """A message for each second in which the monitor shows anything."""
    player = Player(recording, start_s=0.0, pace=1.0)
    began = datetime.now(UTC)
    for second in range(math.ceil(recording.duration_s)):
        now = began + timedelta(seconds=second)
        body = vitals_body(player.at(float(second)), player.labels, now, None)
        if body["numerics"]:
            yield Step(at_s=float(second), kind="vitals", body=body)


def _signals(path: Path) -> Iterator[Step]:
    try:
        content, files = bundle(path)
        ecg = read_ecg(path.name, {one.name: one.read_bytes() for one in files})
    except (OSError, ValueError, BadPayload) as error:
        raise RecordingError(f"{path.name}: {error}") from error
    says = {"source": "recording", "recording": path.stem}
    if ecg.leads and ecg.duration_s <= FILE_TO_S and len(ecg.leads) >= len(_LEADS):
        for body in ecg_parts(content):
            yield Step(at_s=0.0, kind="ecg", body={**body, **says})
        return
    blocks = [*_lead_blocks(ecg), *_channel_blocks(ecg)]
    if not blocks:
        raise RecordingError(f"{path.name}: neither an ECG nor a waveform that a monitor draws")
    for at_s, body in blocks:
        yield Step(at_s=at_s, kind="waveform", body={**body, **says})


def _cardiotocogram(path: Path) -> Iterator[Step]:
    """Fetal heart rate and uterine activity as CTU-UHB's CSV has them; a rate of 0 is no signal."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:_CTG_ROWS_MAX]
    try:
        seconds = np.array([float(row["seconds"]) for row in rows])
        tracks: tuple[tuple[Channel, str, list[float]], ...] = (
            ("fetal_heart_rate", "/min", [float(row["FHR"]) or math.nan for row in rows]),
            ("uterine_activity", "1", [float(row["UC"]) for row in rows]),
        )
        hz = 1 / float(np.median(np.diff(seconds)))
    except (KeyError, ValueError, ZeroDivisionError) as error:
        raise RecordingError(f"{path.name}: no cardiotocogram: {error!r}") from error
    says = {"source": "recording", "recording": path.name.split(".")[0]}
    per_block = max(1, math.floor(hz))
    for channel, unit, values in tracks:
        for first in range(0, len(values), per_block):
            body = waveform_body(channel, hz, unit, values[first : first + per_block])
            yield Step(at_s=first / hz, kind="waveform", body={**body, **says})


def _lead_blocks(ecg: Ecg) -> Iterator[tuple[float, dict[str, Any]]]:
    for lead in ecg.leads:
        name = _LEADS.get(lead.name, f"ecg_{lead.name.lower()}")
        channel = next((one for one in CHANNELS if one == name), None)
        if channel is not None:
            yield from _blocks(
                channel, "uV", lead, Fraction(lead.uv_per_lsb), Fraction(lead.offset_uv)
            )


def _channel_blocks(ecg: Ecg) -> Iterator[tuple[float, dict[str, Any]]]:
    for one in ecg.channels:
        channel = _CHANNELS.get(one.name.lower().split()[0] if one.name else "")
        if channel is None:
            continue
        unit = _UNITS.get(one.unit.lower(), one.unit)
        if unit in WAVEFORM_UNITS[channel]:
            yield from _blocks(channel, unit, one, one.scale, one.offset)


def _blocks(
    channel: Channel, unit: str, signal: Lead | EcgChannel, scale: Fraction, offset: Fraction
) -> Iterator[tuple[float, dict[str, Any]]]:
    """Blocks of one second of the record's own integers; wider ones than int16 are refused."""
    samples = signal.samples
    known = samples[samples != GAP]
    if known.size and int(np.abs(known).max()) > _INT16_MAX:
        raise RecordingError(f"{channel}: samples beyond 16 bits cannot be sent as a waveform")
    stored = np.where(samples == GAP, NOT_MEASURED, samples).astype("<i2")
    per_block = max(1, math.floor(signal.hz))
    for first in range(0, len(stored), per_block):
        part = stored[first : first + per_block]
        body = stored_waveform_body(
            channel, float(signal.hz), unit, float(scale), float(offset), part
        )
        yield first / float(signal.hz), body
