"""Walking an incident through the HTTP door, step by step, as people would."""

from typing import Any

import msgspec

from tests.support.system import Monitor, Person, System


class Case(msgspec.Struct, kw_only=True, eq=False):
    """One incident under way."""

    incident_id: str
    patient_id: str
    unit_id: str
    assignment_id: str
    crew: Person
    monitor: Monitor
    facility_id: str = ""


class Walk:
    """Signs people in once and walks incidents."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.dispatcher = system.sign_in("dispatcher")
        self._crews: dict[str, Person] = {}

    def crew(self, unit_id: str) -> Person:
        """The crew of a unit."""
        if unit_id not in self._crews:
            self._crews[unit_id] = self.system.sign_in("crew", unit_id)
        return self._crews[unit_id]

    def open_incident(self, **changes: Any) -> tuple[str, str]:
        """An incident with one patient; returns their ids."""
        fields: dict[str, Any] = {
            "place": {"lon": 112.52, "lat": 29.28, "address": "明山头镇 耕余堂村"},
            "priority": "P1",
            "complaint": "chest_pain",
            "centres": ["chest_pain"],
            "patients": [{"person": {"name": "王建国"}, "age_years": 62, "sex": "male"}],
        }
        made = self.dispatcher.must("open-incident", **{**fields, **changes})["made"]
        return made["incident_id"], made["patient_id"]

    def patient_attended(self, **changes: Any) -> Case:
        """A unit is with the patient."""
        incident_id, patient_id = self.open_incident(**changes)
        advice = self.dispatcher.get(f"/api/incidents/{incident_id}/recommendation")
        unit_id = advice["options"][0]["unit_id"]
        made = self.dispatcher.must("send-unit", incident_id=incident_id, unit_id=unit_id)["made"]
        assignment_id = made["assignment_id"]
        crew = self.crew(unit_id)
        crew.must("acknowledge-assignment", assignment_id=assignment_id)
        for step in ("en_route", "on_scene", "at_patient"):
            crew.must("advance-assignment", assignment_id=assignment_id, step=step)
        monitor = Monitor(self.system, unit_id, f"NX{unit_id[1:]}-MON")
        return Case(
            incident_id=incident_id,
            patient_id=patient_id,
            unit_id=unit_id,
            assignment_id=assignment_id,
            crew=crew,
            monitor=monitor,
        )

    def patient_aboard(self, facility_id: str = "", **changes: Any) -> Case:
        """Aboard, with a destination, nobody told yet."""
        case = self.patient_attended(**changes)
        crew = case.crew
        crew.must("assess-patient", patient_id=case.patient_id, acvpu="A", on_oxygen=False)
        if not facility_id:
            advice = crew.get(f"/api/patients/{case.patient_id}/destinations")
            facility_id = advice["options"][0]["facility_id"]
        crew.must("choose-destination", patient_id=case.patient_id, facility_id=facility_id)
        crew.must("advance-assignment", assignment_id=case.assignment_id, step="transporting")
        case.facility_id = facility_id
        return case

    def inbound_patient(self, facility_id: str = "") -> Case:
        """Announced, with a first sample from the monitor."""
        case = self.patient_aboard(facility_id)
        case.crew.must("send-prealert", patient_id=case.patient_id)
        seq = case.monitor.vitals(heart_rate=59, spo2=97, resp_rate=16, temperature=36.8)
        assert case.monitor.wait_acked(seq), "the first sample was not acknowledged"
        return case

    def finish(self, case: Case) -> None:
        """Arrive, hand over, clear, close."""
        hospital = self.system.sign_in("hospital", case.facility_id)
        step = {"assignment_id": case.assignment_id}
        case.crew.must("advance-assignment", **step, step="at_destination")
        case.crew.must("offer-handover", patient_id=case.patient_id)
        hospital.must("accept-handover", patient_id=case.patient_id)
        case.crew.must("advance-assignment", **step, step="cleared")
        self.dispatcher.must("close-incident", incident_id=case.incident_id, outcome="completed")
        case.monitor.close()
