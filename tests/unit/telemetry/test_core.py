"""The county in memory: what cannot be read becomes a row, and memory stays bounded."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.ids import CountyId, UnitId
from telemetry import core as core_module
from telemetry.core import TelemetryCore, bad_row, digest_of
from telemetry.limits import PAYLOAD_MAX_BYTES
from telemetry.ports import FeedLost, PatientContext
from telemetry.rows import BadRow, VitalRow
from tests.unit.telemetry.support import BOX, UNIT, arrival, at, context

GOOD: dict[str, Any] = {
    "v": 1,
    "boot_id": "b00t-0001",
    "seq": 7,
    "observed_at": at(0).isoformat(),
    "numerics": {"heart_rate": {"value": 72, "unit": "/min"}},
}
TOPIC = "greenlane/nanxian/N07/MON-07/vitals"


def county(*unit_ids: str) -> TelemetryCore:
    known: dict[UnitId, PatientContext] = {
        UnitId(unit_id): context(unit_id=UnitId(unit_id)) for unit_id in unit_ids or (UNIT,)
    }
    return TelemetryCore(CountyId("nanxian"), BOX, known.get)


def bad(topic: str, raw: bytes) -> BadRow:
    row = county().accept(topic, raw, arrival(1)).row
    assert isinstance(row, BadRow)
    return row


def test_a_good_message() -> None:
    outcome = county().accept(TOPIC, json.dumps(GOOD).encode(), arrival(1))
    assert isinstance(outcome.row, VitalRow)
    assert outcome.live is not None


def test_a_bad_one_of_a_known_unit_can_be_acknowledged() -> None:
    row = bad(TOPIC, json.dumps({**GOOD, "v": 2}).encode())
    assert (row.source, row.reason) == ("N07", "unknown_version")
    assert (row.device_id, row.boot_id, row.seq) == ("MON-07", "b00t-0001", 7)


def test_one_of_an_unknown_unit_cannot() -> None:
    row = bad(TOPIC.replace("N07", "X99"), json.dumps(GOOD).encode())
    assert (row.source, row.reason, row.seq) == ("-", "unknown_unit", None)


def test_one_that_is_not_kept_whole_cannot() -> None:
    row = bad(TOPIC, json.dumps(GOOD).encode() + b" " * PAYLOAD_MAX_BYTES)
    assert (row.reason, row.seq, len(row.raw)) == ("oversize", None, PAYLOAD_MAX_BYTES)
    assert row.raw_bytes > PAYLOAD_MAX_BYTES


@settings(deadline=None)
@given(st.text(max_size=300), st.binary(max_size=100))
def test_whatever_comes_is_a_row_that_can_be_stored(topic: str, raw: bytes) -> None:
    row = bad(topic, raw)
    for text in (row.topic, row.detail, row.reason, row.source):
        assert "\0" not in text
        text.encode("utf-8")
    assert len(digest_of(row)) == 32


def test_details_with_surrogates_and_nul_are_made_storable() -> None:
    error = BadPayload("duplicate_key", "a\ud800b\0c" * 300)
    row = bad_row(error, TOPIC, b"", at(0), None)
    row.detail.encode("utf-8")
    assert "\0" not in row.detail
    assert len(row.detail) <= 500


def test_silence_after_a_restart_and_units_that_leave() -> None:
    who = {UNIT: context()}
    core = TelemetryCore(CountyId("nanxian"), BOX, who.get)
    core.resume(UNIT, at(-30), arrival(0))
    core.resume(UnitId("X99"), at(-30), arrival(0))
    found = [d for second in range(1, 15) for o in core.tick(arrival(second)) for d in o.decisions]
    assert [d.last_sample_at for d in found if isinstance(d, FeedLost)] == [at(-30)]
    who.clear()
    assert list(core.tick(arrival(16))) == []
    assert core._units == {}


def test_units_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_module, "UNITS_MAX", 2)
    core = county("N01", "N02", "N03")
    for unit_id in ("N01", "N02", "N03"):
        topic = TOPIC.replace("N07", unit_id)
        row = core.accept(topic, json.dumps(GOOD).encode(), arrival(1)).row
    assert isinstance(row, BadRow)
    assert row.reason == "too_many_units"
