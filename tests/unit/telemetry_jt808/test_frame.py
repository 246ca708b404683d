"""Escapes, checksums and the framing of a stream, also when it is full of garbage."""

import random

import pytest

from dispatch.errors import BadPayload
from telemetry.jt808 import frame as module
from telemetry.jt808.decode import decode, inspect
from telemetry.jt808.frame import Framer, checksum, escape, open_frame, unescape
from telemetry.jt808.limits import FRAME_MAX_BYTES, STREAM_BUFFER_MAX_BYTES
from tests.unit.telemetry_jt808.frames import frame, xor


def refused(raw: bytes) -> str:
    with pytest.raises(BadPayload) as caught:
        decode(raw)
    return caught.value.reason


def test_the_checksum_is_the_xor_of_all_bytes(seed: int) -> None:
    chance = random.Random(seed)
    for size in (*range(1, 70), 255, 256, 257, 1040):
        content = chance.randbytes(size)
        assert checksum(content) == xor(content)
    assert checksum(b"") == 0


@pytest.mark.parametrize("mark", [0x7E, 0xE7])
def test_what_is_escaped_comes_back(seed: int, mark: int) -> None:
    chance = random.Random(seed)
    hard = bytes([0x7D, 0x7E, 0x01, 0x02, 0xE6, 0xE7, 0x3D, 0x3E])
    for _ in range(300):
        content = bytes(chance.choice(hard) for _ in range(chance.randrange(12, 60)))
        sent = escape(content, mark)
        assert sent[0] == sent[-1] == mark
        assert mark not in sent[1:-1]
        assert unescape(sent[1:-1], mark) == content + bytes([xor(content)])


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "too_short"),
        (b"\x7e\x7e", "too_short"),
        (frame(0x0002)[:-1] + b"\x7d", "no_mark"),
        (frame(0x0002)[:-1] + b"\x00\x7d\x03\x7e", "bad_escape"),
        (frame(0x0002)[:-1] + b"\x7d\x7e", "bad_escape"),
        (frame(0x0002) + frame(0x0002), "stray_mark"),
        (frame(0x0002, length=5), "wrong_length"),
        (frame(0x0002, bits=0x0400), "encrypted"),
        (frame(0x0002, part=(2, 3)), "bad_part"),
        (frame(0x0002, part=(2, 0)), "bad_part"),
        (b"\x7e" + bytes(FRAME_MAX_BYTES) + b"\x7e", "oversize"),
        (frame(0x0200, b"\0" * 27), "too_short"),
        (frame(0x0704, b"\0\1\0\0\xff" + b"\0" * 30), "too_short"),
        (frame(0x0100, b"\0" * 10), "bad_body"),
        (b"(no end", "no_mark"),
    ],
)
def test_a_broken_frame_is_refused_by_name(raw: bytes, reason: str) -> None:
    assert refused(raw) == reason


def test_a_changed_byte_is_refused_and_can_still_be_looked_at() -> None:
    good = bytearray(frame(0x0102, b"code-of-4711"))
    good[20] ^= 1
    assert refused(bytes(good)) == "wrong_checksum"
    looked_at = inspect(bytes(good))
    assert [fault.reason for fault in looked_at.faults] == ["wrong_checksum"]
    assert looked_at.fields["code"] != "code-of-4711"


def test_what_is_edited_beyond_repair_is_looked_at_as_it_stands() -> None:
    bad = frame(0x0102, b"code-of-4711")[:-3] + b"\x7d\x05\x7e"
    assert refused(bad) == "bad_escape"
    looked_at = inspect(bad)
    assert looked_at.faults
    assert looked_at.fields["code"].startswith("code-of-47")


def test_a_frame_whose_escapes_a_log_has_taken_out_is_seen_by_its_checksum() -> None:
    body = b"\x7d\x01\x7e\x7d\x7d\x02"
    whole = frame(0x0F01, body)
    inner = whole[1:-1].replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
    # replaced in the order that is right for this body: see that it is what was sent
    assert inner[12:-1] == body
    content, _, was_unescaped = open_frame(b"\x7e" + inner + b"\x7e")
    assert was_unescaped and content == inner
    content, _, was_unescaped = open_frame(whole)
    assert not was_unescaped and content == inner


def test_the_framer_finds_frames_among_garbage_however_they_are_cut(seed: int) -> None:
    chance = random.Random(seed)
    sent, stream = [], bytearray()
    for number in range(60):
        one = frame(0x0200, chance.randbytes(40), serial=number)
        sent.append(one)
        garbage = bytes(chance.choice(b"abc\x00\x11") for _ in range(chance.randrange(6)))
        stream += garbage + one
    found: list[bytes] = []
    framer = Framer()
    at = 0
    while at < len(stream):
        size = chance.randrange(1, 90)
        found += framer.feed(bytes(stream[at : at + size]))
        at += size
    assert found == sent
    assert framer.garbage_bytes == len(stream) - sum(map(len, sent))


def test_bytes_that_look_like_marks_hide_no_frame(seed: int) -> None:
    chance = random.Random(seed)
    framer, found = Framer(), []
    for serial in range(40):
        one = frame(0x0200, chance.randbytes(40), serial=serial)
        garbage = bytes(chance.choice(b"\x7e\xe7(\x00") for _ in range(chance.randrange(5)))
        found += [got for got in framer.feed(garbage + one) if got == one]
        assert len(found) == serial + 1, (garbage, one)


def test_two_frames_may_share_nothing_or_stand_mark_to_mark() -> None:
    one = frame(0x0002, serial=1)
    assert list(Framer().feed(one + one)) == [one, one]
    assert list(Framer().feed(b"\x7e" + one)) == [one]
    assert list(Framer().feed(b"xx(BASE,2,TIME)" + one)) == [b"(BASE,2,TIME)", one]


@pytest.mark.parametrize("byte", [b"\x00", b"\x7e", b"(", b"\xe7"])
def test_the_buffer_of_a_stream_is_bounded(byte: bytes) -> None:
    framer = Framer()
    for _ in range(20):
        for _ in framer.feed(byte + b"\x00" * (STREAM_BUFFER_MAX_BYTES // 3)):
            pass
        assert len(framer) <= STREAM_BUFFER_MAX_BYTES
    one = frame(0x0002)
    found = list(framer.feed(b"\x00\x7e" + one))
    assert one in found or one in list(framer.feed(one))


def test_the_limit_of_a_frame_is_the_one_that_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FRAME_MAX_BYTES", 20)
    assert refused(frame(0x0102, b"0123456789")) == "oversize"
    assert list(Framer().feed(frame(0x0102, b"0123456789")))[:1] != [frame(0x0102, b"0123456789")]
