"""One small ECG of every format and path, made here: for the fuzzer and the round trips.

A record is twelve or eight leads of slow waves with a spike, different in each lead.
"""

import base64
import io
import struct
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, GeneralECGWaveformStorage

from tests.unit.ecg import scp_maker as scp
from tests.unit.ecg.xli_maker import chunk

Files = dict[str, bytes]
Made = tuple[str, Files]
COUNT = 240


def wave(place: int, count: int = COUNT) -> npt.NDArray[np.int32]:
    """A lead nobody else has: a slow wave and one spike."""
    at = np.arange(count)
    slow = 40 * np.sin(2 * np.pi * at / (60 + 7 * place))
    spike = 300 * np.exp(-(((at - 80 - place) / 3.0) ** 2))
    return np.round(slow + (spike if place % 2 else -spike)).astype(np.int32)


def scp_huffman() -> Made:
    """Default table, second differences, measurements and words."""
    numbers = (1, 2, 3, 4, 5, 6, 7, 8)
    raws = [scp.packed(scp.default_bits(scp.differences(wave(n).tolist(), 2))) for n in numbers]
    bodies = {
        1: scp.tags([(0, b"Doe\0"), (2, b"4711\0"), (4, struct.pack("<HB", 61, 1)), (8, b"\2"),
                     (25, struct.pack("<HBB", 2021, 3, 4)), (26, b"\5\6\7"),
                     (27, struct.pack("<H", 5)), (28, struct.pack("<H", 150)), (29, b"\2"),
                     (34, struct.pack("<hH", 480, 0))]),
        2: struct.pack("<H", 19999),
        3: scp.leads([(n, 1, COUNT) for n in numbers], flags=4),
        6: scp.stored(raws, nanovolts=2500, interval_us=2000, order=2),
        7: scp.globals_(100, 190),
        8: scp.statements(["Sinus rhythm", "正常心电图"]),
    }  # fmt: skip
    return "a", {"a": scp.record(bodies)}


def scp_plain() -> Made:
    numbers = (1, 2, 61, 62, 63, 64, 3, 4, 5, 6, 7, 8)
    body = scp.stored(
        [scp.plain(wave(n).tolist()) for n in numbers], nanovolts=5000, interval_us=1000
    )
    spans = scp.leads([(n, 1, COUNT) for n in numbers])
    return "a", {"a": scp.record({1: scp.tags([]), 3: spans, 6: body})}


def aecg() -> Made:
    lead = (
        '<component><sequence><code code="{}"/><value xsi:type="SLIST_PQ"><origin value="0" '
        'unit="uV"/><scale value="{}" unit="{}"/><digits>{}</digits></value></sequence></component>'
    )
    leads = "".join(
        lead.format(f"MDC_ECG_LEAD_{name}", *scale, " ".join(map(str, wave(place).tolist())))
        for place, (name, scale) in enumerate(
            (
                ("I", ("2.5", "uV")),
                ("II", ("0.0025", "mV")),
                ("AVR", ("2500", "nV")),
                ("V1", ("5", "uV")),
            )
        )
    )
    text = f"""<?xml version="1.0"?>
<AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<effectiveTime><low value="20210304050607.000+0800"/></effectiveTime>
<component><series><code code="RHYTHM"/>
<component><sequenceSet><component><sequence><code code="TIME_ABSOLUTE"/>
<value xsi:type="GLIST_TS"><head value="20210304050607.000"/><increment value="2" unit="ms"/>
</value></sequence></component>{leads}</sequenceSet></component>
</series></component></AnnotatedECG>"""
    return "a", {"a": text.encode()}


def wfdb(form: int = 16) -> Made:
    from tests.unit.ecg.wfdb_maker import pack

    leads = [wave(place) for place in range(3)]
    data = pack(form, np.stack(leads, axis=1).reshape(-1).tolist(), 3)
    lines = [f"r 3 500 {COUNT}"]
    for name, lead in zip(("I", "II", "V1"), leads, strict=True):
        total = int(lead.sum()) & 0xFFFF
        lines.append(f"r.dat {form} 200(0)/mV 12 0 {lead[0]} {total} 0 {name}")
    lines += ["# Age: 61", "# Sex: Female"]
    return "r.hea", {"r.hea": "\n".join(lines).encode(), "r.dat": data}


