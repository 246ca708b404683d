"""The reperfusion decision: every branch, both sides of every limit, and what is unknown."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.triage.cardiac_times import BY_INTERVAL, TARGETS, Target, limit_text
from dispatch.triage.reperfusion import (
    Lab,
    Reperfusion,
    ReperfusionPolicy,
    Stemi,
    decide,
    need_of,
)
from hospital_gateway.prealert import Colour

STEMI = Stemi(
    ecg="stemi",
    arrest="none",
    since_contact_min=0,
    labs=(Lab(lab_id="city", drive_min=130, is_open=True),),
    onset_h=2,
    is_lysis_contraindicated=False,
    is_in_cardiogenic_shock=False,
)


def decided(**changes: Any) -> Reperfusion:
    return decide(msgspec.structs.replace(STEMI, **changes))


def lab(drive_min: float | None, is_open: bool | None = True, lab_id: str = "lab") -> Lab:
    return Lab(lab_id=lab_id, drive_min=drive_min, is_open=is_open)


def test_the_plain_far_patient_is_lysed() -> None:
    found = decided()
    assert found == Reperfusion(
        decision="lysis_then_transfer",
        why="no_lab_within_limit",
        contact_to_wire_min=150,
        do=(
            "physician_confirms_before_lysis",
            "check_lysis_contraindications",
            "arrange_transfer_to_ppci",
            "repeat_ecg_en_route",
        ),
        clocks=(
            "diagnosis_to_lysis",
            "door_to_needle",
            "door_in_to_door_out",
            "lysis_to_rescue_decision",
            "lysis_to_angiography",
        ),
    )
    need = need_of(found)
    assert (need.pathway, need.decision, need.alert) == ("chest_pain", found.decision, Colour.RED)
    assert (need.requires, need.prefers, need.may_bypass) == (("lysis_stemi",), (), False)
    assert (need.is_immediate, need.do, need.asks) == (False, found.do, ())


@pytest.mark.parametrize(
    ("since_min", "drive_min", "decision"),
    [
        (0, 100, "ppci"),
        (0, 100.1, "lysis_then_transfer"),
        (30, 70, "ppci"),
        (31, 70, "lysis_then_transfer"),
        (101, 0, "lysis_then_transfer"),
        (0, 0, "ppci"),
    ],
)
def test_trap_18_contact_to_wire_is_drive_elapsed_and_door_to_wire_up_to_120(
    since_min: float, drive_min: float, decision: str
) -> None:
    found = decided(since_contact_min=since_min, labs=(lab(drive_min),))
    assert found.decision == decision
    assert found.contact_to_wire_min == since_min + drive_min + 20
    assert found.lab_id == ("lab" if decision == "ppci" else None)


def test_a_lab_within_the_limit_is_left_to_the_ranking() -> None:
    found = decided(labs=(lab(60),))
    need = need_of(found)
    assert found.why == "lab_within_limit"
    assert (need.requires, need.prefers, need.may_bypass) == ((), ("ppci",), True)
    assert need.alert is Colour.RED and not need.is_immediate


def test_the_fastest_open_lab_is_taken() -> None:
    labs = (lab(50, lab_id="far"), lab(10, is_open=False), lab(40, lab_id="near"), lab(None))
    found = decided(labs=labs)
    assert (found.decision, found.lab_id, found.contact_to_wire_min) == ("ppci", "near", 60)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"is_in_cardiogenic_shock": True}, "cardiogenic_shock"),
        ({"arrest": "rosc"}, "arrest_with_circulation"),
        ({"is_lysis_contraindicated": True}, "lysis_contraindicated"),
        ({"onset_h": 12.01}, "onset_too_long_ago"),
        ({"onset_h": 13, "is_in_cardiogenic_shock": True}, "cardiogenic_shock"),
    ],
)
def test_pci_whatever_the_time(changes: dict[str, Any], why: str) -> None:
    far = decided(**changes)
    assert (far.decision, far.why, far.lab_id, far.asks) == ("ppci", why, "city", ())
    assert need_of(far).requires == ("ppci",) and need_of(far).prefers == ("ppci",)
    assert need_of(far).may_bypass
    near = decided(**changes, labs=(lab(20),))
    assert (near.decision, near.why) == ("ppci", why)
    nowhere = decided(**changes, labs=(lab(20, is_open=False),))
    assert (nowhere.decision, nowhere.why, nowhere.asks) == ("no_bypass_call", "no_lab_open", ())
    assert nowhere.contact_to_wire_min is None
    assert decided(**changes, labs=()).why == "no_lab_open"
    unknown = decided(**changes, labs=None)
    assert (unknown.decision, unknown.lab_id, unknown.asks) == ("ppci", None, ("labs",))
    maybe = decided(**changes, labs=(lab(20, is_open=None),))
    assert (maybe.decision, maybe.lab_id, maybe.asks) == ("ppci", None, ("labs.open",))


def test_twelve_hours_are_within() -> None:
    assert decided(onset_h=12).decision == "lysis_then_transfer"
    assert decided(onset_h=0).decision == "lysis_then_transfer"


@pytest.mark.parametrize(
    ("ecg", "why", "asks"),
    [
        (None, "ecg_not_read", ("ecg",)),
        ("unread", "ecg_not_read", ("ecg",)),
        ("not_transmitted", "ecg_not_read", ("ecg",)),
        ("no_stemi", "ecg_not_diagnostic", ()),
    ],
)
def test_nobody_is_activated_without_a_read_ecg(ecg: Any, why: str, asks: tuple[str, ...]) -> None:
    found = decided(ecg=ecg, is_in_cardiogenic_shock=True, labs=(lab(5),), onset_h=None)
    assert found == Reperfusion(
        decision="nearest_chest_pain_hospital",
        why=why,  # type: ignore[arg-type]
        contact_to_wire_min=25,
        do=("do_not_activate_cath_lab", "repeat_ecg"),
        asks=asks,
        clocks=("contact_to_ecg_read",),
    )
    need = need_of(found)
    assert (need.alert, need.requires, need.prefers) == (None, (), ())
    assert not need.may_bypass and not need.is_immediate and need.asks == asks


@pytest.mark.parametrize("ecg", ["stemi", "no_stemi", "unread", None])
def test_arrest_without_circulation_is_r0_whatever_the_ecg(ecg: Any) -> None:
    found = decided(arrest="no_rosc", ecg=ecg, labs=(lab(5),), onset_h=None)
    assert (found.decision, found.why, found.do) == (
        "immediate",
        "arrest_without_circulation",
        ("resuscitate",),
    )
    assert (found.clocks, found.lab_id, found.asks) == ((), None, ())
    assert need_of(found).is_immediate and need_of(found).alert is Colour.RED
    assert not need_of(found).may_bypass


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        ({"labs": None}, ("labs",)),
        ({"labs": None, "since_contact_min": None}, ("labs", "since_contact_min")),
        ({"labs": (lab(None),)}, ("labs.drive_min",)),
        ({"labs": (lab(100, is_open=None),)}, ("labs.open",)),
        ({"labs": (lab(None, is_open=None),)}, ("labs.drive_min", "labs.open")),
        ({"since_contact_min": None, "labs": (lab(100),)}, ("since_contact_min",)),
        ({"since_contact_min": 100, "labs": (lab(None),)}, ("labs.drive_min",)),
        (
            {"labs": (lab(None),), "is_in_cardiogenic_shock": None, "onset_h": None},
            ("labs.drive_min", "cardiogenic_shock", "onset_h"),
        ),
    ],
)
def test_unknown_times_never_justify_a_bypass(changes: Any, asks: tuple[str, ...]) -> None:
    found = decided(**changes)
    assert (found.decision, found.why) == ("no_bypass_call", "lab_times_unknown")
    assert (found.asks, found.lab_id, found.contact_to_wire_min) == (asks, None, None)
    assert found.do[:2] == ("call_receiving_physician", "repeat_ecg_en_route")
    assert found.clocks == ("diagnosis_to_lysis", "diagnosis_to_wire_or_lysis_instead")
    need = need_of(found)
    assert (need.may_bypass, need.requires, need.prefers) == (False, (), ())
    assert need.alert is Colour.RED


@pytest.mark.parametrize(
    "changes",
    [
        {"labs": ()},
        {"labs": (lab(10, is_open=False),)},
        {"labs": (lab(101, is_open=None),)},
        {"since_contact_min": None, "labs": (lab(101),)},
        {"since_contact_min": 101, "labs": (lab(None),)},
        {"labs": (Lab(lab_id="", contact_to_wire_min=121),)},
    ],
)
def test_what_is_surely_too_late_is_lysed(changes: Any) -> None:
    assert decided(**changes).decision == "lysis_then_transfer"
    assert decided(**changes).asks == ()


def test_a_time_worked_out_elsewhere_replaces_the_sum() -> None:
    given_time = Lab(lab_id="x", drive_min=500, is_open=True, contact_to_wire_min=120)
    assert decided(labs=(given_time,), since_contact_min=None).decision == "ppci"
    assert decided(labs=(given_time,)).contact_to_wire_min == 120
    closed = Lab(lab_id="x", is_open=None, contact_to_wire_min=120)
    found = decided(labs=(closed,), since_contact_min=None)
    assert (found.decision, found.asks) == ("no_bypass_call", ("labs.open",))


def test_unknown_onset_is_alerted_and_left_to_a_physician() -> None:
    found = decided(onset_h=None)
    assert found.decision == "lysis_then_transfer"
    assert found.asks == ("onset_h",)
    assert found.do[-1] == "physician_decides_unknown_onset"
    assert "physician_decides_unknown_onset" not in decided().do
    near = decided(onset_h=None, labs=(lab(20),))
    assert (near.decision, near.asks) == ("ppci", ())
    assert near.do == (
        "physician_confirms_before_activation",
        "repeat_ecg_en_route",
        "physician_decides_unknown_onset",
    )
    unknown = decided(onset_h=None, labs=None)
    assert unknown.do[-1] == "physician_decides_unknown_onset"


def test_what_could_forbid_lysis_is_asked_before_it() -> None:
    found = decided(is_lysis_contraindicated=None, is_in_cardiogenic_shock=None)
    assert found.decision == "lysis_then_transfer"
    assert found.asks == ("cardiogenic_shock", "lysis_contraindicated")


def test_no_report_of_arrest_is_no_arrest() -> None:
    assert decided(arrest=None) == decided()


def test_limits_are_policy() -> None:
    policy = ReperfusionPolicy(contact_to_wire_limit_min=60, door_to_wire_min=10, lysis_window_h=3)
    at_limit = msgspec.structs.replace(STEMI, labs=(lab(50),))
    assert decide(at_limit, policy).decision == "ppci"
    beyond = msgspec.structs.replace(STEMI, labs=(lab(51),))
    assert decide(beyond, policy).decision == "lysis_then_transfer"
    late = msgspec.structs.replace(STEMI, onset_h=3.1)
    assert decide(late, policy).why == "onset_too_long_ago"
    unknown = msgspec.structs.replace(STEMI, labs=(lab(51, is_open=None),))
    assert decide(unknown, policy).decision == "lysis_then_transfer"


LABS = st.lists(
    st.builds(
        Lab,
        lab_id=st.sampled_from("ab"),
        drive_min=st.none() | st.sampled_from([0.0, 100.0, 101.0]),
        is_open=st.none() | st.booleans(),
    ),
    max_size=2,
).map(tuple)
CASES = st.builds(
    Stemi,
    ecg=st.sampled_from([None, "stemi", "stemi", "no_stemi", "unread", "not_transmitted"]),
    arrest=st.sampled_from([None, "none", "rosc", "no_rosc"]),
    since_contact_min=st.none() | st.sampled_from([0.0, 1.0, 100.0, 101.0]),
    labs=st.none() | LABS,
    onset_h=st.none() | st.sampled_from([0.0, 12.0, 12.5]),
    is_lysis_contraindicated=st.none() | st.booleans(),
    is_in_cardiogenic_shock=st.none() | st.booleans(),
)
ASKED_AS = {
    "ecg": ("ecg",),
    "since_contact_min": ("since_contact_min", "labs", "labs.drive_min", "labs.open"),
    "labs": ("labs",),
    "onset_h": ("onset_h",),
    "is_lysis_contraindicated": ("lysis_contraindicated",),
    "is_in_cardiogenic_shock": ("cardiogenic_shock",),
}


@given(CASES, st.sampled_from(sorted(ASKED_AS)))
def test_a_missing_fact_changes_the_answer_only_where_it_is_asked_for(
    case: Stemi, name: str
) -> None:
    whole, part = decide(case), decide(msgspec.structs.replace(case, **{name: None}))
    if part.decision != whole.decision:
        assert set(ASKED_AS[name]) & set(part.asks)


@given(CASES, st.floats(0, 50))
def test_a_longer_drive_never_turns_lysis_into_pci(case: Stemi, more_min: float) -> None:
    labs = tuple(
        msgspec.structs.replace(
            one, drive_min=None if one.drive_min is None else one.drive_min + more_min
        )
        for one in case.labs or ()
    )
    longer = msgspec.structs.replace(case, labs=None if case.labs is None else labs)
    if decide(longer).decision == "ppci":
        assert decide(case).decision == "ppci"


def test_every_clock_has_a_target() -> None:
    cases = [
        decided(),
        decided(labs=(lab(5),)),
        decided(labs=None),
        decided(ecg=None),
        decided(arrest="no_rosc"),
    ]
    assert {clock for found in cases for clock in found.clocks} <= set(BY_INTERVAL)


def test_targets_are_those_of_the_reference() -> None:
    assert [(one.interval, limit_text(one), one.measure) for one in TARGETS] == [
        ("contact_to_ecg_read", "<= 10 min", "each"),
        ("contact_to_ecg_read_monthly", "< 10 min, >= 75 %", "mean"),
        ("ecg_to_physician_diagnosis", "<= 10 min", "mean"),
        ("diagnosis_to_wire_at_ppci_hospital", "<= 60 min", "each"),
        ("diagnosis_to_wire_after_transfer", "<= 90 min", "each"),
        ("diagnosis_to_wire_or_lysis_instead", "<= 120 min", "each"),
        ("diagnosis_to_lysis", "<= 10 min", "each"),
        ("contact_to_device", "<= 90 min", "each"),
        ("contact_to_device_after_transfer", "<= 120 min", "each"),
        ("door_to_needle", "<= 30 min", "each"),
        ("door_to_wire", "<= 90 min, >= 75 %", "mean"),
        ("cath_lab_activation", "< 30 min", "each"),
        ("bedside_troponin", "<= 20 min", "mean"),
        ("ecg_sent_before_arrival", ">= 30 %", "share"),
        ("ppci_bypassing_ed_and_ccu", ">= 30 %", "share"),
        ("walk_in_bypassing_ccu", ">= 50 %", "share"),
        ("door_in_to_door_out", "<= 30 min", "each"),
        ("lysis_to_angiography", "120 to 1440 min", "each"),
        ("lysis_to_rescue_decision", "60 to 90 min", "each"),
    ]
    assert [one.interval for one in TARGETS if one.is_general_knowledge] == [
        "door_in_to_door_out",
        "lysis_to_rescue_decision",
    ]
    assert all(one.source for one in TARGETS)
    assert limit_text(Target(interval="x", source="y")) == ""
