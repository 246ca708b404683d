"""A program that ends in order when it is told to: SIGINT and SIGTERM."""

import asyncio
import signal
from collections.abc import Awaitable


async def until_signalled(work: Awaitable[None]) -> None:
    """Await ``work``; the first SIGINT or SIGTERM ends it in order, the second one harder."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("must run in a task")
    told = asyncio.Event()

    def stop() -> None:
        told.set()
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        await work
    except asyncio.CancelledError:
        if not told.is_set():
            raise
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
