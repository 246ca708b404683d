"""`greenlane rules` as a person and as a program use it."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy import rules as command
from deploy.cli import app
from dispatch.rules.policies import Policies
from dispatch.rules.register import RULES
from dispatch.rules.stream import MAX_LINE_BYTES


@dataclass
class Said:
    out: str
    err: str
    code: int

    @property
    def answers(self) -> list[dict[str, Any]]:
        return [json.loads(row) for row in self.out.splitlines()]


def greenlane(*words: str, given: str | bytes = "") -> Said:
    done = CliRunner().invoke(app, ["rules", *words], input=given)
    return Said(done.stdout, done.stderr, done.exit_code)


def test_cases_are_answered_in_order_and_a_bad_one_costs_only_itself() -> None:
    lines = [
        '{"id": "one", "rule": "news2", "input": {"rr": 25}}',
        "",
        "not json",
        '{"id": "two", "rule": "news2", "input": {"rr": "25"}}',
        '{"id": "三", "rule": "news2", "input": {"rr": 12}}',
    ]
    said = greenlane("evaluate", given="\n".join(lines))
    assert said.code == 0
    assert [answer["id"] for answer in said.answers] == ["one", None, "two", "三"]
    assert ["error" in answer for answer in said.answers] == [False, True, True, False]
    assert said.answers[0]["result"]["parts"]["rr"] == 3


def test_a_line_too_long_is_refused_and_the_next_one_served() -> None:
    good = b'{"id": 2, "rule": "news2", "input": {}}'
    for length in (MAX_LINE_BYTES, MAX_LINE_BYTES + 1, 2 * MAX_LINE_BYTES + 7):
        said = greenlane("evaluate", given=b"x" * length + b"\n" + good)
        assert [answer["id"] for answer in said.answers] == [None, 2], length
        assert ("too_long" in said.answers[0]["error"]) == (length > MAX_LINE_BYTES)


def test_a_bug_costs_its_line_only_and_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = command.evaluate_line

    def fails_once(line: bytes, policies: Policies) -> dict[str, Any]:
        if b"boom" in line:
            raise ZeroDivisionError("of a rule")
        return answer(line, policies)

    monkeypatch.setattr(command, "evaluate_line", fails_once)
    said = greenlane("evaluate", given='{"id": "boom"}\n{"id": 2, "rule": "news2", "input": {}}')
    assert said.answers[0] == {"id": "boom", "error": "bug: ZeroDivisionError: of a rule"}
    assert "result" in said.answers[1]
    assert "Traceback" in said.err


def test_list_names_every_rule_with_source_and_owner() -> None:
    plain = greenlane("list").out
    as_json = greenlane("list", "--json").answers
    assert [(row["name"], row["version"]) for row in as_json] == [
        (rule.name, rule.version) for rule in RULES
    ]
    for rule in RULES:
        assert f"{rule.name}  version {rule.version}" in plain
        assert rule.source in plain and rule.owner in plain


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.name}-{rule.version}")
def test_describe_names_every_field_and_signature(rule: Any) -> None:
    said = greenlane("describe", rule.name, "--version", rule.version)
    assert said.code == 0
    for field in rule.fields:
        assert f"  {field.name}: " in said.out
        assert all(alias in said.out for alias in field.aliases)
    for note in rule.notes:
        assert f"{note.mark}: {note.text}" in said.out


def test_describe_an_unknown_rule() -> None:
    said = greenlane("describe", "mpds")
    assert said.code == 1
    assert said.err.startswith("greenlane: unknown_rule (rule=mpds, known=call_triage, ")


def test_explain_in_both_languages_or_one() -> None:
    case = '{"rule": "news2", "input": {"rr": 25, "spo2": 91}}'
    both = greenlane("explain", given=case).out
    chinese = greenlane("explain", "--lang", "zh", given=case).out
    english = greenlane("explain", "--lang", "en", given=case).out
    assert both == chinese + english
    assert "国家早期预警评分" in chinese and "至少 6 分" in chinese
    assert "Royal College of Physicians" in english and "at least 6" in english


@pytest.mark.parametrize("given", ["", "x", '{"rule": "news2"}', '{"rule": "no", "input": {}}'])
def test_explain_says_what_was_wrong(given: str) -> None:
    said = greenlane("explain", given=given)
    assert said.code == 1
    assert said.err.startswith("greenlane: ")
