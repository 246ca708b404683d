"""The intervals rule as a case asks for it: O1-O10, ways of giving calls, words, refusals."""

from typing import Any

import pytest

from dispatch.errors import BadPayload
from dispatch.quality.intervals import CLOCKS, EXCLUDED, INTERVALS
from dispatch.quality.standards import GOALS, STANDARDS
from dispatch.rules.intervals import INTERVAL_RULE, RULES
from dispatch.rules.read import read_case

O1 = [3, 4, 5, 6, 7, 8, 9, 10, 11, 40]


def ask(**given_: Any) -> dict[str, Any]:
    values, ignored = read_case(INTERVAL_RULE, given_)
    assert not ignored
    return INTERVAL_RULE.evaluate(values)


def said(**given_: Any) -> tuple[str, str]:
    values, _ignored = read_case(INTERVAL_RULE, given_)
    words = INTERVAL_RULE.explain(values, INTERVAL_RULE.evaluate(values))
    return words.zh, words.en


def refused(**given_: Any) -> str:
    with pytest.raises(BadPayload) as error:
        ask(**given_)
    return str(error.value)


# --- the rows of the reference ---------------------------------------------------------------


def test_o1_ten_calls_answered() -> None:
    for given_ in (
        {"values_s": O1, "interval": "answer"},
        {"values": O1, "interval": "接听"},
        {"seconds": O1, "standard_s": 10, "standard_pct": 95},
    ):
        found = ask(**given_)
        assert (found["within_n"], found["within_pct"], found["compliant"]) == (8, 80, False)
        assert (found["p90_s"], found["mean_s"], found["median_s"]) == (11, 10.3, 7.5)
        assert found["checks"] == [
            {"measure": "share", "limit_s": 10, "share_pct": 95, "found": 80, "met": False}
        ]


def test_o2_exactly_the_limit_keeps_it() -> None:
    assert ask(value_s=10, interval="answer")["compliant"] is True
    assert ask(value_s=10, standard_s=10)["compliant"] is True
    assert ask(value_s=10.1, standard_s=10)["compliant"] is False


def test_o3_three_minutes_to_leave() -> None:
    assert ask(interval="出车", value_s=180)["compliant"] is True
    assert ask(interval="turnout", value_s=181)["compliant"] is False
    stamps = {"t_dispatch": "2026-11-23T09:00:00+08:00"}
    assert ask(**stamps, t_enroute="2026-11-23T09:03:00+08:00")["compliant"] is True
    assert ask(**stamps, t_enroute="2026-11-23T09:03:01+08:00")["compliant"] is False


def test_o4_a_skewed_clock() -> None:
    found = ask(t_dispatch="2026-11-23T09:00:00Z", t_enroute="2026-11-23T08:59:59Z")
    assert (found["interval"], found["n"], found["excluded"]["clock_skew"]) == ("turnout", 0, 1)
    assert (found["mean_s"], found["compliant"]) == (None, None)
    assert ask(values_s=[-1])["excluded"]["clock_skew"] == 1


def test_o5_one_stamp_missing_of_twenty() -> None:
    calls: list[dict[str, Any]] = [
        {"id": n, "priority": "P1", "t_answer": 0, "t_scene": 400 + n} for n in range(19)
    ]
    calls.append({"id": 19, "priority": "P1", "t_answer": 0, "t_scene": None})
    found = ask(calls=calls, interval="response")
    assert (found["n"], found["completeness_pct"], found["excluded"]["missing"]) == (19, 95, 1)
    assert (found["median_s"], found["unknown"]) == (409, [])
    assert ask(values_s=[*range(19), None])["completeness_pct"] == 95


