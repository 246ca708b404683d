"""A reader of the PhysioNet/CinC 2012 series: ICU stays of 48 hours as `Time,Parameter,Value`.

Source: Silva et al., Computing in Cardiology 2012. What a monitor shows is played; laboratory
values, fluids and the rest of the chart are not. SaO2 there is a blood gas's saturation and is
played as SpO2. A value of zero or below is an error of charting and is marked artefact.

GCS is charted, ACVPU is what contract v1 carries: 15 A, 14 C, 9-13 V, 4-8 P, 3 U (the bands of
Kelly et al., Annals of Emergency Medicine 2004: medians A 15, V 13, P 8, U 3; C set to 14, POLICY).
"""

import math
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from deploy.drive import limits
from deploy.drive.series import Consciousness, Recording, RecordingError, Series
from deploy.drive.signals import Reading

_HEADER: Final = "Time,Parameter,Value"
_HOLD_S: Final = 7_200.0  # charts are hourly; twice that without a value and it is not shown
_CODES: Final = {
    "HR": "heart_rate",
    "RespRate": "resp_rate",
    "SaO2": "spo2",
    "Temp": "temperature",
    "NISysABP": "nibp_systolic",
    "NIDiasABP": "nibp_diastolic",
    "NIMAP": "nibp_mean",
    "SysABP": "abp_systolic",
    "DiasABP": "abp_diastolic",
    "MAP": "abp_mean",
}
_ACVPU_FROM_GCS: Final = ((15, "A"), (14, "C"), (9, "V"), (4, "P"), (3, "U"))
_SEX: Final[dict[float, Literal["male", "female"]]] = {0.0: "female", 1.0: "male"}


def is_series(path: Path) -> bool:
    """Whether a file is such a series, by its first line."""
    if path.suffix != ".txt":
        return False
    with path.open("rb") as file:
        return file.read(len(_HEADER)) == _HEADER.encode()


def read(name: str, text: str) -> Recording:
    """One stay; raises RecordingError naming the line that cannot be read."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != _HEADER:
        raise RecordingError(f"does not begin with {_HEADER!r}")
    columns: dict[str, list[tuple[float, float]]] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        time_s, parameter, value = _row(number, line)
        columns.setdefault(parameter, []).append((time_s, value))
    series = {
        code: _series(columns[parameter])
        for parameter, code in _CODES.items()
        if parameter in columns
    }
    if not series:
        raise RecordingError("a stay without a single vital sign")
    age, gender = columns.get("Age", []), columns.get("Gender", [])
    return Recording(
        name=name,
        age_years=int(age[0][1]) if age and age[0][1] >= 0 else None,
        sex=_SEX.get(gender[0][1], "unknown") if gender else "unknown",
        duration_s=max(one.times_s[-1] for one in series.values()) + _HOLD_S / 2,
        hold_s=_HOLD_S,
        is_sampled=False,
        series=series,
        acvpu=_consciousness(columns.get("GCS", [])),
    )


def read_archive(path: Path) -> Iterator[Recording | str]:
    """The stays of a .tar.gz, at most RECORDINGS_MAX; RecordingError if it is broken."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            yield from _stays(path.name, archive)
    except (tarfile.TarError, EOFError) as error:
        raise RecordingError(f"cannot be unpacked: {error}") from None


def _stays(archive_name: str, archive: tarfile.TarFile) -> Iterator[Recording | str]:
    found = 0
    for member in archive:
        if not (member.isfile() and member.name.endswith(".txt")):
            continue
        if found >= limits.RECORDINGS_MAX:
            yield f"{archive_name}: the first {found} stays are taken"
            return
        file = archive.extractfile(member)
        if file is None or member.size > limits.RECORDING_BYTES_MAX:
            continue
        item = _one(Path(member.name).stem, file.read())
        found += not isinstance(item, str)
        yield item


def _one(name: str, raw: bytes) -> Recording | str:
    try:
        return read(name, raw.decode("utf-8", errors="replace"))
    except RecordingError as error:
        return f"{name}: {error}"


def _row(number: int, line: str) -> tuple[float, str, float]:
    try:
        when, parameter, value = line.strip().split(",")
        hours, minutes = when.split(":")
        time_s = int(hours) * 3600.0 + int(minutes) * 60.0
        number_read = float(value)
    except ValueError:
        raise RecordingError(f"line {number} is not time,parameter,value: {line!r}") from None
    if not math.isfinite(number_read) or time_s < 0:
        raise RecordingError(f"line {number} holds no number: {line!r}")
    return time_s, parameter, number_read


def _series(points: list[tuple[float, float]]) -> Series:
    points = sorted(points, key=lambda point: point[0])
    return Series(
        times_s=tuple(time_s for time_s, _ in points),
        readings=tuple(
            Reading(value=value, quality="ok" if value > 0 else "artefact") for _, value in points
        ),
    )


def _consciousness(points: list[tuple[float, float]]) -> Consciousness:
    charted = sorted((time_s, gcs) for time_s, gcs in points if 3 <= gcs <= 15)
    return Consciousness(
        times_s=tuple(time_s for time_s, _ in charted),
        letters=tuple(_letter(gcs) for _, gcs in charted),
    )


def _letter(gcs: float) -> str:
    return next(letter for least, letter in _ACVPU_FROM_GCS if gcs >= least)
