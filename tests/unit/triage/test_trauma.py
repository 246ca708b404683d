"""Field triage of the injured: every criterion on both sides of its limit, and what follows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.triage import trauma_criteria as criteria
from dispatch.triage.trauma import TraumaFindings, TraumaPolicy, TraumaResult, assess, need
from hospital_gateway.advice import reason
from hospital_gateway.prealert import Colour

POLICY = TraumaPolicy()
NORMAL: dict[str, Any] = {
    "age_years": 30,
    "motor_response": 6,
    "resp_rate_per_min": 16,
    "needs_resp_support": False,
    "spo2_air_pct": 97,
    "systolic_mmhg": 120,
    "heart_rate_per_min": 80,
    "injuries": frozenset(),
    "mechanisms": frozenset(),
    "judgements": frozenset(),
}
# The deprecated values of eInjury.03 and eInjury.04 in NEMSIS 3.5.1 (2023).
DEPRECATED = {
    "2903007", "2903011", "2903017", "2903019",
    "2904003", "2904005", "2904015", "2904017", "2904025",
}  # fmt: skip


def triaged(**changes: Any) -> TraumaResult:
    return assess(TraumaFindings(**(NORMAL | changes)))


def test_a_healthy_patient_meets_nothing() -> None:
    result = triaged()
    assert (result.level, result.vitals) == ("none", "none")
    assert result.red == result.yellow == result.undecided == result.missing == ()
    assert result.nemsis_red == result.nemsis_yellow == ()
    assert need(TraumaFindings(**NORMAL), result, POLICY) is None


@pytest.mark.parametrize(
    ("field", "code", "nemsis", "met", "not_met"),
    [
        ("motor_response", "motor<6", "2903041", [1, 2, 3, 4, 5], [6]),
        ("resp_rate_per_min", "RR", "2903037", [0, 9, 9.9, 29.5, 30, 60], [10, 10.5, 16, 29]),
        ("needs_resp_support", "resp_support", "2903033", [True], [False]),
        ("spo2_air_pct", "SpO2", "2903035", [0, 50, 89, 89.9], [90, 97, 100]),
        ("systolic_mmhg", "SBP_10_64", "2903031", [89, 89.9], [90, 120]),
    ],
)
def test_each_vital_sign_on_both_sides_of_its_limit(
    field: str, code: str, nemsis: str, met: list[Any], not_met: list[Any]
) -> None:
    for value in met:
        result = triaged(**{field: value})
        assert (result.level, result.vitals) == ("red", "red"), value
        assert (result.red, result.nemsis_red) == ((code,), (nemsis,)), value
    for value in not_met:
        assert triaged(**{field: value}).level == "none", value


@pytest.mark.parametrize(
    ("age_years", "met_mmhg", "not_met_mmhg", "code", "nemsis"),
    [
        (0, 69, 70, "SBP_0_9", "2903029"), (0.9, 69, 70, "SBP_0_9", "2903029"),
        (1, 71, 72, "SBP_0_9", "2903029"), (5, 79, 80, "SBP_0_9", "2903029"),
        (9, 87, 88, "SBP_0_9", "2903029"), (9.99, 87, 88, "SBP_0_9", "2903029"),
        (10, 89, 90, "SBP_10_64", "2903031"), (64, 89, 90, "SBP_10_64", "2903031"),
        (64.99, 89, 90, "SBP_10_64", "2903031"), (65, 109, 110, "SBP_65+", "2903027"),
        (100, 109, 110, "SBP_65+", "2903027"),
    ],
)  # fmt: skip
def test_hypotension_by_age(
    age_years: float, met_mmhg: int, not_met_mmhg: int, code: str, nemsis: str
) -> None:
    low = triaged(age_years=age_years, systolic_mmhg=met_mmhg, heart_rate_per_min=60)
    assert (low.red, low.nemsis_red) == ((code,), (nemsis,))
    right = triaged(age_years=age_years, systolic_mmhg=not_met_mmhg, heart_rate_per_min=60)
    assert right.level == "none"


def test_a_pressure_of_zero_is_a_value() -> None:
    result = triaged(systolic_mmhg=0, heart_rate_per_min=0)
    assert (result.red, result.missing) == (("SBP_10_64",), ())


def test_heart_rate_equal_to_the_pressure_passes() -> None:
    assert triaged(systolic_mmhg=100, heart_rate_per_min=100).level == "none"
    fast = triaged(systolic_mmhg=100, heart_rate_per_min=101)
    assert (fast.red, fast.nemsis_red) == (("HR>SBP",), ("2903025",))


def test_trap_13_motor_below_6_counts_and_never_a_total() -> None:
    assert triaged(motor_response=5).red == ("motor<6",)
    assert triaged(motor_response=6).level == "none"
    assert not any("gcs_total" in name for name in TraumaFindings.__struct_fields__)


@pytest.mark.parametrize(("age_years", "counts"), [(0, False), (9, False), (9.9, False),
                                                  (10, True), (40, True), (65, True)])  # fmt: skip
def test_trap_14_heart_rate_above_pressure_counts_from_10_years(
    age_years: float, counts: bool
) -> None:
    result = triaged(age_years=age_years, systolic_mmhg=115, heart_rate_per_min=116)
    assert result.red == (("HR>SBP",) if counts else ())
    assert result.level == ("red" if counts else "none")


def test_trap_24_no_deprecated_nemsis_code_in_any_table() -> None:
    red = {one.nemsis for one in criteria.RED}
    yellow = {one.nemsis for one in criteria.YELLOW}
    assert not (red | yellow) & DEPRECATED
    assert red == {
        "2903001", "2903003", "2903005", "2903009", "2903013", "2903015", "2903021", "2903023",
        "2903025", "2903027", "2903029", "2903031", "2903033", "2903035", "2903037", "2903039",
        "2903041",
    }  # fmt: skip
    assert yellow == {
        "2904001", "2904007", "2904009", "2904011", "2904013", "2904019", "2904021", "2904023",
        "2904027", "2904029", "2904031", "2904033", "2904035", "2904037", "2904039",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "nemsis"),
    [
        ("penetrating", "2903015"), ("skull_fracture", "2903009"), ("spinal_deficit", "2903039"),
        ("chest_wall", "2903005"), ("pelvic_fracture", "2903013"), ("two_long_bones", "2903021"),
        ("mangled_limb", "2903003"), ("amputation", "2903001"), ("bleeding", "2903023"),
    ],
)  # fmt: skip
def test_every_injury_pattern_is_red(code: str, nemsis: str) -> None:
    result = triaged(injuries=frozenset({code}))
    assert (result.level, result.vitals, result.red) == ("red", "none", (code,))
    assert (result.nemsis_red, result.nemsis_yellow) == ((nemsis,), ())


@pytest.mark.parametrize(
    ("field", "code", "nemsis", "age_years"),
    [
        ("mechanisms", "ejection", "2904009", 30), ("mechanisms", "intrusion", "2904011", 30),
        ("mechanisms", "extrication", "2904011", 30),
        ("mechanisms", "death_in_vehicle", "2904007", 30),
        ("mechanisms", "child_unrestrained", "2904029", 0),
        ("mechanisms", "child_unrestrained", "2904029", 9),
        ("mechanisms", "telemetry", "2904013", 30),
        ("mechanisms", "rider_separated", "2904035", 30),
        ("mechanisms", "pedestrian_thrown", "2904001", 30),
        ("mechanisms", "fall_over_3_m", "2904031", 30),
        ("judgements", "low_fall_head_impact", "2904033", 0),
        ("judgements", "low_fall_head_impact", "2904033", 5.9),
        ("judgements", "low_fall_head_impact", "2904033", 65),
        ("judgements", "anticoagulant", "2904019", 30),
        ("judgements", "child_abuse", "2904039", 30),
        ("judgements", "special_needs", "2904037", 30),
        ("judgements", "pregnancy_over_20_wk", "2904021", 30),
        ("judgements", "burns_with_trauma", "2904027", 30),
        ("judgements", "other_concern", "2904023", 30),
    ],
)  # fmt: skip
def test_every_mechanism_and_judgement_is_yellow(
    field: str, code: str, nemsis: str, age_years: float
) -> None:
    result = triaged(age_years=age_years, **{field: frozenset({code})})
    assert (result.level, result.red, result.yellow) == ("yellow", (), (code,))
    assert (result.nemsis_red, result.nemsis_yellow) == ((), (nemsis,))


@pytest.mark.parametrize(
    ("field", "code", "age_years"),
    [("mechanisms", "child_unrestrained", 10), ("judgements", "low_fall_head_impact", 6),
     ("judgements", "low_fall_head_impact", 64.9)],
)  # fmt: skip
def test_what_counts_at_some_ages_does_not_count_at_others(
    field: str, code: str, age_years: float
) -> None:
    assert triaged(age_years=age_years, **{field: frozenset({code})}).level == "none"
    unknown = triaged(age_years=None, **{field: frozenset({code})})
    assert (unknown.level, unknown.undecided) == ("indeterminate", (code,))
    assert unknown.missing == ("age",)


def test_a_fall_of_more_than_3_m_and_a_pregnancy_of_more_than_20_weeks() -> None:
    assert triaged(fall_m=3).level == "none"
    assert triaged(fall_m=3.1).yellow == ("fall_over_3_m",)
    assert triaged(gestation_weeks=20).level == triaged(gestation_weeks=8).level == "none"
    assert triaged(gestation_weeks=20.1).yellow == ("pregnancy_over_20_wk",)
    assert triaged(fall_m=2, mechanisms=frozenset({"fall_over_3_m"})).yellow == ("fall_over_3_m",)
    unticked = triaged(fall_m=4, mechanisms=None)
    assert unticked.yellow == ("fall_over_3_m",)
    assert "ejection" in unticked.undecided and "fall_over_3_m" not in unticked.undecided
    low = triaged(fall_m=1, mechanisms=None)
    assert "fall_over_3_m" in low.undecided


def test_order_and_one_nemsis_code_for_two_of_ours() -> None:
    result = triaged(
        motor_response=5,
        resp_rate_per_min=30,
        needs_resp_support=True,
        spo2_air_pct=80,
        systolic_mmhg=80,
        heart_rate_per_min=130,
        injuries=frozenset({"bleeding", "penetrating"}),
        mechanisms=frozenset({"extrication", "intrusion"}),
        judgements=frozenset({"anticoagulant"}),
    )
    assert result.red == (
        "motor<6", "RR", "resp_support", "SpO2", "SBP_10_64", "HR>SBP", "penetrating", "bleeding",
    )  # fmt: skip
    assert result.yellow == ("intrusion", "extrication", "anticoagulant")
    assert result.nemsis_yellow == ("2904011", "2904019")
    assert result.level == "red"


@pytest.mark.parametrize(
    ("field", "name", "undecided"),
    [
        ("motor_response", "motor", ("motor<6",)), ("resp_rate_per_min", "rr", ("RR",)),
        ("needs_resp_support", "resp_support", ("resp_support",)),
        ("spo2_air_pct", "spo2_air", ("SpO2",)), ("heart_rate_per_min", "hr", ("HR>SBP",)),
        ("systolic_mmhg", "sbp", ("SBP_10_64", "HR>SBP")),
    ],
)  # fmt: skip
def test_a_missing_vital_sign_leaves_its_criteria_undecided(
    field: str, name: str, undecided: tuple[str, ...]
) -> None:
    result = triaged(**{field: None})
    assert (result.level, result.vitals) == ("indeterminate", "indeterminate")
    assert (result.undecided, result.missing) == (undecided, (name,))


@pytest.mark.parametrize("field", ["injuries", "mechanisms", "judgements"])
def test_not_looked_is_not_none_found(field: str) -> None:
    result = triaged(**{field: None})
    assert (result.level, result.vitals, result.missing) == ("indeterminate", "none", (field,))


def test_nothing_known_is_indeterminate_and_everything_is_missing() -> None:
    result = assess(TraumaFindings())
    assert (result.level, result.missing) == ("indeterminate", criteria.INPUTS)
    assert len(result.undecided) == len(criteria.RED) + len(criteria.YELLOW)


def test_yellow_is_certain_while_red_is_not() -> None:
    result = triaged(systolic_mmhg=None, judgements=frozenset({"anticoagulant"}))
    assert (result.level, result.vitals) == ("yellow", "indeterminate")
    assert (result.yellow, result.missing) == (("anticoagulant",), ("sbp",))


@pytest.mark.parametrize(
    ("systolic_mmhg", "red", "undecided"),
    [
        (0, ("SBP_10_64",), ()),
        (69, ("SBP_10_64",), ()),
        (70, (), ("SBP_0_9", "SBP_10_64", "SBP_65+")),
        (87, (), ("SBP_0_9", "SBP_10_64", "SBP_65+")),
        (88, (), ("SBP_10_64", "SBP_65+")),
        (89, (), ("SBP_10_64", "SBP_65+")),
        (90, (), ("SBP_65+",)),
        (109, (), ("SBP_65+",)),
        (110, (), ()),
        (None, (), ("SBP_0_9", "SBP_10_64", "SBP_65+")),
    ],
)
def test_pressure_at_unknown_age(
    systolic_mmhg: int | None, red: tuple[str, ...], undecided: tuple[str, ...]
) -> None:
    result = triaged(age_years=None, systolic_mmhg=systolic_mmhg, heart_rate_per_min=0)
    open_bands = tuple(code for code in result.undecided if code != "HR>SBP")
    assert (result.red, open_bands) == (red, undecided)
    assert result.nemsis_red == ()  # a code would state an age


def test_heart_rate_at_unknown_age() -> None:
    fast = triaged(age_years=None, systolic_mmhg=120, heart_rate_per_min=121)
    assert (fast.undecided, fast.missing) == (("HR>SBP",), ("age",))
    assert triaged(age_years=None, systolic_mmhg=120, heart_rate_per_min=120).level == "none"
    blind = triaged(age_years=None, systolic_mmhg=120, heart_rate_per_min=None)
    assert (blind.undecided, blind.missing) == (("HR>SBP",), ("age", "hr"))


def test_a_child_needs_no_heart_rate() -> None:
    assert triaged(age_years=5, heart_rate_per_min=None).level == "none"


def test_other_criteria_at_unknown_age_keep_their_codes() -> None:
    assert triaged(age_years=None, spo2_air_pct=80).nemsis_red == ("2903035",)


def followed(**changes: Any) -> Any:
    found = TraumaFindings(**(NORMAL | changes))
    return need(found, assess(found), POLICY)


def test_red_goes_to_the_highest_centre_in_reach() -> None:
    follows = followed(systolic_mmhg=80, heart_rate_per_min=70)
    assert (follows.pathway, follows.decision, follows.alert) == (
        "trauma", "trauma_red", Colour.RED,
    )  # fmt: skip
    assert follows.prefers == ("trauma_level_1", "trauma_level_2", "trauma_level_3")
    assert follows.may_bypass is True and follows.is_immediate is False
    assert (follows.do, follows.asks, follows.requires) == (("leave_scene_in_time",), (), ())
    assert follows.reasons == (
        reason("trauma_criterion", criterion="SBP_10_64"),
        reason("scene_time_limit", limit_min=10),
    )


def test_yellow_need_not_be_the_highest() -> None:
    follows = followed(judgements=frozenset({"anticoagulant"}), motor_response=None)
    assert (follows.decision, follows.alert) == ("trauma_yellow", Colour.YELLOW)
    assert (follows.may_bypass, follows.prefers, follows.do) == (False, (), ())
    assert follows.asks == ("motor",)
    assert follows.reasons == (reason("trauma_criterion", criterion="anticoagulant"),)


def test_undecided_alerts_nobody_and_asks() -> None:
    follows = followed(systolic_mmhg=None)
    assert (follows.decision, follows.alert) == ("trauma_indeterminate", None)
    assert (follows.may_bypass, follows.asks, follows.reasons) == (False, ("sbp",), ())


@pytest.mark.parametrize(("age_years", "is_child"), [(0, True), (13.9, True), (14, False),
                                                     (None, False)])  # fmt: skip
def test_children_prefer_a_place_for_children(age_years: float | None, is_child: bool) -> None:
    tail = ("picu",) if is_child else ()
    red = followed(age_years=age_years, motor_response=1)
    assert red.prefers == ("trauma_level_1", "trauma_level_2", "trauma_level_3", *tail)
    yellow = followed(age_years=age_years, mechanisms=frozenset({"ejection"}))
    assert yellow.prefers == tail


def test_the_policy_is_used() -> None:
    found = TraumaFindings(**(NORMAL | {"age_years": 15, "motor_response": 1}))
    policy = TraumaPolicy(
        scene_limit_min=5, child_below_years=16, red_prefers=("a",), child_prefers=("b",)
    )
    follows = need(found, assess(found), policy)
    assert follows is not None and follows.prefers == ("a", "b")
    assert follows.reasons[-1] == reason("scene_time_limit", limit_min=5)


def ticks(table: tuple[criteria.Criterion, ...]) -> st.SearchStrategy[Any]:
    return st.none() | st.frozensets(st.sampled_from([one.code for one in table]), max_size=3)


FINDINGS = st.fixed_dictionaries(
    {
        "age_years": st.none() | st.floats(0, 120),
        "motor_response": st.none() | st.integers(1, 6),
        "resp_rate_per_min": st.none() | st.integers(0, 60),
        "needs_resp_support": st.none() | st.booleans(),
        "spo2_air_pct": st.none() | st.integers(0, 100),
        "systolic_mmhg": st.none() | st.integers(0, 250),
        "heart_rate_per_min": st.none() | st.integers(0, 250),
        "injuries": ticks(criteria.INJURIES),
        "mechanisms": ticks(criteria.MECHANISMS),
        "judgements": ticks(criteria.JUDGEMENTS),
    }
)


@given(FINDINGS, st.sampled_from(sorted(NORMAL)))
def test_a_missing_value_never_contradicts_the_full_answer(
    full: dict[str, Any], dropped: str
) -> None:
    whole, less = assess(TraumaFindings(**full)), assess(TraumaFindings(**full | {dropped: None}))
    pressure = {"SBP_0_9", "SBP_10_64", "SBP_65+"}  # one of them is named when the age is lost
    assert set(less.red) - pressure <= set(whole.red) - pressure
    assert bool(pressure & set(less.red)) <= bool(pressure & set(whole.red))
    assert set(less.yellow) <= set(whole.yellow)
    assert set(whole.missing) <= set(less.missing)
    if less.level == "none":
        assert whole.level == "none"


@given(FINDINGS, st.integers(1, 100))
def test_a_lower_pressure_is_never_less_red(full: dict[str, Any], fall_mmhg: int) -> None:
    if full["systolic_mmhg"] is None:
        return
    lower = full | {"systolic_mmhg": max(0, full["systolic_mmhg"] - fall_mmhg)}
    before, after = assess(TraumaFindings(**full)), assess(TraumaFindings(**lower))
    assert len(before.red) <= len(after.red)


@given(FINDINGS)
def test_level_says_what_the_lists_say(full: dict[str, Any]) -> None:
    result = assess(TraumaFindings(**full))
    assert (result.level == "red") == bool(result.red)
    assert (result.level == "yellow") == (bool(result.yellow) and not result.red)
    is_open = result.undecided and not result.red and not result.yellow
    assert (result.level == "indeterminate") == bool(is_open)
    assert bool(result.undecided) == bool(result.missing)
    assert not {*result.red, *result.yellow} & {*result.undecided}
