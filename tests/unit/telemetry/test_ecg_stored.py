"""ECG bytes as they lie in the store: single files, packed records, and everything else."""

import io
import random
import zipfile

import pytest

from dispatch.errors import BadPayload
from telemetry.ecg_stored import glance, read_stored

HEADER = b"""r 2 500 4
r.dat 16 200/mV 16 0 1 0 0 I
r.dat 16 200/mV 16 0 2 0 0 II
"""
SIGNAL = b"".join(n.to_bytes(2, "little") for n in (1, 2, 3, 4, 5, 6, 7, 8))


def packed(files: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", kind) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


RECORD = {"r.hea": HEADER, "r.dat": SIGNAL}


def test_a_packed_record_is_read_by_its_first_file() -> None:
    ecg = read_stored(packed(RECORD))
    assert [lead.samples.tolist() for lead in ecg.leads] == [[1, 3, 5, 7], [2, 4, 6, 8]]
    seen = glance(packed(RECORD))
    assert (seen.format, seen.leads, seen.hz, seen.duration_s) == ("wfdb", 6, 500.0, 0.008)
    assert (seen.fault, seen.has_statements) == ("", False)


FAULTY = {
    "compressed": (packed(RECORD, zipfile.ZIP_DEFLATED), "ecg_bundle"),
    "empty": (packed({}), "ecg_format"),
    "cut": (packed(RECORD)[:-30], "ecg_bundle"),
    "without its signal": (packed({"r.hea": HEADER}), "ecg_file_missing"),
    "no ECG": (packed({"r.txt": b"hello"}), "ecg_format"),
    "not even a zip": (b"hello", "ecg_format"),
    "only a beginning": (b"PK\x03\x04", "ecg_bundle"),
}


@pytest.mark.parametrize("what", FAULTY)
def test_what_is_no_record_is_refused_with_a_reason_and_glanced_at_with_it(what: str) -> None:
    content, reason = FAULTY[what]
    with pytest.raises(BadPayload) as refusal:
        read_stored(content)
    assert refusal.value.reason == reason
    assert glance(content).fault == reason


def test_wounded_records_raise_nothing_but_refusals(seed: int) -> None:
    draw = random.Random(seed)
    whole = packed(RECORD)
    for _ in range(500):
        wounded = bytearray(whole)
        for _ in range(draw.randint(1, 6)):
            wounded[draw.randrange(len(wounded))] = draw.randrange(256)
        seen = glance(bytes(wounded[: draw.randint(1, len(wounded))]))
        assert seen.fault.startswith("ecg_") or seen.leads
