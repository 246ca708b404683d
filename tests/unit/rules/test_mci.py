"""The mci rule as cases: the rows of the reference, other words, and what it says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.mci import MCI, RULES
from dispatch.rules.read import read_case
from dispatch.triage import mci


def ask(**given_: Any) -> dict[str, Any]:
    values, ignored = read_case(MCI, given_)
    return MCI.evaluate(values) | {"ignored": list(ignored)}


def said(**given_: Any) -> tuple[str, str]:
    values, _ignored = read_case(MCI, given_)
    words = MCI.explain(values, MCI.evaluate(values))
    return words.zh, words.en


LIES: dict[str, Any] = {"walk": False, "breathing": True}
OPEN: dict[str, Any] = {"walk": False, "breathing": False}
SALT: dict[str, Any] = {
    "breathing_after_lsi": True, "obeys": True, "pulse": True, "distress": False,
    "bleed_ctrl": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "algo", "given_", "category"),
    [
        ("C1", "START", {"walk": True, "breathing": True}, "GREEN"),
        ("C2", "START", OPEN, "NEED:open_airway"),
        ("C3", "START", OPEN | {"breathing_after_airway": False}, "BLACK"),
        ("C4", "START", OPEN | {"breathing_after_airway": True}, "RED"),
        ("C5", "START", LIES | {"rr": 30, "radial": True, "obeys": True}, "YELLOW"),
        ("C6", "START", LIES | {"rr": 31, "radial": True, "obeys": True}, "RED"),
        ("C6 alone", "START", LIES | {"rr": 31}, "RED"),
        ("C7", "START", LIES | {"rr": 20, "radial": False}, "RED"),
        ("C8", "START", LIES | {"rr": 20, "crt": 2.0, "obeys": True}, "YELLOW"),
        ("C9", "START", LIES | {"rr": 20, "crt": 2.1, "obeys": True}, "RED"),
        ("C10", "START", LIES | {"rr": 20, "radial": True, "obeys": False}, "RED"),
        ("C11", "START", LIES | {"rr": 20, "radial": True}, "NEED:mental"),
        ("C12", "JumpSTART", {"walk": True, "breathing": True}, "GREEN"),
        ("C13", "JumpSTART", OPEN | {"after_airway": False, "pulse": False}, "BLACK"),
        ("C14", "JumpSTART", OPEN | {"after_airway": False, "pulse": True, "after5": True}, "RED"),
        ("C15", "JumpSTART", OPEN | {"after_airway": False, "pulse": True, "after5": False},
         "BLACK"),
        ("C16", "JumpSTART", OPEN | {"after_airway": True}, "RED"),
        ("C17", "JumpSTART", LIES | {"rr": 14}, "RED"),
        ("C18", "JumpSTART", LIES | {"rr": 15, "periph": True, "avpu": "A"}, "YELLOW"),
        ("C19", "JumpSTART", LIES | {"rr": 45, "periph": True, "avpu": "V"}, "YELLOW"),
        ("C20", "JumpSTART", LIES | {"rr": 46}, "RED"),
        ("C21", "JumpSTART", LIES | {"rr": 30, "periph": False}, "RED"),
        ("C22", "JumpSTART", LIES | {"rr": 30, "periph": True, "avpu": "P_appropriate"}, "YELLOW"),
        ("C23", "JumpSTART", LIES | {"rr": 30, "periph": True, "avpu": "P_inappropriate"}, "RED"),
        ("C24", "JumpSTART", LIES | {"rr": 30, "periph": True, "avpu": "U"}, "RED"),
        ("C25", "SALT", {"breathing_after_lsi": False}, "BLACK"),
        ("C26", "SALT", SALT | {"minor": True}, "GREEN"),
        ("C27", "SALT", SALT | {"minor": False}, "YELLOW"),
        ("C28", "SALT", SALT | {"obeys": False, "survivable": True}, "RED"),
        ("C29", "SALT", SALT | {"obeys": False, "survivable": False}, "GREY"),
        ("C30", "SALT", SALT | {"distress": True, "survivable": True}, "RED"),
    ],
)  # fmt: skip
def test_rows_of_the_reference(row: str, algo: str, given_: dict[str, Any], category: str) -> None:
    result = ask(algo=algo, **given_)
    assert (result["category"], result["algo"], result["ignored"]) == (category, algo, []), row


@pytest.mark.parametrize(
    ("given_", "category", "colour", "nemsis"),
    [
        ({"algo": "START", "walk": True}, "GREEN", "green", "2708005"),
        ({"algo": "START", **LIES, "rr": 20, "radial": True, "obeys": True},
         "YELLOW", "yellow", "2708003"),
        ({"algo": "START", **LIES, "rr": 40}, "RED", "red", "2708001"),
        ({"algo": "SALT", "breathing_after_lsi": False}, "BLACK", "black", "2708009"),
        ({"algo": "SALT", **SALT, "obeys": False, "survivable": False},
         "GREY", "grey", "2708007"),
        ({"algo": "START"}, "NEED:walk", None, None),
    ],
)  # fmt: skip
def test_colour_and_code(
    given_: dict[str, Any], category: str, colour: str | None, nemsis: str | None
) -> None:
    result = ask(**given_)
    assert (result["category"], result["colour"], result["nemsis"]) == (category, colour, nemsis)


def test_which_protocol() -> None:
    assert ask(algo="jumpstart", walk=True)["algo"] == "JumpSTART"
    assert ask(algorithm="Jump-START", walk=True)["algo"] == "JumpSTART"
    assert ask(looks_like_child=True, walk=True)["algo"] == "JumpSTART"
    assert ask(looks_like_child=False, walk=True)["algo"] == "START"
    assert ask(algo="salt", looks_like_child=True)["algo"] == "SALT"
    wanted = r"^missing_field: algo: one of START, JumpSTART, SALT is needed, or looks_like_child$"
    with pytest.raises(BadPayload, match=wanted):
        ask(walk=True)
    with pytest.raises(BadPayload, match=r"algo: expected one of START, JumpSTART, SALT"):
        ask(algo="MASS")


@pytest.mark.parametrize(
    ("given_", "category"),
    [
        ({"algo": "JumpSTART", **LIES, "rr": 30, "radial": True, "avpu": "posturing"}, "RED"),
        ({"algo": "JumpSTART", **LIES, "rr": 30, "periph": True, "avpu": "P"}, "NEED:mental"),
        ({"algo": "JumpSTART", **LIES, "rr": 30, "periph": True, "avpu": "p_Appropriate"},
         "YELLOW"),
        ({"algo": "JumpSTART", **OPEN, "breathing_after_airway": False, "pulse": True},
         "NEED:five_breaths"),
        ({"algo": "START", **OPEN, "after_airway": True}, "RED"),
        ({"algo": "SALT", "breathing_after_lsi": True, "obeys": False}, "NEED:survival"),
        ({"algo": "SALT", **SALT}, "NEED:minor"),
    ],
)  # fmt: skip
def test_other_words(given_: dict[str, Any], category: str) -> None:
    assert ask(**given_)["category"] == category


def test_global_sort_is_of_salt_only() -> None:
    seen = {"walk": True, "wave": True, "threat": False}
    assert ask(algo="SALT", **seen)["look_first"] == 3
    assert ask(algo="SALT", **seen | {"walk": False})["look_first"] == 2
    assert ask(algo="SALT", threat=True)["look_first"] == 1
    assert ask(algo="START", **seen)["look_first"] is None


def test_a_slip_is_refused() -> None:
    with pytest.raises(BadPayload, match="walks but does not breathe"):
        ask(algo="START", walk=True, breathing=False)


def test_words() -> None:
    assert said(algo="START", **OPEN) == (
        "START：尚不能定级，下一步：开放气道，再看有无呼吸。",
        "START: not decided yet. Next: open the airway, then look for breathing.",
    )
    assert said(algo="START", **LIES, rr=40) == (
        "START：红：立即处置和转运。",
        "START: red, immediate: treat and move first.",
    )
    zh, en = said(algo="JumpSTART", **OPEN, after_airway=False, pulse=True)
    assert "5 次人工呼吸" in zh and "give 5 rescue breaths" in en
    zh, en = said(algo="SALT")
    assert "儿童考虑 2 次人工呼吸" in zh and "child: consider 2 breaths" in en


def test_every_step_and_category_has_words() -> None:
    asked = {
        ask(algo="START")["next"]["en"],
        ask(algo="START", walk=False)["next"]["en"],
        ask(algo="START", **LIES)["next"]["en"],
        ask(algo="START", **LIES, rr=20)["next"]["en"],
        ask(algo="START", **LIES, rr=20, radial=True)["next"]["en"],
        ask(algo="JumpSTART", **OPEN, after_airway=False)["next"]["en"],
        ask(algo="SALT", **SALT | {"distress": None})["next"]["en"],
        ask(algo="SALT", **SALT | {"bleed_ctrl": None})["next"]["en"],
        ask(algo="SALT", **SALT)["next"]["en"],
        ask(algo="SALT", **SALT | {"obeys": False})["next"]["en"],
    }
    assert len(asked) == 10


def test_the_page_shows_every_path() -> None:
    assert RULES == (MCI,)
    limits, start, jump, salt = MCI.tables
    assert ("walk yes", "GREEN") in start.rows
    assert ("walk no, breathing no, open_airway no", "BLACK") in start.rows
    assert (len(start.rows), len(jump.rows), len(salt.rows)) == (7, 9, 11)
    assert ("rr, START", "<= 30/min") in limits.rows
    assert ("rr, JumpSTART", "15-45/min") in limits.rows
    assert [table.title for table in (start, jump, salt)] == list(mci.TREES)
    assert set(ask(algo="START")) - {"ignored"} == {answer.name for answer in MCI.answers}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = [name for field in MCI.fields for name in (field.name, *field.aliases)]


@given(st.sampled_from(list(mci.TREES)), st.dictionaries(st.sampled_from(NAMES), JSON, max_size=5))
def test_any_input_is_answered_or_refused(algo: str, case: dict[str, Any]) -> None:
    try:
        zh, en = said(**{"algo": algo} | case)
    except BadPayload:
        return
    assert zh and en
