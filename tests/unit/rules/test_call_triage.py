"""Call triage as cases come in: the rows of the reference, spellings, and what is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.call_triage import CALL_TRIAGE, RULES
from dispatch.rules.read import read_case
from dispatch.triage.criteria_table import ROWS
from dispatch.triage.criterion import CriteriaPolicy

BY_NAME = {rule.name: rule for rule in RULES}


def ask(rule: str = "call_triage", /, **given: Any) -> dict[str, Any]:
    values, ignored = read_case(BY_NAME[rule], given)
    assert ignored == ()
    return BY_NAME[rule].evaluate(values)


def said(rule: str = "call_triage", /, **given: Any) -> tuple[str, str]:
    values, _ignored = read_case(BY_NAME[rule], given)
    words = BY_NAME[rule].explain(values, BY_NAME[rule].evaluate(values))
    return words.zh, words.en


ARREST = {"priority": "P1", "arrest": True, "tcpr": True, "tcpr_method": "compressions_only"}
# The rows D1 to D22 of the reference: what the caller said, what must be in the answer.
ROWS_D: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("D1", {"conscious": "no", "breathing_normally": "no"}, ARREST),
    ("D2", {"conscious": "no", "breathing_normally": "unsure"}, ARREST),
    ("D3", {"conscious": "no", "breathing_normally": "yes", "extra": "agonal word"}, ARREST),
    ("D3", {"conscious": "no", "breathing_normally": 'yes ("打呼噜")'}, ARREST),
    ("D3", {"conscious": "no", "breathing_normally": "snoring"}, ARREST),
    ("D3", {"conscious": "no", "breathing": "yes", "agonal": True}, ARREST),
    (
        "D4",
        {"conscious": "no", "breathing_normally": "yes, regular"},
        {
            "priority": "P1",
            "arrest": False,
            "tcpr": False,
            "actions": ["dispatch_first_unit", "keep_on_line", "recheck_breathing_every_minute"],
        },
    ),
    (
        "D5",
        {"conscious": "yes", "breathing_normally": "no"},
        {"priority": "P1", "arrest": False, "tcpr": False, "tags": ["respiratory"]},
    ),
    (
        "D5",
        {"conscious": "yes", "breathing_normally": "no", "findings": ["speaks phrases"]},
        {"priority": "P2", "arrest": False, "tcpr": False},
    ),
    (
        "D6",
        {"conscious": "yes", "breathing_normally": "yes"},
        {"priority": None, "arrest": False, "tcpr": False, "decided_by": []},
    ),
    ("D7", {"conscious": "unknown", "breathing_normally": "no", "second_hand": True}, ARREST),
    ("D7", {"conscious": None, "breathing_normally": "no", "extra": "2nd-hand caller"}, ARREST),
    (
        "D8",
        {"conscious": "no", "breathing_normally": "no", "extra": "seizure just stopped"},
        ARREST,
    ),
    (
        "D9",
        {
            "conscious": "no",
            "breathing_normally": "no",
            "extra": "obvious death (decapitation, rigor)",
        },
        {
            "priority": "P1",
            "tcpr": False,
            "tcpr_method": None,
            "actions": ["dispatch_first_unit", "supervisor", "keep_on_line"],
        },
    ),
    (
        "D10",
        {"conscious": "no", "line_lost": True},
        {
            "priority": "P1",
            "arrest": None,
            "tcpr": False,
            "actions": ["dispatch_first_unit", "call_back"],
        },
    ),
    (
        "D11",
        {"age": 62, "sex": "M", "complaint": "chest pain",
         "findings": ["chest pressure", "sweating", "grey"]},
        {"priority": "P1", "tags": ["chest_pain"],
         "decided_by": ["chest_pain.P1.grey_and_sweating"]},
    ),
    (
        "D12",
        {"age": 62, "sex": "M", "complaint": "chest pain", "findings": ["pressure"]},
        {"priority": "P2", "tags": ["chest_pain"]},
    ),
    (
        "D13",
        {"age": 28, "sex": "M", "complaint": "chest pain", "findings": ["worse on movement"]},
        {"priority": "P3", "tags": []},
    ),
    (
        "D14",
        {"age": 70, "sex": "F", "complaint": "stroke", "findings": ["face_droop"], "lkw_h": 2},
        {"priority": "P2", "tags": ["stroke"], "unknown": []},
    ),
    (
        "D15",
        {"age": 70, "sex": "F", "complaint": "stroke", "findings": ["face_droop"], "lkw_h": None},
        {"priority": "P2", "tags": ["stroke"], "unknown": ["stroke.P2.stroke_recent"]},
    ),
    (
        "D16",
        {"age": 30, "sex": "F", "weeks": 36, "contraction_interval_min": 4},
        {"priority": "P2", "tags": ["maternal"]},
    ),
    (
        "D17",
        {"age": 30, "sex": "F", "weeks": 30, "complaint": "fitting"},
        {"priority": "P1", "tags": ["maternal"]},
    ),
    ("D18", {"age_days": 10, "temp": 38.2}, {"priority": "P2", "tags": ["newborn"]}),
    (
        "D19",
        {"complaint": "fall", "fall_height_m": 4, "conscious": "yes"},
        {"priority": "P1", "tags": ["trauma"], "decided_by": ["trauma.P1.high_fall"]},
    ),
    (
        "D20",
        {"complaint": "pesticide", "findings": ["awake", "well"]},
        {"priority": "P2", "tags": ["tox"]},
    ),
    ("D21", {"complaint": "limb wound", "findings": ["controlled"]}, {"priority": "P2"}),
    ("D21", {"complaint": "wound", "findings": ["minor cut"]}, {"priority": "P3"}),
    ("D22", {"complaint": "scheduled dialysis transfer"}, {"priority": "P4", "actions": []}),
]  # fmt: skip


@pytest.mark.parametrize(("row", "given", "expected"), ROWS_D)
def test_rows_of_the_reference(row: str, given: dict[str, Any], expected: dict[str, Any]) -> None:
    result = ask(**given)
    assert {name: result[name] for name in expected} == expected, row


# The inputs of the rows as they stand in the reference, read as a line of notes.
@pytest.mark.parametrize(
    ("text", "priority", "tags"),
    [
        ("62 M, chest pressure 20 min, sweating grey", "P1", ["chest_pain"]),
        ("62 M, chest pressure, no other", "P2", ["chest_pain"]),
        ("28 M, stabbing pain worse on movement", "P3", []),
        ("70 F, face droop, LKW 2 h", "P2", ["stroke"]),
        ("70 F, face droop, LKW unknown", "P2", ["stroke"]),
        ("30 F, 36 wk, contractions 4 min", "P2", ["maternal"]),
        ("30 F, 30 wk, fitting", "P1", ["maternal"]),
        ("10-day-old, T 38.2", "P2", ["newborn"]),
        ("fall 4 m, awake", "P1", ["trauma"]),
        ("pesticide drunk, awake, well", "P2", ["tox"]),
        ('limb wound, "controlled"', "P2", ["trauma"]),
        ("minor cut", "P3", []),
        ("scheduled dialysis transfer", "P4", []),
    ],
)
def test_rows_as_notes(text: str, priority: str, tags: list[str]) -> None:
    for name in ("extra", "inputs", "complaint"):
        result = ask(**{name: text})
        assert (result["priority"], result["unrecognised"]) == (priority, []), name
        assert result["tags"] == tags


def test_trap_20_agonal_breathing_counts_as_not_normal() -> None:
    for words in ("unsure", "Gasping", "snoring", "打呼噜", "occasional", "going blue", "agonal"):
        assert ask(conscious="no", breathing_normally=words)["arrest"] is True, words


def test_trap_21_the_table_says_whose_it_is() -> None:
    result = ask(complaint="chest pain")
    assert result["table"] == "CDC-0"
    assert "original" in CALL_TRIAGE.source and "county medical director" in CALL_TRIAGE.owner


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
_NAMES = {rule.name: [field.name for field in rule.fields] for rule in RULES}


@pytest.mark.parametrize("name", list(_NAMES))
@given(data=st.data())
def test_anything_else_is_a_bad_payload_or_an_answer_in_both_languages(
    name: str, data: Any
) -> None:
    case = data.draw(st.dictionaries(st.sampled_from(_NAMES[name]), _JSON, max_size=4))
    try:
        zh, en = said(name, **case)
    except BadPayload:
        return
    assert zh and en


@given(
    st.sampled_from(["yes", "no", "unknown", None]),
    st.sampled_from(["yes", "no", "unsure", "agonal", None]),
    st.sampled_from([*ROWS, None]),
    st.lists(st.sampled_from(["grey", "well", "minor cut", "fitting", "face droop"]), max_size=3),
)
def test_every_answer_has_the_same_fields_and_can_be_said(
    conscious: Any, breathing: Any, complaint: Any, findings: list[str]
) -> None:
    case = {
        "conscious": conscious,
        "breathing": breathing,
        "complaint": complaint,
        "findings": findings,
    }
    result = ask(**case)
    assert list(result) == [answer.name for answer in CALL_TRIAGE.answers]
    zh, en = said(**case)
    assert zh.endswith(("。", "？")) and en.endswith((".", "?"))


def test_in_words() -> None:
    zh, en = said(conscious="no", breathing="no", location_known=True, callback_known=True)
    assert zh == (
        "P1：心脏骤停，无意识且呼吸不正常。"
        "现在：立即派第一辆车，继续询问；电话指导心肺复苏（只按压）；不要挂断。"
        "下一问：年龄、性别、是否怀孕？"
    )
    assert en == (
        "P1: cardiac arrest, not conscious and not breathing normally. "
        "Now: send the first unit now, keep asking; compressions by telephone now "
        "(compressions only); keep the caller on the line. Ask next: How old, which sex, pregnant?"
    )
    zh, en = said(
        location_known=True, callback_known=True, conscious="yes", breathing="yes", age=70,
        sex="F", pregnant=False, complaint="stroke", persons_hurt=1, scene_safe=True,
        findings=["face droop", "xyzzy"],
    )  # fmt: skip
    assert zh == (
        "P2：卒中征象：有卒中征象，末次正常在 24 小时内。"
        "未知而按较重处理：卒中征象：有卒中征象，末次正常在 24 小时内。"
        "现在：立即派第一辆车，继续询问；核实未识别的内容。中心：stroke。未识别：xyzzy。"
    )
    assert en == (
        "P2: stroke signs: a stroke sign, last known well under 24 hours ago. "
        "Counted because unknown: stroke signs: a stroke sign, last known well under 24 hours ago. "
        "Now: send the first unit now, keep asking; clarify what could not be read. "
        "Pathways: stroke. Not understood: xyzzy."
    )
    assert said()[1] == "No priority yet. Ask next: Where is the patient?"
    assert said()[0] == "还不能定级。下一问：您在什么地方？"
    assert said(complaint="trauma")[1].startswith(
        "P2: trauma, fall or traffic accident, nothing more is known. "
    )
    assert said(complaint="trauma", findings=["bruise"], pregnant=True)[0].startswith(
        "P3：孕妇不低于 P3。"
    )


def test_the_page_is_made_of_the_table() -> None:
    table = next(table for table in CALL_TRIAGE.tables if table.title.startswith("CDC-0"))
    assert [row[0] for row in table.rows] == list(ROWS)
    drowning = next(row for row in table.rows if row[0] == "drowning_hanging_choking")
    assert drowning[3:8] == ("not fully recovered", "fully recovered", "", "", "P1")
    numbers = next(table for table in CALL_TRIAGE.tables if table.title == "Numbers of the table")
    assert ("chest_pain_age_years", str(CriteriaPolicy().chest_pain_age_years)) in numbers.rows
    assert all(len(row) == len(table.header) for table in CALL_TRIAGE.tables for row in table.rows)
    assert {note.mark for note in CALL_TRIAGE.notes} == {"GK", "POLICY"}
