"""The trauma rule as cases: the rows of the reference, other words, and what it says."""

import inspect
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.read import read_case
from dispatch.rules.trauma import RULES, TRAUMA, read_ticks
from dispatch.triage import burn_tox, mci, respiratory, trauma
from dispatch.triage import trauma_criteria as criteria


def ask(**given_: Any) -> dict[str, Any]:
    values, ignored = read_case(TRAUMA, given_)
    return TRAUMA.evaluate(values) | {"ignored": list(ignored)}


def said(**given_: Any) -> tuple[str, str]:
    values, _ignored = read_case(TRAUMA, given_)
    words = TRAUMA.explain(values, TRAUMA.evaluate(values))
    return words.zh, words.en


NORMAL: dict[str, Any] = {
    "age": 30, "motor": 6, "rr": 16, "resp_support": False, "spo2_air": 97, "sbp": 120, "hr": 80,
    "injuries": [], "mechanisms": [], "judgements": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "given_", "red", "vitals"),
    [
        ("T1", {"age": 30, "motor": 6, "rr": 16, "resp_support": False, "spo2_air": 97,
                "sbp": 120, "hr": 80}, [], "none"),
        ("T2", {"age": 30, "motor": 5, "rr": 16, "spo2_air": 97, "sbp": 120, "hr": 80},
         ["motor<6"], "red"),
        ("T4", {"age": 30, "rr": 9}, ["RR"], "red"),
        ("T5", {"age": 30, "rr": 10}, [], "indeterminate"),
        ("T6", {"age": 30, "rr": 29}, [], "indeterminate"),
        ("T7", {"age": 30, "rr": 30}, ["RR"], "red"),
        ("room air 89", {"age": 30, "spo2_air": 89}, ["SpO2"], "red"),
        ("room air 90", {"age": 30, "spo2_air": 90}, [], "indeterminate"),
        ("T8", {"age": 30, "sbp": 89, "hr": 70}, ["SBP_10_64"], "red"),
        ("T9", {"age": 30, "sbp": 100, "hr": 101}, ["HR>SBP"], "red"),
        ("T10", {"age": 30, "sbp": 100, "hr": 100}, [], "indeterminate"),
        ("T11", {"age": 64, "sbp": 100, "hr": 80}, [], "indeterminate"),
        ("T12", {"age": 65, "sbp": 109, "hr": 80}, ["SBP_65+"], "red"),
        ("T13", {"age": 65, "sbp": 110, "hr": 80}, [], "indeterminate"),
        ("T14", {"age": 0, "sbp": 69}, ["SBP_0_9"], "red"),
        ("T15", {"age": 0, "sbp": 70}, [], "indeterminate"),
        ("T16", {"age": 5, "sbp": 79}, ["SBP_0_9"], "red"),
        ("T17", {"age": 5, "sbp": 80}, [], "indeterminate"),
        ("T18", {"age": 9, "sbp": 87}, ["SBP_0_9"], "red"),
        ("T19", {"age": 9, "sbp": 88}, [], "indeterminate"),
        ("T20", {"age": 10, "sbp": 89, "hr": 80}, ["SBP_10_64"], "red"),
        ("T21", {"age": 10, "sbp": 90, "hr": 91}, ["HR>SBP"], "red"),
        ("T22", {"age": 40, "sbp": None, "hr": 130}, [], "indeterminate"),
        ("T23", {"age": 40, "resp_support": True}, ["resp_support"], "red"),
    ],
)  # fmt: skip
def test_rows_of_the_reference(
    row: str, given_: dict[str, Any], red: list[str], vitals: str
) -> None:
    result = ask(**given_)
    assert (result["red"], result["vitals"], result["ignored"]) == (red, vitals, []), row
    assert result["level"] == ("red" if red else "indeterminate"), row


def test_t22_names_what_is_missing() -> None:
    result = ask(**NORMAL | {"sbp": None, "hr": 130})
    assert (result["red"], result["level"]) == ([], "indeterminate")
    assert (result["missing"], result["undecided"]) == (["sbp"], ["SBP_10_64", "HR>SBP"])


def test_a_whole_answer() -> None:
    result = ask(**NORMAL | {"motor": 4, "injuries": ["bleeding"], "mechanisms": ["ejection"]})
    (follows,) = result.pop("needs")
    assert result == {
        "red": ["motor<6", "bleeding"],
        "yellow": ["ejection"],
        "level": "red",
        "vitals": "red",
        "undecided": [],
        "missing": [],
        "nemsis": {"eInjury.03": ["2903041", "2903023"], "eInjury.04": ["2904009"]},
        "ignored": [],
    }
    assert (follows["decision"], follows["alert"]) == ("trauma_red", "red")
    assert ask(**NORMAL)["needs"] == []


