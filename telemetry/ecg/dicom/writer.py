"""Writes stored leads as a DICOM waveform that any archive takes, samples bit for bit.

The storage class follows from what the leads are (PS3.3 A.34): 12-lead where all are standard
leads at 200 to 1000 Hz, else general, ambulatory below 200 Hz; 32 bits where 16 hold no sample.
Leads of one rate and length share a multiplex group. Gaps become the padding value. Names and
numbers of a patient are empty; age and sex are kept. UIDs are made from the samples: the same ECG
has the same ones.
"""

from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO
from typing import Final

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    AmbulatoryECGWaveformStorage,
    ExplicitVRLittleEndian,
    General32bitECGWaveformStorage,
    GeneralECGWaveformStorage,
    TwelveLeadECGWaveformStorage,
    generate_uid,
)
from pydicom.valuerep import format_number_as_ds

from dispatch.errors import Refused
from telemetry.ecg.leads import TWELVE, number_of_lead
from telemetry.ecg.model import GAP, Ecg, Lead, sample_hash
from telemetry.ecg.numbers import decimal_text

_ROOT: Final = "2.25."  # UIDs made from a number of one's own (PS3.5 B.2)
_DS_MAX_CHARS: Final = 16
_TWELVE_LEAD_SAMPLES_MAX: Final = 16_384
_OWN_SCHEME: Final = "99GREENLANE"
_SEX: Final = {"male": "M", "female": "F", "other": "O"}
_AGE: Final = {"years": "Y", "months": "M", "weeks": "W", "days": "D"}
_Group = tuple[Fraction, int]


def write_dicom(ecg: Ecg) -> bytes:
    """The file with preamble and meta header; Refused where there is no lead."""
    if not ecg.leads:
        raise Refused("ecg_no_leads")
    groups: dict[_Group, list[Lead]] = {}
    for lead in ecg.leads:
        groups.setdefault((lead.hz, len(lead.samples)), []).append(lead)
    is_wide = any(_is_wide(lead) for lead in ecg.leads)
    digest = sample_hash(ecg.leads)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = _class_of(groups, is_wide)
    meta.MediaStorageSOPInstanceUID = _uid(digest, "instance")
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    document = FileDataset(BytesIO(), {}, file_meta=meta, preamble=b"\0" * 128)
    _describe(document, ecg, meta, digest)
    document.WaveformSequence = Sequence(
        [_group(number, leads, is_wide) for number, leads in enumerate(groups.values(), start=1)]
    )
    out = BytesIO()
    document.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _is_wide(lead: Lead) -> bool:
    held = lead.samples[lead.samples != GAP]
    return bool(len(held)) and int(np.abs(held.astype(np.int64)).max()) >= 2**15


def _class_of(groups: dict[_Group, list[Lead]], is_wide: bool) -> UID:
    rates = [float(hz) for hz, _ in groups]
    leads = [lead for found in groups.values() for lead in found]
    if is_wide:
        return General32bitECGWaveformStorage
    if min(rates) < 200:
        return AmbulatoryECGWaveformStorage
    is_standard = all(lead.name in TWELVE for lead in leads) and len(groups) <= 5
    is_short = all(length <= _TWELVE_LEAD_SAMPLES_MAX for _, length in groups)
    if is_standard and is_short and max(rates) <= 1000:
        return TwelveLeadECGWaveformStorage
    return GeneralECGWaveformStorage


def _uid(digest: str, part: str) -> UID:
    return generate_uid(prefix=_ROOT, entropy_srcs=["greenlane ecg", digest, part])


