"""Reads DICOM waveforms: 12-lead, general, ambulatory and 32-bit ECG, any multiplex groups.

pydicom reads the data set; what the samples mean is here (PS3.3 C.10.9):

    value = sample · sensitivity · correction factor + baseline      in the channel's unit
    time  = group offset + channel skew + place / rate

Groups that are derived or labelled as a median or representative beat become ``median``, the others
the rhythm. pydicom can fail in many ways on broken bytes: whatever it raises is a `BadPayload`.
"""

from fractions import Fraction
from io import BytesIO
from typing import Any, Final, Literal
from warnings import catch_warnings, simplefilter

import numpy as np
from pydicom import config, dcmread
from pydicom.dataset import Dataset

from dispatch.errors import BadPayload
from telemetry.ecg.dicom.findings import beat_of, measurements_of, statements_of
from telemetry.ecg.dicom.samples import kind_of, linear
from telemetry.ecg.leads import in_order, known_lead, lead_of_name, lead_of_number
from telemetry.ecg.limits import LEADS_MAX, SAMPLES_MAX
from telemetry.ecg.model import (
    Acquired,
    Channel,
    Device,
    Ecg,
    Filters,
    Lead,
    PatientContext,
    Samples,
)
from telemetry.ecg.numbers import exact, microvolts_per, positive, rate

_PREAMBLE_BYTES: Final = 128
_DEFLATED: Final = b"1.2.840.10008.1.2.1.99"
_BEATS: Final = ("MEDIAN", "BEAT", "AVERAGE", "REPRESENTATIVE")
_SCP: Final = "5.6.3-9-"
_MDC: Final = "2:"
_SEX: Final[dict[str, Literal["male", "female", "other"]]] = {
    "M": "male", "F": "female", "O": "other",
}  # fmt: skip
_AGE_UNITS: Final[dict[str, Literal["years", "months", "weeks", "days"]]] = {
    "Y": "years", "M": "months", "W": "weeks", "D": "days",
}  # fmt: skip


def is_dicom(data: bytes) -> bool:
    """Whether the bytes are DICOM: its mark behind the preamble, or a bare data set."""
    if data[_PREAMBLE_BYTES : _PREAMBLE_BYTES + 4] == b"DICM":
        return True
    # Without preamble: first element of group 2 or 8, with a VR or a plausible length behind.
    return data[:2] in (b"\x02\x00", b"\x08\x00") and data[2:4] in (b"\0\0", b"\5\0", b"\1\0") and (
        data[4:6] in (b"UL", b"CS", b"OB") or data[6:8] == b"\0\0"
    )  # fmt: skip


def read_dicom(data: bytes) -> Ecg:
    """The recording in ``data``; BadPayload names the attribute that cannot be read."""
    if _DEFLATED in data[:1024]:
        raise BadPayload("ecg_format", "a deflated DICOM file: its size is not known; inflate it")
    try:
        with config.disable_value_validation(), catch_warnings():
            simplefilter("ignore")  # pydicom's: what matters of them is refused or said below
            return _read(data)
    except BadPayload:
        raise
    except Exception as error:  # pydicom promises no family of errors
        raise BadPayload(
            "ecg_dicom", f"the DICOM data set is broken: {type(error).__name__}: {str(error)[:200]}"
        ) from None


