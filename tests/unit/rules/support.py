"""The public vectors in the shape of the project, and asking a rule as the command line does."""

import json
from pathlib import Path
from typing import Any

from dispatch.rules.policies import Policies
from dispatch.rules.register import find
from dispatch.rules.stream import evaluate_case, evaluate_line


def ask(rule: str, **given: Any) -> dict[str, Any]:
    """The result of one case; raises what the rule raises."""
    return evaluate_case(find(rule), {"input": given})[1]


def said(rule: str, **given: Any) -> tuple[str, str]:
    """One case in words, Chinese and English."""
    values, result = evaluate_case(find(rule), {"input": given})
    words = find(rule).explain(values, result)
    return words.zh, words.en


def line(case: dict[str, Any]) -> dict[str, Any]:
    """What comes out of the stream for one case."""
    return evaluate_line(json.dumps(case).encode())


def ask_in(policies: Policies, rule: str, given: dict[str, Any]) -> dict[str, Any]:
    """The result of one case by the numbers of a county."""
    return evaluate_case(find(rule), {"input": given}, policies)[1]


def said_in(policies: Policies, rule: str, given: dict[str, Any]) -> tuple[str, str]:
    """One case in words by the numbers of a county."""
    values, result = evaluate_case(find(rule), {"input": given}, policies)
    words = find(rule).explain(values, result, policies)
    return words.zh, words.en


def vectors(file: Path, rule: str) -> list[dict[str, Any]]:
    """The rows of one rule in a file of vectors, one JSON object a line."""
    rows = [json.loads(row) for row in file.read_text("utf-8").splitlines() if row.strip()]
    return [row for row in rows if row["rule"] == rule]
