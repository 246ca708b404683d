"""Values that a person entered: held against each other, their age, and a county's own policy."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from telemetry.codes import ITEMS, LIMITS, Item, Limits
from telemetry.entered import (
    EnteredPolicy,
    Measured,
    Situation,
    Verdict,
    judge_entered,
)
from telemetry.plausibility import Checks

UNKNOWN = Situation()
CPR = Situation(is_cpr=True)


def one(item: Item, value: Any, situation: Situation = UNKNOWN, **more: Any) -> Verdict:
    return judge_entered({item: Measured(value=value, **more)}, situation)[item]


def several(situation: Situation = UNKNOWN, **values: Any) -> dict[Item, Verdict]:
    measured: dict[Item, Measured] = {
        item: Measured(value=values[item]) for item in ITEMS if item in values
    }
    return judge_entered(measured, situation)


def told(verdict: Verdict) -> tuple[Any, ...]:
    return verdict.opinion, verdict.is_scored, verdict.reasons, verdict.ask, verdict.hint


# --- values against each other ---------------------------------------------------------------


def test_a_pulse_pressure_of_5_is_the_least() -> None:
    assert several(systolic=85, diastolic=80)["systolic"].opinion == "keep"
    found = several(systolic=84.9, diastolic=80, mean=200)
    opinions = [verdict.opinion for verdict in found.values()]
    assert opinions == ["reject", "reject", "keep"]
    assert found["systolic"].reasons == ("pulse_pressure",)


def test_a_mean_must_fit_its_pair() -> None:
    for mean, opinion in ((78, "flag"), (78.4, "keep"), (108.3, "keep"), (108.4, "flag")):
        found = several(systolic=120, diastolic=80, mean=mean)
        assert found["mean"].opinion == opinion
        assert (found["systolic"].opinion, found["diastolic"].opinion) == ("keep", "keep")
    assert told(several(systolic=120, diastolic=80, mean=120)["mean"]) == (
        "flag", True, ("mean_does_not_fit",), "confirm", None,
    )  # fmt: skip


def test_pressures_are_compared_in_one_unit() -> None:
    found = judge_entered(
        {
            "systolic": Measured(value=16, unit="kPa"),
            "diastolic": Measured(value=80),
            "mean": Measured(value=93),
        }
    )
    assert [verdict.opinion for verdict in found.values()] == ["keep", "keep", "keep"]


@pytest.mark.parametrize("low", ["P", None, 3])
def test_what_is_no_number_is_compared_with_nothing(low: Any) -> None:
    found = several(systolic=80, diastolic=low, mean=200)
    assert (found["systolic"].opinion, found["mean"].opinion) == ("keep", "keep")


@pytest.mark.parametrize(
    ("heart", "pulse", "gap_s", "opinion"),
    [
        (110, 80, None, "keep"),
        (111, 80, None, "flag"),
        (80, 111, None, "flag"),
        (80, 110, None, "keep"),
        (160, 80, 10, "keep"),
        (160, 80, 10.1, "flag"),
        (160, 80, 0, "keep"),
        (160, None, None, "keep"),
        (None, 80, None, "keep"),
        (400, 80, None, "keep"),
    ],
)
def test_rates_apart(
    heart: float | None, pulse: float | None, gap_s: float | None, opinion: str
) -> None:
    situation = Situation(rate_gap_s=gap_s)
    found = several(situation, heart_rate=heart, pulse_rate=pulse, spo2=97)
    assert found["spo2"].opinion == opinion


def test_the_saturation_is_flagged_even_unseen_but_not_when_missing() -> None:
    unseen = several(heart_rate=160, pulse_rate=80)["spo2"]
    assert told(unseen) == ("flag", False, ("rates_differ",), "confirm", None)
    assert (unseen.value, unseen.unit) == (None, "%")
    missing = several(heart_rate=160, pulse_rate=80, spo2=None)["spo2"]
    assert told(missing) == ("missing", False, ("not_measured",), None, None)
    rejected = several(heart_rate=160, pulse_rate=80, spo2=101)["spo2"]
    assert rejected.reasons == ("impossible",)
    low = several(heart_rate=160, pulse_rate=80, spo2=45)["spo2"]
    assert told(low) == ("flag", True, ("unusual", "rates_differ"), "confirm", None)


# --- age -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "limit_s"),
    [
        ("heart_rate", 60),
        ("pulse_rate", 60),
        ("spo2", 60),
        ("resp_rate", 60),
        ("temperature", 60),
        ("etco2", 60),
        ("systolic", 600),
        ("diastolic", 600),
        ("mean", 600),
        ("glucose", 600),
        ("gcs", 600),
        ("fio2", 600),
    ],
)
def test_how_old_a_value_may_be(item: Item, limit_s: float) -> None:
    value = sum(LIMITS[item].flag) / 2
    unit: Any = LIMITS[item].unit
    assert one(item, value, age_s=limit_s, unit=unit).opinion == "keep"
    old = one(item, value, age_s=limit_s + 0.1, unit=unit)
    assert told(old) == ("stale", False, ("too_old",), "repeat", None)
    assert one(item, value, age_s=None).opinion == "keep"


def test_weight_does_not_grow_old() -> None:
    assert one("weight", 70, age_s=1e6, is_repeat=True).opinion == "keep"


def test_the_method_decides_how_old() -> None:
    assert one("heart_rate", 70, age_s=600, method="entered").opinion == "keep"
    assert one("heart_rate", 70, age_s=601, method="entered").opinion == "stale"
    assert one("systolic", 120, age_s=61, method="monitor").opinion == "stale"
    assert one("systolic", 120, age_s=60, method="monitor").opinion == "keep"
    assert one("mean", 90, age_s=600, method="cuff").opinion == "keep"


def test_the_same_stamp_again_is_the_old_value() -> None:
    assert told(one("systolic", 120, is_repeat=True)) == (
        "stale", False, ("same_measurement",), "repeat", None,
    )  # fmt: skip
    assert one("systolic", 120, is_repeat=True, age_s=601).reasons == ("too_old",)


def test_age_changes_only_what_could_be_scored() -> None:
    assert one("systolic", 301, age_s=999).opinion == "reject"
    assert one("spo2", 0, age_s=999, quality="probe_off").opinion == "missing"
    assert one("systolic", None, age_s=999).reasons == ("not_measured", "too_old")
    assert one("systolic", 45, age_s=999).reasons == ("unusual", "too_old")
    low = one("glucose", "Low", age_s=999)
    assert (low.opinion, low.critical) == ("stale", "low")


# --- policy ----------------------------------------------------------------------------------


def test_a_county_may_set_its_own_limits() -> None:
    own = EnteredPolicy(
        limits=LIMITS | {"etco2": Limits(unit="mm[Hg]", reject=(0, 150), flag=(20, 80))},
        checks=Checks(
            pulse_pressure_min_mmhg=10,
            mean_tolerance_mmhg=5,
            rate_gap_per_min=10,
            rate_gap_s=60,
        ),
        continuous_scored_s=30,
        spot_scored_s=300,
    )

    def judged(situation: Situation = UNKNOWN, **values: Any) -> dict[Item, Verdict]:
        measured = {item: Measured(**values[item]) for item in ITEMS if item in values}
        return judge_entered(measured, situation, own)

    assert judged(etco2={"value": 19})["etco2"].opinion == "flag"
    assert judged(CPR, etco2={"value": 19})["etco2"].opinion == "keep"
    pair = {"systolic": {"value": 89}, "diastolic": {"value": 80}}
    assert judged(**pair)["systolic"].opinion == "reject"
    pair = {"systolic": {"value": 120}, "diastolic": {"value": 80}}
    assert judged(**pair, mean={"value": 99})["mean"].opinion == "flag"
    rates = {"heart_rate": {"value": 91}, "pulse_rate": {"value": 80}, "spo2": {"value": 97}}
    assert judged(Situation(rate_gap_s=60), **rates)["spo2"].opinion == "keep"
    assert judged(Situation(rate_gap_s=61), **rates)["spo2"].opinion == "flag"
    assert judged(heart_rate={"value": 70, "age_s": 31})["heart_rate"].opinion == "stale"
    assert judged(systolic={"value": 120, "age_s": 301})["systolic"].opinion == "stale"


_VALUES = st.none() | st.floats(-1e6, 1e6) | st.sampled_from(["Low", "High", "P"])


@given(
    st.dictionaries(st.sampled_from(ITEMS), _VALUES, min_size=1),
    st.sampled_from(["ok", "leads_off", "probe_off", "artefact", "asystole"]),
    st.none() | st.floats(0, 1e6),
    st.booleans(),
    st.booleans(),
)
def test_no_value_is_ever_changed_and_only_believed_ones_are_scored(
    values: dict[Item, Any], quality: Any, age_s: float | None, flag: bool, other: bool
) -> None:
    measured = {
        item: Measured(value=value, quality=quality, age_s=age_s, is_perfusion_poor=flag)
        for item, value in values.items()
    }
    situation = Situation(is_child=flag, is_cpr=other, is_talking=other)
    try:
        found = judge_entered(measured, situation)
    except BadPayload as refused:
        assert refused.reason == "invalid_field"
        return
    for item, value in values.items():
        assert found[item].value == value
        assert not found[item].is_scored or found[item].opinion in ("keep", "flag")
        assert found[item].opinion in ("keep", "missing", "stale") or found[item].reasons
    assert all(msgspec.to_builtins(verdict) for verdict in found.values())
