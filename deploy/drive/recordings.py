"""Recorded patients: finding them in a folder, and playing one on a monitor.

Two formats are read, each by its own small reader: PhysioNet WFDB numerics (`wfdb_numerics`) and
the text series of the CinC 2012 challenge (`cinc2012`). Both become a `Recording`: per code a list
of times and readings. What a folder holds besides is skipped with a message naming it.

Values are held between two record points, as a monitor shows a value until it has a newer one:
1/60 Hz numerics are sent again each second for a minute; a chart's hourly values for two hours.
`--speed` runs the recording's clock faster than the wall's. After its end a recording starts again.
"""

import random
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from deploy.drive import cinc2012, limits, wfdb_numerics
from deploy.drive.series import Recording, RecordingError, Series
from deploy.drive.signals import CUFF, Picture, Reading

_MESSAGES_MAX: Final = 20
_CUFF_STEPS_BACK_MAX: Final = 240  # four hours of 1/60 Hz: an older pressure is stale anyway
_VITAL: Final = ("heart_rate", "pulse_rate", "spo2", "abp_systolic", "nibp_systolic")
_START_TRIES: Final = 50
_START_CODES_MIN: Final = 3


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """The recordings found, and what was skipped and why, for the log."""

    recordings: tuple[Recording, ...]
    messages: tuple[str, ...]


def load(paths: Iterable[Path]) -> Library:
    """Read every recording below ``paths`` (folders, .hea headers, CinC .txt or .tar.gz files).

    Raises RecordingError when a path is missing or nothing at all can be played.
    """
    found: list[Recording] = []
    messages: list[str] = []
    looked_at = list(paths)
    for path in looked_at:
        if not path.exists():
            raise RecordingError(f"{path}: no such file or folder")
        for item in _read_all(path):
            if isinstance(item, str):
                messages.append(item)
            elif not _is_patient(item):
                messages.append(f"{item.name}: neither heart rate, SpO2 nor pressure ever recorded")
            elif len(found) < limits.RECORDINGS_MAX:
                found.append(item)
            else:
                messages.append(f"{path}: more than {limits.RECORDINGS_MAX}; the rest is left out")
                break
    if not found:
        names = ", ".join(str(path) for path in looked_at)
        why = "; ".join(messages[:5]) or "no .hea header, no CinC 2012 .txt, no .tar.gz of them"
        raise RecordingError(f"{names}: no playable recording ({why})")
    if len(messages) > _MESSAGES_MAX:
        left = len(messages) - _MESSAGES_MAX
        messages = [*messages[:_MESSAGES_MAX], f"and {left} more files were skipped"]
    return Library(recordings=tuple(found), messages=tuple(messages))


class Player:
    """A patient who is a recording, from ``start_s`` on, ``pace`` recorded seconds per second."""

    def __init__(self, recording: Recording, *, start_s: float, pace: float) -> None:
        self.recording = recording
        self._start_s = start_s
        self._pace = pace

    @property
    def labels(self) -> dict[str, str]:
        """Says that this is a recording, and which."""
        return {"source": "recording", "recording": self.recording.name}

    def at(self, elapsed_s: float) -> Picture:
        """What was on record at this moment, with the age of the cuff pressure in wall seconds."""
        span_s = self.recording.duration_s
        time_s = self._start_s + elapsed_s * self._pace
        time_s = time_s % span_s if span_s > 0 else 0.0
        readings = present(self.recording, time_s)
        cuff_age_s = None
        if any(code in readings for code in CUFF):
            cuff_age_s = _cuff_age_s(self.recording, time_s) / self._pace
        words = self.recording.acvpu
        index = bisect_right(words.times_s, time_s) - 1
        is_held = index >= 0 and time_s - words.times_s[index] <= self.recording.hold_s
        acvpu = words.letters[index] if is_held else None
        return Picture(readings=readings, acvpu=acvpu, cuff_age_s=cuff_age_s)


def present(recording: Recording, time_s: float) -> dict[str, Reading]:
    """The readings held at ``time_s`` of the recording; a code without one is absent."""
    held: dict[str, Reading] = {}
    for code, series in recording.series.items():
        index = _index(series, time_s)
        if index >= 0 and time_s - series.times_s[index] <= recording.hold_s:
            held[code] = series.readings[index]
    return held


def starting_point_s(recording: Recording, rng: random.Random) -> float:
    """A random moment, in recorded seconds, at which the monitor shows at least three good values.

    Falls back to the best of those tried.
    """
    best_s, best = 0.0, -1
    for _ in range(_START_TRIES):
        time_s = rng.uniform(0.0, recording.duration_s)
        good = sum(r.quality == "ok" for r in present(recording, time_s).values())
        if good >= _START_CODES_MIN:
            return time_s
        if good > best:
            best_s, best = time_s, good
    return best_s


def _is_patient(recording: Recording) -> bool:
    """Whether any of what a triage looks at first was ever measured: else nobody was connected."""
    return any(
        reading.quality == "ok"
        for code in _VITAL
        if code in recording.series
        for reading in recording.series[code].readings
    )


def _index(series: Series, time_s: float) -> int:
    return bisect_right(series.times_s, time_s) - 1


def _cuff_age_s(recording: Recording, time_s: float) -> float:
    """Recorded seconds since the pressure was taken.

    A sampled recording repeats the last pressure at each point: it was taken where it last changed.
    """
    series = next(recording.series[code] for code in CUFF if code in recording.series)
    index = _index(series, time_s)
    if index < 0:
        return 0.0
    steps = 0
    while recording.is_sampled and index > 0 and steps < _CUFF_STEPS_BACK_MAX:
        gap_s = series.times_s[index] - series.times_s[index - 1]
        if gap_s > recording.hold_s or series.readings[index] != series.readings[index - 1]:
            break
        index -= 1
        steps += 1
    return time_s - series.times_s[index]


def _read_all(path: Path) -> Iterator[Recording | str]:
    """Every recording at or below ``path``; a string is the reason why something was skipped."""
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    if len(files) > limits.RECORDING_FILES_MAX:
        raise RecordingError(f"{path}: {len(files)} files; name a folder of recordings")
    for file in files:
        try:
            if file.suffix == ".hea":
                yield from wfdb_numerics.read(file)
            elif file.name.endswith((".tar.gz", ".tgz")):
                yield from cinc2012.read_archive(file)
            elif cinc2012.is_series(file):
                yield cinc2012.read(file.stem, file.read_text(encoding="utf-8", errors="replace"))
        except (RecordingError, OSError) as error:
            yield f"{file.name}: {error}"
