"""A little of `python -m tests.fuzz` at every test run, with a new seed each time."""

import pytest

from telemetry.contract import Position
from tests.fuzz.__main__ import fire
from tests.fuzz.decoders import NOW, TARGETS, hold_to_contract, jt808_seeds, target

COUNTS = {
    "jt808": 3_000,
    "jt808-session": 3_000,
    "hl7": 700,
    "mllp": 3_000,
    "nmea": 4_000,
    "lineprotocol": 4_000,
}


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_broken_inputs_are_refused_and_nothing_else(name: str, seed: int) -> None:
    found = fire(target(name), seed, COUNTS[name])
    assert sum(found.values()) == COUNTS[name]
    assert found["taken"] > 0, "every input was refused at the door"


def test_the_seeds_are_frames_that_are_read() -> None:
    aim = target("jt808")
    refused = 0
    for raw in jt808_seeds():
        try:
            aim.call(raw)
        except Exception:
            refused += 1
    assert refused < len(jt808_seeds()) / 2


def test_an_answer_that_the_centre_would_refuse_is_found() -> None:
    position = Position(
        v=1, boot_id="boot-fuzz", seq=1, observed_at=NOW, lon=200.0, lat=0.0, datum="WGS84"
    )
    with pytest.raises(AssertionError, match="the centre refuses"):
        hold_to_contract("position", position)


def test_a_decoder_that_breaks_is_found() -> None:
    aim = target("nmea")._replace(call=lambda raw: raw[200])
    with pytest.raises(IndexError) as caught:
        fire(aim, 1, 10)
    assert caught.value.__notes__[0].startswith("input: ")
