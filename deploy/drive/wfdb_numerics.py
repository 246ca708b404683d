"""A small reader of PhysioNet WFDB numerics: a text header and 16-bit samples.

Reads what bedside monitors' trend records are (format 16, at most 2 Hz): header line, one line per
signal, interleaved little-endian samples; physical = (sample - baseline) / gain. Specification:
header(5) and signal(5) of the WFDB Applications Guide (Moody, MIT, 2022). The `wfdb` library reads
far more and brings 315 MB with it. Waveforms, multi-segment records and other formats are named and
skipped: they are not numerics.

A sample of -32768 is "no value": absent. A zero is what the recorder writes for a channel without
a signal; it cannot be told from asystole or apnoea afterwards, so it becomes leads_off or probe_off
without a value and is never scored.
"""

import array
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from deploy.drive import limits
from deploy.drive.series import Recording, RecordingError, Series
from deploy.drive.signals import CUFF, Reading

_NO_VALUE: Final = -32768
_DEFAULT_GAIN: Final = 200.0  # header(5): a gain of zero or none means 200
_NUMERICS_HZ_MAX: Final = 2.0
_HOLD_MARGIN: Final = 1.01  # so that rounding of 1/60 Hz leaves no gap between two points

_CODES: Final = {
    "hr": "heart_rate",
    "pulse": "pulse_rate",
    "resp": "resp_rate",
    "rr": "resp_rate",
    "spo2": "spo2",
    "abpsys": "abp_systolic",
    "abpdias": "abp_diastolic",
    "abpmean": "abp_mean",
    "artsys": "abp_systolic",
    "artdias": "abp_diastolic",
    "artmean": "abp_mean",
    "nbpsys": "nibp_systolic",
    "nbpdias": "nibp_diastolic",
    "nbpmean": "nibp_mean",
    "etco2": "etco2",
}
_UNITS: Final = {
    "heart_rate": {"bpm", "pm", "/min"},
    "pulse_rate": {"bpm", "pm", "/min"},
    "resp_rate": {"bpm", "pm", "/min"},
    "spo2": {"%"},
}
_PRESSURE_UNITS: Final = {"mmhg"}
_GAIN: Final = re.compile(r"([-+]?[\d.]+(?:e[-+]?\d+)?)(?:\((-?\d+)\))?(?:/(\S+))?", re.IGNORECASE)


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One signal line of a header."""

    file: str
    form: str
    gain: float
    baseline: int
    unit: str
    checksum: int | None
    name: str


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """A header: ``frequency_hz`` samples a second, ``samples`` per signal (None = not said)."""

    record: str
    frequency_hz: float
    samples: int | None
    signals: tuple[Signal, ...]
    age_years: int | None
    sex: Literal["male", "female", "unknown"]


def parse_header(text: str) -> Header:
    """Read a .hea file; raises RecordingError naming the line that cannot be read."""
    lines = [line.strip() for line in text.splitlines()]
    content = [line for line in lines if line and not line.startswith("#")]
    if not content:
        raise RecordingError("an empty header")
    first = content[0].split()
    try:
        record, count = first[0], int(first[1])
        frequency_hz = float(first[2].split("/")[0].split("(")[0]) if len(first) > 2 else 250.0
        samples = int(first[3]) if len(first) > 3 else None
    except (IndexError, ValueError):
        raise RecordingError(f"header line 1 is not a record line: {content[0]!r}") from None
    if "/" in record:
        raise RecordingError("a multi-segment record; name its segments' headers instead")
    if not 0 <= count <= limits.SIGNALS_MAX or len(content) - 1 < count or frequency_hz <= 0:
        raise RecordingError(f"header line 1 does not fit the rest: {content[0]!r}")
    age_years, sex = _person(" ".join(line for line in lines if line.startswith("#")))
    return Header(
        record=record,
        frequency_hz=frequency_hz,
        samples=samples,
        signals=tuple(_signal(line) for line in content[1 : count + 1]),
        age_years=age_years,
        sex=sex,
    )


def read(header_path: Path) -> Iterator[Recording | str]:
    """The recording of one header, and messages for signals that are not played.

    Raises RecordingError when it is no numerics record or its samples are not there.
    """
    if header_path.stat().st_size > limits.HEADER_BYTES_MAX:
        raise RecordingError("a header of such size is none")
    header = parse_header(header_path.read_text(encoding="utf-8", errors="replace"))
    if header.frequency_hz > _NUMERICS_HZ_MAX:
        raise RecordingError(f"waveforms at {header.frequency_hz:g} Hz, not numerics")
    series: dict[str, Series] = {}
    length = 0
    for file in dict.fromkeys(signal.file for signal in header.signals):
        group = [signal for signal in header.signals if signal.file == file]
        columns = _columns(header_path.parent, header, group)
        length = max(length, *(len(column) for column in columns))
        for signal, column in zip(group, columns, strict=True):
            code = _code(signal)
            if code is None:
                yield f"{header.record}: {signal.name} in {signal.unit or 'no unit'} is not played"
                continue
            if signal.checksum is not None and sum(column) & 0xFFFF != signal.checksum & 0xFFFF:
                yield f"{header.record}: the checksum of {signal.name} is wrong; played as it is"
            series[code] = _series(code, signal, column, header.frequency_hz)
    series = {code: one for code, one in series.items() if one.times_s}
    if not series:
        raise RecordingError("no signal that a monitor would show")
    yield Recording(
        name=header.record.split("-")[0],
        age_years=header.age_years,
        sex=header.sex,
        duration_s=length / header.frequency_hz,
        hold_s=_HOLD_MARGIN / header.frequency_hz,
        is_sampled=True,
        series=series,
    )


def _signal(line: str) -> Signal:
    fields = line.split(None, 8)
    if len(fields) < 2:
        raise RecordingError(f"a signal line without file and format: {line!r}")
    match = _GAIN.fullmatch(fields[2]) if len(fields) > 2 else None
    try:
        gain = float(match[1]) if match else 0.0
        adc_zero = int(fields[4]) if len(fields) > 4 else 0
        baseline = int(match[2]) if match and match[2] else adc_zero
        checksum = int(fields[6]) if len(fields) > 6 else None
    except ValueError:
        raise RecordingError(f"a signal line that cannot be read: {line!r}") from None
    return Signal(
        file=fields[0],
        form=fields[1],
        gain=gain or _DEFAULT_GAIN,
        baseline=baseline,
        unit=(match[3] or "") if match else "",
        checksum=checksum,
        name=fields[8].strip() if len(fields) > 8 else "",
    )


def _person(comments: str) -> tuple[int | None, Literal["male", "female", "unknown"]]:
    age = re.search(r"<?age>?:\s*(\d{1,3})", comments, re.IGNORECASE)
    sex = re.search(r"<?sex>?:\s*([MF])", comments, re.IGNORECASE)
    if sex is None:
        word: Literal["male", "female", "unknown"] = "unknown"
    else:
        word = "male" if sex[1].upper() == "M" else "female"
    return (int(age[1]) if age else None), word


def _code(signal: Signal) -> str | None:
    """The contract's code of a signal whose unit is the one we know it in."""
    code = _CODES.get(re.sub(r"[^a-z0-9]", "", signal.name.lower()))
    if code is None:
        return None
    return code if signal.unit.lower() in _UNITS.get(code, _PRESSURE_UNITS) else None


