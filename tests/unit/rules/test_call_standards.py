"""Re-triage, response categories and arrest times as cases come in."""

from typing import Any

import pytest

from dispatch.errors import BadPayload
from dispatch.rules.call_standards import RULES
from dispatch.rules.read import read_case

BY_NAME = {rule.name: rule for rule in RULES}


def ask(rule: str, /, **given: Any) -> dict[str, Any]:
    values, ignored = read_case(BY_NAME[rule], given)
    assert ignored == ()
    result = BY_NAME[rule].evaluate(values)
    assert list(result) == [answer.name for answer in BY_NAME[rule].answers]
    return result


def said(rule: str, /, **given: Any) -> tuple[str, str]:
    values, _ignored = read_case(BY_NAME[rule], given)
    words = BY_NAME[rule].explain(values, BY_NAME[rule].evaluate(values))
    return words.zh, words.en


def test_retriage() -> None:
    assert ask("retriage", current="P3", proposed="P1") == {
        "allowed": True, "change": "upgrade", "priority": "P1", "why": [], "triage_due": False,
    }  # fmt: skip
    assert ask("retriage", **{"from": "p1", "to": "3", "reason": "x", "by": "Li"}) == {
        "allowed": False, "change": "downgrade", "priority": "P1", "why": ["second_person_needed"],
        "triage_due": False,
    }  # fmt: skip
    full = {"from": "P1", "to": "P3", "reason": "x", "by": "Li", "second_person": "Wang"}
    assert ask("retriage", **full)["allowed"] is True
    assert ask("retriage", **full, worse=True)["why"] == ["reported_worse"]
    assert ask("retriage", **full, lost_answers=True)["why"] == ["answers_lost"]
    assert ask("retriage", **full, repeat=True)["triage_due"] is True
    assert ask("retriage", current="P2", reported_worse=True) == {
        "allowed": True, "change": "none", "priority": "P2", "why": [], "triage_due": True,
    }  # fmt: skip
    with pytest.raises(BadPayload):
        ask("retriage", proposed="P1")


def test_retriage_in_words() -> None:
    assert said("retriage", current="P3", proposed="P1") == ("P3 → P1：可以。", "P3 → P1: allowed.")
    assert said("retriage", current="P1", proposed="P3") == (
        "P1 → P3：不可以，降级需要理由；降级需要另一名人员共同确认。保持 P1。",
        "P1 → P3: refused, a downgrade needs a reason; a downgrade needs a second person, other "
        "than the first. P1 stays.",
    )
    assert said("retriage", current="P2", proposed="P2") == ("保持 P2。", "P2 stays.")
    assert said("retriage", current="P2", repeat_call=True) == (
        "保持 P2。来电人再次来电或报告加重：须重新分级。",
        "P2 stays. The caller rang again or reports worse: triage again.",
    )


@pytest.mark.parametrize(
    ("priority", "nemsis", "mean_min", "p90_min"),
    [
        ("P1", "2305001", 7, 15),
        ("P2", "2305003", 18, 40),
        ("P3", "2305005", None, 120),
        ("P4", "2305007", None, 180),
    ],
)
def test_response_category(priority: str, nemsis: str, mean_min: int | None, p90_min: int) -> None:
    result = ask("response_category", priority=priority)
    assert result["priority"] == priority and result["nemsis"] == nemsis
    assert (result["mean_min"], result["p90_min"]) == (mean_min, p90_min)


def test_response_category_in_words() -> None:
    assert said("response_category", level="P3") == (
        "P3，黄：需要处理，但不危急。NEMSIS 2305005 Lower Acuity；ARP Category 3："
        "第 90 百分位 ≤120 分钟。",
        "P3, yellow: needs care, not time-critical. NEMSIS 2305005 Lower Acuity; ARP Category 3: "
        "90th centile at most 120 min.",
    )
    zh, en = said("response_category", level="P1")
    assert "平均 ≤7 分钟，第 90" in zh and "mean at most 7 min, 90th" in en
    with pytest.raises(BadPayload):
        ask("response_category", priority="P5")


def test_arrest_times() -> None:
    assert ask("arrest_times", recognition_s=119, compression_s=180) == {
        "recognition_ok": True,
        "compression_ok": False,
        "compression_aedr_ok": None,
        "missing": ["compression_after_address_s"],
        "invalid": [],
    }
    late = ask("arrest_times", recognition=120, compression=179, address_to_first_compression_s=-1)
    assert (late["recognition_ok"], late["compression_ok"]) == (False, True)
    assert late["compression_aedr_ok"] is True
    assert late["invalid"] == ["compression_after_address_s"]
    assert ask("arrest_times")["missing"] == [
        "recognition_s",
        "compression_s",
        "compression_after_address_s",
    ]


def test_arrest_times_in_words() -> None:
    assert said("arrest_times", recognition_s=100, compression_s=-5) == (
        "识别骤停（<120 秒）达标；首次按压（<180 秒）不能判断；"
        "首次按压（AEDR）（<180 秒）不能判断。"
        "时间错误，不计：compression_s。",
        "recognition (<120 s) met; first compression (<180 s) cannot be said; first compression "
        "(AEDR) (<180 s) cannot be said. Left out as wrong clocks: compression_s.",
    )
    assert said("arrest_times", compression_s=200, compression_after_address_s=130)[1].endswith(
        "first compression (<180 s) missed; first compression (AEDR) (<180 s) missed."
    )
