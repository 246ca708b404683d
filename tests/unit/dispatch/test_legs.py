"""The drives that the log records, leg by leg."""

from datetime import timedelta

import pytest

from dispatch.domain import commands as c
from dispatch.domain.legs import Leg, LegFinder
from tests.support.desk import DISPATCHER, SCENE, START, Desk, crew

TO_HOSPITAL = ("transporting", "at_destination")


def legs(desk: Desk, page: int = 1000) -> list[Leg]:
    finder = LegFinder()
    for start in range(0, len(desk.log), page):
        finder.take(desk.log[start : start + page])
    return finder.driven()


def on_scene(desk: Desk, unit_id: str = "N01", **fields: object) -> str:
    assignment_id = desk.send(desk.incident(**fields), unit_id)  # type: ignore[arg-type]
    desk.drive(assignment_id, "en_route")
    desk.wait(600)
    desk.drive(assignment_id, "on_scene")
    return assignment_id


def test_the_way_to_the_scene() -> None:
    desk = Desk()
    assignment_id = on_scene(desk, priority="P1")
    (leg,) = legs(desk)
    assert (leg.assignment_id, leg.unit_id, leg.kind) == (assignment_id, "N01", "to_scene")
    assert leg.started_at == START + timedelta(seconds=3)
    assert leg.ended_at - leg.started_at == timedelta(seconds=603)
    assert (leg.target, leg.priority) == ((SCENE.lon, SCENE.lat), "P1")
    assert (leg.is_changed, leg.reported_late_s, dict(leg.closures)) == (False, 0.0, {})


def test_the_way_to_the_hospital_is_that_of_the_patient_aboard() -> None:
    desk = Desk()
    assignment_id, _patient_id, _prealert_id = desk.announced(facility_id="H2")
    desk.drive(assignment_id, "transporting")
    desk.wait(900)
    desk.drive(assignment_id, "at_destination")
    _scene, leg = legs(desk)
    assert desk.world.config is not None
    hospital = next(f for f in desk.world.config.facilities if f.facility_id == "H2")
    assert leg.kind == "to_hospital" and leg.target == (hospital.lon, hospital.lat)
    assert leg.ended_at - leg.started_at == timedelta(seconds=903)
    assert not leg.is_changed
    assert legs(desk, page=1) == legs(desk), "however the log is read"


def test_a_diversion_on_the_way_changes_the_leg() -> None:
    desk = Desk()
    assignment_id, patient_id, _ = desk.announced(facility_id="H1")
    desk.drive(assignment_id, "transporting")
    desk.tell(c.ChooseDestination, crew("N01"), patient_id=patient_id, facility_id="H2")
    desk.drive(assignment_id, "at_destination")
    leg = legs(desk)[-1]
    assert leg.kind == "to_hospital" and leg.is_changed


def test_a_new_priority_or_place_on_the_way_changes_the_leg() -> None:
    for kind, fields in (
        (c.ReprioritiseIncident, {"priority": "P1", "centres": ()}),
        (c.CorrectPlace, {"place": c.Place(lon=112.43, lat=29.36, address="南堤")}),
    ):
        desk = Desk()
        incident_id = desk.incident(priority="P2")
        assignment_id = desk.send(incident_id, "N01")
        desk.drive(assignment_id, "en_route")
        desk.tell(kind, DISPATCHER, incident_id=incident_id, **fields)
        desk.drive(assignment_id, "on_scene")
        (leg,) = legs(desk)
        assert leg.is_changed


def test_a_step_taken_back_was_never_made() -> None:
    desk = Desk()
    assignment_id = on_scene(desk)
    desk.tell(c.UndoAssignmentStep, crew("N01"), assignment_id=assignment_id, step="on_scene")
    assert legs(desk) == []
    desk.wait(60)
    desk.drive(assignment_id, "on_scene")
    (leg,) = legs(desk)
    assert leg.ended_at - leg.started_at == timedelta(seconds=603 + 63)


def test_a_cancelled_drive_is_none() -> None:
    desk = Desk()
    assignment_id = desk.send(desk.incident(), "N01")
    desk.drive(assignment_id, "en_route")
    desk.tell(c.CancelAssignment, DISPATCHER, assignment_id=assignment_id, reason="误报")
    assert legs(desk) == []


@pytest.mark.parametrize("late_s", [0, 400])
def test_how_late_a_tablet_told_is_kept(late_s: int) -> None:
    desk = Desk()
    assignment_id = desk.send(desk.incident(), "N01")
    desk.drive(assignment_id, "en_route")
    desk.wait(600)
    at = desk.now
    desk.wait(late_s)
    desk.tell(c.AdvanceAssignment, crew("N01"), assignment_id=assignment_id, step="on_scene",
              occurred_at=at)  # fmt: skip
    (leg,) = legs(desk)
    assert leg.reported_late_s == late_s
    assert leg.ended_at == at


def test_the_closures_of_its_beginning_go_with_a_leg() -> None:
    desk = Desk()
    desk.tell(
        c.DrawClosure, DISPATCHER, closure_id="flood", kind="closed", reason="积水",
        outline=((112.40, 29.37), (112.41, 29.37)),
    )  # fmt: skip
    assignment_id = desk.send(desk.incident(), "N01")
    desk.drive(assignment_id, "en_route")
    desk.tell(c.LiftClosure, DISPATCHER, closure_id="flood")
    desk.drive(assignment_id, "on_scene")
    (leg,) = legs(desk)
    assert list(leg.closures) == ["flood"]
