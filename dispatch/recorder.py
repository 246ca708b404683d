"""The write path: commands in, events in the log, under one lock, once.

    submit → bounded queue → up to 20 together → decide on the newest world → append in one round
    trip under the head-row lock → fold → ring the doorbell

The append names the sequence number it decided on. Where another worker was faster the database
inserts nothing and says so; we fold the other's events and decide again: no decision ever takes
effect on a world that was not the latest. A write that a timeout or a lost connection cut off is
*unknown*, never failed: the same batch is tried again until the database answers, and the command
ids make that safe. `tests/faults` kills it at every step.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import structlog

from dispatch.domain import commands as c
from dispatch.domain import events as e
from dispatch.domain.decide import decide
from dispatch.domain.deciding.registry import Context
from dispatch.domain.fold import apply_to, incident_of
from dispatch.domain.world import Draft
from dispatch.errors import Refused, Unavailable
from dispatch.limits import (
    APPEND_TRIES_MAX,
    OCCURRED_AGO_MAX_S,
    RECONNECT_WAIT_S,
    RECORDER_BATCH_MAX,
    RECORDER_QUEUE_MAX,
    SUBMIT_TIMEOUT_S,
)
from dispatch.log.events import Outcome, Settled
from dispatch.log.follower import Follower
from dispatch.log.identity import identities_of

log = structlog.get_logger("recorder")


class Waiting(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One submitted command and the future its outcome goes to."""

    command: c.Command
    actor: c.Actor
    answer: asyncio.Future[Outcome]


