"""`due` under a virtual clock: every rung once and in order, every pre-alert ends answered for."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from dispatch.domain import commands as c
from dispatch.domain.deadlines import SYSTEM, due
from dispatch.domain.invariants import broken
from dispatch.errors import Refused
from hospital_gateway.policy import DEFAULT_LADDER
from tests.support.desk import START, Desk, crew, staff

TICK_S = 0.25
LADDER = [step.name for step in DEFAULT_LADDER]


def run(desk: Desk, seconds: float, is_late: bool = False) -> list[tuple[float, str]]:
    """Tick for a while; returns (seconds since the start, command id) of everything taken."""
    taken = []
    until = desk.now + timedelta(seconds=seconds)
    while desk.now < until:
        for command in list(due(desk.world, desk.now)):
            desk.take(command, SYSTEM)
            taken.append(((desk.now - START).total_seconds(), command.command_id))
            with pytest.raises(Refused, match="not_due"):
                desk.take(command, SYSTEM)
        assert is_late or broken(desk.world, desk.now) == []
        desk.wait(TICK_S)
    return taken


def test_nobody_answers_and_each_rung_is_taken_once_in_time() -> None:
    desk = Desk()
    _, _, alert_id = desk.announced()
    sent_s = (desk.now - START).total_seconds()
    taken = [(at, name) for at, name in run(desk, 200) if name.startswith("due:escalate")]
    assert [name.rpartition(":")[2] for _, name in taken] == LADDER
    late = [at - sent_s - step.after_s for (at, _), step in zip(taken, DEFAULT_LADDER, strict=True)]
    assert all(0 <= one <= TICK_S for one in late), late
    rungs = desk.world.prealerts[alert_id].escalations  # type: ignore[index]
    assert [(rung.tells, rung.name) for rung in rungs][2:4] == [
        ("duty_lead", "赵启林"), ("medical_control", "何志远")
    ]  # fmt: skip


ANSWERS: dict[str, Callable[[Desk, str], object]] = {
    "delivered": lambda desk, it: desk.tell(c.MarkPreAlertDelivered, SYSTEM, prealert_id=it),
    "displayed": lambda desk, it: desk.tell(c.MarkPreAlertDisplayed, staff("H1"), prealert_id=it),
    "acknowledged": lambda desk, it: desk.tell(c.AcknowledgePreAlert, staff("H1"), prealert_id=it),
    "rejected": lambda desk, it: desk.tell(
        c.RejectPreAlert, staff("H1"), prealert_id=it, reason="no bed"
    ),
}
SPARES = {"delivered": 1, "displayed": 2, "acknowledged": 5, "rejected": 5}


@pytest.mark.parametrize("how", ANSWERS)
def test_what_has_happened_spares_its_rungs(how: str) -> None:
    desk = Desk()
    _, _, alert_id = desk.announced()
    desk.wait(1)
    ANSWERS[how](desk, alert_id)
    taken = [name for _, name in run(desk, 120) if name.startswith("due:escalate")]
    assert [name.rpartition(":")[2] for name in taken] == LADDER[SPARES[how] :]


def test_after_an_outage_the_rungs_come_one_by_one_and_none_is_skipped() -> None:
    desk = Desk()
    _, _, alert_id = desk.announced()
    desk.wait(3600)
    run(desk, 2, is_late=True)
    assert broken(desk.world, desk.now) == []
    steps = [rung.step for rung in desk.world.prealerts[alert_id].escalations]
    assert steps == LADDER


def test_an_unanswered_assignment_and_a_late_turnout_are_flagged_once_each() -> None:
    desk = Desk()
    assignment_id = desk.send(desk.incident(), "N01")
    taken = run(desk, 240)
    assert [(round(at), name.split(":")[3]) for at, name in taken] == [
        (30, "unanswered"), (180, "turnout")
    ]  # fmt: skip
    desk.drive(assignment_id, "en_route")
    assert desk.world.assignments[assignment_id].overdue is None  # type: ignore[index]
    assert run(desk, 60) == []


def test_a_hold_expires_at_its_time_and_frees_the_bed() -> None:
    desk = Desk()
    _, patient_id, alert_id = desk.announced()
    desk.tell(c.AcknowledgePreAlert, staff("H1"), prealert_id=alert_id)
    fields = {"patient_id": patient_id, "facility_id": "H1", "bed_id": "H1.R1"}
    desk.tell(c.HoldBed, staff("H1"), eta_at=desk.now + timedelta(seconds=60), **fields)
    held_s = (desk.now - START).total_seconds()
    taken = run(desk, 1300)
    assert [(at - held_s, name) for at, name in taken] == [(1260, f"due:expire:{patient_id}.B1")]
    assert desk.world.beds["H1.R1"].state == "free"  # type: ignore[index]


def test_a_far_future_eta_ends_at_the_longest_hold() -> None:
    desk = Desk()
    _, patient_id, _ = desk.announced()
    fields = {"patient_id": patient_id, "facility_id": "H1", "bed_id": "H1.R1"}
    desk.tell(c.HoldBed, staff("H1"), eta_at=START.replace(year=9999), **fields)
    (hold,) = desk.world.holds.values()
    assert hold.expires_at - desk.now == timedelta(hours=4)


def test_nothing_is_due_for_an_empty_county_or_an_arrived_patient() -> None:
    desk = Desk()
    assert list(due(desk.world, desk.now)) == []
    assignment_id, _, _ = desk.announced()
    desk.drive(assignment_id, "transporting", "at_destination")
    assert run(desk, 120) == []
    assert crew("N01").unit_id == "N01"
