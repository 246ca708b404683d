"""The played staff of one hospital: its board, its telephone, its beds and its signature.

The board is looked at as a browser would: a pre-alert is reported displayed once drawn. Most are
acknowledged after 5 to 20 s; the share that `--ack-rate` leaves unanswered runs up the ladder until
somebody telephones, which is when it is taken after all. All of these are wall seconds, because the
ladder's are; what happens in the wards runs with the day.
"""

from typing import Any, Final

import structlog

from deploy.drive import limits
from deploy.drive.client import Session
from deploy.drive.screen import Doc, Screen
from deploy.drive.stage import Stage

log = structlog.get_logger("drive")

_DRAWN_WALL_S: Final = (0.2, 1.0)
_ACKNOWLEDGE_WALL_S: Final = (5.0, 20.0)
_TELEPHONED_WALL_S: Final = (100.0, 130.0)  # the ladder's last rung, a telephone call, is at 90 s
_SEEN_WALL_S: Final = (5.0, 20.0)
_HOLD_WALL_S: Final = (2.0, 10.0)
_SIGN_S: Final = (120.0, 420.0)
_TO_BED_S: Final = (30.0, 90.0)
_STAY_S: Final = (1_800.0, 5_400.0)  # in the resus bay, until the ward or theatre takes over
_CLEAN_S: Final = (300.0, 900.0)
_UNTIL_BUSY_S: Final = (2_400.0, 9_600.0)
_BUSY_S: Final = (600.0, 1_800.0)
_REPORT_WALL_S: Final = (420.0, 720.0)  # figures older than 15 min count as stale
_HOLD_SHARE: Final = 0.7
_OPEN: Final = frozenset({"created", "sent", "delivered"})
_BUSY_REASON: Final = "急诊繁忙，抢救床紧张"


