"""The stroke scales as a case meets them, and what holds for both rules of the pathway."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.model import Rule
from dispatch.rules.read import read_case
from dispatch.rules.stroke import RULES, STROKE

VECTORS = Path(__file__).parents[3].parent / "shared" / "clinical" / "vectors.json"
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
ITEM_NAMES = ["face", "Arm", "arm drift", "leg", "gaze", "aphasia", "agnosia", "eyes", "weakness"]


def ask(rule: Rule, **case: Any) -> dict[str, Any]:
    return rule.evaluate(read_case(rule, case)[0])


def said(rule: Rule, **case: Any) -> tuple[str, str]:
    values, _ignored = read_case(rule, case)
    words = rule.explain(values, rule.evaluate(values))
    return words.zh, words.en


def cases(rule: Rule) -> st.SearchStrategy[dict[str, Any]]:
    """Cases with the rule's own fields, right and wrong."""
    names = [name for field in rule.fields for name in (field.name, *field.aliases)]
    words = [word for field in rule.fields for word in (*field.choices, *field.words)]
    grades = st.none() | st.booleans() | st.integers(0, 2)
    values = (
        st.sampled_from(words)
        | st.lists(grades, max_size=5)
        | st.dictionaries(st.sampled_from(ITEM_NAMES), grades, max_size=4)
        | st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
        | st.floats(0, 60)
        | ANY_JSON
    )
    scale = st.fixed_dictionaries({}, optional={"scale": st.sampled_from(words)})
    return st.tuples(st.dictionaries(st.sampled_from(names), values, max_size=8), scale).map(
        lambda both: {**both[0], **(both[1] if rule is STROKE else {})}
    )


