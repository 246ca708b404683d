"""Real files of real machines: what is in them, their checksums, their journeys."""

from hashlib import sha256

import numpy as np
import pytest

from dispatch.errors import BadPayload
from telemetry.ecg.aecg.writer import write_aecg
from telemetry.ecg.dicom.writer import write_dicom
from telemetry.ecg.model import Ecg, sample_hash
from telemetry.ecg.read import read_ecg
from telemetry.ecg.wfdb.writer import write_wfdb
from tests.integration.ecg.corpus import gathered, paths
from tests.support.shared_data import shared
from tests.unit.ecg.mutating import storm

STEPS = 40


def corpus_ecg(name: str) -> Ecg:
    path = shared(f"physio/{name}")
    return read_ecg(path.name, gathered(path))


def test_every_checksum_of_the_corpus_holds() -> None:
    """SCP sections carry a CRC, WFDB signals a sum and a first value: no warning, all right."""
    warned = {}
    for path in paths():
        ecg = read_ecg(path.name, gathered(path))
        if ecg.warnings:
            warned[path.name] = ecg.warnings
    assert warned == {
        "0000050.ECG.scp": ("section 3 promises 37855 samples of a lead, section 6 holds 32767",)
    }


def test_samples_survive_every_journey() -> None:
    travelled = 0
    for path in paths():
        ecg = read_ecg(path.name, gathered(path))
        if not ecg.leads:
            continue
        journeys = [
            read_ecg("r.hea", write_wfdb(ecg, "r")),
            read_ecg("r", {"r": write_dicom(ecg)}),
            read_ecg("r", {"r": write_aecg(ecg)}),
        ]
        for back in journeys:
            travelled += 1
            assert sample_hash(back.leads) == sample_hash(ecg.leads), (path.name, back.format)
            assert back.hz == ecg.hz
            assert back.acquired == ecg.acquired
            assert back.context == ecg.context
            assert not back.warnings
            for old, new in zip(ecg.leads, back.leads, strict=True):
                assert new.uv_per_lsb == pytest.approx(float(old.uv_per_lsb), rel=1e-13)
                assert float(new.offset_uv) == pytest.approx(float(old.offset_uv), rel=1e-13)
    assert travelled >= 3 * 30


@pytest.mark.parametrize(
    ("name", "hz", "seconds", "leads", "derived"),
    [
        ("scp/demo.scp", 1000, 10, 8, 4),
        ("dicom_ecg/pydicom_waveform_ecg.dcm", 1000, 10, 12, 0),
        ("aecg/hl7_example_aECG.xml", 500, 10, 12, 0),
        ("wfdb/s0010_re.hea", 1000, 38.4, 15, 0),
        ("wfdb/100.hea", 360, 650000 / 360, 2, 0),
        ("wfdb/041s/041s.hea", 500, 16, 3, 0),
        ("cinc2021/E07500.hea", 500, 10, 12, 0),
        ("ptbxl/00001_lr.hea", 100, 10, 12, 0),
    ],
)
def test_rate_length_and_leads(
    name: str, hz: int, seconds: float, leads: int, derived: int
) -> None:
    ecg = corpus_ecg(name)
    assert ecg.hz == hz
    assert float(ecg.duration_s) == pytest.approx(seconds)
    assert (len(ecg.leads), len(ecg.derived)) == (leads, derived)


def test_stored_leads_obey_einthoven_to_a_step() -> None:
    """What the machine stored as III is II - I: our order, scale and signs are the machine's."""
    for name in ("wfdb/s0010_re.hea", "aecg/hl7_example_aECG.xml", "ptbxl/00001_lr.hea"):
        leads = {lead.name: lead for lead in corpus_ecg(name).leads}
        one, two, three = (leads[each].samples_uv() for each in ("I", "II", "III"))
        step = float(leads["I"].uv_per_lsb)
        assert np.abs(two - one - three).max() <= 2.01 * step, name


def test_the_format_does_not_hang_on_the_name() -> None:
    path = shared("physio/scp/demo.scp")
    data = path.read_bytes()
    assert read_ecg("picture.jpg", {"picture.jpg": data}).format == "scp-ecg"


def test_numerics_are_channels_and_not_leads() -> None:
    ecg = corpus_ecg("wfdb/s00001/s00001-2896-10-10-00-31n.hea")
    assert ecg.leads == ()
    assert [one.name for one in ecg.channels][:2] == ["HR", "ABPSys"]


def test_the_median_beat_of_the_dicom_file_gives_st_levels_near_its_own() -> None:
    ecg = corpus_ecg("dicom_ecg/pydicom_waveform_ecg.dcm")
    assert ecg.median_beat is not None
    assert float(ecg.median_beat.qrs_end_s - ecg.median_beat.qrs_onset_s) == 0.075  # as it states


def test_wounded_real_files_end_in_an_ecg_or_a_refusal(seed: int) -> None:
    small = [path for path in paths() if path.stat().st_size < 600_000]
    for path in small[:4] + small[-2:]:
        counts = storm(path.name, gathered(path), STEPS, seed)
        assert sum(counts.values()) == STEPS


def test_a_cut_file_is_refused_at_every_length(seed: int) -> None:
    luck = np.random.default_rng(seed)
    data = shared("physio/scp/demo.scp").read_bytes()
    for length in luck.integers(0, len(data), 30).tolist():
        with pytest.raises(BadPayload):
            read_ecg("a", {"a": data[:length]})


def test_exported_dicom_is_read_by_pydicom_alone() -> None:
    from io import BytesIO

    from pydicom import dcmread
    from pydicom.waveforms import multiplex_array

    ecg = corpus_ecg("scp/demo.scp")
    document = dcmread(BytesIO(write_dicom(ecg)))
    assert document.SOPClassUID.name == "12-lead ECG Waveform Storage"
    stored = multiplex_array(document, 0, as_raw=True)
    assert [stored[:, k].tolist() for k in range(8)] == [one.samples.tolist() for one in ecg.leads]
    volts = multiplex_array(document, 0, as_raw=False)
    assert np.allclose(volts[:, 0], ecg.leads[0].samples_uv())
    assert str(document.PatientName) == ""
    digest = sha256(write_dicom(ecg)).hexdigest()
    assert digest == sha256(write_dicom(ecg)).hexdigest()
