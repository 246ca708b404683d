"""The pre-alert: every pair of state and happening, the ladder, the colour."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.ids import FacilityId
from dispatch.lifecycle import may, next_state
from hospital_gateway.facilities import Facility
from hospital_gateway.policy import DEFAULT_LADDER, EscalationStep, GatewayPolicy
from hospital_gateway.prealert import (
    ANSWERED,
    GRAVITY,
    PREALERT,
    WAITING,
    Colour,
    PreAlertState,
    Signs,
    Told,
    colour,
    colour_signs,
    due_step,
    is_answered_for,
    next_step,
    whom,
)

SENT = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
POLICY = GatewayPolicy()
S = PreAlertState


def _at(seconds: float) -> datetime:
    return SENT + timedelta(seconds=seconds)


def _names_due(state: PreAlertState, seconds: float) -> list[str]:
    """All rungs that are taken by asking again and again at one instant."""
    taken: list[str] = []
    while (step := due_step(POLICY, state, SENT, taken, _at(seconds))) is not None:
        taken.append(step.name)
    return taken


@pytest.mark.parametrize(
    ("state", "seconds", "names"),
    [
        (S.SENT, 4.9, []),
        (S.SENT, 5, ["second_channel"]),
        (S.SENT, 29.9, ["second_channel", "not_displayed"]),
        (S.DELIVERED, 29.9, ["not_displayed"]),
        (S.DISPLAYED, 29.9, []),
        (S.DISPLAYED, 30, ["duty_lead"]),
        (S.DISPLAYED, 60, ["duty_lead", "medical_control"]),
        (S.SENT, 3600, [step.name for step in DEFAULT_LADDER]),
        (S.ACKNOWLEDGED, 3600, []),
        (S.REJECTED, 3600, []),
        (S.STOOD_DOWN, 3600, []),
        (S.CREATED, 3600, []),
    ],
)
def test_rungs_come_due_in_order_and_each_once(state, seconds, names):
    assert _names_due(state, seconds) == names


def test_the_next_rung_is_told_before_it_is_due():
    step, due_at = next_step(POLICY, S.DISPLAYED, SENT, ())
    assert (step.name, due_at) == ("duty_lead", _at(30))
    assert next_step(POLICY, S.DISPLAYED, SENT, ["duty_lead", "medical_control", "phone"]) is None
    assert next_step(POLICY, S.ACKNOWLEDGED, SENT, ()) is None
    assert next_step(POLICY, S.CREATED, None, ()) is None


def test_every_state_runs_the_ladder_or_is_answered_or_is_not_sent():
    assert set(S) == WAITING | ANSWERED | {S.CREATED}
    assert not WAITING & ANSWERED


@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 40),
            st.sampled_from(["tick", "deliver", "display", "acknowledge", "reject", "stand_down"]),
        ),
        max_size=12,
    )
)
def test_by_the_last_rung_someone_answered_or_a_person_was_told(steps):
    """Invariant 4 under any course of events, with a ticker that runs at each of them."""
    state, taken, seconds = S.SENT, [], 0
    for wait_s, happening in [*steps, (POLICY.ladder[-1].after_s, "tick")]:
        seconds += wait_s
        if may(PREALERT, state, happening):
            state = next_state(PREALERT, state, happening)
        while (step := due_step(POLICY, state, SENT, taken, _at(seconds))) is not None:
            assert step.name not in taken
            taken.append(step.name)
        assert is_answered_for(POLICY, state, SENT, taken, _at(seconds))
    assert state in ANSWERED or POLICY.ladder[-1].name in taken


def test_the_checker_sees_a_pre_alert_that_nobody_answers_for():
    last_s = POLICY.ladder[-1].after_s
    assert is_answered_for(POLICY, S.DISPLAYED, SENT, (), _at(last_s - 1))
    assert not is_answered_for(POLICY, S.DISPLAYED, SENT, ("duty_lead",), _at(last_s))
    assert not is_answered_for(POLICY, S.CREATED, None, (), _at(0))


def test_a_rung_tells_the_named_person_or_else_the_dispatcher():
    facility = Facility(
        facility_id=FacilityId("H1"),
        name_zh="一院",
        name_en="First",
        kind="hospital",
        lon=112.4,
        lat=29.4,
        phone="",
        capabilities=frozenset(),
        duty_lead="Dr. Li",
        medical_control=" ",
    )
    lead, control, phone = POLICY.ladder[2:]
    assert whom(lead, facility) == Told(tells="duty_lead", name="Dr. Li")
    assert whom(control, facility) == Told(tells="dispatcher", name="")
    assert whom(phone, facility) == Told(tells="dispatcher", name="")
    desk = _rung(tells="emergency_department")
    assert whom(desk, facility) == Told(tells="emergency_department", name="")


def _rung(name="a", after_s=5, unless="acknowledged", tells="dispatcher") -> EscalationStep:
    return EscalationStep(name=name, after_s=after_s, unless=unless, tells=tells)


@pytest.mark.parametrize(
    "ladder",
    [
        (),
        (_rung(unless="displayed"),),
        (_rung(tells="emergency_department"),),
        (_rung(), _rung(after_s=9)),
        (_rung(after_s=9), _rung(name="b", after_s=8)),
        (_rung(after_s=-1),),
    ],
)
def test_a_ladder_that_could_end_with_nobody_told_is_refused(ladder):
    with pytest.raises(ValueError, match="ladder"):
        GatewayPolicy(ladder=ladder)
    with pytest.raises(msgspec.ValidationError, match="ladder"):
        msgspec.convert({"ladder": msgspec.to_builtins(ladder)}, GatewayPolicy)


KINDS = {"R": Colour.RED, "Y": Colour.YELLOW, "G": Colour.GREEN}


@pytest.mark.parametrize(
    ("signs", "expected", "codes"),
    [
        ({}, "G", []),
        ({"priority": "P3", "level": "none"}, "G", []),
        ({"priority": "P3", "level": "low"}, "G", []),
        ({"priority": "P3", "level": "unknown"}, "G", []),
        ({"priority": "P3", "level": "urgent"}, "Y", ["news2"]),
        ({"priority": "P3", "level": "urgent_ward"}, "Y", ["news2"]),
        ({"priority": "P3", "level": "emergency"}, "R", ["news2"]),
        ({"priority": "P1", "level": "none"}, "R", ["priority_p1"]),
        ({"priority": "P2", "level": "none"}, "G", []),
        ({"priority": "P2", "level": "low"}, "G", []),
        ({"priority": "P2", "level": "unknown"}, "Y", ["emergency_unscored"]),
        ({"priority": "P2", "level": "unscored"}, "Y", ["emergency_unscored"]),
        ({"centres": ("chest_pain",)}, "Y", ["centre_suspected"]),
        ({"centres": ("stroke",)}, "R", ["centre_suspected"]),
        ({"centres": ("chest_pain", "stroke")}, "R", ["centre_suspected"]),
        ({"is_immediate": True}, "R", ["immediate"]),
        ({"acvpu": "P"}, "R", ["unresponsive"]),
        ({"acvpu": "U"}, "R", ["unresponsive"]),
        ({"acvpu": "V"}, "G", []),
        ({"npews": 0}, "G", []),
        ({"npews": 4}, "G", []),
        ({"npews": 5}, "Y", ["npews"]),
        ({"npews": 8}, "Y", ["npews"]),
        ({"npews": 9}, "R", ["npews"]),
        ({"npews": 13}, "R", ["npews"]),
        ({"is_mewc_triggered": True}, "R", ["mewc"]),
        ({"alert": Colour.RED}, "R", ["pathway"]),
        ({"alert": Colour.YELLOW}, "Y", ["pathway"]),
        ({"alert": Colour.GREEN}, "G", []),
        ({"alert": Colour.GREEN, "npews": 9, "level": "urgent"}, "R", ["npews", "news2"]),
    ],
)
def test_colour(signs, expected, codes):
    found = colour_signs(POLICY, Signs(**signs))
    assert colour(POLICY, Signs(**signs)) is KINDS[expected]
    assert [code for _colour, code in found] == codes
    assert {one for one, _code in found} <= set(KINDS.values()) - {Colour.GREEN}


SIGNS = {
    "priority": st.sampled_from(["", "P1", "P2", "P3", "P4"]),
    "level": st.sampled_from(["emergency", "urgent", "urgent_ward", "low", "none", "unknown"]),
    "centres": st.lists(st.sampled_from(["stroke", "trauma", "chest_pain"])).map(tuple),
    "is_immediate": st.booleans(),
    "acvpu": st.sampled_from([None, "A", "C", "V", "P", "U"]),
    "alert": st.sampled_from([None, *Colour]),
    "npews": st.none() | st.integers(0, 27),
    "is_mewc_triggered": st.booleans(),
}
UNKNOWN = {"level": "unknown", "acvpu": None, "alert": None, "npews": None}


@given(signs=st.fixed_dictionaries(SIGNS), forgotten=st.sets(st.sampled_from(sorted(UNKNOWN))))
def test_forgetting_never_contradicts_a_graver_colour_than_what_is_left(signs, forgotten):
    known = {name: value for name, value in signs.items() if name not in forgotten}
    left = colour_signs(POLICY, Signs(**known))
    whole = colour_signs(POLICY, Signs(**signs))
    lost = [sign for sign in left if sign not in whole]
    assert all(code == "emergency_unscored" for _colour, code in lost)


@given(signs=st.fixed_dictionaries(SIGNS))
def test_the_colour_is_the_gravest_of_its_signs(signs):
    found = [each for each, _code in colour_signs(POLICY, Signs(**signs))]
    expected = next((each for each in (Colour.RED, Colour.YELLOW) if each in found), Colour.GREEN)
    assert colour(POLICY, Signs(**signs)) is expected
    assert GRAVITY == (Colour.GREEN, Colour.YELLOW, Colour.RED)
