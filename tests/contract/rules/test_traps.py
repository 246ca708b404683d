"""Every trap of the clinical reference's checklist has a test of its own, named after it."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
TRAPS = range(1, 28)
_NAME = re.compile(r"^\s*def test_trap_(\d+)_\w+", re.MULTILINE)


def test_every_trap_has_its_test() -> None:
    found = {
        int(number)
        for file in TESTS.rglob("test_*.py")
        for number in _NAME.findall(file.read_text("utf-8"))
    }
    assert found == set(TRAPS), f"without a test: {sorted(set(TRAPS) - found)}"
