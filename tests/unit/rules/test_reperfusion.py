"""The reperfusion rule as a case meets it: the reference's table, wrong input, the words."""

from typing import Any

import pytest

from dispatch.errors import BadPayload
from dispatch.rules.read import read_case
from dispatch.rules.reperfusion import REPERFUSION


def ask(**case: Any) -> dict[str, Any]:
    return REPERFUSION.evaluate(read_case(REPERFUSION, case)[0])


def said(**case: Any) -> tuple[str, str]:
    values, _ignored = read_case(REPERFUSION, case)
    words = REPERFUSION.explain(values, REPERFUSION.evaluate(values))
    return words.zh, words.en


def test_tables_are_made_of_the_constants() -> None:
    assert REPERFUSION.tables[0].rows == (
        ("first contact to wire", "<= 120 min"),
        ("door to wire at the lab", "20 min"),
        ("onset for lysis", "<= 12 h"),
    )
    targets = {row[0]: row[1] for row in REPERFUSION.tables[1].rows}
    assert targets["contact_to_ecg_read"] == "<= 10 min"
    assert targets["door_to_wire"] == "<= 90 min, >= 75 %"
    assert targets["ecg_sent_before_arrival"] == ">= 30 %"


KNOWN = {"ecg": "stemi", "onset_h": 2, "lysis_contraindicated": False, "cardiogenic_shock": False}


@pytest.mark.parametrize(
    ("row", "case", "expected"),
    [
        ("R1", {**KNOWN, "t_pci_min": 119}, {"decision": "ppci", "may_bypass": True}),
        ("R2", {**KNOWN, "t_pci_min": 120}, {"decision": "ppci", "may_bypass": True}),
        (
            "R3",
            {**KNOWN, "t_pci_min": 121},
            {"decision": "lysis_then_transfer", "requires": ["lysis_stemi"], "may_bypass": False},
        ),
        (
            "R4",
            {**KNOWN, "t_pci_min": 150, "cardiogenic_shock": True},
            {"decision": "ppci", "why": "cardiogenic_shock", "requires": ["ppci"]},
        ),
        (
            "R5",
            {**KNOWN, "t_pci_min": 150, "lysis_contraindicated": True},
            {"decision": "ppci", "why": "lysis_contraindicated", "requires": ["ppci"]},
        ),
        (
            "R6",
            {
                **KNOWN,
                "since_contact_min": 5,
                "labs": [
                    {"id": "county", "drive_min": 10, "open": False},
                    {"id": "city", "drive_min": 95, "open": True},
                ],
            },
            {"decision": "ppci", "target": "city", "t_pci_min": 120},
        ),
        (
            "R7",
            {**KNOWN, "ecg": "not_transmitted", "t_pci_min": 60},
            {
                "decision": "nearest_chest_pain_hospital",
                "activate": False,
                "do": ["do_not_activate_cath_lab", "repeat_ecg"],
                "clocks": [{"interval": "contact_to_ecg_read", "target": "<= 10 min"}],
                "may_bypass": False,
                "alert": None,
            },
        ),
        (
            "R8",
            {**KNOWN, "t_pci_min": 60, "arrest": "no_rosc"},
            {"decision": "immediate", "immediate": True, "alert": "red"},
        ),
        (
            "R9",
            {**KNOWN, "onset_h": None, "t_pci_min": 121},
            {"decision": "lysis_then_transfer", "asks": ["onset_h"], "alert": "red"},
        ),
        (
            "R10",
            {
                **KNOWN,
                "since_contact_min": 5,
                "labs": [{"id": "city", "drive_min": None, "open": True}],
            },
            {
                "decision": "no_bypass_call",
                "may_bypass": False,
                "asks": ["labs.drive_min"],
                "t_pci_min": None,
            },
        ),
    ],
)
def test_reference_table(row: str, case: dict[str, Any], expected: dict[str, Any]) -> None:
    result = ask(**case)
    assert {name: result[name] for name in expected} == expected, row


