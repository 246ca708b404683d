"""Any bytes either decode or raise BadPayload, nothing else; and what salvage may say."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.ids import CountyId, DeviceId, UnitId
from telemetry.contract import Topic, Vitals, ack_topic
from telemetry.decode import decode, read_topic, salvage

NANXIAN = CountyId("nanxian")
GOOD: dict[str, Any] = {
    "v": 1,
    "boot_id": "b00t-0001",
    "seq": 7,
    "observed_at": "2026-11-23T01:02:03Z",
    "numerics": {"heart_rate": {"value": 72, "unit": "/min", "quality": "ok"}},
}
_WORDS = sorted({*GOOD, "lon", "lat", "datum", "state", "value", "unit", "quality", "heart_rate"})
_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(_WORDS)
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(_WORDS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=12,
)


def topic_of(kind: str) -> Topic:
    return read_topic(f"greenlane/nanxian/N07/MON-07/{kind}", NANXIAN)


def read_or_refuse(kind: str, raw: bytes) -> None:
    try:
        decode(topic_of(kind), raw)
    except BadPayload as bad:
        assert bad.reason
    salvage(raw)


KINDS = st.sampled_from(["vitals", "position", "status"])
# Time limits of hypothesis say something about the machine, not about the decoder.
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@RELAXED
@given(KINDS, st.binary(max_size=300))
def test_any_bytes(kind: str, raw: bytes) -> None:
    read_or_refuse(kind, raw)


@RELAXED
@given(KINDS, st.dictionaries(st.sampled_from(_WORDS), _JSON, max_size=8))
def test_any_object_that_looks_like_ours(kind: str, changes: dict[str, Any]) -> None:
    read_or_refuse(kind, json.dumps({**GOOD, **changes}).encode("utf-8", "surrogatepass"))


@RELAXED
@given(st.data())
def test_any_damage_to_a_good_message(data: st.DataObject) -> None:
    raw = bytearray(json.dumps(GOOD).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at] = data.draw(st.integers(0, 255))
    read_or_refuse("vitals", bytes(raw))


@RELAXED
@given(st.text(max_size=300))
def test_any_topic(text: str) -> None:
    try:
        read_topic(text, NANXIAN)
    except BadPayload as bad:
        assert bad.reason == "wrong_topic"


def test_a_good_message() -> None:
    message = decode(topic_of("vitals"), json.dumps(GOOD).encode())
    assert isinstance(message, Vitals)
    assert message.numerics["heart_rate"].value == 72
    assert message.observed_at.isoformat() == "2026-11-23T01:02:03+00:00"
    assert topic_of("vitals").unit_id == UnitId("N07")
    assert ack_topic(NANXIAN, UnitId("N07"), DeviceId("MON-07")) == (
        "greenlane/nanxian/N07/MON-07/ack"
    )


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b'{"boot_id":"b00t-0001","seq":7,"value":NaN}', ("b00t-0001", 7)),
        (b'{"boot_id": "b00t-0001", "seq": 7 }', ("b00t-0001", 7)),
        (b'{"boot_id":"b00t-0001","seq":7,"seq":8}', None),
        (b'{"boot_id":"b00t-0001","seq":7', None),
        (b'{"boot_id":"b00t-0001","seq":7.5}', None),
        (b'{"boot_id":"b00t-0001","seq":0}', None),
        (b'{"boot_id":"b00t-0001","seq":9999999999999999}', None),
        (b'{"boot_id":"short","seq":7}', None),
        (b"", None),
    ],
)
def test_salvage(raw: bytes, found: tuple[str, int] | None) -> None:
    assert salvage(raw) == found
