"""The ticker: asks `due` four times a second and submits what is due.

Every worker runs one; the command ids name the deadline, so that the second submission is the first
one's outcome. Nothing is remembered here: after a restart the world says what is due.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from dispatch.domain.deadlines import SYSTEM, due
from dispatch.errors import Unavailable
from dispatch.limits import DEADLINE_TICK_S
from dispatch.log.follower import Follower
from dispatch.recorder import Recorder

log = structlog.get_logger("deadlines")


async def tick(follower: Follower, recorder: Recorder, now: Callable[[], datetime]) -> None:
    """Submit what is due until cancelled."""
    while True:
        for command in list(due(follower.world, now())):
            try:
                outcome = await recorder.submit(command, SYSTEM)
            except Unavailable as error:
                log.warning("deadline_waits", command=command.command_id, detail=error.detail)
                break
            if outcome.outcome == "accepted":
                log.info("deadline_taken", command=command.command_id)
        await asyncio.sleep(DEADLINE_TICK_S)  # the tick itself
