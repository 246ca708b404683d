"""The story that the first corpus tells: one log in which every kind of event of version 1 happens.

Run once, to write v1.jsonl; a corpus that exists is never written again, since what it holds is
what a county's log holds. A new kind of event gets a new story and a new file beside the old ones:

    python -m tests.contract.events.story
"""

from datetime import timedelta
from pathlib import Path

import msgspec

from dispatch.domain import commands as c
from dispatch.domain.deadlines import SYSTEM, due
from tests.support.desk import CALLER, DISPATCHER, INGEST, SCENE, Desk, crew, staff

CORPUS = Path(__file__).parent / "v1.jsonl"


def _calls(desk: Desk) -> str:
    lost = desk.tell(c.ReceiveCall, DISPATCHER, caller=CALLER)[0].event
    desk.tell(c.EndCall, DISPATCHER, call_id=lost.call_id)  # type: ignore[union-attr]
    rang = desk.tell(c.ReceiveCall, DISPATCHER, caller=CALLER, lon=112.41, lat=29.37)[0].event
    desk.wait(4)
    desk.tell(c.AnswerCall, DISPATCHER, call_id=rang.call_id)  # type: ignore[union-attr]
    patients = (c.NewPatient(person=c.Person(name="李梅"), age_years=61, sex="female"),)
    fields = {"place": SCENE, "priority": "P1", "complaint": "胸痛", "centres": ("chest_pain",)}
    opened = desk.tell(
        c.OpenIncident,
        DISPATCHER,
        call_id=rang.call_id,  # type: ignore[union-attr]
        patients=patients,
        **fields,
    )
    incident_id = opened[0].incident_id
    assert incident_id is not None
    desk.wait(130)  # nobody is sent within the standard of a P1
    for command in list(due(desk.world, desk.now)):
        desk.take(command, SYSTEM)
    place = c.Place(lon=112.42, lat=29.371, address="幸福路3号", is_read_back=True)
    desk.tell(c.CorrectPlace, DISPATCHER, incident_id=incident_id, place=place)
    rank = {"priority": "P2", "centres": ("chest_pain",), "reason": "calmer"}
    desk.tell(c.ReprioritiseIncident, DISPATCHER, incident_id=incident_id, **rank)
    desk.tell(c.AddPatient, DISPATCHER, incident_id=incident_id, patient=c.NewPatient())
    return incident_id


def _crew(desk: Desk, incident_id: str) -> str:
    desk.tell(
        c.SetUnitReadiness, crew("N03"), unit_id="N03", readiness="out_of_service", reason="x"
    )
    option = c.Option(id="N01", duration_s=420, distance_m=5100, reasons=("nearest",))
    evidence = c.Evidence(
        computed_at=desk.now, method="straight_line", rule="units-1", options=(option,)
    )
    send = {"incident_id": incident_id, "unit_id": "N02"}
    desk.tell(c.SendUnit, DISPATCHER, override_reason="knows the way", evidence=evidence, **send)
    first = f"{incident_id}.A1"
    desk.wait(31)
    for command in list(due(desk.world, desk.now)):
        desk.take(command, SYSTEM)
    desk.tell(c.CancelAssignment, DISPATCHER, assignment_id=first, reason="no answer")
    second = desk.send(incident_id, "N01")
    desk.tell(c.AcknowledgeAssignment, crew("N01"), assignment_id=second)
    desk.drive(second, "en_route", "on_scene", "at_patient")
    undo = {"assignment_id": second, "step": "at_patient"}
    desk.tell(c.UndoAssignmentStep, crew("N01"), **undo)
    desk.drive(second, "at_patient")
    found = {"acvpu": "V", "on_oxygen": True, "signs": "冷汗", "onset_at": desk.now}
    desk.tell(c.AssessPatient, crew("N01"), patient_id=f"{incident_id}.P1", person=CALLER, **found)
    return second


