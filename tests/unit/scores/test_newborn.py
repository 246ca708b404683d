"""Newborn temperature, saturation and red flags: both sides of every limit, what is missing."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.scores.newborn import (
    Findings,
    NewbornPolicy,
    mmol_per_l,
    red_flags,
    spo2_target,
    temperature_class,
)

WELL = Findings(
    resp_rate_per_min=45,
    apnoea_s=0,
    heart_rate_per_min=140,
    spo2_pct=96,
    age_min=60,
    temperature_cel=36.8,
    glucose_mmol_per_l=4,
    has_seizure=False,
    apgar_1_min=8,
    apgar_5_min=9,
    gestation_weeks=39,
    weight_g=3300,
)


def flagged(**changes: Any) -> tuple[str, ...]:
    return red_flags(msgspec.structs.replace(WELL, **changes)).flags


@pytest.mark.parametrize(
    ("cel", "name"),
    [
        (20, "severe"),
        (31.9, "severe"),
        (31.94, "severe"),
        (31.95, "moderate"),
        (32.0, "moderate"),
        (35.9, "moderate"),
        (35.94, "moderate"),
        (35.95, "mild"),
        (36.0, "mild"),
        (36.4, "mild"),
        (36.44, "mild"),
        (36.45, "normal"),
        (36.5, "normal"),
        (37.5, "normal"),
        (37.54, "normal"),
        (37.55, "hyperthermia"),
        (37.6, "hyperthermia"),
        (41, "hyperthermia"),
        (None, None),
    ],
)
def test_temperature_class(cel: float | None, name: str | None) -> None:
    assert temperature_class(cel) == name


@pytest.mark.parametrize(
    ("minute", "target"),
    [
        (0, None),
        (0.9, None),
        (1, (60, 65)),
        (1.9, (60, 65)),
        (2, (65, 70)),
        (3, (70, 75)),
        (4, (75, 80)),
        (5, (80, 85)),
        (9.9, (80, 85)),
        (10, (85, 95)),
        (10.1, None),
        (None, None),
    ],
)
def test_targets_by_minute(minute: float | None, target: tuple[int, int] | None) -> None:
    found = spo2_target(minute, None)
    assert (found.low_pct, found.high_pct) == (target or (None, None))
    assert (found.status, found.is_alarm) == (None, None)


@pytest.mark.parametrize(
    ("minute", "spo2", "status", "is_alarm"),
    [
        (3, 72, "in_range", False),  # R31
        (10, 72, "below", True),  # R32
        (3, 69.9, "below", True),
        (3, 70, "in_range", False),
        (3, 75.9, "in_range", False),
        (3, 76, "above", False),
        (10, 84, "below", True),
        (10, 85, "in_range", False),
        (10, 95, "in_range", False),
        (10, 96, "above", False),
        (0.5, 40, None, None),
        (10.1, 89.9, None, True),
        (10.1, 90, None, False),
        (None, 50, None, None),
    ],
)
def test_saturation_after_birth(
    minute: float | None, spo2: float, status: str | None, is_alarm: bool | None
) -> None:
    found = spo2_target(minute, spo2)
    assert (found.status, found.is_alarm) == (status, is_alarm)


@pytest.mark.parametrize(
    ("name", "field", "well", "red"),
    [
        ("resp_rate", "resp_rate_per_min", [0, 60], [60.5, 61]),
        ("apnoea", "apnoea_s", [20], [20.5]),
        ("heart_rate", "heart_rate_per_min", [100, 180], [0, 99, 181]),
        ("temperature", "temperature_cel", [35.95, 36, 38, 38.04], [35.94, 38.05]),
        ("glucose", "glucose_mmol_per_l", [2.6], [2.59, 0.5]),
        ("seizure", "has_seizure", [False], [True]),
        ("apgar_1", "apgar_1_min", [4], [0, 3]),
        ("apgar_5", "apgar_5_min", [6], [0, 5]),
        ("gestation", "gestation_weeks", [34], [33.9]),
        ("weight", "weight_g", [2000], [1999]),
        ("spo2", "spo2_pct", [90], [0, 89]),
    ],
)
def test_each_red_flag(name: str, field: str, well: list[float], red: list[float]) -> None:
    for value in well:
        assert flagged(**{field: value}) == (), value
    for value in red:
        assert flagged(**{field: value}) == (name,), value
    unknown = red_flags(msgspec.structs.replace(WELL, **{field: None}))
    assert (unknown.is_flagged, unknown.missing) == (None, (name,))


def test_no_flag_is_no_only_when_everything_was_looked_at() -> None:
    assert red_flags(WELL).is_flagged is False
    assert red_flags(Findings()).is_flagged is None
    assert len(red_flags(Findings()).missing) == 11
    assert red_flags(Findings(has_seizure=True)).is_flagged is True
    assert flagged(age_min=10, spo2_pct=72) == ("spo2",)


def test_trap_12_glucose_units() -> None:
    assert mmol_per_l(45) == 2.5  # R35
    assert flagged(glucose_mmol_per_l=mmol_per_l(45)) == ("glucose",)
    assert flagged(glucose_mmol_per_l=mmol_per_l(46.8)) == ()
    assert flagged(glucose_mmol_per_l=mmol_per_l(46.7)) == ("glucose",)
    assert flagged(glucose_mmol_per_l=None, is_glucose_below_range=True) == ("glucose",)
    assert flagged(glucose_mmol_per_l=None, is_glucose_below_range=False) == ()


def test_what_is_to_be_done() -> None:
    def actions(**changes: Any) -> tuple[str, ...]:
        return red_flags(msgspec.structs.replace(WELL, **changes)).actions

    assert actions() == ()
    assert actions(heart_rate_per_min=58, is_ventilated=True) == ("compressions_3_to_1",)  # R33
    assert actions(heart_rate_per_min=58) == ("ventilate",)
    assert actions(heart_rate_per_min=58, is_ventilated=False) == ("ventilate",)
    assert actions(heart_rate_per_min=60, is_ventilated=True) == ("ventilate",)
    assert actions(heart_rate_per_min=99) == ("ventilate",)
    assert actions(heart_rate_per_min=100) == ()
    assert actions(temperature_cel=35.2) == ("rewarm",)  # R30
    for cel in (31.0, 36.4):
        assert actions(temperature_cel=cel) == ("rewarm",)
    for cel in (36.5, 38.5):
        assert actions(temperature_cel=cel) == ()
    assert actions(glucose_mmol_per_l=2.5) == ("treat_glucose",)


def test_the_policy_decides() -> None:
    chinese = NewbornPolicy(apgar_1_min_to=7, apgar_5_min_to=7)
    seven = msgspec.structs.replace(WELL, apgar_1_min=7, apgar_5_min=7)
    assert red_flags(seven).flags == ()
    assert red_flags(seven, chinese).flags == ("apgar_1", "apgar_5")
    assert spo2_target(20, 91, NewbornPolicy(spo2_below_pct=92)).is_alarm is True


@given(
    st.builds(
        Findings,
        resp_rate_per_min=st.none() | st.floats(0, 150),
        heart_rate_per_min=st.none() | st.floats(0, 300),
        spo2_pct=st.none() | st.floats(0, 100),
        age_min=st.none() | st.floats(0, 30),
        temperature_cel=st.none() | st.floats(20, 45),
        glucose_mmol_per_l=st.none() | st.floats(0, 30),
        has_seizure=st.none() | st.booleans(),
    ),
    st.sampled_from(Findings.__struct_fields__),
)
def test_removing_a_finding_only_widens(seen: Findings, name: str) -> None:
    whole, less = red_flags(seen), red_flags(msgspec.structs.replace(seen, **{name: None}))
    assert set(less.flags) <= set(whole.flags)
    assert less.is_flagged in {None, whole.is_flagged}
