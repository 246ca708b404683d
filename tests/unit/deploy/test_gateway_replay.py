"""Recordings as a vehicle's messages: which kind, how many, and the very integers."""

import base64
import gzip
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from deploy.drive.series import RecordingError
from deploy.gateway_replay import steps_of
from telemetry.ecg.read import read_ecg
from tests.support.shared_data import shared

HEADER = "physio/wfdb/03700181.hea"


def test_a_short_twelve_lead_recording_is_sent_as_the_file_it_is() -> None:
    kinds = Counter(step.kind for step in steps_of(shared("physio/scp/demo.scp")))
    assert set(kinds) == {"ecg"}


def test_numerics_are_shown_second_by_second() -> None:
    folder = shared("physio/wfdb/s00001")
    header = next(folder.glob("*00-31n.hea"))
    steps = list(steps_of(header))
    assert {step.kind for step in steps} == {"vitals"}
    assert [step.at_s for step in steps] == sorted(step.at_s for step in steps)
    assert steps[0].body["source"] == "recording"


def test_a_waveform_record_keeps_its_own_integers() -> None:
    header = shared(HEADER)
    steps = list(steps_of(header))
    files = {one.name: one.read_bytes() for one in header.parent.glob("03700181.*")}
    ecg = read_ecg(header.name, files)
    (stored,) = [one for one in ecg.channels if one.name.lower().startswith("abp")]
    sent = b"".join(base64.b64decode(step.body["samples"]) for step in steps)
    assert np.frombuffer(sent, "<i2").tolist() == stored.samples.tolist()
    assert {step.body["per_lsb"] for step in steps} == {float(stored.scale)}


def test_a_cardiotocogram_is_two_channels_and_a_rate_of_nought_is_no_signal(
    tmp_path: Path,
) -> None:
    path = tmp_path / "1010.csv.gz"
    rows = ["seconds,FHR,UC", *(f"{n / 4},{0 if n == 2 else 126.0},{n}" for n in range(9))]
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    steps = list(steps_of(path))
    assert Counter(step.body["channel"] for step in steps) == {
        "fetal_heart_rate": 3,
        "uterine_activity": 3,
    }
    rate = next(step.body for step in steps if step.body["channel"] == "fetal_heart_rate")
    samples = np.frombuffer(base64.b64decode(rate["samples"]), "<i2")
    values = [
        math.nan if one == -32768 else rate["offset"] + rate["per_lsb"] * one for one in samples
    ]
    assert values[:2] == [126.0, 126.0] and math.isnan(values[2])


@pytest.mark.parametrize("name", ["physio/ctg/1010.csv.gz", "physio/aecg/fda_subject1_0.xml"])
def test_real_files_of_other_kinds_can_be_played(name: str) -> None:
    assert sum(1 for _ in steps_of(shared(name))) > 10


def test_what_cannot_be_played_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"nowhere\.hea: no such file"):
        list(steps_of(tmp_path / "nowhere.hea"))
    other = tmp_path / "notes.pdf"
    other.write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(RecordingError, match=r"notes\.pdf: "):
        list(steps_of(other))
    table = tmp_path / "table.csv"
    table.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(RecordingError, match="no cardiotocogram"):
        list(steps_of(table))
