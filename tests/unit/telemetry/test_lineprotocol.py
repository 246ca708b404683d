"""GL1: what a line may say, and that one fault refuses it by name."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispatch.errors import BadPayload
from telemetry.lineprotocol import LineFramer, accepted, read_line, refused, write_line

AT = "2026-11-23T12:00:00+08:00"


def reason_of(line: bytes) -> str:
    with pytest.raises(BadPayload) as caught:
        read_line(line)
    return caught.value.reason


def test_a_line_of_samples_in_our_units() -> None:
    body = (
        f"GL1;{AT};heart_rate=72 /min;spo2=97 %!artefact;nibp_systolic=16.0 kPa@{AT};"
        "temperature=98.6 [degF];resp_rate=- /min!leads_off;acvpu=A;oxygen=on 4"
    )
    found = read_line(write_line(body))
    assert found.observed_at == datetime(2026, 11, 23, 4, tzinfo=UTC)
    values = {code: (one.value, one.unit) for code, one in found.numerics.items()}
    assert values == {
        "heart_rate": (72.0, "/min"),
        "spo2": (97.0, "%"),
        "nibp_systolic": (120.01, "mm[Hg]"),
        "temperature": (37.0, "Cel"),
        "resp_rate": (None, "/min"),
    }
    assert found.numerics["spo2"].quality == "artefact"
    assert found.numerics["nibp_systolic"].measured_at == found.observed_at
    assert found.acvpu == "A"
    assert found.oxygen is not None and found.oxygen.litres_per_min == 4.0


def test_a_dash_is_the_moment_of_arrival() -> None:
    assert read_line(write_line("GL1;-;heart_rate=72 bpm")).observed_at is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("GL2;-;heart_rate=72 /min", "not_gl1"),
        ("GL1", "not_gl1"),
        ("GL1;-", "empty"),
        ("GL1;2026-11-23T12:00:00;heart_rate=72 /min", "bad_time"),
        ("GL1;now;heart_rate=72 /min", "bad_time"),
        ("GL1;-;heart_rate=72", "bad_item"),
        ("GL1;-;heart_rate 72 /min", "bad_item"),
        ("GL1;-;", "bad_item"),
        ("GL1;-;pulse=72 /min", "unknown_code"),
        ("GL1;-;heart_rate=72 /min;heart_rate=73 /min", "twice"),
        ("GL1;-;acvpu=A;acvpu=V", "twice"),
        ("GL1;-;heart_rate=7 2 /min", "unknown_unit"),
        ("GL1;-;heart_rate=1e3 /min", "not_a_number"),
        ("GL1;-;heart_rate=nan /min", "not_a_number"),
        ("GL1;-;heart_rate=1000001 /min", "out_of_range"),
        ("GL1;-;heart_rate=72 furlong", "unknown_unit"),
        ("GL1;-;heart_rate=72 mm[Hg]", "wrong_unit"),
        ("GL1;-;heart_rate=- /min", "missing_value"),
        ("GL1;-;heart_rate=72 /min!fine", "unknown_quality"),
        ("GL1;-;acvpu=X", "bad_item"),
        ("GL1;-;oxygen=lots", "bad_item"),
        ("GL1;-;oxygen=on 999", "bad_item"),
        ("GL1;0001-01-01T00:00:00+23:00;heart_rate=72 /min", "bad_time"),
    ],
)
def test_a_line_with_one_fault_is_refused_by_name(body: str, reason: str) -> None:
    assert reason_of(write_line(body)) == reason


def test_the_checksum_is_asked_for() -> None:
    good = write_line("GL1;-;heart_rate=72 /min")
    assert reason_of(b"GL1;-;heart_rate=72 /min") == "no_checksum"
    assert reason_of(good.replace(b"72", b"27").replace(b"27 ", b"28 ")) == "wrong_checksum"
    assert reason_of("GL1;-;心率=72 /min*00".encode()) == "not_ascii"
    assert reason_of(b"G" * 2_000) == "oversize"


def test_the_lines_of_the_description_are_what_they_say() -> None:
    page = Path(__file__).parents[3] / "docs" / "contracts" / "gateway_inputs.md"
    text = page.read_text("utf-8")
    lines = [line.strip() for line in text.splitlines() if line.startswith("    GL1;-")]
    assert lines
    for line in lines:
        assert read_line(line.encode()).numerics
    assert f"`{accepted().decode().strip()}`" in text


def test_answers_are_lines_of_the_same_kind() -> None:
    assert accepted().startswith(b"GL1;OK*")
    answer = refused(BadPayload("bad_item", "a*b\r\nc 心"))
    assert answer.startswith(b"GL1;NO;bad_item;a?b  c ?*")
    assert answer.count(b"\r\n") == 1


def test_lines_come_whole_however_they_are_cut(seed: int) -> None:
    chance = random.Random(seed)
    sent = [write_line(f"GL1;-;heart_rate={n} /min") for n in range(50)]
    stream = b"".join(sent)
    framer, found, at = LineFramer(), [], 0
    while at < len(stream):
        size = chance.randrange(1, 50)
        found += framer.feed(stream[at : at + size])
        at += size
    assert found == [line.rstrip(b"\r\n") for line in sent]


def test_a_line_without_end_is_thrown_away_and_the_next_one_read() -> None:
    framer = LineFramer(limit=30)
    assert list(framer.feed(b"x" * 1_000)) == []
    assert len(framer) <= 30
    assert list(framer.feed(b"x\nGL1;-\n")) == [b"GL1;-"]
    assert framer.dropped_bytes == 1_001
