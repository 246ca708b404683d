"""The ECG files of the shared data, each as the command line would gather it."""

from pathlib import Path

from telemetry.ecg.read import companions
from tests.support.shared_data import shared

FOLDERS = ("scp", "dicom_ecg", "aecg", "wfdb", "cinc2021", "ptbxl")
ENDINGS = (".scp", ".dcm", ".xml", ".hea")


def paths() -> list[Path]:
    """Every file that is an ECG or names one."""
    root = shared("physio")
    return [
        path
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in ENDINGS
    ]


def gathered(path: Path) -> dict[str, bytes]:
    """A file with its companions."""
    files = {path.name: path.read_bytes()}
    while missing := companions(path.name, files):
        files |= {name: (path.parent / name).read_bytes() for name in missing}
    return files