class Recorder:
    """Takes commands of this process into the log; `run` is its one task."""

    def __init__(
        self,
        follower: Follower,
        ring: Callable[[int], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._follower = follower
        self._ring = ring
        self._clock = clock
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue(RECORDER_QUEUE_MAX)

    @property
    def waiting(self) -> int:
        """Commands in the queue."""
        return self._queue.qsize()

    async def submit(self, command: c.Command, actor: c.Actor) -> Outcome:
        """Return the recorded outcome, accepted or refused; raise ``Unavailable`` when unknown."""
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait(Waiting(command=command, actor=actor, answer=answer))
        except asyncio.QueueFull as error:
            raise Unavailable("recorder", "too many commands are waiting, try again") from error
        try:
            async with asyncio.timeout(SUBMIT_TIMEOUT_S):  # wait_for may swallow a cancellation
                return await answer
        except TimeoutError as error:
            raise Unavailable("recorder", "no answer in time; the outcome is unknown") from error

    async def run(self) -> None:
        """Serve the queue until cancelled."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < RECORDER_BATCH_MAX and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            if not await self._settled(batch) and len(batch) > 1:
                for waiting in batch:  # one by one, so that a bug fails its own command only
                    await self._settled([waiting])

    async def _settled(self, batch: list[Waiting]) -> bool:
        """Settle; False for a batch that a bug stopped, a single command is failed by it."""
        try:
            await self._settle(batch)
        except Exception as error:  # a bug: the desk stays up
            log.exception("recorder_batch_failed", commands=len(batch))
            if len(batch) == 1 and not batch[0].answer.done():
                batch[0].answer.set_exception(Unavailable("recorder", repr(error)))
            return False
        return True

    async def _settle(self, batch: list[Waiting]) -> None:
        """Try until every command of the batch has an outcome that the database knows."""
        left = list({waiting.command.command_id: waiting for waiting in batch}.values())
        outcomes: dict[str, Outcome] = {}
        tries = 0
        while left:
            try:
                async with self._follower.lock:
                    known = await self._try(left)
            except Unavailable as error:
                log.warning("log_unavailable", detail=error.detail, commands=len(left))
                await asyncio.sleep(RECONNECT_WAIT_S)  # a pause between tries, not a wait
                continue
            outcomes.update(known)
            left = [waiting for waiting in left if waiting.command.command_id not in known]
            tries += 1
            if tries > APPEND_TRIES_MAX:
                raise Unavailable("log", f"{tries} tries lost to other workers")
        for waiting in batch:
            if not waiting.answer.done():
                waiting.answer.set_result(outcomes[waiting.command.command_id])
        self._ring(self._follower.world.seq)
        await self._snapshot()

    async def _snapshot(self) -> None:
        try:
            await self._follower.keep_snapshot()
        except Unavailable as error:
            log.warning("snapshot_skipped", detail=error.detail)

    async def _try(self, left: list[Waiting]) -> dict[str, Outcome]:
        """One append; returns the outcomes known after it (none when another worker won)."""
        follower = self._follower
        envelopes, settled, sealed, early = self._decide(left)
        appended = await follower.log.append(follower.world.seq, envelopes, settled, sealed)
        if not appended.done:
            await follower.read_newer()
            return dict(appended.known or {})
        for waiting in left:
            follower.identities.people.update(identities_of(waiting.command))
        await follower.advance(envelopes)
        return {row.command_id: row.outcome for row in settled} | early

    def _decide(
        self, left: list[Waiting]
    ) -> tuple[list[e.Envelope], list[Settled], list[dict[str, str]], dict[str, Outcome]]:
        world = self._follower.world
        draft = Draft(world)
        now = self._clock()
        if world.recorded_at is not None:
            now = max(now, world.recorded_at)  # a clock set back never sets the log back
        envelopes: list[e.Envelope] = []
        settled: list[Settled] = []
        sealed: list[dict[str, str]] = []
        early: dict[str, Outcome] = {}
        for waiting in left:
            made, outcome = _decide_one(draft, waiting, now)
            if outcome.code == NOT_DUE:
                early[waiting.command.command_id] = outcome
                continue
            envelopes.extend(made)
            settled.append(
                Settled(command_id=waiting.command.command_id, recorded_at=now, outcome=outcome)
            )
            if made:
                sealed.extend(self._follower.identities.seal(identities_of(waiting.command)))
        return envelopes, settled, sealed, early


NOT_DUE = "not_due"
"""A deadline asked for too early is refused but not remembered: it will be asked for again."""


def _occurred(command: c.Command, now: datetime) -> datetime:
    """When it was so, in UTC: as the database will give it back (invariant 6), never ahead of us.

    Raises ``Refused("occurred_too_long_ago")``: a date that old is a wrong clock.
    """
    at = command.occurred_at
    if at is None or at >= now:
        return now
    if now - at > timedelta(seconds=OCCURRED_AGO_MAX_S):
        raise Refused("occurred_too_long_ago", limit_s=OCCURRED_AGO_MAX_S)
    return at.astimezone(UTC)


def _decide_one(draft: Draft, waiting: Waiting, now: datetime) -> tuple[list[e.Envelope], Outcome]:
    command = waiting.command
    first = draft.value("seq") + 1
    try:
        at = _occurred(command, now)
        context = Context(actor=waiting.actor, now=now, at=at)
        decided = decide(draft.close(), command, context)
    except Refused as refusal:
        outcome = Outcome(
            outcome="refused",
            command_id=command.command_id,
            code=refusal.code,
            params=dict(refusal.params),
        )
        return [], outcome
    envelopes: list[e.Envelope] = []
    for event in decided:
        envelope = e.Envelope(
            seq=draft.value("seq") + 1,
            recorded_at=now,
            occurred_at=at,
            actor=waiting.actor,
            command_id=command.command_id,
            incident_id=incident_of(draft, event),
            event=event,  # type: ignore[arg-type]
        )
        apply_to(draft, envelope)
        envelopes.append(envelope)
    return envelopes, _accepted(command, first, envelopes)


MADE = {
    e.CallRang: "call_id",
    e.IncidentOpened: "incident_id",
    e.PatientReported: "patient_id",
    e.UnitAssigned: "assignment_id",
    e.PreAlertCreated: "prealert_id",
    e.BedHeld: "hold_id",
}
"""Ids that come to be with an event and that the sender of the command wants to know."""


def _accepted(command: c.Command, first: int, envelopes: list[e.Envelope]) -> Outcome:
    made: dict[str, str] = {}
    for envelope in envelopes:
        field = MADE.get(type(envelope.event))
        if field is not None and field not in made:
            made[field] = getattr(envelope.event, field)
    return Outcome(
        outcome="accepted",
        command_id=command.command_id,
        seq=envelopes[-1].seq if envelopes else first - 1,
        events=tuple(str(env.event.__struct_config__.tag) for env in envelopes),
        made=made,
    )
