"""The rows X1 to X13 of the clinical reference §4 that a choice between facilities decides, as
values of the engine; as cases written down they stand in tests/unit/rules/test_destination.py.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.ids import CentreId
from hospital_gateway.advice import as_text, reason
from hospital_gateway.destination import Case
from hospital_gateway.facilities import BedKind, Traffic
from hospital_gateway.gate import gate
from tests.unit.hospital_gateway.support import (
    CENTRES,
    CITY,
    COUNTY,
    ED,
    POLICY,
    ask,
    at,
    ids,
    texts,
)

ARREST = Case(is_immediate=True)
STEMI = Case(centres=(CentreId("chest_pain"),))
STROKE = Case(centres=(CentreId("stroke"),))
TRAUMA = Case(centres=(CentreId("trauma"),))
TOWN = at("town", 4, ED)
DISASTER = {"is_internal_disaster": True, "traffic": Traffic.CLOSED}

ROWS = [
    ("X1", ARREST, [TOWN, at("county", 15)], "town", "R0"),
    ("X2", ARREST, [at("town", 4, ED, **DISASTER), at("county", 15)], "county", "R0"),
    ("X3", ARREST, [at("town", 4, ED, traffic=Traffic.ADVISORY), at("county", 15)],
     "town", "R0"),
    ("X4 before", STROKE, [at("near", 10), at("city", 25, CITY)], "city", "R1"),
    ("X4 airway lost", Case(centres=STROKE.centres, is_immediate=True),
     [at("near", 10), at("city", 25, CITY)], "near", "R0"),
    ("X5 at 110 min to wire", STEMI,
     [at("county", 12, unavailable=frozenset({"ppci"})), at("city", 90, CITY)], "city", "R1"),
    ("X5 beyond 120 min to wire", STEMI,
     [at("county", 12, unavailable=frozenset({"ppci"})), at("city", 100.1, CITY)],
     "county", "R1"),
    ("X6", TRAUMA, [at("level2", 50, CITY), at("county", 12)], "county", "R1"),
    ("X7", TRAUMA, [at("level2", 40, CITY), at("county", 12)], "level2", "R1"),
    ("X7 unstable", Case(centres=TRAUMA.centres, may_bypass=False),
     [at("level2", 40, CITY), at("county", 12)], "county", "R1"),
    ("X8", Case(), [at("county", 8, traffic=Traffic.ADVISORY), at("neighbour", 15)],
     "neighbour", "R2"),
    ("X8 farther", Case(), [at("county", 8, traffic=Traffic.ADVISORY), at("neighbour", 21)],
     "county", "R2"),
    ("X9", Case(wants_eicu=True),
     [at("county", 12, free={BedKind.EICU: 0}), at("city", 60, CITY)], "county", "R2"),
    ("X10 stable", Case(centres=(CentreId("burns"),)),
     [at("county", 12), at("city", 50, CITY)], "city", "R1"),
    ("X10 unstable", Case(centres=(CentreId("burns"),), may_bypass=False),
     [at("county", 12), at("city", 50, CITY)], "county", "R1"),
    ("X11 in reach", Case(centres=(CentreId("poisoning"),)),
     [at("county", 12), at("city", 60, CITY)], "city", "R1"),
    ("X11 out of reach", Case(centres=(CentreId("poisoning"),)),
     [at("county", 12), at("city", 61, CITY)], "county", "R1"),
    ("X12 speciality refused", Case(), [at("county", 12), at("special", 20, CITY)],
     "county", "R2"),
    ("X13", Case(), [at("one", 11), at("lead", 12, is_lead=True)], "lead", "R2"),
    ("X13 two minutes are no tie", Case(), [at("one", 11), at("lead", 13, is_lead=True)],
     "one", "R2"),
    ("stroke: 30 min are too far", STROKE, [at("near", 10), at("city", 30, CITY)],
     "near", "R1"),
    ("traumatic arrest, 5 min farther", Case(centres=TRAUMA.centres, is_immediate=True),
     [TOWN, at("county", 9)], "county", "R0"),
    ("traumatic arrest, more", Case(centres=TRAUMA.centres, is_immediate=True),
     [TOWN, at("county", 9.1)], "town", "R0"),
    ("arrest in pregnancy, 5 min farther", Case(is_immediate=True, is_pregnant=True),
     [TOWN, at("obstetric", 9, CITY)], "obstetric", "R0"),
    ("arrest: closed is no reason", ARREST,
     [at("town", 4, ED, traffic=Traffic.CLOSED), at("county", 15)], "town", "R0"),
    ("the one that runs the centre", STEMI,
     [at("near", 6), at("centre", 12, centres=["chest_pain"])], "centre", "R1"),
    ("the one that runs the centre, neither being higher", TRAUMA,
     [at("near", 6), at("centre", 12, centres=["trauma"])], "centre", "R1"),
    ("the level counts before the name of centre", TRAUMA,
     [at("level2", 20, CITY, centres=["trauma"]), at("level1", 40, (*CITY, "trauma_level_1"))],
     "level1", "R1"),
    ("a busy higher centre is worth less of a drive", TRAUMA,
     [at("level2", 40, CITY, traffic=Traffic.ADVISORY), at("county", 12)], "county", "R1"),
    ("arrest: load and advice are no reason", ARREST,
     [at("town", 4, ED, traffic=Traffic.ADVISORY, free={}, inbound=9), at("county", 5)],
     "town", "R0"),
    ("higher capability at a tie", Case(), [at("town", 11, ED), at("county", 12)],
     "county", "R2"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "candidates", "best", "rule"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_table(case, candidates, best, rule):
    advice = ask(case, *candidates)
    assert (advice.options[0].facility_id, advice.rule) == (best, rule)
    assert advice.options[0].passes
    assert len(advice.options) == len(candidates)


def test_what_fails_is_listed_last_and_says_why():
    advice = ask(
        STEMI,
        at("disaster", 2, **DISASTER),
        at("town", 4, ED),
        at("county", 12),
        at("closed", 8, traffic=Traffic.CLOSED, traffic_reason="no CT"),
        at("clinic", 1, ()),
    )
    assert ids(advice) == ["county", "closed", "town", "clinic", "disaster"]
    assert [option.passes for option in advice.options] == [True, False, False, False, False]
    assert "closed{reason=no CT}" in texts(advice.options[1])
    assert "lacks_any_of{any_of=ppci,lysis_stemi,centre=chest_pain}" in texts(advice.options[2])
    assert "lacks_capability{capability=ed_24h}" in texts(advice.options[3])
    assert "internal_disaster" in texts(advice.options[4])


def test_a_closed_one_leads_when_nothing_else_is_capable_and_wants_a_signature():
    advice = ask(STEMI, at("closed", 30, traffic=Traffic.CLOSED), at("town", 4, ED))
    assert ids(advice) == ["closed", "town"]
    assert not advice.options[0].passes


def test_reasons_and_costs_of_a_full_example():
    advice = ask(
        STEMI,
        at("county", 12, centres=["chest_pain"], is_lead=True, method="straight_line"),
        at("other", 13, inbound=3, free={}, traffic=Traffic.ADVISORY, traffic_reason="full"),
    )
    first, second = advice.options
    assert texts(first) == [
        "nearest_capable",
        "runs_centre{centre=chest_pain}",
        "beds_free{free=2,kind=resus}",
        "higher_centre{capability=ppci}",
        "lead_hospital",
        "straight_line_estimate",
    ]
    assert texts(second) == [
        "higher_centre{capability=ppci}",
        "advisory{penalty_s=600,reason=full}",
        "no_bed_free{kind=resus,penalty_s=300}",
        "inbound{patients=3,penalty_s=180}",
        "slower_by{seconds=60}",
    ]
    assert second.penalty_s == 1080


def test_a_limit_is_told_only_where_a_nearer_one_would_do():
    beyond = "beyond_bypass_limit{centre=trauma,limit_min=45,over_s=300}"
    passed = ask(TRAUMA, at("county", 12), at("level2", 50, CITY))
    assert ids(passed) == ["county", "level2"]
    assert beyond in texts(passed.options[1])
    only = ask(TRAUMA, at("town", 6, ED), at("level2", 50, CITY))
    assert ids(only) == ["level2", "town"]
    assert beyond not in texts(only.options[0])
    assert reason("faster_by", seconds=44 * 60) in only.options[1].reasons


def test_time_already_spent_counts_towards_the_wire():
    lysis = at("county", 12, (*ED, "lysis_stemi"))
    spent = Case(centres=STEMI.centres, since_contact_s=11 * 60)
    assert ids(ask(STEMI, lysis, at("city", 90, CITY))) == ["city", "county"]
    assert ids(ask(spent, lysis, at("city", 90, CITY))) == ["county", "city"]


def test_a_child_goes_to_the_paediatric_one_at_a_tie():
    pair = [at("a", 11), at("b", 12, (*COUNTY[:-1], "picu"))]
    adult, child = Case(centres=STEMI.centres), Case(centres=STEMI.centres, age_years=13)
    grown = Case(centres=STEMI.centres, age_years=14)
    assert ids(ask(adult, *pair))[0] == "a"
    assert ids(ask(child, *pair))[0] == "b"
    assert ids(ask(grown, *pair))[0] == "a"


def test_the_gate_answers_decide_as_it_answers_the_choice():
    closed = at("h", 5, traffic=Traffic.CLOSED, traffic_reason="flood")
    gated = gate(closed.facility, STEMI.centres, CENTRES, closed.capacity, POLICY)
    assert gated == (reason("closed", reason="flood"),)
    assert not gate(
        closed.facility, STEMI.centres, CENTRES, closed.capacity, POLICY, is_immediate=True
    )


def test_the_gate_of_a_centre_without_requirements_and_of_an_unknown_one():
    bare, runs = at("h", 5), at("h", 5, centres=["bare"])
    wanted = (CentreId("bare"),)
    assert gate(bare.facility, wanted, CENTRES, bare.capacity, POLICY) == (
        reason("does_not_run_centre", centre="bare"),
    )
    assert gate(runs.facility, wanted, CENTRES, runs.capacity, POLICY) == ()
    assert gate(bare.facility, (CentreId("moon"),), CENTRES, bare.capacity, POLICY) == (
        reason("unknown_centre", centre="moon"),
    )


def test_a_capability_out_of_order_is_told_apart_from_one_that_is_missing():
    dark = at("h", 5, unavailable=frozenset({"ct_24h"}))
    assert gate(dark.facility, STROKE.centres, CENTRES, dark.capacity, POLICY) == (
        reason("capability_out", capability="ct_24h"),
    )


def test_two_centres_that_ask_for_the_same_say_so_once():
    clinic = at("h", 5, ())
    against = gate(
        clinic.facility, STEMI.centres + TRAUMA.centres, CENTRES, clinic.capacity, POLICY
    )
    assert against.count(reason("lacks_capability", capability="ed_24h")) == 1


def test_no_candidate_is_no_option():
    assert ask(STEMI).options == ()


CAPABILITIES = sorted({*CITY, "picu"})
CASES = st.builds(
    Case,
    centres=st.lists(
        st.sampled_from([*(each.centre_id for each in CENTRES), CentreId("moon")]), max_size=3
    ).map(tuple),
    is_immediate=st.booleans(),
    is_pregnant=st.booleans(),
    age_years=st.none() | st.integers(0, 100),
    wants_eicu=st.booleans(),
    may_bypass=st.booleans(),
    since_contact_s=st.integers(0, 7200),
)


@st.composite
def candidate_lists(draw, min_size=0):
    size = draw(st.integers(min_size, 7))
    return [
        at(
            f"h{number}",
            draw(st.integers(0, 140)) / 2,
            draw(st.sampled_from([(), ED, COUNTY, CITY]) | st.sets(st.sampled_from(CAPABILITIES))),
            centres=draw(st.sets(st.sampled_from(["chest_pain", "trauma", "bare"]))),
            is_lead=draw(st.booleans()),
            traffic=draw(st.sampled_from(Traffic)),
            is_internal_disaster=draw(st.sampled_from([False, False, True])),
            free={BedKind.RESUS: draw(st.integers(0, 1))},
            inbound=draw(st.integers(0, 4)),
            unavailable=frozenset(draw(st.sets(st.sampled_from(["ppci", "ct_24h", "resus"])))),
        )
        for number in range(size)
    ]


@given(case=CASES, candidates=candidate_lists(), data=st.data())
def test_it_never_raises_nor_depends_on_the_order_given(case, candidates, data):
    shuffled = data.draw(st.permutations(candidates))
    advice = ask(case, *candidates)
    assert advice == ask(case, *shuffled)
    assert sorted(ids(advice)) == sorted(one.facility.facility_id for one in candidates)


@given(case=CASES, candidates=candidate_lists())
def test_what_fails_never_precedes_what_passes_and_agrees_with_the_gate(case, candidates):
    advice = ask(case, *candidates)
    passes = [option.passes for option in advice.options]
    assert passes == sorted(passes, reverse=True)
    by_id = {one.facility.facility_id: one for one in candidates}
    for option in advice.options:
        one = by_id[option.facility_id]
        against = gate(one.facility, case.centres, CENTRES, one.capacity, POLICY,
                       is_immediate=case.is_immediate)  # fmt: skip
        assert option.passes is not bool(against)
        assert set(map(as_text, against)) <= set(texts(option))


@given(case=CASES, candidates=candidate_lists(min_size=2), fails=st.booleans())
def test_an_irrelevant_candidate_does_not_reorder_the_others(case, candidates, fails):
    """Irrelevant: it fails the gate, or it is slower than all others by more than any tie."""
    extra = at("extra", 1, (), **DISASTER) if fails else at("extra", 900, CITY, is_lead=True)
    with_extra = ids(ask(case, *candidates, extra))
    with_extra.remove("extra")
    assert with_extra == ids(ask(case, *candidates))


@given(case=CASES, candidates=candidate_lists(min_size=2))
def test_at_equal_bypass_the_first_is_within_a_tie_of_the_fastest(case, candidates):
    """Without the right to bypass nothing beats time but a tie (R0: a permitted detour)."""
    bound = Case(centres=case.centres, is_immediate=case.is_immediate, may_bypass=False)
    passing = [option for option in ask(bound, *candidates).options if option.passes]
    totals = [option.duration_s + option.penalty_s for option in passing]
    if totals:
        slack_s = POLICY.immediate_detour_s + 1 if case.is_immediate else POLICY.tie_s
        assert totals[0] - min(totals) < slack_s


@pytest.mark.parametrize(
    ("asked", "held", "out", "gap"),
    [
        ("nicu_2", {"nicu_3"}, set(), None),
        ("nicu_1", {"nicu_2"}, set(), None),
        ("nicu_3", {"nicu_2"}, set(), "lacks_capability"),
        ("nicu_2", {"nicu_3"}, {"nicu_3"}, "capability_out"),
        ("nicu_2", {"nicu_2", "nicu_3"}, {"nicu_3"}, None),
        ("nicu_2", {"nicu_2", "nicu_3"}, {"nicu_2"}, None),
        ("trauma_level_3", {"trauma_level_1"}, set(), None),
        ("trauma_level_2", {"trauma_level_3"}, set(), "lacks_capability"),
        ("trauma_level_5", {"trauma_level_4"}, set(), None),
        ("ct_24h", {"ct_24h"}, {"ct_24h"}, "capability_out"),
    ],
)
def test_a_higher_level_does_what_a_lower_one_does(asked, held, out, gap):
    place = at("h", 10, {*ED, *held}, unavailable=frozenset(out))
    option = ask(Case(requires=(asked,)), place).options[0]
    assert [cost.code for cost in option.costs if "capab" in cost.code] == ([gap] if gap else [])
    assert option.passes is (gap is None)
