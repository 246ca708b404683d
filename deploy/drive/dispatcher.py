"""The played callers and the played dispatcher.

Callers arrive as a Poisson process over the county's named places. The dispatcher answers, opens
the incident with what the caller says, sends the first recommended unit, acknowledges alarms, and
closes what is done. With `--manual-dispatch` only the callers are played and the desk is a human's.

What a caller says is drawn from the call's id: after a restart the same call tells the same story.
"""

import asyncio
from collections.abc import Collection
from typing import Any, Final

import structlog

from deploy.drive import limits, scenarios
from deploy.drive.chance import chance
from deploy.drive.client import Session
from deploy.drive.county import nearest_call, where_somebody_calls
from deploy.drive.planning import unit_to_send
from deploy.drive.scenarios import CHEST_PAIN, Scenario
from deploy.drive.screen import Doc, Screen
from deploy.drive.stage import Stage
from maps.coordinates import Wgs84

log = structlog.get_logger("drive")

_FIRST_CALL_S: Final = 3.0
_ANSWER_WALL_S: Final = (2.0, 6.0)  # the standard is 10 s
_TALK_S: Final = (30.0, 75.0)
_SEND_WALL_S: Final = (3.0, 9.0)
_HANG_UP_S: Final = (20.0, 60.0)
_ALARM_WALL_S: Final = (8.0, 25.0)
_CLOSE_S: Final = (20.0, 90.0)
_FINISHED: Final = frozenset({"cleared", "cancelled"})
_ENDED: Final = frozenset({"closed", "cancelled"})


class Callers:
    """People in the county who call 120, through the telephone exchange's command."""

    def __init__(self, stage: Stage, screen: Screen) -> None:
        self._stage = stage
        self._screen = screen

    async def run(self) -> None:
        """Call for ever, or once with `--one-incident`."""
        habits = self._stage.habits
        rng = chance(habits.seed, "callers")
        await self._screen.has_snapshot.wait()
        await asyncio.sleep(_FIRST_CALL_S)
        while True:
            if self._waiting() < limits.WAITING_INCIDENTS_MAX:
                county = self._stage.county
                is_one = habits.is_one_incident
                spot = nearest_call(county) if is_one else where_somebody_calls(county, rng)
                outcome = await self._screen.session.command(
                    "receive-call",
                    caller=scenarios.person(rng),
                    lon=spot.place.lon,
                    lat=spot.place.lat,
                )
                log.info("call", place=spot.name, call=outcome.made.get("call_id", ""))
                if habits.is_one_incident and outcome.is_accepted:
                    return
            else:
                log.info("callers hold off", waiting=self._waiting())
            await asyncio.sleep(rng.expovariate(1.0 / habits.interval_s))

    def _waiting(self) -> int:
        """Calls and incidents that nobody has taken yet."""
        ringing = [one for one in self._screen.of_kind("call") if one["state"] == "ringing"]
        waiting = [one for one in self._screen.of_kind("incident") if one["state"] == "waiting"]
        return len(ringing) + len(waiting)


