"""Missing values only widen, nobody unproven passes a hospital, only arrest is immediate."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dispatch.triage.maternal import PLANS, decide
from dispatch.triage.maternal_flags import FINDINGS, Woman
from dispatch.triage.maternal_risk import NATIONAL

_OPTIONAL = st.none()
_SHOCK = st.sampled_from(["reassuring", "alert", "urgent"])
_MARKS = st.lists(st.sampled_from([mark.code for mark in NATIONAL])).map(tuple)
WOMEN = st.builds(
    Woman,
    pregnant=_OPTIONAL | st.booleans(),
    gestation_weeks=_OPTIONAL | st.floats(0, 45),
    days_since_last_period=_OPTIONAL | st.integers(0, 315),
    fundal_height_cm=_OPTIONAL | st.floats(0, 60),
    estimated_weight_g=_OPTIONAL | st.floats(0, 8000),
    blood_loss_ml=_OPTIONAL | st.floats(0, 5000),
    systolic_mmhg=_OPTIONAL | st.floats(0, 300),
    diastolic_mmhg=_OPTIONAL | st.floats(0, 200),
    mewc_trigger=_OPTIONAL | st.booleans(),
    shock_class=_OPTIONAL | _SHOCK,
    risk_marks=_MARKS,
    nicu_extra_min=_OPTIONAL | st.floats(0, 300),
    findings=st.dictionaries(st.sampled_from(FINDINGS), st.booleans()),
)
_WORSE_WHEN_UNKNOWN = {"gestation_weeks", "days_since_last_period", "fundal_height_cm", "pregnant"}
_WORSE_FINDINGS = {"caesarean", "preeclampsia", "multiple"}


@given(WOMEN)
def test_every_flag_is_there_absent_or_undecided(she: Woman) -> None:
    answer = decide(she)
    assert not set(answer.flags) & set(answer.undecided)
    assert answer.decision in PLANS or answer.needs == ()
    assert (answer.decision in PLANS) is bool(answer.needs)


@given(WOMEN, st.sampled_from(Woman.__struct_fields__))
def test_a_missing_value_never_adds_a_flag_unless_unknown_is_worse(she: Woman, name: str) -> None:
    if name in {*_WORSE_WHEN_UNKNOWN, "findings", "risk_marks"}:
        return
    less = decide(msgspec.structs.replace(she, **{name: None}))
    assert set(less.flags) <= set(decide(she).flags)


@given(WOMEN, st.sampled_from(FINDINGS))
def test_a_missing_finding_never_adds_a_flag_unless_unknown_is_worse(
    she: Woman, finding: str
) -> None:
    before_birth = {"retained_placenta", "uterine_inversion", "labour"}
    if finding in _WORSE_FINDINGS | before_birth | {"crowning", "urge_to_push", "fully_dilated"}:
        return
    kept = {name: said for name, said in she.findings.items() if name != finding}
    less = decide(msgspec.structs.replace(she, findings=kept))
    undecided_stage = finding == "cord_prolapse"
    assert undecided_stage or set(less.flags) <= set(decide(she).flags)


@given(WOMEN)
def test_weeks_unknown_never_remove_a_flag_or_say_term(she: Woman) -> None:
    known = msgspec.structs.replace(she, pregnant=True)
    blind = msgspec.structs.replace(
        known, gestation_weeks=None, days_since_last_period=None, fundal_height_cm=None
    )
    assert set(decide(known).flags) <= set(decide(blind).flags)
    assert decide(blind).is_preterm


@given(WOMEN)
def test_nobody_unproven_is_driven_past_a_hospital(she: Woman) -> None:
    answer = decide(she)
    if she.findings.get("stable") is not True or answer.is_unstable:
        assert not any(need.may_bypass for need in answer.needs)


@given(WOMEN)
def test_only_arrest_is_immediate(she: Woman) -> None:
    immediate = [need for need in decide(she).needs if need.is_immediate]
    assert bool(immediate) is (she.findings.get("arrest") is True)