def _describe(document: FileDataset, ecg: Ecg, meta: FileMetaDataset, digest: str) -> None:
    context, acquired = ecg.context, ecg.acquired
    document.SpecificCharacterSet = "ISO_IR 192"
    document.SOPClassUID = meta.MediaStorageSOPClassUID
    document.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    digits = (
        "".join(one for one in acquired.local if one.isdigit() or one == ".") if acquired else ""
    )
    document.StudyDate = document.ContentDate = digits[:8]
    document.StudyTime = document.ContentTime = digits[8:]
    document.AcquisitionDateTime = digits
    if acquired and acquired.zone:
        document.TimezoneOffsetFromUTC = acquired.zone.replace(":", "")
    document.Modality = "ECG"
    document.Manufacturer = (ecg.device.maker or "")[:64]
    document.ManufacturerModelName = (ecg.device.model or "")[:64]
    document.SoftwareVersions = (ecg.device.software or "")[:64]
    document.AccessionNumber = document.StudyID = document.ReferringPhysicianName = ""
    document.PatientName = document.PatientID = document.PatientBirthDate = ""
    document.PatientSex = _SEX.get(context.sex or "", "")
    letter = _AGE.get(context.age_unit or "")
    if letter and context.age is not None and context.age < 1000:
        document.PatientAge = f"{int(context.age):03d}{letter}"
    document.StudyInstanceUID = _uid(digest, "study")
    document.SeriesInstanceUID = _uid(digest, "series")
    document.SeriesNumber = document.InstanceNumber = 1
    document.AcquisitionContextSequence = Sequence([])


def _group(number: int, leads: list[Lead], is_wide: bool) -> Dataset:
    group = Dataset()
    group.MultiplexGroupTimeOffset = 0
    group.WaveformOriginality = "ORIGINAL"
    group.NumberOfWaveformChannels = len(leads)
    group.NumberOfWaveformSamples = len(leads[0].samples)
    group.SamplingFrequency = _ds(leads[0].hz)
    group.MultiplexGroupLabel = "RHYTHM" if number == 1 else f"RHYTHM {number}"
    bits = 32 if is_wide else 16
    group.ChannelDefinitionSequence = Sequence([_channel(lead, bits) for lead in leads])
    group.WaveformBitsAllocated = bits
    group.WaveformSampleInterpretation = "SL" if is_wide else "SS"
    table = np.stack([lead.samples for lead in leads], axis=1).astype(np.int64)
    least = -(2 ** (bits - 1))
    if (table == GAP).any():
        value = least.to_bytes(bits // 8, "little", signed=True)
        group.add_new("WaveformPaddingValue", "OW", value)
    words = np.where(table == GAP, least, table).astype("<i4" if is_wide else "<i2")
    group.add_new("WaveformData", "OW", words.tobytes())
    return group


def _channel(lead: Lead, bits: int) -> Dataset:
    channel = Dataset()
    channel.ChannelLabel = lead.name[:16]
    channel.ChannelSourceSequence = Sequence([_source(lead.name.partition("#")[0])])
    channel.ChannelSensitivity = _ds(lead.uv_per_lsb)
    units = Dataset()
    units.CodeValue, units.CodingSchemeDesignator = "uV", "UCUM"
    units.CodingSchemeVersion, units.CodeMeaning = "1.4", "microvolt"
    channel.ChannelSensitivityUnitsSequence = Sequence([units])
    channel.ChannelSensitivityCorrectionFactor = 1
    channel.ChannelBaseline = _ds(lead.offset_uv)
    channel.ChannelSampleSkew = _ds(lead.start_s * lead.hz)
    channel.WaveformBitsStored = bits
    for keyword, hz in _filters(lead):
        setattr(channel, keyword, _ds(Fraction(str(hz))))
    return channel


def _filters(lead: Lead) -> Iterator[tuple[str, float]]:
    filters = lead.filters
    for keyword, hz in (
        ("FilterLowFrequency", filters.high_pass_hz),
        ("FilterHighFrequency", filters.low_pass_hz),
        ("NotchFilterFrequency", filters.notch_hz),
    ):
        if hz is not None:
            yield keyword, hz


def _source(name: str) -> Dataset:
    source, number = Dataset(), number_of_lead(name)
    if number is None:
        source.CodeValue, source.CodingSchemeDesignator = name[:16], _OWN_SCHEME
    else:
        source.CodeValue, source.CodingSchemeDesignator = f"2:{number}", "MDC"
    source.CodeMeaning = f"Lead {name}" if number is not None else name
    return source


def _ds(value: Fraction) -> str:
    """A decimal string of at most 16 letters: exact where that is possible."""
    text = decimal_text(value)
    return text if len(text) <= _DS_MAX_CHARS else format_number_as_ds(float(value))
