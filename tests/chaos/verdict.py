"""The checks of a finished run: each a sentence, whether it holds, and what was found. Pure.

Alarms: nobody's values were alarming while they were live but those of one control patient. So one
alarm of anybody else, or a score of three points, is an old value shown as new; and no alarm of the
control patient would mean that the check is blind.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from tests.chaos.bench import Fault, Notice
from tests.chaos.history import (
    History,
    Sample,
    StoredRow,
    disagreements,
    inversions,
    quantile,
)
from tests.chaos.stored import Event

SHOWN: Final = 12  # lines of a check's findings that the report gives; their number is always told
NOTICE_S: Final = 10.0
RATIO_AIM: Final = 1.2
RED_POINTS: Final = 3


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One promise of the run. ``is_aim``: measured and reported, but not what the verdict is."""

    promise: str
    is_kept: bool
    found: tuple[str, ...] = ()
    is_aim: bool = False


class Evidence(msgspec.Struct, kw_only=True):
    """Everything the checks look at, as it was when all was quiet."""

    history: History
    rows: list[StoredRow]
    events: list[Event]
    faults: list[Fault]
    notices: list[Notice]
    quarantined: list[str]
    unstored: list[str]
    health: dict[str, Any] | None
    invariants_broken: float | None
    troubles: list[str]
    waiting: dict[str, int]
    alarmed_unit: str
    dead_zone_unit: str


def _check(promise: str, wrong: Iterable[str]) -> Check:
    found = tuple(wrong)
    return Check(promise=promise, is_kept=not found, found=_shortened(found))


def _shortened(found: tuple[str, ...]) -> tuple[str, ...]:
    if len(found) <= SHOWN:
        return found
    return (*found[:SHOWN], f"… and {len(found) - SHOWN} more")


def checks(evidence: Evidence) -> list[Check]:
    """All of them, in the order of the report."""
    rows, history = evidence.rows, evidence.history
    quiet = [f"{unit}: {count} wait" for unit, count in evidence.waiting.items() if count]
    injected = [
        f"{one.name}: {one.not_injected or 'its facts do not show it'}"
        for one in evidence.faults
        if not one.is_verified
    ]
    return [
        _check("every fault was injected and verified", injected),
        _check("quiet at the end: every outbox empty, every backlog in time", quiet),
        _check(
            "every acknowledged sample stored exactly once, in order, none invented or changed",
            disagreements(history, rows),
        ),
        _check("no more acknowledged to a vehicle than is stored", evidence.unstored),
        _check("nothing in quarantine", evidence.quarantined),
        _check("the server's own invariants hold", _invariants(evidence)),
        _check("no old alarm sounded as new", old_alarms(evidence)),
        _alarm_control(evidence),
        _overtaking(evidence),
        _check("a broken link is seen at both ends within 10 s", late_notices(evidence)),
        _check("no wait of the run was given up", evidence.troubles),
    ]


def _invariants(evidence: Evidence) -> Iterable[str]:
    if evidence.health is None:
        yield "no answer of /api/health"
        return
    yield from evidence.health["invariants"]["broken"]
    if evidence.invariants_broken != 0:
        yield f"greenlane_invariants_broken is {evidence.invariants_broken}"


def old_alarms(evidence: Evidence) -> Iterable[str]:
    """Alarms and red scores of patients who were never badly while they could be seen."""
    for event in evidence.events:
        if event.unit_id == evidence.alarmed_unit:
            continue
        if event.kind == "vital_alarm_raised":
            yield f"{event.unit_id}: event {event.seq}, {event.body['alarm']['key']}"
        if event.kind == "triage_level_changed" and _is_red(event):
            yield f"{event.unit_id}: event {event.seq}, level {event.body['level']}"


def _is_red(event: Event) -> bool:
    return any(points == RED_POINTS for points in event.body["parts"].values())


def _alarm_control(evidence: Evidence) -> Check:
    unit = evidence.alarmed_unit
    raised = [
        event.body["alarm"]["key"]
        for event in evidence.events
        if event.unit_id == unit and event.kind == "vital_alarm_raised"
    ]
    return Check(
        promise="the control: the same values, live, did alarm",
        is_kept=bool(raised),
        found=(f"{unit}: {', '.join(raised) or 'no alarm'}",),
    )


def _overtaking(evidence: Evidence) -> Check:
    unit = evidence.dead_zone_unit
    found = inversions(row for row in evidence.rows if row.unit_id == unit)
    return Check(
        promise="reordering happened: after the dead zone live samples overtook the backlog",
        is_kept=found > 0,
        found=(f"{unit}: an older sample was received after a newer one {found} times",),
    )


def late_notices(evidence: Evidence) -> Iterable[str]:
    """Ends at which a broken link was not seen in time."""
    for one in evidence.notices:
        ends = {
            "the vehicle": one.at_the_vehicle_s,
            "the screen": one.on_the_screen_s,
            "the log (feed_lost)": feed_lost_s(evidence.events, one),
        }
        for where, took_s in ends.items():
            if took_s is None or took_s > NOTICE_S:
                word = "never" if took_s is None else f"after {took_s:.1f} s"
                yield f"{one.fault}, {one.unit_id}: {where} {word}"


def feed_lost_s(events: Iterable[Event], notice: Notice) -> float | None:
    """Seconds from the break to the core's event; None when there is none."""
    for event in events:
        is_theirs = event.unit_id == notice.unit_id and event.kind == "feed_lost"
        if is_theirs and event.recorded_s >= notice.begun_at:
            return event.recorded_s - notice.begun_at
    return None


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """From the monitor's line to a screen, in milliseconds, of samples sent in some time."""

    count: int
    p50_ms: float | None
    p99_ms: float | None


def live(samples: Sequence[Sample]) -> Live:
    """Of those that were seen; what was conflated away was never on a screen."""
    waits = sorted((one.seen_s - one.sent_s) * 1000 for one in samples if one.seen_s is not None)
    return Live(count=len(waits), p50_ms=quantile(waits, 0.5), p99_ms=quantile(waits, 0.99))


def ratio_check(normal: Live, flush: Live) -> Check:
    """How much a flush disturbs the others: an aim, since the machine's other work is in it."""
    promise = f"live p99 while a backlog is flushed at most {RATIO_AIM} × normal"
    if not normal.p99_ms or not flush.p99_ms:
        return Check(promise=promise, is_kept=False, found=("no samples",), is_aim=True)
    ratio = flush.p99_ms / normal.p99_ms
    said = f"{ratio:.2f} × (p99 {normal.p99_ms:.0f} → {flush.p99_ms:.0f} ms)"
    return Check(promise=promise, is_kept=ratio <= RATIO_AIM, found=(said,), is_aim=True)