class Hospital:
    """The staff on duty at one facility."""

    def __init__(self, stage: Stage, facility_id: str, screen: Screen) -> None:
        self._stage = stage
        self._facility_id = facility_id
        self._screen = screen
        self._session: Session = screen.session
        self._chores = stage.chores(f"hospital-{facility_id}")
        self._once: set[str] = set()  # one entry per handed-over patient of this run

    async def run(self) -> None:
        """Work for ever."""
        await self._screen.has_snapshot.wait()
        while True:
            await self._draw()
            for prealert in self._mine("prealert"):
                await self._answer(prealert)
            for inbound in self._mine("inbound"):
                await self._receive(inbound)
            facility = self._screen.get("facility", self._facility_id)
            if facility is not None:
                await self._run_beds(facility)
                await self._report(facility)
            await self._screen.look()

    def _mine(self, kind: str) -> list[Doc]:
        docs = self._screen.of_kind(kind)
        return [one for one in docs if one["facility_id"] == self._facility_id]

    async def _draw(self) -> None:
        drawn = [
            one["id"]
            for one in self._mine("prealert")
            if one["state"] in _OPEN
            and self._chores.ready("draw", one["id"], after_s=_DRAWN_WALL_S)
        ]
        if drawn and await self._screen.tell_displayed(drawn):
            log.info("displayed", facility=self._facility_id, prealerts=",".join(drawn))

    async def _answer(self, prealert: Doc) -> None:
        if prealert["state"] not in _OPEN | {"displayed"}:
            return
        is_prompt = self._chores.chosen(prealert["id"], share=self._stage.habits.ack_rate)
        after_s = _ACKNOWLEDGE_WALL_S if is_prompt else _TELEPHONED_WALL_S
        if self._chores.ready("acknowledge", prealert["id"], after_s=after_s):
            await self._tell("acknowledge-prealert", prealert_id=prealert["id"])

    async def _receive(self, inbound: Doc) -> None:
        """Hold a bed, sign for the patient, or take note that he or she goes elsewhere."""
        patient_id = inbound["id"]
        if inbound["diverted"] is not None:
            is_seen = bool(inbound["diverted"]["seen_by"])
            if not is_seen and self._chores.ready("seen", patient_id, after_s=_SEEN_WALL_S):
                await self._tell(
                    "mark-diversion-seen", patient_id=patient_id, facility_id=self._facility_id
                )
        elif inbound["handover"] == "offered":
            after_s = self._stage.wall(_SIGN_S)
            if self._chores.ready("sign", patient_id, after_s=after_s):
                await self._tell("accept-handover", patient_id=patient_id)
        elif inbound["state"] == "inbound" and inbound["bed"] is None:
            await self._hold(patient_id)

    async def _hold(self, patient_id: str) -> None:
        bed_id = free_bed(self._screen.get("facility", self._facility_id))
        is_held = self._chores.chosen("hold", patient_id, share=_HOLD_SHARE)
        if bed_id is None or not is_held:
            return
        if self._chores.ready("hold", patient_id, after_s=_HOLD_WALL_S):
            await self._tell(
                "hold-bed", patient_id=patient_id, facility_id=self._facility_id, bed_id=bed_id
            )

    async def _run_beds(self, facility: Doc) -> None:
        """Patients leave the bays, bays are cleaned and free again; arrivals take one."""
        for bed in facility["beds"]:
            turn = next_bed_state(bed["state"])
            if turn is None or bed["bed_kind"] != "resus":
                continue
            state, day_s = turn
            since = str(bed["since"])
            after_s = self._stage.wall(day_s)
            if self._chores.ready("bed", bed["bed_id"], state, since, after_s=after_s):
                await self._bed(bed["bed_id"], state)
        for inbound in self._mine("inbound"):
            if inbound["state"] != "handed_over" or inbound["bed"] is not None:
                continue
            bed_id = free_bed(facility)
            after_s = self._stage.wall(_TO_BED_S)
            if bed_id and self._is_first("to_bed", inbound["id"], after_s):
                await self._bed(bed_id, "occupied")

    def _is_first(self, what: str, id_: str, after_s: tuple[float, float]) -> bool:
        """As a chore that no document would show as done: once in this run."""
        key = f"{what}:{id_}"
        if key in self._once or not self._chores.ready(what, id_, after_s=after_s):
            return False
        if len(self._once) >= limits.CHORES_MAX:
            self._once.clear()
        self._once.add(key)
        return True

    async def _report(self, facility: Doc) -> None:
        """Report the traffic status now and then; what a human reported is left alone."""
        mine = (self._session.me.get("name"), self._session.me.get("user_id"), "")
        traffic, since = facility["traffic"], str(facility["traffic_at"])
        if traffic == "normal":
            if self._chores.ready("busy", since, after_s=self._stage.wall(_UNTIL_BUSY_S)):
                await self._traffic("advisory", _BUSY_REASON)
                return
            reported = str(facility["reported_at"])
            if self._chores.ready("report", reported, after_s=_REPORT_WALL_S):
                await self._traffic("normal", "")
            return
        is_ours = traffic == "advisory" and facility["traffic_by"] in mine
        if is_ours and self._chores.ready("calm", since, after_s=self._stage.wall(_BUSY_S)):
            await self._traffic("normal", "")

    async def _bed(self, bed_id: str, state: str) -> None:
        await self._tell("report-bed", facility_id=self._facility_id, bed_id=bed_id, state=state)

    async def _traffic(self, traffic: str, reason: str) -> None:
        await self._tell(
            "report-facility", facility_id=self._facility_id, traffic=traffic, reason=reason
        )

    async def _tell(self, command: str, **fields: Any) -> None:
        outcome = await self._session.command(command, **fields)
        if outcome.is_accepted:
            keys = ("prealert_id", "patient_id", "bed_id", "state", "traffic")
            shown = {key: fields[key] for key in keys if key in fields}
            log.info(command, facility=self._facility_id, **shown)


def free_bed(facility: Doc | None) -> str | None:
    """The first free resus bay, if any."""
    if facility is None:
        return None
    for bed in facility["beds"]:
        if bed["bed_kind"] == "resus" and bed["state"] == "free":
            return str(bed["bed_id"])
    return None


def next_bed_state(state: str) -> tuple[str, tuple[float, float]] | None:
    """What becomes of a bed that nobody holds, and after how many seconds of the day."""
    if state == "occupied":
        return "cleaning", _STAY_S
    if state == "cleaning":
        return "free", _CLEAN_S
    return None
