"""DICOM waveforms: codings, groups, scales, marks; read from files pydicom writes here."""

import io
from fractions import Fraction

import numpy as np
import pydicom
import pytest

from dispatch.errors import BadPayload
from telemetry.ecg.dicom.samples import kind_of, linear
from telemetry.ecg.model import GAP, Acquired, Beat, Statement
from telemetry.ecg.read import read_ecg
from tests.unit.ecg.samples import COUNT, dicom, wave


def changed(edit, kind: str = "SS"):
    document = pydicom.dcmread(io.BytesIO(dicom(kind)[1]["a"]))
    edit(document)
    out = io.BytesIO()
    document.save_as(out)
    return read_ecg("a", {"a": out.getvalue()})


def test_rhythm_median_beat_marks_words_and_no_patient() -> None:
    ecg = read_ecg(*dicom())
    assert [lead.name for lead in ecg.leads] == ["I", "II", "aVR", "V1"]
    assert ecg.leads[0].samples.tolist() == wave(0).tolist()
    assert ecg.leads[3].samples.tolist() == wave(2).tolist()
    assert ecg.leads[0].uv_per_lsb == Fraction(5, 2)
    assert len(ecg.median) == 4
    assert ecg.median_beat == Beat(qrs_onset_s=Fraction(59, 500), qrs_end_s=Fraction(99, 500))
    assert ecg.statements == (Statement(text="Sinus rhythm"),)
    assert ecg.acquired == Acquired(local="2021-03-04T05:06:07", zone="+08:00")
    assert (ecg.context.age, ecg.context.age_unit, ecg.context.sex) == (61, "years", "female")


@pytest.mark.parametrize("kind", ["SB", "UB"])
def test_eight_bits_signed_and_unsigned(kind: str) -> None:
    lead = read_ecg(*dicom(kind)).leads[0]
    zero = 128 if kind == "UB" else 0
    assert (lead.samples - zero).tolist() == np.clip(wave(0), -127, 127).tolist()


def test_scale_is_sensitivity_times_correction_plus_baseline() -> None:
    def edit(document: pydicom.Dataset) -> None:
        channel = document.WaveformSequence[0].ChannelDefinitionSequence[0]
        channel.ChannelSensitivity, channel.ChannelSensitivityCorrectionFactor = "0.002", "1.5"
        channel.ChannelBaseline = "-0.1"
        channel.ChannelSensitivityUnitsSequence[0].CodeValue = "mV"

    lead = changed(edit).leads[0]
    assert (lead.uv_per_lsb, lead.offset_uv) == (3, -100)


def test_offset_of_the_group_and_skew_of_the_channel_are_time() -> None:
    def edit(document: pydicom.Dataset) -> None:
        group = document.WaveformSequence[0]
        group.MultiplexGroupTimeOffset = "20"
        group.ChannelDefinitionSequence[1].ChannelSampleSkew = "5"

    ecg = changed(edit)
    assert [lead.start_s for lead in ecg.leads[:2]] == [Fraction(1, 50), Fraction(3, 100)]


def test_the_padding_value_is_a_gap() -> None:
    def edit(document: pydicom.Dataset) -> None:
        group = document.WaveformSequence[0]
        table = np.frombuffer(group.WaveformData, "<i2").copy()
        table[4] = -32768
        group.WaveformData = table.tobytes()
        group.add_new("WaveformPaddingValue", "OW", b"\x00\x80")

    lead = changed(edit).leads[0]
    assert lead.samples[1] == GAP
    assert (lead.samples[2:] == wave(0)[2:]).all()


@pytest.mark.parametrize(
    ("scheme", "code", "meaning", "name"),
    [
        ("SCPECG", "5.6.3-9-61", "", "III"),
        ("MDC", "2:64", "", "aVF"),
        ("99X", "q", "Lead aVL (Goldberger)", "aVL"),
        ("99X", "q", "oesophageal", "oesophageal"),
    ],
)
def test_names_of_several_code_systems(scheme: str, code: str, meaning: str, name: str) -> None:
    def edit(document: pydicom.Dataset) -> None:
        source = document.WaveformSequence[0].ChannelDefinitionSequence[0].ChannelSourceSequence[0]
        source.CodingSchemeDesignator, source.CodeValue, source.CodeMeaning = scheme, code, meaning

    assert name in [lead.name for lead in changed(edit).leads]


def test_a_channel_without_voltage_is_no_lead() -> None:
    def edit(document: pydicom.Dataset) -> None:
        channel = document.WaveformSequence[0].ChannelDefinitionSequence[0]
        channel.ChannelSensitivityUnitsSequence[0].CodeValue = "mm[Hg]"

    ecg = changed(edit)
    assert len(ecg.leads) == 3
    assert ecg.channels[0].unit == "mm[Hg]"


def test_a_first_group_that_is_derived_is_the_rhythm() -> None:
    def edit(document: pydicom.Dataset) -> None:
        document.WaveformSequence[0].WaveformOriginality = "DERIVED"
        document.WaveformSequence[0].MultiplexGroupLabel = "10 s filtered"

    ecg = changed(edit)
    assert (len(ecg.leads), len(ecg.median)) == (4, 4)


def test_g711_as_the_standard_tabulates_it() -> None:
    """ITU-T G.711, tables 1 and 2: the ends, the middle, and one value of each sign."""
    mu = linear(bytes((0x00, 0x80, 0x7F, 0xFF)), kind_of(8, "MB", ""), True, None)
    assert mu.tolist() == [-32124, 32124, 0, 0]
    a_law = linear(bytes((0x2A, 0xAA, 0x55, 0xD5)), kind_of(8, "AB", ""), True, None)
    assert a_law.tolist() == [-32256, 32256, -8, 8]


def test_big_endian_words() -> None:
    kind = kind_of(16, "SS", "")
    assert linear(b"\x01\x02\xff\xfe", kind, False, None).tolist() == [258, -2]


@pytest.mark.parametrize(
    ("keyword", "value", "words"),
    [
        ("NumberOfWaveformSamples", 2**32 - 1, "multiplex group 1: 4 channels of 4294967295"),
        ("NumberOfWaveformSamples", COUNT + 1, "bytes of samples"),
        ("NumberOfWaveformChannels", 3, "3 channels, 4 defined"),
        ("SamplingFrequency", "0", "its frequency"),
        ("WaveformSampleInterpretation", "XX", "16 bits as 'XX'"),
    ],
)
def test_what_cannot_be_read_is_named(keyword: str, value: object, words: str) -> None:
    def edit(document: pydicom.Dataset) -> None:
        setattr(document.WaveformSequence[0], keyword, value)

    with pytest.raises(BadPayload, match=words):
        changed(edit)


def test_a_deflated_file_is_refused_before_it_is_inflated() -> None:
    data = bytearray(dicom()[1]["a"])
    at = data.index(b"1.2.840.10008.1.2.1\0")
    data[at : at + 22] = b"1.2.840.10008.1.2.1.99"
    with pytest.raises(BadPayload, match="deflated"):
        read_ecg("a", {"a": bytes(data)})
