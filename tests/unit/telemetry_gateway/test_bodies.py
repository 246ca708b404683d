"""Bytes cut into messages and put together again."""

import math
import random

import msgspec
import numpy as np
import pytest

from telemetry.contract import EcgPart, Waveform
from telemetry.decode import bytes_of, decode, read_topic, samples_of
from telemetry.gateway.bodies import ecg_parts, stored_waveform_body, waveform_body
from telemetry.limits import ECG_BYTES_MAX, ECG_PART_BYTES_MAX

ENVELOPE = {"v": 1, "boot_id": "b00t-0001-f", "seq": 1, "observed_at": "2026-11-23T01:02:03Z"}


def read(kind: str, body: dict[str, object]) -> object:
    topic = read_topic(f"greenlane/nanxian/N07/MON-07/{kind}", "nanxian")  # type: ignore[arg-type]
    return decode(topic, msgspec.json.encode({**ENVELOPE, **body}))


@pytest.mark.parametrize("size", [1, 16_383, 16_384, 16_385, 100_000, ECG_BYTES_MAX])
def test_a_file_comes_together_from_its_parts(size: int) -> None:
    content = random.Random(size).randbytes(size)
    bodies = ecg_parts(content)
    parts = [read("ecg", body) for body in (*bodies[:2], bodies[-1])]
    assert all(isinstance(part, EcgPart) for part in parts)
    assert len(bodies) == math.ceil(size / ECG_PART_BYTES_MAX)
    whole = b"".join(bytes_of(msgspec.convert({**ENVELOPE, **body}, EcgPart)) for body in bodies)
    assert whole == content


@pytest.mark.parametrize("size", [0, ECG_BYTES_MAX + 1])
def test_what_the_core_would_not_take_is_refused_here(size: int) -> None:
    with pytest.raises(ValueError, match=f"{size} bytes"):
        ecg_parts(bytes(size))


def test_a_block_keeps_its_values_and_its_gaps(seed: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.normal(300, 900, 250)
    values[::50] = math.nan
    block = read("waveform", waveform_body("ecg_ii", 250, "uV", values))
    assert isinstance(block, Waveform)
    steps = np.frombuffer(samples_of(block), "<i2").astype(float)
    back = np.where(steps == -32768, math.nan, block.offset + block.per_lsb * steps)
    assert np.isnan(back).tolist() == np.isnan(values).tolist()
    assert np.nanmax(np.abs(back - values)) <= block.per_lsb * 0.51


def test_a_flat_and_an_empty_block() -> None:
    flat = read("waveform", waveform_body("pleth", 125, "1", [0.5] * 125))
    assert isinstance(flat, Waveform) and flat.offset == 0.5
    nothing = read("waveform", waveform_body("pleth", 125, "1", [math.nan] * 125))
    assert isinstance(nothing, Waveform)
    assert set(np.frombuffer(samples_of(nothing), "<i2")) == {-32768}


def test_a_device_s_own_integers_are_sent_bit_by_bit() -> None:
    own = np.array([-32768, -1, 0, 1, 32767], dtype=np.int16)
    block = read("waveform", stored_waveform_body("ecg_v1", 500, "uV", 4.88, 0.0, own))
    assert isinstance(block, Waveform) and samples_of(block) == own.astype("<i2").tobytes()