def test_trap_13_a_total_gcs_decides_nothing() -> None:
    result = ask(**NORMAL | {"motor": None, "gcs": 9})
    assert (result["red"], result["missing"], result["ignored"]) == ([], ["motor"], ["gcs"])


def test_a_motor_score_that_cannot_be_tested_decides_nothing() -> None:
    assert ask(**NORMAL | {"motor": "NT"})["missing"] == ["motor"]


@pytest.mark.parametrize(
    ("given_", "red", "missing"),
    [
        ({"spo2": 85, "o2": False}, ["SpO2"], []),
        ({"spo2": 90, "o2": False}, [], []),
        ({"spo2": 85, "o2": True}, [], ["spo2_air"]),
        ({"spo2": 85}, [], ["spo2_air"]),
        ({"spo2": 85, "o2": False, "spo2_air": 95}, [], []),
        ({"spo2": 0, "o2": False}, ["SpO2"], []),
        ({"spo2_air": 0, "spo2": 97, "o2": False}, ["SpO2"], []),
    ],
)
def test_saturation_counts_on_room_air_only(
    given_: dict[str, Any], red: list[str], missing: list[str]
) -> None:
    result = ask(**NORMAL | {"spo2_air": None} | given_)
    assert (result["red"], result["missing"]) == (red, missing)


@pytest.mark.parametrize(
    ("name", "alias", "value", "red"),
    [
        ("motor", "gcs_motor", 5, ["motor<6"]),
        ("rr", "RR", 30, ["RR"]),
        ("resp_support", "resp_distress", True, ["resp_support"]),
        ("spo2_air", "spo2_ra", 80, ["SpO2"]),
        ("sbp", "SBP", 80, ["SBP_10_64"]),
        ("hr", "HR", 121, ["HR>SBP"]),
        ("hr", "pulse", 121, ["HR>SBP"]),
        ("injuries", "injury", ["amputation"], ["amputation"]),
    ],
)
def test_other_names_of_fields(name: str, alias: str, value: Any, red: list[str]) -> None:
    case = {key: one for key, one in NORMAL.items() if key != name}
    if name == "sbp":
        case["hr"] = 60
    result = ask(**case | {alias: value})
    assert (result["red"], result["ignored"]) == (red, [])


def test_numbers_for_fall_and_pregnancy() -> None:
    assert ask(**NORMAL | {"fall_height_m": 4})["yellow"] == ["fall_over_3_m"]
    assert ask(**NORMAL | {"ga_weeks": 21})["yellow"] == ["pregnancy_over_20_wk"]


def test_ticks_by_nemsis_code_and_in_any_case() -> None:
    result = ask(
        **NORMAL
        | {
            "injuries": [" Penetrating ", "2903013"],
            "mechanisms": ["2904011"],
            "judgements": ["2904019"],
        }
    )
    assert result["red"] == ["penetrating", "pelvic_fracture"]
    assert result["yellow"] == ["intrusion", "anticoagulant"]


def test_trap_24_a_deprecated_code_is_refused() -> None:
    with pytest.raises(BadPayload, match=r"injuries: expected any of penetrating, .*'2903007'"):
        ask(**NORMAL | {"injuries": ["bleeding", "2903007"]})
    with pytest.raises(BadPayload, match=r"mechanisms: .*'2904015'"):
        ask(**NORMAL | {"mechanisms": ["2904015"]})
    with pytest.raises(BadPayload, match=r"judgements: .*got 7"):
        ask(**NORMAL | {"judgements": [7]})


def test_reading_ticks() -> None:
    known = {"a": "x", "b": "x", "c": "y"}
    assert read_ticks("f", None, known) is None
    assert read_ticks("f", [], known) == frozenset()
    assert read_ticks("f", ["B", "c "], known) == {"x", "y"}
    with pytest.raises(BadPayload) as caught:
        read_ticks("f", ["a", "z" * 99], known)
    assert (caught.value.reason, caught.value.detail) == (
        "invalid_field",
        f"f: expected any of x, y, got '{'z' * 39}",
    )


