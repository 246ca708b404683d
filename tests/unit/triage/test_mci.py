"""START, JumpSTART and SALT: every branch, every open answer, every slip."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.triage import mci
from dispatch.triage.mci import (
    Algorithm,
    Casualty,
    Step,
    algorithm_for,
    global_sort,
    outcomes,
    sort,
)

LIES: dict[str, Any] = {"walks": False, "breathes": True}
START: dict[str, Any] = LIES | {"resp_rate_per_min": 20, "has_distal_pulse": True, "obeys": True}
CHILD: dict[str, Any] = LIES | {"resp_rate_per_min": 30, "has_distal_pulse": True, "avpu": "A"}
SALT: dict[str, Any] = {
    "breathes_after_lsi": True,
    "obeys": True,
    "has_pulse": True,
    "has_distress": False,
    "is_bleeding_controlled": True,
    "is_minor": False,
}


def said(algorithm: Algorithm, **seen: Any) -> str:
    found = sort(algorithm, Casualty(**seen))
    assert (found.category is None) != (found.ask is None)
    return found.category or f"NEED:{found.ask}"


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, "YELLOW"),
        ({"walks": True}, "GREEN"),
        ({"walks": None}, "NEED:walk"),
        ({"breathes": None}, "NEED:breathing"),
        ({"resp_rate_per_min": 30}, "YELLOW"),
        ({"resp_rate_per_min": 30.1}, "RED"),
        ({"resp_rate_per_min": 31}, "RED"),
        ({"resp_rate_per_min": 4}, "YELLOW"),
        ({"resp_rate_per_min": None}, "NEED:rr"),
        ({"has_distal_pulse": False}, "RED"),
        ({"has_distal_pulse": None}, "NEED:perfusion"),
        ({"has_distal_pulse": None, "capillary_refill_s": 2}, "YELLOW"),
        ({"has_distal_pulse": None, "capillary_refill_s": 2.1}, "RED"),
        ({"capillary_refill_s": 2.1}, "RED"),
        ({"has_distal_pulse": False, "capillary_refill_s": 1}, "RED"),
        ({"has_distal_pulse": None, "capillary_refill_s": 0}, "YELLOW"),
        ({"obeys": False}, "RED"),
        ({"obeys": None}, "NEED:mental"),
        ({"obeys": None, "avpu": "A"}, "NEED:mental"),
        ({"resp_rate_per_min": None, "has_distal_pulse": False}, "RED"),  # waits for no count
        ({"resp_rate_per_min": None, "obeys": False}, "RED"),
    ],
)
def test_start(changes: dict[str, Any], answer: str) -> None:
    assert said("START", **START | changes) == answer


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, "YELLOW"),
        ({"walks": True}, "GREEN"),
        ({"walks": None}, "NEED:walk"),
        ({"breathes": None}, "NEED:breathing"),
        ({"resp_rate_per_min": 14}, "RED"),
        ({"resp_rate_per_min": 14.9}, "RED"),
        ({"resp_rate_per_min": 15}, "YELLOW"),
        ({"resp_rate_per_min": 45}, "YELLOW"),
        ({"resp_rate_per_min": 45.1}, "RED"),
        ({"resp_rate_per_min": 46}, "RED"),
        ({"resp_rate_per_min": None}, "NEED:rr"),
        ({"has_distal_pulse": False}, "RED"),
        ({"has_distal_pulse": None}, "NEED:perfusion"),
        ({"has_distal_pulse": None, "capillary_refill_s": 1}, "NEED:perfusion"),
        ({"capillary_refill_s": 9}, "YELLOW"),
        ({"avpu": "V"}, "YELLOW"),
        ({"avpu": "P_appropriate"}, "YELLOW"),
        ({"avpu": "P_inappropriate"}, "RED"),
        ({"avpu": "U"}, "RED"),
        ({"avpu": "P"}, "NEED:mental"),
        ({"avpu": None}, "NEED:mental"),
        ({"avpu": None, "obeys": True}, "NEED:mental"),
        ({"resp_rate_per_min": None, "avpu": "U"}, "RED"),
    ],
)
def test_jumpstart(changes: dict[str, Any], answer: str) -> None:
    assert said("JumpSTART", **CHILD | changes) == answer


NOT_BREATHING: dict[str, Any] = {"walks": False, "breathes": False}


@pytest.mark.parametrize(
    ("seen", "start", "child"),
    [
        ({}, "NEED:open_airway", "NEED:open_airway"),
        ({"breathes_after_airway": True}, "RED", "RED"),
        ({"breathes_after_airway": False}, "BLACK", "NEED:pulse"),
        ({"breathes_after_airway": False, "has_pulse": False}, "BLACK", "BLACK"),
        ({"breathes_after_airway": False, "has_pulse": True}, "BLACK", "NEED:five_breaths"),
        ({"breathes_after_airway": False, "has_distal_pulse": True}, "BLACK", "NEED:five_breaths"),
        ({"breathes_after_airway": False, "has_distal_pulse": False}, "BLACK", "NEED:pulse"),
        (
            {"breathes_after_airway": False, "has_pulse": False, "has_distal_pulse": True},
            "BLACK",
            "BLACK",
        ),
        (
            {"breathes_after_airway": False, "has_pulse": True, "breathes_after_breaths": True},
            "BLACK",
            "RED",
        ),
        (
            {"breathes_after_airway": False, "has_pulse": True, "breathes_after_breaths": False},
            "BLACK",
            "BLACK",
        ),
        ({"breathes_after_airway": False, "breathes_after_breaths": False}, "BLACK", "BLACK"),
        ({"walks": None}, "NEED:open_airway", "NEED:open_airway"),
    ],
)
def test_not_breathing(seen: dict[str, Any], start: str, child: str) -> None:
    assert said("START", **NOT_BREATHING | seen) == start
    assert said("JumpSTART", **NOT_BREATHING | seen) == child


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, "YELLOW"),
        ({"is_minor": True}, "GREEN"),
        ({"is_minor": None}, "NEED:minor"),
        ({"breathes_after_lsi": False}, "BLACK"),
        ({"breathes_after_lsi": None}, "NEED:lsi"),
        ({"obeys": False, "is_survivable": True}, "RED"),
        ({"obeys": False, "is_survivable": False}, "GREY"),
        ({"obeys": False}, "NEED:survival"),
        ({"has_pulse": False, "is_survivable": True}, "RED"),
        ({"has_pulse": False, "is_survivable": False}, "GREY"),
        ({"has_distress": True, "is_survivable": True}, "RED"),
        ({"has_distress": True, "is_survivable": False}, "GREY"),
        ({"is_bleeding_controlled": False, "is_survivable": True}, "RED"),
        ({"is_bleeding_controlled": False, "is_survivable": False}, "GREY"),
        ({"obeys": None}, "NEED:mental"),
        ({"has_pulse": None}, "NEED:pulse"),
        ({"has_pulse": None, "has_distal_pulse": True}, "YELLOW"),
        ({"has_pulse": None, "has_distal_pulse": False}, "NEED:survival"),
        ({"has_pulse": False, "has_distal_pulse": True}, "NEED:survival"),
        ({"has_distress": None}, "NEED:distress"),
        ({"is_bleeding_controlled": None}, "NEED:bleeding"),
        ({"obeys": None, "has_distress": True}, "NEED:survival"),
        ({"obeys": None, "has_pulse": False, "is_survivable": True}, "RED"),
        ({"obeys": None, "has_pulse": None, "is_survivable": True}, "NEED:mental"),
        ({"walks": True}, "YELLOW"),
    ],
)
def test_salt(changes: dict[str, Any], answer: str) -> None:
    assert said("SALT", **SALT | changes) == answer


def test_trap_19_airway_before_black_and_5_breaths_against_2() -> None:
    assert said("START", **NOT_BREATHING) == "NEED:open_airway"
    assert said("JumpSTART", **NOT_BREATHING) == "NEED:open_airway"
    assert (mci.JUMPSTART_BREATHS, mci.SALT_CHILD_BREATHS) == (5, 2)
    assert "five_breaths" in asks(mci.TREES["JumpSTART"])
    assert "five_breaths" not in asks(mci.TREES["START"]) | asks(mci.TREES["SALT"])


def asks(here: Step | str) -> set[str]:
    return {here.ask} | asks(here.yes) | asks(here.no) if isinstance(here, Step) else set()


@pytest.mark.parametrize("algorithm", ["START", "JumpSTART"])
def test_a_slip_is_refused(algorithm: Algorithm) -> None:
    with pytest.raises(BadPayload, match=r"^contradiction: walks but does not breathe$"):
        sort(algorithm, Casualty(walks=True, breathes=False))
    with pytest.raises(BadPayload, match=r"^contradiction: walks but does not breathe$"):
        sort(algorithm, Casualty(walks=True, resp_rate_per_min=0))
    with pytest.raises(BadPayload, match=r"^contradiction: breathing at a rate of 0/min$"):
        sort(algorithm, Casualty(walks=False, breathes=True, resp_rate_per_min=0))


def test_a_rate_of_zero_is_not_breathing() -> None:
    for breathes in (None, False):
        seen = Casualty(walks=False, breathes=breathes, resp_rate_per_min=0, obeys=True)
        assert sort("START", seen).ask == "open_airway"


def test_which_protocol_for_whom() -> None:
    assert (algorithm_for(True), algorithm_for(False)) == ("JumpSTART", "START")


@pytest.mark.parametrize(
    ("walks", "waves", "has_threat", "rank"),
    [
        (True, None, False, 3),
        (True, True, False, 3),
        (True, None, None, None),
        (True, True, True, 1),
        (False, True, False, 2),
        (False, True, None, None),
        (False, False, None, 1),
        (False, False, False, 1),
        (False, None, False, None),
        (None, True, False, None),
        (None, None, True, 1),
        (None, None, None, None),
    ],
)
def test_global_sort(
    walks: bool | None, waves: bool | None, has_threat: bool | None, rank: int | None
) -> None:
    assert global_sort(walks, waves, has_threat) == rank


def test_nemsis_codes() -> None:
    assert mci.NEMSIS == {
        "RED": "2708001",
        "YELLOW": "2708003",
        "GREEN": "2708005",
        "GREY": "2708007",
        "BLACK": "2708009",
    }


UNKNOWN = (None, True, False)


@pytest.mark.parametrize("algorithm", list(mci.TREES))
def test_every_state_of_knowledge_ends_in_a_colour_or_a_useful_question(
    algorithm: Algorithm,
) -> None:
    tree = mci.TREES[algorithm]
    names = sorted(asks(tree))
    for state in itertools.product(UNKNOWN, repeat=len(names)):
        answers: Any = dict(zip(names, state, strict=True))
        asked = mci._next_ask(tree, answers)
        ends = outcomes(tree, answers)
        assert (asked is None) == (len(ends) == 1)
        if asked is not None:
            assert answers[asked] is None
            sides = [outcomes(tree, answers | {asked: side}) for side in (True, False)]
            assert sides[0] != sides[1] and sides[0] | sides[1] == ends


SEEN = st.fixed_dictionaries(
    {
        "walks": st.sampled_from(UNKNOWN),
        "breathes": st.sampled_from(UNKNOWN),
        "breathes_after_airway": st.sampled_from(UNKNOWN),
        "breathes_after_breaths": st.sampled_from(UNKNOWN),
        "resp_rate_per_min": st.none() | st.integers(1, 60),
        "has_distal_pulse": st.sampled_from(UNKNOWN),
        "obeys": st.sampled_from(UNKNOWN),
        "has_pulse": st.sampled_from(UNKNOWN),
        "avpu": st.sampled_from((None, "A", "V", "P_appropriate", "P_inappropriate", "P", "U")),
        "breathes_after_lsi": st.sampled_from(UNKNOWN),
        "has_distress": st.sampled_from(UNKNOWN),
        "is_bleeding_controlled": st.sampled_from(UNKNOWN),
        "is_minor": st.sampled_from(UNKNOWN),
        "is_survivable": st.sampled_from(UNKNOWN),
    }
)


@given(st.sampled_from(list(mci.TREES)), SEEN, st.data())
def test_an_answer_less_never_contradicts(
    algorithm: Algorithm, seen: dict[str, Any], data: st.DataObject
) -> None:
    if seen["walks"] and seen["breathes"] is False:
        return  # refused
    if seen["has_pulse"] is not None:
        seen |= {"has_distal_pulse": None}  # in SALT both are the same pulse and may not disagree
    dropped = data.draw(st.sampled_from(sorted(seen)))
    whole = sort(algorithm, Casualty(**seen)).category
    less = sort(algorithm, Casualty(**seen | {dropped: None})).category
    assert less is None or less == whole


@given(SEEN, st.integers(1, 60))
def test_a_faster_adult_is_never_less_urgent(seen: dict[str, Any], faster: int) -> None:
    rate = seen["resp_rate_per_min"]
    if rate is None or (seen["walks"] and seen["breathes"] is False):
        return
    rank = {"GREEN": 0, "YELLOW": 1, "RED": 2, "BLACK": 3, None: 1}
    before = sort("START", Casualty(**seen)).category
    after = sort("START", Casualty(**seen | {"resp_rate_per_min": rate + faster})).category
    assert rank[after] >= rank[before]
