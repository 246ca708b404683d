"""Intervals, their statistics and the standards, each on its own."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.quality.intervals import (
    CLOCKS,
    EXCLUDED,
    INTERVALS,
    MEANINGS,
    Call,
    Clock,
    Duration,
    Priority,
    counted,
    duration,
    nearest_rank,
    of_seconds,
    share_pct,
    summarise,
)
from dispatch.quality.standards import (
    GOALS,
    STANDARDS,
    QualityPolicy,
    Standard,
    check,
    is_kept,
    limit,
    within,
)

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
RESPONSE, TURNOUT = INTERVALS["response"], INTERVALS["turnout"]


def call(stamps: dict[Clock, float], upgraded_s: float | None = None, **more: Any) -> Call:
    at = {clock: START + timedelta(seconds=second) for clock, second in stamps.items()}
    upgraded = None if upgraded_s is None else START + timedelta(seconds=upgraded_s)
    return Call(at=at, upgraded_at=upgraded, **more)


def seconds(*values: float | None) -> list[Duration]:
    return [of_seconds(value) for value in values]


def kept(name: str, *values: float) -> bool | None:
    found = seconds(*values)
    return is_kept(check(STANDARDS[name].criteria, counted(found), summarise(found)))


# --- clocks and definitions ------------------------------------------------------------------


def test_the_clocks_are_those_of_the_reference_in_its_order() -> None:
    assert CLOCKS == (
        "t_ring", "t_answer", "t_location_known", "t_arrest_recognised", "t_first_compression",
        "t_priority", "t_dispatch", "t_ack", "t_enroute", "t_scene", "t_patient", "t_ecg",
        "t_ecg_read", "t_leave", "t_prealert", "t_arrive", "t_handover", "t_clear",
    )  # fmt: skip
    assert tuple(MEANINGS) == CLOCKS


def test_nemsis_elements_of_the_clocks() -> None:
    assert {clock: one.nemsis for clock, one in MEANINGS.items() if one.nemsis} == {
        "t_ring": "eTimes.01",
        "t_dispatch": "eTimes.03",
        "t_enroute": "eTimes.05",
        "t_scene": "eTimes.06",
        "t_patient": "eTimes.07",
        "t_leave": "eTimes.09",
        "t_arrive": "eTimes.11",
        "t_handover": "eTimes.12",
        "t_clear": "eTimes.13",
    }


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("answer", "t_ring", "t_answer"),
        ("locate", "t_answer", "t_location_known"),
        ("recognition", "t_ring", "t_arrest_recognised"),
        ("compression", "t_ring", "t_first_compression"),
        ("process", "t_answer", "t_dispatch"),
        ("acknowledge", "t_dispatch", "t_ack"),
        ("turnout", "t_dispatch", "t_enroute"),
        ("travel", "t_enroute", "t_scene"),
        ("response", "t_answer", "t_scene"),
        ("arp_response", "t_priority", "t_scene"),
        ("patient", "t_scene", "t_patient"),
        ("ecg", "t_patient", "t_ecg"),
        ("ecg_read", "t_ecg", "t_ecg_read"),
        ("on_scene", "t_scene", "t_leave"),
        ("transport", "t_leave", "t_arrive"),
        ("notice", "t_prealert", "t_arrive"),
        ("offload", "t_arrive", "t_handover"),
        ("task", "t_dispatch", "t_clear"),
    ],
)
def test_definitions(name: str, start: Clock, end: Clock) -> None:
    found = INTERVALS[name]
    assert (found.start, found.end) == (start, end)
    assert found.restarts == (name in ("response", "arp_response"))
    assert duration(call({start: 5, end: 12.5}), found).seconds == 7.5


def test_no_interval_is_left_untested() -> None:
    assert len(INTERVALS) == 18
    assert len({(one.start, one.end) for one in INTERVALS.values()}) == 18


# --- one call --------------------------------------------------------------------------------


def test_equal_stamps_are_a_real_interval() -> None:
    found = duration(call({"t_dispatch": 5, "t_enroute": 5}), TURNOUT)
    assert (found.seconds, found.excluded) == (0, None)


@pytest.mark.parametrize(
    ("stamps", "more", "why"),
    [
        ({"t_dispatch": 5}, {}, "missing"),
        ({"t_enroute": 5}, {}, "missing"),
        ({}, {}, "missing"),
        ({"t_dispatch": 5, "t_enroute": 4.999}, {}, "clock_skew"),
        ({"t_dispatch": 5}, {"is_cancelled": True}, "cancelled"),
        ({}, {"is_cancelled": True}, "cancelled"),
        ({"t_enroute": 5}, {"is_cancelled": True}, "missing"),
        ({"t_dispatch": 5, "t_enroute": 9}, {"kind": "abandoned"}, "abandoned"),
        ({"t_dispatch": 5, "t_enroute": 9}, {"kind": "test"}, "test"),
        ({}, {"kind": "duplicate", "is_cancelled": True}, "duplicate"),
    ],
)
def test_what_does_not_count(stamps: dict[Clock, float], more: dict[str, Any], why: str) -> None:
    found = duration(call(stamps, priority="P2", area="rural", **more), TURNOUT)
    assert (found.seconds, found.excluded) == (None, why)
    assert (found.priority, found.area) == ("P2", "rural")
    assert found.is_cancelled == more.get("is_cancelled", False)


def test_what_was_done_before_the_cancellation_counts() -> None:
    found = duration(call({"t_dispatch": 5, "t_enroute": 9}, is_cancelled=True), TURNOUT)
    assert (found.seconds, found.excluded, found.is_cancelled) == (4, None, True)


UPGRADED: dict[str, Any] = {"priority": "P1", "upgraded_from": "P3"}
STAMPS: dict[Clock, float] = {"t_answer": 0, "t_scene": 900}


@pytest.mark.parametrize(
    ("upgraded_s", "seconds_", "original_s", "priority"),
    [
        (360, 540, 900, "P1"),
        (900, 0, 900, "P1"),
        (901, 900, None, "P3"),  # after arrival: it was a P3 response
        (0, 900, None, "P1"),
        (-5, 900, None, "P1"),
        (0.5, 899.5, 900, "P1"),
    ],
)
def test_an_upgrade_starts_the_clock_anew(
    upgraded_s: float, seconds_: float, original_s: float | None, priority: Priority
) -> None:
    found = duration(call(STAMPS, upgraded_s, area="urban", **UPGRADED), RESPONSE)
    assert (found.seconds, found.original_s) == (seconds_, original_s)
    assert (found.priority, found.area) == (priority, "urban")


def test_an_upgrade_restarts_response_clocks_only() -> None:
    stamps: dict[Clock, float] = {"t_dispatch": 0, "t_enroute": 90}
    found = duration(call(stamps, 60, **UPGRADED), TURNOUT)
    assert (found.seconds, found.original_s, found.priority) == (90, None, "P1")
    later = duration(call(stamps, 100, **UPGRADED), TURNOUT)
    assert (later.seconds, later.priority) == (90, "P3")
    unknown = duration(call(stamps, **UPGRADED), TURNOUT)
    assert (unknown.seconds, unknown.priority) == (90, "P1")


def test_an_upgrade_without_its_time_has_no_clock() -> None:
    assert duration(call(STAMPS, **UPGRADED), RESPONSE).excluded == "missing"
    assert duration(call(STAMPS, 360, priority="P1"), RESPONSE).seconds == 540


def test_an_upgrade_hides_no_wrong_clock() -> None:
    wrong: dict[Clock, float] = {"t_answer": 900, "t_scene": 0}
    assert duration(call(wrong, 360, **UPGRADED), RESPONSE).excluded == "clock_skew"


def test_offsets_do_not_matter() -> None:
    shanghai = timezone(timedelta(hours=8))
    stamps: dict[Clock, datetime] = {
        "t_answer": datetime(2026, 3, 29, 0, 59, tzinfo=UTC),
        "t_scene": datetime(2026, 3, 29, 9, 10, tzinfo=shanghai),
    }
    assert duration(Call(at=stamps), RESPONSE).seconds == 660


# --- statistics ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "rank"),
    [(1, 1), (2, 2), (5, 5), (9, 9), (10, 9), (11, 10), (19, 18), (20, 18), (100, 90)],
)
def test_trap_27_the_90th_is_the_nearest_rank(n: int, rank: int) -> None:
    assert nearest_rank([float(value) for value in range(1, n + 1)], 90) == rank


def test_other_ranks() -> None:
    assert nearest_rank([1, 2, 3, 4], 50) == 2
    assert nearest_rank([1, 2, 3, 4], 51) == 3
    assert nearest_rank([1, 2, 3, 4], 100) == 4


def test_trap_27_missing_stamps_and_skewed_clocks_are_counted_and_left_out() -> None:
    found = summarise(seconds(3, None, -1, 5, None, 0))
    assert (found.n, found.excluded["missing"], found.excluded["clock_skew"]) == (3, 2, 1)
    assert (found.completeness_pct, found.median_s, found.mean_s) == (50, 3, 2.666667)
    assert found.cancel_rate_pct == 0


def test_nothing_is_none_and_not_0() -> None:
    found = summarise([])
    assert found.n == 0
    assert dict(found.excluded) == dict.fromkeys(EXCLUDED, 0)
    assert (found.completeness_pct, found.cancel_rate_pct) == (None, None)
    assert (found.median_s, found.mean_s, found.p90_s) == (None, None, None)
    assert (nearest_rank([], 90), share_pct(0, 0), share_pct(0, 4)) == (None, None, 0)


def test_shares_of_a_mixed_day() -> None:
    late = [call({"t_dispatch": 0}) for _ in range(2)]
    usual = [call({"t_dispatch": 0, "t_enroute": second}) for second in (60, 90, 200)]
    wrong = call({"t_dispatch": 9, "t_enroute": 0})
    off = [call({"t_dispatch": 0}, is_cancelled=True),
           call({"t_dispatch": 0, "t_enroute": 30}, is_cancelled=True)]  # fmt: skip
    apart = [call({}, kind=kind) for kind in ("abandoned", "test", "test", "duplicate")]
    gone = call({}, kind="abandoned", is_cancelled=True)
    day = [*late, *usual, wrong, *off, *apart, gone]
    found = summarise([duration(one, TURNOUT) for one in day])
    assert found.n == 4
    assert dict(found.excluded) == {
        "missing": 2,
        "clock_skew": 1,
        "cancelled": 1,
        "abandoned": 2,
        "test": 2,
        "duplicate": 1,
    }
    assert found.completeness_pct == pytest.approx(100 * 4 / 7, abs=1e-6)
    assert found.cancel_rate_pct == 25
    assert (found.median_s, found.mean_s, found.p90_s) == (75, 95, 200)


def test_binary_noise_breaks_no_standard() -> None:
    found = summarise(seconds(0.1, 0.2, 0.3))
    assert found.mean_s == 0.2


@given(st.lists(st.none() | st.integers(-50, 5000), max_size=60))
def test_every_call_is_counted_once(values: Sequence[int | None]) -> None:
    found = summarise(seconds(*values))
    assert found.n + sum(found.excluded.values()) == len(values)
    valid = sorted(value for value in values if value is not None and value >= 0)
    assert found.n == len(valid)
    if valid:
        assert found.p90_s in valid
        assert sum(value <= (found.p90_s or 0) for value in valid) >= Fraction(9, 10) * len(valid)
        assert sum(value < (found.p90_s or 0) for value in valid) < Fraction(9, 10) * len(valid)
        assert valid[0] <= (found.median_s or 0) <= valid[-1]


# --- standards -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "interval", "priority", "criteria", "mark"),
    [
        ("cn_answer", "answer", None, [("share", 10, 95)], "source"),
        ("cn_turnout", "turnout", None, [("share", 180, 95)], "source"),
        ("beijing_response", "response", None, [("mean", 900, 100)], "source"),
        ("arp_c1", "arp_response", "P1", [("mean", 420, 100), ("p90", 900, 100)], "source"),
        ("arp_c2", "arp_response", "P2", [("mean", 1080, 100), ("p90", 2400, 100)], "source"),
        ("arp_c3", "arp_response", "P3", [("p90", 7200, 100)], "source"),
        ("arp_c4", "arp_response", "P4", [("p90", 10800, 100)], "source"),
        ("nfpa_1225_answer", "answer", None, [("share", 10, 90)], "source"),
        ("nfpa_1225_answer_quoted", "answer", None, [("share", 15, 90), ("share", 20, 95)], "GK"),
        ("nfpa_1225_process", "process", None, [("share", 60, 90)], "source"),
        ("nena_answer", "answer", None, [("share", 15, 90), ("share", 20, 95)], "source"),
        ("north_carolina_answer", "answer", None, [("share", 10, 90), ("share", 20, 95)], "source"),
        ("nfpa_1221_answer", "answer", None, [("share", 15, 95), ("share", 40, 99)], "source"),
        ("nfpa_1710_process", "process", None, [("share", 64, 90)], "source"),
        ("nfpa_1710_travel", "travel", None, [("share", 240, 90)], "source"),
    ],
)
def test_the_table_of_standards(
    name: str, interval: str, priority: str | None, criteria: list[Any], mark: str
) -> None:
    one: Standard = STANDARDS[name]
    assert (one.interval, one.priority, one.mark) == (interval, priority, mark)
    assert [(c.measure, c.limit_s, c.share_pct) for c in one.criteria] == criteria
    assert one.source
    assert len(STANDARDS) == 15


def test_goals_are_said_with_their_mark() -> None:
    assert [goal.mark for goal in GOALS] == [*["source"] * 2, *["GK"] * 4, *["source"] * 4]
    assert all(goal.who and goal.what and goal.source for goal in GOALS)


def test_a_share_and_its_edge() -> None:
    assert kept("cn_turnout", *[180] * 19, 181) is True
    assert kept("cn_turnout", *[180] * 18, 181) is False
    assert kept("cn_answer", 10) is True
    assert kept("cn_answer", 10.1) is False
    assert kept("nena_answer", *[15] * 18, 20, 21) is True
    assert kept("nena_answer", *[15] * 18, 21, 21) is False  # 90 % within 15, 90 % within 20
    assert kept("nena_answer", *[15] * 17, 20, 20, 20) is False
    assert kept("cn_answer") is None


def test_a_mean_a_90th_and_their_edges() -> None:
    assert kept("arp_c1", 420) is True
    assert kept("arp_c1", 420.1) is False
    assert kept("arp_c1", *[300] * 8, 900, 900) is True
    assert kept("arp_c1", *[300] * 8, 901, 901) is False
    assert kept("arp_c3", 7200) is True
    assert kept("arp_c3", 7201) is False
    assert kept("beijing_response", 900, 900) is True
    assert kept("beijing_response", 900, 901) is False


def test_what_was_found_is_told() -> None:
    found = seconds(3, 12)
    told = check(STANDARDS["cn_answer"].criteria, counted(found), summarise(found))
    assert [(one.found, one.is_met) for one in told] == [(50, False)]
    told = check(STANDARDS["arp_c1"].criteria, (), summarise([]))
    assert [(one.found, one.is_met) for one in told] == [(None, None), (None, None)]
    assert is_kept(told) is None
    assert is_kept(()) is None
    assert within([1, 10, 10.5], 10) == 2


def test_a_limit_of_ones_own() -> None:
    (all_of_them,), (half,) = limit(10, None), limit(10, 50)
    assert (all_of_them.measure, all_of_them.limit_s, all_of_them.share_pct) == ("share", 10, 100)
    assert half.share_pct == 50
    assert limit(10, 0)[0].share_pct == 0


@pytest.mark.parametrize(
    ("interval", "priority", "name"),
    [
        ("answer", None, "cn_answer"),
        ("answer", "P1", "cn_answer"),
        ("turnout", "P4", "cn_turnout"),
        ("process", "P1", None),
        ("response", "P1", None),
        ("arp_response", "P1", "arp_c1"),
        ("arp_response", "P2", "arp_c2"),
        ("arp_response", "P3", "arp_c3"),
        ("arp_response", "P4", "arp_c4"),
        ("arp_response", None, None),
        ("", None, None),
    ],
)
def test_the_countys_standards(interval: str, priority: Any, name: str | None) -> None:
    found = QualityPolicy().standard_for(interval, priority)
    assert (None if found is None else found.name) == name


def test_a_county_may_choose_otherwise() -> None:
    own = QualityPolicy(by_interval=(("answer", "nena_answer"),), by_priority=())
    assert own.standard_for("answer", None) == STANDARDS["nena_answer"]
    assert own.standard_for("turnout", None) is None
    assert own.standard_for("arp_response", "P1") is None
