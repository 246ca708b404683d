"""What must not happen to a patient between two crews, two hospitals, or nobody: each by name."""

import pytest

from dispatch.domain import commands as c
from dispatch.domain.alarms import alarms
from dispatch.domain.deadlines import due
from dispatch.errors import Refused
from hospital_gateway.beds import HoldState
from hospital_gateway.prealert import PreAlertState
from tests.support.desk import DISPATCHER, INGEST, Desk, crew, staff


def held_and_announced(desk: Desk) -> tuple[str, str, str]:
    assignment_id, patient_id, alert_id = desk.announced("N01", "H1")
    bed = {"patient_id": patient_id, "facility_id": "H1", "bed_id": "H1.R1"}
    desk.tell(c.HoldBed, staff("H1"), **bed)
    return assignment_id, patient_id, alert_id


def assert_nothing_waits(desk: Desk, alert_id: str) -> None:
    assert desk.world.prealerts[alert_id].state == PreAlertState.STOOD_DOWN  # type: ignore[index]
    assert {hold.state for hold in desk.world.holds.values()} == {HoldState.RELEASED}
    desk.wait(3600)
    waits = [one for one in due(desk.world, desk.now) if not isinstance(one, c.FlagUnassigned)]
    assert waits == [], "only the incident itself may still wait, for another unit"


def test_a_patient_who_stays_on_the_scene_stands_the_hospital_down() -> None:
    desk = Desk()
    assignment_id, _, alert_id = held_and_announced(desk)
    desk.drive(assignment_id, "cleared")
    assert_nothing_waits(desk, alert_id)


def test_a_closed_incident_leaves_no_hospital_waiting() -> None:
    desk = Desk()
    assignment_id, patient_id, alert_id = held_and_announced(desk)
    undo = {"assignment_id": assignment_id, "step": "at_patient"}
    desk.tell(c.UndoAssignmentStep, crew("N01"), **undo)
    assert desk.world.patients[patient_id].unit_id is None  # type: ignore[index]
    desk.tell(c.CancelAssignment, DISPATCHER, assignment_id=assignment_id, reason="x")
    incident_id = patient_id.rpartition(".")[0]
    desk.tell(c.CloseIncident, DISPATCHER, incident_id=incident_id, outcome="no_patient")
    assert_nothing_waits(desk, alert_id)


def test_the_next_crew_announces_the_patient_of_a_cancelled_one_anew() -> None:
    desk = Desk()
    assignment_id, patient_id, alert_id = held_and_announced(desk)
    desk.tell(c.CancelAssignment, DISPATCHER, assignment_id=assignment_id, reason="broke down")
    assert_nothing_waits(desk, alert_id)
    second = desk.send(patient_id.rpartition(".")[0], "N02")
    desk.drive(second, "en_route", "on_scene", "at_patient")
    made = desk.tell(c.SendPreAlert, crew("N02"), patient_id=patient_id)
    assert made[0].event.prealert_id == f"{patient_id}.A2"  # type: ignore[union-attr]
    with pytest.raises(Refused, match="already_alerted"):
        desk.tell(c.SendPreAlert, crew("N02"), patient_id=patient_id)


def test_a_rejected_patient_must_be_taken_elsewhere_before_it_is_announced_again() -> None:
    desk = Desk()
    _, patient_id, alert_id = held_and_announced(desk)
    desk.tell(c.RejectPreAlert, staff("H1"), prealert_id=alert_id, reason="full")
    assert {hold.state for hold in desk.world.holds.values()} == {HoldState.RELEASED}
    with pytest.raises(Refused, match="already_alerted"):
        desk.tell(c.SendPreAlert, crew("N01"), patient_id=patient_id)
    desk.tell(c.ChooseDestination, crew("N01"), patient_id=patient_id, facility_id="H2")
    desk.tell(c.SendPreAlert, crew("N01"), patient_id=patient_id)


