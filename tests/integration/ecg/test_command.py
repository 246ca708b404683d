"""`greenlane ecg` as a person types it: a file in, JSON, a drawing or another file out."""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from deploy.ecg import ecg as command
from tests.unit.ecg.samples import Made, dicom, scp_plain, sierra, wfdb

ROOT = Path(__file__).resolve().parents[3]


def ecg(*words: object) -> Result:
    """The command in this process; one test below starts it as a person does."""
    return CliRunner().invoke(command, [str(word) for word in words])


def laid(folder: Path, made: Made) -> Path:
    name, files = made
    for each, data in files.items():
        (folder / each).write_bytes(data)
    return folder / name


def test_read_prints_the_document(tmp_path: Path) -> None:
    path = laid(tmp_path, dicom())
    done = ecg("read", path, "--samples", 3)
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["format"], found["hz"], found["duration_s"]) == ("dicom", 500, 0.48)
    assert found["file_sha256"] == sha256(path.read_bytes()).hexdigest()
    assert [len(lead["first_uv"]) for lead in found["leads"]] == [3] * len(found["leads"])
    assert [lead["name"] for lead in found["leads"] if lead["derived"]] == ["III", "aVL", "aVF"]
    assert found["device_statements"] == [{"text": "Sinus rhythm", "by": "device"}]
    assert found["st_at_j"]["levels"]
    assert "Doe" not in done.stdout


@pytest.mark.parametrize("given", ["r.hea", "r.dat"])
def test_a_record_of_two_files_is_found_from_either(tmp_path: Path, given: str) -> None:
    laid(tmp_path, wfdb())
    done = ecg("read", tmp_path / given)
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert sorted(each["name"] for each in found["files"]) == ["r.dat", "r.hea"]
    assert found["file_sha256"] == sha256((tmp_path / given).read_bytes()).hexdigest()


def test_a_missing_companion_is_named(tmp_path: Path) -> None:
    laid(tmp_path, wfdb())
    (tmp_path / "r.dat").unlink()
    done = ecg("read", tmp_path / "r.hea")
    assert done.exit_code == 1
    assert done.stderr == "greenlane ecg: r.dat is needed and not beside r.hea\n"


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_draw_writes_every_kind(tmp_path: Path, kind: str) -> None:
    path = laid(tmp_path, scp_plain())
    out = tmp_path / f"out.{kind}"
    done = ecg("draw", path, "-o", out, "--lang", "en", "--layout", "12x1", "--dpi", 100)
    assert done.exit_code == 0, done.stderr
    marks = {"png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF"}
    assert out.read_bytes().startswith(marks[kind])


@pytest.mark.parametrize("to", ["wfdb", "dicom", "aecg"])
def test_export_and_read_again_is_the_same_hash(tmp_path: Path, to: str) -> None:
    path = laid(tmp_path, sierra())
    out = tmp_path / "out.hea"
    done = ecg("export", path, "--to", to, "-o", out)
    assert done.exit_code == 0, done.stderr
    hashes = [json.loads(ecg("read", each).stdout)["sample_sha256"] for each in (path, out)]
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("read", "none.ecg"), "No such file"),
        (("draw", "a.txt", "-o", "x.gif"), "x.gif: a drawing is a .png, .svg or .pdf"),
        (("read", "a.txt"), "no ECG that can be read"),
    ],
)
def test_a_refusal_is_one_sentence(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    (tmp_path / "a.txt").write_text("hello there")
    done = ecg(*[tmp_path / word if "." in word else word for word in words])
    assert done.exit_code == 1
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_the_greenlane_command_goes_on_as_this_one(tmp_path: Path) -> None:
    path = laid(tmp_path, dicom())
    start = "from deploy.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", start, "ecg", "read", str(path), "--samples", "0"],
        check=False, capture_output=True, text=True, cwd=ROOT, timeout=120,
        env=os.environ | {"PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["format"] == "dicom"
