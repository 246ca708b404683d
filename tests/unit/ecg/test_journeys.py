"""Any leads through any export: the samples that come back are those that went."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import Refused
from telemetry.ecg.aecg.writer import write_aecg
from telemetry.ecg.dicom.writer import write_dicom
from telemetry.ecg.leads import in_order
from telemetry.ecg.model import (
    GAP,
    Acquired,
    Device,
    Ecg,
    Filters,
    Lead,
    PatientContext,
    sample_hash,
)
from telemetry.ecg.read import read_ecg
from telemetry.ecg.wfdb.writer import write_wfdb

NAMES = ("I", "II", "aVR", "V1", "V6", "V4R", "X", "MLII", "Q7", "-aVR")
RATES = (Fraction(100), Fraction(250), Fraction(360), Fraction(500), Fraction(1025, 2))
STEPS = (Fraction(1), Fraction(5, 2), Fraction(183, 1000), Fraction(-5), Fraction(1, 64))


@st.composite
def ecgs(draw: st.DrawFn) -> Ecg:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    hz, count = draw(st.sampled_from(RATES)), draw(st.integers(2, 40))
    most = draw(st.sampled_from((127, 2**15 - 1, 2**15, 2**23 - 1, 2**31 - 1)))
    leads = []
    for name in names:
        values = draw(st.lists(st.integers(-most, most), min_size=count, max_size=count))
        for place in draw(st.sets(st.integers(1, max(count - 2, 1)), max_size=3)):
            values[place] = GAP if place < count - 1 else values[place]
        step = draw(st.sampled_from(STEPS))
        leads.append(
            Lead(
                name=name,
                samples=np.array(values, dtype=np.int64).astype(np.int32),
                hz=hz,
                uv_per_lsb=step,
                offset_uv=step * draw(st.integers(-1000, 1000)),
                filters=Filters(high_pass_hz=0.05, low_pass_hz=150.0, notch_hz=50.0),
            )
        )
    return Ecg(
        format="scp-ecg",
        version=None,
        leads=in_order(leads),
        acquired=Acquired(local="2021-03-04T05:06:07"),
        device=Device(maker="Maker & Sons", model="<X1>"),
        context=PatientContext(age=61.0, age_unit="years", sex="male"),
    )


def same(before: Ecg, after: Ecg) -> None:
    assert sample_hash(after.leads) == sample_hash(before.leads)
    assert [lead.name for lead in after.leads] == [lead.name for lead in before.leads]
    assert (after.hz, after.acquired, after.context) == (
        before.hz, before.acquired, before.context,
    )  # fmt: skip
    for old, new in zip(before.leads, after.leads, strict=True):
        assert np.allclose(new.samples_uv(), old.samples_uv(), rtol=1e-12, equal_nan=True)


@given(ecgs())
def test_wfdb_brings_every_sample_back(ecg: Ecg) -> None:
    back = read_ecg("r.hea", write_wfdb(ecg, "r"))
    same(ecg, back)
    assert not back.warnings


@given(ecgs())
def test_dicom_brings_every_sample_back(ecg: Ecg) -> None:
    back = read_ecg("r", {"r": write_dicom(ecg)})
    same(ecg, back)
    assert [lead.filters for lead in back.leads] == [lead.filters for lead in ecg.leads]
    assert (back.device.maker, back.device.model) == ("Maker & Sons", "<X1>")


@given(ecgs())
def test_aecg_brings_every_sample_back(ecg: Ecg) -> None:
    back = read_ecg("r", {"r": write_aecg(ecg)})
    same(ecg, back)
    assert back.leads[0].filters.high_pass_hz == 0.05
    assert (back.device.maker, back.device.model) == ("Maker & Sons", "<X1>")


def lead(name: str, *samples: int, start_s: int = 0, offset_uv: Fraction = Fraction(0)) -> Lead:
    return Lead(name=name, samples=np.array(samples, np.int32), hz=Fraction(500),
                uv_per_lsb=Fraction(5), start_s=Fraction(start_s), offset_uv=offset_uv)  # fmt: skip


@pytest.mark.parametrize(
    ("leads", "write", "code"),
    [
        ((), write_dicom, "ecg_no_leads"),
        ((), write_aecg, "ecg_no_leads"),
        ((lead("I", GAP, 1),), write_aecg, "ecg_aecg_gaps"),
        ((lead("I", 1, GAP),), write_aecg, "ecg_aecg_gaps"),
        ((), lambda ecg: write_wfdb(ecg, "r"), "ecg_no_leads"),
        ((lead("I", 1), lead("II", 1, start_s=1)), lambda ecg: write_wfdb(ecg, "r"),
         "ecg_wfdb_starts"),
        ((lead("I", 1), lead("II", 1, 2)), lambda ecg: write_wfdb(ecg, "r"), "ecg_wfdb_lengths"),
        ((lead("I", 1, offset_uv=Fraction(1)),), lambda ecg: write_wfdb(ecg, "r"),
         "ecg_wfdb_zero"),
    ],
)  # fmt: skip
def test_what_a_format_cannot_say_is_refused(leads: tuple, write: object, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        write(Ecg(format="dicom", version=None, leads=leads))
    assert refusal.value.code == code


def test_leads_that_began_later_keep_their_place() -> None:
    ecg = Ecg(format="dicom", version=None,
              leads=(lead("I", 1, 2), lead("II", 3, 4, start_s=2)))  # fmt: skip
    for back in (read_ecg("r", {"r": write_dicom(ecg)}), read_ecg("r", {"r": write_aecg(ecg)})):
        assert [one.start_s for one in back.leads] == [0, 2]
        assert sample_hash(back.leads) == sample_hash(ecg.leads)
