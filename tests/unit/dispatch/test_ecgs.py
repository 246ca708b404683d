"""ECG files in the core: once each, on the lists of those who care for the patient, bounded."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from dispatch.decisions import command_of
from dispatch.domain import commands as c
from dispatch.domain.context import knows_ecg
from dispatch.domain.views import CONSOLE, Audience, Key, render
from dispatch.errors import Refused
from dispatch.ids import PatientId, UnitId
from telemetry.ports import EcgArrived, EcgGlance
from tests.support.desk import INGEST, Desk, crew
from tests.support.screens import Screens

READ = EcgGlance(format="dicom", leads=12, hz=500.0, duration_s=10.0, has_statements=True)


class Ward:
    """A patient with N01 on the way to H1, and the ECGs that come."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.assignment_id, self.patient_id, _ = self.desk.announced()

    def arrived(self, ecg_id: int, glance: EcgGlance = READ, ago_s: float = 0) -> EcgArrived:
        return EcgArrived(
            unit_id=UnitId("N01"),
            patient_id=PatientId(self.patient_id),
            ecg_id=ecg_id,
            sha256=f"{ecg_id:064x}",
            at=self.desk.now - timedelta(seconds=ago_s),
            source="device",
            glance=glance,
        )

    def report(self, ecg_id: int, **fields: Any) -> None:
        self.desk.take(command_of(self.arrived(ecg_id, **fields)), INGEST)

    def seen(self, audience: Audience, key: Key) -> list[int] | None:
        document: Any = render(self.desk.world, self.desk.people, audience, key)
        if document is None:
            return None
        whose = document if key[0] == "inbound" else document.patients[0]
        return [one.id for one in whose.ecgs]


def test_an_ecg_is_on_the_lists_of_crew_desk_and_hospital_and_on_no_other() -> None:
    ward = Ward()
    screens = Screens(ward.desk)
    ward.report(7)
    screens.follow()
    assert screens.wrong() == []
    incident_id = ward.patient_id.rpartition(".")[0]
    assert ward.seen(CONSOLE, ("incident", incident_id)) == [7]
    assert ward.seen(Audience(kind="unit", scope="N01"), ("job", ward.assignment_id)) == [7]
    assert ward.seen(Audience(kind="facility", scope="H1"), ("inbound", ward.patient_id)) == [7]
    assert ward.seen(Audience(kind="facility", scope="H2"), ("inbound", ward.patient_id)) is None
    assert ward.seen(Audience(kind="unit", scope="N02"), ("job", ward.assignment_id)) is None
    timeline = ward.desk.world.incidents[incident_id].timeline  # type: ignore[index]
    assert timeline[-1].type == "ecg_arrived"


def test_telling_again_changes_nothing_and_has_the_same_command_id() -> None:
    ward = Ward()
    ward.report(7)
    length = len(ward.desk.log)
    with pytest.raises(Refused, match="ecg_known"):
        ward.report(7)
    assert len(ward.desk.log) == length
    assert command_of(ward.arrived(7)).command_id == command_of(ward.arrived(7)).command_id
    assert command_of(ward.arrived(7)).command_id != command_of(ward.arrived(8)).command_id
    world, whose = ward.desk.world, PatientId(ward.patient_id)
    assert (knows_ecg(world, whose, 7), knows_ecg(world, whose, 8)) == (True, False)
    assert knows_ecg(world, PatientId("nobody"), 8)


def test_one_that_nobody_can_read_is_listed_with_its_reason() -> None:
    ward = Ward()
    ward.report(9, glance=EcgGlance(fault="ecg_format"))
    note = ward.desk.world.patients[PatientId(ward.patient_id)].ecgs[0]
    assert (note.fault, note.leads) == ("ecg_format", 0)


def test_a_file_of_the_dead_zone_comes_after_the_next_and_after_the_handover() -> None:
    ward = Ward()
    desk = ward.desk
    desk.drive(ward.assignment_id, "transporting", "at_destination")
    ward.report(8)
    desk.tell(c.OfferHandover, crew("N01"), patient_id=ward.patient_id)
    desk.wait(60)
    ward.report(3, ago_s=600)
    ids = [one.ecg_id for one in desk.world.patients[PatientId(ward.patient_id)].ecgs]
    assert ids == [3, 8]


def test_only_the_newest_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.domain.folding.ecgs.ECGS_PER_PATIENT_MAX", 3)
    ward = Ward()
    for ecg_id in range(1, 6):
        ward.desk.wait(1)
        ward.report(ecg_id)
    ecgs = ward.desk.world.patients[PatientId(ward.patient_id)].ecgs
    assert [one.ecg_id for one in ecgs] == [3, 4, 5]


def test_only_ingest_reports_one_and_of_a_patient_there_is() -> None:
    ward = Ward()
    command = command_of(ward.arrived(7))
    with pytest.raises(Refused, match="not_permitted"):
        ward.desk.take(command, crew("N01"))
    stranger = msgspec.structs.replace(command, patient_id=PatientId("I-9.P9"))
    with pytest.raises(Refused, match="unknown_patient"):
        ward.desk.take(stranger, INGEST)
