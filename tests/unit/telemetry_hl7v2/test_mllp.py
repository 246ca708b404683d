"""MLLP frames of a stream, and the messages of a file."""

import random

import pytest

from dispatch.errors import BadPayload
from telemetry.hl7v2 import mllp
from telemetry.hl7v2.mllp import Framer, framed, messages_of


def test_messages_come_whole_however_they_are_cut(seed: int) -> None:
    chance = random.Random(seed)
    sent = [b"MSH|" + bytes([65 + n]) * chance.randrange(1, 300) for n in range(40)]
    stream = b"".join(b"\r\n" * chance.randrange(3) + framed(one) for one in sent)
    framer, found, at = Framer(), [], 0
    while at < len(stream):
        size = chance.randrange(1, 80)
        found += framer.feed(stream[at : at + size])
        at += size
    assert found == sent
    assert framer.garbage_bytes == len(stream) - sum(len(framed(one)) for one in sent)


def test_a_frame_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mllp, "BUFFER_MAX_BYTES", 100)
    framer = Framer()
    for _ in range(50):
        assert list(framer.feed(b"\x0b" + b"x" * 60)) == []
        assert len(framer) <= 200
    assert list(framer.feed(framed(b"MSH|1"))) == [b"MSH|1"]


def test_a_start_inside_a_frame_begins_anew() -> None:
    assert list(Framer().feed(b"\x0bMSH|broken" + framed(b"MSH|whole"))) == [b"MSH|whole"]


def test_a_file_without_a_message_is_refused() -> None:
    for content in (b"", b"{}", b"PID|1\r", b"\x0b\x1c"):
        with pytest.raises(BadPayload) as caught:
            messages_of(content)
        assert caught.value.reason == "no_message"
