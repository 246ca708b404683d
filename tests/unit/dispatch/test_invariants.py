"""A checker that never complains checks nothing: each invariant is broken on purpose and named."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from dispatch.domain import commands as c
from dispatch.domain.invariants import broken
from dispatch.domain.states import IncidentState, PatientState, Readiness
from dispatch.domain.world import World
from hospital_gateway.beds import HoldState
from hospital_gateway.facilities import BedState
from tests.support.desk import DISPATCHER, Desk, crew, staff


def changed(world: World, table: str, key: str, **fields: Any) -> World:
    """The world with some fields of one record forged."""
    records = dict(getattr(world, table))
    records[key] = msgspec.structs.replace(records[key], **fields)
    return msgspec.structs.replace(world, **{table: records})


@pytest.fixture
def busy() -> Desk:
    """Two units at work, one patient aboard for H1 with a held bed, all of it in order."""
    desk = Desk()
    assignment_id, patient_id, _ = desk.announced("N01", "H1")
    fields = {"patient_id": patient_id, "facility_id": "H1", "bed_id": "H1.R1"}
    desk.tell(c.HoldBed, staff("H1"), **fields)
    desk.drive(assignment_id, "transporting")
    desk.attended("N02")
    assert broken(desk.world, desk.now) == []
    return desk


def only(desk: Desk, world: World, *words: str) -> None:
    found = broken(world, desk.now)
    assert found, "the fault was not seen"
    assert all(any(word in one for word in words) for one in found), found


def test_two_assignments_for_one_unit(busy: Desk) -> None:
    second = next(a for a in busy.world.assignments.values() if a.unit_id == "N02")
    world = changed(busy.world, "assignments", second.assignment_id, unit_id="N01")
    assert "1: unit N01 has 2 active assignments" in broken(world, busy.now)


def test_a_unit_that_works_out_of_service_or_unknowingly(busy: Desk) -> None:
    world = changed(busy.world, "units", "N01", readiness=Readiness.OUT_OF_SERVICE)
    only(busy, world, "1: unit N01 works while out of service")
    world = changed(busy.world, "units", "N01", assignment_id=None)
    only(busy, world, "1: unit N01 does not know")


def test_work_for_a_closed_incident(busy: Desk) -> None:
    incident_id = next(iter(busy.world.incidents))
    world = changed(busy.world, "incidents", incident_id, state=IncidentState.CLOSED)
    only(busy, world, "closed incident")


def test_two_holds_on_one_bed(busy: Desk) -> None:
    (hold,) = busy.world.holds.values()
    forged = msgspec.structs.replace(hold, hold_id="forged")
    holds = {**busy.world.holds, forged.hold_id: forged}
    world = msgspec.structs.replace(busy.world, holds=holds)
    assert "1: bed H1.R1 has 2 holds" in broken(world, busy.now)


def test_a_bed_and_its_hold_that_disagree(busy: Desk) -> None:
    only(busy, changed(busy.world, "beds", "H1.R1", state=BedState.FREE), "1: bed H1.R1 is free")
    only(busy, changed(busy.world, "beds", "H1.R2", state=BedState.HELD), "1: bed H1.R2 is held")
    only(busy, changed(busy.world, "beds", "H1.R1", hold_id="other"), "is held by other and")
    (hold_id,) = busy.world.holds
    over = changed(busy.world, "holds", hold_id, state=HoldState.EXPIRED)
    only(busy, over, "its hold says otherwise")


def test_a_prealert_past_its_ladder_unanswered(busy: Desk) -> None:
    (alert_id,) = busy.world.prealerts
    assert broken(busy.world, busy.now + timedelta(seconds=80)) == []
    late = broken(busy.world, busy.now + timedelta(seconds=96))
    assert late == [f"4: pre-alert {alert_id} is unanswered and not escalated"]
    unsent = changed(busy.world, "prealerts", alert_id, sent_at=None)
    only(busy, unsent, f"4: pre-alert {alert_id}")


def test_a_patient_announced_elsewhere_than_it_goes(busy: Desk) -> None:
    patient_id = next(iter(busy.world.patients))
    world = changed(busy.world, "patients", patient_id, facility_id="H2")
    assert any("announced to H1, not where it goes" in one for one in broken(world, busy.now))


def test_an_unsigned_destination_that_fails_its_gate(busy: Desk) -> None:
    patient_id = next(iter(busy.world.patients))
    assert busy.world.patients[patient_id].state == PatientState.ABOARD
    (alert_id,) = busy.world.prealerts
    moved = changed(busy.world, "prealerts", alert_id, facility_id="H3")
    world = changed(moved, "patients", patient_id, facility_id="H3")
    only(busy, world, f"3: {patient_id} goes to H3: lacks_capability")
    signed = changed(world, "patients", patient_id, is_choice_signed=True)
    assert broken(signed, busy.now) == []
    nowhere = changed(world, "patients", patient_id, facility_id="H9", prealert_id=None)
    only(busy, nowhere, "which does not exist")


def test_times_that_run_backwards(busy: Desk) -> None:
    assignment = next(iter(busy.world.assignments.values()))
    steps = {**assignment.step_at, "transporting": busy.now - timedelta(hours=1)}
    world = changed(busy.world, "assignments", assignment.assignment_id, step_at=steps)
    only(busy, world, "7: the steps of")
    incident = next(iter(busy.world.incidents.values()))
    backwards = tuple(reversed(incident.timeline))
    world = changed(busy.world, "incidents", incident.incident_id, timeline=backwards)
    only(busy, world, "7: the timeline of")


def test_a_late_report_from_a_tablet_that_was_offline_keeps_the_order() -> None:
    desk = Desk()
    assignment_id = desk.send(desk.incident(), "N01")
    desk.wait(60)
    ago = desk.now - timedelta(seconds=600)
    fields = {"assignment_id": assignment_id, "occurred_at": ago}
    desk.tell(c.AdvanceAssignment, crew("N01"), step="en_route", **fields)
    assert broken(desk.world, desk.now) == []
    times = list(desk.world.assignments[assignment_id].step_at.values())  # type: ignore[index]
    assert times == sorted(times)
    assert DISPATCHER.role == "dispatcher"