def _columns(folder: Path, header: Header, group: list[Signal]) -> list["array.array[int]"]:
    """The samples of the signals that share one file, each as its own column."""
    if any(signal.form != "16" for signal in group):
        raise RecordingError(f"format {group[0].form} is not the 16 of numerics")
    name = group[0].file
    path = folder / name
    if Path(name).name != name or not path.is_file():
        raise RecordingError(f"its samples {name!r} are not beside the header")
    if path.stat().st_size > limits.RECORDING_BYTES_MAX:
        raise RecordingError(f"{name} is larger than {limits.RECORDING_BYTES_MAX} bytes")
    samples = array.array("h")
    raw = path.read_bytes()
    samples.frombytes(raw[: len(raw) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()  # format 16 is little-endian
    wide = len(group)
    rows = len(samples) // wide
    if header.samples is not None:
        if rows < header.samples:
            raise RecordingError(f"{name} holds {rows} of {header.samples} samples: cut short")
        rows = header.samples
    return [samples[offset : rows * wide : wide] for offset in range(wide)]


def _series(code: str, signal: Signal, column: "array.array[int]", frequency_hz: float) -> Series:
    times: list[float] = []
    readings: list[Reading] = []
    for index, sample in enumerate(column):
        if sample == _NO_VALUE:
            continue
        value = (sample - signal.baseline) / signal.gain
        if value == 0 and code in CUFF:
            continue  # a cuff that has not measured
        times.append(index / frequency_hz)
        readings.append(_reading(code, value))
    return Series(times_s=tuple(times), readings=tuple(readings))


def _reading(code: str, value: float) -> Reading:
    if value != 0:
        return Reading(value=round(value, 2))
    is_probe = code in {"spo2", "pulse_rate"}
    return Reading(value=None, quality="probe_off" if is_probe else "leads_off")
