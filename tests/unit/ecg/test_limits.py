"""Each bound turned down and overflowed: a refusal that names it, or a list cut at it."""

import tracemalloc

import pytest

from dispatch.errors import BadPayload
from telemetry.ecg.read import read_ecg
from tests.unit.ecg import scp_maker as scp
from tests.unit.ecg.samples import SAMPLES, Made, aecg, dicom, scp_huffman, sierra, wfdb

SMALL = 100


def sample_of_segments() -> Made:
    return "r.hea", {"r.hea": b"r/101 1 100 101\n" + b"~ 1\n" * 101}


@pytest.mark.parametrize(
    ("limit", "to", "make", "words"),
    [
        ("read.FILE_MAX_BYTES", SMALL, scp_huffman, "100 are read at most"),
        ("xml.XML_MAX_BYTES", SMALL, aecg, "100 are read"),
        ("xml.XML_ELEMENTS_MAX", 10, aecg, "more than 10 elements"),
        ("xml.XML_DEPTH_MAX", 3, aecg, "deeper than 3"),
        ("aecg.reader.LEADS_MAX", 3, aecg, "more than 3 leads"),
        ("aecg.reader.SAMPLES_MAX", SMALL, aecg, "more than 100 samples"),
        ("dicom.reader.LEADS_MAX", 3, dicom, "4 channels"),
        ("dicom.reader.SAMPLES_MAX", SMALL, dicom, "4 channels of 240 samples"),
        ("scp.rhythm.LEADS_MAX", 7, scp_huffman, "section 3 says 8 leads; 1 to 7"),
        ("scp.rhythm.SAMPLES_MAX", SMALL, scp_huffman, "from sample 1 to 240"),
        ("sierra.reader.LEADS_MAX", 11, sierra, "the number of leads is '12'"),
        ("sierra.reader.SAMPLES_MAX", SMALL, sierra, "12 leads of 240 samples"),
        ("wfdb.header.LEADS_MAX", 2, wfdb, "the number of signals is '3'"),
        ("wfdb.header.SAMPLES_MAX", SMALL, wfdb, "the number of samples is '240'"),
        ("wfdb.header.SEGMENTS_MAX", SMALL, sample_of_segments, "the number of segments is '101'"),
        ("numbers.RATE_MAX_HZ", SMALL, wfdb, "500 Hz is no sampling rate"),
    ],
)  # fmt: skip
def test_what_is_over_a_limit_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, limit: str, to: int, make: object, words: str
) -> None:
    monkeypatch.setattr(f"telemetry.ecg.{limit}", to)
    name, files = make()
    with pytest.raises(BadPayload, match=words):
        read_ecg(name, files)


def test_more_beats_than_can_be_are_not_read_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telemetry.ecg.scp.rhythm.BEATS_MAX", SMALL)
    stored = scp.stored([scp.plain([0] * 9)], nanovolts=1000, interval_us=2000)
    section_4 = b"\0" * 4 + (SMALL + 1).to_bytes(2, "little")
    bodies = {1: scp.tags([]), 3: scp.leads([(1, 1, 9)]), 4: section_4, 6: stored}
    ecg = read_ecg("a", {"a": scp.record(bodies)})
    assert ecg.warnings == ("not read: section 4 says 101 beats; 100 are read",)


def test_lists_of_words_are_cut_at_their_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telemetry.ecg.scp.findings.STATEMENTS_MAX", 1)
    monkeypatch.setattr("telemetry.ecg.scp.findings.STATEMENT_MAX_CHARS", 5)
    ecg = read_ecg(*scp_huffman())
    assert [one.text for one in ecg.statements] == ["Sinus"]


@pytest.mark.parametrize("claim", [b"4294967295", b"23999999"])
def test_a_header_that_claims_much_costs_little(claim: bytes) -> None:
    header = b"r 1 500 " + claim + b"\nr.dat 16 200 12 0 1 6 0 I\n"
    tracemalloc.start()
    try:
        with pytest.raises(BadPayload):
            read_ecg("r.hea", {"r.hea": header, "r.dat": b"\1\0\2\0\3\0"})
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("title", list(SAMPLES))
def test_an_empty_companion_or_file_is_refused(title: str) -> None:
    name, files = SAMPLES[title]()
    for each in files:
        with pytest.raises(BadPayload):
            read_ecg(name, files | {each: b""})