def _telemetry(desk: Desk, patient_id: str) -> None:
    whom = {"unit_id": "N01", "patient_id": patient_id}
    score = {"level": "emergency", "total": None, "lower_bound": 7, "missing": ("temperature",)}
    parts = {"pulse": 3, "temperature": None}
    desk.tell(c.ReportTriageLevel, INGEST, at=desk.now, parts=parts, **whom, **score)
    desk.tell(c.AcknowledgeAlarm, DISPATCHER, alarm_id=f"level_emergency:{patient_id}")
    desk.tell(c.ReportFeedLost, INGEST, last_sample_at=desk.now, **whom)
    desk.tell(c.ReportFeedRestored, INGEST, at=desk.now, **whom)


def _hospitals(desk: Desk, patient_id: str) -> None:
    facility = {"traffic": "advisory", "reason": "CT down"}
    desk.tell(c.ReportFacility, staff("H2"), facility_id="H2", **facility)
    desk.tell(c.ReportBed, staff("H2"), facility_id="H2", bed_id="H2.R1", state="occupied")
    choice = {"patient_id": patient_id, "override_reason": "road cut"}
    desk.tell(c.ChooseDestination, crew("N01"), facility_id="H2", **choice)
    eta = {"patient_id": patient_id, "eta_at": desk.now + timedelta(minutes=9)}
    first = desk.tell(c.SendPreAlert, crew("N01"), **eta)[0].event.prealert_id
    desk.tell(c.HoldBed, staff("H2"), facility_id="H2", bed_id="H2.R2", **eta)
    desk.wait(31)
    for command in list(due(desk.world, desk.now)):
        desk.take(command, SYSTEM)
    desk.tell(c.RejectPreAlert, staff("H2"), prealert_id=first, reason="no doctor")
    desk.tell(c.ChooseDestination, crew("N01"), patient_id=patient_id, facility_id="H1")
    desk.tell(c.MarkDiversionSeen, staff("H2"), patient_id=patient_id, facility_id="H2")
    second = desk.tell(c.SendPreAlert, crew("N01"), **eta)[0].event.prealert_id
    desk.tell(c.MarkPreAlertDelivered, SYSTEM, prealert_id=second)
    desk.tell(c.MarkPreAlertDisplayed, staff("H1"), prealert_id=second)
    desk.tell(c.AcknowledgePreAlert, staff("H1"), prealert_id=second)
    desk.tell(c.HoldBed, staff("H1"), facility_id="H1", bed_id="H1.R1", **eta)


def _arrival(desk: Desk, incident_id: str, assignment_id: str) -> None:
    patient_id = f"{incident_id}.P1"
    desk.wait(2000)
    for command in list(due(desk.world, desk.now)):
        desk.take(command, SYSTEM)
    bed = {"patient_id": patient_id, "facility_id": "H1", "bed_id": "H1.R2"}
    desk.tell(c.HoldBed, staff("H1"), **bed)
    advance = {"assignment_id": assignment_id, "patient_ids": (patient_id,)}
    desk.tell(c.AdvanceAssignment, crew("N01"), step="transporting", **advance)
    desk.drive(assignment_id, "at_destination")
    desk.tell(c.OfferHandover, crew("N01"), patient_id=patient_id, summary="…")
    desk.tell(c.AcceptHandover, staff("H1"), patient_id=patient_id)
    desk.drive(assignment_id, "cleared")
    desk.tell(c.CloseIncident, DISPATCHER, incident_id=incident_id, outcome="completed")


def tell() -> Desk:
    """The whole story, from an empty log; the same every time."""
    desk = Desk()
    incident_id = _calls(desk)
    assignment_id = _crew(desk, incident_id)
    _telemetry(desk, f"{incident_id}.P1")
    _hospitals(desk, f"{incident_id}.P1")
    _arrival(desk, incident_id, assignment_id)
    third, patient_id, _ = desk.announced("N04", "H1")
    desk.tell(c.ChooseDestination, crew("N04"), patient_id=patient_id, facility_id="H2")
    desk.drive(third, "cleared")
    return desk


def write() -> None:
    """Freeze the story; raises FileExistsError where it is frozen already."""
    with CORPUS.open("x", encoding="utf-8") as file:
        file.writelines(msgspec.json.encode(one).decode() + "\n" for one in tell().log)


if __name__ == "__main__":
    write()
