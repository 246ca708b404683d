"""Writes docs/rules.md from the register of clinical rules.

`tests/contract/rules/test_page.py` fails when the written page is stale.
Run: `.venv/bin/python scripts/generate_rule_page.py`.
"""

from pathlib import Path

from dispatch.rules.page import page
from dispatch.rules.register import RULES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "rules.md"

if __name__ == "__main__":
    PAGE.write_text(page(RULES), encoding="utf-8")
