"""An old version stays in the register and is found by name; the log knows which was in force."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from dispatch.county import read_county
from dispatch.domain import events as e
from dispatch.rules import register
from dispatch.rules.register import CURRENT, RULES, find
from tests.unit.rules.support import line

NANXIAN = Path(__file__).resolve().parents[3] / "deploy" / "counties" / "nanxian"


@pytest.fixture
def second_news2(monkeypatch: pytest.MonkeyPatch) -> None:
    """A register in which NEWS2 has got a second version."""
    newer = msgspec.structs.replace(
        find("news2"), version="2", decide=lambda _values, _policies: {"total": 99}
    )
    both = (*RULES, newer)
    monkeypatch.setattr(register, "RULES", both)
    monkeypatch.setattr(register, "CURRENT", {rule.name: rule for rule in both})


def answer(version: str | None) -> dict[str, Any]:
    case = {"id": 1, "rule": "news2", "input": {"rr": 25}}
    return line(case if version is None else case | {"version": version})


@pytest.mark.usefixtures("second_news2")
def test_the_newest_is_in_force_and_the_old_one_answers_when_named() -> None:
    assert answer(None)["version"] == "2" and answer(None)["result"] == {"total": 99}
    assert answer("2")["result"] == {"total": 99}
    assert answer("1")["result"]["lower_bound"] == 3
    assert answer("3")["error"] == "unknown_version (rule=news2, version=3, known=1, 2)"


def test_the_county_s_configuration_names_the_rules_in_force() -> None:
    config = read_county(NANXIAN).config
    assert config.rules == {name: rule.version for name, rule in CURRENT.items()}
    later = msgspec.structs.replace(config, rules=config.rules | {"news2": "2"})
    assert msgspec.json.encode(later) != msgspec.json.encode(config)  # so it gets a new digest


def test_a_level_names_the_rule_that_decided_it() -> None:
    fields = {field.name: field.default for field in msgspec.structs.fields(e.TriageLevelChanged)}
    assert fields["rule"] == "news2/1"  # what was written before rules had versions
    assert find("news2").version == "1"