class Dispatcher:
    """One played dispatcher at the console."""

    def __init__(self, stage: Stage, screen: Screen) -> None:
        self._stage = stage
        self._screen = screen
        self._session: Session = screen.session
        self._chores = stage.chores("dispatcher")
        self._open: set[str] = set()

    async def run(self) -> None:
        """Work for ever; a human's desk is only watched, for the end of the one incident."""
        await self._screen.has_snapshot.wait()
        while True:
            self._watch()
            if not self._stage.habits.is_manual:
                await self._work()
            await self._screen.look()

    def _watch(self) -> None:
        """Notice when the one incident of `--one-incident` has ended."""
        docs = self._screen.of_kind("incident")
        still_open = {one["id"] for one in docs if one["state"] not in _ENDED}
        if self._stage.habits.is_one_incident and self._open - still_open:
            self._stage.finished.set()
        self._open |= still_open

    async def _work(self) -> None:
        for call in self._screen.of_kind("call"):
            await self._telephone(call)
        for incident in self._screen.of_kind("incident"):
            await self._lead(incident)
        for alarm in self._screen.of_kind("alarm"):
            is_new = not alarm["acknowledged_at"]
            if is_new and self._chores.ready("alarm", alarm["id"], after_s=_ALARM_WALL_S):
                await self._tell("acknowledge-alarm", alarm_id=alarm["id"])

    async def _telephone(self, call: Doc) -> None:
        call_id, state = call["id"], call["state"]
        if state == "ringing" and self._chores.ready("answer", call_id, after_s=_ANSWER_WALL_S):
            await self._tell("answer-call", call_id=call_id)
        if state != "answered" or not self._is_mine(call):
            return
        if call["incident_id"]:
            if self._chores.ready("hang_up", call_id, after_s=self._stage.wall(_HANG_UP_S)):
                await self._tell("end-call", call_id=call_id)
        elif call["lon"] is not None and self._chores.ready(
            "open", call_id, after_s=self._stage.wall(_TALK_S)
        ):
            await self._open_incident(call)

    def _is_mine(self, call: Doc) -> bool:
        me = self._session.me
        return call["answered_by"] in (me.get("name"), me.get("user_id"), self._session.name)

    async def _open_incident(self, call: Doc) -> None:
        told = story(self._stage.habits.seed, call["id"], self._stage.habits.is_one_incident)
        place = Wgs84(lon=call["lon"], lat=call["lat"])
        spot = self._stage.county.nearest_spot(place)
        outcome = await self._tell(
            "open-incident",
            call_id=call["id"],
            place={
                "lon": place.lon,
                "lat": place.lat,
                "address": spot.name,
                "is_read_back": True,
            },
            priority=told.priority,
            complaint=told.complaint,
            centres=scenarios.centres_for(told, self._stage.county.centres),
            patients=[{"is_pregnant": told.is_pregnant}],
        )
        log.info("incident", incident=outcome.get("incident_id", ""), scenario=told.name)

    async def _lead(self, incident: Doc) -> None:
        """Send a unit while nobody goes there; close when all have cleared."""
        incident_id = incident["id"]
        states = [one["state"] for one in incident["assignments"]]
        if incident["state"] in _ENDED:
            return
        if incident["state"] == "waiting" and all(state == "cancelled" for state in states):
            attempt = str(len(states))
            if self._chores.ready("send", incident_id, attempt, after_s=_SEND_WALL_S):
                await self._send(incident_id)
            return
        after_s = self._stage.wall(_CLOSE_S)
        is_done = "cleared" in states and _FINISHED.issuperset(states)
        if is_done and self._chores.ready("close", incident_id, after_s=after_s):
            await self._tell("close-incident", incident_id=incident_id, outcome="completed")

    async def _send(self, incident_id: str) -> None:
        advice = await self._session.get(f"/api/incidents/{incident_id}/recommendation")
        played: Collection[str] = self._stage.habits.units
        choice = unit_to_send(advice, played) if advice else None
        if choice is None:
            log.info("nobody to send", incident=incident_id)
            return
        unit_id, reason = choice
        await self._tell(
            "send-unit", incident_id=incident_id, unit_id=unit_id, override_reason=reason
        )

    async def _tell(self, command: str, **fields: Any) -> dict[str, str]:
        outcome = await self._session.command(command, **fields)
        if outcome.is_accepted:
            keys = ("call_id", "incident_id", "unit_id", "alarm_id")
            log.info(command, **{key: fields[key] for key in keys if key in fields})
        return outcome.made


def story(seed: int, call_id: str, is_one_incident: bool) -> Scenario:
    """What the caller of this call has to say; a single incident is always a chest pain."""
    return CHEST_PAIN if is_one_incident else scenarios.draw(chance(seed, "story", call_id))