def _read(data: bytes) -> Ecg:
    has_preamble = data[_PREAMBLE_BYTES : _PREAMBLE_BYTES + 4] == b"DICM"
    document = dcmread(BytesIO(data), force=not has_preamble)
    groups = document.get("WaveformSequence")
    if not groups:
        raise BadPayload("ecg_series", "the DICOM file has no waveform sequence")
    is_little = bool(getattr(document, "original_encoding", (None, True))[1])
    warnings: list[str] = []
    rhythm: list[Lead] = []
    median: list[Lead] = []
    channels: list[Channel] = []
    median_number: int | None = None
    budget = SAMPLES_MAX
    for number, group in enumerate(groups, start=1):
        found, others = _group(group, number, is_little, budget, warnings)
        budget -= sum(len(one.samples) for one in found) + sum(len(one.samples) for one in others)
        is_beat = _is_beat(group, number)
        if is_beat and not median:
            median, median_number = found, number
        elif not is_beat:
            rhythm += found
            channels += others
        else:
            warnings.append(f"multiplex group {number} is a further derived one and was left out")
    if len(rhythm) > LEADS_MAX:
        raise BadPayload("ecg_leads", f"more than {LEADS_MAX} leads")
    trigger = groups[median_number - 1].get("TriggerSamplePosition") if median_number else None
    hz = median[0].hz if median else Fraction(1)
    length = len(median[0].samples) if median else 0
    return Ecg(
        format="dicom",
        version=_class_name(document),
        leads=in_order(rhythm),
        median=in_order(median),
        median_beat=beat_of(document, median_number, trigger, hz, length) if median else None,
        channels=tuple(channels),
        acquired=_acquired(document),
        device=_device(document),
        context=_context(document),
        statements=statements_of(document),
        measurements=measurements_of(document),
        warnings=tuple(warnings),
    )


def _is_beat(group: Dataset, number: int) -> bool:
    """A first group that is derived is a filtered rhythm; a later one is the beat made of it."""
    label = str(group.get("MultiplexGroupLabel") or "").upper()
    is_derived = str(group.get("WaveformOriginality") or "") == "DERIVED"
    return (is_derived and number > 1) or any(word in label for word in _BEATS)


def _group(
    group: Dataset, number: int, is_little: bool, budget: int, warnings: list[str]
) -> tuple[list[Lead], list[Channel]]:
    """The leads and other channels of one multiplex group."""
    where = f"multiplex group {number}"
    count = int(group.NumberOfWaveformChannels)
    length = int(group.NumberOfWaveformSamples)
    definitions = list(group.ChannelDefinitionSequence)
    if not 0 < count <= LEADS_MAX or len(definitions) != count:
        raise BadPayload("ecg_leads", f"{where}: {count} channels, {len(definitions)} defined")
    if not length > 0 or count * length > budget:
        raise BadPayload("ecg_samples", f"{where}: {count} channels of {length} samples")
    hz = rate(positive(str(group.SamplingFrequency), f"{where}, its frequency"), where)
    offset_s = _number(group, "MultiplexGroupTimeOffset", 0, where) / 1000
    kind = kind_of(int(group.WaveformBitsAllocated), str(group.WaveformSampleInterpretation), where)
    raw = bytes(group.WaveformData)
    needed = count * length * kind.size
    if len(raw) < needed:
        raise BadPayload("ecg_truncated", f"{where}: {len(raw)} of {needed} bytes of samples")
    padding = _padding(group, kind.size, is_little)
    values = linear(raw[:needed], kind, is_little, padding).reshape(length, count)
    leads: list[Lead] = []
    channels: list[Channel] = []
    for place, definition in enumerate(definitions):
        at = f"{where}, channel {place + 1}"
        column = np.ascontiguousarray(values[:, place])
        one = _channel(definition, column, hz, offset_s, at)
        leads += [one] if isinstance(one, Lead) else []
        channels += [] if isinstance(one, Lead) else [one]
    if channels and not leads:
        warnings.append(f"{where}: no channel has a unit of voltage")
    return leads, channels


def _padding(group: Dataset, size: int, is_little: bool) -> bytes | None:
    """The stored pattern for "no value"; written here as the samples are, low byte first."""
    value = group.get("WaveformPaddingValue")
    if value is None or value == b"":
        return None
    raw = value if isinstance(value, bytes) else int(value).to_bytes(size, "little", signed=True)
    return raw[:size] if is_little else raw[:size][::-1]


def _channel(
    definition: Dataset, samples: Samples, hz: Fraction, offset_s: Fraction, where: str
) -> Lead | Channel:
    name = _name(definition)
    units = definition.get("ChannelSensitivityUnitsSequence")
    unit = str(units[0].get("CodeValue") or "") if units else ""
    has_scale = definition.get("ChannelSensitivity") is not None
    step = _number(definition, "ChannelSensitivity", 1, where)
    step *= _number(definition, "ChannelSensitivityCorrectionFactor", 1, where)
    baseline = _number(definition, "ChannelBaseline", 0, where)
    per_unit = microvolts_per(unit)
    if per_unit is None or not has_scale or step == 0:
        return Channel(name=name, unit=unit, samples=samples, hz=hz, scale=step or Fraction(1),
                       offset=baseline)  # fmt: skip
    skew_s = _number(definition, "ChannelSampleSkew", 0, where) / hz
    skew_s += _number(definition, "ChannelTimeSkew", 0, where)
    return Lead(
        name=name,
        samples=samples,
        hz=hz,
        uv_per_lsb=step * per_unit,
        offset_uv=baseline * per_unit,
        start_s=max(offset_s + skew_s, Fraction(0)),
        filters=_filters(definition),
    )


