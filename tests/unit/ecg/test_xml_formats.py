"""HL7 aECG and Philips XML: units, lists, encodings, and what XML may not do."""

import base64
from fractions import Fraction

import numpy as np
import pytest

from dispatch.errors import BadPayload
from telemetry.ecg.aecg.reader import read_aecg
from telemetry.ecg.limits import XML_DEPTH_MAX
from telemetry.ecg.model import GAP, Acquired, Beat, Filters, Statement
from telemetry.ecg.read import read_ecg
from telemetry.ecg.sierra.xli import read_chunks
from tests.unit.ecg.samples import aecg, sierra, wave
from tests.unit.ecg.xli_maker import chunk

HEAD = '<AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'


def series(*sets: str, more: str = "") -> bytes:
    body = "".join(f"<component><sequenceSet>{one}</sequenceSet></component>" for one in sets)
    return (
        f'{HEAD}<component><series><code code="RHYTHM"/>{body}{more}</series></component>'
        "</AnnotatedECG>"
    ).encode()


def axis(head: str = "0", increment: str = "0.002", unit: str = "s") -> str:
    return (
        '<component><sequence><code code="TIME_RELATIVE"/><value xsi:type="GLIST_PQ">'
        f'<head value="{head}" unit="s"/><increment value="{increment}" unit="{unit}"/>'
        "</value></sequence></component>"
    )


def lead(digits: str, *, code: str = "MDC_ECG_LEAD_II", kind: str = "SLIST_PQ",
         scale: str = '<scale value="2.5" unit="uV"/>', origin: str = "") -> str:  # fmt: skip
    return (
        f'<component><sequence><code code="{code}"/><value xsi:type="{kind}">{origin}{scale}'
        f"<digits>{digits}</digits></value></sequence></component>"
    )


def test_four_units_are_one_scale() -> None:
    ecg = read_ecg(*aecg())
    assert [(found.name, found.uv_per_lsb) for found in ecg.leads] == [
        ("I", Fraction(5, 2)), ("II", Fraction(5, 2)), ("aVR", Fraction(5, 2)), ("V1", 5),
    ]  # fmt: skip
    assert ecg.hz == 500
    assert ecg.acquired == Acquired(local="2021-03-04T05:06:07.000", zone="+08:00")
    assert ecg.leads[1].samples.tolist() == wave(1).tolist()


def test_an_origin_moves_the_zero_line() -> None:
    origin = '<origin value="-0.1" unit="mV"/>'
    found = read_aecg(series(axis() + lead("0 40", origin=origin))).leads[0]
    assert found.samples_uv().tolist() == [-100.0, 0.0]


def test_a_list_of_integers_without_unit_is_said_to_be_assumed() -> None:
    ecg = read_aecg(series(axis() + lead("1 -2 3", kind="SLIST_INT", scale="")))
    assert ecg.leads[0].uv_per_lsb == 1
    assert ecg.warnings == ("lead II: no unit is stated; microvolts are assumed",)


def test_a_second_set_behind_a_gap_goes_on_the_same_lead() -> None:
    ecg = read_aecg(series(axis() + lead("1 2 3"), axis("0.010") + lead("4 5")))
    assert ecg.leads[0].samples.tolist() == [1, 2, 3, GAP, GAP, 4, 5]


def test_sets_one_after_another_are_leads_one_after_another() -> None:
    later = axis("2.5") + lead("4 5", code="MDC_ECG_LEAD_AVR")
    ecg = read_aecg(series(axis() + lead("1 2 3"), later))
    assert [(found.name, found.start_s) for found in ecg.leads] == [
        ("II", 0), ("aVR", Fraction(5, 2)),
    ]  # fmt: skip
    assert ecg.derived == ()


def test_filters_statements_and_the_marked_beat() -> None:
    control = (
        '<controlVariable><controlVariable><code code="MDC_ECG_CTL_VBL_ATTR_FILTER_HIGH_PASS"/>'
        '<component><controlVariable><code code="x"/><value value="0.05" unit="Hz"/>'
        "</controlVariable></component></controlVariable></controlVariable>"
    )
    wave_mark = (
        '<component><annotation><code code="MDC_ECG_WAVC"/><value code="MDC_ECG_WAVC_QRSWAVE"/>'
        '<support><supportingROI><component><boundary><code code="TIME_RELATIVE"/>'
        '<value><low value="100" unit="ms"/><high value="0.19" unit="s"/></value></boundary>'
        "</component></supportingROI></support></annotation></component>"
    )
    said = (
        '<component><annotation><code code="MDC_ECG_RHY"/><value displayName="Sinus"/>'
        "</annotation></component>"
    )
    annotated = f"<subjectOf><annotationSet>{said}{wave_mark}</annotationSet></subjectOf>"
    body = f"<component><sequenceSet>{axis() + lead('1 2')}</sequenceSet></component>"
    derived = f"<derivation><derivedSeries>{body}{annotated}</derivedSeries></derivation>"
    ecg = read_aecg(series(axis() + lead("1 2 3"), more=control + derived))
    assert ecg.leads[0].filters == Filters(high_pass_hz=0.05)
    assert ecg.statements == (Statement(text="Sinus"),)
    assert ecg.median_beat == Beat(qrs_onset_s=Fraction(1, 10), qrs_end_s=Fraction(19, 100))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (series(axis() + lead("1 2 x")), "lead II, digit 2"),
        (series(axis() + lead("1 2.5")), "digit 1 is no integer"),
        (series(axis() + lead("99999999999")), "beyond 32 bits"),
        (series(axis() + lead("")), "has no digits"),
        (series(lead("1 2")), "no time sequence"),
        (series(axis(increment="0") + lead("1 2")), "the time increment"),
        (series(axis(unit="parsec") + lead("1 2")), "increment in s, ms or us"),
        (b"<AnnotatedECG/>", "no rhythm series"),
        (b"<AnnotatedECG><component>", "broken or cut off"),
        (b"<html></html>", "no ECG"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><AnnotatedECG>&b;</AnnotatedECG>', "never read"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><AnnotatedECG/>', "no rhythm series"),
        (b"<a>" * (XML_DEPTH_MAX + 9) + b"</a>" * (XML_DEPTH_MAX + 9), "nests deeper"),
    ],
)
def test_what_cannot_be_read_is_named(data: bytes, words: str) -> None:
    with pytest.raises(BadPayload, match=words):
        read_ecg("a", {"a": data})


