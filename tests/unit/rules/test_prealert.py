"""The colour of a pre-alert and the clock of a transfer, as cases."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.model import Rule
from dispatch.rules.page import page
from dispatch.rules.prealert import PREALERT_COLOUR, TRANSFER_CLOCK
from dispatch.rules.read import read_case


def ask(rule: Rule, **given: Any) -> dict[str, Any]:
    values, ignored = read_case(rule, given)
    assert not ignored
    return rule.evaluate(values)


def said(rule: Rule, **given: Any) -> tuple[str, str]:
    values, _ignored = read_case(rule, given)
    words = rule.explain(values, rule.evaluate(values))
    return words.zh, words.en


ROWS: list[tuple[dict[str, Any], str, list[str]]] = [
    ({}, "green", []),
    ({"immediate": True}, "red", ["immediate"]),
    ({"immediate": False}, "green", []),
    ({"priority": "P1"}, "red", ["priority_p1"]),
    ({"priority": "p2", "level": "none"}, "green", []),
    ({"priority": "P2"}, "yellow", ["emergency_unscored"]),
    ({"priority": "P2", "news2": 0}, "green", []),
    ({"priority": "P2", "news2": 1}, "green", []),
    ({"news2": 4}, "green", []),
    ({"news2": 5}, "yellow", ["news2"]),
    ({"news2": 6}, "yellow", ["news2"]),
    ({"news2": 7}, "red", ["news2"]),
    ({"news2": 3, "single_3": True}, "yellow", ["news2"]),
    ({"single_3": True}, "yellow", ["news2"]),
    ({"single_3": True, "level": "low"}, "yellow", ["news2"]),
    ({"single_3": True, "level": "none"}, "yellow", ["news2"]),
    ({"single_3": True, "level": "emergency"}, "red", ["news2"]),
    ({"single_3": False}, "green", []),
    ({"level": "urgent_ward"}, "yellow", ["news2"]),
    ({"level": "urgent"}, "yellow", ["news2"]),
    ({"level": "emergency"}, "red", ["news2"]),
    ({"level": "urgent", "news2": 1}, "yellow", ["news2"]),
    ({"level": "urgent_ward", "news2": 1}, "yellow", ["news2"]),
    ({"level": "emergency", "news2": 1}, "red", ["news2"]),
    ({"level": "low", "news2": 1}, "green", []),
    ({"npews": 4}, "green", []),
    ({"npews": 5}, "yellow", ["npews"]),
    ({"npews": 8}, "yellow", ["npews"]),
    ({"npews": 9}, "red", ["npews"]),
    ({"npews": 0, "avpu": "P"}, "red", ["unresponsive"]),
    ({"acvpu": "u"}, "red", ["unresponsive"]),
    ({"acvpu": "V"}, "green", []),
    ({"mewc": True}, "red", ["mewc"]),
    ({"mewc": False}, "green", []),
    ({"stemi": True}, "red", ["pathway"]),
    ({"stemi": False}, "green", []),
    ({"stroke": True, "lkw_h": 24}, "red", ["pathway"]),
    ({"stroke": True, "lkw_h": 24.1}, "green", []),
    ({"stroke": True}, "red", ["pathway"]),
    ({"stroke": True, "lkw_h": 0}, "red", ["pathway"]),
    ({"stroke": False, "lkw_h": 1}, "green", []),
    ({"trauma": "red"}, "red", ["pathway"]),
    ({"trauma": "yellow"}, "yellow", ["pathway"]),
    ({"trauma": "none"}, "green", []),
    ({"trauma": "indeterminate"}, "yellow", ["centre_suspected"]),
    ({"alert": "red"}, "red", ["pathway"]),
    ({"alert": "yellow"}, "yellow", ["pathway"]),
    ({"alert": "green"}, "green", []),
    ({"alert": "green", "trauma": "yellow"}, "yellow", ["pathway"]),
    ({"stroke": True, "lkw_h": 30, "trauma": "yellow", "npews": 5}, "yellow", ["npews", "pathway"]),
    ({"stemi": True, "npews": 5, "priority": "P1"}, "red", ["priority_p1", "pathway"]),
]


@pytest.mark.parametrize(("given_case", "colour", "because"), ROWS)
def test_the_colour(given_case, colour, because):
    result = ask(PREALERT_COLOUR, **given_case)
    assert (result["colour"], result["because"]) == (colour, because)


def test_what_is_not_told_may_be_graver():
    assert ask(PREALERT_COLOUR)["missing"] == ["priority", "acvpu", "immediate", "news2"]
    assert ask(PREALERT_COLOUR)["decided"] is False
    whole = {"priority": "P3", "acvpu": "A", "immediate": False}
    for score in ({"news2": 0}, {"npews": 0}, {"level": "low"}):
        result = ask(PREALERT_COLOUR, **whole, **score)
        assert (result["decided"], result["missing"]) == (True, [])
    assert ask(PREALERT_COLOUR, **whole)["missing"] == ["news2"]
    yellow = ask(PREALERT_COLOUR, trauma="yellow")
    assert (yellow["decided"], len(yellow["missing"])) == (False, 4)
    red = ask(PREALERT_COLOUR, stemi=True)
    assert (red["decided"], red["missing"]) == (True, [])


def test_the_colour_in_words():
    assert said(PREALERT_COLOUR, stemi=True, npews=9) == (
        "预警红色：NPEWS、专科路径确认。",
        "Pre-alert red: NPEWS, confirmed by a pathway.",
    )
    assert said(PREALERT_COLOUR, news2=0, priority="P3", acvpu="A") == (
        "预警绿色。尚不知：immediate，可能更重。",
        "Pre-alert green. Not known: immediate; it may be graver.",
    )
    for case, *_rest in ROWS:
        zh, en = said(PREALERT_COLOUR, **case)
        assert zh.startswith("预警")
        assert en.startswith("Pre-alert")


ORDER = ["green", "yellow", "red"]
KNOWN = st.fixed_dictionaries(
    {},
    optional={
        "immediate": st.booleans(),
        "priority": st.sampled_from(["P1", "P3", "P4"]),
        "level": st.sampled_from(["emergency", "urgent", "urgent_ward", "low", "none"]),
        "news2": st.integers(0, 20),
        "npews": st.integers(0, 27),
        "acvpu": st.sampled_from("ACVPU"),
        "mewc_trigger": st.booleans(),
        "stemi": st.booleans(),
        "trauma": st.sampled_from(["red", "yellow", "none"]),
    },
)


@given(case=KNOWN, data=st.data())
def test_a_missing_value_never_makes_it_graver_than_the_whole(case, data):
    left = {name: case[name] for name in case if data.draw(st.booleans())}
    whole, partial = ask(PREALERT_COLOUR, **case), ask(PREALERT_COLOUR, **left)
    assert ORDER.index(partial["colour"]) <= ORDER.index(whole["colour"])
    if partial["decided"]:
        assert partial["colour"] == "red" or not partial["missing"]


IN = "2026-03-01T08:00:00+08:00"


def _at(minutes: int) -> str:
    return f"2026-03-01T08:{minutes:02}:00+08:00"


CLOCKS = [
    ({"at": _at(19)}, (1140, "none", True, "sender")),
    ({"at": _at(20), "sender_decided": _at(3)}, (1200, "warning", True, "receiver")),
    ({"at": _at(30), "sender_decided": _at(3), "receiver_accepted": _at(5)},
     (1800, "alarm", True, "departure")),
    ({"at": _at(55), "door_out": _at(31)}, (1860, "alarm", False, "nothing")),
    ({"door_out": _at(10)}, (600, "none", False, "nothing")),
    ({"at": "2026-03-01T00:25:00Z"}, (1500, "warning", True, "sender")),
]  # fmt: skip


@pytest.mark.parametrize(("given_case", "expected"), CLOCKS)
def test_the_clock(given_case, expected):
    result = ask(TRANSFER_CLOCK, door_in=IN, **given_case)
    names = ("elapsed_s", "stage", "running", "waits_for")
    assert tuple(result[name] for name in names) == expected
    assert (result["standard_s"], result["over_standard"], result["skewed"]) == (None, None, False)


def test_the_standard_of_a_centre_and_clocks_that_run_backwards():
    late = ask(TRANSFER_CLOCK, door_in=IN, door_out=_at(31), centre="chest_pain")
    assert (late["standard_s"], late["over_standard"]) == (1800, True)
    stroke = ask(TRANSFER_CLOCK, door_in=IN, door_out=_at(31), centre="stroke")
    assert (stroke["standard_s"], stroke["over_standard"]) == (5400, False)
    back = ask(TRANSFER_CLOCK, door_in=_at(9), at=_at(8))
    assert (back["elapsed_s"], back["skewed"]) == (0, True)


def test_a_running_clock_wants_to_know_the_time():
    with pytest.raises(BadPayload, match="at: the time of asking is needed"):
        ask(TRANSFER_CLOCK, door_in=IN)
    with pytest.raises(BadPayload, match="door_in"):
        ask(TRANSFER_CLOCK, at=IN)


def test_the_clock_in_words():
    assert said(TRANSFER_CLOCK, door_in=IN, at=_at(20)) == (
        "转出停留 0:20:00：需要关注，等待转出医院决定。",
        "Door in to door out 0:20:00: warning, waiting for the sender's decision.",
    )
    for case, (_seconds, stage, _running, waits) in CLOCKS:
        zh, en = said(TRANSFER_CLOCK, door_in=IN, **case)
        assert {"none": "in time", "warning": "warning", "alarm": "alarm"}[stage] in en
        assert {"none": "在时限内", "warning": "需要关注", "alarm": "超时报警"}[stage] in zh
        assert {"sender": "sender", "receiver": "receiver", "departure": "for the departure",
                "nothing": "departed"}[waits] in en  # fmt: skip


def test_the_numbers_stand_on_the_page():
    text = page((PREALERT_COLOUR, TRANSFER_CLOCK))
    assert "| NEWS2 | 5, or a single 3 | 7 |" in text
    assert "| NPEWS | 5 | 9 |" in text
    assert "| last known well |  | up to 24 h, or unknown |" in text
    assert "| warning from | 1200 |" in text
    assert "| alarm from | 1800 |" in text
    assert "| standard, stroke | 5400 |" in text