def test_o6_category_1() -> None:
    found = ask(values_min=[5, 6, 7, 8, 9], category="C1")
    assert (found["standard"], found["compliant"], found["interval"]) == ("arp_c1", True, None)
    assert (found["mean_s"], found["mean_min"], found["p90_s"], found["p90_min"]) == (
        420,
        7,
        540,
        9,
    )
    assert found["median_min"] == 7
    assert [one["met"] for one in found["checks"]] == [True, True]
    assert [one["share_pct"] for one in found["checks"]] == [None, None]
    assert (found["within_n"], found["within_pct"]) == (None, None)
    late = ask(values_min=[5, 6, 7, 8, 9.1], category="Cat 1")
    assert [one["met"] for one in late["checks"]] == [False, True]
    assert late["compliant"] is False


def test_o7_cancelled_before_the_scene() -> None:
    stamps = {"t_answer": "2026-11-23T09:00:00Z", "t_dispatch": "2026-11-23T09:01:00Z"}
    for way in ({"cancelled": True}, {"canceled": True}, {"kind": "cancelled"}):
        found = ask(interval="response", **stamps, **way)
        assert (found["n"], found["mean_s"], found["cancel_rate_pct"]) == (0, None, 100)
        assert (found["excluded"]["cancelled"], found["completeness_pct"]) == (1, None)
        assert ask(interval="process", **stamps, **way)["mean_s"] == 60
    assert ask(interval="response", **stamps, cancelled=False)["excluded"]["missing"] == 1


def test_o8_upgraded_after_six_minutes() -> None:
    found = ask(
        interval="response",
        priority="P1",
        upgraded_from="P3",
        t_answer="2026-11-23T09:00:00+08:00",
        upgraded_at="2026-11-23T09:06:00+08:00",
        t_scene="2026-11-23T09:15:00+08:00",
    )
    assert (found["mean_s"], found["groups"][0]["priority"]) == (540, "P1")
    assert found["upgraded"] == [{"call": 0, "interval_s": 540, "original_s": 900}]
    arp = ask(
        interval="arp",
        calls=[
            {"t_priority": 0, "t_scene": 700, "priority": "P1"},
            {"t_priority": 60, "t_scene": 960, "upgraded_at": 420, "priority": "P1",
             "upgraded_from": "P3"},
        ],
    )  # fmt: skip
    assert (arp["mean_s"], arp["standard"], arp["compliant"]) == (620, "arp_c1", False)
    assert arp["upgraded"] == [{"call": 1, "interval_s": 540, "original_s": 900}]


def test_o9_stored_in_utc_and_shown_in_the_countys_time() -> None:
    found = ask(
        interval="response",
        t_answer="2026-03-29T02:59:00+02:00",
        t_scene="2026-03-29T09:10:00+08:00",
    )
    assert found["mean_s"] == 660
    assert found["times"] == {
        "t_answer": {"utc": "2026-03-29T00:59:00+00:00", "shown": "2026-03-29T08:59:00+08:00"},
        "t_scene": {"utc": "2026-03-29T01:10:00+00:00", "shown": "2026-03-29T09:10:00+08:00"},
    }
    assert refused(t_answer="2026-03-29T02:59:00").startswith("invalid_field: t_answer")


def test_o10_nothing_is_null_and_not_0() -> None:
    for given_ in ({"values_s": []}, {"values_min": []}, {"calls": []}, {"values_s": [None]}):
        found = ask(**given_, standard_s=10)
        for name in ("median_s", "mean_s", "p90_s", "median_min", "mean_min", "p90_min",
                     "within_n", "within_pct", "compliant", "cancel_rate_pct"):  # fmt: skip
            assert found[name] is None, name
    assert ask(values_s=[])["completeness_pct"] is None
    assert ask(values_s=[None])["completeness_pct"] == 0
    assert ask(calls=[], interval="answer")["interval"] == "answer"
    assert ask(calls=[])["interval"] is None


def test_trap_27_percentile_missing_stamps_and_skew_at_once() -> None:
    found = ask(values_s=[*O1, None, -3], interval="answer")
    assert (found["p90_s"], found["n"]) == (11, 10)
    assert (found["excluded"]["missing"], found["excluded"]["clock_skew"]) == (1, 1)
    assert found["completeness_pct"] == 83.333333


