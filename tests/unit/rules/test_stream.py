"""Lines in, lines out: whatever a line holds, the answer names it and the next one is served."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import Refused
from dispatch.rules.register import RULES, find
from dispatch.rules.stream import MAX_LINE_BYTES, as_line, evaluate_line
from tests.unit.rules.support import line

CASE = {"id": "a", "rule": "news2", "input": {"rr": 25}}


def test_an_answer_carries_id_rule_and_version() -> None:
    answer = line(CASE)
    assert list(answer) == ["id", "rule", "version", "result"]
    assert (answer["id"], answer["rule"], answer["version"]) == ("a", "news2", "1")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"rule": None}, "missing_field: rule: the name of a rule is needed"),
        ({"rule": "news3"}, "unknown_rule (rule=news3, known=call_triage, "),
        ({"version": 1}, 'invalid_field: version: a text is expected, such as "1"'),
        ({"version": "0"}, "unknown_version (rule=news2, version=0, known=1"),
        ({"input": None}, "missing_field: input: an object"),
        ({"input": [1]}, "missing_field: input: an object"),
        ({"input": {"rr": "fast"}}, "invalid_field: rr: expected a number in /min from 0 to 300"),
        ({"id": ["a"]}, "invalid_field: id: a text or a number is expected"),
        ({"id": {}}, "invalid_field: id: a text or a number is expected"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], error: str) -> None:
    answer = line(CASE | change)
    assert answer["error"].startswith(error)
    assert "result" not in answer
    assert answer["id"] == ("a" if "id" not in change else None)


@pytest.mark.parametrize("number_id", [0, -1, 2.5])
def test_a_number_is_an_id(number_id: float) -> None:
    assert line(CASE | {"id": number_id})["id"] == number_id


def test_a_case_without_id_is_answered() -> None:
    assert line({"rule": "news2", "input": {}})["id"] is None


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", "malformed_json"),
        (b"nonsense", "malformed_json"),
        (b"[1]", "not_an_object"),
        (b'{"id": 1, "id": 2}', "duplicate_key"),
        (b'{"id": NaN}', "not_a_number"),
        (b"\xff", "not_utf8"),
        (b'{"id": 1e999, "rule": "news2"}', "invalid_field: id"),
        (b"[" * 100_000, "too_deep"),
    ],
)
def test_a_line_that_is_no_case(raw: bytes, error: str) -> None:
    answer = evaluate_line(raw)
    assert answer["id"] is None
    assert answer["error"].startswith(error) or error in answer["error"]


def test_the_longest_line_and_one_more_byte() -> None:
    case = json.dumps(CASE).encode()
    full = case + b" " * (MAX_LINE_BYTES - len(case))
    assert "result" in evaluate_line(full)
    assert evaluate_line(full + b" ")["error"].startswith("too_long: 1000001 bytes")


def test_an_unknown_field_is_named_in_the_answer() -> None:
    assert line(CASE | {"input": {"rr": 25, "copd": True}})["result"]["ignored"] == ["copd"]


def test_half_a_surrogate_pair_goes_out_escaped() -> None:
    assert as_line({"id": "\ud800"}) == b'{"id": "\\ud800"}'
    assert as_line({"id": "卒中"}) == '{"id": "卒中"}'.encode()


def test_find_says_what_there_is() -> None:
    assert find("news2") is find("news2", "1")
    with pytest.raises(Refused) as refused:
        find("mpds")
    assert refused.value.code == "unknown_rule"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.name}-{rule.version}")
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_input_of_any_kind_raises(rule: Any, data: st.DataObject) -> None:
    names = [name for field in rule.fields for name in (field.name, *field.aliases)]
    sensible = {
        name: st.sampled_from([*field.choices, *field.words])
        for field in rule.fields
        for name in (field.name, *field.aliases)
        if field.kind == "choice"
    }
    chosen = data.draw(st.lists(st.sampled_from(names), unique=True, max_size=8))
    case = {name: data.draw(sensible.get(name, _JSON) | _JSON) for name in chosen}
    raw = json.dumps({"id": 1, "rule": rule.name, "input": case}).encode()
    assert as_line(evaluate_line(raw))


@given(raw=st.binary(max_size=60))
def test_no_line_raises(raw: bytes) -> None:
    assert "error" in evaluate_line(raw)