@pytest.mark.parametrize(
    "given_",
    [{"motor": 0}, {"motor": 7}, {"motor": 5.5}, {"motor": "XX"}, {"age": -1}, {"age": 121},
     {"sbp": "120"}, {"resp_support": 1}, {"injuries": "bleeding"}, {"spo2_air": 101},
     {"fall_m": -1}, {"gestation_weeks": 46}, {"hr": True}],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_by_name(given_: dict[str, Any]) -> None:
    with pytest.raises(BadPayload, match=next(iter(given_))):
        ask(**given_)


def test_words() -> None:
    assert said(**NORMAL) == (
        "不符合任何现场分诊标准。",
        "No criterion of field triage is met.",
    )
    assert said(**NORMAL | {"motor": 5, "rr": 30, "sbp": None}) == (
        "红：送可及的最高级别创伤中心，现场停留不超过 10 分钟"
        "（不能遵嘱动作（GCS 运动评分 <6）；呼吸 <10 或 >29 次/分）。",
        "RED: to the highest trauma centre in reach, at most 10 min on scene "
        "(cannot follow commands (motor GCS < 6); breathing < 10 or > 29/min).",
    )
    assert said(**NORMAL | {"judgements": ["anticoagulant"]}) == (
        "黄：送创伤中心，不必为最高级别（使用抗凝药）。",
        "YELLOW: to a trauma centre, which need not be the highest (takes anticoagulants).",
    )
    assert said(**NORMAL | {"judgements": ["anticoagulant"], "rr": None, "mechanisms": None}) == (
        "黄：送创伤中心，不必为最高级别（使用抗凝药）。红色标准未排除。缺：呼吸、致伤机制。",
        "YELLOW: to a trauma centre, which need not be the highest (takes anticoagulants). "
        "Red is not excluded. Missing: respiratory rate, mechanism.",
    )
    assert said(**NORMAL | {"judgements": ["anticoagulant"], "mechanisms": None}) == (
        "黄：送创伤中心，不必为最高级别（使用抗凝药）。缺：致伤机制。",
        "YELLOW: to a trauma centre, which need not be the highest (takes anticoagulants). "
        "Missing: mechanism.",
    )
    assert said(**NORMAL | {"sbp": None}) == (
        "目前未符合标准，但检查不全，不能排除。缺：收缩压。",
        "No criterion is met so far, but not everything was looked at. Missing: systolic pressure.",
    )
    assert said(**NORMAL | {"age": None, "sbp": 60, "hr": 50}) == (
        "红：送可及的最高级别创伤中心，现场停留不超过 10 分钟（10–64 岁收缩压 <90）。年龄不详。",
        "RED: to the highest trauma centre in reach, at most 10 min on scene "
        "(10-64 years: systolic < 90). Age unknown.",
    )


def test_the_page_shows_the_tables_that_decide() -> None:
    assert RULES == (TRAUMA,)
    shown = [row[:2] for table in TRAUMA.tables for row in table.rows]
    decides = [(one.code, one.nemsis) for one in (*criteria.RED, *criteria.YELLOW)]
    assert shown == decides
    assert {note.mark for note in TRAUMA.notes} == {"GK", "POLICY"}
    assert set(ask(**NORMAL)) - {"ignored"} == {answer.name for answer in TRAUMA.answers}


@pytest.mark.parametrize("module", [trauma, criteria, mci, respiratory, burn_tox])
def test_values_cannot_change_and_are_given_by_name(module: Any) -> None:
    own = [
        one for one in vars(module).values() if getattr(one, "__module__", "") == module.__name__
    ]
    kinds = [one for one in own if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    assert kinds
    for kind in kinds:
        assert kind.__struct_config__.frozen, kind
        parameters = inspect.signature(kind).parameters.values()
        assert {one.kind for one in parameters} == {inspect.Parameter.KEYWORD_ONLY}, kind


@pytest.mark.parametrize(
    "kind",
    [
        trauma.TraumaFindings,
        mci.Casualty,
        respiratory.RespiratoryFindings,
        burn_tox.BurnToxFindings,
    ],
)
def test_a_finding_nobody_gave_is_not_known(kind: Any) -> None:
    assert all(value is None for value in msgspec.structs.asdict(kind()).values())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = [name for field in TRAUMA.fields for name in (field.name, *field.aliases)]


@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=5))
def test_any_input_is_answered_or_refused(case: dict[str, Any]) -> None:
    try:
        zh, en = said(**case)
    except BadPayload:
        return
    assert zh and en


MEANT = st.sampled_from([0, 1, 5, 6, 9, 10, 29, 30, 64, 65, 69, 70, 89, 90, 100])


@given(st.dictionaries(st.sampled_from(["age", "rr", "spo2_air", "sbp", "hr"]), MEANT))
def test_meant_numbers_are_always_answered(case: dict[str, Any]) -> None:
    assert ask(**case)["level"] in {"red", "indeterminate"}
