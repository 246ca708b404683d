"""An ECG as a screen's JSON: cut to what is drawn, kept a while, never more than the limit."""

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from dispatch.http import ecg_drawings
from dispatch.http.ecg_drawings import Drawings, drawing
from dispatch.ids import DeviceId, UnitId
from telemetry.rows import EcgFile
from tests.unit.telemetry.test_ecg_stored import RECORD, packed


def file_of(number: int, content: bytes | None = None) -> EcgFile:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    return EcgFile(
        ecg_id=number,
        unit_id=UnitId("N01"),
        sha256=f"{number:064x}",
        patient_id=None,
        true_at=now,
        source="device",
        device_id=DeviceId("M"),
        observed_at=now,
        received_at=now,
        content=packed(RECORD) if content is None else content,
        recording=None,
    )


def test_a_drawing_is_the_files_integers_with_an_exact_scale() -> None:
    drawn = msgspec.json.decode(drawing(packed(RECORD)))
    assert [lead["name"] for lead in drawn["leads"]] == ["I", "II", "III", "aVR", "aVL", "aVF"]
    first = drawn["leads"][0]
    assert (first["samples"], first["uv_per_lsb"], first["uv_per_lsb_exact"]) == (
        [1, 3, 5, 7], 5, "5",
    )  # fmt: skip
    assert [lead["is_derived"] for lead in drawn["leads"]] == [False] * 2 + [True] * 4
    assert (drawn["fault"], drawn["cut_to_s"]) == (None, None)
    assert not {"context", "patient_context"} & drawn.keys()


def test_a_long_record_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = 5
    header = b"r 1 10 50\nr.dat 16 200/mV 16 0 0 0 0 I\n"
    record = packed({"r.hea": header, "r.dat": bytes(2 * 10 * seconds)})
    monkeypatch.setattr(ecg_drawings, "ECG_DRAWN_MAX_S", 2)
    drawn = msgspec.json.decode(drawing(record))
    assert (drawn["cut_to_s"], len(drawn["leads"][0]["samples"])) == (2, 20)
    monkeypatch.setattr(ecg_drawings, "ECG_DRAWN_MAX_S", 60)
    monkeypatch.setattr(ecg_drawings, "ECG_DRAWN_SAMPLES_MAX", 30)
    assert msgspec.json.decode(drawing(record))["cut_to_s"] == 3


def test_bytes_that_are_no_ecg_say_why() -> None:
    drawn = msgspec.json.decode(drawing(b"\x00\x01"))
    assert drawn["fault"]["code"] == "ecg_format"
    assert drawn["leads"] == []


async def test_a_file_is_decoded_once_while_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecg_drawings, "ECG_CACHE_ENTRIES_MAX", 2)
    decoded: list[bytes] = []

    def counted(content: bytes) -> bytes:
        decoded.append(content)
        return b"{}"

    monkeypatch.setattr(ecg_drawings, "drawing", counted)
    drawings = Drawings()
    for number in (1, 2, 1, 3, 1, 2):  # the third pushes the second out, the first was asked later
        await drawings.of(file_of(number))
    assert len(decoded) == 4
    found = await asyncio.gather(drawings.of(file_of(1)), drawings.of(file_of(2)))
    assert set(found) == {b"{}"}
    assert len(decoded) == 4


async def test_large_drawings_leave_by_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecg_drawings, "ECG_CACHE_BYTES_MAX", 10)
    decoded: list[bytes] = []

    def large(content: bytes) -> bytes:
        decoded.append(content)
        return b"x" * 8

    monkeypatch.setattr(ecg_drawings, "drawing", large)
    drawings = Drawings()
    for number in (1, 2, 2, 1):
        await drawings.of(file_of(number))
    assert len(decoded) == 3
