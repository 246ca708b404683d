"""The clinical vectors, frozen: each goes through the stream as the command line sends it.

A row is never edited. A rule that changes gets a new version and a new file of rows; the old rows
keep asking for the old version.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from dispatch.rules.stream import evaluate_line

FILES = sorted(Path(__file__).parent.glob("*.jsonl"))
ROWS = [
    pytest.param(row, id=f"{row['rule']}-{row['id']}")
    for file in FILES
    for row in map(json.loads, file.read_text("utf-8").splitlines())
]


@pytest.mark.parametrize("row", ROWS)
def test_vector(row: dict[str, Any]) -> None:
    case = {key: row[key] for key in ("id", "rule", "version", "input") if key in row}
    answer = evaluate_line(json.dumps(case).encode())
    assert answer["id"] == row["id"] and "error" not in answer, answer
    result = answer["result"]
    assert {key: result.get(key, "absent") for key in row["expected"]} == row["expected"]
    assert "ignored" not in result
