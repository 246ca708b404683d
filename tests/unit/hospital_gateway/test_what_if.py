"""What would change the advice: each told change, made, must change it as told (and no less)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hospital_gateway.destination import Advice, Candidate, Case, choose
from hospital_gateway.facilities import BedKind, Traffic
from hospital_gateway.limits import MAX_WHAT_IFS
from hospital_gateway.ranking import leads, ordered
from hospital_gateway.weighing import frame_of, weigh
from tests.unit.hospital_gateway.support import CENTRES, CITY, COUNTY, ED, POLICY, ask, at, ids
from tests.unit.hospital_gateway.test_destination import (
    ARREST,
    CASES,
    DISASTER,
    STEMI,
    TRAUMA,
    candidate_lists,
)

ADVISORY = {"traffic": Traffic.ADVISORY}
CLOSED = {"traffic": Traffic.CLOSED}
NO_EICU = {"free": {BedKind.EICU: 0}}


def _told(advice: Advice) -> list[tuple]:
    return [(each.code, *each.params.values()) for each in advice.would_change]


ROWS = [
    ("nobody else", Case(), [at("a", 5)], []),
    ("nobody", Case(), [], []),
    ("two alike", Case(), [at("a", 5), at("b", 20)],
     [("if_first_unavailable", "b"), ("if_nearer", "b", 17)]),
    ("an advisory would tip it", Case(), [at("a", 5), at("b", 13)],
     [("if_first_unavailable", "b"), ("if_first_advisory", "b"), ("if_nearer", "b", 10)]),
    ("just not enough: the tie goes to the first", Case(), [at("a", 5), at("b", 14)],
     [("if_first_unavailable", "b"), ("if_nearer", "b", 11)]),
    ("the tie goes to the other, which can do more", Case(), [at("a", 5), at("b", 16.9, CITY)],
     [("if_first_unavailable", "b"), ("if_first_advisory", "b"), ("if_nearer", "b", 10)]),
    ("the first is on advisory already", Case(), [at("a", 1, **ADVISORY), at("b", 20)],
     [("if_first_unavailable", "b"), ("if_nearer", "b", 11)]),
    ("a diversion ended", Case(), [at("a", 8, **ADVISORY), at("b", 15)],
     [("if_first_unavailable", "a"), ("if_first_advisory", "a"), ("if_nearer", "a", 2),
      ("if_diversion_ended", "a")]),
    ("closed", Case(), [at("a", 8, **CLOSED), at("b", 15)],
     [("if_first_unavailable", "a"), ("if_diversion_ended", "a")]),
    ("disaster in R0", ARREST, [at("a", 8, **DISASTER), at("b", 15)],
     [("if_first_unavailable", "a"), ("if_diversion_ended", "a")]),
    ("disaster alone", Case(), [at("a", 8, is_internal_disaster=True), at("b", 15)],
     [("if_first_unavailable", "a"), ("if_diversion_ended", "a")]),
    ("closed and too far to matter", Case(), [at("a", 80, **CLOSED), at("b", 15)],
     [("if_first_unavailable", "a")]),
    ("a bed came free", Case(wants_eicu=True), [at("a", 8, **NO_EICU), at("b", 10)],
     [("if_first_unavailable", "a"), ("if_first_advisory", "a"), ("if_nearer", "a", 2),
      ("if_bed_came_free", "a")]),
    ("no bed of a kind that nobody wants", Case(), [at("a", 8, **NO_EICU), at("b", 12, CITY)],
     [("if_first_unavailable", "b"), ("if_first_advisory", "b"), ("if_nearer", "b", 3)]),
    ("beds not known are no obstacle", Case(wants_eicu=True),
     [at("a", 8, free={}, unknown_beds=frozenset({BedKind.EICU})), at("b", 20)],
     [("if_first_unavailable", "b"), ("if_nearer", "b", 14)]),
    ("the lab is shut", STEMI, [at("a", 12, unavailable=frozenset({"ppci"})), at("b", 90, CITY)],
     [("if_first_unavailable", "a"), ("if_capability_back", "a")]),
    ("the limit is passed", TRAUMA, [at("a", 12), at("b", 50, CITY)],
     [("if_first_unavailable", "b"), ("if_nearer", "b", 5)]),
    ("R0 counts no advisory", ARREST, [at("a", 5), at("b", 6, ED)],
     [("if_first_unavailable", "b"), ("if_nearer", "b", 2)]),
    ("only next door it would lead", ARREST, [at("z", 0), at("b", 61)],
     [("if_first_unavailable", "b"), ("if_nearer", "b", 61)]),
    ("one minute is enough", ARREST, [at("a", 5, ED), at("b", 6)],
     [("if_first_unavailable", "b"), ("if_nearer", "b", 1)]),
    ("a kind of bed it has none of", Case(wants_eicu=True), [at("a", 8, free={}), at("b", 10)],
     [("if_first_unavailable", "a"), ("if_first_advisory", "a"), ("if_nearer", "a", 2),
      ("if_bed_came_free", "a")]),
    ("the patient refuses", Case(refuses=("a",)), [at("a", 5), at("b", 15)],
     [("if_first_unavailable", "a"), ("if_patient_agreed", "a")]),
    ("refused and closed: neither alone helps", Case(refuses=("a",)),
     [at("a", 5, **CLOSED), at("b", 15)], [("if_first_unavailable", "a")]),
    ("all fail", Case(), [at("a", 5, **CLOSED), at("b", 15, **CLOSED)],
     [("if_first_unavailable", "b"), ("if_diversion_ended", "b")]),
    ("one that cannot do it is not helped by being near", STEMI, [at("a", 12), at("b", 20, ED)],
     [("if_first_unavailable", "b")]),
    ("the two best are asked for nearness", Case(), [at("a", 5), at("b", 20), at("c", 30),
                                                   at("d", 40)],
     [("if_first_unavailable", "b"), ("if_nearer", "b", 17), ("if_nearer", "c", 27)]),
    ("seconds round up to a whole minute", Case(), [at("a", 5), at("b", 20.5)],
     [("if_first_unavailable", "b"), ("if_nearer", "b", 18)]),
    ("even next door it would lose", STEMI, [at("a", 12, centres=["chest_pain"]), at("b", 20)],
     [("if_first_unavailable", "b")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "candidates", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_table(case, candidates, expected):
    assert _told(ask(case, *candidates)) == expected


def test_only_the_few_nearest_obstacles_are_weighed():
    shut = [at(f"s{n}", 1 + n, **CLOSED) for n in range(6)]
    told = _told(ask(Case(), at("a", 30), *reversed(shut)))
    ended = [row[1] for row in told if row[0] == "if_diversion_ended"]
    assert ended == [f"s{n}" for n in range(MAX_WHAT_IFS)]
    assert MAX_WHAT_IFS == 4


def _changed(one: Candidate, code: str, minutes: int) -> Candidate:
    """One candidate after the change that ``code`` names."""
    travel, load = one.travel, one.capacity
    if code == "if_nearer":
        travel = replace(travel, duration_s=max(0, travel.duration_s - 60 * minutes))
    if code == "if_first_advisory":
        load = replace(load, traffic=Traffic.ADVISORY)
    if code == "if_diversion_ended":
        load = replace(load, traffic=Traffic.NORMAL, is_internal_disaster=False)
    if code == "if_bed_came_free":
        load = replace(load, free={kind: max(1, load.free.get(kind, 0)) for kind in BedKind})
    if code == "if_capability_back":
        load = replace(load, unavailable=frozenset())
    return replace(one, travel=travel, capacity=load)


def _made(candidates: list[Candidate], code: str, who: str, first: str, minutes: int):
    """The candidates after the told change."""
    changes = first if code.startswith("if_first") else who
    names = [(one, one.facility.facility_id) for one in candidates]
    if code == "if_first_unavailable":
        return [one for one, name in names if name != first]
    return [_changed(one, code, minutes) if name == changes else one for one, name in names]


REFUSALS = st.lists(st.sampled_from([f"h{n}" for n in range(7)]), max_size=2).map(tuple)


@settings(max_examples=300)
@given(case=CASES, candidates=candidate_lists(min_size=2), refuses=REFUSALS)
def test_every_told_change_comes_true(case, candidates, refuses):
    case = replace(case, refuses=refuses)
    advice = ask(case, *candidates)
    first = ids(advice)[0]
    for change in advice.would_change:
        who, minutes = change.params["facility_id"], change.params.get("minutes", 0)
        then = replace(case, refuses=()) if change.code == "if_patient_agreed" else case
        after = ask(then, *_made(candidates, change.code, who, first, minutes))
        if change.code == "if_patient_agreed" and len(set(refuses)) > 1:
            continue  # the others refused come back as well, which is another question
        assert ids(after)[0] == who, change
        if change.code == "if_nearer":
            fewer = ask(case, *_made(candidates, change.code, who, first, minutes - 1))
            assert ids(fewer)[0] != who


@settings(max_examples=200)
@given(case=CASES, candidates=candidate_lists(min_size=1))
def test_leading_is_being_the_first_of_the_order(case, candidates):
    frame = frame_of(case, CENTRES, POLICY)
    passing = [one for one in (weigh(frame, each) for each in candidates) if not one.against]
    for one in passing:
        rivals = [other for other in passing if other is not one]
        assert leads(frame, one, rivals) is (ordered(frame, passing)[0] is one)


@given(case=CASES, candidates=candidate_lists(min_size=2))
def test_the_first_is_never_told_to_become_the_first(case, candidates):
    advice = choose(case, candidates, CENTRES, POLICY)
    first = advice.options[0].facility_id
    assert all(change.params["facility_id"] != first for change in advice.would_change)
    assert advice.would_change[0].code == "if_first_unavailable"


def test_a_county_hospital_may_be_told_twice():
    advice = ask(STEMI, at("a", 12, COUNTY, unavailable=frozenset({"ppci"}), **CLOSED),
                 at("b", 90, CITY))  # fmt: skip
    assert _told(advice) == [("if_first_unavailable", "a")]