def test_a_voltage_in_another_unit_is_left_out_and_said() -> None:
    other = lead("1 2", code="MDC_PRESS", scale='<scale value="1" unit="mm[Hg]"/>')
    ecg = read_aecg(series(axis() + lead("1 2") + other))
    assert [found.name for found in ecg.leads] == ["II"]
    assert "no voltage" in ecg.warnings[0]


# --- Philips XML -------------------------------------------------------------------------------


def test_xli_chunks_come_back_sample_for_sample(seed: int) -> None:
    luck = np.random.default_rng(seed)
    leads = [wave(place) for place in range(3)]
    leads.append(luck.integers(-2000, 2000, 500).cumsum().clip(-9000, 9000).astype(np.int32))
    data = b"".join(chunk(one.tolist()) for one in leads)
    found = read_chunks(data, 500)
    assert [one.tolist() for one in found] == [one.tolist() for one in leads]


def test_xli_of_a_real_machine_begins_as_published() -> None:
    """The first words of a HeartStart MRx file: LZW of zeros in growing runs, then small ones."""
    code = base64.b64decode("ABAEBQJA0EQVBkHQhCUKQtDENQ5D0QRF")
    samples = read_chunks(len(code).to_bytes(4, "little") + b"\1\0\0\0" + code, 1000)[0]
    assert samples[:3].tolist() == [0, 0, 0]


def test_under_xli_four_limb_leads_are_what_einthoven_leaves() -> None:
    ecg = read_ecg(*sierra("xli"))
    stored = [wave(place).astype(int) for place in range(12)]
    one, two = stored[0], stored[1]
    three = two - one - stored[2]
    found = {each.name: each.samples.tolist() for each in ecg.leads}
    assert found["III"] == three.tolist()
    assert found["aVR"] == (-stored[3] - (one + two) // 2).tolist()
    assert found["aVL"] == ((one - three) // 2 - stored[4]).tolist()
    assert found["aVF"] == ((two + three) // 2 - stored[5]).tolist()
    assert found["V6"] == stored[11].tolist()


@pytest.mark.parametrize("form", ["plain", "base64"])
def test_plain_leads_are_themselves(form: str) -> None:
    ecg = read_ecg(*sierra(form))
    assert [each.samples.tolist() for each in ecg.leads] == [wave(k).tolist() for k in range(12)]
    assert ecg.leads[0].uv_per_lsb == 5
    assert ecg.version == "1.04"
    assert ecg.acquired == Acquired(local="2021-03-04T05:06:07")
    assert ecg.statements == (Statement(text="Sinus rhythm: rate 60"),)
    assert (ecg.context.age, ecg.context.sex) == (61, "female")
    assert (ecg.leads[0].filters.high_pass_hz, ecg.leads[0].filters.low_pass_hz) == (0.05, 150)
    assert [each.name for each in ecg.median] == ["I"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"<samplingrate>500", b"<samplingrate>0", "the sampling rate"),
        (b'durationperchannel="480"', b'durationperchannel="99999999"', "leads of 49999999"),
        (b'durationperchannel="480"', b'durationperchannel="4800"', "lead I has 240 of 2400"),
        (b'compression="XLI"', b'compression="ZIP"', "waveforms in 'ZIP'"),
        (b"<waveforms>", b"<waveform>", "broken or cut off"),
        (b"<numberchannelsallocated>12", b"<numberchannelsallocated>999", "number of leads"),
    ],
)
def test_a_broken_philips_file_is_named(old: bytes, new: bytes, words: str) -> None:
    data = sierra("xli")[1]["a"]
    assert old in data
    with pytest.raises(BadPayload, match=words):
        read_ecg("a", {"a": data.replace(old, new)})


def test_a_small_chunk_cannot_become_a_large_lead() -> None:
    """LZW of one repeated byte grows with the square of its code; the lead's length bounds it."""
    data = chunk([0] * 200_000)
    assert len(data) < 3_000
    assert len(read_chunks(data, 1_000)[0]) == 1_000


@pytest.mark.parametrize(
    ("said", "local", "zone"),
    [
        ("20210304050607.894+0800", "2021-03-04T05:06:07.894", "+08:00"),
        ("202103040506", "2021-03-04T05:06", None),
        ("20210304", "2021-03-04", None),
    ],
)
def test_a_time_is_as_exact_as_it_was_said(said: str, local: str, zone: str | None) -> None:
    timed = f'<effectiveTime><low value="{said}"/></effectiveTime>'
    ecg = read_aecg(series(axis() + lead("1 2"), more=timed))
    assert ecg.acquired == Acquired(local=local, zone=zone)
