"""Readers of recordings: tiny files written here, then the real ones when they are present."""

import array
import io
import random
import tarfile
from pathlib import Path

import pytest

from deploy.drive import cinc2012, recordings, wfdb_numerics
from deploy.drive.series import Recording, RecordingError
from deploy.drive.signals import Reading

SHARED = Path(__file__).parents[4] / "shared" / "data" / "physio"

HEADER = """t00001-2000n 4 0.0166666666667/125 3 01:56:25.894 09/10/2896
t1n.dat 16 10/bpm 16 0 0 {checksum} 0 HR
t1n.dat 16 10/% 16 0 0 0 0 SpO2
t1n.dat 16 1/mmHg 16 0 0 0 0 NBPSys
t1n.dat 16 10(5)/mmHg 16 0 0 0 0 CVP
# <age>: 60 <sex>: F
"""
ROWS = [(720, 970, -32768, 1), (0, 0, 121, 1), (800, -32768, 121, 1)]
STAY = """Time,Parameter,Value
00:00,RecordID,7
00:00,Age,54
00:00,Gender,1
00:07,GCS,14
00:07,HR,73
00:07,NISysABP,147
00:07,Urine,900
01:37,HR,60
01:37,SysABP,0
"""


def write_numerics(folder: Path, *, checksum: int | None = None, rows: int = 3) -> Path:
    flat = [value for row in ROWS[:rows] for value in row]
    (folder / "t1n.dat").write_bytes(array.array("h", flat).tobytes())
    right = sum(row[0] for row in ROWS) & 0xFFFF
    header = folder / "t00001-2000n.hea"
    header.write_text(HEADER.format(checksum=right if checksum is None else checksum))
    return header


def only(folder: Path) -> Recording:
    (recording,) = recordings.load([folder]).recordings
    return recording


def test_header_gains_baselines_units_and_person(tmp_path: Path) -> None:
    header = wfdb_numerics.parse_header(write_numerics(tmp_path).read_text())
    assert (header.samples, header.age_years, header.sex) == (3, 60, "female")
    assert header.frequency_hz == pytest.approx(1 / 60)
    assert [(one.gain, one.baseline, one.unit) for one in header.signals] == [
        (10.0, 0, "bpm"),
        (10.0, 0, "%"),
        (1.0, 0, "mmHg"),
        (10.0, 5, "mmHg"),
    ]


def test_gain_zero_means_the_default_and_baseline_falls_back_to_adc_zero() -> None:
    header = wfdb_numerics.parse_header("r 1 1 2\nr.dat 16 0 16 12 0 0 0 HR\n")
    assert (header.signals[0].gain, header.signals[0].baseline) == (200.0, 12)


@pytest.mark.parametrize(
    "text",
    ["", "# only a comment", "r", "r x 1", "r 2 1 1\nr.dat 16 1 16 0 0 0 0 HR", "r/2 1 1 1\n a b"],
)
def test_a_broken_header_is_refused(text: str) -> None:
    with pytest.raises(RecordingError):
        wfdb_numerics.parse_header(text)


def test_numerics_are_held_for_a_minute_and_absent_when_invalid(tmp_path: Path) -> None:
    write_numerics(tmp_path)
    recording = only(tmp_path)
    assert recording.name == "t00001"
    assert recordings.present(recording, 0.0) == {
        "heart_rate": Reading(value=72.0),
        "spo2": Reading(value=97.0),
    }
    assert recordings.present(recording, 59.0)["heart_rate"].value == 72.0
    assert "spo2" not in recordings.present(recording, 125.0)


def test_zero_is_no_signal_and_never_a_value(tmp_path: Path) -> None:
    write_numerics(tmp_path)
    held = recordings.present(only(tmp_path), 61.0)
    assert held["heart_rate"] == Reading(value=None, quality="leads_off")
    assert held["spo2"] == Reading(value=None, quality="probe_off")


def test_unknown_signals_and_wrong_checksums_are_named(tmp_path: Path) -> None:
    write_numerics(tmp_path, checksum=1)
    messages = recordings.load([tmp_path]).messages
    assert any("CVP" in one for one in messages)
    assert any("checksum of HR" in one for one in messages)


def test_missing_or_short_samples_are_an_error(tmp_path: Path) -> None:
    header = write_numerics(tmp_path, rows=2)
    with pytest.raises(RecordingError, match="cut short"):
        list(wfdb_numerics.read(header))
    (tmp_path / "t1n.dat").unlink()
    with pytest.raises(RecordingError, match="not beside"):
        list(wfdb_numerics.read(header))


