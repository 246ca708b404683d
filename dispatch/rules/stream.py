"""Cases as lines of JSON: one in, one out, in the same order, whatever a line holds. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from dispatch.errors import BadPayload, GreenlaneError
from dispatch.rules.model import Result, Rule, Values
from dispatch.rules.read import read_case
from dispatch.rules.register import find
from telemetry.decode import read_plain


def evaluate_line(line: bytes) -> dict[str, Any]:
    """The answer to one line; never raises.

    ``{"id", "rule", "version", "result"}``, or ``{"id", "error"}`` naming what was wrong.
    """
    case_id: Any = None
    try:
        case = read_plain(line)
        case_id = case.get("id")
        rule = rule_of(case)
        _values, result = evaluate_case(rule, case)
    except GreenlaneError as error:
        return {"id": case_id, "error": str(error)}
    return {"id": case_id, "rule": rule.name, "version": rule.version, "result": result}


def rule_of(case: Mapping[str, Any]) -> Rule:
    """The rule a case asks for; raises Refused or BadPayload."""
    name, version = case.get("rule"), case.get("version")
    if not isinstance(name, str):
        raise BadPayload("missing_field", "rule: the name of a rule is needed")
    if version is not None and not isinstance(version, str):
        raise BadPayload("invalid_field", "version: expected a text")
    return find(name, version)


def evaluate_case(rule: Rule, case: Mapping[str, Any]) -> tuple[Values, Result]:
    """The values read and the answer; fields of the case that the rule ignored are named in it.

    Raises BadPayload for a case that cannot be evaluated.
    """
    given = case.get("input")
    if not isinstance(given, dict):
        raise BadPayload("missing_field", "input: an object with the fields of the rule is needed")
    values, ignored = read_case(rule, given)
    result = rule.evaluate(values)
    if ignored:
        result["ignored"] = list(ignored)
    return values, result


def as_line(answer: Mapping[str, Any]) -> str:
    """One answer as one line of JSON."""
    return json.dumps(answer, ensure_ascii=False, separators=(", ", ": "), allow_nan=False)
