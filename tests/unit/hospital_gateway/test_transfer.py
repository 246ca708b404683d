"""Transfers: tiers, the sender, the clock at the sending place, and the engine with an origin."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hospital_gateway.destination import Case
from hospital_gateway.transfer import Dido, Origin, Stamps, dido, stage, tier, tier_gaps
from tests.unit.hospital_gateway.support import CITY, COUNTY, ED, POLICY, ask, at, ids, texts

IN = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
TOWNSHIP = Origin(facility_id="t1", kind="township")
T1, T2 = at("t1", 0, ED, kind="township"), at("t2", 10, ED, kind="township")
VILLAGE = at("v", 2, ED, kind="village")
SUB, COUNTY_H = at("s", 12, ED, kind="sub_centre"), at("h", 25, COUNTY)
CITY_H = at("c", 70, CITY, kind="city")


def _after(minutes: float) -> datetime:
    return IN + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("kind", "place"),
    [("village", 0), ("clinic", 0), ("township", 1), ("sub_centre", 2), ("hospital", 3),
     ("county", 3), ("city", 4), ("spaceport", None), ("", None)],
)  # fmt: skip
def test_tiers_from_the_village_up(kind, place):
    assert tier(POLICY, kind) == place


def test_the_tiers_are_configuration():
    flat = replace(POLICY, tiers=(("township", "hospital"), ("city",)))
    assert tier(flat, "hospital") == tier(flat, "township") == 0


def test_a_transfer_excludes_the_sender_and_every_lower_tier():
    advice = ask(Case(origin=TOWNSHIP), T1, VILLAGE, T2, SUB, COUNTY_H, CITY_H)
    assert ids(advice) == ["t2", "s", "h", "c", "v"]
    assert [option.passes for option in advice.options] == [True, True, True, True, False]
    assert "lower_tier{facility_kind=village}" in texts(advice.options[-1])


def test_a_transfer_back_may_go_down_but_not_to_the_sender():
    back = Origin(facility_id="h", kind="hospital", is_back_transfer=True)
    advice = ask(Case(origin=back), T1, COUNTY_H, CITY_H)
    assert ids(advice) == ["t1", "c"]
    assert all(option.passes for option in advice.options)


def test_a_transfer_up_from_the_county_leaves_the_city():
    up = Origin(facility_id="h", kind="hospital")
    assert [o.facility_id for o in ask(Case(origin=up), T1, SUB, CITY_H).options if o.passes] == [
        "c"
    ]


def test_a_kind_that_nobody_can_compare_wants_a_signature():
    odd = at("x", 3, COUNTY, kind="spaceport")
    advice = ask(Case(origin=TOWNSHIP), odd, COUNTY_H)
    assert ids(advice) == ["h", "x"]
    assert "tier_unknown{facility_kind=spaceport}" in texts(advice.options[1])
    from_odd = Origin(facility_id="t1", kind="spaceport")
    assert [each.code for each in tier_gaps(POLICY, from_odd, COUNTY_H.facility)] == [
        "tier_unknown"
    ]
    assert tier_gaps(POLICY, replace(from_odd, is_back_transfer=True), odd.facility) == ()


def test_in_an_emergency_the_tier_is_no_reason():
    advice = ask(Case(origin=TOWNSHIP, is_immediate=True), VILLAGE, COUNTY_H)
    assert (advice.rule, ids(advice)) == ("R0", ["v", "h"])
    assert all(option.passes for option in advice.options)


@pytest.mark.parametrize(
    ("elapsed_s", "expected"),
    [(0, "none"), (1199, "none"), (1200, "warning"), (1799, "warning"), (1800, "alarm"),
     (9999, "alarm")],
)  # fmt: skip
def test_somebody_is_told_at_20_and_at_30_minutes(elapsed_s, expected):
    assert stage(POLICY, elapsed_s) == expected
    advice = ask(Case(origin=replace(TOWNSHIP, elapsed_s=elapsed_s)), COUNTY_H)
    flags = [(flag.code, flag.params) for flag in advice.flags]
    assert flags == ([] if expected == "none" else [(f"dido_{expected}", {"elapsed_s": elapsed_s})])


def test_a_time_that_nobody_noted_alarms_nobody():
    assert ask(Case(origin=TOWNSHIP), COUNTY_H).flags == ()


CLOCKS = [
    (Stamps(arrived_at=IN), 5, None,
     Dido(elapsed_s=300, stage="none", standard_s=None, is_over_standard=None, is_running=True,
          waits_for="sender", is_skewed=False)),
    (Stamps(arrived_at=IN, sent_at=_after(6)), 20, "stroke",
     Dido(elapsed_s=1200, stage="warning", standard_s=5400, is_over_standard=False,
          is_running=True, waits_for="receiver", is_skewed=False)),
    (Stamps(arrived_at=IN, sent_at=_after(6), accepted_at=_after(9)), 30, "chest_pain",
     Dido(elapsed_s=1800, stage="alarm", standard_s=1800, is_over_standard=False,
          is_running=True, waits_for="departure", is_skewed=False)),
    (Stamps(arrived_at=IN, sent_at=_after(6), accepted_at=_after(9), left_at=_after(31)), 90,
     "chest_pain",
     Dido(elapsed_s=1860, stage="alarm", standard_s=1800, is_over_standard=True,
          is_running=False, waits_for="nothing", is_skewed=False)),
    (Stamps(arrived_at=IN, accepted_at=_after(1)), 2, "trauma",
     Dido(elapsed_s=120, stage="none", standard_s=None, is_over_standard=None, is_running=True,
          waits_for="departure", is_skewed=False)),
    (Stamps(arrived_at=IN, left_at=_after(-1)), 9, None,
     Dido(elapsed_s=0, stage="none", standard_s=None, is_over_standard=None, is_running=False,
          waits_for="nothing", is_skewed=True)),
    (Stamps(arrived_at=IN, left_at=IN), 9, None,
     Dido(elapsed_s=0, stage="none", standard_s=None, is_over_standard=None, is_running=False,
          waits_for="nothing", is_skewed=False)),
]  # fmt: skip


@pytest.mark.parametrize(("stamps", "minutes", "centre", "expected"), CLOCKS)
def test_the_clock(stamps, minutes, centre, expected):
    assert dido(POLICY, stamps, _after(minutes), centre) == expected


@given(left=st.none() | st.integers(-60, 240), now=st.integers(-60, 240), later=st.integers(0, 60))
def test_the_clock_never_runs_backwards(left, now, later):
    stamps = Stamps(arrived_at=IN, left_at=None if left is None else _after(left))
    early, late = (dido(POLICY, stamps, _after(minutes)) for minutes in (now, now + later))
    assert 0 <= early.elapsed_s <= late.elapsed_s
    assert ["none", "warning", "alarm"].index(early.stage) <= [
        "none", "warning", "alarm"].index(late.stage)  # fmt: skip
