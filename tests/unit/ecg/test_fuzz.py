"""A few hundred wounded files of each format: an ECG or a refusal, nothing else.

The long run, 100,000 a format, is `python -m tests.unit.ecg.mutating`; docs/ecg.md has its figures.
"""

import pytest

from telemetry.ecg.read import binary_format, read_ecg
from tests.unit.ecg.mutating import storm
from tests.unit.ecg.samples import SAMPLES

COUNT = 150


@pytest.mark.parametrize("title", list(SAMPLES))
def test_nothing_but_refusals_leaves_the_decoders(title: str, seed: int) -> None:
    name, files = SAMPLES[title]()
    counts = storm(name, files, COUNT, seed)
    assert counts["read"] + counts["refused"] == COUNT
    assert counts["refused"] > 0


@pytest.mark.parametrize("title", list(SAMPLES))
def test_the_format_is_found_in_the_bytes(title: str) -> None:
    name, files = SAMPLES[title]()
    found = read_ecg(name, files).format
    assert found.startswith({"scp": "scp", "aecg": "hl7", "wfdb": "wfdb", "dicom": "dicom",
                             "sierra": "sierra"}[title.split(maxsplit=1)[0]])  # fmt: skip
    others = {binary_format(each[name]) for each in [files]}
    assert others <= {found, None}
