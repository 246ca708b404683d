"""The way to hospital: chosen at the patient, chosen again when the hospital shuts."""

import msgspec
import pytest

from dispatch.simulation.carry import Carried, carry
from dispatch.simulation.outcome import CallOutcome
from dispatch.simulation.published import Closest
from dispatch.simulation.run import simulate
from dispatch.simulation.shapes import SimCall, SimFacility, Town
from tests.unit.simulation.towns import MIN, at, call, line, town

Shut = tuple[tuple[int, int], ...]


def with_hospitals(*places: tuple[int, Shut]) -> Town:
    made = tuple(
        SimFacility(facility_id=k, spot=at(node),
                    shut_ms=tuple((a * MIN, b * MIN) for a, b in shut))
        for k, (node, shut) in enumerate(places)
    )  # fmt: skip
    return msgspec.structs.replace(town([0], [0]), facilities=made)


def carried(made: Town, patient: SimCall) -> Carried:
    """From a patient reached at 0 and left at minute 5; journeys take what is planned."""
    found = carry(made, line(21), patient, 0, 5 * MIN, lambda ms, _call, _leg: ms)
    assert found is not None
    return found


PATIENT = msgspec.structs.replace(call(0, 0, 10), transport=True)


def test_the_nearest_open_one() -> None:
    found = carried(with_hospitals((13, ()), (20, ())), PATIENT)
    assert (found.facility, found.delivered_ms, found.turned) == (0, 8 * MIN, 0)
    assert found.metres == pytest.approx(3_000)


def test_shut_on_the_way_turns_the_unit_round() -> None:
    """At minute 7 it is at place 12; the other hospital is 7 behind, or 8 ahead by place 13."""
    found = carried(with_hospitals((13, ((7, 60),)), (5, ())), PATIENT)
    assert (found.facility, found.delivered_ms, found.turned) == (1, 14 * MIN, 1)


def test_shut_while_still_at_the_patient_costs_no_way() -> None:
    found = carried(with_hospitals((13, ((2, 60),)), (5, ())), PATIENT)
    assert (found.facility, found.delivered_ms, found.turned) == (1, 10 * MIN, 1)
    assert found.metres == pytest.approx(5_000)


@pytest.mark.parametrize("shut", [(8, 60), (-9, -1)])
def test_shut_at_arrival_or_long_ago_changes_nothing(shut: tuple[int, int]) -> None:
    found = carried(with_hospitals((13, (shut,)), (5, ())), PATIENT)
    assert (found.facility, found.turned) == (0, 0)


def test_nobody_else_open_takes_who_is_under_way() -> None:
    found = carried(with_hospitals((13, ((7, 60),))), PATIENT)
    assert (found.facility, found.delivered_ms, found.turned) == (0, 8 * MIN, 0)


def test_a_call_that_names_its_hospital_goes_there() -> None:
    named = msgspec.structs.replace(PATIENT, facility=0)
    found = carried(with_hospitals((13, ((7, 60),)), (5, ())), named)
    assert (found.facility, found.turned) == (0, 0)


def test_no_hospital_at_all() -> None:
    made = with_hospitals((13, ((0, 60),)))
    assert carry(made, line(21), PATIENT, 0, 5 * MIN, lambda ms, _call, _leg: ms) is None


def test_two_in_turn_shut() -> None:
    made = with_hospitals((13, ((7, 60),)), (5, ((9, 60),)), (20, ()))
    found = carried(made, PATIENT)
    assert (found.facility, found.turned) == (2, 2)


def test_the_rows_tell_of_it() -> None:
    made = with_hospitals((13, ((16, 60),)), (5, ()))
    patient = msgspec.structs.replace(PATIENT, on_scene_ms=4 * MIN, handover_ms=MIN)
    row: CallOutcome = simulate(made, line(21), [patient], Closest()).calls[0]
    assert (row.facility, row.turned, row.arrived_ms) == (1, 1, 10 * MIN)
    assert row.closed_ms == row.delivered_ms + MIN
