"""An incident that waits for a unit: the deadline, the alarm, and invariant 2."""

from dispatch.domain import commands as c
from dispatch.domain.alarms import alarms
from dispatch.domain.deadlines import SYSTEM, due
from dispatch.domain.invariants import broken
from tests.support.desk import DISPATCHER, SCENE, Desk

STANDARD_S = 120


def _waiting(desk: Desk, priority: str = "P1") -> str:
    opened = desk.tell(c.OpenIncident, DISPATCHER, place=SCENE, priority=priority, complaint="胸痛")
    incident_id = opened[0].incident_id
    assert incident_id is not None
    return str(incident_id)


def _pass_time(desk: Desk, seconds: int) -> int:
    desk.wait(seconds)
    commands = list(due(desk.world, desk.now))
    for command in commands:
        desk.take(command, SYSTEM)
    return len(commands)


def _open_alarms(desk: Desk) -> list[str]:
    return [alarm.id for alarm in alarms(desk.world)]


def test_past_the_standard_it_is_said_once_and_alarms() -> None:
    desk = Desk()
    incident_id = _waiting(desk)
    assert _pass_time(desk, STANDARD_S - 1) == 0
    assert _open_alarms(desk) == []
    assert _pass_time(desk, 1) == 1
    assert _open_alarms(desk) == [f"unassigned:{incident_id}"]
    assert _pass_time(desk, 60) == 0, "said once"
    found = broken(desk.world, desk.now)
    assert [one for one in found if one.startswith(f"2: P1 {incident_id}")]


def test_sending_a_unit_ends_alarm_and_breach() -> None:
    desk = Desk()
    incident_id = _waiting(desk)
    _pass_time(desk, STANDARD_S)
    desk.send(incident_id, "N01")
    assert _open_alarms(desk) == []
    assert broken(desk.world, desk.now) == []


def test_after_a_cancelled_unit_a_new_wait_begins() -> None:
    desk = Desk()
    incident_id = _waiting(desk)
    _pass_time(desk, STANDARD_S)
    assignment_id = desk.send(incident_id, "N01")
    desk.tell(c.CancelAssignment, DISPATCHER, assignment_id=assignment_id, reason="nearer one")
    assert _pass_time(desk, STANDARD_S - 1) == 0
    assert _pass_time(desk, 1) == 1


def test_with_every_capable_unit_at_work_nobody_is_to_blame() -> None:
    desk = Desk()
    config = desk.world.config
    assert config is not None
    for unit in config.units:
        desk.send(_waiting(desk, "P3"), unit.unit_id)
    _waiting(desk)
    desk.wait(STANDARD_S)
    for command in list(due(desk.world, desk.now)):
        desk.take(command, SYSTEM)
    assert not [one for one in broken(desk.world, desk.now) if one.startswith("2:")]
