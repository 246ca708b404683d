"""Reads a WFDB record out of its header and the files beside it.

A record is many files, and this module opens none: it is given a mapping from name to bytes and
says what is missing (`missing_files`), so that the shell can bring it and ask again.

Frames: a signal with n samples a frame has n times the rate of the record. Skew: a signal that is k
frames late has its first sample k frames into the file. Segments follow each other, "~" is a gap;
a layout segment (length 0) only says which signals there are.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

import msgspec
import numpy as np

from dispatch.errors import BadPayload
from telemetry.ecg.leads import in_order, known_lead, lead_of_name
from telemetry.ecg.limits import RATE_MAX_HZ, SAMPLES_MAX
from telemetry.ecg.model import GAP, Channel, Ecg, Lead, Samples
from telemetry.ecg.numbers import microvolts_per, rate
from telemetry.ecg.wfdb.header import Record, Signal, files_of, read_header
from telemetry.ecg.wfdb.signals import packing_of, unpack, with_gaps

Files = Mapping[str, bytes]

_NEVER_ECG: Final = ("resp", "pleth", "abp", "art", "cvp", "pap", "icp", "co2", "spo2", "ppg",
                     "eeg", "emg", "eog", "fhr", "uc")  # fmt: skip


class Series(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One signal of a record in one piece, its samples a whole number of times the frame rate."""

    signal: Signal
    samples: Samples


def missing_files(header: str, files: Files) -> tuple[str, ...]:
    """Files the record named by ``header`` still needs; asked again until it is empty."""
    record = read_header(files[header])
    wanted: list[str] = [*files_of(record)]
    for name, _ in record.segments:
        if name == "~":
            continue
        part = f"{name}.hea"
        wanted.append(part)
        if part in files:
            wanted += files_of(read_header(files[part]))
    return tuple(name for name in dict.fromkeys(wanted) if name not in files)


def read_wfdb(header: str, files: Files) -> Ecg:
    """The record whose header is ``files[header]``; BadPayload names the file and what is wrong."""
    record = read_header(files[header])
    warnings: list[str] = []
    if record.segments:
        series = _joined(record, files, warnings)
    else:
        series = _series(record, files, warnings)
    leads, channels = [], []
    for one in series:
        hz = rate(record.frame_hz * one.signal.per_frame, f"signal {one.signal.name}")
        if len(one.samples) == 0:
            raise BadPayload("ecg_truncated", f"signal {one.signal.name[:40]!r} has no sample")
        if _is_lead(one.signal):
            leads.append(_lead(one, hz, warnings))
        else:
            channels.append(_channel(one, hz))
    return Ecg(
        format="wfdb",
        version=None,
        leads=in_order(leads),
        channels=tuple(channels),
        acquired=record.acquired,
        context=record.context,
        statements=record.statements,
        warnings=tuple(warnings),
    )


def _is_lead(signal: Signal) -> bool:
    """A voltage that is not named as something else: many leads have names of their own."""
    if microvolts_per(signal.unit) is None:
        return False
    plain = signal.name.lower()
    return known_lead(signal.name) is not None or not any(word in plain for word in _NEVER_ECG)


def _lead(one: Series, hz: Fraction, warnings: list[str]) -> Lead:
    signal = one.signal
    step = (microvolts_per(signal.unit) or Fraction(1)) / signal.scale
    if not signal.is_calibrated:
        warnings.append(f"lead {signal.name}: no gain is stated; 200 steps per mV are assumed")
    # A negative gain is a lead with its poles changed: the scale carries the sign.
    return Lead(
        name=lead_of_name(signal.name),
        samples=one.samples,
        hz=hz,
        uv_per_lsb=step,
        offset_uv=-signal.baseline * step,
    )


def _channel(one: Series, hz: Fraction) -> Channel:
    signal = one.signal
    return Channel(
        name=lead_of_name(signal.name),
        unit=signal.unit,
        samples=one.samples,
        hz=hz,
        scale=1 / signal.scale,
        offset=-signal.baseline / signal.scale,
    )


def _series(record: Record, files: Files, warnings: list[str]) -> list[Series]:
    """The signals of a record of one piece, in the order of its header."""
    found: dict[int, Series] = {}
    for name in files_of(record):
        places = [place for place, one in enumerate(record.signals) if one.file == name]
        signals = [record.signals[place] for place in places]
        if name not in files:
            raise BadPayload("ecg_file_missing", f"the record needs {name} beside its header")
        parts = _demultiplexed(files[name], name, signals, record, warnings)
        for place, signal, samples in zip(places, signals, parts, strict=True):
            found[place] = Series(signal=signal, samples=samples)
    return [found[place] for place in sorted(found)]