def dicom(kind: str = "SS") -> Made:
    """Two groups: a rhythm of four leads and their median beat, with marks on it."""
    bits, letter = {"SS": (16, "<i2"), "SB": (8, "i1"), "UB": (8, "u1")}[kind]
    names = (("2:1", "I"), ("2:2", "II"), ("2:3", "V1"), ("2:62", "aVR"))
    document = FileDataset(io.BytesIO(), {}, file_meta=_meta(), preamble=b"\0" * 128)
    document.SOPClassUID, document.SOPInstanceUID = GeneralECGWaveformStorage, "1.2.3"
    document.PatientName, document.PatientAge, document.PatientSex = "Doe^J", "061Y", "F"
    document.AcquisitionDateTime = "20210304050607+0800"
    groups = []
    for label, originality, count in (
        ("RHYTHM", "ORIGINAL", COUNT),
        ("MEDIAN BEAT", "DERIVED", 120),
    ):
        group = Dataset()
        group.MultiplexGroupLabel, group.WaveformOriginality = label, originality
        group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = len(names), count
        group.SamplingFrequency = "500"
        group.ChannelDefinitionSequence = Sequence([_channel(*name) for name in names])
        group.WaveformBitsAllocated, group.WaveformSampleInterpretation = bits, kind
        table = np.stack([wave(k, count) for k in range(len(names))], axis=1)
        table = np.clip(table, -127, 127) if bits == 8 else table
        table = table + 128 if kind == "UB" else table
        group.add_new("WaveformData", "OB" if bits == 8 else "OW", table.astype(letter).tobytes())
        groups.append(group)
    document.WaveformSequence = Sequence(groups)
    marks = [_mark("QRS Onset", 60), _mark("QRS Offset", 100), _words("Sinus rhythm")]
    document.WaveformAnnotationSequence = Sequence(marks)
    out = io.BytesIO()
    document.save_as(out, enforce_file_format=True)
    return "a", {"a": out.getvalue()}


def _meta() -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = GeneralECGWaveformStorage
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return meta


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code


def _channel(code: str, name: str) -> Dataset:
    channel = Dataset()
    channel.ChannelSourceSequence = Sequence([_code(code, "MDC", f"Lead {name}")])
    channel.ChannelSensitivity = "2.5"
    channel.ChannelSensitivityUnitsSequence = Sequence([_code("uV", "UCUM", "microvolt")])
    channel.ChannelSensitivityCorrectionFactor, channel.ChannelBaseline = "1", "0"
    channel.ChannelSampleSkew, channel.WaveformBitsStored = "0", 16
    channel.FilterLowFrequency, channel.FilterHighFrequency = "0.05", "150"
    return channel


def _mark(meaning: str, position: int) -> Dataset:
    mark = Dataset()
    mark.ConceptNameCodeSequence = Sequence([_code("x", "SCPECG", meaning)])
    mark.ReferencedWaveformChannels, mark.ReferencedSamplePositions = [2, 0], position
    mark.TemporalRangeType, mark.AnnotationGroupNumber = "POINT", 1
    return mark


def _words(text: str) -> Dataset:
    words = Dataset()
    words.UnformattedTextValue, words.ReferencedWaveformChannels = text, [1, 0]
    return words


def sierra(form: str = "xli") -> Made:
    """Eight or twelve channels of Philips XML, as XLI chunks, plain numbers or bare Base64."""
    leads = [wave(place) for place in range(12)]
    if form == "xli":
        attributes = 'dataencoding="Base64" compression="XLI"'
        body = base64.encodebytes(b"".join(chunk(lead.tolist()) for lead in leads)).decode()
    elif form == "plain":
        attributes = 'dataencoding="Plain"'
        body = " ".join(str(value) for lead in leads for value in lead.tolist())
    else:
        attributes = 'dataencoding="Base64" compressflag="False" compressmethod="XLI"'
        body = base64.b64encode(np.concatenate(leads).astype("<i2").tobytes()).decode()
    beat = base64.b64encode(wave(1, 100).astype("<i2").tobytes()).decode()
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<restingecgdata xmlns="http://www3.medical.philips.com">
<documentinfo><documenttype>PhilipsECG</documenttype><documentversion>1.04</documentversion>
</documentinfo><dataacquisition date="2021-03-04" time="05:06:07">
<machine detaildescription="Philips:M1:C.01">PageWriter</machine>
<signalcharacteristics><samplingrate>500</samplingrate><resolution>5</resolution>
<hipass>0.05</hipass><lowpass>150</lowpass><acquisitiontype>STD-12</acquisitiontype>
<numberchannelsallocated>12</numberchannelsallocated></signalcharacteristics></dataacquisition>
<patient><generalpatientdata><patientid>4711</patientid><name><lastname>Doe</lastname></name>
<age><years>61</years></age><sex>Female</sex></generalpatientdata></patient>
<interpretations><interpretation><statement><leftstatement>Sinus rhythm</leftstatement>
<rightstatement>rate 60</rightstatement></statement></interpretation></interpretations>
<waveforms><parsedwaveforms {attributes} durationperchannel="{COUNT * 2}">{body}</parsedwaveforms>
<repbeats dataencoding="Base64" samplespersec="500" resolution="5"><repbeat leadname="I">
<waveform duration="200">{beat}</waveform></repbeat></repbeats></waveforms></restingecgdata>"""
    return "a", {"a": text.encode()}


SAMPLES: dict[str, Callable[[], Made]] = {
    "scp huffman": scp_huffman,
    "scp plain": scp_plain,
    "aecg": aecg,
    "wfdb 16": wfdb,
    "wfdb 212": lambda: wfdb(212),
    "dicom": dicom,
    "sierra xli": sierra,
    "sierra plain": lambda: sierra("plain"),
}
