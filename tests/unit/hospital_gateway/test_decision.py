"""What the patient brings to the choice, what decided it, what is flagged; traps of §11."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dispatch.ids import CentreId
from hospital_gateway.advice import reason
from hospital_gateway.bypass import DEFAULT_CENTRES
from hospital_gateway.destination import Case, choose, is_switch_advised
from hospital_gateway.facilities import BedKind, Traffic
from hospital_gateway.gate import gate
from tests.unit.hospital_gateway.support import (
    CENTRES,
    CITY,
    ED,
    POLICY,
    ask,
    at,
    ids,
    texts,
)
from tests.unit.hospital_gateway.test_destination import (
    ARREST,
    CASES,
    STEMI,
    STROKE,
    TRAUMA,
    candidate_lists,
)

ADVISORY = {"traffic": Traffic.ADVISORY}
CLOSED = {"traffic": Traffic.CLOSED}
PREGNANT = Case(is_immediate=True, is_pregnant=True)
TOWN, OBSTETRIC = at("town", 4, ED), at("obstetric", 9, CITY)

DECIDED = [
    ("no_candidate", "", Case(), []),
    ("nothing_passes", "a", Case(), [at("a", 5, ()), at("b", 9, ())]),
    ("only_one_passes", "b", Case(), [at("a", 5, ()), at("b", 9)]),
    ("only_one_passes", "a", Case(), [at("a", 5)]),
    ("higher_centre", "b", TRAUMA, [at("a", 12), at("b", 40, CITY)]),
    ("higher_centre", "b", TRAUMA,
     [at("a", 20, CITY), at("b", 40, (*CITY, "trauma_level_1"))]),
    ("higher_centre", "b", TRAUMA, [at("a", 20, centres=["trauma"]), at("b", 40, CITY)]),
    ("runs_centre", "b", STEMI, [at("a", 6), at("b", 12, centres=["chest_pain"])]),
    ("runs_centre", "b", TRAUMA, [at("a", 6, CITY), at("b", 12, CITY, centres=["trauma"])]),
    ("closest_resuscitation", "a", ARREST, [at("a", 4, ED), at("b", 15)]),
    ("closest_resuscitation", "b", PREGNANT, [at("a", 4, ED), at("b", 4, CITY)]),
    ("permitted_detour", "obstetric", PREGNANT, [TOWN, at("obstetric", 8, CITY)]),
    ("tie_more_capability", "obstetric", PREGNANT, [TOWN, OBSTETRIC]),
    ("fastest", "a", Case(), [at("a", 5), at("b", 9)]),
    ("fastest", "a", TRAUMA, [at("a", 12), at("b", 50, CITY)]),
    ("penalties", "b", Case(), [at("a", 8, **ADVISORY), at("b", 15)]),
    ("penalties", "b", Case(), [at("a", 8, **ADVISORY), at("b", 8)]),
    ("tie_patient_choice", "b", Case(patient_choice="b"), [at("a", 5), at("b", 6)]),
    ("tie_own_hospital", "b", Case(own_facility="b"), [at("a", 5), at("b", 6)]),
    ("tie_runs_centre", "b", Case(centres=STEMI.centres, may_bypass=False),
     [at("a", 5, CITY), at("b", 6, centres=["chest_pain"])]),
    ("tie_preferred_capability", "b", Case(prefers=("blood",)),
     [at("a", 5, (*ED, "tox", "psych")), at("b", 6, (*ED, "blood"))]),
    ("tie_more_capability", "b", Case(), [at("a", 5, ED), at("b", 6)]),
    ("tie_lead_hospital", "b", Case(), [at("a", 5), at("b", 6, is_lead=True)]),
    ("tie_facility_id", "a", Case(), [at("a", 6), at("b", 5)]),
    ("fastest", "a", Case(), [at("a", 5, ED), at("b", 7)]),
    ("tie_more_capability", "b", Case(), [at("a", 5, ED), at("b", 6.9), at("c", 8)]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "first", "case", "candidates"), DECIDED)
def test_what_decided(code, first, case, candidates):
    advice = ask(case, *candidates)
    assert (advice.decided_by, "".join(ids(advice)[:1])) == (code, first)


def test_r0_tells_status_and_load_and_counts_none_of_it():
    full = {"free": {}, "inbound": 2}
    case = Case(centres=TRAUMA.centres, is_immediate=True)
    advice = ask(
        case,
        at("a", 5, **full),
        at("b", 6, ED, traffic=Traffic.CLOSED, traffic_reason="full"),
        at("c", 7, ED, **ADVISORY),
    )
    assert [texts(option) for option in advice.options] == [
        ["nearest_capable", "trauma_team", "no_bed_free{kind=resus,penalty_s=0}",
         "inbound{patients=2,penalty_s=0}"],
        ["beds_free{free=2,kind=resus}", "closed{reason=full}", "slower_by{seconds=60}"],
        ["beds_free{free=2,kind=resus}", "advisory{penalty_s=0,reason=}",
         "slower_by{seconds=120}"],
    ]  # fmt: skip
    assert all(option.passes and option.penalty_s == 0 for option in advice.options)
    pregnant = ask(PREGNANT, at("a", 5, CITY)).options[0]
    assert texts(pregnant)[2] == "obstetric_surgery"


def test_a_second_more_or_less_is_told_and_none_is_not():
    first, same, later = ask(ARREST, at("a", 5), at("b", 5), at("c", 5 + 1 / 60)).options
    assert [each.code for each in (*same.reasons, *same.costs) if "er_by" in each.code] == []
    assert later.costs == (reason("slower_by", seconds=1),)
    assert first.costs == ()
    sooner = ask(Case(), at("a", 5, ()), at("b", 5 + 1 / 60)).options[1]
    assert reason("faster_by", seconds=1) in sooner.reasons


@pytest.mark.parametrize(("inbound", "penalty_s"), [(0, 0), (1, 60), (2, 120)])
def test_each_patient_on_the_way_counts_a_minute(inbound, penalty_s):
    option = ask(Case(), at("a", 5, inbound=inbound)).options[0]
    assert option.penalty_s == penalty_s
    told = [f"inbound{{patients={inbound},penalty_s={penalty_s}}}"] if inbound else []
    assert texts(option) == ["nearest_capable", *told]


def test_a_closed_one_is_told_once():
    option = ask(Case(), at("a", 5, **CLOSED)).options[0]
    assert texts(option) == ["closed{reason=}"]


def test_a_second_beyond_the_span_of_the_fastest_lost_by_time():
    """b is within a tie of a, and c of b, which it beats; between a and c time decides."""
    advice = ask(Case(), at("a", 5, is_lead=True), at("b", 6), at("c", 7.5, CITY))
    assert (ids(advice), advice.decided_by) == (["a", "c", "b"], "fastest")


def test_the_first_decided_by_a_tie_although_the_second_is_equally_far():
    advice = ask(Case(), at("b", 5), at("a", 5))
    assert (ids(advice), advice.decided_by) == (["a", "b"], "tie_facility_id")


def test_preference_comes_before_own_hospital_before_capability_before_lead():
    places = [
        at("lead", 5, is_lead=True),
        at("able", 5.2, CITY),
        at("own", 5.4, ED),
        at("wish", 5.6, ED),
    ]
    case = Case(patient_choice="wish", own_facility="own")
    assert ids(ask(case, *places)) == ["wish", "own", "able", "lead"]
    assert ids(ask(Case(), *places)) == ["able", "lead", "own", "wish"]


def test_a_wish_is_told_but_moves_nothing_beyond_a_tie_nor_in_r0_and_r1():
    near, wish = at("near", 5), at("wish", 7)
    advice = ask(Case(patient_choice="wish", own_facility="wish"), near, wish)
    assert ids(advice) == ["near", "wish"]
    assert texts(advice.options[1])[:2] == ["patient_choice", "own_hospital"]
    close = at("wish", 5.5)
    for case in (STEMI, TRAUMA):
        wished = replace(case, patient_choice="wish", own_facility="wish")
        assert ids(ask(wished, near, close)) == ["near", "wish"]
    same = at("wish", 5)
    assert ids(ask(replace(ARREST, patient_choice="wish"), near, same)) == ["near", "wish"]


def test_requires_is_a_gate_in_r1_and_r2_and_nothing_in_r0():
    near, able = at("near", 5), at("able", 30, CITY)
    for case in (Case(requires=("burn",)), replace(STEMI, requires=("burn",))):
        advice = ask(case, near, able)
        assert ids(advice) == ["able", "near"]
        assert "lacks_capability{capability=burn}" in texts(advice.options[1])
        assert not advice.options[1].passes
    assert ids(ask(replace(ARREST, requires=("burn",)), near, able)) == ["near", "able"]


def test_requires_is_asked_beside_the_general_gate_and_the_centre():
    bare = at("bare", 5, ("burn",))
    assert gate(bare.facility, (), CENTRES, bare.capacity, POLICY, requires=("burn", "tox")) == (
        reason("lacks_capability", capability="ed_24h"),
        reason("lacks_capability", capability="tox"),
    )
    gaps = gate(bare.facility, STEMI.centres, CENTRES, bare.capacity, POLICY, requires=("ed_24h",))
    assert [each.params.get("capability") for each in gaps] == ["ed_24h", "resus", None]
    broken = at("broken", 5, (*ED, "burn"), unavailable=frozenset({"burn"}))
    assert gate(broken.facility, (), (), broken.capacity, POLICY, requires=("burn",)) == (
        reason("capability_out", capability="burn"),
    )


def test_a_refused_place_comes_after_those_that_merely_lack_something():
    advice = ask(
        replace(STEMI, refuses=("city",)),
        at("city", 20, CITY),
        at("town", 9, ED),
        at("shut", 1, **CLOSED),
        at("burnt", 1, is_internal_disaster=True),
    )
    assert ids(advice) == ["shut", "town", "city", "burnt"]
    assert "patient_refuses" in texts(advice.options[2])
    assert not advice.options[2].passes
    assert [flag.code for flag in advice.flags] == ["nothing_passes"]


def test_among_the_closed_that_lack_something_those_that_can_stabilise_come_first():
    shut = {"traffic": Traffic.CLOSED}
    advice = ask(STEMI, at("bare", 3, (), **shut), at("town", 9, ED, **shut), at("lab", 30, **shut))
    assert ids(advice) == ["lab", "town", "bare"]


def test_in_r0_a_refusal_is_told_and_does_not_count():
    advice = ask(replace(ARREST, refuses=("a",)), at("a", 4), at("b", 9))
    assert ids(advice) == ["a", "b"]
    assert advice.options[0].passes
    assert "patient_refuses" in texts(advice.options[0])
    assert "patient_refuses" not in texts(advice.options[1])


def test_refusing_the_centre_leaves_the_general_rule_and_is_recorded():
    case = Case(centres=TRAUMA.centres, refuses_centre=True, requires=("trauma_level_1",))
    advice = ask(case, at("town", 6, ED), at("level2", 20, CITY))
    assert (advice.rule, ids(advice)) == ("R2", ["town", "level2"])
    assert [(flag.code, flag.params) for flag in advice.flags] == [
        ("centre_refused", {"centre": "trauma"})
    ]
    assert ask(replace(case, is_immediate=True), at("town", 6, ED)).rule == "R0"


@pytest.mark.parametrize(
    ("weeks", "first"), [(None, "obstetric"), (0, "town"), (19, "town"), (20, "obstetric")]
)
def test_an_arrest_in_pregnancy_makes_the_detour_from_20_weeks(weeks, first):
    """Unknown weeks count as far enough; 0 weeks are known."""
    assert ids(ask(replace(PREGNANT, gestation_weeks=weeks), TOWN, OBSTETRIC))[0] == first


def test_weeks_without_pregnancy_are_no_pregnancy():
    case = Case(is_immediate=True, gestation_weeks=30)
    assert ids(ask(case, TOWN, OBSTETRIC))[0] == "town"


def test_one_detour_is_not_two():
    both = Case(centres=TRAUMA.centres, is_immediate=True, is_pregnant=True)
    assert ids(ask(both, TOWN, at("city", 9, CITY)))[0] == "city"
    assert ids(ask(both, TOWN, at("city", 9.1, CITY)))[0] == "town"


def test_trap_08_beds_that_nobody_reported_are_neither_free_nor_none():
    unknown = {"free": {}, "unknown_beds": frozenset({BedKind.EICU})}
    advice = ask(Case(wants_eicu=True), at("a", 5, **unknown))
    option = advice.options[0]
    assert (option.penalty_s, advice.flags) == (0, ())
    assert texts(option) == ["nearest_capable", "beds_unknown{kind=eicu}"]


def test_trap_09_no_bed_is_a_number_and_not_a_missing_one():
    none = {"free": {BedKind.EICU: 0}, "unknown_beds": frozenset({BedKind.RESUS})}
    advice = ask(Case(wants_eicu=True), at("a", 5, **none))
    assert advice.options[0].penalty_s == 300
    assert [(flag.code, flag.params) for flag in advice.flags] == [
        ("first_without_bed", {"kind": "eicu"})
    ]


def test_the_flag_of_a_full_first_is_about_the_first_only():
    full = {"free": {BedKind.EICU: 0}}
    advice = ask(Case(wants_eicu=True), at("a", 5), at("b", 30, **full))
    assert advice.flags == ()
    assert ids(ask(Case(wants_eicu=True), at("a", 5, **full), at("b", 8))) == ["b", "a"]


@pytest.mark.parametrize(
    ("case", "minutes", "first"),
    [
        (STROKE, 29.99, "city"), (STROKE, 30, "near"),
        (TRAUMA, 45, "city"), (TRAUMA, 45.02, "near"),
        (STEMI, 100, "city"), (STEMI, 100.02, "near"),
        (Case(centres=(CentreId("burns"),)), 60, "city"),
        (Case(centres=(CentreId("burns"),)), 60.02, "near"),
    ],
)  # fmt: skip
def test_trap_18_every_limit_on_both_sides(case, minutes, first):
    lysis = (*ED, "ct_24h", "lysis_stemi", "lysis_stroke", "or_24h", "blood", "trauma_level_3")
    assert ids(ask(case, at("near", 10, lysis), at("city", minutes, CITY)))[0] == first


def test_trap_18_the_time_since_contact_counts_to_the_second():
    lysis = at("near", 10, (*ED, "lysis_stemi"))
    city = at("city", 90, CITY)
    assert ids(ask(replace(STEMI, since_contact_s=600), lysis, city))[0] == "city"
    assert ids(ask(replace(STEMI, since_contact_s=601), lysis, city))[0] == "near"
    over = ask(replace(STEMI, since_contact_s=601), lysis, city).options[1].costs
    assert reason("beyond_bypass_limit", centre="chest_pain", limit_min=120, over_s=1) in over
    far = ask(STROKE, at("near", 10), at("city", 30, CITY)).options[1].costs
    assert reason("beyond_bypass_limit", centre="stroke", limit_min=30, over_s=1) in far


def test_trap_23_a_county_with_four_centres_and_one_with_seven():
    respiratory = Case(centres=(CentreId("respiratory"),))
    places = [at("a", 5), at("b", 9, (*ED, "respiratory_icu"))]
    four = choose(respiratory, places, CENTRES[:4], POLICY)
    assert [option.passes for option in four.options] == [False, False]
    assert "unknown_centre{centre=respiratory}" in texts(four.options[0])
    seven = choose(respiratory, places, DEFAULT_CENTRES[:7], POLICY)
    assert (seven.rule, ids(seven)[0]) == ("R1", "b")


def test_a_centre_named_twice_is_wanted_once():
    twice = Case(centres=(*STEMI.centres, *STEMI.centres))
    places = [at("a", 5, centres=["chest_pain"]), at("b", 9, CITY)]
    assert ask(twice, *places) == ask(STEMI, *places)


def test_an_old_fix_is_flagged_and_switches_nobody():
    places = [at("near", 5), at("city", 30, CITY)]
    fresh, stale = ask(Case(), *places), ask(Case(is_position_stale=True), *places)
    assert [flag.code for flag in stale.flags] == ["position_stale"]
    assert ids(stale) == ids(fresh)
    assert is_switch_advised(fresh, "city")
    assert not is_switch_advised(fresh, "near")
    assert not is_switch_advised(fresh, None)
    assert not is_switch_advised(stale, "city")
    assert not is_switch_advised(ask(Case()), "city")
    assert not is_switch_advised(ask(Case(), at("near", 5, ())), "city")


def test_the_airway_lost_under_way_is_reason_to_switch():
    lost = replace(STROKE, is_immediate=True)
    advice = ask(lost, at("near", 10), at("city", 25, CITY))
    assert is_switch_advised(advice, "city")


@given(case=CASES, candidates=candidate_lists(min_size=2), data=st.data())
def test_a_wish_and_an_own_hospital_never_forbid_anybody(case, candidates, data):
    names = [one.facility.facility_id for one in candidates]
    wished = replace(case, patient_choice=data.draw(st.sampled_from(names)),
                     own_facility=data.draw(st.sampled_from(names)))  # fmt: skip
    plain, advice = ask(case, *candidates), ask(wished, *candidates)
    passing = {option.facility_id: option.passes for option in plain.options}
    assert {option.facility_id: option.passes for option in advice.options} == passing
    if advice.rule != "R2":
        assert ids(advice) == ids(plain)


@given(case=CASES, candidates=candidate_lists(min_size=1), data=st.data())
def test_requiring_more_never_lets_more_pass(case, candidates, data):
    more = replace(case, requires=tuple(data.draw(st.sets(st.sampled_from(CITY), max_size=2))))
    plain, strict = (
        {option.facility_id for option in ask(each, *candidates).options if option.passes}
        for each in (case, more)
    )
    assert strict <= plain