def test_reference_vectors() -> None:
    if not VECTORS.exists():
        pytest.skip("the reference vectors are not beside this checkout")
    rows = [row for row in json.loads(VECTORS.read_text()) if row["rule"] == "stroke"]
    assert len(rows) >= 11
    for row in rows:
        result = ask(STROKE, **row["input"])
        assert {name: result[name] for name in row["expected"]} == row["expected"], row["id"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@given(data=st.data())
def test_nothing_raises_but_bad_payload(rule: Rule, data: st.DataObject) -> None:
    case = data.draw(cases(rule))
    try:
        values, _ignored = read_case(rule, case)
        result = rule.evaluate(values)
    except BadPayload as error:
        assert ": " in error.detail
        return
    assert set(result) <= {answer.name for answer in rule.answers}
    words = rule.explain(values, result)
    assert words.zh.endswith("。") and words.en.endswith(".")
    json.dumps(result, allow_nan=False)


def test_names_and_tables() -> None:
    assert [(rule.name, rule.version) for rule in RULES] == [
        ("stroke", "1"),
        ("stroke_destination", "1"),
    ]
    for rule in RULES:
        for table in rule.tables:
            assert table.rows and all(len(row) == len(table.header) for row in table.rows)
        assert {note.mark for note in rule.notes} == {"GK", "POLICY"}


def test_scale_table_is_made_of_the_constants() -> None:
    rows = {row[0]: row[1:] for row in STROKE.tables[0].rows}
    assert rows["CPSS"] == ("face, arm, speech", "positive with any", "3330001", "Kothari 1999")
    assert rows["BE-FAST"][-1] == "Aroor 2017 (GK)"
    assert rows["STROKE-120"][2] == "none"
    assert rows["RACE"][:2] == (
        "face 0/1/2, arm 0/1/2, leg 0/1/2, gaze 0/1, cortical 0/1/2",
        "LVO from 5",
    )
    assert rows["VAN"][1] == "positive with weakness and any other"


def test_graded_and_other_scales_have_their_own_fields() -> None:
    assert ask(STROKE, scale="RACE", items=[2, None, 1, 1, 0]) == {
        "total": None,
        "lower_bound": 4,
        "upper_bound": 6,
        "lvo": None,
        "missing": ["arm"],
        "nemsis_type": "3330021",
    }
    assert ask(STROKE, scale="van", items=[True, None, False, True]) == {
        "positive": True,
        "missing": ["vision"],
        "nemsis_type": "3330025",
    }


@pytest.mark.parametrize(
    ("spelling", "scale", "items"),
    [
        ("befast", "BE-FAST", 5),
        ("be_fast", "BE-FAST", 5),
        ("FAST_ED", "FAST-ED", 5),
        ("fasted", "FAST-ED", 5),
        ("cpsss", "C-STAT", 3),
        ("CSTAT", "C-STAT", 3),
        ("cincinnati", "CPSS", 3),
        ("中风120", "STROKE-120", 3),
        ("卒中120", "STROKE-120", 3),
    ],
)
def test_scales_under_other_names(spelling: str, scale: str, items: int) -> None:
    zeros = [0] * items
    assert ask(STROKE, scale=spelling, items=zeros) == ask(STROKE, scale=scale, items=zeros)


def test_items_by_name() -> None:
    by_name = ask(STROKE, scale="RACE", findings={"Face": 2, "arm": 2, "aphasia": 1, "leg": None})
    assert by_name == ask(STROKE, scale="RACE", items=[2, 2, None, None, 1])
    named = {"arm weakness": True, "Visual-Disturbance": False, "aphasia": True, "neglect": None}
    assert ask(STROKE, scale="VAN", findings=named)["positive"] is True
    side = {"face": 0, "arm": 0, "leg": 0, "gaze": 0, "aphasia": None, "agnosia": 2}
    assert ask(STROKE, scale="RACE", findings=side)["total"] == 2
    assert ask(STROKE, scale="CPSS", findings={})["missing"] == ["face", "arm", "speech"]


@pytest.mark.parametrize(
    ("scale", "names"),
    [
        ("CPSS", "facial_droop facial_palsy arm_drift arms abnormal_speech"),
        ("RACE", "facial_palsy arm_drift gaze_deviation head_gaze aphasia agnosia"),
        ("LAMS", "facial_droop arm_drift grip_strength"),
        ("FAST-ED", "facial_palsy arm_weakness eye eye_deviation denial denial_neglect"),
        ("C-STAT", "arm_weakness loc"),
        ("VAN", "arm_weakness arm visual_disturbance"),
    ],
)
def test_items_under_other_names(scale: str, names: str) -> None:
    for name in names.split():
        missing = ask(STROKE, scale=scale, findings={name: 0})["missing"]
        everything = ask(STROKE, scale=scale, findings={})["missing"]
        assert len(missing) == len(everything) - 1, name


@pytest.mark.parametrize(
    ("case", "reason", "detail"),
    [
        ({}, "missing_field", "scale: one of CPSS, FAST, BE-FAST"),
        ({"scale": "RACE"}, "missing_field", "items: the items of RACE are needed"),
        (
            {"scale": "RACE", "items": [], "findings": {}},
            "invalid_field",
            "items: give either items or findings, not both",
        ),
        (
            {"scale": "RACE", "items": [1, 1]},
            "invalid_field",
            "items: RACE has 5 (face, arm, leg, gaze, cortical), got 2",
        ),
        (
            {"scale": "RACE", "findings": {"aphasia": 1, "agnosia": 1}},
            "invalid_field",
            "findings: only one of cortical and aphasia and agnosia counts",
        ),
        (
            {"scale": "LAMS", "findings": {"face": 1, "leg": 1}},
            "invalid_field",
            "findings: LAMS has face, arm, grip, not 'leg'",
        ),
        (
            {"scale": "LAMS", "findings": {"x" * 41: 1}},
            "invalid_field",
            f"findings: LAMS has face, arm, grip, not '{'x' * 40}'",
        ),
        ({"scale": "NIHSS", "items": []}, "invalid_field", "scale: expected one of CPSS"),
    ],
)
def test_wrong_scales_are_named(case: dict[str, Any], reason: str, detail: str) -> None:
    with pytest.raises(BadPayload) as caught:
        ask(STROKE, **case)
    assert caught.value.reason == reason
    assert caught.value.detail.startswith(detail)


@pytest.mark.parametrize(
    ("case", "zh", "en"),
    [
        (
            {"scale": "RACE", "items": [2, 2, 1, 0, 0]},
            "RACE 5 分，提示大血管闭塞（界值 5）。",
            "RACE 5: suggests a large-vessel occlusion (cut 5).",
        ),
        (
            {"scale": "LAMS", "items": [1, 1, 1]},
            "LAMS 3 分，未提示大血管闭塞（界值 4）。",
            "LAMS 3: does not suggest a large-vessel occlusion (cut 4).",
        ),
        (
            {"scale": "LAMS", "items": [1, None, 1]},
            "LAMS 至少 2 分，大血管闭塞尚不能判断（界值 4）。未检查：arm。",
            "LAMS at least 2: whether it is a large-vessel occlusion is undecided (cut 4). "
            "Not examined: arm.",
        ),
        ({"scale": "CPSS", "items": [0, 1, 0]}, "CPSS 阳性。", "CPSS positive."),
        ({"scale": "CPSS", "items": [0, 0, 0]}, "CPSS 阴性。", "CPSS negative."),
        (
            {"scale": "VAN", "items": [False, True, False, False], "basilar_suspected": True},
            "VAN 尚不能判断。疑基底动脉闭塞，VAN 不能排除，请做 CTA。",
            "VAN undecided. VAN cannot rule out a basilar occlusion: CT angiography.",
        ),
        (
            {"scale": "VAN", "items": [None, True, False, False]},
            "VAN 尚不能判断。未检查：weakness。",
            "VAN undecided. Not examined: weakness.",
        ),
        (
            {"scale": "LAMS", "items": [1, None, 1], "basilar_suspected": True},
            "LAMS 至少 2 分，大血管闭塞尚不能判断（界值 4）。未检查：arm。",
            "LAMS at least 2: whether it is a large-vessel occlusion is undecided (cut 4). "
            "Not examined: arm.",
        ),
    ],
)
def test_scales_in_words(case: dict[str, Any], zh: str, en: str) -> None:
    assert said(STROKE, **case) == (zh, en)
