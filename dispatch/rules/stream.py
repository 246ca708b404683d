"""Cases as lines of JSON: one in, one out, in the same order, whatever a line holds. Pure."""

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from dispatch.errors import BadPayload, GreenlaneError
from dispatch.rules.model import Result, Rule, Values
from dispatch.rules.policies import DEFAULTS, Policies
from dispatch.rules.read import read_case
from dispatch.rules.register import find
from telemetry.decode import read_plain

# A case is a page of numbers at most; a county of forty facilities is 40 kB. More is a wrong file.
MAX_LINE_BYTES: Final = 1_000_000


def evaluate_line(line: bytes, policies: Policies = DEFAULTS) -> dict[str, Any]:
    """The answer to one line: ``{"id", "rule", "version", "result"}`` or ``{"id", "error"}``.

    ``policies`` are the numbers of the county that asks.

    The error names what was wrong. Only a bug in a rule raises.
    """
    case_id: Any = None
    try:
        case = read_line(line)
        case_id = _id_of(case)
        rule = rule_of(case)
        _values, result = evaluate_case(rule, case, policies)
    except GreenlaneError as error:
        return {"id": case_id, "error": str(error)}
    return {"id": case_id, "rule": rule.name, "version": rule.version, "result": result}


def read_line(line: bytes) -> dict[str, Any]:
    """One case as plain values; raises BadPayload."""
    if len(line) > MAX_LINE_BYTES:
        raise BadPayload("too_long", f"{len(line)} bytes; at most {MAX_LINE_BYTES}")
    return read_plain(line)


def rule_of(case: Mapping[str, Any]) -> Rule:
    """The rule a case asks for; raises Refused or BadPayload."""
    name, version = case.get("rule"), case.get("version")
    if not isinstance(name, str):
        raise BadPayload("missing_field", "rule: the name of a rule is needed")
    if version is not None and not isinstance(version, str):
        raise BadPayload("invalid_field", 'version: a text is expected, such as "1"')
    return find(name, version)


def evaluate_case(
    rule: Rule, case: Mapping[str, Any], policies: Policies = DEFAULTS
) -> tuple[Values, Result]:
    """The values read and the answer by the numbers of a county; ignored fields are named in it.

    Raises BadPayload for a case that cannot be evaluated.
    """
    given = case.get("input")
    if not isinstance(given, dict):
        raise BadPayload("missing_field", "input: an object with the fields of the rule is needed")
    values, ignored = read_case(rule, given)
    result = rule.evaluate(values, policies)
    if ignored:
        result["ignored"] = list(ignored)
    return values, result


def as_line(answer: Mapping[str, Any]) -> bytes:
    """One answer as one line of UTF-8 JSON, without its end of line."""
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a surrogate pair in an id: legal JSON, but only escaped
        return json.dumps(answer, allow_nan=False).encode()


def _id_of(case: Mapping[str, Any]) -> Any:
    """The case's id, to be given back as it came; raises BadPayload for what is no id."""
    found = case.get("id")
    is_number = isinstance(found, int | float) and math.isfinite(found)
    if found is None or isinstance(found, str) or is_number:
        return found
    raise BadPayload("invalid_field", "id: a text or a number is expected")
