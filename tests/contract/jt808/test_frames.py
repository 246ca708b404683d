"""Frames captured from real terminals: each decodes to what a mature decoder reads in it.

What is expected is written in that decoder's own words: an attribute's constant, sometimes a piece
of an expression. `_value` and `_key` say how those words are read here.
"""

import json
from typing import Any

import pytest

from telemetry.jt808.decode import inspect
from telemetry.jt808.lines import LineReader
from telemetry.jt808.model import Decoded
from tests.support.shared_data import shared

CHANGED_SINCE = {"wrong_checksum", "wrong_length"}  # numbers in them were made anonymous
WITHOUT_PLACE = {"0x0002", "0x0107", "0x0210", "0x0701", "0x0702", "0x0900", "0x1300"}


@pytest.fixture(scope="module")
def items() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(shared("jt808/frames.json").read_text("utf-8"))
    assert len(found) >= 71
    return found


def _key(word: str) -> str:
    return word.replace("position.prefix_temp + ", "temp").replace("position.prefix_adc + ", "adc")


def _value(word: Any) -> Any:
    if not isinstance(word, str):
        return word
    if word.startswith("0x"):
        return int(word, 16)
    if word.endswith("l") and word[:-1].isdigit():
        return int(word[:-1])
    return word.replace(' + "," + ', ",")


def _attributes(decoded: Decoded) -> dict[str, Any]:
    first = decoded.fixes[0].attributes if decoded.fixes else {}
    return {**decoded.attributes, **first}


def test_every_frame_is_read(items: list[dict[str, Any]]) -> None:
    for item in items:
        decoded = inspect(bytes.fromhex(item["frame"]))
        assert {fault.reason for fault in decoded.faults} <= CHANGED_SINCE
        yields = item["yields"]
        if yields == "positions":
            assert len(decoded.fixes) > 1, item
        elif yields.startswith("no position"):
            assert not decoded.fixes, item
            assert not decoded.attributes, item
        elif decoded.message.id in WITHOUT_PLACE and not decoded.fixes:
            assert decoded.attributes, item
        else:
            assert decoded.fixes or decoded.attributes, item


def test_every_stated_field_is_found(items: list[dict[str, Any]]) -> None:
    stated = 0
    for item in items:
        attributes = _attributes(inspect(bytes.fromhex(item["frame"])))
        for word, value in item.get("field", {}).items():
            stated += 1
            assert attributes.get(_key(word)) == _value(value), (word, value, item["frame"][:60])
    assert stated >= 40


def test_the_places_are_on_earth_and_the_times_are_of_the_capture(
    items: list[dict[str, Any]],
) -> None:
    for item in items:
        for fix in inspect(bytes.fromhex(item["frame"])).fixes:
            assert fix.lon is not None and -180 <= fix.lon <= 180
            assert fix.lat is not None and -90 <= fix.lat <= 90
            assert fix.time is None or "2000" <= fix.time[:4] <= "2027"
            assert not fix.notes or "0xEE" not in str(fix.notes)


def test_a_list_of_lines_is_answered_in_order(items: list[dict[str, Any]]) -> None:
    reader = LineReader()
    answers = [reader.answer(json.dumps(item).encode()) for item in items]
    assert [answer["line"] for answer in answers] == list(range(1, len(items) + 1))
    assert all("terminal" in answer for answer in answers)
    refused = {answer["refusal"]["reason"] for answer in answers if not answer["accepted"]}
    assert refused <= CHANGED_SINCE
