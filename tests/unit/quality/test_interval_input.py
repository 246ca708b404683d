"""The intervals rule against input of any kind: what is refused and how it says so."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.intervals import INTERVAL_RULE
from dispatch.rules.read import read_case


def ask(**given_: Any) -> dict[str, Any]:
    values, ignored = read_case(INTERVAL_RULE, given_)
    assert not ignored
    return INTERVAL_RULE.evaluate(values)


def refused(**given_: Any) -> str:
    with pytest.raises(BadPayload) as error:
        ask(**given_)
    return str(error.value)


@pytest.mark.parametrize(
    ("given_", "error"),
    [
        ({}, "invalid_field: calls: give calls, one call or values_s, got nothing"),
        ({"priority": "P1"}, "invalid_field: calls: give calls, one call or values_s, got nothing"),
        ({"calls": [], "values_s": []}, "invalid_field: calls: give calls, one call or values_s,"
         " got calls and values_s"),
        ({"value_s": 1, "t_ring": "2026-11-23T01:00:00Z"}, "invalid_field: calls: give calls, one"
         " call or values_s, got value_s and the stamps of one call"),
        ({"calls": [{"t_ring": 0}]}, "missing_field: interval: one of answer, locate,"),
        ({"calls": [{"kind": "test"}]}, "missing_field: interval: one of answer, locate,"),
        ({"cancelled": True}, "missing_field: interval: one of answer, locate,"),
        ({"calls": [7]}, "invalid_field: calls[0]: an object is expected"),
        ({"calls": [{}, "x"]}, "invalid_field: calls[1]: an object is expected"),
        ({"values_s": ["7"]}, "invalid_field: values_s: expected a number"),
        ({"values_s": [True]}, "invalid_field: values_s: expected a number"),
        ({"values_s": [2e9]}, "invalid_field: values_s: expected a number"),
        ({"values_min": ["7"]}, "invalid_field: values_min: expected a number"),
        ({"values_s": 7}, "invalid_field: values_s: expected a list"),
        ({"calls": [{"t_ring": 0, "t_answer": "2026-11-23T01:00:00Z"}]},
         "invalid_field: calls: stamps either as times or as seconds, not both"),
        ({"calls": [{"t_ring": -1, "t_answer": 5}]}, "invalid_field: t_ring: expected a number"),
        ({"calls": [{"t_ring": True, "t_answer": 5}]}, "invalid_field: t_ring: expected a number"),
        ({"calls": [{"t_ring": [], "t_answer": 5}]}, "invalid_field: t_ring: expected a time"),
        ({"calls": [{"t_ring": "09:00"}]}, "invalid_field: t_ring: expected a time"),
        ({"calls": [{"priority": "P1", "category": "P1"}]},
         "invalid_field: priority: given under two names"),
        ({"calls": [{"priority": "P9"}]}, "invalid_field: priority: expected one of P1"),
        ({"calls": [{"t_ring": 0, "priority": "P3", "upgraded_from": "P1"}]},
         "invalid_field: upgraded_from: P1 is not below P3"),
        ({"calls": [{"t_ring": 0, "priority": "P3", "upgraded_from": "P3"}]},
         "invalid_field: upgraded_from: P3 is not below P3"),
        ({"t_ring": "1899-12-31T23:59:59Z"}, "invalid_field: t_ring: expected a year from 1900"),
        ({"t_ring": "2201-01-01T00:00:00Z"}, "invalid_field: t_ring: expected a year from 1900"),
        ({"t_ring": "2026-01-01T00:00:00Z", "upgraded_at": "0001-01-01T00:00:00+14:00"},
         "invalid_field: upgraded_at: expected a year from 1900 to 2200"),
        ({"values_s": [1], "standard": "cn_answer", "standard_s": 10},
         "invalid_field: standard: give standard or standard_s, not both"),
        ({"values_s": [1], "standard_pct": 95}, "missing_field: standard_s: the limit in s of"),
        ({"values_s": [1], "interval": "answer", "standard": "cn_turnout"},
         "invalid_field: standard: cn_turnout is for turnout"),
        ({"values_s": [1], "interval": "lunch"}, "invalid_field: interval: expected one of answer"),
    ],
)  # fmt: skip
def test_refusals(given_: dict[str, Any], error: str) -> None:
    assert refused(**given_).startswith(error)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
_STAMP = st.integers(0, 1000) | st.sampled_from(
    ["2026-11-23T01:00:00Z", "2026-11-23T09:00:09+08:00"]
)
_CALL = st.fixed_dictionaries(
    {}, optional={field.name: _STAMP | _JSON for field in INTERVAL_RULE.fields[8:]}
)


@given(
    st.dictionaries(st.sampled_from([f.name for f in INTERVAL_RULE.fields]), _JSON, max_size=5)
    | st.fixed_dictionaries({"calls": st.lists(_CALL, max_size=4)})
    | st.fixed_dictionaries({"values_s": st.lists(st.none() | st.integers(-9, 99))})
)
def test_any_input_is_answered_in_json_or_refused(case: dict[str, Any]) -> None:
    try:
        values, _ = read_case(INTERVAL_RULE, case)
        result = INTERVAL_RULE.evaluate(values)
        words = INTERVAL_RULE.explain(values, result)
    except BadPayload:
        return
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    named = {name for answer in INTERVAL_RULE.answers for name in answer.name.split(", ")}
    assert set(result) == named
    assert words.zh and words.en


@given(st.lists(st.integers(0, 400), min_size=1, max_size=20), st.integers(0, 400))
def test_a_longer_interval_never_helps(values: list[int], more: int) -> None:
    whole = ask(values_s=values, interval="turnout")
    slower = ask(values_s=[values[0] + more, *values[1:]], interval="turnout")
    assert slower["within_pct"] <= whole["within_pct"]
    assert slower["mean_s"] >= whole["mean_s"]
    assert slower["p90_s"] >= whole["p90_s"]
    assert not (slower["compliant"] and not whole["compliant"])
