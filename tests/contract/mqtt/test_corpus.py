"""Contract v1 as a frozen corpus: every line must be read, or refused for its reason, for ever.

Lines are only added, but for one: BD09 was once the unknown datum, and is accepted since; more is
read than before, so no device that worked stopped working. `raw` beginning with @ is made here, to
keep the corpus small: `@pad n` is n bytes of blanks, `@nest n` n opened arrays, `@digits n` a value
of n digits.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from dispatch.errors import BadPayload
from dispatch.ids import CountyId
from telemetry.decode import decode, read_topic

CORPUS = [
    json.loads(line)
    for line in (Path(__file__).parent / "v1.jsonl").read_text().splitlines()
    if line
]


def _raw(case: dict[str, Any]) -> bytes:
    if "raw_hex" in case:
        return bytes.fromhex(case["raw_hex"])
    text: str = case["raw"]
    if not text.startswith("@"):
        return text.encode("utf-8", "surrogatepass")
    kind, size = text[1:].split()
    if kind == "pad":
        return b" " * int(size)
    if kind == "nest":
        return b'{"v":1,"x":' + b"[" * int(size) + b"]" * int(size) + b"}"
    return b'{"v":' + b"9" * int(size) + b"}"


def test_the_corpus_is_there() -> None:
    assert len(CORPUS) >= 84
    assert len({case["name"] for case in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case["name"])
def test_corpus(case: dict[str, Any]) -> None:
    try:
        decode(read_topic(case["topic"], CountyId("nanxian")), _raw(case))
        found = "ok"
    except BadPayload as bad:
        found = bad.reason
    assert found == case["expect"]