def _demultiplexed(
    data: bytes, name: str, signals: list[Signal], record: Record, warnings: list[str]
) -> list[Samples]:
    first = signals[0]
    if any((one.format, one.offset) != (first.format, first.offset) for one in signals):
        raise BadPayload("ecg_header", f"{name}: its signals are said to be packed differently")
    packing = packing_of(first.format)
    width = sum(one.per_frame for one in signals)
    if record.frame_hz * max(one.per_frame for one in signals) > RATE_MAX_HZ:
        raise BadPayload("ecg_rate", f"{name}: more than {RATE_MAX_HZ} samples a second")
    frames = record.frames
    if frames is not None and frames * width > SAMPLES_MAX:
        raise BadPayload("ecg_samples", f"{name}: more than {SAMPLES_MAX} samples")
    if first.offset > len(data):
        raise BadPayload(
            "ecg_truncated", f"{name} ends at byte {len(data)}, before its data at {first.offset}"
        )
    late = max(one.skew for one in signals)
    wanted = None if frames is None else (frames + late) * width
    flat = unpack(data[first.offset :], packing, wanted)
    held = len(flat) // width
    if frames is not None and held < frames:
        raise BadPayload(
            "ecg_truncated",
            f"{name} ends at byte {len(data)}: it holds {held} of {frames} frames",
        )
    table = flat[: held * width].reshape(held, width)
    columns = np.cumsum([0, *(one.per_frame for one in signals)])
    return [
        _one_signal(table[:, columns[k] : columns[k + 1]].reshape(-1), one, frames, name, warnings)
        for k, one in enumerate(signals)
    ]


def _one_signal(
    raw: Samples, signal: Signal, frames: int | None, name: str, warnings: list[str]
) -> Samples:
    """Differences summed, checked against the header, skew undone, gaps marked."""
    packing = packing_of(signal.format)
    whole = raw
    if signal.format == 8:
        whole = (np.cumsum(raw, dtype=np.int64) + (signal.first or 0)).astype(np.int32)
    length = (frames if frames is not None else len(whole) // signal.per_frame) * signal.per_frame
    skew = signal.skew * signal.per_frame
    _check(whole[:length], signal, name, warnings)  # as it lies: the sum knows no skew
    part = with_gaps(whole[skew : skew + length], packing)
    if len(part) == length:
        return part
    return np.concatenate([part, np.full(length - len(part), GAP, dtype=np.int32)])


def _check(samples: Samples, signal: Signal, name: str, warnings: list[str]) -> None:
    """The header's first value and 16-bit sum, where it states them."""
    place = f"{name}, signal {signal.name or '?'}"
    if len(samples) == 0:
        return
    if signal.first is not None and signal.first != int(samples[0]) and signal.format != 8:
        warnings.append(f"{place}: the header begins with {signal.first}, the file {samples[0]}")
    total = int(samples.astype(np.int64).sum()) & 0xFFFF
    if signal.checksum is not None and signal.checksum & 0xFFFF != total:
        warnings.append(
            f"{place}: the checksum is {signal.checksum & 0xFFFF}, the samples give {total}"
        )


def _joined(record: Record, files: Files, warnings: list[str]) -> list[Series]:
    """The segments one behind the other; a signal that a segment lacks is a gap there."""
    pieces: dict[str, list[tuple[int, Series]]] = {}
    models: dict[str, Signal] = {}
    at = 0
    for name, length in record.segments:
        part = _part(name, files) if name != "~" else None
        for signal in part.signals if part else ():
            models.setdefault(signal.name, signal)
        for one in _series(part, files, warnings) if part and length else ():
            pieces.setdefault(one.signal.name, []).append((at, one))
        at += length
    if at * sum(one.per_frame for one in models.values()) > SAMPLES_MAX:
        raise BadPayload("ecg_samples", f"the segments hold more than {SAMPLES_MAX} samples")
    return [
        Series(signal=model, samples=_laid(pieces.get(name, []), model, at, warnings))
        for name, model in models.items()
    ]


def _part(name: str, files: Files) -> Record:
    header = files.get(f"{name}.hea")
    if header is None:
        raise BadPayload("ecg_file_missing", f"the record needs {name}.hea beside its header")
    part = read_header(header)
    if part.segments:
        raise BadPayload("ecg_header", f"segment {name} is itself made of segments")
    return part


def _laid(
    parts: list[tuple[int, Series]], model: Signal, frames: int, warnings: list[str]
) -> Samples:
    whole = np.full(frames * model.per_frame, GAP, dtype=np.int32)
    for at, part in parts:
        if (part.signal.scale, part.signal.baseline, part.signal.per_frame) != (
            model.scale, model.baseline, model.per_frame,
        ):  # fmt: skip
            warnings.append(f"{model.name}: one segment has another scale and was left out")
            continue
        begin = at * model.per_frame
        room = whole[begin : begin + len(part.samples)]
        room[:] = part.samples[: len(room)]
    return whole