# --- calls -----------------------------------------------------------------------------------


def test_groups_by_priority_and_area() -> None:
    found = ask(
        interval="arp_response",
        calls=[
            {"t_priority": 0, "t_scene": 300, "priority": "P1", "area": "urban"},
            {"t_priority": 0, "t_scene": 500, "priority": "P1", "area": "rural"},
            {"t_priority": 0, "t_scene": 600, "priority": "P2", "area": "rural"},
            {"t_priority": 0, "t_scene": 700, "area": "city"},
            {"t_priority": 0, "t_scene": 800, "category": "2"},
            {"kind": "test", "priority": "P4"},
            {"call_kind": "abandoned"},
            {"kind": "duplicate", "t_priority": 0, "t_scene": 1, "priority": "P1"},
        ],
    )
    groups = [(g["priority"], g["area"], g["n"], g["mean_s"], g["standard"], g["compliant"])
              for g in found["groups"]]  # fmt: skip
    assert groups == [
        ("P1", "rural", 1, 500, "arp_c1", False),
        ("P1", "urban", 1, 300, "arp_c1", True),
        ("P2", "rural", 1, 600, "arp_c2", True),
        ("P2", None, 1, 800, "arp_c2", True),
        (None, "urban", 1, 700, None, None),
    ]
    assert (found["n"], found["standard"], found["compliant"]) == (5, None, None)
    assert found["excluded"] == dict.fromkeys(EXCLUDED, 0) | {
        "test": 1,
        "abandoned": 1,
        "duplicate": 1,
    }
    assert (found["completeness_pct"], found["cancel_rate_pct"], found["times"]) == (100, 0, None)


def test_a_call_takes_priority_and_area_of_the_case() -> None:
    found = ask(
        interval="arp_response",
        priority="P2",
        area="rural",
        calls=[
            {"t_priority": 0, "t_scene": 600},
            {"t_priority": 0, "t_scene": 60, "priority": "P1", "area": "urban"},
        ],
    )
    assert [(g["priority"], g["area"]) for g in found["groups"]] == [
        ("P1", "urban"),
        ("P2", "rural"),
    ]
    assert found["standard"] == "arp_c2"
    assert ask(interval="arp_response", calls=[], priority="P4")["standard"] == "arp_c4"


def test_excluded_calls_do_not_choose_the_standard() -> None:
    found = ask(
        interval="arp_response",
        calls=[
            {"t_priority": 0, "t_scene": 60, "priority": "P1"},
            {"kind": "test", "priority": "P3"},
        ],
    )
    assert found["standard"] == "arp_c1"


@pytest.mark.parametrize(
    ("stamps", "interval"),
    [
        (("t_ring", "t_answer"), "answer"),
        (("t_answer", "t_scene"), "response"),
        (("t_answer", "t_enroute", "t_scene"), "response"),
        (("t_priority", "t_dispatch", "t_scene"), "arp_response"),
        (("t_arrive", "t_handover"), "offload"),
    ],
)
def test_an_interval_that_is_not_named(stamps: tuple[str, ...], interval: str) -> None:
    call = {stamp: 60 * n for n, stamp in enumerate(stamps)}
    found = ask(calls=[call])
    assert (found["interval"], found["n"]) == (interval, 1)


def test_names_in_calls_that_mean_nothing_are_told() -> None:
    found = ask(
        interval="answer",
        calls=[{"id": "a", "t_ring": 0, "t_awnser": 5}, {"note": "x", "t_awnser": 1}],
    )
    assert (found["unknown"], found["excluded"]["missing"]) == (["t_awnser", "note"], 2)


