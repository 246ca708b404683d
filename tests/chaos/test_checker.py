"""The checker of the chaos run sees what it is there to see: each kind of harm, planted."""

import random
from typing import Any

import pytest

from tests.chaos.bench import Fault, Notice
from tests.chaos.history import (
    BASE_CEL,
    STEP_CEL,
    History,
    Sample,
    StoredRow,
    disagreements,
    inversions,
    number_of,
    rows_by_key,
    tally,
    temperature_of,
)
from tests.chaos.stored import Event
from tests.chaos.verdict import (
    Evidence,
    Live,
    checks,
    late_notices,
    old_alarms,
    ratio_check,
)


def sample(number: int, **changes: object) -> Sample:
    fields: dict[str, Any] = {
        "unit_id": "N01",
        "number": number,
        "heart_rate": 70,
        "spo2": 97,
        "sent_s": 0.0,
        "outcome": "acknowledged",
        "committed_s": 1.0,
    }
    return Sample(**{**fields, **changes})


def row(number: int, **changes: object) -> StoredRow:
    fields: dict[str, Any] = {
        "unit_id": "N01",
        "device_id": "NX01-MON",
        "boot_id": "b",
        "seq": number,
        "number": number,
        "heart_rate": 70.0,
        "spo2": 97.0,
        "received_s": float(number),
        "observed_s": float(number),
    }
    return StoredRow(**{**fields, **changes})


def said(*samples: Sample) -> History:
    history = History()
    for one in samples:
        history.add(one)
    return history


def test_what_agrees_agrees() -> None:
    history = said(sample(1), sample(2), sample(3, outcome="unknown"))
    assert not list(disagreements(history, [row(1), row(2)]))
    assert not list(disagreements(history, [row(1), row(2), row(3)]))


PLANTED = [
    ([row(1)], "acknowledged and not stored"),
    ([row(1), row(2), row(2, seq=3)], "stored 2 times"),
    ([row(1), row(2), row(9)], "stored and never sent"),
    ([row(1), row(2, heart_rate=71.0)], "other values"),
    ([row(1, seq=2), row(2, seq=1)], "follows"),
]


@pytest.mark.parametrize(("rows", "word"), PLANTED)
def test_each_kind_of_harm_is_seen(rows: list[StoredRow], word: str) -> None:
    found = list(disagreements(said(sample(1), sample(2)), rows))
    assert any(word in line for line in found), found


def test_a_sample_that_was_refused_is_a_disagreement() -> None:
    assert list(disagreements(said(sample(1, outcome="refused")), []))


def test_a_number_is_said_once() -> None:
    history = said(sample(1))
    with pytest.raises(ValueError, match="before"):
        history.add(sample(1))


def test_the_number_survives_the_temperature(seed: int) -> None:
    rng = random.Random(seed)
    for number in (1, 999_999, *(rng.randint(1, 999_999) for _ in range(500))):
        assert number_of(float(temperature_of(number))) == number
    assert number_of(BASE_CEL + STEP_CEL) == 1
    for wrong in (0, 1_000_000):
        with pytest.raises(ValueError, match="numbered"):
            temperature_of(wrong)


def test_overtaking_is_counted_by_arrival() -> None:
    assert inversions([row(1), row(2), row(3)]) == 0
    assert inversions([row(1, received_s=9.0), row(2), row(3)]) == 1


def test_a_tally_counts_and_measures() -> None:
    history = said(sample(1), sample(2, committed_s=3.0), sample(3, outcome="unknown"), sample(4))
    one = tally(history.samples.values(), rows_by_key([row(1), row(2), row(2, seq=5)]))
    assert (one.sent, one.acknowledged, one.unknown) == (4, 3, 1)
    assert (one.stored, one.lost, one.duplicated) == (2, 1, 1)
    assert one.max_s == 3.0


def _evidence(events: list[Event], notices: list[Notice]) -> Evidence:
    return Evidence(
        history=History(),
        rows=[],
        events=events,
        faults=[],
        notices=notices,
        quarantined=[],
        unstored=[],
        health=None,
        invariants_broken=None,
        troubles=[],
        waiting={},
        alarmed_unit="N11",
        dead_zone_unit="N01",
    )


def _event(kind: str, unit_id: str, recorded_s: float = 5.0, **body: object) -> Event:
    return Event(seq=1, kind=kind, unit_id=unit_id, recorded_s=recorded_s, body=dict(body))


def test_an_old_alarm_is_seen_and_the_control_is_not() -> None:
    alarm = {"key": "heart_rate:high"}
    raised = _event("vital_alarm_raised", "N01", alarm=alarm)
    red = _event("triage_level_changed", "N01", parts={"hr": 3}, level="red")
    calm = _event("triage_level_changed", "N01", parts={"hr": 0, "sbp": None}, level="low")
    control = _event("vital_alarm_raised", "N11", alarm=alarm)
    assert len(list(old_alarms(_evidence([raised, red, calm, control], [])))) == 2


@pytest.mark.parametrize(
    ("vehicle_s", "event_s", "ends"), [(9.0, 9.5, 0), (None, 9.5, 1), (10.5, 10.5, 2)]
)
def test_a_link_seen_too_late_is_seen(vehicle_s: float | None, event_s: float, ends: int) -> None:
    notice = Notice(
        fault="cut", unit_id="N01", at_the_vehicle_s=vehicle_s, on_the_screen_s=1.0, begun_at=100.0
    )
    lost = _event("feed_lost", "N01", 100.0 + event_s)
    assert len(list(late_notices(_evidence([lost], [notice])))) == ends


def test_the_ratio_is_an_aim() -> None:
    normal = Live(count=1, p50_ms=1.0, p99_ms=10.0)
    assert ratio_check(normal, Live(count=1, p50_ms=1.0, p99_ms=12.0)).is_kept
    missed = ratio_check(normal, Live(count=1, p50_ms=1.0, p99_ms=12.5))
    assert missed.is_aim
    assert not missed.is_kept


def _fault(**changes: Any) -> Fault:
    return Fault(name="loss", how="", units=(), begun_s=0.0, begun_at=0.0, **changes)


@pytest.mark.parametrize(
    ("fault", "is_kept"),
    [
        (_fault(facts=[(True, "packets dropped")]), True),
        (_fault(facts=[(True, "killed"), (False, "nobody answered")]), False),
        (_fault(), False),
        (_fault(not_injected="nft is not installed"), False),
    ],
)
def test_a_fault_that_did_not_happen_breaks_the_run(fault: Fault, is_kept: bool) -> None:
    evidence = _evidence([], [])
    evidence.faults = [fault]
    found = {one.promise: one.is_kept for one in checks(evidence)}
    assert found["every fault was injected and verified"] is is_kept
    assert not found["the server's own invariants hold"], "nobody answered"
    assert not found["the control: the same values, live, did alarm"]