def test_a_header_cannot_name_a_file_elsewhere(tmp_path: Path) -> None:
    header = tmp_path / "r.hea"
    header.write_text("r 1 1 1\n../r.dat 16 10/bpm 16 0 0 0 0 HR\n")
    with pytest.raises(RecordingError, match="not beside"):
        list(wfdb_numerics.read(header))


def test_waveforms_are_not_numerics(tmp_path: Path) -> None:
    (tmp_path / "w.hea").write_text("w 1 125 1\nw.dat 212 200 11 0 0 0 0 RESP\n")
    with pytest.raises(RecordingError, match="waveforms at 125 Hz"):
        recordings.load([tmp_path])


def test_the_cuff_is_dated_where_it_last_changed(tmp_path: Path) -> None:
    write_numerics(tmp_path)
    player = recordings.Player(only(tmp_path), start_s=0.0, pace=2.0)
    assert player.at(0.0).cuff_age_s is None
    # 140 s on record: the pressure stands since the second point at 60 s; 80 s at double pace
    assert player.at(70.0).cuff_age_s == pytest.approx(40.0, abs=0.1)
    assert player.labels == {"source": "recording", "recording": "t00001"}


def test_a_recording_starts_again_after_its_end(tmp_path: Path) -> None:
    write_numerics(tmp_path)
    player = recordings.Player(only(tmp_path), start_s=170.0, pace=1.0)
    assert player.at(0.0).readings["heart_rate"].value == 80.0
    assert player.at(15.0).readings["heart_rate"].value == 72.0


def test_a_stay_is_read_in_order_of_time(tmp_path: Path) -> None:
    (tmp_path / "7.txt").write_text(STAY)
    stay = only(tmp_path)
    assert (stay.name, stay.age_years, stay.sex) == ("7", 54, "male")
    assert set(stay.series) == {"heart_rate", "nibp_systolic", "abp_systolic"}
    assert stay.series["abp_systolic"].readings == (Reading(value=0.0, quality="artefact"),)
    picture = recordings.Player(stay, start_s=6_000.0, pace=1.0).at(0.0)
    assert picture.readings["heart_rate"].value == 60.0
    assert (picture.acvpu, picture.cuff_age_s) == ("C", 6_000.0 - 420.0)


@pytest.mark.parametrize("line", ["00:00,HR", "0x,HR,1", "00:00,HR,nan", "00:00,HR,inf"])
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(RecordingError, match="line 2"):
        cinc2012.read("x", f"Time,Parameter,Value\n{line}\n")


def test_archives_are_read_and_broken_ones_named(tmp_path: Path) -> None:
    path = tmp_path / "set.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in (("set/7.txt", STAY), ("set/8.txt", "Time,Parameter,Value\n")):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    library = recordings.load([path])
    assert [one.name for one in library.recordings] == ["7"]
    assert any(one.startswith("8:") for one in library.messages)
    path.write_bytes(b"\x1f\x8b" + b"x" * 40)
    with pytest.raises(RecordingError, match="no playable recording"):
        recordings.load([path])


def test_a_folder_without_recordings_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing here")
    with pytest.raises(RecordingError, match="no playable recording"):
        recordings.load([tmp_path])
    with pytest.raises(RecordingError, match="no such file"):
        recordings.load([tmp_path / "absent"])


def test_s00001_as_physionet_published_it() -> None:
    folder = SHARED / "wfdb" / "s00001"
    if not folder.exists():
        pytest.skip(f"the shared recordings are not here ({folder.name}); the rest is tested above")
    recording = only(folder)
    assert (recording.name, recording.age_years, recording.sex) == ("s00001", 60, "female")
    assert recording.duration_s == pytest.approx(1936 * 60, rel=1e-6)
    start_s = recordings.starting_point_s(recording, random.Random(1))
    held = recordings.present(recording, start_s)
    rate = held["heart_rate"].value
    assert rate is not None and 30 < rate < 200
    assert "no checksum" not in " ".join(recordings.load([folder]).messages)


def test_the_cinc_2012_archive() -> None:
    archive = SHARED / "cinc2012" / "set-a.tar.gz"
    if not archive.exists():
        pytest.skip(f"the shared recordings are not here ({archive.name}); read above from a copy")
    library = recordings.load([archive])
    assert len(library.recordings) > 100
    assert library.recordings[0].name == "132539"
    assert "heart_rate" in library.recordings[0].series
