"""Asking the adult and maternal scores straight, without the register."""

from typing import Any

import pytest

from dispatch.errors import BadPayload
from dispatch.rules import adult, maternal_scores, news
from dispatch.rules.read import read_case

RULES = {rule.name: rule for rule in (*news.RULES, *maternal_scores.RULES, *adult.RULES)}


def ask(rule: str, **case: Any) -> dict[str, Any]:
    values, ignored = read_case(RULES[rule], case)
    result = RULES[rule].evaluate(values)
    assert list(result) == [answer.name for answer in RULES[rule].answers]
    return {**result, "ignored": ignored}


def said(rule: str, **case: Any) -> tuple[str, str]:
    values, _ignored = read_case(RULES[rule], case)
    words = RULES[rule].explain(values, RULES[rule].evaluate(values))
    return words.zh, words.en


def refusal(rule: str, **case: Any) -> str:
    with pytest.raises(BadPayload) as refused:
        ask(rule, **case)
    return str(refused.value)
