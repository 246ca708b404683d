"""Submitting a command: who is cancelled while the answer arrives stays cancelled."""

import asyncio

from dispatch.domain import commands as c
from dispatch.ids import CommandId
from dispatch.log.events import EventLog, Outcome
from dispatch.log.follower import Follower
from dispatch.log.identity import IdentityStore
from dispatch.recorder import Recorder
from tests.support.desk import CALLER, DISPATCHER
from tests.support.memory_log import MemoryDatabase, MemoryPool


class Answering(Recorder):
    """Answers what waits, as its task would, and is looked at from outside."""

    def answer_all(self) -> None:
        while not self._queue.empty():
            waiting = self._queue.get_nowait()
            command_id = waiting.command.command_id
            waiting.answer.set_result(Outcome(outcome="accepted", command_id=command_id))


async def test_a_cancellation_is_not_swallowed_by_an_answer_of_the_same_moment() -> None:
    """A ticker that was told to end would go on for ever, and the program would not stop."""
    pool = MemoryPool(MemoryDatabase())
    follower = Follower(EventLog(pool), pool, IdentityStore(bytes(32)))
    recorder = Answering(follower, lambda _seq: None)
    command = c.ReceiveCall(command_id=CommandId("ring"), caller=CALLER)
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(recorder.submit(command, DISPATCHER), name="asks")
        await asyncio.sleep(0)
        assert recorder.waiting == 1
        recorder.answer_all()
        asked.cancel()
    assert asked.cancelled()