def test_r1_whole() -> None:
    result = ask(**KNOWN, t_pci=119)
    assert result == {
        "decision": "ppci",
        "why": "lab_within_limit",
        "target": None,
        "t_pci_min": 119,
        "limit_min": 120,
        "activate": True,
        "do": ["physician_confirms_before_activation", "repeat_ecg_en_route"],
        "asks": [],
        "clocks": [
            {"interval": "contact_to_device", "target": "<= 90 min"},
            {"interval": "diagnosis_to_wire_after_transfer", "target": "<= 90 min"},
            {"interval": "diagnosis_to_wire_or_lysis_instead", "target": "<= 120 min"},
            {"interval": "cath_lab_activation", "target": "< 30 min"},
        ],
        "requires": [],
        "may_bypass": True,
        "immediate": False,
        "alert": "red",
    }


def test_trap_18_exactly_120_min_is_within() -> None:
    decisions = [ask(**KNOWN, t_pci_min=t)["decision"] for t in (120, 120.001)]
    assert decisions == ["ppci", "lysis_then_transfer"]


def test_a_lab_without_a_name_is_called_by_its_place() -> None:
    labs = [{"drive_min": 99, "open": True}, {"drive_min": 20, "open": True}]
    result = ask(**KNOWN, since_contact_min=0, labs=labs)
    assert (result["target"], result["t_pci_min"]) == ("2", 40)


@pytest.mark.parametrize(
    ("case", "detail"),
    [
        ({"labs": [], "t_pci_min": 5}, "labs: give either labs or t_pci_min, not both"),
        ({"labs": [{"id": "a"}, 3]}, "labs: expected objects with id, drive_min and open, not 2"),
        ({"labs": [{"drive": 3}]}, "labs: id, drive_min and open, not 'drive'"),
        (
            {"labs": [{"drive_min": "3"}]},
            "labs.drive_min: expected a number in min from 0 to 10000",
        ),
        ({"labs": [{"drive_min": -1}]}, "labs.drive_min: expected a number in min from 0 to 10000"),
        ({"labs": [{"open": 1}]}, "labs.open: expected a flag, got 1"),
        ({"labs": [{"id": 1}]}, "labs.id: expected a text, got 1"),
        ({"ecg": "maybe"}, "ecg: expected one of stemi, no_stemi, unread, not_transmitted"),
    ],
)
def test_wrong_reperfusion_input_is_named(case: dict[str, Any], detail: str) -> None:
    with pytest.raises(BadPayload) as caught:
        ask(**case)
    assert caught.value.reason == "invalid_field"
    assert caught.value.detail.startswith(detail)


def test_zero_is_a_time() -> None:
    labs = [{"id": "here", "drive_min": 0, "open": True}]
    result = ask(**KNOWN, since_contact_min=0, labs=labs)
    assert (result["decision"], result["t_pci_min"]) == ("ppci", 20)
    assert ask(**KNOWN, t_pci_min=0)["decision"] == "ppci"


@pytest.mark.parametrize(
    ("case", "zh", "en"),
    [
        (
            {
                **KNOWN,
                "since_contact_min": 5,
                "labs": [{"id": "H9", "drive_min": 95, "open": True}],
            },
            "直接 PCI，绕过较近的医院（有开放的导管室在时限内）。目标：H9。"
            "首次医疗接触至导丝 120 分钟，时限 120 分钟。",
            "Primary PCI, passing nearer hospitals (an open lab is within the limit). To: H9. "
            "First contact to wire 120 min, limit 120 min.",
        ),
        (
            {**KNOWN, "onset_h": None, "t_pci_min": 121},
            "就近溶栓，随后转运（没有导管室在时限内）。首次医疗接触至导丝 121 分钟，时限 120 分钟。"
            "尚需：onset_h。发病时间不明：按 12 小时内预警，由医师决定。",
            "Lysis at the nearest place that can, then transfer (no lab is within the limit). "
            "First contact to wire 121 min, limit 120 min. Still to be found out: onset_h. "
            "Onset unknown: alerted as within 12 h, a physician decides.",
        ),
        (
            {},
            "不启动导管室，送最近的胸痛医院，10 分钟内复查心电图（心电图未传或未判读）。"
            "尚需：ecg。",
            "Do not activate; nearest chest-pain hospital, repeat the ECG within 10 min "
            "(the ECG was not sent or not read). Still to be found out: ecg.",
        ),
    ],
)
def test_reperfusion_in_words(case: dict[str, Any], zh: str, en: str) -> None:
    assert said(**case) == (zh, en)
