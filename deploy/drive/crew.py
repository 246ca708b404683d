"""A played crew: it looks at its tablet, does the next thing, and drives.

What the next thing is stands in `planning`; here it is done, through the same commands as the
tablet's buttons. A refused step is tried again after a pause, when the job may look different.
"""

from typing import Any, Final

import structlog

from deploy.drive.ambulance import Ambulance
from deploy.drive.client import Session
from deploy.drive.planning import CARING, FINISHED, Act, announced, first_destination, next_act
from deploy.drive.planning import own_patients as patients_of
from deploy.drive.screen import Doc, Screen
from deploy.drive.stage import Cast, Stage
from dispatch.ids import FacilityId
from maps.coordinates import Wgs84

log = structlog.get_logger("drive")

_ANY_MOMENT: Final = (0.0, 0.0)


class Crew:
    """The people of one ambulance."""

    def __init__(self, stage: Stage, ambulance: Ambulance, screen: Screen) -> None:
        self._stage = stage
        self._ambulance = ambulance
        self._screen = screen
        self._session: Session = screen.session
        self._unit_id = ambulance.vehicle.unit_id
        self._chores = stage.chores(f"crew-{self._unit_id}")

    async def run(self) -> None:
        """Work for ever."""
        await self._screen.has_snapshot.wait()
        fix = self._screen.get("position", self._unit_id)
        is_known = fix is not None and not fix["doubtful"]
        self._ambulance.put(Wgs84(lon=fix["lon"], lat=fix["lat"]) if fix and is_known else None)
        while True:
            job = self._job()
            if job is None:
                await self._rest()
            else:
                await self._work(job)
            await self._screen.look()

    def _job(self) -> Doc | None:
        for job in self._screen.of_kind("job"):
            assignment = job["assignment"]
            if assignment["unit_id"] == self._unit_id and assignment["state"] not in FINISHED:
                return job
        return None

    async def _rest(self) -> None:
        await self._ambulance.disconnect()
        if self._ambulance.head_for(self._ambulance.vehicle.station):
            log.info("returning", unit=self._unit_id)

    async def _work(self, job: Doc) -> None:
        cast = self._stage.cast(job["incident_id"], job["complaint"], job["centres"])
        await self._care(job, cast)
        act = next_act(job, self._unit_id, announced(self._screen.of_kind("prealert")))
        if act.what == "wait":
            return
        if act.what.startswith("drive_to"):
            await self._drive(job, act)
            return
        if job["assignment"]["state"] in ("notified", "acknowledged"):
            self._ambulance.stop()  # called on the way home
        after_s = act.after_s if act.is_wall_time else self._stage.wall(act.after_s)
        if self._chores.ready(job["id"], *act.key, after_s=after_s):
            await self._do(job, act, cast)

    async def _care(self, job: Doc, cast: Cast) -> None:
        """Connect the first patient to the monitor as soon as the crew is with him or her."""
        patients = patients_of(job, self._unit_id)
        if job["assignment"]["state"] not in CARING or not patients:
            return
        if patients[0]["handover"] == "accepted":
            await self._ambulance.disconnect()
            return
        patient_id = patients[0]["patient_id"]
        if not self._ambulance.is_connected_to(patient_id):
            await self._ambulance.connect(patient_id, self._stage.patient(patient_id, cast))
        if patients[0]["on_oxygen"] is not None:
            self._ambulance.give_oxygen(patients[0]["on_oxygen"])

    async def _drive(self, job: Doc, act: Act) -> None:
        target = self._target(job, act)
        if target is None:
            return
        if self._ambulance.head_for(target):
            log.info("driving", unit=self._unit_id, incident=job["incident_id"], to=act.step)
        if self._ambulance.has_arrived and self._chores.ready(
            job["id"], *act.key, after_s=_ANY_MOMENT
        ):
            await self._advance(job, act.step)

    def _target(self, job: Doc, act: Act) -> Wgs84 | None:
        if act.what == "drive_to_scene":
            return Wgs84(lon=job["place"]["lon"], lat=job["place"]["lat"])
        return self._stage.county.facilities.get(FacilityId(act.facility_id))

    async def _do(self, job: Doc, act: Act, cast: Cast) -> None:
        if act.what == "acknowledge":
            await self._tell(job, "acknowledge-assignment", assignment_id=job["id"])
        elif act.what == "advance":
            await self._advance(job, act.step)
        elif act.what == "assess":
            await self._tell(job, "assess-patient", **findings(act.patient_id, cast))
        elif act.what == "choose":
            await self._choose(job, act.patient_id)
        elif act.what == "announce":
            await self._announce(job, act)
        elif act.what == "offer":
            summary = f"{cast.scenario.complaint}；{cast.scenario.treatment}"
            await self._tell(job, "offer-handover", patient_id=act.patient_id, summary=summary)

    async def _advance(self, job: Doc, step: str) -> None:
        await self._tell(job, "advance-assignment", assignment_id=job["id"], step=step)

    async def _choose(self, job: Doc, patient_id: str) -> None:
        advice = await self._session.get(f"/api/patients/{patient_id}/destinations")
        past = announced(self._screen.of_kind("prealert"))
        excluding = {facility for patient, facility in past.rejected if patient == patient_id}
        facility_id = first_destination(advice, excluding) if advice else None
        if facility_id is None:
            log.info("no destination passes", unit=self._unit_id, incident=job["incident_id"])
            return
        await self._tell(job, "choose-destination", patient_id=patient_id, facility_id=facility_id)

    async def _announce(self, job: Doc, act: Act) -> None:
        target = self._stage.county.facilities.get(FacilityId(act.facility_id))
        eta_at = self._ambulance.eta_at(target).isoformat() if target else None
        await self._tell(job, "send-prealert", patient_id=act.patient_id, eta_at=eta_at)

    async def _tell(self, job: Doc, command: str, **fields: Any) -> None:
        outcome = await self._session.command(command, **fields)
        if outcome.is_accepted:
            shown = {key: fields[key] for key in ("step", "facility_id") if key in fields}
            log.info(command, unit=self._unit_id, incident=job["incident_id"], **shown)


def findings(patient_id: str, cast: Cast) -> dict[str, Any]:
    """What the crew enters after a look at the patient: name, age, ACVPU, oxygen, ATMIST."""
    scenario = cast.scenario
    return {
        "patient_id": patient_id,
        "person": {"name": cast.name},
        "age_years": cast.age_years,
        "sex": cast.sex,
        "is_pregnant": scenario.is_pregnant,
        "acvpu": scenario.acvpu,
        "on_oxygen": scenario.is_oxygen_given,
        "mechanism": scenario.mechanism,
        "injuries": scenario.injuries,
        "signs": scenario.signs,
        "treatment": scenario.treatment,
        "caution": scenario.caution,
    }
