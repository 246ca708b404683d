"""`greenlane jt808` and `greenlane hl7` as a person and as a program use them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.hl7 import hl7
from deploy.jt808 import jt808
from telemetry.jt808.limits import HEX_LINE_MAX_BYTES
from tests.unit.telemetry_hl7v2.messages import PCD_01
from tests.unit.telemetry_jt808.frames import frame, report

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
HEART = frame(0x0002).hex()
PLACE = frame(0x0200, report(at=AT)).hex()


def ask(app: Any, *words: str, given: str | bytes = b"") -> Result:
    return CliRunner().invoke(app, ["decode", *words], input=given)


def answers(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_frames_are_answered_line_by_line_and_a_bad_one_costs_only_itself() -> None:
    long = "7" * (2 * HEX_LINE_MAX_BYTES + 5)
    given = "\n".join((HEART, "", "zz", long, f'{{"hex":"{PLACE}","id":"three"}}'))
    found = answers(ask(jt808, given=given))
    assert [one["accepted"] for one in found] == [True, False, False, True]
    assert [one.get("refusal", {}).get("reason") for one in found[1:3]] == ["not_hex", "oversize"]
    assert (found[3]["id"], found[3]["fixes"][0]["time"]) == ("three", "2026-11-23T04:00:00Z")


@pytest.mark.parametrize("name", ["9" * 40, '{"a":1}', "null", "1e999"])
def test_whatever_stands_as_an_id_breaks_nothing(name: str) -> None:
    (found,) = answers(ask(jt808, given=f'{{"hex":"{HEART}","id":{name}}}'))
    assert found["accepted"] and isinstance(found["id"], str)


def test_a_list_in_a_file_is_answered_as_its_lines_would_be(tmp_path: Path) -> None:
    file = tmp_path / "frames.json"
    file.write_text(json.dumps([HEART, {"frame": PLACE}, {"frame": 7}], indent=1))
    found = answers(ask(jt808, str(file)))
    assert [one["accepted"] for one in found] == [True, True, False]


@pytest.mark.parametrize("strict", [True, False])
def test_a_wrong_checksum_is_refused_and_read_unless_strict(strict: bool) -> None:
    bad = PLACE[:-4] + f"{int(PLACE[-4:-2], 16) ^ 1:02x}7e"
    (found,) = answers(ask(jt808, *(["--strict"] if strict else []), given=bad))
    assert found["refusal"]["reason"] == "wrong_checksum"
    assert ("fixes" in found) is not strict


def test_a_model_changes_what_bits_mean() -> None:
    given = frame(0x0200, report(at=AT, alarms=1)).hex()
    for words, alarm in (([], "alarm_sos"), (["--model", "G-360P"], "alarm_removing")):
        (found,) = answers(ask(jt808, *words, given=given))
        assert found["fixes"][0]["attributes"]["alarm"] == alarm


def test_a_file_that_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    for app in (jt808, hl7):
        done = ask(app, str(tmp_path / "nowhere"))
        assert done.exit_code == 1
        assert "No such file" in done.stderr and "Traceback" not in done.stderr


def test_a_list_that_breaks_off_is_said_in_one_sentence() -> None:
    done = ask(jt808, given='["7e",')
    assert done.exit_code == 1 and "not a JSON list" in done.stderr


def test_messages_of_files_and_of_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "monitor.hl7"
    file.write_bytes(PCD_01.encode() * 2)
    found = answers(ask(hl7, str(file), str(file)))
    assert [(one["file"], one["message"]) for one in found] == [
        ("monitor.hl7", 1),
        ("monitor.hl7", 2),
    ] * 2
    (found_one,) = answers(ask(hl7, given=PCD_01.encode()))
    assert found_one["vitals"][0]["value"] == 72.0


def test_the_zone_of_times_without_one_can_be_said() -> None:
    given = PCD_01.replace("+0800", "").encode()
    (without,) = answers(ask(hl7, given=given))
    assert without["vitals"][0]["at"]["zone"] == "not stated"
    (supplied,) = answers(ask(hl7, "--zone", "+0800", given=given))
    assert supplied["vitals"][0]["at"] == {"at": "2026-11-23T03:59:58.250000Z", "zone": "supplied"}
    assert ask(hl7, "--zone", "Beijing", given=given).exit_code == 1