def test_a_diversion_stands_down_releases_and_leaves_its_mark() -> None:
    desk = Desk()
    _, patient_id, alert_id = held_and_announced(desk)
    desk.tell(c.AcknowledgePreAlert, staff("H1"), prealert_id=alert_id)
    desk.tell(c.ChooseDestination, crew("N01"), patient_id=patient_id, facility_id="H2")
    assert_nothing_waits(desk, alert_id)
    (note,) = desk.world.patients[patient_id].diversions  # type: ignore[index]
    assert (note.from_facility_id, note.to_facility_id, note.seen_at) == ("H1", "H2", None)
    for actor in (staff("H2"), crew("N01")):
        with pytest.raises(Refused, match="not_permitted"):
            fields = {"patient_id": patient_id, "facility_id": "H1"}
            desk.tell(c.MarkDiversionSeen, actor, **fields)


def test_a_failing_destination_wants_a_signed_reason() -> None:
    desk = Desk()
    _, patient_id = desk.attended("N01", centres=("chest_pain",))
    choice = {"patient_id": patient_id, "facility_id": "H2"}
    with pytest.raises(Refused, match="destination_fails_gate"):
        desk.tell(c.ChooseDestination, crew("N01"), **choice)
    with pytest.raises(Refused, match="destination_fails_gate"):
        desk.tell(c.ChooseDestination, crew("N01"), override_reason="  ", **choice)
    desk.tell(c.ChooseDestination, crew("N01"), override_reason="road cut", **choice)
    assert desk.world.patients[patient_id].is_choice_signed  # type: ignore[index]


def test_an_alarm_taken_note_of_rings_again_for_a_new_cause() -> None:
    desk = Desk()
    assignment_id, patient_id = desk.attended("N01")
    score = {"level": "emergency", "total": 9, "lower_bound": 9, "missing": (), "parts": {}}
    whom = {"unit_id": "N01", "patient_id": patient_id}
    desk.tell(c.ReportTriageLevel, INGEST, at=desk.now, **whom, **score)
    alarm_id = f"level_emergency:{patient_id}"
    desk.tell(c.AcknowledgeAlarm, DISPATCHER, alarm_id=alarm_id)
    with pytest.raises(Refused, match="alarm_taken"):
        desk.tell(c.AcknowledgeAlarm, DISPATCHER, alarm_id=alarm_id)
    for facility_id in ("H1", "H2"):
        choice = {"patient_id": patient_id, "facility_id": facility_id}
        desk.tell(c.ChooseDestination, crew("N01"), **choice)
        if facility_id == "H1":
            desk.tell(c.SendPreAlert, crew("N01"), patient_id=patient_id)
            assert list(alarms(desk.world)) == []
    (alarm,) = alarms(desk.world)
    assert (alarm.id, alarm.acknowledged_by) == (alarm_id, "")
    assert desk.world.assignments[assignment_id].unit_id == "N01"  # type: ignore[index]


def test_a_name_signs_for_a_patient_and_nobody_else() -> None:
    desk = Desk()
    assignment_id, patient_id, alert_id = held_and_announced(desk)
    nameless = c.Actor(role="hospital", facility_id=staff("H1").facility_id)
    with pytest.raises(Refused, match="name_needed"):
        desk.tell(c.AcknowledgePreAlert, nameless, prealert_id=alert_id)
    for actor in (staff("H2"), crew("N01"), DISPATCHER):
        with pytest.raises(Refused, match="not_permitted"):
            desk.tell(c.AcknowledgePreAlert, actor, prealert_id=alert_id)
    desk.drive(assignment_id, "transporting", "at_destination")
    desk.tell(c.OfferHandover, crew("N01"), patient_id=patient_id)
    with pytest.raises(Refused, match="name_needed"):
        desk.tell(c.AcceptHandover, nameless, patient_id=patient_id)
    desk.tell(c.AcceptHandover, staff("H1"), patient_id=patient_id)
    bed = desk.world.beds["H1.R1"]  # type: ignore[index]
    assert (bed.state, bed.patient_id) == ("occupied", patient_id)
