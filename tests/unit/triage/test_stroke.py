"""Where a suspected stroke goes: every branch, both sides of every limit, and what is unknown."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.triage.cardiac_times import limit_text
from dispatch.triage.stroke import (
    TARGETS,
    LastSeen,
    Stroke,
    StrokeDecision,
    StrokePolicy,
    decide,
    hours_since,
    last_known_well,
    need_of,
    window,
)
from hospital_gateway.prealert import Colour

LVO = Stroke(
    is_suspected=True,
    lvo=True,
    last_known_well_h=1,
    is_lysis_contraindicated=False,
    evt_drive_min=29,
    county_drive_min=10,
    glucose_mmol_per_l=6,
    is_airway_failing=False,
    gcs=15,
)


def decided(**changes: Any) -> StrokeDecision:
    return decide(msgspec.structs.replace(LVO, **changes))


def answer(**changes: Any) -> tuple[str, str]:
    found = decided(**changes)
    return found.decision, found.why


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0, "lysis"),
        (4.5, "lysis"),
        (4.51, "evt"),
        (6, "evt"),
        (6.01, "evt_selected"),
        (24, "evt_selected"),
        (24.01, "outside"),
        (None, "unknown"),
    ],
)
def test_windows(hours: float | None, expected: str) -> None:
    assert window(hours) == expected
    assert decided(last_known_well_h=hours).window == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("evt_direct", "evt_within_limit")),
        ({"lvo": False}, ("county_stroke_centre", "no_lvo")),
        ({"lvo": None}, ("county_stroke_centre", "lvo_unknown")),
        ({"lvo": False, "last_known_well_h": 10}, ("county_stroke_centre", "no_lvo")),
        ({"evt_drive_min": 29.99}, ("evt_direct", "evt_within_limit")),
        ({"evt_drive_min": 30}, ("county_stroke_centre", "evt_too_far")),
        ({"evt_drive_min": None}, ("county_stroke_centre", "evt_drive_unknown")),
        ({"evt_drive_min": 0}, ("evt_direct", "evt_is_nearest")),
        ({"evt_drive_min": 45, "county_drive_min": 45}, ("evt_direct", "evt_is_nearest")),
        ({"evt_drive_min": 45, "county_drive_min": 44}, ("county_stroke_centre", "evt_too_far")),
        ({"county_drive_min": None}, ("evt_direct", "evt_within_limit")),
        ({"last_known_well_h": 4.5, "evt_drive_min": 5}, ("evt_direct", "evt_is_nearest")),
        (
            {"last_known_well_h": 4.5, "evt_drive_min": 11},
            ("county_stroke_centre", "lysis_would_be_lost"),
        ),
        ({"last_known_well_h": 3, "evt_drive_min": 29}, ("evt_direct", "evt_within_limit")),
        ({"last_known_well_h": 181 / 60}, ("evt_direct", "evt_within_limit")),
        (
            {"last_known_well_h": 181 / 60 + 1 / 3600},
            ("county_stroke_centre", "lysis_would_be_lost"),
        ),
        (
            {"last_known_well_h": 4 + 10 / 60, "evt_drive_min": 25},
            ("county_stroke_centre", "lysis_would_be_lost"),
        ),
        ({"last_known_well_h": 4.51, "evt_drive_min": 300}, ("evt_direct", "no_lysis_to_lose")),
        ({"last_known_well_h": 24, "evt_drive_min": None}, ("evt_direct", "no_lysis_to_lose")),
        ({"last_known_well_h": 24.01}, ("nearest_stroke_centre", "beyond_every_window")),
        (
            {"is_lysis_contraindicated": True, "evt_drive_min": 70},
            ("evt_direct", "no_lysis_to_lose"),
        ),
        ({"is_lysis_contraindicated": None}, ("evt_direct", "evt_within_limit")),
        ({"last_known_well_h": None}, ("county_stroke_centre", "last_known_well_unknown")),
        (
            {"last_known_well_h": None, "is_lysis_contraindicated": True},
            ("county_stroke_centre", "last_known_well_unknown"),
        ),
        ({"is_airway_failing": True}, ("immediate", "airway_failing")),
        ({"is_airway_failing": True, "is_suspected": False}, ("immediate", "airway_failing")),
        ({"is_airway_failing": True, "glucose_mmol_per_l": 1}, ("immediate", "airway_failing")),
        ({"is_suspected": False}, ("no_stroke_pathway", "not_suspected")),
        ({"is_suspected": None}, ("evt_direct", "evt_within_limit")),
        ({"gcs": 3}, ("evt_direct", "evt_within_limit")),
        ({"gcs": 8, "is_airway_failing": None}, ("county_stroke_centre", "coma_airway_unknown")),
        ({"gcs": 9, "is_airway_failing": None}, ("evt_direct", "evt_within_limit")),
        ({"gcs": None, "is_airway_failing": None}, ("evt_direct", "evt_within_limit")),
        ({"glucose_mmol_per_l": 2.79}, ("correct_glucose", "glucose_low")),
        ({"glucose_mmol_per_l": 2.8}, ("evt_direct", "evt_within_limit")),
        ({"glucose_mmol_per_l": 22.2}, ("evt_direct", "evt_within_limit")),
        ({"glucose_mmol_per_l": 22.21}, ("correct_glucose", "glucose_high")),
        ({"glucose_mmol_per_l": 2.1, "last_known_well_h": 26}, ("correct_glucose", "glucose_low")),
        ({"glucose_mmol_per_l": None, "glucose_word": "LOW"}, ("correct_glucose", "glucose_low")),
        ({"glucose_mmol_per_l": None, "glucose_word": "HIGH"}, ("correct_glucose", "glucose_high")),
    ],
)
def test_decisions(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert answer(**changes) == expected


def test_trap_18_under_30_min_is_not_30() -> None:
    assert decided(evt_drive_min=29.999).decision == "evt_direct"
    assert decided(evt_drive_min=30).decision == "county_stroke_centre"


@pytest.mark.parametrize(
    ("changes", "possible"),
    [
        ({}, True),
        ({"last_known_well_h": 4.5}, True),
        ({"last_known_well_h": 4.51}, False),
        ({"last_known_well_h": 30}, False),
        ({"last_known_well_h": None}, None),
        ({"is_lysis_contraindicated": None}, None),
        ({"is_lysis_contraindicated": True}, False),
        ({"is_lysis_contraindicated": True, "last_known_well_h": None}, False),
        ({"is_lysis_contraindicated": None, "last_known_well_h": 5}, False),
    ],
)
def test_whether_lysis_is_possible(changes: dict[str, Any], possible: bool | None) -> None:
    assert decided(**changes).is_lysis_possible is possible


@pytest.mark.parametrize(
    ("changes", "do"),
    [
        ({}, ()),
        ({"glucose_mmol_per_l": None}, ("measure_glucose",)),
        ({"glucose_mmol_per_l": 2.8}, ("correct_glucose", "rescreen")),
        ({"glucose_mmol_per_l": 3.29}, ("correct_glucose", "rescreen")),
        ({"glucose_mmol_per_l": 3.3}, ()),
        ({"glucose_mmol_per_l": 22.3}, ("correct_glucose", "rescreen")),
        ({"glucose_mmol_per_l": None, "glucose_word": "LOW"}, ("correct_glucose", "rescreen")),
        ({"glucose_mmol_per_l": None, "is_airway_failing": True}, ()),
        ({"glucose_mmol_per_l": None, "is_suspected": False}, ()),
    ],
)
def test_glucose_always(changes: dict[str, Any], do: tuple[str, ...]) -> None:
    assert decided(**changes).do == do


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        ({}, True),
        ({"evt_drive_min": 60}, True),
        ({"last_known_well_h": None}, True),
        ({"last_known_well_h": 26}, False),
        ({"lvo": False}, False),
        ({"lvo": None}, False),
        ({"glucose_mmol_per_l": 2}, False),
        ({"is_airway_failing": True}, False),
        ({"is_suspected": False}, False),
    ],
)
def test_the_evt_hospital_is_told_of_lvo(changes: dict[str, Any], is_told: bool) -> None:
    assert decided(**changes).notify == (("evt_hospital",) if is_told else ())


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        ({}, ()),
        ({"lvo": None}, ("lvo",)),
        ({"lvo": None, "evt_drive_min": 40}, ()),
        ({"lvo": None, "last_known_well_h": 10}, ("lvo",)),
        ({"last_known_well_h": None}, ("last_known_well_h",)),
        ({"last_known_well_h": None, "lvo": False}, ("last_known_well_h",)),
        ({"is_lysis_contraindicated": None}, ()),
        ({"is_lysis_contraindicated": None, "evt_drive_min": 40}, ("is_lysis_contraindicated",)),
        ({"evt_drive_min": None}, ("evt_drive_min",)),
        ({"evt_drive_min": None, "last_known_well_h": 10}, ()),
        ({"county_drive_min": None}, ()),
        ({"county_drive_min": None, "evt_drive_min": 30}, ("county_drive_min",)),
        ({"glucose_mmol_per_l": None}, ("glucose_mmol_per_l",)),
        ({"glucose_mmol_per_l": None, "glucose_word": "LOW"}, ()),
        ({"gcs": 6, "is_airway_failing": None}, ("airway_failing",)),
        ({"gcs": None, "is_airway_failing": None, "is_suspected": None}, ()),
        ({"is_airway_failing": True, "glucose_mmol_per_l": None, "lvo": None}, ()),
        ({"is_suspected": False, "lvo": None, "glucose_mmol_per_l": None}, ()),
    ],
)
def test_only_what_could_change_the_answer_is_asked(
    changes: dict[str, Any], asks: tuple[str, ...]
) -> None:
    assert decided(**changes).asks == asks


def test_what_is_not_said_is_unknown() -> None:
    assert all(getattr(Stroke(), name) is None for name in Stroke.__struct_fields__)


def test_everything_unknown_is_a_stroke_for_the_county() -> None:
    found = decide(Stroke())
    assert (found.decision, found.why) == ("county_stroke_centre", "last_known_well_unknown")
    assert found.asks == ("last_known_well_h", "glucose_mmol_per_l")
    need = need_of(found)
    assert need is not None and need.alert is Colour.RED


@pytest.mark.parametrize(
    ("changes", "alert", "requires", "prefers", "may_bypass", "is_immediate"),
    [
        ({}, Colour.RED, (), ("evt",), True, False),
        ({"last_known_well_h": 10}, Colour.RED, ("evt",), ("evt",), True, False),
        ({"evt_drive_min": 45, "county_drive_min": 50}, Colour.RED, (), ("evt",), True, False),
        ({"evt_drive_min": 40}, Colour.RED, (), (), False, False),
        ({"last_known_well_h": None}, Colour.RED, (), (), False, False),
        ({"last_known_well_h": 26}, Colour.GREEN, (), (), False, False),
        ({"glucose_mmol_per_l": 2}, None, (), (), False, False),
        ({"is_airway_failing": True}, Colour.RED, (), (), False, True),
    ],
)
def test_needs(
    changes: Any, alert: Any, requires: Any, prefers: Any, may_bypass: bool, is_immediate: bool
) -> None:
    found = decided(**changes)
    need = need_of(found)
    assert need is not None
    assert (need.pathway, need.decision, need.alert) == ("stroke", found.decision, alert)
    assert (need.requires, need.prefers) == (requires, prefers)
    assert (need.may_bypass, need.is_immediate) == (may_bypass, is_immediate)
    assert (need.do, need.notify, need.asks) == (found.do, found.notify, found.asks)


def test_a_need_carries_what_is_to_be_done_told_and_asked() -> None:
    need = need_of(decided(glucose_mmol_per_l=None, evt_drive_min=40))
    assert need is not None
    assert need.do == ("measure_glucose",) and need.asks == ("glucose_mmol_per_l",)
    assert need.notify == ("evt_hospital",)


def test_no_suspicion_no_need() -> None:
    assert need_of(decided(is_suspected=False)) is None


def test_limits_are_policy() -> None:
    policy = StrokePolicy(
        lysis_window_h=3,
        evt_window_h=4,
        evt_selected_window_h=5,
        evt_drive_limit_min=45,
        door_to_needle_min=30,
        glucose_mimic_below_mmol_per_l=3,
        glucose_correct_below_mmol_per_l=4,
        glucose_mimic_above_mmol_per_l=20,
        coma_gcs=10,
    )

    def under(**changes: Any) -> StrokeDecision:
        return decide(msgspec.structs.replace(LVO, **changes), policy)

    assert [window(hours, policy) for hours in (3, 4, 5, 5.1)] == [
        "lysis",
        "evt",
        "evt_selected",
        "outside",
    ]
    assert under(evt_drive_min=44).why == "evt_within_limit"
    assert under(evt_drive_min=45).why == "evt_too_far"
    assert under(last_known_well_h=2, evt_drive_min=30).why == "evt_within_limit"
    assert under(last_known_well_h=2, evt_drive_min=31).why == "lysis_would_be_lost"
    assert under(last_known_well_h=3.1).why == "no_lysis_to_lose"
    assert under(last_known_well_h=5.1).why == "beyond_every_window"
    assert under(glucose_mmol_per_l=2.9).why == "glucose_low"
    assert under(glucose_mmol_per_l=20.1).why == "glucose_high"
    assert under(glucose_mmol_per_l=3.9).do == ("correct_glucose", "rescreen")
    assert under(gcs=10, is_airway_failing=None).why == "coma_airway_unknown"
    assert under(last_known_well_h=3.1).window == "evt"
    assert under(last_known_well_h=3.1).is_lysis_possible is False
    assert under(is_lysis_contraindicated=None, evt_drive_min=46).asks == (
        "is_lysis_contraindicated",
    )


NIGHT = datetime(2026, 2, 28, 22, tzinfo=UTC)
MORNING = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (LastSeen(), None),
        (LastSeen(last_known_well=MORNING), MORNING),
        (LastSeen(last_known_well=MORNING, bedtime=NIGHT, woke_with_deficit=True), NIGHT),
        (LastSeen(bedtime=NIGHT, woke_with_deficit=True), NIGHT),
        (LastSeen(last_known_well=MORNING, woke_with_deficit=True), MORNING),
        (LastSeen(last_known_well=MORNING, bedtime=NIGHT, woke_with_deficit=False), MORNING),
        (LastSeen(last_known_well=MORNING, bedtime=NIGHT), MORNING),
        (LastSeen(bedtime=NIGHT), None),
        (LastSeen(woke_with_deficit=True), None),
    ],
)
def test_trap_16_last_known_well_is_bedtime_after_waking_and_never_discovery(
    seen: LastSeen, expected: datetime | None
) -> None:
    assert last_known_well(seen) == expected
    assert "discovered" not in LastSeen.__struct_fields__


def test_hours_since() -> None:
    assert hours_since(None, MORNING) is None
    assert hours_since(NIGHT, MORNING) == 8.5
    assert hours_since(MORNING, MORNING) == 0
    china = timezone(timedelta(hours=8))
    assert hours_since(NIGHT.astimezone(china), MORNING) == 8.5
    with pytest.raises(BadPayload) as caught:
        hours_since(MORNING + timedelta(seconds=1), MORNING)
    assert caught.value.reason == "invalid_field"
    assert caught.value.detail == (
        "last_known_well: 2026-03-01 06:30:01+00:00 is later than at: 2026-03-01 06:30:00+00:00"
    )


def test_targets_are_those_of_the_reference() -> None:
    assert {one.source for one in TARGETS} == {"general knowledge", "Chinese quality reports"}
    assert [(one.interval, limit_text(one), one.is_general_knowledge) for one in TARGETS] == [
        ("door_to_ct", "<= 25 min", True),
        ("door_to_needle", "<= 60 min", False),
        ("door_to_puncture", "<= 90 min", False),
        ("door_in_to_door_out", "<= 90 min", True),
    ]


CASES = st.builds(
    Stroke,
    is_suspected=st.none() | st.booleans(),
    lvo=st.none() | st.booleans(),
    last_known_well_h=st.none() | st.sampled_from([0.0, 1.0, 3.1, 4.5, 4.6, 24.0, 25.0]),
    is_lysis_contraindicated=st.none() | st.booleans(),
    evt_drive_min=st.none() | st.sampled_from([0.0, 29.0, 30.0, 90.0]),
    county_drive_min=st.none() | st.sampled_from([0.0, 29.0, 60.0]),
    glucose_mmol_per_l=st.none() | st.sampled_from([2.1, 2.8, 6.0, 22.2, 25.0]),
    is_airway_failing=st.none() | st.booleans(),
    gcs=st.none() | st.sampled_from([3, 8, 9, 15]),
)
CAN_BE_ASKED = (
    "lvo",
    "last_known_well_h",
    "is_lysis_contraindicated",
    "evt_drive_min",
    "county_drive_min",
    "glucose_mmol_per_l",
)


@given(CASES, st.sampled_from(CAN_BE_ASKED))
def test_a_missing_fact_changes_the_answer_only_where_it_is_asked_for(
    case: Stroke, name: str
) -> None:
    whole, part = decide(case), decide(msgspec.structs.replace(case, **{name: None}))
    assert part.decision == whole.decision or name in part.asks


@given(CASES, st.floats(0, 60))
def test_a_longer_drive_never_starts_a_bypass(case: Stroke, more_min: float) -> None:
    if case.evt_drive_min is None:
        return
    longer = msgspec.structs.replace(case, evt_drive_min=case.evt_drive_min + more_min)
    if decide(longer).decision == "evt_direct":
        assert decide(case).decision == "evt_direct"
