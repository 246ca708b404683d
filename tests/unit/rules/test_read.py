"""Reading a case: each kind of field takes what it says and refuses the rest by name."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from dispatch.errors import BadPayload
from dispatch.rules.model import Answer, Field, Rule, Words
from dispatch.rules.read import read_case, read_value
from dispatch.rules.vitals import field_of


def field(kind: Any, **more: Any) -> Field:
    return Field(name="x", kind=kind, meaning="a field", **more)


def rule(*fields: Field) -> Rule:
    return Rule(
        name="toy",
        version="1",
        title_zh="试",
        title_en="toy",
        source="POLICY",
        owner="nobody",
        fields=fields,
        answers=(Answer(name="x", meaning="x"),),
        decide=lambda values, _policies: dict(values),
        say=lambda _values, _result, _policies: Words(zh="", en=""),
    )


COLOUR = field("choice", choices=("Red", "Blue"), words={"rot": "Red", "红": "Red"})
SCORE = field("score", choices=("NT",), words={"tube": "NT"}, lowest=1, highest=4)
READING = field("reading", choices=("Low", "High"))
YES_NO = field("choice", choices=("true", "no"), words={"false": "no"})
PERCENT = field("number", unit="%", lowest=0, highest=100)


@pytest.mark.parametrize(
    ("one", "given", "read"),
    [
        (field("number"), 3, 3),
        (field("number"), -2.5, -2.5),
        (PERCENT, 0, 0),
        (PERCENT, 100, 100),
        (field("integer"), 3, 3),
        (field("integer"), 3.0, 3),
        (field("flag"), False, False),
        (COLOUR, "Blue", "Blue"),
        (COLOUR, " blue ", "Blue"),
        (COLOUR, "ROT", "Red"),
        (COLOUR, "红", "Red"),
        (SCORE, 4, 4),
        (SCORE, 4.0, 4),
        (SCORE, "nt", "NT"),
        (SCORE, "tube", "NT"),
        (READING, 4.5, 4.5),
        (READING, "low", "Low"),
        (YES_NO, True, "true"),
        (YES_NO, False, "no"),
        (field("text"), "", ""),
        (field("time"), "2026-11-23T08:00:00+08:00", datetime(2026, 11, 23, tzinfo=UTC)),
        (field("date"), "2024-02-29", date(2024, 2, 29)),
        (field("list"), [], []),
        (field("table"), {"a": 1}, {"a": 1}),
    ],
)
def test_what_a_kind_takes(one: Field, given: Any, read: Any) -> None:
    found = read_value(one, given)
    assert found == read and type(found) is type(read)


@pytest.mark.parametrize(
    ("one", "given", "expected"),
    [
        (field("number"), True, "a number"),
        (field("number"), "3", "a number"),
        (field("number"), float("nan"), "a number"),
        (field("number"), float("inf"), "a number"),
        (field("number"), 10**400, "a number"),
        (PERCENT, -0.1, "a number in % from 0 to 100"),
        (PERCENT, 100.1, "a number in % from 0 to 100"),
        (field("integer"), 3.5, "an integer"),
        (field("integer", lowest=1, highest=2), 3, "an integer from 1 to 2"),
        (field("flag"), 1, "a flag"),
        (field("flag"), "true", "a flag"),
        (COLOUR, "green", "one of Red, Blue"),
        (COLOUR, 1, "one of Red, Blue"),
        (SCORE, 5, "a score from 1 to 4, or NT"),
        (SCORE, 1.5, "a score from 1 to 4, or NT"),
        (SCORE, "none", "a score from 1 to 4, or NT"),
        (READING, "medium", "a number, or Low, High"),
        (COLOUR, True, "one of Red, Blue"),
        (field("text"), 5, "a text"),
        (field("time"), "2026-11-23T08:00:00", "a time with its offset"),
        (field("time"), "yesterday", "a time with its offset"),
        (field("time"), 5, "a time with its offset"),
        (field("date"), "2023-02-29", "a date"),
        (field("date"), 5, "a date"),
        (field("list"), {}, "a list"),
        (field("table"), [], "a table"),
    ],
)
def test_what_a_kind_refuses(one: Field, given: Any, expected: str) -> None:
    with pytest.raises(BadPayload) as refused:
        read_value(one, given)
    assert refused.value.reason == "invalid_field"
    assert refused.value.detail.startswith(f"x: expected {expected}, got ")


def test_a_long_value_is_shown_cut_off() -> None:
    with pytest.raises(BadPayload, match="got '" + "a" * 39 + "…$"):
        read_value(field("flag"), "a" * 500)


def test_a_case_is_complete_and_says_what_it_did_not_know() -> None:
    toy = rule(PERCENT, Field(name="y", kind="flag", meaning="y", aliases=("why",)))
    assert read_case(toy, {"why": False, "z": 1}) == ({"x": None, "y": False}, ("z",))
    assert read_case(toy, {"x": None}) == ({"x": None, "y": None}, ())


@pytest.mark.parametrize(
    "name", ["breathing normally", "Breathing-Normally", " BREATHING_NORMALLY"]
)
def test_names_are_read_as_people_write_them(name: str) -> None:
    toy = rule(Field(name="breathing_normally", kind="flag", meaning="b"))
    assert read_case(toy, {name: True}) == ({"breathing_normally": True}, ())


@pytest.mark.parametrize("kind", ["number", "integer", "flag", "time", "date"])
@pytest.mark.parametrize("word", ["unknown", " Unknown", "未知", "不详"])
def test_unknown_is_not_known(kind: str, word: str) -> None:
    assert read_case(rule(field(kind)), {"x": word}) == ({"x": None}, ())


def test_a_word_of_a_choice_stays_a_word() -> None:
    toy = rule(field("choice", choices=("unknown", "yes")))
    assert read_case(toy, {"x": "Unknown"}) == ({"x": "unknown"}, ())
    assert read_case(rule(field("text")), {"x": "unknown"}) == ({"x": "unknown"}, ())


def test_one_field_under_two_names() -> None:
    toy = rule(Field(name="x", kind="flag", meaning="x", aliases=("ex",)))
    with pytest.raises(BadPayload, match="x: given as x and as ex"):
        read_case(toy, {"x": True, "ex": True})


@pytest.mark.parametrize("given", [{}, {"x": None}])
def test_a_required_field(given: dict[str, Any]) -> None:
    with pytest.raises(BadPayload) as refused:
        read_case(rule(field("flag", is_required=True)), given)
    assert (refused.value.reason, refused.value.detail) == (
        "missing_field",
        "x: a flag is needed",
    )


def test_field_of() -> None:
    toy = rule(PERCENT)
    assert field_of(toy, "x") is PERCENT
    with pytest.raises(KeyError):
        field_of(toy, "y")