def _number(dataset: Dataset, keyword: str, default: int, where: str) -> Fraction:
    value: Any = dataset.get(keyword)
    if value is None or value == "":
        return Fraction(default)
    return exact(str(value), f"{where}, {keyword}")


def _name(definition: Dataset) -> str:
    """By code where the scheme is known, else by the words beside it or the channel's label."""
    sources = definition.get("ChannelSourceSequence")
    source = sources[0] if sources else Dataset()
    code, scheme = (
        str(source.get("CodeValue") or ""),
        str(source.get("CodingSchemeDesignator") or ""),
    )
    for mark, prefix in (("SCPECG", _SCP), ("MDC", _MDC)):
        tail = code.removeprefix(prefix)
        if scheme.startswith(mark) and tail != code and tail.isascii() and tail.isdigit():
            return lead_of_number(int(tail[:9]))
    meaning, label = str(source.get("CodeMeaning") or ""), str(definition.get("ChannelLabel") or "")
    for words in (meaning, label, code):
        if known_lead(words):
            return lead_of_name(words)
    return lead_of_name(label or meaning or code or "unnamed")


def _filters(definition: Dataset) -> Filters:
    def cut(keyword: str) -> float | None:
        value: Any = definition.get(keyword)
        return float(exact(str(value), keyword)) or None if value not in (None, "") else None

    return Filters(
        high_pass_hz=cut("FilterLowFrequency"),
        low_pass_hz=cut("FilterHighFrequency"),
        notch_hz=cut("NotchFilterFrequency"),
    )


def _class_name(document: Dataset) -> str | None:
    uid = document.get("SOPClassUID")
    return str(getattr(uid, "name", uid)) if uid else None


def _acquired(document: Dataset) -> Acquired | None:
    """Acquisition date and time, else the content's; the zone as part of it or beside it."""
    moment = str(document.get("AcquisitionDateTime") or "")
    if len(moment) < 8:
        moment = str(document.get("ContentDate") or "") + str(document.get("ContentTime") or "")
    zone = str(document.get("TimezoneOffsetFromUTC") or "")
    if len(moment) > 5 and moment[-5] in "+-":
        moment, zone = moment[:-5], moment[-5:]
    if len(moment) < 8 or not moment[:8].isdigit():
        return None
    local = f"{moment[:4]}-{moment[4:6]}-{moment[6:8]}"
    clock = moment[8:].rstrip()
    if len(clock) >= 6 and clock[:6].isdigit():
        local += f"T{clock[:2]}:{clock[2:4]}:{clock[4:6]}{clock[6:13]}"
    is_zone = len(zone) == 5 and zone[0] in "+-" and zone[1:].isdigit()
    return Acquired(local=local, zone=f"{zone[:3]}:{zone[3:]}" if is_zone else None)


def _device(document: Dataset) -> Device:
    software: Any = document.get("SoftwareVersions")
    words = (
        software if isinstance(software, str) or software is None else " ".join(map(str, software))
    )
    return Device(
        maker=str(document.get("Manufacturer") or "") or None,
        model=str(document.get("ManufacturerModelName") or "") or None,
        software=str(words or "") or None,
    )


def _context(document: Dataset) -> PatientContext:
    age = str(document.get("PatientAge") or "")
    unit = _AGE_UNITS.get(age[-1:])
    is_age = unit is not None and age[:-1].isascii() and age[:-1].isdigit()
    return PatientContext(
        age=float(age[:-1]) if is_age else None,
        age_unit=unit if is_age else None,
        sex=_SEX.get(str(document.get("PatientSex") or "")),
    )
