"""WFDB: every signal format, header field and shape of record, packed by the tests' own hand."""

from fractions import Fraction

import numpy as np
import pytest

from dispatch.errors import BadPayload
from telemetry.ecg.model import GAP, Acquired
from telemetry.ecg.read import companions, read_ecg
from tests.unit.ecg.samples import COUNT, wave, wfdb
from tests.unit.ecg.wfdb_maker import pack

GAP_CODES = {16: -32768, 24: -(2**23), 32: -(2**31), 61: -32768, 80: -128, 160: -32768, 212: -2048,
             310: -512, 311: -512}  # fmt: skip


def record(lines: list[str], **files: bytes):
    data = {name.replace("_", "."): body for name, body in files.items()}
    return read_ecg("r.hea", {"r.hea": "\n".join(lines).encode()} | data)


@pytest.mark.parametrize("form", [8, *GAP_CODES])
def test_every_format_comes_back_with_its_checksum(form: int) -> None:
    leads = [np.clip(wave(place) // 3, -120, 120) for place in range(2)]
    data = pack(form, np.stack(leads, axis=1).reshape(-1).tolist(), 2)
    lines = ["r 2 250 240"]
    for name, lead in zip(("I", "V1"), leads, strict=True):
        lines.append(f"r.dat {form} 200 12 0 {lead[0]} {int(lead.sum()) & 0xFFFF} 0 {name}")
    ecg = record(lines, r_dat=data)
    assert [lead.samples.tolist() for lead in ecg.leads] == [lead.tolist() for lead in leads]
    assert not ecg.warnings
    assert ecg.leads[0].uv_per_lsb == 5


@pytest.mark.parametrize("form", list(GAP_CODES))
def test_the_least_value_of_a_format_is_no_value(form: int) -> None:
    values = [5, GAP_CODES[form], 7, 8, 9, GAP_CODES[form]]
    ecg = record(["r 1 250 6", f"r.dat {form} 200 12 0 5 0 0 I"], r_dat=pack(form, values))
    assert ecg.leads[0].samples.tolist() == [5, GAP, 7, 8, 9, GAP]
    assert np.isnan(ecg.leads[0].samples_uv()[[1, 5]]).all()


@pytest.mark.parametrize("form", [508, 516, 524])
def test_flac_is_refused_by_its_name(form: int) -> None:
    with pytest.raises(BadPayload, match="FLAC"):
        record(["r 1 250 6", f"r.dat {form} 200 12 0 5 0 0 I"], r_dat=b"fLaC")


def test_gain_baseline_units_and_a_name_with_spaces() -> None:
    lines = ["r 2 360 2 13:05:00 04/03/2021", "r.dat 16 2963.77(-5)/mV 12 0 1 3 0 ECG lead II",
             "r.dat 16 20(-1600)/mmHg 12 0 1 3 0 ABP"]  # fmt: skip
    ecg = record(lines, r_dat=pack(16, [1, 1, 2, 2]))
    assert ecg.leads[0].name == "II"
    assert ecg.leads[0].uv_per_lsb == Fraction(100000, 296377)
    assert ecg.leads[0].offset_uv == 5 * Fraction(100000, 296377)
    assert ecg.acquired == Acquired(local="2021-03-04T13:05:00")
    assert (ecg.channels[0].name, ecg.channels[0].unit) == ("ABP", "mmHg")
    assert ecg.channels[0].offset == 80


def test_several_samples_a_frame_and_a_late_signal() -> None:
    """Signal I has two samples in each frame; II is a frame late, so its last one is missing."""
    frames = [(1, 2, 70), (3, 4, 71), (5, 6, 72)]
    lines = ["r 2 100 3", "r.dat 16x2 200 12 0 1 21 0 I", "r.dat 16:1 200 12 0 70 213 0 II"]
    ecg = record(lines, r_dat=pack(16, [value for frame in frames for value in frame]))
    one, two = ecg.leads
    assert (one.hz, two.hz) == (200, 100)
    assert one.samples.tolist() == [1, 2, 3, 4, 5, 6]
    assert two.samples.tolist() == [71, 72, GAP]
    assert not ecg.warnings
    assert ecg.hz is None


def test_a_matlab_file_is_read_behind_its_head() -> None:
    data = b"\x1e\0\0\0" + b"\0" * 20 + pack(16, [1, 2, 3])
    ecg = record(["r 1 500 3", "r.mat 16x1+24 1000.0(0)/mV 16 0 1 6 0 I"], r_mat=data)
    assert ecg.leads[0].samples.tolist() == [1, 2, 3]
    assert ecg.leads[0].uv_per_lsb == 1


def test_segments_a_gap_and_a_layout() -> None:
    files = {
        "r.hea": b"r/4 2 100 9\nlayout 0\na 3\n~ 2\nb 4\n",
        "layout.hea": b"layout 2 100 0\n~ 0 200 12 0 0 0 0 I\n~ 0 200 12 0 0 0 0 V1\n",
        "a.hea": b"a 2 100 3\na.dat 16 200 12 0 1 6 0 I\na.dat 16 200 12 0 11 36 0 V1\n",
        "a.dat": pack(16, [1, 11, 2, 12, 3, 13]),
        "b.hea": b"b 1 100 4\nb.dat 16 200 12 0 21 90 0 V1\n",
        "b.dat": pack(16, [21, 22, 23, 24]),
    }
    ecg = read_ecg("r.hea", files)
    assert [lead.samples.tolist() for lead in ecg.leads] == [
        [1, 2, 3, *[GAP] * 6],
        [11, 12, 13, GAP, GAP, 21, 22, 23, 24],
    ]
    assert not ecg.warnings


def test_companions_are_asked_for_step_by_step() -> None:
    files = {"r.hea": b"r/2 1 100 5\na 3\n~ 2\n"}
    assert companions("r.hea", files) == ("a.hea",)
    files["a.hea"] = b"a 1 100 3\na.dat 16 200 12 0 1 6 0 I\n"
    assert companions("r.hea", files) == ("a.dat",)
    files["a.dat"] = pack(16, [1, 2, 3])
    assert companions("r.hea", files) == ()


def test_wrong_sums_and_missing_gains_are_warnings() -> None:
    ecg = record(["r 1 100 3", "r.dat 16 0 12 0 9 7 0 I"], r_dat=pack(16, [1, 2, 3]))
    assert len(ecg.warnings) == 3
    assert "the header begins with 9, the file 1" in ecg.warnings[0]
    assert "the checksum is 7, the samples give 6" in ecg.warnings[1]
    assert "no gain is stated" in ecg.warnings[2]


def test_age_and_sex_are_the_only_comments_read() -> None:
    ecg = read_ecg(*wfdb())
    assert (ecg.context.age, ecg.context.sex) == (61, "female")
    assert len(ecg.leads[0].samples) == COUNT


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["r 1 100 4294967295", "r.dat 16 200 12 0 1 6 0 I"], "the number of samples"),
        (["r 1 100 5", "r.dat 16 200 12 0 1 6 0 I"], "holds 3 of 5 frames"),
        (["r 1 0 5", "r.dat 16 200 12 0 1 6 0 I"], "the sampling frequency"),
        (["r 2 100 3", "r.dat 16 200 12 0 1 6 0 I"], "describes 1 of 2 signals"),
        (["r 1 100 3", "r.dat 99 200 12 0 1 6 0 I"], "no WFDB signal format 99"),
        (["r 1 100 3", "r.dat 16+9999 200 12 0 1 6 0 I"], "before its data"),
        (["r 1 100 3", "r.dat 16 1e999 12 0 1 6 0 I"], "beyond any ECG"),
        (["r/2 1 100 3", "r 3", "~ 99999999999"], "the length of a segment"),
    ],
)
def test_what_cannot_be_read_is_named(lines: list[str], words: str) -> None:
    with pytest.raises(BadPayload, match=words):
        record(lines, r_dat=pack(16, [1, 2, 3]))


def test_a_name_that_leads_elsewhere_is_no_file_name() -> None:
    with pytest.raises(BadPayload, match="cannot be read"):
        companions("r.hea", {"r.hea": b"r 1 100 3\n../../etc/passwd 16 200 12 0 1 6 0 I\n"})
