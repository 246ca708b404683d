"""docs/rules.md is what the code says today, and nothing in the register is left undescribed."""

from pathlib import Path

import pytest

from dispatch.rules.model import Rule
from dispatch.rules.page import page
from dispatch.rules.register import CURRENT, RULES

WITH_WORDS = ("choice", "score", "reading")
WRITTEN = Path(__file__).resolve().parents[3] / "docs" / "rules.md"


def test_the_page_is_current() -> None:
    assert WRITTEN.read_text("utf-8") == page(RULES), "run scripts/generate_rule_page.py"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.name}-{rule.version}")
def test_every_rule_says_what_it_is(rule: Rule) -> None:
    for said in (rule.title_zh, rule.title_en, rule.source, rule.owner, rule.version):
        assert said.strip()
    assert any(character.isdigit() for character in rule.source) or "POLICY" in rule.source
    names = [name for field in rule.fields for name in (field.name, *field.aliases)]
    assert len(names) == len(set(names)), "one name means two fields"
    assert all(field.meaning.strip() for field in rule.fields)
    assert all((f.lowest is None) == (f.highest is None) for f in rule.fields)
    assert all((f.kind in WITH_WORDS) == bool(f.choices) for f in rule.fields)
    assert all(set(f.words.values()) <= set(f.choices) for f in rule.fields)
    assert all(len(row) == len(table.header) for table in rule.tables for row in table.rows)
    assert rule.answers


def test_a_version_stands_once() -> None:
    versions = [(rule.name, rule.version) for rule in RULES]
    assert len(versions) == len(set(versions))
    assert set(CURRENT) == {name for name, _version in versions}
