"""Work off the loop: one at a time, few waiting, and none beside a left-over of somebody gone."""

import asyncio
import threading

import pytest

from dispatch.errors import Unavailable
from dispatch.live.off_loop import OffLoop


class Work:
    """Counts how many run at once; each waits until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Event()
        self.now = self.most = self.done = 0

    def __call__(self) -> str:
        self.now += 1
        self.most = max(self.most, self.now)
        self.begun.set()
        assert self.go.wait(20.0)
        self.now -= 1
        self.done += 1
        return "done"


async def begun(work: Work) -> None:
    assert await asyncio.to_thread(work.begun.wait, 20.0)


async def test_one_at_a_time() -> None:
    door, work = OffLoop("test", 5), Work()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(door.run(work), name=f"asker {n}") for n in range(5)]
        await begun(work)
        work.go.set()
    assert [task.result() for task in tasks] == ["done"] * 5
    assert (work.most, work.done) == (1, 5)


async def test_too_many_are_told_and_the_others_served() -> None:
    door, work = OffLoop("test", 2), Work()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(door.run(work), name=f"asker {n}") for n in range(2)]
        await begun(work)
        with pytest.raises(Unavailable) as told:
            await door.run(work)
        assert told.value.dependency == "test"
        work.go.set()
    assert [task.result() for task in tasks] == ["done"] * 2
    assert await door.run(work) == "done", "whoever was served makes room"


async def test_whoever_gives_up_leaves_no_work_beside_the_next() -> None:
    door, work = OffLoop("test", 3), Work()
    async with asyncio.TaskGroup() as group:
        gone = group.create_task(door.run(work), name="gone")
        await begun(work)
        gone.cancel()
        await asyncio.wait([gone])
        after = group.create_task(door.run(work), name="after")
        work.go.set()
    assert after.result() == "done"
    assert (work.most, work.done) == (1, 2)


async def test_a_failed_work_is_told_and_makes_room() -> None:
    door = OffLoop("test", 1)

    def fail() -> None:
        raise ValueError("no such place")

    for _ in range(2):
        with pytest.raises(ValueError, match="no such place"):
            await door.run(fail)
