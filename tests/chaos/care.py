"""Patients for the run: an incident, a unit sent, its crew at the patient and on its way."""

from tests.chaos.centre import Centre
from tests.support.serving import place

STEPS = ("en_route", "on_scene", "at_patient")
AGE_YEARS = 62  # an adult, so that the published limits of adults hold


def take_aboard(centre: Centre, units: list[str]) -> None:
    """One patient for each unit; blocks, so it is for a thread."""
    desk = centre.person("dispatcher")
    for unit_id in units:
        opened = desk.must(
            "open-incident",
            place=place(),
            priority="P2",
            complaint="胸痛",
            patients=[{"person": {}, "age_years": AGE_YEARS, "sex": "male"}],
        )["made"]
        sent = desk.must(
            "send-unit",
            incident_id=opened["incident_id"],
            unit_id=unit_id,
            override_reason="chaos run",
        )["made"]
        crew = centre.person("crew", unit_id)
        crew.must("acknowledge-assignment", assignment_id=sent["assignment_id"])
        for step in STEPS:
            crew.must("advance-assignment", assignment_id=sent["assignment_id"], step=step)
        crew.http.close()
    desk.http.close()