def test_stamps_as_text_in_a_list() -> None:
    call = {"t_ring": "2026-11-23T01:00:00Z", "t_answer": "2026-11-23T09:00:08+08:00"}
    found = ask(calls=[call, call])
    assert (found["mean_s"], found["times"]) == (8, None)
    assert ask(calls=[{"t_ring": 0.25, "t_answer": 10.25}])["within_pct"] == 100


def test_the_countys_standard_or_one_that_is_named() -> None:
    assert ask(values_s=O1, interval="answer", standard="nena_answer")["within_pct"] == 90
    assert ask(values_s=O1, standard="nfpa_1221_answer")["standard"] == "nfpa_1221_answer"
    assert ask(values_s=O1)["standard"] is None
    assert ask(values_s=O1, interval="process", priority="P1")["standard"] is None
    assert ask(values_s=O1, priority="P3")["standard"] == "arp_c3"
    assert ask(values_s=O1, standard_s=40)["standard"] is None
    assert ask(values_s=O1, standard_s=10, standard_pct=80)["compliant"] is True
    assert ask(values_s=O1, limit_s=10, standard_pct=80.1)["compliant"] is False
    assert ask(values_s=[10, 11], standard_s=10, standard_pct=0)["compliant"] is True
    assert ask(values_s=[0], standard_s=0)["compliant"] is True


def test_the_first_and_the_last_year() -> None:
    early, late = "1900-01-01T00:00:00Z", "2200-12-31T23:59:59Z"
    assert ask(t_ring=early, t_answer=late)["n"] == 1


def test_flags_of_one_call_do_not_spoil_seconds() -> None:
    assert ask(values_s=[1], cancelled=False, kind="real")["n"] == 1


# --- words and page --------------------------------------------------------------------------


def test_in_words() -> None:
    assert said(values_s=O1, interval="answer") == (
        "接听：10 次，中位 7.5 秒，平均 10.3 秒，第 90 百分位 11 秒；未达标。",
        "ring to answer: 10 counted, median 7.5 s, mean 10.3 s, 90th 11 s;"
        " the standard is not kept.",
    )
    assert said(values_s=[10, None, None, -1], standard_s=10) == (
        "时间间隔：1 次，中位 10 秒，平均 10 秒，第 90 百分位 10 秒；达标。"
        "未计入：缺时间 2 次；时钟错误 1 次。",
        "interval: 1 counted, median 10 s, mean 10 s, 90th 10 s; the standard is kept."
        " Left out: missing 2, clock_skew 1.",
    )
    assert said(values_s=[None]) == (
        "时间间隔：没有可计入的数据。未计入：缺时间 1 次。",
        "interval: nothing to count. Left out: missing 1.",
    )
    assert said(calls=[{"t_answer": 0, "t_scene": 9}])[1].endswith("no standard applies.")


def test_the_page_shows_what_decides() -> None:
    clocks, intervals, standards, goals = INTERVAL_RULE.tables
    assert [row[0] for row in clocks.rows] == list(CLOCKS)
    assert ("t_enroute", "the unit is on its way", "出车", "eTimes.05") in clocks.rows
    assert [row[0] for row in intervals.rows] == list(INTERVALS)
    assert ("turnout", "出车", "t_dispatch", "t_enroute", "") in intervals.rows
    assert intervals.rows[9][4] == "yes"
    assert [row[0] for row in standards.rows] == list(STANDARDS)
    assert standards.rows[0][1:4] == ("answer", "", "95 % within 10 s")
    assert standards.rows[3][1:4] == (
        "arp_response",
        "P1",
        "mean at most 420 s; p90 at most 900 s",
    )
    assert len(goals.rows) == len(GOALS)
    marked = [note.text for note in INTERVAL_RULE.notes if note.mark == "GK"]
    assert any("nfpa_1225_answer_quoted" in text for text in marked)
    assert "China: 呼叫满足率 95 %" in marked
    assert not any("cn_answer" in text or "radius" in text for text in marked)
    assert RULES == (INTERVAL_RULE,)
