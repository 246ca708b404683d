"""Destination choice at its edges: ties of a second, what is broken, how a time is known."""

import pytest
from msgspec.structs import replace

from hospital_gateway.destination import Case, choose, is_switch_advised
from hospital_gateway.facilities import Traffic
from tests.unit.hospital_gateway.support import CENTRES, CITY, COUNTY, ED, POLICY, ask, at
from tests.unit.hospital_gateway.test_destination import STROKE, TRAUMA


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("road", set()),
        ("straight_line", {"straight_line_estimate"}),
        ("road_and_straight_line", {"partly_straight_line"}),
    ],
)
def test_how_the_time_is_known_is_said(method, said):
    (option,) = ask(Case(), at("near", 5, method=method)).options
    told = {each.code for each in option.reasons}
    assert told & {"straight_line_estimate", "partly_straight_line"} == said


@pytest.mark.parametrize(
    ("weeks", "first"), [(19, "town"), (20, "obstetric"), (39, "obstetric"), (None, "obstetric")]
)
def test_an_arrest_in_pregnancy_looks_for_obstetrics_from_twenty_weeks(weeks, first):
    case = Case(is_immediate=True, is_pregnant=True, gestation_weeks=weeks)
    options = ask(case, at("town", 4, ED), at("obstetric", 9, CITY)).options
    assert options[0].facility_id == first


@pytest.mark.parametrize("current", ["alpha", "zulu"])
def test_a_switch_is_advised_whatever_the_ids_are(current):
    advice = ask(Case(), at("mike", 5), at(current, 30))
    assert is_switch_advised(advice, current)


def test_what_was_decided_cannot_be_changed():
    for value in (Case(), ask(Case(), at("near", 5)), ask(Case(), at("near", 5)).options[0]):
        field = value.__struct_fields__[0]
        with pytest.raises(AttributeError):
            setattr(value, field, getattr(value, field))


def test_what_is_out_of_order_beside_other_things_is_out_of_order():
    """A centre's "one of these" counts only what works, whatever else is broken there."""
    broken = {"unavailable": frozenset({"lysis_stroke", "evt", "hyperbaric"})}
    options = ask(STROKE, at("broken", 5, CITY, **broken), at("whole", 25, CITY)).options
    assert [one.facility_id for one in options] == ["whole", "broken"]
    assert not options[1].passes


def test_a_broken_thing_that_was_never_there_counts_for_nothing():
    at_a_tie = (at("b", 10, ED, unavailable=frozenset({"burn", "ppci"})), at("a", 10.5, ED))
    assert ask(Case(), *at_a_tie).options[0].facility_id == "a"


@pytest.mark.parametrize(("pregnant", "first"), [(True, "obstetric"), (False, "plain")])
def test_obstetrics_break_a_tie_for_a_pregnant_patient_only(pregnant, first):
    case = Case(centres=TRAUMA.centres, is_pregnant=pregnant)
    plain = at("plain", 10, COUNTY, is_lead=True)
    obstetric = at("obstetric", 10, (*COUNTY, "ob_emergency"))
    assert ask(case, plain, obstetric).options[0].facility_id == first


def test_a_penalty_counts_towards_the_limit_of_a_bypass():
    near = at("near", 10)
    for minutes, traffic, first in (
        (19, Traffic.ADVISORY, "city"),
        (21, Traffic.ADVISORY, "near"),
        (29, Traffic.NORMAL, "city"),
    ):
        city = at("city", minutes, CITY, traffic=traffic, traffic_reason="full")
        assert ask(STROKE, near, city).options[0].facility_id == first, minutes


def test_in_r0_one_second_decides():
    town, county = at("town", 4, ED), at("county", 4 + 1 / 60, CITY, is_lead=True)
    advice = ask(Case(is_immediate=True), town, county)
    assert [one.facility_id for one in advice.options] == ["town", "county"]
    assert advice.decided_by == "closest_resuscitation"


def test_the_shortest_tie_is_under_a_second():
    policy = replace(POLICY, tie_s=0)
    plain, lead = at("plain", 10, ED), at("lead", 10 + 1 / 60, ED, is_lead=True)
    advice = choose(Case(), [plain, lead], CENTRES, policy)
    assert advice.options[0].facility_id == "plain"
    assert (
        choose(Case(), [at("z", 10, ED), at("a", 10, ED)], CENTRES, policy).options[0].facility_id
        == "a"
    )


@pytest.mark.parametrize(("age", "first"), [(13, "children"), (14, "plain"), (40, "plain")])
def test_a_place_for_children_breaks_a_tie_for_children_only(age, first):
    case = Case(centres=TRAUMA.centres, age_years=age)
    plain = at("plain", 10, COUNTY, is_lead=True)
    children = at("children", 10, (*COUNTY, "picu"))
    assert ask(case, plain, children).options[0].facility_id == first
